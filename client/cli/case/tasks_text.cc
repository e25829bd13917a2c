#include "client/cli/case/tasks_text.h"

#include <algorithm>

#include "client/cli/case/case_text.h"
#include "client/cli/case/casework_text.h"
#include "client/cli/frame/table.h"

namespace alcove::cli {
namespace {

std::string Count(size_t number, const std::string& one, const std::string& many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

std::string NameOf(const v1::Task& task) {
  return task.case_() + " " + task.kind() + " " + task.measure() + " " + DayText(task.due());
}

std::string OwnerText(const v1::Task& task, const std::string& own) {
  if (task.owner().empty()) return "nobody";
  if (task.owner() == "staff/" + own) return "you";
  return task.owner().substr(task.owner().find('/') + 1);
}

}  // namespace

namespace {

std::string WhatOf(const v1::Task& task) {
  if (task.kind() == "order_refused") return "HR REFUSED A MEASURE: think of another";
  if (task.kind() == "order_overdue") return "HR HAS NOT ANSWERED AN ORDER: see to it, or ask HR";
  if (!task.measure().empty()) return "measure: " + MeasureKindText(task.kind());
  if (task.kind() == "few_holders") return "FEWER THAN TWO PEOPLE HOLD A KEY: let somebody in";
  return Words(Harmless(task.kind()));
}

}  // namespace

std::string TaskTable(const std::vector<v1::Task>& tasks, const std::string& own) {
  Table table({"by", "", "what", "case", "who"});
  for (const v1::Task& task : tasks) {
    table.Row({DayText(task.due()), task.overdue() ? "OVERDUE" : "",
               WhatOf(task),
               ShortCase(task.case_()), OwnerText(task, own)});
  }
  return table.Text();
}

Glance GlanceAt(const std::vector<v1::Case>& cases, const std::vector<v1::Task>& tasks) {
  Glance glance;
  for (const v1::Case& facts : cases) glance.cases.insert(facts.name());
  for (const v1::Task& task : tasks) {
    glance.tasks[NameOf(task)] = task.overdue();
    const std::string due = DayText(task.due());
    if (glance.next.empty() || due < glance.next) glance.next = due;
  }
  return glance;
}

std::string GlanceText(const Glance& now) {
  const auto overdue = static_cast<size_t>(
      std::count_if(now.tasks.begin(), now.tasks.end(), [](const auto& task) { return task.second; }));
  std::string text = Count(now.cases.size(), "case", "cases") + ", " + Count(now.tasks.size(), "task", "tasks");
  if (overdue > 0) text += ", " + std::to_string(overdue) + " overdue";
  if (!now.next.empty()) text += "; the earliest is due " + now.next;
  return text + ".\n";
}

std::string NewsText(const Glance& before, const Glance& now) {
  size_t new_cases = 0, gone_cases = 0, new_tasks = 0, done = 0, late = 0;
  std::string earliest;
  for (const std::string& name : now.cases) new_cases += before.cases.contains(name) ? 0 : 1;
  for (const std::string& name : before.cases) gone_cases += now.cases.contains(name) ? 0 : 1;
  for (const auto& [name, overdue] : now.tasks) {
    const auto known = before.tasks.find(name);
    if (known == before.tasks.end()) {
      ++new_tasks;
      const std::string due = name.substr(name.rfind(' ') + 1);
      if (earliest.empty() || due < earliest) earliest = due;
    } else if (overdue && !known->second) {
      ++late;
    }
  }
  for (const auto& [name, overdue] : before.tasks) done += now.tasks.contains(name) ? 0 : 1;
  std::string text;
  if (new_cases > 0) text += Count(new_cases, "new case", "new cases") + ".\n";
  if (gone_cases > 0) text += Count(gone_cases, "case is", "cases are") + " no longer yours.\n";
  if (new_tasks > 0) text += Count(new_tasks, "new task", "new tasks") + "; the earliest is due " + earliest + ".\n";
  if (late > 0) text += Count(late, "task has", "tasks have") + " become overdue.\n";
  if (done > 0) text += Count(done, "task is", "tasks are") + " off the list.\n";
  return text;
}

}  // namespace alcove::cli
