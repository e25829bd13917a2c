// What an administrator is told of a clock that is frozen. Pure.
#pragma once

#include <string>

#include "alcove/v1/admin_service.pb.h"
#include "crypto/format/day.h"

namespace alcove::cli {

// From when to when it leapt, since when it is frozen, what is left of the 72 hours, and a warning once that is more than two
// days. Empty while nothing is frozen.
std::string ClockText(const v1::GetServiceStatusResponse& status, format::Day today);

}  // namespace alcove::cli
