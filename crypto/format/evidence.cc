#include "crypto/format/evidence.h"

#include <utility>

namespace alcove::format::internal {

std::optional<Bytes> TakeNote(LineReader& lines, std::string_view word) {
  auto value = lines.Take(word);
  if (!value) return std::nullopt;
  if (*value == "-") return Bytes();
  return BytesFromBase64(*value);
}

bool ReadLeaf(std::string_view value, SavedLeaf* leaf) {
  auto content = Two(value);
  if (!content) return false;
  auto salt = Two(content->second);
  if (!salt) return false;
  auto index = Two(salt->second);
  if (!index) return false;
  auto content_bytes = crypto::Base64Decode(content->first);
  auto salt_bytes = FixedFromBase64<LeafSalt>(salt->first);
  if (!content_bytes.ok() || content_bytes->empty() || !salt_bytes) return false;
  leaf->content = std::move(*content_bytes);
  leaf->salt = *salt_bytes;
  if (index->first == "-") return index->second == "-";
  leaf->index = Number(index->first, kMaxIndex);
  if (!leaf->index) return false;
  if (index->second == "-") return true;
  auto joined = crypto::Base64Decode(index->second);
  if (!joined.ok() || joined->empty() || joined->size() % Digest::kSize != 0 ||
      joined->size() / Digest::kSize > kMaxTreePath) {
    return false;
  }
  for (size_t i = 0; i < joined->size(); i += Digest::kSize) {
    leaf->path.push_back(*Digest::FromBytes(BytesView(*joined).substr(i, Digest::kSize)));
  }
  return true;
}

std::optional<std::string> LeafValue(const SavedLeaf& leaf) {
  if (leaf.content.empty() || (leaf.index && *leaf.index > kMaxIndex) || (!leaf.index && !leaf.path.empty()) ||
      leaf.path.size() > kMaxTreePath) {
    return std::nullopt;
  }
  Bytes joined;
  for (const Digest& hash : leaf.path) joined.append(hash.view());
  return crypto::Base64Encode(leaf.content) + " " + crypto::Base64Encode(leaf.salt.view()) + " " +
         (leaf.index ? std::to_string(*leaf.index) : "-") + " " + (joined.empty() ? "-" : crypto::Base64Encode(joined));
}

}  // namespace alcove::format::internal
