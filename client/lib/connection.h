// The line to one organisation's server.
//
// A client starts from the organisation file: it names the address, the TLS roots where the system's are not meant,
// and the root keys that sign everything a client believes. TLS is always on; there is no switch to turn it off.
// Every call has a deadline. Nothing that names the client is sent: no user agent of ours, no locale, no host name.
//
// Threads: a Connection may be used by one thread at a time. The caller owns it, and it outlives its sessions' calls.
#pragma once

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include <grpcpp/grpcpp.h>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/v1/admin_service.grpc.pb.h"
#include "alcove/v1/approval_service.grpc.pb.h"
#include "alcove/v1/blob_service.grpc.pb.h"
#include "alcove/v1/case_service.grpc.pb.h"
#include "alcove/v1/hr_service.grpc.pb.h"
#include "alcove/v1/intake_service.grpc.pb.h"
#include "alcove/v1/ledger_service.grpc.pb.h"
#include "alcove/v1/mailbox_service.grpc.pb.h"
#include "alcove/v1/protection_service.grpc.pb.h"
#include "alcove/v1/session_service.grpc.pb.h"
#include "client/lib/errors.h"
#include "crypto/format/organisation.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::client {

// A bearer token, kept in memory only.
struct Session {
  crypto::SecretText authorization;  // The header's value: `Bearer <base64url>`.
  std::chrono::steady_clock::time_point expires;
};

class Connection {
 public:
  // Checks nothing over the wire yet. kOrganisationFileInvalid when the address is not host:port.
  static absl::StatusOr<std::unique_ptr<Connection>> Open(const format::OrganisationFile& organisation,
                                                          std::chrono::seconds call_timeout);

  // For tests and for callers that made their own channel.
  Connection(format::OrganisationFile organisation, std::shared_ptr<grpc::Channel> channel,
             std::chrono::seconds call_timeout);

  const format::OrganisationFile& organisation() const { return organisation_; }

  // One unary call: `Call(&v1::IntakeService::Stub::GetIntake, request)`, with a session where the method needs one.
  // A call without a session carries none, so that a stranger's call is a stranger's. What no server takes is not sent:
  // kMessageTooLarge.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> Call(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                const Request& request, const Session* session = nullptr) {
    ALCOVE_CLIENT_TRY(CheckMessageSize(request.ByteSizeLong()));
    grpc::ClientContext context;
    Prepare(context, session);
    Response response;
    const grpc::Status status = (StubOf<Stub>().*method)(&context, request, &response);
    if (!status.ok()) return FromGrpc(status);
    return response;
  }

  // As Call, but repeats the same bytes (create calls carry a request_id, so a repeat is the same act) while the
  // server is out of reach or contended: at most `tries`, with growing pauses.
  template <class Stub, class Request, class Response>
  absl::StatusOr<Response> CallAgain(grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                     const Request& request, const Session* session = nullptr, int tries = 5) {
    for (int attempt = 1;; ++attempt) {
      auto answer = Call(method, request, session);
      if (answer.ok() || attempt >= tries || !WorthRepeating(answer.status())) return answer;
      Pause(attempt);
    }
  }

  // One stream of answers, handed to `take(const Response&) -> absl::Status` one by one. OK when `patience` is over, else why the
  // server ended it; what `take` refuses ends it too and is the answer. Patience is of the steady clock, in a thread of its own: gRPC's
  // deadlines are of the wall clock, which somebody may set while a stream goes on for hours.
  template <class Stub, class Request, class Response, class Take>
  absl::Status Watch(std::unique_ptr<grpc::ClientReader<Response>> (Stub::*method)(grpc::ClientContext*, const Request&),
                     const Request& request, const Session& session, std::chrono::seconds patience, const Take& take) {
    grpc::ClientContext context;
    Prepare(context, &session);
    context.set_deadline(std::chrono::system_clock::time_point::max());
    std::atomic<bool> ended{false}, left{false};
    std::thread leaving([&] {
      const auto end = std::chrono::steady_clock::now() + patience;
      while (!ended && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(20));
      if (ended) return;
      left = true;
      context.TryCancel();
    });
    const std::unique_ptr<grpc::ClientReader<Response>> reader = (StubOf<Stub>().*method)(&context, request);
    Response response;
    absl::Status taken;
    while (taken.ok() && reader->Read(&response)) taken = take(response);
    if (!taken.ok()) context.TryCancel();
    const grpc::Status status = reader->Finish();
    ended = true;
    leaving.join();
    if (!taken.ok()) return taken;
    return left ? absl::OkStatus() : FromGrpc(status);
  }

 private:
  template <class Stub>
  Stub& StubOf();
  void Prepare(grpc::ClientContext& context, const Session* session) const;
  static bool WorthRepeating(const absl::Status& status);
  static void Pause(int attempt);

  format::OrganisationFile organisation_;
  std::shared_ptr<grpc::Channel> channel_;
  std::chrono::seconds call_timeout_;
  std::unique_ptr<v1::SessionService::Stub> session_;
  std::unique_ptr<v1::LedgerService::Stub> ledger_;
  std::unique_ptr<v1::BlobService::Stub> blob_;
  std::unique_ptr<v1::IntakeService::Stub> intake_;
  std::unique_ptr<v1::MailboxService::Stub> mailbox_;
  std::unique_ptr<v1::CaseService::Stub> case_;
  std::unique_ptr<v1::ApprovalService::Stub> approval_;
  std::unique_ptr<v1::AdminService::Stub> admin_;
  std::unique_ptr<v1::HrService::Stub> hr_;
  std::unique_ptr<v1::ProtectionService::Stub> protection_;
};

template <>
inline v1::SessionService::Stub& Connection::StubOf() { return *session_; }
template <>
inline v1::LedgerService::Stub& Connection::StubOf() { return *ledger_; }
template <>
inline v1::BlobService::Stub& Connection::StubOf() { return *blob_; }
template <>
inline v1::IntakeService::Stub& Connection::StubOf() { return *intake_; }
template <>
inline v1::MailboxService::Stub& Connection::StubOf() { return *mailbox_; }
template <>
inline v1::CaseService::Stub& Connection::StubOf() { return *case_; }
template <>
inline v1::ApprovalService::Stub& Connection::StubOf() { return *approval_; }
template <>
inline v1::AdminService::Stub& Connection::StubOf() { return *admin_; }
template <>
inline v1::HrService::Stub& Connection::StubOf() { return *hr_; }
template <>
inline v1::ProtectionService::Stub& Connection::StubOf() { return *protection_; }

// A UUIDv4 for a request_id.
std::string DrawRequestId(crypto::Random& random);

}  // namespace alcove::client
