// Every state by every move by every role, against the table as `alcove case states` prints it (tests/vectors/case_states.txt;
// the command's own test holds the print to that file).
#include "server/core/cases/states.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <tuple>

#include "server/core/cases/requests.h"
#include "tests/server/core/world/world.h"
#include "tests/tree/source_dir.h"

namespace alcove::world {
namespace {

using base::Reason;
using cases::State;

constexpr std::string_view kWhereItWas = "(where it was)";

struct Line {
  std::string from, to, by, reason_list, assessment;
};

std::string Trimmed(std::string text) {
  text.erase(text.find_last_not_of(' ') + 1);
  return text;
}

// Columns of the print begin where their headings do.
std::vector<Line> PrintedTable() {
  std::ifstream in(std::string(alcove::tests::kSourceDir) + "/tests/vectors/case_states.txt");
  std::vector<Line> lines;
  std::string text;
  EXPECT_TRUE(std::getline(in, text)) << "the print is missing";
  std::vector<std::size_t> columns;
  for (const char* heading : {"from", "to", "by", "reason", "assessment"}) {
    columns.push_back(text.find(heading, columns.empty() ? 0 : columns.back() + 1));
    EXPECT_NE(columns.back(), std::string::npos) << heading;
  }
  columns.push_back(std::string::npos);
  while (std::getline(in, text)) {
    std::vector<std::string> cells;
    for (std::size_t i = 0; i + 1 < columns.size(); ++i)
      cells.push_back(columns[i] < text.size() ? Trimmed(text.substr(columns[i], columns[i + 1] - columns[i])) : "");
    lines.push_back({cells[0], cells[1], cells[2], cells[3], cells[4]});
  }
  EXPECT_FALSE(lines.empty());
  return lines;
}

// What the point of the print is in Case.assessed.
std::uint8_t BitOf(const std::string& point) {
  for (int number = 0; number < format::kPoints; ++number)
    if (NameOf(static_cast<cases::Point>(number)) == point) return cases::BitOf(static_cast<cases::Point>(number));
  return 0;
}

std::vector<State> AllStates() {
  std::vector<State> states;
  for (int number = 1; number <= format::kCaseStates; ++number) states.push_back(static_cast<State>(number));
  return states;
}

// A code of the list; none where no reason is asked for.
std::string ReasonFrom(const std::string& list) {
  const std::map<std::string, std::string> codes = {{"", ""},
                                                    {"closing.reason", "finding_made"},
                                                    {"holding.reason", "awaiting_evidence"},
                                                    {"reopening.reason", "new_evidence"}};
  return codes.at(list);
}

class States : public testing::Test {
 protected:
  // The printed line that allows it, `resumes_to` being where the case was.
  const Line* Find(State from, State to, std::string_view by) const {
    for (const Line& line : table)
      if (line.from == NameOf(from) && line.by == by &&
          (line.to == NameOf(to) || (line.to == kWhereItWas && to == kWas)))
        return &line;
    return nullptr;
  }
  // In this state, with everything that a move may ask for.
  void Put(State state, std::uint8_t assessed = 0x1f, bool notified = true) {
    cases::Case record = world.CaseOf(reporter);
    record.state = state;
    record.assessed = assessed;
    record.notified = notified;
    record.read = record.written;
    record.withdrawn = state == State::kWithdrawnByReporter;
    record.resumes_to = cases::Resumes(state) ? std::optional(kWas) : std::nullopt;
    world.rows.Put(std::move(record));
  }
  // All that a move to this state needs besides the table: casework has its own tests.
  void Prepare(State to) {
    cases::Allegation allegation;
    allegation.case_id = reporter.case_id;
    allegation.category = "bullying";
    allegation.finding = "substantiated";
    world.rows.Put(std::move(allegation));
    cases::Measure measure;
    measure.case_id = reporter.case_id;
    measure.state = to == State::kMeasuresRunning ? cases::MeasureState::kPlanned : cases::MeasureState::kDone;
    world.rows.Put(std::move(measure));
  }
  std::string Etag() { return cases::EtagOf(world.ports(), world.CaseOf(reporter)); }
  absl::StatusOr<base::Outcome<cases::Moved>> Try(const base::StaffSlug& caller, State to, const std::string& reason) {
    return cases::ChangeCaseState(world.ports(), caller, reporter.case_id, Etag(), world.RequestId(), to, reason);
  }

