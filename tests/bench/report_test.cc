#include "tests/bench/report.h"

#include <gtest/gtest.h>

namespace bench {
namespace {

loadgen::Result Round(int clients, std::uint64_t ok, std::uint64_t latency_ns) {
  loadgen::Result r;
  r.concurrency = clients;
  r.seconds = 1;
  r.ok = ok;
  for (std::uint64_t i = 0; i < ok; ++i) r.latency_ns.record(latency_ns);
  return r;
}

// Exactly at the bounds: 0.45 of the throughput, twice the p99, 40 MiB.
Report AtTheBounds() {
  Report report;
  for (const int clients : {16, 64}) {
    for (int round = 0; round < 3; ++round) {
      report.ideal[clients].rounds.push_back(Round(clients, 1000, 100));
      report.alcove[clients].rounds.push_back(Round(clients, 450, 200));
    }
  }
  report.alcove_idle_mib = 40;
  return report;
}

TEST(BenchReport, AtTheBoundsNothingFallsShort) { EXPECT_TRUE(AtTheBounds().shortfalls(Bounds{}).empty()); }

TEST(BenchReport, LessThroughputFallsShort) {
  Report report = AtTheBounds();
  for (auto& round : report.alcove[64].rounds) round = Round(64, 440, 200);
  ASSERT_EQ(report.shortfalls(Bounds{}).size(), 1u);
  EXPECT_NE(report.json(Bounds{}).find("\"within_bounds\":false"), std::string::npos);
}

TEST(BenchReport, MoreLatencyFallsShort) {
  Report report = AtTheBounds();
  for (auto& round : report.alcove[16].rounds) round = Round(16, 450, 210);
  EXPECT_EQ(report.shortfalls(Bounds{}).size(), 1u);
}

TEST(BenchReport, MoreIdleMemoryFallsShortAndSoDoesAnUnknownOne) {
  Report report = AtTheBounds();
  report.alcove_idle_mib = 40.5;
  EXPECT_EQ(report.shortfalls(Bounds{}).size(), 1u);
  report.alcove_idle_mib = 0;
  EXPECT_EQ(report.shortfalls(Bounds{}).size(), 1u);
}

TEST(BenchReport, ErrorsAndMissingRunsFallShort) {
  Report report = AtTheBounds();
  report.alcove[16].rounds[1].errors = 1;
  EXPECT_EQ(report.shortfalls(Bounds{}).size(), 1u);
  report = AtTheBounds();
  report.alcove.erase(64);
  EXPECT_EQ(report.shortfalls(Bounds{}).size(), 1u);
}

TEST(BenchReport, OneSlowRoundDoesNotDecide) {
  Report report = AtTheBounds();
  report.alcove[64].rounds[0] = Round(64, 10, 100000);
  EXPECT_TRUE(report.shortfalls(Bounds{}).empty());
}

}  // namespace
}  // namespace bench
