// A server that lies while a report is filed: every lie has its named refusal, and nothing is submitted after it.
#include "client/lib/filing.h"

#include "crypto/format/envelope.h"
#include "crypto/format/grant.h"
#include "crypto/format/policy.h"
#include "crypto/hash.h"
#include "crypto/format/proof.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

TEST(Filing, AReportIsSealedToTheCheckedReadersAndItsPromiseVerifiesOffline) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  const absl::Status status = reporter.File();
  ASSERT_TRUE(status.ok()) << status;
  EXPECT_EQ(impostor.submitted.entry().epoch().grants_size(), 6);  // mailbox and five readers
  EXPECT_EQ(impostor.submitted.SerializeAsString().find("shouts"), std::string::npos);
  const auto proof = format::VerifyProof(reporter.filed.proof);
  ASSERT_TRUE(proof.ok()) << proof.status();
  EXPECT_EQ(proof->fingerprint, format::Fingerprint(impostor.organisation()));
}

TEST(Filing, NobodyButThePlannedReadersHoldsAGrant) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.File().ok());
  std::set<std::string> recipients;
  for (const std::string& grant : impostor.submitted.entry().epoch().grants()) {
    recipients.insert(format::ParseGrant(grant)->recipient.str());
  }
  const auto id = [&](const char* slug) {
    return crypto::KeyIdOf(impostor.directory().FindPerson(slug)->devices.front().encryption).str();
  };
  EXPECT_TRUE(recipients.contains(id("ana")));
  EXPECT_FALSE(recipients.contains(id("carla")));
  EXPECT_FALSE(recipients.contains(id("cleo")));
}

TEST(Filing, ANumberTypedAsItStandsOnABadgeIsAnIdentifierAndNoName) {
  for (const char* typed : {"emp:20417", "20417"}) {
    const NamedPerson person = ParsePerson(typed);
    ASSERT_TRUE(person.identifier.has_value()) << typed;
    EXPECT_EQ(person.identifier->text(), "emp:20417");
  }
  EXPECT_EQ(ParsePerson("p.Arnault@Meridian.example").identifier->text(), "mail:p.arnault@meridian.example");
  EXPECT_FALSE(ParsePerson("my team lead").identifier.has_value());
  EXPECT_FALSE(ParsePerson("Arnault").identifier.has_value());
}

TEST(Filing, AReaderWhomTheReporterNamedIsRefusedWhateverTheServerSays) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  ASSERT_TRUE(reporter.Name("mail:Ana@Meridian.example").ok());
  EXPECT_EQ(Reason(reporter.Plan()), "READER_NAMED");
  EXPECT_EQ(impostor.submissions, 0);
}

TEST(Filing, ANamedReaderIsRecognisedByTheTagAlone) {
  Impostor impostor(kToday);
  // The directory knows another spelling of the identifier, but the tag is hers.
  impostor.directory().people.front().aliases.front().identifier = crypto::Sha256("another");
  impostor.SignDirectory();
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  ASSERT_TRUE(reporter.Name("mail:ana@meridian.example").ok());
  EXPECT_EQ(Reason(reporter.Plan()), "READER_NAMED");
}

TEST(Filing, ANamedReaderIsRecognisedByTheIdentifierWhenTheServerLiesAboutTags) {
  Impostor impostor(kToday);
  impostor.hooks.tags = [](v1::EvaluateTagsResponse& answer) {
    // Another element for every identifier: the server pretends that nobody known has it.
    const auto other = crypto::OprfKey::Draw(crypto::SystemRandom());
    for (std::string& element : *answer.mutable_evaluated()) {
      element = crypto::BlindEvaluate(other, *crypto::RistrettoPoint::FromBytes(element))->str();
    }
  };
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  ASSERT_TRUE(reporter.Name("mail:ana@meridian.example").ok());
  EXPECT_EQ(Reason(reporter.Plan()), "READER_NAMED");
}

TEST(Filing, ANamedCustodianIsRefusedToo) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  ASSERT_TRUE(reporter.Name("mail:cleo@meridian.example").ok());
  EXPECT_EQ(Reason(reporter.Plan()), "READER_NAMED");
}

