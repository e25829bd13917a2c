#include "client/cli/report/receipt.h"

#include <string>
#include <vector>

#include "client/cli/frame/secret_input.h"
#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

std::vector<int> TwoPositions(crypto::Random& random) {
  const crypto::Bytes drawn = random.Draw(2);
  const int first = 1 + static_cast<uint8_t>(drawn[0]) % 12;
  int second = 1 + static_cast<uint8_t>(drawn[1]) % 11;
  if (second >= first) ++second;
  return {first, second};
}

}  // namespace

absl::Status CheckReceiptOptions(const Terminal& terminal, const ReceiptOptions& options) {
  if (terminal.interactive() || options.elsewhere()) return absl::OkStatus();
  return Refuse(Refusal::kNoTerminal, "the twelve words cannot be shown; give --receipt-out-fd N or --print-receipt");
}

absl::Status HandOver(Frame& frame, const crypto::Receipt& receipt, const ReceiptOptions& options) {
  Terminal& terminal = frame.terminal();
  const crypto::SecretText words = receipt.Words();
  if (options.out_fd) return WriteSecret(*options.out_fd, words.expose());
  if (options.print) {
    terminal.Print(std::string(words.expose()) + "\n");
    return absl::OkStatus();
  }
  while (true) {
    terminal.ClearScreen();
    terminal.Say("These twelve words are your receipt. They are shown once, now. With them, and only with them, you can come "
                  "back, read answers and write more. Nobody can give them to you again, and whoever has them is you.\n");
    for (int row = 0; row < 4; ++row) {
      std::string line = "   ";
      for (int column = 0; column < 3; ++column) {
        const int position = row + 1 + 4 * column;
        std::string cell = (position < 10 ? " " : "") + std::to_string(position) + "  " + std::string(receipt.Word(position));
        cell.resize(16, ' ');
        line += cell;
      }
      terminal.Say(line);
    }
    terminal.Say("\nWrite them on paper, in this order, and keep the paper where nobody at work finds it. No photograph: phones "
                  "copy pictures to places you do not see.");
    ALCOVE_CLIENT_ASSIGN(const std::string ready, terminal.Ask("Press Enter when you have written them down. "));
    terminal.ClearScreen();
    bool right = true;
    for (const int position : TwoPositions(frame.random())) {
      ALCOVE_CLIENT_ASSIGN(const crypto::SecretText word,
                           terminal.AskHidden("To be sure: what is word " + std::to_string(position) + "? (not shown) "));
      right = right && crypto::ConstantTimeEquals(word.expose(), receipt.Word(position));
    }
    if (right) return absl::OkStatus();
    terminal.Say("That is not what was shown. Please look again.");
    ALCOVE_CLIENT_ASSIGN(const std::string again, terminal.Ask("Press Enter to see the words once more, or type `quit`. "));
    if (again == "quit") return Refuse(Refusal::kCancelled, "nothing was sent");
  }
}

}  // namespace alcove::cli
