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

// A group as it is to be written, upon what the group before it leaves.
struct Journal::Prepared {
  Group members;                  // in the batch
  std::vector<Finished> finished;  // and who is not; told once the group before is on disk, so that who decides anew reads it
  SealedRows own;
  std::vector<RowWrite> batch;  // of the members and `own`; empty: there is nothing to write
  std::uint64_t bytes = 0;
  std::uint64_t contended = 0;
  bool cuts = false;
  std::vector<crypto::Digest> leaf_hashes;
  // As they are once the batch is on disk.
  std::uint64_t group = 0;
  std::shared_ptr<const ledger::Frontier> frontier;

  // Their rows stay: the group after this one may be looking at them.
  void FinishMembers(const absl::Status& status) {
    for (const std::unique_ptr<Member>& member : members) finished.push_back({std::move(member->done), status});
  }
};

Journal::Journal(JournalParts parts, ledger::Frontier frontier, std::uint64_t group, JournalLimits limits)
    : parts_(std::move(parts)), limits_(limits), pace_(limits.busy_group, limits.most_wanted, limits.first_wanted),
      frontier_(std::make_shared<const ledger::Frontier>(std::move(frontier))), group_(group) {
  for (std::thread& writer : writers_) writer = std::thread([this] { TakeTurns(); });
}

Journal::~Journal() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& writer : writers_) writer.join();
  if (parts_.mark != nullptr) (void)parts_.mark->Sync();
}

