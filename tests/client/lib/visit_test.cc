// A server that lies to a reporter who comes back.
#include "client/lib/mailbox.h"

#include "crypto/format/envelope.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

class Visit : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(reporter.File().ok());
    impostor.AddLeaf(format::LeafKind::kCaseAssigned, "", format::details::Assigned("ana"));
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    sealed::v1::Message message;
    message.set_text("It happened again today.");
    const auto sent = visit->Send(message, {}, kToday);
    ASSERT_TRUE(sent.ok()) << sent.status();
    impostor.AddLeaf(format::LeafKind::kCaseOpened, "ana", format::details::Opened(format::Keyring::kThread));
    impostor.Publish();
  }
  std::string Look() { return Reason(reporter.Visit().status()); }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
};

TEST_F(Visit, ShowsWhatWasWrittenAndEveryLeafWithItsProof) {
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  ASSERT_EQ(visit->thread().size(), 2u);
  EXPECT_EQ(visit->report().narrative(), "He shouts at the trainees.");
  EXPECT_EQ(visit->thread()[1].message->text(), "It happened again today.");
  EXPECT_EQ(visit->leaves().leaves.size(), 4u);
  EXPECT_EQ(visit->leaves().published, 4u);
  EXPECT_TRUE(format::VerifyLedger(visit->leaves().saved).ok());
}

TEST_F(Visit, WrongWordsAreRefusedLikeAMailboxThatNeverWas) {
  impostor.hooks.refuse_sign_in = true;
  EXPECT_EQ(Look(), "SIGN_IN_REFUSED");
}

TEST_F(Visit, OtherWordsOpenNothingOfThisCase) {
  reporter.receipt = crypto::Receipt::Draw(crypto::SystemRandom());
  EXPECT_EQ(Look(), "MAILBOX_KEY_SWAPPED");
}

TEST_F(Visit, AFlippedBitAnywhereInAnEntryIsFound) {
  const size_t size = impostor.thread[1].envelope().size();
  ASSERT_EQ(Look(), "OK");  // control
  // Every field of the header, and a sample of the body.
  for (size_t at = 0; at < size; at += at < format::kEnvelopePrefixSize ? 23 : 401) {
    impostor.hooks.messages = [&](v1::ListMessagesResponse& answer) {
      std::string& envelope = *answer.mutable_entries(1)->mutable_envelope();
      envelope[at] = static_cast<char>(envelope[at] ^ 4);
    };
    const std::string reason = Look();
    EXPECT_TRUE(reason == "ENTRY_INVALID" || reason == "ENTRY_OMITTED") << at << ": " << reason;
  }
}

TEST_F(Visit, AnOmittedMessageIsFound) {
  impostor.hooks.messages = [](v1::ListMessagesResponse& answer) { answer.mutable_entries()->RemoveLast(); };
  EXPECT_EQ(Look(), "ENTRY_OMITTED");
  impostor.hooks.messages = [](v1::ListMessagesResponse& answer) { answer.mutable_entries()->DeleteSubrange(0, 1); };
  EXPECT_EQ(Look(), "ENTRY_OMITTED");
}

TEST_F(Visit, AMessageHiddenTogetherWithItsCountShowsInTheRecord) {
  impostor.hooks.messages = [](v1::ListMessagesResponse& answer) { answer.mutable_entries()->RemoveLast(); };
  impostor.hooks.mailbox = [&](v1::GetMailboxResponse& answer) {
    answer.set_thread_length(1);
    answer.set_thread_head(format::EntryHash(*format::ParseEnvelope(impostor.thread[0].envelope())).str());
  };
  EXPECT_EQ(Look(), "ENTRY_OMITTED");
}

TEST_F(Visit, AnOmittedLeafIsFound) {
  impostor.hooks.leaves = [](v1::ListLeavesResponse& answer) { answer.mutable_leaves()->DeleteSubrange(1, 1); };
  EXPECT_EQ(Look(), "LEAF_OMITTED");
  impostor.hooks.leaves = [](v1::ListLeavesResponse& answer) { answer.mutable_leaves()->RemoveLast(); };
  EXPECT_EQ(Look(), "LEAF_OMITTED");
}

