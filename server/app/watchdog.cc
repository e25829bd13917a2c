#include "server/app/watchdog.h"

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/tls_credentials_options.h>

#include <map>
#include <utility>

#include "grpc/health/v1/health.grpc.pb.h"

namespace alcove::app {
namespace {

// The certificate is our own and may be for any name: the question is whether somebody answers, not who.
std::shared_ptr<grpc::ChannelCredentials> AnyCertificate() {
  grpc::experimental::TlsChannelCredentialsOptions options;
  options.set_verify_server_certs(false);
  options.set_check_call_host(false);
  return grpc::experimental::TlsCredentials(options);
}

// Where to reach a listener that listens everywhere.
std::string Reachable(const std::string& address) {
  if (address.starts_with("0.0.0.0:")) return "127.0.0.1:" + address.substr(8);
  if (address.starts_with("[::]:")) return "[::1]:" + address.substr(5);
  return address;
}

}  // namespace

Watchdog::Watchdog(std::vector<std::string> addresses, const Terms& terms, std::function<void()> alive,
                   std::function<void(const std::string&)> dead)
    : addresses_(std::move(addresses)),
      terms_(terms),
      alive_(std::move(alive)),
      dead_(std::move(dead)),
      thread_([this] { Run(); }) {}

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stop_changed_.notify_all();
  thread_.join();
}

void Watchdog::Run() {
  std::map<std::string, int> failures;
  for (;;) {
    bool all = true;
    for (const std::string& address : addresses_) {
      const bool answers = Answers(address);
      {
        const std::lock_guard lock(mutex_);
        if (stop_) return;
      }
      int& count = failures[address];
      count = answers ? 0 : count + 1;
      all = all && answers;
      if (count >= terms_.most_failures) {
        dead_(address);
        return;
      }
    }
    if (all) alive_();
    std::unique_lock lock(mutex_);
    if (stop_changed_.wait_for(lock, terms_.interval, [this] { return stop_; })) return;
  }
}

bool Watchdog::Answers(const std::string& address) const {
  grpc::ChannelArguments arguments;
  // A connection of its own each time: an old one would answer although the listener is gone.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateCustomChannel(Reachable(address), AnyCertificate(), arguments);
  const auto stub = grpc::health::v1::Health::NewStub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + terms_.patience);
  grpc::health::v1::HealthCheckResponse response;
  return stub->Check(&context, {}, &response).ok();
}

}  // namespace alcove::app
