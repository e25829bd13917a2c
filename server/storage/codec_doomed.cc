#include "server/storage/codec_doomed.h"

#include <tuple>

#include "server/storage/codec_fields.h"

namespace alcove::storage {
namespace {

void ToPart(const cases::Cause& cause, v1::CauseRow* row) {
  row->set_day(cause.day.number());
  row->set_escrow_over(cause.escrow_over);
  if (!cause.kind) return;
  row->set_kind(static_cast<std::uint32_t>(*cause.kind));
  Write(cause.approval, row->mutable_approval());
}

// Retention and an escrow that is over have neither kind nor approval, an approval both.
void FromPart(const v1::CauseRow& row, FieldReader& fields, cases::Cause* cause) {
  fields.Read(row.day(), &cause->day);
  cause->escrow_over = row.escrow_over();
  fields.Require(row.kind() == 0 || !row.escrow_over());
  if (row.kind() == 0) return fields.Require(row.approval().empty());
  fields.Require(row.kind() <= 0xff && format::IsApprovalKind(static_cast<std::uint8_t>(row.kind())));
  cause->kind = static_cast<format::ApprovalKind>(row.kind());
  fields.Read(row.approval(), &cause->approval);
}

}  // namespace

void ToRow(const cases::Doomed& record, v1::DoomedRow* row) {
  Write(record.case_id, row->mutable_case_id());
  if (record.whole) ToPart(*record.whole, row->mutable_whole());
  for (const cases::DoomedEntry& entry : record.entries) {
    v1::DoomedEntryRow* part = row->add_entries();
    part->set_keyring(static_cast<std::uint32_t>(entry.keyring));
    part->set_sequence(entry.sequence);
    ToPart(entry.cause, part->mutable_cause());
  }
}

bool FromRow(const v1::DoomedRow& row, cases::Doomed* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  if (row.has_whole()) FromPart(row.whole(), fields, &record->whole.emplace());
  fields.Require(row.has_whole() || row.entries_size() > 0);
  fields.Require(static_cast<std::size_t>(row.entries_size()) <= cases::kMostDoomedEntries);
  for (const v1::DoomedEntryRow& part : row.entries()) {
    cases::DoomedEntry entry;
    fields.Read(part.keyring(), format::Keyring::kTeam, &entry.keyring);
    entry.sequence = part.sequence();
    FromPart(part.cause(), fields, &entry.cause);
    if (!record->entries.empty()) {
      const cases::DoomedEntry& last = record->entries.back();
      fields.Require(std::tuple(last.keyring, last.sequence) < std::tuple(entry.keyring, entry.sequence));
    }
    record->entries.push_back(entry);
  }
  return fields.ok();
}

void ToRow(const cases::Tombstone& record, v1::TombstoneRow* row) {
  Write(record.case_id, row->mutable_case_id());
  row->set_content(record.content);
  row->set_salt(record.salt);
  row->set_promise(record.promise);
}

bool FromRow(const v1::TombstoneRow& row, cases::Tombstone* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  record->content = row.content();
  record->salt = row.salt();
  record->promise = row.promise();
  return fields.ok();
}

}  // namespace alcove::storage
