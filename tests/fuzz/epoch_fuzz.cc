// rooms: format
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto epoch = ParseEpoch(bytes);
  if (!epoch.ok()) return 0;
  for (size_t i = 0; i < epoch->reader_count; ++i) {
    if (!IsReleaseCondition(static_cast<uint8_t>(epoch->ReaderAt(i).condition))) std::abort();
  }
  if (kEpochPrefixSize + kEpochReaderSize * epoch->reader_count != size) std::abort();
  return 0;
}
