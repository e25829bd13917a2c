#include "client/cli/verify/verify.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/verify/evidence.h"
#include "client/lib/errors.h"
#include "tests/server/core/ledger/filed_case.h"

namespace alcove::cli {
namespace {

using client::Is;
using client::Refusal;
using ledger::FiledCase;
using testing::Test;

// Keeps what was said; nobody answers.
class SilentTerminal : public Terminal {
 public:
  bool interactive() const override { return false; }
  size_t width() const override { return 80; }
  void Print(std::string_view text) override { printed += text; }
  void Say(std::string_view text) override { said += std::string(text) + "\n"; }
  absl::StatusOr<std::string> Ask(std::string_view) override { return absl::FailedPreconditionError("nobody"); }
  absl::StatusOr<crypto::SecretText> AskHidden(std::string_view) override {
    return absl::FailedPreconditionError("nobody");
  }
  void ClearScreen() override {}
  void Progress(std::string_view, uint64_t, uint64_t) override {}

  std::string printed;
  std::string said;
};

class VerifyTest : public Test {
 protected:
  VerifyTest() {
    filed.LookInto();
    filed.OthersDo(20);
    filed.Cut();
    filed.OthersDo(70);
    filed.Cut();
  }
  ~VerifyTest() override { std::remove(path.c_str()); }

  std::string ProofFile() { return *format::ProofText(filed.Proof()); }
  std::string LedgerFile() { return *format::LedgerText(filed.Saved()); }

  // The program's way: a file, a frame, an exit code.
  ExitCode Run(const std::string& text, bool json = false) {
    std::ofstream(path, std::ios::binary) << text;
    Frame frame(terminal, filed.random, [this] { return now; });
    frame.options().json = json;
    frame.UseConnections([]() -> absl::StatusOr<std::unique_ptr<client::Connection>> {
      ADD_FAILURE() << "verify asked for a server";
      return absl::UnavailableError("no");
    });
    frame.End(VerifyFile(frame, path));
    return frame.exit_code();
  }

