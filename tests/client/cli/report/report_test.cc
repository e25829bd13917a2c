// `alcove report` as a person meets it: typed answers, printed words, an honest or a lying service.
#include "client/cli/report/report.h"

#include <unistd.h>

#include <fstream>

#include "client/cli/report/answers.h"
#include "client/cli/report/interview.h"
#include "client/lib/documents.h"
#include "tests/client/cli/frame/scripted_terminal.h"
#include "tests/client/lib/reporter.h"
#include "tests/tree/source_dir.h"

namespace alcove::cli::test {
namespace {

using client::test::Impostor;
using client::test::kToday;

class Reports : public ::testing::Test {
 protected:
  // Runs the program's command line against the impostor.
  ExitCode Run(ScriptedTerminal& terminal, std::vector<std::string> line) {
    CLI::App app;
    app.fallthrough();
    Frame frame(terminal, crypto::SystemRandom(), [] {
      return std::chrono::system_clock::from_time_t(static_cast<time_t>(kToday.number()) * 86400 + 3600);
    });
    frame.AddCommonOptions(app);
    frame.UseConnections([this] { return absl::StatusOr<std::unique_ptr<client::Connection>>(impostor.Connect()); });
    AddReportCommands(app, frame);
    std::reverse(line.begin(), line.end());
    app.parse(line);
    return frame.exit_code();
  }
  // A descriptor from which the words can be read.
  std::string WordsFd() {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const std::string line = words + "\n";
    EXPECT_EQ(write(ends[1], line.data(), line.size()), static_cast<ssize_t>(line.size()));
    close(ends[1]);
    return std::to_string(ends[0]);
  }
  std::string FileWith(const std::string& name, const std::string& text) {
    const std::string path = ::testing::TempDir() + "/" + std::to_string(getpid()) + "-" + name;
    std::remove(path.c_str());
    if (!text.empty()) std::ofstream(path) << text;
    return path;
  }
  client::Form Form() {
    auto connection = impostor.Connect();
    const auto directory = client::FetchDirectory(*connection, nullptr, kToday);
    return client::FetchIntake(*connection, *directory, "")->form;
  }
  // Files from a file and keeps the words.
  void File() {
    ScriptedTerminal terminal(false);
    const std::string from = FileWith("report.json", R"({"narrative": "He shouts.", "categories": ["bullying"],
        "disclosure": "anonymous", "last_incident": "2026-11-20", "jurisdiction": "us-eeoc"})");
    ASSERT_EQ(Run(terminal, {"report", "new", "--from", from, "--yes", "--print-receipt"}), ExitCode::kDone) << terminal.said;
    words = terminal.printed.substr(0, terminal.printed.find('\n'));
    printed = terminal.printed;
  }

