#include "server/rpc/door/access_table.h"

#include <absl/status/status.h>

#include <algorithm>

#include "alcove/v1/admin_service.pb.h"
#include "alcove/v1/approval_service.pb.h"
#include "alcove/v1/blob_service.pb.h"
#include "alcove/v1/case_service.pb.h"
#include "alcove/v1/hr_service.pb.h"
#include "alcove/v1/intake_service.pb.h"
#include "alcove/v1/ledger_service.pb.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "alcove/v1/protection_service.pb.h"
#include "alcove/v1/session_service.pb.h"

namespace alcove::rpc {
namespace {

bool Names(const v1::Access& access, v1::Caller caller) {
  return std::find(access.callers().begin(), access.callers().end(), caller) != access.callers().end();
}

// What is wrong with a rule; empty when nothing is.
std::string Fault(const google::protobuf::MethodDescriptor& method) {
  if (method.client_streaming()) return "streams from the client";
  if (!method.options().HasExtension(v1::access)) return "has no access option";
  const v1::Access& access = method.options().GetExtension(v1::access);
  if (access.callers().empty()) return "names no caller";
  for (const int caller : access.callers()) {
    if (caller == v1::CALLER_UNSPECIFIED || !v1::Caller_IsValid(caller)) return "names an unknown caller";
  }
  if (access.relation() == v1::RELATION_UNSPECIFIED || !v1::Relation_IsValid(access.relation())) {
    return "names no relation";
  }
  if (Names(access, v1::CALLER_ANYONE) && access.callers_size() > 1) return "mixes strangers with callers who sign in";
  if (Names(access, v1::CALLER_ANYONE) && access.relation() != v1::RELATION_NONE) {
    return "asks a relation of strangers";
  }
  if (!access.scope().empty() && !Names(access, v1::CALLER_SERVICE)) return "has a scope but no service account";
  if (method.server_streaming() && (access.callers_size() != 1 || !Names(access, v1::CALLER_SERVICE)))
    return "streams to somebody who is no service account";
  return "";
}

}  // namespace

bool MethodRule::Admits(v1::Caller caller) const { return Names(access, caller); }

bool MethodRule::AdmitsService(const std::vector<std::string_view>& scopes) const {
  const bool holds = access.scope().empty() ||
                     std::find(scopes.begin(), scopes.end(), std::string_view(access.scope())) != scopes.end();
  return holds && Names(access, v1::CALLER_SERVICE);
}

bool MethodRule::anonymous() const { return Names(access, v1::CALLER_ANYONE); }

absl::StatusOr<AccessTable> AccessTable::Read(
    const std::vector<const google::protobuf::ServiceDescriptor*>& services) {
  AccessTable table;
  for (const google::protobuf::ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i) {
      const google::protobuf::MethodDescriptor& method = *service->method(i);
      if (const std::string fault = Fault(method); !fault.empty()) {
        return absl::InternalError("contract: " + method.full_name() + " " + fault);
      }
      if (!table.by_request_.emplace(method.input_type(), table.rules_.size()).second) {
        return absl::InternalError("contract: " + method.full_name() + " shares its request type");
      }
      table.rules_.push_back({.path = "/" + service->full_name() + "/" + method.name(),
                              .access = method.options().GetExtension(v1::access),
                              .number = static_cast<int>(table.rules_.size())});
    }
  }
  return table;
}

std::vector<const google::protobuf::ServiceDescriptor*> AccessTable::Contract() {
  // One file a service: the request message leads to the file, and the file to its service.
  return {
      v1::CreateSessionRequest::descriptor()->file()->service(0), v1::GetDirectoryRequest::descriptor()->file()->service(0),
      v1::GetBlobRequest::descriptor()->file()->service(0),       v1::GetIntakeRequest::descriptor()->file()->service(0),
      v1::GetMailboxRequest::descriptor()->file()->service(0),    v1::GetCaseRequest::descriptor()->file()->service(0),
      v1::GetApprovalRequest::descriptor()->file()->service(0),   v1::GetPolicyRequest::descriptor()->file()->service(0),
      v1::CreateSyncRequest::descriptor()->file()->service(0),    v1::DecideAdverseActionRequest::descriptor()->file()->service(0),
  };
}

const MethodRule* AccessTable::Find(const google::protobuf::Descriptor* request) const {
  const auto found = by_request_.find(request);
  return found == by_request_.end() ? nullptr : &rules_[found->second];
}

}  // namespace alcove::rpc
