// What the benchmark measured, and what it says about it.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/bench/loadgen/loadgen.h"

namespace bench {

// The bounds of clause 1.13, at 16 and 64 clients; memory in MiB.
struct Bounds {
  double throughput = 0.45;
  double p99 = 2.0;
  double idle_mib = 40;
};

// All rounds of one side at one number of clients. Figures are medians over the rounds.
struct Measured {
  std::vector<loadgen::Result> rounds;
  double per_second() const;
  double p50_us() const;
  double p99_us() const;
  double cpu_us() const;
  double written() const;
  double other_cpus() const;
};

struct Report {
  std::map<int, Measured> ideal;   // by number of clients
  std::map<int, Measured> alcove;
  double alcove_idle_mib = 0;
  double alcove_loaded_mib = 0;

  double throughput_ratio(int clients) const;
  double p99_ratio(int clients) const;
  // What falls short of the bounds, one sentence each; empty when nothing does.
  std::vector<std::string> shortfalls(const Bounds& bounds) const;
  std::string table() const;
  // One line.
  std::string json(const Bounds& bounds) const;
};

}  // namespace bench
