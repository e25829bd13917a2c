#include "server/rpc/cases/convert.h"

#include <chrono>
#include <string>

#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"
#include "server/rpc/convert/shared.h"

namespace alcove::rpc {
namespace {

void Fill(const base::CaseId& id, const cases::AllegationView& view, v1::Allegation* out) {
  out->set_name(format::AllegationName(id, view.id));
  out->set_category(view.category);
  out->set_finding(view.finding);
  out->set_etag(view.etag);
}

void Fill(const base::CaseId& id, const cases::MeasureView& view, v1::Measure* out) {
  out->set_name(format::MeasureName(id, view.id));
  out->set_kind(view.kind);
  if (!view.allegation.IsZero()) out->set_allegation(format::AllegationName(id, view.allegation));
  out->set_owner(StaffName(view.owner));
  SetDay(view.due, out->mutable_due());
  out->set_state(static_cast<v1::MeasureState>(view.state));
  out->set_overdue(view.overdue);
  out->set_etag(view.etag);
  if (view.order.id.IsZero()) return;
  v1::MeasureOrderState* order = out->mutable_order();
  order->set_name(format::MeasureOrderName(view.order.id));
  order->set_state(static_cast<v1::OrderState>(view.order.state));
  if (view.order.visible != base::Day()) SetDay(view.order.visible, order->mutable_available());
  order->set_overdue(view.order.overdue);
  order->set_refusal(view.order.refusal);
  if (view.order.done != base::Day()) SetDay(view.order.done, order->mutable_done());
}

}  // namespace

void Fill(const cases::CaseSummary& summary, v1::Case* out) {
  out->set_name(format::CaseName(summary.id));
  out->set_state(ToProto(summary.state));
  SetFacts(summary.facts, out->mutable_facts());
  out->set_urgency(ToProto(summary.urgency));
  out->set_desk(summary.desk);
  SetDay(summary.filed, out->mutable_filed());
  for (const clocks::Deadline& deadline : summary.deadlines) SetDeadline(deadline, out->add_deadlines());
  out->set_assignee(StaffName(summary.assignee));
  out->set_claimed(summary.claimed);
  out->set_withdrawn(summary.withdrawn);
  out->set_identity_held(summary.identity_held);
  out->set_employment_proof(static_cast<v1::EmploymentProof>(summary.employment_proof));
  for (const cases::Hold& hold : summary.holds) SetHold(hold, out->add_holds());
  out->set_unread(summary.unread);
  if (summary.escrow) SetEscrow(*summary.escrow, out->mutable_escrow());
  out->set_etag(summary.etag);
}

void Fill(const cases::CaseDetail& detail, v1::Case* out) {
  Fill(detail.summary, out);
  for (const cases::EpochView& epoch : detail.epochs) SetEpoch(epoch, out->add_epochs());
  for (const cases::ReaderView& reader : detail.readers) SetReader(reader, out->add_readers());
  out->set_thread_head(detail.heads.thread.str());
  out->set_thread_length(detail.heads.thread_length);
  out->set_team_head(detail.heads.team.str());
  out->set_team_length(detail.heads.team_length);
  out->set_leaf_head(detail.heads.leaf.str());
  out->set_leaf_count(detail.heads.leaf_count);
  out->set_mailbox_encryption_key(detail.mailbox_encryption_key.str());
  out->set_mailbox_signing_key(detail.mailbox_verify_key.str());
  for (const crypto::VerifyKey& key : detail.former_mailbox_keys) out->add_former_mailbox_signing_keys(key.str());
  for (const base::CaseId& other : detail.linked) out->add_linked(format::CaseName(other));
  for (const cases::AllegationView& view : detail.allegations) Fill(detail.summary.id, view, out->add_allegations());
  for (const cases::MeasureView& view : detail.measures) Fill(detail.summary.id, view, out->add_measures());
  if (detail.kept_until) SetDay(*detail.kept_until, out->mutable_kept_until());
}

void Fill(const casework::Task& task, v1::Task* out) {
  out->set_case_(format::CaseName(task.case_id));
  out->set_kind(task.deadline.empty() ? task.measure_kind : task.deadline);
  if (!task.measure.IsZero()) out->set_measure(format::MeasureName(task.case_id, task.measure));
  SetDay(task.due, out->mutable_due());
  out->set_overdue(task.overdue);
  out->set_owner(StaffName(task.owner));
}

absl::StatusOr<cases::MeasureState> ParseMeasureState(v1::MeasureState state) {
  const int number = state;
  if (number < v1::MEASURE_STATE_PLANNED || number > v1::MEASURE_STATE_CANCELLED) return base::FieldInvalid("state");
  return static_cast<cases::MeasureState>(number);
}

void Fill(const v1::LeafOpening& leaf, v1::HistoryEvent* out) {
  *out->mutable_leaf() = leaf;
  out->set_reporter_visible(leaf.number() > 0);
  const absl::StatusOr<format::Leaf> content = format::ParseLeaf(leaf.content());
  if (!content.ok()) return;
  out->set_kind(std::string(format::Name(content->kind)));
  SetDay(content->day, out->mutable_day());
  if (content->time > 0) {
    SetInstant(base::StartOf(content->day) + std::chrono::seconds(content->time - 1), out->mutable_time());
  }
  if (!content->actor.empty()) out->set_actor(format::StaffName(content->actor));
}

}  // namespace alcove::rpc
