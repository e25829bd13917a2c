#include "crypto/format/grant.h"

#include "crypto/hash.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "grant";
constexpr std::string_view kMagic = "ALG1";
constexpr uint8_t kSuite = 1;
constexpr size_t kHeader = 28;
constexpr size_t kSealedKey = 48;

Bytes Info(const OrganisationId& organisation, const CaseId& case_id, Keyring keyring, uint32_t epoch,
           const KeyId& recipient, ReleaseCondition condition) {
  return ByteWriter(80)
      .Raw("alcove grant v1")
      .U8(0)
      .Fixed(organisation)
      .Fixed(case_id)
      .U8(static_cast<uint8_t>(keyring))
      .U32(epoch)
      .Fixed(recipient)
      .U8(static_cast<uint8_t>(condition))
      .Take();
}

// It is for this key and this epoch.
absl::Status CheckPlace(const ParsedGrant& grant, const ParsedEpoch& epoch, const KeyId& my_id) {
  if (grant.recipient != my_id) return GrantMismatch("this one is for another key");
  if (grant.keyring != epoch.scope.keyring || grant.epoch != epoch.scope.number) {
    return GrantMismatch("this one is of another epoch");
  }
  return absl::OkStatus();
}

absl::StatusOr<EpochKey> Unwrap(const ParsedGrant& grant, const ParsedEpoch& epoch, const crypto::DecryptionKey& mine) {
  crypto::HpkeSealed sealed{.enc = grant.enc, .ciphertext = Bytes(grant.sealed_key)};
  auto raw = crypto::HpkeOpen(mine, sealed,
                              Info(epoch.scope.organisation, epoch.scope.case_id, grant.keyring, grant.epoch,
                                   grant.recipient, grant.condition),
                              crypto::AssociatedData(grant.bytes.substr(0, kHeader)));
  if (!raw.ok()) return CannotOpen(kLayout);
  auto key = EpochKey::FromBytes(raw->view());
  if (!key.ok()) return CannotOpen(kLayout);
  if (auto status = CheckEpochKey(epoch, *key); !status.ok()) return status;
  return std::move(*key);
}

}  // namespace

absl::StatusOr<ParsedGrant> ParseGrant(BytesView bytes) {
  if (bytes.size() != kGrantSize) return Malformed(kLayout, "length");
  ByteReader reader(bytes);
  ParsedGrant g;
  g.bytes = bytes;
  reader.Expect(kMagic);
  if (reader.U8() != kSuite) return Malformed(kLayout, "magic or suite");
  uint8_t keyring = reader.U8();
  uint8_t condition = reader.U8();
  if (!IsKeyring(keyring)) return Malformed(kLayout, "keyring");
  if (!IsReleaseCondition(condition)) return Malformed(kLayout, "release condition");
  reader.ExpectZero(1);
  g.keyring = static_cast<Keyring>(keyring);
  g.condition = static_cast<ReleaseCondition>(condition);
  g.epoch = reader.U32();
  g.recipient = reader.Fixed<KeyId>();
  g.enc = reader.Fixed<EncryptionKey>();
  g.sealed_key = reader.Raw(kSealedKey);
  if (!reader.done()) return Malformed(kLayout, "zero byte");
  return g;
}

Digest GrantHash(BytesView grant) { return crypto::Sha256(grant); }

absl::StatusOr<Bytes> WrapGrant(const EpochScope& scope, const EpochKey& key, const EncryptionKey& to,
                                ReleaseCondition condition, crypto::Random& random) {
  KeyId recipient = crypto::KeyIdOf(to);
  ByteWriter out(kGrantSize);
  out.Raw(kMagic).U8(kSuite).U8(static_cast<uint8_t>(scope.keyring)).U8(static_cast<uint8_t>(condition)).U8(0);
  out.U32(scope.number).Fixed(recipient);
  auto sealed = crypto::HpkeSeal(
      to, Info(scope.organisation, scope.case_id, scope.keyring, scope.number, recipient, condition),
      crypto::AssociatedData(out.bytes()), key.expose(), random);
  if (!sealed.ok()) return Malformed(kLayout, "recipient's key");
  out.Fixed(sealed->enc).Raw(sealed->ciphertext);
  return out.Take();
}

absl::StatusOr<EpochKey> OpenGrant(const ParsedGrant& grant, const ParsedEpoch& epoch, const crypto::DecryptionKey& mine) {
  KeyId my_id = crypto::KeyIdOf(mine.encryption_key());
  if (auto status = CheckPlace(grant, epoch, my_id); !status.ok()) return status;
  Digest hash = GrantHash(grant.bytes);
  bool listed = false;
  for (size_t i = 0; i < epoch.reader_count && !listed; ++i) {
    EpochReader reader = epoch.ReaderAt(i);
    listed = reader.key == my_id && reader.condition == grant.condition && reader.grant_hash == hash;
  }
  if (!listed) return GrantMismatch("the epoch record does not list this one");
  return Unwrap(grant, epoch, mine);
}

absl::StatusOr<EpochKey> OpenAddedGrant(const ParsedGrant& grant, const ParsedEpoch& epoch,
                                        const crypto::DecryptionKey& mine) {
  if (grant.condition != ReleaseCondition::kGuest && grant.condition != ReleaseCondition::kApproved) {
    return GrantMismatch("the epoch record does not list this one");
  }
  if (auto status = CheckPlace(grant, epoch, crypto::KeyIdOf(mine.encryption_key())); !status.ok()) return status;
  return Unwrap(grant, epoch, mine);
}

}  // namespace alcove::format
