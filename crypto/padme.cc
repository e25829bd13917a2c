#include "crypto/padme.h"

#include <algorithm>
#include <bit>

#include "crypto/sodium.h"

namespace alcove::crypto {

uint64_t PaddedSize(uint64_t size, uint64_t floor) {
  const uint64_t least = std::max<uint64_t>({size, floor, 1});
  if (least > uint64_t{1} << 62) internal::Broken("nothing of that size can be padded");
  if (least == 1) return 1;
  // Keep as many leading bits of the size as its exponent has bits; round the rest up.
  const int exponent = static_cast<int>(std::bit_width(least)) - 1;
  const int kept = static_cast<int>(std::bit_width(static_cast<unsigned>(exponent)));
  const uint64_t mask = (uint64_t{1} << (exponent - kept)) - 1;
  return (least + mask) & ~mask;
}

Plaintext Pad(BytesView content, uint64_t floor) {
  Plaintext padded;
  padded.bytes.reserve(PaddedSize(content.size() + 1, floor));
  padded.bytes.append(content).push_back('\x80');
  padded.bytes.resize(PaddedSize(content.size() + 1, floor), '\0');
  return padded;
}

absl::StatusOr<BytesView> Unpad(BytesView padded, uint64_t floor) {
  const size_t mark = padded.find_last_not_of('\0');
  if (mark == BytesView::npos || padded[mark] != '\x80' || PaddedSize(mark + 1, floor) != padded.size()) {
    return errors::Malformed("padding");
  }
  return padded.substr(0, mark);
}

}  // namespace alcove::crypto
