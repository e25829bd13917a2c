#include "server/rpc/ledger/ledger.h"

#include "server/core/ledger/proofs.h"
#include "server/core/people/publish.h"
#include "server/rpc/ledger/convert.h"

namespace alcove::rpc {

grpc::ServerUnaryReactor* LedgerHandler::GetDirectory(grpc::CallbackServerContext* context,
                                                      const v1::GetDirectoryRequest* request,
                                                      v1::GetDirectoryResponse* response) {
  return door_.Read(context, request, [&](const Caller&) -> absl::Status {
    if (absl::Status s = budgets_.Spend(intake::Call::kRead); !s.ok()) return s;
    const people::OrganisationPtr organisation = core_.organisation.Get();
    absl::StatusOr<crypto::Bytes> note = people::GetDirectoryNote(core_.rows, *organisation, request->version());
    if (!note.ok()) return note.status();
    response->set_note(*std::move(note));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerHandler::GetCheckpoint(grpc::CallbackServerContext* context,
                                                       const v1::GetCheckpointRequest* request,
                                                       v1::GetCheckpointResponse* response) {
  return door_.Read(context, request, [&](const Caller&) -> absl::Status {
    if (absl::Status s = budgets_.Spend(intake::Call::kRead); !s.ok()) return s;
    absl::StatusOr<ledger::CheckpointAnswer> answer = ledger::GetCheckpoint(core_.rows);
    if (!answer.ok()) return answer.status();
    response->set_note(std::move(answer->note));
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerHandler::GetInclusionProof(grpc::CallbackServerContext* context,
                                                           const v1::GetInclusionProofRequest* request,
                                                           v1::GetInclusionProofResponse* response) {
  return door_.Read(context, request, [&](const Caller&) -> absl::Status {
    if (absl::Status s = budgets_.Spend(intake::Call::kRead); !s.ok()) return s;
    const auto answer = ledger::GetInclusionProof(core_.rows, request->leaf_hash(), request->size());
    if (!answer.ok()) return answer.status();
    Fill(*answer, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerHandler::GetConsistencyProof(grpc::CallbackServerContext* context,
                                                             const v1::GetConsistencyProofRequest* request,
                                                             v1::GetConsistencyProofResponse* response) {
  return door_.Read(context, request, [&](const Caller&) -> absl::Status {
    if (absl::Status s = budgets_.Spend(intake::Call::kRead); !s.ok()) return s;
    const auto answer = ledger::GetConsistencyProof(core_.rows, request->from_size(), request->to_size());
    if (!answer.ok()) return answer.status();
    Fill(*answer, response);
    return absl::OkStatus();
  });
}

grpc::ServerUnaryReactor* LedgerHandler::ListLeafHashes(grpc::CallbackServerContext* context,
                                                        const v1::ListLeafHashesRequest* request,
                                                        v1::ListLeafHashesResponse* response) {
  return door_.Decide<ledger::LeafHashPage>(
      context, request,
      [this, request](const Caller& caller) {
        return ledger::ListLeafHashes(core_.rows, core_.organisation.Get()->id(), caller.staff, request->from_index(),
                                      request->page_size(), request->page_token(), core_.clock.Now(), core_.random);
      },
      [response](const ledger::LeafHashPage& page) { Fill(page, response); });
}

}  // namespace alcove::rpc
