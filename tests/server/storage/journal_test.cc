#include "server/storage/journal.h"

#include <gtest/gtest.h>

#include <array>

#include <condition_variable>
#include <mutex>
#include <set>
#include <thread>

#include "crypto/format/proof.h"
#include "server/core/ledger/check.h"
#include "server/storage/check.h"
#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

class JournalTest : public ::testing::Test {
 protected:
  JournalTest() : under_(new FailingStore(std::make_unique<MemoryStore>())) {
    EXPECT_TRUE(CreateStore(*under_, directory_.path(), keys_.kek, organisation_, crypto::SystemRandom()).ok());
  }

  void Open(JournalLimits limits = {}) {
    auto opened = Store::Open(std::unique_ptr<RowStore>(under_), directory_.path(),
                              {keys_, clock_, events_, crypto::SystemRandom(), [this] { ++failures_; }, {}, limits});
    ASSERT_TRUE(opened.ok()) << opened.status();
    store_ = *std::move(opened);
  }
  absl::Status Commit(base::Transaction transaction) {
    return CommitAndWait(store_->committer(), std::move(transaction));
  }
  base::Transaction PutMailbox(const cases::Mailbox& mailbox) {
    base::Transaction transaction;
    transaction.changes.Put(mailbox);
    return transaction;
  }

  const TemporaryDirectory directory_;
  const ServerKeys keys_ = DrawServerKeys();
  const base::OrganisationId organisation_ = Draw<base::OrganisationId>();
  FakeClock clock_;
  CountingSink events_;
  std::atomic<int> failures_{0};
  FailingStore* under_;  // owned by the store once it is open
  std::unique_ptr<Store> store_;
};

// Holds the journal in the middle of a write, so that what is committed meanwhile becomes one group.
class Gate {
 public:
  explicit Gate(FailingStore& store) {
    // The store keeps what it is told, and may ask after the gate is gone: an open one stays open.
    store.before_commit = [state = state_] {
      std::unique_lock lock(state->mutex);
      state->entered = true;
      state->changed.notify_all();
      state->changed.wait(lock, [&] { return state->open; });
    };
  }
  ~Gate() { Open(); }
  void AwaitEntry() {
    std::unique_lock lock(state_->mutex);
    state_->changed.wait(lock, [this] { return state_->entered; });
  }
  void Open() {
    const std::lock_guard lock(state_->mutex);
    state_->open = true;
    state_->changed.notify_all();
  }

 private:
  struct State {
    std::mutex mutex;
    std::condition_variable changed;
    bool entered = false;
    bool open = false;
  };
  const std::shared_ptr<State> state_ = std::make_shared<State>();
};
TEST_F(JournalTest, WhatWasAcknowledgedCanBeRead) {
  Open();
  const cases::Mailbox mailbox = SomeMailbox();
  ASSERT_TRUE(Commit(PutMailbox(mailbox)).ok());
  const auto read = store_->reader().Get<cases::Mailbox>(mailbox.key());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_TRUE(read->has_value());
  EXPECT_EQ((*read)->record.case_id, mailbox.case_id);
}

TEST_F(JournalTest, AChangedRowIsAnotherVersionAndAnOldVersionIsContended) {
  Open();
  cases::Mailbox mailbox = SomeMailbox();
  ASSERT_TRUE(Commit(PutMailbox(mailbox)).ok());
  const base::RowVersion first = (*store_->reader().Get<cases::Mailbox>(mailbox.key()))->version;
  base::Transaction change;
  change.changes.Update(mailbox, first);
  ASSERT_TRUE(Commit(std::move(change)).ok());
  base::Transaction again;
  again.changes.Update(mailbox, first);
  EXPECT_EQ(base::ReasonOf(Commit(std::move(again))), base::Reason::kContended);
  base::Transaction insert;
  insert.changes.Insert(mailbox);
  EXPECT_EQ(base::ReasonOf(Commit(std::move(insert))), base::Reason::kContended);
  EXPECT_EQ(store_->journal().tallies().contended, 2U);
}

