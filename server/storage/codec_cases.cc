#include "server/storage/codec_cases.h"

#include <algorithm>

#include "server/storage/codec_fields.h"

namespace alcove::storage {
namespace {

void ToPart(const grants::Holder& holder, v1::HolderRow* row) {
  row->set_staff(holder.staff.text());
  Write(holder.key_id, row->mutable_key_id());
  row->set_purpose(static_cast<std::uint32_t>(holder.purpose));
  row->set_condition(static_cast<std::uint32_t>(holder.condition));
  row->set_released(holder.released);
  row->set_opened(PlusOne(holder.opened));
  row->set_lost(holder.lost);
  if (holder.until) row->mutable_until()->set_number(holder.until->number());
  if (!holder.approval.IsZero()) Write(holder.approval, row->mutable_approval());
}

void FromPart(const v1::HolderRow& row, FieldReader& fields, grants::Holder* holder) {
  fields.Read(row.staff(), &holder->staff);
  fields.Read(row.key_id(), &holder->key_id);
  fields.Read(row.purpose(), grants::Purpose::kApproved, &holder->purpose);
  fields.Read(row.condition(), format::ReleaseCondition::kMatched, &holder->condition);
  holder->released = row.released();
  fields.Read(row.opened(), &holder->opened);
  holder->lost = row.lost();
  if (row.has_until()) fields.Read(row.until().number(), &holder->until.emplace());
  if (!row.approval().empty()) fields.Read(row.approval(), &holder->approval);
}

void ToPart(const cases::KeyringState& keyring, v1::KeyringRow* row) {
  row->set_epochs(keyring.epochs);
  row->set_length(keyring.length);
  Write(keyring.head, row->mutable_head());
  Write(keyring.epoch_record_hash, row->mutable_epoch_record_hash());
  row->set_seen_leaves(keyring.seen_leaves);
  row->set_last_day(keyring.last_day.number());
  row->set_reported(keyring.reported);
  for (const grants::Holder& holder : keyring.holders) ToPart(holder, row->add_holders());
}

void FromPart(const v1::KeyringRow& row, FieldReader& fields, cases::KeyringState* keyring) {
  keyring->epochs = row.epochs();
  keyring->length = row.length();
  fields.Read(row.head(), &keyring->head);
  fields.Read(row.epoch_record_hash(), &keyring->epoch_record_hash);
  keyring->seen_leaves = row.seen_leaves();
  fields.Read(row.last_day(), &keyring->last_day);
  keyring->reported = row.reported();
  keyring->holders.resize(static_cast<std::size_t>(row.holders_size()));
  for (int i = 0; i < row.holders_size(); ++i)
    FromPart(row.holders(i), fields, &keyring->holders[static_cast<std::size_t>(i)]);
}

void ToPart(const std::vector<base::StaffSlug>& slugs, google::protobuf::RepeatedPtrField<std::string>* rows) {
  for (const base::StaffSlug& slug : slugs) *rows->Add() = slug.text();
}

void FromPart(const google::protobuf::RepeatedPtrField<std::string>& rows, FieldReader& fields,
              std::vector<base::StaffSlug>* slugs) {
  for (const std::string& row : rows) fields.Read(row, &slugs->emplace_back());
}

void ToPart(const std::vector<access::Named>& people, google::protobuf::RepeatedPtrField<v1::NamedRow>* rows) {
  for (const access::Named& named : people) {
    v1::NamedRow* row = rows->Add();
    Write(named.tag, row->mutable_tag());
    ToPart(named.slugs, row->mutable_slugs());
    for (const base::EmployeeId& employee : named.employees) Write(employee, row->add_employees());
  }
}

void FromPart(const google::protobuf::RepeatedPtrField<v1::NamedRow>& rows, FieldReader& fields,
              std::vector<access::Named>* people) {
  for (const v1::NamedRow& row : rows) {
    access::Named& named = people->emplace_back();
    fields.Read(row.tag(), &named.tag);
    FromPart(row.slugs(), fields, &named.slugs);
    for (const std::string& employee : row.employees()) fields.Read(employee, &named.employees.emplace_back());
  }
}

void ToPart(const access::Wall& wall, v1::WallRow* row) {
  ToPart(wall.subjects, row->mutable_subjects());
  ToPart(wall.kept_out, row->mutable_kept_out());
  ToPart(wall.struck_out, row->mutable_struck_out());
  ToPart(wall.recused, row->mutable_recused());
  ToPart(wall.lifted, row->mutable_lifted());
  row->set_chart_version(wall.chart_version);
  row->set_depth(wall.reach.depth);
  row->set_team_mates(wall.reach.team_mates);
}

void FromPart(const v1::WallRow& row, FieldReader& fields, access::Wall* wall) {
  FromPart(row.subjects(), fields, &wall->subjects);
  FromPart(row.kept_out(), fields, &wall->kept_out);
  FromPart(row.struck_out(), fields, &wall->struck_out);
  FromPart(row.recused(), fields, &wall->recused);
  FromPart(row.lifted(), fields, &wall->lifted);
  wall->chart_version = row.chart_version();
  wall->reach = {row.depth(), row.team_mates()};
}

void ToPart(const people::Facts& facts, v1::FactsRow* row) {
  for (const std::string& category : facts.categories) row->add_categories(category);
  row->set_site(facts.site);
  row->set_immediate_danger(facts.immediate_danger);
  row->set_language(facts.language);
  row->set_jurisdiction(facts.jurisdiction);
}

void FromPart(const v1::FactsRow& row, people::Facts* facts) {
  facts->categories.assign(row.categories().begin(), row.categories().end());
  facts->site = row.site();
  facts->immediate_danger = row.immediate_danger();
  facts->language = row.language();
  facts->jurisdiction = row.jurisdiction();
}

void ToPart(const people::Terms& terms, v1::TermsRow* row) {
  row->set_acknowledge_days(terms.acknowledge_days);
  row->set_feedback_months(terms.feedback_months);
  row->set_personal_message_working_days(terms.personal_message_working_days);
  row->set_triage_working_days(terms.triage_working_days);
  row->set_claim_hours(terms.claim_hours);
  row->set_grace_days(terms.grace_days);
}

void FromPart(const v1::TermsRow& row, FieldReader& fields, people::Terms* terms) {
  fields.ReadSmall(row.acknowledge_days(), &terms->acknowledge_days);
  fields.ReadSmall(row.feedback_months(), &terms->feedback_months);
  fields.ReadSmall(row.personal_message_working_days(), &terms->personal_message_working_days);
  fields.ReadSmall(row.triage_working_days(), &terms->triage_working_days);
  fields.ReadSmall(row.claim_hours(), &terms->claim_hours);
  fields.ReadSmall(row.grace_days(), &terms->grace_days);
}

void ToPart(const people::Calendar& calendar, v1::CalendarRow* row) {
  row->set_weekend(calendar.weekend);
  for (const base::Day day : calendar.holidays) row->add_holidays(day.number());
}

void FromPart(const v1::CalendarRow& row, FieldReader& fields, people::Calendar* calendar) {
  fields.ReadSmall(row.weekend(), &calendar->weekend);
  for (const std::uint32_t day : row.holidays()) fields.Read(day, &calendar->holidays.emplace_back());
}

void ToPart(const clocks::Marks& marks, v1::MarksRow* row) {
  row->set_filed(marks.filed.number());
  row->set_assigned(marks.assigned.number());
  if (marks.acknowledged) row->mutable_acknowledged()->set_number(marks.acknowledged->number());
  if (marks.first_message) row->mutable_first_message()->set_number(marks.first_message->number());
  if (marks.triaged) row->mutable_triaged()->set_number(marks.triaged->number());
  if (marks.claimed) row->mutable_claimed()->set_number(marks.claimed->number());
  if (marks.feedback) row->mutable_feedback()->set_number(marks.feedback->number());
  if (marks.closed) row->mutable_closed()->set_number(marks.closed->number());
  if (marks.written) row->mutable_written()->set_number(marks.written->number());
  if (marks.heard) row->mutable_heard()->set_number(marks.heard->number());
  if (marks.lifted) row->mutable_lifted()->set_number(marks.lifted->number());
  if (marks.released) row->mutable_released()->set_number(marks.released->number());
}

void FromPart(const v1::MarksRow& row, FieldReader& fields, clocks::Marks* marks) {
  fields.Read(row.filed(), &marks->filed);
  fields.Read(row.assigned(), &marks->assigned);
  if (row.has_acknowledged()) fields.Read(row.acknowledged().number(), &marks->acknowledged.emplace());
  if (row.has_first_message()) fields.Read(row.first_message().number(), &marks->first_message.emplace());
  if (row.has_triaged()) fields.Read(row.triaged().number(), &marks->triaged.emplace());
  if (row.has_claimed()) fields.Read(row.claimed().number(), &marks->claimed.emplace());
  if (row.has_feedback()) fields.Read(row.feedback().number(), &marks->feedback.emplace());
  if (row.has_closed()) fields.Read(row.closed().number(), &marks->closed.emplace());
  if (row.has_written()) fields.Read(row.written().number(), &marks->written.emplace());
  if (row.has_heard()) fields.Read(row.heard().number(), &marks->heard.emplace());
  if (row.has_lifted()) fields.Read(row.lifted().number(), &marks->lifted.emplace());
  if (row.has_released()) fields.Read(row.released().number(), &marks->released.emplace());
}

void ToPart(const cases::Hold& hold, v1::HoldRow* row) {
  row->set_reason(hold.reason);
  row->set_since(hold.since.number());
}

void FromPart(const v1::HoldRow& row, FieldReader& fields, cases::Hold* hold) {
  hold->reason = row.reason();
  fields.Require(!hold->reason.empty());
  fields.Read(row.since(), &hold->since);
}

void ToPart(const people::RetentionLine& line, v1::RetentionLineRow* row) {
  row->set_closed(line.closed);
  row->set_finding(line.finding);
  row->set_site(line.site);
  row->set_months(line.months);
}

void FromPart(const v1::RetentionLineRow& row, FieldReader& fields, people::RetentionLine* line) {
  line->closed = row.closed();
  line->finding = row.finding();
  line->site = row.site();
  fields.ReadSmall(row.months(), &line->months);
  fields.Require(line->months > 0);
}

void ToPart(const cases::Escrow& escrow, v1::EscrowRow* row) {
  row->set_others(escrow.others);
  row->set_last(escrow.last.number());
  Write(escrow.voice, row->mutable_voice());
  for (const base::EmployeeId& employee : escrow.about) Write(employee, row->add_about());
  if (escrow.released) row->mutable_released()->set_number(escrow.released->number());
  if (!escrow.face.empty()) ToRow(escrow.face.front(), row->mutable_face());
}

void FromPart(const v1::EscrowRow& row, FieldReader& fields, cases::Escrow* escrow) {
  fields.ReadSmall(row.others(), &escrow->others);
  fields.Read(row.last(), &escrow->last);
  fields.Read(row.voice(), &escrow->voice);
  for (const std::string& employee : row.about()) fields.Read(employee, &escrow->about.emplace_back());
  fields.Require(!escrow->about.empty() && std::is_sorted(escrow->about.begin(), escrow->about.end()));
  if (row.has_released()) fields.Read(row.released().number(), &escrow->released.emplace());
  if (!row.has_face()) return;
  // A face waits, and there is nothing behind it.
  const v1::EscrowRow& inner = row.face().escrow();
  fields.Require(row.has_released() && row.face().has_escrow() && !inner.has_released() && !inner.has_face());
  if (!fields.ok()) return;
  cases::Case& face = escrow->face.emplace_back();
  fields.Require(FromRow(row.face(), &face));
  if (fields.ok()) face.escrow->is_face = true;
}

}  // namespace

void ToRow(const cases::Case& record, v1::CaseRow* row) {
  Write(record.id, row->mutable_id());
  Write(record.mailbox, row->mutable_mailbox());
  Write(record.mailbox_encryption_key, row->mutable_mailbox_encryption_key());
  Write(record.mailbox_verify_key, row->mutable_mailbox_verify_key());
  row->set_revision(record.revision);
  row->set_state(static_cast<std::uint32_t>(record.state));
  if (record.resumes_to) row->set_resumes_to(static_cast<std::uint32_t>(*record.resumes_to));
  ToPart(record.facts, row->mutable_facts());
  row->set_urgency(static_cast<std::uint32_t>(record.urgency));
  row->set_rule(record.rule);
  row->set_desk(record.desk);
  row->set_directory_version(record.directory_version);
  row->set_profile(record.profile);
  ToPart(record.terms, row->mutable_terms());
  ToPart(record.calendar, row->mutable_calendar());
  ToPart(record.marks, row->mutable_marks());
  ToPart(record.wall, row->mutable_wall());
  row->set_assignee(record.assignee.text());
  row->set_claimed(record.claimed);
  row->set_withdrawn(record.withdrawn);
  row->set_identity_held(record.identity_held);
  ToPart(record.thread, row->mutable_thread());
  ToPart(record.team, row->mutable_team());
  row->set_leaf_count(record.leaf_count);
  Write(record.leaf_head, row->mutable_leaf_head());
  row->set_leaf_day(record.leaf_day.number());
  row->set_history_length(record.history_length);
  row->set_blob_bytes(record.blob_bytes);
  for (const base::CaseId& other : record.linked) Write(other, row->add_linked());
  row->set_assessed(record.assessed);
  row->set_notified(record.notified);
  if (record.summary) {
    row->mutable_summary()->set_sequence(record.summary->sequence);
    row->mutable_summary()->set_shown(record.summary->shown.number());
    row->mutable_summary()->set_answered(record.summary->answered);
  }
  for (const clocks::CheckIn& check_in : record.check_ins) {
    v1::CheckInRow* answered = row->add_check_ins();
    answered->set_since(static_cast<std::uint32_t>(check_in.since));
    answered->set_days(check_in.days);
  }
  for (const crypto::VerifyKey& key : record.former_mailbox_keys) Write(key, row->add_former_mailbox_keys());
  row->set_written(record.written);
  row->set_read(record.read);
  for (const cases::Hold& hold : record.holds) ToPart(hold, row->add_holds());
  row->set_closing_reason(record.closing_reason);
  for (const people::RetentionLine& line : record.retention) ToPart(line, row->add_retention());
  if (record.shortened) row->mutable_shortened()->set_number(record.shortened->number());
  row->set_employment_proof(static_cast<std::uint32_t>(record.employment_proof));
  if (record.escrow) ToPart(*record.escrow, row->mutable_escrow());
}

bool FromRow(const v1::CaseRow& row, cases::Case* record) {
  FieldReader fields;
  fields.Read(row.id(), &record->id);
  fields.Read(row.mailbox(), &record->mailbox);
  fields.Read(row.mailbox_encryption_key(), &record->mailbox_encryption_key);
  fields.Read(row.mailbox_verify_key(), &record->mailbox_verify_key);
  record->revision = row.revision();
  fields.Read(row.state(), cases::State::kWithdrawnByReporter, &record->state);
  if (row.resumes_to() != 0)
    fields.Read(row.resumes_to(), cases::State::kWithdrawnByReporter, &record->resumes_to.emplace());
  FromPart(row.facts(), &record->facts);
  fields.Read(row.urgency(), people::Urgency::kImmediate, &record->urgency);
  record->rule = row.rule();
  record->desk = row.desk();
  record->directory_version = row.directory_version();
  record->profile = row.profile();
  FromPart(row.terms(), fields, &record->terms);
  FromPart(row.calendar(), fields, &record->calendar);
  FromPart(row.marks(), fields, &record->marks);
  FromPart(row.wall(), fields, &record->wall);
  fields.Read(row.assignee(), &record->assignee);
  record->claimed = row.claimed();
  record->withdrawn = row.withdrawn();
  record->identity_held = row.identity_held();
  FromPart(row.thread(), fields, &record->thread);
  FromPart(row.team(), fields, &record->team);
  record->leaf_count = row.leaf_count();
  fields.Read(row.leaf_head(), &record->leaf_head);
  fields.Read(row.leaf_day(), &record->leaf_day);
  record->history_length = row.history_length();
  record->blob_bytes = row.blob_bytes();
  for (const std::string& other : row.linked()) fields.Read(other, &record->linked.emplace_back());
  fields.ReadSmall(row.assessed(), &record->assessed);
  record->notified = row.notified();
  if (row.has_summary()) {
    cases::Summary& summary = record->summary.emplace();
    summary.sequence = row.summary().sequence();
    fields.Read(row.summary().shown(), &summary.shown);
    summary.answered = row.summary().answered();
  }
  for (const v1::CheckInRow& answered : row.check_ins()) {
    clocks::CheckIn& check_in = record->check_ins.emplace_back();
    fields.Read(answered.since(), clocks::Since::kClosing, &check_in.since);
    fields.ReadSmall(answered.days(), &check_in.days);
  }
  for (const std::string& key : row.former_mailbox_keys()) fields.Read(key, &record->former_mailbox_keys.emplace_back());
  record->written = row.written();
  record->read = row.read();
  for (const v1::HoldRow& hold : row.holds()) FromPart(hold, fields, &record->holds.emplace_back());
  record->closing_reason = row.closing_reason();
  for (const v1::RetentionLineRow& line : row.retention()) FromPart(line, fields, &record->retention.emplace_back());
  if (row.has_shortened()) fields.Read(row.shortened().number(), &record->shortened.emplace());
  if (row.employment_proof() != 0)
    fields.Read(row.employment_proof(), cases::EmploymentProof::kNotProved, &record->employment_proof);
  if (row.has_escrow()) FromPart(row.escrow(), fields, &record->escrow.emplace());
  return fields.ok();
}

void ToRow(const cases::EscrowRoll& record, v1::EscrowRollRow* row) {
  Write(record.employee, row->mutable_employee());
  for (const base::CaseId& id : record.cases) Write(id, row->add_cases());
}

bool FromRow(const v1::EscrowRollRow& row, cases::EscrowRoll* record) {
  FieldReader fields;
  fields.Read(row.employee(), &record->employee);
  for (const std::string& id : row.cases()) fields.Read(id, &record->cases.emplace_back());
  fields.Require(!record->cases.empty() && std::is_sorted(record->cases.begin(), record->cases.end()));
  return fields.ok();
}

void ToRow(const cases::Allegation& record, v1::AllegationRow* row) {
  Write(record.case_id, row->mutable_case_id());
  Write(record.id, row->mutable_id());
  row->set_category(record.category);
  row->set_finding(record.finding);
  row->set_revision(record.revision);
  if (record.false_until) row->mutable_false_until()->set_number(record.false_until->number());
}

bool FromRow(const v1::AllegationRow& row, cases::Allegation* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.id(), &record->id);
  record->category = row.category();
  record->finding = row.finding();
  record->revision = row.revision();
  if (row.has_false_until()) fields.Read(row.false_until().number(), &record->false_until.emplace());
  return fields.ok();
}

