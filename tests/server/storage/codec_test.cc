// Every record comes back as it was written. The records here have every field set to something that is not its default,
// so that a field left out of a codec shows.
#include "server/storage/codec.h"

#include <gtest/gtest.h>

#include "crypto/hash.h"
#include "server/core/approvals/records.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/orders.h"
#include "server/core/clocks/seen.h"
#include "server/core/hr/actions.h"
#include "server/core/hr/records.h"
#include "server/core/hr/tokens.h"
#include "server/core/intake/protection.h"
#include "server/core/intake/spend_token.h"
#include "server/core/ledger/records.h"
#include "server/core/mail/queue.h"
#include "server/core/people/records.h"
#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

template <class R>
R RoundTrip(const R& record) {
  const Codec* codec = CodecOf(R::kTable);
  std::string bytes = "kept";
  codec->encode(record, &bytes);
  EXPECT_TRUE(bytes.starts_with("kept"));
  const std::unique_ptr<base::Record> read = codec->decode(std::string_view(bytes).substr(4));
  if (read == nullptr) {
    ADD_FAILURE() << "not decoded";
    return R();
  }
  EXPECT_EQ(codec->key(*read), record.key());
  return static_cast<const R&>(*read);
}

grants::Holder SomeHolder() {
  grants::Holder holder;
  holder.staff = *base::StaffSlug::Parse("amira");
  holder.key_id = Draw<crypto::KeyId>();
  holder.purpose = grants::Purpose::kFallback;
  holder.condition = format::ReleaseCondition::kFallback;
  holder.released = true;
  holder.opened = base::Instant(std::chrono::seconds(1700000000));
  holder.approval = Draw<base::ApprovalId>();
  holder.lost = true;
  holder.until = base::Day(20030);
  return holder;
}

cases::KeyringState SomeKeyring() {
  cases::KeyringState keyring;
  keyring.epochs = 2;
  keyring.length = 7;
  keyring.head = Draw<crypto::Digest>();
  keyring.epoch_record_hash = Draw<crypto::Digest>();
  keyring.seen_leaves = 4;
  keyring.last_day = base::Day(20001);
  keyring.holders = {SomeHolder(), grants::Holder()};
  keyring.reported = true;
  return keyring;
}

cases::Case SomeCase() {
  cases::Case record;
  record.id = Draw<base::CaseId>();
  record.mailbox = Draw<base::MailboxId>();
  record.mailbox_encryption_key = Draw<crypto::EncryptionKey>();
  record.mailbox_verify_key = Draw<crypto::VerifyKey>();
  record.revision = 9;
  record.state = cases::State::kOnHold;
  record.resumes_to = cases::State::kInvestigating;
  record.facts = {{"harassment.sexual", "retaliation"}, "berlin", true, "de", "eu-2019-1937"};
  record.urgency = people::Urgency::kImmediate;
  record.rule = "danger";
  record.desk = "intake";
  record.directory_version = 3;
  record.profile = "default";
  record.terms = {1, 2, 3, 4, 5, 6};
  record.calendar = {0x60, {base::Day(20010), base::Day(20020)}};
  record.marks = {base::Day(1), base::Day(2), base::Day(3), base::Day(4), base::Day(5), base::Day(6), base::Day(7),
                  base::Day(8), base::Day(9), base::Day(10), base::Day(11), base::Day(12)};
  record.wall.subjects = {{Draw<crypto::Digest>(), {*base::StaffSlug::Parse("bo"), *base::StaffSlug::Parse("cy")},
                           {Draw<base::EmployeeId>(), Draw<base::EmployeeId>()}}};
  record.wall.kept_out = {{Draw<crypto::Digest>(), {}, {}}};
  record.wall.struck_out = {*base::StaffSlug::Parse("di")};
  record.wall.recused = {*base::StaffSlug::Parse("ed")};
  record.wall.lifted = {*base::StaffSlug::Parse("flo")};
  record.wall.chart_version = 17;
  record.wall.reach = {3, true};
  record.assignee = *base::StaffSlug::Parse("amira");
  record.claimed = true;
  record.withdrawn = true;
  record.identity_held = true;
  record.thread = SomeKeyring();
  record.team = SomeKeyring();
  record.leaf_count = 11;
  record.leaf_head = Draw<crypto::Digest>();
  record.leaf_day = base::Day(20002);
  record.history_length = 12;
  record.blob_bytes = std::uint64_t{5} << 32;
  record.linked = {Draw<base::CaseId>(), Draw<base::CaseId>()};
  record.assessed = 0b10011;
  record.notified = true;
  record.summary = cases::Summary{7, base::Day(20003), true};
  record.check_ins = {{clocks::Since::kFiling, 30}, {clocks::Since::kClosing, 365}};
  record.former_mailbox_keys = {Draw<crypto::VerifyKey>(), Draw<crypto::VerifyKey>()};
  record.written = 5;
  record.read = 4;
  record.holds = {{"litigation", base::Day(20004)}, {"external_charge", base::Day(20005)}};
  record.closing_reason = "finding_made";
  record.retention = {{"finding_made", "", "", 36}, {"", "substantiated", "lyon", 60}};
  record.shortened = base::Day(20006);
  return record;
}