TEST_F(JournalTest, WhatWaitsBecomesOneGroup) {
  Open();
  Gate gate(*under_);
  std::atomic<int> done{0};
  const auto count = [&](const absl::Status& status) { done += status.ok() ? 1 : 100; };
  store_->committer().Commit(PutMailbox(SomeMailbox()), count);
  gate.AwaitEntry();
  for (int i = 0; i < 50; ++i) store_->committer().Commit(PutMailbox(SomeMailbox()), count);
  gate.Open();
  ASSERT_TRUE(Commit(PutMailbox(SomeMailbox())).ok());
  const Journal::Tallies tallies = store_->journal().tallies();
  EXPECT_EQ(tallies.transactions, 52U);
  EXPECT_LE(tallies.groups, 3U);
  while (done < 51) std::this_thread::yield();
  EXPECT_EQ(done, 51);
}

// Were the moment spent where it should not be, these would take its twenty seconds.
TEST_F(JournalTest, AsManyAsAreWantedAreWaitedFor) {
  constexpr int kMany = 5;
  constexpr auto kMoment = std::chrono::seconds(20);
  Open({.busy_group = kMany, .most_wanted = kMany, .first_wanted = kMany, .moment = kMoment, .longest_wait = kMoment});
  const auto begin = std::chrono::steady_clock::now();
  std::atomic<int> done{0};
  const auto count = [&](const absl::Status& status) { done += status.ok() ? 1 : 100; };
  const std::uint64_t before = store_->journal().tallies().groups;
  for (int i = 0; i < kMany; ++i) {
    store_->committer().Commit(PutMailbox(SomeMailbox()), count);
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  while (done < kMany) std::this_thread::yield();
  EXPECT_EQ(store_->journal().tallies().groups, before + 1);

  // Closing waits for nobody.
  store_->committer().Commit(PutMailbox(SomeMailbox()), count);
  store_.reset();
  EXPECT_EQ(done, 1 + kMany);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kMoment);
}

TEST_F(JournalTest, ACalmServiceWaitsForNobody) {
  constexpr auto kMoment = std::chrono::seconds(20);
  Open({.busy_group = 5, .first_wanted = 4, .moment = kMoment, .longest_wait = kMoment});
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(Commit(PutMailbox(SomeMailbox())).ok());
  EXPECT_LT(std::chrono::steady_clock::now() - begin, kMoment);
}

TEST_F(JournalTest, AMomentThatBringsNobodyEndsTheWait) {
  Open({.busy_group = 2, .first_wanted = 1000, .moment = std::chrono::milliseconds(20), .longest_wait = std::chrono::hours(1)});
  ASSERT_TRUE(Commit(PutMailbox(SomeMailbox())).ok()) << "nobody else came";
}

TEST_F(JournalTest, AWaitThatSomebodyAlwaysJoinsHasABoundToo) {
  Open({.busy_group = 2, .first_wanted = 1000, .moment = std::chrono::milliseconds(20), .longest_wait = std::chrono::milliseconds(60)});
  std::atomic<bool> told{false};
  std::atomic<int> done{0};
  int sent = 0;
  store_->committer().Commit(PutMailbox(SomeMailbox()), [&](const absl::Status& status) { told = status.ok(); });
  while (!told) {
    store_->committer().Commit(PutMailbox(SomeMailbox()), [&](const absl::Status&) { ++done; });
    ++sent;
    std::this_thread::sleep_for(std::chrono::milliseconds(2));
  }
  store_.reset();
  EXPECT_EQ(done, sent);
}

