// The team's side: opening, reading, writing, claiming, moving; each read a leaf first.
#include <gtest/gtest.h>

#include <set>

#include "crypto/format/leaf.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::EntryKind;
using format::Keyring;

class Team : public testing::Test {
 protected:
  std::vector<format::LeafKind> VisibleKinds() {
    std::vector<format::LeafKind> kinds;
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {});
    for (const cases::OpenedLeaf& leaf : page->leaves)
      kinds.push_back(format::ParseLeaf(leaf.content)->kind);
    return kinds;
  }
  const Machine& machine() { return world.machines.at(assignee.text())[0]; }
  Draft Message(const format::EpochKey& key, const Mischief& mischief = {}) {
    return world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, machine().signing, key, mischief);
  }
  std::string Etag() { return world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id))->summary.etag; }
  absl::StatusOr<cases::Moved> Move(cases::State to, const std::string& reason = "") {
    return world.Carry(
        cases::ChangeCaseState(world.ports(), assignee, reporter.case_id, Etag(), world.RequestId(), to, reason));
  }
  // As if the risk had been assessed at every point; meaning_test.cc writes the entries.
  void AssessEverything() {
    cases::Case record = world.CaseOf(reporter);
    record.assessed = 0x1f;
    world.rows.Put(std::move(record));
  }

  World world;
  Reporter reporter = world.File();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
};

TEST_F(Team, TheAssigneeOpensTheCaseWithTheirOwnKeyAndTheReporterSeesIt) {
  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
  ASSERT_EQ(keys.size(), world.machines.at(assignee.text()).size());
  EXPECT_EQ(keys[0].expose(), reporter.epochs[0].expose());
  EXPECT_EQ(VisibleKinds().back(), format::LeafKind::kCaseOpened);
  const auto page = cases::GetMailbox(world.ports(), reporter.mailbox);
  for (const cases::ReaderView& reader : page->readers)
    EXPECT_EQ(reader.opened.has_value(), reader.staff == assignee);
}

TEST_F(Team, EveryPageOfEntriesIsALeafAndAnEmptyPageIsNone) {
  const auto page = world.Carry(cases::ListEntries(world.ports(), assignee, reporter.case_id, Keyring::kThread, {}));
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->entries.size(), 1u);
  EXPECT_EQ(VisibleKinds().back(), format::LeafKind::kEntriesRead);
  const std::uint64_t leaves = world.rows.leaves();
  ASSERT_TRUE(world.Carry(cases::ListEntries(world.ports(), assignee, reporter.case_id, Keyring::kTeam, {})).ok());
  EXPECT_EQ(world.rows.leaves(), leaves);
}

TEST_F(Team, ADecisionOnAnOldStateOfTheCaseIsNotCommitted) {
  auto first = cases::OpenCase(world.ports(), assignee, reporter.case_id, Keyring::kThread);
  auto second = cases::OpenCase(world.ports(), assignee, reporter.case_id, Keyring::kThread);
  ASSERT_TRUE(world.Carry(std::move(first)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(second))), Reason::kContended);
}

TEST_F(Team, AnAnswerReachesTheReporterAndMeetsTheClocks) {
  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
  const auto appended = world.Append(assignee, reporter.case_id, Message(keys[0]), world.RequestId());
  ASSERT_TRUE(appended.ok()) << appended.status();
  const auto messages = cases::ListMessages(world.ports(), reporter.mailbox, {});
  ASSERT_EQ(messages->entries.size(), 2u);
  EXPECT_EQ(messages->entries[1].author, assignee);
  EXPECT_TRUE(messages->entries[1].time.has_value());
  EXPECT_FALSE(messages->entries[0].time.has_value()) << "a reporter's entry has a day and no time";
  const auto page = cases::GetMailbox(world.ports(), reporter.mailbox);
  for (const clocks::Deadline& deadline : page->deadlines)
    EXPECT_EQ(deadline.met, deadline.kind == "personal_message" || deadline.kind == "acknowledge") << deadline.kind;
}

