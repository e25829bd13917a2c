// Issuing employment tokens (crypto/format/token.h): to everybody who works here, each quarter, so that fetching is no signal.
//
// A service account, the HR portal's, vouches for one employee a call and hands in blinded elements that the employee's machine
// drew. What comes back says nothing of who will spend it on what: blinded elements are uniform whatever they hide, and nothing
// that is seen when a token is spent (server/core/intake/spend_token.h) stands in a row or an answer of here.
//
// What is kept: that so many tokens of a kind and quarter were issued to an employee; the answer, as any request's, for a
// repetition; and a leaf with account, kind, quarter and number that names no employee.
//
// Callers are service accounts with the scope `tokens`; the door has checked that.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/quarter.h"
#include "crypto/format/tag.h"
#include "crypto/format/token.h"
#include "crypto/oprf.h"
#include "crypto/voprf.h"
#include "server/core/base/changes.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/cases/ports.h"
#include "server/core/intake/token_keys.h"

namespace alcove::hr {

// For one employee in one quarter. Four reports a quarter are more than one, and fewer than a flood; of escrow one, because
// each is a voice.
inline constexpr std::uint32_t kMostEmploymentTokens = 4;
inline constexpr std::uint32_t kMostEscrowTokens = 1;
constexpr std::uint32_t MostTokens(format::TokenKind kind) {
  return kind == format::TokenKind::kEscrow ? kMostEscrowTokens : kMostEmploymentTokens;
}

// How many were issued to an employee.
struct TokensDrawn : base::Record {
  static constexpr base::Table kTable = base::Table::kTokensDrawn;
  std::string key() const { return base::RowKey(quarter.number(), static_cast<std::uint8_t>(kind), employee); }

  format::Quarter quarter;
  format::TokenKind kind = format::TokenKind::kEmployment;
  base::EmployeeId employee;
  std::uint32_t count = 0;  // 1 to MostTokens(kind)
};

struct TokenBatch {
  std::string request_id;
  format::Identifier employee;
  format::TokenKind kind = format::TokenKind::kEmployment;
  format::Quarter quarter;                 // this one
  std::vector<crypto::BytesView> blinded;  // 1 to crypto::kMaxVoprfBatch elements, 32 bytes each
};

// All of the batch or nothing. A repetition answers the very same, and counts once.
//
//   FIELD_INVALID      another quarter than this one, no elements, too many, or one that is none
//   TOKEN_KEY_MISSING  the directory in force announces no key for it, or it is not held here
//   EMPLOYEE_UNKNOWN   for whom the chart does not list: never heard of, or left
//   TOKENS_USED_UP     more than MostTokens(kind) with those that were issued before
//
// 75 µs for the employee's tag and 150 an element.
absl::StatusOr<base::Outcome<crypto::VoprfEvaluated>> IssueEmploymentTokens(const cases::Ports& ports,
                                                                            const crypto::OprfKey& tag_key,
                                                                            const intake::TokenKeys& keys,
                                                                            const base::StaffSlug& caller,
                                                                            const TokenBatch& batch);

}  // namespace alcove::hr
