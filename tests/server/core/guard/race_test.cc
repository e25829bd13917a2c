// Two decisions about one case at the same time: the one that comes second is decided again, on the case as it is then.
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using Races = GuardedCase;

TEST_F(Races, WhoStepsBackWhileOpeningGetsNoGrant) {
  const base::StaffSlug caller = Assignee();
  auto opening = cases::OpenCase(world.ports(), caller, reporter.case_id, Keyring::kThread);
  ASSERT_FALSE(opening->answer.empty()) << "decided while it was theirs";
  ASSERT_TRUE(Recuse(caller).ok());
  EXPECT_EQ(Why(world.Carry(std::move(opening))), Reason::kContended) << "never answered";
  EXPECT_EQ(Why(cases::OpenCase(world.ports(), caller, reporter.case_id, Keyring::kThread)), Reason::kNothingHere);
}

TEST_F(Races, AMessageUnderTheOldKeyDoesNotSlipInBehindAnExclusion) {
  const Draft message = Message(false);
  auto sending = cases::SendMessage(world.ports(), reporter.mailbox, world.RequestId(), message.entry());
  ASSERT_TRUE(sending.ok());
  ASSERT_TRUE(Exclude({}, {Assignee().text()}).ok());
  EXPECT_EQ(Why(world.Carry(std::move(sending))), Reason::kContended);
  EXPECT_EQ(Why(cases::SendMessage(world.ports(), reporter.mailbox, world.RequestId(), message.entry())),
            Reason::kEpochStale);
}

TEST_F(Races, AnExclusionDecidedBeforeAMessageIsDecidedAgainAfterIt) {
  guard::Exclusion exclusion{{}, {Assignee()}};
  const std::string request = world.RequestId();
  auto excluding = guard::ExcludeReaders(world.ports(), reporter.mailbox, request, exclusion);
  ASSERT_TRUE(excluding.ok());
  ASSERT_EQ(Send(false), std::nullopt);
  EXPECT_EQ(Why(world.Carry(std::move(excluding))), Reason::kContended);
  ASSERT_TRUE(world.Carry(guard::ExcludeReaders(world.ports(), reporter.mailbox, request, exclusion)).ok());
  EXPECT_EQ(Record().thread.length, 2u) << "the message stayed";
}

TEST_F(Races, AnEntryOfSomebodyWhomACorrectionNamesMeanwhileIsNotKept) {
  const base::StaffSlug caller = Assignee();
  const auto keys = world.Open(caller, reporter.case_id, Keyring::kThread);
  const Draft reply = world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id,
                                  world.machines.at(caller.text())[0].signing, keys.back());
  auto appending = cases::AppendEntry(world.ports(), caller, reporter.case_id, world.RequestId(), reply.entry());
  ASSERT_TRUE(appending.ok()) << appending.status();
  ASSERT_TRUE(Correct(caller, {TagOf(caller.text())}).ok());
  EXPECT_EQ(Why(world.Carry(std::move(appending))), Reason::kContended);
  EXPECT_EQ(Why(cases::AppendEntry(world.ports(), caller, reporter.case_id, world.RequestId(), reply.entry())),
            Reason::kNothingHere);
  EXPECT_EQ(Record().thread.length, 1u);
}

TEST_F(Races, TwoLinksAtOnceDoNotMakeTwoWalls) {
  Reporter second = world.File(), third = world.File();
  while (world.AssigneeOf(second) != Assignee()) second = world.File();
  while (world.AssigneeOf(third) != Assignee()) third = world.File();
  const auto link = [&](const Reporter& other) {
    return guard::LinkCases(world.ports(), Assignee(), reporter.case_id, Etag(reporter), world.RequestId(), other.case_id);
  };
  auto one = link(second), two = link(third);
  ASSERT_TRUE(world.Carry(std::move(one)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(two))), Reason::kContended);
  ASSERT_TRUE(world.Carry(link(third)).ok());
  EXPECT_EQ(Record().linked.size(), 2u);
  EXPECT_EQ(world.CaseOf(second).linked.size(), 2u);
}

}  // namespace
}  // namespace alcove::world
