// The ideal server: the least work that a durable submit can be on these libraries. One unary call over TLS, one
// XChaCha20-Poly1305 pass, one RocksDB write of 6 KB in a synced group, a 16-byte id back. No authentication, no
// validation, no indexes, no ledger. What a product delivers is measured as a share of it.
#pragma once

#include <cstddef>
#include <string>

#include "tests/support/test_pki.h"

namespace ideal {

struct ServerOptions {
  std::string db_path;
  std::string address = "127.0.0.1:0";
  std::size_t stored_bytes = 6144;
  std::size_t max_group_bytes = std::size_t{1} << 20;
  alcove::support::TestPki pki;
};

// Serves until the descriptor `stop_fd` becomes readable. Writes the bound port number followed by '\n' to `port_fd`.
// Returns a process exit status.
int serve(const ServerOptions& options, int port_fd, int stop_fd);

}  // namespace ideal