TEST_F(Team, AnEntryMustBeSignedByTheCallersOwnKey) {
  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
  Mischief mischief;
  mischief.signer = &world.machines.at("ada")[0].signing;
  EXPECT_EQ(Why(world.Append(assignee, reporter.case_id, Message(keys[0], mischief), world.RequestId())),
            Reason::kEnvelopeInvalid);
  mischief.signer = &reporter.keys.signing;
  EXPECT_EQ(Why(world.Append(assignee, reporter.case_id, Message(keys[0], mischief), world.RequestId())),
            Reason::kEnvelopeInvalid);
}

TEST_F(Team, ANoteMakesTheTeamsFirstEpochAndTheReporterSeesNothingOfIt) {
  const auto view_before = cases::GetMailbox(world.ports(), reporter.mailbox);
  const std::vector<format::Recipient> team = world.RecipientsOf(reporter.case_id, Keyring::kTeam);
  format::EpochKey key = format::EpochKey::Draw(world.random);
  const auto note = [&](const Mischief& mischief) {
    return world.Write(Keyring::kTeam, EntryKind::kNote, reporter.case_id, machine().signing, key, mischief, &team,
                       &key);
  };
  Mischief with_mailbox;
  with_mailbox.recipients = [&](auto& recipients) {
    recipients.push_back({reporter.keys.decryption.encryption_key(), format::ReleaseCondition::kAssigned});
  };
  EXPECT_EQ(Why(world.Append(assignee, reporter.case_id, note(with_mailbox), world.RequestId())),
            Reason::kGrantsMismatch);
  ASSERT_TRUE(world.Append(assignee, reporter.case_id, note({}), world.RequestId()).ok());
  const auto view_after = cases::GetMailbox(world.ports(), reporter.mailbox);
  EXPECT_EQ(view_after->leaf_head, view_before->leaf_head);
  EXPECT_EQ(view_after->epochs.size(), 1u);
  EXPECT_EQ(cases::ListMessages(world.ports(), reporter.mailbox, {})->entries.size(), 1u);

  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kTeam);
  ASSERT_FALSE(keys.empty());
  EXPECT_EQ(keys[0].expose(), key.expose());
  EXPECT_EQ(cases::GetMailbox(world.ports(), reporter.mailbox)->leaf_head, view_before->leaf_head);
}

TEST_F(Team, TheHistoryHoldsWhatTheReporterSeesAndTheTeamsOwnInOrder) {
  world.Open(assignee, reporter.case_id, Keyring::kThread);
  world.Open(assignee, reporter.case_id, Keyring::kTeam);
  world.Open(assignee, reporter.case_id, Keyring::kThread);
  std::vector<std::pair<format::LeafKind, bool>> events;
  cases::PageRequest request{2, ""};
  for (int pages = 0; pages < 3; ++pages) {
    const auto page = world.Carry(cases::ListHistory(world.ports(), assignee, reporter.case_id, request));
    ASSERT_TRUE(page.ok()) << page.status();
    for (const cases::OpenedLeaf& leaf : page->leaves)
      events.emplace_back(format::ParseLeaf(leaf.content)->kind, leaf.number != 0);
    request.token = page->next_token;
  }
  using enum format::LeafKind;
  const std::vector<std::pair<format::LeafKind, bool>> expected = {
      {kCaseFiled, true},   {kGrantReleased, true}, {kCaseOpened, true},
      {kCaseOpened, false}, {kCaseOpened, true},    {kHistoryRead, false}};
  EXPECT_EQ(events, expected);
}

TEST_F(Team, OnlyTheAssigneeClaimsAndOnlyOnce) {
  const std::string etag = Etag();
  EXPECT_EQ(Why(world.Carry(cases::ClaimCase(world.ports(), assignee, reporter.case_id, "old", world.RequestId()))),
            Reason::kEtagStale);
  const std::string id = world.RequestId();
  const auto claimed = world.Carry(cases::ClaimCase(world.ports(), assignee, reporter.case_id, etag, id));
  ASSERT_TRUE(claimed.ok()) << claimed.status();
  const auto again = world.Carry(cases::ClaimCase(world.ports(), assignee, reporter.case_id, etag, id));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *claimed);
  EXPECT_EQ(Why(world.Carry(cases::ClaimCase(world.ports(), assignee, reporter.case_id, *claimed, world.RequestId()))),
            Reason::kTransitionRefused);
  EXPECT_EQ(VisibleKinds().back(), format::LeafKind::kCaseClaimed);
}

