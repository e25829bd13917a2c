// The freeze of the clock, as answers show it.
#pragma once

#include <absl/status/status.h>

#include "alcove/v1/clock.pb.h"
#include "server/core/base/reader.h"
#include "server/core/clocks/seen.h"

namespace alcove::rpc {

void SetFreeze(const clocks::Freeze& freeze, v1::ClockFreeze* out);

// Sets or clears `clock_freeze` of an answer.
template <class Response>
absl::Status FillFreeze(const base::Reader& rows, Response* response) {
  const auto seen = clocks::LastSeen(rows);
  if (!seen.ok()) return seen.status();
  response->clear_clock_freeze();
  if (*seen && (*seen)->record.freeze) SetFreeze(*(*seen)->record.freeze, response->mutable_clock_freeze());
  return absl::OkStatus();
}

}  // namespace alcove::rpc
