// Alcove as a side of the benchmark: reports planned and sealed before the clock starts, then SubmitReport alone.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "tests/bench/side.h"

namespace bench {

struct AlcoveOptions {
  std::string organisation_file;  // names address, roots and the certificate authority
  pid_t server = 0;
};

// Null when the organisation file or the server cannot be used; the reason is printed.
std::unique_ptr<Side> open_alcove(const AlcoveOptions& options);

}  // namespace bench
