// Who would read: draws, routing, custodians, and what is refused.
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "server/core/intake/plan.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;

std::set<std::string> SlugsOf(const std::vector<cases::ReaderView>& readers,
                              std::optional<grants::Purpose> purpose = {}) {
  std::set<std::string> slugs;
  for (const cases::ReaderView& reader : readers)
    if (!purpose || reader.purpose == *purpose) slugs.insert(reader.staff.text());
  return slugs;
}

class Planning : public testing::Test {
 protected:
  absl::StatusOr<intake::PlanView> Ask(const intake::PlanRequest& request) {
    const cases::Ports ports = world.ports();
    return intake::PlanReport({ports, world.secrets}, request);
  }
  World world;
};

TEST_F(Planning, APlanHoldsThreeOfTheDeskEscalationAndBothFallbacks) {
  const intake::PlanView plan = world.Plan(world.Facts());
  EXPECT_EQ(SlugsOf(plan.readers, grants::Purpose::kDesk).size(), 3u);
  EXPECT_EQ(SlugsOf(plan.readers, grants::Purpose::kEscalation), std::set<std::string>{"erik"});
  EXPECT_EQ(SlugsOf(plan.readers, grants::Purpose::kFallback), (std::set<std::string>{"fay", "finn"}));
  EXPECT_EQ(plan.custodians.size(), 3u);
  EXPECT_EQ(plan.custodian_threshold, 2u);
  EXPECT_LE(plan.plan.size(), intake::kMaxPlanBytes);
}

TEST_F(Planning, TheSameQuestionGivesTheSamePeopleAndAnotherCase) {
  const intake::PlanView first = world.Plan(world.Facts());
  const intake::PlanView second = world.Plan(world.Facts());
  EXPECT_EQ(SlugsOf(first.readers), SlugsOf(second.readers));
  EXPECT_NE(first.case_id, second.case_id);
  EXPECT_NE(first.plan, second.plan);
}

TEST_F(Planning, APlanReadsNoRow) {
  const std::uint64_t before = world.rows.reads();
  world.Plan(world.Facts());
  EXPECT_EQ(world.rows.reads(), before);
}

TEST_F(Planning, LoadDoesNotChangeAPlan) {
  const std::set<std::string> before = SlugsOf(world.Plan(world.Facts()).readers);
  for (int i = 0; i < 5; ++i) world.File();
  EXPECT_EQ(SlugsOf(world.Plan(world.Facts()).readers), before);
}

TEST_F(Planning, StrikingOneOutBringsInTheNextAndMovesNobodyElse) {
  const std::set<std::string> before = SlugsOf(world.Plan(world.Facts()).readers, grants::Purpose::kDesk);
  intake::PlanRequest request = world.Facts();
  request.struck_out = {*before.begin()};
  std::set<std::string> after = SlugsOf(world.Plan(request).readers, grants::Purpose::kDesk);
  EXPECT_EQ(after.size(), 3u);
  EXPECT_FALSE(after.contains(*before.begin()));
  for (auto slug = std::next(before.begin()); slug != before.end(); ++slug) EXPECT_TRUE(after.contains(*slug)) << *slug;
}

TEST_F(Planning, TheLastFallbackCannotBeStruckOut) {
  intake::PlanRequest request = world.Facts();
  request.struck_out = {"fay", "finn"};
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
  request.struck_out = {"fay"};
  EXPECT_TRUE(Ask(request).ok()) << "control: one of two can";
}

TEST_F(Planning, UnknownTagsAreToldByPosition) {
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes known = world.TagOf("emp:AMIRA");
  const crypto::Bytes unknown = world.TagOf("emp:4711");
  request.subjects = {unknown, known, unknown};
  request.keep_out = {known, unknown};
  const intake::PlanView plan = world.Plan(request);
  EXPECT_EQ(plan.unknown_subjects, (std::vector<std::uint32_t>{0, 2}));
  EXPECT_EQ(plan.unknown_keep_out, (std::vector<std::uint32_t>{1}));
}

