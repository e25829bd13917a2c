// A new receipt: the old words are worth nothing from then on, and nothing else changes.
#include "server/core/cases/rotation.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>

#include "crypto/format/grant.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::EntryKind;
using format::Keyring;

class Rotating : public testing::Test {
 protected:
  // The reporter's own words of now, and the new ones.
  struct Words {
    base::MailboxId mailbox;
    Machine keys;
  };
  Words Fresh() {
    return {format::DrawId<base::MailboxId>(world.random),
            {crypto::DecryptionKey::Draw(world.random), crypto::SigningKey::Draw(world.random)}};
  }
  // The new epoch, to the new key and exactly those who remain.
  std::vector<format::Recipient> Recipients(const Words& fresh) {
    std::vector<format::Recipient> recipients = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    recipients.front().key = fresh.keys.decryption.encryption_key();
    return recipients;
  }
  Draft Entry(const std::vector<format::Recipient>* recipients, const Mischief& mischief = {},
              EntryKind kind = EntryKind::kReceiptRotated) {
    return world.Write(Keyring::kThread, kind, reporter.case_id, reporter.keys.signing, reporter.epochs.back(), mischief,
                       recipients, &made);
  }
  absl::StatusOr<cases::Appended> Try(const Words& fresh, const Draft& draft) {
    return world.Carry(cases::RotateReceipt(world.ports(), reporter.mailbox,
                                            {world.RequestId(), fresh.mailbox, fresh.keys.decryption.encryption_key(),
                                             fresh.keys.signing.verify_key(), draft.entry()}));
  }
  void Rotate(Words fresh) {
    const std::vector<format::Recipient> recipients = Recipients(fresh);
    const auto rotated = Try(fresh, Entry(&recipients));
    ASSERT_TRUE(rotated.ok()) << rotated.status();
    reporter.mailbox = fresh.mailbox;
    reporter.keys = {std::move(fresh.keys.decryption), std::move(fresh.keys.signing)};
    reporter.epochs.push_back(std::move(made));
  }
  // Nothing is kept of what is refused.
  void ExpectRefused(const Words& fresh, const Draft& draft, Reason reason) {
    const std::size_t rows = world.rows.size();
    const std::uint64_t leaves = world.rows.leaves();
    const cases::Case before = world.CaseOf(reporter);
    EXPECT_EQ(Why(Try(fresh, draft)), reason);
    EXPECT_EQ(world.rows.size(), rows);
    EXPECT_EQ(world.rows.leaves(), leaves);
    EXPECT_EQ(world.CaseOf(reporter).mailbox, before.mailbox);
    EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox).ok());
  }
  // How many grants in storage are to this key.
  int GrantsTo(const crypto::KeyId& key) {
    int found = 0;
    const absl::Status status = world.rows.Scan<cases::Epoch>(
        base::RowKey(reporter.case_id), "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
          const format::ParsedEpoch record = *format::ParseEpoch(row.record.record);
          for (std::size_t i = 0; i < record.reader_count; ++i)
            if (!row.record.grants[i].empty() && record.ReaderAt(i).key == key) ++found;
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return found;
  }
  std::optional<Reason> Send() {
    return Why(world.Send(reporter,
                          world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                                      reporter.epochs.back()),
                          world.RequestId()));
  }

  World world;
  Reporter reporter = world.File();
  format::EpochKey made = reporter.epochs.back().Clone();
};

