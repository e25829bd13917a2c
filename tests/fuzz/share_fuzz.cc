// rooms: format
#include "crypto/format/share.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto share = ParseShare(bytes);
  if (!share.ok()) return 0;
  if (size != kGivenShareSize || share->index < 1 || share->index > kMaxCustodians || share->sealed.size() != 48) std::abort();
  return 0;
}
