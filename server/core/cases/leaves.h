// Writing down what happens on a case. Every leaf goes into the ledger with the decision that it speaks of; its opening
// is a row of the case.
#pragma once

#include <vector>

#include "server/core/base/changes.h"
#include "server/core/cases/ports.h"
#include "server/core/cases/records.h"
#include "server/core/ledger/draft.h"

namespace alcove::cases {

// Gathers the leaves of one decision about one case. `record` gets the new head and counts; the caller puts it.
class CaseLeaves {
 public:
  CaseLeaves(const Ports& ports, Case& record, base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts)
      : ports_(ports), record_(record), changes_(changes), drafts_(drafts) {}

  // A leaf of the chain that the reporter sees. Of a veiled escrow (escrow.h), what staff and server do goes to the team's history.
  void ByStaff(format::LeafKind kind, const base::StaffSlug& actor, crypto::Bytes details = {});
  void ByReporter(format::LeafKind kind, crypto::Bytes details = {});
  void ByServer(format::LeafKind kind, crypto::Bytes details = {});
  // A leaf that only the team sees: what concerns TEAM.
  void HiddenByStaff(format::LeafKind kind, const base::StaffSlug& actor, crypto::Bytes details = {});
  void HiddenByServer(format::LeafKind kind, crypto::Bytes details = {});
  // In THREAD the reporter sees it, in TEAM not.
  void ByStaffIn(format::Keyring keyring, format::LeafKind kind, const base::StaffSlug& actor,
                 crypto::Bytes details = {});

  // The chain's first leaf, whose promise the caller wants back: its row is returned for a stamp to complete and put.
  CaseLeaf Filed(crypto::Bytes details);

 private:
  CaseLeaf Chain(const ledger::Act& act);
  void Hidden(const ledger::Act& act);
  // Days in a chain never go back, even if the clock did.
  base::Instant Now();
  base::Day Today();

  const Ports& ports_;
  Case& record_;
  base::ChangeSet& changes_;
  std::vector<base::LeafDraft>& drafts_;
};

}  // namespace alcove::cases
