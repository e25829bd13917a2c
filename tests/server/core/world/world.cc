#include "tests/server/core/world/world.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <set>
#include <utility>

#include "crypto/format/grant.h"
#include "crypto/format/tag.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "tests/tree/source_dir.h"

namespace alcove::world {

void SeededRandom::Fill(std::uint8_t* out, std::size_t size) {
  for (; size > 0; --size) {
    if (left_.empty()) left_ = crypto::Sha256(std::to_string(seed_) + "/" + std::to_string(block_++)).str();
    *out++ = static_cast<std::uint8_t>(left_.back());
    left_.pop_back();
  }
}

intake::SubmitRequest Submission::request() const {
  intake::SubmitRequest request;
  request.request_id = request_id;
  request.plan = plan;
  request.mailbox = mailbox;
  request.mailbox_encryption_key = encryption_key;
  request.mailbox_verify_key = verify_key;
  request.entry.envelope = envelope;
  request.entry.blobs = blobs;
  if (!without_epoch) request.entry.epoch = grants::NewEpoch{record, {grants.begin(), grants.end()}};
  if (identity) request.identity = *identity;
  request.token = token;
  request.escrow = escrow;
  request.look = look;
  return request;
}

cases::NewEntry Draft::entry() const {
  cases::NewEntry entry;
  entry.envelope = envelope;
  entry.blobs = blobs;
  if (!record.empty()) entry.epoch = grants::NewEpoch{record, {grants.begin(), grants.end()}};
  return entry;
}

std::string PolicyFile(people::Document document) {
  std::ifstream in(std::string(alcove::tests::kSourceDir) + "/deploy/policy/" + std::string(format::Name(document)) + ".json");
  EXPECT_TRUE(in) << "deploy/policy is incomplete";
  return std::string(std::istreambuf_iterator<char>(in), {});
}

World::World(std::uint64_t seed)
    : random(seed),
      log_key(crypto::SigningKey::Draw(random)),
      log_keys(log_key.Clone()),
      rows(random, log_key),
      request_key(crypto::SymmetricKey::Draw(random)),
      secrets(intake::Secrets::Derive(crypto::SymmetricKey::Draw(random), crypto::OprfKey::Draw(random))) {
  file.name = "Example Works";
  file.id = format::DrawId<base::OrganisationId>(random);
  file.address = "localhost:7443";
  for (const char* holder : {"ruth", "sam", "theo"}) {
    const auto [at, added] = roots.emplace(holder, crypto::SigningKey::Draw(random));
    file.roots.keys.push_back({holder, at->second.verify_key()});
  }
  file.roots.threshold = 2;
  absl::StatusOr<people::OrganisationPtr> empty = people::Load(people_ports());
  EXPECT_TRUE(empty.ok()) << empty.status();
  organisation = *empty;
  PublishDirectory([this](format::Directory& directory) {
    using enum format::Role;
    random.Fill(directory.salt.data(), directory.salt.kSize);
    directory.desks = {{"intake", "Intake"}, {"pay", "Pay"}};
    AddPerson(directory, "ada", {kAdministrator}, {});
    AddPerson(directory, "amira", {kInvestigator}, {"intake"});
    AddPerson(directory, "bjorn", {kInvestigator}, {"intake"});
    AddPerson(directory, "carl", {kCustodian}, {});
    AddPerson(directory, "chiara", {kInvestigator}, {"intake"});
    AddPerson(directory, "cleo", {kCustodian}, {});
    AddPerson(directory, "cora", {kCustodian}, {});
    AddPerson(directory, "dilip", {kInvestigator}, {"intake", "pay"}, false, 2);
    AddPerson(directory, "erik", {kEscalation}, {});
    AddPerson(directory, "fay", {kFallback}, {}, true);
    AddPerson(directory, "finn", {kFallback}, {}, true);
    AddPerson(directory, "otto", {kAuditor}, {});
    AddPerson(directory, "pia", {kProtectionOfficer}, {});
  });
  for (people::Document document : people::kDocuments) PublishPolicy(document, PolicyFile(document));
  EXPECT_THAT(people::GapsOf(*organisation, clock.Today()).size(), 0u);
}

void World::AddPerson(format::Directory& directory, const std::string& slug, std::vector<format::Role> person_roles,
                      std::vector<std::string> desks, bool outside, int machine_count) {
  format::Person person;
  person.slug = slug;
  person.name = "Person " + slug;
  person.outside = outside;
  person.roles = std::move(person_roles);
  person.desks = std::move(desks);
  for (int i = 0; i < machine_count; ++i) {
    machines[slug].push_back({crypto::DecryptionKey::Draw(random), crypto::SigningKey::Draw(random)});
    const Machine& machine = machines[slug].back();
    person.devices.push_back({machine.decryption.encryption_key(), machine.signing.verify_key()});
  }
  std::string number = slug;
  std::transform(number.begin(), number.end(), number.begin(), [](char c) { return static_cast<char>(c - 'a' + 'A'); });
  const format::Identifier identifier = *format::Identifier::OfStaffNumber(number);
  const crypto::SubjectTag tag = *crypto::Evaluate(secrets.tag, identifier.text());
  person.aliases.push_back(
      {format::IdentifierAlias(directory.salt, identifier), format::TagAlias(directory.salt, tag)});
  directory.people.push_back(std::move(person));
}

void World::AnnounceTokenKey(format::TokenKind kind) {
  intake::HeldTokenKey held{kind, format::Quarter::Of(clock.Today()), crypto::VoprfKey::Draw(random)};
  PublishDirectory([&](format::Directory& next) {
    next.token_keys.push_back({held.kind, held.quarter, held.key.public_key()});
    std::sort(next.token_keys.begin(), next.token_keys.end(), [](const format::TokenKey& one, const format::TokenKey& other) {
      return std::pair(one.kind, one.quarter) < std::pair(other.kind, other.quarter);
    });
  });
  secrets.tokens.Hold(std::move(held));
}

std::vector<format::UnspentToken> World::Tokens(std::size_t count, format::TokenKind kind) {
  const format::TokenTerms terms{file.id, kind, format::Quarter::Of(clock.Today())};
  std::vector<format::PendingToken> pending;
  std::vector<crypto::RistrettoPoint> blinded;
  for (std::size_t i = 0; i < count; ++i) {
    pending.push_back(*format::DrawToken(terms, random));
    blinded.push_back(pending.back().blinded.blinded);
  }
  const crypto::VoprfKey* key = secrets.tokens.ToIssue(*organisation, kind, terms.quarter);
  const auto evaluated = crypto::VoprfBlindEvaluate(*key, blinded, random);
  auto tokens = format::FinishTokens(*organisation->directory()->FindTokenKey(kind, terms.quarter), pending, *evaluated);
  EXPECT_TRUE(tokens.ok()) << tokens.status();
  return *std::move(tokens);
}

crypto::Digest World::TokenRequestOf(const Submission& submission, const base::CaseId& id) const {
  return format::TokenRequestOf({file.id, id, submission.mailbox, submission.encryption_key, submission.verify_key,
                                 format::EntryHash(*format::ParseEnvelope(submission.envelope))});
}

std::string ProofPolicyJson(const std::string& policy) {
  std::string json = PolicyFile(people::Document::kRouting);
  json.erase(json.rfind('}'));
  return json + R"(, "desks": [{"desk": "intake", "employment_proof": ")" + policy + "\"}]}";
}

