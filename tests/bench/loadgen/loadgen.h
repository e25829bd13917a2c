// A small, transport-agnostic load generator.
//
// Closed loop: `concurrency` logical clients each keep exactly one operation
// outstanding and issue the next as soon as the previous one completes.
//   run_blocking()  one OS thread per client; the operation is `bool op()`.
//   run_async()     no threads of its own; the operation is `void op(done)`;
//                   it calls done(ok) exactly once, later, from any thread
//                   (not from inside op itself: that would recurse). When
//                   run_async() returns, no thread is inside any op any more,
//                   so whatever the operations use may be destroyed.
// Optional pacing (run_blocking only): with `rate` > 0 the clients together
// start `rate` operations per second on a fixed timetable, and latency counts
// from the *intended* start, so a stalled server is charged for the queue it
// causes (no coordinated omission).
//
// Only operations that complete inside the measured window are counted.
#pragma once

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/loadgen/cpu.h"
#include "tests/bench/loadgen/histogram.h"

namespace loadgen {

using Clock = std::chrono::steady_clock;

struct Options {
  int concurrency = 1;
  double warmup_seconds = 0.5;
  double measure_seconds = 3.0;
  double rate = 0;           // operations per second over all clients; 0 = closed loop
  pid_t server_pid = 0;      // when set, the server's CPU time is sampled too
};

struct Result {
  int concurrency = 0;
  double seconds = 0;
  std::uint64_t ok = 0;
  std::uint64_t errors = 0;
  Histogram latency_ns;      // successful operations only
  CpuSeconds client_cpu;
  CpuSeconds server_cpu;
  double server_written = 0;  // bytes towards the disk
  double other_cpus = 0;     // average CPUs used by unrelated processes meanwhile

  double per_second() const { return seconds > 0 ? static_cast<double>(ok) / seconds : 0; }
  double server_us_per_op() const { return ok ? server_cpu.total() * 1e6 / static_cast<double>(ok) : 0; }
  double written_per_op() const { return ok ? server_written / static_cast<double>(ok) : 0; }
  double client_us_per_op() const { return ok ? client_cpu.total() * 1e6 / static_cast<double>(ok) : 0; }

  std::string to_json(const std::string& name) const {
    const auto us = [](std::uint64_t ns) { return static_cast<double>(ns) / 1e3; };
    std::ostringstream o;
    o.precision(6);
    o << "{\"name\":\"" << name << "\",\"concurrency\":" << concurrency << ",\"per_second\":" << per_second()
      << ",\"p50_us\":" << us(latency_ns.value_at(0.50)) << ",\"p90_us\":" << us(latency_ns.value_at(0.90))
      << ",\"p99_us\":" << us(latency_ns.value_at(0.99)) << ",\"p999_us\":" << us(latency_ns.value_at(0.999))
      << ",\"max_us\":" << us(latency_ns.max()) << ",\"mean_us\":" << latency_ns.mean() / 1e3 << ",\"ok\":" << ok
      << ",\"errors\":" << errors << ",\"seconds\":" << seconds << ",\"server_cpu_us\":" << server_us_per_op()
      << ",\"written_bytes\":" << written_per_op() << ",\"client_cpu_us\":" << client_us_per_op() << ",\"other_cpus\":" << other_cpus << "}";
    return o.str();
  }
};

namespace detail {

struct Window {
  Clock::time_point begin;
  Clock::time_point end;
  bool contains(Clock::time_point t) const { return t >= begin && t < end; }
};

struct Tally {
  Histogram latency;
  std::uint64_t ok = 0;
  std::uint64_t errors = 0;
  void note(bool good, Clock::duration d) {
    if (!good) {
      ++errors;
      return;
    }
    ++ok;
    latency.record(static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(d).count()));
  }
};

class Inside {
 public:
  explicit Inside(std::atomic<int>& count) : count_(count) { count_.fetch_add(1, std::memory_order_relaxed); }
  ~Inside() { count_.fetch_sub(1, std::memory_order_release); }
  Inside(const Inside&) = delete;
  Inside& operator=(const Inside&) = delete;

 private:
  std::atomic<int>& count_;
};

inline Clock::duration seconds(double s) { return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(s)); }

inline Window plan(const Options& o) {
  Window w;
  w.begin = Clock::now() + seconds(o.warmup_seconds);
  w.end = w.begin + seconds(o.measure_seconds);
  return w;
}

