// The worklist and what is new in it.
#include "client/cli/case/tasks_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alcove::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kCase[] = "cases/qwertyuiopasdfghjklzxcvbnm";

v1::Task TaskOf(const std::string& kind, int day, bool overdue = false, const std::string& measure = "") {
  v1::Task task;
  task.set_case_(kCase);
  task.set_kind(kind);
  if (!measure.empty()) task.set_measure(std::string(kCase) + "/measures/" + measure);
  task.mutable_due()->set_year(2026);
  task.mutable_due()->set_month(12);
  task.mutable_due()->set_day(day);
  task.set_overdue(overdue);
  task.set_owner("staff/mira");
  return task;
}

v1::Case CaseNamed(const std::string& name) {
  v1::Case facts;
  facts.set_name(name);
  return facts;
}

TEST(TasksText, ATableSaysWhatByWhenAndWho) {
  const std::vector<v1::Task> tasks = {TaskOf("personal_message", 1, true), TaskOf("interim.no_contact", 2, false, "m1")};
  const std::string own = TaskTable(tasks, "mira");
  EXPECT_THAT(own, HasSubstr("2026-12-01  OVERDUE  personal message"));
  EXPECT_THAT(own, HasSubstr("measure: no contact (interim)"));
  EXPECT_THAT(TaskTable({TaskOf("few_holders", 3)}, "mira"), HasSubstr("FEWER THAN TWO PEOPLE HOLD A KEY"));
  EXPECT_THAT(TaskTable({TaskOf("order_refused", 3)}, "mira"), HasSubstr("HR REFUSED A MEASURE"));
  EXPECT_THAT(TaskTable({TaskOf("order_overdue", 3)}, "mira"), HasSubstr("HR HAS NOT ANSWERED AN ORDER"));
  EXPECT_THAT(own, Not(HasSubstr("FEWER"))) << "control";
  EXPECT_THAT(own, HasSubstr("qwertyuiop"));
  EXPECT_THAT(own, HasSubstr("you"));
  EXPECT_THAT(TaskTable(tasks, "other"), HasSubstr("mira"));
}

TEST(TasksText, NewsSaysWhatChangedAndNamesNothing) {
  const Glance before = GlanceAt({CaseNamed(kCase)}, {TaskOf("acknowledge", 7), TaskOf("interim.no_contact", 2, false, "m1")});
  EXPECT_EQ(GlanceText(before), "1 case, 2 tasks; the earliest is due 2026-12-02.\n");
  EXPECT_EQ(NewsText(before, before), "");
  const Glance now = GlanceAt({CaseNamed(kCase), CaseNamed("cases/other")},
                              {TaskOf("interim.no_contact", 2, true, "m1"), TaskOf("interim.support", 5, false, "m2"),
                               TaskOf("triage", 9)});
  const std::string news = NewsText(before, now);
  EXPECT_EQ(news,
            "1 new case.\n2 new tasks; the earliest is due 2026-12-05.\n1 task has become overdue.\n1 task is off the list.\n");
  for (const char* content : {"qwerty", "no_contact", "no contact", "support", "triage", "mira"})
    EXPECT_THAT(news, Not(HasSubstr(content)));
  EXPECT_THAT(NewsText(now, before), HasSubstr("1 case is no longer yours."));
  EXPECT_EQ(GlanceText(now), "2 cases, 3 tasks, 1 overdue; the earliest is due 2026-12-02.\n");
  EXPECT_EQ(GlanceText(Glance()), "0 cases, 0 tasks.\n");
}

}  // namespace
}  // namespace alcove::cli
