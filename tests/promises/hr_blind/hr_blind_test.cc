// P10: HR learns whether what it plans may be done, and not who is protected. Its whole view is compared byte for byte between a
// world where nobody asked for protection and one where somebody did; what it can still guess is measured against the table
// of README.md; and the officer's machine finds everybody who asked, under whatever number HR names them.
#include <gtest/gtest.h>

#include <cmath>
#include <cstdio>
#include <fstream>
#include <functional>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "crypto/format/officer_letter.h"
#include "crypto/format/wire.h"
#include "server/core/hr/protection.h"
#include "tests/promises/hr_blind/hr_town.h"
#include "tests/tree/source_dir.h"

namespace alcove::promises {
namespace {

using client::IsDrawn;

// A month of an HR system at work: plans, repetitions, mistakes, cancellations, and asking every day. `elsewhere` is what others do
// between its calls. `cleared` is what the officers say of each action, on its merits.
std::vector<Heard> MonthOfHr(Town& town, const std::function<void(int step)>& elsewhere,
                             const std::function<bool(int action)>& cleared) {
  std::vector<Heard> view;
  int step = 0;
  const auto call = [&](const char* method, const auto& request, const std::string& slug = "payroll") {
    ++step;
    town.world.random = world::SeededRandom(9000 + static_cast<std::uint64_t>(step));
    elsewhere(step);
    view.push_back(town.Call(slug, method, request, 100 + static_cast<std::uint64_t>(step)));
    return view.back();
  };
  const auto request_id = [&](int number) {
    char text[40];
    std::snprintf(text, sizeof text, "00000000-0000-4000-8000-%012d", number);
    return std::string(text);
  };
  const auto submission = [&](const std::string& employee, int number) {
    v1::SubmitAdverseActionRequest request;
    request.set_request_id(request_id(number));
    request.set_employee(employee);
    world::SeededRandom random(5000 + static_cast<std::uint64_t>(number));
    request.set_letter(*format::SealOfficerLetter(town.world.file.id, format::DrawId<base::AdverseActionId>(random),
                                                  town.Officers(), employee, random));
    return request;
  };
  std::vector<std::string> names;
  for (int i = 1; i <= 6; ++i) {
    v1::SubmitAdverseActionResponse answer;
    answer.ParseFromString(call("SubmitAdverseAction", submission(Number(i), i)).body);
    names.push_back(answer.name());
  }
  call("SubmitAdverseAction", submission(Number(1), 1));                        // lost the answer
  call("SubmitAdverseAction", submission(Number(2), 1));                        // other bytes under a known id
  for (int i = 1; i <= 3; ++i) call("SubmitAdverseAction", submission(Number(i), 20 + i));  // while it is pending
  call("SubmitAdverseAction", submission("emp:E1B", 30));                       // under another number
  call("SubmitAdverseAction", submission("emp:NOBODY", 31));
  v1::SubmitAdverseActionRequest spoilt = submission(Number(7), 32);
  spoilt.set_letter("nonsense");
  call("SubmitAdverseAction", spoilt);
  call("SubmitAdverseAction", submission(Number(7), 33), "mirror");  // out of scope
  const auto get = [&](const std::string& name, const std::string& slug = "payroll") {
    v1::GetAdverseActionRequest request;
    request.set_name(name);
    call("GetAdverseAction", request, slug);
  };
  get("adverseActions/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  get("cases/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  v1::CancelAdverseActionRequest cancel;
  cancel.set_request_id(request_id(40));
  cancel.set_name(names[5]);
  call("CancelAdverseAction", cancel);
  cancel.set_request_id(request_id(41));
  call("CancelAdverseAction", cancel);

  for (int day = 0; day < 30; ++day) {
    for (const std::string& name : names) get(name);
    if (day == 12) call("SubmitAdverseAction", submission(Number(1), 50));
    town.world.clock.Advance(std::chrono::hours(24));
    town.world.random = world::SeededRandom(20000 + static_cast<std::uint64_t>(day));
    for (std::size_t i = 0; i < names.size(); ++i) {
      const auto decided = town.world.Carry(hr::DecideAdverseAction(
          town.world.ports(), Slug("pia"), request_id(1000 + day * 10 + static_cast<int>(i)),
          *format::ParseAdverseActionName(names[i]), cleared(static_cast<int>(i)) ? hr::Verdict::kCleared : hr::Verdict::kNotCleared));
      (void)decided;  // not up yet, or decided before
    }
  }
  return view;
}

TEST(P10_HrBlind, EveryByteThatHrHearsIsTheSameWhoeverIsProtected) {
  const auto on_its_merits = [](int action) { return action % 2 == 0; };
  const auto nothing = [](int) {};
  Town calm;
  const std::vector<Heard> without = MonthOfHr(calm, nothing, on_its_merits);
  Town troubled;
  const std::vector<Heard> with = MonthOfHr(
      troubled,
      [&](int step) {
        if (step <= 8) troubled.AskForProtection(step == 8 ? "emp:E1B" : Number(step));
        if (step % 25 == 0) troubled.world.File();
      },
      on_its_merits);
  ASSERT_GT(without.size(), 150u);
  EXPECT_EQ(without, with);
  std::set<std::string> ends;
  for (const Heard& heard : without) ends.insert(heard.body.empty() ? heard.message : "answered");
  EXPECT_GE(ends.size(), 6u) << "control: the mistakes were made and named";

  Town other;
  EXPECT_NE(without, MonthOfHr(other, nothing, [](int) { return true; })) << "control: what was decided is heard";
}

TEST(P10_HrBlind, AnAnswerIsOfOneSize) {
  Town town;
  const client::Session session = town.SignedIn("payroll");
  std::set<std::size_t> names;
  for (int i = 1; i <= kEmployees; ++i) {
    if (i % 2 == 0) town.AskForProtection(Number(i));
    names.insert(town.Submit(session, {Number(i)}).size());
    names.insert(town.Submit(session, {Number(i)}).size());
  }
  EXPECT_EQ(names, std::set<std::size_t>{std::string("adverseActions/").size() + 26});
}

// The officer's machine, over the wire.
class Officer : public testing::Test {
 protected:
  std::vector<client::PlannedAction> Review(std::uint32_t share = client::kSampleShare) {
    auto desk = client::StaffDesk::SignIn(*town.connection, town.directory, pia, town.world.random);
    EXPECT_TRUE(desk.ok()) << desk.status();
    auto actions = client::OfficerDesk(*desk).Review(share);
    EXPECT_TRUE(actions.ok()) << actions.status();
    return actions.ok() ? *std::move(actions) : std::vector<client::PlannedAction>();
  }
  const client::PlannedAction* Find(const std::vector<client::PlannedAction>& actions, const std::string& name) {
    for (const client::PlannedAction& action : actions)
      if (action.facts.name() == name) return &action;
    return nullptr;
  }

  Town town;
  client::StaffKeys pia = town.KeysOf("pia");
};

TEST_F(Officer, P10_HrBlind_EverybodyWhoAskedComesUpUnderWhateverNumberHrNamesThem) {
  const client::Session hr = town.SignedIn("payroll");
  std::map<int, std::string> names;
  for (int i = 1; i <= kEmployees; ++i) names[i] = town.Submit(hr, {Number(i)});
  town.AskForProtection("emp:E1B");  // HR names them E1
  town.AskForProtection("emp: e2 ");
  EXPECT_TRUE(Review().empty()) << "not before the delay is over";
  town.world.clock.Advance(std::chrono::hours(24 * 2));
  const auto actions = Review();
  ASSERT_EQ(actions.size(), static_cast<std::size_t>(kEmployees));
  const crypto::SymmetricKey key = client::SampleKey(pia);
  int drawn = 0;
  for (int i = 1; i <= kEmployees; ++i) {
    const client::PlannedAction* action = Find(actions, names[i]);
    ASSERT_NE(action, nullptr) << i;
    ASSERT_TRUE(action->words) << i;
    EXPECT_EQ(action->words->identifiers(0), Number(i));
    EXPECT_TRUE(action->cautions.empty()) << i;
    const auto day = format::Day::FromCivil(action->facts.day().year(), action->facts.day().month(), action->facts.day().day());
    const bool sampled = IsDrawn(key, action->facts.employee(), *day, client::kSampleShare);
    drawn += sampled;
    EXPECT_EQ(action->comes_up, i <= 2 || sampled) << i;
  }
  EXPECT_LT(drawn, kEmployees) << "control: not everybody is drawn";
  for (const client::PlannedAction& action : Review(100)) EXPECT_TRUE(action.comes_up);
}

TEST_F(Officer, P10_HrBlind_ALetterThatNamesSomebodyElseOrDoesNotOpenComesUpWithACaution) {
  const client::Session hr = town.SignedIn("payroll");
  const std::string lies = town.Submit(hr, {Number(3), Number(4)});
  v1::SubmitAdverseActionRequest request;
  request.set_request_id(client::DrawRequestId(town.world.random));
  request.set_employee(Number(5));
  const auto id = format::DrawId<base::AdverseActionId>(town.world.random);
  request.set_letter(*format::SealOfficerLetter(town.world.file.id, id, town.Officers(), "no words of ours", town.world.random));
  ASSERT_TRUE(town.connection->Call(&v1::HrService::Stub::SubmitAdverseAction, request, &hr).ok());
  town.world.clock.Advance(std::chrono::hours(24 * 2));
  const auto actions = Review();
  for (const std::string& name : {lies, format::AdverseActionName(id)}) {
    const client::PlannedAction* action = Find(actions, name);
    ASSERT_NE(action, nullptr);
    EXPECT_TRUE(action->comes_up);
    EXPECT_EQ(action->cautions.size(), 1u);
  }
}

TEST_F(Officer, P10_HrBlind_WhoIsAskedAboutTwiceInAQuarterComesUpTwiceOrNotAtAll) {
  const crypto::SymmetricKey key = client::SampleKey(pia);
  const format::Day first = *format::Day::FromText("2026-10-01");
  int changed = 0;
  for (int employee = 0; employee < 400; ++employee) {
    const std::string ref = "employee-" + std::to_string(employee);
    const bool drawn = IsDrawn(key, ref, first, 25);
    for (int day : {1, 45, 91}) EXPECT_EQ(IsDrawn(key, ref, first.PlusDays(day), 25), drawn) << ref << " " << day;
    changed += IsDrawn(key, ref, first.PlusDays(92), 25) != drawn;
  }
  EXPECT_NEAR(changed, 400 * 2 * 0.25 * 0.75, 60) << "control: the next quarter is drawn anew";
}

// The rows of README's table: percent of base rate to percent that are protected among those who come up.
std::map<int, double> Published() {
  std::ifstream file(std::string(alcove::tests::kSourceDir) + "/README.md");
  std::map<int, double> rows;
  bool here = false;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("| protected among all")) here = true;
    if (here && line.empty()) break;
    int base = 0;
    double posterior = 0;
    if (here && std::sscanf(line.c_str(), "| %d %% | %lf %%", &base, &posterior) == 2) rows[base] = posterior;
  }
  return rows;
}

TEST_F(Officer, P10_HrBlind_WhatHrCanStillGuessIsWhatTheReadmeSays) {
  const std::map<int, double> published = Published();
  ASSERT_EQ(published.size(), 3u) << "README.md has no table of three rows";
  const crypto::SymmetricKey key = client::SampleKey(pia);
  const format::Day day = *format::Day::FromText("2026-11-29");
  constexpr int kPeople = 100000;
  for (const auto& [base, says] : published) {
    world::SeededRandom random(static_cast<std::uint64_t>(base));
    int asked = 0, shown = 0, hits = 0;
    for (int i = 0; i < kPeople; ++i) {
      const crypto::Bytes drawn = random.Draw(4);
      const std::uint32_t number = format::ByteReader(drawn).U32();
      const bool protects = number % 100 < static_cast<std::uint32_t>(base);
      asked += protects;
      const bool comes_up = protects || IsDrawn(key, "employee-" + std::to_string(i), day, client::kSampleShare);
      shown += comes_up;
      hits += comes_up && protects;
    }
    const double measured = 100.0 * hits / shown;
    std::printf("base rate %d %%: %d of %d protected, %d come up, %.1f %% of these are protected\n", base, asked, kPeople, shown,
                measured);
    EXPECT_NEAR(measured, says, 0.7) << base;
    EXPECT_EQ(hits, asked) << "nobody who asked is missed";
  }
}

}  // namespace
}  // namespace alcove::promises
