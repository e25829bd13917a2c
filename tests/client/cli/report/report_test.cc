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

}  // namespace
}  // namespace alcove::cli::test
