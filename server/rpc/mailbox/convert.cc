#include "server/rpc/mailbox/convert.h"

#include <optional>
#include <utility>

#include "crypto/format/ids.h"
#include "server/rpc/convert/filing.h"
#include "server/rpc/convert/leaves.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {

void Fill(const cases::MailboxView& view, v1::GetMailboxResponse* out) {
  out->set_case_(format::CaseName(view.case_id));
  out->set_state(ToProto(view.state));
  SetDay(view.filed, out->mutable_filed());
  for (const clocks::Deadline& deadline : view.deadlines) SetDeadline(deadline, out->add_deadlines());
  for (const cases::EpochView& epoch : view.epochs) SetEpoch(epoch, out->add_epochs());
  for (const cases::ReleasedGrant& grant : view.grants) SetGrant(grant, out->add_grants());
  for (const cases::ReaderView& reader : view.readers) SetReader(reader, out->add_readers());
  out->set_etag(view.etag);
  out->set_thread_head(view.thread_head.str());
  out->set_thread_length(view.thread_length);
  out->set_leaf_head(view.leaf_head.str());
  out->set_leaf_count(view.leaf_count);
  out->set_withdrawn(view.withdrawn);
  out->set_assignee(StaffName(view.assignee));
  out->set_claimed(view.claimed);
  for (const clocks::CheckInTime& time : view.check_ins) {
    v1::CheckIn* check_in = out->add_check_ins();
    check_in->set_since(static_cast<v1::CheckInSince>(time.which.since));
    check_in->set_days(time.which.days);
    SetDay(time.due, check_in->mutable_due());
    check_in->set_answered(time.answered);
    check_in->set_open(time.open);
  }
  for (const crypto::VerifyKey& key : view.former_keys) out->add_former_signing_keys(key.str());
  for (const cases::Hold& hold : view.holds) SetHold(hold, out->add_holds());
  if (view.kept_until) SetDay(*view.kept_until, out->mutable_kept_until());
  out->set_unread(view.unread);
  if (view.escrow) SetEscrow(*view.escrow, out->mutable_escrow());
}

absl::Status FillGone(const base::Reader& rows, const cases::GoneView& gone, v1::CaseGone* out) {
  if (gone.cause.kind) out->set_cause(static_cast<v1::ApprovalKind>(*gone.cause.kind));
  if (!gone.cause.approval.IsZero()) out->set_approval(format::ApprovalName(gone.cause.approval));
  SetDay(gone.cause.day, out->mutable_decided());
  out->set_escrow_over(gone.cause.escrow_over);
  if (!gone.leaf) return absl::OkStatus();
  absl::StatusOr<ProvenLeaves> proven = Prove(rows, {*gone.leaf});
  if (!proven.ok()) return proven.status();
  *out->mutable_leaf() = std::move(proven->leaves.front());
  out->set_checkpoint(std::move(proven->checkpoint));
  out->set_promise(gone.promise);
  return absl::OkStatus();
}

absl::StatusOr<intake::CheckInRequest> ParseCheckIn(const v1::AnswerCheckInRequest& request) {
  if (request.since() != v1::CHECK_IN_SINCE_FILING && request.since() != v1::CHECK_IN_SINCE_CLOSING)
    return base::FieldInvalid("since");
  if (request.days() == 0 || request.days() > 0xffff) return base::FieldInvalid("days");
  absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request.entry());
  if (!entry.ok()) return entry.status();
  intake::CheckInRequest check_in{
      .request_id = request.request_id(),
      .which = {static_cast<clocks::Since>(request.since()), static_cast<std::uint16_t>(request.days())},
      .entry = *std::move(entry),
      .retaliation = std::nullopt};
  if (request.has_retaliation()) {
    absl::StatusOr<intake::SubmitRequest> retaliation = ParseSubmit(request.retaliation());
    if (!retaliation.ok()) return retaliation.status();
    check_in.retaliation = *std::move(retaliation);
  }
  return check_in;
}

absl::StatusOr<cases::Rotation> ParseRotation(const v1::RotateReceiptRequest& request) {
  const absl::StatusOr<base::MailboxId> mailbox = ParseMailbox(request.mailbox(), "mailbox");
  if (!mailbox.ok()) return mailbox.status();
  const auto encryption_key = ParseFixed<crypto::EncryptionKey>(request.mailbox_encryption_key(), "mailbox_encryption_key");
  if (!encryption_key.ok()) return encryption_key.status();
  const auto verify_key = ParseFixed<crypto::VerifyKey>(request.mailbox_signing_key(), "mailbox_signing_key");
  if (!verify_key.ok()) return verify_key.status();
  absl::StatusOr<cases::NewEntry> entry = ParseNewEntry(request.entry());
  if (!entry.ok()) return entry.status();
  return cases::Rotation{request.request_id(), *mailbox, *encryption_key, *verify_key, *std::move(entry)};
}

}  // namespace alcove::rpc
