// Which kind of entry goes into which keyring, by whom, in which state. One table.
#pragma once

#include "crypto/format/kinds.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

enum class Author : std::uint8_t { kReporter, kTeam };

// The filing itself is made by intake alone and is in no row of this table.
bool MayWrite(format::EntryKind kind, format::Keyring keyring, Author author, State state);

}  // namespace alcove::cases
