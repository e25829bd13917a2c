// The reporter's side of a case. The caller is a mailbox whose keys were proved to the session; every function concerns
// that mailbox's one case. Reporters' visits leave nothing behind: reads have no leaf and no write.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>

#include "server/core/base/changes.h"
#include "server/core/cases/new_entry.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"

namespace alcove::cases {

// The key that a session with this mailbox must prove, or nothing where there is no such mailbox: not an error, because
// making one takes time by which the two could be told apart.
absl::StatusOr<std::optional<crypto::VerifyKey>> MailboxKey(const base::Reader& rows, const base::MailboxId& mailbox);

// Of a case that is to go or is gone it says only that, and why.
absl::StatusOr<MailboxView> GetMailbox(const Ports& ports, const base::MailboxId& caller);

// THREAD, oldest first: 20 entries a page unless asked, at most 50, at most 200 KiB.
absl::StatusOr<EntryPage> ListMessages(const Ports& ports, const base::MailboxId& caller, const PageRequest& page);

// `request_id`: UUIDv4 text.
absl::StatusOr<base::Outcome<Appended>> SendMessage(const Ports& ports, const base::MailboxId& caller,
                                                    const std::string& request_id, const NewEntry& entry);

// The chain of leaves that the reporter may see, in order of number: 50 a page unless asked, at most 100.
absl::StatusOr<LeafPage> ListLeaves(const Ports& ports, const base::MailboxId& caller, const PageRequest& page);

// Marks the report as withdrawn; content and clocks stay, the team is told by state and leaf. Answers the new etag.
absl::StatusOr<base::Outcome<std::string>> WithdrawReport(const Ports& ports, const base::MailboxId& caller,
                                                          const std::string& etag, const std::string& request_id);

}  // namespace alcove::cases
