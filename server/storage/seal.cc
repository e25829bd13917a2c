#include "server/storage/seal.h"

#include <utility>

#include "crypto/hkdf.h"
#include "crypto/padme.h"
#include "server/core/base/errors.h"
#include "server/core/base/keys.h"
#include "server/storage/errors.h"

namespace alcove::storage {
namespace {

constexpr std::string_view kWrapLabel = "alcove at rest, wrapping key v1";
constexpr std::string_view kRowLabel = "alcove at rest, rows v1";
constexpr std::string_view kIndexLabel = "alcove at rest, index v1";
constexpr std::uint64_t kPaddingFloor = 128;
constexpr std::size_t kYoungCaseKeys = 2048;

// The row kFormat, sealed under the wrapping key:
//   format 3   as format 2. The rows of a case that nothing changed since it was filed lie together (newborn.h), and places of
//              leaves are no rows any more
//   format 2   magic4 "ALF1"  format4  organisation16  store-key32  seed32  epoch4
//   format 1   magic4 "ALF1"  format4  organisation16  store-key32; the seed is the KEK itself, the epoch 1
// Later formats keep the first eight bytes.
constexpr std::string_view kFormatMagic = "ALF1";
constexpr std::size_t kFormatSize = 4 + 4 + 16 + 32 + 32 + 4;
constexpr std::size_t kFirstFormatSize = 4 + 4 + 16 + 32;
constexpr std::size_t kFormatHead = 4 + 4;

std::uint32_t NumberIn(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

std::string FormatKey() { return std::string(1, static_cast<char>(base::Table::kFormat)); }

}  // namespace

absl::Status Vault::Write(RowStore& rows, const crypto::SymmetricKey& kek, const Format& format,
                          std::optional<base::RowVersion> before, crypto::Random& random) {
  const crypto::SymmetricKey wrapping = crypto::DeriveKey(kek, kWrapLabel);
  crypto::Plaintext bytes;
  bytes.bytes.reserve(kFormatSize);
  bytes.bytes.append(kFormatMagic);
  base::AppendKeyPart(bytes.bytes, kFormatNumber);
  bytes.bytes.append(format.organisation.view());
  bytes.bytes.append(format.store_key.expose());
  bytes.bytes.append(format.seed.expose());
  base::AppendKeyPart(bytes.bytes, format.epoch);
  const std::string key = FormatKey();
  const std::string value = crypto::Seal(wrapping, bytes, crypto::AssociatedData(key), random);
  const RowWrite write{key, value};
  const RowExpectation as_it_was{key, before};
  return rows.Commit({&write, 1}, {&as_it_was, 1});
}

absl::Status Vault::WriteNew(RowStore& rows, const crypto::SymmetricKey& kek, const Format& format, crypto::Random& random) {
  const absl::Status status = Write(rows, kek, format, std::nullopt, random);
  if (base::ReasonOf(status) == base::Reason::kContended) return absl::AlreadyExistsError("the store is in use already");
  return status;
}

absl::Status Vault::Create(RowStore& rows, const crypto::SymmetricKey& kek, const base::OrganisationId& organisation,
                           crypto::Random& random) {
  return WriteNew(rows, kek, {organisation, 1, crypto::SymmetricKey::Draw(random), crypto::SymmetricKey::Draw(random)}, random);
}

absl::Status Vault::CreateNext(RowStore& rows, const crypto::SymmetricKey& kek, const Vault& before,
                               crypto::Random& random) {
  return WriteNew(rows, kek,
                  {before.organisation(), before.epoch() + 1, crypto::SymmetricKey::Draw(random), before.seed().Clone()}, random);
}

absl::Status Vault::Renew(RowStore& rows, const crypto::SymmetricKey& kek, crypto::Random& random) {
  absl::StatusOr<Read> read = ReadFormat(rows, kek);
  if (!read.ok()) return read.status();
  if (read->number == kFormatNumber) return absl::OkStatus();
  return Write(rows, kek, read->format, read->version, random);
}

absl::StatusOr<Vault::Read> Vault::ReadFormat(const RowStore& rows, const crypto::SymmetricKey& kek) {
  std::string value;
  const std::string key = FormatKey();
  const absl::StatusOr<bool> found = rows.Get(key, &value);
  if (!found.ok()) return found.status();
  if (!*found) return LedgerDamaged("the format row is missing");
  const crypto::SymmetricKey wrapping = crypto::DeriveKey(kek, kWrapLabel);
  const auto opened = crypto::Open(wrapping, value, crypto::AssociatedData(key));
  if (!opened.ok()) return WrongKek();
  const std::string_view bytes = opened->view();
  if (bytes.size() < kFormatHead || !bytes.starts_with(kFormatMagic)) return LedgerDamaged("the format row is malformed");
  const std::uint32_t number = NumberIn(bytes.substr(4, 4));
  if (number > kFormatNumber) return FormatNewer();
  if (bytes.size() != (number == 1 ? kFirstFormatSize : kFormatSize)) return LedgerDamaged("the format row is malformed");
  const auto organisation = base::OrganisationId::FromBytes(bytes.substr(8, 16));
  auto store_key = crypto::SymmetricKey::FromBytes(bytes.substr(24, 32));
  auto seed = number == 1 ? crypto::SymmetricKey::FromBytes(kek.expose()) : crypto::SymmetricKey::FromBytes(bytes.substr(56, 32));
  const std::uint32_t epoch = number == 1 ? 1 : NumberIn(bytes.substr(88, 4));
  if (!organisation.ok() || !store_key.ok() || !seed.ok() || epoch == 0)
    return LedgerDamaged("the format row is malformed");
  return Read{number, base::RowVersion(value), Format{*organisation, epoch, *std::move(store_key), *std::move(seed)}};
}

absl::StatusOr<std::unique_ptr<Vault>> Vault::Open(const RowStore& rows, const crypto::SymmetricKey& kek,
                                                   crypto::Random& random) {
  absl::StatusOr<Read> read = ReadFormat(rows, kek);
  if (!read.ok()) return read.status();
  return std::unique_ptr<Vault>(
      new Vault(rows, crypto::DeriveKey(kek, kWrapLabel), std::move(read->format), random));
}

Vault::Vault(const RowStore& rows, crypto::SymmetricKey wrapping_key, Format format, crypto::Random& random)
    : rows_(rows),
      wrapping_key_(std::move(wrapping_key)),
      store_key_(std::make_shared<const crypto::SymmetricKey>(crypto::DeriveKey(format.store_key, kRowLabel))),
      keys_(std::make_unique<DiskKeys>(crypto::DeriveKey(format.store_key, kIndexLabel))),
      organisation_(format.organisation),
      epoch_(format.epoch),
      seed_(std::move(format.seed)),
      random_(random) {}

absl::StatusOr<RowKey> Vault::KeyFor(base::Table table, std::string_view key) const {
  const base::TableTraits* traits = base::TraitsOf(table);
  if (traits == nullptr || traits->scope == base::Scope::kKek || traits->scope == base::Scope::kMemory)
    return base::Broken("a row that only storage may touch");
  if (traits->scope == base::Scope::kStore) return store_key_;
  if (key.size() < base::CaseId::kSize) return base::Broken("a row of a case without its id");

  const std::string case_id(key.substr(0, base::CaseId::kSize));
  {
    const std::lock_guard lock(case_keys_.mutex);
    if (const auto kept = case_keys_.young.find(case_id); kept != case_keys_.young.end()) return kept->second;
    if (const auto kept = case_keys_.old.find(case_id); kept != case_keys_.old.end()) {
      RowKey found = kept->second;
      case_keys_.young.emplace(case_id, found);
      return found;
    }
  }
  std::string disk_key;
  if (const absl::Status status = keys_->Append(base::Table::kCaseKey, case_id, &disk_key); !status.ok()) return status;
  std::string sealed;
  const absl::StatusOr<bool> found = rows_.Get(disk_key, &sealed);
  if (!found.ok()) return found.status();
  if (!*found) return RowKey();
  absl::StatusOr<RowKey> unwrapped = Unwrap(disk_key, sealed);
  if (unwrapped.ok()) Keep(case_id, *unwrapped);
  return unwrapped;
}

absl::StatusOr<RowKey> Vault::Unwrap(std::string_view disk_key, std::string_view sealed) const {
  const auto opened = crypto::Open(wrapping_key_, sealed, crypto::AssociatedData(disk_key));
  if (!opened.ok()) return RowDamaged("case-key");
  auto key = crypto::SymmetricKey::FromBytes(opened->view());
  if (!key.ok()) return RowDamaged("case-key");
  return RowKey(std::make_shared<const crypto::SymmetricKey>(*std::move(key)));
}

RowKey Vault::DrawCaseKey(std::string_view disk_key, std::string* wrapped) const {
  auto key = std::make_shared<const crypto::SymmetricKey>(crypto::SymmetricKey::Draw(random_));
  crypto::SealAppend(wrapping_key_, key->expose(), crypto::AssociatedData(disk_key), random_, wrapped);
  return key;
}

void Vault::Keep(std::string_view case_id, RowKey key) const {
  const std::lock_guard lock(case_keys_.mutex);
  if (case_keys_.young.size() >= kYoungCaseKeys) {
    case_keys_.old = std::move(case_keys_.young);
    case_keys_.young.clear();
  }
  case_keys_.young.insert_or_assign(std::string(case_id), std::move(key));
}

void Vault::Forget(std::string_view case_id) const {
  const std::lock_guard lock(case_keys_.mutex);
  case_keys_.young.erase(std::string(case_id));
  case_keys_.old.erase(std::string(case_id));
}

void Vault::Seal(const crypto::SymmetricKey& key, std::string_view disk_key, std::string* content,
                 std::string* out) const {
  const std::uint64_t padded = crypto::PaddedSize(content->size() + 1, kPaddingFloor);
  content->push_back(static_cast<char>(0x80));
  content->resize(padded, '\0');
  crypto::SealAppend(key, *content, crypto::AssociatedData(disk_key), random_, out);
}

absl::StatusOr<crypto::Plaintext> Vault::Open(base::Table table, const crypto::SymmetricKey& key,
                                              std::string_view disk_key, std::string_view sealed) const {
  auto opened = crypto::Open(key, sealed, crypto::AssociatedData(disk_key));
  if (opened.ok()) return opened;
  const base::TableTraits* traits = base::TraitsOf(table);
  return RowDamaged(traits == nullptr ? "unknown" : traits->name);
}

absl::StatusOr<std::string_view> Vault::Content(const crypto::Plaintext& padded) {
  return crypto::Unpad(padded.view(), kPaddingFloor);
}

}  // namespace alcove::storage
