// A new receipt and check-ins, with a server that swaps keys and replays.
#include "client/lib/staff_case.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

std::string Key() { return crypto::DecryptionKey::Draw(crypto::SystemRandom()).encryption_key().str(); }
std::string SigningKey() { return crypto::SigningKey::Draw(crypto::SystemRandom()).verify_key().str(); }

class Rotation : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(reporter.File().ok());
    auto signed_in = StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom());
    ASSERT_TRUE(signed_in.ok()) << signed_in.status();
    desk.emplace(*std::move(signed_in));
  }
  // Says something under the words of now, gets new ones, and says something under those.
  void Rotate() {
    Say("under the old words");
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    crypto::Receipt fresh = crypto::Receipt::Draw(crypto::SystemRandom());
    const auto rotated = visit->Rotate(fresh, kToday);
    ASSERT_TRUE(rotated.ok()) << rotated.status();
    reporter.receipt = std::move(fresh);
    Say("under the new words");
  }
  void Say(const std::string& text) {
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    sealed::v1::Message message;
    message.set_text(text);
    const auto sent = visit->Send(message, {}, kToday);
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  std::string Open() { return Reason(desk->Open(impostor.case_name).status()); }
  std::string Look() { return Reason(reporter.Visit().status()); }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
  StaffKeys ana = impostor.KeysOf("ana");
  std::optional<StaffDesk> desk;
};

TEST_F(Rotation, ReporterAndTeamReadOnAndTheOldKeyIsInNoNewEpoch) {
  const std::string before = impostor.submitted.mailbox_encryption_key();
  ASSERT_NO_FATAL_FAILURE(Rotate());
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  ASSERT_EQ(visit->thread().size(), 4u);
  EXPECT_EQ(visit->thread()[1].message->text(), "under the old words");
  EXPECT_TRUE(visit->thread()[2].rotated);
  EXPECT_EQ(visit->thread()[3].message->text(), "under the new words");
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->thread[3].message->text(), "under the new words");
  const auto newest = format::ParseEpoch(impostor.epochs.back().record());
  const crypto::KeyId old = crypto::KeyIdOf(*crypto::EncryptionKey::FromBytes(before));
  for (size_t i = 0; i < newest->reader_count; ++i) EXPECT_NE(newest->ReaderAt(i).key, old);
  EXPECT_EQ(newest->reader_count, format::ParseEpoch(impostor.epochs.front().record())->reader_count);
}

TEST_F(Rotation, AReplyOfTheTeamReachesTheNewWords) {
  ASSERT_NO_FATAL_FAILURE(Rotate());
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  sealed::v1::Message reply;
  reply.set_text("We have your new keys.");
  ASSERT_TRUE(desk->Append(*opened, format::Keyring::kThread, format::EntryKind::kMessage, reply, {}, kToday).ok());
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  EXPECT_EQ(visit->thread().back().message->text(), "We have your new keys.");
}

TEST_F(Rotation, SeveralInARowVerifyEachUnderTheOneBefore) {
  for (int i = 0; i < 3; ++i) ASSERT_NO_FATAL_FAILURE(Rotate()) << i;
  EXPECT_EQ(impostor.former_keys.size(), 3u);
  EXPECT_EQ(Open(), "OK");
  EXPECT_EQ(Look(), "OK");
}

TEST_F(Rotation, AKeySwappedAfterItIsFound) {
  ASSERT_NO_FATAL_FAILURE(Rotate());
  ASSERT_EQ(Open(), "OK") << "control";
  impostor.hooks.one_case = [](v1::Case& one) { one.set_mailbox_encryption_key(Key()); };
  EXPECT_EQ(Open(), "MAILBOX_KEY_SWAPPED");
  impostor.hooks.one_case = [](v1::Case& one) { one.set_mailbox_signing_key(SigningKey()); };
  EXPECT_EQ(Open(), "MAILBOX_KEY_SWAPPED");
}

