// The price of a call that anybody may make: a puzzle (crypto/puzzle.h).
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/status/statusor.h"
#include "alcove/v1/resources.pb.h"

namespace alcove::client {

// Solves the challenge, which takes 2^price attempts on average. kAnswerMalformed above 26 bits: a server that asks for hours
// of work is refusing service, and the person should know.
absl::StatusOr<v1::Work> SolveWork(std::string_view challenge, uint32_t price);

}  // namespace alcove::client
