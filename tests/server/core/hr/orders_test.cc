// From a measure to HR and back: sealed to HR alone, seen from a drawn day on, answered once.
#include <map>
#include <set>

#include "tests/server/core/hr/orders_scene.h"

namespace alcove::world {
namespace {

using hr::OrderState;

class OrdersTest : public OrdersUnderWay {
 protected:
  // The refusal leaves nothing behind.
  void Refused(const std::function<absl::Status()>& act, Reason reason) {
    const std::size_t rows = world.rows.size();
    const std::uint64_t leaves = world.rows.leaves();
    EXPECT_EQ(Why(act()), reason);
    EXPECT_EQ(world.rows.size(), rows);
    EXPECT_EQ(world.rows.leaves(), leaves);
  }
};

TEST_F(OrdersTest, AreSeenByHrFromTheirDrawnDayOn) {
  const crypto::Bytes letter = Letter();
  const base::MeasureId measure = Ordered(ForHr(letter));
  const cases::MeasureOrder row = RowOf(IdIn(letter));
  EXPECT_GE(row.visible.DaysSince(world.clock.Today()), 1);
  EXPECT_LE(row.visible.DaysSince(world.clock.Today()), cases::kMostOrderDelay);
  EXPECT_EQ(HiddenKinds()[HiddenKinds().size() - 3], LeafKind::kOrderPlaced);
  for (base::Day day = world.clock.Today(); day < row.visible; day = day.PlusDays(1)) {
    EXPECT_TRUE(Listed().empty());
    EXPECT_EQ(Why(Executed(row.id)), Reason::kNothingHere) << "not even by name";
    PassDays(1);
  }
  const auto orders = Listed();
  ASSERT_EQ(orders.size(), 1u);
  EXPECT_EQ(orders[0].id, row.id);
  EXPECT_EQ(orders[0].letter, letter);
  EXPECT_EQ(orders[0].due, MeasureRow(measure).due);
  EXPECT_EQ(orders[0].state, OrderState::kWaiting);
  for (const char* slug : {"payroll", "shifts"}) {
    for (const Machine& machine : world.machines.at(slug)) {
      const auto text = format::OpenOfficerLetter(*format::ParseOfficerLetter(orders[0].letter), machine.decryption);
      ASSERT_TRUE(text.ok()) << slug;
      EXPECT_EQ(text->view(), "who, what, when and why");
    }
  }
  const auto stranger = format::OpenOfficerLetter(*format::ParseOfficerLetter(letter), world.machines.at("ada")[0].decryption);
  EXPECT_FALSE(stranger.ok()) << "control: nobody else opens it";
}

TEST_F(OrdersTest, EachOfTheThreeDaysIsAsLikely) {
  std::map<int, int> days;
  for (int i = 0; i < 3000; ++i) days[static_cast<int>(cases::DrawVisibleDay(world.ports()).DaysSince(world.clock.Today()))] += 1;
  ASSERT_EQ(days.size(), 3u);
  for (const auto& [day, count] : days) EXPECT_NEAR(count, 1000, 110) << day;
}

TEST_F(OrdersTest, WhatHrAnswersReachesTheTeamAndNotTheReporter) {
  const auto before = cases::GetMailbox(world.ports(), reporter.mailbox);
  const crypto::Bytes letter = Letter(), refused_letter = Letter();
  const base::MeasureId done = Ordered(ForHr(letter)), refused = Ordered(ForHr(refused_letter));
  EXPECT_EQ(SeenByTeam(done).state, OrderState::kWaiting);
  EXPECT_EQ(SeenByTeam(done).id, IdIn(letter));
  EXPECT_EQ(TasksAbout(refused), (std::vector<std::string>{"interim.subject_schedule_change"}));
  PassDays(4);
  const std::string request = world.RequestId();
  ASSERT_TRUE(Executed(IdIn(letter), request).ok());
  ASSERT_TRUE(Executed(IdIn(letter), request).ok()) << "the answer was lost";
  ASSERT_TRUE(RefusedByHr(IdIn(refused_letter), "works_council").ok());
  EXPECT_EQ(Count(LeafKind::kOrderAnswered), 2u);
  const cases::OrderView view = SeenByTeam(done);
  EXPECT_EQ(view.state, OrderState::kExecuted);
  EXPECT_EQ(view.done, world.clock.Today());
  EXPECT_EQ(MeasureRow(done).state, MeasureState::kPlanned) << "the team says itself that it is done";
  EXPECT_EQ(SeenByTeam(refused).state, OrderState::kRefused);
  EXPECT_EQ(SeenByTeam(refused).refusal, "works_council");
  EXPECT_EQ(TasksAbout(refused).front(), "order_refused");
  EXPECT_EQ(TasksAbout(done), (std::vector<std::string>{"interim.subject_schedule_change"}));
  ASSERT_TRUE(Step(refused, MeasureState::kCancelled).ok());
  EXPECT_TRUE(TasksAbout(refused).empty());
  EXPECT_EQ(SeenByTeam(refused).state, OrderState::kRefused) << "what was answered stays";
  EXPECT_EQ(cases::GetMailbox(world.ports(), reporter.mailbox)->leaf_head, before->leaf_head);
}

TEST_F(OrdersTest, OverdueOnesGoToTheTeam) {
  const crypto::Bytes letter = Letter();
  const base::MeasureId measure = Ordered(ForHr(letter, cases::kOrderLead));
  PassDays(cases::kOrderLead);
  EXPECT_FALSE(SeenByTeam(measure).overdue) << "control: the last day is not over";
  PassDays(1);
  EXPECT_TRUE(SeenByTeam(measure).overdue);
  EXPECT_EQ(TasksAbout(measure), (std::vector<std::string>{"interim.subject_schedule_change", "order_overdue"}));
  ASSERT_TRUE(Executed(IdIn(letter)).ok()) << "late is better than never";
  EXPECT_FALSE(SeenByTeam(measure).overdue);
  EXPECT_EQ(TasksAbout(measure), (std::vector<std::string>{"interim.subject_schedule_change"}));
}

TEST_F(OrdersTest, AreAnsweredOnce) {
  const crypto::Bytes letter = Letter();
  Ordered(ForHr(letter));
  PassDays(4);
  const base::MeasureOrderId id = IdIn(letter);
  const std::string request = world.RequestId();
  ASSERT_TRUE(Executed(id, request).ok());
  Refused([&] { return Report({request, id, OrderState::kRefused, "left", {}}); }, Reason::kRequestIdReused);
  Refused([&] { return Executed(id); }, Reason::kOrderAnswered);
  Refused([&] { return RefusedByHr(id, "left"); }, Reason::kOrderAnswered);
  EXPECT_EQ(RowOf(id).state, OrderState::kExecuted);
  EXPECT_EQ(RowOf(id).answered_by, account);
  Refused([&] { return Executed(base::MeasureOrderId()); }, Reason::kNothingHere);
}

TEST_F(OrdersTest, AnswersThatAreWrongAreNamedAndChangeNothing) {
  const crypto::Bytes letter = Letter();
  Ordered(ForHr(letter));
  PassDays(4);
  const base::MeasureOrderId id = IdIn(letter);
  const base::Day today = world.clock.Today(), seen = RowOf(id).visible;
  Refused([&] { return Report({{}, id, OrderState::kExecuted, {}, {}}); }, Reason::kFieldInvalid);
  Refused([&] { return Report({{}, id, OrderState::kExecuted, {}, today.PlusDays(1)}); }, Reason::kFieldInvalid);
  Refused([&] { return Report({{}, id, OrderState::kExecuted, {}, seen.PlusDays(-1)}); }, Reason::kFieldInvalid);
  Refused([&] { return Report({{}, id, OrderState::kExecuted, "left", today}); }, Reason::kFieldInvalid);
  Refused([&] { return Report({{}, id, OrderState::kRefused, "left", today}); }, Reason::kFieldInvalid);
  Refused([&] { return RefusedByHr(id, ""); }, Reason::kCodeUnknown);
  Refused([&] { return RefusedByHr(id, "nonsense"); }, Reason::kCodeUnknown);
  Refused([&] { return Executed(id, "no uuid"); }, Reason::kFieldInvalid);
  Refused([&] { return world.Carry(hr::ListMeasureOrders(world.ports(), account, {}, {.token = "x"})).status(); },
          Reason::kFieldInvalid);
  EXPECT_TRUE(Report({{}, id, OrderState::kExecuted, {}, seen}).ok()) << "control";
}

TEST_F(OrdersTest, LettersToOthersThanHrAreRefusedAndNothingIsKept) {
  const auto refused = [&](const casework::NewMeasure& measure, Reason reason) {
    Refused([&] { return Order(measure).status(); }, reason);
  };
  const auto fresh = format::DrawId<base::MeasureOrderId>(world.random);
  refused(ForHr("nonsense"), Reason::kEnvelopeInvalid);
  refused(ForHr(Letter(format::DrawId<base::AdverseActionId>(world.random), HrKeys())), Reason::kEnvelopeInvalid);
  refused(ForHr(Letter(fresh, {HrKeys()[0]})), Reason::kGrantsMismatch);
  std::vector<crypto::EncryptionKey> more = HrKeys();
  more.push_back(world.machines.at("pia")[0].decryption.encryption_key());
  refused(ForHr(Letter(fresh, more)), Reason::kGrantsMismatch);
  refused(ForHr(Letter(base::MeasureOrderId(), HrKeys())), Reason::kFieldInvalid);
  refused(ForHr(Letter(), cases::kOrderLead - 1), Reason::kFieldInvalid);
  casework::NewMeasure telling = ForHr();
  telling.kind = "interim.no_contact";  // would tell HR what it is about
  refused(telling, Reason::kOrderRefused);
  telling.kind = "organisation.policy_change";
  refused(telling, Reason::kOrderRefused);
  const casework::NewMeasure good = ForHr();
  EXPECT_TRUE(Order(good).ok()) << "control";
  refused(ForHr(*good.letter), Reason::kFieldInvalid);  // the id is taken
  const std::vector<crypto::EncryptionKey> before = HrKeys();
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people) {
      if (person.slug == "payroll") person.roles = {format::Role::kServiceDirectory};
      std::erase(person.roles, format::Role::kServiceMeasures);
    }
  });
  refused(ForHr(Letter(fresh, before)), Reason::kOrdersNotOffered);
}

