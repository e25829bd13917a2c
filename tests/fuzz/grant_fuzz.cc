// rooms: format
#include "crypto/format/grant.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto grant = ParseGrant(bytes);
  if (!grant.ok()) return 0;
  if (size != kGrantSize || grant->sealed_key.size() != 48) std::abort();
  GrantHash(bytes);
  return 0;
}
