// Which kind of entry goes into which keyring, by whom, in which state, and by which method. One table.
#pragma once

#include "crypto/format/kinds.h"
#include "server/core/cases/records.h"

namespace alcove::cases {

enum class Author : std::uint8_t { kReporter, kTeam };

// What brings an entry: SendMessage and AppendEntry, or a method that makes entries of one kind and nothing else, because
// the server acts on codes that come beside the sealed words.
enum class Way : std::uint8_t { kPlain, kOwnMethod };

// The filing itself is made by intake alone and is in no row of this table.
bool MayWrite(format::EntryKind kind, format::Keyring keyring, Author author, State state, Way way = Way::kPlain);

}  // namespace alcove::cases
