// Every row sealed, under the key of its scope (keys.h). A value that was changed, moved to another key, or written under
// another key does not open.
//
// Records are padded before they are sealed, so that their sizes on disk are classes: content, 0x80, zeros, up to the
// Padmé size with a floor of 128 (crypto/padme.h).
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "crypto/aead.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/ids.h"
#include "server/core/base/tables.h"
#include "server/storage/keys.h"
#include "server/storage/row_store.h"

namespace alcove::storage {

// What this program writes. A store with a greater number is refused.
inline constexpr std::uint32_t kFormatNumber = 3;

using RowKey = std::shared_ptr<const crypto::SymmetricKey>;

// Threads: any, at once.
class Vault {
 public:
  // Draws the store's key and writes the format row. ALREADY_EXISTS where there is one.
  static absl::Status Create(RowStore& rows, const crypto::SymmetricKey& kek, const base::OrganisationId& organisation,
                             crypto::Random& random);

  // The same for the store that follows `before` under a new KEK: a new store key, the epoch after its, the same organisation
  // and seed.
  static absl::Status CreateNext(RowStore& rows, const crypto::SymmetricKey& kek, const Vault& before, crypto::Random& random);

  // WrongKek, FormatNewer, DATA_LOSS. `rows` and `random` outlive the vault.
  static absl::StatusOr<std::unique_ptr<Vault>> Open(const RowStore& rows, const crypto::SymmetricKey& kek,
                                                     crypto::Random& random);

  // Says that this program writes the store from here on, so that an older one refuses it instead of missing rows. The errors of
  // Open and of RowStore::Commit.
  static absl::Status Renew(RowStore& rows, const crypto::SymmetricKey& kek, crypto::Random& random);

  const base::OrganisationId& organisation() const { return organisation_; }
  const DiskKeys& keys() const { return *keys_; }
  // How many KEKs there have been, this one included.
  std::uint32_t epoch() const { return epoch_; }
  // What the server's other keys are derived from: those that request ids are hashed with and plans sealed under. It stays the
  // same when the KEK changes, or a request that is repeated over the change would be carried out twice. It opens no row.
  const crypto::SymmetricKey& seed() const { return seed_; }

  // The key of a row of scope store or case; `key` is the row key, not the key on disk. Null where the case has none.
  absl::StatusOr<RowKey> KeyFor(base::Table table, std::string_view key) const;

  // A key for a case that has none yet, wrapped for its row. The key is not used for reading until `Keep`, so that a write
  // that fails leaves nothing behind.
  RowKey DrawCaseKey(std::string_view disk_key, std::string* wrapped) const;
  void Keep(std::string_view case_id, RowKey key) const;
  void Forget(std::string_view case_id) const;

  // Pads `content` in place and adds the sealed bytes to `out`.
  void Seal(const crypto::SymmetricKey& key, std::string_view disk_key, std::string* content, std::string* out) const;

  // The padded content; `Content` takes the padding off. DATA_LOSS, named by the table.
  absl::StatusOr<crypto::Plaintext> Open(base::Table table, const crypto::SymmetricKey& key, std::string_view disk_key,
                                         std::string_view sealed) const;
  static absl::StatusOr<std::string_view> Content(const crypto::Plaintext& padded);

  // The case key in a row of kCaseKey; for check.
  absl::StatusOr<RowKey> Unwrap(std::string_view disk_key, std::string_view sealed) const;

 private:
  // Recently used keys of cases: two generations, so that forgetting costs nothing. A few thousand at 32 bytes.
  struct CaseKeys {
    std::mutex mutex;
    std::unordered_map<std::string, RowKey> young;
    std::unordered_map<std::string, RowKey> old;
  };

  // The row kFormat, opened.
  struct Format {
    base::OrganisationId organisation;
    std::uint32_t epoch = 1;
    crypto::SymmetricKey store_key;
    crypto::SymmetricKey seed;
  };

  Vault(const RowStore& rows, crypto::SymmetricKey wrapping_key, Format format, crypto::Random& random);
  struct Read {
    std::uint32_t number = 0;
    base::RowVersion version;
    Format format;
  };
  static absl::StatusOr<Read> ReadFormat(const RowStore& rows, const crypto::SymmetricKey& kek);
  // Over the row of that version, or where there is none.
  static absl::Status Write(RowStore& rows, const crypto::SymmetricKey& kek, const Format& format,
                            std::optional<base::RowVersion> before, crypto::Random& random);
  static absl::Status WriteNew(RowStore& rows, const crypto::SymmetricKey& kek, const Format& format, crypto::Random& random);

  const RowStore& rows_;
  const crypto::SymmetricKey wrapping_key_;
  const RowKey store_key_;
  const std::unique_ptr<DiskKeys> keys_;
  const base::OrganisationId organisation_;
  const std::uint32_t epoch_;
  const crypto::SymmetricKey seed_;
  crypto::Random& random_;
  mutable CaseKeys case_keys_;
};

}  // namespace alcove::storage