  // A case with an approver who has no part in it.
  Reporter FileWithAnApprover() {
    world.PublishDirectory([](format::Directory& directory) {
      for (format::Person& person : directory.people)
        if (person.slug == "carl") person.roles.push_back(format::Role::kApprover);
    });
    return world.File();
  }
  static approvals::Terms Closing(const std::string& reason) {
    approvals::Terms terms;
    terms.kind = format::ApprovalKind::kCloseCase;
    terms.code = reason;
    return terms;
  }

  static constexpr State kWas = State::kAccepted;
  const std::vector<Line> table = PrintedTable();
  World world;
  Reporter reporter = FileWithAnApprover();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
};

TEST_F(States, TheTeamMakesExactlyTheMovesThatThePrintGivesIt) {
  std::size_t allowed = 0;
  for (const State from : AllStates()) {
    Put(from);
    for (const State to : AllStates()) {
      SCOPED_TRACE(std::string(NameOf(from)) + " to " + std::string(NameOf(to)));
      const Line* line = Find(from, to, "team");
      Prepare(to);
      const auto moved = Try(assignee, to, line == nullptr ? "" : ReasonFrom(line->reason_list));
      if (line == nullptr) {
        EXPECT_EQ(Why(moved), Reason::kTransitionRefused);
        for (const char* reason : {"finding_made", "awaiting_evidence", "new_evidence"})
          EXPECT_EQ(Why(Try(assignee, to, reason)), Reason::kTransitionRefused) << "a reason makes no move";
        continue;
      }
      ++allowed;
      ASSERT_TRUE(moved.ok()) << moved.status();
      EXPECT_EQ(moved->answer.state, to);
      // Every move asks for its reason and takes no other.
      EXPECT_EQ(Why(Try(assignee, to, "no_such_code")),
                line->reason_list.empty() ? Reason::kFieldInvalid : Reason::kCodeUnknown);
      if (!line->reason_list.empty()) {
        EXPECT_EQ(Why(Try(assignee, to, "")), Reason::kCodeUnknown);
      }
    }
  }
  EXPECT_EQ(allowed, static_cast<std::size_t>(std::count_if(table.begin(), table.end(),
                                                            [](const Line& line) { return line.by == "team"; })));
}

TEST_F(States, EveryMovePastAPointAsksForTheAssessmentThatThePrintNamesAndForNoOther) {
  std::size_t asked = 0;
  for (const Line& line : table) {
    if (line.by != "team" || line.to == kWhereItWas) continue;
    SCOPED_TRACE(line.from + " to " + line.to);
    const auto state = [](const std::string& name) {
      for (const State one : AllStates())
        if (NameOf(one) == name) return one;
      return State::kReceived;
    };
    const std::uint8_t bit = BitOf(line.assessment);
    EXPECT_EQ(bit == 0, line.assessment.empty()) << "a point that the rules do not know";
    Prepare(state(line.to));
    Put(state(line.from), static_cast<std::uint8_t>(0x1f & ~bit));
    const auto before = Try(assignee, state(line.to), ReasonFrom(line.reason_list));
    if (bit == 0) {
      EXPECT_TRUE(before.ok()) << before.status();
    } else {
      ++asked;
      EXPECT_EQ(Why(before), Reason::kAssessmentMissing);
    }
    Put(state(line.from), bit);
    EXPECT_TRUE(Try(assignee, state(line.to), ReasonFrom(line.reason_list)).ok()) << "control";
  }
  EXPECT_EQ(asked, 12u);
}

TEST_F(States, WhatEndsWithoutADecisionHadTheRiskAtItsOutcomeAssessedToo) {
  std::size_t asked = 0;
  for (const Line& line : table) {
    if (line.to != "closed") continue;
    SCOPED_TRACE(line.from);
    // What was decided passed the point on its way.
    const bool decided = line.from == "decided" || line.from == "measures_running" || line.from == "monitoring";
    EXPECT_EQ(line.assessment, decided ? "" : "outcome");
    State from = State::kReceived;
    for (const State one : AllStates())
      if (NameOf(one) == line.from) from = one;
    const auto ask = [&] { return approvals::WhoDecides(world.ports(), assignee, {reporter.case_id, Closing("withdrawn"), {}}); };
    Put(from, static_cast<std::uint8_t>(0x1f & ~BitOf("outcome")));
    if (decided) {
      EXPECT_TRUE(ask().ok());
      continue;
    }
    ++asked;
    EXPECT_EQ(Why(ask()), Reason::kAssessmentMissing);
    Put(from, BitOf("outcome"));
    EXPECT_TRUE(ask().ok()) << "control";
    // What was assessed when it was asked for is asked again when it is carried out.
    const base::ApprovalId id = world.Ask(assignee, reporter.case_id, Closing("withdrawn"), {"carl"});
    cases::Case record = world.CaseOf(reporter);
    record.assessed = 0;
    world.rows.Put(std::move(record));
    const auto view = approvals::GetApproval(world.ports(), assignee, id);
    ASSERT_TRUE(view.ok()) << view.status();
    EXPECT_EQ(Why(approvals::ExecuteApproval(world.ports(), assignee, id, view->etag, world.RequestId(), {})),
              Reason::kAssessmentMissing);
  }
  EXPECT_EQ(asked, 3u);
}

TEST_F(States, AnApprovalClosesFromExactlyTheStatesThatThePrintSays) {
  std::size_t closed = 0;
  for (const State from : AllStates()) {
    SCOPED_TRACE(NameOf(from));
    Put(from);
    const approvals::Terms terms = Closing("finding_made");
    const Line* line = Find(from, State::kClosed, "approval");
    if (line == nullptr) {
      EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), assignee, {reporter.case_id, terms, {}})), Reason::kTransitionRefused);
      continue;
    }
    EXPECT_EQ(line->reason_list, "closing.reason");
    const auto before = world.rows.Keep();
    const base::ApprovalId id = world.Ask(assignee, reporter.case_id, terms, {"carl"});
    const auto view = approvals::GetApproval(world.ports(), assignee, id);
    ASSERT_TRUE(view.ok()) << view.status();
    const auto done = world.Carry(approvals::ExecuteApproval(world.ports(), assignee, id, view->etag, world.RequestId(), {}));
    ASSERT_TRUE(done.ok()) << done.status();
    EXPECT_EQ(world.CaseOf(reporter).state, State::kClosed);
    ++closed;
    world.rows.Return(*before);
  }
  EXPECT_EQ(closed, 6u);
}

