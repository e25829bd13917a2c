// What the process does to itself before it reads the first key, so that secrets reach neither a crash dump nor swap.
#pragma once

#include <absl/status/status.h>

#include <string>
#include <vector>

namespace alcove::app {

// umask 077, no core dumps, not traceable by the same user (PR_SET_DUMPABLE 0), no new privileges, and memory locked as
// it is touched where the limits allow. Returns, in plain words, what the machine did not allow: for the operator, not a
// reason to stop (keys are in guarded, locked pages either way).
std::vector<std::string> HardenProcess();

// The soft limit of open files is raised to the hard one. FAILED_PRECONDITION when even that is below what gRPC and
// RocksDB need together: a listener that meets the limit stops listening for good (CVE-2023-4785).
absl::Status EnsureOpenFiles();

}  // namespace alcove::app
