#include "server/core/ledger/check.h"

#include <gtest/gtest.h>

#include <array>

#include "crypto/format/checkpoint.h"
#include "crypto/format/leaf.h"
#include "server/core/ledger/cut.h"
#include "server/core/ledger/draft.h"
#include "server/core/ledger/proofs.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {
namespace {

// A ledger of 300 dummy leaves and more, three checkpoints, three openings, and a few leaves past the last cut.
class CheckLedgerTest : public testing::Test {
 protected:
  void SetUp() override {
    for (int round = 0; round < 3; ++round) {
      base::Transaction transaction;
      for (uint64_t i = 0; i < 100; ++i)
        transaction.leaves.push_back({.commitment = DigestOf(static_cast<uint64_t>(round) * 100 + i)});
      DraftLeaf(organisation, Act::OfStaff(format::LeafKind::kCasesListed, Slug("amira"), now), random,
                transaction.changes, transaction.leaves);
      opened.push_back(LeafHash(transaction.leaves.back().commitment));
      ASSERT_TRUE(rows.Commit(std::move(transaction)).ok());
      now += std::chrono::hours(1);
      ASSERT_TRUE(rows.Commit(DecideCut(organisation, log_keys, now, random)).ok());
    }
    base::Transaction transaction;
    for (uint64_t i = 0; i < 5; ++i) transaction.leaves.push_back({.commitment = DigestOf(9000 + i)});
    ASSERT_TRUE(rows.Commit(std::move(transaction)).ok());
  }

  absl::StatusOr<CheckedLedger> Check() { return CheckLedger(rows, organisation, std::array{log_key.verify_key()}); }

  template <class R>
  R Read(const std::string& key) {
    auto row = rows.Get<R>(key);
    EXPECT_TRUE(row.ok() && row->has_value());
    return (*row)->record;
  }
  // The check refuses the changed row, and accepts the kept one afterwards.
  template <class R>
  void ExpectRefused(const R& kept, R changed, const std::string& what) {
    rows.Put(std::move(changed));
    EXPECT_TRUE(absl::IsDataLoss(Check().status())) << what;
    rows.Put(kept);
    EXPECT_TRUE(Check().ok()) << what << ": control";
  }

  SeededRandom random{6};
  base::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  crypto::SigningKey log_key = crypto::SigningKey::Draw(random);
  LogKeys log_keys{log_key.Clone()};
  MapRows rows;
  base::Instant now{std::chrono::seconds(1'700'000'000)};
  std::vector<crypto::Digest> opened;
};

TEST_F(CheckLedgerTest, AnUntouchedLedgerPasses) {
  auto checked = Check();
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->size, 128U + 128 + 128 + 5);
  EXPECT_EQ(checked->checkpoints, 3U);
  EXPECT_EQ(checked->openings, 3U);
  EXPECT_EQ(checked->root, rows.frontier.Root());
}

TEST_F(CheckLedgerTest, AnEmptyLedgerPasses) {
  MapRows empty;
  auto checked = CheckLedger(empty, organisation, std::array{log_key.verify_key()});
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->size, 0U);
}

TEST_F(CheckLedgerTest, AFlippedBitInAnyTileIsFound) {
  for (uint64_t index : {uint64_t{0}, uint64_t{1}}) {
    const Tile kept = Read<Tile>(base::RowKey(uint8_t{0}, index));
    for (size_t i : {size_t{0}, size_t{17}, kept.hashes.size() - 1}) {
      Tile changed = kept;
      changed.hashes[i] = FlipBit(changed.hashes[i], i);
      ExpectRefused(kept, changed, "tile");
    }
  }
  const Tile kept = Read<Tile>(base::RowKey(uint8_t{1}, uint64_t{0}));
  Tile changed = kept;
  changed.hashes[0] = FlipBit(changed.hashes[0], 200);
  ExpectRefused(kept, changed, "upper tile");
  changed = kept;
  changed.hashes.push_back(DigestOf(1));
  ExpectRefused(kept, changed, "upper tile with one more");
}

TEST_F(CheckLedgerTest, AChangedTailIsFound) {
  const Tree kept = Read<Tree>({});
  Tree changed = kept;
  changed.root = FlipBit(changed.root, 9);
  ExpectRefused(kept, changed, "root");
  changed = kept;
  changed.hashes[2] = FlipBit(changed.hashes[2], 9);
  ExpectRefused(kept, changed, "newest hashes");
  changed = kept;
  changed.hashes.pop_back();
  --changed.size;
  ExpectRefused(kept, changed, "one leaf less");
}

TEST_F(CheckLedgerTest, AChangedOrForgedCheckpointIsFound) {
  const Checkpoint kept = Read<Checkpoint>(base::RowKey(uint64_t{256}));
  Checkpoint changed = kept;
  changed.root = FlipBit(changed.root, 1);
  ExpectRefused(kept, changed, "root of the row");
  changed = kept;
  changed.note[changed.note.size() - 5] ^= 1;
  ExpectRefused(kept, changed, "signature");
  changed.root = DigestOf(3);
  changed.note = format::SignCheckpoint({.organisation = organisation, .size = 256, .root = changed.root}, log_key);
  ExpectRefused(kept, changed, "a well signed root of another tree");
}

TEST_F(CheckLedgerTest, AMissingRowIsFound) {
  const Tile tile = Read<Tile>(base::RowKey(uint8_t{0}, uint64_t{1}));
  rows.Erase(base::Table::kTile, tile.key());
  EXPECT_TRUE(absl::IsDataLoss(Check().status()));
  rows.Put(tile);
  ASSERT_TRUE(Check().ok());
  const Published newest = Read<Published>({});
  rows.Erase(base::Table::kPublished, {});
  EXPECT_TRUE(absl::IsDataLoss(Check().status()));
  rows.Put(newest);
  ASSERT_TRUE(Check().ok());
}

TEST_F(CheckLedgerTest, ARowTooManyIsFound) {
  Tile tile;
  tile.level = 0;
  tile.index = 9;
  tile.hashes = {DigestOf(1)};
  rows.Put(tile);
  EXPECT_TRUE(absl::IsDataLoss(Check().status()));
  rows.Erase(base::Table::kTile, tile.key());
  EXPECT_TRUE(Check().ok());
}

TEST_F(CheckLedgerTest, AnOpeningThatSaysSomethingElseIsFound) {
  const Opening kept = Read<Opening>(opened[1].str());
  for (size_t bit = 0; bit < kept.content.size() * 8; bit += 5) {
    Opening changed = kept;
    changed.content[bit / 8] = static_cast<char>(changed.content[bit / 8] ^ (1 << (bit % 8)));
    rows.Put(changed);
    EXPECT_FALSE(CheckOpening(rows, changed.content, changed.salt).ok()) << "bit " << bit;
  }
  Opening changed = kept;
  changed.salt[3] ^= 1;
  ExpectRefused(kept, changed, "salt");
  const Opening other = Read<Opening>(opened[2].str());
  changed = kept;
  changed.content = other.content;
  changed.salt = other.salt;
  ExpectRefused(kept, changed, "the opening of another leaf");
}

TEST_F(CheckLedgerTest, AnOpeningLeadsToItsLeaf) {
  const Opening opening = Read<Opening>(opened[0].str());
  auto index = CheckOpening(rows, opening.content, opening.salt);
  ASSERT_TRUE(index.ok());
  EXPECT_EQ(*index, 100U);
}

}  // namespace
}  // namespace alcove::ledger