void World::PublishProofPolicy(const std::string& policy) { PublishPolicy(people::Document::kRouting, ProofPolicyJson(policy)); }

crypto::Bytes World::TagOf(std::string_view identifier) const {
  return crypto::Evaluate(secrets.tag, format::Identifier::Parse(identifier)->text())->str();
}

crypto::Bytes World::Signed(const std::string& text, int signers) const {
  crypto::Bytes note = text;
  for (const auto& [holder, key] : roots)
    if (signers-- > 0) note = *format::AddRootSignature(note, holder, key);
  return note;
}

format::Directory World::NextDirectory() const {
  format::Directory next;
  if (organisation->directory() != nullptr) {
    next = *organisation->directory();
    next.previous = organisation->parts().directory->hash;
  } else {
    next.organisation = file.id;
    next.next_roots = file.roots;
    next.log_key = log_key.verify_key();
  }
  next.version += 1;
  next.valid_from = clock.Today();
  next.valid_until = clock.Today().PlusDays(90);
  std::erase_if(next.token_keys, [&](const format::TokenKey& key) { return !format::IsTimely(key, next.valid_from); });
  return next;
}

void World::PublishDirectory(const std::function<void(format::Directory&)>& edit) {
  format::Directory next = NextDirectory();
  if (edit) edit(next);
  absl::StatusOr<std::string> text = format::DirectoryText(next);
  ASSERT_TRUE(text.ok()) << text.status();
  const crypto::Bytes note = Signed(*text);
  const base::StaffSlug by = next.version == 1 ? base::StaffSlug() : Slug("ada");
  auto published = Carry(people::PublishDirectory(people_ports(), *organisation, by, note, false));
  ASSERT_TRUE(published.ok()) << published.status();
  organisation = published->organisation;
}

