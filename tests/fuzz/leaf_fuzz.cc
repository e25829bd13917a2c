// rooms: format
#include "crypto/format/leaf.h"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace alcove::format;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto leaf = ParseLeaf(bytes);
  if (!leaf.ok()) return 0;
  if (LeafContent(*leaf) != bytes) std::abort();
  for (const auto& [label, text] : DescribeDetails(*leaf)) {
    if (label.empty()) std::abort();
  }
  return 0;
}
