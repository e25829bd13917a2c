#include "crypto/format/attachment.h"

#include <algorithm>
#include <cstring>

#include "crypto/hkdf.h"
#include "crypto/padme.h"
#include "crypto/format/errors.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "attachment";

// Gives the stream the header that key and file lead to, where it would draw a random one.
class DerivedHeader : public crypto::Random {
 public:
  DerivedHeader(const FileKey& key, const Digest& file_hash)
      : derived_(crypto::DeriveKey(*crypto::SymmetricKey::FromBytes(key.expose()), "alcove attachment header v1",
                                   file_hash.view())) {}
  void Fill(uint8_t* out, size_t size) override { std::memcpy(out, derived_.data(), std::min(size, derived_.kSize)); }

 private:
  crypto::SymmetricKey derived_;
};

crypto::StreamSealer StartStream(const FileKey& key, const Digest& file_hash) {
  DerivedHeader header(key, file_hash);
  return crypto::StreamSealer(key, header);
}

uint64_t Padded(uint64_t file_size) { return crypto::PaddedSize(file_size, kAttachmentFloor); }

}  // namespace

absl::StatusOr<uint32_t> SealedAttachmentSize(uint64_t file_size) {
  if (file_size > kMaxAttachment) return Malformed(kLayout, "size");
  return static_cast<uint32_t>(crypto::SealedStreamSize(Padded(file_size)));
}

absl::StatusOr<AttachmentSealer> AttachmentSealer::Start(const FileKey& key, uint64_t file_size, const Digest& file_hash) {
  if (file_size > kMaxAttachment) return Malformed(kLayout, "size");
  return AttachmentSealer(key, file_size, file_hash);
}

AttachmentSealer::AttachmentSealer(const FileKey& key, uint64_t file_size, const Digest& file_hash)
    : stream_(StartStream(key, file_hash)),
      expected_hash_(file_hash),
      file_size_(file_size),
      padded_left_(Padded(file_size)) {}

absl::Status AttachmentSealer::Push(bool last, Bytes* out) {
  if (!header_sent_) out->append(stream_.header());
  header_sent_ = true;
  padded_left_ -= piece_.size();
  auto status = stream_.Push(piece_.expose(), last, out);
  piece_.Clear();
  return status;
}

absl::Status AttachmentSealer::Write(BytesView file_bytes, Bytes* out) {
  if (file_bytes.size() > file_size_ - taken_) return Malformed(kLayout, "size");
  taken_ += file_bytes.size();
  hash_.Update(file_bytes);
  while (!file_bytes.empty()) {
    // A full piece waits for the next byte: only then is it known not to be the last.
    if (piece_.size() == crypto::kStreamPiece) {
      if (auto status = Push(false, out); !status.ok()) return status;
    }
    size_t some = std::min(file_bytes.size(), crypto::kStreamPiece - piece_.size());
    piece_.Append(file_bytes.substr(0, some));
    file_bytes.remove_prefix(some);
  }
  return absl::OkStatus();
}

absl::Status AttachmentSealer::Finish(Bytes* out) {
  // Before the last piece goes out: a stream without FINAL opens for nobody.
  if (taken_ != file_size_ || hash_.Finish() != expected_hash_) return HashMismatch(kLayout, "file");
  const Bytes zeros(crypto::kStreamPiece, '\0');
  while (padded_left_ > crypto::kStreamPiece) {
    piece_.Append(BytesView(zeros).substr(piece_.size()));
    if (auto status = Push(false, out); !status.ok()) return status;
  }
  piece_.Append(BytesView(zeros).substr(0, padded_left_ - piece_.size()));
  return Push(true, out);
}

absl::StatusOr<AttachmentOpener> AttachmentOpener::Start(const FileKey& key, uint64_t file_size, const Digest& file_hash) {
  if (file_size > kMaxAttachment) return Malformed(kLayout, "size");
  return AttachmentOpener(key, file_size, file_hash);
}

AttachmentOpener::AttachmentOpener(const FileKey& key, uint64_t file_size, const Digest& file_hash)
    : key_(key.Clone()),
      expected_hash_(file_hash),
      file_left_(file_size),
      sealed_left_(crypto::SealedStreamSize(Padded(file_size))) {}

absl::Status AttachmentOpener::Pull(BytesView sealed_piece, Bytes* out) {
  auto piece = stream_->Pull(sealed_piece);
  if (!piece.ok()) return CannotOpen(kLayout);
  BytesView text = piece->view();
  BytesView file = text.substr(0, std::min<uint64_t>(text.size(), file_left_));
  BytesView padding = text.substr(file.size());
  if (std::any_of(padding.begin(), padding.end(), [](char c) { return c != 0; })) return Malformed(kLayout, "padding");
  file_left_ -= file.size();
  hash_.Update(file);
  out->append(file);
  return absl::OkStatus();
}

absl::Status AttachmentOpener::Write(BytesView ciphertext, Bytes* out) {
  if (broken_ || ciphertext.size() > sealed_left_ - buffer_.size()) {
    broken_ = true;
    return CannotOpen(kLayout);
  }
  buffer_.append(ciphertext);
  size_t used = 0;
  for (;;) {
    uint64_t wanted = stream_ == nullptr ? crypto::kStreamHeader
                                         : std::min<uint64_t>(crypto::kStreamPiece + crypto::kStreamOverhead, sealed_left_);
    BytesView next = BytesView(buffer_).substr(used);
    if (wanted == 0 || next.size() < wanted) break;
    next = next.substr(0, wanted);
    if (stream_ == nullptr) {
      auto stream = crypto::StreamOpener::Start(key_, next);
      if (!stream.ok()) return CannotOpen(kLayout);
      stream_ = std::make_unique<crypto::StreamOpener>(std::move(*stream));
    } else if (auto status = Pull(next, out); !status.ok()) {
      broken_ = true;
      return status;
    }
    used += wanted;
    sealed_left_ -= wanted;
  }
  buffer_.erase(0, used);
  return absl::OkStatus();
}

absl::Status AttachmentOpener::Finish() {
  if (broken_ || sealed_left_ != 0 || stream_ == nullptr || !stream_->Finish().ok()) return CannotOpen(kLayout);
  if (hash_.Finish() != expected_hash_) return HashMismatch(kLayout, "file");
  return absl::OkStatus();
}

}  // namespace alcove::format