TEST_F(Rotation, FormerKeysThatTheThreadDoesNotNameAreFound) {
  ASSERT_NO_FATAL_FAILURE(Rotate());
  ASSERT_NO_FATAL_FAILURE(Rotate());
  ASSERT_EQ(Open(), "OK") << "control";
  const auto spoiled = [&](std::function<void(google::protobuf::RepeatedPtrField<std::string>&)> spoil) {
    impostor.hooks.one_case = [spoil](v1::Case& one) { spoil(*one.mutable_former_mailbox_signing_keys()); };
    const std::string team = Open();
    impostor.hooks.one_case = {};
    impostor.hooks.mailbox = [spoil](v1::GetMailboxResponse& answer) { spoil(*answer.mutable_former_signing_keys()); };
    const std::string own = Look();
    impostor.hooks.mailbox = {};
    EXPECT_EQ(team, own);
    return team;
  };
  EXPECT_EQ(spoiled([](auto& keys) { keys.SwapElements(0, 1); }), "MAILBOX_KEY_SWAPPED") << "the first is not who filed";
  EXPECT_EQ(spoiled([](auto& keys) { *keys.Mutable(1) = SigningKey(); }), "MAILBOX_KEY_SWAPPED") << "nobody known made an epoch";
  EXPECT_EQ(spoiled([](auto& keys) { *keys.Add() = SigningKey(); }), "MAILBOX_KEY_SWAPPED") << "one that nobody named";
  EXPECT_EQ(spoiled([](auto& keys) { *keys.Add() = keys.Get(0); }), "MAILBOX_KEY_SWAPPED") << "an old one again";
  EXPECT_EQ(spoiled([](auto& keys) { keys.Clear(); }), "MAILBOX_KEY_SWAPPED") << "a rotation that nobody owns up to";
  EXPECT_EQ(spoiled([](auto& keys) { keys.Mutable(0)->pop_back(); }), "ANSWER_MALFORMED");
}

TEST_F(Rotation, AnOldRotationCannotBeReplayed) {
  ASSERT_NO_FATAL_FAILURE(Rotate());
  const v1::Entry rotation = impostor.thread[2];
  ASSERT_NO_FATAL_FAILURE(Rotate());
  ASSERT_EQ(Open(), "OK") << "control";
  // Back to the keys of the first rotation, with its own entry as the reason.
  impostor.hooks.entries = [&](v1::ListEntriesResponse& answer) { *answer.add_entries() = rotation; };
  EXPECT_EQ(Open(), "ENTRY_INVALID");
  impostor.hooks.entries = [&](v1::ListEntriesResponse& answer) { *answer.mutable_entries(5) = rotation; };
  EXPECT_NE(Open(), "OK");
}

TEST_F(Rotation, ARotationThatSomebodyElseSignedIsFound) {
  // The server itself makes an entry in the reporter's place, under the key that it would like to be the reporter's.
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  sealed::v1::ReceiptRotated named;
  named.set_mailbox_encryption_key(Key());
  named.set_mailbox_signing_key(SigningKey());
  sealed::v1::Message body;
  google::protobuf::UnknownFieldSet& fields = *body.GetReflection()->MutableUnknownFields(&body);
  fields.AddLengthDelimited(1, named.mailbox_encryption_key());
  fields.AddLengthDelimited(2, named.mailbox_signing_key());
  // Ana does the server's bidding: her own signature is all she has.
  ASSERT_TRUE(desk->Append(*opened, format::Keyring::kThread, format::EntryKind::kReceiptRotated, body, {}, kToday).ok());
  impostor.former_keys.push_back(impostor.submitted.mailbox_signing_key());
  impostor.submitted.set_mailbox_signing_key(named.mailbox_signing_key());
  EXPECT_NE(Open(), "OK");
  impostor.former_keys.clear();
  EXPECT_NE(Look(), "OK");
}

