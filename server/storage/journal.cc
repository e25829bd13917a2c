#include "server/storage/journal.h"

#include <algorithm>
#include <utility>

#include "server/core/base/errors.h"
#include "server/core/base/keys.h"
#include "server/core/ledger/group.h"
#include "server/core/ledger/records.h"

namespace alcove::storage {

struct Journal::Member {
  SealedRows rows;
  SealedRows stamped;
  std::vector<base::LeafDraft> leaves;
  std::vector<base::ChangeSet::Tally> tallies;
  std::uint32_t pad_to_multiple_of = 0;
  std::function<void(const base::Stamps&, base::ChangeSet&)> stamp;
  std::function<void(absl::Status)> done;
  base::Stamps stamps;

  std::size_t size() const { return rows.bytes.size() + leaves.size() * sizeof(base::LeafDraft); }
};

Journal::Journal(JournalParts parts, ledger::Frontier frontier, std::uint64_t group, JournalLimits limits)
    : parts_(std::move(parts)), limits_(limits), frontier_(std::move(frontier)), group_(group),
      pace_(limits.busy_group, limits.most_wanted, limits.first_wanted) {
  finisher_ = std::thread([this] { Finish(); });
  writer_ = std::thread([this] { Write(); });
}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  writer_.join();
  {
    const std::lock_guard lock(finish_mutex_);
    finish_stopping_ = true;
  }
  finish_wake_.notify_all();
  finisher_.join();
  if (parts_.mark != nullptr) (void)parts_.mark->Sync();
}

void Journal::Commit(base::Transaction transaction, std::function<void(absl::Status)> done) {
  auto member = std::make_unique<Member>();
  member->done = std::move(done);
  if (absl::Status status = parts_.records.Encode(transaction.changes, nullptr, &member->rows); !status.ok())
    return Refuse(std::move(member), std::move(status));
  member->leaves = std::move(transaction.leaves);
  member->tallies = transaction.changes.tallies();
  member->pad_to_multiple_of = transaction.pad_to_multiple_of;
  member->stamp = std::move(transaction.stamp);

  absl::Status refused;
  bool enough = false;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) {
      refused = base::Stopping();
    } else if (tallies_.failed) {
      refused = base::StoreFailed();
    } else if (waiting_.size() >= limits_.waiting || waiting_bytes_ + member->size() > limits_.waiting_bytes) {
      refused = base::Refuse(base::Reason::kBudgetExhausted);
    } else {
      waiting_bytes_ += member->size();
      waiting_.push_back(std::move(member));
      enough = waiting_.size() == wanted_;
    }
  }
  if (!refused.ok()) {
    if (base::ReasonOf(refused) == base::Reason::kBudgetExhausted) parts_.events.Record(base::Event::kStoreSlow);
    return Refuse(std::move(member), std::move(refused));
  }
  if (enough) wake_.notify_one();
}

Journal::Tallies Journal::tallies() const {
  const std::lock_guard lock(mutex_);
  Tallies tallies = tallies_;
  tallies.waiting = waiting_.size();
  return tallies;
}

Journal::Group Journal::TakeGroup() {
  std::unique_lock lock(mutex_);
  const auto ready = [this] { return stopping_ || !waiting_.empty(); };
  while (!ready()) {
    if (!tallies_.full) {
      wake_.wait(lock, ready);
    } else if (!wake_.wait_for(lock, limits_.probe_every, ready)) {
      lock.unlock();
      (void)RoomAgain();
      lock.lock();
    }
  }
  bool dry = false;
  wanted_ = pace_.wanted();
  for (auto waited = std::chrono::microseconds(0);
       waiting_.size() < wanted_ && waited < limits_.longest_wait && !dry && !stopping_; waited += limits_.moment) {
    const std::size_t before = waiting_.size();
    wake_.wait_for(lock, limits_.moment, [this] { return stopping_ || waiting_.size() >= wanted_; });
    dry = waiting_.size() == before;
  }
  wanted_ = 1;
  Group group;
  std::size_t bytes = 0;
  while (!waiting_.empty() && (group.empty() || bytes < limits_.group_bytes)) {
    bytes += waiting_.front()->size();
    group.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
  }
  waiting_bytes_ -= bytes;
  pace_.Took(group.size(), dry);
  return group;
}

void Journal::Write() {
  for (;;) {
    Group group = TakeGroup();
    if (group.empty()) return;
    Run(std::move(group));
  }
}

