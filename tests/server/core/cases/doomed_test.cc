// What is to go is gone for everybody from the moment it was decided, and comes back when a hold spares it.
#include "server/core/cases/doomed.h"

#include <gtest/gtest.h>

#include "crypto/format/envelope.h"
#include "crypto/format/leaf.h"
#include "server/core/cases/blobs.h"
#include "server/core/cases/reach.h"
#include "server/core/casework/tasks.h"
#include "server/core/guard/review.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using cases::Cause;
using format::EntryKind;
using format::Keyring;

class Doom : public testing::Test {
 protected:
  Doom() {
    const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
    const auto& machine = world.machines.at(assignee.text())[0];
    const Draft message = world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, machine.signing, keys[0]);
    EXPECT_TRUE(world.Append(assignee, reporter.case_id, message, world.RequestId()).ok());
  }

  Cause ByApproval() {
    return {format::ApprovalKind::kCloseCase, format::DrawId<base::ApprovalId>(world.random), world.clock.Today()};
  }
  void DoomWhole(const Cause& cause) {
    base::Outcome<int> outcome;
    cases::Case record = world.CaseOf(reporter);
    EXPECT_TRUE(cases::DoomCase(world.ports(), record.id, cause, outcome.changes).ok());
    outcome.changes.Put(std::move(record));
    EXPECT_TRUE(world.Carry(absl::StatusOr<base::Outcome<int>>(std::move(outcome))).ok());
  }
  absl::Status DoomEntry(std::uint32_t sequence, const Cause& cause) {
    base::Outcome<int> outcome;
    cases::Case record = world.CaseOf(reporter);
    cases::CaseLeaves leaves(world.ports(), record, outcome.changes, outcome.leaves);
    const std::vector<cases::EntryPlace> places = {{Keyring::kThread, sequence}};
    const absl::Status status = cases::DoomEntries(world.ports(), record, places, cause, leaves, outcome.changes);
    if (!status.ok()) return status;
    outcome.changes.Put(std::move(record));
    return world.Carry(absl::StatusOr<base::Outcome<int>>(std::move(outcome))).status();
  }
  void SpareAll() {
    base::Outcome<int> outcome;
    EXPECT_TRUE(*cases::Spare(world.rows, reporter.case_id, outcome.changes));
    EXPECT_TRUE(world.Carry(absl::StatusOr<base::Outcome<int>>(std::move(outcome))).ok());
  }
  std::vector<cases::Entry> Thread() {
    const auto page = cases::ListMessages(world.ports(), reporter.mailbox, {});
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->entries : std::vector<cases::Entry>();
  }

  World world;
  Reporter reporter = world.File();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
};

TEST_F(Doom, ACaseThatIsToGoIsNothingToItsTeam) {
  ASSERT_TRUE(world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id)).ok()) << "control";
  ASSERT_EQ(world.Carry(cases::ListCases(world.ports(), assignee, {}))->cases.size(), 1u) << "control";
  ASSERT_FALSE(world.Carry(casework::ListTasks(world.ports(), assignee, {}))->tasks.empty()) << "control";
  DoomWhole(ByApproval());
  const auto& ports = world.ports();
  EXPECT_EQ(Why(cases::GetCase(ports, assignee, reporter.case_id)), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::OpenCase(ports, assignee, reporter.case_id, Keyring::kThread)), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::ListEntries(ports, assignee, reporter.case_id, Keyring::kThread, {})), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::ReachAsTeam(ports, assignee, reporter.case_id)), Reason::kNothingHere);
  EXPECT_TRUE(world.Carry(cases::ListCases(ports, assignee, {}))->cases.empty());
  EXPECT_TRUE(world.Carry(casework::ListTasks(ports, assignee, {}))->tasks.empty());
  EXPECT_TRUE(cases::ReachAsTeamThoughDoomed(ports, assignee, reporter.case_id).ok()) << "a hold still finds it";
  EXPECT_EQ(Why(cases::ReachAsTeamThoughDoomed(ports, Slug("ada"), reporter.case_id)), Reason::kNothingHere)
      << "but only for those who had it";
}

