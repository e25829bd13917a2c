// The filing. Everything that strangers send is checked here before a byte of it is kept: in the order plan, envelope,
// signature, repetition, freshness, binding, readers, identity, attachments, token. One Ed25519 verification, by the mailbox
// key over the whole entry; through the hash of the epoch record it also vouches for readers and grants. A token costs as much
// again, so it comes last.
#include <algorithm>

#include "crypto/format/identity.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/losses.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/show.h"
#include "server/core/grants/readers.h"
#include "server/core/guard/assign.h"
#include "server/core/guard/hand_on.h"
#include "server/core/guard/match.h"
#include "server/core/intake/errors.h"
#include "server/core/intake/file_report.h"
#include "server/core/intake/plan.h"
#include "server/core/intake/spend_token.h"

namespace alcove::intake {
namespace {

// All of the request but the payment, which a repetition makes anew. The entry's hash stands for the envelope with its
// body, for the named blobs, and through the record's hash for epoch and grants.
crypto::Digest DigestOf(const SubmitRequest& request, const crypto::Digest& entry_hash) {
  format::ByteWriter asked(512 + request.plan.size());
  asked.Fixed(entry_hash).Fixed(request.mailbox).Fixed(request.mailbox_encryption_key);
  asked.Fixed(request.mailbox_verify_key).Fixed(crypto::Blake2b256(request.plan));
  if (request.identity) asked.Fixed(crypto::Blake2b256(*request.identity));
  // After the hash of an identity or in its place: the label keeps the two apart.
  if (!request.token.empty()) asked.Short("token").Fixed(crypto::Blake2b256(request.token));
  if (request.escrow) asked.Short("escrow").U32(request.escrow->others).U32(request.escrow->last.number());
  return crypto::Blake2b256(asked.bytes());
}

bool IsFresh(const cases::Ports& ports, const Plan& plan) {
  if (ports.clock.Now() > plan.expires) return false;
  if (plan.directory_version != ports.organisation.directory_version()) return false;
  for (std::size_t i = 0; i < plan.policy_versions.size(); ++i)
    if (plan.policy_versions[i] != ports.organisation.policy_version(people::kDocuments[i])) return false;
  return true;
}

bool IsTheFiling(const cases::Ports& ports, const Plan& plan, const format::EnvelopeContext& context) {
  return context.organisation == ports.organisation.id() && context.case_id == plan.case_id &&
         context.kind == format::EntryKind::kReport && context.keyring == format::Keyring::kThread &&
         context.epoch == 0 && context.sequence == 0 && context.leaf_count == 0 &&
         cases::DayCanBe(context.day, base::Day(), ports.clock.Today());
}

// The chart may have changed since the plan: nobody who came into conflict gets a grant, and the reporter is shown whom they
// get instead.
bool AnyMayNotRead(const people::Organisation& organisation, const std::vector<grants::Holder>& holders,
                   const access::Wall& wall) {
  const base::StaffSlug* last = nullptr;  // lines of one person stand together
  for (const grants::Holder& holder : holders) {
    if (last != nullptr && *last == holder.staff) continue;
    last = &holder.staff;
    const people::Person* person = organisation.FindPerson(holder.staff);
    if (person == nullptr || !access::MayRead(organisation, *person, wall)) return true;
  }
  return false;
}

// Sealed to exactly the custodians that the plan offered, by exactly that threshold.
absl::Status CheckIdentity(const cases::Ports& ports, const Plan& plan, crypto::BytesView sealed) {
  if (plan.custodians.empty()) return CustodyNotOffered();
  if (sealed.size() > kMaxIdentityBytes) return base::FieldInvalid("identity");
  absl::StatusOr<format::ParsedIdentity> identity = format::ParseIdentity(sealed);
  if (!identity.ok() || identity->organisation != ports.organisation.id() || identity->case_id != plan.case_id ||
      identity->directory_version != plan.directory_version)
    return base::FieldInvalid("identity");
  if (identity->threshold != plan.custodian_threshold || identity->custodians != plan.custodians.size())
    return CustodyNotOffered();
  std::vector<crypto::KeyId> sent;
  for (std::size_t i = 0; i < identity->custodians; ++i) sent.push_back(identity->CustodianAt(i));
  std::vector<crypto::KeyId> offered = plan.custodians;
  std::sort(sent.begin(), sent.end());
  std::sort(offered.begin(), offered.end());
  return sent == offered ? absl::OkStatus() : CustodyNotOffered();
}

// Case, mailbox and receipt are new. A plan that was used is as good as none; a receipt that was used is a fault of
// whoever draws receipts.
absl::Status CheckUnused(const cases::Ports& ports, const Plan& plan, const SubmitRequest& request) {
  auto filed = ports.rows.Get<cases::Case>(base::RowKey(plan.case_id));
  if (!filed.ok()) return filed.status();
  if (*filed) return PlanStale();
  auto mailbox = ports.rows.Get<cases::Mailbox>(base::RowKey(request.mailbox));
  if (!mailbox.ok()) return mailbox.status();
  return *mailbox ? base::FieldInvalid("mailbox") : absl::OkStatus();
}

// The new case stands behind the wall of the others before anybody gets it: whoever they keep out loses their grants, and
// it goes to somebody else. It is filed in any case, if need be with nobody to read it, and unlinked where no more cases may
// stand behind one wall: then it keeps out whom they keep out, and they do not learn of its own wall.
absl::Status StandBehind(const cases::Ports& ports, cases::Case& record, guard::Group& others, base::ChangeSet& changes,
                         std::vector<base::LeafDraft>& drafts) {
  if (others.size() >= cases::kMostLinked) {
    record.wall = access::Union(record.wall, others.front().record.wall);
    cases::CaseLeaves leaves(ports, record, changes, drafts);
    return guard::HandOn(ports, record, std::nullopt, leaves, changes);
  }
  for (cases::Case* one : {&record, &others.front().record}) {
    cases::CaseLeaves(ports, *one, changes, drafts).HiddenByServer(format::LeafKind::kCasesLinked);
    one->revision += 1;
  }
  others.push_back({std::move(record), {}});
  const absl::Status status = guard::StandBehindOneWall(ports, others, std::nullopt, changes, drafts);
  record = std::move(others.back().record);
  others.pop_back();
  return status;
}

// What the desk asks of who files, and what came. Whoever writes from a mailbox whose own report was proved is who proved it. An
// escrow's token proves as much, and is its voice.
absl::StatusOr<cases::EmploymentProof> ProveEmployment(const Ports& ports, const Plan& plan, const SubmitRequest& request,
                                                       const crypto::Digest& entry_hash, const guard::Group* behind,
                                                       std::optional<cases::Escrow>& escrow, base::ChangeSet& changes) {
  using cases::EmploymentProof;
  const people::ProofPolicy policy = ports.cases.organisation.routing()->ProofFor(plan.desk);
  if (request.token.empty()) {
    if (behind != nullptr && behind->front().record.employment_proof == EmploymentProof::kProved) return EmploymentProof::kProved;
    if (policy == people::ProofPolicy::kRequired) return TokenRequired();
    return policy == people::ProofPolicy::kPreferred ? EmploymentProof::kNotProved : EmploymentProof::kNotAsked;
  }
  const crypto::Digest bound = format::TokenRequestOf({ports.cases.organisation.id(), plan.case_id, request.mailbox,
                                                       request.mailbox_encryption_key, request.mailbox_verify_key, entry_hash});
  const format::TokenKind kind = escrow ? format::TokenKind::kEscrow : format::TokenKind::kEmployment;
  const absl::StatusOr<format::TokenNullifier> spent = SpendToken(ports, kind, request.token, bound, request.look, changes);
  if (!spent.ok()) return spent.status();
  if (escrow) escrow->voice = *spent;
  return EmploymentProof::kProved;
}

// What the reporter asked for, and whom the report names today.
absl::StatusOr<cases::Escrow> EscrowOf(const cases::Ports& ports, const SubmitRequest& request, const access::Wall& wall) {
  const EscrowTerms& terms = *request.escrow;
  if (terms.others < cases::kFewestOthers || terms.others > cases::kMostOthers) return base::FieldInvalid("escrow.others");
  if (!cases::MayBeLastDay(terms.last, ports.clock.Today())) return base::FieldInvalid("escrow.last_day");
  if (request.token.empty()) return TokenRequired();
  cases::Escrow escrow;
  escrow.others = static_cast<std::uint8_t>(terms.others);
  escrow.last = terms.last;
  escrow.about = EmployeesNamedBy(wall);
  if (escrow.about.empty()) return EscrowSubjectUnknown();
  return escrow;
}

cases::Case NewCase(const cases::Ports& ports, Plan plan, access::Wall wall, const SubmitRequest& request) {
  cases::Case record;
  record.id = plan.case_id;
  record.mailbox = request.mailbox;
  record.mailbox_encryption_key = request.mailbox_encryption_key;
  record.mailbox_verify_key = request.mailbox_verify_key;
  record.urgency = plan.urgency;
  record.rule = std::move(plan.rule);
  record.desk = std::move(plan.desk);
  record.directory_version = plan.directory_version;
  // Fresh: the profile is there, for the plan was made under these very documents.
  if (const people::Profile* profile = ports.organisation.profiles()->Find(plan.facts.jurisdiction)) {
    record.profile = profile->id;
    record.terms = profile->terms;
    record.calendar = profile->calendar;
    record.retention = profile->retention;
  }
  record.facts = std::move(plan.facts);
  record.marks.filed = ports.clock.Today();
  record.marks.assigned = record.marks.filed;
  record.written = 1;
  record.marks.written = record.marks.filed;
  record.wall = std::move(wall);
  record.identity_held = request.identity.has_value();
  return record;
}

absl::StatusOr<Filing> AnswerAgain(const cases::Ports& ports, const base::CaseId& id) {
  auto filed = ports.rows.Get<cases::Case>(base::RowKey(id));
  if (!filed.ok()) return filed.status();
  auto leaf = ports.rows.Get<cases::CaseLeaf>(base::RowKey(id, std::uint32_t{1}));
  if (!leaf.ok()) return leaf.status();
  if (!*filed || !*leaf) return base::Broken("a filing was acknowledged and is not there");
  cases::CaseLeaf& row = (*leaf)->record;
  absl::StatusOr<cases::OpenedLeaf> opened = cases::Opened(ports, row.number, std::move(row.content), std::move(row.salt));
  if (!opened.ok()) return opened.status();
  return Filing{id, std::move(row.promise), *std::move(opened), cases::DeadlinesOf(ports, cases::ShownOf((*filed)->record))};
}

}  // namespace

crypto::Digest DigestOf(const SubmitRequest& request) {
  const absl::StatusOr<format::ParsedEnvelope> envelope = format::ParseEnvelope(request.entry.envelope);
  return envelope.ok() ? DigestOf(request, format::EntryHash(*envelope)) : crypto::Digest();
}

absl::StatusOr<NewFiling> FileReport(const Ports& ports, const SubmitRequest& request, guard::Group* behind,
                                     base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts) {
  const cases::Ports& world = ports.cases;
  absl::StatusOr<Plan> plan = OpenPlan(request.plan, ports.secrets.plan, world.organisation.id());
  if (!plan.ok()) return plan.status();
  if (request.mailbox.IsZero()) return base::FieldInvalid("mailbox");
  // A key that everybody can open would make the team's clients refuse to write to this mailbox.
  if (!crypto::UsableKey(request.mailbox_encryption_key).ok()) return base::FieldInvalid("mailbox_encryption_key");
  absl::StatusOr<format::ParsedEnvelope> envelope = cases::ReadEnvelope(request.entry.envelope);
  if (!envelope.ok()) return envelope.status();
  if (!format::VerifyAuthor(*envelope, request.mailbox_verify_key).ok()) return cases::EnvelopeInvalid();

  const crypto::Digest head = format::EntryHash(*envelope);
  absl::StatusOr<cases::RequestSlot> slot =
      (request.look ? cases::OpenRequest : cases::ClaimRequest)(world, "SubmitReport", request.request_id,
                                                                DigestOf(request, head));
  if (!slot.ok()) return slot.status();
  NewFiling filing;
  if (slot->repeated) {
    absl::StatusOr<Filing> again = AnswerAgain(world, plan->case_id);
    if (!again.ok()) return again.status();
    filing.answer = *std::move(again);
    filing.repeated = true;
    return filing;
  }

  if (!IsFresh(world, *plan)) return PlanStale();
  if (!world.organisation.DirectoryValidOn(world.clock.Today())) return IntakeClosed();
  if (!IsTheFiling(world, *plan, envelope->context)) return cases::EnvelopeInvalid();
  if (!request.entry.epoch) return cases::EpochInvalid();
  absl::StatusOr<std::vector<grants::Holder>> holders = HoldersOf(world.organisation, *plan);
  if (!holders.ok()) return holders.status();
  access::Wall wall = WallOf(world.organisation, plan->subjects, plan->kept_out, std::move(plan->struck_out));
  if (AnyMayNotRead(world.organisation, *holders, wall)) return PlanStale();
  // A report that goes with the answer to a check-in goes to a team: it cannot wait.
  if (request.escrow.has_value() != plan->escrow || (request.escrow && behind != nullptr)) return base::FieldInvalid("escrow");
  std::optional<cases::Escrow> escrow;
  if (request.escrow) {
    absl::StatusOr<cases::Escrow> asked = EscrowOf(world, request, wall);
    if (!asked.ok()) return asked.status();
    escrow = *std::move(asked);
  }
  const grants::Binding binding{{world.organisation.id(), plan->case_id, format::Keyring::kThread, 0},
                                crypto::KeyIdOf(request.mailbox_verify_key),
                                plan->directory_version};
  const std::vector<grants::Required> required =
      grants::RequiredWithMailbox(*holders, crypto::KeyIdOf(request.mailbox_encryption_key));
  if (absl::Status status = grants::CheckNewEpoch(*request.entry.epoch, binding, required); !status.ok())
    return status;
  const crypto::Digest record_hash = format::EpochRecordHash(request.entry.epoch->record);
  if (envelope->context.epoch_record_hash != record_hash) return cases::EnvelopeInvalid();
  if (absl::Status status = cases::CheckBlobList(request.entry.blobs, *envelope); !status.ok()) return status;
  if (request.identity)
    if (absl::Status status = CheckIdentity(world, *plan, *request.identity); !status.ok()) return status;
  if (request.look)
    if (absl::Status status = CheckUnused(world, *plan, request); !status.ok()) return status;
  const absl::StatusOr<cases::EmploymentProof> proof =
      ProveEmployment(ports, *plan, request, head, behind, escrow, changes);
  if (!proof.ok()) return proof.status();

  cases::Case record = NewCase(world, *std::move(plan), std::move(wall), request);
  record.employment_proof = *proof;
  record.thread = {.epochs = 1,
                   .length = 1,
                   .head = head,
                   .epoch_record_hash = record_hash,
                   .seen_leaves = 0,
                   .last_day = envelope->context.day,
                   .holders = *std::move(holders)};
  if (absl::Status status = cases::NameBlobs(world, record, request.entry.blobs, format::Keyring::kThread, 0, {}, changes);
      !status.ok())
    return status;

  cases::CaseLeaves leaves(world, record, changes, drafts);
  filing.place = drafts.size();
  filing.leaf = leaves.Filed(format::details::Filed(head));
  if (escrow) {
    record.escrow = *std::move(escrow);
    leaves.ByReporter(format::LeafKind::kEscrowHeld, format::details::EscrowHeld(record.escrow->others, record.escrow->last));
    const absl::StatusOr<bool> released = guard::Match(world, record, changes, drafts);
    if (!released.ok()) return released.status();
    cases::PadLeaves(world.random, drafts);
  } else if (behind == nullptr) {
    guard::Assign(world, record, leaves, changes);
  } else if (absl::Status status = StandBehind(world, record, *behind, changes, drafts); !status.ok()) {
    return status;
  }

  cases::Entry entry;
  entry.case_id = record.id;
  entry.id = envelope->context.entry;
  entry.kind = format::EntryKind::kReport;
  entry.envelope = crypto::Bytes(envelope->bytes);
  entry.blobs = request.entry.blobs;
  entry.day = record.marks.filed;
  changes.Put(std::move(entry));
  cases::Epoch epoch = cases::EpochRow(record.id, format::Keyring::kThread, 0, *request.entry.epoch);
  if (behind != nullptr || record.escrow)
    if (const absl::StatusOr<bool> purged = cases::PurgeEpoch(record, epoch); !purged.ok()) return purged.status();
  changes.Put(std::move(epoch));
  if (request.identity) {
    cases::Identity identity;
    identity.case_id = record.id;
    identity.sealed = crypto::Bytes(*request.identity);
    changes.Put(std::move(identity));
  }
  cases::Mailbox mailbox;
  mailbox.id = record.mailbox;
  mailbox.case_id = record.id;
  mailbox.verify_key = record.mailbox_verify_key;
  changes.Insert(std::move(mailbox));
  cases::CloseRequest(*std::move(slot), {}, changes);

  filing.answer.case_id = record.id;
  filing.answer.leaf = {filing.leaf.number, 0, filing.leaf.content, filing.leaf.salt};
  filing.answer.deadlines = cases::DeadlinesOf(world, cases::ShownOf(record));
  changes.Insert(std::move(record));
  return filing;
}

void Complete(const NewFiling& filing, const base::Stamps& stamps, Filing& answer, base::ChangeSet& changes) {
  cases::CaseLeaf row = filing.leaf;
  row.promise = stamps.leaves[filing.place].promise;
  answer.promise = row.promise;
  answer.leaf.index = stamps.leaves[filing.place].index;
  changes.Put(std::move(row));
}

absl::StatusOr<base::Outcome<Filing>> SubmitReport(const Ports& ports, const SubmitRequest& request) {
  base::Outcome<Filing> outcome;
  absl::StatusOr<NewFiling> filing = FileReport(ports, request, nullptr, outcome.changes, outcome.leaves);
  if (!filing.ok()) return filing.status();
  outcome.answer = std::move(filing->answer);
  if (filing->repeated) return outcome;
  outcome.stamp = [filing = *std::move(filing)](const base::Stamps& stamps, Filing& answer, base::ChangeSet& changes) {
    Complete(filing, stamps, answer, changes);
  };
  return outcome;
}

}  // namespace alcove::intake