// Sleeps through the window and samples CPU use at its edges.
inline void observe(const Options& o, const Window& w, Result& r) {
  std::this_thread::sleep_until(w.begin);
  const CpuSeconds client0 = cpu_of(getpid());
  const CpuSeconds server0 = o.server_pid ? cpu_of(o.server_pid) : CpuSeconds{};
  const double written0 = o.server_pid ? written_by(o.server_pid) : 0;
  const MachineCpu machine0 = machine_cpu();
  std::this_thread::sleep_until(w.end);
  r.client_cpu = cpu_of(getpid()) - client0;
  r.server_cpu = o.server_pid ? cpu_of(o.server_pid) - server0 : CpuSeconds{};
  r.server_written = o.server_pid ? written_by(o.server_pid) - written0 : 0;
  const double busy = machine_cpu().busy - machine0.busy;
  r.other_cpus = std::max(0.0, (busy - r.client_cpu.total() - r.server_cpu.total()) / o.measure_seconds);
}

inline Result collect(const Options& o, Result r, const std::vector<std::unique_ptr<Tally>>& tallies) {
  r.concurrency = o.concurrency;
  r.seconds = o.measure_seconds;
  for (const auto& t : tallies) {
    r.ok += t->ok;
    r.errors += t->errors;
    r.latency_ns.merge(t->latency);
  }
  return r;
}

}  // namespace detail

// make_op(client_index) returns that client's own callable, `bool()`.
template <class MakeOp>
Result run_blocking(const Options& options, MakeOp make_op) {
  const int n = std::max(1, options.concurrency);
  std::vector<std::unique_ptr<detail::Tally>> tallies;
  for (int i = 0; i < n; ++i) tallies.push_back(std::make_unique<detail::Tally>());
  const detail::Window window = detail::plan(options);
  const Clock::time_point epoch = Clock::now();

  std::vector<std::thread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      auto op = make_op(i);
      detail::Tally& tally = *tallies[static_cast<std::size_t>(i)];
      for (std::uint64_t k = 0;; ++k) {
        Clock::time_point start = Clock::now();
        if (options.rate > 0) {
          const double offset = (static_cast<double>(k) * n + i) / options.rate;
          start = epoch + detail::seconds(offset);
          std::this_thread::sleep_until(start);
        }
        if (start >= window.end) break;
        const bool good = op();
        const Clock::time_point done = Clock::now();
        if (window.contains(done)) tally.note(good, done - start);
      }
    });
  }
  Result result;
  detail::observe(options, window, result);
  for (auto& t : threads) t.join();
  return detail::collect(options, std::move(result), tallies);
}

// make_op(client_index) returns that client's callable,
// `void(std::function<void(bool ok)> done)`.
template <class MakeOp>
Result run_async(const Options& options, MakeOp make_op) {
  using Op = decltype(make_op(0));
  struct Client {
    Op op;
    detail::Tally tally;
    Clock::time_point started;
    std::function<void()> issue;
  };
  const int n = std::max(1, options.concurrency);
  const detail::Window window = detail::plan(options);
  std::mutex mu;
  std::condition_variable idle;
  int live = n;
  std::atomic<int> inside{0};  // threads currently within some op()

  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < n; ++i) {
    auto client = std::make_unique<Client>(Client{make_op(i), {}, {}, {}});
    Client* c = client.get();
    c->issue = [c, &window, &mu, &idle, &live, &inside] {
      const detail::Inside here(inside);
      c->started = Clock::now();
      c->op([c, &window, &mu, &idle, &live](bool good) {
        const Clock::time_point done = Clock::now();
        if (window.contains(done)) c->tally.note(good, done - c->started);
        if (done < window.end) {
          c->issue();
          return;
        }
        std::lock_guard<std::mutex> lock(mu);
        if (--live == 0) idle.notify_all();
      });
    };
    clients.push_back(std::move(client));
  }
  for (auto& c : clients) c->issue();

  Result result;
  detail::observe(options, window, result);
  {
    std::unique_lock<std::mutex> lock(mu);
    idle.wait(lock, [&] { return live == 0; });
  }
  while (inside.load(std::memory_order_acquire) != 0) std::this_thread::yield();
  std::vector<std::unique_ptr<detail::Tally>> tallies;
  for (auto& c : clients) tallies.push_back(std::make_unique<detail::Tally>(std::move(c->tally)));
  return detail::collect(options, std::move(result), tallies);
}

}  // namespace loadgen
