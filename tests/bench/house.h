// An alcoved with an organisation of its own and so many employees, told of them by a sync as an HR system makes it.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "tests/support/filing.h"
#include "tests/support/must.h"
#include "tests/support/server_process.h"
#include "tests/support/world.h"

namespace bench {

// What employees are known by, from 0.
std::string Number(std::uint32_t index);
std::string Mail(std::uint32_t index);

// Ends the program when the call is refused.
template <class Stub, class Request, class Response>
Response Call(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
              const Request& request, const std::string& authorization) {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(120));
  context.set_wait_for_ready(true);
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
  Response response;
  const grpc::Status status = (stub.*method)(&context, request, &response);
  if (!status.ok()) alcove::support::Fail("call", status.error_message());
  return response;
}

class House {
 public:
  struct Options {
    std::string alcoved;
    std::string folder;  // made
    std::uint32_t employees = 0;
  };
  explicit House(const Options& options);

  alcove::support::World& world() { return world_; }
  const alcove::support::World& world() const { return world_; }
  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  pid_t pid() const { return server_.pid(); }
  double resident_mib() const { return resident_mib_; }
  double after_sync_mib() const { return after_sync_mib_; }
  // From the first call of the sync to the answer of its commit.
  double sync_seconds() const { return sync_seconds_; }
  std::string SignIn(const std::string& slug) const;
  std::string SignIn(const std::string& slug, const alcove::crypto::SigningKey& key) const;
  // A report about somebody at the bottom of the chart, so that the whole chain above them is asked for.
  alcove::support::Filing File();
  // The same, planned and sealed, and not sent.
  alcove::support::Filing Prepare();
  void Submit(const alcove::support::Filing& filing);

 private:
  void Start();
  void Sync();

  const std::uint32_t employees_;
  alcove::support::World world_;
  alcove::support::ServerProcess server_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<alcove::support::Reporter> reporter_;
  double resident_mib_ = 0;
  double after_sync_mib_ = 0;
  double sync_seconds_ = 0;
};

}  // namespace bench
