#include "server/app/listeners.h"

#include <utility>

#include "server/app/errors.h"
#include "server/app/health.h"
#include "server/app/keys.h"
#include "server/app/reflection.h"
#include "server/rpc/door/unreadable.h"

namespace alcove::app {
namespace {

constexpr std::size_t kMaxPemBytes = 64 * 1024;

std::string ContractName(Service service) {
  switch (service) {
    case Service::kSession: return "alcove.v1.SessionService";
    case Service::kLedger: return "alcove.v1.LedgerService";
    case Service::kBlob: return "alcove.v1.BlobService";
    case Service::kIntake: return "alcove.v1.IntakeService";
    case Service::kMailbox: return "alcove.v1.MailboxService";
    case Service::kCase: return "alcove.v1.CaseService";
    case Service::kApproval: return "alcove.v1.ApprovalService";
    case Service::kAdmin: return "alcove.v1.AdminService";
    case Service::kHr: return "alcove.v1.HrService";
    case Service::kProtection: return "alcove.v1.ProtectionService";
  }
  return {};
}

absl::StatusOr<std::shared_ptr<grpc::ServerCredentials>> Credentials(const Listener& listener) {
  absl::StatusOr<std::string> certificate = ReadFile(listener.certificate, kMaxPemBytes);
  if (!certificate.ok()) return certificate.status();
  if (absl::Status s = CheckPrivateFile(listener.private_key); !s.ok()) return s;
  absl::StatusOr<std::string> key = ReadFile(listener.private_key, kMaxPemBytes);
  if (!key.ok()) return key.status();
  // The handshake proves that the caller holds the certificate's key. No authority is asked: the signed directory says whose
  // certificate it is, and whoever it does not name is nobody.
  grpc::SslServerCredentialsOptions options(listener.client_certificates
                                                ? GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_BUT_DONT_VERIFY
                                                : GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE);
  options.pem_key_cert_pairs.push_back({*std::move(key), *std::move(certificate)});
  std::shared_ptr<grpc::ServerCredentials> credentials = grpc::SslServerCredentials(options);
  for (auto& pair : options.pem_key_cert_pairs) crypto::Wipe(pair.private_key);
  return credentials;
}

}  // namespace

void ConfigureServer(grpc::ServerBuilder& builder) {
  builder.SetMaxReceiveMessageSize(kMaxReceivedBytes);
  builder.SetMaxSendMessageSize(1024 * 1024);
  std::vector<std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface>> interceptors;
  interceptors.push_back(rpc::NamesUnreadableRequests());
  builder.experimental().SetInterceptorCreators(std::move(interceptors));
  // One process, one listener a port: a second one would take half of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, 4096);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 256);
  // Counts and traces of every call, which nobody can ask for here.
  builder.AddChannelArgument(GRPC_ARG_ENABLE_CHANNELZ, 0);
  // A connection that nobody uses, or that was kept open for a very long time, costs memory and a descriptor.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 60 * 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 30 * 1000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 60 * 1000);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MAX_PING_STRIKES, 2);
}

absl::StatusOr<std::unique_ptr<Listeners>> Listeners::Open(const std::vector<Listener>& listeners,
                                                           const std::map<Service, MakeHandler>& handlers,
                                                           const std::atomic<bool>& serving) {
  std::unique_ptr<Listeners> opened(new Listeners);
  for (const Listener& listener : listeners) {
    const auto credentials = Credentials(listener);
    if (!credentials.ok()) return credentials.status();
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(listener.address, *credentials, &port);
    ConfigureServer(builder);
    Bound bound;
    bound.services.push_back(std::make_unique<Health>(serving));
    for (const Service service : listener.services) bound.services.push_back(handlers.at(service)());
    if (listener.reflection) {
      std::vector<std::string> names;
      for (const Service service : listener.services) names.push_back(ContractName(service));
      names.push_back("grpc.health.v1.Health");
      bound.services.push_back(std::make_unique<Reflection>(std::move(names)));
    }
    for (const std::unique_ptr<grpc::Service>& service : bound.services) builder.RegisterService(service.get());
    bound.server = builder.BuildAndStart();
    if (!bound.server || port == 0) return ListenerFailed(listener.address);
    opened->bound_.push_back(std::move(bound));
  }
  return opened;
}

Listeners::~Listeners() { Drain(std::chrono::milliseconds(0)); }

void Listeners::Drain(std::chrono::milliseconds patience) {
  const auto deadline = std::chrono::system_clock::now() + patience;
  for (Bound& bound : bound_) bound.server->Shutdown(deadline);
  for (Bound& bound : bound_) bound.server->Wait();
  bound_.clear();
}

}  // namespace alcove::app
