// Conversions that several services share: names, days, instants, readers, deadlines, epochs, entries. Every parser
// refuses with FieldInvalid of the field it is told, and never says what was sent.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <utility>

#include "alcove/v1/resources.pb.h"
#include "crypto/bytes.h"
#include "google/protobuf/timestamp.pb.h"
#include "google/type/date.pb.h"
#include "server/core/base/errors.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/views.h"
#include "server/core/people/facts.h"

namespace alcove::rpc {

// Bytes of exactly T's length.
template <class T>
absl::StatusOr<T> ParseFixed(crypto::BytesView bytes, std::string_view field) {
  absl::StatusOr<T> parsed = T::FromBytes(bytes);
  if (!parsed.ok()) return base::FieldInvalid(field);
  return parsed;
}

absl::StatusOr<base::CaseId> ParseCase(std::string_view name, std::string_view field);
// A thing of a case, with the case.
absl::StatusOr<std::pair<base::CaseId, base::AllegationId>> ParseAllegation(std::string_view name, std::string_view field);
absl::StatusOr<std::pair<base::CaseId, base::MeasureId>> ParseMeasure(std::string_view name, std::string_view field);
absl::StatusOr<base::BlobId> ParseBlob(std::string_view name, std::string_view field);
absl::StatusOr<base::MailboxId> ParseMailbox(std::string_view name, std::string_view field);
absl::StatusOr<base::StaffSlug> ParseStaff(std::string_view name, std::string_view field);
// A date of the calendar.
absl::StatusOr<base::Day> ParseDay(const google::type::Date& date, std::string_view field);
absl::StatusOr<format::Keyring> ParseKeyring(v1::Keyring keyring, std::string_view field);
// 1 to 16 states' numbers; kFieldInvalid for CASE_STATE_UNSPECIFIED and what is no state.
absl::StatusOr<cases::State> ParseState(v1::CaseState state, std::string_view field);
people::Facts ParseFacts(const v1::RoutingFacts& facts);

// Views into `entry`, which outlives the result. Sizes are core's to judge, but for counts that would cost memory here.
absl::StatusOr<cases::NewEntry> ParseNewEntry(const v1::NewEntry& entry);

cases::PageRequest ParsePage(std::uint32_t size, const std::string& token);

// `staff/{slug}`; empty for nobody.
std::string StaffName(const base::StaffSlug& staff);
void SetDay(base::Day day, google::type::Date* out);
void SetInstant(base::Instant instant, google::protobuf::Timestamp* out);
void SetFacts(const people::Facts& facts, v1::RoutingFacts* out);
void SetDeadline(const clocks::Deadline& deadline, v1::Deadline* out);
void SetDecision(const cases::SignedDecision& decision, v1::SignedDecision* out);
void SetReader(const cases::ReaderView& reader, v1::Reader* out);
void SetEpoch(const cases::EpochView& epoch, v1::Epoch* out);
void SetGrant(const cases::ReleasedGrant& grant, v1::ReleasedGrant* out);
void SetHold(const cases::Hold& hold, v1::LegalHold* out);
void SetEscrow(const cases::EscrowView& escrow, v1::Escrow* out);
void SetEntry(const cases::Entry& entry, v1::Entry* out);
// Number, content and salt; index and proof are the ledger's to add.
void SetLeaf(const cases::OpenedLeaf& leaf, v1::LeafOpening* out);
v1::CaseState ToProto(cases::State state);
v1::Urgency ToProto(people::Urgency urgency);
v1::Keyring ToProto(format::Keyring keyring);

}  // namespace alcove::rpc
