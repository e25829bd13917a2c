// A server that lies to an investigator.
#include "client/lib/staff_case.h"

#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

class Desk : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(reporter.Start().ok());
    ASSERT_TRUE(reporter.Name("mail:somebody@meridian.example").ok());
    ASSERT_TRUE(reporter.Plan().ok());
    ASSERT_TRUE(reporter.Submit().ok());
    auto signed_in = StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom());
    ASSERT_TRUE(signed_in.ok()) << signed_in.status();
    desk.emplace(*std::move(signed_in));
  }
  std::string Open() { return Reason(desk->Open(impostor.case_name).status()); }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
  StaffKeys ana = impostor.KeysOf("ana");
  std::optional<StaffDesk> desk;
};

TEST_F(Desk, OpensACaseAndSaysWhatWasChecked) {
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->report().narrative(), "He shouts at the trainees.");
  EXPECT_TRUE(opened->mismatches.empty());
  EXPECT_EQ(opened->checked.size(), 4u);
}

TEST_F(Desk, FindsItsCaseByAPrefix) {
  EXPECT_EQ(*desk->CaseOf(impostor.case_name.substr(6, 8)), impostor.case_name);
  EXPECT_EQ(*desk->CaseOf(impostor.case_name), impostor.case_name);
  EXPECT_EQ(desk->CaseOf("zzzzzz").status().code(), absl::StatusCode::kNotFound);
}

TEST_F(Desk, TheFirstNoteMakesTheTeamsKeyForExactlyTheCasesReaders) {
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  sealed::v1::Message note;
  note.set_text("Ask dispatch for the rota.");
  const auto answer = desk->Append(*opened, format::Keyring::kTeam, format::EntryKind::kNote, note, {}, kToday);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(format::ParseEpoch(impostor.epochs.back().record())->reader_count, 5);  // no mailbox
  const auto again = desk->Open(impostor.case_name);
  ASSERT_TRUE(again.ok()) << again.status();
  ASSERT_EQ(again->team.size(), 1u);
  EXPECT_EQ(again->team[0].message->text(), "Ask dispatch for the rota.");
  EXPECT_EQ(again->team[0].author, "ana");
}

TEST_F(Desk, AReplyReachesTheReporterAndVerifiesThere) {
  const auto opened = desk->Open(impostor.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  sealed::v1::Message reply;
  reply.set_text("Thank you. Are you safe?");
  ASSERT_TRUE(desk->Append(*opened, format::Keyring::kThread, format::EntryKind::kMessage, reply, {}, kToday).ok());
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  EXPECT_EQ(visit->thread()[1].author, "ana");
  EXPECT_EQ(visit->thread()[1].message->text(), "Thank you. Are you safe?");
}

TEST_F(Desk, ATagThatIsNotThatOfTheNumberIsReported) {
  Impostor other(kToday);
  Reporter liar(other);
  ASSERT_TRUE(liar.Start().ok());
  ASSERT_TRUE(liar.Name("mail:somebody@meridian.example").ok());
  liar.report.mutable_subjects(0)->set_identifier("mail:innocent@meridian.example");
  ASSERT_TRUE(liar.Plan().ok());
  ASSERT_TRUE(liar.Submit().ok());
  const StaffKeys keys = other.KeysOf("ana");
  auto her_desk = StaffDesk::SignIn(*liar.connection, liar.directory, keys, crypto::SystemRandom());
  ASSERT_TRUE(her_desk.ok());
  const auto opened = her_desk->Open(other.case_name);
  ASSERT_TRUE(opened.ok()) << opened.status();
  ASSERT_EQ(opened->mismatches.size(), 1u);
  EXPECT_EQ(opened->mismatches[0].list, "subjects");
}

TEST_F(Desk, ASwappedMailboxKeyIsFound) {
  ASSERT_EQ(Open(), "OK");  // control
  impostor.hooks.one_case = [](v1::Case& one) {
    one.set_mailbox_encryption_key(crypto::DecryptionKey::Draw(crypto::SystemRandom()).encryption_key().str());
  };
  EXPECT_EQ(Open(), "MAILBOX_KEY_SWAPPED");
}

TEST_F(Desk, AnotherCaseUnderThisNameIsFound) {
  impostor.hooks.one_case = [](v1::Case& one) {
    one.set_name(format::CaseName(format::DrawId<format::CaseId>(crypto::SystemRandom())));
  };
  EXPECT_EQ(Open(), "ANSWER_MALFORMED");
}

TEST_F(Desk, AChangedEntryIsFound) {
  impostor.hooks.entries = [](v1::ListEntriesResponse& answer) {
    std::string& envelope = *answer.mutable_entries(0)->mutable_envelope();
    envelope.back() = static_cast<char>(envelope.back() ^ 1);
  };
  EXPECT_EQ(Open(), "ENTRY_INVALID");
}

TEST_F(Desk, SomebodyWithoutAGrantOpensNothing) {
  const StaffKeys carla = impostor.KeysOf("carla");
  auto her_desk = StaffDesk::SignIn(*reporter.connection, reporter.directory, carla, crypto::SystemRandom());
  ASSERT_TRUE(her_desk.ok());
  EXPECT_EQ(Reason(her_desk->Open(impostor.case_name).status()), "NO_KEY_HERE");
}

}  // namespace
}  // namespace alcove::client::test
