#include "server/rpc/convert/shared.h"

#include "crypto/format/ids.h"

namespace alcove::rpc {
namespace {

constexpr int kMostGrants = 64;

std::string PurposeName(grants::Purpose purpose) {
  switch (purpose) {
    case grants::Purpose::kDesk: return "desk";
    case grants::Purpose::kEscalation: return "escalation";
    case grants::Purpose::kFallback: return "fallback";
    case grants::Purpose::kGuest: return "guest";
    case grants::Purpose::kApproved: return "approved";
    case grants::Purpose::kCustodian: return "custodian";
  }
  return {};
}

}  // namespace

absl::StatusOr<base::CaseId> ParseCase(std::string_view name, std::string_view field) {
  absl::StatusOr<base::CaseId> id = format::ParseCaseName(name);
  if (!id.ok()) return base::FieldInvalid(field);
  return id;
}

absl::StatusOr<std::pair<base::CaseId, base::AllegationId>> ParseAllegation(std::string_view name,
                                                                            std::string_view field) {
  auto ids = format::ParseAllegationName(name);
  if (!ids.ok()) return base::FieldInvalid(field);
  return ids;
}

absl::StatusOr<std::pair<base::CaseId, base::MeasureId>> ParseMeasure(std::string_view name, std::string_view field) {
  auto ids = format::ParseMeasureName(name);
  if (!ids.ok()) return base::FieldInvalid(field);
  return ids;
}

absl::StatusOr<base::BlobId> ParseBlob(std::string_view name, std::string_view field) {
  absl::StatusOr<base::BlobId> id = format::ParseBlobName(name);
  if (!id.ok()) return base::FieldInvalid(field);
  return id;
}

absl::StatusOr<base::MailboxId> ParseMailbox(std::string_view name, std::string_view field) {
  absl::StatusOr<base::MailboxId> id = format::ParseMailboxName(name);
  if (!id.ok()) return base::FieldInvalid(field);
  return id;
}

absl::StatusOr<base::StaffSlug> ParseStaff(std::string_view name, std::string_view field) {
  const absl::StatusOr<std::string> text = format::ParseStaffName(name);
  if (!text.ok()) return base::FieldInvalid(field);
  absl::StatusOr<base::StaffSlug> slug = base::StaffSlug::Parse(*text);
  if (!slug.ok()) return base::FieldInvalid(field);
  return slug;
}

absl::StatusOr<base::Day> ParseDay(const google::type::Date& date, std::string_view field) {
  absl::StatusOr<base::Day> day = base::Day::FromCivil(date.year(), date.month(), date.day());
  if (!day.ok()) return base::FieldInvalid(field);
  return day;
}

absl::StatusOr<format::Keyring> ParseKeyring(v1::Keyring keyring, std::string_view field) {
  const int code = keyring;
  if (code < 1 || code > 2) return base::FieldInvalid(field);
  return static_cast<format::Keyring>(code);
}

absl::StatusOr<cases::State> ParseState(v1::CaseState state, std::string_view field) {
  const int code = state;
  if (code < static_cast<int>(cases::State::kReceived) || code > static_cast<int>(cases::State::kWithdrawnByReporter)) {
    return base::FieldInvalid(field);
  }
  return static_cast<cases::State>(code);
}

people::Facts ParseFacts(const v1::RoutingFacts& facts) {
  return {.categories = {facts.categories().begin(), facts.categories().end()},
          .site = facts.site(),
          .immediate_danger = facts.immediate_danger(),
          .language = facts.language(),
          .jurisdiction = facts.jurisdiction()};
}

absl::StatusOr<cases::NewEntry> ParseNewEntry(const v1::NewEntry& entry) {
  cases::NewEntry parsed{.envelope = entry.envelope(), .blobs = {}, .epoch = std::nullopt};
  if (entry.blobs_size() > static_cast<int>(cases::kMaxBlobsOfEntry)) return base::FieldInvalid("entry.blobs");
  for (const v1::BlobName& blob : entry.blobs()) {
    const absl::StatusOr<base::BlobId> id = ParseBlob(blob.blob(), "entry.blobs");
    if (!id.ok()) return id.status();
    parsed.blobs.push_back({*id, blob.size()});
  }
  if (entry.has_epoch()) {
    if (entry.epoch().grants_size() > kMostGrants) return base::FieldInvalid("entry.epoch.grants");
    grants::NewEpoch& epoch = parsed.epoch.emplace();
    epoch.record = entry.epoch().record();
    epoch.grants.assign(entry.epoch().grants().begin(), entry.epoch().grants().end());
  }
  return parsed;
}

cases::PageRequest ParsePage(std::uint32_t size, const std::string& token) { return {.size = size, .token = token}; }

std::string StaffName(const base::StaffSlug& staff) {
  return staff.empty() ? std::string() : format::StaffName(staff.text());
}

void SetDay(base::Day day, google::type::Date* out) {
  out->set_year(day.year());
  out->set_month(day.month());
  out->set_day(day.day_of_month());
}

void SetInstant(base::Instant instant, google::protobuf::Timestamp* out) {
  out->set_seconds(instant.time_since_epoch().count());
}

void SetFacts(const people::Facts& facts, v1::RoutingFacts* out) {
  out->mutable_categories()->Assign(facts.categories.begin(), facts.categories.end());
  out->set_site(facts.site);
  out->set_immediate_danger(facts.immediate_danger);
  out->set_language(facts.language);
  out->set_jurisdiction(facts.jurisdiction);
}

void SetDeadline(const clocks::Deadline& deadline, v1::Deadline* out) {
  out->set_kind(deadline.kind);
  if (deadline.due) SetDay(*deadline.due, out->mutable_due());
  out->set_met(deadline.met);
  out->set_external(deadline.external);
}

void SetDecision(const cases::SignedDecision& decision, v1::SignedDecision* out) {
  out->set_staff(StaffName(decision.staff));
  out->set_decision(static_cast<v1::Decision>(decision.decision));
  out->set_key_id(decision.key_id.str());
  out->set_signature(decision.signature.str());
  SetInstant(decision.at, out->mutable_time());
}

void SetReader(const cases::ReaderView& reader, v1::Reader* out) {
  out->set_staff(StaffName(reader.staff));
  out->set_display_name(reader.display_name);
  out->set_purpose(PurposeName(reader.purpose));
  out->set_condition(static_cast<v1::ReleaseCondition>(reader.condition));
  out->set_key_id(reader.key_id.str());
  out->set_released(reader.released);
  if (reader.opened) SetInstant(*reader.opened, out->mutable_opened());
  out->set_lost(reader.lost);
  if (reader.until) SetDay(*reader.until, out->mutable_until());
  if (!reader.admission) return;
  out->mutable_admission()->set_statement(reader.admission->statement);
  for (const cases::SignedDecision& decision : reader.admission->decisions)
    SetDecision(decision, out->mutable_admission()->add_decisions());
}

void SetEpoch(const cases::EpochView& epoch, v1::Epoch* out) {
  out->set_keyring(ToProto(epoch.keyring));
  out->set_number(epoch.number);
  out->set_record(epoch.record);
  out->set_stale(epoch.stale);
}

void SetHold(const cases::Hold& hold, v1::LegalHold* out) {
  out->set_reason(hold.reason);
  SetDay(hold.since, out->mutable_since());
}

void SetEscrow(const cases::EscrowView& escrow, v1::Escrow* out) {
  out->mutable_terms()->set_others(escrow.others);
  SetDay(escrow.last, out->mutable_terms()->mutable_last_day());
  if (escrow.released) SetDay(*escrow.released, out->mutable_released());
  out->set_reporter_unaware(escrow.veiled);
}

void SetGrant(const cases::ReleasedGrant& grant, v1::ReleasedGrant* out) {
  out->set_epoch(grant.epoch);
  out->set_grant(grant.grant);
}

void SetEntry(const cases::Entry& entry, v1::Entry* out) {
  out->set_name(format::EntryName(entry.case_id, entry.id));
  out->set_sequence(entry.sequence);
  out->set_keyring(ToProto(entry.keyring));
  out->set_kind(static_cast<v1::EntryKind>(entry.kind));
  out->set_epoch(entry.epoch);
  out->set_envelope(entry.envelope);
  for (const cases::BlobName& blob : entry.blobs) {
    v1::BlobName* named = out->add_blobs();
    named->set_blob(format::BlobName(blob.id));
    named->set_size(blob.size);
  }
  SetDay(entry.day, out->mutable_day());
  if (entry.time) SetInstant(*entry.time, out->mutable_time());
  out->set_author(StaffName(entry.author));
}

void SetLeaf(const cases::OpenedLeaf& leaf, v1::LeafOpening* out) {
  out->set_number(leaf.number);
  out->set_content(leaf.content);
  out->set_salt(leaf.salt);
}

v1::CaseState ToProto(cases::State state) { return static_cast<v1::CaseState>(static_cast<int>(state)); }
v1::Urgency ToProto(people::Urgency urgency) { return static_cast<v1::Urgency>(static_cast<int>(urgency)); }
v1::Keyring ToProto(format::Keyring keyring) { return static_cast<v1::Keyring>(static_cast<int>(keyring)); }

}  // namespace alcove::rpc