  FiledCase filed{31};
  SilentTerminal terminal;
  std::chrono::system_clock::time_point now;
  std::string path = testing::TempDir() + "alcove-evidence-" + std::to_string(::getpid());
};

TEST_F(VerifyTest, AProofOfFilingIsDoneAndSaysWhatItShows) {
  EXPECT_EQ(Run(ProofFile()), ExitCode::kDone);
  EXPECT_NE(terminal.printed.find("The proof of filing is good."), std::string::npos);
  EXPECT_NE(terminal.printed.find("case.filed"), std::string::npos);
  EXPECT_NE(terminal.printed.find("192 leaves"), std::string::npos) << terminal.printed;
  EXPECT_EQ(terminal.said, "");
}

TEST_F(VerifyTest, ASavedLedgerIsDoneAndShowsEveryRecord) {
  EXPECT_EQ(Run(LedgerFile()), ExitCode::kDone);
  for (const char* what : {"case.filed", "case.assigned", "case.opened", "case.claimed", "entry.appended", "amira"})
    EXPECT_NE(terminal.printed.find(what), std::string::npos) << what;
  EXPECT_NE(terminal.printed.find("5 records without a gap, 5 of them published"), std::string::npos)
      << terminal.printed;
}

TEST_F(VerifyTest, WhatWasGoodIsGoodAtAnyTime) {
  for (const std::string& file : {ProofFile(), LedgerFile()}) {
    std::string first;
    for (const int years : {0, 30, 56, 90, 200}) {
      now = std::chrono::system_clock::time_point() + std::chrono::hours(24 * 365) * years;
      terminal.printed.clear();
      EXPECT_EQ(Run(file), ExitCode::kDone) << years;
      if (first.empty()) first = terminal.printed;
      EXPECT_EQ(terminal.printed, first) << "not a word about the time";
    }
  }
}

TEST_F(VerifyTest, JsonHoldsTheSame) {
  ASSERT_EQ(Run(LedgerFile(), true), ExitCode::kDone);
  const auto ledger = nlohmann::json::parse(terminal.printed);
  EXPECT_EQ(ledger["savedLedger"]["leaves"].size(), 5U);
  EXPECT_EQ(ledger["savedLedger"]["published"], 5);
  EXPECT_EQ(ledger["savedLedger"]["leaves"][2]["actor"], "amira");
  terminal.printed.clear();
  ASSERT_EQ(Run(ProofFile(), true), ExitCode::kDone);
  const auto proof = nlohmann::json::parse(terminal.printed);
  EXPECT_EQ(proof["proofOfFiling"]["leaf"]["kind"], "case.filed");
  EXPECT_EQ(proof["proofOfFiling"]["treeSize"], 192);
}

TEST_F(VerifyTest, AProofWithoutInclusionIsGoodAndSaysWhatIsMissing) {
  FiledCase fresh(32);
  EXPECT_EQ(Run(*format::ProofText(fresh.Proof())), ExitCode::kDone);
  EXPECT_NE(terminal.printed.find("not shown by this file"), std::string::npos);
}

TEST_F(VerifyTest, AFlippedBitAnywhereInAProofOfFilingEndsInFour) {
  const std::string good = ProofFile();
  ASSERT_EQ(Run(good), ExitCode::kDone);
  int refused = 0;
  const size_t first_line = good.find('\n') + 1;
  for (size_t bit = first_line * 8; bit < good.size() * 8; bit += 3) {
    std::string bent = good;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
    const auto checked = CheckEvidence(bent, std::nullopt);
    ASSERT_FALSE(checked.ok()) << "bit " << bit;
    ASSERT_EQ(ExitCodeOf(checked.status()), ExitCode::kUnverified) << "bit " << bit << ": " << checked.status();
    ++refused;
  }
  EXPECT_GT(refused, 1000);
}

TEST_F(VerifyTest, AFlippedBitAnywhereInASavedLedgerEndsInFour) {
  const std::string good = LedgerFile();
  ASSERT_EQ(Run(good), ExitCode::kDone);
  const size_t first_line = good.find('\n') + 1;
  for (size_t bit = first_line * 8; bit < good.size() * 8; bit += 7) {
    std::string bent = good;
    bent[bit / 8] = static_cast<char>(bent[bit / 8] ^ (1 << (bit % 8)));
    const auto checked = CheckEvidence(bent, std::nullopt);
    ASSERT_FALSE(checked.ok()) << "bit " << bit;
    ASSERT_EQ(ExitCodeOf(checked.status()), ExitCode::kUnverified) << "bit " << bit << ": " << checked.status();
  }
}

TEST_F(VerifyTest, ALeafLeftOutEndsInFour) {
  for (size_t left_out = 0; left_out + 1 < filed.leaves.size(); ++left_out) {
    format::SavedLedger saved = filed.Saved();
    saved.leaves.erase(saved.leaves.begin() + static_cast<long>(left_out));
    EXPECT_EQ(Run(*format::LedgerText(saved)), ExitCode::kUnverified) << left_out;
  }
  format::SavedLedger saved = filed.Saved();
  std::swap(saved.leaves[1], saved.leaves[2]);
  EXPECT_EQ(Run(*format::LedgerText(saved)), ExitCode::kUnverified);
}

TEST_F(VerifyTest, AProofFromOneCaseWithThePromiseOfAnotherEndsInFour) {
  FiledCase other(33);
  other.Cut();
  format::ProofOfFiling mixed = filed.Proof();
  mixed.promise = other.promise;
  EXPECT_EQ(Run(*format::ProofText(mixed)), ExitCode::kUnverified);
  mixed = filed.Proof();
  mixed.log_key = other.log_key.verify_key();
  EXPECT_EQ(Run(*format::ProofText(mixed)), ExitCode::kUnverified);
  mixed = filed.Proof();
  mixed.inclusion = other.Proof().inclusion;
  EXPECT_EQ(Run(*format::ProofText(mixed)), ExitCode::kUnverified);
  EXPECT_EQ(Run(ProofFile()), ExitCode::kDone) << "control";
}

TEST_F(VerifyTest, AnotherFileIsWrongUsage) {
  EXPECT_EQ(Run("a shopping list\n"), ExitCode::kUsage);
  EXPECT_EQ(Run(""), ExitCode::kUsage);
  Frame frame(terminal, filed.random, [this] { return now; });
  frame.End(VerifyFile(frame, path + ".not-there"));
  EXPECT_EQ(frame.exit_code(), ExitCode::kUsage);
}

TEST_F(VerifyTest, EvidenceOfAnotherOrganisationThanTheFileGivenDoesNotVerify) {
  format::OrganisationFile file;
  file.name = "Example";
  file.id = filed.organisation;
  file.address = "localhost:7000";
  file.roots.keys = {{.name = "ada", .key = filed.log_key.verify_key()}};
  file.roots.threshold = 1;
  const std::string own = *format::OrganisationText(file);
  file.id = format::DrawId<format::OrganisationId>(filed.random);
  const std::string other = *format::OrganisationText(file);
  for (const std::string& text : {ProofFile(), LedgerFile()}) {
    EXPECT_TRUE(CheckEvidence(text, own).ok());
    EXPECT_EQ(ExitCodeOf(CheckEvidence(text, other).status()), ExitCode::kUnverified);
    EXPECT_TRUE(Is(CheckEvidence(text, "nonsense").status(), Refusal::kOrganisationFileInvalid));
  }
}

}  // namespace
}  // namespace alcove::cli
