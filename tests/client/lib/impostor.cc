#include "tests/client/lib/impostor.h"

#include <fstream>
#include <sstream>

#include "crypto/encoding.h"
#include "crypto/format/checkpoint.h"
#include "crypto/format/grant.h"
#include "crypto/format/envelope.h"
#include "crypto/format/policy.h"
#include "crypto/format/proof.h"
#include "crypto/merkle.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "tests/tree/source_dir.h"

namespace alcove::client::test {
namespace {

crypto::Random& Draws() { return crypto::SystemRandom(); }

std::string PolicyBody(const std::string& name) {
  std::ifstream file(std::string(alcove::tests::kSourceDir) + "/deploy/policy/" + name + ".json");
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

void SetDate(google::type::Date& date, format::Day day) {
  date.set_year(day.year());
  date.set_month(day.month());
  date.set_day(day.day_of_month());
}

// RFC 6962 by its recursive definition: slow and plain.
crypto::Digest Root(const std::vector<crypto::Digest>& hashes, size_t begin, size_t end) {
  if (end - begin == 1) return hashes[begin];
  size_t k = 1;
  while (2 * k < end - begin) k *= 2;
  return crypto::MerkleNodeHash(Root(hashes, begin, begin + k), Root(hashes, begin + k, end));
}

std::vector<crypto::Digest> Path(const std::vector<crypto::Digest>& hashes, size_t index, size_t begin, size_t end) {
  if (end - begin == 1) return {};
  size_t k = 1;
  while (2 * k < end - begin) k *= 2;
  std::vector<crypto::Digest> path;
  if (index < begin + k) {
    path = Path(hashes, index, begin, begin + k);
    path.push_back(Root(hashes, begin + k, end));
  } else {
    path = Path(hashes, index, begin + k, end);
    path.push_back(Root(hashes, begin, begin + k));
  }
  return path;
}

template <class Response>
using Hook = std::function<void(Response&)>;

}  // namespace

// All services of the contract that a client calls, over the Impostor's public state.
struct Impostor::Services : v1::SessionService::Service,
                            v1::LedgerService::Service,
                            v1::IntakeService::Service,
                            v1::MailboxService::Service,
                            v1::BlobService::Service,
                            v1::CaseService::Service {
  explicit Services(Impostor& impostor) : in(impostor) {}
  Impostor& in;

  using Context = grpc::ServerContext;

  grpc::Status CreateChallenge(Context*, const v1::CreateChallengeRequest*, v1::CreateChallengeResponse* answer) override {
    answer->set_nonce(Draws().Draw(64));
    return grpc::Status::OK;
  }
  grpc::Status CreateSession(Context*, const v1::CreateSessionRequest*, v1::CreateSessionResponse* answer) override {
    if (in.hooks.refuse_sign_in) return Refusing(grpc::StatusCode::UNAUTHENTICATED, "ERROR_REASON_SIGN_IN_REFUSED");
    answer->set_token(Draws().Draw(32));
    answer->set_lifetime_seconds(900);
    return grpc::Status::OK;
  }
  grpc::Status DeleteSession(Context*, const v1::DeleteSessionRequest*, v1::DeleteSessionResponse*) override {
    return grpc::Status::OK;
  }
  grpc::Status GetDirectory(Context*, const v1::GetDirectoryRequest* request, v1::GetDirectoryResponse* answer) override {
    const auto older = in.older_notes.find(request->version());
    answer->set_note(older == in.older_notes.end() ? in.directory_note : older->second);
    return grpc::Status::OK;
  }
  grpc::Status GetIntake(Context*, const v1::GetIntakeRequest*, v1::GetIntakeResponse* answer) override {
    for (const auto& [name, note] : in.policy_notes) answer->add_documents(note);
    answer->set_tag_key_id("0123456789abcdef");
    answer->set_max_envelope_bytes(196608);
    answer->set_max_blob_bytes(110000000);
    answer->set_blob_part_bytes(131072);
    answer->set_case_quota_bytes(500000000);
    answer->set_log_key(in.log_key_.verify_key().str());
    if (in.hooks.intake) in.hooks.intake(*answer);
    return grpc::Status::OK;
  }
  grpc::Status CreateWorkChallenge(Context*, const v1::CreateWorkChallengeRequest*,
                                   v1::CreateWorkChallengeResponse* answer) override {
    answer->set_challenge("a challenge");
    answer->set_price(6);
    return grpc::Status::OK;
  }
  grpc::Status EvaluateTags(Context*, const v1::EvaluateTagsRequest* request, v1::EvaluateTagsResponse* answer) override {
    for (const std::string& blinded : request->blinded()) {
      answer->add_evaluated(crypto::BlindEvaluate(in.tag_key_, *crypto::RistrettoPoint::FromBytes(blinded))->str());
    }
    answer->set_tag_key_id("0123456789abcdef");
    if (in.hooks.tags) in.hooks.tags(*answer);
    return grpc::Status::OK;
  }
  grpc::Status PlanReport(Context*, const v1::PlanReportRequest* request, v1::PlanReportResponse* answer) override {
    answer->set_plan("a plan");
    answer->set_case_(format::CaseName(format::DrawId<format::CaseId>(Draws())));
    const auto add = [&](const char* slug, const char* purpose, v1::ReleaseCondition condition) {
      for (const std::string& struck : request->struck_out()) {
        if (struck == format::StaffName(slug)) return;
      }
      *answer->add_readers() = in.ReaderOf(slug, purpose, condition);
    };
    add("ana", "desk", v1::RELEASE_CONDITION_ASSIGNED);
    add("bruno", "desk", v1::RELEASE_CONDITION_ASSIGNED);
    add("dora", "escalation", v1::RELEASE_CONDITION_LAPSED);
    add("emil", "fallback", v1::RELEASE_CONDITION_FALLBACK);
    add("fay", "fallback", v1::RELEASE_CONDITION_FALLBACK);
    for (const char* slug : {"cleo", "carl", "cora"}) {
      *answer->add_custodians() = in.ReaderOf(slug, "custodian", v1::RELEASE_CONDITION_APPROVED);
    }
    answer->set_custodian_threshold(2);
    answer->set_directory_version(in.directory_.version);
    if (in.hooks.plan) in.hooks.plan(*request, *answer);
    in.readers.assign(answer->readers().begin(), answer->readers().end());
    return grpc::Status::OK;
  }

  void Append(const v1::NewEntry& sent, const std::string& author, std::vector<v1::Entry>& entries) {
    const auto envelope = format::ParseEnvelope(sent.envelope());
    const format::EnvelopeContext& context = envelope->context;
    v1::Entry entry;
    entry.set_name(format::EntryName(context.case_id, context.entry));
    entry.set_sequence(context.sequence);
    entry.set_keyring(static_cast<v1::Keyring>(context.keyring));
    entry.set_kind(static_cast<v1::EntryKind>(context.kind));
    entry.set_epoch(context.epoch);
    entry.set_envelope(sent.envelope());
    *entry.mutable_blobs() = sent.blobs();
    SetDate(*entry.mutable_day(), context.day);
    entry.set_author(author);
    entries.push_back(entry);
    for (const v1::BlobName& blob : sent.blobs()) {
      in.blob_sizes[blob.blob()] = blob.size();
      in.blobs[blob.blob()];
    }
    if (sent.has_epoch()) {
      v1::Epoch epoch;
      epoch.set_keyring(static_cast<v1::Keyring>(context.keyring));
      epoch.set_number(context.epoch);
      epoch.set_record(sent.epoch().record());
      in.epochs.push_back(epoch);
      for (v1::Epoch& older : in.epochs) older.set_stale(false);
      for (const std::string& grant : sent.epoch().grants()) in.grants.push_back(grant);
    }
    if (context.kind != format::EntryKind::kReport && context.keyring == format::Keyring::kThread) {
      in.AddLeaf(format::LeafKind::kEntryAppended, author,
                 format::details::Appended(context.keyring, context.sequence, context.entry, format::EntryHash(*envelope)));
    }
  }

  static std::string Head(const std::vector<v1::Entry>& entries) {
    if (entries.empty()) return std::string(32, '\0');
    return format::EntryHash(*format::ParseEnvelope(entries.back().envelope())).str();
  }

  std::vector<v1::ReleasedGrant> GrantsFor(const crypto::KeyId& key, format::Keyring keyring) const {
    std::vector<v1::ReleasedGrant> released;
    for (const std::string& bytes : in.grants) {
      const auto grant = format::ParseGrant(bytes);
      if (grant->recipient != key || grant->keyring != keyring) continue;
      v1::ReleasedGrant one;
      one.set_epoch(grant->epoch);
      one.set_grant(bytes);
      released.push_back(one);
    }
    return released;
  }

  grpc::Status SubmitReport(Context*, const v1::SubmitReportRequest* request, v1::SubmitReportResponse* answer) override {
    ++in.submissions;
    const auto envelope = format::ParseEnvelope(request->entry().envelope());
    if (!in.has_case()) {
      in.submitted = *request;
      in.case_name = format::CaseName(envelope->context.case_id);
      Append(request->entry(), "", in.thread);
      in.AddLeaf(format::LeafKind::kCaseFiled, "", format::details::Filed(format::EntryHash(*envelope)));
    }
    const v1::LeafOpening& leaf = in.leaves.front();
    format::Promise promise;
    promise.organisation = in.organisation_.id;
    promise.day = in.today_;
    promise.commitment = format::LeafCommitment(*format::LeafSalt::FromBytes(leaf.salt()), leaf.content());
    promise.signature = format::SignPromise(in.log_key_, in.organisation_.id, in.today_, 1, format::LeafHash(promise.commitment));
    answer->set_case_(in.case_name);
    answer->mutable_promise()->set_promise(format::PromiseBytes(promise));
    *answer->mutable_leaf() = leaf;
    v1::Deadline& deadline = *answer->add_deadlines();
    deadline.set_kind("acknowledge");
    SetDate(*deadline.mutable_due(), in.today_.PlusDays(7));
    return in.hooks.submit ? in.hooks.submit(*answer) : grpc::Status::OK;
  }

  grpc::Status GetMailbox(Context*, const v1::GetMailboxRequest*, v1::GetMailboxResponse* answer) override {
    answer->set_case_(in.case_name);
    answer->set_state(v1::CASE_STATE_RECEIVED);
    SetDate(*answer->mutable_filed(), in.today_);
    for (const v1::Epoch& epoch : in.epochs) {
      if (epoch.keyring() == v1::KEYRING_THREAD) *answer->add_epochs() = epoch;
    }
    const auto key = crypto::KeyIdOf(*crypto::EncryptionKey::FromBytes(in.submitted.mailbox_encryption_key()));
    for (const auto& grant : GrantsFor(key, format::Keyring::kThread)) *answer->add_grants() = grant;
    for (const v1::Reader& reader : in.readers) *answer->add_readers() = reader;
    for (const std::string& former : in.former_keys) answer->add_former_signing_keys(former);
    answer->set_etag("1");
    answer->set_thread_head(Head(in.thread));
    answer->set_thread_length(static_cast<uint32_t>(in.thread.size()));
    answer->set_leaf_head(in.chain_head_.str());
    answer->set_leaf_count(static_cast<uint32_t>(in.leaves.size()));
    if (in.hooks.mailbox) in.hooks.mailbox(*answer);
    return grpc::Status::OK;
  }
  grpc::Status ListMessages(Context*, const v1::ListMessagesRequest*, v1::ListMessagesResponse* answer) override {
    for (const v1::Entry& entry : in.thread) *answer->add_entries() = entry;
    if (in.hooks.messages) in.hooks.messages(*answer);
    return grpc::Status::OK;
  }
  grpc::Status ListLeaves(Context*, const v1::ListLeavesRequest*, v1::ListLeavesResponse* answer) override {
    for (const v1::LeafOpening& leaf : in.leaves) *answer->add_leaves() = leaf;
    answer->set_checkpoint(in.checkpoint);
    if (in.hooks.leaves) in.hooks.leaves(*answer);
    return grpc::Status::OK;
  }
  grpc::Status SendMessage(Context*, const v1::SendMessageRequest* request, v1::SendMessageResponse* answer) override {
    Append(request->entry(), "", in.thread);
    answer->set_name(in.thread.back().name());
    answer->set_thread_head(Head(in.thread));
    return grpc::Status::OK;
  }
  grpc::Status ReportBadGrant(Context*, const v1::MailboxServiceReportBadGrantRequest* request,
                              v1::MailboxServiceReportBadGrantResponse*) override {
    in.bad_grants.push_back(request->epoch());
    return grpc::Status::OK;
  }
  grpc::Status ReportBadGrant(Context*, const v1::CaseServiceReportBadGrantRequest* request,
                              v1::CaseServiceReportBadGrantResponse*) override {
    in.bad_grants.push_back(request->epoch());
    return grpc::Status::OK;
  }
  grpc::Status ExcludeReaders(Context*, const v1::ExcludeReadersRequest* request, v1::ExcludeReadersResponse*) override {
    in.excluded = *request;
    return grpc::Status::OK;
  }
  grpc::Status CorrectSubjects(Context*, const v1::CorrectSubjectsRequest* request,
                               v1::CorrectSubjectsResponse* answer) override {
    in.corrected = *request;
    answer->set_etag("next");
    return grpc::Status::OK;
  }
  grpc::Status AnswerCheckIn(Context*, const v1::AnswerCheckInRequest* request, v1::AnswerCheckInResponse* answer) override {
    in.checked_in = *request;
    Append(request->entry(), "", in.thread);
    in.AddLeaf(format::LeafKind::kCheckInAnswered, "",
               format::details::CheckInAnswered(static_cast<uint8_t>(request->since()), request->days()));
    answer->set_name(in.thread.back().name());
    answer->set_thread_head(Head(in.thread));
    if (request->has_retaliation()) {
      const auto envelope = format::ParseEnvelope(request->retaliation().entry().envelope());
      format::Leaf leaf;
      leaf.kind = format::LeafKind::kCaseFiled;
      leaf.organisation = in.organisation_.id;
      leaf.case_id = envelope->context.case_id;
      leaf.number = 1;
      leaf.day = in.today_;
      leaf.details = format::details::Filed(format::EntryHash(*envelope));
      v1::SubmitReportResponse& filed = *answer->mutable_retaliation();
      filed.set_case_(format::CaseName(leaf.case_id));
      filed.mutable_leaf()->set_number(1);
      filed.mutable_leaf()->set_content(format::LeafContent(leaf));
      const auto salt = *format::LeafSalt::FromBytes(Draws().Draw(32));
      filed.mutable_leaf()->set_salt(salt.str());
      format::Promise promise;
      promise.organisation = in.organisation_.id;
      promise.day = in.today_;
      promise.commitment = format::LeafCommitment(salt, filed.leaf().content());
      promise.signature = format::SignPromise(in.log_key_, in.organisation_.id, in.today_, 1, format::LeafHash(promise.commitment));
      filed.mutable_promise()->set_promise(format::PromiseBytes(promise));
    }
    if (in.hooks.check_in) in.hooks.check_in(*answer);
    return grpc::Status::OK;
  }
  grpc::Status RotateReceipt(Context*, const v1::RotateReceiptRequest* request, v1::RotateReceiptResponse* answer) override {
    Append(request->entry(), "", in.thread);
    in.AddLeaf(format::LeafKind::kReceiptRotated, "", "");
    in.former_keys.push_back(in.submitted.mailbox_signing_key());
    in.submitted.set_mailbox(request->mailbox());
    in.submitted.set_mailbox_encryption_key(request->mailbox_encryption_key());
    in.submitted.set_mailbox_signing_key(request->mailbox_signing_key());
    answer->set_name(in.thread.back().name());
    answer->set_thread_head(Head(in.thread));
    return in.hooks.rotated ? in.hooks.rotated() : grpc::Status::OK;
  }
  grpc::Status WithdrawReport(Context*, const v1::WithdrawReportRequest*, v1::WithdrawReportResponse* answer) override {
    in.AddLeaf(format::LeafKind::kCaseWithdrawn, "", "");
    answer->set_etag("2");
    return grpc::Status::OK;
  }

  grpc::Status GetBlob(Context*, const v1::GetBlobRequest* request, v1::GetBlobResponse* answer) override {
    if (!in.blob_sizes.contains(request->name())) return Refusing(grpc::StatusCode::NOT_FOUND, "ERROR_REASON_NOTHING_HERE");
    answer->set_name(request->name());
    answer->set_size(in.blob_sizes[request->name()]);
    answer->set_received(static_cast<uint32_t>(in.blobs[request->name()].size()));
    return grpc::Status::OK;
  }
  grpc::Status WriteBlobPart(Context*, const v1::WriteBlobPartRequest* request, v1::WriteBlobPartResponse* answer) override {
    if (in.hooks.write_part) {
      if (const grpc::Status status = in.hooks.write_part(*request); !status.ok()) return status;
    }
    std::string& blob = in.blobs[request->name()];
    if (request->offset() != blob.size()) {
      return Refusing(grpc::StatusCode::FAILED_PRECONDITION, "ERROR_REASON_BLOB_PART_REFUSED");
    }
    blob += request->data();
    answer->set_received(static_cast<uint32_t>(blob.size()));
    return grpc::Status::OK;
  }
  grpc::Status ReadBlobPart(Context*, const v1::ReadBlobPartRequest* request, v1::ReadBlobPartResponse* answer) override {
    const std::string& blob = in.blobs[request->name()];
    answer->set_data(request->offset() < blob.size() ? blob.substr(request->offset(), 131072) : "");
    if (in.hooks.read_part) in.hooks.read_part(*answer);
    return grpc::Status::OK;
  }

  v1::Case Facts() const {
    v1::Case one;
    one.set_name(in.case_name);
    one.set_state(v1::CASE_STATE_RECEIVED);
    one.set_assignee("staff/ana");
    one.set_etag("1");
    for (const v1::Epoch& epoch : in.epochs) *one.add_epochs() = epoch;
    for (const v1::Reader& reader : in.readers) *one.add_readers() = reader;
    one.set_thread_head(Head(in.thread));
    one.set_thread_length(static_cast<uint32_t>(in.thread.size()));
    one.set_team_head(Head(in.team));
    one.set_team_length(static_cast<uint32_t>(in.team.size()));
    one.set_leaf_head(in.chain_head_.str());
    one.set_leaf_count(static_cast<uint32_t>(in.leaves.size()));
    one.set_mailbox_encryption_key(in.submitted.mailbox_encryption_key());
    one.set_mailbox_signing_key(in.submitted.mailbox_signing_key());
    for (const std::string& former : in.former_keys) one.add_former_mailbox_signing_keys(former);
    if (in.hooks.one_case) in.hooks.one_case(one);
    return one;
  }
  grpc::Status ListCases(Context*, const v1::ListCasesRequest*, v1::ListCasesResponse* answer) override {
    if (in.has_case()) *answer->add_cases() = Facts();
    return grpc::Status::OK;
  }
  grpc::Status GetCase(Context*, const v1::GetCaseRequest* request, v1::GetCaseResponse* answer) override {
    if (request->name() != in.case_name) return Refusing(grpc::StatusCode::NOT_FOUND, "ERROR_REASON_NOTHING_HERE");
    *answer->mutable_case_() = Facts();
    return grpc::Status::OK;
  }
  grpc::Status OpenCase(Context*, const v1::OpenCaseRequest* request, v1::OpenCaseResponse* answer) override {
    in.AddLeaf(format::LeafKind::kCaseOpened, "ana", format::details::Opened(static_cast<format::Keyring>(request->keyring())));
    // It does not remember who asks: whoever does picks out what is theirs.
    for (const auto& [slug, member] : in.members_) {
      const auto key = crypto::KeyIdOf(member.decryption.encryption_key());
      for (const auto& grant : GrantsFor(key, static_cast<format::Keyring>(request->keyring()))) *answer->add_grants() = grant;
    }
    return grpc::Status::OK;
  }
  grpc::Status ListEntries(Context*, const v1::ListEntriesRequest* request, v1::ListEntriesResponse* answer) override {
    for (const v1::Entry& entry : request->keyring() == v1::KEYRING_TEAM ? in.team : in.thread) *answer->add_entries() = entry;
    if (in.hooks.entries) in.hooks.entries(*answer);
    return grpc::Status::OK;
  }
  grpc::Status ExportCase(Context*, const v1::ExportCaseRequest* request, v1::ExportCaseResponse* answer) override {
    in.AddLeaf(format::LeafKind::kCaseExported, "ana", format::details::Exported(static_cast<format::ExportPurpose>(request->purpose())));
    answer->set_leaf(static_cast<uint32_t>(in.leaves.size()));
    if (in.hooks.exported) in.hooks.exported(*answer);
    return grpc::Status::OK;
  }
  grpc::Status ListHistory(Context*, const v1::ListHistoryRequest*, v1::ListHistoryResponse* answer) override {
    for (const v1::LeafOpening& leaf : in.leaves) {
      v1::HistoryEvent& event = *answer->add_events();
      *event.mutable_leaf() = leaf;
      event.set_reporter_visible(true);
    }
    answer->set_checkpoint(in.checkpoint);
    return grpc::Status::OK;
  }
  grpc::Status AppendEntry(Context*, const v1::AppendEntryRequest* request, v1::AppendEntryResponse* answer) override {
    const auto envelope = format::ParseEnvelope(request->entry().envelope());
    auto& entries = envelope->context.keyring == format::Keyring::kTeam ? in.team : in.thread;
    Append(request->entry(), "ana", entries);
    answer->set_name(entries.back().name());
    answer->set_head(Head(entries));
    return grpc::Status::OK;
  }
};

grpc::Status Impostor::Refusing(grpc::StatusCode code, const std::string& reason, const std::string& field) {
  google::rpc::ErrorInfo info;
  info.set_domain("alcove");
  info.set_reason(reason);
  if (!field.empty()) (*info.mutable_metadata())["field"] = field;
  google::rpc::Status status;
  status.set_code(code);
  status.add_details()->PackFrom(info);
  return grpc::Status(code, "refused", status.SerializeAsString());
}

Impostor::Impostor(format::Day today)
    : today_(today), log_key_(crypto::SigningKey::Draw(Draws())), tag_key_(crypto::OprfKey::Draw(Draws())) {
  organisation_.name = "Meridian";
  organisation_.id = format::DrawId<format::OrganisationId>(Draws());
  organisation_.address = "127.0.0.1:1";
  organisation_.roots.threshold = 2;
  for (const char* name : {"rosa", "rufus", "ruth"}) {
    auto key = crypto::SigningKey::Draw(Draws());
    organisation_.roots.keys.push_back({name, key.verify_key()});
    roots_.emplace(name, std::move(key));
  }
  directory_.organisation = organisation_.id;
  directory_.version = 1;
  directory_.valid_from = today.PlusDays(-1);
  directory_.valid_until = today.PlusDays(60);
  directory_.next_roots = organisation_.roots;
  directory_.log_key = log_key_.verify_key();
  directory_.salt = *format::AliasSalt::FromBytes(Draws().Draw(16));
  directory_.desks = {{"intake", "Intake"}};
  using format::Role;
  AddPerson("ana", "Ana Ruiz", false, {Role::kInvestigator});
  AddPerson("bruno", "Bruno Keller", false, {Role::kInvestigator});
  AddPerson("carl", "Carl Vogt", false, {Role::kCustodian});
  AddPerson("carla", "Carla Weiss", false, {Role::kInvestigator});
  AddPerson("cleo", "Cleo Brandt", false, {Role::kCustodian});
  AddPerson("cora", "Cora Lind", false, {Role::kCustodian});
  AddPerson("dora", "Dora Maas", false, {Role::kEscalation});
  AddPerson("emil", "Emil Sorge", true, {Role::kFallback});
  AddPerson("fay", "Fay Onuora", true, {Role::kFallback});
  SignDirectory();
  for (const char* name : {"form", "taxonomy", "profiles", "routing", "safeguards"}) {
    format::Policy policy{organisation_.id, *format::PolicyDocumentFromText(name), 1, PolicyBody(name)};
    policy_notes[name] = SignedByRoots(*format::PolicyText(policy));
  }
  services_ = std::make_unique<Services>(*this);
  grpc::ServerBuilder builder;
  builder.RegisterService(static_cast<v1::SessionService::Service*>(services_.get()));
  builder.RegisterService(static_cast<v1::LedgerService::Service*>(services_.get()));
  builder.RegisterService(static_cast<v1::IntakeService::Service*>(services_.get()));
  builder.RegisterService(static_cast<v1::MailboxService::Service*>(services_.get()));
  builder.RegisterService(static_cast<v1::BlobService::Service*>(services_.get()));
  builder.RegisterService(static_cast<v1::CaseService::Service*>(services_.get()));
  // A socket of the abstract name space: no port to choose, no file to remove.
  address_ = "unix-abstract:alcove-impostor-" + format::Text(organisation_.id);
  builder.AddListeningPort(address_, grpc::InsecureServerCredentials());
  server_ = builder.BuildAndStart();
}

Impostor::~Impostor() { server_->Shutdown(); }

void Impostor::AddPerson(const std::string& slug, const std::string& name, bool outside, std::vector<format::Role> roles) {
  Member member{crypto::DecryptionKey::Draw(Draws()), crypto::SigningKey::Draw(Draws())};
  format::Person person;
  person.slug = slug;
  person.name = name;
  person.outside = outside;
  person.devices = {{member.decryption.encryption_key(), member.signing.verify_key()}};
  person.roles = roles;
  if (roles.front() == format::Role::kInvestigator) person.desks = {"intake"};
  const auto identifier = format::Identifier::OfMail(slug + "@meridian.example");
  person.aliases = {{format::IdentifierAlias(directory_.salt, *identifier),
                     format::TagAlias(directory_.salt, *crypto::Evaluate(tag_key_, identifier->text()))}};
  directory_.people.push_back(person);
  members_.emplace(slug, std::move(member));
}

std::string Impostor::SignedByRoots(const std::string& text, int signers) const {
  std::string note = text;
  for (const auto& [name, key] : roots_) {
    if (signers-- <= 0) break;
    note = *format::AddRootSignature(note, name, key);
  }
  return note;
}

void Impostor::SignDirectory(int signers) { directory_note = SignedByRoots(*format::DirectoryText(directory_), signers); }

void Impostor::NextDirectory() {
  older_notes[directory_.version] = directory_note;
  directory_.previous = format::ParseDirectoryNote(directory_note)->hash;
  directory_.version += 1;
  SignDirectory();
}

StaffKeys Impostor::KeysOf(const std::string& slug) const {
  const Member& member = members_.at(slug);
  return StaffKeys{slug, member.decryption.Clone(), member.signing.Clone()};
}

v1::Reader Impostor::ReaderOf(const std::string& slug, const std::string& purpose, v1::ReleaseCondition condition) const {
  v1::Reader reader;
  reader.set_staff(format::StaffName(slug));
  reader.set_display_name(directory_.FindPerson(slug)->name);
  reader.set_purpose(purpose);
  reader.set_condition(condition);
  reader.set_key_id(crypto::KeyIdOf(directory_.FindPerson(slug)->devices.front().encryption).str());
  return reader;
}

std::unique_ptr<Connection> Impostor::Connect() {
  return std::make_unique<Connection>(organisation_, grpc::CreateChannel(address_, grpc::InsecureChannelCredentials()), std::chrono::seconds(20));
}

void Impostor::AddLeaf(format::LeafKind kind, const std::string& actor, const std::string& details) {
  format::Leaf leaf;
  leaf.kind = kind;
  leaf.organisation = organisation_.id;
  leaf.case_id = *format::ParseCaseName(case_name);
  leaf.number = static_cast<uint32_t>(leaves.size()) + 1;
  leaf.day = today_;
  leaf.actor = actor;
  leaf.details = details;
  if (!actor.empty()) leaf.time = 40000;
  v1::LeafOpening opening;
  opening.set_number(leaf.number);
  opening.set_content(format::LeafContent(leaf));
  const auto salt = *format::LeafSalt::FromBytes(Draws().Draw(32));
  opening.set_salt(salt.str());
  chain_head_ = format::NextChainHead(chain_head_, leaf.number, format::LeafCommitment(salt, opening.content()));
  leaves.push_back(opening);
}

void Impostor::Publish() {
  std::vector<crypto::Digest> hashes;
  for (const v1::LeafOpening& leaf : leaves) {
    hashes.push_back(format::LeafHash(format::LeafCommitment(*format::LeafSalt::FromBytes(leaf.salt()), leaf.content())));
  }
  while (hashes.size() % 64 != 0) hashes.push_back(crypto::MerkleLeafHash(Draws().Draw(32)));
  for (size_t i = 0; i < leaves.size(); ++i) {
    leaves[i].set_published(true);
    leaves[i].set_index(static_cast<uint32_t>(i));
    leaves[i].clear_proof();
    for (const crypto::Digest& hash : Path(hashes, i, 0, hashes.size())) leaves[i].add_proof(hash.str());
  }
  checkpoint = format::SignCheckpoint({organisation_.id, hashes.size(), Root(hashes, 0, hashes.size())}, log_key_);
}

}  // namespace alcove::client::test
