#include "client/lib/thread.h"

#include <algorithm>
#include <set>

#include "crypto/format/errors.h"

namespace alcove::client {
namespace {

absl::Status BadEpoch(uint32_t number, std::string_view what) {
  return Refuse(Refusal::kEpochInvalid, "key generation " + std::to_string(number) + ": " + std::string(what));
}

absl::Status BadEntry(uint32_t sequence, std::string_view what) {
  return Refuse(Refusal::kEntryInvalid, "message " + std::to_string(sequence + 1) + ": " + std::string(what));
}

std::set<crypto::KeyId> ReadersOf(const format::ParsedEpoch& epoch) {
  std::set<crypto::KeyId> readers;
  for (size_t i = 0; i < epoch.reader_count; ++i) readers.insert(epoch.ReaderAt(i).key);
  return readers;
}

// A later epoch may lose readers; whom it gains two people must have approved. A machine that the root holders listed for a
// reader is no new reader.
absl::Status CheckSuccession(const KeyringView& view, const std::string& older, const format::ParsedEpoch& newer) {
  const auto parsed = format::ParseEpoch(older);
  if (!parsed.ok()) return Refuse(Refusal::kEpochInvalid, "it is malformed");
  const std::set<crypto::KeyId> before = ReadersOf(*parsed);
  std::optional<std::set<std::string>> people;
  for (size_t i = 0; i < newer.reader_count; ++i) {
    const format::EpochReader reader = newer.ReaderAt(i);
    if (reader.condition == format::ReleaseCondition::kMailbox) continue;  // the thread says which key it has when
    const bool added = reader.condition == format::ReleaseCondition::kApproved ||
                       reader.condition == format::ReleaseCondition::kGuest;
    if (before.contains(reader.key) || added) continue;
    if (!people) {
      ALCOVE_CLIENT_ASSIGN(people, PeopleOf(view, older));
    }
    ALCOVE_CLIENT_ASSIGN(const Found found, view.history->WhoSigns(reader.key));
    if (!people->contains(found.person->slug)) {
      return Refuse(Refusal::kReaderSurplus, "key generation " + std::to_string(newer.scope.number));
    }
  }
  return absl::OkStatus();
}

bool Lists(const format::ParsedEpoch& epoch, const format::Person& person) {
  const std::set<crypto::KeyId> readers = ReadersOf(epoch);
  return std::any_of(person.devices.begin(), person.devices.end(), [&](const format::Device& device) {
    return readers.contains(crypto::KeyIdOf(device.encryption));
  });
}

// The slug of whoever made or signed: empty for the reporter.
absl::StatusOr<Found> Author(const KeyringView& view, const crypto::KeyId& key) {
  if (key == crypto::KeyIdOf(view.mailbox_verify_key)) return Found{};
  for (const crypto::VerifyKey& former : view.former_mailbox_keys) {
    if (key == crypto::KeyIdOf(former)) return Found{};
  }
  return view.history->WhoSigns(key);
}

// What the kind adds is there, and nothing of another kind.
bool IsOfKind(format::EntryKind kind, const sealed::v1::Message& message) {
  using enum format::EntryKind;
  switch (kind) {
    case kAssessmentAtIntake:
    case kAssessmentBeforeInvestigation:
    case kAssessmentDuringInvestigation:
    case kAssessmentAtOutcome:
    case kAssessmentAfterClosing: return message.has_assessment();
    case kCustody: return message.has_custody();
    case kInterview: return message.has_interview();
    case kFieldsReleased: return message.has_released();
    case kSummary: return message.has_summary();
    case kSummaryAnswer: return message.has_summary_answer();
    case kSummaryServed: return message.has_summary_served();
    case kChange: return message.has_change();
    case kMessage:
    case kNote:
    case kEvidence:
    case kOutcomeNotice: return message.about_case() == sealed::v1::Message::ABOUT_NOT_SET;
    default: return true;
  }
}

// The mailbox's keys as the thread goes on.
class MailboxKeysThen {
 public:
  explicit MailboxKeysThen(const KeyringView& view) : signing_(view.former_mailbox_keys) {
    signing_.push_back(view.mailbox_verify_key);
    last_ = crypto::KeyIdOf(view.mailbox_encryption_key);
  }

