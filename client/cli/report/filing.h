// `alcove report new`.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/frame/frame.h"

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
  // Where the twelve words go when they are not shown on a terminal.
  std::optional<int> receipt_out_fd;
  bool print_receipt = false;
  // A file for the proof of filing; empty means none.
  std::string proof;
};

absl::Status NewReport(Frame& frame, const NewReportOptions& options);

}  // namespace alcove::cli
