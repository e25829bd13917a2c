#include "crypto/format/evidence.h"

#include <utility>

#include "crypto/format/directory.h"
#include "crypto/format/errors.h"
#include "crypto/format/organisation.h"

namespace alcove::format::internal {

std::optional<Bytes> TakeNote(LineReader& lines, std::string_view word) {
  auto value = lines.Take(word);
  if (!value) return std::nullopt;
  if (*value == "-") return Bytes();
  return BytesFromBase64(*value);
}

std::optional<Anchor> TakeAnchor(LineReader& lines, bool* malformed) {
  auto file = TakeBase64(lines, "organisation-file");
  if (!file) return std::nullopt;
  auto directory = TakeBase64(lines, "directory");
  *malformed = !directory;
  if (!directory) return std::nullopt;
  return Anchor{.organisation_file = std::move(*file), .directory_note = std::move(*directory)};
}

std::string AnchorLines(const Anchor& anchor) {
  return Base64Line("organisation-file", anchor.organisation_file) + Base64Line("directory", anchor.directory_note);
}

absl::StatusOr<std::string> VerifyAnchor(const Anchor& anchor, const OrganisationId& organisation, const VerifyKey& log_key) {
  auto file = ParseOrganisation(anchor.organisation_file);
  if (!file.ok()) return file.status();
  if (file->id != organisation) return OtherOrganisation("anchor");
  auto directory = ParseDirectoryNote(anchor.directory_note);
  if (!directory.ok()) return directory.status();
  if (auto status = CheckFirst(*file, *directory); !status.ok()) return status;
  if (directory->directory.log_key != log_key) return BadProof("the directory names another log key");
  return Fingerprint(*file);
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
