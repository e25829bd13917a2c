#include "server/app/quiet.h"

#include <grpc/support/log.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace alcove::app {
namespace {

void Say(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  static std::atomic<std::int64_t> last{-1};
  const std::int64_t second =
      std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count();
  if (last.exchange(second) == second) return;
  const char* slash = std::strrchr(args->file, '/');
  std::fprintf(stderr, "alcoved: gRPC error at %s:%d\n", slash == nullptr ? args->file : slash + 1, args->line);
}

}  // namespace

void QuietGrpc() {
  gpr_set_log_function(Say);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
}

}  // namespace alcove::app
