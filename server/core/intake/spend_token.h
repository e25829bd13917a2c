// Spending a token: the check, and the row by which it is spent once. For whatever a token is spent on: a filing asks for one of
// kind EMPLOYMENT; who needs another kind asks for that.
//
// The row holds the nullifier, the kind and the quarter, and nothing of what the token was spent on. It is put into the very change
// set that the token vouches for, expecting that it is not there: token and act become durable together or not at all, and of two
// that spend one token at once only the first is written. It outlives restart, backup and restore like any row, and goes with
// no case.
#pragma once

#include <absl/status/statusor.h>

#include "crypto/bytes.h"
#include "crypto/format/token.h"
#include "server/core/base/changes.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/intake/intake.h"

namespace alcove::intake {

// A token that was spent.
struct SpentToken : base::Record {
  static constexpr base::Table kTable = base::Table::kSpentToken;
  std::string key() const { return base::RowKey(nullifier); }

  format::TokenNullifier nullifier;
  format::TokenKind kind = format::TokenKind::kEmployment;
  format::Quarter quarter;
};

// Of this organisation, of `kind`, of this quarter or the one before, issued under our key, and spent on exactly this request
// (a hash with a label, as format::TokenRequestOf gives it): TOKEN_REFUSED otherwise, whichever it is. TOKEN_SPENT when it was
// spent before; with `look` false that is left to the expectation of the commit (SubmitRequest::look). Answers the nullifier:
// different ones are different tokens.
//
// One scalar multiplication, 50 µs: call it when everything that costs less has passed.
absl::StatusOr<format::TokenNullifier> SpendToken(const Ports& ports, format::TokenKind kind, crypto::BytesView token,
                                                  const crypto::Digest& request, bool look, base::ChangeSet& changes);

}  // namespace alcove::intake
