// rooms: format
#include "crypto/format/wallet.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  // With a passphrase, each input would cost half a second of Argon2.
  WalletOrganisation(bytes).status().IgnoreError();
  // One text for one batch or answer.
  if (auto batch = ParseTokenBatch(bytes); batch.ok() && *TokenBatchText(*batch) != bytes) std::abort();
  if (auto answer = ParseTokenAnswer(bytes); answer.ok() && *TokenAnswerText(*answer) != bytes) std::abort();
  return 0;
}
