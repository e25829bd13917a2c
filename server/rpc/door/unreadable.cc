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

class NamingFactory final : public grpc::experimental::ServerInterceptorFactoryInterface {
 public:
  grpc::experimental::Interceptor* CreateServerInterceptor(ServerRpcInfo* call) override {
    const bool ours = call->type() == ServerRpcInfo::Type::UNARY && std::string_view(call->method()).starts_with("/alcove.");
    return ours ? new Naming : nullptr;
  }
};

}  // namespace

std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NamesUnreadableRequests() {
  return std::make_unique<NamingFactory>();
}

}  // namespace alcove::rpc
