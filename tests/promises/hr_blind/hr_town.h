// An organisation with an HR system, for the tests of what HR hears: the real door and the real handlers over rows in memory, and
// every byte of every answer.
#pragma once

#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <future>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "client/lib/protection.h"
#include "client/lib/session.h"
#include "tests/house/house.h"
#include "tests/house/stream.h"
#include "tests/server/rpc/wire.h"

namespace alcove::promises {

using world::Slug;

inline constexpr int kEmployees = 12;

inline std::string Number(int employee) { return "emp:E" + std::to_string(employee); }

// All that an HR system hears of one call.
struct Heard {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string details;
  std::multimap<std::string, std::string> headers;
  std::multimap<std::string, std::string> trailers;
  std::string body;

  friend bool operator==(const Heard&, const Heard&) = default;
};

// An organisation whose chart knows E1 to E12, E1 under E1B too; `payroll` may ask, `mirror` is another account, pia is the
// officer.
class Town {
 public:
  Town() {
    world.PublishDirectory([this](format::Directory& next) {
      using enum format::Role;
      world.AddPerson(next, "payroll", {kServiceDirectory, kServiceActions, kServiceMeasures}, {});
      world.AddPerson(next, "mirror", {format::Role::kServiceDirectory}, {});
      std::sort(next.people.begin(), next.people.end(),
                [](const format::Person& a, const format::Person& b) { return a.slug < b.slug; });
    });
    std::vector<world::Employment> people{{.number = "E1", .also = {"E1B"}}};
    for (int i = 2; i <= kEmployees; ++i) people.push_back({.number = "E" + std::to_string(i), .manager = "E1"});
    world.Sync(people);
    house.emplace(world, world.rows, committer);
    connection.emplace(world.file, house->channel(), std::chrono::seconds(20));
    const auto fetched = client::FetchDirectory(*connection, nullptr, world.clock.Today());
    EXPECT_TRUE(fetched.ok()) << fetched.status();
    if (fetched.ok()) directory = *fetched;
  }

  std::vector<crypto::EncryptionKey> Officers() const { return client::OfficerKeys(directory.directory()); }

  client::StaffKeys KeysOf(const std::string& slug) const {
    const world::Machine& machine = world.machines.at(slug)[0];
    return {slug, machine.decryption.Clone(), machine.signing.Clone()};
  }
  client::Session SignedIn(const std::string& slug) {
    auto session = client::SignIn(*connection, directory, format::StaffName(slug), world.machines.at(slug)[0].signing);
    EXPECT_TRUE(session.ok()) << session.status();
    return *std::move(session);
  }
  void AskForProtection(const std::string& identifier) {
    sealed::v1::ProtectionRequest words;
    words.set_name("Somebody");
    words.add_identifiers(identifier);
    const absl::Status asked = client::AskForProtection(*connection, directory, words, world.random);
    EXPECT_TRUE(asked.ok()) << asked;
  }
  std::string Submit(const client::Session& session, const std::vector<std::string>& identifiers) {
    const auto submitted = client::SubmitAction(*connection, session, directory,
                                                {identifiers, "dismissal", world.clock.Today(), "restructuring"}, world.random);
    EXPECT_TRUE(submitted.ok()) << submitted.status();
    return submitted.ok() ? submitted->name : "";
  }

  std::string TokenOf(const std::string& slug) {
    rpc::Principal principal;
    principal.kind = rpc::Principal::Kind::kStaff;
    principal.slug = Slug(slug);
    return *house->sessions().Open(principal, world.machines.at(slug)[0].signing.verify_key());
  }
  // A call by the account, with everything that is drawn in it drawn from `seed`.
  template <class Request>
  Heard Call(const std::string& slug, const char* method, const Request& request, std::uint64_t seed) {
    const std::string token = slug.empty() ? std::string() : TokenOf(slug);
    world.random = world::SeededRandom(seed);
    grpc::ClientContext context;
    rpc::Prepare(context, token);
    grpc::Slice slice(request.SerializeAsString());
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    std::promise<grpc::Status> done;
    grpc::GenericStub stub(house->channel());
    stub.UnaryCall(&context, std::string("/alcove.v1.HrService/") + method, grpc::StubOptions(), &sent, &received,
                   [&](grpc::Status status) { done.set_value(std::move(status)); });
    const grpc::Status status = done.get_future().get();
    Heard heard{status.error_code(), status.error_message(), status.error_details(),
                Copy(context.GetServerInitialMetadata()), Copy(context.GetServerTrailingMetadata()), {}};
    std::vector<grpc::Slice> slices;
    if (status.ok() && received.Dump(&slices).ok())
      for (const grpc::Slice& part : slices) heard.body.append(reinterpret_cast<const char*>(part.begin()), part.size());
    return heard;
  }

  // All that the account is told of after `token`.
  std::vector<std::string> Watch(const std::string& slug, const std::string& token) {
    v1::WatchEventsRequest request;
    request.set_resume_token(token);
    grpc::ClientContext context;
    rpc::Prepare(context, TokenOf(slug));
    context.set_deadline(std::chrono::system_clock::now() + std::chrono::milliseconds(1000));
    return house::ReadStream(house->channel(), context, "/alcove.v1.HrService/WatchEvents", request.SerializeAsString(), SIZE_MAX)
        .answers;
  }

  static std::multimap<std::string, std::string> Copy(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
    std::multimap<std::string, std::string> copy;
    for (const auto& [key, value] : metadata)
      copy.emplace(std::string(key.data(), key.size()), std::string(value.data(), value.size()));
    return copy;
  }

  world::World world;
  house::RowsCommitter committer{world};
  std::optional<house::House> house;
  std::optional<client::Connection> connection;
  client::CheckedDirectory directory;
};

}  // namespace alcove::promises