// A field added to a record changes its size on this platform: then its codec and its test above want looking at.
TEST(Codec, NoRecordGrewAFieldUnseen) {
  EXPECT_EQ(sizeof(cases::Case), 1240U);
  EXPECT_EQ(sizeof(cases::Escrow), 104U);
  EXPECT_EQ(sizeof(cases::EscrowRoll), 48U);
  EXPECT_EQ(sizeof(cases::KeyringState), 112U);
  EXPECT_EQ(sizeof(grants::Holder), 104U);
  EXPECT_EQ(sizeof(access::Wall), 136U);
  EXPECT_EQ(sizeof(people::Facts), 128U);
  EXPECT_EQ(sizeof(clocks::Marks), 88U);
  EXPECT_EQ(sizeof(cases::Allegation), 120U);
  EXPECT_EQ(sizeof(cases::Measure), 152U);
  EXPECT_EQ(sizeof(cases::MeasureOrder), 144U);
  EXPECT_EQ(sizeof(cases::OrderOrigin), 56U);
  EXPECT_EQ(sizeof(cases::Entry), 168U);
  EXPECT_EQ(sizeof(cases::Epoch), 112U);
  EXPECT_EQ(sizeof(cases::Identity), 80U);
  EXPECT_EQ(sizeof(cases::CaseLeaf), 160U);
  EXPECT_EQ(sizeof(cases::HistoryLeaf), 96U);
  EXPECT_EQ(sizeof(cases::Blob), 88U);
  EXPECT_EQ(sizeof(cases::BlobPart), 80U);
  EXPECT_EQ(sizeof(cases::Mailbox), 72U);
  EXPECT_EQ(sizeof(cases::Membership), 56U);
  EXPECT_EQ(sizeof(cases::Request), 112U);
  EXPECT_EQ(sizeof(cases::Approval), 384U);
  EXPECT_EQ(sizeof(cases::SignedDecision), 160U);
  EXPECT_EQ(sizeof(approvals::Party), 72U);
  EXPECT_EQ(sizeof(people::InForce), 64U);
  EXPECT_EQ(sizeof(people::DirectoryNote), 48U);
  EXPECT_EQ(sizeof(people::PolicyNote), 56U);
  EXPECT_EQ(sizeof(people::ChartHead), 16U);
  EXPECT_EQ(sizeof(people::ChartPage), 88U);
  EXPECT_EQ(sizeof(people::ChartPart::Employee), 32U);
  EXPECT_EQ(sizeof(people::Edge), 12U);
  EXPECT_EQ(sizeof(hr::Sync), 72U);
  EXPECT_EQ(sizeof(hr::SyncPage), 56U);
  EXPECT_EQ(sizeof(hr::Row), 56U);
  EXPECT_EQ(sizeof(ledger::Tree), 72U);
  EXPECT_EQ(sizeof(ledger::Checkpoint), 80U);
  EXPECT_EQ(sizeof(ledger::Opening), 104U);
  EXPECT_EQ(sizeof(ledger::Refusal), 48U);
}

TEST(Codec, EveryTableHasOneButStoragesOwn) {
  for (const base::TableTraits& traits : base::kTables) {
    const bool own = traits.table == base::Table::kFormat || traits.table == base::Table::kCaseKey ||
                     traits.table == base::Table::kGroup || traits.scope == base::Scope::kMemory;
    EXPECT_EQ(CodecOf(traits.table) == nullptr, own) << traits.name;
  }
}

TEST(Codec, ACaseComesBack) {
  const cases::Case was = SomeCase();
  const cases::Case is = RoundTrip(was);
  EXPECT_EQ(is.mailbox, was.mailbox);
  EXPECT_EQ(is.mailbox_encryption_key, was.mailbox_encryption_key);
  EXPECT_EQ(is.mailbox_verify_key, was.mailbox_verify_key);
  EXPECT_EQ(is.revision, was.revision);
  EXPECT_EQ(is.state, was.state);
  EXPECT_EQ(is.resumes_to, was.resumes_to);
  EXPECT_EQ(is.facts.categories, was.facts.categories);
  EXPECT_EQ(is.facts.site, was.facts.site);
  EXPECT_EQ(is.facts.immediate_danger, was.facts.immediate_danger);
  EXPECT_EQ(is.facts.language, was.facts.language);
  EXPECT_EQ(is.facts.jurisdiction, was.facts.jurisdiction);
  EXPECT_EQ(is.urgency, was.urgency);
  EXPECT_EQ(is.rule, was.rule);
  EXPECT_EQ(is.desk, was.desk);
  EXPECT_EQ(is.directory_version, was.directory_version);
  EXPECT_EQ(is.profile, was.profile);
  EXPECT_EQ(is.terms, was.terms);
  EXPECT_EQ(is.calendar, was.calendar);
  EXPECT_EQ(is.marks, was.marks);
  EXPECT_EQ(is.wall, was.wall);
  EXPECT_EQ(is.assignee, was.assignee);
  EXPECT_EQ(is.claimed, was.claimed);
  EXPECT_EQ(is.withdrawn, was.withdrawn);
  EXPECT_EQ(is.identity_held, was.identity_held);
  EXPECT_EQ(is.thread, was.thread);
  EXPECT_EQ(is.team, was.team);
  EXPECT_EQ(is.leaf_count, was.leaf_count);
  EXPECT_EQ(is.leaf_head, was.leaf_head);
  EXPECT_EQ(is.leaf_day, was.leaf_day);
  EXPECT_EQ(is.history_length, was.history_length);
  EXPECT_EQ(is.blob_bytes, was.blob_bytes);
  EXPECT_EQ(is.linked, was.linked);
  EXPECT_EQ(is.assessed, was.assessed);
  EXPECT_EQ(is.notified, was.notified);
  EXPECT_EQ(is.summary, was.summary);
  EXPECT_EQ(is.check_ins, was.check_ins);
  EXPECT_EQ(is.former_mailbox_keys, was.former_mailbox_keys);
  EXPECT_EQ(is.written, was.written);
  EXPECT_EQ(is.read, was.read);
  EXPECT_EQ(is.holds, was.holds);
  EXPECT_EQ(is.closing_reason, was.closing_reason);
  EXPECT_EQ(is.retention, was.retention);
  EXPECT_EQ(is.shortened, was.shortened);
}

