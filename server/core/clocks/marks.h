// What has happened on a case as far as its clocks care. Days only: what starts with a reporter is never finer.
#pragma once

#include <optional>

#include "server/core/base/time.h"

namespace alcove::clocks {

struct Marks {
  base::Day filed;
  base::Day assigned;                     // of the present assignee
  std::optional<base::Day> acknowledged;  // the reporter was told that a person has the report
  std::optional<base::Day> first_message;  // the team's first message in THREAD
  std::optional<base::Day> triaged;        // left the states before triage
  std::optional<base::Day> claimed;
  std::optional<base::Day> feedback;  // the reporter was told what was decided or is being done

  friend bool operator==(const Marks&, const Marks&) = default;
};

}  // namespace alcove::clocks
