// What a person has to see to, over all their cases.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"

namespace alcove::casework {

// The kind of the task that warns of a case whose key fewer than two people hold: one more loss, and nobody reads it. It is
// due today, every day.
inline constexpr std::string_view kFewHolders = "few_holders";
inline constexpr std::size_t kEnoughHolders = 2;

// Kinds of the tasks about what HR was told to do for a measure that still has to be done: HR refused it, and somebody has to think
// of something else, today and every day; HR has not answered, and the last day is over.
inline constexpr std::string_view kOrderRefused = "order_refused";
inline constexpr std::string_view kOrderOverdue = "order_overdue";

// A deadline of a case that is not met, a measure that is not done, an order that came to nothing, the warning above, or a closed
// case that is about to go.
struct Task {
  base::CaseId case_id;
  std::string deadline;      // kind of an internal deadline, one of the kinds above, or `retention`; empty for a measure
  base::MeasureId measure;   // zero unless it is about a measure
  std::string measure_kind;  // empty unless it is a measure
  base::Day due;
  bool overdue = false;      // the last day is over
  base::StaffSlug owner;     // of the measure, or whoever the case is assigned to
};

struct TaskPage {
  std::vector<Task> tasks;
  std::string next_token;
};

// Of every case that the caller reaches, the earliest day first: of an open one what has to be done, of a closed one the last day
// on which it is kept where that is at most clocks::kNoticeDays ahead and no hold stands; 50 a page unless asked, at most 100. One leaf of its
// own kind that is shown in no case. A page goes on after the last task of the one before, whatever was done meanwhile.
absl::StatusOr<base::Outcome<TaskPage>> ListTasks(const cases::Ports& ports, const base::StaffSlug& caller,
                                                  const cases::PageRequest& page);

}  // namespace alcove::casework
