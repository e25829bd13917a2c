// rooms: crypto
// The text codecs and padding: what decodes encodes to itself, what encodes decodes to itself.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/encoding.h"
#include "crypto/padme.h"

using namespace alcove::crypto;

namespace {

void Check(BytesView bytes, Bytes (*encode)(BytesView), absl::StatusOr<Bytes> (*decode)(BytesView)) {
  if (const auto decoded = decode(bytes); decoded.ok() && encode(*decoded) != bytes) std::abort();
  if (const auto back = decode(encode(bytes)); !back.ok() || *back != bytes) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView bytes(reinterpret_cast<const char*>(data), size);
  Check(bytes, Base32Encode, Base32Decode);
  Check(bytes, Base64Encode, Base64Decode);
  Check(bytes, Base64UrlEncode, Base64UrlDecode);
  Check(bytes, HexEncode, HexDecode);
  for (const uint64_t floor : {0, 64}) {
    if (const auto content = Unpad(bytes, floor); content.ok() && Pad(*content, floor).view() != bytes) std::abort();
    const Plaintext padded = Pad(bytes, floor);
    if (const auto back = Unpad(padded.view(), floor); !back.ok() || *back != bytes) std::abort();
  }
  return 0;
}
