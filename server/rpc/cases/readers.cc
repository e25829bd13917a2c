// The calls about who reads a case.
#include <string>
#include <variant>
#include <vector>

#include "server/core/guard/own_keys.h"
#include "server/core/guard/team.h"
#include "server/rpc/cases/cases.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

template <class A>
using Decided = absl::StatusOr<base::Outcome<A>>;

}  // namespace

grpc::ServerUnaryReactor* CaseHandler::RecuseFromCase(grpc::CallbackServerContext* context,
                                                      const v1::RecuseFromCaseRequest* request,
                                                      v1::RecuseFromCaseResponse*) {
  return door_.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> Decided<std::monostate> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const Moment now(core_);
        return guard::RecuseFromCase(now.ports(), caller.staff, *id, request->request_id());
      },
      [](const std::monostate&) {});
}

grpc::ServerUnaryReactor* CaseHandler::LinkCases(grpc::CallbackServerContext* context,
                                                 const v1::LinkCasesRequest* request, v1::LinkCasesResponse* response) {
  return door_.Decide<std::string>(
      context, request,
      [this, request](const Caller& caller) -> Decided<std::string> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const absl::StatusOr<base::CaseId> other = ParseCase(request->other(), "other");
        if (!other.ok()) return other.status();
        const Moment now(core_);
        return guard::LinkCases(now.ports(), caller.staff, *id, request->etag(), request->request_id(), *other);
      },
      [response](const std::string& etag) { response->set_etag(etag); });
}

grpc::ServerUnaryReactor* CaseHandler::CorrectSubjects(grpc::CallbackServerContext* context,
                                                       const v1::CorrectSubjectsRequest* request,
                                                       v1::CorrectSubjectsResponse* response) {
  return door_.Decide<guard::Corrected>(
      context, request,
      [this, request](const Caller& caller) -> Decided<guard::Corrected> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const std::vector<crypto::BytesView> subjects(request->subjects().begin(), request->subjects().end());
        const Moment now(core_);
        return guard::CorrectSubjects(now.ports(), caller.staff, *id, request->etag(), request->request_id(), subjects);
      },
      [response](const guard::Corrected& corrected) {
        response->set_etag(corrected.etag);
        response->mutable_unknown_subjects()->Assign(corrected.unknown.begin(), corrected.unknown.end());
      });
}

grpc::ServerUnaryReactor* CaseHandler::ReportBadGrant(grpc::CallbackServerContext* context,
                                                      const v1::CaseServiceReportBadGrantRequest* request,
                                                      v1::CaseServiceReportBadGrantResponse*) {
  return door_.Decide<std::monostate>(
      context, request,
      [this, request](const Caller& caller) -> Decided<std::monostate> {
        const absl::StatusOr<base::CaseId> id = ParseCase(request->name(), "name");
        if (!id.ok()) return id.status();
        const absl::StatusOr<format::Keyring> keyring = ParseKeyring(request->keyring(), "keyring");
        if (!keyring.ok()) return keyring.status();
        const Moment now(core_);
        return guard::ReportBadGrant(now.ports(), caller.staff, *id, request->request_id(),
                                     {*keyring, request->epoch()});
      },
      [](const std::monostate&) {});
}

grpc::ServerUnaryReactor* CaseHandler::GetOwnKeys(grpc::CallbackServerContext* context,
                                                  const v1::GetOwnKeysRequest* request,
                                                  v1::GetOwnKeysResponse* response) {
  return door_.Read(context, request, [this, request, response](const Caller& caller) -> absl::Status {
    if (static_cast<std::size_t>(request->retired_size()) > guard::kMostRetired) return base::FieldInvalid("retired");
    std::vector<crypto::KeyId> retired;
    for (const std::string& bytes : request->retired()) {
      const absl::StatusOr<crypto::KeyId> key = ParseFixed<crypto::KeyId>(bytes, "retired");
      if (!key.ok()) return key.status();
      retired.push_back(*key);
    }
    const Moment now(core_);
    const auto look = core_.key_use == nullptr ? nullptr : core_.key_use->Get();
    const absl::StatusOr<guard::OwnKeys> own = guard::OwnKeysOf(now.ports(), look.get(), caller.staff, retired);
    if (!own.ok()) return own.status();
    for (const guard::OwnKey& key : own->keys) {
      v1::OwnKey* line = response->add_keys();
      line->set_key_id(key.key.str());
      line->set_listed(key.listed);
      line->set_needed(key.needed);
    }
    if (own->as_of) SetDay(*own->as_of, response->mutable_as_of());
    return absl::OkStatus();
  });
}

}  // namespace alcove::rpc
