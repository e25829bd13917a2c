// Lines that the files of evidence share: proof.h, timeline.h and export.h. Of use only inside this room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/encoding.h"
#include "crypto/format/ids.h"
#include "crypto/format/lines.h"
#include "crypto/format/proof.h"

namespace alcove::format::internal {

inline constexpr uint64_t kMaxIndex = INT64_MAX;
inline constexpr size_t kMaxTreePath = 64;
// A ledger of 100,000 leaves, each with its proof.
inline constexpr size_t kMaxEvidence = 256u << 20;

inline std::string Base64Line(std::string_view word, BytesView bytes) {
  return std::string(word) + " " + crypto::Base64Encode(bytes) + "\n";
}

// Base64 of at least one byte.
inline std::optional<Bytes> BytesFromBase64(std::string_view text) {
  auto bytes = crypto::Base64Decode(text);
  if (!bytes.ok() || bytes->empty()) return std::nullopt;
  return std::move(*bytes);
}

inline std::optional<Bytes> TakeBase64(LineReader& lines, std::string_view word) {
  auto value = lines.Take(word);
  if (!value) return std::nullopt;
  return BytesFromBase64(*value);
}

template <class F>
std::optional<F> TakeFixed(LineReader& lines, std::string_view word) {
  auto value = lines.Take(word);
  if (!value) return std::nullopt;
  return FixedFromBase64<F>(*value);
}

template <class Id>
std::optional<Id> TakeId(LineReader& lines, std::string_view word) {
  auto value = lines.Take(word);
  if (!value) return std::nullopt;
  auto id = FromText<Id>(*value);
  if (!id.ok()) return std::nullopt;
  return *id;
}

// Of a note that may be missing: `-`.
std::optional<Bytes> TakeNote(LineReader& lines, std::string_view word);

inline constexpr std::string_view kTimelineFirstLine = "alcove.timeline.v1";

// The two lines of an anchor, or nothing where the first is not there; `malformed` when it stands alone.
std::optional<Anchor> TakeAnchor(LineReader& lines, bool* malformed);
std::string AnchorLines(const Anchor& anchor);
// The organisation file vouches for the directory, the directory for the log key. The fingerprint of the organisation file.
absl::StatusOr<std::string> VerifyAnchor(const Anchor& anchor, const OrganisationId& organisation, const VerifyKey& log_key);

// What stands after `leaf`; false when it is not of the form.
bool ReadLeaf(std::string_view value, SavedLeaf* leaf);
// The same written; nothing for a leaf that would not read back.
std::optional<std::string> LeafValue(const SavedLeaf& leaf);

}  // namespace alcove::format::internal
