// Keeps gRPC from writing what callers sent. It logs values of client headers at ERROR, bearer tokens among them, and
// names peers; nothing of that may reach a log (promise P8).
#pragma once

#include <cstdint>
#include <string>

namespace alcove::app {

// Replaces gRPC's log by a count of its errors. A stranger who says nonsense to a listener is one of them, and what
// strangers do is told by the hour (EventLog::WriteHour). Once, before the first server or channel.
void QuietGrpc();

// What happened since the last call: how many errors, and file and line of gRPC's own source of the newest.
struct GrpcErrors {
  std::uint64_t count = 0;
  std::string newest;
};
GrpcErrors TakeGrpcErrors();

}  // namespace alcove::app