hr::ClearRow Employment::row() const {
  using people::EdgeKind;
  hr::ClearRow row;
  const auto add = [&](EdgeKind kind, const std::vector<std::string>& numbers) {
    for (const std::string& who : numbers)
      if (!who.empty()) row.names.push_back({kind, *format::Identifier::OfStaffNumber(who)});
  };
  row.identifiers.push_back(*format::Identifier::OfStaffNumber(number));
  for (const std::string& other : also) row.identifiers.push_back(*format::Identifier::OfStaffNumber(other));
  add(EdgeKind::kManager, {manager});
  add(EdgeKind::kDotted, dotted);
  add(EdgeKind::kDelegate, delegates);
  add(EdgeKind::kRelation, relations);
  row.left = left;
  return row;
}

absl::StatusOr<hr::Committed> World::TrySync(const std::vector<Employment>& people, hr::Mode mode, bool validate_only) {
  const base::StaffSlug by = Slug("hr-system");
  const auto id = Carry(hr::CreateSync(ports(), by, RequestId(), mode));
  if (!id.ok()) return id.status();
  std::uint32_t pages = 0;
  for (std::size_t at = 0; at < people.size(); ++pages) {
    std::vector<hr::ClearRow> page;
    for (; at < people.size() && page.size() < hr::kMostRowsOfPage; ++at) page.push_back(people[at].row());
    const auto uploaded = Carry(hr::UploadSyncPage(ports(), secrets.tag, by, *id, pages, page));
    if (!uploaded.ok()) return uploaded.status();
  }
  absl::StatusOr<hr::Committed> committed =
      Carry(hr::CommitSync(ports(), by, {RequestId(), *id, pages, validate_only}));
  if (committed.ok() && committed->organisation != nullptr) organisation = committed->organisation;
  return committed;
}

hr::Committed World::Sync(const std::vector<Employment>& people, hr::Mode mode) {
  absl::StatusOr<hr::Committed> committed = TrySync(people, mode);
  EXPECT_TRUE(committed.ok()) << committed.status();
  return committed.ok() ? *std::move(committed) : hr::Committed();
}

void World::PublishSafeguards(const std::map<std::string, std::string>& members) {
  std::string json = PolicyFile(people::Document::kSafeguards);
  json.erase(json.rfind('}'));
  for (const auto& [name, value] : members) json += ", \"" + name + "\": " + value;
  PublishPolicy(people::Document::kSafeguards, json + "}");
}

std::string World::PolicyTextOf(people::Document document, const std::string& json, std::uint32_t version) const {
  return *format::PolicyText({file.id, document, version, json});
}

void World::PublishPolicy(people::Document document, const std::string& json) {
  const std::string text = PolicyTextOf(document, json, organisation->policy_version(document) + 1);
  const crypto::Bytes note = Signed(text);
  auto published = Carry(people::PublishPolicy(people_ports(), *organisation, Slug("ada"), note, false));
  ASSERT_TRUE(published.ok()) << published.status() << " " << base::DetailOf(published.status(), "gap");
  organisation = published->organisation;
}

cases::Ports World::ports() const { return {rows, *organisation, clock, random, request_key}; }

std::string World::RequestId() {
  std::string digits = std::to_string(++requests_);
  digits.insert(0, 12 - digits.size(), '0');
  return "00000000-0000-4000-8000-" + digits;
}

Reporter World::NewReporter() {
  return {format::DrawId<base::MailboxId>(random),
          {crypto::DecryptionKey::Draw(random), crypto::SigningKey::Draw(random)},
          {},
          {}};
}

intake::PlanRequest World::Facts(std::vector<std::string> categories) const {
  intake::PlanRequest request;
  request.facts.categories = std::move(categories);
  return request;
}

intake::PlanView World::Plan(const intake::PlanRequest& request) {
  const cases::Ports world = ports();
  absl::StatusOr<intake::PlanView> plan = intake::PlanReport({world, secrets}, request);
  EXPECT_TRUE(plan.ok()) << plan.status();
  return *plan;
}

