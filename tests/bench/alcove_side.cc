#include "tests/bench/alcove_side.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/proto_utils.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "crypto/receipt.h"
#include "tests/bench/loadgen/cpu.h"
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

// A request as it goes on the wire, made before the clock starts: what is measured is the server's work, and the load
// generator shares its processors.
grpc::ByteBuffer Serialized(const alcove::v1::SubmitReportRequest& request) {
  const grpc::Slice slice(request.SerializeAsString());
  return {&slice, 1};
}

bool HoldsPromise(grpc::ByteBuffer& reply) {
  alcove::v1::SubmitReportResponse response;
  return grpc::SerializationTraits<alcove::v1::SubmitReportResponse>::Deserialize(&reply, &response).ok() &&
         !response.promise().promise().empty();
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
    prepared_.erase(prepared_.begin(), prepared_.begin() + static_cast<std::ptrdiff_t>(next_.exchange(0)));
    const std::size_t left = prepared_.size();
    if (left >= count) return true;
    const std::size_t missing = count - left;
    std::atomic<std::size_t> taken{0};
    std::atomic<bool> good{true};
    std::mutex mutex;
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
          const std::lock_guard lock(mutex);
          prepared_.push_back(Serialized(filing->request));
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
    stubs_.clear();
    for (int i = 0; i < connections; ++i) {
      auto channel = world_.Connect();
      if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) return false;
      stubs_.push_back(std::make_unique<grpc::GenericStub>(channel));
    }
    return true;
  }

  void submit(int client, std::function<void(bool)> done) override {
    struct Call {
      grpc::ClientContext context;
      grpc::ByteBuffer reply;
    };
    const std::size_t position = next_.fetch_add(1);
    if (position >= prepared_.size()) Fail("benchmark", "too few reports were sealed before the clock started");
    auto call = std::make_shared<Call>();
    Call* raw = call.get();
    stubs_[static_cast<std::size_t>(client) % stubs_.size()]->UnaryCall(
        &raw->context, kMethod, grpc::StubOptions(), &prepared_[position], &raw->reply,
        [this, call = std::move(call), done = std::move(done)](const grpc::Status& status) mutable {
          const bool ok = status.ok() && HoldsPromise(call->reply);
          if (!ok && !complained_.exchange(true)) std::fprintf(stderr, "submit: %s\n", status.error_message().c_str());
          call.reset();
          done(ok);
        });
  }

  std::string reporter_cost() const override {
    auto& random = alcove::crypto::SystemRandom();
    constexpr int kDerivations = 5;
    const auto begin = std::chrono::steady_clock::now();
    for (int i = 0; i < kDerivations; ++i) {
      Must("receipt", alcove::crypto::DeriveMailboxKeys(alcove::crypto::Receipt::Draw(random),
                                                        world_.organisation().id.view()));
    }
    const double argon2 = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count() / kDerivations;
    const double count = prepared_count_ > 0 ? static_cast<double>(prepared_count_) : 1;
    char line[256];
    std::snprintf(line, sizeof line,
                  "before the clock, a report: Argon2id %.0f ms; plan and seal %.2f ms of the reporter's CPU (%zu reports, %.1f s)",
                  argon2 * 1e3, prepare_cpu_ / count * 1e3, prepared_count_, prepare_seconds_);
    return line;
  }

 private:
  const World world_;
  ServerProcess server_;
  double idle_mib_ = 0;
  std::vector<grpc::ByteBuffer> prepared_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> complained_{false};
  std::size_t prepared_count_ = 0;
  double prepare_cpu_ = 0;
  double prepare_seconds_ = 0;
  std::vector<std::unique_ptr<grpc::GenericStub>> stubs_;
};

}  // namespace

std::unique_ptr<AlcoveSide> open_alcove(const AlcoveOptions& options) { return std::make_unique<Alcove>(options); }

}  // namespace bench
