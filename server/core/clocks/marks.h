// What has happened on a case as far as its clocks care. Days only: what starts with a reporter is never finer.
#pragma once

#include <cstdint>
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
  std::optional<base::Day> closed;    // the newest closing; nothing while the case is open
  std::optional<base::Day> written;   // the newest that the reporter wrote
  std::optional<base::Day> heard;     // the day on which somebody of the team had read all of that
  std::optional<base::Day> lifted;    // the newest lifting of a legal hold
  std::optional<base::Day> released;  // an escrow: the day on which it went to the team, whose clocks start with it

  friend bool operator==(const Marks&, const Marks&) = default;
};

// Where the days of a check-in are counted from. Same numbers as a `check_in.answered` leaf.
enum class Since : std::uint8_t { kFiling = 1, kClosing };

// One of the times at which the reporter is asked how it has been since.
struct CheckIn {
  Since since = Since::kFiling;
  std::uint16_t days = 0;

  friend bool operator==(const CheckIn&, const CheckIn&) = default;
};

}  // namespace alcove::clocks
