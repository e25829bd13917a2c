// The rule of every method: who may call it. Read once at start from the `access` option in the contract's descriptors,
// so that the contract is the one place where a rule stands, and a method that lacks one keeps the server from starting.
//
// A method is found by the type of its request: the contract gives every method a request message of its own (Buf
// STANDARD), so a handler cannot name the wrong rule. Reading refuses a contract where that does not hold.
#pragma once

#include <absl/status/statusor.h>
#include <google/protobuf/descriptor.h>

#include <string>
#include <unordered_map>
#include <vector>

#include "alcove/v1/access.pb.h"

namespace alcove::rpc {

struct MethodRule {
  std::string path;  // "/alcove.v1.CaseService/OpenCase"
  v1::Access access;
  int number = 0;  // dense from 0, in the order of the contract; what counters are indexed by

  bool Admits(v1::Caller caller) const;
  // A service account that holds these scopes may call: the rule names services, and no scope or one of these.
  bool AdmitsService(const std::vector<std::string_view>& scopes) const;
  // Only CALLER_ANYONE: calls of this method are by strangers and leave hourly totals alone.
  bool anonymous() const;
};

// Immutable after Read; any thread.
class AccessTable {
 public:
  // INTERNAL, naming the method, when an option is missing, names no caller, an unspecified caller or relation, mixes
  // CALLER_ANYONE with callers that sign in, has a scope without CALLER_SERVICE, streams from the client, or to anybody but
  // service accounts, or shares its request type with another method.
  static absl::StatusOr<AccessTable> Read(const std::vector<const google::protobuf::ServiceDescriptor*>& services);

  // The services of the contract, as linked into this program.
  static std::vector<const google::protobuf::ServiceDescriptor*> Contract();

  // Null for a message that is no method's request.
  const MethodRule* Find(const google::protobuf::Descriptor* request) const;

  const std::vector<MethodRule>& rules() const { return rules_; }

 private:
  std::vector<MethodRule> rules_;
  std::unordered_map<const google::protobuf::Descriptor*, std::size_t> by_request_;
};

}  // namespace alcove::rpc
