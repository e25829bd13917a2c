// rooms:
// The frame itself: it runs as often as it is told, and a property that is false is caught.
#include "tests/property/runs.h"

#include <gtest/gtest-spi.h>
#include <gtest/gtest.h>

#include <set>

namespace alcove::property {
namespace {

TEST(Runs, EverySeedIsAnother) {
  std::set<uint64_t> seeds;
  uint64_t calls = 0;
  ForEachSeed([&](uint64_t seed) {
    ++calls;
    seeds.insert(seed);
  });
  EXPECT_EQ(seeds.size(), calls);
}

TEST(Runs, AViolationIsAFailure) {
  EXPECT_NONFATAL_FAILURE([] { EXPECT_TRUE(false) << "seeded violation"; }(), "seeded violation");
}

}  // namespace
}  // namespace alcove::property
