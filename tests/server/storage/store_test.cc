// A data directory across restarts: what is kept, what is refused, what a backup gives back, what a thief finds.
#include "server/storage/store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <fstream>
#include <map>
#include <set>
#include <thread>

#include "crypto/aead.h"
#include "crypto/format/approval.h"
#include "crypto/hkdf.h"
#include "server/core/approvals/records.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/doomed.h"
#include "server/core/hr/records.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"
#include "server/core/people/records.h"
#include "server/storage/backup.h"
#include "server/storage/check.h"
#include "server/storage/errors.h"
#include "tests/server/storage/fakes.h"

namespace alcove::storage {
namespace {

std::map<std::string, std::string> FilesUnder(const std::string& directory) {
  std::map<std::string, std::string> files;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    files[entry.path().string()] = std::string((std::istreambuf_iterator<char>(in)), {});
  }
  return files;
}

bool Holds(const std::map<std::string, std::string>& files, const std::string& text) {
  for (const auto& [name, bytes] : files)
    if (bytes.find(text) != std::string::npos || name.find(text) != std::string::npos) return true;
  return false;
}

class StoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_EQ(mkdir(data_.c_str(), 0700), 0);
    auto rows = CreateRocks(DatabaseIn(data_));
    ASSERT_TRUE(rows.ok()) << rows.status();
    ASSERT_TRUE(CreateStore(**rows, data_, keys_.kek, organisation_, crypto::SystemRandom()).ok());
  }

  absl::Status Open(const ServerKeys& keys) {
    store_.reset();
    auto rows = RocksOpener()(DatabaseIn(data_), false);
    if (!rows.ok()) return rows.status();
    auto opened =
        Store::Open(*std::move(rows), data_, {keys, clock_, events_, crypto::SystemRandom(), {}, {}, JournalLimits()});
    if (!opened.ok()) return opened.status();
    store_ = *std::move(opened);
    return absl::OkStatus();
  }
  absl::Status Open() { return Open(keys_); }
  absl::Status Commit(base::Transaction transaction) {
    return CommitAndWait(store_->committer(), std::move(transaction));
  }
  absl::StatusOr<CheckReport> Check() {
    auto rows = RocksOpener()(DatabaseIn(data_), true);
    if (!rows.ok()) return rows.status();
    auto mark = Mark::Open(MarkIn(data_), keys_.kek);
    if (!mark.ok()) return mark.status();
    return CheckStore(**rows, keys_.kek, keys_.log_key.verify_key(), &(*mark)->state(), crypto::SystemRandom());
  }
  // Nothing else has the database open: as a thief or a fault would change a row.
  void Plant(const std::string& disk_key, const std::string& value, bool remove = false) {
    const auto rows = RocksOpener()(DatabaseIn(data_), false);
    ASSERT_TRUE(rows.ok());
    const RowWrite write{disk_key, value, remove};
    ASSERT_TRUE((*rows)->Commit({&write, 1}, {}).ok());
  }
  BackupParts Parts() { return {keys_.kek, keys_.log_key.verify_key(), crypto::SystemRandom(), RocksOpener()}; }

  const TemporaryDirectory directory_;
  const std::string data_ = directory_ / "data";
  const ServerKeys keys_ = DrawServerKeys();
  const base::OrganisationId organisation_ = Draw<base::OrganisationId>();
  FakeClock clock_;
  CountingSink events_;
  std::unique_ptr<Store> store_;
};

TEST_F(StoreTest, ComesBackAfterARestartWithItsLedger) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 70; ++i) ASSERT_TRUE(Commit(WithLeaf({})).ok());
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ((*store_->reader().Get<cases::Case>(id.view()))->record.desk, "text");
  std::uint64_t index = 0;
  base::Transaction more = WithLeaf({});
  more.stamp = [&](const base::Stamps& stamps, base::ChangeSet&) { index = stamps.leaves[0].index; };
  ASSERT_TRUE(Commit(std::move(more)).ok());
  EXPECT_EQ(index, 70U);
  store_.reset();
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_EQ(report->problems, std::vector<std::string>());
  EXPECT_EQ(report->ledger.size, 71U);
  EXPECT_EQ(report->rows.at(base::Table::kCase), 1U);
}