  Impostor impostor{kToday};
  std::string words, printed;
};

TEST_F(Reports, ThreeAnswersAreEnoughAndTheWordsAreAskedBackAndCleared) {
  ScriptedTerminal terminal;
  terminal.Type("n");  // not the employer's device
  terminal.Type("He shouts at the trainees.");
  terminal.Type(".");
  terminal.Type("22");
  terminal.Type("1");
  terminal.Type("send");
  terminal.Type("");  // no files
  terminal.Type("");  // the readers are right
  std::string shown;
  terminal.Type([&](const std::string& said) {
    shown = said;
    return "";
  });
  const auto word = [&](const std::string& said) {
    const size_t at = said.rfind("what is word ") + 13;
    const int position = std::stoi(said.substr(at));
    std::istringstream rows(shown);
    std::string token;
    while (rows >> token) {
      if (token == std::to_string(position)) {
        rows >> token;
        return token;
      }
    }
    return std::string();
  };
  terminal.Type(word);
  terminal.Type(word);
  terminal.Type("");  // no proof
  EXPECT_EQ(Run(terminal, {"report", "new"}), ExitCode::kDone) << terminal.said;
  EXPECT_EQ(terminal.left(), 0u);
  EXPECT_EQ(impostor.thread.size(), 1u);
  EXPECT_GE(terminal.cleared, 2);
  EXPECT_EQ(terminal.printed.find(word("what is word 1?")), std::string::npos);
  EXPECT_NE(terminal.printed.find("Your report is filed"), std::string::npos);
}

TEST_F(Reports, OnTheEmployersDeviceItAdvisesAndStopsUnlessToldOtherwise) {
  ScriptedTerminal terminal;
  terminal.Type("y");
  terminal.Type("");
  EXPECT_EQ(Run(terminal, {"report", "new"}), ExitCode::kRefused);
  EXPECT_NE(terminal.said.find("can be watched"), std::string::npos);
}

TEST_F(Reports, BackAsksAgainAndSkipLeavesOutWhatIsNotNeeded) {
  const client::Form form = Form();
  ScriptedTerminal terminal;
  for (const char* line : {"skip", "A first try.", ".", "back", "A second try.", ".", "bullying", "anonymous", "skip",
                           "emp:1; Ben", "back", "Ben", "send"}) {
    terminal.Type(line);
  }
  const auto answers = Interview(terminal, form, {"en", true});
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(answers->at("narrative").text, "A second try.");
  ASSERT_EQ(answers->at("subjects").people.size(), 1u);
  EXPECT_FALSE(answers->at("subjects").people[0].identifier.has_value());
  EXPECT_NE(terminal.said.find("This one is needed"), std::string::npos);
  EXPECT_NE(terminal.said.find("That is enough to send"), std::string::npos);
}

TEST_F(Reports, ConfidentialIsNotOfferedWithoutCustodians) {
  const client::Form form = Form();
  for (const bool custody : {true, false}) {
    ScriptedTerminal terminal;
    for (const char* line : {"x", ".", "bullying", "anonymous", "send"}) terminal.Type(line);
    ASSERT_TRUE(Interview(terminal, form, {"en", custody}).ok());
    EXPECT_EQ(terminal.said.find("Confidential:") != std::string::npos, custody);
  }
}

TEST_F(Reports, WithANameOnlyEveryReaderIsAskedAboutAndStruckOutWhenClose) {
  ScriptedTerminal terminal;
  for (const char* line : {"n", "x", ".", "bullying", "anonymous", "skip", "My boss Ana", "send", ""}) terminal.Type(line);
  terminal.Type("y");  // Ana
  for (int i = 0; i < 4; ++i) terminal.Type("n");
  terminal.Type("quit");
  EXPECT_EQ(Run(terminal, {"report", "new"}), ExitCode::kRefused) << terminal.said;
  EXPECT_NE(terminal.said.find("Ana Ruiz: this person, their boss, or close to them?"), std::string::npos);
  EXPECT_EQ(impostor.readers.size(), 4u);
  EXPECT_EQ(impostor.submissions, 0);
}

TEST_F(Reports, AStalePlanIsShownAgainBeforeAnythingIsSent) {
  int calls = 0;
  impostor.hooks.submit = [&](v1::SubmitReportResponse&) {
    return ++calls == 1 ? Impostor::Refusing(grpc::StatusCode::FAILED_PRECONDITION, "ERROR_REASON_PLAN_STALE") : grpc::Status::OK;
  };
  // The impostor files at the first call; a real server would not. What counts is what the reporter is shown.
  ScriptedTerminal terminal(false);
  const std::string from = FileWith("stale.txt", "narrative: x\ncategories: bullying\ndisclosure: anonymous\n");
  Run(terminal, {"report", "new", "--from", from, "--yes", "--print-receipt"});
  EXPECT_NE(terminal.said.find("This is the new list"), std::string::npos);
  EXPECT_EQ(calls, 2);
}

TEST_F(Reports, ANumberThatNobodyKnownHasIsSaidAtOnce) {
  impostor.hooks.plan = [](const v1::PlanReportRequest&, v1::PlanReportResponse& answer) { answer.add_unknown_subjects(0); };
  ScriptedTerminal terminal(false);
  const std::string from = FileWith("unknown.txt", "narrative: x\ncategories: bullying\ndisclosure: anonymous\nsubjects: emp:777\n");
  EXPECT_EQ(Run(terminal, {"report", "new", "--from", from, "--yes", "--print-receipt"}), ExitCode::kDone) << terminal.said;
  EXPECT_NE(terminal.said.find("`emp:777`"), std::string::npos);
}

TEST_F(Reports, WithoutATerminalNothingIsTakenForGranted) {
  const std::string from = FileWith("bare.txt", "narrative: x\ncategories: bullying\ndisclosure: anonymous\n");
  for (const std::vector<std::string>& line :
       {std::vector<std::string>{"report", "new"}, {"report", "new", "--from", from},
        {"report", "new", "--from", from, "--yes"}, {"report", "status"}}) {
    ScriptedTerminal terminal(false);
    EXPECT_EQ(Run(terminal, line), ExitCode::kUsage);
    EXPECT_EQ(impostor.submissions, 0);
  }
}

TEST_F(Reports, EveryDemoReportCanBeFiledFromItsFile) {
  int seen = 0;
  for (const char* name : {"1-harassment-by-a-manager", "2-bystander-who-stepped-in", "3-ally-on-behalf-of-a-colleague",
                           "4-passed-over-for-promotion", "5-retaliation-after-a-report", "6-a-concern-not-yet-a-case"}) {
    std::ifstream file(std::string(alcove::tests::kSourceDir) + "/deploy/demo/reports/" + name + ".json");
    std::ostringstream text;
    text << file.rdbuf();
    const auto answers = ReadAnswers(Form(), text.str());
    EXPECT_TRUE(answers.ok()) << name << ": " << answers.status();
    ++seen;
  }
  EXPECT_EQ(seen, 6);
}

TEST_F(Reports, ASlipInAFileIsNamedAndLosesNothing) {
  const client::Form form = Form();
  const std::string good = "narrative: a\n  b\ncategories: bullying, retaliation\ndisclosure: anonymous\n";
  const auto answers = ReadAnswers(form, good);
  ASSERT_TRUE(answers.ok()) << answers.status();
  EXPECT_EQ(answers->at("narrative").text, "a\nb");
  EXPECT_EQ(answers->at("categories").codes.size(), 2u);
  for (const char* bad : {"", "narrative: a\n", "narativ: a\ncategories: bullying\ndisclosure: anonymous\n",
                          "narrative: a\ncategories: buly\ndisclosure: anonymous\n",
                          "narrative: a\ncategories: bullying\ndisclosure: confidential\n", "{\"narrative\": 1}", "{nonsense"}) {
    EXPECT_EQ(client::ReasonOf(ReadAnswers(form, bad).status()), "INPUT_INVALID") << bad;
  }
}

TEST_F(Reports, AConfidentialNameIsInNoAnswerAndNotInTheBody) {
  const auto answers = ReadAnswers(Form(), R"({"narrative": "x", "categories": ["bullying"], "disclosure": "confidential",
      "identity": {"name": "Noor Haddad", "safe_contact": "locker 114"}})");
  ASSERT_TRUE(answers.ok()) << answers.status();
  const sealed::v1::Report report = ReportOf(Form(), "en", *answers, {});
  EXPECT_EQ(report.SerializeAsString().find("Noor"), std::string::npos);
  EXPECT_EQ(report.SerializeAsString().find("locker"), std::string::npos);
  EXPECT_EQ(SealedIdentityOf(*answers)->name(), "Noor Haddad");
}

