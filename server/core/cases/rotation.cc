#include "server/core/cases/rotation.h"

#include <algorithm>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "crypto/hpke.h"
#include "server/core/cases/errors.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/losses.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/requests.h"

namespace alcove::cases {
namespace {

absl::Status CheckKeys(const Ports& ports, const Case& record, const Rotation& rotation) {
  if (rotation.mailbox.IsZero()) return base::FieldInvalid("mailbox");
  if (!crypto::UsableKey(rotation.encryption_key).ok() || rotation.encryption_key == record.mailbox_encryption_key)
    return base::FieldInvalid("mailbox_encryption_key");
  const std::vector<crypto::VerifyKey>& former = record.former_mailbox_keys;
  if (rotation.verify_key.IsZero() || rotation.verify_key == record.mailbox_verify_key ||
      std::find(former.begin(), former.end(), rotation.verify_key) != former.end())
    return base::FieldInvalid("mailbox_signing_key");
  if (former.size() >= kMostFormerKeys) return QuotaExceeded();
  auto taken = ports.rows.Get<Mailbox>(base::RowKey(rotation.mailbox));
  if (!taken.ok()) return taken.status();
  return *taken ? base::FieldInvalid("mailbox") : absl::OkStatus();
}

}  // namespace

absl::StatusOr<base::Outcome<Appended>> RotateReceipt(const Ports& ports, const base::MailboxId& caller,
                                                      const Rotation& rotation) {
  absl::StatusOr<OwnCase> own = ReachOwn(ports, caller);
  if (!own.ok()) return own.status();
  Case& record = own->record;
  absl::StatusOr<format::ParsedEnvelope> envelope = ReadEnvelope(rotation.entry.envelope);
  if (!envelope.ok()) return envelope.status();
  if (!format::VerifyAuthor(*envelope, record.mailbox_verify_key).ok()) return EnvelopeInvalid();
  const format::EnvelopeContext& context = envelope->context;
  if (context.kind != format::EntryKind::kReceiptRotated || context.keyring != format::Keyring::kThread)
    return KindRefused();
  // No repetition is answered: with the commit the caller is nobody any more. Whoever lost the answer signs in with the
  // new words. The row is kept all the same, so that the id serves once.
  absl::StatusOr<RequestSlot> slot =
      OpenRequest(ports, "RotateReceipt", rotation.request_id,
                  crypto::Blake2b256(format::ByteWriter(256)
                                         .Fixed(format::EntryHash(*envelope))
                                         .Fixed(rotation.mailbox)
                                         .Fixed(rotation.encryption_key)
                                         .Fixed(rotation.verify_key)
                                         .bytes()));
  if (!slot.ok()) return slot.status();
  if (slot->repeated) return RequestIdReused();
  if (absl::Status status = CheckKeys(ports, record, rotation); !status.ok()) return status;

  base::Outcome<Appended> outcome;
  CaseLeaves leaves(ports, record, outcome.changes, outcome.leaves);
  const EntryAuthor author{{}, record.mailbox_verify_key, crypto::KeyIdOf(record.mailbox_verify_key),
                           format::EntryKind::kReceiptRotated};
  // The current epoch is granted to the key that has to go, so the next one is due, to the new key.
  record.mailbox_encryption_key = rotation.encryption_key;
  record.thread.reported = true;
  absl::StatusOr<Appended> placed = PlaceEntry(ports, record, rotation.entry, *envelope, author, leaves, outcome.changes);
  if (!placed.ok()) return placed.status();
  outcome.answer = *placed;
  leaves.ByReporter(format::LeafKind::kEntryAppended,
                    format::details::Appended(context.keyring, context.sequence, context.entry, placed->head));
  leaves.ByReporter(format::LeafKind::kReceiptRotated);
  if (absl::Status status = PurgeGrants(ports, record, outcome.changes); !status.ok()) return status;

  record.former_mailbox_keys.push_back(record.mailbox_verify_key);
  record.mailbox = rotation.mailbox;
  record.mailbox_verify_key = rotation.verify_key;
  outcome.changes.Delete(Mailbox::kTable, base::RowKey(caller));
  Mailbox mailbox;
  mailbox.id = rotation.mailbox;
  mailbox.case_id = record.id;
  mailbox.verify_key = rotation.verify_key;
  outcome.changes.Insert(std::move(mailbox));
  CloseRequest(*std::move(slot), {}, outcome.changes);
  if (absl::Status status = PutOwn(ports, *std::move(own), outcome.changes, outcome.leaves); !status.ok()) return status;
  return outcome;
}

}  // namespace alcove::cases