TEST_F(StoreTest, AnotherKekIsRefusedByNameAndChangesNothing) {
  EXPECT_EQ(Open(DrawServerKeys()), WrongKek());
  EXPECT_TRUE(Open().ok());
}

TEST_F(StoreTest, ANewerFormatIsRefused) {
  // As a later program would write it: the number is all that may be relied on.
  const crypto::SymmetricKey wrapping = crypto::DeriveKey(keys_.kek, "alcove at rest, wrapping key v1");
  const std::string key(1, static_cast<char>(base::Table::kFormat));
  std::string format = "ALF1";
  base::AppendKeyPart(format, std::uint32_t{kFormatNumber + 1});
  format.append("what a later program adds");
  Plant(key, crypto::Seal(wrapping, format, crypto::AssociatedData(key), crypto::SystemRandom()));
  EXPECT_EQ(Open(), FormatNewer());
  EXPECT_EQ(Check().status(), FormatNewer());
}

TEST_F(StoreTest, AnOlderFormatIsReadAndFromThenOnRefusedByTheOlderProgram) {
  ASSERT_TRUE(Open().ok());
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Commit(FilingOf(id, "before")).ok());
  store_.reset();
  const std::string key(1, static_cast<char>(base::Table::kFormat));
  const crypto::SymmetricKey wrapping = crypto::DeriveKey(keys_.kek, "alcove at rest, wrapping key v1");
  const auto number = [&] {
    std::string value;
    const auto rows = RocksOpener()(DatabaseIn(data_), true);
    EXPECT_TRUE(rows.ok() && *(*rows)->Get(key, &value));
    const auto opened = crypto::Open(wrapping, value, crypto::AssociatedData(key));
    return opened.ok() ? std::string(opened->view()) : std::string();
  };
  std::string format = number();
  ASSERT_EQ(format[7], kFormatNumber);
  format[7] = 2;
  crypto::Plaintext older;
  older.bytes = format;
  Plant(key, crypto::Seal(wrapping, older, crypto::AssociatedData(key), crypto::SystemRandom()));
  // What format 2 kept of the place of a leaf; nobody reads it.
  Plant(std::string(1, static_cast<char>(base::Table::kLeaf)).append(32, 'l'), std::string(168, 'x'));
  ASSERT_EQ(Check()->problems, std::vector<std::string>());
  ASSERT_EQ(number()[7], 2) << "looking changes nothing";

  ASSERT_TRUE(Open().ok());
  EXPECT_EQ((*store_->reader().Get<cases::Case>(id.view()))->record.desk, "before");
  store_.reset();
  format[7] = kFormatNumber;
  EXPECT_EQ(number(), format) << "the same keys under the newer number";
}

TEST_F(StoreTest, KnowsWhereEveryLeafStandsAlsoAfterARestart) {
  ASSERT_TRUE(Open().ok());
  std::vector<crypto::Digest> hashes;
  const auto commit = [&](int leaves, std::uint32_t pad) {
    base::Transaction more;
    for (int i = 0; i < leaves; ++i) {
      more.leaves.push_back({.commitment = Draw<crypto::Digest>()});
      hashes.push_back(ledger::LeafHash(more.leaves.back().commitment));
    }
    more.pad_to_multiple_of = pad;
    ASSERT_TRUE(Commit(std::move(more)).ok());
  };
  const auto all_found = [&] {
    const auto unknown = store_->reader().Get<ledger::LeafPlace>(Draw<crypto::Digest>().view());
    if (!unknown.ok() || *unknown) return false;
    for (std::size_t i = 0; i < hashes.size(); ++i) {
      const auto place = store_->reader().Get<ledger::LeafPlace>(hashes[i].view());
      if (!place.ok() || !*place || (*place)->record.index != i) return false;
    }
    return true;
  };
  for (const int leaves : {1, 62, 1, 1, 190, 1, 1, 300}) {
    commit(leaves, 0);
    EXPECT_TRUE(all_found()) << hashes.size();
  }
  ASSERT_TRUE(Open().ok());
  EXPECT_TRUE(all_found()) << "after a restart";
  commit(5, 0);
  EXPECT_TRUE(all_found());
  store_.reset();
  std::string place_key;
  const auto rows = RocksOpener()(DatabaseIn(data_), true);
  std::size_t place_rows = 0;
  ASSERT_TRUE((*rows)->Scan(std::string(1, static_cast<char>(base::Table::kLeaf)), {}, [&](std::string_view, std::string_view) {
                         ++place_rows;
                         return true;
                       }).ok());
  EXPECT_EQ(place_rows, 0U);
}

