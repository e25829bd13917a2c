#include "client/lib/departures.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "client/lib/plan.h"
#include "crypto/format/wire.h"

namespace alcove::client {
namespace {

// Somebody came to a case or lost it, as the leaf of this number says.
struct Turn {
  uint32_t number;
  std::string who;
};

struct Turns {
  std::vector<Turn> came, lost;
};

Turns TurnsIn(const CheckedLeaves& leaves) {
  Turns turns;
  for (const format::Leaf& leaf : leaves.leaves) {
    if (leaf.kind == format::LeafKind::kReaderAdded) turns.came.push_back({leaf.number, StaffNamedIn(leaf)});
    if (leaf.kind == format::LeafKind::kReaderLost || leaf.kind == format::LeafKind::kGrantDestroyed)
      turns.lost.push_back({leaf.number, StaffNamedIn(leaf)});
  }
  return turns;
}

// The leaf of an entry of THREAD.
absl::StatusOr<uint32_t> LeafOf(const CheckedLeaves& leaves, uint32_t sequence) {
  for (const format::Leaf& leaf : leaves.leaves) {
    if (leaf.kind == format::LeafKind::kCaseFiled && sequence == 0) return leaf.number;
    if (leaf.kind != format::LeafKind::kEntryAppended) continue;
    format::ByteReader reader(leaf.details);
    const auto keyring = static_cast<format::Keyring>(reader.U8());
    if (keyring == format::Keyring::kThread && reader.U32() == sequence) return leaf.number;
  }
  return Refuse(Refusal::kLeafOmitted, "that message " + std::to_string(sequence + 1) + " was written");
}

// Between which leaves a key generation began: not before the first, and before the second.
struct Beginning {
  uint32_t after = 0;
  uint32_t before = UINT32_MAX;
};

}  // namespace

absl::Status CheckDepartures(const KeyringView& view, const KeyringKeys& keys, const KeyringKeys& thread,
                             const CheckedLeaves& leaves, const std::vector<OpenedEntry>& entries) {
  const bool team = view.keyring == format::Keyring::kTeam;
  std::map<uint32_t, Beginning> beginnings;
  for (const OpenedEntry& entry : entries) {
    if (beginnings.contains(entry.entry.epoch())) continue;
    Beginning beginning{entry.leaf_count, UINT32_MAX};
    if (!team) {
      ALCOVE_CLIENT_ASSIGN(beginning.after, LeafOf(leaves, entry.entry.sequence()));
      beginning.before = beginning.after;
    }
    beginnings.emplace(entry.entry.epoch(), beginning);
  }

  const Turns turns = TurnsIn(leaves);
  std::set<std::string> before;
  uint32_t since = 0;
  if (team && !keys.empty()) {
    ALCOVE_CLIENT_ASSIGN(before, PeopleOf(view, thread.records().at(0)));
  }
  for (const auto& [number, record] : keys.records()) {
    ALCOVE_CLIENT_ASSIGN(std::set<std::string> people, PeopleOf(view, record));
    const auto found = beginnings.find(number);
    if (found == beginnings.end()) return Refuse(Refusal::kEpochInvalid, "no message brings it");
    const Beginning& began = found->second;
    const auto missing = [&](const std::string& who, uint32_t read_since) {
      return !people.contains(who) && std::none_of(turns.lost.begin(), turns.lost.end(), [&](const Turn& turn) {
        return turn.who == who && turn.number > read_since && turn.number < began.before;
      });
    };
    const auto refuse = [&](const std::string& who) {
      return Refuse(Refusal::kReaderDropped, who + ", in key generation " + std::to_string(number));
    };
    for (const std::string& who : before) {
      if (missing(who, since)) return refuse(who);
    }
    for (const Turn& turn : turns.came) {
      if (turn.number <= began.after && missing(turn.who, turn.number)) return refuse(turn.who);
    }
    before = std::move(people);
    since = began.after;
  }
  return absl::OkStatus();
}

absl::Status CheckReadersShown(const KeyringView& view, const KeyringKeys& thread, const std::vector<v1::Reader>& readers) {
  std::set<std::string> shown;
  for (const v1::Reader& reader : readers) {
    ALCOVE_CLIENT_ASSIGN(std::string slug, SlugOf(reader.staff()));
    shown.insert(std::move(slug));
  }
  ALCOVE_CLIENT_ASSIGN(const std::set<std::string> people, PeopleOf(view, thread.records().rbegin()->second));
  for (const std::string& who : people) {
    if (!shown.contains(who)) return Refuse(Refusal::kReaderDropped, who + ", from the list of readers");
  }
  return absl::OkStatus();
}

}  // namespace alcove::client
