// Tokens (token.h) between an employee's machine and the issuer: three texts, one form only.
//
// The wallet, a file of the employee's own. Sealed, because whoever has a token can spend it, and whoever knows what a wallet was
// once can recognise what it was spent on:
//
//   alcove.wallet.v1
//   organisation <id, 26 characters>
//   sealed <base64>                          password.h, with the lines before it as associated data, of these lines:
//     pending <employment | escrow> <YYYY-Qn> <base64 nonce 32> <base64 blind 32> <base64 blinded element 32>
//     token <employment | escrow> <YYYY-Qn> <base64 nonce 32> <base64 output 64>
//     end
//
// (Indented here for reading.) 0 to 256 of either, those of `pending` first. Pending ones were drawn and not issued yet. After `end`
// come empty lines up to a multiple of 4096 bytes, so that the file is as long with one token as with twenty: its length does not
// tell that one was spent.
//
// The batch, what leaves the machine for the issuer. It names nobody and says nothing of the tokens:
//
//   alcove.token-batch.v1
//   organisation <id>
//   tokens <employment | escrow> <YYYY-Qn>
//   blinded <base64 element 32>              1 to 256
//
// The answer, what comes back:
//
//   alcove.token-answer.v1
//   organisation <id>
//   tokens <employment | escrow> <YYYY-Qn>
//   evaluated <base64 element 32>            1 to 256, in the order of the batch
//   proof <base64 64>
//
// Errors: those of errors.h. Threads: any.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "crypto/voprf.h"
#include "crypto/format/ids.h"
#include "crypto/format/token.h"

namespace alcove::format {

struct Wallet {
  OrganisationId organisation;
  std::vector<PendingToken> pending;
  std::vector<UnspentToken> unspent;
};

// kMalformed when a token is of another organisation than the wallet, or there are too many; an empty passphrase is refused.
// About half a second.
absl::StatusOr<std::string> WalletText(const Wallet& wallet, const crypto::SecretText& passphrase, crypto::Random& random);
// Whose wallet it is, without the passphrase.
absl::StatusOr<OrganisationId> WalletOrganisation(std::string_view text);
// kWrongPassphrase when the passphrase is wrong or the file was changed.
absl::StatusOr<Wallet> ReadWallet(std::string_view text, const crypto::SecretText& passphrase);

// For the issuer: tokens of one kind and quarter.
struct TokenBatch {
  TokenTerms terms;
  std::vector<crypto::RistrettoPoint> blinded;
};
absl::StatusOr<std::string> TokenBatchText(const TokenBatch& batch);
absl::StatusOr<TokenBatch> ParseTokenBatch(std::string_view text);

// From the issuer. Whether the proof holds, FinishTokens says.
struct TokenAnswer {
  TokenTerms terms;
  crypto::VoprfEvaluated evaluated;
};
absl::StatusOr<std::string> TokenAnswerText(const TokenAnswer& answer);
absl::StatusOr<TokenAnswer> ParseTokenAnswer(std::string_view text);

}  // namespace alcove::format