TEST_F(Visit, ALeafLeftOutAndTheRestRenumberedIsFound) {
  // The server makes a chain in which nobody opened the case before the reporter wrote.
  const std::vector<v1::LeafOpening> honest = impostor.leaves;
  Impostor rewritten(kToday);
  impostor.hooks.leaves = [&](v1::ListLeavesResponse& answer) {
    answer.clear_leaves();
    answer.clear_checkpoint();
    uint32_t number = 0;
    for (size_t i = 0; i < honest.size(); ++i) {
      if (i == 1) continue;
      format::Leaf leaf = *format::ParseLeaf(honest[i].content());
      leaf.number = ++number;
      v1::LeafOpening& opening = *answer.add_leaves();
      opening.set_number(number);
      opening.set_content(format::LeafContent(leaf));
      opening.set_salt(honest[i].salt());
    }
  };
  impostor.hooks.mailbox = [&](v1::GetMailboxResponse& answer) { answer.set_leaf_count(0); };
  EXPECT_EQ(Look(), "LEAF_INVALID");
}

TEST_F(Visit, AChainShorterThanSomebodySignedForIsARollback) {
  impostor.hooks.leaves = [](v1::ListLeavesResponse& answer) {
    answer.mutable_leaves()->DeleteSubrange(1, 3);
    answer.clear_checkpoint();
    answer.mutable_leaves(0)->set_published(false);
  };
  impostor.hooks.mailbox = [&](v1::GetMailboxResponse& answer) { answer.set_leaf_count(1);
    crypto::Digest head = format::NextChainHead({}, 1, format::LeafCommitment(*format::LeafSalt::FromBytes(impostor.leaves[0].salt()), impostor.leaves[0].content()));
    answer.set_leaf_head(head.str());
  };
  EXPECT_EQ(Look(), "ROLLED_BACK");
}

TEST_F(Visit, AChangedLeafOrProofIsFound) {
  impostor.hooks.leaves = [](v1::ListLeavesResponse& answer) {
    std::string& content = *answer.mutable_leaves(3)->mutable_content();
    content[45] = static_cast<char>(content[45] ^ 1);
  };
  EXPECT_EQ(Look(), "LEAF_INVALID");
  impostor.hooks.leaves = [](v1::ListLeavesResponse& answer) {
    std::string& hash = *answer.mutable_leaves(0)->mutable_proof(2);
    hash[0] = static_cast<char>(hash[0] ^ 1);
  };
  EXPECT_EQ(Look(), "LEAF_INVALID");
  impostor.hooks.leaves = [](v1::ListLeavesResponse& answer) {
    std::string& note = *answer.mutable_checkpoint();
    note[note.size() - 10] = note[note.size() - 10] == 'A' ? 'B' : 'A';
  };
  EXPECT_EQ(Look(), "CHECKPOINT_INVALID");
}

TEST_F(Visit, ADroppedOrForeignEpochIsFound) {
  impostor.hooks.mailbox = [](v1::GetMailboxResponse& answer) { answer.clear_epochs(); };
  EXPECT_EQ(Look(), "EPOCH_INVALID");
  impostor.hooks.mailbox = [](v1::GetMailboxResponse& answer) {
    std::string& record = *answer.mutable_epochs(0)->mutable_record();
    record[30] = static_cast<char>(record[30] ^ 1);  // the case
  };
  EXPECT_EQ(Look(), "EPOCH_INVALID");
  impostor.hooks.mailbox = [](v1::GetMailboxResponse& answer) {
    std::string& grant = *answer.mutable_grants(0)->mutable_grant();
    grant.back() = static_cast<char>(grant.back() ^ 1);
  };
  EXPECT_EQ(Look(), "GRANT_UNOPENED");
}

TEST_F(Visit, P1_AKeyThatTheServerMadeIsNotBelieved) {
  // In Ana's name, for exactly the readers there are, handed to everybody; and the server could read what comes next.
  const auto first = format::ParseEpoch(impostor.epochs[0].record());
  std::vector<format::Recipient> recipients = {
      {*crypto::EncryptionKey::FromBytes(impostor.submitted.mailbox_encryption_key()), format::ReleaseCondition::kMailbox}};
  for (const v1::Reader& reader : impostor.readers) {
    const format::Person* person = impostor.directory().FindPerson(reader.staff().substr(6));
    recipients.push_back({person->devices.front().encryption, static_cast<format::ReleaseCondition>(reader.condition())});
  }
  format::EpochScope scope = first->scope;
  scope.number = 1;
  const format::EpochKey guess = format::EpochKey::Draw(crypto::SystemRandom());
  const auto made = format::MakeEpoch(scope, recipients, &guess, crypto::KeyIdOf(impostor.KeysOf("ana").signing.verify_key()),
                                      1, crypto::SystemRandom());
  ASSERT_TRUE(made.ok()) << made.status();
  ASSERT_EQ(Look(), "OK");  // control
  v1::Epoch epoch = impostor.epochs[0];
  epoch.set_number(1);
  epoch.set_record(made->record);
  impostor.epochs.push_back(epoch);
  for (const crypto::Bytes& grant : made->grants) impostor.grants.push_back(grant);
  EXPECT_EQ(Look(), "EPOCH_INVALID");
}