TEST_F(Reports, TheReporterComesBackReadsAnswersSavesAndWithdraws) {
  File();
  EXPECT_NE(printed.find("2027-05-19"), std::string::npos) << printed;  // 180 days after the last incident
  impostor.AddLeaf(format::LeafKind::kCaseAssigned, "", format::details::Assigned("ana"));
  impostor.Publish();
  ScriptedTerminal status(false);
  ASSERT_EQ(Run(status, {"report", "status", "--receipt-fd", WordsFd()}), ExitCode::kDone) << status.said;
  EXPECT_NE(status.printed.find("Who may read this"), std::string::npos);
  EXPECT_NE(status.printed.find("Emil Sorge"), std::string::npos);

  ScriptedTerminal reply(false);
  const std::string text = FileWith("reply.txt", "It goes on.");
  ASSERT_EQ(Run(reply, {"report", "reply", "--receipt-fd", WordsFd(), "--text", text}), ExitCode::kDone) << reply.said;
  ScriptedTerminal messages(false);
  ASSERT_EQ(Run(messages, {"report", "messages", "--receipt-fd", WordsFd()}), ExitCode::kDone) << messages.said;
  EXPECT_NE(messages.printed.find("He shouts."), std::string::npos);
  EXPECT_NE(messages.printed.find("It goes on."), std::string::npos);

  ScriptedTerminal ledger(false);
  ASSERT_EQ(Run(ledger, {"report", "ledger", "--receipt-fd", WordsFd()}), ExitCode::kDone) << ledger.said;
  EXPECT_NE(ledger.printed.find("The case was given to Ana Ruiz"), std::string::npos) << ledger.printed;
  const std::string saved = FileWith("ledger.txt", "");
  ScriptedTerminal save(false);
  ASSERT_EQ(Run(save, {"report", "save", saved, "--receipt-fd", WordsFd()}), ExitCode::kDone) << save.said;
  std::ifstream file(saved);
  std::ostringstream content;
  content << file.rdbuf();
  EXPECT_TRUE(format::VerifyLedger(*format::ParseLedger(content.str())).ok());

  ScriptedTerminal withdraw(false);
  EXPECT_EQ(Run(withdraw, {"report", "withdraw", "--yes", "--receipt-fd", WordsFd()}), ExitCode::kDone) << withdraw.said;
}

