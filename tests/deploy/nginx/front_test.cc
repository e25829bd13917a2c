// The front as strangers meet it: nginx with the shipped configuration, before a stand-in that writes down what arrives,
// and before a real alcoved.
#include <gtest/gtest.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "alcove/v1/admin_service.grpc.pb.h"
#include "alcove/v1/case_service.grpc.pb.h"
#include "alcove/v1/intake_service.grpc.pb.h"
#include "tests/deploy/nginx/front.h"
#include "tests/support/filing.h"
#include "tests/support/server_process.h"
#include "tests/support/sign_in.h"
#include "tests/support/test_pki.h"
#include "tests/support/world.h"

namespace alcove::front {
namespace {

// A folder of this process's own, gone with it.
class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "alcove-front-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Stands where alcoved would; answers every call with an empty message and remembers its headers.
class StandIn : public grpc::CallbackGenericService {
 public:
  explicit StandIn(const support::TestPki& pki) {
    grpc::SslServerCredentialsOptions tls;
    tls.pem_key_cert_pairs.push_back({pki.server.private_key_pem, pki.server.certificate_pem});
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::SslServerCredentials(tls), &port_);
    builder.RegisterCallbackGenericService(this);
    server_ = builder.BuildAndStart();
  }
  ~StandIn() override { server_->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(1)); }

  grpc::ServerGenericBidiReactor* CreateReactor(grpc::GenericCallbackServerContext* context) override {
    {
      const std::lock_guard lock(mutex_);
      for (const auto& [name, value] : context->client_metadata()) {
        headers_[std::string(name.data(), name.size())] = std::string(value.data(), value.size());
      }
      ++calls_;
    }
    struct Reactor : grpc::ServerGenericBidiReactor {
      explicit Reactor(std::atomic<int>& whole) : messages(whole) { StartRead(&request); }
      void OnReadDone(bool ok) override {
        if (ok) ++messages;
        StartWriteAndFinish(&response, grpc::WriteOptions(), grpc::Status::OK);
      }
      void OnDone() override { delete this; }
      std::atomic<int>& messages;
      grpc::ByteBuffer request;
      grpc::Slice nothing{""};
      grpc::ByteBuffer response{&nothing, 1};
    };
    return new Reactor(messages_);
  }

  int port() const { return port_; }
  int calls() const { return calls_; }
  // Calls whose message arrived whole.
  int messages() const { return messages_; }
  std::map<std::string, std::string> headers() {
    const std::lock_guard lock(mutex_);
    return headers_;
  }

 private:
  int port_ = 0;
  std::mutex mutex_;
  std::map<std::string, std::string> headers_;
  std::atomic<int> calls_{0};
  std::atomic<int> messages_{0};
  std::unique_ptr<grpc::Server> server_;
};

class FrontBeforeAStandIn : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(front_.Start()) << front_.error_text(); }

  grpc::Status GetIntake(const std::shared_ptr<grpc::Channel>& channel,
                         const std::map<std::string, std::string>& headers = {}, std::size_t bytes = 0) {
    v1::GetIntakeRequest request;
    request.set_language(std::string(bytes, 'x'));
    v1::GetIntakeResponse response;
    grpc::ClientContext context;
    support::SetDeadline(context);
    for (const auto& [name, value] : headers) context.AddMetadata(name, value);
    return v1::IntakeService::NewStub(channel)->GetIntake(&context, request, &response);
  }

  // What every file of nginx says, its logs above all.
  std::string EverythingWritten() const {
    std::string all;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_.path() + "/nginx/log")) {
      std::ifstream in(entry.path());
      if (entry.is_regular_file()) all.append(std::istreambuf_iterator<char>(in), {});
    }
    return all + front_.error_text();
  }

  Folder folder_;
  const support::TestPki pki_ = support::make_test_pki();
  StandIn upstream_{pki_};
  Front front_{folder_.path() + "/nginx", upstream_.port(), pki_.ca_pem};
};

