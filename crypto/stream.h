// Attachments: libsodium's secretstream (XChaCha20-Poly1305) in pieces of 64 KiB, the last one marked FINAL. A file
// cut at a piece, reordered, repeated or extended does not open.
//
//   sealed file = header(24) ‖ piece*;  piece = 17 bytes more than its plaintext
//
// Every piece but the last holds exactly kStreamPiece bytes, and only an empty file has an empty piece, so that one
// plaintext has one cut. Padding is the caller's:
// pad the file before it is sealed and keep its length inside the sealed entry.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "crypto/bytes.h"
#include "crypto/random.h"
#include "crypto/secret.h"

namespace alcove::crypto {

struct FileKeyTag {
  static constexpr std::string_view kName = "file key";
};
using FileKey = Secret<32, FileKeyTag>;  // one file, one key

inline constexpr size_t kStreamHeader = 24;
inline constexpr size_t kStreamPiece = 65536;
inline constexpr size_t kStreamOverhead = 17;  // a piece

// Bytes of the sealed file for `plain` bytes of plaintext; an empty file is one empty final piece.
uint64_t SealedStreamSize(uint64_t plain);

namespace internal {
struct StreamState {
  alignas(8) std::array<uint8_t, 52> bytes;
  StreamState() : bytes{} {}
  StreamState(const StreamState&) = default;
  StreamState& operator=(const StreamState&) = default;
  ~StreamState() { Wipe(bytes.data(), bytes.size()); }
};
}  // namespace internal

class StreamSealer {
 public:
  // Draws 24 bytes for the header.
  StreamSealer(const FileKey& key, Random& random);
  BytesView header() const { return {reinterpret_cast<const char*>(header_.data()), header_.size()}; }
  // Adds the sealed piece to `out`. INVALID_ARGUMENT for a piece of another size than kStreamPiece that is not
  // `last`, for a last one that is longer or follows others empty, and for anything after the last.
  absl::Status Push(BytesView piece, bool last, Bytes* out);

 private:
  internal::StreamState state_;
  std::array<uint8_t, kStreamHeader> header_;
  bool first_ = true;
  bool done_ = false;
};

class StreamOpener {
 public:
  // INVALID_ARGUMENT unless `header` is 24 bytes. A wrong header shows at the first piece.
  static absl::StatusOr<StreamOpener> Start(const FileKey& key, BytesView header);
  // One sealed piece: kStreamPiece + 17 bytes, or fewer for the last. UNAUTHENTICATED when it does not open, is not
  // the next one, is a short piece without FINAL, or follows FINAL; the opener refuses everything afterwards.
  absl::StatusOr<Plaintext> Pull(BytesView sealed_piece);
  // OK once FINAL was seen; UNAUTHENTICATED before: the file is cut short and nothing of it may be trusted.
  absl::Status Finish() const;

 private:
  StreamOpener() = default;
  internal::StreamState state_;
  bool first_ = true;
  bool done_ = false;
  bool broken_ = false;
};

// A whole file in memory.
Bytes SealStream(const FileKey& key, BytesView plaintext, Random& random);
absl::StatusOr<Plaintext> OpenStream(const FileKey& key, BytesView sealed);

}  // namespace alcove::crypto