TEST_F(StoreTest, AMissingTileClosesNothingAndIsNotTakenForLeavesThatNeverWere) {
  ASSERT_TRUE(Open().ok());
  std::vector<crypto::Digest> hashes;
  const auto commit = [&] {
    base::Transaction more;
    for (int leaf = 0; leaf < 128; ++leaf) {
      more.leaves.push_back({.commitment = Draw<crypto::Digest>()});
      hashes.push_back(ledger::LeafHash(more.leaves.back().commitment));
    }
    return Commit(std::move(more));
  };
  for (int i = 0; i < 5; ++i) ASSERT_TRUE(commit().ok());
  const auto place = [&](const crypto::Digest& hash) { return store_->reader().Get<ledger::LeafPlace>(hash.view()); };
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(place(Draw<crypto::Digest>()).ok() && events_.Of(base::Event::kRowRefused) == 0) << "the control";
  store_.reset();
  // The first tile, which is not at the edge: nothing else at start looks at it.
  Plant(std::string(1, static_cast<char>(base::Table::kTile)).append(9, '\0'), {}, true);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ(events_.Of(base::Event::kRowRefused), 1);
  ASSERT_TRUE(commit().ok());
  for (std::size_t i = 256; i < hashes.size(); ++i) EXPECT_EQ((*place(hashes[i]))->record.index, i);
  EXPECT_TRUE(absl::IsDataLoss(place(hashes[0]).status()));
  EXPECT_TRUE(absl::IsDataLoss(place(Draw<crypto::Digest>()).status()));
  store_.reset();
  const auto report = Check();
  ASSERT_TRUE(report.ok());
  EXPECT_EQ(report->problems.size(), 1U);
}

TEST_F(StoreTest, ALogCutAtARecordBoundaryIsARollback) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(FilingOf(Draw<base::CaseId>(), "kept")).ok());
  std::map<std::string, std::string> before;
  for (const auto& [name, bytes] : FilesUnder(DatabaseIn(data_)))
    if (name.ends_with(".log")) before[name] = bytes;
  ASSERT_TRUE(Commit(FilingOf(Draw<base::CaseId>(), "lost")).ok());
  store_.reset();
  const auto after = FilesUnder(DatabaseIn(data_));
  bool cut = false;
  for (const auto& [name, bytes] : before) {
    ASSERT_TRUE(after.contains(name));
    if (after.at(name).size() == bytes.size()) continue;
    ASSERT_EQ(truncate(name.c_str(), static_cast<off_t>(bytes.size())), 0);
    cut = true;
  }
  ASSERT_TRUE(cut);
  ASSERT_TRUE(RocksOpener()(DatabaseIn(data_), false).ok()) << "RocksDB itself sees nothing wrong: that is the point";
  EXPECT_EQ(Open(), RolledBack());
  const auto report = Check();
  ASSERT_TRUE(report.ok());
  EXPECT_FALSE(report->ok());
}

TEST_F(StoreTest, ADeletedLogIsARollback) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(FilingOf(Draw<base::CaseId>(), "lost")).ok());
  store_.reset();
  for (const auto& [name, bytes] : FilesUnder(DatabaseIn(data_)))
    if (name.ends_with(".log")) std::filesystem::remove(name);
  EXPECT_FALSE(Open().ok());
}

