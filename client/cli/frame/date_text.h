// A day of the contract as text: `2026-11-29`; empty for a day that is not set.
#pragma once

#include <string>

#include "google/type/date.pb.h"

namespace alcove::cli {

std::string DateText(const google::type::Date& date);

}  // namespace alcove::cli