TEST_F(Rotation, WhereTheAnswerIsLostTheNewWordsTell) {
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  crypto::Receipt fresh = crypto::Receipt::Draw(crypto::SystemRandom());
  // Carried out, and then the session is nobody's.
  impostor.hooks.rotated = [] {
    return Impostor::Refusing(grpc::StatusCode::UNAUTHENTICATED, "ERROR_REASON_SESSION_REQUIRED");
  };
  const auto rotated = visit->Rotate(fresh, kToday);
  ASSERT_TRUE(rotated.ok()) << rotated.status();
  EXPECT_EQ(rotated->name(), impostor.thread.back().name());
  reporter.receipt = std::move(fresh);
  EXPECT_EQ(Look(), "OK");
}

TEST_F(Rotation, WhereItWasRefusedTheOldWordsStay) {
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  impostor.hooks.rotated = [&] {
    impostor.hooks.refuse_sign_in = true;
    return Impostor::Refusing(grpc::StatusCode::RESOURCE_EXHAUSTED, "ERROR_REASON_QUOTA_EXCEEDED");
  };
  EXPECT_EQ(Reason(visit->Rotate(crypto::Receipt::Draw(crypto::SystemRandom()), kToday).status()), "QUOTA_EXCEEDED");
}

TEST_F(Rotation, ACheckInIsReadByTheTeam) {
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::CheckIn answer;
  answer.set_since(1);
  answer.set_days(30);
  answer.add_adverse_actions("isolation");
  answer.set_feels_safe(sealed::v1::SAID_NO);
  const auto request = visit->PrepareCheckIn(answer, nullptr, kToday);
  ASSERT_TRUE(request.ok()) << request.status();
  const auto done = visit->AnswerCheckIn(*request, nullptr, kToday);
  ASSERT_TRUE(done.ok()) << done.status();
  EXPECT_FALSE(done->retaliation);
  EXPECT_EQ(impostor.checked_in.since(), v1::CHECK_IN_SINCE_FILING);
  EXPECT_EQ(impostor.checked_in.days(), 30u);
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_TRUE(opened->thread[1].check_in);
  EXPECT_EQ(opened->thread[1].check_in->adverse_actions(0), "isolation");
  EXPECT_EQ(opened->thread[1].attachments().size(), 0);
}

TEST_F(Rotation, TheProofOfAReportOfRetaliationIsChecked) {
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::CheckIn answer;
  answer.set_since(1);
  answer.set_days(30);
  const auto file = [&] {
    Reporter other(impostor);
    EXPECT_TRUE(other.Start().ok());
    EXPECT_TRUE(visit->Renew().ok());
    EXPECT_TRUE(other.Plan().ok());
    const auto sealed = SealReport(*other.connection, other.plan, other.report, nullptr, {}, other.receipt, kToday,
                                   crypto::SystemRandom());
    EXPECT_TRUE(sealed.ok()) << sealed.status();
    const auto request = visit->PrepareCheckIn(answer, &*sealed, kToday);
    EXPECT_TRUE(request.ok()) << request.status();
    const auto done = visit->AnswerCheckIn(*request, &*sealed, kToday);
    if (done.ok()) {
      EXPECT_EQ(done->retaliation->case_name, other.plan.case_name);
    }
    return Reason(done.status());
  };
  EXPECT_EQ(file(), "OK") << "control";
  impostor.hooks.check_in = [](v1::AnswerCheckInResponse& response) { response.clear_retaliation(); };
  EXPECT_EQ(file(), "PROMISE_INVALID");
  impostor.hooks.check_in = [](v1::AnswerCheckInResponse& response) { response.mutable_retaliation()->set_case_("cases/x"); };
  EXPECT_EQ(file(), "PROMISE_INVALID");
  impostor.hooks.check_in = [](v1::AnswerCheckInResponse& response) { response.mutable_thread_head()->back() ^= 1; };
  EXPECT_EQ(file(), "ENTRY_INVALID");
}

}  // namespace
}  // namespace alcove::client::test
