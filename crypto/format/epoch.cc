#include "crypto/format/epoch.h"

#include <algorithm>

#include "crypto/aead.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/format/errors.h"
#include "crypto/format/grant.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "epoch record";
constexpr std::string_view kMagic = "ALE1";
constexpr uint8_t kSuite = 1;
// What the seal of the previous key is bound to.
constexpr size_t kBoundPrefix = 76;
constexpr size_t kSealedKey = 72;

Bytes ScopeBytes(const EpochScope& scope) {
  return ByteWriter(37)
      .Fixed(scope.organisation)
      .Fixed(scope.case_id)
      .U8(static_cast<uint8_t>(scope.keyring))
      .U32(scope.number)
      .Take();
}

crypto::SymmetricKey Symmetric(const EpochKey& key) { return *crypto::SymmetricKey::FromBytes(key.expose()); }

crypto::SymmetricKey PreviousKeySeal(const EpochKey& key, const EpochScope& scope) {
  return crypto::DeriveKey(Symmetric(key), "alcove epoch previous v1", ScopeBytes(scope));
}

Digest EpochCommitment(const EpochKey& key, const EpochScope& scope) {
  ByteWriter context(64);
  context.Raw("alcove epoch v1").U8(0).Raw(ScopeBytes(scope));
  return crypto::Commitment(Symmetric(key), context.bytes());
}

absl::Status CheckCondition(Keyring keyring, size_t position, ReleaseCondition condition) {
  bool mailbox = condition == ReleaseCondition::kMailbox;
  if (mailbox != (keyring == Keyring::kThread && position == 0)) return Malformed(kLayout, "place of the mailbox");
  return absl::OkStatus();
}

}  // namespace

EpochReader ParsedEpoch::ReaderAt(size_t i) const {
  ByteReader reader(readers.substr(i * kEpochReaderSize, kEpochReaderSize));
  EpochReader r;
  r.key = reader.Fixed<KeyId>();
  r.condition = static_cast<ReleaseCondition>(reader.U8());
  r.grant_hash = reader.Fixed<Digest>();
  return r;
}

absl::StatusOr<ParsedEpoch> ParseEpoch(BytesView bytes) {
  ByteReader reader(bytes);
  ParsedEpoch e;
  e.bytes = bytes;
  reader.Expect(kMagic);
  if (reader.U8() != kSuite) return Malformed(kLayout, "magic or suite");
  uint8_t keyring = reader.U8();
  if (!IsKeyring(keyring)) return Malformed(kLayout, "keyring");
  reader.ExpectZero(2);
  e.scope.keyring = static_cast<Keyring>(keyring);
  e.scope.organisation = reader.Fixed<OrganisationId>();
  e.scope.case_id = reader.Fixed<CaseId>();
  e.scope.number = reader.U32();
  e.key_commitment = reader.Fixed<Digest>();
  e.sealed_previous_key = reader.Raw(kSealedKey);
  e.maker = reader.Fixed<KeyId>();
  e.directory_version = reader.U32();
  e.reader_count = reader.U16();
  if (!reader.ok()) return Malformed(kLayout, "length");
  if (e.reader_count < 1 || e.reader_count > kMaxReaders) return Malformed(kLayout, "number of readers");
  e.readers = reader.Raw(e.reader_count * kEpochReaderSize);
  if (!reader.done()) return Malformed(kLayout, "length");
  bool no_previous = std::all_of(e.sealed_previous_key.begin(), e.sealed_previous_key.end(), [](char c) { return c == 0; });
  if (no_previous != (e.scope.number == 0)) return Malformed(kLayout, "previous key");
  for (size_t i = 0; i < e.reader_count; ++i) {
    BytesView entry = e.readers.substr(i * kEpochReaderSize, kEpochReaderSize);
    uint8_t condition = static_cast<uint8_t>(entry[KeyId::kSize]);
    if (!IsReleaseCondition(condition)) return Malformed(kLayout, "release condition");
    auto place = CheckCondition(e.scope.keyring, i, static_cast<ReleaseCondition>(condition));
    if (!place.ok()) return place;
    for (size_t j = 0; j < i; ++j) {
      if (e.readers.substr(j * kEpochReaderSize, KeyId::kSize) == entry.substr(0, KeyId::kSize)) {
        return Malformed(kLayout, "reader named twice");
      }
    }
  }
  return e;
}

Digest EpochRecordHash(BytesView record) { return crypto::Sha256(record); }

