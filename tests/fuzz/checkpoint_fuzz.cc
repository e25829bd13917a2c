// rooms: format
#include "crypto/format/checkpoint.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // Nothing signs under the zero key, so whatever is accepted here is a finding.
  if (VerifyCheckpoint(bytes, OrganisationId(), VerifyKey()).ok()) std::abort();
  return 0;
}
