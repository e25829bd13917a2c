// rooms:
// The control of run.sh: a parser that reads one byte past its input when a short header is right. If it is not
// found within seconds, then neither coverage guidance nor the address sanitizer work and "0 findings" means nothing.
#include <cstddef>
#include <cstdint>
#include <memory>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 6 || data[0] != 'A' || data[1] != 'L' || data[2] != 'C' || data[3] != '1') return 0;
  const std::size_t declared = data[4];
  if (declared < 2 || declared > 8) return 0;
  const auto body = std::make_unique<std::uint8_t[]>(declared);
  volatile std::uint8_t last = body[declared];  // one past the end, on purpose
  (void)last;
  return 0;
}