absl::Status Journal::Look(std::span<const std::unique_ptr<Member>> group) {
  keys_.clear();
  for (const std::unique_ptr<Member>& member : group)
    for (const SealedRows::Expectation& expectation : member->rows.expectations)
      keys_.push_back(member->rows.View(expectation.key));
  if (absl::Status status = parts_.rows.Versions(keys_, &versions_); !status.ok()) return status;
  for (std::size_t i = 0; i < keys_.size(); ++i) expected_.try_emplace(keys_[i], versions_[i]);
  return absl::OkStatus();
}

absl::Status Journal::Check(const Member& member) const {
  for (const SealedRows::Expectation& expectation : member.rows.expectations)
    if (expected_.find(member.rows.View(expectation.key))->second != expectation.version) return base::Contended();
  return absl::OkStatus();
}

void Journal::ExpectAsWrittenBy(const Member& member) {
  for (const SealedRows::Row& row : member.rows.rows)
    if (const auto expected = expected_.find(member.rows.View(row.key)); expected != expected_.end())
      expected->second = row.remove ? std::nullopt : std::optional(base::RowVersion(member.rows.View(row.value)));
}

void Journal::Run(Group group) {
  std::vector<Finished> finished;
  finished.reserve(group.size());
  const auto refuse_all = [&](Group& members, const absl::Status& status) {
    for (std::unique_ptr<Member>& member : members) finished.push_back({std::move(member), status});
    members.clear();
  };
  bool failed = false;
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    failed = tallies_.failed;
    full = tallies_.full;
  }
  if (failed || (full && !RoomAgain())) {
    refuse_all(group, failed ? base::StoreFailed() : base::StoreFull());
    return Announce(std::move(finished));
  }

  const base::Day today = parts_.clock.Today();
  ledger::CommitGroup tree(frontier_, parts_.random);
  Group members;
  members.reserve(group.size());
  std::uint64_t contended = 0;
  bool wants_promise = false;
  bool cuts = false;
  expected_.clear();
  if (!Look(group).ok()) {
    // A row that cannot be read concerns nobody but who expects it.
    std::erase_if(group, [&](std::unique_ptr<Member>& member) {
      absl::Status status = Look({&member, 1});
      if (status.ok()) return false;
      finished.push_back({std::move(member), std::move(status)});
      return true;
    });
  }
  for (std::unique_ptr<Member>& member : group) {
    absl::Status status = Check(*member);
    if (status.ok() && tree.size() + member->leaves.size() + member->pad_to_multiple_of > ledger::kMaxSize)
      status = base::Refuse(base::Reason::kQuotaExceeded);
    if (!status.ok()) {
      contended += base::ReasonOf(status) == base::Reason::kContended ? 1U : 0U;
      finished.push_back({std::move(member), std::move(status)});
      continue;
    }
    ExpectAsWrittenBy(*member);
    member->stamps.day = today;
    for (const base::LeafDraft& leaf : member->leaves) {
      base::LeafStamp& stamp = member->stamps.leaves.emplace_back();
      const absl::StatusOr<std::uint64_t> index = tree.Append(leaf);
      if (index.ok()) stamp.index = *index;
      wants_promise |= leaf.wants_promise;
    }
    if (member->pad_to_multiple_of != 0) {
      (void)tree.Pad(member->pad_to_multiple_of);
      member->stamps.tree_size = tree.size();
      member->stamps.tree_root = tree.Root();
      cuts = true;
    }
    members.push_back(std::move(member));
  }

  if (wants_promise) {
    std::vector<crypto::Bytes> promises = tree.Promises(parts_.vault.organisation(), today, parts_.log_keys.current());
    auto promise = promises.begin();
    for (const std::unique_ptr<Member>& member : members)
      for (base::LeafStamp& stamp : member->stamps.leaves) stamp.promise = std::move(*promise++);
  }
  absl::Status encoded;
  for (const std::unique_ptr<Member>& member : members) {
    if (!member->stamp) continue;
    base::ChangeSet added;
    member->stamp(member->stamps, added);
    if (const absl::Status status = parts_.records.Encode(added, &member->rows, &member->stamped); !status.ok())
      encoded = status;
    member->tallies.insert(member->tallies.end(), added.tallies().begin(), added.tallies().end());
  }
  SealedRows own;
  const bool grew = !tree.empty();
  base::ChangeSet of_tree;
  if (grew) of_tree = tree.Rows();
  if (encoded.ok()) encoded = parts_.records.Encode(of_tree, nullptr, &own);
  std::string number;
  base::AppendKeyPart(number, group_ + 1);
  if (encoded.ok()) encoded = parts_.records.EncodeOwn(base::Table::kGroup, std::move(number), &own);
  if (!encoded.ok()) {
    // A stamp wrote what cannot be written: a fault of ours. Nothing is on disk, so nothing is lost.
    parts_.events.Record(base::Event::kInvariantBroken);
    refuse_all(members, encoded);
  }
  if (members.empty()) {
    {
      const std::lock_guard lock(mutex_);
      tallies_.contended += contended;
    }
    return Announce(std::move(finished));
  }

  batch_.clear();
  std::uint64_t bytes = 0;
  const auto add_rows = [&](const SealedRows& rows) {
    for (const SealedRows::Row& row : rows.rows) batch_.push_back({rows.View(row.key), rows.View(row.value), row.remove});
    bytes += rows.bytes.size();
  };
  for (const std::unique_ptr<Member>& member : members) {
    add_rows(member->rows);
    add_rows(member->stamped);
  }
  add_rows(own);

  const absl::Status written = parts_.rows.Commit(batch_, {});
  if (!written.ok()) {
    if (base::ReasonOf(written) == base::Reason::kStoreFull) {
      {
        const std::lock_guard lock(mutex_);
        tallies_.full = true;
      }
      last_probe_ = parts_.clock.Elapsed();
      parts_.events.Record(base::Event::kStoreFull);
      refuse_all(members, base::StoreFull());
      return Announce(std::move(finished));
    }
    refuse_all(members, base::StoreFailed());
    Announce(std::move(finished));
    return Fail();
  }

  if (grew) {
    leaf_hashes_.clear();
    for (const base::ChangeSet::Write& write : of_tree.writes())
      if (write.table == base::Table::kLeaf)
        leaf_hashes_.push_back(static_cast<const ledger::LeafPlace&>(*write.record).leaf_hash);
    parts_.derived.leaves.Append(leaf_hashes_);
    frontier_ = std::move(tree).Take();
  }
  ++group_;
  for (const std::unique_ptr<Member>& member : members) {
    for (auto& [case_id, key] : member->rows.new_case_keys) parts_.vault.Keep(case_id, std::move(key));
    for (const std::string& case_id : member->rows.shredded) parts_.vault.Forget(case_id);
    for (const base::ChangeSet::Tally& tally : member->tallies)
      parts_.derived.counts.Add(tally.counter, tally.name, tally.delta);
  }
  absl::Status marked;
  if (parts_.mark != nullptr) {
    const MarkState& before = parts_.mark->state();
    marked = parts_.mark->Advance({group_, frontier_.size(), grew ? frontier_.Root() : before.root});
    if (marked.ok() && cuts) marked = parts_.mark->Sync();
  }
  {
    const std::lock_guard lock(mutex_);
    ++tallies_.groups;
    tallies_.transactions += members.size();
    tallies_.contended += contended;
    tallies_.rows += batch_.size();
    tallies_.bytes += bytes;
  }
  for (std::unique_ptr<Member>& member : members) finished.push_back({std::move(member), absl::OkStatus()});
  Announce(std::move(finished));
  // The group is durable and says so; but without its mark the store could be rolled back unseen.
  if (!marked.ok()) Fail();
}