TEST_F(Team, AReadDoesNotMakeAnEtagStale) {
  const std::string etag = Etag();
  world.Open(assignee, reporter.case_id, Keyring::kThread);
  EXPECT_EQ(Etag(), etag);
}

TEST_F(Team, StatesMoveAlongTheTableAndNowhereElse) {
  using enum cases::State;
  EXPECT_EQ(Why(Move(kTriage)), Reason::kTransitionRefused) << "acknowledging comes first";
  EXPECT_EQ(Why(Move(kWithdrawnByReporter)), Reason::kTransitionRefused) << "withdrawing is the reporter's";
  EXPECT_EQ(Why(Move(kAcknowledged, "referred")), Reason::kFieldInvalid) << "no reason is asked for";
  ASSERT_TRUE(Move(kAcknowledged).ok());
  ASSERT_TRUE(Move(kTriage).ok());
  EXPECT_EQ(Why(Move(kOnHold)), Reason::kCodeUnknown) << "a hold takes a reason";
  EXPECT_EQ(Why(Move(kOnHold, "tired of it")), Reason::kCodeUnknown) << "and the reason is a code";
  ASSERT_TRUE(Move(kOnHold, "legal_advice").ok());
  EXPECT_EQ(Why(Move(kInvestigating)), Reason::kTransitionRefused);
  ASSERT_TRUE(Move(kTriage).ok()) << "a hold goes back to where it was";
  EXPECT_EQ(Why(Move(kAccepted)), Reason::kAssessmentMissing) << "nobody has written down what may happen to whom";
  AssessEverything();
  ASSERT_TRUE(Move(kAccepted).ok());
  ASSERT_TRUE(Move(kInvestigating).ok());
  ASSERT_TRUE(Move(kFindingsReview).ok());
  EXPECT_EQ(Why(Move(kDecided)), Reason::kFindingMissing) << "nothing was alleged, nothing found";
  cases::Allegation allegation;
  allegation.case_id = reporter.case_id;
  allegation.finding = "unfounded";
  world.rows.Put(std::move(allegation));
  ASSERT_TRUE(Move(kDecided).ok());
  EXPECT_EQ(Why(Move(kClosed, "finding_made")), Reason::kTransitionRefused) << "closing takes two people";
  EXPECT_EQ(VisibleKinds().back(), format::LeafKind::kStateChanged);
}

TEST_F(Team, AWithdrawnReportIsStillTheTeamsToDecide) {
  ASSERT_TRUE(Move(cases::State::kAcknowledged).ok());
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(world.Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, view->etag, world.RequestId())).ok());
  ASSERT_TRUE(Move(cases::State::kAcknowledged).ok()) << "it may go on where it was";
  EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->withdrawn) << "the mark stays";
}

TEST_F(Team, ListsHoldOnlyTheCallersCasesAndAreOneLeafOfNoCase) {
  for (int i = 0; i < 8; ++i) world.File();
  const std::uint64_t leaves = world.rows.leaves();
  std::size_t seen = 0;
  for (const char* slug : {"amira", "bjorn", "chiara", "dilip", "erik", "fay", "ada"}) {
    cases::PageRequest request{2, ""};
    do {
      const auto page = world.Carry(cases::ListCases(world.ports(), Slug(slug), request));
      ASSERT_TRUE(page.ok());
      for (const cases::CaseSummary& summary : page->cases) EXPECT_EQ(summary.assignee.text(), slug);
      seen += page->cases.size();
      request.token = page->next_token;
    } while (!request.token.empty());
  }
  EXPECT_EQ(seen, 9u);
  EXPECT_GE(world.rows.leaves(), leaves + 7);
  EXPECT_EQ(VisibleKinds().size(), 2u) << "a list shows in no case";
}

}  // namespace
}  // namespace alcove::world
