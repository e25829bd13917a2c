// Filing: what is accepted, what is refused and with which reason, and that a refusal leaves nothing behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/format/identity.h"
#include "crypto/format/leaf.h"
#include "crypto/format/proof.h"
#include "crypto/hash.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;

class Filing : public testing::Test {
 protected:
  // The submission is refused for this reason, no row and no leaf is added, and the same plan still takes a proper one.
  void ExpectRefused(const Submission& submission, Reason reason) {
    const std::uint64_t leaves = world.rows.leaves();
    const std::size_t rows = world.rows.size();
    EXPECT_EQ(Why(world.Submit(submission)), reason);
    EXPECT_EQ(world.rows.leaves(), leaves);
    EXPECT_EQ(world.rows.size(), rows);
  }
  Submission Proper() { return world.Prepare(reporter, plan); }
  Submission With(const Mischief& mischief) { return world.Prepare(reporter, plan, mischief); }

  World world;
  Reporter reporter = world.NewReporter();
  intake::PlanView plan = world.Plan(world.Facts());
};

TEST_F(Filing, AProperReportIsFiledAndAnsweredWithPromiseAndDeadlines) {
  const Submission submission = Proper();
  const auto filing = world.Submit(submission);
  ASSERT_TRUE(filing.ok()) << filing.status();
  EXPECT_EQ(filing->case_id, plan.case_id);
  EXPECT_FALSE(filing->promise.empty());
  EXPECT_EQ(filing->leaf.number, 1u);
  const auto leaf = format::ParseLeaf(filing->leaf.content);
  ASSERT_TRUE(leaf.ok());
  EXPECT_EQ(leaf->kind, format::LeafKind::kCaseFiled);
  EXPECT_EQ(leaf->actor, "") << "a filing names nobody";
  EXPECT_EQ(leaf->time, 0u) << "a filing has a day and no time";
  ASSERT_GE(filing->deadlines.size(), 5u);
  EXPECT_EQ(filing->deadlines[0].kind, "acknowledge");
  EXPECT_EQ(filing->deadlines[0].due, world.clock.Today().PlusDays(7));
}

TEST_F(Filing, TheReporterReadsBackTheBytesThatWereSent) {
  const Submission submission = Proper();
  ASSERT_TRUE(world.Submit(submission).ok());
  const auto page = cases::ListMessages(world.ports(), reporter.mailbox, {});
  ASSERT_TRUE(page.ok());
  ASSERT_EQ(page->entries.size(), 1u);
  EXPECT_EQ(page->entries[0].envelope, submission.envelope);
  const auto mailbox = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(mailbox.ok());
  ASSERT_EQ(mailbox->epochs.size(), 1u);
  EXPECT_EQ(mailbox->epochs[0].record, submission.record);
  EXPECT_FALSE(mailbox->epochs[0].stale);
  ASSERT_EQ(mailbox->grants.size(), 1u);
  EXPECT_EQ(mailbox->grants[0].grant, submission.grants[0]);
  EXPECT_EQ(mailbox->readers.size(), plan.readers.size());
}

TEST_F(Filing, OnePersonIsGivenTheCaseAndOnlyTheirGrantIsReleased) {
  ASSERT_TRUE(world.Submit(Proper()).ok());
  const cases::Case record = world.CaseOf(reporter);
  EXPECT_FALSE(record.assignee.empty());
  for (const grants::Holder& holder : record.thread.holders)
    EXPECT_EQ(holder.released, holder.staff == record.assignee) << holder.staff.text();
}

TEST_F(Filing, TheLeastLoadedOfThePlannedIsChosen) {
  // The same question draws the same three, so nine reports give each of them three.
  std::map<std::string, int> given;
  for (int i = 0; i < 9; ++i) ++given[world.AssigneeOf(world.File()).text()];
  EXPECT_EQ(given.size(), 3u);
  for (const auto& [slug, count] : given) EXPECT_EQ(count, 3) << slug;
}