TEST_F(OrdersTest, ARepeatedMeasureIsOneOrder) {
  const casework::NewMeasure measure = ForHr();
  const Draft words = Words(EntryKind::kMeasure);
  const std::string request = world.RequestId();
  const auto place = [&](const casework::NewMeasure& one) {
    return world.Carry(
        casework::CreateMeasure(world.ports(), assignee, reporter.case_id, request, one, words.entry()));
  };
  ASSERT_TRUE(place(measure).ok());
  ASSERT_TRUE(place(measure).ok()) << "the answer was lost";
  casework::NewMeasure other = measure;
  other.letter = Letter();
  EXPECT_EQ(Why(place(other)), Reason::kRequestIdReused);
  PassDays(4);
  EXPECT_EQ(Listed().size(), 1u);
}

TEST_F(OrdersTest, AMeasureThatEndsTakesItsOrderWithIt) {
  for (const MeasureState end : {MeasureState::kCancelled, MeasureState::kDone}) {
    const crypto::Bytes unseen = Letter(), seen = Letter();
    const base::MeasureId early = Ordered(ForHr(unseen)), late = Ordered(ForHr(seen));
    ASSERT_TRUE(Step(early, end).ok());
    EXPECT_EQ(SeenByTeam(early).state, OrderState::kWithdrawn);
    EXPECT_FALSE(*world.rows.Get<cases::MeasureOrder>(base::RowKey(IdIn(unseen)))) << "HR never hears of it";
    EXPECT_FALSE(*world.rows.Get<cases::OrderOrigin>(base::RowKey(IdIn(unseen))));
    PassDays(4);
    ASSERT_TRUE(Step(late, MeasureState::kRunning).ok());
    EXPECT_EQ(SeenByTeam(late).state, OrderState::kWaiting) << "control: a step is not an end";
    ASSERT_TRUE(Step(late, end).ok());
    EXPECT_EQ(SeenByTeam(late).state, OrderState::kWithdrawn);
    const auto mine = [&] {
      for (const hr::HrOrder& order : Listed())
        if (order.id == IdIn(seen)) return order.state;
      ADD_FAILURE() << "gone from HR's list";
      return OrderState::kWaiting;
    };
    EXPECT_EQ(mine(), OrderState::kWaiting) << "what happens within a day is seen the day after";
    PassDays(1);
    EXPECT_EQ(mine(), OrderState::kWithdrawn);
    EXPECT_EQ(Why(Executed(IdIn(seen))), Reason::kOrderAnswered);
  }
}

