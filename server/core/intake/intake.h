// Filing a report, by anybody, without saying who. Nothing here can read a report: the rooms below are used for their
// records and checks only, and what arrives sealed stays so.
//
//   GetIntake -> EvaluateTags -> PlanReport -> SubmitReport
//
// Work (gate.h) and budgets (budget.h) are met by the door before any of these is called.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/changes.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"
#include "server/core/intake/secrets.h"

namespace alcove::intake {

inline constexpr std::uint32_t kMaxEnvelopeBytes = 196608;
inline constexpr std::size_t kMaxTags = 16;      // subjects and kept out together; also struck out; also blinded
inline constexpr std::size_t kMaxPlanBytes = 4096;
inline constexpr std::size_t kMaxIdentityBytes = 16384;

struct Ports {
  const cases::Ports& cases;
  const Secrets& secrets;
};

// What a client needs to ask its questions. INTAKE_CLOSED while a gap is open.
struct IntakeView {
  std::vector<crypto::Bytes> documents;  // notes, in the order of people::kDocuments
  crypto::KeyId tag_key_id;
  std::uint32_t max_envelope_bytes = kMaxEnvelopeBytes;
  std::uint32_t max_blob_bytes = cases::kMaxBlobBytes;
  std::uint32_t blob_part_bytes = cases::kBlobPartBytes;
  std::uint32_t case_quota_bytes = 0;
};
absl::StatusOr<IntakeView> GetIntake(const Ports& ports);

// 1 to 16 elements, evaluated in order. FIELD_INVALID for one that is not canonical or is the identity.
absl::StatusOr<std::vector<crypto::RistrettoPoint>> EvaluateTags(const Ports& ports,
                                                                 std::span<const crypto::BytesView> blinded);

struct PlanRequest {
  people::Facts facts;
  std::vector<crypto::BytesView> subjects;  // tags, 64 bytes each
  std::vector<crypto::BytesView> keep_out;
  std::vector<std::string> struck_out;  // slugs
  // To be sent only once others have named the same person. ESCROW_SUBJECT_UNKNOWN unless one subject is an employee of the chart.
  bool escrow = false;
};
struct PlanView {
  crypto::Bytes plan;
  base::CaseId case_id;
  std::vector<cases::ReaderView> readers;
  std::vector<std::uint32_t> unknown_subjects;
  std::vector<std::uint32_t> unknown_keep_out;
  std::uint32_t directory_version = 0;
  std::vector<cases::ReaderView> custodians;  // empty: a confidential identity is not offered
  std::uint32_t custodian_threshold = 0;
  people::ProofPolicy employment_proof = people::ProofPolicy::kOff;  // of the planned desk
};
// Depends on directory, policy, facts and the caller's input only: it reads no row, so it cannot tell anything of a case.
absl::StatusOr<PlanView> PlanReport(const Ports& ports, const PlanRequest& request);

// On what condition a report is sent (cases/escrow.h).
struct EscrowTerms {
  std::uint32_t others = 0;  // 2 to 5, not counting the reporter
  base::Day last;            // the last day on which it is sent: tomorrow to 24 months ahead
};

struct SubmitRequest {
  std::string request_id;  // UUIDv4 text
  crypto::BytesView plan;
  base::MailboxId mailbox;
  crypto::EncryptionKey mailbox_encryption_key;
  crypto::VerifyKey mailbox_verify_key;
  cases::NewEntry entry;
  std::optional<crypto::BytesView> identity;
  crypto::BytesView token = {};  // "ALT1" of kind EMPLOYMENT, of an escrow ESCROW, bound to this filing; empty: none
  std::optional<EscrowTerms> escrow = {};  // where the plan was made for one, and only there
  // Look whether request, case and mailbox are there already. A first decision may leave that to the expectations of its
  // commit (almost every filing is new, and asking the store twice costs); when one fails, decide again with a look.
  bool look = true;
};
struct Filing {
  base::CaseId case_id;
  crypto::Bytes promise;
  cases::OpenedLeaf leaf;  // the filing's, number 1
  std::vector<clocks::Deadline> deadlines;
};
// The answer's promise and leaf index are filled in by the outcome's stamp. A repetition gives the stored answer again,
// with nothing to commit.
absl::StatusOr<base::Outcome<Filing>> SubmitReport(const Ports& ports, const SubmitRequest& request);

struct RoutingTest {
  std::string rule;
  std::string desk;
  people::Urgency urgency = people::Urgency::kOrdinary;
  std::vector<cases::ReaderView> eligible;  // the whole desk, escalation, fallbacks
};
absl::StatusOr<RoutingTest> TestRouting(const people::Organisation& organisation, const people::Facts& facts,
                                        std::span<const std::string> kept_out);

}  // namespace alcove::intake
