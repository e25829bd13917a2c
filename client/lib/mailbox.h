// The reporter's side of a case, from twelve words to checked messages.
//
// A visit signs in, fetches everything the mailbox may see, and checks it (thread.h, leaves.h) before it shows anything.
// Nothing is remembered between visits. Words that belong to no mailbox cost the same work and get the same answer.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "client/lib/admission.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/filing.h"
#include "client/lib/identity.h"
#include "client/lib/leaves.h"
#include "client/lib/session.h"
#include "client/lib/thread.h"
#include "client/lib/tombstone.h"
#include "crypto/format/day.h"
#include "crypto/format/tag.h"
#include "crypto/receipt.h"

namespace alcove::client {

// An answer to a check-in was kept, and the report that went with it was filed.
struct CheckInDone {
  v1::AnswerCheckInResponse response;
  std::optional<Filed> retaliation;
};

class MailboxVisit {
 public:
  // Signs in, fetches and checks everything. None of the references is owned; all outlive the visit. Where the mailbox's
  // own newest grant does not open, `tell` is called, then the grant is reported to the server: kGrantUnopened. Of a case that
  // is to go or is gone the tombstone is checked and put into `gone`, where that is given: kCaseGone.
  static absl::StatusOr<MailboxVisit> Begin(Connection& connection, const CheckedDirectory& directory,
                                            const crypto::Receipt& receipt, crypto::Random& random,
                                            const std::function<void()>& tell = {},
                                            std::optional<Tombstone>* gone = nullptr);

  const v1::GetMailboxResponse& mailbox() const { return mailbox_; }
  const std::vector<OpenedEntry>& thread() const { return thread_; }
  const CheckedLeaves& leaves() const { return leaves_; }
  // Readers who were added after the filing, by slug.
  const std::map<std::string, Admitted>& admitted() const { return admitted_; }
  // Requests to learn who the reporter is, oldest first, checked.
  const std::vector<AskedIdentity>& asked_identities() const { return asked_identities_; }
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
  // Answers a request for the reporter's identity, under the mailbox's key.
  absl::StatusOr<v1::DecideConsentResponse> DecideConsent(const AskedIdentity& asked, format::Decision decision);
  // Seals the answer to the check-in that it names by series and days. With `retaliation`, that report goes with it.
  absl::StatusOr<v1::AnswerCheckInRequest> PrepareCheckIn(const sealed::v1::CheckIn& answer, const SealedReport* retaliation,
                                                          format::Day today);
  // Sends it, as often as it takes: the same request is the same act. The promise for `retaliation`, the report that was
  // prepared with it, is checked like that of any filing (filing.h).
  absl::StatusOr<CheckInDone> AnswerCheckIn(const v1::AnswerCheckInRequest& request, const SealedReport* retaliation,
                                            format::Day today);
  // Signs in again and fetches what is new: a session lives for a quarter of an hour, and an interview may take longer.
  absl::Status Renew();
  // Puts `fresh` in the place of the receipt that this visit began with: show it, and have it written down, before. Where the
  // answer is lost, signing in with the new words tells whether it happened. kServerUnreachable: it is not certain which
  // words are good; try the new ones first. Any other error: the old ones are. The visit goes on under the new words and
  // shows what it had fetched.
  absl::StatusOr<v1::RotateReceiptResponse> Rotate(const crypto::Receipt& fresh, format::Day today);
  // Keeps these people out from now on: tags of identifiers, and slugs of readers.
  absl::StatusOr<v1::ExcludeReadersResponse> Exclude(const std::vector<format::SubjectTag>& tags,
                                                     const std::vector<std::string>& slugs);

 private:
  MailboxVisit(Connection& connection, const CheckedDirectory& directory, crypto::MailboxKeys keys,
               crypto::Random& random)
      : connection_(&connection), directory_(&directory), keys_(std::move(keys)), random_(&random) {}
  absl::StatusOr<KeyringView> View(DirectoryHistory& history) const;
  absl::Status Fetch();
  // The next entry of THREAD, with a new epoch where the current one is stale, or where the mailbox gets the key `fresh`.
  absl::StatusOr<v1::NewEntry> Seal(format::EntryKind kind, const google::protobuf::Message& body,
                                    const std::vector<v1::BlobName>& blobs, format::Day today,
                                    const crypto::EncryptionKey* fresh = nullptr);
  absl::Status ReportBadGrant();

  Connection* connection_;
  const CheckedDirectory* directory_;
  crypto::MailboxKeys keys_;
  crypto::Random* random_;
  Session session_;
  v1::GetMailboxResponse mailbox_;
  std::optional<Tombstone> gone_;
  KeyringKeys epochs_;
  std::vector<OpenedEntry> thread_;
  CheckedLeaves leaves_;
  std::map<std::string, Admitted> admitted_;
  std::vector<AskedIdentity> asked_identities_;
};

// The recipients of a new epoch of THREAD or TEAM: exactly the readers that the case shows and who have not lost it, on each
// machine that it shows, each key from the newest directory, and each person a reader of the epoch `before` (slugs) or one whose
// admission was checked. kReaderSurplus for anybody else.
absl::StatusOr<std::vector<format::Recipient>> NextRecipients(const format::Directory& directory,
                                                              const std::vector<v1::Reader>& readers,
                                                              const std::set<std::string>& before,
                                                              const std::map<std::string, Admitted>& admitted);

}  // namespace alcove::client
