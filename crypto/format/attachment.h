// Attachments: a file as ciphertext that any server may keep.
//
//   offset size  field
//        0   24  secretstream header
//       24    n  pieces of 65536 bytes of padded file, each with 17 bytes of overhead; the last is shorter or equal and FINAL
//
// The padded file is the file followed by zero bytes up to its Padmé size, at least 4096; the true size stands in the
// sealed entry beside key and SHA-256 of the file (Attachment of alcove.sealed.v1).
// Every file has a key of its own. The stream's header is not random but
// HKDF-SHA256(key, "alcove attachment header v1" 0x00 SHA-256 of the file), first 24 bytes: so the same file gives the
// same ciphertext, and an upload whose line broke can be taken up again, by another process too, from any offset; a
// file that changed in between gives another header, hence another key stream.
//
// The parts of the contract (128 KiB) are cuts of this ciphertext and mean nothing to it.
// Errors: those of errors.h. Threads: one object belongs to one thread at a time. Memory: one piece, whatever the size.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <memory>

#include "crypto/bytes.h"
#include "crypto/hash.h"
#include "crypto/secret.h"
#include "crypto/stream.h"

namespace alcove::format {

using crypto::Bytes;
using crypto::BytesView;
using crypto::Digest;
using crypto::FileKey;

inline constexpr uint32_t kAttachmentFloor = 4096;
// Files above this are refused: their padded ciphertext could pass the largest blob.
inline constexpr uint32_t kMaxAttachment = 104857600;

// Bytes of ciphertext for a file of that size: the `size` of its BlobName. INVALID_ARGUMENT above kMaxAttachment.
absl::StatusOr<uint32_t> SealedAttachmentSize(uint64_t file_size);

class AttachmentSealer {
 public:
  // `file_hash` is SHA-256 of the whole file. INVALID_ARGUMENT above kMaxAttachment.
  static absl::StatusOr<AttachmentSealer> Start(const FileKey& key, uint64_t file_size, const Digest& file_hash);

  // Takes the file's bytes in any cut and appends finished ciphertext to `out`. INVALID_ARGUMENT beyond the stated size.
  absl::Status Write(BytesView file_bytes, Bytes* out);
  // Pads, appends the rest. kHashMismatch when the bytes were fewer than stated or are not those of `file_hash`:
  // the file changed while it was read, and what was sent must not be trusted.
  absl::Status Finish(Bytes* out);

 private:
  AttachmentSealer(const FileKey& key, uint64_t file_size, const Digest& file_hash);
  absl::Status Push(bool last, Bytes* out);

  crypto::StreamSealer stream_;
  crypto::Sha256Stream hash_;
  Digest expected_hash_;
  uint64_t file_size_;
  uint64_t padded_left_;
  uint64_t taken_ = 0;
  bool header_sent_ = false;
  crypto::SecretText piece_;
};

class AttachmentOpener {
 public:
  // INVALID_ARGUMENT above kMaxAttachment.
  static absl::StatusOr<AttachmentOpener> Start(const FileKey& key, uint64_t file_size, const Digest& file_hash);

  // Takes ciphertext in any cut and appends the file's bytes, as pieces become complete and verify, to `out`.
  // kCannotOpen for a wrong key or changed, repeated, reordered bytes. What was given out before stays provisional
  // until Finish is OK.
  absl::Status Write(BytesView ciphertext, Bytes* out);
  // kCannotOpen when the ciphertext ended early, kHashMismatch when the file is not that of `file_hash`.
  absl::Status Finish();

 private:
  AttachmentOpener(const FileKey& key, uint64_t file_size, const Digest& file_hash);
  absl::Status Pull(BytesView sealed_piece, Bytes* out);

  FileKey key_;
  std::unique_ptr<crypto::StreamOpener> stream_;
  crypto::Sha256Stream hash_;
  Digest expected_hash_;
  uint64_t file_left_;
  uint64_t sealed_left_;
  bool broken_ = false;
  Bytes buffer_;
};

}  // namespace alcove::format
