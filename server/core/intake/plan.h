// The plan: who would read a report like this, as the server told a reporter. It goes out sealed and comes back with the
// filing, so that the server keeps nothing of people who only asked.
//
// Inside the seal, big-endian:
//
//   version 1 | expires 8 (seconds since 1970) | case 16 | directory version 4 | 5 × policy version 4
//   urgency 1 | rule (len1) | desk (len1)
//   categories: count 1, each (len1) | site (len1) | danger 1 | language (len1) | jurisdiction (len1)
//   subjects: count 1, tag hashes 32 | kept out: count 1, tag hashes 32 | struck out: count 1, slugs (len1)
//   readers: count 1, each key id 16, purpose 1, condition 1 | escrow 1
//   custodian threshold 1 | custodians: count 1, each key id 16
//
// Sealed with XChaCha20-Poly1305 under the plan key; associated data "alcove plan v1" and the organisation.
// Padded to a multiple of 512 bytes, so that its length does not count the names in it. At most 4096 bytes: the bounds of
// every field add up to less. People stand in it by key and tag: a plan is good only under the directory it was made
// from, and there `WallOf` and `HoldersOf` find them again.
#pragma once

#include <absl/status/statusor.h>

#include <array>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/access/wall.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"
#include "server/core/grants/holder.h"
#include "server/core/people/facts.h"

namespace alcove::intake {

struct PlannedReader {
  crypto::KeyId key_id;
  grants::Purpose purpose = grants::Purpose::kDesk;
  format::ReleaseCondition condition = format::ReleaseCondition::kAssigned;

  friend bool operator==(const PlannedReader&, const PlannedReader&) = default;
};

struct Plan {
  base::Instant expires;
  base::CaseId case_id;
  std::uint32_t directory_version = 0;
  std::array<std::uint32_t, 5> policy_versions{};  // in the order of people::kDocuments
  people::Facts facts;
  people::Urgency urgency = people::Urgency::kOrdinary;
  std::string rule;
  std::string desk;
  std::vector<people::TagHash> subjects;
  std::vector<people::TagHash> kept_out;
  std::vector<base::StaffSlug> struck_out;
  std::vector<PlannedReader> readers;
  bool escrow = false;  // to be sent only together with others
  std::uint8_t custodian_threshold = 0;
  std::vector<crypto::KeyId> custodians;  // empty: a confidential identity is not offered

  friend bool operator==(const Plan&, const Plan&) = default;
};

// The wall and the holders as the directory of the plan has them; nobody is released yet.
access::Wall WallOf(const people::Organisation& organisation, const std::vector<people::TagHash>& subjects,
                    const std::vector<people::TagHash>& kept_out, std::vector<base::StaffSlug> struck_out);
// The subjects whom the chart knows, sorted, each once.
std::vector<base::EmployeeId> EmployeesNamedBy(const access::Wall& wall);
// PLAN_STALE when a key is not in the directory any more.
absl::StatusOr<std::vector<grants::Holder>> HoldersOf(const people::Organisation& organisation, const Plan& plan);

crypto::Bytes SealPlan(const Plan& plan, const crypto::SymmetricKey& key,
                                       const base::OrganisationId& organisation, crypto::Random& random);

// PLAN_INVALID unless SealPlan made these bytes under this key for this organisation. Freshness is not judged here.
absl::StatusOr<Plan> OpenPlan(crypto::BytesView sealed, const crypto::SymmetricKey& key,
                              const base::OrganisationId& organisation);

}  // namespace alcove::intake
