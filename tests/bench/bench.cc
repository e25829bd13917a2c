// alcove_bench: drives the ideal server and Alcove in turn with the same load and compares them.
//
//   alcove_bench ideal-server --folder DIR   the child process that the benchmark starts itself
//   alcove_bench run ...                     see tests/bench/run.sh, which prepares an organisation and starts alcoved
#include <absl/synchronization/mutex.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/bench/alcove_side.h"
#include "tests/bench/ideal_side.h"
#include "tests/bench/loadgen/loadgen.h"
#include "tests/bench/report.h"
#include "tests/bench/side.h"

namespace {

struct Options {
  std::vector<int> clients{1, 16, 64};
  double warmup = 0.5;
  double seconds = 3;
  int rounds = 3;
  int connections = 4;
  bool json = false;
  bool only_ideal = false;
  std::string folder;
  std::string alcoved;
};

loadgen::Result drive(bench::Side& side, const Options& o, int clients) {
  loadgen::Options run;
  run.concurrency = clients;
  run.warmup_seconds = o.warmup;
  run.measure_seconds = o.seconds;
  run.server_pid = side.server();
  loadgen::Result result = loadgen::run_async(run, [&side](int client) {
    return [&side, client](std::function<void(bool)> done) { side.submit(client, std::move(done)); };
  });
  result.errors += side.no_answers();
  std::fprintf(stderr, "%s\n", result.to_json(side.name()).c_str());
  return result;
}

// Waits until no server does anything, at most half a minute: what one puts off must not fall into the other's time.
void rest(const std::vector<pid_t>& servers) {
  const auto busy = [&servers] {
    double seconds = 0;
    for (const pid_t server : servers) seconds += loadgen::cpu_of(server).total();
    return seconds;
  };
  for (int i = 0; i < 100; ++i) {
    const double before = busy();
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    if (busy() - before < 0.015) return;
  }
}

// How many submissions a run can use up. The product cannot outrun the ideal; with many clients it does not come near. The
// ideal's best round counts: this one may have been disturbed.
std::size_t enough(const bench::Measured& ideal, const Options& o) {
  double best = 0;
  for (const loadgen::Result& round : ideal.rounds) best = std::max(best, round.per_second());
  const double share = ideal.rounds.front().concurrency < 8 ? 1.2 : 0.9;
  return static_cast<std::size_t>(std::ceil(best * share * (o.warmup + o.seconds + 0.2))) + 100;
}

int run(const Options& o) {
  const bench::Bounds bounds;
  bench::Report report;
  const std::unique_ptr<bench::Side> ideal =
      bench::start_ideal(std::filesystem::read_symlink("/proc/self/exe").string(), o.folder);
  if (!ideal) {
    std::fprintf(stderr, "the ideal server does not start\n");
    return 1;
  }
  const std::unique_ptr<bench::AlcoveSide> alcove = o.only_ideal ? nullptr : bench::open_alcove({o.alcoved, o.folder});
  if (alcove) report.alcove_idle_mib = alcove->idle_mib();
  std::vector<pid_t> servers{ideal->server()};
  if (alcove) servers.push_back(alcove->server());
  for (int round = 0; round < o.rounds; ++round) {
    for (const int clients : o.clients) {
      if (!ideal->connect(std::min(o.connections, clients))) return 1;
      rest(servers);
      report.ideal[clients].rounds.push_back(drive(*ideal, o, clients));
      if (!alcove) continue;
      if (!alcove->prepare(enough(report.ideal[clients], o))) return 1;
      if (!alcove->connect(std::min(o.connections, clients))) return 1;
      rest(servers);
      report.alcove[clients].rounds.push_back(drive(*alcove, o, clients));
    }
  }
  std::printf("%s", report.table().c_str());
  if (o.only_ideal) return 0;
  report.alcove_loaded_mib = loadgen::resident_mib(alcove->server());
  std::printf("memory of alcoved: %.1f MiB idle, %.1f MiB after the load\n", report.alcove_idle_mib,
              report.alcove_loaded_mib);
  std::printf("%s\nwork_price = 0: no puzzle was asked or solved\n", alcove->reporter_cost().c_str());
  const std::vector<std::string> shortfalls = report.shortfalls(bounds);
  for (const std::string& shortfall : shortfalls) std::printf("SHORT: %s\n", shortfall.c_str());
  if (o.json) std::printf("%s\n", report.json(bounds).c_str());
  return shortfalls.empty() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Options o;
  CLI::App app{"Alcove against the least that a durable submit can be"};
  app.require_subcommand(1);
  auto* server = app.add_subcommand("ideal-server", "the ideal server; stops when standard input ends");
  server->add_option("--folder", o.folder)->required();
  auto* load = app.add_subcommand("run", "drives both servers in turn");
  load->add_option("--folder", o.folder, "for the ideal server's store; on a real disk")->required();
  load->add_option("--clients", o.clients)->delimiter(',');
  load->add_option("--warmup", o.warmup);
  load->add_option("--seconds", o.seconds);
  load->add_option("--rounds", o.rounds)->check(CLI::PositiveNumber);
  load->add_option("--connections", o.connections)->check(CLI::PositiveNumber);
  load->add_flag("--json", o.json);
  load->add_flag("--only-ideal", o.only_ideal);
  load->add_option("--alcoved", o.alcoved, "the program to measure");
  CLI11_PARSE(app, argc, argv);
  return *server ? bench::serve_ideal(o.folder) : run(o);
}