TEST_F(StoreTest, AnOlderCopyOfTheDatabaseIsARollbackAndAMissingMarkIsNamed) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
  store_.reset();
  std::filesystem::copy(DatabaseIn(data_), directory_ / "old", std::filesystem::copy_options::recursive);
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
  store_.reset();
  std::filesystem::rename(DatabaseIn(data_), directory_ / "new");
  std::filesystem::rename(directory_ / "old", DatabaseIn(data_));
  EXPECT_EQ(Open(), RolledBack());
  std::filesystem::remove_all(DatabaseIn(data_));
  std::filesystem::rename(directory_ / "new", DatabaseIn(data_));
  EXPECT_TRUE(Open().ok()) << "control: the newest copy is accepted";
  store_.reset();
  std::filesystem::remove(MarkIn(data_));
  EXPECT_EQ(Open(), MarkMissing());
}

TEST_F(StoreTest, AnotherLedgerOfTheSameSizeIsAFork) {
  ASSERT_TRUE(Open().ok());
  store_.reset();
  std::filesystem::copy(DatabaseIn(data_), directory_ / "fork", std::filesystem::copy_options::recursive);
  std::filesystem::copy(MarkIn(data_), directory_ / "fork-mark");
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
  store_.reset();
  std::filesystem::rename(MarkIn(data_), directory_ / "mark");
  std::filesystem::rename(directory_ / "fork-mark", MarkIn(data_));
  std::filesystem::remove_all(DatabaseIn(data_));
  std::filesystem::rename(directory_ / "fork", DatabaseIn(data_));
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
  store_.reset();
  std::filesystem::rename(directory_ / "mark", MarkIn(data_));
  EXPECT_EQ(Open(), Forked());
}

TEST_F(StoreTest, AMarkThatLagsAfterAPowerCutIsAccepted) {
  ASSERT_TRUE(Open().ok());
  store_.reset();
  std::filesystem::copy(MarkIn(data_), directory_ / "mark");
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
  store_.reset();
  std::filesystem::rename(directory_ / "mark", MarkIn(data_));
  ASSERT_TRUE(Open().ok());
  store_.reset();
  EXPECT_EQ((*Mark::Open(MarkIn(data_), keys_.kek))->state().leaves, 1U) << "the mark did not catch up";
}

TEST_F(StoreTest, CheckFindsWhatOpeningDoesNotLookAt) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  store_.reset();
  ASSERT_TRUE(Check()->ok()) << Check()->problems.front();

  const std::string entry_key = std::string(1, static_cast<char>(base::Table::kEntry)) +
                                base::RowKey(id, std::uint8_t{1}, std::uint32_t{0});
  std::string entry;
  {
    const auto rows = RocksOpener()(DatabaseIn(data_), true);
    ASSERT_TRUE(*(*rows)->Get(entry_key, &entry));
  }
  std::string flipped = entry;
  flipped[60] = static_cast<char>(flipped[60] ^ 4);
  Plant(entry_key, flipped);
  EXPECT_FALSE(Check()->ok()) << "a flipped bit";
  Plant(entry_key, "", true);
  EXPECT_FALSE(Check()->ok()) << "a missing row";
  Plant(entry_key, entry);
  EXPECT_TRUE(Check()->ok()) << "control";
  Plant(std::string(1, '\x63') + "what", std::string(64, 'x'));
  EXPECT_FALSE(Check()->ok()) << "a row of no table";
}

TEST_F(StoreTest, CheckFindsAChartThatDoesNotFitItself) {
  people::ChartHead head;
  head.version = 1;
  head.employees = 1;
  people::ChartPage page;
  page.part.employees = {{Draw<base::EmployeeId>(), true, 0, 1, 0}};
  page.part.tags = {Draw<crypto::Digest>()};
  const auto with = [&](const std::function<void(base::ChangeSet&)>& change) {
    EXPECT_TRUE(Open().ok());
    base::Transaction transaction;
    change(transaction.changes);
    EXPECT_TRUE(Commit(std::move(transaction)).ok());
    store_.reset();
    return Check()->problems;
  };
  EXPECT_FALSE(with([&](base::ChangeSet& changes) { changes.Put(head); }).empty()) << "a page is missing";
  EXPECT_EQ(with([&](base::ChangeSet& changes) { changes.Put(page); }), std::vector<std::string>()) << "control";
  ASSERT_TRUE(MakeBackup(**RocksOpener()(DatabaseIn(data_), false), data_ + "/scratch", directory_ / "backup", Parts()).ok());
  people::ChartPage edge_to_nobody = page;
  edge_to_nobody.part.employees[0].edges = 1;
  edge_to_nobody.part.edges = {{7, 0, people::EdgeKind::kManager}};
  EXPECT_FALSE(with([&](base::ChangeSet& changes) { changes.Put(edge_to_nobody); }).empty());
  EXPECT_TRUE(with([&](base::ChangeSet& changes) { changes.Put(page); }).empty()) << "control";
  people::ChartPage surplus = page;
  surplus.page = 1;
  EXPECT_FALSE(with([&](base::ChangeSet& changes) { changes.Put(surplus); }).empty()) << "a page beyond the head";
  hr::SyncPage staged;
  staged.sync = Draw<hr::SyncId>();
  EXPECT_EQ(with([&](base::ChangeSet& changes) {
              changes.Delete(people::ChartPage::kTable, surplus.key());
              changes.Put(staged);
            }).size(),
            1u)
      << "a page of no sync";
}

