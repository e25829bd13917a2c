// What a reporter's client believes of a case that is gone and of a message whose content was taken away: what is proved, and
// nothing else.
#include "client/lib/tombstone.h"

#include "crypto/format/envelope.h"
#include "crypto/format/leaf.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

const format::Day kDecided = *format::Day::FromText("2026-11-11");

class Gone : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(reporter.File().ok());
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    sealed::v1::Message message;
    message.set_text("Somebody else's illness.");
    ASSERT_TRUE(visit->Send(message, {}, kToday).ok());
    impostor.Publish();
    keys_.emplace(*crypto::DeriveMailboxKeys(reporter.receipt, impostor.organisation().id.view()));
  }

  format::MailboxId Mailbox() const { return *format::MailboxId::FromBytes(keys_->id.view()); }
  static format::ApprovalId Approval() { return *format::ApprovalId::FromBytes(std::string(16, 'a')); }

  // The leaf as an honest server writes it; a test changes it before it is signed.
  format::Leaf Leaf() const {
    format::Leaf leaf;
    leaf.kind = format::LeafKind::kCaseShredded;
    leaf.organisation = impostor.organisation().id;
    leaf.case_id = *format::ParseCaseName(impostor.case_name);
    leaf.number = 9;
    leaf.day = kToday;
    leaf.details = format::details::CaseShredded(format::TombstoneMailbox(leaf.organisation, Mailbox()),
                                                 static_cast<uint8_t>(format::ApprovalKind::kCloseCase), Approval(),
                                                 kDecided, 1);
    return leaf;
  }
  v1::GetMailboxResponse Answer(const format::Leaf& leaf, const crypto::SigningKey& log_key) const {
    v1::GetMailboxResponse answer;
    answer.set_case_(impostor.case_name);
    v1::CaseGone& gone = *answer.mutable_gone();
    gone.set_cause(v1::APPROVAL_KIND_CLOSE_CASE);
    gone.set_approval(format::ApprovalName(Approval()));
    gone.mutable_decided()->set_year(2026);
    gone.mutable_decided()->set_month(11);
    gone.mutable_decided()->set_day(11);
    const std::string salt(32, 's');
    const std::string content = format::LeafContent(leaf);
    gone.mutable_leaf()->set_number(leaf.number);
    gone.mutable_leaf()->set_content(content);
    gone.mutable_leaf()->set_salt(salt);
    format::Promise promise;
    promise.organisation = impostor.organisation().id;
    promise.day = kToday;
    promise.commitment = format::LeafCommitment(*format::LeafSalt::FromBytes(salt), content);
    promise.signature = format::SignPromise(log_key, promise.organisation, promise.day, 1, format::LeafHash(promise.commitment));
    gone.set_promise(format::PromiseBytes(promise));
    return answer;
  }
  std::string Look(const v1::GetMailboxResponse& answer) {
    impostor.hooks.mailbox = [answer](v1::GetMailboxResponse& given) { given = answer; };
    seen.reset();
    return Reason(MailboxVisit::Begin(*reporter.connection, reporter.directory, reporter.receipt, crypto::SystemRandom(), {}, &seen)
                      .status());
  }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
  std::optional<crypto::MailboxKeys> keys_;
  std::optional<Tombstone> seen;
};

TEST_F(Gone, P5_ATombstoneIsShownAndVerifiesOffline) {
  ASSERT_EQ(Look(Answer(Leaf(), impostor.log_key())), "CASE_GONE");
  ASSERT_TRUE(seen && seen->proof);
  EXPECT_EQ(seen->cause, format::ApprovalKind::kCloseCase);
  EXPECT_EQ(seen->approval, Approval());
  EXPECT_EQ(seen->shredded, kToday);
  EXPECT_FALSE(seen->published);
  const auto text = format::ProofText(*seen->proof);
  ASSERT_TRUE(text.ok());
  const auto shown = format::VerifyProof(*format::ParseProof(*text));
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_EQ(shown->leaf.kind, format::LeafKind::kCaseShredded);
  EXPECT_EQ(shown->fingerprint, format::Fingerprint(impostor.organisation()));
  EXPECT_NE(TombstoneText(*seen).find("deleted for good on 2026-11-21"), std::string::npos) << TombstoneText(*seen);
}

TEST_F(Gone, P5_ATombstoneOfAnotherCaseMailboxOrKeyIsRefused) {
  const auto with = [&](auto change) {
    format::Leaf leaf = Leaf();
    change(leaf);
    return Look(Answer(leaf, impostor.log_key()));
  };
  EXPECT_EQ(with([](format::Leaf&) {}), "CASE_GONE") << "control";
  EXPECT_EQ(with([](format::Leaf& leaf) { leaf.case_id = *format::CaseId::FromBytes(std::string(16, 'c')); }), "TOMBSTONE_INVALID");
  EXPECT_EQ(with([](format::Leaf& leaf) { leaf.organisation = *format::OrganisationId::FromBytes(std::string(16, 'o')); }),
            "TOMBSTONE_INVALID");
  EXPECT_EQ(with([&](format::Leaf& leaf) {
              const auto other = *format::MailboxId::FromBytes(std::string(16, 'm'));
              leaf.details = format::details::CaseShredded(format::TombstoneMailbox(leaf.organisation, other), 3, Approval(),
                                                           kDecided, 1);
            }),
            "TOMBSTONE_INVALID")
      << "another reporter's";
  EXPECT_EQ(with([&](format::Leaf& leaf) {
              leaf.details = format::details::CaseShredded(format::TombstoneMailbox(leaf.organisation, Mailbox()), 0, {},
                                                           kDecided, 1);
            }),
            "TOMBSTONE_INVALID")
      << "retention is signed, an approval is said";
  EXPECT_EQ(with([](format::Leaf& leaf) {
              leaf.kind = format::LeafKind::kCaseWithdrawn;
              leaf.details.clear();
            }),
            "TOMBSTONE_INVALID");
  EXPECT_EQ(Look(Answer(Leaf(), crypto::SigningKey::Draw(crypto::SystemRandom()))), "TOMBSTONE_INVALID");
  EXPECT_FALSE(seen);
}