TEST(Filing, AnotherTagKeyThanAnnouncedIsRefused) {
  Impostor impostor(kToday);
  impostor.hooks.tags = [](v1::EvaluateTagsResponse& answer) { answer.set_tag_key_id("fedcba9876543210"); };
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  EXPECT_EQ(Reason(reporter.Name("mail:x@meridian.example")), "TAG_KEY_CHANGED");
}

TEST(Filing, AReaderStruckOutIsRefusedWhenTheServerOffersThemAgain) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  reporter.input.struck_out = {"bruno"};
  ASSERT_TRUE(reporter.Plan().ok());  // control: an honest server leaves him out
  EXPECT_EQ(reporter.plan.readers.size(), 4u);
  impostor.hooks.plan = [&](const v1::PlanReportRequest&, v1::PlanReportResponse& answer) {
    v1::Reader& again = *answer.add_readers();
    again = answer.readers(0);
    again.set_staff("staff/bruno");
    again.set_key_id(crypto::KeyIdOf(impostor.directory().FindPerson("bruno")->devices.front().encryption).str());
  };
  EXPECT_EQ(Reason(reporter.Plan()), "READER_STRUCK_OUT");
}

struct PlanLie {
  const char* name;
  std::function<void(Impostor&, v1::PlanReportResponse&)> tell;
  const char* reason;
};

class PlanLies : public ::testing::TestWithParam<PlanLie> {};

TEST_P(PlanLies, AreRefusedByName) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  ASSERT_TRUE(reporter.Plan().ok());  // control
  impostor.hooks.plan = [&](const v1::PlanReportRequest&, v1::PlanReportResponse& answer) { GetParam().tell(impostor, answer); };
  EXPECT_EQ(Reason(reporter.Plan()), GetParam().reason);
}

std::string KeyIdOfPerson(Impostor& impostor, const char* slug) {
  return crypto::KeyIdOf(impostor.directory().FindPerson(slug)->devices.front().encryption).str();
}

INSTANTIATE_TEST_SUITE_P(
    Filing, PlanLies,
    ::testing::Values(
        PlanLie{"a key of somebody else under a known name",
                [](Impostor& impostor, v1::PlanReportResponse& answer) {
                  answer.mutable_readers(0)->set_key_id(KeyIdOfPerson(impostor, "carla"));
                },
                "READER_KEY_SWAPPED"},
        PlanLie{"a key that no directory holds",
                [](Impostor&, v1::PlanReportResponse& answer) { answer.mutable_readers(0)->set_key_id(std::string(16, 'k')); },
                "READER_KEY_SWAPPED"},
        PlanLie{"a person who is not in the directory",
                [](Impostor&, v1::PlanReportResponse& answer) {
                  answer.mutable_readers(0)->set_staff("staff/mallory");
                  answer.mutable_readers(0)->set_key_id(std::string(16, 'k'));
                },
                "READER_NOT_IN_DIRECTORY"},
        PlanLie{"a custodian as a desk member",
                [](Impostor& impostor, v1::PlanReportResponse& answer) {
                  answer.mutable_readers(0)->set_staff("staff/cleo");
                  answer.mutable_readers(0)->set_key_id(KeyIdOfPerson(impostor, "cleo"));
                },
                "READER_NOT_IN_DIRECTORY"},
        PlanLie{"an insider as the fallback",
                [](Impostor&, v1::PlanReportResponse& answer) {
                  answer.mutable_readers(0)->set_condition(v1::RELEASE_CONDITION_FALLBACK);
                },
                "READER_NOT_IN_DIRECTORY"},
        PlanLie{"no fallback",
                [](Impostor&, v1::PlanReportResponse& answer) { answer.mutable_readers()->DeleteSubrange(3, 2); },
                "PLAN_WITHOUT_FALLBACK"},
        PlanLie{"a reader twice",
                [](Impostor&, v1::PlanReportResponse& answer) { *answer.add_readers() = v1::Reader(answer.readers(0)); },
                "ANSWER_MALFORMED"},
        PlanLie{"one custodian who opens alone",
                [](Impostor&, v1::PlanReportResponse& answer) { answer.set_custodian_threshold(1); }, "ANSWER_MALFORMED"},
        PlanLie{"a case without a name",
                [](Impostor&, v1::PlanReportResponse& answer) { answer.set_case_("cases/x"); }, "ANSWER_MALFORMED"}),
    [](const auto& lie) { return "Lie" + std::to_string(lie.index); });

