// Properties: statements that hold for every seed. A property takes all its choices from the seed, so that a violation
// can be played again with ALCOVE_PROPERTY_SEED=<seed>. ALCOVE_PROPERTY_RUNS says how many seeds, ALCOVE_PROPERTY_FIRST
// the first of them (default: by the clock).
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>

namespace alcove::property {

// Calls `property(seed)` for each seed until one fails; prints the line that tests/property/run.sh counts.
template <class Property>
void ForEachSeed(Property property, uint64_t runs_unless_told = 200) {
  const char* one = std::getenv("ALCOVE_PROPERTY_SEED");
  const char* many = std::getenv("ALCOVE_PROPERTY_RUNS");
  const char* from = one != nullptr ? one : std::getenv("ALCOVE_PROPERTY_FIRST");
  const uint64_t first = from != nullptr ? std::strtoull(from, nullptr, 10)
                                         : static_cast<uint64_t>(std::chrono::system_clock::now().time_since_epoch().count());
  const uint64_t runs = one != nullptr ? 1 : many != nullptr ? std::strtoull(many, nullptr, 10) : runs_unless_told;
  const auto* test = ::testing::UnitTest::GetInstance()->current_test_info();
  uint64_t done = 0;
  bool held = true;
  for (; held && done < runs; ++done) {
    SCOPED_TRACE("ALCOVE_PROPERTY_SEED=" + std::to_string(first + done));
    property(first + done);
    held = !::testing::Test::HasFailure();
  }
  std::printf("PROPERTY %s.%s runs %llu violations %d\n", test->test_suite_name(), test->name(),
              static_cast<unsigned long long>(done), held ? 0 : 1);
  EXPECT_GT(done, 0u) << "a property that ran nothing proves nothing";
}

}  // namespace alcove::property