TEST_F(OrdersTest, AnAnswerOnTheDayOfTheWithdrawalStands) {
  const crypto::Bytes letter = Letter();
  const base::MeasureId measure = Ordered(ForHr(letter));
  PassDays(4);
  ASSERT_TRUE(Step(measure, MeasureState::kCancelled).ok());
  ASSERT_TRUE(Executed(IdIn(letter)).ok()) << "HR cannot know yet that it was taken back";
  EXPECT_EQ(SeenByTeam(measure).state, OrderState::kExecuted) << "and the team has to know that it was done";
  PassDays(1);
  EXPECT_EQ(Listed()[0].state, OrderState::kExecuted);
}

TEST_F(OrdersTest, ACaseThatIsGoneChangesNothingThatHrHears) {
  const crypto::Bytes letter = Letter();
  Ordered(ForHr(letter));
  PassDays(4);
  const auto before = Listed();
  cases::Doomed doomed;
  doomed.case_id = reporter.case_id;
  doomed.whole = cases::Cause{};
  world.rows.Put(doomed);
  const auto listed = Listed();
  ASSERT_EQ(listed.size(), before.size());
  EXPECT_EQ(listed[0].letter, before[0].letter);
  EXPECT_TRUE(Executed(IdIn(letter)).ok());
  EXPECT_EQ(Listed()[0].state, OrderState::kExecuted);
  EXPECT_EQ(Count(LeafKind::kOrderAnswered), 0u) << "nobody is left to tell";
}

