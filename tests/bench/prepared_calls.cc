#include "tests/bench/prepared_calls.h"

#include <grpcpp/impl/codegen/client_callback.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace bench {

PreparedCalls::PreparedCalls(const char* method, Use use, Holds holds)
    : method_(method), use_(use), holds_(std::move(holds)) {}

void PreparedCalls::Add(const std::string& request) {
  const grpc::Slice slice(request);
  const std::lock_guard lock(adding_);
  requests_.emplace_back(&slice, 1);
}

std::size_t PreparedCalls::Left() {
  if (use_ == Use::kOnce)
    requests_.erase(requests_.begin(), requests_.begin() + static_cast<std::ptrdiff_t>(next_.exchange(0)));
  return requests_.size();
}

bool PreparedCalls::Connect(std::vector<std::shared_ptr<grpc::Channel>> channels) {
  lines_.clear();
  for (std::shared_ptr<grpc::Channel>& channel : channels) {
    if (!channel->WaitForConnected(std::chrono::system_clock::now() + std::chrono::seconds(10))) return false;
    // Known to the channel by its number, as to a generated stub.
    grpc::internal::RpcMethod method(method_, nullptr, grpc::internal::RpcMethod::NORMAL_RPC, channel);
    lines_.push_back({std::move(channel), method});
  }
  return true;
}

void PreparedCalls::Submit(int client, std::function<void(bool)> done) {
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer answer;
  };
  std::size_t position = next_.fetch_add(1, std::memory_order_relaxed);
  if (use_ == Use::kInTurn && !requests_.empty()) position %= requests_.size();
  if (position >= requests_.size()) {
    std::fprintf(stderr, "%s: too few requests were prepared before the clock started\n", method_);
    std::_Exit(2);
  }
  auto call = std::make_shared<Call>();
  Call* raw = call.get();
  const Line& line = lines_[static_cast<std::size_t>(client) % lines_.size()];
  grpc::internal::CallbackUnaryCall<grpc::ByteBuffer, grpc::ByteBuffer>(
      line.channel.get(), line.method, &raw->context, &requests_[position], &raw->answer,
      [this, call = std::move(call), done = std::move(done)](const grpc::Status& status) mutable {
        if (status.ok()) {
          Keep(call->answer);
        } else if (!complained_.exchange(true)) {
          std::fprintf(stderr, "%s: %s\n", method_, status.error_message().c_str());
        }
        call.reset();
        done(status.ok());
      });
}

void PreparedCalls::Keep(const grpc::ByteBuffer& answer) {
  std::vector<grpc::Slice> slices;
  (void)answer.Dump(&slices);
  std::string bytes;
  bytes.reserve(answer.Length());
  for (const grpc::Slice& slice : slices) bytes.append(reinterpret_cast<const char*>(slice.begin()), slice.size());
  const std::lock_guard lock(answering_);
  answers_.push_back(std::move(bytes));
}

std::size_t PreparedCalls::NoAnswers() {
  const auto none =
      std::count_if(answers_.begin(), answers_.end(), [this](const std::string& answer) { return !holds_(answer); });
  answers_.clear();
  return static_cast<std::size_t>(none);
}

}  // namespace bench