  const crypto::VerifyKey& signing() const { return signing_[rotations_]; }

  // An entry of the reporter says that from here on the keys are these.
  absl::Status Rotate(const sealed::v1::ReceiptRotated& named) {
    const auto encryption = crypto::EncryptionKey::FromBytes(named.mailbox_encryption_key());
    if (!encryption.ok() || rotations_ + 1 >= signing_.size() ||
        signing_[rotations_ + 1].view() != named.mailbox_signing_key()) {
      return Swapped();
    }
    ++rotations_;
    encryption_ = crypto::KeyIdOf(*encryption);
    return absl::OkStatus();
  }
  // Every entry of THREAD is under an epoch that is granted to the mailbox of its time.
  absl::Status CheckEpoch(const format::ParsedEpoch& epoch) {
    if (!encryption_) encryption_ = epoch.ReaderAt(0).key;
    return *encryption_ == epoch.ReaderAt(0).key ? absl::OkStatus() : Swapped();
  }
  absl::Status CheckEnd() const {
    return rotations_ + 1 == signing_.size() && (!encryption_ || *encryption_ == last_) ? absl::OkStatus() : Swapped();
  }
  absl::Status Swapped() const {
    return Refuse(Refusal::kMailboxKeySwapped, "after " + std::to_string(rotations_) + " new receipts");
  }

