#include "server/core/cases/letters.h"

#include <algorithm>
#include <vector>

#include "server/core/cases/errors.h"
#include "server/core/grants/errors.h"

namespace alcove::cases {

absl::StatusOr<format::ParsedOfficerLetter> CheckLetter(const people::Organisation& organisation, people::Role role,
                                                        format::LetterSubject subject, crypto::BytesView letter,
                                                        const absl::Status& nobody) {
  std::vector<crypto::KeyId> readers;
  for (const people::Person* person : organisation.With(role))
    for (const people::Device& device : person->devices) readers.push_back(device.encryption_key_id);
  if (readers.empty()) return nobody;
  absl::StatusOr<format::ParsedOfficerLetter> parsed = format::ParseOfficerLetter(letter);
  if (!parsed.ok() || parsed->subject != subject || parsed->organisation != organisation.id()) return EnvelopeInvalid();
  std::vector<crypto::KeyId> sealed_to;
  for (std::size_t i = 0; i < parsed->key_count; ++i) sealed_to.push_back(parsed->KeyAt(i));
  std::sort(readers.begin(), readers.end());
  std::sort(sealed_to.begin(), sealed_to.end());
  if (readers != sealed_to) return grants::GrantsMismatch();
  return parsed;
}

}  // namespace alcove::cases
