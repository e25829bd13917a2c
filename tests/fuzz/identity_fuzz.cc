// rooms: format
#include "crypto/format/identity.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto identity = ParseIdentity(bytes);
  if (!identity.ok()) return 0;
  for (size_t i = 0; i < identity->custodians; ++i) identity->CustodianAt(i);
  if (identity->header.size() + 4 + identity->body.size() != size) std::abort();
  return 0;
}
