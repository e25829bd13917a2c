// The list of what there is to do.
#include "tests/server/core/casework/scene.h"

namespace alcove::world {
namespace {

class Tasks : public CaseUnderWay {
 protected:
  std::vector<casework::Task> AllOf(const base::StaffSlug& caller, std::uint32_t page_size = 0) {
    std::vector<casework::Task> tasks;
    cases::PageRequest request{page_size, ""};
    do {
      const auto page = world.Carry(casework::ListTasks(world.ports(), caller, request));
      EXPECT_TRUE(page.ok()) << page.status();
      if (!page.ok()) break;
      tasks.insert(tasks.end(), page->tasks.begin(), page->tasks.end());
      request.token = page->next_token;
    } while (!request.token.empty());
    return tasks;
  }
  static std::vector<std::string> Words(const std::vector<casework::Task>& tasks) {
    std::vector<std::string> words;
    for (const casework::Task& task : tasks)
      words.push_back(task.due.Text() + " " + task.deadline + task.measure_kind + (task.overdue ? " late" : ""));
    return words;
  }
};

TEST_F(Tasks, ShowsDeadlinesAndMeasuresByDayAndIsALeafInNoCase) {
  casework::NewMeasure measure = NoContact();
  measure.due = world.clock.Today().PlusDays(1);
  Ordered(measure);
  const std::uint64_t leaves = world.rows.leaves();
  const std::uint32_t visible = Record().leaf_count, hidden = Record().history_length;
  // Filed on Monday 2026-11-23 and claimed; the calendar has no holiday that week but what the profile says.
  const std::vector<casework::Task> tasks = AllOf(assignee);
  ASSERT_EQ(tasks.size(), 5u);
  EXPECT_EQ(tasks[0].measure_kind, "interim.no_contact");
  EXPECT_EQ(tasks[0].measure, measure.id);
  EXPECT_EQ(tasks[0].case_id, reporter.case_id);
  EXPECT_EQ(tasks[1].deadline, "triage");
  EXPECT_EQ(tasks.back().deadline, "feedback");
  EXPECT_TRUE(std::is_sorted(tasks.begin(), tasks.end(),
                             [](const casework::Task& a, const casework::Task& b) { return a.due < b.due; }));
  EXPECT_EQ(world.rows.leaves(), leaves + 1);
  EXPECT_EQ(Record().leaf_count, visible);
  EXPECT_EQ(Record().history_length, hidden);
}

TEST_F(Tasks, WhatIsMetOrDoneIsNoTaskAndWhatIsLateSaysSo) {
  const base::MeasureId id = Ordered(NoContact());
  PassDays(6);
  std::vector<std::string> words = Words(AllOf(assignee));
  EXPECT_THAT(words, testing::Contains("2026-11-28 interim.no_contact late"));
  EXPECT_THAT(words, testing::Contains("2026-11-30 acknowledge"));
  ASSERT_TRUE(Step(id, MeasureState::kDone).ok());
  cases::Case record = Record();
  record.marks.acknowledged = world.clock.Today();
  world.rows.Put(std::move(record));
  words = Words(AllOf(assignee));
  EXPECT_THAT(words, testing::Not(testing::Contains(testing::HasSubstr("no_contact"))));
  EXPECT_THAT(words, testing::Not(testing::Contains(testing::HasSubstr("acknowledge"))));
}

TEST_F(Tasks, PagesHaveEveryTaskOnceWhateverTheirSize) {
  for (int i = 0; i < 12; ++i) world.File();
  const std::vector<std::string> all = Words(AllOf(assignee, 100));
  ASSERT_GT(all.size(), 8u);
  for (const std::uint32_t size : {1u, 2u, 3u, 7u}) EXPECT_EQ(Words(AllOf(assignee, size)), all) << size;
}

TEST_F(Tasks, ATokenThatIsNoneIsRefusedAndOneOfSomebodyElseOpensNothing) {
  for (const char* token : {"x", "aaaa", "!", "7777777777777777777777777777777777777777777777777777777777777777"})
    EXPECT_EQ(Why(world.Carry(casework::ListTasks(world.ports(), assignee, {0, token}))), Reason::kFieldInvalid) << token;
  const auto page = world.Carry(casework::ListTasks(world.ports(), assignee, {1, ""}));
  ASSERT_FALSE(page->next_token.empty());
  const auto other = world.Carry(casework::ListTasks(world.ports(), Slug("erik"), {0, page->next_token}));
  ASSERT_TRUE(other.ok()) << other.status();
  EXPECT_TRUE(other->tasks.empty()) << "a token is never a right";
}

TEST_F(Tasks, P3_NobodyElseSeesATaskAndAWallTakesThemAway) {
  Ordered(NoContact());
  for (const char* slug : {"ada", "erik", "fay", "cora", "otto"}) EXPECT_TRUE(AllOf(Slug(slug)).empty()) << slug;
  ASSERT_FALSE(AllOf(assignee).empty());
  cases::Case record = Record();
  record.wall.recused.push_back(assignee);
  world.rows.Put(std::move(record));
  EXPECT_TRUE(AllOf(assignee).empty());
  EXPECT_EQ(Why(world.Carry(casework::ListTasks(world.ports(), Slug("nobody"), {}))), Reason::kNothingHere);
}

TEST_F(Tasks, AClosedCaseHasNone) {
  Ordered(NoContact());
  PutState(State::kClosed);
  EXPECT_TRUE(AllOf(assignee).empty());
}

}  // namespace
}  // namespace alcove::world