TEST_F(Planning, CustodiansPassTheWallAndBelowTheThresholdIdentityIsNotOffered) {
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes cora = world.TagOf("emp:CORA");
  const crypto::Bytes carl = world.TagOf("emp:CARL");
  request.keep_out = {cora};
  EXPECT_EQ(SlugsOf(world.Plan(request).custodians), (std::set<std::string>{"carl", "cleo"}));
  request.keep_out = {cora, carl};
  EXPECT_TRUE(world.Plan(request).custodians.empty());
}

TEST_F(Planning, FactsOutsideTaxonomyAndPolicyAreRefused) {
  EXPECT_EQ(Why(Ask(world.Facts({"gossip"}))), Reason::kCodeUnknown);
  EXPECT_EQ(Why(Ask(world.Facts({}))), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Ask(world.Facts({"bullying", "bullying"}))), Reason::kFieldInvalid);
  intake::PlanRequest request = world.Facts();
  request.facts.site = "atlantis";
  EXPECT_EQ(Why(Ask(request)), Reason::kCodeUnknown);
  request = world.Facts();
  request.facts.language = "tlh";
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
  request = world.Facts();
  request.facts.jurisdiction = "mars";
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
  request = world.Facts();
  request.facts.jurisdiction = "us-ny";
  EXPECT_TRUE(Ask(request).ok()) << "control";
}

TEST_F(Planning, TagsOfAnotherLengthAndTooManyAreRefused) {
  intake::PlanRequest request = world.Facts();
  const crypto::Bytes tag = world.TagOf("emp:AMIRA");
  request.subjects = {std::string_view(tag).substr(1)};
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
  const crypto::Bytes zero(64, '\0');
  request.subjects = {zero};
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
  request.subjects.assign(9, tag);
  request.keep_out.assign(8, tag);
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
  request.keep_out.assign(7, tag);
  EXPECT_TRUE(Ask(request).ok()) << "control: sixteen together";
  request.struck_out = {"nobody-like-that"};
  EXPECT_EQ(Why(Ask(request)), Reason::kFieldInvalid);
}

TEST_F(Planning, IntakeIsClosedWithFewerThanTwoFallbacksFromOutside) {
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "finn") person.outside = false;
  });
  EXPECT_EQ(Why(Ask(world.Facts())), Reason::kIntakeClosed);
}

TEST_F(Planning, IntakeIsClosedOnceTheDirectoryRanOut) {
  world.clock.Advance(std::chrono::hours(24 * 91));
  EXPECT_EQ(Why(Ask(world.Facts())), Reason::kIntakeClosed);
}

TEST_F(Planning, ADeskMemberAppearsOnceForEachMachine) {
  bool seen = false;
  for (int i = 0; i < 30 && !seen; ++i) {
    const intake::PlanView plan = world.Plan(world.Facts({"discrimination.pay"}));
    const auto lines = std::count_if(plan.readers.begin(), plan.readers.end(), [](const cases::ReaderView& reader) {
      return reader.staff.text() == "dilip";
    });
    EXPECT_TRUE(lines == 0 || lines == 2);
    seen = lines == 2;
    world.PublishPolicy(people::Document::kSafeguards, R"({"desk_members": 4})");
  }
  EXPECT_TRUE(seen);
}

