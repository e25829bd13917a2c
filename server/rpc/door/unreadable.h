// What a caller hears whose bytes are no message. gRPC's generated code parses before the door is asked, and answers
// UNIMPLEMENTED without a word; the contract promises a reason for every refusal: FIELD_INVALID, field `request`.
#pragma once

#include <grpcpp/support/server_interceptor.h>

#include <memory>

namespace alcove::rpc {

// For a server's builder. Watches the methods of the contract, streams too, and of those only the statuses that gRPC itself made.
// SubmitReport is not watched: its handler takes bytes and says the same by itself.
std::unique_ptr<grpc::experimental::ServerInterceptorFactoryInterface> NamesUnreadableRequests();

}  // namespace alcove::rpc
