// From an act to a leaf: what happened is written down (crypto/format/leaf.h), hidden under a commitment, and handed to
// the Journal with the decision that makes it happen. Pure functions; any thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"
#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"

namespace alcove::ledger {

// One thing that happened, and who did it. There are three ways to make one because three kinds of actor leave
// different traces: a person of staff is named to the second, a reporter is not named and known to the day, and the
// server itself follows whoever moved it, so its acts are known to the day too.
class Act {
 public:
  static Act OfStaff(format::LeafKind kind, const base::StaffSlug& actor, base::Instant at, crypto::Bytes details = {});
  static Act OfReporter(format::LeafKind kind, base::Day day, crypto::Bytes details = {});
  static Act OfServer(format::LeafKind kind, base::Day day, crypto::Bytes details = {});

  format::LeafKind kind() const { return kind_; }

 private:
  friend struct LeafMaker;
  format::LeafKind kind_ = format::LeafKind::kCaseFiled;
  base::Day day_;
  std::uint32_t time_ = 0;  // as in the layout: seconds since midnight plus 1, or 0
  std::string actor_;
  crypto::Bytes details_;
};

// A leaf with its opening. The draft goes to the Journal, content and salt into a row.
struct OpenLeaf {
  base::LeafDraft draft;
  crypto::Bytes content;  // "ALL1"
  crypto::Bytes salt;     // 32 bytes, drawn for this leaf
};

// The chain of a case's reporter-visible leaves, as the case's row keeps it. Starts at zero and zero.
struct CaseChain {
  std::uint32_t count = 0;
  crypto::Digest head;
};

// The next leaf of a case's chain; `chain` moves on by one. The reporter will see it.
OpenLeaf DraftCaseLeaf(const base::OrganisationId& organisation, const base::CaseId& case_id, CaseChain& chain,
                       const Act& act, crypto::Random& random);

// A leaf of a case that its reporter does not see: what concerns TEAM alone.
OpenLeaf DraftHiddenCaseLeaf(const base::OrganisationId& organisation, const base::CaseId& case_id, const Act& act,
                             crypto::Random& random);

// A leaf of no case. Adds the draft to `leaves` and its opening, a kOpening row, to `changes`; its hash, by which the opening is found
// again.
crypto::Digest DraftLeaf(const base::OrganisationId& organisation, const Act& act, crypto::Random& random,
               base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves);

}  // namespace alcove::ledger
