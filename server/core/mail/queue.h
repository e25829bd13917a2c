// The daily mail: to whom it is owed.
//
// Once a day, from a fixed hour on, everybody whom the operator lists is owed one mail that says nothing: the same words
// whether or not there is work. The queue is one row and holds no word of it, no address and no case: the day, and a keyed
// hash of each address that is still owed. It is as long as the list, and a new day takes the place of the one before: who
// was owed yesterday's mail gets today's, never both.
//
// Nobody gets two mails of one day: that a mail is about to be handed to the mail server is written down first. When the
// process ends before it knows how that went, the mail counts as sent; tomorrow brings the next.
//
// Pure functions; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/secret.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"

namespace alcove::mail {

// An address, hashed with a key of the server's.
struct AddressHashTag {
  static constexpr std::string_view kName = "address hash";
};
using AddressHash = crypto::FixedBytes<16, AddressHashTag>;
AddressHash HashOf(std::string_view address, const crypto::SymmetricKey& key);

// Most addresses a list may have: the queue's bound.
inline constexpr std::size_t kMostAddresses = 4096;

struct Queue : base::Record {
  static constexpr base::Table kTable = base::Table::kMail;
  std::string key() const { return {}; }

  base::Day day;                      // of the newest mail
  std::vector<AddressHash> owed;      // who is to get it; in the list's order, each once
  std::optional<AddressHash> trying;  // who is being sent it just now, and is in `owed` no more
};

// The queue as it has to be now, or nothing when it is. `hour` is 0 to 23, UTC. A new day begins at its hour, and once: a
// clock that went back begins none. Not to be asked while the clock is frozen (clocks/seen.h): a leap that is taken back would
// have used up the days between. Whoever is no longer listed is owed nothing.
std::optional<Queue> Due(const Queue* last, base::Instant now, int hour, const std::vector<AddressHash>& listed);

// `to`, who is owed a mail, is about to be sent it.
Queue Trying(Queue queue, const AddressHash& to);
enum class Sent { kTaken, kUnknown, kNotTaken };
// How it went. What was not taken is owed again, behind the others; what may have been taken is not.
Queue Tried(Queue queue, Sent sent);

}  // namespace alcove::mail