TEST_F(OrdersTest, ListsComeInPagesAndByState) {
  std::set<base::MeasureOrderId> placed;
  for (int i = 0; i < 19; ++i) {
    const crypto::Bytes letter = Letter();
    Ordered(ForHr(letter));
    placed.insert(IdIn(letter));
  }
  PassDays(4);
  std::set<base::MeasureOrderId> seen;
  cases::PageRequest page{.size = 7, .token = {}};
  base::MeasureOrderId last;
  do {
    const auto answer = world.Carry(hr::ListMeasureOrders(world.ports(), account, {}, page));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_LE(answer->orders.size(), 7u);
    for (const hr::HrOrder& order : answer->orders) {
      EXPECT_TRUE(last < order.id) << "in the order of their random ids";
      last = order.id;
      seen.insert(order.id);
    }
    page.token = answer->next_token;
  } while (!page.token.empty());
  EXPECT_EQ(seen, placed);
  ASSERT_TRUE(Executed(*placed.begin()).ok());
  EXPECT_EQ(Listed(OrderState::kExecuted).size(), 1u);
  EXPECT_EQ(Listed(OrderState::kWaiting, {.size = 32, .token = {}}).size(), 18u);
  EXPECT_TRUE(Listed(OrderState::kRefused).empty());
}

}  // namespace
}  // namespace alcove::world
