// An entry in words for the team: what its kind adds, then its text. Everything passes through Harmless().
#pragma once

#include <string>

#include "client/lib/custody.h"
#include "client/lib/thread.h"

namespace alcove::cli {

// Not for reports. Several lines; no newline at the end.
std::string MessageText(const client::OpenedEntry& entry);

// Each piece of evidence with its files' hashes, who had it when and where, and what does not fit; empty when there is none.
std::string CustodyText(const client::Trails& trails, size_t width);

}  // namespace alcove::cli
