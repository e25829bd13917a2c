#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "tests/bench/loadgen/histogram.h"
#include "tests/bench/loadgen/loadgen.h"

TEST(Histogram, SmallValuesAreExact) {
  loadgen::Histogram h;
  for (std::uint64_t v = 1; v <= 100; ++v) h.record(v);
  EXPECT_EQ(h.value_at(0.5), 50u);
  EXPECT_EQ(h.value_at(0.99), 99u);
  EXPECT_EQ(h.value_at(1.0), 100u);
  EXPECT_EQ(h.value_at(0.0), 1u);
  EXPECT_DOUBLE_EQ(h.mean(), 50.5);
}

TEST(Histogram, LargeValuesAreWithinOnePercent) {
  for (std::uint64_t v : {std::uint64_t{1} << 10, std::uint64_t{123456}, std::uint64_t{987654321}, std::uint64_t{1} << 40, UINT64_MAX / 3}) {
    loadgen::Histogram h;
    h.record(1);
    h.record(v);
    h.record(UINT64_MAX);
    const auto got = h.value_at(0.5);
    EXPECT_GE(got, v);
    EXPECT_LE(static_cast<double>(got), static_cast<double>(v) * 1.01);
  }
}

TEST(Histogram, MergeEqualsRecordingTogether) {
  loadgen::Histogram a, b, all;
  for (std::uint64_t i = 0; i < 10000; ++i) {
    const std::uint64_t v = (i * 2654435761u) % 5000000;
    (i % 2 ? a : b).record(v);
    all.record(v);
  }
  a.merge(b);
  EXPECT_EQ(a.count(), all.count());
  for (double q : {0.0, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) EXPECT_EQ(a.value_at(q), all.value_at(q));
}

TEST(Histogram, EmptyIsZero) {
  loadgen::Histogram h;
  EXPECT_EQ(h.value_at(0.5), 0u);
  EXPECT_EQ(h.min(), 0u);
}

TEST(LoadGen, BlockingKeepsExactlyOneOutstandingPerClient) {
  std::atomic<int> inside{0}, peak{0};
  loadgen::Options o;
  o.concurrency = 4;
  o.warmup_seconds = 0.05;
  o.measure_seconds = 0.3;
  const auto r = loadgen::run_blocking(o, [&](int) {
    return [&] {
      const int now = ++inside;
      int seen = peak.load();
      while (now > seen && !peak.compare_exchange_weak(seen, now)) {
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
      --inside;
      return true;
    };
  });
  EXPECT_LE(peak.load(), 4);
  EXPECT_GT(r.ok, 100u);
  EXPECT_LT(r.per_second(), 2100);
  EXPECT_GE(r.latency_ns.value_at(0.5), 2'000'000u);
  EXPECT_EQ(r.errors, 0u);
}

TEST(LoadGen, AsyncCountsErrorsApart) {
  loadgen::Options o;
  o.concurrency = 3;
  o.warmup_seconds = 0.02;
  o.measure_seconds = 0.2;
  std::vector<std::thread> pool;
  std::mutex mu;
  const auto r = loadgen::run_async(o, [&](int client) {
    return [&, client](std::function<void(bool)> done) {
      std::lock_guard lock(mu);
      pool.emplace_back([done, client] {
        std::this_thread::sleep_for(std::chrono::milliseconds(1));
        done(client != 0);
      });
    };
  });
  for (auto& t : pool) t.join();
  EXPECT_GT(r.ok, r.errors);
  EXPECT_GT(r.errors, 10u);
  EXPECT_EQ(r.ok, r.latency_ns.count());
}

TEST(LoadGen, PacedLoadChargesTheQueueToTheServer) {
  loadgen::Options o;
  o.concurrency = 1;
  o.warmup_seconds = 0;
  o.measure_seconds = 0.5;
  o.rate = 100;  // every 10 ms; each call takes 20 ms, so the queue grows
  const auto r = loadgen::run_blocking(o, [&](int) {
    return [] {
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
      return true;
    };
  });
  EXPECT_GT(r.latency_ns.max(), 150'000'000u);
}
