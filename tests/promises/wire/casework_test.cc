// Clause 3.8 against a real server, as far as allegations, findings, measures and tasks go: what is wrong gets a named reason,
// nothing is stored, and the reporter is told nothing, neither then nor when it is right.
#include <ctime>
#include <functional>

#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/random.h"
#include "tests/promises/wire/scene.h"
#include "tests/support/must.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using format::EntryKind;

template <class Request>
struct Bad {
  std::string what;
  std::string reason;
  std::function<void(Request&)> spoil;
};

class BadCasework_OverTheWire : public Scene {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed = File({.narrative = "For one of the desk.", .struck_out = {"staff/investigator-b"}});
    ASSERT_TRUE(filed);
    staff = SignedIn("investigator-a");
  }

  v1::Case Facts() {
    v1::GetCaseRequest request;
    request.set_name(filed->name());
    v1::GetCaseResponse response;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::GetCase, request, staff, &response).reason, "OK");
    return response.case_();
  }
  // The next entry of TEAM; the first brings the key, granted to exactly the readers.
  v1::NewEntry Words(EntryKind kind, const std::string& author = "investigator-a") {
    const v1::Case facts = Facts();
    const crypto::SigningKey& signer = world().SigningKeyOf(author);
    v1::NewEntry entry;
    if (facts.team_length() == 0) {
      std::vector<format::Recipient> recipients;
      for (const v1::Reader& reader : facts.readers())
        recipients.push_back({*world().KeyOf(reader.key_id()), static_cast<format::ReleaseCondition>(reader.condition())});
      epoch = support::Must("epoch", format::MakeEpoch({world().organisation().id, filed->filing.case_id, format::Keyring::kTeam, 0},
                                                       recipients, nullptr, crypto::KeyIdOf(signer.verify_key()),
                                                       world().directory().version, SystemRandom()));
      entry.mutable_epoch()->set_record(epoch->record);
      for (const crypto::Bytes& grant : epoch->grants) entry.mutable_epoch()->add_grants(grant);
    }
    format::EnvelopeContext context;
    context.kind = kind;
    context.keyring = format::Keyring::kTeam;
    context.organisation = world().organisation().id;
    context.case_id = filed->filing.case_id;
    context.entry = format::DrawId<format::EntryId>(SystemRandom());
    context.sequence = facts.team_length();
    context.previous = *crypto::Digest::FromBytes(facts.team_head());
    context.day = Today();
    context.epoch_record_hash = format::EpochRecordHash(epoch->record);
    context.leaf_count = facts.leaf_count();
    context.leaf_head = *crypto::Digest::FromBytes(facts.leaf_head());
    entry.set_envelope(
        support::Must("seal", format::SealEnvelope(context, epoch->key, signer, "words of the team", SystemRandom())));
    return entry;
  }
  static format::Day Today() { return format::Day::OfUnixSeconds(std::time(nullptr)); }
  static void SetDay(format::Day day, google::type::Date* out) {
    out->set_year(day.year());
    out->set_month(day.month());
    out->set_day(day.day_of_month());
  }
  template <class Request, class Response>
  void Refused(grpc::Status (v1::CaseService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& good, const std::vector<Bad<Request>>& all) {
    const auto before = Rows();
    for (const Bad<Request>& bad : all) {
      Request request = good;
      bad.spoil(request);
      const Heard heard = Ask(*cases_, method, request, staff);
      EXPECT_EQ(heard.reason, bad.reason) << Request::descriptor()->name() << ", " << bad.what << ": " << heard;
    }
    EXPECT_EQ(Rows(), before) << Request::descriptor()->name() << ": something was stored";
  }
  std::string Move(v1::CaseState state) {
    v1::ChangeCaseStateRequest request;
    request.set_name(filed->name());
    request.set_etag(Facts().etag());
    request.set_request_id(support::DrawRequestId());
    request.set_state(state);
    return Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, request, staff).reason;
  }
  void Append(EntryKind kind) {
    v1::AppendEntryRequest request;
    request.set_parent(filed->name());
    request.set_request_id(support::DrawRequestId());
    *request.mutable_entry() = Words(kind);
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::AppendEntry, request, staff).reason, "OK");
  }
  v1::CreateAllegationResponse Allege() {
    v1::CreateAllegationRequest request;
    request.set_parent(filed->name());
    request.set_request_id(support::DrawRequestId());
    request.set_name(NewName("allegations"));
    request.set_category("bullying");
    *request.mutable_entry() = Words(EntryKind::kAllegation);
    v1::CreateAllegationResponse made;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::CreateAllegation, request, staff, &made).reason, "OK");
    return made;
  }
  v1::SetFindingRequest Found(const v1::CreateAllegationResponse& allegation, const std::string& finding) {
    v1::SetFindingRequest request;
    request.set_name(allegation.name());
    request.set_etag(allegation.etag());
    request.set_request_id(support::DrawRequestId());
    request.set_finding(finding);
    *request.mutable_entry() = Words(EntryKind::kFinding);
    return request;
  }
  // All that the reporter is shown.
  std::string Mailbox() {
    v1::GetMailboxResponse response;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, v1::GetMailboxRequest(), SignedIn(filed->filing), &response).reason,
              "OK");
    v1::ListLeavesResponse leaves;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, v1::ListLeavesRequest(), SignedIn(filed->filing), &leaves).reason,
              "OK");
    std::string shown = response.SerializeAsString();
    for (const v1::LeafOpening& leaf : leaves.leaves()) shown += leaf.content();
    return shown;
  }
  std::string NewName(const std::string& collection) {
    return filed->name() + "/" + collection + "/" + format::Text(format::DrawId<format::AllegationId>(SystemRandom()));
  }

  std::optional<Filed> filed;
  std::string staff;
  std::optional<format::NewEpoch> epoch;
};

