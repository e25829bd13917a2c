// A server, or one reader alone, that wants to let somebody in.
#include "client/lib/admission.h"

#include "client/lib/approvals.h"
#include "client/lib/staff_case.h"
#include "crypto/format/grant.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

using format::ApprovalTerms;
using format::Decision;
using format::ReleaseCondition;

// Ana reads the case and asks for carla; cleo and cora are approvers.
class Admission : public ::testing::Test {
 protected:
  void SetUp() override {
    for (format::Person& person : impostor.directory().people) {
      if (person.slug == "cleo" || person.slug == "cora") person.roles.push_back(format::Role::kApprover);
    }
    impostor.SignDirectory();
    ASSERT_TRUE(reporter.File().ok());
  }

  ApprovalTerms Terms() const {
    ApprovalTerms terms;
    terms.organisation = impostor.organisation().id;
    terms.case_id = *format::ParseCaseName(impostor.case_name);
    terms.approval = format::DrawId<format::ApprovalId>(crypto::SystemRandom());
    terms.day = kToday;
    terms.directory_version = 1;
    terms.person = "carla";
    return terms;
  }
  std::string Statement(const ApprovalTerms& terms, const std::string& asker = "ana") const {
    const std::vector<crypto::EncryptionKey> deciders = {impostor.KeysOf("cleo").decryption.encryption_key()};
    const auto request =
        format::SealApprovalRequest(terms, deciders, "why", impostor.KeysOf(asker).signing, crypto::SystemRandom());
    return std::string(format::ParseApprovalRequest(*request)->statement.bytes);
  }
  v1::SignedDecision Decided(const std::string& statement, const std::string& who, Decision decision = Decision::kApprove) const {
    const StaffKeys keys = impostor.KeysOf(who);
    v1::SignedDecision row;
    row.set_staff("staff/" + who);
    row.set_decision(static_cast<v1::Decision>(decision));
    row.set_key_id(crypto::KeyIdOf(keys.signing.verify_key()).str());
    row.set_signature(format::SignDecision(*format::ParseStatement(statement), decision, keys.signing).str());
    return row;
  }
  v1::Reader Carla(ReleaseCondition condition = ReleaseCondition::kApproved) const {
    v1::Reader reader;
    reader.set_staff("staff/carla");
    reader.set_display_name("Carla Weiss");
    reader.set_purpose("approved");
    reader.set_condition(static_cast<v1::ReleaseCondition>(condition));
    reader.set_key_id(crypto::KeyIdOf(impostor.KeysOf("carla").decryption.encryption_key()).str());
    reader.set_released(true);
    return reader;
  }
  // Carla is among the readers, with this for evidence.
  void Show(const std::string& statement, const std::vector<v1::SignedDecision>& decisions) {
    v1::Reader reader = Carla();
    reader.mutable_admission()->set_statement(statement);
    for (const v1::SignedDecision& decision : decisions) *reader.mutable_admission()->add_decisions() = decision;
    impostor.readers.push_back(reader);
  }
  void Record(const std::string& by = "ana") {
    impostor.AddLeaf(format::LeafKind::kReaderAdded, by, format::details::ReaderAdded("carla", ReleaseCondition::kApproved, {}));
  }
  std::string Look() { return Reason(reporter.Visit().status()); }
  std::string Write() {
    impostor.epochs.back().set_stale(true);
    auto visit = reporter.Visit();
    if (!visit.ok()) return Reason(visit.status());
    sealed::v1::Message message;
    message.set_text("It happened again.");
    return Reason(visit->Send(message, {}, kToday).status());
  }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
};

TEST_F(Admission, WhoWasAskedForAndApprovedIsShownAndGrantedTheNextKey) {
  const std::string statement = Statement(Terms());
  Show(statement, {Decided(statement, "cleo")});
  Record();
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  ASSERT_TRUE(visit->admitted().contains("carla"));
  EXPECT_EQ(visit->admitted().at("carla").requester, "ana");
  EXPECT_EQ(visit->admitted().at("carla").approvers, std::vector<std::string>{"cleo"});
  const int before = format::ParseEpoch(impostor.epochs.back().record())->reader_count;
  EXPECT_EQ(Write(), "OK");
  EXPECT_EQ(format::ParseEpoch(impostor.epochs.back().record())->reader_count, before + 1);
  EXPECT_EQ(Look(), "OK") << "the later key generation has a reader whom the record names";
}

TEST_F(Admission, AnApproverWhoIsNoneAnyMoreStillLetThemIn) {
  const std::string statement = Statement(Terms());
  Show(statement, {Decided(statement, "cleo")});
  Record();
  for (format::Person& person : impostor.directory().people) {
    if (person.slug == "cleo") std::erase(person.roles, format::Role::kApprover);
  }
  impostor.NextDirectory();
  ASSERT_TRUE(reporter.Start().ok());
  EXPECT_EQ(Look(), "OK");
}

