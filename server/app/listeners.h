// The gRPC servers: one for each listener, with the services it was configured to serve and nothing else.
#pragma once

#include <absl/status/statusor.h>
#include <grpcpp/grpcpp.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <vector>

#include "server/app/config.h"

namespace alcove::app {

// Makes a fresh handler of one service. gRPC ties a service to one server, so each listener has its own.
using MakeHandler = std::function<std::unique_ptr<grpc::Service>()>;

// Received messages are capped here, before anything of them is parsed: 256 KiB.
inline constexpr int kMaxReceivedBytes = 256 * 1024;

// Limits, arguments and health service that every server of ours has; `builder` has its port already.
void ConfigureServer(grpc::ServerBuilder& builder);

class Listeners {
 public:
  // Opens every listener, or none: ListenerFailed names the address, FileUnreadable the certificate or key. `serving` is
  // what health reports, and outlives the listeners.
  static absl::StatusOr<std::unique_ptr<Listeners>> Open(const std::vector<Listener>& listeners,
                                                         const std::map<Service, MakeHandler>& handlers,
                                                         const std::atomic<bool>& serving);
  ~Listeners();

  // Takes no new calls, lets those under way finish for at most `patience`, then cancels them. Returns when all are over.
  void Drain(std::chrono::milliseconds patience);

 private:
  Listeners() = default;

  struct Bound {
    std::vector<std::unique_ptr<grpc::Service>> services;  // outlive the server
    std::unique_ptr<grpc::Server> server;
  };
  std::vector<Bound> bound_;
};

}  // namespace alcove::app