TEST_F(Filing, ARepetitionGivesTheSameAnswerAndAddsNothing) {
  const Submission submission = Proper();
  const auto first = world.Submit(submission);
  ASSERT_TRUE(first.ok());
  const std::size_t rows = world.rows.size();
  // Also when the hour of the plan is over.
  world.clock.Advance(std::chrono::hours(5));
  const auto second = world.Submit(submission);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->case_id, first->case_id);
  EXPECT_EQ(second->promise, first->promise);
  EXPECT_EQ(second->leaf.content, first->leaf.content);
  EXPECT_EQ(second->leaf.index, first->leaf.index);
  EXPECT_EQ(second->deadlines, first->deadlines);
  EXPECT_EQ(world.rows.size(), rows);
}

TEST_F(Filing, OtherBytesUnderAKnownRequestIdAreRefused) {
  Submission first = Proper();
  ASSERT_TRUE(world.Submit(first).ok());
  Reporter other = world.NewReporter();
  Submission second = world.Prepare(other, world.Plan(world.Facts()));
  second.request_id = first.request_id;
  ExpectRefused(second, Reason::kRequestIdReused);
}

TEST_F(Filing, WithoutALookTheCommitFindsWhatIsThereAlready) {
  Submission first = Proper();
  first.look = false;
  const auto filed = world.Submit(first);
  ASSERT_TRUE(filed.ok());
  EXPECT_EQ(Why(world.Submit(first)), Reason::kContended) << "a repetition";
  Reporter other = world.NewReporter();
  Submission same_plan = world.Prepare(other, plan);
  same_plan.look = false;
  EXPECT_EQ(Why(world.Submit(same_plan)), Reason::kContended) << "a plan that was used";
  Submission same_receipt = world.Prepare(reporter, world.Plan(world.Facts()));
  same_receipt.look = false;
  EXPECT_EQ(Why(world.Submit(same_receipt)), Reason::kContended) << "a receipt that was used";
  first.look = true;
  const auto again = world.Submit(first);
  ASSERT_TRUE(again.ok()) << "decided again, with a look";
  EXPECT_EQ(again->promise, filed->promise);
}

TEST_F(Filing, ARequestIdThatIsNoUuid4IsRefused) {
  for (const char* id : {"", "1", "00000000-0000-1000-8000-000000000001", "00000000-0000-4000-c000-000000000001",
                         "00000000-0000-4000-8000-00000000000A", "00000000000040008000000000000001----"}) {
    Submission submission = Proper();
    submission.request_id = id;
    ExpectRefused(submission, Reason::kFieldInvalid);
  }
}

TEST_F(Filing, APlanServesOnce) {
  ASSERT_TRUE(world.Submit(Proper()).ok());
  Reporter other = world.NewReporter();
  ExpectRefused(world.Prepare(other, plan), Reason::kPlanStale);
}

TEST_F(Filing, AReceiptServesOnce) {
  ASSERT_TRUE(world.Submit(Proper()).ok());
  ExpectRefused(world.Prepare(reporter, world.Plan(world.Facts())), Reason::kFieldInvalid);
}

TEST_F(Filing, APlanWithAnyByteChangedIsRefused) {
  Submission submission = Proper();
  for (std::size_t i = 0; i < submission.plan.size(); i += 7) {
    submission.plan[i] = static_cast<char>(submission.plan[i] ^ 1);
    EXPECT_EQ(Why(world.Submit(submission)), Reason::kPlanInvalid) << i;
    submission.plan[i] = static_cast<char>(submission.plan[i] ^ 1);
  }
  EXPECT_TRUE(world.Submit(submission).ok()) << "control: unchanged it is taken";
}

TEST_F(Filing, APlanOfAnotherServerIsRefused) {
  World elsewhere(2);
  Submission submission = Proper();
  submission.plan = elsewhere.Plan(elsewhere.Facts()).plan;
  ExpectRefused(submission, Reason::kPlanInvalid);
}