Submission World::Prepare(Reporter& reporter, const intake::PlanView& plan, const Mischief& mischief) {
  reporter.case_id = plan.case_id;
  Submission submission;
  submission.request_id = RequestId();
  submission.plan = plan.plan;
  submission.mailbox = reporter.mailbox;
  submission.encryption_key = reporter.keys.decryption.encryption_key();
  submission.verify_key = reporter.keys.signing.verify_key();

  std::vector<format::Recipient> recipients = {
      {reporter.keys.decryption.encryption_key(), format::ReleaseCondition::kMailbox}};
  for (const cases::ReaderView& reader : plan.readers) {
    const people::Person* person = organisation->FindByEncryptionKey(reader.key_id);
    recipients.push_back({person->DeviceOf(reader.key_id)->encryption_key, reader.condition});
  }
  if (mischief.recipients) mischief.recipients(recipients);
  format::EpochScope scope{file.id, plan.case_id, format::Keyring::kThread, 0};
  if (mischief.scope) mischief.scope(scope);
  const crypto::KeyId maker = mischief.maker.value_or(crypto::KeyIdOf(reporter.keys.signing.verify_key()));
  absl::StatusOr<format::NewEpoch> epoch = format::MakeEpoch(
      scope, recipients, nullptr, maker, mischief.directory_version.value_or(plan.directory_version), random);
  EXPECT_TRUE(epoch.ok()) << epoch.status();
  submission.record = epoch->record;
  submission.grants = epoch->grants;

  format::EnvelopeContext context;
  context.kind = format::EntryKind::kReport;
  context.keyring = format::Keyring::kThread;
  context.organisation = file.id;
  context.case_id = plan.case_id;
  context.entry = format::DrawId<base::EntryId>(random);
  context.day = clock.Today();
  context.epoch_record_hash = format::EpochRecordHash(epoch->record);
  if (mischief.context) mischief.context(context);
  const crypto::SigningKey& signer = mischief.signer != nullptr ? *mischief.signer : reporter.keys.signing;
  absl::StatusOr<crypto::Bytes> envelope =
      format::SealEnvelope(context, epoch->key, signer, "what happened, in the reporter's words", random);
  EXPECT_TRUE(envelope.ok()) << envelope.status();
  submission.envelope = *envelope;
  reporter.epochs.clear();
  reporter.epochs.push_back(std::move(epoch->key));
  return submission;
}

absl::StatusOr<intake::Filing> World::Submit(const Submission& submission) {
  const cases::Ports world = ports();
  return Carry(intake::SubmitReport({world, secrets}, submission.request()));
}

Reporter World::File(const intake::PlanRequest& request) {
  Reporter reporter = NewReporter();
  const intake::PlanView plan = Plan(request);
  const Submission submission = Prepare(reporter, plan);
  absl::StatusOr<intake::Filing> filing = Submit(submission);
  EXPECT_TRUE(filing.ok()) << filing.status();
  return reporter;
}

crypto::Bytes World::EscrowTokenFor(const Submission& submission) {
  const format::TokenTerms terms{file.id, format::TokenKind::kEscrow, format::Quarter::Of(clock.Today())};
  const crypto::VoprfKey* key = secrets.tokens.ToCheck(*organisation, terms.kind, terms.quarter);
  if (key == nullptr) {
    secrets.tokens.Hold({terms.kind, terms.quarter, crypto::VoprfKey::Draw(random)});
    key = secrets.tokens.ToCheck(*organisation, terms.kind, terms.quarter);
  }
  std::vector<format::PendingToken> pending;
  pending.push_back(*format::DrawToken(terms, random));
  const std::vector<crypto::RistrettoPoint> blinded = {pending.front().blinded.blinded};
  const auto evaluated = crypto::VoprfBlindEvaluate(*key, blinded, random);
  EXPECT_TRUE(evaluated.ok()) << evaluated.status();
  const auto tokens = format::FinishTokens({terms.kind, terms.quarter, key->public_key()}, pending, *evaluated);
  EXPECT_TRUE(tokens.ok()) << tokens.status();
  const format::ParsedEnvelope envelope = *format::ParseEnvelope(submission.envelope);
  return format::SpendToken(tokens->front(),
                            format::TokenRequestOf({file.id, envelope.context.case_id, submission.mailbox,
                                                    submission.encryption_key, submission.verify_key,
                                                    format::EntryHash(envelope)}));
}

