// The team's side of a case. Every answer that shows something of a case comes after its leaf is durable; a refusal says
// NOTHING_HERE whatever its cause, and the door puts it into the ledger.
#pragma once

#include "alcove/v1/case_service.grpc.pb.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"

namespace alcove::rpc {

class CaseHandler final : public v1::CaseService::CallbackService {
 public:
  // The door outlives the handler.
  CaseHandler(Door& door, const CorePorts& core) : door_(door), core_(core) {}

  grpc::ServerUnaryReactor* ListCases(grpc::CallbackServerContext* context, const v1::ListCasesRequest* request,
                                      v1::ListCasesResponse* response) override;
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context, const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override;
  grpc::ServerUnaryReactor* OpenCase(grpc::CallbackServerContext* context, const v1::OpenCaseRequest* request,
                                     v1::OpenCaseResponse* response) override;
  grpc::ServerUnaryReactor* ListEntries(grpc::CallbackServerContext* context, const v1::ListEntriesRequest* request,
                                        v1::ListEntriesResponse* response) override;
  grpc::ServerUnaryReactor* AppendEntry(grpc::CallbackServerContext* context, const v1::AppendEntryRequest* request,
                                        v1::AppendEntryResponse* response) override;
  grpc::ServerUnaryReactor* ClaimCase(grpc::CallbackServerContext* context, const v1::ClaimCaseRequest* request,
                                      v1::ClaimCaseResponse* response) override;
  grpc::ServerUnaryReactor* ChangeCaseState(grpc::CallbackServerContext* context,
                                            const v1::ChangeCaseStateRequest* request,
                                            v1::ChangeCaseStateResponse* response) override;
  grpc::ServerUnaryReactor* ListHistory(grpc::CallbackServerContext* context, const v1::ListHistoryRequest* request,
                                        v1::ListHistoryResponse* response) override;
  grpc::ServerUnaryReactor* RecuseFromCase(grpc::CallbackServerContext* context,
                                           const v1::RecuseFromCaseRequest* request,
                                           v1::RecuseFromCaseResponse* response) override;
  grpc::ServerUnaryReactor* LinkCases(grpc::CallbackServerContext* context, const v1::LinkCasesRequest* request,
                                      v1::LinkCasesResponse* response) override;
  grpc::ServerUnaryReactor* CorrectSubjects(grpc::CallbackServerContext* context,
                                            const v1::CorrectSubjectsRequest* request,
                                            v1::CorrectSubjectsResponse* response) override;
  grpc::ServerUnaryReactor* ReportBadGrant(grpc::CallbackServerContext* context,
                                           const v1::CaseServiceReportBadGrantRequest* request,
                                           v1::CaseServiceReportBadGrantResponse* response) override;
  grpc::ServerUnaryReactor* CreateAllegation(grpc::CallbackServerContext* context,
                                             const v1::CreateAllegationRequest* request,
                                             v1::CreateAllegationResponse* response) override;
  grpc::ServerUnaryReactor* SetFinding(grpc::CallbackServerContext* context, const v1::SetFindingRequest* request,
                                       v1::SetFindingResponse* response) override;
  grpc::ServerUnaryReactor* CreateMeasure(grpc::CallbackServerContext* context, const v1::CreateMeasureRequest* request,
                                          v1::CreateMeasureResponse* response) override;
  grpc::ServerUnaryReactor* ChangeMeasureState(grpc::CallbackServerContext* context,
                                               const v1::ChangeMeasureStateRequest* request,
                                               v1::ChangeMeasureStateResponse* response) override;
  grpc::ServerUnaryReactor* ExportCase(grpc::CallbackServerContext* context, const v1::ExportCaseRequest* request,
                                       v1::ExportCaseResponse* response) override;
  grpc::ServerUnaryReactor* GetOwnKeys(grpc::CallbackServerContext* context, const v1::GetOwnKeysRequest* request,
                                       v1::GetOwnKeysResponse* response) override;
  grpc::ServerUnaryReactor* PlaceHold(grpc::CallbackServerContext* context, const v1::PlaceHoldRequest* request,
                                      v1::PlaceHoldResponse* response) override;
  grpc::ServerUnaryReactor* ListTasks(grpc::CallbackServerContext* context, const v1::ListTasksRequest* request,
                                      v1::ListTasksResponse* response) override;

 private:
  Door& door_;
  const CorePorts core_;
};

}  // namespace alcove::rpc