TEST_F(Filing, APlanExpiresAfterAnHour) {
  Submission submission = Proper();
  world.clock.Advance(std::chrono::minutes(61));
  ExpectRefused(submission, Reason::kPlanStale);
}

TEST_F(Filing, APlanDiesWithTheDirectoryAndThePoliciesItWasMadeFrom) {
  Submission submission = Proper();
  world.PublishDirectory();
  ExpectRefused(submission, Reason::kPlanStale);
  submission = world.Prepare(reporter, world.Plan(world.Facts()));
  world.PublishPolicy(people::Document::kSafeguards, R"({"desk_members": 2})");
  ExpectRefused(submission, Reason::kPlanStale);
}

TEST_F(Filing, AnEnvelopeWithAnyBitOfHeaderOrSignatureFlippedIsRefused) {
  Submission submission = Proper();
  for (std::size_t bit = 0; bit < format::kEnvelopePrefixSize * 8; bit += 5) {
    char& byte = submission.envelope[bit / 8];
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
    const std::size_t rows = world.rows.size();
    EXPECT_EQ(Why(world.Submit(submission)), Reason::kEnvelopeInvalid) << "bit " << bit;
    EXPECT_EQ(world.rows.size(), rows);
    byte = static_cast<char>(byte ^ (1 << (bit % 8)));
  }
}

TEST_F(Filing, ABodyThatIsCutLongerOrChangedIsRefused) {
  Submission submission = Proper();
  submission.envelope.back() = static_cast<char>(submission.envelope.back() ^ 1);
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
  submission = Proper();
  submission.envelope.pop_back();
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
  submission = Proper();
  submission.envelope += '\0';
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
  submission = Proper();
  submission.envelope.clear();
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
}

TEST_F(Filing, TheSignatureMustBeTheMailboxKeys) {
  const crypto::SigningKey stranger = crypto::SigningKey::Draw(world.random);
  Mischief mischief;
  mischief.signer = &stranger;
  ExpectRefused(With(mischief), Reason::kEnvelopeInvalid);
}

TEST_F(Filing, AnEnvelopeBoundToSomethingElseIsRefused) {
  const auto refused = [&](std::function<void(format::EnvelopeContext&)> change) {
    Mischief mischief;
    mischief.context = std::move(change);
    ExpectRefused(With(mischief), Reason::kEnvelopeInvalid);
  };
  refused([&](auto& context) { context.case_id = format::DrawId<base::CaseId>(world.random); });
  refused([&](auto& context) { context.organisation = format::DrawId<base::OrganisationId>(world.random); });
  refused([](auto& context) { context.kind = format::EntryKind::kMessage; });
  refused([](auto& context) { context.keyring = format::Keyring::kTeam; });
  refused([](auto& context) { context.epoch = 1; });
  refused([](auto& context) {
    context.sequence = 1;
    context.previous = crypto::Sha256("something before");
  });
  refused([](auto& context) {
    context.leaf_count = 1;
    context.leaf_head = crypto::Sha256("something seen");
  });
  refused([](auto& context) { context.epoch_record_hash = crypto::Sha256("another record"); });
  refused([](auto& context) { context.day = context.day.PlusDays(3); });
  refused([](auto& context) { context.day = context.day.PlusDays(-3); });
}

TEST_F(Filing, AGrantToAStrangerIsRefused) {
  const crypto::EncryptionKey stranger = crypto::DecryptionKey::Draw(world.random).encryption_key();
  Mischief added;
  added.recipients = [&](auto& recipients) { recipients.push_back({stranger, format::ReleaseCondition::kAssigned}); };
  ExpectRefused(With(added), Reason::kGrantsMismatch);
  Mischief replaced;
  replaced.recipients = [&](auto& recipients) { recipients.back().key = stranger; };
  ExpectRefused(With(replaced), Reason::kGrantsMismatch);
}