// A request to confirm the clock as its administrator signed it, and who is led to it.
struct AskedClock {
  approvals::ClockApproval row;
  approvals::Party requester;
  approvals::Party decider;
};
AskedClock AskToConfirm(const base::OrganisationId& organisation, const base::CaseId& of_case = {}) {
  format::ApprovalTerms terms;
  terms.kind = of_case.IsZero() ? format::ApprovalKind::kConfirmClock : format::ApprovalKind::kCloseCase;
  terms.organisation = organisation;
  terms.case_id = of_case;
  terms.approval = Draw<base::ApprovalId>();
  terms.day = base::Day(20700);
  if (!of_case.IsZero()) terms.code = "finding_made";
  const auto decider = crypto::DecryptionKey::Draw(crypto::SystemRandom());
  AskedClock asked;
  cases::Approval& approval = asked.row.approval;
  approval.id = terms.approval;
  approval.case_id = of_case;
  approval.kind = terms.kind;
  approval.code = terms.code;
  approval.requester = *base::StaffSlug::Parse("ada");
  approval.request = *format::SealApprovalRequest(terms, std::array{decider.encryption_key()}, "The machine was off.",
                                                  crypto::SigningKey::Draw(crypto::SystemRandom()), crypto::SystemRandom());
  approval.decisions.push_back({*base::StaffSlug::Parse("otto"), format::Decision::kApprove, {}, {}, {}});
  asked.row.leap = {base::Day(20690), base::Day(20700)};
  asked.requester.staff = approval.requester;
  asked.decider.staff = approval.decisions[0].staff;
  for (approvals::Party* party : {&asked.requester, &asked.decider}) {
    party->approval = approval.id;
    party->case_id = of_case;
  }
  return asked;
}

