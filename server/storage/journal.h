// The Journal: all that is written, in one order.
//
// Callers hand over transactions; whatever is waiting when a group is taken becomes one commit group:
//   1. the expectations of each transaction are checked against the store and against what earlier members of the group, and
//      the group before it, are about to write; who fails is told Contended and is no part of the group
//   2. the leaves of the members get their places in the ledger, and promises where wanted: one signature a group
//   3. each member's `stamp` completes its rows
//   4. all rows, the ledger's and the group's number go into one batch and one sync
//   5. the mark moves on, and the members are told
// Two threads take turns: while one writes and tells (4, 5) the other prepares the next group (1 to 3), upon what the one before will
// leave, and writes it when that one is on disk.
// Should that one fail, the prepared one is refused as it was: a group is written only after the group that it was made upon.
//
// While a group is written the next one collects by itself, so groups grow with the load; it is taken early when there are as many as
// pace.h says, and under load they are also waited for, `longest_wait` at most and until a `moment` brings nobody. A calm service
// adds no delay.
//
// Rows are sealed on the thread that calls Commit; the Journal's own threads seal what stamps add and the ledger's rows.
//
// When a write fails for want of room, the whole group is told StoreFull, and so is everybody until a probe, once a second,
// finds room again: then service goes on by itself. Any other failure leaves unknown what is on disk: the group is told
// StoreFailed, nothing is ever acknowledged again, and `on_failure` is called once, so that the process ends and
// recovers by reading the disk anew.
//
// A key that only a stamp writes must not be named in expectations of other transactions: they would not see it within
// one group. Put such a row in the change set as well, or expect a row that the change set writes.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/ledger/log_keys.h"
#include "server/core/ledger/tree.h"
#include "server/storage/mark.h"
#include "server/storage/pace.h"
#include "server/storage/records.h"
#include "server/storage/row_store.h"
#include "server/storage/seal.h"

namespace alcove::storage {

struct JournalLimits {
  std::size_t group_bytes = std::size_t{1} << 20;   // a group takes members until it holds this much
  std::size_t waiting = 4096;                       // transactions; more are told BudgetExhausted
  std::size_t waiting_bytes = std::size_t{64} << 20;
  std::chrono::milliseconds probe_every{1000};      // after StoreFull
  std::size_t busy_group = 4;                       // Pace's: fewer are never waited for,
  std::size_t most_wanted = 32;                     // nor are more,
  std::size_t first_wanted = 1;                     // and these at first
  std::chrono::microseconds moment{2500};
  std::chrono::microseconds longest_wait{5000};
};

// What the Journal stands on; all of it outlives the Journal.
struct JournalParts {
  RowStore& rows;
  Vault& vault;
  const Records& records;
  Derived& derived;
  Mark* mark;  // null in tests that need none
  base::Clock& clock;
  base::EventSink& events;
  crypto::Random& random;
  const ledger::LogKeys& log_keys;
  std::function<void()> on_failure;  // called once, on a thread of the Journal's; may be empty
};

class Journal final : public base::Committer {
 public:
  // Goes on from `frontier` and from the group number that the store holds.
  Journal(JournalParts parts, ledger::Frontier frontier, std::uint64_t group, JournalLimits limits = {});
  // Writes what is waiting, tells everybody, and ends.
  ~Journal() override;

  void Commit(base::Transaction transaction, std::function<void(absl::Status)> done) override;

  struct Tallies {
    std::uint64_t groups = 0;
    std::uint64_t transactions = 0;
    std::uint64_t contended = 0;
    std::uint64_t rows = 0;
    std::uint64_t bytes = 0;
    bool full = false;
    bool failed = false;
    std::size_t waiting = 0;
  };
  Tallies tallies() const;

 private:
  struct Member;
  struct Prepared;
  using Group = std::vector<std::unique_ptr<Member>>;
  struct Finished {
    std::function<void(absl::Status)> done;
    absl::Status status;
  };

  void TakeTurns();
  // With `preparing_`.
  Group TakeGroup();
  std::shared_ptr<Prepared> Prepare(Group group);
  // Adds to `expected_` every row that these members expect, as the store holds it or `before` will leave it.
  absl::Status Look(std::span<const std::unique_ptr<Member>> group, const Prepared* before);
  // OK, or Contended: a row is not, or after the earlier members of the group will not be, what the member expects.
  absl::Status Check(const Member& member) const;
  // From here on the row is as it is written here.
  void ExpectAsWritten(const RowWrite& write);
  // With `writing_`. False when the process is to end; once.
  bool Write(Prepared& prepared);
  bool RoomAgain();  // takes `writing_`
  // From here on nothing is written. True the first time.
  bool Fail();

  const JournalParts parts_;
  const JournalLimits limits_;

  // Taken in this order: who prepares a group keeps others from preparing until it may write.
  std::mutex preparing_;
  std::mutex writing_;

  // With `preparing_`.
  std::unordered_map<std::string_view, std::optional<base::RowVersion>> expected_;  // rows that the group expects, as they are
  std::vector<std::string_view> keys_;  // of Look, kept for their room
  std::vector<std::optional<base::RowVersion>> versions_;

  // With `writing_`.
  std::chrono::milliseconds last_probe_{0};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<std::unique_ptr<Member>> waiting_;
  std::size_t waiting_bytes_ = 0;
  std::size_t held_ = 0;  // those who wait, and the members of groups that are prepared or being written
  Pace pace_;
  std::size_t wanted_ = 1;  // wake who takes the next group when so many wait
  std::shared_ptr<const Prepared> flying_;  // the group that is being written, if one is
  std::shared_ptr<const ledger::Frontier> frontier_;  // as the last group on disk left it; changed with `writing_`
  std::uint64_t group_;                               // its number; likewise
  bool stopping_ = false;
  Tallies tallies_;

  std::array<std::thread, 2> writers_;
};

}  // namespace alcove::storage
