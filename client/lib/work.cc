#include "client/lib/work.h"

#include "client/lib/errors.h"
#include "crypto/puzzle.h"

namespace alcove::client {

absl::StatusOr<v1::Work> SolveWork(std::string_view challenge, uint32_t price) {
  constexpr uint32_t kMostBits = 26;
  if (price > kMostBits) return Refuse(Refusal::kAnswerMalformed, "the puzzle would take hours");
  const auto solution = crypto::Solve(challenge, static_cast<int>(price));
  if (!solution.ok()) return Refuse(Refusal::kAnswerMalformed, "the puzzle is not one");
  v1::Work work;
  work.set_challenge(std::string(challenge));
  work.set_solution(*solution);
  return work;
}

}  // namespace alcove::client
