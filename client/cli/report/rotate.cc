// Twelve new words, when somebody may have found the old ones.
#include "client/cli/report/begin.h"
#include "client/cli/report/receipt.h"
#include "crypto/receipt.h"

namespace alcove::cli {

using client::Refusal;
using client::Refuse;

absl::Status Rotate(Frame& frame, const VisitOptions& options) {
  const ReceiptOptions& receipt = options.retaliation.receipt;
  ALCOVE_CLIENT_TRY(CheckReceiptOptions(frame.terminal(), receipt));
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  Terminal& terminal = frame.terminal();
  if (terminal.interactive() && !options.yes) {
    terminal.Say("You get twelve new words, and the old ones end: whoever found them finds nothing with them any more. What "
                 "they read before, they know. Your case, its readers and your messages stay.");
    ALCOVE_CLIENT_ASSIGN(const bool sure, AskYesNo(terminal, "Get new words?", true));
    if (!sure) return Refuse(Refusal::kCancelled, "nothing was changed; your words are the old ones");
  }
  // Shown and asked back before anything is sent: were they sent first and the line broke, nobody would have any words.
  const crypto::Receipt fresh = crypto::Receipt::Draw(frame.random());
  ALCOVE_CLIENT_TRY(HandOver(frame, fresh, receipt));
  ALCOVE_CLIENT_TRY(visit.mailbox->Renew());
  const auto rotated = visit.mailbox->Rotate(fresh, frame.today());
  if (client::Is(rotated.status(), Refusal::kServerUnreachable)) {
    terminal.Say("The server does not answer, so it is not certain whether the new words are in force. Keep both. Try the new ones "
                 "first; if they are refused, the old ones are still good.");
  } else if (!rotated.ok()) {
    terminal.Say("Nothing was changed: your old words are still good, and the new ones are worth nothing.");
  }
  if (!rotated.ok()) return rotated.status();
  if (frame.json()) {
    frame.PrintJson(*rotated);
  } else {
    terminal.Print("Your new words are in force. Destroy the paper with the old ones.\n");
  }
  return absl::OkStatus();
}

}  // namespace alcove::cli
