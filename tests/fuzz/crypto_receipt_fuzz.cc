// rooms: crypto
// Receipt words as somebody types them, and any 16 bytes as a receipt.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "crypto/receipt.h"

using namespace alcove::crypto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const BytesView bytes(reinterpret_cast<const char*>(data), size);
  if (const auto typed = Receipt::FromWords(bytes); typed.ok()) {
    const auto again = Receipt::FromWords(typed->Words().expose());
    if (!again.ok() || again->expose() != typed->expose()) std::abort();
  }
  if (const auto receipt = Receipt::FromEntropy(bytes.substr(0, 16)); receipt.ok()) {
    const auto back = Receipt::FromWords(receipt->Words().expose());
    if (!back.ok() || back->expose() != receipt->expose()) std::abort();
  }
  return 0;
}
