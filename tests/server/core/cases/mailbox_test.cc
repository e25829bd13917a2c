// The reporter's side: what goes through, what is refused, and that every refusal leaves nothing behind.
#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::EntryKind;
using format::Keyring;

class Mailbox : public testing::Test {
 protected:
  Draft Message(const Mischief& mischief = {}) {
    return world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                       reporter.epochs.back(), mischief);
  }
  void ExpectRefused(const Draft& draft, Reason reason) {
    const std::size_t rows = world.rows.size();
    const std::uint64_t leaves = world.rows.leaves();
    EXPECT_EQ(Why(world.Send(reporter, draft, world.RequestId())), reason);
    EXPECT_EQ(world.rows.size(), rows);
    EXPECT_EQ(world.rows.leaves(), leaves);
  }
  void ExpectRefused(std::function<void(format::EnvelopeContext&)> change, Reason reason) {
    Mischief mischief;
    mischief.context = std::move(change);
    ExpectRefused(Message(mischief), reason);
  }

  World world;
  Reporter reporter = world.File();
};

TEST_F(Mailbox, AMessageContinuesTheThreadAndTheChainOfLeaves) {
  const auto sent = world.Send(reporter, Message(), world.RequestId());
  ASSERT_TRUE(sent.ok()) << sent.status();
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(view.ok());
  EXPECT_EQ(view->thread_length, 2u);
  EXPECT_EQ(view->thread_head, sent->head);
  format::EntryChain chain(world.file.id, reporter.case_id, Keyring::kThread);
  const auto page = cases::ListMessages(world.ports(), reporter.mailbox, {});
  for (const cases::Entry& entry : page->entries)
    EXPECT_TRUE(chain.Append(*format::ParseEnvelope(entry.envelope)).ok());
  EXPECT_EQ(chain.head(), sent->head);
}

TEST_F(Mailbox, TheLeavesFormTheChainThatTheViewNames) {
  ASSERT_TRUE(world.Send(reporter, Message(), world.RequestId()).ok());
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  cases::PageRequest request{1, ""};
  format::LeafChain chain(world.file.id, reporter.case_id);
  std::vector<format::LeafKind> kinds;
  do {
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, request);
    ASSERT_TRUE(page.ok()) << page.status();
    ASSERT_EQ(page->leaves.size(), 1u);
    const auto leaf = chain.Append(page->leaves[0].content, *format::LeafSalt::FromBytes(page->leaves[0].salt));
    ASSERT_TRUE(leaf.ok()) << leaf.status();
    kinds.push_back(leaf->kind);
    request.token = page->next_token;
  } while (!request.token.empty());
  EXPECT_EQ(chain.head(), view->leaf_head);
  EXPECT_EQ(chain.count(), view->leaf_count);
  EXPECT_EQ(kinds, (std::vector{format::LeafKind::kCaseFiled, format::LeafKind::kGrantReleased,
                                format::LeafKind::kEntryAppended}));
}

TEST_F(Mailbox, ARepetitionGivesTheSameHeadAndAddsNothing) {
  const Draft draft = Message();
  const std::string id = world.RequestId();
  const auto first = world.Send(reporter, draft, id);
  ASSERT_TRUE(first.ok());
  ASSERT_TRUE(world.Send(reporter, Message(), world.RequestId()).ok()) << "something follows meanwhile";
  const std::size_t rows = world.rows.size();
  const auto second = world.Send(reporter, draft, id);
  ASSERT_TRUE(second.ok());
  EXPECT_EQ(second->head, first->head);
  EXPECT_EQ(second->entry, first->entry);
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_EQ(Why(world.Send(reporter, Message(), id)), Reason::kRequestIdReused);
}

TEST_F(Mailbox, OneFilingDoesNotBuyTheWholeDiskAndTheTeamStillAnswers) {
  cases::Case record = world.CaseOf(reporter);
  record.thread.length = cases::kMaxThreadOfReporter - 1;
  world.rows.Put(std::move(record));
  ASSERT_TRUE(world.Send(reporter, Message(), world.RequestId()).ok()) << "control: the last one";
  ExpectRefused(Message(), Reason::kQuotaExceeded);
  const base::StaffSlug staff = world.AssigneeOf(reporter);
  const Draft answer = world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id,
                                   world.machines.at(staff.text()).front().signing, reporter.epochs.back());
  const auto answered = world.Append(staff, reporter.case_id, answer, world.RequestId());
  EXPECT_TRUE(answered.ok()) << answered.status();
}

TEST_F(Mailbox, AReplayUnderAnotherRequestIdIsRefused) {
  const Draft draft = Message();
  ASSERT_TRUE(world.Send(reporter, draft, world.RequestId()).ok());
  ExpectRefused(draft, Reason::kEtagStale);
}

TEST_F(Mailbox, EntriesOutOfOrderAreRefused) {
  ExpectRefused([](auto& context) { context.sequence += 1; }, Reason::kEtagStale);
  ExpectRefused(
      [](auto& context) {
        context.sequence = 0;
        context.previous = {};
      },
      Reason::kEtagStale);
  ExpectRefused([](auto& context) { context.previous = crypto::Sha256("another past"); }, Reason::kEtagStale);
}

