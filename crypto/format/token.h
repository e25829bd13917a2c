// The employment token "ALT1": somebody to whom the organisation issued it vouches for one request, and says nothing else
// about themselves. 92 bytes; all integers are big-endian.
//
//   offset size  field
//        0    4  magic "ALT1"
//        4    1  suite, 1: RFC 9497 VOPRF(ristretto255, SHA-512), HKDF-SHA256, HMAC-SHA-256
//        5    1  kind of token (kinds.h)
//        6    2  zero
//        8   16  organisation
//       24    4  quarter of issue: year * 4 + 0 to 3
//       28   32  nonce, drawn by the client
//       60   32  MAC over the request that it is spent on
//
// T are the first 60 bytes. The client has the VOPRF evaluated on
//   "alcove token v1" 0x00 T
// under the key that the signed directory announces for this kind and quarter (directory.h), blinded, a batch at a time; it
// takes none of a batch whose proof does not hold for that key. From the output O, 64 bytes, which only the client and the
// holder of the key can compute:
//   HMAC-SHA-256(HKDF-SHA256(salt empty, ikm O, info "alcove token request v1" 0x00, 32 bytes), request)   the MAC
// where the request is 32 bytes that its own layout defines, a hash with a label over everything that the token is to vouch for.
//   SHA-256("alcove token nullifier v1" 0x00 T)   the nullifier: what the server keeps, once for ever, of a token that was spent
// T has one spelling, so a token has one nullifier, whatever it was spent on and whichever key checked it.
//
// A report is the request
//   SHA-256("alcove filing token v1" 0x00 organisation 16 case 16 mailbox 16 mailbox encryption key 32 mailbox signing key 32
//           entry hash 32)
// The entry hash is that of the report's envelope, and through it of its body, readers, grants and attachments: the token vouches
// for exactly this filing.
//
// At issue the server sees blinded elements, which are independent of T. When it is spent the server sees T for the first time.
//
// Errors: those of errors.h. Threads: any; parsed values point into the bytes they were parsed from.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/voprf.h"
#include "crypto/format/ids.h"
#include "crypto/format/kinds.h"
#include "crypto/format/quarter.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;

struct TokenNonceTag { static constexpr std::string_view kName = "token nonce"; };
struct TokenNullifierTag { static constexpr std::string_view kName = "token nullifier"; };
using TokenNonce = crypto::FixedBytes<32, TokenNonceTag>;
using TokenNullifier = crypto::FixedBytes<32, TokenNullifierTag>;

inline constexpr size_t kTokenSize = 92;

// The key under which tokens of one kind and quarter are issued, as the directory announces it.
struct TokenKey {
  TokenKind kind = TokenKind::kEmployment;
  Quarter quarter;
  crypto::VoprfPublicKey key;

  bool operator==(const TokenKey&) const = default;
};

// `employment`, `escrow`: as texts have it.
std::string_view WordOf(TokenKind kind);
absl::StatusOr<TokenKind> TokenKindFromWord(std::string_view word);

// What a token is one of.
struct TokenTerms {
  OrganisationId organisation;
  TokenKind kind = TokenKind::kEmployment;
  Quarter quarter;

  bool operator==(const TokenTerms&) const = default;
};

// ---- the client ----

// Asked for. Nonce and blind stay with the client; `blinded.blinded` goes to the issuer.
struct PendingToken {
  TokenTerms terms;
  TokenNonce nonce;
  crypto::VoprfBlinded blinded;
};

// Issued. Whoever has it can spend it: nonce and output are kept as a key is.
struct UnspentToken {
  TokenTerms terms;
  TokenNonce nonce;
  crypto::VoprfOutput output;
};

// What a token vouches for when a report is filed with it.
struct FilingOfToken {
  OrganisationId organisation;
  CaseId case_id;
  MailboxId mailbox;
  crypto::EncryptionKey mailbox_encryption_key;
  crypto::VerifyKey mailbox_verify_key;
  Digest entry_hash;
};
Digest TokenRequestOf(const FilingOfToken& filing);

// Draws the nonce, 32 bytes, then 64 for the blind. kMalformed when kind or quarter has no place in the layout.
absl::StatusOr<PendingToken> DrawToken(const TokenTerms& terms, crypto::Random& random);

// All tokens of the batch or none. kBadProof when the proof does not show that each was evaluated under `key`: the issuer
// answered with another key, by which it could know this client again. kMalformed when a token is of another kind or quarter
// than the key, an element is no canonical encoding, or their number is not that of `pending`, zero, or above
// crypto::kMaxVoprfBatch.
absl::StatusOr<std::vector<UnspentToken>> FinishTokens(const TokenKey& key, std::span<const PendingToken> pending,
                                                       const crypto::VoprfEvaluated& evaluated);

// ALT1. Spending one token on two requests shows that both are by one person, and the server takes the first alone.
Bytes SpendToken(const UnspentToken& token, const Digest& request);

// ---- the server ----

struct ParsedToken {
  TokenTerms terms;
  TokenNonce nonce;
  Digest mac;
  BytesView bytes;
};

absl::StatusOr<ParsedToken> ParseToken(BytesView bytes);

// The holder of the key that was announced for the token's kind and quarter checks that it was issued, and spent on this
// request: kForgedToken otherwise, whichever it is. One evaluation (about 50 µs). Whether the organisation, quarter and kind
// are wanted, and that the nullifier is new, is for the caller to check.
absl::Status CheckToken(const ParsedToken& token, const crypto::VoprfKey& key, const Digest& request);

// What stands for the token once it is spent. Says nothing without the nonce.
TokenNullifier NullifierOf(const TokenTerms& terms, const TokenNonce& nonce);

}  // namespace alcove::format
