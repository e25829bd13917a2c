#include "server/app/hardening.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstring>

#include "server/app/errors.h"

namespace alcove::app {
namespace {

constexpr rlim_t kOpenFilesNeeded = 1024;

// A process that locks its future memory under a small limit finds its allocations failing later, so the limit is read
// before: unlimited, or nothing is locked as a whole.
bool MayLockEverything() {
  rlimit limit{};
  return getrlimit(RLIMIT_MEMLOCK, &limit) == 0 && limit.rlim_cur == RLIM_INFINITY;
}

}  // namespace

std::vector<std::string> HardenProcess() {
  std::vector<std::string> denied;
  umask(077);
  const rlimit none{0, 0};
  if (setrlimit(RLIMIT_CORE, &none) != 0) denied.push_back("core dumps could not be switched off");
  if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0) denied.push_back("the process stays traceable");
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) denied.push_back("new privileges stay possible");
  if (!MayLockEverything()) {
    denied.push_back("memory is not locked against swap as a whole (set LimitMEMLOCK=infinity); keys are");
  } else if (mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) != 0) {
    denied.push_back(std::string("memory is not locked against swap as a whole: ") + std::strerror(errno));
  }
  return denied;
}

absl::Status EnsureOpenFiles() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return absl::OkStatus();
  if (limit.rlim_cur < limit.rlim_max) {
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    getrlimit(RLIMIT_NOFILE, &limit);
  }
  if (limit.rlim_cur < kOpenFilesNeeded) return TooFewOpenFiles(limit.rlim_cur, kOpenFilesNeeded);
  return absl::OkStatus();
}

}  // namespace alcove::app
