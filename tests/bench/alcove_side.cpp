#include "tests/bench/alcove_side.h"

#include <cstdio>

namespace bench {

std::unique_ptr<Side> open_alcove(const AlcoveOptions&) {
  std::fprintf(stderr, "the client library that seals reports is not in this tree\n");
  return nullptr;
}

}  // namespace bench
