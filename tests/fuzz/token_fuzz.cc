// rooms: format
#include "crypto/format/token.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto quarter = Quarter::FromText(bytes); quarter.ok() && (quarter->Text() != bytes || Quarter::Of(quarter->FirstDay()) != *quarter)) std::abort();
  auto token = ParseToken(bytes);
  if (!token.ok()) return 0;
  if (size != kTokenSize || !token->terms.quarter.valid()) std::abort();
  // No bytes from outside are a token under a key that issued none.
  static const auto key = *alcove::crypto::VoprfKey::Derive(alcove::crypto::Bytes(32, 's'), "fuzz");
  if (CheckToken(*token, key, Digest()).ok()) std::abort();
  NullifierOf(token->terms, token->nonce);
  return 0;
}
