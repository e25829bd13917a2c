// How every command begins that starts with the twelve words: words, connection, checked directory, checked mailbox.
#pragma once

#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "client/cli/frame/frame.h"
#include "client/cli/report/visit.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/mailbox.h"
#include "client/lib/session.h"

namespace alcove::cli {

// Everything a command needs for as long as it runs. Signs out at its end. Not movable: the mailbox points at the rest.
struct Visit {
  std::unique_ptr<client::Connection> connection;
  client::CheckedDirectory directory;
  std::optional<client::MailboxVisit> mailbox;
  std::optional<client::Tombstone> gone;  // what is left of the case, where Begin said CASE_GONE

  ~Visit() {
    if (mailbox) client::SignOut(*connection, mailbox->session());
  }
};

// Fills `visit`. Asks for the words unless the options say where they come from.
absl::Status Begin(Frame& frame, const VisitOptions& options, Visit& visit);

}  // namespace alcove::cli