TEST_F(Reports, MisspeltWordsAreSaidToBeMisspeltAndWrongOnesOpenNothing) {
  File();
  const std::string right = words;
  words = "abandon abandon abandon";
  ScriptedTerminal few(false);
  EXPECT_EQ(Run(few, {"report", "status", "--receipt-fd", WordsFd()}), ExitCode::kUsage);
  EXPECT_EQ(few.said.find("abandon"), std::string::npos);
  impostor.hooks.refuse_sign_in = true;
  words = right;
  ScriptedTerminal wrong(false);
  EXPECT_EQ(Run(wrong, {"report", "status", "--receipt-fd", WordsFd()}), ExitCode::kNothingHere);
}

// Check-ins, and what may come of them.
class CheckIns : public Reports {
 protected:
  void SetUp() override {
    File();
    impostor.hooks.mailbox = [this](v1::GetMailboxResponse& answer) {
      for (const unsigned days : {30u, 90u}) {
        v1::CheckIn& one = *answer.add_check_ins();
        one.set_since(v1::CHECK_IN_SINCE_FILING);
        one.set_days(days);
        one.mutable_due()->set_year(2026);
        one.mutable_due()->set_month(12);
        one.mutable_due()->set_day(days == 30 ? 21 : 22);
        one.set_open(days == open);
      }
    };
  }
  // As the reporter reads it back.
  void Kept() {
    ScriptedTerminal terminal(false);
    EXPECT_EQ(Run(terminal, {"report", "messages", "--receipt-fd", WordsFd()}), ExitCode::kDone) << terminal.said;
    shown = terminal.printed;
  }

  unsigned open = 30;
  std::string shown;
};

TEST_F(CheckIns, SaysWhenNothingIsDueAndFromWhen) {
  open = 0;
  ScriptedTerminal terminal;
  EXPECT_EQ(Run(terminal, {"report", "checkin", "--receipt-fd", WordsFd()}), ExitCode::kDone) << terminal.said;
  EXPECT_NE(terminal.printed.find("Nothing is due. You are asked next from 2026-12-21 on."), std::string::npos)
      << terminal.printed;
  ScriptedTerminal json(false);
  EXPECT_EQ(Run(json, {"--json", "report", "checkin", "--receipt-fd", WordsFd()}), ExitCode::kDone) << json.said;
  EXPECT_NE(json.printed.find("due"), std::string::npos) << json.printed;
}

TEST_F(CheckIns, AsksInPlainWordsAndEveryQuestionCanBeSkipped) {
  ScriptedTerminal terminal;
  for (int i = 0; i < 4; ++i) terminal.Type("skip");
  EXPECT_EQ(Run(terminal, {"report", "checkin", "--receipt-fd", WordsFd()}), ExitCode::kDone) << terminal.said;
  EXPECT_EQ(terminal.left(), 0u);
  EXPECT_EQ(impostor.checked_in.days(), 30u);
  EXPECT_FALSE(impostor.checked_in.has_retaliation());
  EXPECT_NE(terminal.said.find("Your job"), std::string::npos) << "grouped";
  EXPECT_NE(terminal.said.find("How you are treated"), std::string::npos);
  Kept();
  EXPECT_NE(shown.find("30 days after your report: nothing of the list"), std::string::npos) << shown;
}

TEST_F(CheckIns, TakesAnswersFromAFile) {
  const std::string from = FileWith("checkin.json", R"({"adverse_actions": ["isolation", "pay_cut"],
      "words": "They stopped talking to me.", "feels_safe": "no", "wants_help": "yes"})");
  ScriptedTerminal terminal(false);
  EXPECT_EQ(Run(terminal, {"report", "checkin", "--receipt-fd", WordsFd(), "--from", from}), ExitCode::kDone) << terminal.said;
  Kept();
  EXPECT_NE(shown.find("isolation, pay cut; NOT safe; wants help"), std::string::npos) << shown;
  ScriptedTerminal wrong(false);
  const std::string typo = FileWith("typo.json", R"({"adverse_actions": ["isolated"]})");
  EXPECT_EQ(Run(wrong, {"report", "checkin", "--receipt-fd", WordsFd(), "--from", typo}), ExitCode::kUsage) << wrong.said;
}