TEST_F(JournalTest, MembersOfOneGroupSeeEachOthersWrites) {
  Open();
  cases::Mailbox contested = SomeMailbox();
  ASSERT_TRUE(Commit(PutMailbox(contested)).ok());
  const base::RowVersion version = (*store_->reader().Get<cases::Mailbox>(contested.key()))->version;
  Gate gate(*under_);
  std::atomic<int> won{0};
  std::atomic<int> lost{0};
  std::atomic<int> done{0};
  const auto count = [&](const absl::Status& status) {
    if (status.ok()) ++won;
    if (base::ReasonOf(status) == base::Reason::kContended) ++lost;
    ++done;
  };
  store_->committer().Commit(PutMailbox(SomeMailbox()), [](const absl::Status&) {});
  gate.AwaitEntry();
  const cases::Mailbox fresh = SomeMailbox();
  for (int i = 0; i < 10; ++i) {
    base::Transaction update;
    update.changes.Update(contested, version);
    store_->committer().Commit(std::move(update), count);
    base::Transaction insert;
    insert.changes.Insert(fresh);
    store_->committer().Commit(std::move(insert), count);
    base::Transaction deletion;  // deletes once; then expects a row that a member has deleted
    deletion.changes.ExpectUnchanged(base::Table::kMailbox, contested.key(), version);
    deletion.changes.Delete(base::Table::kMailbox, contested.key());
    store_->committer().Commit(std::move(deletion), count);
  }
  gate.Open();
  while (done < 30) std::this_thread::yield();
  EXPECT_EQ(won, 2);
  EXPECT_EQ(lost, 28);
}

// Two make a group here, so that a group is prepared while the one before it stands at the gate.
class JournalOfPairsTest : public JournalTest {
 protected:
  struct Told {
    absl::Status status;
    std::atomic<bool> done{false};
  };

  void OpenPairs() {
    Open({.busy_group = 2, .most_wanted = 2, .first_wanted = 2, .moment = std::chrono::seconds(20), .longest_wait = std::chrono::seconds(20)});
  }
  std::shared_ptr<Told> Begin(base::Transaction transaction) {
    auto told = std::make_shared<Told>();
    store_->committer().Commit(std::move(transaction), [told](absl::Status status) {
      told->status = std::move(status);
      told->done = true;
    });
    return told;
  }
  static const absl::Status& Await(const std::shared_ptr<Told>& told) {
    while (!told->done) std::this_thread::yield();
    return told->status;
  }
  // Until the group after the one at the gate has looked at the store.
  void AwaitLook(int looks_before) {
    while (under_->looks() <= looks_before) std::this_thread::yield();
    // What it looked for it takes from memory now; the gate opens later than that on all but the slowest machine.
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
};

TEST_F(JournalOfPairsTest, AGroupSeesWhatTheGroupBeforeItIsAboutToWrite) {
  OpenPairs();
  const cases::Mailbox contested = SomeMailbox();
  const cases::Mailbox leaving = SomeMailbox();
  const auto first = Begin(PutMailbox(contested));
  const auto second = Begin(PutMailbox(leaving));
  ASSERT_TRUE(Await(first).ok());
  ASSERT_TRUE(Await(second).ok());
  const base::RowVersion version = (*store_->reader().Get<cases::Mailbox>(contested.key()))->version;
  const base::RowVersion version_leaving = (*store_->reader().Get<cases::Mailbox>(leaving.key()))->version;

  Gate gate(*under_);
  base::Transaction update;
  update.changes.Update(contested, version);
  const auto winner = Begin(std::move(update));
  base::Transaction deletion;
  deletion.changes.ExpectUnchanged(base::Table::kMailbox, leaving.key(), version_leaving);
  deletion.changes.Delete(base::Table::kMailbox, leaving.key());
  const auto deleted = Begin(std::move(deletion));
  gate.AwaitEntry();
  const int looks = under_->looks();
  base::Transaction late;
  late.changes.Update(contested, version);
  const auto loser = Begin(std::move(late));
  base::Transaction insert;
  insert.changes.Insert(leaving);
  const auto inserted = Begin(std::move(insert));
  AwaitLook(looks);
  EXPECT_FALSE(loser->done) << "whoever decides anew would read the store as it was";
  gate.Open();
  EXPECT_TRUE(Await(winner).ok());
  EXPECT_TRUE(Await(deleted).ok());
  EXPECT_EQ(base::ReasonOf(Await(loser)), base::Reason::kContended);
  EXPECT_TRUE(Await(inserted).ok());
  EXPECT_TRUE(store_->reader().Get<cases::Mailbox>(leaving.key())->has_value());
  EXPECT_NE((*store_->reader().Get<cases::Mailbox>(contested.key()))->version, version);
}

TEST_F(JournalOfPairsTest, LeavesOfAGroupFollowThoseOfTheGroupBeforeIt) {
  OpenPairs();
  Gate gate(*under_);
  std::vector<std::shared_ptr<Told>> told{Begin(WithLeaf(WithLeaf({}))), Begin(WithLeaf({}))};
  gate.AwaitEntry();
  const int looks = under_->looks();
  std::vector<std::uint64_t> places;
  for (int i = 0; i < 2; ++i) {
    base::Transaction transaction = WithLeaf({});
    transaction.stamp = [&places](const base::Stamps& stamps, base::ChangeSet&) { places.push_back(stamps.leaves[0].index); };
    told.push_back(Begin(std::move(transaction)));
  }
  AwaitLook(looks);
  gate.Open();
  for (const auto& one : told) EXPECT_TRUE(Await(one).ok());
  EXPECT_EQ(places, (std::vector<std::uint64_t>{3, 4}));
  const auto checked = ledger::CheckLedger(store_->reader(), organisation_, std::array{keys_.log_key.verify_key()});
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->size, 5U);
}