absl::Status CheckGrants(const ParsedEpoch& epoch, std::span<const BytesView> grants) {
  if (grants.size() != epoch.reader_count) return GrantMismatch("not one for each reader of the epoch");
  for (size_t i = 0; i < grants.size(); ++i) {
    auto grant = ParseGrant(grants[i]);
    if (!grant.ok()) return grant.status();
    EpochReader reader = epoch.ReaderAt(i);
    if (grant->keyring != epoch.scope.keyring || grant->epoch != epoch.scope.number || grant->recipient != reader.key ||
        grant->condition != reader.condition || GrantHash(grants[i]) != reader.grant_hash) {
      return GrantMismatch("one is not the grant that the epoch record lists in its place");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<NewEpoch> MakeEpoch(const EpochScope& scope, std::span<const Recipient> recipients,
                                   const EpochKey* previous, const KeyId& maker, uint32_t directory_version,
                                   crypto::Random& random) {
  if (recipients.empty() || recipients.size() > kMaxReaders) return Malformed(kLayout, "number of readers");
  if ((previous == nullptr) != (scope.number == 0)) return Malformed(kLayout, "previous key");
  for (size_t i = 0; i < recipients.size(); ++i) {
    auto place = CheckCondition(scope.keyring, i, recipients[i].condition);
    if (!place.ok()) return place;
    for (size_t j = 0; j < i; ++j) {
      if (recipients[j].key == recipients[i].key) return Malformed(kLayout, "reader named twice");
    }
  }
  NewEpoch made{.key = EpochKey::Draw(random), .record = {}, .grants = {}};
  made.grants.reserve(recipients.size());
  for (const Recipient& recipient : recipients) {
    auto grant = WrapGrant(scope, made.key, recipient.key, recipient.condition, random);
    if (!grant.ok()) return grant.status();
    made.grants.push_back(std::move(*grant));
  }
  ByteWriter out(kEpochPrefixSize + kEpochReaderSize * recipients.size());
  out.Raw(kMagic).U8(kSuite).U8(static_cast<uint8_t>(scope.keyring)).Zero(2);
  out.Fixed(scope.organisation).Fixed(scope.case_id).U32(scope.number);
  out.Fixed(EpochCommitment(made.key, scope));
  if (previous == nullptr) {
    out.Zero(kSealedKey);
  } else {
    out.Raw(crypto::Seal(PreviousKeySeal(made.key, scope), previous->expose(),
                         crypto::AssociatedData(BytesView(out.bytes()).substr(0, kBoundPrefix)), random));
  }
  out.Fixed(maker).U32(directory_version).U16(static_cast<uint16_t>(recipients.size()));
  for (size_t i = 0; i < recipients.size(); ++i) {
    out.Fixed(crypto::KeyIdOf(recipients[i].key));
    out.U8(static_cast<uint8_t>(recipients[i].condition));
    out.Fixed(GrantHash(made.grants[i]));
  }
  made.record = out.Take();
  return made;
}

absl::Status CheckEpochKey(const ParsedEpoch& epoch, const EpochKey& key) {
  if (EpochCommitment(key, epoch.scope) != epoch.key_commitment) return KeyCommitmentMismatch(kLayout);
  return absl::OkStatus();
}

absl::StatusOr<EpochKey> OpenPreviousKey(const ParsedEpoch& newer, const EpochKey& newer_key, const ParsedEpoch& older) {
  EpochScope expected = newer.scope;
  if (expected.number == 0) return BrokenChain("the first epoch has no previous key");
  --expected.number;
  if (older.scope != expected) return BrokenChain("the epochs do not follow one another");
  auto raw = crypto::Open(PreviousKeySeal(newer_key, newer.scope), newer.sealed_previous_key,
                          crypto::AssociatedData(newer.bytes.substr(0, kBoundPrefix)));
  if (!raw.ok()) return CannotOpen(kLayout);
  auto key = EpochKey::FromBytes(raw->view());
  if (!key.ok()) return CannotOpen(kLayout);
  if (auto status = CheckEpochKey(older, *key); !status.ok()) return status;
  return std::move(*key);
}

crypto::SymmetricKey EpochContentKey(const EpochKey& key, const EpochScope& scope) {
  return crypto::DeriveKey(Symmetric(key), "alcove epoch content v1", ScopeBytes(scope));
}

crypto::SymmetricKey EpochIdentityKey(const EpochKey& thread_epoch_0, const EpochScope& scope) {
  return crypto::DeriveKey(Symmetric(thread_epoch_0), "alcove epoch identity v1", ScopeBytes(scope));
}

}  // namespace alcove::format