TEST_F(Mailbox, AnEntryOfAnotherCaseOrOrganisationIsRefused) {
  const Reporter other = world.File();
  ExpectRefused([&](auto& context) { context.case_id = other.case_id; }, Reason::kEnvelopeInvalid);
  ExpectRefused([&](auto& context) { context.organisation = format::DrawId<base::OrganisationId>(world.random); },
                Reason::kEnvelopeInvalid);
}

TEST_F(Mailbox, LeavesThatTheAuthorCannotHaveSeenAreRefused) {
  ExpectRefused([](auto& context) { context.leaf_count += 1; }, Reason::kEnvelopeInvalid);
  ExpectRefused([](auto& context) { context.leaf_head = crypto::Sha256("another chain"); }, Reason::kEnvelopeInvalid);
  ExpectRefused(
      [](auto& context) {
        context.leaf_count = 1;
        context.leaf_head = crypto::Sha256("another beginning");
      },
      Reason::kEnvelopeInvalid);
}

TEST_F(Mailbox, AnOlderPlaceInTheChainMayBeQuotedUntilALaterOneWas) {
  const auto leaves = cases::ListLeaves(world.ports(), reporter.mailbox, {});
  ASSERT_EQ(leaves->leaves.size(), 2u);
  const crypto::Digest first = format::NextChainHead(
      {}, 1,
      format::LeafCommitment(*format::LeafSalt::FromBytes(leaves->leaves[0].salt), leaves->leaves[0].content));
  Mischief old;
  old.context = [&](auto& context) {
    context.leaf_count = 1;
    context.leaf_head = first;
  };
  ASSERT_TRUE(world.Send(reporter, Message(old), world.RequestId()).ok());
  ASSERT_TRUE(world.Send(reporter, Message(), world.RequestId()).ok());
  ExpectRefused(Message(old), Reason::kEnvelopeInvalid);
}

TEST_F(Mailbox, DaysMayNotGoBackNorLieFarOff) {
  ExpectRefused([](auto& context) { context.day = context.day.PlusDays(2); }, Reason::kEnvelopeInvalid);
  ExpectRefused([](auto& context) { context.day = context.day.PlusDays(-1); }, Reason::kEnvelopeInvalid);
  Mischief ahead;
  ahead.context = [](auto& context) { context.day = context.day.PlusDays(1); };
  EXPECT_TRUE(world.Send(reporter, Message(ahead), world.RequestId()).ok());
  EXPECT_TRUE(world.Send(reporter, Message(), world.RequestId()).ok()) << "whoever follows takes the later day";
}

TEST_F(Mailbox, AReporterWritesMessagesAndEvidenceInThreadAndNothingElse) {
  ExpectRefused([](auto& context) { context.kind = EntryKind::kReport; }, Reason::kKindRefused);
  ExpectRefused([](auto& context) { context.kind = EntryKind::kNote; }, Reason::kKindRefused);
  Mischief note;
  note.context = [](auto& context) { context.epoch_record_hash = crypto::Sha256("an epoch of the team"); };
  const Draft team = world.Write(Keyring::kTeam, EntryKind::kNote, reporter.case_id, reporter.keys.signing,
                                 reporter.epochs.back(), note);
  ExpectRefused(team, Reason::kKindRefused);
  Mischief evidence;
  evidence.context = [](auto& context) { context.kind = EntryKind::kEvidence; };
  EXPECT_TRUE(world.Send(reporter, Message(evidence), world.RequestId()).ok());
}

TEST_F(Mailbox, AnotherMailboxesSignatureIsRefused) {
  const Reporter other = world.File();
  Mischief mischief;
  mischief.signer = &other.keys.signing;
  ExpectRefused(Message(mischief), Reason::kEnvelopeInvalid);
  // And with their own session: the entry is of a case that is not theirs.
  Reporter thief = world.NewReporter();
  thief.mailbox = other.mailbox;
  EXPECT_EQ(Why(world.Send(thief, Message(), world.RequestId())), Reason::kEnvelopeInvalid);
}

TEST_F(Mailbox, AMailboxThatIsNoneFindsNothing) {
  const Reporter nobody = world.NewReporter();
  EXPECT_EQ(cases::MailboxKey(world.rows, nobody.mailbox)->has_value(), false);
  EXPECT_EQ(Why(cases::GetMailbox(world.ports(), nobody.mailbox)), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::ListMessages(world.ports(), nobody.mailbox, {})), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::ListLeaves(world.ports(), nobody.mailbox, {})), Reason::kNothingHere);
  EXPECT_TRUE(cases::MailboxKey(world.rows, reporter.mailbox)->has_value()) << "control";
}