TEST_F(CheckIns, ReportsRetaliationInTheSameStepWithReadersShownAndWordsOfItsOwn) {
  const std::string from = FileWith("checkin.json", R"({"adverse_actions": ["demotion"]})");
  const std::string more = FileWith("retaliation.json", R"({"narrative": "I was demoted.", "disclosure": "anonymous"})");
  ScriptedTerminal terminal(false);
  EXPECT_EQ(Run(terminal, {"report", "checkin", "--receipt-fd", WordsFd(), "--from", from, "--retaliation", more, "--yes",
                           "--print-receipt"}),
            ExitCode::kDone)
      << terminal.said;
  ASSERT_TRUE(impostor.checked_in.has_retaliation());
  EXPECT_EQ(impostor.submissions, 1) << "the first report only: the second goes with the answer";
  EXPECT_NE(impostor.checked_in.retaliation().mailbox(), impostor.submitted.mailbox());
  EXPECT_NE(terminal.said.find("Ana Ruiz"), std::string::npos) << "readers are shown";
  const std::string second = terminal.printed.substr(0, terminal.printed.find('\n'));
  EXPECT_TRUE(crypto::Receipt::FromWords(second).ok()) << terminal.printed;
  EXPECT_NE(second, words);
}

TEST_F(CheckIns, OneQuestionOpensTheReportOfRetaliation) {
  ScriptedTerminal terminal;
  terminal.Type("1");     // dismissal, the first of the list
  terminal.Type("skip");  // words
  terminal.Type("no");    // safe
  terminal.Type("skip");  // help
  terminal.Type("yes");   // report it
  terminal.Type("");      // nobody else
  terminal.Type("They let me go.");
  terminal.Type(".");
  terminal.Type("1");     // anonymous
  terminal.Type("send");
  terminal.Type("");      // no files
  terminal.Type("");      // the readers are right
  terminal.Type("");      // written down
  for (int i = 0; i < 2; ++i) {
    terminal.Type([&terminal](const std::string& said) {
      const size_t at = said.rfind("what is word ");
      const int position = std::atoi(said.c_str() + at + 13);
      // As the table showed it: the number, two blanks, the word.
      const std::string number = (position < 10 ? " " : "") + std::to_string(position) + "  ";
      const size_t cell = terminal.said_before_clear.rfind(number);
      const size_t begin = cell + number.size();
      return terminal.said_before_clear.substr(begin, terminal.said_before_clear.find_first_of(" \n", begin) - begin);
    });
  }
  terminal.Type("");  // keep no proof
  EXPECT_EQ(Run(terminal, {"report", "checkin", "--receipt-fd", WordsFd()}), ExitCode::kDone) << terminal.said;
  EXPECT_TRUE(impostor.checked_in.has_retaliation());
  EXPECT_NE(terminal.printed.find("Your report is filed"), std::string::npos) << terminal.printed;
}

TEST_F(CheckIns, RotatingShowsNewWordsAndTheOldOnesEnd) {
  const std::string before = impostor.submitted.mailbox();
  ScriptedTerminal terminal(false);
  EXPECT_EQ(Run(terminal, {"report", "rotate", "--receipt-fd", WordsFd(), "--print-receipt"}), ExitCode::kDone)
      << terminal.said;
  EXPECT_NE(impostor.submitted.mailbox(), before);
  const std::string fresh = terminal.printed.substr(0, terminal.printed.find('\n'));
  ASSERT_TRUE(crypto::Receipt::FromWords(fresh).ok()) << terminal.printed;
  words = fresh;
  ScriptedTerminal status(false);
  EXPECT_EQ(Run(status, {"report", "status", "--receipt-fd", WordsFd()}), ExitCode::kDone) << status.said;
  EXPECT_NE(status.printed.find("Check-ins"), std::string::npos) << status.printed;
}

TEST_F(CheckIns, NothingIsRotatedUntilTheNewWordsAreKnown) {
  const std::string before = impostor.submitted.mailbox();
  ScriptedTerminal silent(false);
  EXPECT_EQ(Run(silent, {"report", "rotate", "--receipt-fd", WordsFd()}), ExitCode::kUsage) << "nowhere to show them";
  ScriptedTerminal terminal;
  terminal.Type("yes");
  terminal.Type("");
  terminal.Type("wrong");
  terminal.Type("wrong");
  terminal.Type("quit");
  EXPECT_NE(Run(terminal, {"report", "rotate", "--receipt-fd", WordsFd()}), ExitCode::kDone);
  EXPECT_EQ(impostor.submitted.mailbox(), before);
  EXPECT_TRUE(impostor.former_keys.empty());
}

}  // namespace
}  // namespace alcove::cli::test