TEST_F(FrontBeforeAStandIn, WhatAClientSaysOfItselfEndsHere) {
  const auto status = GetIntake(front_.Connect("127.0.0.1"), {{"x-forwarded-for", "203.0.113.7"},
                                                              {"forwarded", "for=203.0.113.7"},
                                                              {"x-real-ip", "203.0.113.7"},
                                                              {"accept-language", "de-AT"},
                                                              {"cookie", "me=1"},
                                                              {"referer", "intranet"},
                                                              {"traceparent", "00-1"},
                                                              {"authorization", "Bearer x"}});
  ASSERT_TRUE(status.ok()) << status.error_message();
  const auto headers = upstream_.headers();
  for (const char* name : {"x-forwarded-for", "forwarded", "x-real-ip", "accept-language", "cookie", "referer", "origin",
                           "via", "traceparent", "user-agent", "x-forwarded-proto"}) {
    EXPECT_FALSE(headers.contains(name)) << name;
  }
  // The control: what must pass does.
  ASSERT_TRUE(headers.contains("authorization"));
  EXPECT_EQ(headers.at("authorization"), "Bearer x");
  for (const auto& [name, value] : headers) EXPECT_EQ(value.find("203.0.113.7"), std::string::npos) << name;
}

TEST_F(FrontBeforeAStandIn, ServicesOfStaffAreNotReachable) {
  const auto channel = front_.Connect("127.0.0.1");
  grpc::ClientContext one;
  v1::GetCaseResponse case_response;
  EXPECT_EQ(v1::CaseService::NewStub(channel)->GetCase(&one, {}, &case_response).error_code(), grpc::UNIMPLEMENTED);
  grpc::ClientContext two;
  v1::GetServiceStatusResponse status_response;
  EXPECT_EQ(v1::AdminService::NewStub(channel)->GetServiceStatus(&two, {}, &status_response).error_code(),
            grpc::UNIMPLEMENTED);
  EXPECT_EQ(upstream_.calls(), 0);
  EXPECT_TRUE(GetIntake(channel).ok());
  EXPECT_EQ(upstream_.calls(), 1);
}

TEST_F(FrontBeforeAStandIn, AMessageAboveTheLimitDoesNotArrive) {
  const auto channel = front_.Connect("127.0.0.1");
  EXPECT_TRUE(GetIntake(channel, {}, 250 * 1024).ok());
  EXPECT_EQ(upstream_.messages(), 1);
  EXPECT_FALSE(GetIntake(channel, {}, 400 * 1024).ok());
  EXPECT_EQ(upstream_.messages(), 1);
}

TEST_F(FrontBeforeAStandIn, AHeaderAboveTheLimitDoesNotArrive) {
  const auto channel = front_.Connect("127.0.0.1");
  EXPECT_FALSE(GetIntake(channel, {{"x-long", std::string(32 * 1024, 'x')}}).ok());
  EXPECT_EQ(upstream_.calls(), 0);
}

// Bounded: 600 calls from one loopback address, three seconds at most, then it is over.
TEST_F(FrontBeforeAStandIn, AFloodFromOneAddressIsRefusedAndAnotherAddressIsServed) {
  constexpr int kCalls = 600;
  struct Call {
    grpc::ClientContext context;
    v1::GetIntakeRequest request;
    v1::GetIntakeResponse response;
  };
  std::vector<std::shared_ptr<grpc::Channel>> channels;
  for (int i = 0; i < 20; ++i) channels.push_back(front_.Connect("127.0.0.1"));
  std::vector<std::unique_ptr<v1::IntakeService::Stub>> stubs;
  for (const auto& channel : channels) stubs.push_back(v1::IntakeService::NewStub(channel));
  std::mutex mutex;
  std::condition_variable finished;
  int done = 0;
  int refused = 0;
  std::vector<std::unique_ptr<Call>> calls;
  for (int i = 0; i < kCalls; ++i) {
    calls.push_back(std::make_unique<Call>());
    Call* call = calls.back().get();
    call->context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(3));
    stubs[static_cast<std::size_t>(i) % stubs.size()]->async()->GetIntake(
        &call->context, &call->request, &call->response, [&](const grpc::Status& status) {
          const std::lock_guard lock(mutex);
          if (status.error_code() == grpc::RESOURCE_EXHAUSTED) ++refused;
          if (++done == kCalls) finished.notify_one();
        });
  }
  const auto other = front_.Connect("[::1]");
  const auto begin = std::chrono::steady_clock::now();
  const grpc::Status status = GetIntake(other);
  const auto took = std::chrono::steady_clock::now() - begin;
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_LT(took, std::chrono::seconds(2));
  std::unique_lock lock(mutex);
  finished.wait(lock, [&] { return done == kCalls; });
  EXPECT_GT(refused, kCalls / 4);
  EXPECT_LT(upstream_.calls(), kCalls);
}