TEST_F(Gone, P5_EveryFlippedBitOfATombstoneIsRefused) {
  const v1::GetMailboxResponse good = Answer(Leaf(), impostor.log_key());
  const auto check = [&](const v1::GetMailboxResponse& answer) {
    return CheckTombstone(impostor.organisation(), reporter.directory, Mailbox(), answer).ok();
  };
  ASSERT_TRUE(check(good)) << "control";
  for (auto field : {&v1::LeafOpening::mutable_content, &v1::LeafOpening::mutable_salt}) {
    v1::GetMailboxResponse changed = good;
    std::string& bytes = *(changed.mutable_gone()->mutable_leaf()->*field)();
    for (size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
      ASSERT_FALSE(check(changed)) << "bit " << bit;
      bytes[bit / 8] = static_cast<char>(bytes[bit / 8] ^ (1 << bit % 8));
    }
  }
  v1::GetMailboxResponse changed = good;
  std::string& promise = *changed.mutable_gone()->mutable_promise();
  for (size_t bit = 0; bit < promise.size() * 8; ++bit) {
    promise[bit / 8] = static_cast<char>(promise[bit / 8] ^ (1 << bit % 8));
    ASSERT_FALSE(check(changed)) << "bit " << bit << " of the promise";
    promise[bit / 8] = static_cast<char>(promise[bit / 8] ^ (1 << bit % 8));
  }
}

TEST_F(Gone, ACaseThatIsOnlyToGoHasNoProofYet) {
  v1::GetMailboxResponse answer = Answer(Leaf(), impostor.log_key());
  answer.mutable_gone()->clear_leaf();
  answer.mutable_gone()->clear_promise();
  EXPECT_EQ(Look(answer), "CASE_GONE");
  ASSERT_TRUE(seen);
  EXPECT_FALSE(seen->proof);
  EXPECT_NE(TombstoneText(*seen).find("is to be deleted"), std::string::npos);
}

TEST_F(Gone, P5_AMessageWithoutItsContentIsBelievedOnlyWhereTheRecordSaysSo) {
  const std::string whole = impostor.thread[1].envelope();
  const crypto::Digest hash = format::EntryHash(*format::ParseEnvelope(whole));
  impostor.hooks.messages = [](v1::ListMessagesResponse& answer) {
    answer.mutable_entries(1)->mutable_envelope()->resize(format::kEnvelopePrefixSize);
  };
  EXPECT_EQ(Reason(reporter.Visit().status()), "ENTRY_INVALID") << "withheld";
  impostor.AddLeaf(format::LeafKind::kEntryRedacted, "",
                   format::details::EntryRedacted(format::Keyring::kThread, 0, hash, Approval()));
  EXPECT_EQ(Reason(reporter.Visit().status()), "ENTRY_INVALID") << "the record speaks of another";
  impostor.AddLeaf(format::LeafKind::kEntryRedacted, "",
                   format::details::EntryRedacted(format::Keyring::kThread, 1, hash, Approval()));
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  EXPECT_TRUE(visit->thread()[1].redacted);
  EXPECT_EQ(visit->thread()[1].hash, hash);
  EXPECT_EQ(visit->thread()[1].message->text(), "");
  EXPECT_FALSE(visit->thread()[0].redacted);

  impostor.hooks.messages = [&](v1::ListMessagesResponse& answer) {
    std::string& envelope = *answer.mutable_entries(1)->mutable_envelope();
    envelope.resize(format::kEnvelopePrefixSize);
    envelope[200] = static_cast<char>(envelope[200] ^ 1);
  };
  EXPECT_EQ(Reason(reporter.Visit().status()), "ENTRY_INVALID") << "what is left is still signed";
}

TEST_F(Gone, TheReportItselfIsNeverWithoutItsContent) {
  const crypto::Digest hash = format::EntryHash(*format::ParseEnvelope(impostor.thread[0].envelope()));
  impostor.AddLeaf(format::LeafKind::kEntryRedacted, "",
                   format::details::EntryRedacted(format::Keyring::kThread, 0, hash, Approval()));
  ASSERT_EQ(Reason(reporter.Visit().status()), "OK") << "control";
  impostor.hooks.messages = [](v1::ListMessagesResponse& answer) {
    answer.mutable_entries(0)->mutable_envelope()->resize(format::kEnvelopePrefixSize);
  };
  EXPECT_EQ(Reason(reporter.Visit().status()), "ENTRY_INVALID");
}

}  // namespace
}  // namespace alcove::client::test