TEST_F(BadCasework_OverTheWire, AnAllegationAndItsFinding) {
  using Stub = v1::CaseService::Stub;
  using Create = v1::CreateAllegationRequest;
  const std::string shown = Mailbox();
  Create create;
  create.set_parent(filed->name());
  create.set_request_id(support::DrawRequestId());
  create.set_name(NewName("allegations"));
  create.set_category("bullying");
  *create.mutable_entry() = Words(EntryKind::kAllegation);
  Refused(&Stub::CreateAllegation, create,
          std::vector<Bad<Create>>{
              {"no parent", "FIELD_INVALID", [](Create& r) { r.clear_parent(); }},
              {"no name", "FIELD_INVALID", [](Create& r) { r.clear_name(); }},
              {"a measure's name", "FIELD_INVALID", [&](Create& r) { r.set_name(NewName("measures")); }},
              {"the name of another case", "FIELD_INVALID",
               [](Create& r) { r.set_name("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa/allegations/aaaaaaaaaaaaaaaaaaaaaaaaaa"); }},
              {"a zero id", "FIELD_INVALID", [&](Create& r) { r.set_name(filed->name() + "/allegations/aaaaaaaaaaaaaaaaaaaaaaaaaa"); }},
              {"no request id", "FIELD_INVALID", [](Create& r) { r.clear_request_id(); }},
              {"no category", "CODE_UNKNOWN", [](Create& r) { r.clear_category(); }},
              {"an unknown category", "CODE_UNKNOWN", [](Create& r) { r.set_category("gossip"); }},
              {"a finding for a category", "CODE_UNKNOWN", [](Create& r) { r.set_category("unfounded"); }},
              {"no words", "ENVELOPE_INVALID", [](Create& r) { r.clear_entry(); }},
              {"words of a colleague", "ENVELOPE_INVALID", [&](Create& r) { *r.mutable_entry() = Words(EntryKind::kAllegation, "investigator-b"); }},
              {"a note for words", "KIND_REFUSED", [&](Create& r) { *r.mutable_entry() = Words(EntryKind::kNote); }},
              {"a finding for words", "KIND_REFUSED", [&](Create& r) { *r.mutable_entry() = Words(EntryKind::kFinding); }},
          });
  using Append = v1::AppendEntryRequest;
  Append plain;
  plain.set_parent(filed->name());
  plain.set_request_id(support::DrawRequestId());
  Refused(&Stub::AppendEntry, plain,
          std::vector<Bad<Append>>{
              {"an allegation without its code", "KIND_REFUSED", [&](Append& r) { *r.mutable_entry() = Words(EntryKind::kAllegation); }},
              {"a finding without its code", "KIND_REFUSED", [&](Append& r) { *r.mutable_entry() = Words(EntryKind::kFinding); }},
              {"a measure without its code", "KIND_REFUSED", [&](Append& r) { *r.mutable_entry() = Words(EntryKind::kMeasure); }},
          });
  *create.mutable_entry() = Words(EntryKind::kAllegation);
  v1::CreateAllegationResponse made, again;
  ASSERT_EQ(Ask(*cases_, &Stub::CreateAllegation, create, staff, &made).reason, "OK") << "control";
  const auto rows = Rows();
  EXPECT_EQ(Ask(*cases_, &Stub::CreateAllegation, create, staff, &again).reason, "OK") << "repeated";
  EXPECT_EQ(again.SerializeAsString(), made.SerializeAsString());
  EXPECT_EQ(Rows(), rows);
  Refused(&Stub::CreateAllegation, create,
          std::vector<Bad<Create>>{
              {"the request id with another code", "REQUEST_ID_REUSED", [](Create& r) { r.set_category("retaliation"); }},
              {"the request id with other words", "REQUEST_ID_REUSED", [&](Create& r) { *r.mutable_entry() = Words(EntryKind::kAllegation); }},
              {"an id that is taken", "FIELD_INVALID",
               [&](Create& r) {
                 r.set_request_id(support::DrawRequestId());
                 *r.mutable_entry() = Words(EntryKind::kAllegation);
               }},
              {"an entry that is not the next", "ETAG_STALE",
               [&](Create& r) {
                 r.set_request_id(support::DrawRequestId());
                 r.set_name(NewName("allegations"));
               }},
          });

  using Find = v1::SetFindingRequest;
  Find find;
  find.set_name(made.name());
  find.set_etag(made.etag());
  find.set_request_id(support::DrawRequestId());
  find.set_finding("substantiated");
  *find.mutable_entry() = Words(EntryKind::kFinding);
  Refused(&Stub::SetFinding, find,
          std::vector<Bad<Find>>{
              {"before anybody investigates", "KIND_REFUSED", [](Find&) {}},
              {"no name", "FIELD_INVALID", [](Find& r) { r.clear_name(); }},
              {"an old etag", "ETAG_STALE", [](Find& r) { r.set_etag("old"); }},
              {"no finding", "CODE_UNKNOWN", [](Find& r) { r.clear_finding(); }},
              {"an unknown finding", "CODE_UNKNOWN", [](Find& r) { r.set_finding("guilty"); }},
              {"knowingly false", "APPROVAL_NOT_GRANTED", [](Find& r) { r.set_finding("knowingly_false"); }},
          });
  EXPECT_EQ(Mailbox(), shown) << "the reporter is told nothing";
}