TEST_F(FrontBeforeAStandIn, NothingThatIsWrittenNamesAClient) {
  const auto channel = front_.Connect("127.0.0.1");
  EXPECT_TRUE(GetIntake(channel).ok());
  // What a log likes to tell: refusals, and a server that went away.
  EXPECT_FALSE(GetIntake(channel, {{"x-long", std::string(32 * 1024, 'x')}}).ok());
  grpc::ClientContext context;
  v1::GetCaseResponse response;
  EXPECT_FALSE(v1::CaseService::NewStub(channel)->GetCase(&context, {}, &response).ok());
  EXPECT_EQ(EverythingWritten().find("127.0.0."), std::string::npos) << EverythingWritten();
}

TEST(FrontBeforeNobody, AServerThatIsAwayIsUnavailableAndNotNamed) {
  Folder folder;
  const auto pki = support::make_test_pki();
  Front front(folder.path() + "/nginx", support::FreePort(), pki.ca_pem);
  ASSERT_TRUE(front.Start()) << front.error_text();
  grpc::ClientContext context;
  v1::GetIntakeResponse response;
  const auto status = v1::IntakeService::NewStub(front.Connect("127.0.0.1"))->GetIntake(&context, {}, &response);
  EXPECT_EQ(status.error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(front.error_text().find("127.0.0."), std::string::npos) << front.error_text();
}

TEST_F(FrontBeforeAStandIn, AServerWithAnotherCertificateGetsNoCall) {
  Folder folder;
  Front suspicious(folder.path() + "/nginx", upstream_.port(), support::make_test_pki().ca_pem);
  ASSERT_TRUE(suspicious.Start()) << suspicious.error_text();
  EXPECT_EQ(GetIntake(suspicious.Connect("127.0.0.1")).error_code(), grpc::UNAVAILABLE);
  EXPECT_EQ(upstream_.calls(), 0);
}

#ifdef ALCOVED
TEST(FrontBeforeAlcoved, AReportIsFiledAndReadThroughIt) {
  Folder folder;
  support::World::Options options;
  options.folder = folder.path() + "/alcove";
  options.alcoved = ALCOVED;
  options.port = support::FreePort();
  const auto world = support::World::Make(options);
  support::ServerProcess server(world.serve_command(), {}, options.folder + "/alcoved.log");
  ASSERT_TRUE(server.Start(options.port));
  world.Publish();

  Front front(folder.path() + "/nginx", options.port, world.tls_root_pem());
  ASSERT_TRUE(front.Start()) << front.error_text();
  support::Reporter reporter(world, front.Connect("127.0.0.1"));
  const auto filing = reporter.Prepare("Through the front.");
  ASSERT_TRUE(filing.ok()) << filing.status();
  const auto answer = reporter.Submit(filing->request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  const auto read = reporter.ReadBack(*filing);
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ(*read, "Through the front.");
  EXPECT_EQ(front.error_text(), "");
}
#endif

}  // namespace
}  // namespace alcove::front
