// Asking for protection from retaliation, by anybody who fears it: a reporter, somebody harmed, a witness, a supporter.
//
// The request is a letter that only the protection officers can open (crypto/format/officer_letter.h). It belongs to no
// mailbox and no case, and nothing here could join it to one: it carries no session, the row holds the day and the letter, and
// the answer is the same for everybody. Who asks says so inside the letter; why is asked nowhere.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <variant>

#include "crypto/bytes.h"
#include "crypto/format/officer_letter.h"
#include "server/core/base/changes.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/cases/ports.h"

namespace alcove::intake {

struct ProtectionRequest : base::Record {
  static constexpr base::Table kTable = base::Table::kProtectionRequest;
  std::string key() const { return base::RowKey(id); }

  base::ProtectionRequestId id;  // drawn by who asks
  base::Day day;                 // it arrived on
  crypto::Bytes letter;          // "ALO1"
  crypto::Digest leaf;           // that says so
};

// A letter about `subject`, sealed to exactly the machines of exactly the protection officers of the newest directory, so that
// each of them reads it and nobody else. ENVELOPE_INVALID, GRANTS_MISMATCH; OFFICER_MISSING where the directory has none.
absl::StatusOr<format::ParsedOfficerLetter> CheckLetter(const people::Organisation& organisation,
                                                        format::LetterSubject subject, crypto::BytesView letter);

// Kept until an officer reads it. A repetition answers the same and keeps nothing more; FIELD_INVALID("letter") for an id that
// is taken.
absl::StatusOr<base::Outcome<std::monostate>> RequestProtection(const cases::Ports& ports, const std::string& request_id,
                                                                crypto::BytesView letter);

}  // namespace alcove::intake
