// Clause 1.12 against a real server with a price of work: a flood of calls meets its budget and takes nobody else's place,
// the service recovers by itself, and memory stays bounded.
#include <chrono>
#include <fstream>
#include <mutex>
#include <thread>

#include "crypto/puzzle.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

class Flood_OverTheWire : public Scene {
 protected:
  static constexpr int kPrice = 4;
  Flood_OverTheWire() : Scene(kPrice) {}

  v1::Work Paid() const {
    v1::CreateWorkChallengeResponse challenge;
    v1::Work work;
    const Heard heard = Ask(*intake_, &v1::IntakeService::Stub::CreateWorkChallenge, v1::CreateWorkChallengeRequest(), "", &challenge);
    EXPECT_EQ(heard.reason, "OK") << heard;
    if (heard.reason != "OK") return work;
    work.set_challenge(challenge.challenge());
    work.set_solution(*crypto::Solve(challenge.challenge(), static_cast<int>(challenge.price())));
    return work;
  }
  static v1::PlanReportRequest Plan() {
    v1::PlanReportRequest plan;
    plan.mutable_facts()->add_categories("harassment.protected_basis");
    plan.mutable_facts()->set_language("en");
    return plan;
  }
  std::size_t Resident() const {
    std::ifstream status("/proc/" + std::to_string(server_->pid()) + "/status");
    for (std::string line; std::getline(status, line);)
      if (line.starts_with("VmRSS:")) return std::stoul(line.substr(6));
    return 0;
  }
};

TEST_F(Flood_OverTheWire, WorkIsGoodOnceAndOnlyWhenItWasDone) {
  ASSERT_NO_FATAL_FAILURE(Start());
  v1::PlanReportRequest plan = Plan();
  const auto ask = [&] { return Ask(*intake_, &v1::IntakeService::Stub::PlanReport, plan).reason; };
  EXPECT_EQ(ask(), "WORK_REQUIRED") << "none";
  *plan.mutable_work() = Paid();
  const v1::Work good = plan.work();
  plan.mutable_work()->mutable_challenge()->at(0) ^= 1;
  EXPECT_EQ(ask(), "WORK_REQUIRED") << "a forged challenge";
  *plan.mutable_work() = good;
  plan.mutable_work()->mutable_solution()->push_back('x');
  EXPECT_EQ(ask(), "WORK_REQUIRED") << "no solution";
  *plan.mutable_work() = good;
  EXPECT_EQ(ask(), "OK") << "control";
  EXPECT_EQ(ask(), "WORK_REQUIRED") << "spent";
  // A whole filing with nothing paid.
  v1::SubmitReportRequest submit;
  submit.set_request_id(support::DrawRequestId());
  EXPECT_NE(Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, submit).reason, "OK");
}

TEST_F(Flood_OverTheWire, AFloodThatPaysNothingTakesNobodysPlace) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::size_t before = Resident();
  ASSERT_GT(before, 0U);
  std::map<std::string, int> heard;
  // More than the budget of plans holds, burst and refill together, on any machine.
  for (int call = 0; call < 600; ++call) ++heard[Ask(*intake_, &v1::IntakeService::Stub::PlanReport, Plan()).reason];
  EXPECT_EQ(heard["WORK_REQUIRED"], 600);
  v1::PlanReportRequest honest = Plan();
  *honest.mutable_work() = Paid();
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::PlanReport, honest).reason, "OK")
      << "the flood used up the budget of those who pay";

  // Attempts to sign in as nobody, unpaid: from some hundreds on they cost the flood more than the service. The service
  // counts by minutes of the machine's clock (intake/work.h), and a flood astride two of them is given two allowances.
  while (std::chrono::duration_cast<std::chrono::seconds>(std::chrono::steady_clock::now().time_since_epoch()).count() % 60 > 40)
    std::this_thread::sleep_for(std::chrono::seconds(1));
  heard.clear();
  std::vector<std::thread> callers;
  std::mutex mutex;
  for (int caller = 0; caller < 4; ++caller) {
    callers.emplace_back([&] {
      const auto channel = world().Connect();
      const auto stub = v1::SessionService::NewStub(channel);
      std::map<std::string, int> own;
      for (int call = 0; call < 400; ++call) {
        v1::CreateChallengeRequest nobody;
        nobody.set_principal("staff/nobody");
        v1::CreateChallengeResponse challenge;
        EXPECT_EQ(Ask(*stub, &v1::SessionService::Stub::CreateChallenge, nobody, "", &challenge).reason, "OK");
        v1::CreateSessionRequest attempt;
        attempt.set_principal("staff/nobody");
        attempt.set_nonce(challenge.nonce());
        attempt.set_signature(std::string(64, 's'));
        ++own[Ask(*stub, &v1::SessionService::Stub::CreateSession, attempt).reason];
      }
      const std::lock_guard lock(mutex);
      for (const auto& [reason, count] : own) heard[reason] += count;
    });
  }
  for (std::thread& caller : callers) caller.join();
  // The budget of a burst of 400 and 100 a second may answer some of the first 600; what comes after has to pay.
  EXPECT_LE(heard["SIGN_IN_REFUSED"] + heard["BUDGET_EXHAUSTED"], 600);
  EXPECT_EQ(heard["WORK_REQUIRED"] + heard["SIGN_IN_REFUSED"] + heard["BUDGET_EXHAUSTED"], 1600);
  EXPECT_GE(heard["WORK_REQUIRED"], 1000);
  // Who pays signs in at once: the flood has used up nobody's place. Other calls go on too.
  v1::ListCasesResponse list;
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, SignedIn("investigator-a"), &list).reason, "OK");
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::GetIntake, {}).reason, "OK");
  EXPECT_LT(Resident(), before + 64 * 1024) << "KiB; " << before << " before";
}

}  // namespace
}  // namespace alcove::promises
