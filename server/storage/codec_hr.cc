#include "server/storage/codec_hr.h"

#include "server/storage/codec_fields.h"

namespace alcove::storage {
namespace {

void ToPart(const hr::Row& person, v1::SyncPersonRow* row) {
  for (const people::TagHash& tag : person.tags) Write(tag, row->add_tags());
  for (const hr::Row::Naming& naming : person.names) {
    Write(naming.tag, row->add_names());
    row->mutable_kinds()->push_back(static_cast<char>(naming.kind));
  }
  row->set_left(person.left);
}

void FromPart(const v1::SyncPersonRow& row, FieldReader& fields, hr::Row* person) {
  for (const std::string& tag : row.tags()) fields.Read(tag, &person->tags.emplace_back());
  fields.Require(row.kinds().size() == static_cast<std::size_t>(row.names_size()));
  for (int i = 0; fields.ok() && i < row.names_size(); ++i) {
    hr::Row::Naming& naming = person->names.emplace_back();
    fields.Read(row.names(i), &naming.tag);
    fields.Read(static_cast<std::uint8_t>(row.kinds()[static_cast<std::size_t>(i)]), people::EdgeKind::kRelation,
                &naming.kind);
  }
  person->left = row.left();
}

}  // namespace

void ToRow(const hr::Sync& record, v1::SyncRow* row) {
  Write(record.id, row->mutable_id());
  row->set_mode(static_cast<std::uint32_t>(record.mode));
  row->set_by(record.by.text());
  row->set_day(record.day.number());
  row->set_uploads(record.uploads);
}

bool FromRow(const v1::SyncRow& row, hr::Sync* record) {
  FieldReader fields;
  fields.Read(row.id(), &record->id);
  fields.Read(row.mode(), hr::Mode::kDelta, &record->mode);
  fields.Read(row.by(), &record->by);
  fields.Read(row.day(), &record->day);
  record->uploads = row.uploads();
  return fields.ok();
}

void ToRow(const hr::SyncPage& record, v1::SyncPageRow* row) {
  Write(record.sync, row->mutable_sync());
  row->set_page(record.page);
  for (const hr::Row& person : record.rows) ToPart(person, row->add_rows());
}

bool FromRow(const v1::SyncPageRow& row, hr::SyncPage* record) {
  FieldReader fields;
  fields.Read(row.sync(), &record->sync);
  record->page = row.page();
  for (const v1::SyncPersonRow& person : row.rows()) FromPart(person, fields, &record->rows.emplace_back());
  return fields.ok();
}

void ToRow(const hr::AdverseAction& record, v1::AdverseActionRow* row) {
  Write(record.id, row->mutable_id());
  row->set_by(record.by.text());
  Write(record.employee, row->mutable_employee());
  row->set_letter(record.letter);
  row->set_day(record.day.number());
  row->set_comes_up(record.comes_up.number());
  row->set_visible(record.visible.number());
  row->set_repeats(record.repeats);
  row->set_verdict(record.verdict);
  row->set_decided_by(record.decided_by.text());
  row->set_cancelled(record.cancelled);
}

bool FromRow(const v1::AdverseActionRow& row, hr::AdverseAction* record) {
  FieldReader fields;
  fields.Read(row.id(), &record->id);
  fields.Read(row.by(), &record->by);
  fields.Read(row.employee(), &record->employee);
  record->letter = row.letter();
  fields.Read(row.day(), &record->day);
  fields.Read(row.comes_up(), &record->comes_up);
  fields.Read(row.visible(), &record->visible);
  record->repeats = row.repeats();
  fields.Require(row.verdict() <= static_cast<std::uint32_t>(hr::Verdict::kNotCleared));
  fields.ReadSmall(row.verdict(), &record->verdict);
  fields.Read(row.decided_by(), &record->decided_by);
  record->cancelled = row.cancelled();
  return fields.ok();
}

void ToRow(const hr::NewestAction& record, v1::NewestActionRow* row) {
  Write(record.employee, row->mutable_employee());
  Write(record.action, row->mutable_action());
}

bool FromRow(const v1::NewestActionRow& row, hr::NewestAction* record) {
  FieldReader fields;
  fields.Read(row.employee(), &record->employee);
  fields.Read(row.action(), &record->action);
  return fields.ok();
}

void ToRow(const hr::UndecidedAction& record, v1::UndecidedActionRow* row) {
  row->set_visible(record.visible.number());
  Write(record.action, row->mutable_action());
}

bool FromRow(const v1::UndecidedActionRow& row, hr::UndecidedAction* record) {
  FieldReader fields;
  fields.Read(row.visible(), &record->visible);
  fields.Read(row.action(), &record->action);
  return fields.ok();
}

void ToRow(const intake::ProtectionRequest& record, v1::ProtectionRequestRow* row) {
  Write(record.id, row->mutable_id());
  row->set_day(record.day.number());
  row->set_letter(record.letter);
}

bool FromRow(const v1::ProtectionRequestRow& row, intake::ProtectionRequest* record) {
  FieldReader fields;
  fields.Read(row.id(), &record->id);
  fields.Read(row.day(), &record->day);
  record->letter = row.letter();
  return fields.ok();
}

void ToRow(const intake::SpentToken& record, v1::SpentTokenRow* row) {
  Write(record.nullifier, row->mutable_nullifier());
  row->set_kind(static_cast<std::uint32_t>(record.kind));
  row->set_quarter(record.quarter.number());
}

bool FromRow(const v1::SpentTokenRow& row, intake::SpentToken* record) {
  FieldReader fields;
  fields.Read(row.nullifier(), &record->nullifier);
  fields.Read(row.kind(), format::TokenKind::kEscrow, &record->kind);
  record->quarter = format::Quarter(row.quarter());
  fields.Require(record->quarter.valid());
  return fields.ok();
}

void ToRow(const hr::TokensDrawn& record, v1::TokensDrawnRow* row) {
  row->set_quarter(record.quarter.number());
  row->set_kind(static_cast<std::uint32_t>(record.kind));
  Write(record.employee, row->mutable_employee());
  row->set_count(record.count);
}

bool FromRow(const v1::TokensDrawnRow& row, hr::TokensDrawn* record) {
  FieldReader fields;
  record->quarter = format::Quarter(row.quarter());
  fields.Require(record->quarter.valid());
  fields.Read(row.kind(), format::TokenKind::kEscrow, &record->kind);
  fields.Read(row.employee(), &record->employee);
  record->count = row.count();
  return fields.ok();
}

}  // namespace alcove::storage