TEST(Codec, ANewCaseComesBackAsEmptyAsItWas) {
  const cases::Case is = RoundTrip(cases::Case());
  EXPECT_EQ(is.resumes_to, std::nullopt);
  EXPECT_TRUE(is.assignee.empty());
  EXPECT_EQ(is.marks, clocks::Marks());
  EXPECT_EQ(is.thread, cases::KeyringState());
  EXPECT_EQ(is.summary, std::nullopt);
}

cases::Escrow SomeEscrow() {
  cases::Escrow escrow;
  escrow.others = 3;
  escrow.last = base::Day(20700);
  escrow.voice = Draw<format::TokenNullifier>();
  escrow.about = {Draw<base::EmployeeId>(), Draw<base::EmployeeId>()};
  std::sort(escrow.about.begin(), escrow.about.end());
  return escrow;
}

TEST(Codec, AnEscrowComesBackWithItsFace) {
  cases::Case was = SomeCase();
  was.escrow = SomeEscrow();
  cases::Case is = RoundTrip(was);
  ASSERT_TRUE(is.escrow);
  EXPECT_EQ(is.escrow->others, 3);
  EXPECT_EQ(is.escrow->last, was.escrow->last);
  EXPECT_EQ(is.escrow->voice, was.escrow->voice);
  EXPECT_EQ(is.escrow->about, was.escrow->about);
  EXPECT_FALSE(is.escrow->released);
  EXPECT_TRUE(is.escrow->face.empty());
  EXPECT_FALSE(is.escrow->is_face);

  cases::Case face = SomeCase();
  face.escrow = SomeEscrow();
  was.escrow->released = base::Day(20650);
  was.escrow->face = {face};
  is = RoundTrip(was);
  EXPECT_EQ(is.escrow->released, was.escrow->released);
  ASSERT_EQ(is.escrow->face.size(), 1u);
  EXPECT_EQ(is.escrow->face.front().mailbox, face.mailbox);
  EXPECT_EQ(is.escrow->face.front().thread, face.thread);
  EXPECT_TRUE(is.escrow->face.front().escrow->is_face) << "its place says it";
  EXPECT_FALSE(is.escrow->is_face);
}

TEST(Codec, AFaceWithoutAReleaseOrBehindAnotherIsNoRecord) {
  const Codec* codec = CodecOf(base::Table::kCase);
  const auto decodes = [&](const cases::Case& record) {
    std::string bytes;
    codec->encode(record, &bytes);
    return codec->decode(bytes) != nullptr;
  };
  cases::Case face = SomeCase();
  face.escrow = SomeEscrow();
  cases::Case record = SomeCase();
  record.escrow = SomeEscrow();
  record.escrow->released = base::Day(20650);
  record.escrow->face = {face};
  EXPECT_TRUE(decodes(record)) << "control";
  record.escrow->released.reset();
  EXPECT_FALSE(decodes(record)) << "a face of what waits";
  record.escrow->released = base::Day(20650);
  record.escrow->face.front().escrow->released = base::Day(20650);
  EXPECT_FALSE(decodes(record)) << "a face that does not wait";
  record.escrow->face.front().escrow->face = {face};
  EXPECT_FALSE(decodes(record)) << "a face of a face";
  record.escrow->face.front().escrow.reset();
  EXPECT_FALSE(decodes(record)) << "a face without an escrow";
  record.escrow->face.clear();
  record.escrow->about.clear();
  EXPECT_FALSE(decodes(record)) << "about nobody";
}

TEST(Codec, ARollComesBack) {
  cases::EscrowRoll was;
  was.employee = Draw<base::EmployeeId>();
  was.cases = {Draw<base::CaseId>(), Draw<base::CaseId>()};
  std::sort(was.cases.begin(), was.cases.end());
  EXPECT_EQ(RoundTrip(was).employee, was.employee);
  EXPECT_EQ(RoundTrip(was).cases, was.cases);
  const Codec* codec = CodecOf(base::Table::kEscrowRoll);
  std::string bytes;
  std::swap(was.cases[0], was.cases[1]);
  codec->encode(was, &bytes);
  EXPECT_EQ(codec->decode(bytes), nullptr) << "their order would say who came first";
  was.cases.clear();
  bytes.clear();
  codec->encode(was, &bytes);
  EXPECT_EQ(codec->decode(bytes), nullptr) << "about nobody";
}