TEST_F(Planning, APlanOpensToWhatWasSealedWhateverItHolds) {
  intake::Plan plan;
  plan.expires = world.clock.now;
  plan.case_id = format::DrawId<base::CaseId>(world.random);
  plan.directory_version = 7;
  plan.policy_versions = {1, 2, 3, 4, 5};
  plan.facts = {{"bullying", "other"}, "lyon", true, "de", "us-ny"};
  plan.urgency = people::Urgency::kImmediate;
  plan.rule = "danger";
  plan.desk = "intake";
  for (int i = 0; i < 8; ++i) plan.subjects.push_back(*crypto::Digest::FromBytes(world.random.Draw(32)));
  for (int i = 0; i < 8; ++i) plan.kept_out.push_back(*crypto::Digest::FromBytes(world.random.Draw(32)));
  plan.struck_out.assign(16, Slug("abcdefghijklmnopqrstuvwxyz-01234"));
  for (int i = 0; i < 63; ++i)
    plan.readers.push_back({*crypto::KeyId::FromBytes(world.random.Draw(16)), grants::Purpose::kFallback,
                            format::ReleaseCondition::kFallback});
  plan.custodian_threshold = 2;
  plan.custodians.assign(16, *crypto::KeyId::FromBytes(world.random.Draw(16)));
  const crypto::Bytes sealed = intake::SealPlan(plan, world.secrets.plan, world.file.id, world.random);
  EXPECT_LE(sealed.size(), intake::kMaxPlanBytes);
  const auto opened = intake::OpenPlan(sealed, world.secrets.plan, world.file.id);
  ASSERT_TRUE(opened.ok());
  EXPECT_EQ(*opened, plan);
  const auto elsewhere =
      intake::OpenPlan(sealed, world.secrets.plan, format::DrawId<base::OrganisationId>(world.random));
  EXPECT_EQ(Why(elsewhere), Reason::kPlanInvalid);
}

TEST_F(Planning, TheLengthOfAPlanDoesNotCountTheNamesInIt) {
  intake::PlanRequest request = world.Facts();
  const std::size_t without = world.Plan(request).plan.size();
  const crypto::Bytes tag = world.TagOf("emp:4711");
  request.subjects = {tag};
  EXPECT_EQ(world.Plan(request).plan.size(), without);
}

TEST_F(Planning, AnAdministratorSeesWhichRuleFiresAndWhoIsEligible) {
  people::Facts facts;
  facts.categories = {"threat_or_violence"};
  const std::vector<std::string> kept_out = {"amira"};
  const auto test = intake::TestRouting(*world.organisation, facts, kept_out);
  ASSERT_TRUE(test.ok()) << test.status();
  EXPECT_EQ(test->rule, "danger");
  EXPECT_EQ(test->desk, "intake");
  EXPECT_EQ(test->urgency, people::Urgency::kImmediate);
  EXPECT_EQ(SlugsOf(test->eligible), (std::set<std::string>{"bjorn", "chiara", "dilip", "erik", "fay", "finn"}));
}

TEST_F(Planning, EvaluatedTagsAreThoseThatTheDirectoryRecognises) {
  const auto identifier = *format::Identifier::OfStaffNumber(" amira ");
  const auto blinded = *crypto::Blind(identifier.text(), world.random);
  const cases::Ports ports = world.ports();
  const std::vector<crypto::BytesView> sent = {blinded.blinded.view()};
  const auto evaluated = intake::EvaluateTags({ports, world.secrets}, sent);
  ASSERT_TRUE(evaluated.ok());
  const auto tag = *crypto::Finalize(identifier.text(), blinded.blind, (*evaluated)[0]);
  const auto named = world.organisation->Recognise(world.organisation->HashTag(tag));
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0]->slug.text(), "amira");
}

TEST_F(Planning, ElementsThatAreNoneAreNotEvaluated) {
  const cases::Ports ports = world.ports();
  const crypto::Bytes zero(32, '\0');
  const crypto::Bytes ones(32, '\xff');
  for (const crypto::Bytes& bad : {zero, ones, crypto::Bytes(31, 'x')}) {
    const std::vector<crypto::BytesView> sent = {bad};
    EXPECT_EQ(Why(intake::EvaluateTags({ports, world.secrets}, sent)), Reason::kFieldInvalid);
  }
  EXPECT_EQ(Why(intake::EvaluateTags({ports, world.secrets}, {})), Reason::kFieldInvalid);
  const std::vector<crypto::BytesView> many(17, zero);
  EXPECT_EQ(Why(intake::EvaluateTags({ports, world.secrets}, many)), Reason::kFieldInvalid);
}

}  // namespace
}  // namespace alcove::world