 private:
  std::vector<crypto::VerifyKey> signing_;
  crypto::KeyId last_;
  size_t rotations_ = 0;
  std::optional<crypto::KeyId> encryption_;
};

// The body by its kind; what has no shape of its own is a message.
bool ParseBody(format::EntryKind kind, const std::string& bytes, OpenedEntry& entry) {
  switch (kind) {
    case format::EntryKind::kReport: return entry.report.emplace().ParseFromString(bytes);
    case format::EntryKind::kAllegation: return entry.allegation.emplace().ParseFromString(bytes);
    case format::EntryKind::kFinding: return entry.finding.emplace().ParseFromString(bytes);
    case format::EntryKind::kMeasure: return entry.measure.emplace().ParseFromString(bytes);
    case format::EntryKind::kCheckIn: return entry.check_in.emplace().ParseFromString(bytes);
    case format::EntryKind::kReceiptRotated: return entry.rotated.emplace().ParseFromString(bytes);
    default: return entry.message.emplace().ParseFromString(bytes) && IsOfKind(kind, *entry.message);
  }
}

}  // namespace

absl::StatusOr<std::vector<crypto::VerifyKey>> FormerKeys(const google::protobuf::RepeatedPtrField<std::string>& keys) {
  std::vector<crypto::VerifyKey> former;
  for (const std::string& bytes : keys) {
    const auto key = crypto::VerifyKey::FromBytes(bytes);
    if (!key.ok()) return Refuse(Refusal::kAnswerMalformed, "a former key of the mailbox is malformed");
    former.push_back(*key);
  }
  return former;
}

const format::EpochKey* KeyringKeys::KeyOf(uint32_t epoch) const {
  const auto found = keys_.find(epoch);
  return found == keys_.end() ? nullptr : &found->second;
}

absl::StatusOr<std::set<std::string>> PeopleOf(const KeyringView& view, const std::string& record) {
  const auto epoch = format::ParseEpoch(record);
  if (!epoch.ok()) return Refuse(Refusal::kEpochInvalid, "it is malformed");
  std::set<std::string> people;
  for (size_t i = 0; i < epoch->reader_count; ++i) {
    const format::EpochReader reader = epoch->ReaderAt(i);
    if (reader.condition == format::ReleaseCondition::kMailbox) continue;
    ALCOVE_CLIENT_ASSIGN(const Found found, view.history->WhoSigns(reader.key));
    people.insert(found.person->slug);
  }
  return people;
}

absl::StatusOr<std::set<std::string>> PeopleNow(const KeyringView& view, const KeyringKeys& keys) {
  if (keys.empty()) return std::set<std::string>();
  return PeopleOf(view, keys.records().at(keys.newest()));
}

absl::StatusOr<KeyringKeys> OpenEpochs(const KeyringView& view, const crypto::DecryptionKey& own,
                                       const std::vector<v1::Epoch>& epochs,
                                       const std::vector<v1::ReleasedGrant>& grants) {
  KeyringKeys keys;
  for (const v1::Epoch& epoch : epochs) {
    if (static_cast<uint8_t>(epoch.keyring()) != static_cast<uint8_t>(view.keyring)) continue;
    if (!keys.records_.emplace(epoch.number(), epoch.record()).second) {
      return BadEpoch(epoch.number(), "it was sent twice");
    }
    if (epoch.number() >= keys.newest_) {
      keys.newest_ = epoch.number();
      keys.stale_ = epoch.stale();
    }
  }
  if (keys.records_.empty()) {
    if (view.keyring == format::Keyring::kThread) return BadEpoch(0, "it is missing");
    return keys;
  }
  if (keys.records_.size() != keys.newest_ + 1) return BadEpoch(keys.newest_, "one before it is missing");

  std::vector<format::ParsedEpoch> parsed;
  for (const auto& [number, record] : keys.records_) {
    auto epoch = format::ParseEpoch(record);
    if (!epoch.ok()) return BadEpoch(number, "it is malformed");
    if (epoch->scope != format::EpochScope{view.organisation, view.case_id, view.keyring, number}) {
      return BadEpoch(number, "it belongs elsewhere");
    }
    if (view.keyring == format::Keyring::kThread) {
      const bool newest = number == keys.newest_;
      const bool of_now = epoch->ReaderAt(0).key == crypto::KeyIdOf(view.mailbox_encryption_key);
      // Where the receipt was rotated, earlier epochs are the former keys': which, only the thread can say.
      if (!of_now && (newest || view.former_mailbox_keys.empty())) {
        return Refuse(Refusal::kMailboxKeySwapped, "key generation " + std::to_string(number));
      }
      const crypto::VerifyKey& first =
          view.former_mailbox_keys.empty() ? view.mailbox_verify_key : view.former_mailbox_keys.front();
      if (number == 0 && epoch->maker != crypto::KeyIdOf(first)) {
        if (!view.former_mailbox_keys.empty()) return Refuse(Refusal::kMailboxKeySwapped, "the first is not who filed");
        return BadEpoch(number, "the reporter did not make it");
      }
    }
    if (const auto maker = Author(view, epoch->maker); !maker.ok()) {
      // Neither staff nor, as far as the server lists them, a key that the mailbox ever had.
      if (!view.former_mailbox_keys.empty()) return Refuse(Refusal::kMailboxKeySwapped, "one of the former keys");
      return BadEpoch(number, "nobody known made it");
    }
    if (!parsed.empty()) ALCOVE_CLIENT_TRY(CheckSuccession(view, keys.records_.at(number - 1), *epoch));
    parsed.push_back(*epoch);
  }

  for (const v1::ReleasedGrant& released : grants) {
    const auto grant = format::ParseGrant(released.grant());
    if (!grant.ok()) return Refuse(Refusal::kGrantInvalid, "it is malformed");
    if (grant->keyring != view.keyring) continue;
    if (grant->epoch > keys.newest_ || grant->epoch != released.epoch()) {
      return Refuse(Refusal::kGrantInvalid, "it is for a key generation that does not exist");
    }
    if (grant->recipient != crypto::KeyIdOf(own.encryption_key())) continue;  // another machine's of the same person
    auto key = format::OpenGrant(*grant, parsed[grant->epoch], own);
    if (!key.ok()) {
      if (auto added = format::OpenAddedGrant(*grant, parsed[grant->epoch], own); added.ok()) key = std::move(added);
    }
    if (!key.ok()) {
      // An older key opens from the newer one as well.
      if (grant->epoch != keys.newest_) continue;
      return Refuse(Refusal::kGrantUnopened, "key generation " + std::to_string(grant->epoch));
    }
    keys.keys_.insert_or_assign(grant->epoch, *std::move(key));
  }
  // What no grant opened, the newer key opens.
  for (uint32_t number = keys.newest_; number > 0; --number) {
    const format::EpochKey* newer = keys.KeyOf(number);
    if (newer == nullptr || keys.KeyOf(number - 1) != nullptr) continue;
    auto key = format::OpenPreviousKey(parsed[number], *newer, parsed[number - 1]);
    if (!key.ok()) return BadEpoch(number - 1, "its key does not open from the next one");
    keys.keys_.insert_or_assign(number - 1, *std::move(key));
  }
  return keys;
}

absl::StatusOr<std::vector<OpenedEntry>> OpenEntries(const KeyringView& view, const KeyringKeys& keys,
                                                     const std::vector<v1::Entry>& entries, const std::string& head,
                                                     uint32_t length) {
  std::vector<OpenedEntry> opened;
  format::EntryChain chain(view.organisation, view.case_id, view.keyring);
  std::set<uint32_t> begun;
  MailboxKeysThen mailbox(view);
  for (const v1::Entry& entry : entries) {
    const uint32_t position = static_cast<uint32_t>(opened.size());
    const auto envelope = format::ParseKept(entry.envelope());
    if (!envelope.ok()) return BadEntry(position, "its envelope is malformed");
    const format::EnvelopeContext& context = envelope->context;
    const bool redacted = format::IsRedacted(entry.envelope());
    if (redacted && !format::MayBeRedacted(context.kind)) return BadEntry(position, "its content may not be missing");
    if (context.sequence > position) {
      return Refuse(Refusal::kEntryOmitted, "message " + std::to_string(position + 1));
    }
    if (!chain.Append(*envelope).ok()) return BadEntry(position, "it does not continue the one before");
    const auto record = keys.records().find(context.epoch);
    if (record == keys.records().end() || format::EpochRecordHash(record->second) != context.epoch_record_hash) {
      return BadEntry(position, "it is sealed under another key generation than it says");
    }
    const auto epoch = format::ParseEpoch(record->second);
    if (!epoch.ok()) return BadEpoch(context.epoch, "it is malformed");

    ALCOVE_CLIENT_ASSIGN(const Found author, Author(view, context.author));
    const crypto::VerifyKey verify_key = author.device == nullptr ? mailbox.signing() : author.device->signing;
    if (author.device == nullptr && context.author != crypto::KeyIdOf(verify_key)) return mailbox.Swapped();
    if (!format::VerifyAuthor(*envelope, verify_key).ok()) return BadEntry(position, "its signature does not verify");
    if (begun.insert(context.epoch).second && epoch->maker != context.author) {
      return BadEntry(position, "it begins a key generation that somebody else made");
    }
    if (view.keyring == format::Keyring::kThread && position == 0 &&
        (author.person != nullptr || context.kind != format::EntryKind::kReport)) {
      return BadEntry(position, "it is not the reporter's filing");
    }
    if (view.keyring == format::Keyring::kTeam && author.person == nullptr) {
      return BadEntry(position, "the team's notes hold an entry of the reporter");
    }
    if (entry.sequence() != context.sequence || entry.epoch() != context.epoch ||
        static_cast<uint8_t>(entry.kind()) != static_cast<uint8_t>(context.kind) ||
        entry.name() != format::EntryName(context.case_id, context.entry)) {
      return BadEntry(position, "the server describes it otherwise than its author");
    }
    std::vector<format::NamedBlob> blobs;
    for (const v1::BlobName& blob : entry.blobs()) {
      const auto id = format::ParseBlobName(blob.blob());
      if (!id.ok()) return BadEntry(position, "an attachment's name is not one");
      blobs.push_back({*id, blob.size()});
    }
    if (format::BlobsHash(blobs) != context.blobs_hash) return BadEntry(position, "its attachments are not its author's");

    const format::EpochKey* key = keys.KeyOf(context.epoch);
    if (key == nullptr) return Refuse(Refusal::kGrantInvalid, "no key for message " + std::to_string(position + 1));
    absl::StatusOr<crypto::Plaintext> body;
    if (!redacted) body = format::OpenEnvelope(*envelope, *key);
    else body.emplace();
    if (!body.ok()) return BadEntry(position, "it does not open");

    OpenedEntry result;
    result.entry = entry;
    result.author = author.person == nullptr ? "" : author.person->slug;
    result.hash = format::EntryHash(*envelope);
    result.listed = author.person == nullptr || Lists(*epoch, *author.person);
    result.leaf_count = context.leaf_count;
    result.leaf_head = context.leaf_head;
    result.redacted = redacted;
    if (redacted && context.kind == format::EntryKind::kCheckIn) result.check_in.emplace();
    else if (redacted) result.message.emplace();
    else if (!ParseBody(context.kind, body->bytes, result)) return BadEntry(position, "its content is malformed");
    if (result.rotated) {
      if (author.person != nullptr) return BadEntry(position, "somebody else changes the reporter's keys");
      ALCOVE_CLIENT_TRY(mailbox.Rotate(*result.rotated));
    }
    if (view.keyring == format::Keyring::kThread) ALCOVE_CLIENT_TRY(mailbox.CheckEpoch(*epoch));
    opened.push_back(std::move(result));
  }
  // The server has epoch records of its own making for the asking; only an entry's signature says who made one.
  for (const auto& [number, record] : keys.records()) {
    if (!begun.contains(number)) return BadEpoch(number, "no message brings it, so nobody has signed it");
  }
  if (opened.size() < length) {
    return Refuse(Refusal::kEntryOmitted, std::to_string(length - opened.size()) + " at the end");
  }
  if (length > 0 && opened[length - 1].hash.view() != head) return BadEntry(length - 1, "it is not the last one announced");
  if (view.keyring == format::Keyring::kThread) ALCOVE_CLIENT_TRY(mailbox.CheckEnd());
  return opened;
}

absl::StatusOr<v1::NewEntry> SealEntry(const KeyringView& view, const KeyringKeys& keys, const NextEntry& next,
                                       const std::string& body, const crypto::SigningKey& author,
                                       const std::vector<format::Recipient>* recipients, uint32_t directory_version,
                                       crypto::Random& random) {
  v1::NewEntry entry;
  std::optional<format::NewEpoch> epoch;
  uint32_t number = keys.newest();
  if (recipients != nullptr) {
    const format::EpochKey* previous = nullptr;
    if (!keys.empty()) {
      previous = keys.KeyOf(number);
      if (previous == nullptr) return Refuse(Refusal::kGrantInvalid, "the newest key is not released to you");
      ++number;
    }
    auto made = format::MakeEpoch({view.organisation, view.case_id, view.keyring, number}, *recipients, previous,
                                  crypto::KeyIdOf(author.verify_key()), directory_version, random);
    if (!made.ok()) return Refuse(Refusal::kReaderKeyWeak, made.status());
    epoch = *std::move(made);
    entry.mutable_epoch()->set_record(epoch->record);
    for (const crypto::Bytes& grant : epoch->grants) entry.mutable_epoch()->add_grants(grant);
  } else if (keys.empty()) {
    return Refuse(Refusal::kEpochInvalid, "there is no key to seal under");
  }
  const format::EpochKey* key = epoch ? &epoch->key : keys.KeyOf(number);
  if (key == nullptr) return Refuse(Refusal::kGrantInvalid, "the newest key is not released to you");

  std::vector<format::NamedBlob> blobs;
  for (const v1::BlobName& blob : next.blobs) {
    const auto id = format::ParseBlobName(blob.blob());
    if (!id.ok()) return Refuse(Refusal::kInputInvalid, "an attachment's name is not one");
    blobs.push_back({*id, blob.size()});
    *entry.add_blobs() = blob;
  }
  format::EnvelopeContext context;
  context.kind = next.kind;
  context.keyring = view.keyring;
  context.organisation = view.organisation;
  context.case_id = view.case_id;
  context.entry = format::DrawId<format::EntryId>(random);
  context.epoch = number;
  context.sequence = next.sequence;
  context.day = next.day;
  context.epoch_record_hash = format::EpochRecordHash(epoch ? epoch->record : keys.records().at(number));
  context.previous = next.previous;
  context.leaf_count = next.leaf_count;
  context.leaf_head = next.leaf_head;
  context.blobs_hash = format::BlobsHash(blobs);
  auto envelope = format::SealEnvelope(context, *key, author, body, random);
  if (!envelope.ok()) return Refuse(Refusal::kInputInvalid, "the message is too long (128 KiB of text at most)");
  entry.set_envelope(*std::move(envelope));
  return entry;
}

}  // namespace alcove::client