TEST(Codec, AnEntryComesBack) {
  cases::Entry was;
  was.case_id = Draw<base::CaseId>();
  was.keyring = format::Keyring::kTeam;
  was.sequence = 3;
  was.id = Draw<base::EntryId>();
  was.kind = format::EntryKind::kNote;
  was.epoch = 1;
  was.envelope = crypto::SystemRandom().Draw(5000);
  was.blobs = {{Draw<base::BlobId>(), 70000}};
  was.day = base::Day(20000);
  was.time = base::Instant(std::chrono::seconds(0));
  was.author = *base::StaffSlug::Parse("amira");
  const cases::Entry is = RoundTrip(was);
  EXPECT_EQ(is.id, was.id);
  EXPECT_EQ(is.kind, was.kind);
  EXPECT_EQ(is.epoch, was.epoch);
  EXPECT_EQ(is.envelope, was.envelope);
  EXPECT_EQ(is.blobs, was.blobs);
  EXPECT_EQ(is.day, was.day);
  EXPECT_EQ(is.time, was.time);
  EXPECT_EQ(is.author, was.author);
  EXPECT_EQ(RoundTrip(cases::Entry()).time, std::nullopt);
}

TEST(Codec, AnApprovalAndItsPartiesComeBack) {
  cases::Approval was;
  was.case_id = Draw<base::CaseId>();
  was.id = Draw<base::ApprovalId>();
  was.kind = format::ApprovalKind::kLiftWall;
  was.requester = *base::StaffSlug::Parse("amira");
  was.person = *base::StaffSlug::Parse("zoe");
  was.condition = format::ReleaseCondition::kGuest;
  was.until = base::Day(20030);
  was.code = "finding_made";
  was.request = "request";
  was.created = base::Instant(std::chrono::seconds(1700000000));
  was.decisions = {{*base::StaffSlug::Parse("bo"), format::Decision::kApprove, Draw<crypto::KeyId>(),
                    Draw<crypto::Signature>(), base::Instant(std::chrono::seconds(1700000001)), "share"}};
  was.threshold = 2;
  was.custodians = {Draw<crypto::KeyId>(), Draw<crypto::KeyId>(), Draw<crypto::KeyId>()};
  was.consent = cases::Consent{format::Decision::kApprove, Draw<crypto::Signature>(), base::Day(20031)};
  was.end = cases::ApprovalEnd::kExecuted;
  was.cancelled_by = *base::StaffSlug::Parse("bo");
  was.written = 4;
  was.revision = 3;
  const cases::Approval is = RoundTrip(was);
  EXPECT_EQ(is.kind, was.kind);
  EXPECT_EQ(is.requester, was.requester);
  EXPECT_EQ(is.person, was.person);
  EXPECT_EQ(is.condition, was.condition);
  EXPECT_EQ(is.until, was.until);
  EXPECT_EQ(is.code, was.code);
  EXPECT_EQ(is.request, was.request);
  EXPECT_EQ(is.created, was.created);
  EXPECT_EQ(is.decisions, was.decisions);
  EXPECT_EQ(is.end, was.end);
  EXPECT_EQ(is.cancelled_by, was.cancelled_by);
  EXPECT_EQ(is.written, was.written);
  EXPECT_EQ(is.revision, was.revision);
  EXPECT_EQ(is.threshold, was.threshold);
  EXPECT_EQ(is.custodians, was.custodians);
  EXPECT_EQ(is.consent, was.consent);
  was.consent.reset();
  EXPECT_EQ(RoundTrip(was).consent, std::nullopt);

  approvals::Party party;
  party.staff = was.requester;
  party.approval = was.id;
  party.case_id = was.case_id;
  EXPECT_EQ(RoundTrip(party).case_id, party.case_id);
}

TEST(Codec, AllegationsAndMeasuresComeBack) {
  cases::Allegation allegation;
  allegation.case_id = Draw<base::CaseId>();
  allegation.id = Draw<base::AllegationId>();
  allegation.category = "retaliation";
  allegation.finding = "substantiated";
  allegation.revision = 2;
  EXPECT_EQ(RoundTrip(allegation).id, allegation.id);
  EXPECT_EQ(RoundTrip(allegation).category, allegation.category);
  EXPECT_EQ(RoundTrip(allegation).finding, allegation.finding);
  EXPECT_EQ(RoundTrip(allegation).revision, allegation.revision);
  EXPECT_EQ(RoundTrip(allegation).false_until, std::nullopt);
  allegation.false_until = base::Day(20041);
  EXPECT_EQ(RoundTrip(allegation).false_until, allegation.false_until);

  cases::Measure measure;
  measure.case_id = allegation.case_id;
  measure.id = Draw<base::MeasureId>();
  measure.allegation = allegation.id;
  measure.kind = "interim.no_contact";
  measure.owner = *base::StaffSlug::Parse("amira");
  measure.due = base::Day(20040);
  measure.state = cases::MeasureState::kCancelled;
  measure.overdue = true;
  measure.revision = 3;
  EXPECT_EQ(RoundTrip(measure).allegation, measure.allegation);
  EXPECT_EQ(RoundTrip(measure).kind, measure.kind);
  EXPECT_EQ(RoundTrip(measure).owner, measure.owner);
  EXPECT_EQ(RoundTrip(measure).due, measure.due);
  EXPECT_EQ(RoundTrip(measure).state, measure.state);
  EXPECT_EQ(RoundTrip(measure).overdue, measure.overdue);
  EXPECT_EQ(RoundTrip(measure).revision, measure.revision);
}