TEST_F(Filing, AMissingGrantIsRefused) {
  for (std::size_t i = 1; i <= plan.readers.size(); ++i) {
    Mischief mischief;
    mischief.recipients = [&](auto& recipients) { recipients.erase(recipients.begin() + static_cast<long>(i)); };
    ExpectRefused(With(mischief), Reason::kGrantsMismatch);
  }
}

TEST_F(Filing, AGrantToAColleagueWhoWasNotPlannedIsRefused) {
  const auto planned = [&](const std::string& slug) {
    return std::any_of(plan.readers.begin(), plan.readers.end(),
                       [&](const cases::ReaderView& reader) { return reader.staff.text() == slug; });
  };
  std::string outsider;
  for (const char* slug : {"amira", "bjorn", "chiara", "dilip"})
    if (!planned(slug)) outsider = slug;
  ASSERT_FALSE(outsider.empty());
  Mischief mischief;
  mischief.recipients = [&](auto& recipients) {
    recipients[1].key = world.machines.at(outsider)[0].decryption.encryption_key();
  };
  ExpectRefused(With(mischief), Reason::kGrantsMismatch);
}

TEST_F(Filing, SwappedConditionsAreRefused) {
  Mischief mischief;
  mischief.recipients = [](auto& recipients) { std::swap(recipients[1].condition, recipients.back().condition); };
  ExpectRefused(With(mischief), Reason::kGrantsMismatch);
}

TEST_F(Filing, GrantsThatAreNotThoseOfTheRecordAreRefused) {
  Submission submission = Proper();
  std::swap(submission.grants[1], submission.grants[2]);
  ExpectRefused(submission, Reason::kGrantsMismatch);
  submission = Proper();
  submission.grants.pop_back();
  ExpectRefused(submission, Reason::kGrantsMismatch);
  submission = Proper();
  submission.grants.push_back(submission.grants.back());
  ExpectRefused(submission, Reason::kGrantsMismatch);
  submission = Proper();
  submission.grants[1].back() = static_cast<char>(submission.grants[1].back() ^ 1);
  ExpectRefused(submission, Reason::kGrantsMismatch);
  submission = Proper();
  submission.grants[1].clear();
  ExpectRefused(submission, Reason::kGrantsMismatch);
}

TEST_F(Filing, TheOrderOfGrantsIsTheMakers) {
  Mischief mischief;
  mischief.recipients = [](auto& recipients) { std::reverse(recipients.begin() + 1, recipients.end()); };
  EXPECT_TRUE(world.Submit(With(mischief)).ok());
}

TEST_F(Filing, AnEpochRecordBoundToSomethingElseIsRefused) {
  const auto refused = [&](std::function<void(format::EpochScope&)> change) {
    Mischief mischief;
    mischief.scope = std::move(change);
    ExpectRefused(With(mischief), Reason::kEpochInvalid);
  };
  refused([&](auto& scope) { scope.case_id = format::DrawId<base::CaseId>(world.random); });
  refused([&](auto& scope) { scope.organisation = format::DrawId<base::OrganisationId>(world.random); });
  Mischief maker;
  maker.maker = crypto::KeyIdOf(world.machines.at("amira")[0].signing.verify_key());
  ExpectRefused(With(maker), Reason::kEpochInvalid);
  Mischief version;
  version.directory_version = 9;
  ExpectRefused(With(version), Reason::kEpochInvalid);
  Submission without = Proper();
  without.without_epoch = true;
  ExpectRefused(without, Reason::kEpochInvalid);
  Submission cut = Proper();
  cut.record.pop_back();
  ExpectRefused(cut, Reason::kEpochInvalid);
}

TEST_F(Filing, AnotherMailboxKeyThanTheGrantsIsRefused) {
  Submission submission = Proper();
  submission.encryption_key = crypto::DecryptionKey::Draw(world.random).encryption_key();
  ExpectRefused(submission, Reason::kGrantsMismatch);
  submission = Proper();
  submission.encryption_key = {};
  ExpectRefused(submission, Reason::kFieldInvalid);
  submission = Proper();
  submission.mailbox = {};
  ExpectRefused(submission, Reason::kFieldInvalid);
}