void ToRow(const cases::Measure& record, v1::MeasureRow* row) {
  Write(record.case_id, row->mutable_case_id());
  Write(record.id, row->mutable_id());
  Write(record.allegation, row->mutable_allegation());
  row->set_kind(record.kind);
  row->set_owner(record.owner.text());
  row->set_due(record.due.number());
  row->set_state(static_cast<std::uint32_t>(record.state));
  row->set_overdue(record.overdue);
  row->set_revision(record.revision);
  if (!record.order.IsZero()) Write(record.order, row->mutable_order());
}

bool FromRow(const v1::MeasureRow& row, cases::Measure* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.id(), &record->id);
  fields.Read(row.allegation(), &record->allegation);
  record->kind = row.kind();
  fields.Read(row.owner(), &record->owner);
  fields.Read(row.due(), &record->due);
  fields.Read(row.state(), cases::MeasureState::kCancelled, &record->state);
  record->overdue = row.overdue();
  record->revision = row.revision();
  if (!row.order().empty()) fields.Read(row.order(), &record->order);
  return fields.ok();
}

void ToRow(const cases::Entry& record, v1::EntryRow* row) {
  Write(record.case_id, row->mutable_case_id());
  row->set_keyring(static_cast<std::uint32_t>(record.keyring));
  row->set_sequence(record.sequence);
  Write(record.id, row->mutable_id());
  row->set_kind(static_cast<std::uint32_t>(record.kind));
  row->set_epoch(record.epoch);
  row->set_envelope(record.envelope);
  for (const cases::BlobName& blob : record.blobs) {
    v1::BlobNameRow* name = row->add_blobs();
    Write(blob.id, name->mutable_id());
    name->set_size(blob.size);
  }
  row->set_day(record.day.number());
  row->set_time(PlusOne(record.time));
  row->set_author(record.author.text());
}