TEST_F(Rotating, TheOldWordsLeadToAMailboxThatNeverWas) {
  const base::MailboxId old = reporter.mailbox;
  const crypto::KeyId old_key = crypto::KeyIdOf(reporter.keys.decryption.encryption_key());
  const crypto::VerifyKey old_verify = reporter.keys.signing.verify_key();
  ASSERT_EQ(GrantsTo(old_key), 1) << "control";
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh()));

  const base::MailboxId nobody = format::DrawId<base::MailboxId>(world.random);
  EXPECT_FALSE(cases::MailboxKey(world.rows, old)->has_value());
  EXPECT_EQ(cases::GetMailbox(world.ports(), old).status(), cases::GetMailbox(world.ports(), nobody).status());
  EXPECT_EQ(cases::ListMessages(world.ports(), old, {}).status(), cases::ListMessages(world.ports(), nobody, {}).status());
  EXPECT_EQ(Why(cases::ListLeaves(world.ports(), old, {})), Reason::kNothingHere);
  EXPECT_EQ(GrantsTo(old_key), 0) << "no grant to the old key is left on disk";

  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_EQ(view->case_id, reporter.case_id);
  EXPECT_THAT(view->former_keys, testing::ElementsAre(old_verify));
  ASSERT_EQ(view->grants.size(), 1u);
  EXPECT_TRUE(format::OpenGrant(*format::ParseGrant(view->grants[0].grant), *format::ParseEpoch(view->epochs[1].record),
                                reporter.keys.decryption).ok());
}

TEST_F(Rotating, BothSidesWriteOn) {
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh()));
  EXPECT_EQ(Send(), std::nullopt);
  const base::StaffSlug staff = world.AssigneeOf(reporter);
  const Draft answer = world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id,
                                   world.machines.at(staff.text()).front().signing, reporter.epochs.back());
  EXPECT_TRUE(world.Append(staff, reporter.case_id, answer, world.RequestId()).ok());
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh())) << "and again";
  EXPECT_EQ(Send(), std::nullopt);
  EXPECT_EQ(world.CaseOf(reporter).former_mailbox_keys.size(), 2u);
}

TEST_F(Rotating, TheRecordSaysSoAndNamesNobody) {
  const std::uint32_t before = world.CaseOf(reporter).leaf_count;
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh()));
  const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {.size = 100, .token = ""});
  std::vector<format::LeafKind> kinds;
  for (std::size_t i = before; i < page->leaves.size(); ++i) {
    const format::Leaf leaf = *format::ParseLeaf(page->leaves[i].content);
    kinds.push_back(leaf.kind);
    EXPECT_EQ(leaf.time, 0u);
    EXPECT_TRUE(leaf.actor.empty());
  }
  EXPECT_THAT(kinds, testing::ElementsAre(format::LeafKind::kEntryAppended, format::LeafKind::kReceiptRotated));
}

TEST_F(Rotating, OnlyAWholeNewEpochWillDo) {
  const Words fresh = Fresh();
  ExpectRefused(fresh, Entry(nullptr), Reason::kEpochStale);
  const std::vector<format::Recipient> to_the_old = world.RecipientsOf(reporter.case_id, Keyring::kThread);
  ExpectRefused(fresh, Entry(&to_the_old), Reason::kGrantsMismatch);
  std::vector<format::Recipient> fewer = Recipients(fresh);
  fewer.pop_back();
  ExpectRefused(fresh, Entry(&fewer), Reason::kGrantsMismatch);
  std::vector<format::Recipient> more = Recipients(fresh);
  more.push_back({crypto::DecryptionKey::Draw(world.random).encryption_key(), format::ReleaseCondition::kAssigned});
  ExpectRefused(fresh, Entry(&more), Reason::kGrantsMismatch);
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh())) << "control";
}

TEST_F(Rotating, OnlyTheOldKeySignsItAndOnlyAsARotation) {
  const Words fresh = Fresh();
  const std::vector<format::Recipient> recipients = Recipients(fresh);
  Mischief other;
  other.signer = &fresh.keys.signing;
  ExpectRefused(fresh, Entry(&recipients, other), Reason::kEnvelopeInvalid);
  ExpectRefused(fresh, Entry(&recipients, {}, EntryKind::kMessage), Reason::kKindRefused);
  // And a rotation is no message.
  const auto sent = world.Send(reporter, Entry(&recipients), world.RequestId());
  EXPECT_EQ(Why(sent), Reason::kKindRefused);
}