TEST(Codec, TheOtherRowsOfACaseComeBack) {
  cases::Epoch epoch;
  epoch.case_id = Draw<base::CaseId>();
  epoch.keyring = format::Keyring::kTeam;
  epoch.number = 4;
  epoch.record = "record";
  epoch.grants = {"one", "two"};
  epoch.added = {"three"};
  EXPECT_EQ(RoundTrip(epoch).record, epoch.record);
  EXPECT_EQ(RoundTrip(epoch).grants, epoch.grants);
  EXPECT_EQ(RoundTrip(epoch).added, epoch.added);

  cases::Identity identity;
  identity.case_id = epoch.case_id;
  identity.sealed = "sealed";
  identity.handed = {"first", "second"};
  EXPECT_EQ(RoundTrip(identity).handed, identity.handed);
  EXPECT_EQ(RoundTrip(identity).sealed, identity.sealed);

  cases::CaseLeaf leaf;
  leaf.case_id = epoch.case_id;
  leaf.number = 5;
  leaf.head = Draw<crypto::Digest>();
  leaf.content = "content";
  leaf.salt = "salt";
  leaf.promise = "promise";
  EXPECT_EQ(RoundTrip(leaf).head, leaf.head);
  EXPECT_EQ(RoundTrip(leaf).content, leaf.content);
  EXPECT_EQ(RoundTrip(leaf).salt, leaf.salt);
  EXPECT_EQ(RoundTrip(leaf).promise, leaf.promise);

  cases::HistoryLeaf history;
  history.case_id = epoch.case_id;
  history.number = 6;
  history.after = 7;
  history.content = "content";
  history.salt = "salt";
  EXPECT_EQ(RoundTrip(history).after, history.after);
  EXPECT_EQ(RoundTrip(history).content, history.content);
  EXPECT_EQ(RoundTrip(history).salt, history.salt);

  cases::Blob blob;
  blob.id = Draw<base::BlobId>();
  blob.case_id = epoch.case_id;
  blob.keyring = format::Keyring::kTeam;
  blob.sequence = 8;
  blob.author = *base::StaffSlug::Parse("amira");
  blob.size = 300000;
  blob.received = 131072;
  EXPECT_EQ(RoundTrip(blob).case_id, blob.case_id);
  EXPECT_EQ(RoundTrip(blob).keyring, blob.keyring);
  EXPECT_EQ(RoundTrip(blob).sequence, blob.sequence);
  EXPECT_EQ(RoundTrip(blob).author, blob.author);
  EXPECT_EQ(RoundTrip(blob).size, blob.size);
  EXPECT_EQ(RoundTrip(blob).received, blob.received);

  cases::BlobPart part;
  part.case_id = epoch.case_id;
  part.blob = blob.id;
  part.part = 1;
  part.data = crypto::SystemRandom().Draw(131072);
  EXPECT_EQ(RoundTrip(part).data, part.data);

  const cases::Mailbox mailbox = SomeMailbox();
  EXPECT_EQ(RoundTrip(mailbox).case_id, mailbox.case_id);
  EXPECT_EQ(RoundTrip(mailbox).verify_key, mailbox.verify_key);

  cases::Membership membership;
  membership.staff = *base::StaffSlug::Parse("amira");
  membership.case_id = epoch.case_id;
  EXPECT_EQ(RoundTrip(membership).case_id, membership.case_id);

  cases::Request request;
  request.key_hash = Draw<crypto::Digest>();
  request.digest = Draw<crypto::Digest>();
  request.day = base::Day(20000);
  request.answer = "answer";
  EXPECT_EQ(RoundTrip(request).digest, request.digest);
  EXPECT_EQ(RoundTrip(request).day, request.day);
  EXPECT_EQ(RoundTrip(request).answer, request.answer);
}

TEST(Codec, TheLedgersRowsComeBack) {
  ledger::Tile tile;
  tile.level = 1;
  tile.index = 2;
  for (int i = 0; i < 256; ++i) tile.hashes.push_back(Draw<crypto::Digest>());
  EXPECT_EQ(RoundTrip(tile).hashes, tile.hashes);

  ledger::Tree tree;
  tree.size = 64 * 5 + 63;
  tree.root = Draw<crypto::Digest>();
  for (int i = 0; i < 63; ++i) tree.hashes.push_back(Draw<crypto::Digest>());
  EXPECT_EQ(RoundTrip(tree).hashes, tree.hashes);
  EXPECT_EQ(RoundTrip(tree).root, tree.root);
  tree.size = 64 * 5;
  tree.hashes.clear();
  EXPECT_TRUE(RoundTrip(tree).hashes.empty());

  ledger::Checkpoint checkpoint;
  checkpoint.size = 128;
  checkpoint.root = Draw<crypto::Digest>();
  checkpoint.note = "note";
  EXPECT_EQ(RoundTrip(checkpoint).root, checkpoint.root);
  EXPECT_EQ(RoundTrip(checkpoint).note, checkpoint.note);

  ledger::Published published;
  published.size = 128;
  published.cut = base::Instant(std::chrono::seconds(1700000000));
  EXPECT_EQ(RoundTrip(published).size, published.size);
  EXPECT_EQ(RoundTrip(published).cut, published.cut);

  ledger::Opening opening;
  opening.leaf_hash = Draw<crypto::Digest>();
  opening.content = "content";
  opening.salt = "salt";
  EXPECT_EQ(RoundTrip(opening).content, opening.content);
  EXPECT_EQ(RoundTrip(opening).salt, opening.salt);

  ledger::Refusal refusal;
  refusal.staff = *base::StaffSlug::Parse("amira");
  refusal.minute = 9;
  EXPECT_EQ(RoundTrip(refusal).minute, refusal.minute);
}