TEST_F(JournalOfPairsTest, AGroupMadeUponOneThatFoundNoRoomIsRefusedWithIt) {
  OpenPairs();
  under_->FailWith(base::StoreFull());
  under_->after_commit = [this] { under_->FailWith(absl::OkStatus()); };  // room for the second, but not for the first
  Gate gate(*under_);
  std::vector<std::shared_ptr<Told>> told{Begin(WithLeaf({})), Begin(WithLeaf({}))};
  gate.AwaitEntry();
  const int looks = under_->looks();
  const cases::Mailbox refused = SomeMailbox();
  told.push_back(Begin(WithLeaf(PutMailbox(refused))));
  told.push_back(Begin(WithLeaf({})));
  AwaitLook(looks);
  gate.Open();
  for (const auto& one : told) EXPECT_EQ(base::ReasonOf(Await(one)), base::Reason::kStoreFull);
  EXPECT_FALSE(store_->reader().Get<cases::Mailbox>(refused.key())->has_value());

  clock_.Advance(std::chrono::seconds(1));
  told = {Begin(WithLeaf({})), Begin(WithLeaf({}))};
  for (const auto& one : told) EXPECT_TRUE(Await(one).ok());
  const auto checked = ledger::CheckLedger(store_->reader(), organisation_, std::array{keys_.log_key.verify_key()});
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->size, 2U) << "a refused write left a leaf";
}

TEST_F(JournalOfPairsTest, AGroupMadeUponOneThatFailedIsNotWrittenEvenIfItCould) {
  OpenPairs();
  under_->FailWith(absl::UnavailableError("the device failed"));
  under_->after_commit = [this] { under_->FailWith(absl::OkStatus()); };
  Gate gate(*under_);
  std::vector<std::shared_ptr<Told>> told{Begin(WithLeaf({})), Begin(WithLeaf({}))};
  gate.AwaitEntry();
  const int looks = under_->looks();
  const cases::Mailbox refused = SomeMailbox();
  told.push_back(Begin(PutMailbox(refused)));
  told.push_back(Begin(WithLeaf({})));
  AwaitLook(looks);
  gate.Open();
  for (const auto& one : told) EXPECT_EQ(base::ReasonOf(Await(one)), base::Reason::kStoreFailed);
  EXPECT_FALSE(store_->reader().Get<cases::Mailbox>(refused.key())->has_value());
  while (failures_ == 0) std::this_thread::yield();
  EXPECT_EQ(failures_, 1);
}

