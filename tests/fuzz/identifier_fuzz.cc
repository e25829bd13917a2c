// rooms: format
#include "crypto/format/tag.h"
#include "crypto/format/ids.h"
#include "crypto/format/day.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto identifier = Identifier::Parse(bytes); identifier.ok()) {
    // The normal form is its own normal form.
    if (Identifier::Parse(identifier->text())->text() != identifier->text()) std::abort();
  }
  if (auto id = FromText<CaseId>(bytes); id.ok() && Text(*id) != bytes) std::abort();
  if (auto day = Day::FromText(bytes); day.ok() && day->Text() != bytes) std::abort();
  ParseEntryName(bytes).status().IgnoreError();
  return 0;
}