bool Journal::RoomAgain() {
  const std::chrono::milliseconds now = parts_.clock.Elapsed();
  if (now - last_probe_ < limits_.probe_every) return false;
  last_probe_ = now;
  if (const absl::Status resumed = parts_.rows.Resume(); !resumed.ok()) {
    if (base::ReasonOf(resumed) != base::Reason::kStoreFull) Fail();
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    tallies_.full = false;
  }
  parts_.events.Record(base::Event::kStoreResumed);
  return true;
}

void Journal::Fail() {
  {
    const std::lock_guard lock(mutex_);
    if (tallies_.failed) return;
    tallies_.failed = true;
  }
  parts_.events.Record(base::Event::kStoreFailed);
  if (parts_.on_failure) parts_.on_failure();
}

void Journal::Refuse(std::unique_ptr<Member> member, absl::Status status) {
  std::vector<Finished> finished;
  finished.push_back({std::move(member), std::move(status)});
  Announce(std::move(finished));
}

void Journal::Announce(std::vector<Finished> finished) {
  if (finished.empty()) return;
  {
    const std::lock_guard lock(finish_mutex_);
    for (Finished& one : finished) finished_.push_back(std::move(one));
  }
  finish_wake_.notify_one();
}

void Journal::Finish() {
  std::deque<Finished> told;
  for (;;) {
    {
      std::unique_lock lock(finish_mutex_);
      finish_wake_.wait(lock, [this] { return finish_stopping_ || !finished_.empty(); });
      if (finished_.empty()) return;
      told.swap(finished_);
    }
    for (Finished& one : told) one.member->done(std::move(one.status));
    told.clear();
  }
}

}  // namespace alcove::storage
