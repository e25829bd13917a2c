// Promise P5: what is deleted is gone for good, and leaves a tombstone that its reporter can check.
//
// Every test that says "nothing opens" tries every key that is left on every value, and has a control in which a key that was
// kept does open it.
#include "server/app/shred.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "crypto/format/leaf.h"
#include "crypto/format/proof.h"
#include "server/app/errors.h"
#include "server/app/init.h"
#include "server/core/cases/doomed.h"
#include "server/core/clocks/seen.h"
#include "server/storage/backup.h"
#include "server/storage/codec.h"
#include "server/storage/errors.h"
#include "server/storage/label.h"
#include "server/storage/rocks_store.h"
#include "tests/server/app/ground.h"

namespace alcove::app {
namespace {

namespace fs = std::filesystem;
using base::Table;
using testing::HasSubstr;
using testing::IsEmpty;

// The process ends here, as far as the batch can tell.
struct Stopped {};

class Shredding : public testing::Test {
 protected:
  Shredding() {
    std::string name = (fs::temp_directory_path() / "alcove-shred-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    ground_ = std::make_unique<Ground>(Ground::Make(folder_ / "ground", 4));
  }
  ~Shredding() override { fs::remove_all(folder_); }

  const Ground::Case& Case(std::size_t number) const { return ground_->cases().at(number); }
  fs::path Backup(const std::string& name) const { return folder_ / name; }
  absl::StatusOr<Shredded> Run(storage::Take take = storage::Take::kDoomed) {
    return Shred(ground_->World(Backup("new"), clock_, take));
  }
  // Values of an old backup that any key which is left opens.
  std::size_t OpenedIn(const fs::path& backup, const storage::RawKeys& keys) {
    const auto rows = OpenRows(storage::DatabaseIn(backup.string()), true);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return storage::CountOpened(**rows, keys);
  }
  storage::RawKeys KeysOf(const fs::path& backup, const storage::ServerKeys& kept) {
    const auto rows = OpenRows(storage::DatabaseIn(backup.string()), true);
    return storage::KeysFrom(kept.kek, **rows);
  }
  // Whether these bytes are anywhere in the files under the directory.
  static bool Holds(const fs::path& directory, const std::string& bytes) {
    for (const auto& entry : fs::recursive_directory_iterator(directory)) {
      if (!entry.is_regular_file()) continue;
      std::ifstream in(entry.path(), std::ios::binary);
      const std::string all((std::istreambuf_iterator<char>(in)), {});
      if (all.find(bytes) != std::string::npos) return true;
    }
    return false;
  }
  // Pieces of every value of the database that are long enough to be found.
  std::vector<std::string> Pieces() {
    std::vector<std::string> pieces;
    const auto rows = OpenRows(storage::DatabaseIn(ground_->data().string()), true);
    (void)(*rows)->Scan({}, {}, [&](std::string_view, std::string_view value) {
      pieces.emplace_back(value.substr(0, 40));
      return true;
    });
    return pieces;
  }

  fs::path folder_;
  std::unique_ptr<Ground> ground_;
  GroundClock clock_;
};

TEST_F(Shredding, P5_WhatWasToGoIsGoneAndEverythingElseIsThereByteForByte) {
  ground_->Link(Case(0), Case(2));
  const Rows before = ground_->Snapshot();
  ground_->Doom(Case(0));
  ground_->Redact(Case(1));
  ASSERT_THAT(ground_->Problems(), IsEmpty()) << "control";
  const auto done = Run();
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->epoch, 1U);
  EXPECT_EQ(done->cases, 1U);
  EXPECT_EQ(done->entries, 1U);
  EXPECT_GT(done->rows_gone, 10U);
  const Rows after = ground_->Snapshot();
  EXPECT_THAT(Compare(before, after, {Case(0)}, {Case(1)}), IsEmpty());
  EXPECT_FALSE(Compare(before, after, {}, {}).empty()) << "control: the comparison sees what went";
  EXPECT_THAT(ground_->Problems(), IsEmpty());
  for (const auto& [key, bytes] : after) EXPECT_NE(key.first, Table::kDoomed);
  EXPECT_EQ(ground_->Keys().kek_facts.epoch, 2U);
  EXPECT_EQ(ground_->Keys().kek_facts.organisation, ground_->organisation());
  EXPECT_EQ(storage::ReadLabel(ground_->data().string())->epoch, 2U);
  for (const char* name : {"next", "shred", "shred.new"}) EXPECT_FALSE(fs::exists(ground_->data() / name)) << name;
  EXPECT_FALSE(fs::exists(ground_->keys() / kNextKekFile));
}

TEST_F(Shredding, P5_NoKeyThatIsLeftOpensAnythingOfBefore) {
  ground_->BackUp(Backup("old"));
  const storage::ServerKeys kept = ground_->Keys();
  ground_->Doom(Case(0));
  const std::vector<std::string> pieces = Pieces();
  ASSERT_TRUE(Holds(ground_->data(), pieces.at(pieces.size() / 2))) << "control";
  ASSERT_GT(OpenedIn(Backup("old"), ground_->RemainingKeys()), 50U) << "control: before it, the keys open their backup";
  ASSERT_TRUE(Run().ok());

  const storage::RawKeys left = ground_->RemainingKeys();
  EXPECT_EQ(OpenedIn(Backup("old"), left), 0U);
  for (const std::string& piece : pieces) EXPECT_FALSE(Holds(ground_->data(), piece)) << "an old row is still on the disk";
  EXPECT_FALSE(Holds(folder_, std::string(kept.kek.expose())));
  EXPECT_GT(OpenedIn(Backup("new"), left), 50U) << "the new backup lives";

  EXPECT_GT(OpenedIn(Backup("old"), KeysOf(Backup("old"), kept)), 50U)
      << "control: whoever kept the old key opens the old backup, and this scan would see it";
}

TEST_F(Shredding, P5_AnOldBackupBringsNothingBack) {
  ground_->BackUp(Backup("old"));
  ground_->Doom(Case(0));
  ASSERT_TRUE(Run().ok());
  const storage::ServerKeys keys = ground_->Keys();
  const storage::BackupParts parts{keys.kek, keys.log_key.verify_key(), crypto::SystemRandom(), OpenRows, keys.kek_facts};
  const auto restored = storage::RestoreBackup(Backup("old").string(), (folder_ / "restored").string(), parts);
  EXPECT_EQ(restored.status(), storage::KekOfLaterEpoch(1, 2));
  EXPECT_THAT(std::string(restored.status().message()), HasSubstr("from before a shredding"));
  EXPECT_FALSE(fs::exists(folder_ / "restored"));
  EXPECT_TRUE(storage::RestoreBackup(Backup("new").string(), (folder_ / "restored").string(), parts).ok()) << "control";
}

TEST_F(Shredding, P5_ADatabasePutBackByHandIsRefused) {
  fs::copy(ground_->data() / "db", folder_ / "db", fs::copy_options::recursive);
  ground_->Doom(Case(0));
  ASSERT_TRUE(Run().ok());
  fs::remove_all(ground_->data() / "db");
  fs::copy(folder_ / "db", ground_->data() / "db", fs::copy_options::recursive);
  const storage::ServerKeys keys = ground_->Keys();
  const auto rows = OpenRows(storage::DatabaseIn(ground_->data().string()), true);
  ASSERT_TRUE(rows.ok());
  EXPECT_EQ(storage::Vault::Open(**rows, keys.kek, crypto::SystemRandom()).status(), storage::WrongKek());
}

TEST_F(Shredding, P5_TheTombstoneProvesWhatHappenedAndToWhom) {
  ground_->Doom(Case(0));
  const auto doomed_row = ground_->Snapshot().at({Table::kDoomed, base::RowKey(Case(0).id)});
  const auto doomed = storage::CodecOf(Table::kDoomed)->decode(doomed_row);
  const cases::Cause cause = *static_cast<const cases::Doomed&>(*doomed).whole;
  ASSERT_TRUE(Run().ok());
  const auto record =
      storage::CodecOf(Table::kTombstone)->decode(ground_->Snapshot().at({Table::kTombstone, base::RowKey(Case(0).id)}));
  const auto& tombstone = static_cast<const cases::Tombstone&>(*record);

  format::ProofOfFiling proof;
  proof.organisation = ground_->organisation();
  proof.log_key = ground_->Keys().log_key.verify_key();
  proof.leaf = tombstone.content;
  proof.salt = *format::LeafSalt::FromBytes(tombstone.salt);
  proof.promise = tombstone.promise;
  const auto shown = format::VerifyProof(proof);
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->leaf.kind, format::LeafKind::kCaseShredded);
  EXPECT_EQ(shown->leaf.case_id, Case(0).id);
  EXPECT_EQ(shown->leaf.number, 3U) << "the chain goes on from what the reporter has seen";
  const auto details = format::ParseShredded(shown->leaf);
  ASSERT_TRUE(details.ok());
  EXPECT_EQ(details->mailbox, format::TombstoneMailbox(ground_->organisation(), Case(0).mailbox));
  EXPECT_NE(details->mailbox, format::TombstoneMailbox(ground_->organisation(), Case(1).mailbox));
  EXPECT_EQ(details->cause, static_cast<std::uint8_t>(*cause.kind));
  EXPECT_EQ(details->approval, cause.approval);
  EXPECT_EQ(details->decided, cause.day);
  EXPECT_EQ(details->key_epoch, 1U);

