// rooms: format
#include "crypto/format/policy.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto policy = ParsePolicyText(bytes); policy.ok()) {
    if (*PolicyText(*policy) != bytes) std::abort();
  }
  ParsePolicyNote(bytes).status().IgnoreError();
  return 0;
}