struct PromiseLie {
  const char* name;
  std::function<void(Impostor&, v1::SubmitReportResponse&)> tell;
};

class PromiseLies : public ::testing::TestWithParam<PromiseLie> {};

TEST_P(PromiseLies, AreRefusedByName) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  impostor.hooks.submit = [&](v1::SubmitReportResponse& answer) {
    GetParam().tell(impostor, answer);
    return grpc::Status::OK;
  };
  EXPECT_EQ(Reason(reporter.File()), "PROMISE_INVALID") << GetParam().name;
}

void Resign(Impostor& impostor, v1::SubmitReportResponse& answer, const std::function<void(format::Promise&)>& change,
            const crypto::SigningKey& key) {
  format::Promise promise = *format::ParsePromise(answer.promise().promise());
  change(promise);
  promise.signature =
      format::SignPromise(key, promise.organisation, promise.day, promise.count, format::LeafHash(promise.commitment));
  (void)impostor;
  answer.mutable_promise()->set_promise(format::PromiseBytes(promise));
}

INSTANTIATE_TEST_SUITE_P(
    Filing, PromiseLies,
    ::testing::Values(
        PromiseLie{"none", [](Impostor&, v1::SubmitReportResponse& answer) { answer.clear_promise(); }},
        PromiseLie{"a bit of the signature",
                   [](Impostor&, v1::SubmitReportResponse& answer) {
                     std::string bytes = answer.promise().promise();
                     bytes.back() = static_cast<char>(bytes.back() ^ 1);
                     answer.mutable_promise()->set_promise(bytes);
                   }},
        PromiseLie{"another key",
                   [](Impostor& impostor, v1::SubmitReportResponse& answer) {
                     Resign(impostor, answer, [](format::Promise&) {}, crypto::SigningKey::Draw(crypto::SystemRandom()));
                   }},
        PromiseLie{"another day",
                   [](Impostor& impostor, v1::SubmitReportResponse& answer) {
                     Resign(impostor, answer, [](format::Promise& promise) { promise.day = promise.day.PlusDays(-30); },
                            impostor.log_key());
                   }},
        PromiseLie{"another leaf",
                   [](Impostor& impostor, v1::SubmitReportResponse& answer) {
                     Resign(impostor, answer, [](format::Promise& promise) { promise.commitment = crypto::Sha256("x"); },
                            impostor.log_key());
                   }},
        PromiseLie{"a filing of another envelope",
                   [](Impostor& impostor, v1::SubmitReportResponse& answer) {
                     format::Leaf leaf = *format::ParseLeaf(answer.leaf().content());
                     leaf.details = format::details::Filed(crypto::Sha256("another envelope"));
                     answer.mutable_leaf()->set_content(format::LeafContent(leaf));
                     const auto salt = *format::LeafSalt::FromBytes(answer.leaf().salt());
                     Resign(impostor, answer,
                            [&](format::Promise& promise) {
                              promise.commitment = format::LeafCommitment(salt, answer.leaf().content());
                            },
                            impostor.log_key());
                   }},
        PromiseLie{"another case's name",
                   [](Impostor&, v1::SubmitReportResponse& answer) {
                     answer.set_case_(format::CaseName(format::DrawId<format::CaseId>(crypto::SystemRandom())));
                   }}),
    [](const auto& lie) { return "Lie" + std::to_string(lie.index); });

// Between fetching the directory and filing the log key may be replaced. Only a directory that the roots signed says so: the same
// promise under a key that no directory names is one of the lies above.
TEST(Filing, APromiseOfALogKeyThatWasReplacedMeanwhileIsBelievedByTheNewestDirectory) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  const crypto::SigningKey next = crypto::SigningKey::Draw(crypto::SystemRandom());
  impostor.hooks.submit = [&](v1::SubmitReportResponse& answer) {
    impostor.directory().log_key = next.verify_key();
    impostor.NextDirectory();
    Resign(impostor, answer, [](format::Promise&) {}, next);
    return grpc::Status::OK;
  };
  const absl::Status filed = reporter.File();
  EXPECT_TRUE(filed.ok()) << filed;
}

