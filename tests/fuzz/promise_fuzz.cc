// rooms: format
#include "crypto/format/proof.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto promise = ParsePromise(bytes);
  if (!promise.ok()) return 0;
  if (PromiseBytes(*promise) != bytes) std::abort();
  VerifyPromise(*promise, VerifyKey()).IgnoreError();
  return 0;
}
