// P2: who is in conflict gets no grant, sees nothing, and loses what they had, whatever their role.
// By names, tags and strikes; the chart and declared relations are in chart_wall_test.cc.
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::Keyring;

bool Reads(const intake::PlanView& plan, const std::string& slug) {
  return std::any_of(plan.readers.begin(), plan.readers.end(),
                     [&](const cases::ReaderView& reader) { return reader.staff.text() == slug; });
}

class P2_ConflictWall : public testing::Test {
 protected:
  World world;
};

TEST_F(P2_ConflictWall, EveryoneNamedByTagIsInNoPlanWhateverTheirRole) {
  for (const char* slug : {"amira", "bjorn", "chiara", "dilip", "erik", "fay", "finn"}) {
    std::string number = slug;
    std::transform(number.begin(), number.end(), number.begin(), ::toupper);
    const crypto::Bytes tag = world.TagOf("emp:" + number);
    intake::PlanRequest complained = world.Facts();
    complained.subjects = {tag};
    EXPECT_FALSE(Reads(world.Plan(complained), slug)) << slug;
    intake::PlanRequest kept_out = world.Facts();
    kept_out.keep_out = {tag};
    EXPECT_FALSE(Reads(world.Plan(kept_out), slug)) << slug;
    intake::PlanRequest struck_out = world.Facts();
    struck_out.struck_out = {slug};
    EXPECT_FALSE(Reads(world.Plan(struck_out), slug)) << slug;
  }
}

TEST_F(P2_ConflictWall, AReportAboutOneFallbackGoesToTheOther) {
  const crypto::Bytes fay = world.TagOf("emp:FAY");
  intake::PlanRequest request = world.Facts();
  request.subjects = {fay};
  const intake::PlanView plan = world.Plan(request);
  EXPECT_FALSE(Reads(plan, "fay"));
  EXPECT_TRUE(Reads(plan, "finn"));
}

TEST_F(P2_ConflictWall, WithTheWholeDeskNamedTheCaseGoesToAFallbackAtOnce) {
  std::vector<crypto::Bytes> tags;
  for (const char* number : {"emp:AMIRA", "emp:BJORN", "emp:CHIARA", "emp:DILIP"}) tags.push_back(world.TagOf(number));
  intake::PlanRequest request = world.Facts();
  request.subjects.assign(tags.begin(), tags.end());
  const Reporter reporter = world.File(request);
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  EXPECT_TRUE(assignee == Slug("fay") || assignee == Slug("finn"));
  EXPECT_FALSE(world.Open(assignee, reporter.case_id, Keyring::kThread).empty());
}

TEST_F(P2_ConflictWall, AClientThatGrantsToAConflictedPersonAnywayIsRefused) {
  const crypto::Bytes amira = world.TagOf("emp:AMIRA");
  intake::PlanRequest request = world.Facts();
  request.subjects = {amira};
  Reporter reporter = world.NewReporter();
  Mischief mischief;
  mischief.recipients = [&](auto& recipients) {
    recipients.push_back({world.machines.at("amira")[0].decryption.encryption_key(),
                          format::ReleaseCondition::kAssigned});
  };
  EXPECT_EQ(Why(world.Submit(world.Prepare(reporter, world.Plan(request), mischief))), Reason::kGrantsMismatch);
}

