#include "server/app/quiet.h"

#include <grpc/support/log.h>

#include <atomic>
#include <cstring>

namespace alcove::app {
namespace {

std::atomic<std::uint64_t> errors{0};
// Points into gRPC's own text; file and line may be of two errors that came together.
std::atomic<const char*> file{nullptr};
std::atomic<int> line{0};

void Count(gpr_log_func_args* args) {
  if (args->severity != GPR_LOG_SEVERITY_ERROR) return;
  file = args->file;
  line = args->line;
  ++errors;
}

}  // namespace

void QuietGrpc() {
  gpr_set_log_function(Count);
  gpr_set_log_verbosity(GPR_LOG_SEVERITY_ERROR);
}

GrpcErrors TakeGrpcErrors() {
  GrpcErrors taken{errors.exchange(0), {}};
  const char* name = file.load();
  if (taken.count == 0 || name == nullptr) return taken;
  const char* slash = std::strrchr(name, '/');
  taken.newest = std::string(slash == nullptr ? name : slash + 1) + ":" + std::to_string(line.load());
  return taken;
}

}  // namespace alcove::app
