// The chain of custody of a case's evidence, from its entries: who had a thing from when to when, and whether the hashes of its
// files are the same at every step. Nothing here does any input or output. Threads: any.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/thread.h"

namespace alcove::client {

// A piece of evidence and what became of it.
struct EvidenceTrail {
  const OpenedEntry* evidence = nullptr;    // of the lists given
  std::vector<const OpenedEntry*> steps;    // CUSTODY entries, oldest first
  std::vector<std::string> faults;          // sentences for a person; empty: the chain holds
};

// One for each entry with files and for each piece of evidence, oldest first, THREAD before TEAM. A step about an entry that is
// not there stands in `strays`.
struct Trails {
  std::vector<EvidenceTrail> trails;
  std::vector<const OpenedEntry*> strays;
};
Trails TrailsOf(const std::vector<OpenedEntry>& thread, const std::vector<OpenedEntry>& team);

// The trail of the one entry whose full name, or whose id, begins with `prefix`. NOT_FOUND when none does, kInputInvalid when
// several do.
absl::StatusOr<const EvidenceTrail*> TrailOf(const Trails& trails, const std::string& prefix);

// The next step: the hashes are those of the entry's files as they were verified or are shown; `from` is whoever had it last.
sealed::v1::Message NextStep(const EvidenceTrail& trail, const std::string& holder, const std::string& from,
                             const std::string& place, const std::string& condition, const google::type::Date& since);

}  // namespace alcove::client
