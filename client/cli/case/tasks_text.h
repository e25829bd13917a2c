// The list of tasks, and what is new in it, in words. Pure.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "alcove/v1/case_service.pb.h"

namespace alcove::cli {

// One line a task in the order given: last day, what, case, who. `own`: the reader's slug, shown as `you`.
std::string TaskTable(const std::vector<v1::Task>& tasks, const std::string& own);

// What a glance at the worklist saw, as far as the next glance compares it.
struct Glance {
  std::set<std::string> cases;
  std::map<std::string, bool> tasks;  // by a name of the task; true where it is overdue
  std::string next;                   // the earliest last day
};
Glance GlanceAt(const std::vector<v1::Case>& cases, const std::vector<v1::Task>& tasks);

// The whole of it in one line: `3 cases, 5 tasks, 1 overdue; the earliest is due 2026-11-30.`
std::string GlanceText(const Glance& now);

// What is new since `before`, a line each; empty when nothing is. Numbers and days only: no case, category or name, for a screen
// on which it stands all day is read by others.
std::string NewsText(const Glance& before, const Glance& now);

}  // namespace alcove::cli
