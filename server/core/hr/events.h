// Events for HR systems: that there is something to ask about, and never more than what the asking tells (promise P10).
//
// Events are not kept. They follow from rows of HR's own side (orders.h, actions.h), the directory and the day: an event belongs to
// the day from which HR may see what it is about, and within a day stands where a keyed hash of its subject puts it. So the order
// of events says nothing of the order in which cases came, orders were placed or plans decided, and the same token gives the same
// events today and after a restart.
//
//   alcove.order.available     scope measures   the day from which HR sees the order
//   alcove.order.withdrawn     scope measures   the day from which HR sees that it was taken back
//   alcove.action.due          scope actions    the account's own action: the day drawn for it, whatever was decided
//   alcove.directory.published every scope      the newest version; its day is the first on which it is valid
//
// Nothing is added to a day once it began, because whatever a day shows was settled the day before; the first kSettles of a day are
// waited for, in case something decided the day before is still being written. Whoever holds the token of one event has therefore
// seen all before it. The directory is published at any moment, so a token counts its version apart from the day.
#pragma once

#include <absl/status/statusor.h>

#include <chrono>
#include <compare>
#include <cstdint>
#include <string>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"
#include "server/core/cases/ports.h"

namespace alcove::hr {

inline constexpr std::chrono::minutes kSettles{10};

// Which events an account is told of, by the scopes that the directory in force gives it.
struct EventScopes {
  bool measures = false;
  bool actions = false;

  friend bool operator==(const EventScopes&, const EventScopes&) = default;
};

// What an account has been told: everything up to a place of a day, and a version of the directory. The beginning is the default.
struct EventPosition {
  EventScopes scopes;  // that it had then
  base::Day day;
  crypto::Digest place;
  std::uint32_t directory_version = 0;

  friend bool operator==(const EventPosition&, const EventPosition&) = default;
};

struct HrEvent {
  std::string id;       // the same whenever it is told
  std::string type;
  std::string subject;  // resource name
  base::Day day;
  EventPosition after;
};

// The first `most` events after the position, each of which says where to go on. An account that was given a scope since then is
// told of everything again. NOTHING_HERE for an account that the directory does not list. Costs a look at every order and action.
absl::StatusOr<std::vector<HrEvent>> EventsAfter(const cases::Ports& ports, const base::StaffSlug& account,
                                                 const EventPosition& position, std::size_t most);

// What the events depend on besides rows that cannot change within a day: while this stays the same, there are no new ones after
// the last.
struct EventSeason {
  base::Day settled;  // the newest day that is told of
  std::uint32_t directory_version = 0;

  friend bool operator==(const EventSeason&, const EventSeason&) = default;
};
EventSeason SeasonOf(const cases::Ports& ports);

// The position as the account keeps it: opaque, and authentic by a key of the server. Survives restart, restore and a new KEK.
crypto::Bytes ResumeToken(const cases::Ports& ports, const base::StaffSlug& account, const EventPosition& position);
// EVENT_TOKEN_UNKNOWN for everything that ResumeToken did not make for this account. Empty is the beginning.
absl::StatusOr<EventPosition> ParseResumeToken(const cases::Ports& ports, const base::StaffSlug& account, crypto::BytesView token);

}  // namespace alcove::hr