bool FromRow(const v1::EntryRow& row, cases::Entry* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.keyring(), format::Keyring::kTeam, &record->keyring);
  record->sequence = row.sequence();
  fields.Read(row.id(), &record->id);
  fields.Read(row.kind(), format::EntryKind::kMeasure, &record->kind);
  record->epoch = row.epoch();
  record->envelope = row.envelope();
  for (const v1::BlobNameRow& name : row.blobs()) {
    cases::BlobName& blob = record->blobs.emplace_back();
    fields.Read(name.id(), &blob.id);
    blob.size = name.size();
  }
  fields.Read(row.day(), &record->day);
  fields.Read(row.time(), &record->time);
  fields.Read(row.author(), &record->author);
  return fields.ok();
}

void ToRow(const cases::Epoch& record, v1::EpochRow* row) {
  Write(record.case_id, row->mutable_case_id());
  row->set_keyring(static_cast<std::uint32_t>(record.keyring));
  row->set_number(record.number);
  row->set_record(record.record);
  for (const crypto::Bytes& grant : record.grants) row->add_grants(grant);
  for (const crypto::Bytes& grant : record.added) row->add_added(grant);
}

bool FromRow(const v1::EpochRow& row, cases::Epoch* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.keyring(), format::Keyring::kTeam, &record->keyring);
  record->number = row.number();
  record->record = row.record();
  record->grants.assign(row.grants().begin(), row.grants().end());
  record->added.assign(row.added().begin(), row.added().end());
  return fields.ok();
}