TEST_F(StoreTest, CheckFindsAnApprovalThatLeadsNowhereOrSaysSomethingElse) {
  const AskedClock good = AskToConfirm(organisation_);
  const auto with = [&](const std::function<void(base::ChangeSet&)>& change) {
    EXPECT_TRUE(Open().ok());
    base::Transaction transaction;
    change(transaction.changes);
    EXPECT_TRUE(Commit(std::move(transaction)).ok());
    store_.reset();
    return Check()->problems;
  };
  const auto whole = [&](base::ChangeSet& changes) {
    changes.Put(good.row);
    changes.Put(good.requester);
    changes.Put(good.decider);
  };
  const std::vector<std::string> none;
  EXPECT_EQ(with(whole), none) << "control";
  const auto spoilt = [&](const std::function<void(approvals::ClockApproval&)>& spoil) {
    approvals::ClockApproval row = good.row;
    spoil(row);
    const std::size_t problems = with([&](base::ChangeSet& changes) { changes.Put(row); }).size();
    EXPECT_EQ(with(whole), none) << "control";
    return problems;
  };
  EXPECT_EQ(spoilt([](auto& row) { row.approval.kind = format::ApprovalKind::kCloseCase; }), 2u);
  EXPECT_EQ(spoilt([](auto& row) { row.approval.code = "finding_made"; }), 1u);
  EXPECT_EQ(spoilt([](auto& row) { row.approval.person = *base::StaffSlug::Parse("amira"); }), 1u);
  EXPECT_EQ(spoilt([](auto& row) { row.approval.requester = *base::StaffSlug::Parse("bjorn"); }), 1u) << "who is led nowhere";
  EXPECT_EQ(spoilt([](auto& row) { row.approval.decisions[0].staff = *base::StaffSlug::Parse("bjorn"); }), 1u);
  EXPECT_EQ(spoilt([](auto& row) { row.leap = {row.leap.to, row.leap.from}; }), 1u);
  EXPECT_EQ(spoilt([](auto& row) { row.approval.request.pop_back(); }), 1u);
  EXPECT_EQ(spoilt([&](auto& row) { row.approval.request = AskToConfirm(organisation_).row.approval.request; }), 1u)
      << "another's request";
  EXPECT_EQ(spoilt([](auto& row) { row.approval.request = AskToConfirm(Draw<base::OrganisationId>()).row.approval.request; }), 1u);

  EXPECT_EQ(with([&](base::ChangeSet& changes) { changes.Delete(approvals::ClockApproval::kTable, good.row.key()); }).size(), 2u)
      << "two people are led to nothing";
  EXPECT_EQ(with(whole), none) << "control";
  EXPECT_EQ(with([&](base::ChangeSet& changes) { changes.Delete(approvals::Party::kTable, good.decider.key()); }).size(), 1u);
  EXPECT_EQ(with(whole), none) << "control";
}

TEST_F(StoreTest, CheckHoldsApprovalsOfACaseToTheSame) {
  const auto id = Draw<base::CaseId>();
  const AskedClock asked = AskToConfirm(organisation_, id);
  ASSERT_TRUE(Open().ok());
  base::Transaction filing = FilingOf(id, "text");
  filing.changes.Put(asked.row.approval);
  filing.changes.Put(asked.requester);
  filing.changes.Put(asked.decider);
  ASSERT_TRUE(Commit(std::move(filing)).ok());
  store_.reset();
  EXPECT_EQ(Check()->problems, std::vector<std::string>()) << "control";
  ASSERT_TRUE(Open().ok());
  base::Transaction loses;
  loses.changes.Delete(cases::Approval::kTable, asked.row.approval.key());
  ASSERT_TRUE(Commit(std::move(loses)).ok());
  store_.reset();
  EXPECT_EQ(Check()->problems.size(), 2u);
}

TEST_F(StoreTest, ABackupTakenWhileServingIsAWholeStoreWithoutKeys) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(WithLeaf(FilingOf(id, "text"))).ok());
  std::atomic<bool> stop{false};
  std::thread writer([&] {
    while (!stop) ASSERT_TRUE(Commit(WithLeaf(FilingOf(Draw<base::CaseId>(), "meanwhile"))).ok());
  });
  const auto report = MakeBackup(store_->rows(), data_ + "/scratch", directory_ / "backup", Parts());
  stop = true;
  writer.join();
  ASSERT_TRUE(report.ok()) << report.status();
  EXPECT_GE(report->rows.at(base::Table::kCase), 1U);
  EXPECT_FALSE(std::filesystem::exists(data_ + "/scratch"));
  EXPECT_FALSE(std::filesystem::exists(directory_ / "backup.trial"));
  const auto files = FilesUnder(directory_ / "backup");
  EXPECT_FALSE(Holds(files, std::string(keys_.kek.expose())));
  EXPECT_FALSE(Holds(files, std::string(keys_.log_key.expose())));
  EXPECT_EQ(MakeBackup(store_->rows(), data_ + "/scratch", directory_ / "backup", Parts()).status(), NotEmpty());

  store_.reset();
  std::filesystem::remove_all(data_);
  ASSERT_TRUE(RestoreBackup(directory_ / "backup", data_, Parts()).ok());
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ((*store_->reader().Get<cases::Case>(id.view()))->record.desk, "text");
  ASSERT_TRUE(Commit(WithLeaf({})).ok());
}

