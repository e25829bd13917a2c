// The ideal server as a side of the benchmark: a child process of this program, so that its CPU is its own.
#pragma once

#include <memory>
#include <string>

#include "tests/bench/side.h"

namespace bench {

// Starts `program ideal-server` with its store in `folder`. Null when it does not come up.
std::unique_ptr<Side> start_ideal(const std::string& program, const std::string& folder);

// The other end: serves until standard input ends; prints its port, and its certificate authority to `pki` in `folder`.
int serve_ideal(const std::string& folder);

}  // namespace bench
