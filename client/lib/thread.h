// Entries of a case's keyring, opened and checked: one code for reporter and staff.
//
// What is checked, in this order, for a keyring from its first entry on:
//   1. every epoch record: maker's key in the directory (or the mailbox's), numbers without gaps, readers of THREAD
//      begin with the mailbox, every later epoch's readers are people of the earlier one, on whichever of their machines,
//      plus people who were added (admission.h checks those against the record of the case);
//   2. the grant opens with the caller's key and the epoch key has the record's commitment (kGrantUnopened otherwise: the
//      caller tells the person and reports it); older keys open from it;
//   3. every envelope: organisation, case and keyring are these, sequence without gaps, `previous` is the hash of the
//      entry before, the author's signature verifies under the mailbox's key or a key of the directory of that time,
//      the epoch record's hash is quoted, the body opens and its content key has the header's commitment;
//      The mailbox's keys change only by a rotation: an entry under the key before, which names both new keys inside its
//      seal and begins an epoch that is granted to them. Every entry of the reporter is under the key of its time, every
//      epoch granted to it, and the last keys are those that the case shows: kMailboxKeySwapped otherwise;
//   4. every epoch was brought by an entry, which its maker signed: the record itself carries no signature, and a key that the
//      server made up would be the server's to read with;
//   5. the head and the number of entries are those the server says.
// An entry that was redacted comes without its body: all of this is checked but what the body holds. Only kinds that may be redacted
// (format::MayBeRedacted) pass, and in THREAD only where the record says so (leaves.h): a server cannot withhold a message.
// Anything else is a named refusal of errors.h, and nothing of the content is returned.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/resources.pb.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "crypto/bytes.h"
#include "crypto/format/day.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/ids.h"
#include "crypto/secret.h"

namespace alcove::client {

// One entry that passed every check.
struct OpenedEntry {
  v1::Entry entry;
  // Slug of the author; empty for the reporter.
  std::string author;
  // Exactly one is set, by kind.
  std::optional<sealed::v1::Report> report;
  std::optional<sealed::v1::Message> message;
  std::optional<sealed::v1::Allegation> allegation;
  std::optional<sealed::v1::Finding> finding;
  std::optional<sealed::v1::Measure> measure;
  std::optional<sealed::v1::CheckIn> check_in;
  std::optional<sealed::v1::ReceiptRotated> rotated;
  crypto::Digest hash;
  // Its body was taken away for good: what is set by kind is empty.
  bool redacted = false;
  // The record of the entry's epoch lists its author, or the author is the reporter. Who was added later is not in the
  // record of the epoch of that time: the record of the case must say so (CheckNewcomers).
  bool listed = true;
  // Leaf chain position that the author had seen.
  uint32_t leaf_count = 0;
  crypto::Digest leaf_head;

  // None for a kind that carries no files.
  const google::protobuf::RepeatedPtrField<sealed::v1::Attachment>& attachments() const {
    if (report) return report->attachments();
    return message ? message->attachments() : sealed::v1::Message::default_instance().attachments();
  }
};

// What a keyring belongs to and who looks at it.
struct KeyringView {
  format::OrganisationId organisation;
  format::CaseId case_id;
  format::Keyring keyring = format::Keyring::kThread;
  // Not owned. Who signed: staff of the newest directory or of an older one.
  DirectoryHistory* history = nullptr;
  crypto::VerifyKey mailbox_verify_key;
  crypto::EncryptionKey mailbox_encryption_key;
  // Keys of the mailbox before its receipt was rotated, oldest first, as the server says: OpenEntries holds it to the thread.
  std::vector<crypto::VerifyKey> former_mailbox_keys = {};
};

// The server's list of former keys of a mailbox. kAnswerMalformed.
absl::StatusOr<std::vector<crypto::VerifyKey>> FormerKeys(const google::protobuf::RepeatedPtrField<std::string>& keys);

// The keys of a keyring, after the epoch checks.
class KeyringKeys {
 public:
  KeyringKeys() = default;

  // The key of an epoch; null when the caller holds none.
  const format::EpochKey* KeyOf(uint32_t epoch) const;
  uint32_t newest() const { return newest_; }
  // The server says that a reader left: the next write brings a new epoch.
  bool stale() const { return stale_; }
  bool empty() const { return records_.empty(); }
  const std::map<uint32_t, std::string>& records() const { return records_; }

 private:
  friend absl::StatusOr<KeyringKeys> OpenEpochs(const KeyringView&, const crypto::DecryptionKey&,
                                                const std::vector<v1::Epoch>&, const std::vector<v1::ReleasedGrant>&);
  std::map<uint32_t, format::EpochKey> keys_;
  std::map<uint32_t, std::string> records_;
  uint32_t newest_ = 0;
  bool stale_ = false;
};

// The slugs of everybody whom an epoch's record lists, on whichever machine; the mailbox is nobody's.
absl::StatusOr<std::set<std::string>> PeopleOf(const KeyringView& view, const std::string& record);
// Of the newest epoch: to whom, on the machines that they have then, the next may be granted. Nobody's while there is none.
absl::StatusOr<std::set<std::string>> PeopleNow(const KeyringView& view, const KeyringKeys& keys);

// Steps 1 and 2.
absl::StatusOr<KeyringKeys> OpenEpochs(const KeyringView& view, const crypto::DecryptionKey& own,
                                       const std::vector<v1::Epoch>& epochs,
                                       const std::vector<v1::ReleasedGrant>& grants);

// Steps 3 to 5. `entries` is the whole keyring from sequence 0; it may be longer than `length`, when somebody wrote after
// the head was read.
absl::StatusOr<std::vector<OpenedEntry>> OpenEntries(const KeyringView& view, const KeyringKeys& keys,
                                                     const std::vector<v1::Entry>& entries,
                                                     const std::string& head, uint32_t length);

// What the next entry needs to know.
struct NextEntry {
  format::EntryKind kind = format::EntryKind::kMessage;
  uint32_t sequence = 0;
  crypto::Digest previous;  // zero for sequence 0
  uint32_t leaf_count = 0;
  crypto::Digest leaf_head;
  std::vector<v1::BlobName> blobs;
  format::Day day;
};

// Seals one entry under the keyring's newest epoch, or, where `recipients` is given, under a new one that is granted to
// exactly them (number = newest + 1, or 0 for an empty keyring). Signed by `author`.
absl::StatusOr<v1::NewEntry> SealEntry(const KeyringView& view, const KeyringKeys& keys, const NextEntry& next,
                                       const std::string& body, const crypto::SigningKey& author,
                                       const std::vector<format::Recipient>* recipients, uint32_t directory_version,
                                       crypto::Random& random);

}  // namespace alcove::client