TEST_F(Doom, ItsReporterIsToldWhyAndReadsNothing) {
  const Cause cause = ByApproval();
  DoomWhole(cause);
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(view.ok()) << view.status();
  ASSERT_TRUE(view->gone);
  EXPECT_EQ(view->case_id, reporter.case_id);
  EXPECT_EQ(view->gone->cause, cause);
  EXPECT_FALSE(view->gone->leaf) << "nothing was destroyed yet";
  EXPECT_TRUE(view->epochs.empty());
  EXPECT_TRUE(view->grants.empty());
  EXPECT_EQ(Why(cases::ListMessages(world.ports(), reporter.mailbox, {})), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::ListLeaves(world.ports(), reporter.mailbox, {})), Reason::kNothingHere);
  const Reporter stranger = world.NewReporter();
  EXPECT_EQ(Why(cases::GetMailbox(world.ports(), stranger.mailbox)), Reason::kNothingHere);
}

TEST_F(Doom, NobodyIsLetIntoACaseThatIsToGo) {
  world.clock.Advance(std::chrono::hours(24 * 3));
  ASSERT_FALSE(guard::Review(world.ports(), reporter.case_id)->changes.empty()) << "control: it would be handed on";
  DoomWhole({std::nullopt, {}, world.clock.Today()});
  EXPECT_TRUE(guard::Review(world.ports(), reporter.case_id)->changes.empty());
}

TEST_F(Doom, AHoldBringsBackAll) {
  DoomWhole(ByApproval());
  SpareAll();
  EXPECT_TRUE(world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id)).ok());
  EXPECT_EQ(Thread().size(), 2u);
  EXPECT_FALSE(cases::GetMailbox(world.ports(), reporter.mailbox)->gone);
  base::ChangeSet none;
  EXPECT_FALSE(*cases::Spare(world.rows, reporter.case_id, none)) << "there is nothing left to spare";
}

TEST_F(Doom, AnEntryThatIsToGoKeepsItsHashAndLosesItsBody) {
  const crypto::Bytes whole = Thread().at(1).envelope;
  ASSERT_TRUE(DoomEntry(1, ByApproval()).ok());
  const auto thread = Thread();
  ASSERT_EQ(thread.size(), 2u);
  EXPECT_EQ(thread[1].envelope, whole.substr(0, format::kEnvelopePrefixSize));
  EXPECT_EQ(format::EntryHash(*format::ParseRedacted(thread[1].envelope)), format::EntryHash(*format::ParseEnvelope(whole)));
  EXPECT_GT(thread[0].envelope.size(), format::kEnvelopePrefixSize) << "the other one stays";
  const auto seen_by_team =
      world.Carry(cases::ListEntries(world.ports(), assignee, reporter.case_id, Keyring::kThread, {}));
  EXPECT_EQ(seen_by_team->entries.at(1).envelope.size(), format::kEnvelopePrefixSize);

  const auto leaves = cases::ListLeaves(world.ports(), reporter.mailbox, {});
  bool said = false;
  for (const cases::OpenedLeaf& leaf : leaves->leaves)
    said = said || format::ParseLeaf(leaf.content)->kind == format::LeafKind::kEntryRedacted;
  EXPECT_TRUE(said) << "the reporter sees that something was taken";

  SpareAll();
  EXPECT_EQ(Thread().at(1).envelope, whole);
}

TEST_F(Doom, WhatClientsCheckByMayNotBeTaken) {
  EXPECT_EQ(Why(DoomEntry(0, ByApproval())), Reason::kKindRefused) << "the report says who may never get a key";
  EXPECT_EQ(Why(DoomEntry(2, ByApproval())), Reason::kNothingHere);
  EXPECT_FALSE(*cases::IsDoomed(world.rows, reporter.case_id));
}

TEST_F(Doom, TheFirstCauseStays) {
  const Cause first = ByApproval();
  ASSERT_TRUE(DoomEntry(1, first).ok());
  ASSERT_TRUE(DoomEntry(1, ByApproval()).ok());
  auto row = *cases::DoomOf(world.rows, reporter.case_id);
  ASSERT_EQ(row->record.entries.size(), 1u);
  EXPECT_EQ(row->record.entries[0].cause, first);
  DoomWhole(first);
  DoomWhole(ByApproval());
  row = *cases::DoomOf(world.rows, reporter.case_id);
  EXPECT_EQ(row->record.whole, first);
  EXPECT_EQ(row->record.entries.size(), 1u);
}

TEST_F(Doom, NoAuthorCanSendAnEntryWithoutABody) {
  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
  Draft message = world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id,
                              world.machines.at(assignee.text())[0].signing, keys[0]);
  message.envelope.resize(format::kEnvelopePrefixSize);
  EXPECT_EQ(Why(world.Append(assignee, reporter.case_id, message, world.RequestId())), Reason::kEnvelopeInvalid);
}

}  // namespace
}  // namespace alcove::world