TEST_F(BadCasework_OverTheWire, AFindingWithoutAssessmentAndADecisionWithoutFindings) {
  using Stub = v1::CaseService::Stub;
  const v1::CreateAllegationResponse one = Allege(), two = Allege();
  Append(EntryKind::kAssessmentAtIntake);
  Append(EntryKind::kAssessmentBeforeInvestigation);
  Append(EntryKind::kAssessmentDuringInvestigation);
  for (const v1::CaseState state : {v1::CASE_STATE_ACKNOWLEDGED, v1::CASE_STATE_TRIAGE, v1::CASE_STATE_ACCEPTED,
                                    v1::CASE_STATE_INVESTIGATING})
    ASSERT_EQ(Move(state), "OK") << state;
  Refused(&Stub::SetFinding, Found(one, "substantiated"),
          std::vector<Bad<v1::SetFindingRequest>>{{"no assessment", "ASSESSMENT_MISSING", [](v1::SetFindingRequest&) {}}});
  Append(EntryKind::kAssessmentAtOutcome);
  ASSERT_EQ(Ask(*cases_, &Stub::SetFinding, Found(one, "substantiated"), staff).reason, "OK");
  ASSERT_EQ(Move(v1::CASE_STATE_FINDINGS_REVIEW), "OK");
  const auto rows = Rows();
  EXPECT_EQ(Move(v1::CASE_STATE_DECIDED), "FINDING_MISSING");
  EXPECT_EQ(Rows(), rows);
  ASSERT_EQ(Ask(*cases_, &Stub::SetFinding, Found(two, "unsubstantiated"), staff).reason, "OK");
  EXPECT_EQ(Move(v1::CASE_STATE_DECIDED), "OK") << "control";
  EXPECT_EQ(Move(v1::CASE_STATE_MEASURES_RUNNING), "MEASURES_OPEN") << "none to run";
}