TEST_F(Filing, BlobsMustBeThoseOfTheEnvelopeEachOnceAndOfAPossibleSize) {
  const std::vector<format::NamedBlob> named = {{format::DrawId<base::BlobId>(world.random), 5000},
                                                {format::DrawId<base::BlobId>(world.random), 200000}};
  Mischief mischief;
  mischief.context = [&](auto& context) { context.blobs_hash = format::BlobsHash(named); };
  Submission submission = With(mischief);
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
  submission.blobs = {{named[0].blob, 5000}, {named[1].blob, 200001}};
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
  submission.blobs = {{named[1].blob, 200000}, {named[0].blob, 5000}};
  ExpectRefused(submission, Reason::kEnvelopeInvalid);
  submission.blobs = {{named[0].blob, 5000}, {named[0].blob, 5000}};
  ExpectRefused(submission, Reason::kFieldInvalid);
  submission.blobs = {{named[0].blob, 0}, {named[1].blob, 200000}};
  ExpectRefused(submission, Reason::kFieldInvalid);
  submission.blobs = {{named[0].blob, 5000}, {named[1].blob, 200000}};
  EXPECT_TRUE(world.Submit(submission).ok()) << "control";
}

TEST_F(Filing, BlobsBeyondTheQuotaOfTheCaseAreRefused) {
  world.PublishPolicy(people::Document::kSafeguards, R"({"case_quota_mib": 16})");
  plan = world.Plan(world.Facts());
  std::vector<format::NamedBlob> named = {{format::DrawId<base::BlobId>(world.random), (16u << 20) + 1}};
  Mischief mischief;
  mischief.context = [&](auto& context) { context.blobs_hash = format::BlobsHash(named); };
  Submission submission = With(mischief);
  submission.blobs = {{named[0].blob, named[0].size}};
  ExpectRefused(submission, Reason::kQuotaExceeded);
}

class Identity : public Filing {
 protected:
  std::vector<crypto::EncryptionKey> Custodians() const {
    std::vector<crypto::EncryptionKey> keys;
    for (const cases::ReaderView& custodian : plan.custodians)
      keys.push_back(world.organisation->FindByEncryptionKey(custodian.key_id)->devices[0].encryption_key);
    return keys;
  }
  crypto::Bytes Sealed(const std::vector<crypto::EncryptionKey>& custodians, std::uint8_t threshold) {
    return *format::SealIdentity(world.file.id, plan.case_id, custodians, threshold, plan.directory_version,
                                 reporter.epochs[0], "Noor Example, call after six", world.random);
  }
};

TEST_F(Identity, IsTakenWhenSealedToTheCustodiansThatWereOffered) {
  ASSERT_EQ(plan.custodians.size(), 3u);
  Submission submission = Proper();
  submission.identity = Sealed(Custodians(), 2);
  ASSERT_TRUE(world.Submit(submission).ok());
  EXPECT_TRUE(world.CaseOf(reporter).identity_held);
}

TEST_F(Identity, IsRefusedForOtherCustodiansAnotherThresholdOrBrokenBytes) {
  Submission submission = Proper();
  submission.identity = Sealed({Custodians()[0], Custodians()[1]}, 2);
  ExpectRefused(submission, Reason::kCustodyNotOffered);
  submission.identity = Sealed(Custodians(), 3);
  ExpectRefused(submission, Reason::kCustodyNotOffered);
  std::vector<crypto::EncryptionKey> strangers = Custodians();
  strangers[0] = world.machines.at("ada")[0].decryption.encryption_key();
  submission.identity = Sealed(strangers, 2);
  ExpectRefused(submission, Reason::kCustodyNotOffered);
  submission.identity = Sealed(Custodians(), 2).substr(0, 100);
  ExpectRefused(submission, Reason::kFieldInvalid);
}

}  // namespace
}  // namespace alcove::world
