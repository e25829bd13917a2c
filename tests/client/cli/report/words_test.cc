// What a reporter is told about deadlines.
#include "client/cli/report/words.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace alcove::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

format::Day On(const char* text) { return *format::Day::FromText(text); }

google::protobuf::RepeatedPtrField<v1::Deadline> Triage(const char* due) {
  google::protobuf::RepeatedPtrField<v1::Deadline> deadlines;
  v1::Deadline* deadline = deadlines.Add();
  deadline->set_kind("triage");
  deadline->mutable_due()->set_year(On(due).year());
  deadline->mutable_due()->set_month(On(due).month());
  deadline->mutable_due()->set_day(On(due).day_of_month());
  return deadlines;
}

TEST(ReportersDeadlines, AServiceThatGivesItselfMoreTimeThanTheSignedRulesIsToldOf) {
  client::clocks::Profile profile;
  profile.calendar.weekend = {0, 6};
  const format::Day friday = On("2026-11-20");
  const std::string late = DeadlinesText(DeadlinesOf(Triage("2026-11-25"), &profile, friday, std::nullopt), friday);
  EXPECT_THAT(late, HasSubstr("TOO LATE: the rules say 2026-11-24"));
  EXPECT_THAT(late, HasSubstr("more time than the signed rules"));
  for (const char* in_time : {"2026-11-24", "2026-11-23"})
    EXPECT_THAT(DeadlinesText(DeadlinesOf(Triage(in_time), &profile, friday, std::nullopt), friday), Not(HasSubstr("LATE")));
}

}  // namespace
}  // namespace alcove::cli
