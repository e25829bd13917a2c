#include "server/storage/codec_approvals.h"

#include "server/storage/codec_fields.h"

namespace alcove::storage {
namespace {

std::uint64_t SecondsOf(base::Instant instant) {
  return static_cast<std::uint64_t>(instant.time_since_epoch().count());
}

base::Instant InstantOf(std::uint64_t seconds) {
  return base::Instant(std::chrono::seconds(static_cast<std::int64_t>(seconds)));
}

void ToPart(const cases::SignedDecision& decision, v1::SignedDecisionRow* row) {
  row->set_staff(decision.staff.text());
  row->set_decision(static_cast<std::uint32_t>(decision.decision));
  Write(decision.key_id, row->mutable_key_id());
  Write(decision.signature, row->mutable_signature());
  row->set_at(SecondsOf(decision.at));
  row->set_share(decision.share);
}

void FromPart(const v1::SignedDecisionRow& row, FieldReader& fields, cases::SignedDecision* decision) {
  fields.Read(row.staff(), &decision->staff);
  fields.Read(row.decision(), format::Decision::kRefuse, &decision->decision);
  fields.Read(row.key_id(), &decision->key_id);
  fields.Read(row.signature(), &decision->signature);
  decision->at = InstantOf(row.at());
  decision->share = row.share();
}

}  // namespace

void ToRow(const cases::Approval& record, v1::ApprovalRow* row) {
  Write(record.case_id, row->mutable_case_id());
  Write(record.id, row->mutable_id());
  row->set_kind(static_cast<std::uint32_t>(record.kind));
  row->set_requester(record.requester.text());
  row->set_person(record.person.text());
  row->set_condition(static_cast<std::uint32_t>(record.condition));
  row->set_until(record.until ? record.until->number() : 0);
  row->set_request(record.request);
  row->set_created(SecondsOf(record.created));
  for (const cases::SignedDecision& decision : record.decisions) ToPart(decision, row->add_decisions());
  row->set_end(static_cast<std::uint32_t>(record.end));
  row->set_revision(record.revision);
  row->set_code(record.code);
  row->set_threshold(record.threshold);
  for (const crypto::KeyId& key : record.custodians) Write(key, row->add_custodians());
  if (record.consent) {
    row->mutable_consent()->set_decision(static_cast<std::uint32_t>(record.consent->decision));
    Write(record.consent->signature, row->mutable_consent()->mutable_signature());
    row->mutable_consent()->set_day(record.consent->day.number());
  }
  row->set_cancelled_by(record.cancelled_by.text());
  row->set_written(record.written);
}

bool FromRow(const v1::ApprovalRow& row, cases::Approval* record) {
  FieldReader fields;
  fields.Read(row.case_id(), &record->case_id);
  fields.Read(row.id(), &record->id);
  fields.Read(row.kind(), format::kLastApprovalKind, &record->kind);
  fields.Require(format::IsApprovalKind(static_cast<std::uint8_t>(record->kind)));
  fields.Read(row.requester(), &record->requester);
  fields.Read(row.person(), &record->person);
  fields.Read(row.condition(), format::ReleaseCondition::kMatched, &record->condition);
  if (row.until() != 0) fields.Read(row.until(), &record->until.emplace());
  record->request = row.request();
  record->created = InstantOf(row.created());
  for (const v1::SignedDecisionRow& decision : row.decisions())
    FromPart(decision, fields, &record->decisions.emplace_back());
  fields.Read(row.end(), cases::ApprovalEnd::kExecuted, &record->end);
  record->revision = row.revision();
  record->code = row.code();
  fields.ReadSmall(row.threshold(), &record->threshold);
  for (const std::string& key : row.custodians()) fields.Read(key, &record->custodians.emplace_back());
  if (row.has_consent()) {
    cases::Consent& consent = record->consent.emplace();
    fields.Read(row.consent().decision(), format::Decision::kRefuse, &consent.decision);
    fields.Read(row.consent().signature(), &consent.signature);
    fields.Read(row.consent().day(), &consent.day);
  }
  fields.Read(row.cancelled_by(), &record->cancelled_by);
  record->written = row.written();
  return fields.ok();
}

void ToRow(const approvals::Party& record, v1::PartyRow* row) {
  row->set_staff(record.staff.text());
  Write(record.approval, row->mutable_approval());
  Write(record.case_id, row->mutable_case_id());
}

bool FromRow(const v1::PartyRow& row, approvals::Party* record) {
  FieldReader fields;
  fields.Read(row.staff(), &record->staff);
  fields.Read(row.approval(), &record->approval);
  fields.Read(row.case_id(), &record->case_id);
  return fields.ok();
}

}  // namespace alcove::storage
