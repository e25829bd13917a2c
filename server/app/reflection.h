// grpc.reflection.v1alpha.ServerReflection for the listeners that are configured for it. Debian's library of it cannot be
// used: linking it switches reflection on for every server of the process.
#pragma once

#include <string>
#include <vector>

#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"

namespace alcove::app {

class Reflection final : public grpc::reflection::v1alpha::ServerReflection::CallbackService {
 public:
  // Lists `services` and answers for every file that is linked into the program.
  explicit Reflection(std::vector<std::string> services) : services_(std::move(services)) {}

  grpc::ServerBidiReactor<grpc::reflection::v1alpha::ServerReflectionRequest,
                          grpc::reflection::v1alpha::ServerReflectionResponse>*
  ServerReflectionInfo(grpc::CallbackServerContext* context) override;

  // The answer to one request.
  grpc::reflection::v1alpha::ServerReflectionResponse Answer(
      const grpc::reflection::v1alpha::ServerReflectionRequest& request) const;

 private:
  const std::vector<std::string> services_;
};

}  // namespace alcove::app
