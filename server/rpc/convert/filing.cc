#include "server/rpc/convert/filing.h"

#include <optional>
#include <utility>

#include "crypto/format/ids.h"
#include "server/rpc/convert/leaves.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

absl::StatusOr<intake::SubmitRequest> ParseSubmit(const v1::SubmitReportRequest& request) {
  const absl::StatusOr<base::MailboxId> mailbox = ParseMailbox(request.mailbox(), "mailbox");
  if (!mailbox.ok()) return mailbox.status();
  const auto encryption_key = ParseFixed<crypto::EncryptionKey>(request.mailbox_encryption_key(), "mailbox_encryption_key");
  if (!encryption_key.ok()) return encryption_key.status();
  const auto verify_key = ParseFixed<crypto::VerifyKey>(request.mailbox_signing_key(), "mailbox_signing_key");
  if (!verify_key.ok()) return verify_key.status();
  absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request.entry());
  if (!entry.ok()) return entry.status();
  intake::SubmitRequest submit{.request_id = request.request_id(),
                               .plan = request.plan(),
                               .mailbox = *mailbox,
                               .mailbox_encryption_key = *encryption_key,
                               .mailbox_verify_key = *verify_key,
                               .entry = *std::move(entry),
                               .identity = std::nullopt,
                               .token = request.token(),
                               .escrow = std::nullopt};
  if (request.has_escrow()) {
    const absl::StatusOr<base::Day> last = ParseDay(request.escrow().last_day(), "escrow.last_day");
    if (!last.ok()) return last.status();
    submit.escrow = intake::EscrowTerms{request.escrow().others(), *last};
  }
  if (request.has_identity()) submit.identity = request.identity().sealed();
  return submit;
}

void Fill(const intake::Filing& filing, v1::SubmitReportResponse* out) {
  out->set_case_(format::CaseName(filing.case_id));
  out->mutable_promise()->set_promise(filing.promise);
  SetLeaf(filing.leaf, out->mutable_leaf());
  for (const clocks::Deadline& deadline : filing.deadlines) SetDeadline(deadline, out->add_deadlines());
}

}  // namespace alcove::rpc