TEST_F(Admission, P2_TheServerAloneAddsNobody) {
  impostor.readers.push_back(Carla());
  Record();
  EXPECT_EQ(Write(), "READER_SURPLUS") << "a leaf is the server's word";
  impostor.readers.pop_back();
  EXPECT_EQ(Write(), "OK") << "control";
}

TEST_F(Admission, P2_OneReaderAloneAddsNobody) {
  const std::string statement = Statement(Terms());
  Show(statement, {});
  Record();
  EXPECT_EQ(Look(), "APPROVAL_INVALID") << "nobody approved";
  for (const char* who : {"ana", "bruno", "carla", "carl"}) {
    impostor.readers.pop_back();
    Show(statement, {Decided(statement, who)});
    EXPECT_EQ(Look(), "APPROVAL_INVALID") << who << " is no approver, or has a part in it";
  }
  impostor.readers.pop_back();
  Show(statement, {Decided(statement, "cleo", Decision::kRefuse)});
  EXPECT_EQ(Look(), "APPROVAL_INVALID") << "refused";
  impostor.readers.pop_back();
  Show(statement, {Decided(statement, "cleo")});
  EXPECT_EQ(Look(), "OK") << "control";
}

TEST_F(Admission, P2_AnApprovalOfSomethingElseIsNone) {
  const std::string good = Statement(Terms());
  struct Lie { const char* what; std::function<void(ApprovalTerms&)> change; };
  const std::vector<Lie> lies = {
      {"another case", [](ApprovalTerms& t) { t.case_id = format::DrawId<format::CaseId>(crypto::SystemRandom()); }},
      {"another person", [](ApprovalTerms& t) { t.person = "fay"; }},
      {"another kind", [](ApprovalTerms& t) { t.kind = format::ApprovalKind::kLiftWall; }},
      {"a guest", [](ApprovalTerms& t) { t.condition = ReleaseCondition::kGuest; t.until = kToday; }},
      {"another organisation", [](ApprovalTerms& t) { t.organisation = format::DrawId<format::OrganisationId>(crypto::SystemRandom()); }}};
  Record();
  for (const Lie& lie : lies) {
    ApprovalTerms terms = Terms();
    lie.change(terms);
    const std::string statement = Statement(terms);
    Show(statement, {Decided(statement, "cleo")});
    EXPECT_EQ(Look(), "APPROVAL_INVALID") << lie.what;
    impostor.readers.pop_back();
  }
  Show(good, {Decided(Statement(Terms()), "cleo")});
  EXPECT_EQ(Look(), "APPROVAL_INVALID") << "a decision about another request";
  impostor.readers.pop_back();
  Show(good, {Decided(good, "cleo")});
  EXPECT_EQ(Look(), "OK") << "control";
}

TEST_F(Admission, P2_WhoNeverHeldTheCaseCannotAskFor) {
  const std::string statement = Statement(Terms(), "cora");
  Show(statement, {Decided(statement, "cleo")});
  Record("cora");
  EXPECT_EQ(Look(), "APPROVAL_INVALID");
}

TEST_F(Admission, P6_WhatTheRecordDoesNotSayDidNotHappen) {
  const std::string statement = Statement(Terms());
  Show(statement, {Decided(statement, "cleo")});
  EXPECT_EQ(Look(), "APPROVAL_INVALID") << "no leaf";
  Record("bruno");
  EXPECT_EQ(Look(), "APPROVAL_INVALID") << "somebody else's leaf";
  Record();
  EXPECT_EQ(Look(), "OK") << "control";
}

TEST_F(Admission, ANewcomerOpensTheCaseWithTheKeyThatAHolderWrapped) {
  const std::string statement = Statement(Terms());
  Show(statement, {Decided(statement, "cleo")});
  Record();
  const StaffKeys ana = impostor.KeysOf("ana"), carla = impostor.KeysOf("carla");
  auto her = StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom());
  ASSERT_TRUE(her.ok()) << her.status();
  const auto hers = her->Open(impostor.case_name, false);
  ASSERT_TRUE(hers.ok()) << hers.status();
  auto newcomer = StaffDesk::SignIn(*reporter.connection, reporter.directory, carla, crypto::SystemRandom());
  ASSERT_TRUE(newcomer.ok());
  EXPECT_EQ(Reason(newcomer->Open(impostor.case_name, false).status()), "NO_KEY_HERE") << "no key yet";
  impostor.grants.push_back(*format::WrapGrant({impostor.organisation().id, Terms().case_id, format::Keyring::kThread, 0},
                                               *hers->thread_keys.KeyOf(0), carla.decryption.encryption_key(),
                                               ReleaseCondition::kApproved, crypto::SystemRandom()));
  const auto opened = newcomer->Open(impostor.case_name, false);
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->report().narrative(), "He shouts at the trainees.");

  // They write under the key generation that does not list them; the record says that they were added before.
  sealed::v1::Message message;
  message.set_text("I help Ana with this.");
  ASSERT_TRUE(newcomer->Append(*opened, format::Keyring::kThread, format::EntryKind::kMessage, message, {}, kToday).ok());
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  EXPECT_EQ(visit->thread().back().author, "carla");
}

}  // namespace
}  // namespace alcove::client::test
