// rooms: format
#include "crypto/format/export.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // The two files of an exported case that hold proofs.
  if (auto proofs = ParseExport(bytes); proofs.ok()) {
    if (*ExportText(*proofs) != bytes) std::abort();
    VerifyExport(*proofs, {}).status().IgnoreError();
  }
  if (auto openings = ParseOpenings(bytes); openings.ok()) {
    if (*OpeningsText(*openings) != bytes) std::abort();
  }
  return 0;
}
