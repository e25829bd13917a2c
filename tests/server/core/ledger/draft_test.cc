#include "server/core/ledger/draft.h"

#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "tests/server/core/ledger/world.h"

namespace alcove::ledger {
namespace {

using format::LeafKind;

class DraftTest : public testing::Test {
 protected:
  SeededRandom random{5};
  base::OrganisationId organisation = format::DrawId<format::OrganisationId>(random);
  base::CaseId case_id = format::DrawId<format::CaseId>(random);
  base::Instant now{std::chrono::seconds(1'700'012'345)};
};

TEST_F(DraftTest, ACaseChainIsTheOneItsReporterChecks) {
  CaseChain chain;
  format::LeafChain check(organisation, case_id);
  const Act acts[] = {
      Act::OfReporter(LeafKind::kCaseFiled, base::DayOf(now), format::details::Filed(DigestOf(1))),
      Act::OfServer(LeafKind::kCaseAssigned, base::DayOf(now), format::details::Assigned("amira")),
      Act::OfStaff(LeafKind::kCaseOpened, Slug("amira"), now, format::details::Opened(format::Keyring::kThread)),
      Act::OfStaff(LeafKind::kCaseClaimed, Slug("amira"), now),
  };
  for (const Act& act : acts) {
    const OpenLeaf leaf = DraftCaseLeaf(organisation, case_id, chain, act, random);
    auto salt = format::LeafSalt::FromBytes(leaf.salt);
    ASSERT_TRUE(salt.ok());
    EXPECT_EQ(format::LeafCommitment(*salt, leaf.content), leaf.draft.commitment);
    auto opened = check.Append(leaf.content, *salt);
    ASSERT_TRUE(opened.ok()) << opened.status();
    EXPECT_EQ(opened->kind, act.kind());
    EXPECT_EQ(chain.count, check.count());
    EXPECT_EQ(chain.head, check.head());
  }
}

TEST_F(DraftTest, AReportersActCarriesTheDayAndNoTimeAndNoName) {
  CaseChain chain;
  const OpenLeaf leaf =
      DraftCaseLeaf(organisation, case_id, chain, Act::OfReporter(LeafKind::kCaseWithdrawn, base::DayOf(now)), random);
  auto opened = format::ParseLeaf(leaf.content);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->day, base::DayOf(now));
  EXPECT_EQ(opened->time, 0U);
  EXPECT_EQ(opened->actor, "");
}

TEST_F(DraftTest, AStaffActCarriesTheSecond) {
  CaseChain chain;
  const OpenLeaf leaf =
      DraftCaseLeaf(organisation, case_id, chain, Act::OfStaff(LeafKind::kCaseClaimed, Slug("amira"), now), random);
  auto opened = format::ParseLeaf(leaf.content);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(base::StartOf(opened->day) + std::chrono::seconds(opened->time - 1), now);
  EXPECT_EQ(opened->actor, "amira");
}

TEST_F(DraftTest, AHiddenLeafIsOfTheCaseAndNotInItsChain) {
  const OpenLeaf leaf = DraftHiddenCaseLeaf(organisation, case_id,
                                            Act::OfStaff(LeafKind::kEntriesRead, Slug("amira"), now,
                                                         format::details::EntriesRead(format::Keyring::kTeam, 0, 3)),
                                            random);
  auto opened = format::ParseLeaf(leaf.content);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->case_id, case_id);
  EXPECT_EQ(opened->number, 0U);
}

TEST_F(DraftTest, TheSameActTwiceGivesTwoCommitments) {
  const Act act = Act::OfStaff(LeafKind::kCasesListed, Slug("amira"), now);
  base::ChangeSet changes;
  std::vector<base::LeafDraft> leaves;
  DraftLeaf(organisation, act, random, changes, leaves);
  DraftLeaf(organisation, act, random, changes, leaves);
  ASSERT_EQ(leaves.size(), 2U);
  EXPECT_NE(leaves[0].commitment, leaves[1].commitment) << "else a guess at the content could be tried on the hash";
  ASSERT_EQ(changes.writes().size(), 2U);
  for (size_t i = 0; i < 2; ++i) {
    EXPECT_EQ(changes.writes()[i].table, base::Table::kOpening);
    EXPECT_EQ(changes.writes()[i].key, LeafHash(leaves[i].commitment).str());
  }
}

}  // namespace
}  // namespace alcove::ledger
