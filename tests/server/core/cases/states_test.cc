// Every state by every move by every role, against the table as `alcove case states` prints it (tests/vectors/case_states.txt;
// the command's own test holds the print to that file).
#include "server/core/cases/states.h"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <set>
#include <sstream>
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
  std::string from, to, by, reason_list;
};

// Columns of the print are two blanks or more apart.
std::vector<Line> PrintedTable() {
  std::ifstream in(std::string(alcove::tests::kSourceDir) + "/tests/vectors/case_states.txt");
  std::vector<Line> lines;
  for (std::string text; std::getline(in, text);) {
    std::vector<std::string> cells;
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t gap = std::min(text.find("  ", at), text.size());
      if (gap > at) cells.push_back(text.substr(at, gap - at));
      at = text.find_first_not_of(' ', gap);
    }
    cells.resize(4);
    lines.push_back({cells[0], cells[1], cells[2], cells[3]});
  }
  EXPECT_FALSE(lines.empty()) << "the print is missing";
  if (!lines.empty()) lines.erase(lines.begin());
  return lines;
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
  void Put(State state) {
    cases::Case record = world.CaseOf(reporter);
    record.state = state;
    record.withdrawn = state == State::kWithdrawnByReporter;
    record.resumes_to = cases::Resumes(state) ? std::optional(kWas) : std::nullopt;
    world.rows.Put(std::move(record));
  }
  std::string Etag() { return cases::EtagOf(world.ports(), world.CaseOf(reporter)); }
  absl::StatusOr<base::Outcome<cases::Moved>> Try(const base::StaffSlug& caller, State to, const std::string& reason) {
    return cases::ChangeCaseState(world.ports(), caller, reporter.case_id, Etag(), world.RequestId(), to, reason);
  }

  static constexpr State kWas = State::kAccepted;
  const std::vector<Line> table = PrintedTable();
  World world;
  Reporter reporter = world.File();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
};

TEST_F(States, TheTeamMakesExactlyTheMovesThatThePrintGivesIt) {
  std::size_t allowed = 0;
  for (const State from : AllStates()) {
    Put(from);
    for (const State to : AllStates()) {
      SCOPED_TRACE(std::string(NameOf(from)) + " to " + std::string(NameOf(to)));
      const Line* line = Find(from, to, "team");
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
