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

TEST(ReportersStatus, SaysWhoHasItAndWhatComesNextByWhen) {
  format::Directory directory;
  format::Person person;
  person.slug = "ana";
  person.name = "Ana Ruiz";
  directory.people = {person};
  v1::GetMailboxResponse mailbox;
  mailbox.set_state(v1::CASE_STATE_RECEIVED);
  mailbox.set_assignee("staff/ana");
  std::vector<Due> dues = {{"They confirm to you that it arrived", "2026-11-27", true, false, ""},
                           {"They decide what it is", "2026-11-30", false, false, ""},
                           {"New York", "2026-11-28", false, true, ""}};
  EXPECT_EQ(NextText(mailbox, dues, directory),
            "Who has it: Ana Ruiz, who has not taken it on yet.\n"
            "What happens next: they decide what it is, by 2026-11-30 at the latest.\n");
  mailbox.set_claimed(true);
  dues[1].met = true;
  EXPECT_THAT(NextText(mailbox, dues, directory), HasSubstr("has taken it on"));
  EXPECT_THAT(NextText(mailbox, dues, directory), HasSubstr("is done"));
  mailbox.clear_assignee();
  mailbox.set_state(v1::CASE_STATE_CLOSED);
  EXPECT_THAT(NextText(mailbox, dues, directory), HasSubstr("nobody at the moment"));
  EXPECT_THAT(NextText(mailbox, dues, directory), HasSubstr("asked how it has been"));
}

TEST(ReportersStatus, ListsEveryCheckInAndSaysWhichIsOpen) {
  v1::GetMailboxResponse mailbox;
  EXPECT_EQ(CheckInsText(mailbox), "");
  v1::CheckIn& one = *mailbox.add_check_ins();
  one.set_since(v1::CHECK_IN_SINCE_FILING);
  one.set_days(30);
  one.set_answered(true);
  v1::CheckIn& two = *mailbox.add_check_ins();
  two.set_since(v1::CHECK_IN_SINCE_CLOSING);
  two.set_days(90);
  EXPECT_THAT(CheckInsText(mailbox), HasSubstr("30 days after your report"));
  EXPECT_THAT(CheckInsText(mailbox), HasSubstr("answered"));
  EXPECT_THAT(CheckInsText(mailbox), Not(HasSubstr("report checkin")));
  two.set_open(true);
  EXPECT_THAT(CheckInsText(mailbox), HasSubstr("90 days after the case was closed"));
  EXPECT_THAT(CheckInsText(mailbox), HasSubstr("report checkin"));
}

}  // namespace
}  // namespace alcove::cli
