// The reporter's side of a case, from twelve words to checked messages.
//
// A visit signs in, fetches everything the mailbox may see, and checks it (thread.h, leaves.h) before it shows anything.
// Nothing is remembered between visits. Words that belong to no mailbox cost the same work and get the same answer.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "client/lib/admission.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/leaves.h"
#include "client/lib/session.h"
#include "client/lib/thread.h"
#include "crypto/format/day.h"
#include "crypto/format/tag.h"
#include "crypto/receipt.h"

namespace alcove::client {

class MailboxVisit {
 public:
  // Signs in, fetches and checks everything. None of the references is owned; all outlive the visit. Where the mailbox's
  // own newest grant does not open, `tell` is called, then the grant is reported to the server: kGrantUnopened.
  static absl::StatusOr<MailboxVisit> Begin(Connection& connection, const CheckedDirectory& directory,
                                            const crypto::Receipt& receipt, crypto::Random& random,
                                            const std::function<void()>& tell = {});

  const v1::GetMailboxResponse& mailbox() const { return mailbox_; }
  const std::vector<OpenedEntry>& thread() const { return thread_; }
  const CheckedLeaves& leaves() const { return leaves_; }
  // Readers who were added after the filing, by slug.
  const std::map<std::string, Admitted>& admitted() const { return admitted_; }
  const Session& session() const { return session_; }
  // The filing.
  const sealed::v1::Report& report() const { return *thread_.front().report; }

  // Seals and sends a message, or another entry that a reporter may write; a new epoch where the current one is stale, granted
  // to the remaining readers and to nobody else. The server's list of remaining readers must be a subset of the old one:
  // kReaderSurplus otherwise.
  absl::StatusOr<v1::SendMessageResponse> Send(const sealed::v1::Message& message,
                                               const std::vector<v1::BlobName>& blobs, format::Day today,
                                               format::EntryKind kind = format::EntryKind::kMessage);
  absl::StatusOr<v1::WithdrawReportResponse> Withdraw();
  // Keeps these people out from now on: tags of identifiers, and slugs of readers.
  absl::StatusOr<v1::ExcludeReadersResponse> Exclude(const std::vector<format::SubjectTag>& tags,
                                                     const std::vector<std::string>& slugs);

 private:
  MailboxVisit(Connection& connection, const CheckedDirectory& directory, crypto::MailboxKeys keys,
               crypto::Random& random)
      : connection_(&connection), directory_(&directory), keys_(std::move(keys)), random_(&random) {}
  KeyringView View(DirectoryHistory& history) const;
  absl::Status Fetch();
  absl::Status ReportBadGrant();

  Connection* connection_;
  const CheckedDirectory* directory_;
  crypto::MailboxKeys keys_;
  crypto::Random* random_;
  Session session_;
  v1::GetMailboxResponse mailbox_;
  KeyringKeys epochs_;
  std::vector<OpenedEntry> thread_;
  CheckedLeaves leaves_;
  std::map<std::string, Admitted> admitted_;
};

// The recipients of a new epoch of THREAD or TEAM: exactly the readers that the case shows and who have not lost it, each
// key from the newest directory, and each a reader of the epoch `before` or one whose admission was checked.
// kReaderSurplus for anybody else.
absl::StatusOr<std::vector<format::Recipient>> NextRecipients(const format::Directory& directory,
                                                              const std::vector<v1::Reader>& readers,
                                                              const std::vector<format::EpochReader>& before,
                                                              const std::map<std::string, Admitted>& admitted);

}  // namespace alcove::client
