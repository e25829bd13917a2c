#include "server/core/cases/kinds.h"

#include <array>

namespace alcove::cases {
namespace {

struct Row {
  format::EntryKind kind;
  format::Keyring keyring;
  Author author;
  bool when_closed;
};

constexpr std::array kRows = {
    // A reporter can always be heard, also after the end: retaliation starts late.
    Row{format::EntryKind::kMessage, format::Keyring::kThread, Author::kReporter, true},
    Row{format::EntryKind::kEvidence, format::Keyring::kThread, Author::kReporter, true},
    Row{format::EntryKind::kMessage, format::Keyring::kThread, Author::kTeam, true},
    Row{format::EntryKind::kEvidence, format::Keyring::kThread, Author::kTeam, false},
    Row{format::EntryKind::kNote, format::Keyring::kTeam, Author::kTeam, false},
    Row{format::EntryKind::kEvidence, format::Keyring::kTeam, Author::kTeam, false},
};

}  // namespace

bool MayWrite(format::EntryKind kind, format::Keyring keyring, Author author, State state) {
  for (const Row& row : kRows)
    if (row.kind == kind && row.keyring == keyring && row.author == author)
      return row.when_closed || state != State::kClosed;
  return false;
}

}  // namespace alcove::cases
