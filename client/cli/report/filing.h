// `alcove report new`.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/cli/frame/frame.h"
#include "client/cli/report/answers.h"
#include "client/cli/report/receipt.h"
#include "client/lib/filing.h"

namespace alcove::cli {

struct NewReportOptions {
  // A file with answers instead of the interview; empty means to ask.
  std::string from;
  std::vector<std::string> attachments;
  // Slugs of readers to strike out.
  std::vector<std::string> strike;
  std::string language;
  // Take the readers as they are: needed where nobody can be asked.
  bool yes = false;
  ReceiptOptions receipt;
  // A file for the proof of filing; empty means none.
  std::string proof;
  // A wallet with tokens; empty means none.
  std::string wallet;
  std::optional<int> wallet_passphrase_fd;
  // How many others have to name the same person before it is sent; 0: it is sent at once.
  uint32_t escrow = 0;
  // The last day on which it is sent, `2027-03-31`; with `escrow`.
  std::string until;
};

absl::Status NewReport(Frame& frame, const NewReportOptions& options);

// A report of retaliation that goes with the answer to a check-in.
struct LinkedReport {
  // What the first report says that holds for this one: whom it is about, whom it keeps out, where.
  Answers answers;
  std::vector<std::string> struck_out;  // slugs
  // Sends it with the answer, as often as it takes.
  std::function<absl::StatusOr<client::Filed>(const client::SealedReport&)> send;
};

// The same questions, readers and words as for any report; only the sending is another.
absl::Status NewLinkedReport(Frame& frame, const NewReportOptions& options, const LinkedReport& linked);

}  // namespace alcove::cli