TEST_F(JournalTest, ARowThatCannotBeReadIsTheAffairOfWhoExpectsItAlone) {
  const cases::Mailbox damaged = SomeMailbox();
  const cases::Mailbox fresh = SomeMailbox();
  under_->unreadable = damaged.key();
  Open();
  Gate gate(*under_);
  std::vector<absl::Status> ends(4);
  std::atomic<int> done{0};
  const auto end = [&](std::size_t i) {
    return [&, i](absl::Status status) {
      ends[i] = std::move(status);
      ++done;
    };
  };
  store_->committer().Commit(PutMailbox(SomeMailbox()), [](const absl::Status&) {});
  gate.AwaitEntry();
  // One group: what its first member writes, its last expects to be absent.
  store_->committer().Commit(PutMailbox(fresh), end(0));
  base::Transaction of_damaged;
  of_damaged.changes.Insert(damaged);
  store_->committer().Commit(std::move(of_damaged), end(1));
  base::Transaction of_another;
  of_another.changes.Insert(SomeMailbox());
  store_->committer().Commit(std::move(of_another), end(2));
  base::Transaction of_fresh;
  of_fresh.changes.Insert(fresh);
  store_->committer().Commit(std::move(of_fresh), end(3));
  gate.Open();
  while (done < 4) std::this_thread::yield();
  EXPECT_TRUE(ends[0].ok()) << ends[0];
  EXPECT_EQ(ends[1].code(), absl::StatusCode::kDataLoss);
  EXPECT_TRUE(ends[2].ok()) << ends[2];
  EXPECT_EQ(base::ReasonOf(ends[3]), base::Reason::kContended);
  EXPECT_EQ(store_->journal().tallies().groups, 2U);
}

TEST_F(JournalTest, IncrementsRacedByThreadsLoseNone) {
  Open();
  cases::Blob blob;
  blob.id = Draw<base::BlobId>();
  blob.size = 1000000;
  base::Transaction insert;
  insert.changes.Insert(blob);
  ASSERT_TRUE(Commit(std::move(insert)).ok());
  std::vector<std::thread> threads;
  for (int t = 0; t < 8; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 50;) {
        auto read = store_->reader().Get<cases::Blob>(blob.key());
        ASSERT_TRUE(read.ok() && read->has_value());
        base::Transaction change;
        ++(*read)->record.received;
        change.changes.Update((*read)->record, (*read)->version);
        const absl::Status status = Commit(std::move(change));
        if (status.ok()) ++i;
        else ASSERT_EQ(base::ReasonOf(status), base::Reason::kContended);
      }
    });
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ((*store_->reader().Get<cases::Blob>(blob.key()))->record.received, 400U);
}

TEST_F(JournalTest, LeavesGetTheirPlacesInOrderAndStampsCompleteTheRows) {
  Open();
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 5; ++i) {
    base::Transaction transaction = WithLeaf(WithLeaf(base::Transaction()), true);
    const cases::Mailbox mailbox = SomeMailbox();
    transaction.stamp = [&](const base::Stamps& stamps, base::ChangeSet& changes) {
      ASSERT_EQ(stamps.leaves.size(), 2U);
      EXPECT_EQ(stamps.leaves[1].index, stamps.leaves[0].index + 1);
      EXPECT_TRUE(stamps.leaves[0].promise.empty());
      EXPECT_EQ(stamps.day, clock_.Today());
      seen.insert(stamps.leaves[0].index);
      const auto promise = format::ParsePromise(stamps.leaves[1].promise);
      ASSERT_TRUE(promise.ok());
      EXPECT_TRUE(format::VerifyPromise(*promise, keys_.log_key.verify_key()).ok());
      changes.Put(mailbox);
    };
    ASSERT_TRUE(Commit(std::move(transaction)).ok());
    EXPECT_TRUE(store_->reader().Get<cases::Mailbox>(mailbox.key())->has_value());
  }
  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 2, 4, 6, 8}));
}

TEST_F(JournalTest, ACutPadsAndIsToldSizeAndRoot) {
  Open();
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
  base::Transaction cut;
  cut.pad_to_multiple_of = 64;
  std::uint64_t size = 0;
  crypto::Digest root;
  cut.stamp = [&](const base::Stamps& stamps, base::ChangeSet&) {
    size = stamps.tree_size;
    root = stamps.tree_root;
  };
  ASSERT_TRUE(Commit(std::move(cut)).ok());
  EXPECT_EQ(size, 64U);
  const auto checked = ledger::CheckLedger(store_->reader(), organisation_, std::array{keys_.log_key.verify_key()});
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->size, 64U);
  EXPECT_EQ(checked->root, root);
}

