// Calls of one unary method whose requests were serialised before the clock started. Both sides of the benchmark send
// through it, so that what a call costs its client, on processors that it shares with the server, differs by the bytes
// of request and answer alone. Answers are kept, and looked at when the run is over.
#pragma once

#include <grpcpp/grpcpp.h>
#include <grpcpp/impl/codegen/rpc_method.h>

#include <atomic>
#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace bench {

class PreparedCalls {
 public:
  // Whether an answer, serialised, is one.
  using Holds = std::function<bool(const std::string&)>;
  // Whether a request that was sent may be sent again, once all others were.
  enum class Use { kOnce, kInTurn };

  // `method` is "/package.Service/Method" and outlives the calls.
  PreparedCalls(const char* method, Use use, Holds holds);

  // Any thread.
  void Add(const std::string& request);
  // Forgets those of kOnce that were sent; how many are left. Not while calls are under way.
  std::size_t Left();

  // The lines of the run that follows. False when one does not stand within ten seconds.
  bool Connect(std::vector<std::shared_ptr<grpc::Channel>> channels);

  // Calls `done` once, from one of gRPC's threads. Ends the program when no request is left.
  void Submit(int client, std::function<void(bool)> done);

  // Of the answers since the last time this was asked, how many are none. Not while calls are under way.
  std::size_t NoAnswers();

 private:
  struct Line {
    std::shared_ptr<grpc::Channel> channel;
    grpc::internal::RpcMethod method;
  };

  void Keep(const grpc::ByteBuffer& answer);

  const char* const method_;
  const Use use_;
  const Holds holds_;
  std::mutex adding_;
  std::vector<grpc::ByteBuffer> requests_;
  std::mutex answering_;
  std::vector<std::string> answers_;
  std::atomic<std::size_t> next_{0};
  std::atomic<bool> complained_{false};
  std::vector<Line> lines_;
};

}  // namespace bench
