// A server in this process, reached by a channel without sockets, and calls that show how they ended.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "crypto/encoding.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"

namespace alcove::rpc {

class Wire {
 public:
  // The services outlive the wire.
  explicit Wire(const std::vector<grpc::Service*>& services) {
    grpc::ServerBuilder builder;
    for (grpc::Service* service : services) builder.RegisterService(service);
    server_ = builder.BuildAndStart();
    channel_ = server_->InProcessChannel({});
  }
  ~Wire() {
    channel_.reset();
    server_->Shutdown();
    server_->Wait();
  }

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }

 private:
  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

inline void Prepare(grpc::ClientContext& context, const std::string& token = {}) {
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(20));
  if (!token.empty()) context.AddMetadata("authorization", "Bearer " + crypto::Base64UrlEncode(token));
}

// "NOTHING_HERE", "OK", or the code's number where there is no reason.
inline std::string Ended(const grpc::Status& status) {
  if (status.ok()) return "OK";
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (!details.ParseFromString(status.error_details()) || details.details_size() != 1 ||
      !details.details(0).UnpackTo(&info)) {
    return std::to_string(status.error_code());
  }
  constexpr std::string_view kPrefix = "ERROR_REASON_";
  return info.reason().starts_with(kPrefix) ? info.reason().substr(kPrefix.size()) : info.reason();
}

}  // namespace alcove::rpc
