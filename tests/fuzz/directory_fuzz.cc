// rooms: format
#include "crypto/format/directory.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto directory = ParseDirectoryText(bytes); directory.ok()) {
    if (*DirectoryText(*directory) != bytes) std::abort();
  }
  if (auto note = ParseDirectoryNote(bytes); note.ok()) {
    if (note->note.Serialize() != bytes) std::abort();
  }
  return 0;
}