TEST_F(BadCasework_OverTheWire, MeasuresAndTasks) {
  using Stub = v1::CaseService::Stub;
  using Create = v1::CreateMeasureRequest;
  const std::string shown = Mailbox();
  Create create;
  create.set_parent(filed->name());
  create.set_request_id(support::DrawRequestId());
  create.set_name(NewName("measures"));
  create.set_kind("interim.no_contact");
  create.set_owner("staff/investigator-a");
  SetDay(Today().PlusDays(3), create.mutable_due());
  *create.mutable_entry() = Words(EntryKind::kMeasure);
  Refused(&Stub::CreateMeasure, create,
          std::vector<Bad<Create>>{
              {"no kind", "CODE_UNKNOWN", [](Create& r) { r.clear_kind(); }},
              {"a code without its group", "CODE_UNKNOWN", [](Create& r) { r.set_kind("no_contact"); }},
              {"a group without a code", "CODE_UNKNOWN", [](Create& r) { r.set_kind("interim"); }},
              {"a code of another group", "CODE_UNKNOWN", [](Create& r) { r.set_kind("remedy.no_contact"); }},
              {"a group that is none", "CODE_UNKNOWN", [](Create& r) { r.set_kind("category.bullying"); }},
              {"leave that nobody agreed to", "MEASURE_REFUSED", [](Create& r) { r.set_kind("interim.paid_leave"); }},
              {"work from home that nobody agreed to", "MEASURE_REFUSED", [](Create& r) { r.set_kind("interim.remote_work"); }},
              {"no owner", "FIELD_INVALID", [](Create& r) { r.clear_owner(); }},
              {"an owner who does not read the case", "FIELD_INVALID", [](Create& r) { r.set_owner("staff/investigator-b"); }},
              {"an owner whose grant sleeps", "FIELD_INVALID", [](Create& r) { r.set_owner("staff/escalation"); }},
              {"an owner who never was", "FIELD_INVALID", [](Create& r) { r.set_owner("staff/nobody"); }},
              {"no day", "FIELD_INVALID", [](Create& r) { r.clear_due(); }},
              {"a day that is none", "FIELD_INVALID", [](Create& r) { r.mutable_due()->set_month(13); }},
              {"a day before the report", "FIELD_INVALID", [](Create& r) { SetDay(Today().PlusDays(-3), r.mutable_due()); }},
              {"a day in three years", "FIELD_INVALID", [](Create& r) { SetDay(Today().PlusDays(1100), r.mutable_due()); }},
              {"an allegation that is not there", "FIELD_INVALID", [&](Create& r) { r.set_allegation(NewName("allegations")); }},
              {"a measure for an allegation", "FIELD_INVALID", [&](Create& r) { r.set_allegation(NewName("measures")); }},
              {"no words", "ENVELOPE_INVALID", [](Create& r) { r.clear_entry(); }},
          });
  *create.mutable_entry() = Words(EntryKind::kMeasure);
  v1::CreateMeasureResponse made;
  ASSERT_EQ(Ask(*cases_, &Stub::CreateMeasure, create, staff, &made).reason, "OK") << "control";
  ASSERT_EQ(Facts().measures_size(), 1);
  EXPECT_EQ(Facts().measures(0).owner(), "staff/investigator-a");

  using Change = v1::ChangeMeasureStateRequest;
  Change change;
  change.set_name(made.name());
  change.set_etag(made.etag());
  change.set_request_id(support::DrawRequestId());
  change.set_state(v1::MEASURE_STATE_DONE);
  Refused(&Stub::ChangeMeasureState, change,
          std::vector<Bad<Change>>{
              {"no state", "FIELD_INVALID", [](Change& r) { r.clear_state(); }},
              {"an unknown state", "FIELD_INVALID", [](Change& r) { r.set_state(static_cast<v1::MeasureState>(9)); }},
              {"back to where it is", "MEASURE_REFUSED", [](Change& r) { r.set_state(v1::MEASURE_STATE_PLANNED); }},
              {"an old etag", "ETAG_STALE", [](Change& r) { r.set_etag("old"); }},
              {"no name", "FIELD_INVALID", [](Change& r) { r.clear_name(); }},
              {"a note for words", "KIND_REFUSED", [&](Change& r) { *r.mutable_entry() = Words(EntryKind::kNote); }},
          });
  v1::ListTasksResponse tasks;
  ASSERT_EQ(Ask(*cases_, &Stub::ListTasks, v1::ListTasksRequest(), staff, &tasks).reason, "OK");
  ASSERT_GT(tasks.tasks_size(), 4);
  int measures = 0;
  for (const v1::Task& task : tasks.tasks()) measures += task.measure() == made.name() ? 1 : 0;
  EXPECT_EQ(measures, 1);
  using List = v1::ListTasksRequest;
  Refused(&Stub::ListTasks, List(),
          std::vector<Bad<List>>{{"a token that is none", "FIELD_INVALID", [](List& r) { r.set_page_token("nonsense"); }}});
  v1::ListTasksResponse others;
  ASSERT_EQ(Ask(*cases_, &Stub::ListTasks, v1::ListTasksRequest(), SignedIn("investigator-b"), &others).reason, "OK");
  EXPECT_EQ(others.tasks_size(), 0);

  ASSERT_EQ(Ask(*cases_, &Stub::ChangeMeasureState, change, staff).reason, "OK") << "control";
  EXPECT_EQ(Ask(*cases_, &Stub::ChangeMeasureState, change, staff).reason, "OK") << "repeated";
  change.set_request_id(support::DrawRequestId());
  change.set_etag(Facts().measures(0).etag());
  EXPECT_EQ(Ask(*cases_, &Stub::ChangeMeasureState, change, staff).reason, "MEASURE_REFUSED") << "done is done";
  EXPECT_EQ(Mailbox(), shown) << "the reporter is told nothing";
}

}  // namespace
}  // namespace alcove::promises
