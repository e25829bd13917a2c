// Events: what is told, when, in what order, and from where it goes on.
#include "server/core/hr/events.h"

#include <algorithm>
#include <map>
#include <set>

#include "server/core/hr/actions.h"
#include "tests/server/core/hr/orders_scene.h"

namespace alcove::world {
namespace {

using hr::EventPosition;
using hr::HrEvent;

constexpr std::size_t kAll = SIZE_MAX;

class EventsTest : public OrdersUnderWay {
 protected:
  std::vector<HrEvent> After(const EventPosition& position, std::size_t most = kAll, const base::StaffSlug& who = Slug("payroll")) {
    const auto events = hr::EventsAfter(world.ports(), who, position, most);
    EXPECT_TRUE(events.ok()) << events.status();
    return events.ok() ? *events : std::vector<HrEvent>();
  }
  static std::vector<std::string> Types(const std::vector<HrEvent>& events) {
    std::vector<std::string> types;
    for (const HrEvent& event : events) types.push_back(event.type);
    return types;
  }
  // The orders that were placed, by the day drawn for each.
  std::map<base::Day, std::set<std::string>> Place(int count) {
    std::map<base::Day, std::set<std::string>> placed;
    for (int i = 0; i < count; ++i) {
      const crypto::Bytes letter = Letter();
      Ordered(ForHr(letter));
      placed[RowOf(IdIn(letter)).visible].insert(format::MeasureOrderName(IdIn(letter)));
    }
    return placed;
  }
};

TEST_F(EventsTest, AnOrderIsToldOfOnTheDayItIsSeenAndNotBefore) {
  const EventPosition start = After({}).back().after;
  EXPECT_EQ(Types(After({})), std::vector<std::string>{"alcove.directory.published"});
  const auto placed = Place(6);
  EventPosition position = start;
  for (int day = 0; day <= cases::kMostOrderDelay; ++day) {
    std::set<std::string> told;
    for (const HrEvent& event : After(position)) {
      EXPECT_EQ(event.type, "alcove.order.available");
      EXPECT_EQ(event.day, world.clock.Today());
      told.insert(event.subject);
      position = event.after;
    }
    const auto due = placed.find(world.clock.Today());
    EXPECT_EQ(told, due == placed.end() ? std::set<std::string>() : due->second);
    EXPECT_TRUE(After(position).empty());
    PassDays(1);
  }
}

TEST_F(EventsTest, ADayIsToldOfOnceItHasSettled) {
  Place(6);
  PassDays(3);
  const std::size_t all = After({}).size();
  world.clock.now = base::StartOf(world.clock.Today()) + std::chrono::minutes(9);
  const std::size_t before = After({}).size();
  EXPECT_LT(before, all) << "something decided yesterday may still be on its way";
  world.clock.now += std::chrono::minutes(1);
  EXPECT_EQ(After({}).size(), all);
}

TEST_F(EventsTest, WhatWasTakenBackIsToldOfTheNextDayAndOnlyWhereItWasSeen) {
  const crypto::Bytes unseen = Letter(), seen = Letter();
  const base::MeasureId early = Ordered(ForHr(unseen)), late = Ordered(ForHr(seen));
  ASSERT_TRUE(Step(early, MeasureState::kCancelled).ok());
  PassDays(4);
  ASSERT_TRUE(Step(late, MeasureState::kDone).ok());
  EXPECT_EQ(Types(After({})), (std::vector<std::string>{"alcove.directory.published", "alcove.order.available"}));
  PassDays(1);
  const auto events = After({});
  EXPECT_EQ(Types(events),
            (std::vector<std::string>{"alcove.directory.published", "alcove.order.available", "alcove.order.withdrawn"}));
  for (const HrEvent& event : events) EXPECT_NE(event.subject, format::MeasureOrderName(IdIn(unseen)));
}

TEST_F(EventsTest, AnActionIsToldOfToItsAccountOnItsDrawnDayWhateverWasDecided) {
  world.Sync({{.number = "E1"}, {.number = "E2"}});
  std::vector<base::AdverseActionId> actions;
  for (const char* employee : {"emp:E1", "emp:E2"}) {
    std::vector<crypto::EncryptionKey> officers{world.machines.at("pia")[0].decryption.encryption_key()};
    const auto letter = Letter(format::DrawId<base::AdverseActionId>(world.random), officers);
    const auto id = world.Carry(hr::SubmitAdverseAction(world.ports(), world.secrets.tag, Slug("shifts"),
                                                        {world.RequestId(), *format::Identifier::Parse(employee), letter}));
    ASSERT_TRUE(id.ok()) << id.status();
    actions.push_back(*id);
  }
  hr::AdverseAction decided = (*world.rows.Get<hr::AdverseAction>(base::RowKey(actions[0])))->record;
  decided.verdict = 2;
  decided.decided_by = Slug("pia");
  world.rows.Put(decided);
  const auto told = [&](const char* who) {
    std::map<std::string, base::Day> days;
    for (const HrEvent& event : After({}, kAll, Slug(who)))
      if (event.type == "alcove.action.due") days[event.subject] = event.day;
    return days;
  };
  EXPECT_TRUE(told("shifts").empty());
  PassDays(8);
  std::map<std::string, base::Day> drawn;
  for (const base::AdverseActionId& id : actions)
    drawn[format::AdverseActionName(id)] = (*world.rows.Get<hr::AdverseAction>(base::RowKey(id)))->record.visible;
  EXPECT_EQ(told("shifts"), drawn) << "decided or not";
  EXPECT_TRUE(told("payroll").empty()) << "not its own, and not its scope";
}

TEST_F(EventsTest, OnlyWhatTheScopeMayKnow) {
  Place(3);
  PassDays(4);
  world.PublishDirectory([this](format::Directory& next) {
    world.AddPerson(next, "chart", {format::Role::kServiceDirectory}, {});
    std::sort(next.people.begin(), next.people.end(),
              [](const format::Person& a, const format::Person& b) { return a.slug < b.slug; });
  });
  EXPECT_EQ(Types(After({}, kAll, Slug("chart"))), std::vector<std::string>{"alcove.directory.published"});
  EXPECT_EQ(After({}).size(), 4u) << "control";
  EXPECT_EQ(Why(hr::EventsAfter(world.ports(), Slug("nobody"), {}, kAll)), Reason::kNothingHere);
}

TEST_F(EventsTest, AnyTokenGoesOnAfterItsEventAndNothingIsLost) {
  Place(12);
  PassDays(4);
  const auto all = After({});
  ASSERT_EQ(all.size(), 13u);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const auto rest = After(all[i].after);
    ASSERT_EQ(rest.size(), all.size() - i - 1) << i;
    for (std::size_t j = 0; j < rest.size(); ++j) {
      EXPECT_EQ(rest[j].id, all[i + 1 + j].id);
      EXPECT_EQ(rest[j].after, all[i + 1 + j].after);
    }
  }
  const auto some = After({}, 5);
  EXPECT_EQ(some.size(), 5u);
  std::set<std::string> ids;
  for (const HrEvent& event : all) ids.insert(event.id);
  EXPECT_EQ(ids.size(), all.size());
}

TEST_F(EventsTest, ANewDirectoryIsToldOfAtOnceAndTheNewestAlone) {
  Place(4);
  PassDays(4);
  const auto all = After({});
  const EventPosition middle = all[2].after;
  world.PublishDirectory();
  world.PublishDirectory();
  const auto events = After(middle);
  ASSERT_EQ(events.size(), all.size() - 3 + 1);
  EXPECT_EQ(events[0].type, "alcove.directory.published");
  EXPECT_EQ(events[0].subject, "directories/" + std::to_string(world.organisation->directory_version()));
  EXPECT_EQ(events[1].id, all[3].id) << "and the place in the day is kept";
}

TEST_F(EventsTest, WhoGetsAScopeIsToldOfEverything) {
  Place(2);
  PassDays(4);
  world.PublishDirectory([](format::Directory& next) {
    for (format::Person& person : next.people)
      if (person.slug == "payroll") person.roles = {format::Role::kServiceActions};
  });
  const auto before = After({});
  ASSERT_EQ(Types(before), std::vector<std::string>{"alcove.directory.published"});
  world.PublishDirectory([](format::Directory& next) {
    for (format::Person& person : next.people)
      if (person.slug == "payroll") person.roles = {format::Role::kServiceActions, format::Role::kServiceMeasures};
  });
  EXPECT_EQ(After(before.back().after).size(), 3u);
}

TEST_F(EventsTest, TokensAreTheAccountsOwnAndCannotBeMade) {
  Place(3);
  PassDays(4);
  const auto all = After({});
  const crypto::Bytes token = hr::ResumeToken(world.ports(), account, all[1].after);
  const auto parsed = hr::ParseResumeToken(world.ports(), account, token);
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(*parsed, all[1].after);
  EXPECT_EQ(*hr::ParseResumeToken(world.ports(), account, ""), EventPosition()) << "the beginning";
  const auto refused = [&](const crypto::Bytes& bytes, const base::StaffSlug& who) {
    EXPECT_EQ(Why(hr::ParseResumeToken(world.ports(), who, bytes)), Reason::kEventTokenUnknown);
  };
  refused(token, Slug("shifts"));
  refused("nonsense", account);
  refused(token + "x", account);
  refused(token.substr(1), account);
  for (std::size_t at = 0; at < token.size(); ++at) {
    crypto::Bytes bent = token;
    bent[at] = static_cast<char>(bent[at] ^ 1);
    refused(bent, account);
  }
}

TEST_F(EventsTest, ASeasonEndsWithTheDayAndWithTheDirectory) {
  const hr::EventSeason season = hr::SeasonOf(world.ports());
  const auto before = After({});
  Place(3);
  EXPECT_EQ(hr::SeasonOf(world.ports()), season);
  EXPECT_EQ(After({}).size(), before.size()) << "nothing is added to a day that began";
  PassDays(1);
  EXPECT_NE(hr::SeasonOf(world.ports()), season);
  const hr::EventSeason next = hr::SeasonOf(world.ports());
  world.PublishDirectory();
  EXPECT_NE(hr::SeasonOf(world.ports()), next);
}

}  // namespace
}  // namespace alcove::world
