// Clause 3.8 against a real server, as far as allegations, findings, measures and tasks go: what is wrong gets a named reason,
// nothing is stored, and the reporter is told nothing, neither then nor when it is right.
#include "tests/promises/wire/casework_scene.h"

namespace alcove::promises {
namespace {

using format::EntryKind;

using BadCasework_OverTheWire = CaseworkScene;

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
