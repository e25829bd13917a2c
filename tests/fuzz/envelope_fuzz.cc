// rooms: format
#include "crypto/format/envelope.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto envelope = ParseKept(bytes);
  // Without its body it is no entry that anybody may send.
  if (ParseEnvelope(bytes).ok() != (envelope.ok() && !IsRedacted(bytes))) std::abort();
  if (!envelope.ok()) return 0;
  // What was parsed lies inside the input and adds up.
  if (envelope->prefix.size() + envelope->body.size() != size) std::abort();
  EntryHash(*envelope);
  CheckBody(*envelope).IgnoreError();
  EntryChain chain(envelope->context.organisation, envelope->context.case_id, envelope->context.keyring);
  if (chain.Append(*envelope).ok() != (envelope->context.sequence == 0)) std::abort();
  return 0;
}
