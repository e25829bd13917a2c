// Keeps gRPC from writing what callers sent. It logs values of client headers at ERROR, bearer tokens among them, and
// names peers; nothing of that may reach a log (promise P8).
#pragma once

namespace alcove::app {

// Replaces gRPC's log by one fixed line for an error, which names file and line of gRPC's own source and nothing else, at
// most one a second; everything below is dropped. Once, before the first server or channel.
void QuietGrpc();

}  // namespace alcove::app
