// What a reporter does after filing: everything that starts with the twelve words.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "client/cli/frame/frame.h"
#include "client/cli/report/filing.h"

namespace alcove::cli {

struct VisitOptions {
  // Where the twelve words come from; asked for on the terminal otherwise.
  std::optional<int> receipt_fd;
  // reply, attach: the message. Empty asks for it.
  std::string text_file;
  std::vector<std::string> files;
  // messages: a directory to save attachments in; empty saves none.
  std::string fetch_into;
  // save: the file to write; `proof` is a proof of filing to complete.
  std::string save_to;
  std::string proof;
  // exclude: short names from the list of readers, staff numbers or work addresses. Empty asks.
  std::vector<std::string> people;
  // consent: `yes` or `no`.
  std::string answer;
  // withdraw, exclude, consent, rotate: no question.
  bool yes = false;
  // release: questions of the form; `none` releases nothing any more. change: the one question whose answer changes.
  std::vector<std::string> questions;
  bool none = false;
  // summary: what to say to it. Neither: show it, and ask where somebody can answer.
  bool accept = false;
  bool correct = false;
  // checkin: which one, where several are open; empty and 0 take the newest.
  std::string since;
  unsigned days = 0;
  // checkin: a report of retaliation that goes with it; `from` empty asks. rotate: where the new words go.
  NewReportOptions retaliation;
};

absl::Status ResumeReport(Frame& frame, const VisitOptions& options);
absl::Status ShowStatus(Frame& frame, const VisitOptions& options);
absl::Status ShowMessages(Frame& frame, const VisitOptions& options);
absl::Status Reply(Frame& frame, const VisitOptions& options);
absl::Status Attach(Frame& frame, const VisitOptions& options);
absl::Status Withdraw(Frame& frame, const VisitOptions& options);
absl::Status Exclude(Frame& frame, const VisitOptions& options);
absl::Status ReleaseFields(Frame& frame, const VisitOptions& options);
absl::Status AnswerSummary(Frame& frame, const VisitOptions& options);
absl::Status TellChange(Frame& frame, const VisitOptions& options);
// Answers a check-in. Says when nothing is due.
absl::Status CheckIn(Frame& frame, const VisitOptions& options);
// Answers whether somebody may learn who the reporter is.
absl::Status Consent(Frame& frame, const VisitOptions& options);
// A new receipt in the place of the old one.
absl::Status Rotate(Frame& frame, const VisitOptions& options);
absl::Status ShowLedger(Frame& frame, const VisitOptions& options);
absl::Status SaveLedger(Frame& frame, const VisitOptions& options);

}  // namespace alcove::cli
