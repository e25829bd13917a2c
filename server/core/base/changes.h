// Decide, commit, answer: what a core function returns instead of writing.
//
// A core function reads through a `Reader`, decides, and returns an `Outcome`. The `Committer` (storage's Journal) checks
// the expectations, gives the leaves their places in the ledger, writes everything in one durable batch, and only then
// reports back. So a leaf is durable before the data it speaks of leaves, and acknowledged means durable.
#pragma once

#include <absl/status/status.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"

namespace alcove::base {

// Counters that live in memory and follow the rows: kept by the Committer, counted anew from the rows at start, never
// stored. They may lag behind the rows by one commit group; nothing that must be exact may rest on them.
enum class Counter : std::uint8_t {
  kOpenCases,  // name: staff slug; open cases assigned to that person
};

// Rows to write and what must still hold when they are. Move-only; not shared between threads.
class ChangeSet {
 public:
  struct Write {
    Table table;
    std::string key;
    std::unique_ptr<const Record> record;  // null deletes the row
  };
  struct Expectation {
    Table table;
    std::string key;
    std::optional<RowVersion> version;  // nothing expects that there is no such row
  };
  struct Tally {
    Counter counter;
    std::string name;
    std::int64_t delta;
  };

  ChangeSet() = default;
  ChangeSet(ChangeSet&&) = default;
  ChangeSet& operator=(ChangeSet&&) = default;

  // Writes the row `record.key()`, whatever stands there: say with an expectation what may stand there. The last write
  // of a key wins.
  template <StoredRecord R>
  void Put(R record) {
    std::string key = record.key();
    writes_.push_back({R::kTable, std::move(key), std::make_unique<const R>(std::move(record))});
  }
  // A row that is not there stays so.
  void Delete(Table table, std::string key) { writes_.push_back({table, std::move(key), nullptr}); }

  void ExpectUnchanged(Table table, std::string key, RowVersion version) {
    expectations_.push_back({table, std::move(key), version});
  }
  void ExpectAbsent(Table table, std::string key) { expectations_.push_back({table, std::move(key), std::nullopt}); }

  // The usual pairs. A new row; a changed row, as it was read.
  template <StoredRecord R>
  void Insert(R record) {
    ExpectAbsent(R::kTable, record.key());
    Put(std::move(record));
  }
  template <StoredRecord R>
  void Update(R record, const RowVersion& read) {
    ExpectUnchanged(R::kTable, record.key(), read);
    Put(std::move(record));
  }

  void Count(Counter counter, std::string name, std::int64_t delta) {
    tallies_.push_back({counter, std::move(name), delta});
  }

  const std::vector<Write>& writes() const { return writes_; }
  const std::vector<Expectation>& expectations() const { return expectations_; }
  const std::vector<Tally>& tallies() const { return tallies_; }
  bool empty() const { return writes_.empty() && expectations_.empty() && tallies_.empty(); }

 private:
  std::vector<Write> writes_;
  std::vector<Expectation> expectations_;
  std::vector<Tally> tallies_;
};

// A leaf on its way into the ledger. The Committer needs its commitment only; the opening (content and salt) is a row that
// the decision puts itself: kCaseLeaf under the case's key, or kOpening where there is no case.
struct LeafDraft {
  crypto::Digest commitment;   // SHA-256("alcove leaf v1" 0x00 salt32 content), see crypto/format/leaf.h
  bool wants_promise = false;  // a proof of filing, signed with the group, is to come back in Stamps
};

// Where a leaf came to stand.
struct LeafStamp {
  std::uint64_t index = 0;  // position in the ledger's tree
  crypto::Bytes promise;    // "ALQ1" bytes where one was wanted, else empty
};

// What the commit group gave to one transaction.
struct Stamps {
  Day day;                        // the day of the group
  std::vector<LeafStamp> leaves;  // one for each LeafDraft, in their order
  // After this transaction's leaves: how many leaves the tree has and its root. Set for a transaction that pads (the
  // hourly cut), else zero: computing a root costs.
  std::uint64_t tree_size = 0;
  crypto::Digest tree_root;
};

// One unit of work: all of it becomes durable or none.
struct Transaction {
  ChangeSet changes;
  std::vector<LeafDraft> leaves;
  // Fill the ledger with dummy leaves up to the next multiple of this, after the leaves above. 0: no padding.
  std::uint32_t pad_to_multiple_of = 0;
  // Runs on the Committer's thread once the leaves have their places, before the write, at most once; may Put, Delete and
  // Count, may not expect, does not block. May be empty.
  std::function<void(const Stamps&, ChangeSet&)> stamp;
};

// What a core function decided. `stamp` may complete the answer and the rows with the places of the leaves.
template <class Answer>
struct Outcome {
  Answer answer;
  ChangeSet changes;
  std::vector<LeafDraft> leaves;
  std::function<void(const Stamps&, Answer&, ChangeSet&)> stamp;
};

// Makes transactions durable. Thread-safe, does not block.
class Committer {
 public:
  virtual ~Committer() = default;
  // `done` runs exactly once, on a thread of the Committer or, if refused at once, within Commit; it must not block. It is given
  //   OK            everything is on disk
  //   kContended    an expectation failed: nothing was written; decide again
  //   kStoreFull    no room: nothing was written
  //   kBudgetExhausted  the queue is at its bound: nothing was written, ask again later
  //   kStoreFailed  the disk failed: nothing is acknowledged any more and the process is about to stop
  //   kStopping     the Committer is closing
  virtual void Commit(Transaction transaction, std::function<void(absl::Status)> done) = 0;
};

}  // namespace alcove::base
