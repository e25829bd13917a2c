// P6: what staff read stands in the ledger before they have it. The decision carries answer and leaf together, so the
// promise here is that no read of staff comes without one, and that its place in the case's chain checks.
#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "server/core/cases/blobs.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using format::Keyring;
using format::LeafKind;

class P6_LeafBeforeData : public testing::Test {
 protected:
  World world;
  Reporter reporter = world.File();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
};

TEST_F(P6_LeafBeforeData, EveryReadOfStaffCarriesItsLeafInTheSameDecision) {
  const auto opened = cases::OpenCase(world.ports(), assignee, reporter.case_id, Keyring::kThread);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(opened->leaves.size(), 1u);
  const auto entries = cases::ListEntries(world.ports(), assignee, reporter.case_id, Keyring::kThread, {});
  ASSERT_TRUE(entries.ok());
  EXPECT_EQ(entries->leaves.size(), 1u);
  const auto history = cases::ListHistory(world.ports(), assignee, reporter.case_id, {});
  ASSERT_TRUE(history.ok());
  EXPECT_EQ(history->leaves.size(), 1u);
  const auto list = cases::ListCases(world.ports(), assignee, {});
  ASSERT_TRUE(list.ok());
  EXPECT_EQ(list->leaves.size(), 1u);
}

TEST_F(P6_LeafBeforeData, TheReporterSeesWhoWasGivenTheCaseWhoOpenedAndWhatWasRead) {
  world.Open(assignee, reporter.case_id, Keyring::kThread);
  ASSERT_TRUE(world.Carry(cases::ListEntries(world.ports(), assignee, reporter.case_id, Keyring::kThread, {})).ok());
  format::LeafChain chain(world.file.id, reporter.case_id);
  std::vector<std::pair<LeafKind, std::string>> seen;
  const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {});
  for (const cases::OpenedLeaf& opened : page->leaves) {
    const auto leaf = chain.Append(opened.content, *format::LeafSalt::FromBytes(opened.salt));
    ASSERT_TRUE(leaf.ok()) << leaf.status();
    seen.emplace_back(leaf->kind, leaf->actor);
  }
  const std::vector<std::pair<LeafKind, std::string>> expected = {{LeafKind::kCaseFiled, ""},
                                                                  {LeafKind::kGrantReleased, ""},
                                                                  {LeafKind::kCaseOpened, assignee.text()},
                                                                  {LeafKind::kEntriesRead, assignee.text()}};
  EXPECT_EQ(seen, expected);
  EXPECT_EQ(chain.head(), cases::GetMailbox(world.ports(), reporter.mailbox)->leaf_head);
}

TEST_F(P6_LeafBeforeData, AReadWhoseLeafWasNotCommittedLeavesNoTrace) {
  const auto before = world.CaseOf(reporter);
  ASSERT_TRUE(cases::OpenCase(world.ports(), assignee, reporter.case_id, Keyring::kThread).ok());
  const auto after = world.CaseOf(reporter);
  EXPECT_EQ(after.leaf_head, before.leaf_head);
  EXPECT_EQ(after.thread, before.thread) << "nobody has opened until the leaf is durable";
}

}  // namespace
}  // namespace alcove::world
