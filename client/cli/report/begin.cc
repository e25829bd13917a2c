#include "client/cli/report/begin.h"

#include <string>

#include "client/cli/frame/secret_input.h"
#include "crypto/receipt.h"
#include "crypto/secret.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

absl::StatusOr<crypto::Receipt> AskReceipt(Frame& frame, const VisitOptions& options) {
  for (int attempt = 0;; ++attempt) {
    ALCOVE_CLIENT_ASSIGN(const crypto::SecretText words,
                         ReadSecret(frame.terminal(), options.receipt_fd, "Your twelve words (not shown): "));
    auto receipt = crypto::Receipt::FromWords(words.expose());
    if (receipt.ok()) return receipt;
    const auto text = receipt.status().message();
    if (options.receipt_fd || attempt >= 4) {
      return Refuse(Refusal::kInputInvalid, "the twelve words cannot be read: " + std::string(text.data(), text.size()));
    }
    frame.terminal().Say("That cannot be right: " + std::string(text.data(), text.size()) + ". Please type them again.");
  }
}

}  // namespace

absl::Status Begin(Frame& frame, const VisitOptions& options, Visit& visit) {
  ALCOVE_CLIENT_ASSIGN(const crypto::Receipt receipt, AskReceipt(frame, options));
  ALCOVE_CLIENT_ASSIGN(visit.connection, frame.Connect());
  ALCOVE_CLIENT_ASSIGN(visit.directory, client::FetchDirectory(*visit.connection, nullptr, frame.today()));
  ALCOVE_CLIENT_ASSIGN(
      visit.mailbox, client::MailboxVisit::Begin(*visit.connection, visit.directory, receipt, frame.random(), [&frame] {
        frame.terminal().Say(
            "The newest key of your conversation does not open for you: somebody made it wrong. Nothing of yours is lost, and "
            "you did nothing wrong. This is now being reported, with who made the key; the next message from the team brings "
            "a new one.");
      }, &visit.gone));
  return absl::OkStatus();
}

}  // namespace alcove::cli