void World::Hold(Submission& submission, std::uint32_t others, base::Day last) {
  submission.escrow = intake::EscrowTerms{others, last};
  submission.token = EscrowTokenFor(submission);
}

Reporter World::Escrow(const std::string& number, std::uint32_t others, int days) {
  return Escrow(std::vector{number}, others, days);
}

Reporter World::Escrow(const std::vector<std::string>& numbers, std::uint32_t others, int days) {
  Reporter reporter = NewReporter();
  intake::PlanRequest request = Facts();
  std::vector<crypto::Bytes> tags;
  for (const std::string& number : numbers) tags.push_back(TagOf("emp:" + number));
  request.subjects.assign(tags.begin(), tags.end());
  request.escrow = true;
  Submission submission = Prepare(reporter, Plan(request));
  Hold(submission, others, clock.Today().PlusDays(days));
  absl::StatusOr<intake::Filing> filing = Submit(submission);
  EXPECT_TRUE(filing.ok()) << filing.status();
  return reporter;
}

cases::Case World::CaseOf(const Reporter& reporter) const {
  return (*rows.Get<cases::Case>(base::RowKey(reporter.case_id)))->record;
}

base::StaffSlug World::AssigneeOf(const Reporter& reporter) const { return CaseOf(reporter).assignee; }

std::vector<format::Recipient> World::RecipientsOf(const base::CaseId& id, format::Keyring keyring) const {
  const cases::Case record = (*rows.Get<cases::Case>(base::RowKey(id)))->record;
  std::vector<format::Recipient> recipients;
  if (keyring == format::Keyring::kThread)
    recipients.push_back({record.mailbox_encryption_key, format::ReleaseCondition::kMailbox});
  // As clients know it: everybody who reads on, with every machine of theirs.
  std::set<std::string> seen;
  for (const grants::Holder& holder : record.thread.holders) {
    const people::Person* person = organisation->FindPerson(holder.staff);
    if (holder.lost || person == nullptr || access::InConflict(*organisation, *person, record.wall)) continue;
    if (!seen.insert(holder.staff.text()).second) continue;
    for (const people::Device& device : person->devices) recipients.push_back({device.encryption_key, holder.condition});
  }
  return recipients;
}

Draft World::Write(format::Keyring keyring, format::EntryKind kind, const base::CaseId& id,
                   const crypto::SigningKey& signer, const format::EpochKey& key, const Mischief& mischief,
                   const std::vector<format::Recipient>* recipients, format::EpochKey* made) {
  const cases::Case record = (*rows.Get<cases::Case>(base::RowKey(id)))->record;
  const cases::KeyringState& state = keyring == format::Keyring::kThread ? record.thread : record.team;
  Draft draft;
  format::EnvelopeContext context;
  context.kind = kind;
  context.keyring = keyring;
  context.organisation = file.id;
  context.case_id = id;
  context.entry = format::DrawId<base::EntryId>(random);
  context.sequence = state.length;
  context.previous = state.head;
  context.day = std::max(clock.Today(), state.last_day);
  context.leaf_count = record.leaf_count;
  context.leaf_head = record.leaf_head;
  std::optional<format::EpochKey> fresh;
  if (recipients != nullptr) {
    format::EpochScope scope{file.id, id, keyring, state.epochs};
    if (mischief.scope) mischief.scope(scope);
    std::vector<format::Recipient> to = *recipients;
    if (mischief.recipients) mischief.recipients(to);
    absl::StatusOr<format::NewEpoch> epoch =
        format::MakeEpoch(scope, to, scope.number == 0 ? nullptr : &key,
                          mischief.maker.value_or(crypto::KeyIdOf(signer.verify_key())),
                          mischief.directory_version.value_or(organisation->directory_version()), random);
    EXPECT_TRUE(epoch.ok()) << epoch.status();
    draft.record = epoch->record;
    draft.grants = epoch->grants;
    context.epoch = scope.number;
    context.epoch_record_hash = format::EpochRecordHash(epoch->record);
    fresh = std::move(epoch->key);
  } else {
    context.epoch = state.epochs == 0 ? 0 : state.epochs - 1;
    context.epoch_record_hash = state.epoch_record_hash;
  }
  if (mischief.context) mischief.context(context);
  const crypto::SigningKey& by = mischief.signer != nullptr ? *mischief.signer : signer;
  absl::StatusOr<crypto::Bytes> envelope =
      format::SealEnvelope(context, fresh ? *fresh : key, by, "an entry of the case", random);
  EXPECT_TRUE(envelope.ok()) << envelope.status();
  draft.envelope = *envelope;
  if (made != nullptr && fresh) *made = std::move(*fresh);
  return draft;
}

