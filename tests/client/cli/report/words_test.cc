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

TEST(ReportersEscrow, IsToldOnWhatItWaitsAndNeverWhetherItWasSent) {
  v1::GetMailboxResponse mailbox;
  EXPECT_EQ(EscrowText(mailbox), "") << "an ordinary report";
  mailbox.mutable_escrow()->mutable_terms()->set_others(2);
  mailbox.mutable_escrow()->mutable_terms()->mutable_last_day()->set_year(2027);
  mailbox.mutable_escrow()->mutable_terms()->mutable_last_day()->set_month(3);
  mailbox.mutable_escrow()->mutable_terms()->mutable_last_day()->set_day(31);
  mailbox.set_state(v1::CASE_STATE_RECEIVED);
  mailbox.set_unread(true);
  EXPECT_THAT(EscrowText(mailbox), HasSubstr("once 2 others have named the same person, until 2027-03-31"));
  EXPECT_THAT(EscrowText(mailbox), HasSubstr("not told until somebody of the team writes"));
  EXPECT_EQ(NextText(mailbox, {}, {}), "") << "that nobody has it would be a guess";
  EXPECT_EQ(KeptText(mailbox, On("2026-12-01")), "") << "and so would be that nobody has read it";
  mailbox.mutable_escrow()->mutable_released()->set_year(2027);
  mailbox.mutable_escrow()->mutable_released()->set_month(1);
  mailbox.mutable_escrow()->mutable_released()->set_day(2);
  EXPECT_THAT(EscrowText(mailbox), HasSubstr("the team has it since 2027-01-02"));
  EXPECT_THAT(NextText(mailbox, {}, {}), HasSubstr("Who has it")) << "control: from then on it is a case like any other";
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

format::Leaf Step(format::LeafKind kind, const char* actor, const char* day, crypto::Bytes details) {
  format::Leaf leaf;
  leaf.kind = kind;
  leaf.actor = actor;
  leaf.day = On(day);
  leaf.details = std::move(details);
  return leaf;
}

TEST(ReportersStatus, SaysWhatOthersAskForByWhomAndFromWhenOnItCanBeDone) {
  using format::LeafKind;
  format::Directory directory;
  format::Person person;
  person.slug = "ana";
  person.name = "Ana Ruiz";
  directory.people = {person};
  const auto id = *format::ApprovalId::FromBytes(std::string(16, 'a'));
  const auto other = *format::ApprovalId::FromBytes(std::string(16, 'b'));
  std::vector<format::Leaf> leaves = {
      Step(LeafKind::kApprovalRequested, "ana", "2026-11-20", format::details::ApprovalRequested(id, format::ApprovalKind::kDelete))};
  EXPECT_EQ(PendingText(leaves, directory, On("2026-11-21")),
            "Ana Ruiz asked on 2026-11-20 that the whole case is deleted for good. Nobody has approved it. 2 others have to by "
            "2026-11-27, or nothing comes of it.\n");
  EXPECT_EQ(PendingText(leaves, directory, On("2026-11-28")), "") << "it came to nothing";
  leaves.push_back(Step(LeafKind::kApprovalDecided, "hanna", "2026-11-21", format::details::ApprovalDecided(id, format::Decision::kApprove)));
  EXPECT_THAT(PendingText(leaves, directory, On("2026-11-22")), HasSubstr("hanna approved it; 1 more has to by 2026-11-27"));
  leaves.push_back(Step(LeafKind::kApprovalRequested, "ana", "2026-11-22", format::details::ApprovalRequested(other, format::ApprovalKind::kAddReader)));
  leaves.push_back(Step(LeafKind::kApprovalDecided, "igor", "2026-11-22", format::details::ApprovalDecided(id, format::Decision::kApprove)));
  const std::string both = PendingText(leaves, directory, On("2026-11-29"));
  EXPECT_THAT(both, HasSubstr("hanna and igor approved it. It can be done from 2026-11-30 on; until then any of these people can stop it"));
  EXPECT_THAT(both, HasSubstr("that somebody else may read"));
  EXPECT_THAT(PendingText(leaves, directory, On("2026-11-30")), HasSubstr("It can be done now"));
  EXPECT_EQ(PendingText(leaves, directory, On("2026-12-08")), "") << "too late for both";
  for (const auto& end : {Step(LeafKind::kApprovalCancelled, "hanna", "2026-11-23", format::details::ApprovalCancelled(id)),
                          Step(LeafKind::kApprovalExecuted, "ana", "2026-11-30", format::details::ApprovalExecuted(id, format::ApprovalKind::kDelete)),
                          Step(LeafKind::kApprovalDecided, "igor", "2026-11-23", format::details::ApprovalDecided(id, format::Decision::kRefuse))}) {
    std::vector<format::Leaf> ended = leaves;
    ended.push_back(end);
    EXPECT_THAT(PendingText(ended, directory, On("2026-11-29")), Not(HasSubstr("deleted"))) << format::Name(end.kind);
  }
}

TEST(ReportersStatus, HasASentenceForEveryKindOfApproval) {
  for (int code = 1; code <= 0xff; ++code) {
    if (!format::IsApprovalKind(static_cast<std::uint8_t>(code)) || code == static_cast<int>(format::ApprovalKind::kConfirmClock)) continue;
    EXPECT_THAT(WishText(format::Name(static_cast<format::ApprovalKind>(code))), Not(HasSubstr("does not know"))) << code;
  }
  EXPECT_THAT(WishText("UNHEARD_OF"), HasSubstr("does not know")) << "control";
}

TEST(ReportersStatus, SaysUntilWhenItIsKeptAndWhatKeepsIt) {
  v1::GetMailboxResponse mailbox;
  EXPECT_EQ(KeptText(mailbox, On("2026-11-20")), "") << "an open case, read";
  mailbox.set_unread(true);
  EXPECT_THAT(KeptText(mailbox, On("2026-11-20")), HasSubstr("Nobody has read everything"));
  mailbox.set_state(v1::CASE_STATE_CLOSED);
  EXPECT_THAT(KeptText(mailbox, On("2026-11-20")), HasSubstr("until what you wrote has been read"));
  mailbox.set_unread(false);
  mailbox.mutable_kept_until()->set_year(2027);
  mailbox.mutable_kept_until()->set_month(1);
  mailbox.mutable_kept_until()->set_day(15);
  EXPECT_THAT(KeptText(mailbox, On("2026-11-20")), HasSubstr("It is kept until 2027-01-15, and deleted then."));
  EXPECT_THAT(KeptText(mailbox, On("2026-12-16")), HasSubstr("WHICH IS SOON"));
  v1::LegalHold& hold = *mailbox.add_holds();
  hold.set_reason("external_charge");
  hold.mutable_since()->set_year(2026);
  hold.mutable_since()->set_month(11);
  hold.mutable_since()->set_day(2);
  const std::string held = KeptText(mailbox, On("2026-12-16"));
  EXPECT_THAT(held, HasSubstr("A legal hold stands since 2026-11-02 (external charge): nothing of it may be deleted."));
  EXPECT_THAT(held, Not(HasSubstr("deleted then")));
}

}  // namespace
}  // namespace alcove::cli
