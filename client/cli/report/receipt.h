// Handing over twelve words.
#pragma once

#include <optional>

#include "absl/status/status.h"
#include "client/cli/frame/frame.h"
#include "crypto/receipt.h"

namespace alcove::cli {

// Where the words go when they are not shown on a terminal.
struct ReceiptOptions {
  std::optional<int> out_fd;
  bool print = false;

  bool elsewhere() const { return out_fd.has_value() || print; }
};

// NO_TERMINAL when the words could not be shown.
absl::Status CheckReceiptOptions(const Terminal& terminal, const ReceiptOptions& options);

// Shows the words once, and asks two of them back until they are right. Call it before anything is sent: what is filed under
// words that were lost can never be reached again. CANCELLED when the person stops.
absl::Status HandOver(Frame& frame, const crypto::Receipt& receipt, const ReceiptOptions& options);

}  // namespace alcove::cli