void ToRow(const cases::Identity& record, v1::IdentityRow* row) {
  Write(record.case_id, row->mutable_case_id());
  row->set_sealed(record.sealed);
  for (const crypto::Bytes& share : record.handed) row->add_handed(share);
}

bool FromRow(const v1::IdentityRow& row, cases::Identity* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  record->sealed = row.sealed();
  record->handed.assign(row.handed().begin(), row.handed().end());
  return fields.ok();
}

void ToRow(const cases::CaseLeaf& record, v1::CaseLeafRow* row) {
  Write(record.case_id, row->mutable_case_id());
  row->set_number(record.number);
  Write(record.head, row->mutable_head());
  row->set_content(record.content);
  row->set_salt(record.salt);
  row->set_promise(record.promise);
}

bool FromRow(const v1::CaseLeafRow& row, cases::CaseLeaf* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  record->number = row.number();
  fields.Read(row.head(), &record->head);
  record->content = row.content();
  record->salt = row.salt();
  record->promise = row.promise();
  return fields.ok();
}

void ToRow(const cases::HistoryLeaf& record, v1::HistoryLeafRow* row) {
  Write(record.case_id, row->mutable_case_id());
  row->set_number(record.number);
  row->set_after(record.after);
  row->set_content(record.content);
  row->set_salt(record.salt);
}

