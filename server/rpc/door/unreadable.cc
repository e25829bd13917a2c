#include "server/rpc/door/unreadable.h"

#include <string_view>

#include "server/core/base/errors.h"
#include "server/rpc/door/status.h"

namespace alcove::rpc {
namespace {

using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::ServerRpcInfo;

class Naming final : public grpc::experimental::Interceptor {
 public:
  void Intercept(grpc::experimental::InterceptorBatchMethods* methods) override {
    // No handler of ours says UNIMPLEMENTED.
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_STATUS) &&
        methods->GetSendStatus().error_code() == grpc::StatusCode::UNIMPLEMENTED)
      methods->ModifySendStatus(ToGrpc(base::FieldInvalid("request")));
    methods->Proceed();
  }
};

// Parses by itself (rpc/intake): the one method that is called often enough for an interceptor's price to matter.
constexpr std::string_view kParsesItself = "/alcove.v1.IntakeService/SubmitReport";

class NamingFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* call) override {
    const std::string_view method = call->method();
    const bool parsed = call->type() == ServerRpcInfo::Type::UNARY || call->type() == ServerRpcInfo::Type::SERVER_STREAMING;
    const bool ours = parsed && method.starts_with("/alcove.") && method != kParsesItself;
    return ours ? new Naming : nullptr;
  }
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NamesUnreadableRequests() {
  return std::make_unique<NamingFactory>();
}

}  // namespace alcove::rpc
