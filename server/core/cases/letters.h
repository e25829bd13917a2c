// Letters to everybody who holds an office (crypto/format/officer_letter.h), as far as the server can check what it cannot read.
#pragma once

#include <absl/status/statusor.h>

#include "crypto/bytes.h"
#include "crypto/format/officer_letter.h"
#include "server/core/people/organisation.h"

namespace alcove::cases {

// A letter about `subject`, sealed to exactly the machines of exactly those who hold `role` in the newest directory, so that each
// of them reads it and nobody else. ENVELOPE_INVALID, GRANTS_MISMATCH; `nobody` where nobody holds the role.
absl::StatusOr<format::ParsedOfficerLetter> CheckLetter(const people::Organisation& organisation, people::Role role,
                                                        format::LetterSubject subject, crypto::BytesView letter,
                                                        const absl::Status& nobody);

}  // namespace alcove::cases