  for (std::size_t bit = 0; bit < tombstone.content.size() * 8; ++bit) {
    format::ProofOfFiling changed = proof;
    changed.leaf[bit / 8] = static_cast<char>(changed.leaf[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(format::VerifyProof(changed).ok()) << "bit " << bit;
  }
}

// Stopped at each boundary in turn, and then started: the old state, or the new one, and never anything between.
TEST_F(Shredding, P5_StoppedAtAnyBoundaryItCompletesOrLeavesTheOldState) {
  for (int step = 0; step < kShredSteps; ++step) {
    const std::string name(Name(static_cast<ShredStep>(step)));
    const Ground ground = Ground::Make(folder_ / name, 3);
    Ground changing = ground;
    const Rows before = ground.Snapshot();
    changing.Doom(ground.cases()[0]);
    changing.Redact(ground.cases()[1]);
    ground.BackUp(Backup("old-" + name));
    const std::string old_kek = *ReadFile(ground.keys() / "kek.key", 256);
    ShredWorld world = ground.World(Backup("new-" + name), clock_);
    bool reached = false;
    world.at = [&](ShredStep at) {
      if (static_cast<int>(at) != step) return;
      reached = true;
      throw Stopped();
    };
    EXPECT_THROW((void)Shred(world), Stopped) << name;
    ASSERT_TRUE(reached) << name;

    const auto finished = FinishShred(ground.data(), ground.places(), crypto::SystemRandom());
    ASSERT_TRUE(finished.ok()) << name << ": " << finished.status();
    const bool switched = static_cast<ShredStep>(step) >= ShredStep::kSwitching;
    EXPECT_EQ(*finished, static_cast<ShredStep>(step) == ShredStep::kDone ? Finished::kNothing
                         : switched                                      ? Finished::kCompleted
                                                                         : Finished::kUndone)
        << name;
    EXPECT_THAT(ground.Problems(), IsEmpty()) << name;
    for (const char* left : {"next", "shred", "shred.new"}) EXPECT_FALSE(fs::exists(ground.data() / left)) << name << left;
    EXPECT_FALSE(fs::exists(ground.keys() / kNextKekFile)) << name;
    if (switched) {
      EXPECT_THAT(Compare(before, ground.Snapshot(), {ground.cases()[0]}, {ground.cases()[1]}), IsEmpty()) << name;
      EXPECT_EQ(OpenedIn(Backup("old-" + name), ground.RemainingKeys()), 0U) << name;
      EXPECT_NE(*ReadFile(ground.keys() / "kek.key", 256), old_kek) << name;
      EXPECT_TRUE(fs::exists(Backup("new-" + name))) << name;
    } else {
      EXPECT_THAT(Compare(before, ground.Snapshot(), {}, {}), IsEmpty()) << name;
      EXPECT_EQ(*ReadFile(ground.keys() / "kek.key", 256), old_kek) << name;
      EXPECT_FALSE(fs::exists(Backup("new-" + name))) << name << ": a backup that nothing opens";
      ShredWorld again = ground.World(Backup("new-" + name), clock_);
      EXPECT_TRUE(Shred(again).ok()) << name << ": and then it works";
      EXPECT_THAT(Compare(before, ground.Snapshot(), {ground.cases()[0]}, {ground.cases()[1]}), IsEmpty()) << name;
    }
    EXPECT_EQ(*FinishShred(ground.data(), ground.places(), crypto::SystemRandom()), Finished::kNothing) << name;
  }
}

TEST_F(Shredding, ARotationOfTheKeyAloneKeepsAllAndKillsOldBackupsToo) {
  const Rows before = ground_->Snapshot();
  ground_->BackUp(Backup("old"));
  ground_->Doom(Case(0));
  const auto done = Run(storage::Take::kNothing);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_EQ(done->cases, 0U);
  EXPECT_EQ(done->rows_gone, 0U);
  EXPECT_THAT(Compare(before, ground_->Snapshot(), {}, {}), IsEmpty());
  EXPECT_TRUE(ground_->Snapshot().contains({Table::kDoomed, base::RowKey(Case(0).id)})) << "it stays doomed";
  EXPECT_EQ(OpenedIn(Backup("old"), ground_->RemainingKeys()), 0U);
  EXPECT_EQ(ground_->Keys().kek_facts.epoch, 2U);
  EXPECT_THAT(ground_->Problems(), IsEmpty());
}

TEST_F(Shredding, WhatTheServerDerivesStaysSoThatARepetitionFindsItsAnswer) {
  const auto seed = [&] {
    const auto rows = OpenRows(storage::DatabaseIn(ground_->data().string()), true);
    return std::string((*storage::Vault::Open(**rows, ground_->Keys().kek, crypto::SystemRandom()))->seed().expose());
  };
  const std::string before = seed();
  ASSERT_TRUE(Run(storage::Take::kNothing).ok());
  EXPECT_EQ(seed(), before);
}

TEST_F(Shredding, RefusalsAreNamedAndChangeNothing) {
  const Rows before = ground_->Snapshot();
  EXPECT_EQ(Run().status(), NothingToShred());
  ground_->Doom(Case(0));
  const Rows doomed = ground_->Snapshot();
  const auto unchanged = [&] {
    return ground_->Snapshot() == doomed && !fs::exists(ground_->data() / "shred") && !fs::exists(ground_->data() / "next") &&
           !fs::exists(Backup("new"));
  };

  fs::create_directory(Backup("new"));
  EXPECT_TRUE(absl::IsAlreadyExists(Run().status()));
  fs::remove(Backup("new"));
  EXPECT_TRUE(unchanged());

  std::ofstream(ground_->keys() / kNextKekFile) << "somebody's";
  EXPECT_TRUE(absl::IsAlreadyExists(Run().status()));
  EXPECT_TRUE(fs::exists(ground_->keys() / kNextKekFile)) << "what is not ours stays";
  fs::remove(ground_->keys() / kNextKekFile);
  EXPECT_TRUE(unchanged());

  // A KEK that systemd hands over cannot be replaced.
  fs::create_directory(folder_ / "credentials");
  fs::rename(ground_->keys() / "kek.key", folder_ / "credentials" / "kek.key");
  ShredWorld world = ground_->World(Backup("new"), clock_);
  world.keys.credentials = folder_ / "credentials";
  EXPECT_THAT(std::string(Shred(world).status().message()), HasSubstr("was handed over by systemd"));
  fs::rename(folder_ / "credentials" / "kek.key", ground_->keys() / "kek.key");
  EXPECT_TRUE(unchanged());

  fs::rename(ground_->data() / "mark", folder_ / "mark");
  EXPECT_EQ(Run().status(), storage::MarkMissing());
  fs::rename(folder_ / "mark", ground_->data() / "mark");
  EXPECT_TRUE(unchanged());
  EXPECT_TRUE(Run().ok()) << "control";
}

TEST_F(Shredding, P5_AKekOfAnotherOrganisationIsRefusedByName) {
  const Ground other = Ground::Make(folder_ / "other", 1);
  ground_->Doom(Case(0));
  fs::rename(ground_->keys() / "kek.key", folder_ / "kept");
  fs::copy_file(other.keys() / "kek.key", ground_->keys() / "kek.key");
  EXPECT_THAT(std::string(Run().status().message()), HasSubstr("another organisation's"));
  fs::remove(ground_->keys() / "kek.key");
  fs::rename(folder_ / "kept", ground_->keys() / "kek.key");

  // The right organisation's, of another time.
  const std::string first = *ReadFile(ground_->keys() / "kek.key", 256);
  ASSERT_TRUE(Run().ok());
  const std::string second = *ReadFile(ground_->keys() / "kek.key", 256);
  std::ofstream(ground_->keys() / "kek.key", std::ios::trunc) << first;
  EXPECT_THAT(std::string(Shred(ground_->World(Backup("newer"), clock_)).status().message()), HasSubstr("key here is number 1"));
  std::ofstream(ground_->keys() / "kek.key", std::ios::trunc) << second;
  EXPECT_EQ(Shred(ground_->World(Backup("newer"), clock_)).status(), NothingToShred()) << "control";
}

TEST_F(Shredding, AClockThatLeaptHoldsItBack) {
  ground_->Doom(Case(0));
  ASSERT_TRUE(Run(storage::Take::kNothing).ok()) << "a new key destroys nothing that was to stay";
  // Somebody looked at the clock a month ago.
  clocks::SeenTime seen;
  seen.seen = clock_.now;
  const storage::ServerKeys keys = ground_->Keys();
  {
    const auto rows = OpenRows(storage::DatabaseIn(ground_->data().string()), false);
    const auto vault = storage::Vault::Open(**rows, keys.kek, crypto::SystemRandom());
    std::string text, disk_key, value;
    storage::CodecOf(Table::kClock)->encode(seen, &text);
    ASSERT_TRUE((*vault)->keys().Append(Table::kClock, "", &disk_key).ok());
    (*vault)->Seal(**(*vault)->KeyFor(Table::kClock, ""), disk_key, &text, &value);
    const storage::RowWrite write{disk_key, value};
    ASSERT_TRUE((*rows)->Commit({&write, 1}, {}).ok());
  }
  const ShredWorld leapt = ground_->World(Backup("newer"), clock_);
  clock_.now += std::chrono::hours(24 * 30);
  EXPECT_EQ(Shred(leapt).status(), ShreddingWaitsForClock());
  EXPECT_FALSE(fs::exists(Backup("newer")));
  clock_.now -= std::chrono::hours(24 * 30);
  EXPECT_TRUE(Shred(leapt).ok()) << "control";
}

TEST_F(Shredding, WaitsWhileTheLogKeyIsReplaced) {
  ground_->Doom(Case(0));
  const ShredWorld world = ground_->World(Backup("new"), clock_);
  ASSERT_TRUE(MakeNextLogKey(ground_->keys(), crypto::SystemRandom()).ok());
  const fs::path next = ground_->keys() / KeyFileName(KeyKind::kNextLog);
  EXPECT_EQ(Shred(world).status(), LogKeyIsReplaced(next));
  EXPECT_FALSE(fs::exists(Backup("new")));
  fs::remove(next);
  EXPECT_TRUE(Shred(world).ok()) << "control";
}

TEST_F(Shredding, AFullDiskInTheMiddleLeavesTheOldState) {
  const Rows before = ground_->Snapshot();
  ground_->Doom(Case(0));
  ShredWorld world = ground_->World(Backup("new"), clock_);
  world.create = [](const std::string& directory) {
    storage::RocksOptions options;
    options.directory = directory;
    options.create = true;
    options.reserve_bytes = std::uint64_t{1} << 60;  // there is never so much room
    return storage::OpenRocksStore(options);
  };
  EXPECT_FALSE(Shred(world).ok());
  EXPECT_THAT(Compare(before, ground_->Snapshot(), {}, {}), IsEmpty());
  EXPECT_FALSE(fs::exists(ground_->data() / "next"));
  EXPECT_FALSE(fs::exists(ground_->keys() / kNextKekFile));
  EXPECT_TRUE(Run().ok()) << "control: with room it works";
}

TEST_F(Shredding, ARowThatDoesNotOpenStopsIt) {
  ground_->Doom(Case(0));
  {
    const auto rows = OpenRows(storage::DatabaseIn(ground_->data().string()), false);
    const std::string key = std::string(1, static_cast<char>(Table::kEntry)) +
                            base::RowKey(Case(2).id, std::uint8_t{1}, std::uint32_t{0});
    std::string value;
    ASSERT_TRUE(*(*rows)->Get(key, &value));
    value[30] = static_cast<char>(value[30] ^ 1);
    const storage::RowWrite write{key, value};
    ASSERT_TRUE((*rows)->Commit({&write, 1}, {}).ok());
  }
  EXPECT_TRUE(absl::IsDataLoss(Run().status())) << "nothing is thrown away while not all of it is understood";
  EXPECT_TRUE(fs::exists(ground_->keys() / "kek.key"));
  EXPECT_EQ(ground_->Keys().kek_facts.epoch, 1U);
}

TEST_F(Shredding, AJournalThatCannotBeReadIsNoReasonToGuess) {
  ground_->Doom(Case(0));
  for (const char* text : {"", "alcove.shred.v1\n", "alcove.shred.v1\nphase dancing\nbackup /x\n",
                           "alcove.shred.v1\nphase switching\nbackup relative\n"}) {
    std::ofstream(ground_->data() / "shred", std::ios::trunc) << text;
    EXPECT_TRUE(absl::IsDataLoss(FinishShred(ground_->data(), ground_->places(), crypto::SystemRandom()).status())) << text;
  }
  fs::remove(ground_->data() / "shred");
  EXPECT_EQ(*FinishShred(ground_->data(), ground_->places(), crypto::SystemRandom()), Finished::kNothing);
}

TEST_F(Shredding, ManyInARow) {
  const Rows before = ground_->Snapshot();
  std::vector<Ground::Case> gone;
  for (std::size_t i = 0; i < 3; ++i) {
    ground_->Doom(Case(i));
    gone.push_back(Case(i));
    ASSERT_TRUE(Shred(ground_->World(Backup("new-" + std::to_string(i)), clock_)).ok());
  }
  EXPECT_THAT(Compare(before, ground_->Snapshot(), gone, {}), IsEmpty());
  EXPECT_EQ(ground_->Keys().kek_facts.epoch, 4U);
  EXPECT_THAT(ground_->Problems(), IsEmpty());
  EXPECT_EQ(OpenedIn(Backup("new-0"), ground_->RemainingKeys()), 0U);
  EXPECT_EQ(OpenedIn(Backup("new-1"), ground_->RemainingKeys()), 0U);
}

}  // namespace
}  // namespace alcove::app
