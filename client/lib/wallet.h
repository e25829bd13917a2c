// An employee's wallet: the tokens that their machine drew, had issued through the HR portal, and spends on reports
// (crypto/format/wallet.h, crypto/format/token.h).
//
//   DrawTokens -> a batch for the portal -> IssueTokens, by the portal -> TakeTokens -> SpendToken, once each
//
// The wallet is the one file that the program keeps for an employee, because they asked for it, sealed under their passphrase. Whoever
// has it and the passphrase can spend its tokens, and tell which reports its tokens were spent on only as long as they are in it: a
// token is taken out of the file before it is sent anywhere.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/v1/hr_service.pb.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/filing.h"
#include "crypto/format/wallet.h"

namespace alcove::client {

class WalletFile {
 public:
  // kKeyFileInvalid when the file is missing, readable by others, of another organisation or malformed; kPassphraseWrong.
  static absl::StatusOr<WalletFile> Open(const std::string& path, const format::OrganisationId& organisation,
                                         crypto::SecretText passphrase);
  // Empty, and not written yet. kInputInvalid when the file is there.
  static absl::StatusOr<WalletFile> Begin(const std::string& path, const format::OrganisationId& organisation,
                                          crypto::SecretText passphrase);

  // Draws `count` tokens of this quarter, keeps what only this machine may know, and gives the text of the batch. The file is
  // written first. kInputInvalid when there is no room.
  absl::StatusOr<std::string> DrawTokens(format::TokenKind kind, uint32_t count, format::Day today, crypto::Random& random);

  // Takes what the portal brought back; how many tokens. kTokensInvalid when the proof does not hold for the key that the checked
  // directory announces: the issuer could know this machine again. kInputInvalid for an answer to no batch of this wallet.
  absl::StatusOr<uint32_t> TakeTokens(std::string_view answer, const format::Directory& directory, crypto::Random& random);

  // Those that can be spent on that day: of this quarter and of the one before.
  uint32_t Spendable(format::TokenKind kind, format::Day today) const;
  uint32_t Pending(format::TokenKind kind) const;

  // Takes one out, the oldest first. When this returns it is gone from the file. kInputInvalid when there is none.
  absl::StatusOr<format::UnspentToken> TakeOut(format::TokenKind kind, format::Day today, crypto::Random& random);

 private:
  WalletFile(std::string path, format::Wallet wallet, crypto::SecretText passphrase, bool fresh)
      : path_(std::move(path)), wallet_(std::move(wallet)), passphrase_(std::move(passphrase)), fresh_(fresh) {}
  // Leaves out what can never be spent or issued any more.
  absl::Status Write(crypto::Random& random);

  std::string path_;
  format::Wallet wallet_;
  crypto::SecretText passphrase_;
  bool fresh_;
};

// For the portal: has the batch issued to this employee, `emp:NUMBER` or `mail:ADDRESS`. The text that goes back to them.
absl::StatusOr<std::string> IssueTokens(Connection& connection, const Session& session, const std::string& employee,
                                        std::string_view batch, crypto::Random& random);

// The report is sent only once so many others have named the same person, on `last` at the latest. Its plan was asked for with
// `escrow`, and its token is one of kind ESCROW.
void SendWithOthers(SealedReport& sealed, uint32_t others, format::Day last);

// Binds the token to this sealed report. The same report again gives the same bytes.
absl::Status Vouch(const format::UnspentToken& token, SealedReport& sealed);

}  // namespace alcove::client
