// Publishing what root holders signed. Who sends a document does not matter, whose signatures it carries does.
//
// A directory or policy document takes effect only as the next version of what is in force, signed by the threshold of the
// root holders that the version in force names (for the first directory: the organisation file), and every version is a
// leaf. The snapshot changes after the commit: the door puts the outcome's `organisation` in place when it is durable.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/directory.h"
#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/core/ledger/log_keys.h"
#include "server/core/people/organisation.h"

namespace alcove::people {

struct Ports {
  const base::Reader& rows;
  const base::Clock& clock;
  crypto::Random& random;
  const format::OrganisationFile& file;  // where trust begins
  const ledger::LogKeys& log_keys;       // what the service can sign with
};

// The organisation as the rows have it; verified again from the organisation file on. NOTE_INVALID when the stored notes do
// not verify: the process must not serve.
absl::StatusOr<OrganisationPtr> Load(const Ports& ports);

struct Publication {
  OrganisationPtr organisation;  // with the document in force
  std::string document;          // name of the policy document; empty for the directory
  std::uint32_t version = 0;
  std::vector<std::string> gaps;
};

// `current` must be what Load or the last publication gave: if another was committed since, the commit is refused and the
// door decides again. With `validate_only` the outcome commits nothing.
absl::StatusOr<base::Outcome<Publication>> PublishDirectory(const Ports& ports, const Organisation& current,
                                                            const base::StaffSlug& by, crypto::BytesView note,
                                                            bool validate_only);
absl::StatusOr<base::Outcome<Publication>> PublishPolicy(const Ports& ports, const Organisation& current,
                                                         const base::StaffSlug& by, crypto::BytesView note,
                                                         bool validate_only);

// A published note; version 0 is the newest. NOTHING_HERE when there is none.
absl::StatusOr<crypto::Bytes> GetDirectoryNote(const base::Reader& rows, const Organisation& current,
                                               std::uint32_t version);
absl::StatusOr<crypto::Bytes> GetPolicyNote(const base::Reader& rows, const Organisation& current,
                                            std::string_view document, std::uint32_t version);

}  // namespace alcove::people
