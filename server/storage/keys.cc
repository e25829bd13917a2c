#include "server/storage/keys.h"

#include "crypto/hash.h"
#include "server/core/base/errors.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kSlugHashSize = 16;

}  // namespace

absl::Status DiskKeys::Append(base::Table table, std::string_view key, std::string* out) const {
  return AppendParts(table, key, true, out);
}

absl::Status DiskKeys::AppendPrefix(base::Table table, std::string_view prefix, std::string* out) const {
  return AppendParts(table, prefix, false, out);
}

absl::Status DiskKeys::AppendParts(base::Table table, std::string_view key, bool whole, std::string* out) const {
  const base::TableTraits* traits = base::TraitsOf(table);
  if (traits == nullptr) return base::Broken("a row of no table");
  out->push_back(static_cast<char>(table));
  std::string_view rest = key;
  if (traits->slug == base::SlugPlace::kFirst && (whole || !key.empty())) {
    const std::size_t slug_size = key.empty() ? 0 : std::size_t{1} + static_cast<unsigned char>(key.front());
    if (slug_size == 0 || slug_size > key.size()) return base::Broken("a row key without its slug");
    std::string named(1, static_cast<char>(table));
    named.append(key.substr(0, slug_size));
    out->append(crypto::KeyedBlake2b256(index_key_, named).view().substr(0, kSlugHashSize));
    rest = key.substr(slug_size);
  }
  if (whole ? rest.size() != traits->key_size : rest.size() > traits->key_size)
    return base::Broken("a row key of the wrong size");
  out->append(rest);
  return absl::OkStatus();
}

}  // namespace alcove::storage