TEST_F(P2_ConflictWall, WhoeverComesIntoConflictLaterLosesTheCaseAtOnce) {
  // Complained about by a number that nobody in the directory had; then it turns out to be the assignee's.
  const crypto::Bytes unknown = world.TagOf("emp:4711");
  intake::PlanRequest request = world.Facts();
  request.subjects = {unknown};
  Reporter reporter = world.File(request);
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
  ASSERT_FALSE(keys.empty()) << "control: until then the case is theirs";

  world.PublishDirectory([&](format::Directory& directory) {
    for (format::Person& person : directory.people) {
      if (person.slug != assignee.text()) continue;
      const auto identifier = *format::Identifier::OfStaffNumber("4711");
      const auto tag = *crypto::Evaluate(world.secrets.tag, identifier.text());
      person.aliases.push_back({format::IdentifierAlias(directory.salt, identifier),
                                format::TagAlias(directory.salt, tag)});
      std::sort(person.aliases.begin(), person.aliases.end(),
                [](const auto& a, const auto& b) { return a.identifier < b.identifier; });
    }
  });
  const base::CaseId id = reporter.case_id;
  EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), assignee, id))), Reason::kNothingHere);
  EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), assignee, id, Keyring::kThread))), Reason::kNothingHere);
  EXPECT_EQ(Why(world.Carry(cases::ListEntries(world.ports(), assignee, id, Keyring::kThread, {}))),
            Reason::kNothingHere);
  EXPECT_EQ(Why(world.Carry(cases::ListHistory(world.ports(), assignee, id, {}))), Reason::kNothingHere);
  EXPECT_TRUE(world.Carry(cases::ListCases(world.ports(), assignee, {}))->cases.empty());
  const Draft draft = world.Write(Keyring::kThread, format::EntryKind::kMessage, id,
                                  world.machines.at(assignee.text())[0].signing, keys[0]);
  EXPECT_EQ(Why(world.Append(assignee, id, draft, world.RequestId())), Reason::kNothingHere);

  // And what is written from now on is not for them: the next message must bring an epoch without them.
  EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);
  const auto message = [&](const std::vector<format::Recipient>& to) {
    return world.Write(Keyring::kThread, format::EntryKind::kMessage, id, reporter.keys.signing,
                       reporter.epochs.back(), {}, &to);
  };
  std::vector<format::Recipient> right = world.RecipientsOf(id, Keyring::kThread);
  std::vector<format::Recipient> wrong = right;
  for (const Machine& machine : world.machines.at(assignee.text()))
    wrong.push_back({machine.decryption.encryption_key(), format::ReleaseCondition::kAssigned});
  EXPECT_EQ(Why(world.Send(reporter, message(wrong), world.RequestId())), Reason::kGrantsMismatch);
  EXPECT_TRUE(world.Send(reporter, message(right), world.RequestId()).ok());
}

TEST_F(P2_ConflictWall, AnIdentifierDroppedFromTheDirectoryDoesNotOpenTheWall) {
  const crypto::Bytes tag = world.TagOf("emp:AMIRA");
  intake::PlanRequest request = world.Facts();
  request.subjects = {tag};
  const Reporter reporter = world.File(request);
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "amira") person.aliases.clear();
  });
  EXPECT_TRUE(access::InConflict(*world.organisation, Slug("amira"), world.CaseOf(reporter).wall));
  EXPECT_FALSE(access::InConflict(*world.organisation, Slug("erik"), world.CaseOf(reporter).wall)) << "control";
}

TEST_F(P2_ConflictWall, ADirectoryUnderAnotherSaltIsRefusedForItWouldBlindTheWall) {
  format::Directory next = world.NextDirectory();
  next.salt.data()[0] = static_cast<std::uint8_t>(next.salt.data()[0] ^ 1);
  const crypto::Bytes note = world.Signed(*format::DirectoryText(next));
  EXPECT_EQ(Why(people::PublishDirectory(world.people_ports(), *world.organisation, Slug("ada"), note, false)),
            Reason::kNoteInvalid);
}

TEST_F(P2_ConflictWall, APersonWhoLeftTheDirectoryReadsNothing) {
  const Reporter reporter = world.File();
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  world.PublishDirectory([&](format::Directory& directory) {
    std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == assignee.text(); });
  });
  EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id))), Reason::kNothingHere);
}

TEST_F(P2_ConflictWall, AReplacedKeyIsHandedNoGrantOfTheOldOne) {
  const Reporter reporter = world.File();
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  world.PublishDirectory([&](format::Directory& directory) {
    for (format::Person& person : directory.people) {
      if (person.slug != assignee.text()) continue;
      person.devices = {{crypto::DecryptionKey::Draw(world.random).encryption_key(),
                         crypto::SigningKey::Draw(world.random).verify_key()}};
    }
  });
  EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), assignee, reporter.case_id, Keyring::kThread))),
            Reason::kNothingHere);
}

}  // namespace
}  // namespace alcove::world