TEST(Codec, DocumentsComeBack) {
  people::InForce in_force;
  in_force.directory_version = 5;
  in_force.policy_versions = {{people::Document::kForm, 2}, {people::Document::kSafeguards, 3}};
  EXPECT_EQ(RoundTrip(in_force).directory_version, in_force.directory_version);
  EXPECT_EQ(RoundTrip(in_force).policy_versions, in_force.policy_versions);

  people::DirectoryNote directory;
  directory.version = 5;
  directory.note = "note";
  EXPECT_EQ(RoundTrip(directory).note, directory.note);

  people::PolicyNote policy;
  policy.document = people::Document::kRouting;
  policy.version = 6;
  policy.note = "note";
  policy.directory_version = 7;
  EXPECT_EQ(RoundTrip(policy).note, policy.note);
  EXPECT_EQ(RoundTrip(policy).directory_version, policy.directory_version);
}

people::ChartPage SomeChartPage() {
  people::ChartPage page;
  page.page = 3;
  page.part.employees = {{Draw<base::EmployeeId>(), true, 0, 2, 1}, {Draw<base::EmployeeId>(), false, 1, 0, 1}};
  page.part.tags = {Draw<crypto::Digest>(), Draw<crypto::Digest>()};
  page.part.edges = {{1, 0, people::EdgeKind::kManager}, {70000, 9, people::EdgeKind::kRelation}};
  return page;
}

TEST(Codec, TheChartComesBack) {
  people::ChartHead head;
  head.version = 4;
  head.employees = 100000;
  EXPECT_EQ(RoundTrip(head).version, head.version);
  EXPECT_EQ(RoundTrip(head).employees, head.employees);
  const people::ChartPage page = SomeChartPage();
  EXPECT_EQ(RoundTrip(page).part, page.part);
  EXPECT_EQ(RoundTrip(people::ChartPage()).part, people::ChartPart());
}

TEST(Codec, ASyncComesBack) {
  hr::Sync sync;
  sync.id = Draw<hr::SyncId>();
  sync.mode = hr::Mode::kDelta;
  sync.by = *base::StaffSlug::Parse("hr");
  sync.day = base::Day(20005);
  sync.uploads = 6;
  const hr::Sync is = RoundTrip(sync);
  EXPECT_EQ(is.mode, sync.mode);
  EXPECT_EQ(is.by, sync.by);
  EXPECT_EQ(is.day, sync.day);
  EXPECT_EQ(is.uploads, sync.uploads);

  hr::SyncPage page;
  page.sync = sync.id;
  page.page = 9;
  page.rows = {{{Draw<crypto::Digest>(), Draw<crypto::Digest>()}, {{people::EdgeKind::kDotted, Draw<crypto::Digest>()}}, true},
               {{Draw<crypto::Digest>()}, {}, false}};
  EXPECT_EQ(RoundTrip(page).rows, page.rows);
}

TEST(Codec, AdverseActionsAndRequestsForProtectionComeBack) {
  hr::AdverseAction action;
  action.id = Draw<base::AdverseActionId>();
  action.by = *base::StaffSlug::Parse("payroll");
  action.employee = Draw<base::EmployeeId>();
  action.letter = "letter";
  action.day = base::Day(20005);
  action.comes_up = base::Day(20007);
  action.visible = base::Day(20011);
  action.repeats = 3;
  action.verdict = 2;
  action.decided_by = *base::StaffSlug::Parse("pia");
  action.cancelled = true;
  action.leaves = {crypto::Sha256("submitted"), crypto::Sha256("decided")};
  const hr::AdverseAction is = RoundTrip(action);
  EXPECT_EQ(is.by, action.by);
  EXPECT_EQ(is.employee, action.employee);
  EXPECT_EQ(is.letter, action.letter);
  EXPECT_EQ(is.day, action.day);
  EXPECT_EQ(is.comes_up, action.comes_up);
  EXPECT_EQ(is.visible, action.visible);
  EXPECT_EQ(is.repeats, action.repeats);
  EXPECT_EQ(is.verdict, action.verdict);
  EXPECT_EQ(is.decided_by, action.decided_by);
  EXPECT_TRUE(is.cancelled);
  EXPECT_EQ(is.leaves, action.leaves);
  EXPECT_TRUE(RoundTrip(hr::AdverseAction()).decided_by.empty());

  hr::NewestAction newest;
  newest.employee = action.employee;
  newest.action = action.id;
  EXPECT_EQ(RoundTrip(newest).action, action.id);
  hr::UndecidedAction undecided;
  undecided.visible = action.visible;
  undecided.action = action.id;
  EXPECT_EQ(RoundTrip(undecided).key(), undecided.key());
  intake::ProtectionRequest request;
  request.id = Draw<base::ProtectionRequestId>();
  request.day = base::Day(20006);
  request.letter = "letter";
  EXPECT_EQ(RoundTrip(request).day, request.day);
  request.leaf = crypto::Sha256("requested");
  EXPECT_EQ(RoundTrip(request).letter, request.letter);
  EXPECT_EQ(RoundTrip(request).leaf, request.leaf);

  action.verdict = 3;
  std::string bytes;
  CodecOf(base::Table::kAdverseAction)->encode(action, &bytes);
  EXPECT_EQ(CodecOf(base::Table::kAdverseAction)->decode(bytes), nullptr) << "no such verdict";
}

