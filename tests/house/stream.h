// Reading a stream of the house as bytes.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace alcove::house {

struct Streamed {
  std::vector<std::string> answers;
  grpc::Status status;  // CANCELLED where it was left, DEADLINE_EXCEEDED where there was nothing more to hear
};

// Reads at most `most` answers, or until the stream or the context's deadline ends; then leaves, and waits until the server must have
// seen that: a house's world is for one thread, and a stream looks at it once in a while.
Streamed ReadStream(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context, const std::string& path,
                    const std::string& request, std::size_t most);

}  // namespace alcove::house