void Journal::Commit(base::Transaction transaction, std::function<void(absl::Status)> done) {
  auto member = std::make_unique<Member>();
  member->done = std::move(done);
  if (absl::Status status = parts_.records.Encode(transaction.changes, nullptr, &member->rows); !status.ok())
    return member->done(std::move(status));
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
      pace_.Held(++held_);
      enough = waiting_.size() == wanted_ || (waiting_.size() == 1 && flying_ == nullptr);
    }
  }
  if (!refused.ok()) {
    if (base::ReasonOf(refused) == base::Reason::kBudgetExhausted) parts_.events.Record(base::Event::kStoreSlow);
    return member->done(std::move(refused));
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
  wanted_ = pace_.wanted();
  // While a group is on its way to the disk the next one is left to grow, until as many are there as it is to have.
  const auto ready = [this] {
    if (stopping_) return true;
    return flying_ == nullptr ? !waiting_.empty() : wanted_ > 1 && waiting_.size() >= wanted_;
  };
  while (!ready()) {
    if (!tallies_.full) {
      wake_.wait(lock, [&] { return ready() || tallies_.full; });
    } else if (!wake_.wait_for(lock, limits_.probe_every, ready)) {
      lock.unlock();
      (void)RoomAgain();
      lock.lock();
    }
  }
  bool dry = false;
  for (auto waited = std::chrono::microseconds(0);
       waiting_.size() < wanted_ && waited < limits_.longest_wait && !dry && !stopping_; waited += limits_.moment) {
    const std::size_t before = waiting_.size();
    wake_.wait_for(lock, limits_.moment, [this] { return stopping_ || waiting_.size() >= wanted_; });
    dry = waiting_.size() == before;
  }
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

void Journal::TakeTurns() {
  for (;;) {
    std::unique_lock preparing(preparing_);
    Group group = TakeGroup();
    if (group.empty()) return;
    const std::size_t size = group.size();
    const std::shared_ptr<Prepared> prepared = Prepare(std::move(group));
    std::unique_lock writing(writing_);
    {
      const std::lock_guard lock(mutex_);
      flying_ = prepared;
    }
    preparing.unlock();
    const bool ends = !Write(*prepared);
    {
      const std::lock_guard lock(mutex_);
      flying_ = nullptr;
      held_ -= size;
    }
    writing.unlock();
    wake_.notify_one();
    for (Finished& one : prepared->finished) one.done(std::move(one.status));
    if (ends && parts_.on_failure) parts_.on_failure();
  }
}

absl::Status Journal::Look(std::span<const std::unique_ptr<Member>> group, const Prepared* before) {
  keys_.clear();
  for (const std::unique_ptr<Member>& member : group)
    for (const SealedRows::Expectation& expectation : member->rows.expectations)
      keys_.push_back(member->rows.View(expectation.key));
  if (absl::Status status = parts_.rows.Versions(keys_, &versions_); !status.ok()) return status;
  for (std::size_t i = 0; i < keys_.size(); ++i) expected_.try_emplace(keys_[i], versions_[i]);
  if (before != nullptr) {
    for (const RowWrite& write : before->batch) ExpectAsWritten(write);
  }
  return absl::OkStatus();
}

absl::Status Journal::Check(const Member& member) const {
  for (const SealedRows::Expectation& expectation : member.rows.expectations)
    if (expected_.find(member.rows.View(expectation.key))->second != expectation.version) return base::Contended();
  return absl::OkStatus();
}

void Journal::ExpectAsWritten(const RowWrite& write) {
  if (const auto expected = expected_.find(write.key); expected != expected_.end())
    expected->second = write.remove ? std::nullopt : std::optional(base::RowVersion(write.value));
}

std::shared_ptr<Journal::Prepared> Journal::Prepare(Group group) {
  auto prepared = std::make_shared<Prepared>();
  prepared->finished.reserve(group.size());
  const auto refuse = [&](const std::unique_ptr<Member>& member, absl::Status status) {
    prepared->contended += base::ReasonOf(status) == base::Reason::kContended ? 1U : 0U;
    prepared->finished.push_back({std::move(member->done), std::move(status)});
  };
  bool failed = false;
  bool full = false;
  {
    const std::lock_guard lock(mutex_);
    failed = tallies_.failed;
    full = tallies_.full;
  }
  if (failed || (full && !RoomAgain())) {
    for (const std::unique_ptr<Member>& member : group) refuse(member, failed ? base::StoreFailed() : base::StoreFull());
    return prepared;
  }

  std::shared_ptr<const Prepared> before;
  std::optional<ledger::CommitGroup> tree;
  {
    const std::lock_guard lock(mutex_);
    if (flying_ != nullptr && !flying_->batch.empty()) before = flying_;
    prepared->group = (before != nullptr ? before->group : group_) + 1;
    tree.emplace(before != nullptr ? *before->frontier : *frontier_, parts_.random);
  }
  const base::Day today = parts_.clock.Today();
  Group& members = prepared->members;
  members.reserve(group.size());
  bool wants_promise = false;
  expected_.clear();
  if (!Look(group, before.get()).ok()) {
    // A row that cannot be read concerns nobody but who expects it.
    std::erase_if(group, [&](std::unique_ptr<Member>& member) {
      absl::Status status = Look({&member, 1}, before.get());
      if (status.ok()) return false;
      refuse(member, std::move(status));
      return true;
    });
  }
  for (std::unique_ptr<Member>& member : group) {
    absl::Status status = Check(*member);
    if (status.ok() && tree->size() + member->leaves.size() + member->pad_to_multiple_of > ledger::kMaxSize)
      status = base::Refuse(base::Reason::kQuotaExceeded);
    if (!status.ok()) {
      refuse(member, std::move(status));
      continue;
    }
    for (const SealedRows::Row& row : member->rows.rows) ExpectAsWritten(member->rows.Write(row));
    member->stamps.day = today;
    for (const base::LeafDraft& leaf : member->leaves) {
      base::LeafStamp& stamp = member->stamps.leaves.emplace_back();
      const absl::StatusOr<std::uint64_t> index = tree->Append(leaf);
      if (index.ok()) stamp.index = *index;
      wants_promise |= leaf.wants_promise;
    }
    if (member->pad_to_multiple_of != 0) {
      (void)tree->Pad(member->pad_to_multiple_of);
      member->stamps.tree_size = tree->size();
      member->stamps.tree_root = tree->Root();
      prepared->cuts = true;
    }
    members.push_back(std::move(member));
  }

  if (wants_promise) {
    std::vector<crypto::Bytes> promises = tree->Promises(parts_.vault.organisation(), today, parts_.log_keys.current());
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
  if (!tree->empty()) {
    const base::ChangeSet of_tree = tree->Rows();
    if (encoded.ok()) encoded = parts_.records.Encode(of_tree, nullptr, &prepared->own);
    for (const base::ChangeSet::Write& write : of_tree.writes())
      if (write.table == base::Table::kLeaf)
        prepared->leaf_hashes.push_back(static_cast<const ledger::LeafPlace&>(*write.record).leaf_hash);
  }
  std::string number;
  base::AppendKeyPart(number, prepared->group);
  if (encoded.ok()) encoded = parts_.records.EncodeOwn(base::Table::kGroup, std::move(number), &prepared->own);
  if (!encoded.ok()) {
    // A stamp wrote what cannot be written: a fault of ours. Nothing is on disk, so nothing is lost.
    parts_.events.Record(base::Event::kInvariantBroken);
    prepared->FinishMembers(encoded);
    members.clear();
  }
  if (members.empty()) return prepared;

  const auto add_rows = [&](const SealedRows& rows) {
    for (const SealedRows::Row& row : rows.rows) prepared->batch.push_back(rows.Write(row));
    prepared->bytes += rows.bytes.size();
  };
  std::size_t rows = prepared->own.rows.size();
  for (const std::unique_ptr<Member>& member : members) rows += member->rows.rows.size() + member->stamped.rows.size();
  prepared->batch.reserve(rows);
  for (const std::unique_ptr<Member>& member : members) {
    add_rows(member->rows);
    add_rows(member->stamped);
  }
  add_rows(prepared->own);
  prepared->frontier = std::make_shared<const ledger::Frontier>(std::move(*tree).Take());
  return prepared;
}

bool Journal::Write(Prepared& prepared) {
  if (prepared.batch.empty()) {
    const std::lock_guard lock(mutex_);
    tallies_.contended += prepared.contended;
    return true;
  }
  // What the group before was to leave is not there: that group could not be written.
  if (prepared.group != group_ + 1) {
    const std::lock_guard lock(mutex_);
    prepared.FinishMembers(tallies_.failed ? base::StoreFailed() : base::StoreFull());
    return true;
  }

  const absl::Status written = parts_.rows.Commit(prepared.batch, {});
  if (base::ReasonOf(written) == base::Reason::kStoreFull) {
    {
      const std::lock_guard lock(mutex_);
      tallies_.full = true;
    }
    last_probe_ = parts_.clock.Elapsed();
    parts_.events.Record(base::Event::kStoreFull);
    prepared.FinishMembers(base::StoreFull());
    return true;
  }
  if (!written.ok()) {
    prepared.FinishMembers(base::StoreFailed());
    return !Fail();
  }

  parts_.derived.leaves.Append(prepared.leaf_hashes);
  for (const std::unique_ptr<Member>& member : prepared.members) {
    for (auto& [case_id, key] : member->rows.new_case_keys) parts_.vault.Keep(case_id, std::move(key));
    for (const std::string& case_id : member->rows.shredded) parts_.vault.Forget(case_id);
    for (const base::ChangeSet::Tally& tally : member->tallies)
      parts_.derived.counts.Add(tally.counter, tally.name, tally.delta);
  }
  absl::Status marked;
  if (parts_.mark != nullptr) {
    const MarkState& last = parts_.mark->state();
    const std::uint64_t size = prepared.frontier->size();
    marked = parts_.mark->Advance({prepared.group, size, size == last.leaves ? last.root : prepared.frontier->Root()});
    if (marked.ok() && prepared.cuts) marked = parts_.mark->Sync();
  }
  {
    const std::lock_guard lock(mutex_);
    group_ = prepared.group;
    frontier_ = prepared.frontier;
    ++tallies_.groups;
    tallies_.transactions += prepared.members.size();
    tallies_.contended += prepared.contended;
    tallies_.rows += prepared.batch.size();
    tallies_.bytes += prepared.bytes;
  }
  prepared.FinishMembers(absl::OkStatus());
  // The group is durable and says so; but without its mark the store could be rolled back unseen.
  return marked.ok() || !Fail();
}

bool Journal::RoomAgain() {
  const std::lock_guard alone(writing_);
  const std::chrono::milliseconds now = parts_.clock.Elapsed();
  if (now - last_probe_ < limits_.probe_every) return false;
  last_probe_ = now;
  if (const absl::Status resumed = parts_.rows.Resume(); !resumed.ok()) {
    if (base::ReasonOf(resumed) != base::Reason::kStoreFull && Fail() && parts_.on_failure) parts_.on_failure();
    return false;
  }
  {
    const std::lock_guard lock(mutex_);
    tallies_.full = false;
  }
  parts_.events.Record(base::Event::kStoreResumed);
  return true;
}

bool Journal::Fail() {
  {
    const std::lock_guard lock(mutex_);
    if (std::exchange(tallies_.failed, true)) return false;
  }
  parts_.events.Record(base::Event::kStoreFailed);
  return true;
}

}  // namespace alcove::storage
