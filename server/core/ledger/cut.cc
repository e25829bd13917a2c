#include "server/core/ledger/cut.h"

#include <utility>

#include "crypto/format/checkpoint.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"

namespace alcove::ledger {
namespace {

int64_t IntervalOf(base::Instant at, std::chrono::seconds interval) {
  const int64_t seconds = at.time_since_epoch().count();
  const int64_t length = interval.count();
  return seconds / length - (seconds % length < 0 ? 1 : 0);
}

}  // namespace

bool CutDue(std::optional<base::Instant> newest_cut, base::Instant now, std::chrono::seconds interval) {
  return !newest_cut || IntervalOf(*newest_cut, interval) != IntervalOf(now, interval);
}

base::Instant NextCut(base::Instant now, std::chrono::seconds interval) {
  return base::Instant((IntervalOf(now, interval) + 1) * interval);
}

base::Transaction DecideCut(const base::OrganisationId& organisation, const LogKeys& keys, base::Instant now,
                            crypto::Random& random) {
  base::Transaction cut;
  base::LeafDraft dummy;
  random.Fill(dummy.commitment.data(), crypto::Digest::kSize);
  cut.leaves.push_back(dummy);
  cut.pad_to_multiple_of = kBlock;
  cut.stamp = [organisation, &keys, now](const base::Stamps& stamps, base::ChangeSet& changes) {
    Checkpoint checkpoint;
    checkpoint.size = stamps.tree_size;
    checkpoint.root = stamps.tree_root;
    checkpoint.note = format::SignCheckpoint(
        {.organisation = organisation, .size = stamps.tree_size, .root = stamps.tree_root}, keys.current(), keys.other());
    changes.Put(std::move(checkpoint));
    Published published;
    published.size = stamps.tree_size;
    published.cut = now;
    changes.Put(published);
  };
  return cut;
}

}  // namespace alcove::ledger
