// rooms: format
#include "crypto/format/attachment.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto key = alcove::crypto::FileKey::Blank();
  auto opener = AttachmentOpener::Start(key, size, Digest());
  if (!opener.ok()) return 0;
  Bytes out;
  // Two cuts; nothing that was not sealed under the key may come out.
  bool fine = opener->Write(bytes.substr(0, size / 3), &out).ok() && opener->Write(bytes.substr(size / 3), &out).ok();
  if (opener->Finish().ok() || (fine && !out.empty())) std::abort();
  return 0;
}
