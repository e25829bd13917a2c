// A filing as part of a decision: what SubmitReport decides alone, and what an answer to a check-in decides together with
// the answer.
#pragma once

#include <absl/status/statusor.h>

#include <vector>

#include "server/core/base/changes.h"
#include "server/core/guard/group.h"
#include "server/core/intake/intake.h"

namespace alcove::intake {

struct NewFiling {
  Filing answer;          // without promise and index, which come with the stamp
  bool repeated = false;  // filed before: nothing was put, and the answer is whole
  cases::CaseLeaf leaf;   // the filing's
  std::size_t place = 0;  // of its draft
};

// Everything of SubmitReport but the stamp. Where `behind` is given, the new case joins these: all of them keep out whom one
// of them keeps out, before anybody is given the new one. The caller puts the group.
absl::StatusOr<NewFiling> FileReport(const Ports& ports, const SubmitRequest& request, guard::Group* behind,
                                     base::ChangeSet& changes, std::vector<base::LeafDraft>& drafts);

// For the outcome's stamp: fills in promise and index, and puts the leaf's row.
void Complete(const NewFiling& filing, const base::Stamps& stamps, Filing& answer, base::ChangeSet& changes);

// Of everything that the request asks for; zero for an envelope that is none.
crypto::Digest DigestOf(const SubmitRequest& request);

}  // namespace alcove::intake
