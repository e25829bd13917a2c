#include "server/core/intake/spend_token.h"

#include <utility>

#include "server/core/intake/errors.h"

namespace alcove::intake {

absl::StatusOr<format::TokenNullifier> SpendToken(const Ports& ports, format::TokenKind kind, crypto::BytesView token,
                                                  const crypto::Digest& request, bool look, base::ChangeSet& changes) {
  const people::Organisation& organisation = ports.cases.organisation;
  const absl::StatusOr<format::ParsedToken> parsed = format::ParseToken(token);
  if (!parsed.ok()) return TokenRefused();
  const format::TokenTerms& terms = parsed->terms;
  const format::Quarter now = format::Quarter::Of(ports.cases.clock.Today());
  if (terms.organisation != organisation.id() || terms.kind != kind ||
      (terms.quarter != now && terms.quarter != now.Previous()))
    return TokenRefused();
  const crypto::VoprfKey* key = ports.secrets.tokens.ToCheck(organisation, kind, terms.quarter);
  if (key == nullptr || !format::CheckToken(*parsed, *key, request).ok()) return TokenRefused();

  SpentToken spent;
  spent.nullifier = format::NullifierOf(terms, parsed->nonce);
  spent.kind = kind;
  spent.quarter = terms.quarter;
  if (look) {
    const auto before = ports.cases.rows.Get<SpentToken>(spent.key());
    if (!before.ok()) return before.status();
    if (*before) return TokenSpent();
  }
  const format::TokenNullifier nullifier = spent.nullifier;
  changes.Insert(std::move(spent));
  return nullifier;
}

}  // namespace alcove::intake
