// rooms: format
#include "crypto/format/keyfile.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  ReadKeyFileHeader(bytes).status().IgnoreError();
  // Without a passphrase: with one, each input would cost half a second of Argon2.
  ReadKeyFile(bytes, nullptr).status().IgnoreError();
  return 0;
}