absl::StatusOr<cases::Appended> World::Send(Reporter& reporter, const Draft& draft, const std::string& request_id) {
  return Carry(cases::SendMessage(ports(), reporter.mailbox, request_id, draft.entry()));
}

absl::StatusOr<cases::Appended> World::Append(const base::StaffSlug& caller, const base::CaseId& id,
                                              const Draft& draft, const std::string& request_id) {
  return Carry(cases::AppendEntry(ports(), caller, id, request_id, draft.entry()));
}

std::vector<format::EpochKey> World::Open(const base::StaffSlug& caller, const base::CaseId& id,
                                          format::Keyring keyring) {
  std::vector<format::EpochKey> keys;
  auto grants = Carry(cases::OpenCase(ports(), caller, id, keyring));
  EXPECT_TRUE(grants.ok()) << grants.status();
  if (!grants.ok()) return keys;
  for (const cases::ReleasedGrant& released : *grants) {
    const auto row = *rows.Get<cases::Epoch>(
        base::RowKey(id, static_cast<std::uint8_t>(keyring), released.epoch));
    const format::ParsedEpoch epoch = *format::ParseEpoch(row->record.record);
    const format::ParsedGrant grant = *format::ParseGrant(released.grant);
    for (const Machine& machine : machines.at(caller.text())) {
      absl::StatusOr<format::EpochKey> key = format::OpenGrant(grant, epoch, machine.decryption);
      if (!key.ok()) key = format::OpenAddedGrant(grant, epoch, machine.decryption);
      if (key.ok()) keys.push_back(*std::move(key));
    }
  }
  return keys;
}

crypto::Bytes World::SealRequest(const base::StaffSlug& asker, const base::CaseId& id, const approvals::Terms& terms,
                                 const std::function<void(format::ApprovalTerms&)>& change,
                                 const std::optional<std::vector<std::string>>& deciders) {
  format::ApprovalTerms request;
  request.kind = terms.kind;
  request.condition = terms.condition;
  request.organisation = file.id;
  request.case_id = id;
  request.approval = format::DrawId<base::ApprovalId>(random);
  request.day = clock.Today();
  if (terms.until) request.until = *terms.until;
  request.directory_version = organisation->directory_version();
  request.person = terms.person.text();
  request.code = terms.code;
  if (change) change(request);
  std::vector<std::string> slugs;
  if (deciders) {
    slugs = *deciders;
  } else if (const auto who = approvals::WhoDecides(ports(), asker, {id, terms, {}}); who.ok()) {
    for (const approvals::Decider& decider : who->deciders) slugs.push_back(decider.staff.text());
  }
  std::vector<crypto::EncryptionKey> keys;
  for (const std::string& slug : slugs)
    for (const Machine& machine : machines.at(slug)) keys.push_back(machine.decryption.encryption_key());
  // The reporter reads why somebody wants to know who they are.
  if (terms.kind == format::ApprovalKind::kReleaseIdentity)
    keys.push_back(rows.Get<cases::Case>(base::RowKey(id)).value()->record.mailbox_encryption_key);
  absl::StatusOr<crypto::Bytes> sealed = format::SealApprovalRequest(
      request, keys, "Somebody else has to help.", machines.at(asker.text())[0].signing, random);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return sealed.ok() ? *sealed : crypto::Bytes();
}

base::ApprovalId World::Ask(const base::StaffSlug& asker, const base::CaseId& id, const approvals::Terms& terms,
                            const std::vector<std::string>& approvers) {
  const crypto::Bytes request = SealRequest(asker, id, terms);
  const auto created = Carry(approvals::CreateApproval(ports(), asker, RequestId(), {id, terms, request}));
  EXPECT_TRUE(created.ok()) << created.status();
  if (!created.ok()) return {};
  for (const std::string& slug : approvers) {
    const auto view = approvals::GetApproval(ports(), asker, created->id);
    const auto decided = Carry(approvals::DecideApproval(
        ports(), Slug(slug), created->id, view->etag, RequestId(), format::Decision::kApprove,
        format::SignDecision(format::ParseApprovalRequest(request)->statement, format::Decision::kApprove,
                             machines.at(slug)[0].signing)));
    EXPECT_TRUE(decided.ok()) << decided.status();
  }
  return created->id;
}

}  // namespace alcove::world