TEST_F(Mailbox, ReadingLeavesNothingBehind) {
  const std::size_t rows = world.rows.size();
  const std::uint64_t leaves = world.rows.leaves();
  ASSERT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox).ok());
  ASSERT_TRUE(cases::ListMessages(world.ports(), reporter.mailbox, {}).ok());
  ASSERT_TRUE(cases::ListLeaves(world.ports(), reporter.mailbox, {}).ok());
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_EQ(world.rows.leaves(), leaves);
}

TEST_F(Mailbox, PagesFollowOneAnotherWithoutGapOrRepetition) {
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(world.Send(reporter, Message(), world.RequestId()).ok());
  std::vector<std::uint32_t> sequences;
  cases::PageRequest request{3, ""};
  do {
    const auto page = cases::ListMessages(world.ports(), reporter.mailbox, request);
    ASSERT_TRUE(page.ok());
    EXPECT_LE(page->entries.size(), 3u);
    for (const cases::Entry& entry : page->entries) sequences.push_back(entry.sequence);
    request.token = page->next_token;
  } while (!request.token.empty());
  EXPECT_EQ(sequences, (std::vector<std::uint32_t>{0, 1, 2, 3, 4, 5, 6}));
  EXPECT_EQ(Why(cases::ListMessages(world.ports(), reporter.mailbox, {3, "nonsense"})), Reason::kFieldInvalid);
}

TEST_F(Mailbox, AReaderWhoLeftMakesTheEpochStaleAndTheNextMessageBringsOneWithoutThem) {
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  std::string leaver;
  for (const grants::Holder& holder : world.CaseOf(reporter).thread.holders)
    if (holder.staff != assignee && holder.purpose == grants::Purpose::kDesk) leaver = holder.staff.text();
  world.PublishDirectory([&](format::Directory& directory) {
    std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == leaver; });
  });
  ASSERT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);

  ExpectRefused(Message(), Reason::kEpochStale);
  const std::vector<format::Recipient> right = world.RecipientsOf(reporter.case_id, Keyring::kThread);
  const auto with = [&](const Mischief& mischief) {
    return world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                       reporter.epochs.back(), mischief, &right);
  };
  Mischief kept;
  kept.recipients = [&](auto& recipients) {
    recipients.push_back({world.machines.at(leaver)[0].decryption.encryption_key(),
                          format::ReleaseCondition::kAssigned});
  };
  ExpectRefused(with(kept), Reason::kGrantsMismatch);
  Mischief dropped;
  dropped.recipients = [](auto& recipients) { recipients.pop_back(); };
  ExpectRefused(with(dropped), Reason::kGrantsMismatch);
  Mischief skipped;
  skipped.scope = [](auto& scope) { scope.number += 1; };
  ExpectRefused(with(skipped), Reason::kEpochInvalid);
  Mischief maker;
  maker.maker = crypto::KeyIdOf(world.machines.at("ada")[0].signing.verify_key());
  ExpectRefused(with(maker), Reason::kEpochInvalid);

  ASSERT_TRUE(world.Send(reporter, with({}), world.RequestId()).ok());
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  EXPECT_EQ(view->epochs.size(), 2u);
  EXPECT_FALSE(view->epochs.back().stale);
  EXPECT_EQ(view->grants.size(), 2u);
  for (const cases::ReaderView& reader : view->readers) EXPECT_NE(reader.staff.text(), leaver);
}

TEST_F(Mailbox, ANewEpochThatNobodyNeedsIsRefused) {
  const std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, Keyring::kThread);
  ExpectRefused(world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                            reporter.epochs.back(), {}, &readers),
                Reason::kEpochInvalid);
}

TEST_F(Mailbox, WithdrawingMarksTheReportKeepsItsContentAndIsDoneOnce) {
  const auto before = cases::GetMailbox(world.ports(), reporter.mailbox);
  const std::string id = world.RequestId();
  EXPECT_EQ(Why(world.Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, "x", id))), Reason::kEtagStale);
  const auto etag = world.Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, before->etag, id));
  ASSERT_TRUE(etag.ok()) << etag.status();
  EXPECT_NE(*etag, before->etag);
  const auto again = world.Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, before->etag, id));
  ASSERT_TRUE(again.ok());
  EXPECT_EQ(*again, *etag);
  const auto after = cases::GetMailbox(world.ports(), reporter.mailbox);
  EXPECT_TRUE(after->withdrawn);
  EXPECT_EQ(after->state, cases::State::kWithdrawnByReporter);
  EXPECT_EQ(after->thread_length, 1u);
  EXPECT_EQ(Why(world.Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, *etag, world.RequestId()))),
            Reason::kTransitionRefused);
}

TEST_F(Mailbox, AClockThatJumpsBackDoesNotTakeTheChainWithIt) {
  world.clock.now -= std::chrono::hours(24 * 30);
  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(world.Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, view->etag, world.RequestId())).ok());
  format::LeafChain chain(world.file.id, reporter.case_id);
  const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {});
  for (const cases::OpenedLeaf& leaf : page->leaves)
    EXPECT_TRUE(chain.Append(leaf.content, *format::LeafSalt::FromBytes(leaf.salt)).ok());
}

}  // namespace
}  // namespace alcove::world
