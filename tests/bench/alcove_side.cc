#include "tests/bench/alcove_side.h"

#include <grpcpp/grpcpp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "crypto/receipt.h"
#include "tests/bench/loadgen/cpu.h"
#include "tests/bench/prepared_calls.h"
#include "tests/support/filing.h"
#include "tests/support/must.h"
#include "tests/support/server_process.h"
#include "tests/support/world.h"

namespace bench {
namespace {

using alcove::support::Fail;
using alcove::support::Filing;
using alcove::support::Must;
using alcove::support::Reporter;
using alcove::support::ServerProcess;
using alcove::support::World;

constexpr int kPreparers = 2;
constexpr char kMethod[] = "/alcove.v1.IntakeService/SubmitReport";
constexpr std::size_t kNarrative = 3900;  // the padded body of an envelope is then the smallest class, 4 KiB

bool HoldsPromise(const std::string& answer) {
  alcove::v1::SubmitReportResponse response;
  return response.ParseFromString(answer) && !response.promise().promise().empty();
}

World::Options WorldOf(const AlcoveOptions& options) {
  World::Options world;
  world.folder = options.folder + "/alcove";
  world.alcoved = options.alcoved;
  world.port = alcove::support::FreePort();
  return world;
}

class Alcove final : public AlcoveSide {
 public:
  explicit Alcove(const AlcoveOptions& options)
      : world_(World::Make(WorldOf(options))),
        server_(world_.serve_command(), {}, world_.options().folder + "/alcoved.log") {
    const std::string log = world_.options().folder + "/alcoved.log";
    if (!server_.Start(world_.options().port)) Fail("alcoved does not start", log);
    world_.Publish();
    if (server_.Terminate() != 0) Fail("alcoved does not drain", log);
    if (!server_.Start(world_.options().port)) Fail("alcoved does not start again", log);
    std::this_thread::sleep_for(std::chrono::seconds(2));
    idle_mib_ = loadgen::resident_mib(server_.pid());
  }

  std::string name() const override { return "alcove"; }
  pid_t server() const override { return server_.pid(); }
  double idle_mib() const override { return idle_mib_; }

  bool prepare(std::size_t count) override {
    const std::size_t left = calls_.Left();
    if (left >= count) return true;
    const std::size_t missing = count - left;
    std::atomic<std::size_t> taken{0};
    std::atomic<bool> good{true};
    const auto begin = std::chrono::steady_clock::now();
    const loadgen::CpuSeconds cpu = loadgen::cpu_of(getpid());
    std::vector<std::thread> threads;
    for (int i = 0; i < kPreparers; ++i) {
      threads.emplace_back([&] {
        Reporter reporter(world_, world_.Connect());
        const std::string narrative(kNarrative, 'x');
        while (good && taken.fetch_add(1) < missing) {
          auto filing = reporter.Prepare(narrative);
          if (!filing.ok()) {
            std::fprintf(stderr, "prepare: %s\n", filing.status().ToString().c_str());
            good = false;
            return;
          }
          calls_.Add(filing->request.SerializeAsString());
        }
      });
    }
    for (std::thread& thread : threads) thread.join();
    prepared_count_ += missing;
    prepare_cpu_ += (loadgen::cpu_of(getpid()) - cpu).total();
    prepare_seconds_ += std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    return good;
  }

  bool connect(int connections) override {
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < connections; ++i) channels.push_back(world_.Connect());
    return calls_.Connect(std::move(channels));
  }

  void submit(int client, std::function<void(bool)> done) override { calls_.Submit(client, std::move(done)); }
  std::size_t no_answers() override { return calls_.NoAnswers(); }

  std::string reporter_cost() const override {
    auto& random = alcove::crypto::SystemRandom();
    constexpr int kDerivations = 5;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kDerivations; ++i) {
      Must("receipt",
           alcove::crypto::DeriveMailboxKeys(alcove::crypto::Receipt::Draw(random), world_.organisation().id.view()));
    }
    const double argon2 =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / kDerivations;
    const double count = prepared_count_ > 0 ? static_cast<double>(prepared_count_) : 1;
    char line[256];
    std::snprintf(line, sizeof line,
                  "before the clock, a report: Argon2id %.0f ms; plan and seal %.2f ms of the reporter's CPU (%zu "
                  "reports, %.1f s)",
                  argon2 * 1e3, prepare_cpu_ / count * 1e3, prepared_count_, prepare_seconds_);
    return line;
  }

 private:
  const World world_;
  ServerProcess server_;
  double idle_mib_ = 0;
  PreparedCalls calls_{kMethod, PreparedCalls::Use::kOnce, HoldsPromise};  // a report can be filed once
  std::size_t prepared_count_ = 0;
  double prepare_cpu_ = 0;
  double prepare_seconds_ = 0;
};

}  // namespace

std::unique_ptr<AlcoveSide> open_alcove(const AlcoveOptions& options) { return std::make_unique<Alcove>(options); }

}  // namespace bench