bool FromRow(const v1::HistoryLeafRow& row, cases::HistoryLeaf* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  record->number = row.number();
  record->after = row.after();
  record->content = row.content();
  record->salt = row.salt();
  return fields.ok();
}

void ToRow(const cases::Blob& record, v1::BlobRow* row) {
  Write(record.id, row->mutable_id());
  Write(record.case_id, row->mutable_case_id());
  row->set_keyring(static_cast<std::uint32_t>(record.keyring));
  row->set_sequence(record.sequence);
  row->set_author(record.author.text());
  row->set_size(record.size);
  row->set_received(record.received);
}

bool FromRow(const v1::BlobRow& row, cases::Blob* record) {
  FieldReader fields;
  fields.Read(row.id(), &record->id);
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.keyring(), format::Keyring::kTeam, &record->keyring);
  record->sequence = row.sequence();
  fields.Read(row.author(), &record->author);
  record->size = row.size();
  record->received = row.received();
  fields.Require(record->received <= record->size);
  return fields.ok();
}

void ToRow(const cases::BlobPart& record, v1::BlobPartRow* row) {
  Write(record.case_id, row->mutable_case_id());
  Write(record.blob, row->mutable_blob());
  row->set_part(record.part);
  row->set_data(record.data);
}

bool FromRow(const v1::BlobPartRow& row, cases::BlobPart* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.blob(), &record->blob);
  record->part = row.part();
  record->data = row.data();
  return fields.ok();
}

