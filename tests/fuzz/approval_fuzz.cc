// rooms: format
#include "crypto/format/approval.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (auto statement = ParseStatement(bytes); statement.ok() && statement->bytes != bytes) std::abort();
  auto request = ParseApprovalRequest(bytes);
  if (!request.ok()) return 0;
  for (size_t i = 0; i < request->decider_count; ++i) request->DeciderAt(i);
  if (request->statement.bytes.size() + request->reason_header.size() + 4 + request->body.size() != size) std::abort();
  if (!ParseStatement(request->statement.bytes).ok()) std::abort();
  return 0;
}
