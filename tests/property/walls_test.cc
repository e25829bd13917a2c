// rooms: core_world approvals guard | town.cc
// P2, P3: whatever happens in whatever order, nobody who is walled off has a grant in storage, gets a byte, or can tell what
// exists from what never was. Judged by a reference that shares no code with the product (reference.h).
#include <gtest/gtest.h>

#include <cstdio>

#include "tests/property/runs.h"
#include "tests/property/town.h"

namespace alcove::property {
namespace {

constexpr int kEvents = 14;

TEST(Walls, P2_NobodyWalledOffHoldsReadsOrCanTell) {
  Town town;
  ForEachSeed([&](uint64_t seed) {
    for (const std::string& violation : town.Live(seed, kEvents)) ADD_FAILURE() << violation;
  }, 80);
  for (const auto& [what, count] : town.done())
    std::printf("%8llu %s\n", static_cast<unsigned long long>(count), what.c_str());
}

// Controls: with a bug planted in the service the same property fails, soon.
TEST(Walls, SeededBugsAreFound) {
  Town town;
  constexpr uint64_t kSeeds = 400;
  for (const auto& [bug, name] : {std::pair{Bug::kShortMemory, "walls forget their chart"},
                                  std::pair{Bug::kNoReview, "nobody reviews"},
                                  std::pair{Bug::kLostGrant, "a grant stays in storage"}}) {
    uint64_t seed = 1;
    while (seed <= kSeeds && town.Live(seed, kEvents, bug).empty()) ++seed;
    EXPECT_LE(seed, kSeeds) << name;
    if (seed <= kSeeds) std::printf("SEEDED BUG found: %s, at run %llu\n", name, static_cast<unsigned long long>(seed));
  }
}

}  // namespace
}  // namespace alcove::property
