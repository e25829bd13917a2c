#include "client/lib/connection.h"

#include <algorithm>
#include <thread>

#include "crypto/encoding.h"

namespace alcove::client {
namespace {

// The certificates of the organisation file as the PEM text that gRPC takes.
std::string PemOf(const std::vector<crypto::Bytes>& certificates) {
  std::string pem;
  for (const crypto::Bytes& der : certificates) {
    const std::string text = crypto::Base64Encode(der);
    pem += "-----BEGIN CERTIFICATE-----\n";
    for (size_t at = 0; at < text.size(); at += 64) pem += text.substr(at, 64) + "\n";
    pem += "-----END CERTIFICATE-----\n";
  }
  return pem;
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Open(const format::OrganisationFile& organisation,
                                                             std::chrono::seconds call_timeout) {
  if (organisation.address.find(':') == std::string::npos) {
    return Refuse(Refusal::kOrganisationFileInvalid, "the organisation file's address is not host:port");
  }
  grpc::SslCredentialsOptions tls;
  if (!organisation.tls_roots.empty()) tls.pem_root_certs = PemOf(organisation.tls_roots);
  grpc::ChannelArguments arguments;
  // The default agent string names library and version; this names neither platform nor person.
  arguments.SetString(GRPC_ARG_PRIMARY_USER_AGENT_STRING, "alcove");
  arguments.SetInt(GRPC_ARG_MAX_RECEIVE_MESSAGE_LENGTH, 1 << 20);
  // A proxy of the environment is the person's choice, but never the way to one's own machine.
  if (organisation.address.starts_with("127.") || organisation.address.starts_with("localhost:") ||
      organisation.address.starts_with("[::1]:")) {
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
  }
  auto channel = grpc::CreateCustomChannel(organisation.address, grpc::SslCredentials(tls), arguments);
  return std::make_unique<Connection>(organisation, std::move(channel), call_timeout);
}

Connection::Connection(format::OrganisationFile organisation, std::shared_ptr<grpc::Channel> channel,
                       std::chrono::seconds call_timeout)
    : organisation_(std::move(organisation)),
      channel_(std::move(channel)),
      call_timeout_(call_timeout),
      session_(v1::SessionService::NewStub(channel_)),
      ledger_(v1::LedgerService::NewStub(channel_)),
      blob_(v1::BlobService::NewStub(channel_)),
      intake_(v1::IntakeService::NewStub(channel_)),
      mailbox_(v1::MailboxService::NewStub(channel_)),
      case_(v1::CaseService::NewStub(channel_)),
      approval_(v1::ApprovalService::NewStub(channel_)),
      admin_(v1::AdminService::NewStub(channel_)),
      hr_(v1::HrService::NewStub(channel_)),
      protection_(v1::ProtectionService::NewStub(channel_)) {}

void Connection::Prepare(grpc::ClientContext& context, const Session* session) const {
  context.set_deadline(std::chrono::system_clock::now() + call_timeout_);
  if (session != nullptr) context.AddMetadata("authorization", std::string(session->authorization.expose()));
}

bool Connection::WorthRepeating(const absl::Status& status) {
  const std::string reason = ReasonOf(status);
  return Is(status, Refusal::kServerUnreachable) || reason == "CONTENDED" || reason == "STOPPING";
}

void Connection::Pause(int attempt) {
  std::this_thread::sleep_for(std::chrono::milliseconds(std::min(100 << attempt, 4000)));
}

std::string DrawRequestId(crypto::Random& random) {
  crypto::Bytes bytes = random.Draw(16);
  bytes[6] = static_cast<char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<char>((bytes[8] & 0x3F) | 0x80);
  std::string text = crypto::HexEncode(bytes);
  for (const size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

}  // namespace alcove::client
