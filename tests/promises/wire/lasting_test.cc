// What a restart, and days, do to the stored rows: counters are counted anew, and rows that nobody needs any more go.
#include <unistd.h>

#include <chrono>
#include <thread>

#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

// What the command `faketime` sets. The command itself stays between us and the server, and a kill would reach it alone.
std::map<std::string, std::string> Later(const std::string& offset) {
  return {{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"},
          {"FAKETIME", offset},
          {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
}

class Lasting_OverRestarts : public Scene {
 protected:
  int CasesOf(const std::string& slug) const {
    v1::ListCasesResponse list;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, SignedIn(slug), &list).reason, "OK");
    return list.cases_size();
  }
};

TEST_F(Lasting_OverRestarts, RoutingKnowsTheLoadOfEveryDeskMemberAfterAKill) {
  ASSERT_NO_FATAL_FAILURE(Start());
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(File({.narrative = "For a.", .struck_out = {"staff/investigator-b"}}));
  Kill();
  ASSERT_NO_FATAL_FAILURE(Start());
  // Counters that began at zero would share these evenly, or by chance.
  for (int i = 0; i < 4; ++i) ASSERT_TRUE(File({.narrative = "For the least loaded."}));
  EXPECT_EQ(CasesOf("investigator-a"), 4);
  EXPECT_EQ(CasesOf("investigator-b"), 4);
}

TEST_F(Lasting_OverRestarts, RequestRowsAreGoneAfterSomeDaysAndCasesAreNot) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Stays."});
  ASSERT_TRUE(filed);
  Kill();
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_GE(Rows()[base::Table::kRequest], 1U) << "control: a row of today was deleted";
  v1::SubmitReportResponse again;
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, filed->filing.request, "", &again).reason, "OK");
  ASSERT_EQ(server_->Terminate(), 0) << Log();

  // Less than a day at a time: on a clock that leapt nothing is deleted.
  for (int hours = 20; hours <= 100; hours += 20) {
    support::ServerProcess night(world().serve_command(), Later("+" + std::to_string(hours) + "h"), folder() + "/night.log");
    ASSERT_TRUE(night.Start(world().options().port));
    ASSERT_EQ(night.Terminate(), 0);
  }
  support::ServerProcess server(world().serve_command(), Later("+5d"), folder() + "/later.log");
  ASSERT_TRUE(server.Start(world().options().port));
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (Rows()[base::Table::kRequest] != 0 && std::chrono::steady_clock::now() < end)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  const auto rows = Rows();
  EXPECT_FALSE(rows.contains(base::Table::kRequest));
  EXPECT_EQ(rows.at(base::Table::kCase), 1U);
  EXPECT_EQ(rows.at(base::Table::kMailbox), 1U);
  server.Kill();
}

TEST_F(Lasting_OverRestarts, APlanIsGoodForAnHour) {
  ASSERT_NO_FATAL_FAILURE(Start());
  support::Reporter reporter(world(), channel_);
  const auto in_time = reporter.Prepare("In time.");
  const auto too_late = reporter.Prepare("Too late.");
  ASSERT_TRUE(in_time.ok() && too_late.ok());
  Kill();
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, in_time->request).reason, "OK")
      << "control: a restart does not spoil a plan";
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  support::ServerProcess server(world().serve_command(), Later("+2h"), folder() + "/later.log");
  ASSERT_TRUE(server.Start(world().options().port));
  const auto before = Rows();
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, too_late->request).reason, "PLAN_STALE");
  EXPECT_EQ(Rows(), before);
  server.Kill();
}

}  // namespace
}  // namespace alcove::promises
