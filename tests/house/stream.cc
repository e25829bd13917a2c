#include "tests/house/stream.h"

#include <future>
#include <thread>

#include "server/rpc/door/door.h"

namespace alcove::house {
namespace {

std::string TextOf(const grpc::ByteBuffer& buffer) {
  std::vector<grpc::Slice> slices;
  std::string text;
  if (buffer.Dump(&slices).ok())
    for (const grpc::Slice& part : slices) text.append(reinterpret_cast<const char*>(part.begin()), part.size());
  return text;
}

class Reading final : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Reading(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context, const std::string& path,
          const std::string& request, std::size_t most)
      : context_(context), most_(most), stub_(channel) {
    grpc::Slice slice(request);
    sent_ = grpc::ByteBuffer(&slice, 1);
    stub_.PrepareBidiStreamingCall(&context, path, grpc::StubOptions(), this);
    StartWriteLast(&sent_, grpc::WriteOptions());
    StartRead(&received_);
    StartCall();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    streamed_.answers.push_back(TextOf(received_));
    if (streamed_.answers.size() == most_) context_.TryCancel();
    received_.Clear();
    StartRead(&received_);
  }
  void OnDone(const grpc::Status& status) override {
    streamed_.status = status;
    done_.set_value();
  }
  Streamed Wait() {
    done_.get_future().wait();
    return std::move(streamed_);
  }

 private:
  grpc::ClientContext& context_;
  const std::size_t most_;
  grpc::GenericStub stub_;
  grpc::ByteBuffer sent_, received_;
  Streamed streamed_;
  std::promise<void> done_;
};

}  // namespace

Streamed ReadStream(const std::shared_ptr<grpc::Channel>& channel, grpc::ClientContext& context, const std::string& path,
                    const std::string& request, std::size_t most) {
  Reading reading(channel, context, path, request, most);
  Streamed streamed = reading.Wait();
  // Refused at once: nothing goes on behind it.
  const grpc::StatusCode code = streamed.status.error_code();
  if (code == grpc::StatusCode::CANCELLED || code == grpc::StatusCode::DEADLINE_EXCEEDED)
    std::this_thread::sleep_for(rpc::Door::kTick + std::chrono::milliseconds(300));
  return streamed;
}

}  // namespace alcove::house
