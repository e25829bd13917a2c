#include "crypto/stream.h"

#include <algorithm>

#include "crypto/sodium.h"

namespace alcove::crypto {
namespace {

using internal::Raw;
using State = crypto_secretstream_xchacha20poly1305_state;

static_assert(sizeof(State) == sizeof(internal::StreamState::bytes));
static_assert(kStreamHeader == crypto_secretstream_xchacha20poly1305_HEADERBYTES);
static_assert(kStreamOverhead == crypto_secretstream_xchacha20poly1305_ABYTES);

State* As(internal::StreamState& state) { return reinterpret_cast<State*>(state.bytes.data()); }

}  // namespace

uint64_t SealedStreamSize(uint64_t plain) {
  const uint64_t pieces = plain == 0 ? 1 : (plain - 1) / kStreamPiece + 1;
  return kStreamHeader + plain + pieces * kStreamOverhead;
}

StreamSealer::StreamSealer(const FileKey& key, Random& random) {
  random.Fill(header_.data(), header_.size());
  // init_push is init_pull with a header that libsodium draws itself; ours comes from the Random we were given.
  crypto_secretstream_xchacha20poly1305_init_pull(As(state_), header_.data(), key.data());
}

absl::Status StreamSealer::Push(BytesView piece, bool last, Bytes* out) {
  if (done_) return errors::OutOfRange("a piece after the last");
  if (last ? piece.size() > kStreamPiece : piece.size() != kStreamPiece)
    return errors::OutOfRange("the size of a piece");
  if (last && piece.empty() && !first_) return errors::OutOfRange("an empty last piece after others");
  first_ = false;
  done_ = last;
  const size_t at = out->size();
  out->resize(at + piece.size() + kStreamOverhead);
  crypto_secretstream_xchacha20poly1305_push(
      As(state_), reinterpret_cast<unsigned char*>(out->data()) + at, nullptr, Raw(piece), piece.size(), nullptr, 0,
      last ? crypto_secretstream_xchacha20poly1305_TAG_FINAL : crypto_secretstream_xchacha20poly1305_TAG_MESSAGE);
  return absl::OkStatus();
}

absl::StatusOr<StreamOpener> StreamOpener::Start(const FileKey& key, BytesView header) {
  if (header.size() != kStreamHeader)
    return errors::WrongLength("the header of a stream", kStreamHeader, header.size());
  StreamOpener opener;
  crypto_secretstream_xchacha20poly1305_init_pull(As(opener.state_), Raw(header), key.data());
  return opener;
}

absl::StatusOr<Plaintext> StreamOpener::Pull(BytesView sealed_piece) {
  const absl::Status refused = errors::DoesNotOpen("a piece of a stream");
  if (done_ || broken_ || sealed_piece.size() < kStreamOverhead ||
      sealed_piece.size() > kStreamPiece + kStreamOverhead) {
    broken_ = true;
    return refused;
  }
  Plaintext piece(Bytes(sealed_piece.size() - kStreamOverhead, '\0'));
  unsigned char tag = 0;
  const bool opened = crypto_secretstream_xchacha20poly1305_pull(
                          As(state_), reinterpret_cast<unsigned char*>(piece.bytes.data()), nullptr, &tag,
                          Raw(sealed_piece), sealed_piece.size(), nullptr, 0) == 0;
  const bool last = tag == crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  const bool fits =
      last ? !piece.bytes.empty() || first_
           : tag == crypto_secretstream_xchacha20poly1305_TAG_MESSAGE && piece.bytes.size() == kStreamPiece;
  if (!opened || !fits) {
    broken_ = true;
    return refused;
  }
  first_ = false;
  done_ = last;
  return piece;
}

absl::Status StreamOpener::Finish() const {
  if (!done_ || broken_) return errors::DoesNotOpen("a stream without its end");
  return absl::OkStatus();
}

Bytes SealStream(const FileKey& key, BytesView plaintext, Random& random) {
  StreamSealer sealer(key, random);
  Bytes sealed(sealer.header());
  sealed.reserve(SealedStreamSize(plaintext.size()));
  bool last = false;
  while (!last) {
    const BytesView piece = plaintext.substr(0, kStreamPiece);
    plaintext.remove_prefix(piece.size());
    last = plaintext.empty();
    if (!sealer.Push(piece, last, &sealed).ok()) internal::Broken("a stream was cut wrongly");
  }
  return sealed;
}

absl::StatusOr<Plaintext> OpenStream(const FileKey& key, BytesView sealed) {
  auto opener = StreamOpener::Start(key, sealed.substr(0, kStreamHeader));
  if (!opener.ok()) return opener.status();
  sealed.remove_prefix(kStreamHeader);
  Plaintext plaintext;
  plaintext.bytes.reserve(sealed.size());
  while (!sealed.empty()) {
    const BytesView part = sealed.substr(0, kStreamPiece + kStreamOverhead);
    sealed.remove_prefix(part.size());
    const auto piece = opener->Pull(part);
    if (!piece.ok()) return piece.status();
    plaintext.bytes.append(piece->view());
  }
  if (absl::Status whole = opener->Finish(); !whole.ok()) return whole;
  return plaintext;
}

}  // namespace alcove::crypto