TEST_F(Visit, AGrantThatDoesNotOpenIsSaidToThePersonThenToTheServer) {
  ASSERT_EQ(Look(), "OK");
  EXPECT_TRUE(impostor.bad_grants.empty()) << "control";
  impostor.hooks.mailbox = [](v1::GetMailboxResponse& answer) {
    std::string& grant = *answer.mutable_grants(0)->mutable_grant();
    grant.back() = static_cast<char>(grant.back() ^ 1);
  };
  size_t said_before = 99;
  const auto visit = MailboxVisit::Begin(*reporter.connection, reporter.directory, reporter.receipt, crypto::SystemRandom(),
                                         [&] { said_before = impostor.bad_grants.size(); });
  EXPECT_EQ(Reason(visit.status()), "GRANT_UNOPENED");
  EXPECT_EQ(said_before, 0u) << "the person is told first";
  EXPECT_EQ(impostor.bad_grants, std::vector<uint32_t>{0});
}

TEST_F(Visit, AnOlderGrantThatDoesNotOpenIsMadeUpForByTheNewerKey) {
  impostor.epochs.back().set_stale(true);
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::Message message;
  message.set_text("Under a new key.");
  ASSERT_TRUE(visit->Send(message, {}, kToday).ok());
  impostor.hooks.mailbox = [](v1::GetMailboxResponse& answer) {
    ASSERT_EQ(answer.grants_size(), 2);
    std::string& grant = *answer.mutable_grants(0)->mutable_grant();
    grant.back() = static_cast<char>(grant.back() ^ 1);
  };
  EXPECT_EQ(Look(), "OK");
  EXPECT_TRUE(impostor.bad_grants.empty());
}

TEST_F(Visit, ANewEpochIsNotGrantedToWhoLostTheCase) {
  impostor.epochs.back().set_stale(true);
  for (v1::Reader& reader : impostor.readers) reader.set_lost(reader.staff() == "staff/bruno");
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::Message message;
  message.set_text("After he left.");
  ASSERT_TRUE(visit->Send(message, {}, kToday).ok());
  EXPECT_EQ(format::ParseEpoch(impostor.epochs[1].record())->reader_count, 5);  // mailbox and four
}

TEST_F(Visit, ExcludingSendsTagsAndShortNamesAndNoIdentifier) {
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  std::vector<NamedPerson> people = {ParsePerson("bruno@meridian.example")};
  ASSERT_TRUE(TagEverybody(*reporter.connection, people, crypto::SystemRandom()).ok());
  ASSERT_TRUE(visit->Exclude({*people[0].tag}, {"ana"}).ok());
  ASSERT_EQ(impostor.excluded.tags_size(), 1);
  EXPECT_EQ(impostor.excluded.tags(0).size(), 64u);
  ASSERT_EQ(impostor.excluded.readers_size(), 1);
  EXPECT_EQ(impostor.excluded.readers(0), "staff/ana");
  EXPECT_EQ(impostor.excluded.SerializeAsString().find("meridian"), std::string::npos);
  people = {ParsePerson("Bruno somebody")};
  EXPECT_EQ(Reason(TagEverybody(*reporter.connection, people, crypto::SystemRandom())), "INPUT_INVALID");
}

TEST_F(Visit, AStaleEpochIsReplacedByOneForTheRemainingReadersOnly) {
  impostor.epochs.back().set_stale(true);
  for (v1::Reader& reader : impostor.readers) reader.set_lost(reader.staff() == "staff/bruno");
  impostor.AddLeaf(format::LeafKind::kReaderLost, "", format::details::ReaderLost("bruno"));
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::Message message;
  message.set_text("After he left.");
  ASSERT_TRUE(visit->Send(message, {}, kToday).ok());
  ASSERT_EQ(impostor.epochs.size(), 2u);
  EXPECT_EQ(format::ParseEpoch(impostor.epochs[1].record())->reader_count, 5);  // mailbox and four
  EXPECT_EQ(Look(), "OK");
}

TEST_F(Visit, ANewReaderSmuggledIntoAStaleEpochIsRefused) {
  impostor.epochs.back().set_stale(true);
  v1::Reader carla = impostor.readers.front();
  carla.set_staff("staff/carla");
  carla.set_key_id(crypto::KeyIdOf(impostor.directory().FindPerson("carla")->devices.front().encryption).str());
  impostor.readers.push_back(carla);
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::Message message;
  message.set_text("Who is she?");
  EXPECT_EQ(Reason(visit->Send(message, {}, kToday).status()), "READER_SURPLUS");
}

}  // namespace
}  // namespace alcove::client::test