void ToRow(const cases::Mailbox& record, v1::MailboxRow* row) {
  Write(record.id, row->mutable_id());
  Write(record.case_id, row->mutable_case_id());
  Write(record.verify_key, row->mutable_verify_key());
}

bool FromRow(const v1::MailboxRow& row, cases::Mailbox* record) {
  FieldReader fields;
  fields.Read(row.id(), &record->id);
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.verify_key(), &record->verify_key);
  return fields.ok();
}

void ToRow(const cases::Membership& record, v1::MembershipRow* row) {
  row->set_staff(record.staff.text());
  Write(record.case_id, row->mutable_case_id());
}

bool FromRow(const v1::MembershipRow& row, cases::Membership* record) {
  FieldReader fields;
  fields.Read(row.staff(), &record->staff);
  fields.Read(row.case_id(), &record->case_id);
  return fields.ok();
}

void ToRow(const cases::Request& record, v1::RequestRow* row) {
  Write(record.key_hash, row->mutable_key_hash());
  Write(record.digest, row->mutable_digest());
  row->set_day(record.day.number());
  row->set_answer(record.answer);
}

bool FromRow(const v1::RequestRow& row, cases::Request* record) {
  FieldReader fields;
  fields.Read(row.key_hash(), &record->key_hash);
  fields.Read(row.digest(), &record->digest);
  fields.Read(row.day(), &record->day);
  record->answer = row.answer();
  return fields.ok();
}

}  // namespace alcove::storage