TEST_F(StoreTest, ADamagedOrIncompleteBackupIsRefusedAndLeavesNothing) {
  ASSERT_TRUE(Open().ok());
  for (int i = 0; i < 20; ++i) ASSERT_TRUE(Commit(WithLeaf(FilingOf(Draw<base::CaseId>(), "text"))).ok());
  ASSERT_TRUE(MakeBackup(store_->rows(), data_ + "/scratch", directory_ / "backup", Parts()).ok());
  store_.reset();
  const std::string target = directory_ / "restored";
  std::vector<std::string> names;
  for (const auto& [name, bytes] : FilesUnder(directory_ / "backup")) names.push_back(name);
  for (const std::string& name : names) {
    std::filesystem::rename(name, directory_ / "away");
    EXPECT_FALSE(RestoreBackup(directory_ / "backup", target, Parts()).ok()) << "without " << name;
    EXPECT_FALSE(std::filesystem::exists(target));
    std::filesystem::copy(directory_ / "away", name);
    if (std::filesystem::file_size(name) > 0) {
      std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
      const int byte = file.get();
      file.seekp(0);
      file.put(static_cast<char>(byte ^ 1));
      file.close();
      EXPECT_FALSE(RestoreBackup(directory_ / "backup", target, Parts()).ok()) << "flipped in " << name;
      EXPECT_FALSE(std::filesystem::exists(target));
    }
    std::filesystem::rename(directory_ / "away", name);
  }
  EXPECT_TRUE(RestoreBackup(directory_ / "backup", target, Parts()).ok()) << "control";
  EXPECT_EQ(RestoreBackup(directory_ / "backup", target, Parts()).status(), NotEmpty());
}

TEST_F(StoreTest, ABackupIsOfNoUseWithoutTheKek) {
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(MakeBackup(store_->rows(), data_ + "/scratch", directory_ / "backup", Parts()).ok());
  const ServerKeys others = DrawServerKeys();
  const BackupParts parts{others.kek, others.log_key.verify_key(), crypto::SystemRandom(), RocksOpener()};
  EXPECT_FALSE(RestoreBackup(directory_ / "backup", directory_ / "restored", parts).ok());
}

TEST_F(StoreTest, PartsOfABlobAreDurableAndCounted) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  cases::Blob blob;
  blob.id = Draw<base::BlobId>();
  blob.case_id = id;
  blob.size = 2 * 131072;
  cases::BlobPart part;
  part.case_id = id;
  part.blob = blob.id;
  part.data = crypto::SystemRandom().Draw(131072);
  blob.received = 131072;
  base::Transaction transaction;
  transaction.changes.Insert(blob);
  transaction.changes.Insert(part);
  ASSERT_TRUE(Commit(std::move(transaction)).ok());
  store_.reset();
  EXPECT_TRUE(Check()->ok());
  EXPECT_EQ(Check()->blobs_incomplete, 1U);
  ASSERT_TRUE(Open().ok());
  EXPECT_EQ((*store_->reader().Get<cases::BlobPart>(part.key()))->record.data, part.data);
  blob.received = 2 * 131072;  // claims a part that is not there
  base::Transaction lie;
  lie.changes.Put(blob);
  ASSERT_TRUE(Commit(std::move(lie)).ok());
  store_.reset();
  EXPECT_FALSE(Check()->ok());
}

TEST_F(StoreTest, CheckNamesWhatIsToGoAndIsNotThere) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  base::Transaction filing = FilingOf(id, "text");
  cases::Doomed doomed;
  doomed.case_id = id;
  doomed.whole = cases::Cause{std::nullopt, {}, base::Day(20000)};
  filing.changes.Put(doomed);
  ASSERT_TRUE(Commit(std::move(filing)).ok());
  store_.reset();
  EXPECT_TRUE(Check()->ok()) << "control";
  ASSERT_TRUE(Open().ok());
  base::Transaction more;
  doomed.entries = {{format::Keyring::kThread, 9, *doomed.whole}};
  more.changes.Put(doomed);
  doomed.case_id = Draw<base::CaseId>();
  doomed.entries.clear();
  more.changes.Put(doomed);
  ASSERT_TRUE(Commit(std::move(more)).ok());
  store_.reset();
  const auto report = Check();
  EXPECT_EQ(std::set<std::string>(report->problems.begin(), report->problems.end()),
            (std::set<std::string>{"table doomed: an entry that is not there is to go",
                                   "table doomed: a case that is not there is to go"}));
}