TEST_F(JournalTest, ACaseAndItsRowsMakeTheirKeyTogether) {
  Open();
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  EXPECT_EQ((*store_->reader().Get<cases::Case>(id.view()))->record.desk, "text");
  base::Transaction more;
  cases::Entry entry;
  entry.case_id = id;
  entry.sequence = 1;
  entry.envelope = "more";
  more.changes.Insert(entry);
  ASSERT_TRUE(Commit(std::move(more)).ok());
  int entries = 0;
  ASSERT_TRUE(store_->reader().Scan<cases::Entry>(id.view(), {}, 100, [&](const auto&) { return ++entries; }).ok());
  EXPECT_EQ(entries, 2);
}

TEST_F(JournalTest, ARowOfACaseThatIsNotThereIsRefused) {
  Open();
  base::Transaction orphan;
  cases::Entry entry;
  entry.case_id = Draw<base::CaseId>();
  orphan.changes.Insert(entry);
  EXPECT_EQ(Commit(std::move(orphan)).code(), absl::StatusCode::kDataLoss);
}

TEST_F(JournalTest, OfTwoFilingsOfOneCaseOneWinsAndItsRowsOpen) {
  Open();
  Gate gate(*under_);
  std::atomic<int> won{0};
  std::atomic<int> done{0};
  const auto id = Draw<base::CaseId>();
  const auto count = [&](const absl::Status& status) {
    won += status.ok() ? 1 : 0;
    ++done;
  };
  store_->committer().Commit(PutMailbox(SomeMailbox()), [](const absl::Status&) {});
  gate.AwaitEntry();
  for (int i = 0; i < 4; ++i) store_->committer().Commit(FilingOf(id, std::to_string(i)), count);
  gate.Open();
  while (done < 4) std::this_thread::yield();
  EXPECT_EQ(won, 1);
  const auto read = store_->reader().Get<cases::Case>(id.view());
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_EQ((*read)->record.desk, "0");
}

TEST_F(JournalTest, AFailedFilingLeavesNoKeyBehind) {
  Open();
  const auto id = Draw<base::CaseId>();
  under_->FailWith(base::StoreFull());
  EXPECT_EQ(base::ReasonOf(Commit(FilingOf(id, "first"))), base::Reason::kStoreFull);
  under_->FailWith(absl::OkStatus());
  clock_.Advance(std::chrono::seconds(2));
  ASSERT_TRUE(Commit(FilingOf(id, "second")).ok());
  EXPECT_EQ((*store_->reader().Get<cases::Case>(id.view()))->record.desk, "second");
}

TEST_F(JournalTest, DeletingACaseShredsItsKey) {
  Open();
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  base::Transaction deletion;
  deletion.changes.Delete(base::Table::kCase, std::string(id.view()));
  ASSERT_TRUE(Commit(std::move(deletion)).ok());
  EXPECT_FALSE(store_->reader().Get<cases::Case>(id.view())->has_value());
  const auto entry = store_->reader().Get<cases::Entry>(base::RowKey(id, std::uint8_t{1}, std::uint32_t{0}));
  EXPECT_EQ(entry.status().code(), absl::StatusCode::kDataLoss) << "the entry's ciphertext is there and must not open";
}

TEST_F(JournalTest, WithoutRoomTheGroupIsRefusedAndServiceGoesOnByItself) {
  Open();
  const cases::Mailbox before = SomeMailbox();
  ASSERT_TRUE(Commit(WithLeaf(PutMailbox(before))).ok());
  under_->FailWith(base::StoreFull());
  const cases::Mailbox refused = SomeMailbox();
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(base::ReasonOf(Commit(WithLeaf(PutMailbox(refused)))), base::Reason::kStoreFull);
  EXPECT_EQ(events_.Of(base::Event::kStoreFull), 1);
  EXPECT_TRUE(store_->reader().Get<cases::Mailbox>(before.key())->has_value());
  EXPECT_FALSE(store_->reader().Get<cases::Mailbox>(refused.key())->has_value());
  EXPECT_EQ(failures_, 0);

  under_->FailWith(absl::OkStatus());
  EXPECT_EQ(base::ReasonOf(Commit(PutMailbox(refused))), base::Reason::kStoreFull) << "probed before its time";
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_TRUE(Commit(WithLeaf(PutMailbox(refused))).ok());
  EXPECT_EQ(events_.Of(base::Event::kStoreResumed), 1);
  const auto checked = ledger::CheckLedger(store_->reader(), organisation_, std::array{keys_.log_key.verify_key()});
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->size, 2U) << "a refused write left a leaf";
}

