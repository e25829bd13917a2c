// Who holds a grant of a case, and how far it has been released.
//
// Release moves one way only:  dormant -> released.  What moves it is the condition: ASSIGNED when the case is given to
// that person, FALLBACK when nobody else is left. LAPSED, GUEST, APPROVED and MATCHED are stored dormant until the rooms
// that release them exist. MAILBOX is released by nature: the reporter's own.
// A person who left the directory or came into conflict keeps their line, so that the reporter sees who once held a
// grant; access decides anew on every call whether a released grant may still be handed out.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/kinds.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"

namespace alcove::grants {

// Why a person is among the readers.
enum class Purpose : std::uint8_t { kDesk = 1, kEscalation, kFallback, kGuest, kApproved, kCustodian };

// One device key of one person, as the plan named it. A person with two machines has two lines.
struct Holder {
  base::StaffSlug staff;
  crypto::KeyId key_id;
  Purpose purpose = Purpose::kDesk;
  format::ReleaseCondition condition = format::ReleaseCondition::kAssigned;
  bool released = false;
  std::optional<base::Instant> opened;  // when this person first opened the case

  friend bool operator==(const Holder&, const Holder&) = default;
};

// Releases every grant of `staff` under `condition`. The number of lines that moved: 0 when there was none to move.
std::size_t Release(std::vector<Holder>& holders, const base::StaffSlug& staff, format::ReleaseCondition condition);

// A person holds a released grant of the case.
bool HoldsReleased(const std::vector<Holder>& holders, const base::StaffSlug& staff);

}  // namespace alcove::grants