TEST(Filing, ABrokenLineIsTriedAgainUnderTheSameRequestId) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  std::string first;
  int calls = 0;
  impostor.hooks.submit = [&](v1::SubmitReportResponse&) {
    return ++calls < 3 ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "gone") : grpc::Status::OK;
  };
  ASSERT_TRUE(reporter.File().ok());
  EXPECT_EQ(impostor.submissions, 3);
  EXPECT_EQ(impostor.thread.size(), 1u);
}

TEST(Filing, WorkIsPaidWhenTheServerAsksForIt) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  int calls = 0;
  impostor.hooks.submit = [&](v1::SubmitReportResponse&) {
    return ++calls == 1 ? Impostor::Refusing(grpc::StatusCode::FAILED_PRECONDITION, "ERROR_REASON_WORK_REQUIRED") : grpc::Status::OK;
  };
  ASSERT_TRUE(reporter.File().ok());
  EXPECT_EQ(calls, 2);
}

TEST(Filing, AStalePlanComesBackToTheCallerAndIsNotSentAgain) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  impostor.hooks.submit = [&](v1::SubmitReportResponse&) {
    return Impostor::Refusing(grpc::StatusCode::FAILED_PRECONDITION, "ERROR_REASON_PLAN_STALE");
  };
  EXPECT_EQ(Reason(reporter.File()), "PLAN_STALE");
  EXPECT_EQ(impostor.submissions, 1);
}

TEST(Filing, AConfidentialIdentityIsRefusedWithoutCustodians) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  reporter.identity.emplace().set_name("Noor Haddad");
  ASSERT_TRUE(reporter.File().ok());  // control
  EXPECT_EQ(impostor.submitted.SerializeAsString().find("Noor"), std::string::npos);
  EXPECT_FALSE(impostor.submitted.identity().sealed().empty());

  Impostor poor(kToday);
  poor.hooks.plan = [](const v1::PlanReportRequest&, v1::PlanReportResponse& answer) { answer.clear_custodians(); };
  Reporter other(poor);
  other.identity.emplace().set_name("Noor Haddad");
  EXPECT_EQ(Reason(other.File()), "CUSTODY_NOT_OFFERED");
  EXPECT_EQ(poor.submissions, 0);
}

TEST(Intake, UnsignedDocumentsAndAForeignLogKeyAreRefused) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  ASSERT_TRUE(FetchIntake(*reporter.connection, reporter.directory, "").ok());  // control
  const std::string form = impostor.policy_notes["form"];
  format::Policy policy = format::ParsePolicyNote(form)->policy;
  impostor.policy_notes["form"] = impostor.SignedByRoots(*format::PolicyText(policy), 1);
  EXPECT_EQ(Reason(FetchIntake(*reporter.connection, reporter.directory, "").status()), "DOCUMENT_INVALID");
  impostor.policy_notes["form"] = form;
  impostor.hooks.intake = [](v1::GetIntakeResponse& answer) { answer.set_log_key(std::string(32, 'x')); };
  EXPECT_EQ(Reason(FetchIntake(*reporter.connection, reporter.directory, "").status()), "DIRECTORY_INVALID");
}

TEST(Intake, TheShippedFormIsAnswerableAndSpeaksTwoLanguages) {
  Impostor impostor(kToday);
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.Start().ok());
  const auto intake = FetchIntake(*reporter.connection, reporter.directory, "");
  ASSERT_TRUE(intake.ok()) << intake.status();
  EXPECT_EQ(intake->form.languages, (std::vector<std::string>{"en", "de"}));
  int required = 0;
  for (const Question& question : intake->form.questions) {
    required += question.required;
    for (const char* language : {"en", "de"}) {
      EXPECT_FALSE(question.ask.In(language).empty()) << question.id;
      EXPECT_FALSE(question.why.In(language).empty()) << question.id;
    }
    EXPECT_NE(question.ask.In("en"), question.ask.In("de")) << question.id;
    if (question.kind == QuestionKind::kChoice || question.kind == QuestionKind::kChoices) {
      EXPECT_GE(question.choices.size(), 2u) << question.id;
    }
  }
  EXPECT_EQ(required, 3);
  EXPECT_EQ(intake->taxonomy.at("category").size(), 28u);
  EXPECT_NE(intake->ProfileOf("us-eeoc"), nullptr);
}

}  // namespace
}  // namespace alcove::client::test
