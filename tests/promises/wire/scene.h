// A real alcoved with one organisation, reporters and staff on the bare contract, and the two views of its disk: what a
// thief sees, and what whoever also holds the server's keys can decode.
#pragma once

#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "alcove/v1/blob_service.grpc.pb.h"
#include "alcove/v1/case_service.grpc.pb.h"
#include "alcove/v1/intake_service.grpc.pb.h"
#include "alcove/v1/mailbox_service.grpc.pb.h"
#include "alcove/v1/session_service.grpc.pb.h"
#include "crypto/format/leaf.h"
#include "server/core/base/tables.h"
#include "server/storage/keys.h"
#include "server/storage/records.h"
#include "tests/support/filing.h"
#include "tests/support/server_process.h"
#include "tests/support/sign_in.h"
#include "tests/support/world.h"

namespace alcove::promises {

// All that a caller hears of a refusal, the response aside.
struct Heard {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string details;
  std::multimap<std::string, std::string> trailers;
  std::string reason;  // of ErrorInfo, without its prefix; OK for an answer, a gRPC code's number where there is no ErrorInfo

  // Byte for byte.
  friend bool operator==(const Heard&, const Heard&) = default;
};
std::ostream& operator<<(std::ostream& out, const Heard& heard);

Heard Listen(const grpc::Status& status, const grpc::ClientContext& context);

template <class Stub, class Request, class Response>
Heard Ask(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
          const Request& request, const std::string& authorization = {}, Response* response = nullptr) {
  grpc::ClientContext context;
  support::SetDeadline(context);
  context.set_deadline(std::chrono::system_clock::now() + std::chrono::seconds(30));
  if (!authorization.empty()) context.AddMetadata("authorization", authorization);
  Response dropped;
  const grpc::Status status = (stub.*method)(&context, request, response == nullptr ? &dropped : response);
  return Listen(status, context);
}

// Everything below these folders and files, name by name.
std::map<std::string, std::string> FilesUnder(const std::vector<std::string>& roots);
// The names of the files that hold `needle`, in any of the ways it is usually written: as it is, base64, hex.
std::vector<std::string> Holding(const std::map<std::string, std::string>& files, std::string_view needle);

// The rows of a store that nobody writes to, decoded with the server's keys.
class Decoded {
 public:
  static std::unique_ptr<Decoded> Open(const std::string& data, const storage::ServerKeys& keys);
  const base::Reader& rows() const { return *records_; }
  // The record of every row of a table as storage writes it, before it is sealed.
  std::vector<std::string> Contents(base::Table table) const;
  // Every leaf that can be opened: those of no case, of cases, and of their history.
  std::vector<format::Leaf> Leaves() const;

 private:
  std::unique_ptr<storage::RowStore> store_;
  std::unique_ptr<storage::Vault> vault_;
  storage::Derived derived_;
  std::unique_ptr<base::EventSink> events_;
  std::unique_ptr<storage::Records> records_;
};

class Scene : public testing::Test {
 protected:
  explicit Scene(int work_price = 0);
  ~Scene() override;

  // Starts the server; the first time the organisation is published too.
  void Start();
  void Kill();
  std::string Log() const;

  const support::World& world() const { return *world_; }
  support::World& stage() { return *world_; }  // to publish what changes
  std::string folder() const { return folder_; }
  std::string data() const { return world_->options().data; }
  storage::ServerKeys Keys() const;
  std::unique_ptr<Decoded> Decode() const { return Decoded::Open(data(), Keys()); }
  // Rows of each table that a call can write to, the ledger's own left out: cuts come by themselves.
  std::map<base::Table, std::uint64_t> Rows() const;

  std::string SignedIn(const std::string& slug) const;
  std::string SignedIn(const support::Filing& filing) const;

  // Files; fails the test when that is refused.
  struct Filed {
    support::Filing filing;
    v1::SubmitReportResponse answer;
    std::string name() const { return answer.case_(); }
  };
  std::optional<Filed> File(const support::Draft& draft) const;
  // An entry of a mailbox or of staff that follows `previous`, under the epoch and with the key given.
  crypto::Bytes Message(const support::Filing& filing, const crypto::SigningKey& author, std::string_view text,
                        std::uint32_t sequence, const crypto::Digest& previous,
                        format::EntryKind kind = format::EntryKind::kMessage) const;

  void Connect();
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::SessionService::Stub> sessions_;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::unique_ptr<v1::MailboxService::Stub> mailbox_;
  std::unique_ptr<v1::CaseService::Stub> cases_;
  std::unique_ptr<v1::BlobService::Stub> blobs_;
  std::optional<support::ServerProcess> server_;

 private:
  std::string folder_;
  std::optional<support::World> world_;
  bool published_ = false;
};

}  // namespace alcove::promises