TEST(Codec, TokensComeBack) {
  intake::SpentToken spent;
  spent.nullifier = Draw<format::TokenNullifier>();
  spent.kind = format::TokenKind::kEscrow;
  spent.quarter = format::Quarter(2026 * 4 + 3);
  EXPECT_EQ(RoundTrip(spent).kind, spent.kind);
  EXPECT_EQ(RoundTrip(spent).quarter, spent.quarter);
  hr::TokensDrawn drawn;
  drawn.quarter = spent.quarter;
  drawn.kind = spent.kind;
  drawn.employee = Draw<base::EmployeeId>();
  drawn.count = 1;
  EXPECT_EQ(RoundTrip(drawn).count, 1U);

  spent.quarter = format::Quarter(3);
  std::string bytes;
  CodecOf(base::Table::kSpentToken)->encode(spent, &bytes);
  EXPECT_EQ(CodecOf(base::Table::kSpentToken)->decode(bytes), nullptr) << "a quarter that is none";
}

TEST(Codec, OrdersAndWhenceTheyAreComeBack) {
  cases::MeasureOrder order;
  order.id = Draw<base::MeasureOrderId>();
  order.letter = "letter";
  order.visible = base::Day(20005);
  order.due = base::Day(20012);
  order.state = cases::OrderState::kRefused;
  order.refusal = "works_council";
  order.answered_by = *base::StaffSlug::Parse("payroll");
  const cases::MeasureOrder is = RoundTrip(order);
  EXPECT_EQ(is.key(), order.key());
  EXPECT_EQ(is.letter, order.letter);
  EXPECT_EQ(is.visible, order.visible);
  EXPECT_EQ(is.due, order.due);
  EXPECT_EQ(is.state, order.state);
  EXPECT_EQ(is.refusal, order.refusal);
  EXPECT_EQ(is.answered_by, order.answered_by);
  EXPECT_EQ(is.done, base::Day());
  EXPECT_EQ(is.withdrawn, base::Day());
  order.done = base::Day(20010);
  order.withdrawn = base::Day(20011);
  EXPECT_EQ(RoundTrip(order).done, order.done);
  EXPECT_EQ(RoundTrip(order).withdrawn, order.withdrawn);

  cases::OrderOrigin origin;
  origin.order = order.id;
  origin.case_id = Draw<base::CaseId>();
  origin.measure = Draw<base::MeasureId>();
  EXPECT_EQ(RoundTrip(origin).key(), order.key());
  EXPECT_EQ(RoundTrip(origin).case_id, origin.case_id);
  EXPECT_EQ(RoundTrip(origin).measure, origin.measure);

  cases::Measure measure;
  measure.case_id = origin.case_id;
  measure.id = origin.measure;
  measure.kind = "interim.remote_work";
  EXPECT_TRUE(RoundTrip(measure).order.IsZero());
  measure.order = order.id;
  EXPECT_EQ(RoundTrip(measure).order, order.id);

  order.state = static_cast<cases::OrderState>(5);
  std::string bytes;
  CodecOf(base::Table::kMeasureOrder)->encode(order, &bytes);
  EXPECT_EQ(CodecOf(base::Table::kMeasureOrder)->decode(bytes), nullptr) << "no such state";
}

TEST(Codec, AChartPageWithAnUnknownKindOfEdgeIsNoRecord) {
  people::ChartPage page = SomeChartPage();
  page.part.edges[0].kind = static_cast<people::EdgeKind>(5);
  std::string bytes;
  const Codec* codec = CodecOf(base::Table::kChartPage);
  codec->encode(page, &bytes);
  EXPECT_EQ(codec->decode(bytes), nullptr);
}

TEST(Codec, TheSeenTimeComesBackFrozenOrNot) {
  clocks::SeenTime was;
  was.seen = base::Instant(std::chrono::seconds(1700000000));
  EXPECT_EQ(RoundTrip(was).seen, was.seen);
  EXPECT_FALSE(RoundTrip(was).freeze);
  was.freeze = clocks::Freeze{base::Day(20000), base::Day(20400), std::chrono::hours(9600), std::chrono::seconds(4711),
                              base::Day(20390)};
  EXPECT_EQ(RoundTrip(was).freeze, was.freeze);
  was.freeze->to = base::Day(19999);
  std::string bytes;
  CodecOf(base::Table::kClock)->encode(was, &bytes);
  EXPECT_EQ(CodecOf(base::Table::kClock)->decode(bytes), nullptr) << "a leap goes ahead";
}

