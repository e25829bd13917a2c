// Messages in and out: what does not fit is refused by the name of its field, and nothing is lost on the way out.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"
#include "server/rpc/cases/convert.h"
#include "server/rpc/convert/shared.h"
#include "server/rpc/convert/filing.h"
#include "server/rpc/intake/convert.h"
#include "server/rpc/mailbox/convert.h"

namespace alcove::rpc {
namespace {

const base::CaseId kCase = *base::CaseId::FromBytes("case-id-16-bytes");
const base::MailboxId kMailbox = *base::MailboxId::FromBytes("mail-id-16-bytes");
const base::BlobId kBlob = *base::BlobId::FromBytes("blob-id-16-bytes");

std::string FieldOf(const absl::Status& status) { return base::DetailOf(status, "field"); }

TEST(Convert, NamesOfOtherCollectionsAreRefusedByField) {
  EXPECT_EQ(*ParseCase(format::CaseName(kCase), "name"), kCase);
  EXPECT_EQ(*ParseBlob(format::BlobName(kBlob), "name"), kBlob);
  EXPECT_EQ(*ParseMailbox(format::MailboxName(kMailbox), "mailbox"), kMailbox);
  for (const std::string& name : {std::string(), format::BlobName(kBlob), format::CaseName(kCase) + "/entries/x",
                                  format::CaseName(kCase) + "a", std::string("cases/")}) {
    EXPECT_EQ(FieldOf(ParseCase(name, "parent").status()), "parent") << name;
  }
  EXPECT_EQ(FieldOf(ParseStaff("staff/Amira", "struck_out").status()), "struck_out");
}

TEST(Convert, EnumsOutsideTheirRangeAreRefused) {
  for (int code = -1; code < 20; ++code) {
    EXPECT_EQ(ParseKeyring(static_cast<v1::Keyring>(code), "keyring").ok(), code == 1 || code == 2) << code;
    const auto state = ParseState(static_cast<v1::CaseState>(code), "state");
    EXPECT_EQ(state.ok(), code >= 1 && code <= 16) << code;
    if (state.ok()) {
      EXPECT_EQ(ToProto(*state), code);
    }
  }
}

TEST(Convert, AFilingIsTakenFieldByField) {
  v1::SubmitReportRequest request;
  request.set_request_id("id");
  request.set_plan("plan");
  request.set_mailbox(format::MailboxName(kMailbox));
  request.set_mailbox_encryption_key(std::string(32, 'e'));
  request.set_mailbox_signing_key(std::string(32, 's'));
  request.mutable_entry()->set_envelope("envelope");
  v1::BlobName* blob = request.mutable_entry()->add_blobs();
  blob->set_blob(format::BlobName(kBlob));
  blob->set_size(7);
  request.mutable_entry()->mutable_epoch()->set_record("record");
  request.mutable_entry()->mutable_epoch()->add_grants("grant");
  request.mutable_identity()->set_sealed("identity");
  const auto submit = ParseSubmit(request);
  ASSERT_TRUE(submit.ok()) << submit.status();
  EXPECT_EQ(submit->request_id, "id");
  EXPECT_EQ(submit->plan, "plan");
  EXPECT_EQ(submit->mailbox, kMailbox);
  EXPECT_EQ(submit->mailbox_encryption_key.str(), std::string(32, 'e'));
  EXPECT_EQ(submit->mailbox_verify_key.str(), std::string(32, 's'));
  EXPECT_EQ(submit->entry.envelope, "envelope");
  ASSERT_EQ(submit->entry.blobs.size(), 1U);
  EXPECT_EQ(submit->entry.blobs[0], (cases::BlobName{kBlob, 7}));
  ASSERT_TRUE(submit->entry.epoch.has_value());
  EXPECT_EQ(submit->entry.epoch->record, "record");
  ASSERT_EQ(submit->entry.epoch->grants.size(), 1U);
  EXPECT_EQ(submit->entry.epoch->grants[0], "grant");
  EXPECT_EQ(submit->identity, "identity");

  const auto refused = [&request](auto change) {
    v1::SubmitReportRequest changed = request;
    change(changed);
    return FieldOf(ParseSubmit(changed).status());
  };
  EXPECT_EQ(refused([](auto& r) { r.set_mailbox("mailboxes/x"); }), "mailbox");
  EXPECT_EQ(refused([](auto& r) { r.mutable_mailbox_encryption_key()->push_back('x'); }), "mailbox_encryption_key");
  EXPECT_EQ(refused([](auto& r) { r.clear_mailbox_signing_key(); }), "mailbox_signing_key");
  EXPECT_EQ(refused([](auto& r) { r.mutable_entry()->mutable_blobs(0)->set_blob("blobs/"); }), "entry.blobs");
  EXPECT_EQ(refused([&](auto& r) {
              for (int i = 0; i < 32; ++i) *r.mutable_entry()->add_blobs() = request.entry().blobs(0);
            }),
            "entry.blobs");
  EXPECT_EQ(refused([](auto& r) {
              for (int i = 0; i < 64; ++i) r.mutable_entry()->mutable_epoch()->add_grants("grant");
            }),
            "entry.epoch.grants");
}

TEST(Convert, APlanRequestHasBounds) {
  v1::PlanReportRequest request;
  for (int i = 0; i < 10; ++i) request.add_subjects(std::string(64, 's'));
  for (int i = 0; i < 6; ++i) request.add_keep_out(std::string(64, 'k'));
  request.add_struck_out("staff/amira");
  const auto plan = ParsePlan(request);
  ASSERT_TRUE(plan.ok()) << plan.status();
  EXPECT_EQ(plan->subjects.size(), 10U);
  EXPECT_EQ(plan->keep_out.size(), 6U);
  EXPECT_EQ(plan->struck_out, std::vector<std::string>{"amira"});
  request.add_keep_out(std::string(64, 'k'));
  EXPECT_EQ(FieldOf(ParsePlan(request).status()), "keep_out");
  v1::EvaluateTagsRequest tags;
  EXPECT_EQ(FieldOf(ParseBlinded(tags).status()), "blinded");
  for (int i = 0; i < 16; ++i) tags.add_blinded(std::string(32, 'b'));
  EXPECT_TRUE(ParseBlinded(tags).ok());
  tags.add_blinded(std::string(32, 'b'));
  EXPECT_EQ(FieldOf(ParseBlinded(tags).status()), "blinded");
}

// No field of the message may stay empty when every field of the value is set: a new field that nobody converts shows here.
void ExpectEveryFieldSet(const google::protobuf::Message& message, const std::set<std::string>& except = {}) {
  const auto* type = message.GetDescriptor();
  for (int i = 0; i < type->field_count(); ++i) {
    const auto* field = type->field(i);
    if (except.contains(field->name())) continue;
    const bool set = field->is_repeated() ? message.GetReflection()->FieldSize(message, field) > 0
                                          : message.GetReflection()->HasField(message, field);
    EXPECT_TRUE(set) << type->full_name() << "." << field->name();
  }
}

cases::ReaderView SomeReader() {
  cases::ReaderView reader;
  reader.staff = *base::StaffSlug::Parse("amira");
  reader.display_name = "Amira";
  reader.purpose = grants::Purpose::kEscalation;
  reader.condition = format::ReleaseCondition::kLapsed;
  reader.key_id = *crypto::KeyId::FromBytes("key-id-16-bytes.");
  reader.released = true;
  reader.opened = base::Instant(std::chrono::seconds(5));
  reader.lost = true;
  reader.until = base::Day(20000);
  cases::Admission& admission = reader.admission.emplace();
  admission.statement = "statement";
  admission.decisions.emplace_back();
  return reader;
}

clocks::Deadline SomeDeadline() {
  return {.kind = "acknowledge", .due = *base::Day::FromCivil(2026, 2, 28), .met = true, .external = true};
}

TEST(Convert, ACaseLosesNothing) {
  cases::CaseDetail detail;
  detail.summary = {.id = kCase,
                    .state = cases::State::kTriage,
                    .facts = {.categories = {"retaliation"},
                              .site = "north",
                              .immediate_danger = true,
                              .language = "en",
                              .jurisdiction = "us-ny"},
                    .urgency = people::Urgency::kImmediate,
                    .desk = "intake",
                    .filed = *base::Day::FromCivil(2026, 11, 21),
                    .deadlines = {SomeDeadline()},
                    .assignee = *base::StaffSlug::Parse("bela"),
                    .claimed = true,
                    .withdrawn = true,
                    .identity_held = true,
                    .holds = {{"litigation", base::Day(20000)}},
                    .unread = true,
                    .etag = "etag",
                    .escrow = cases::EscrowView{}};
  detail.epochs = {{.keyring = format::Keyring::kTeam, .number = 3, .record = "record", .stale = true}};
  detail.readers = {SomeReader()};
  detail.linked = {kCase};
  detail.former_mailbox_keys = {{}};
  detail.kept_until = base::Day(20400);
  const auto allegation = *base::AllegationId::FromBytes("allegation-16-b.");
  detail.allegations = {{allegation, "retaliation", "substantiated", "etag"}};
  detail.measures = {{*base::MeasureId::FromBytes("measure-16-byte."), allegation, "interim.no_contact",
                      *base::StaffSlug::Parse("bela"), *base::Day::FromCivil(2026, 11, 30), cases::MeasureState::kRunning,
                      true, "etag",
                      {*base::MeasureOrderId::FromBytes("order-of-16-byte"), cases::OrderState::kRefused,
                       *base::Day::FromCivil(2026, 11, 24), "left", *base::Day::FromCivil(2026, 11, 25), true}}};
  detail.heads.thread_length = 1;
  detail.heads.team_length = 2;
  detail.heads.leaf_count = 3;
  v1::Case out;
  Fill(detail, &out);
  ExpectEveryFieldSet(out);
  ExpectEveryFieldSet(out.facts());
  ExpectEveryFieldSet(out.deadlines(0));
  ExpectEveryFieldSet(out.epochs(0));
  ExpectEveryFieldSet(out.readers(0));
  ExpectEveryFieldSet(out.allegations(0));
  ExpectEveryFieldSet(out.measures(0));
  ExpectEveryFieldSet(out.measures(0).order());
  EXPECT_EQ(out.measures(0).order().state(), v1::ORDER_STATE_REFUSED);
  ExpectEveryFieldSet(out.holds(0));
  EXPECT_EQ(out.holds(0).reason(), "litigation");
  EXPECT_EQ(out.measures(0).state(), v1::MEASURE_STATE_RUNNING);
  EXPECT_EQ(out.measures(0).due().day(), 30);
  EXPECT_EQ(out.name(), format::CaseName(kCase));
  EXPECT_EQ(out.state(), v1::CASE_STATE_TRIAGE);
  EXPECT_EQ(out.assignee(), "staff/bela");
  EXPECT_EQ(out.filed().year(), 2026);
  EXPECT_EQ(out.filed().month(), 11);
  EXPECT_EQ(out.filed().day(), 21);
  EXPECT_EQ(out.deadlines(0).due().day(), 28);
  EXPECT_EQ(out.readers(0).purpose(), "escalation");
  EXPECT_EQ(out.readers(0).condition(), v1::RELEASE_CONDITION_LAPSED);
  EXPECT_EQ(out.thread_length(), 1U);
  EXPECT_EQ(out.team_length(), 2U);
  EXPECT_EQ(out.leaf_count(), 3U);
}

TEST(Convert, AMailboxLosesNothing) {
  cases::MailboxView view;
  view.case_id = kCase;
  view.filed = *base::Day::FromCivil(2026, 11, 21);
  view.deadlines = {SomeDeadline()};
  view.epochs = {{}};
  view.grants = {{.epoch = 1, .grant = "grant"}};
  view.readers = {SomeReader()};
  view.etag = "etag";
  view.thread_length = 4;
  view.leaf_count = 5;
  view.withdrawn = true;
  view.assignee = *base::StaffSlug::Parse("bela");
  view.claimed = true;
  view.check_ins = {{{clocks::Since::kClosing, 90}, *base::Day::FromCivil(2027, 2, 19), true, true}};
  view.former_keys = {{}};
  view.holds = {{"litigation", base::Day(20000)}};
  view.kept_until = base::Day(20400);
  view.unread = true;
  view.escrow = cases::EscrowView{};
  v1::GetMailboxResponse out;
  Fill(view, &out);
  // Freeze and requests for the identity are not the mailbox's: the handler adds them (convert/clock.h, convert/approval.h).
  ExpectEveryFieldSet(out, {"clock_freeze", "gone", "identity_requests"});
  EXPECT_EQ(out.grants(0).grant(), "grant");
  EXPECT_EQ(out.grants(0).epoch(), 1U);
  ExpectEveryFieldSet(out.check_ins(0));
  EXPECT_EQ(out.assignee(), "staff/bela");
  EXPECT_EQ(out.check_ins(0).since(), v1::CHECK_IN_SINCE_CLOSING);
  EXPECT_EQ(out.check_ins(0).days(), 90U);
  EXPECT_EQ(out.check_ins(0).due().year(), 2027);
}

TEST(Convert, AReportersEntryHasADayAndNoTime) {
  cases::Entry entry;
  entry.case_id = kCase;
  entry.sequence = 2;
  entry.epoch = 1;
  entry.envelope = "envelope";
  entry.blobs = {{kBlob, 9}};
  entry.day = *base::Day::FromCivil(2026, 11, 21);
  v1::Entry reporter;
  SetEntry(entry, &reporter);
  EXPECT_FALSE(reporter.has_time());
  EXPECT_EQ(reporter.author(), "");
  ExpectEveryFieldSet(reporter, {"time", "author"});
  entry.time = base::Instant(std::chrono::seconds(1));
  entry.author = *base::StaffSlug::Parse("amira");
  v1::Entry staff;
  SetEntry(entry, &staff);
  ExpectEveryFieldSet(staff);
  EXPECT_EQ(staff.author(), "staff/amira");
}

TEST(Convert, HistoryShowsWhatTheLeafSays) {
  format::Leaf leaf;
  leaf.kind = format::LeafKind::kCaseOpened;
  leaf.case_id = kCase;
  leaf.number = 2;
  leaf.day = *base::Day::FromCivil(2026, 11, 21);
  leaf.time = 61;
  leaf.actor = "amira";
  leaf.details = format::details::Opened(format::Keyring::kThread);
  v1::LeafOpening opening;
  opening.set_number(2);
  opening.set_content(format::LeafContent(leaf));
  v1::HistoryEvent event;
  Fill(opening, &event);
  ExpectEveryFieldSet(event);
  EXPECT_EQ(event.kind(), "case.opened");
  EXPECT_EQ(event.actor(), "staff/amira");
  EXPECT_EQ(event.time().seconds() % 86400, 60);
  v1::HistoryEvent damaged;
  opening.set_content("not a leaf");
  opening.set_number(0);
  Fill(opening, &damaged);
  EXPECT_EQ(damaged.kind(), "");
  EXPECT_EQ(damaged.leaf().content(), "not a leaf");
  EXPECT_FALSE(damaged.reporter_visible());
}

}  // namespace
}  // namespace alcove::rpc