TEST_F(StoreTest, CheckNamesWhatACaseCannotSayOfItself) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  cases::Case record = (*store_->reader().Get<cases::Case>(id.view()))->record;
  base::Transaction more;
  record.read = record.thread.length + 1;
  record.holds = {{"litigation", base::Day(20000)}, {"litigation", base::Day(20001)}};
  record.closing_reason = "finding_made";
  record.shortened = base::Day(20002);
  more.changes.Put(record);
  cases::Doomed doomed;
  doomed.case_id = id;
  doomed.whole = cases::Cause{std::nullopt, {}, base::Day(20000)};
  more.changes.Put(doomed);
  ASSERT_TRUE(Commit(std::move(more)).ok());
  store_.reset();
  const auto report = Check();
  EXPECT_EQ(std::set<std::string>(report->problems.begin(), report->problems.end()),
            (std::set<std::string>{"table case: more of its thread was written or read than there is",
                                   "table case: two holds for one reason",
                                   "table case: a reason for closing, or none, where it does not belong",
                                   "table case: an open case that is kept until a day",
                                   "table doomed: something is to go of a case that is held"}));
}

TEST_F(StoreTest, CheckMissesNoReceiptAndNoKeyOfACaseThatIsNotThere) {
  const auto id = Draw<base::CaseId>();
  ASSERT_TRUE(Open().ok());
  ASSERT_TRUE(Commit(FilingOf(id, "text")).ok());
  store_.reset();
  Plant(std::string(1, static_cast<char>(base::Table::kCase)).append(id.view()), "", true);
  const auto report = Check();
  ASSERT_TRUE(report.ok()) << report.status();
  const std::set<std::string> problems(report->problems.begin(), report->problems.end());
  EXPECT_TRUE(problems.contains("table case-key: a row of a case that is not there"));
  EXPECT_TRUE(problems.contains("table mailbox: it leads to a case that is not there"));
}

TEST_F(StoreTest, CheckBelievesNoTombstoneThatProvesNothing) {
  ASSERT_TRUE(Open().ok());
  base::Transaction filing = FilingOf(Draw<base::CaseId>(), "text");
  cases::Tombstone tombstone;
  tombstone.case_id = Draw<base::CaseId>();
  tombstone.content = "content";
  tombstone.salt = std::string(32, 's');
  filing.changes.Put(tombstone);
  ASSERT_TRUE(Commit(std::move(filing)).ok());
  store_.reset();
  EXPECT_EQ(Check()->problems, (std::vector<std::string>{"table tombstone: a leaf that the ledger does not have",
                                                         "table tombstone: it does not prove what it says"}));
}

TEST_F(StoreTest, P1_Thief_FindsNoFactAndNoNameInTheDirectory) {
  const std::string marker = "MARKER-harassment.sexual-berlin";
  const base::StaffSlug staff = *base::StaffSlug::Parse("amira-okonkwo-marker");
  ASSERT_TRUE(Open().ok());
  base::Transaction filing = FilingOf(Draw<base::CaseId>(), marker);
  cases::Membership membership;
  membership.staff = staff;
  membership.case_id = Draw<base::CaseId>();
  filing.changes.Put(membership);
  ASSERT_TRUE(Commit(std::move(filing)).ok());
  EXPECT_FALSE(Holds(FilesUnder(data_), marker)) << "in the log";
  EXPECT_FALSE(Holds(FilesUnder(data_), staff.text())) << "in the log";
  ASSERT_TRUE(store_->rows().Settle().ok());
  EXPECT_FALSE(Holds(FilesUnder(data_), marker)) << "in the tables";
  EXPECT_FALSE(Holds(FilesUnder(data_), staff.text())) << "in the tables";
  EXPECT_FALSE(Holds(FilesUnder(data_), std::string(keys_.kek.expose())));
  store_.reset();

  Plant("zz", marker);  // control: what is written unsealed is found
  EXPECT_TRUE(Holds(FilesUnder(data_), marker));
}

}  // namespace
}  // namespace alcove::storage
