// rooms: format
#include "crypto/format/officer_letter.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto letter = ParseOfficerLetter(bytes);
  if (!letter.ok()) return 0;
  for (size_t i = 0; i < letter->key_count; ++i) letter->KeyAt(i);
  if (letter->header.size() + letter->body.size() != size || OfficerLetterSize(letter->key_count) != size) std::abort();
  return 0;
}
