// rooms: format
#include "crypto/format/organisation.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto file = ParseOrganisation(bytes);
  if (!file.ok()) return 0;
  if (*OrganisationText(*file) != bytes || Fingerprint(*file).empty()) std::abort();
  return 0;
}