TEST_F(JournalTest, RoomIsNoticedWithoutACall) {
  JournalLimits limits;
  limits.probe_every = std::chrono::milliseconds(10);
  Open(limits);
  under_->FailWith(base::StoreFull());
  EXPECT_FALSE(Commit(PutMailbox(SomeMailbox())).ok());
  under_->FailWith(absl::OkStatus());
  clock_.Advance(std::chrono::seconds(1));
  for (int i = 0; i < 1000 && events_.Of(base::Event::kStoreResumed) == 0; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
  EXPECT_EQ(events_.Of(base::Event::kStoreResumed), 1);
}

TEST_F(JournalTest, AStoreThatCannotGoOnWhenThereIsRoomStopsForGood) {
  Open();
  under_->FailWith(base::StoreFull());
  EXPECT_EQ(base::ReasonOf(Commit(PutMailbox(SomeMailbox()))), base::Reason::kStoreFull);
  under_->FailWith(base::StoreFailed());
  clock_.Advance(std::chrono::seconds(1));
  EXPECT_FALSE(Commit(PutMailbox(SomeMailbox())).ok());
  while (failures_ == 0) std::this_thread::yield();
  under_->FailWith(absl::OkStatus());
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(base::ReasonOf(Commit(PutMailbox(SomeMailbox()))), base::Reason::kStoreFailed);
  EXPECT_EQ(failures_, 1);
  EXPECT_EQ(events_.Of(base::Event::kStoreResumed), 0);
}

TEST_F(JournalTest, AnyOtherFailureStopsForGoodAndAcknowledgesNothing) {
  Open();
  under_->FailWith(absl::UnavailableError("the device failed"));
  EXPECT_EQ(base::ReasonOf(Commit(PutMailbox(SomeMailbox()))), base::Reason::kStoreFailed);
  under_->FailWith(absl::OkStatus());
  clock_.Advance(std::chrono::hours(1));
  EXPECT_EQ(base::ReasonOf(Commit(PutMailbox(SomeMailbox()))), base::Reason::kStoreFailed);
  while (failures_ == 0) std::this_thread::yield();
  EXPECT_EQ(failures_, 1);
  EXPECT_EQ(events_.Of(base::Event::kStoreFailed), 1);
}

TEST_F(JournalTest, TheQueueHasABound) {
  JournalLimits limits;
  limits.waiting = 10;
  Open(limits);
  Gate gate(*under_);
  std::atomic<int> ok{0};
  std::atomic<int> refused{0};
  const auto count = [&](const absl::Status& status) {
    if (status.ok()) ++ok;
    if (base::ReasonOf(status) == base::Reason::kBudgetExhausted) ++refused;
  };
  store_->committer().Commit(PutMailbox(SomeMailbox()), count);
  gate.AwaitEntry();
  for (int i = 0; i < 15; ++i) store_->committer().Commit(PutMailbox(SomeMailbox()), count);
  while (refused < 5) std::this_thread::yield();
  gate.Open();
  while (ok < 11) std::this_thread::yield();
  EXPECT_EQ(refused, 5);
  EXPECT_EQ(events_.Of(base::Event::kStoreSlow), 5);
}

TEST_F(JournalTest, EndingWritesWhatWaitsAndTellsEverybody) {
  Open();
  std::atomic<int> done{0};
  {
    Gate gate(*under_);
    for (int i = 0; i < 20; ++i)
      store_->committer().Commit(PutMailbox(SomeMailbox()), [&](const absl::Status& status) { done += status.ok(); });
    gate.AwaitEntry();
  }
  store_.reset();
  EXPECT_EQ(done, 20);
}

TEST_F(JournalTest, CountersFollowTheRows) {
  Open();
  base::Transaction transaction = PutMailbox(SomeMailbox());
  transaction.changes.Count(base::Counter::kOpenCases, "amira", 2);
  transaction.stamp = [](const base::Stamps&, base::ChangeSet& changes) {
    changes.Count(base::Counter::kOpenCases, "amira", -1);
  };
  ASSERT_TRUE(Commit(std::move(transaction)).ok());
  EXPECT_EQ(store_->reader().CountOf(base::Counter::kOpenCases, "amira"), 1);
  base::Transaction contended = PutMailbox(SomeMailbox());
  contended.changes.Count(base::Counter::kOpenCases, "amira", 5);
  contended.changes.ExpectUnchanged(base::Table::kMailbox, SomeMailbox().key(), base::RowVersion());
  EXPECT_FALSE(Commit(std::move(contended)).ok());
  EXPECT_EQ(store_->reader().CountOf(base::Counter::kOpenCases, "amira"), 1);
}

TEST_F(JournalTest, RowsMovedChangedOrSwappedAreRefusedAndSaidSo) {
  Open();
  const cases::Mailbox one = SomeMailbox();
  const cases::Mailbox two = SomeMailbox();
  ASSERT_TRUE(Commit(PutMailbox(one)).ok());
  ASSERT_TRUE(Commit(PutMailbox(two)).ok());
  const std::string disk_one = std::string(1, static_cast<char>(base::Table::kMailbox)) + one.key();
  const std::string disk_two = std::string(1, static_cast<char>(base::Table::kMailbox)) + two.key();
  std::string value;
  ASSERT_TRUE(*under_->Get(disk_one, &value));
  const auto plant = [&](const std::string& bytes) {
    const RowWrite write{disk_two, bytes};
    ASSERT_TRUE(under_->Commit({&write, 1}, {}).ok());
  };
  std::string good;
  ASSERT_TRUE(*under_->Get(disk_two, &good));
  plant(value);  // another row's bytes
  EXPECT_EQ(store_->reader().Get<cases::Mailbox>(two.key()).status().code(), absl::StatusCode::kDataLoss);
  std::string flipped = good;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  plant(flipped);
  EXPECT_EQ(store_->reader().Get<cases::Mailbox>(two.key()).status().code(), absl::StatusCode::kDataLoss);
  EXPECT_EQ(events_.Of(base::Event::kRowRefused), 2);
  plant(good);
  EXPECT_TRUE(store_->reader().Get<cases::Mailbox>(two.key()).ok());
}

TEST_F(JournalTest, ScansPageWithinAPrefix) {
  Open();
  const base::StaffSlug amira = *base::StaffSlug::Parse("amira");
  const base::StaffSlug bo = *base::StaffSlug::Parse("bo");
  base::Transaction transaction;
  for (int i = 0; i < 25; ++i)
    for (const base::StaffSlug& staff : {amira, bo}) {
      cases::Membership membership;
      membership.staff = staff;
      membership.case_id = Draw<base::CaseId>();
      transaction.changes.Put(membership);
    }
  ASSERT_TRUE(Commit(std::move(transaction)).ok());
  std::set<std::string> seen;
  std::string after;
  for (int page = 0; page < 4; ++page) {
    std::size_t on_page = 0;
    ASSERT_TRUE(store_->reader()
                    .Scan<cases::Membership>(base::RowKey(amira), after, 10,
                                             [&](const base::Versioned<cases::Membership>& row) {
                                               EXPECT_EQ(row.record.staff, amira);
                                               EXPECT_TRUE(seen.insert(row.record.key()).second);
                                               after = row.record.key();
                                               ++on_page;
                                               return true;
                                             })
                    .ok());
    EXPECT_EQ(on_page, page < 2 ? 10U : page == 2 ? 5U : 0U);
  }
  EXPECT_EQ(seen.size(), 25U);
}

}  // namespace
}  // namespace alcove::storage