TEST(Codec, TheQueueOfMailsComesBack) {
  mail::Queue was;
  was.day = base::Day(20000);
  was.owed = {Draw<mail::AddressHash>(), Draw<mail::AddressHash>()};
  was.trying = Draw<mail::AddressHash>();
  EXPECT_EQ(RoundTrip(was).day, was.day);
  EXPECT_EQ(RoundTrip(was).owed, was.owed);
  EXPECT_EQ(RoundTrip(was).trying, was.trying);
  was.trying.reset();
  EXPECT_EQ(RoundTrip(was).trying, std::nullopt);
}

TEST(Codec, ARequestToConfirmTheClockComesBackAndNamesNoCase) {
  approvals::ClockApproval was;
  was.approval.id = Draw<base::ApprovalId>();
  was.approval.kind = format::ApprovalKind::kConfirmClock;
  was.approval.requester = *base::StaffSlug::Parse("ada");
  was.approval.request = "request";
  was.leap = {base::Day(20000), base::Day(20400)};
  const approvals::ClockApproval is = RoundTrip(was);
  EXPECT_EQ(is.approval.id, was.approval.id);
  EXPECT_EQ(is.approval.kind, was.approval.kind);
  EXPECT_EQ(is.approval.requester, was.approval.requester);
  EXPECT_EQ(is.approval.request, was.approval.request);
  EXPECT_EQ(is.leap, was.leap);
  was.approval.case_id = Draw<base::CaseId>();
  std::string bytes;
  CodecOf(base::Table::kClockApproval)->encode(was, &bytes);
  EXPECT_EQ(CodecOf(base::Table::kClockApproval)->decode(bytes), nullptr);
}

TEST(Codec, WhatIsToGoComesBackAndSaysWhy) {
  const cases::Cause cause{format::ApprovalKind::kCloseCase, Draw<base::ApprovalId>(), base::Day(20003)};
  cases::Doomed was;
  was.case_id = Draw<base::CaseId>();
  was.whole = cases::Cause{std::nullopt, {}, base::Day(20004)};
  was.entries = {{format::Keyring::kThread, 3, cause}, {format::Keyring::kTeam, 0, cause}};
  const cases::Doomed is = RoundTrip(was);
  EXPECT_EQ(is.case_id, was.case_id);
  EXPECT_EQ(is.whole, was.whole);
  EXPECT_EQ(is.entries, was.entries);

  const auto refused = [](const cases::Doomed& record) {
    std::string bytes;
    CodecOf(base::Table::kDoomed)->encode(record, &bytes);
    return CodecOf(base::Table::kDoomed)->decode(bytes) == nullptr;
  };
  EXPECT_FALSE(refused(was)) << "control";
  std::swap(was.entries[0], was.entries[1]);
  EXPECT_TRUE(refused(was)) << "out of order";
  was.entries[1] = was.entries[0];
  EXPECT_TRUE(refused(was)) << "one of them twice";
  was.entries.clear();
  EXPECT_FALSE(refused(was));
  was.whole.reset();
  EXPECT_TRUE(refused(was)) << "nothing is to go";
  was.whole = cases::Cause{static_cast<format::ApprovalKind>(200), cause.approval, cause.day};
  EXPECT_TRUE(refused(was)) << "a kind that is none";
  was.whole = cases::Cause{std::nullopt, {}, cause.day, true};
  EXPECT_FALSE(refused(was));
  EXPECT_EQ(RoundTrip(was).whole, was.whole);
  was.whole->kind = format::ApprovalKind::kDelete;
  was.whole->approval = cause.approval;
  EXPECT_TRUE(refused(was)) << "an escrow that is over was approved by nobody";
}

TEST(Codec, ATombstoneComesBack) {
  cases::Tombstone was;
  was.case_id = Draw<base::CaseId>();
  was.content = "content";
  was.salt = "salt";
  was.promise = "promise";
  const cases::Tombstone is = RoundTrip(was);
  EXPECT_EQ(is.case_id, was.case_id);
  EXPECT_EQ(is.content, was.content);
  EXPECT_EQ(is.salt, was.salt);
  EXPECT_EQ(is.promise, was.promise);
}

TEST(Codec, ValuesOutOfTheirRangeAreNoRecord) {
  cases::Case record = SomeCase();
  const Codec* codec = CodecOf(base::Table::kCase);
  const auto decodes = [&] {
    std::string bytes;
    codec->encode(record, &bytes);
    return codec->decode(bytes) != nullptr;
  };
  EXPECT_TRUE(decodes());
  record.state = static_cast<cases::State>(17);
  EXPECT_FALSE(decodes());
  record = SomeCase();
  record.urgency = static_cast<people::Urgency>(0);
  EXPECT_FALSE(decodes());
  record = SomeCase();
  record.thread.holders.front().purpose = static_cast<grants::Purpose>(9);
  EXPECT_FALSE(decodes());
  EXPECT_EQ(codec->decode("\xff\xff"), nullptr);
  EXPECT_EQ(codec->decode(""), nullptr);
}

}  // namespace
}  // namespace alcove::storage
