// A real nginx with deploy/nginx/alcove.conf as it is shipped; only ports and file names are put in place.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "tests/support/server_process.h"
#include "tests/support/test_pki.h"

namespace alcove::front {

class Front {
 public:
  // Stands before 127.0.0.1:`upstream_port`, whose certificate `upstream_ca_pem` has signed. Files lie in `folder`.
  Front(std::string folder, int upstream_port, const std::string& upstream_ca_pem);

  // Ends nginx as an operator would: a killed master leaves its workers behind.
  ~Front();
  Front(const Front&) = delete;
  Front& operator=(const Front&) = delete;
  // False when nginx does not start; error_text() says why.
  bool Start();
  std::string error_text() const;

  // A line to `host`: 127.0.0.1 or [::1], which are two callers to nginx.
  std::shared_ptr<grpc::Channel> Connect(const std::string& host) const;
  const std::string& folder() const { return folder_; }
  int port() const { return port_; }

 private:
  const std::string folder_;
  const int port_;
  const support::TestPki pki_;
  support::ServerProcess nginx_;
};

}  // namespace alcove::front
