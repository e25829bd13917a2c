// To whom a mail is owed, through days, crashes, refusals and clocks that jump.
#include "server/core/mail/queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>

namespace alcove::mail {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

const base::Instant kMidnight = base::StartOf(*base::Day::FromText("2026-11-23"));
constexpr int kHour = 7;

AddressHash Hash(char letter) { return *AddressHash::FromBytes(std::string(AddressHash::kSize, letter)); }
const std::vector<AddressHash> kListed = {Hash('a'), Hash('b'), Hash('c')};

TEST(MailQueue, ADayBeginsAtItsHour) {
  const auto early = Due(nullptr, kMidnight + hours(7) - seconds(1), kHour, kListed);
  ASSERT_TRUE(early);
  EXPECT_THAT(early->owed, IsEmpty());
  EXPECT_FALSE(Due(&*early, kMidnight + hours(7) - seconds(1), kHour, kListed));
  const auto due = Due(&*early, kMidnight + hours(7), kHour, kListed);
  ASSERT_TRUE(due);
  EXPECT_EQ(due->day, base::DayOf(kMidnight));
  EXPECT_EQ(due->owed, kListed);
  EXPECT_FALSE(Due(&*due, kMidnight + hours(23), kHour, kListed));
}

TEST(MailQueue, WhoeverIsOwedYesterdaysMailGetsTodaysAndNeverBoth) {
  Queue queue = *Due(nullptr, kMidnight + hours(8), kHour, kListed);
  queue = Tried(Trying(queue, Hash('a')), Sent::kTaken);
  EXPECT_FALSE(Due(&queue, kMidnight + hours(30), kHour, kListed)) << "tried on until the next day's hour";
  const auto next = Due(&queue, kMidnight + hours(31), kHour, kListed);
  ASSERT_TRUE(next);
  EXPECT_EQ(next->owed, kListed) << "once each";
  const auto later = Due(&*next, kMidnight + days(5) + hours(8), kHour, kListed);
  EXPECT_EQ(later->owed, kListed) << "days that were missed are not made good";
}

TEST(MailQueue, WhatWasNotTakenIsOwedAgainBehindTheOthersAndWhatMayHaveBeenIsNot) {
  Queue queue = *Due(nullptr, kMidnight + hours(8), kHour, kListed);
  queue = Trying(queue, Hash('a'));
  EXPECT_THAT(queue.owed, ElementsAre(Hash('b'), Hash('c')));
  EXPECT_EQ(Tried(queue, Sent::kTaken).owed, (std::vector{Hash('b'), Hash('c')}));
  EXPECT_EQ(Tried(queue, Sent::kUnknown).owed, (std::vector{Hash('b'), Hash('c')}));
  EXPECT_EQ(Tried(queue, Sent::kNotTaken).owed, (std::vector{Hash('b'), Hash('c'), Hash('a')}));
  EXPECT_FALSE(Tried(queue, Sent::kNotTaken).trying);
}

TEST(MailQueue, ACrashWhileSendingSendsNothingTwice) {
  Queue queue = Trying(*Due(nullptr, kMidnight + hours(8), kHour, kListed), Hash('b'));
  queue = Tried(queue, Sent::kUnknown);  // what the next start finds
  EXPECT_THAT(queue.owed, ElementsAre(Hash('a'), Hash('c')));
}

TEST(MailQueue, AListThatChangesOwesNothingToWhoIsGoneAndTheNewcomerWaitsForTomorrow) {
  const Queue queue = *Due(nullptr, kMidnight + hours(8), kHour, kListed);
  const auto changed = Due(&queue, kMidnight + hours(9), kHour, {Hash('a'), Hash('d')});
  ASSERT_TRUE(changed);
  EXPECT_THAT(changed->owed, ElementsAre(Hash('a')));
  EXPECT_EQ(Due(&*changed, kMidnight + hours(32), kHour, {Hash('a'), Hash('d')})->owed, (std::vector{Hash('a'), Hash('d')}));
}

TEST(MailQueue, AnAddressThatStandsTwiceGetsOneMail) {
  EXPECT_THAT(Due(nullptr, kMidnight + hours(8), kHour, {Hash('a'), Hash('a')})->owed, ElementsAre(Hash('a')));
}

TEST(MailQueue, ClocksThatJumpSendOneMailOfADayAtMost) {
  std::map<std::string, int> sent;  // by day
  std::optional<Queue> queue;
  const auto look = [&](base::Instant now) {
    if (auto due = Due(queue ? &*queue : nullptr, now, kHour, kListed)) queue = due;
    if (!queue->owed.empty()) ++sent[base::DayOf(now).Text()];
    queue->owed.clear();
  };
  const base::Instant noon = kMidnight + hours(12);
  for (const int jump : {0, -30, -1, 0, 1, 1, -30, 1, 2, 402, 401, 402, 403}) look(noon + days(jump));
  for (const auto& [day, count] : sent) EXPECT_EQ(count, 1) << day;
  EXPECT_EQ(sent.size(), 5u) << "today, the next two days, the day of the leap and the next";
}

TEST(MailQueue, HashesDependOnTheKey) {
  const auto one = *crypto::SymmetricKey::FromBytes(std::string(32, '1'));
  const auto two = *crypto::SymmetricKey::FromBytes(std::string(32, '2'));
  EXPECT_EQ(HashOf("a@b.example", one), HashOf("a@b.example", one));
  EXPECT_NE(HashOf("a@b.example", one), HashOf("b@b.example", one));
  EXPECT_NE(HashOf("a@b.example", one), HashOf("a@b.example", two));
}

}  // namespace
}  // namespace alcove::mail
