#include "server/storage/codec_clocks.h"

#include "server/storage/codec_approvals.h"
#include "server/storage/codec_fields.h"

namespace alcove::storage {

void ToRow(const clocks::SeenTime& record, v1::SeenTimeRow* row) {
  row->set_seen(record.seen.time_since_epoch().count());
  if (!record.freeze) return;
  v1::FreezeRow* freeze = row->mutable_freeze();
  freeze->set_from(record.freeze->from.number());
  freeze->set_to(record.freeze->to.number());
  freeze->set_ahead(record.freeze->ahead.count());
  freeze->set_ran(static_cast<std::uint32_t>(record.freeze->ran.count()));
  freeze->set_since(record.freeze->since.number());
}

bool FromRow(const v1::SeenTimeRow& row, clocks::SeenTime* record) {
  FieldReader fields;
  record->seen = base::Instant(std::chrono::seconds(row.seen()));
  if (row.has_freeze()) {
    clocks::Freeze& freeze = record->freeze.emplace();
    fields.Read(row.freeze().from(), &freeze.from);
    fields.Read(row.freeze().to(), &freeze.to);
    fields.Require(freeze.from <= freeze.to);
    freeze.ahead = std::chrono::seconds(row.freeze().ahead());
    freeze.ran = std::chrono::seconds(row.freeze().ran());
    fields.Read(row.freeze().since() == 0 ? row.freeze().to() : row.freeze().since(), &freeze.since);
    fields.Require(freeze.from <= freeze.since && freeze.since <= freeze.to);
  }
  return fields.ok();
}

void ToRow(const approvals::ClockApproval& record, v1::ClockApprovalRow* row) {
  ToRow(record.approval, row->mutable_approval());
  row->set_from(record.leap.from.number());
  row->set_to(record.leap.to.number());
}

bool FromRow(const v1::ClockApprovalRow& row, approvals::ClockApproval* record) {
  FieldReader fields;
  fields.Read(row.from(), &record->leap.from);
  fields.Read(row.to(), &record->leap.to);
  fields.Require(FromRow(row.approval(), &record->approval) && record->approval.case_id.IsZero());
  return fields.ok();
}

void ToRow(const mail::Queue& record, v1::MailQueueRow* row) {
  row->set_day(record.day.number());
  for (const mail::AddressHash& address : record.owed) Write(address, row->add_owed());
  if (record.trying) Write(*record.trying, row->mutable_trying());
}

bool FromRow(const v1::MailQueueRow& row, mail::Queue* record) {
  FieldReader fields;
  fields.Read(row.day(), &record->day);
  fields.Require(static_cast<std::size_t>(row.owed_size()) <= mail::kMostAddresses);
  for (const std::string& address : row.owed()) fields.Read(address, &record->owed.emplace_back());
  if (!row.trying().empty()) fields.Read(row.trying(), &record->trying.emplace());
  return fields.ok();
}

}  // namespace alcove::storage
