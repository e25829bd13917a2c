// A grant that does not open is said so by its reader: a leaf that names who made it, and a new epoch.
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using testing::ElementsAre;

class BadGrant : public GuardedCase {
 protected:
  absl::StatusOr<std::monostate> Report(const base::StaffSlug& caller, Keyring keyring, std::uint32_t epoch) {
    return world.Carry(
        guard::ReportBadGrant(world.ports(), caller, reporter.case_id, world.RequestId(), {keyring, epoch}));
  }
  absl::StatusOr<std::monostate> ReportOwn(Keyring keyring, std::uint32_t epoch) {
    return world.Carry(guard::ReportBadGrant(world.ports(), reporter.mailbox, world.RequestId(), {keyring, epoch}));
  }
};

TEST_F(BadGrant, NamesItsMakerAndTheNextWriterMakesTheKeyAnew) {
  const std::size_t seen = Record().leaf_count;
  ASSERT_TRUE(Report(Assignee(), Keyring::kThread, 0).ok());
  const std::vector<format::Leaf> leaves = VisibleLeaves(reporter);
  ASSERT_EQ(leaves.size(), seen + 1);
  EXPECT_EQ(leaves.back().kind, LeafKind::kGrantBad);
  EXPECT_EQ(leaves.back().actor, Assignee().text());
  EXPECT_EQ(leaves.back().details,
            format::details::GrantBad(Keyring::kThread, 0, crypto::KeyIdOf(reporter.keys.signing.verify_key())));
  EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);
  EXPECT_EQ(Send(false), Reason::kEpochStale);
  EXPECT_EQ(Send(true), std::nullopt);
  EXPECT_FALSE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);
  EXPECT_FALSE(Record().thread.reported);
}

TEST_F(BadGrant, IsOneLeafHoweverOftenItIsReported) {
  const std::size_t seen = Record().leaf_count;
  ASSERT_TRUE(Report(Assignee(), Keyring::kThread, 0).ok());
  ASSERT_TRUE(Report(Assignee(), Keyring::kThread, 0).ok());
  ASSERT_TRUE(ReportOwn(Keyring::kThread, 0).ok());
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kGrantBad));
}

TEST_F(BadGrant, TheReporterReportsTheirOwn) {
  ASSERT_TRUE(ReportOwn(Keyring::kThread, 0).ok());
  EXPECT_EQ(VisibleLeaves(reporter).back().kind, LeafKind::kGrantBad);
  EXPECT_EQ(VisibleLeaves(reporter).back().actor, "");
  EXPECT_EQ(Why(ReportOwn(Keyring::kTeam, 0)), Reason::kFieldInvalid);
}

TEST_F(BadGrant, OnlyTheCurrentEpochAndOnlyByWhoReadsTheCase) {
  EXPECT_EQ(Why(Report(Assignee(), Keyring::kThread, 1)), Reason::kEpochStale);
  EXPECT_EQ(Why(Report(Assignee(), Keyring::kTeam, 0)), Reason::kEpochStale);
  EXPECT_EQ(Why(Report(Slug(Dormant()), Keyring::kThread, 0)), Reason::kNothingHere);
  EXPECT_FALSE(Record().thread.reported);
}

}  // namespace
}  // namespace alcove::world