TEST_F(Rotating, KeysHaveToBeNewAndGood) {
  const std::vector<format::Recipient> same = world.RecipientsOf(reporter.case_id, Keyring::kThread);
  Words fresh = Fresh();
  const std::vector<format::Recipient> recipients = Recipients(fresh);
  const Draft draft = Entry(&recipients);
  const auto tried = [&](const base::MailboxId& mailbox, const crypto::EncryptionKey& encryption,
                         const crypto::VerifyKey& verify) {
    const auto outcome = cases::RotateReceipt(world.ports(), reporter.mailbox,
                                              {world.RequestId(), mailbox, encryption, verify, draft.entry()});
    return base::DetailOf(outcome.status(), "field");
  };
  const crypto::EncryptionKey encryption = fresh.keys.decryption.encryption_key();
  const crypto::VerifyKey verify = fresh.keys.signing.verify_key();
  EXPECT_EQ(tried({}, encryption, verify), "mailbox");
  EXPECT_EQ(tried(reporter.mailbox, encryption, verify), "mailbox") << "its own";
  EXPECT_EQ(tried(world.File().mailbox, encryption, verify), "mailbox") << "somebody else's";
  EXPECT_EQ(tried(fresh.mailbox, {}, verify), "mailbox_encryption_key");
  EXPECT_EQ(tried(fresh.mailbox, reporter.keys.decryption.encryption_key(), verify), "mailbox_encryption_key");
  EXPECT_EQ(tried(fresh.mailbox, encryption, {}), "mailbox_signing_key");
  EXPECT_EQ(tried(fresh.mailbox, encryption, reporter.keys.signing.verify_key()), "mailbox_signing_key");
  const crypto::VerifyKey first = reporter.keys.signing.verify_key();
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh()));
  const Words next = Fresh();
  const std::vector<format::Recipient> to_next = Recipients(next);
  const Draft back = Entry(&to_next);
  const auto outcome = cases::RotateReceipt(
      world.ports(), reporter.mailbox,
      {world.RequestId(), next.mailbox, next.keys.decryption.encryption_key(), first, back.entry()});
  EXPECT_EQ(base::DetailOf(outcome.status(), "field"), "mailbox_signing_key") << "a key that it had before";
}

TEST_F(Rotating, ACaseKeepsSixteenFormerKeys) {
  cases::Case record = world.CaseOf(reporter);
  for (std::size_t i = 0; i + 1 < cases::kMostFormerKeys; ++i)
    record.former_mailbox_keys.push_back(crypto::SigningKey::Draw(world.random).verify_key());
  world.rows.Put(std::move(record));
  ASSERT_NO_FATAL_FAILURE(Rotate(Fresh())) << "control: the last one";
  const Words fresh = Fresh();
  const std::vector<format::Recipient> recipients = Recipients(fresh);
  ExpectRefused(fresh, Entry(&recipients), Reason::kQuotaExceeded);
}

TEST_F(Rotating, TwoAtOnceAreOne) {
  const Words one = Fresh();
  const Words two = Fresh();
  const std::vector<format::Recipient> to_one = Recipients(one);
  const std::vector<format::Recipient> to_two = Recipients(two);
  const Draft first = Entry(&to_one);
  const Draft second = Entry(&to_two);
  auto late = cases::RotateReceipt(world.ports(), reporter.mailbox,
                                   {world.RequestId(), two.mailbox, two.keys.decryption.encryption_key(),
                                    two.keys.signing.verify_key(), second.entry()});
  ASSERT_TRUE(late.ok()) << late.status();
  ASSERT_TRUE(Try(one, first).ok());
  EXPECT_EQ(Why(world.Carry(std::move(late))), Reason::kContended);
  EXPECT_EQ(Why(Try(two, second)), Reason::kNothingHere) << "decided again, the old mailbox is nobody";
  EXPECT_FALSE(cases::MailboxKey(world.rows, two.mailbox)->has_value());
}

}  // namespace
}  // namespace alcove::world