TEST_F(States, TheReporterWithdrawsFromExactlyTheStatesThatThePrintSays) {
  for (const State from : AllStates()) {
    SCOPED_TRACE(NameOf(from));
    Put(from);
    auto withdrawn = cases::WithdrawReport(world.ports(), reporter.mailbox, Etag(), world.RequestId());
    if (from == State::kWithdrawnByReporter) {
      EXPECT_EQ(Why(withdrawn), Reason::kTransitionRefused) << "once";
      continue;
    }
    // Out of the end it marks the case and moves nothing.
    ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
    const auto before = world.rows.Keep();
    ASSERT_TRUE(world.Carry(std::move(withdrawn)).ok());
    EXPECT_TRUE(world.CaseOf(reporter).withdrawn);
    EXPECT_EQ(world.CaseOf(reporter).state,
              Find(from, State::kWithdrawnByReporter, "reporter") ? State::kWithdrawnByReporter : from);
    world.rows.Return(*before);
  }
}

TEST_F(States, NobodyElseMovesAnything) {
  std::size_t tried = 0;
  for (const State from : AllStates()) {
    Put(from);
    for (const char* slug :
         {"amira", "bjorn", "chiara", "dilip", "ada", "cora", "carl", "cleo", "erik", "fay", "finn", "otto", "pia"}) {
      if (assignee.text() == slug) continue;
      for (const State to : AllStates()) {
        for (const char* reason : {"", "finding_made", "awaiting_evidence", "new_evidence"})
          EXPECT_EQ(Why(Try(Slug(slug), to, reason)), Reason::kNothingHere) << slug << " to " << NameOf(to);
        ++tried;
      }
    }
  }
  EXPECT_EQ(tried, 16u * 12u * 16u);
}

TEST_F(States, NobodyClosesAloneAndEveryStateIsReached) {
  std::set<std::string> reached, left;
  std::set<std::tuple<std::string, std::string>> seen;
  for (const Line& line : table) {
    EXPECT_TRUE(seen.insert({line.from, line.to}).second) << "each move stands once: " << line.from << " to " << line.to;
    EXPECT_EQ(line.to == "closed", line.by == "approval") << line.from;
    EXPECT_EQ(line.to == "withdrawn_by_reporter", line.by == "reporter") << line.from;
    EXPECT_NE(line.from, line.to);
    reached.insert(line.to);
    left.insert(line.from);
  }
  reached.erase(std::string(kWhereItWas));
  EXPECT_EQ(reached.size(), 15u) << "all but the first";
  EXPECT_EQ(left.size(), 16u) << "from everywhere there is a way on";
}

}  // namespace
}  // namespace alcove::world
