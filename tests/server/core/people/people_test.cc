// Documents, directory and what is missing before intake opens.
#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hash.h"
#include "server/core/people/records.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using people::Document;

class Publishing : public testing::Test {
 protected:
  absl::StatusOr<people::Publication> Directory(const crypto::Bytes& note, bool validate_only = false) {
    return world.Carry(
        people::PublishDirectory(world.people_ports(), *world.organisation, Slug("ada"), note, validate_only));
  }
  absl::StatusOr<people::Publication> Policy(const crypto::Bytes& note, bool validate_only = false) {
    return world.Carry(
        people::PublishPolicy(world.people_ports(), *world.organisation, Slug("ada"), note, validate_only));
  }
  std::string Text() { return *format::DirectoryText(world.NextDirectory()); }
  World world;
};

TEST_F(Publishing, TheNextVersionSignedByEnoughRootsTakesEffectWithALeaf) {
  const std::uint64_t leaves = world.rows.leaves();
  const auto published = Directory(world.Signed(Text()));
  ASSERT_TRUE(published.ok()) << published.status();
  EXPECT_EQ(published->version, 2u);
  EXPECT_EQ(published->organisation->directory_version(), 2u);
  EXPECT_EQ(world.rows.leaves(), leaves + 1);
}

TEST_F(Publishing, OneRootIsNotEnough) {
  const std::size_t rows = world.rows.size();
  EXPECT_EQ(Why(Directory(world.Signed(Text(), 1))), Reason::kNoteInvalid);
  const std::string policy = world.PolicyTextOf(Document::kSafeguards, "{}", 2);
  EXPECT_EQ(Why(Policy(world.Signed(policy, 1))), Reason::kNoteInvalid);
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_TRUE(Policy(world.Signed(policy)).ok()) << "control";
}

TEST_F(Publishing, VersionsHaveNoGapNoReturnAndNoTwin) {
  format::Directory next = world.NextDirectory();
  next.version = 3;
  EXPECT_EQ(Why(Directory(world.Signed(*format::DirectoryText(next)))), Reason::kVersionNotNext);
  const crypto::Bytes same = world.organisation->parts().directory_bytes;
  EXPECT_EQ(Why(Directory(same)), Reason::kVersionNotNext);
  next = world.NextDirectory();
  next.previous = crypto::Sha256("another past");
  EXPECT_EQ(Why(Directory(world.Signed(*format::DirectoryText(next)))), Reason::kVersionNotNext);
  for (std::uint32_t version : {1u, 3u})
    EXPECT_EQ(Why(Policy(world.Signed(world.PolicyTextOf(Document::kSafeguards, "{}", version)))),
              Reason::kVersionNotNext);
}

TEST_F(Publishing, NotesOfAnotherOrganisationOrOutOfDateAreRefused) {
  World elsewhere(7);
  EXPECT_EQ(Why(Directory(elsewhere.Signed(*format::DirectoryText(elsewhere.NextDirectory())))),
            Reason::kNoteInvalid);
  EXPECT_EQ(Why(Policy(elsewhere.Signed(elsewhere.PolicyTextOf(Document::kSafeguards, "{}", 2)))),
            Reason::kNoteInvalid);
  format::Directory next = world.NextDirectory();
  next.valid_from = world.clock.Today().PlusDays(-90);
  next.valid_until = world.clock.Today().PlusDays(-1);
  EXPECT_EQ(Why(Directory(world.Signed(*format::DirectoryText(next)))), Reason::kNoteInvalid);
  EXPECT_EQ(Why(Directory("not a note")), Reason::kNoteInvalid);
  EXPECT_EQ(Why(Policy("not a note")), Reason::kNoteInvalid);
}

TEST_F(Publishing, ALogKeyThatTheServiceDoesNotHoldIsRefusedBeforeAnybodyBelievesIt) {
  format::Directory next = world.NextDirectory();
  next.log_key = crypto::SigningKey::Draw(world.random).verify_key();
  EXPECT_EQ(Why(Directory(world.Signed(*format::DirectoryText(next)))), Reason::kPolicyIncomplete);
  EXPECT_TRUE(Directory(world.Signed(Text())).ok());
}

TEST_F(Publishing, ValidateOnlyChangesNothing) {
  const std::size_t rows = world.rows.size();
  const auto checked = Directory(world.Signed(Text()), true);
  ASSERT_TRUE(checked.ok());
  EXPECT_EQ(checked->version, 2u);
  EXPECT_EQ(world.rows.size(), rows);
}

TEST_F(Publishing, TwoAtOnceDoNotBothWin) {
  auto first = people::PublishDirectory(world.people_ports(), *world.organisation, Slug("ada"), world.Signed(Text()),
                                        false);
  auto second = people::PublishPolicy(world.people_ports(), *world.organisation, Slug("ada"),
                                      world.Signed(world.PolicyTextOf(Document::kSafeguards, "{}", 2)), false);
  ASSERT_TRUE(world.Carry(std::move(first)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(second))), Reason::kContended);
}

TEST_F(Publishing, WhatWasPublishedIsLoadedAgainAndVerified) {
  world.PublishDirectory();
  const auto loaded = people::Load(world.people_ports());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->directory_version(), 2u);
  EXPECT_EQ((*loaded)->policy_version(Document::kForm), 1u);
  EXPECT_TRUE(people::GapsOf(**loaded, world.clock.Today()).empty());
}

TEST_F(Publishing, ARowThatWasChangedIsNotLoaded) {
  auto row = (*world.rows.Get<people::DirectoryNote>(base::RowKey(std::uint32_t{1})))->record;
  const std::size_t at = row.note.find("Person amira");
  row.note[at] = 'Q';
  world.rows.Put(row);
  EXPECT_EQ(Why(people::Load(world.people_ports())), Reason::kNoteInvalid);
}

TEST_F(Publishing, NewRootsVouchForPoliciesOnlyAfterSigningThem) {
  const crypto::SigningKey other = crypto::SigningKey::Draw(world.random);
  world.PublishDirectory([&](format::Directory& directory) {
    directory.next_roots.keys = {{"uma", other.verify_key()}};
    directory.next_roots.threshold = 1;
  });
  const auto gaps = people::GapsOf(*world.organisation, world.clock.Today());
  EXPECT_EQ(gaps.size(), 5u) << "every document waits for the new roots";
}

TEST_F(Publishing, OldVersionsCanBeFetchedAndFutureOnesAreNotThere) {
  world.PublishDirectory();
  EXPECT_TRUE(people::GetDirectoryNote(world.rows, *world.organisation, 1).ok());
  EXPECT_EQ(*people::GetDirectoryNote(world.rows, *world.organisation, 0),
            world.organisation->parts().directory_bytes);
  EXPECT_EQ(Why(people::GetDirectoryNote(world.rows, *world.organisation, 3)), Reason::kNothingHere);
  EXPECT_TRUE(people::GetPolicyNote(world.rows, *world.organisation, "form", 1).ok());
  EXPECT_EQ(Why(people::GetPolicyNote(world.rows, *world.organisation, "form", 2)), Reason::kNothingHere);
  EXPECT_EQ(Why(people::GetPolicyNote(world.rows, *world.organisation, "menu", 0)), Reason::kFieldInvalid);
}

TEST_F(Publishing, GapsSayWhatIsMissing) {
  world.PublishDirectory([](format::Directory& directory) {
    std::erase_if(directory.people, [](const format::Person& person) {
      return person.slug == "erik" || person.slug == "finn";
    });
  });
  const auto gaps = people::GapsOf(*world.organisation, world.clock.Today());
  ASSERT_EQ(gaps.size(), 2u);
  EXPECT_NE(gaps[0].find("fallbacks"), std::string::npos);
  EXPECT_NE(gaps[1].find("escalation"), std::string::npos);
}

TEST(Documents, ASafeguardIsNeverWeakerThanItsFloorNorMisspelt) {
  EXPECT_TRUE(people::Safeguards::Parse(R"({"custodian_threshold": 3})").ok());
  for (const char* weak : {R"({"custodian_threshold": 1})", R"({"fallbacks": 1})", R"({"small_group": 2})",
                           R"({"desk_members": 0})", R"({"custodian_treshold": 3})", R"({"fallbacks": "2"})",
                           R"({"fallbacks": 2.5})", R"({"fallbacks": -2})", "[]", "", "{"})
    EXPECT_EQ(Why(people::Safeguards::Parse(weak)), Reason::kPolicyIncomplete) << weak;
}

TEST(Documents, AProfileMayBeStricterAndNeverLaxer) {
  const auto parse = [](const std::string& fields) {
    return people::Profiles::Parse(R"({"profiles": [{"id": "p", )" + fields + "}]}");
  };
  EXPECT_TRUE(parse(R"("acknowledge_days": 3)").ok());
  EXPECT_EQ(Why(parse(R"("acknowledge_days": 8)")), Reason::kPolicyIncomplete);
  EXPECT_EQ(Why(parse(R"("feedback_months": 4)")), Reason::kPolicyIncomplete);
  EXPECT_EQ(Why(parse(R"("claim_hours": 48)")), Reason::kPolicyIncomplete);
  EXPECT_EQ(Why(parse(R"("weekend": ["mon","tue","wed","thu","fri","sat","sun"])")), Reason::kPolicyIncomplete);
  EXPECT_EQ(Why(parse(R"("holidays": ["2026-02-30"])")), Reason::kPolicyIncomplete);
  EXPECT_EQ(Why(parse(R"("external": [{"kind": "x"}])")), Reason::kPolicyIncomplete);
  EXPECT_TRUE(parse(R"("retention": [{"months": 13}, {"closed": "withdrawn", "months": 360}])").ok()) << "control";
  for (const char* lines : {R"([{"months": 12}])", R"([{"months": 361}])", R"([{"closed": "withdrawn"}])", R"([{"months": 24, "closing": "withdrawn"}])",
                            R"([{"months": 24, "finding": 3}])", R"({"months": 24})"})
    EXPECT_EQ(Why(parse(std::string("\"retention\": ") + lines)), Reason::kPolicyIncomplete) << lines;
  std::string many = "\"retention\": [{\"months\": 24}";
  for (int i = 0; i < 64; ++i) many += ", {\"months\": 24}";
  EXPECT_EQ(Why(parse(many + "]")), Reason::kPolicyIncomplete) << "too many lines";
  EXPECT_EQ(Why(people::Profiles::Parse(R"({"profiles": []})")), Reason::kPolicyIncomplete);
  EXPECT_EQ(Why(people::Profiles::Parse(R"({"profiles": [{"id": "p"}, {"id": "p"}]})")), Reason::kPolicyIncomplete);
}

TEST(Documents, RoutingFiresTheFirstRuleThatHoldsAndNeverNone) {
  const auto routing = people::Routing::Parse(R"({"sites": [{"code": "lyon"}], "rules": [
      {"id": "danger", "when": {"urgency": "immediate"}, "desk": "fast"},
      {"id": "pay", "when": {"category": ["discrimination.pay"], "site": ["lyon"]}, "desk": "pay"},
      {"id": "all", "when": {"category": ["discrimination"], "language": ["de"]}, "desk": "de"},
      {"id": "rest", "when": {}, "desk": "intake"}]})");
  ASSERT_TRUE(routing.ok());
  const auto rule = [&](people::Facts facts, people::Urgency urgency = people::Urgency::kOrdinary) {
    return routing->RuleFor(facts, urgency).id;
  };
  EXPECT_EQ(rule({{"bullying"}, "", false, "en", ""}, people::Urgency::kImmediate), "danger");
  EXPECT_EQ(rule({{"bullying", "discrimination.pay"}, "lyon", false, "en", ""}), "pay");
  EXPECT_EQ(rule({{"discrimination.pay"}, "", false, "de", ""}), "all");
  EXPECT_EQ(rule({{"discrimination.pay"}, "", false, "en", ""}), "rest");
  for (const char* bad :
       {R"({"sites": [], "rules": []})", R"({"sites": [], "rules": [{"id": "a", "when": {"urgency": "immediate"}, "desk": "x"}]})",
        R"({"sites": [], "rules": [{"id": "a", "when": {"sight": ["lyon"]}, "desk": "x"}, {"id": "b", "when": {}, "desk": "x"}]})",
        R"({"sites": [], "rules": [{"id": "a", "when": {"site": ["rome"]}, "desk": "x"}, {"id": "b", "when": {}, "desk": "x"}]})"})
    EXPECT_EQ(Why(people::Routing::Parse(bad)), Reason::kPolicyIncomplete) << bad;
}

TEST(Documents, RoutingSaysWhichDeskAsksForTokensAndNoDeskThatItDoesNotKnow) {
  const auto with = [](const std::string& desks) {
    return people::Routing::Parse(R"({"sites": [], "rules": [{"id": "a", "when": {"urgency": "immediate"}, "desk": "x"},
                                      {"id": "b", "when": {}, "desk": "y"}], "desks": [)" + desks + "]}");
  };
  const auto routing = with(R"({"desk": "x", "employment_proof": "required"})");
  ASSERT_TRUE(routing.ok()) << routing.status();
  EXPECT_EQ(routing->ProofFor("x"), people::ProofPolicy::kRequired);
  EXPECT_EQ(routing->ProofFor("y"), people::ProofPolicy::kOff) << "not said";
  EXPECT_EQ(with(R"({"desk": "y", "employment_proof": "preferred"})")->ProofFor("y"), people::ProofPolicy::kPreferred);
  EXPECT_EQ(with(R"({"desk": "y", "employment_proof": "off"})")->ProofFor("y"), people::ProofPolicy::kOff);
  for (const char* bad : {R"({"desk": "z", "employment_proof": "required"})", R"({"desk": "x", "employment_proof": "always"})",
                          R"({"desk": "x"})", R"({"desk": "x", "employment_proof": "off", "more": 1})",
                          R"({"desk": "x", "employment_proof": "off"}, {"desk": "x", "employment_proof": "required"})"})
    EXPECT_EQ(Why(with(bad)), Reason::kPolicyIncomplete) << bad;
}

TEST(Documents, UrgencyComesFromCategoryOrDangerAlone) {
  const auto taxonomy = people::Taxonomy::Parse(PolicyFile(Document::kTaxonomy));
  ASSERT_TRUE(taxonomy.ok()) << base::DetailOf(taxonomy.status(), "gap");
  people::Facts facts;
  facts.categories = {"bullying"};
  EXPECT_EQ(taxonomy->UrgencyOf(facts), people::Urgency::kOrdinary);
  facts.immediate_danger = true;
  EXPECT_EQ(taxonomy->UrgencyOf(facts), people::Urgency::kImmediate);
  facts = {};
  facts.categories = {"bullying", "threat_or_violence"};
  EXPECT_EQ(taxonomy->UrgencyOf(facts), people::Urgency::kImmediate);
  EXPECT_TRUE(taxonomy->Knows("holding.reason", "legal_advice"));
  EXPECT_FALSE(taxonomy->Knows("category", "Bullying"));
}

TEST(Documents, ThePolicySaysWhichMeasuresWeighOnTheHarmedPerson) {
  std::string json = PolicyFile(Document::kTaxonomy);
  const auto taxonomy = people::Taxonomy::Parse(json);
  ASSERT_TRUE(taxonomy.ok());
  for (const char* code : {"remote_work", "paid_leave", "separate_reporting_line"})
    EXPECT_TRUE(taxonomy->BurdensHarmed("measure.interim", code)) << code;
  for (const char* code : {"no_contact", "subject_schedule_change", "subject_location_change", "support", "nothing"})
    EXPECT_FALSE(taxonomy->BurdensHarmed("measure.interim", code)) << code;
  EXPECT_FALSE(taxonomy->BurdensHarmed("measure.subject", "suspension"));
  const std::size_t at = json.find("\"apology\"");
  ASSERT_NE(at, std::string::npos);
  json.insert(at + 9, ", \"burdens_harmed\": true");
  EXPECT_FALSE(people::Taxonomy::Parse(json).ok()) << "only an interim measure can be so";
}

TEST(Documents, ThePolicySaysWhichPausesPlaceALegalHold) {
  std::string json = PolicyFile(Document::kTaxonomy);
  const auto taxonomy = people::Taxonomy::Parse(json);
  ASSERT_TRUE(taxonomy.ok());
  EXPECT_TRUE(taxonomy->PlacesHold("holding.reason", "external_charge"));
  EXPECT_TRUE(taxonomy->Knows("hold.reason", "external_charge")) << "the hold has a name";
  for (const char* code : {"awaiting_evidence", "legal_advice", "nothing"})
    EXPECT_FALSE(taxonomy->PlacesHold("holding.reason", code)) << code;
  const std::size_t at = json.find("\"apology\"");
  ASSERT_NE(at, std::string::npos);
  json.insert(at + 9, ", \"places_hold\": true");
  EXPECT_FALSE(people::Taxonomy::Parse(json).ok()) << "only a pause can";
}

TEST(Documents, HrIsToldWhatThePolicyHasForAMeasureAndNothingElse) {
  std::string json = PolicyFile(Document::kTaxonomy);
  const auto taxonomy = people::Taxonomy::Parse(json);
  ASSERT_TRUE(taxonomy.ok()) << taxonomy.status();
  EXPECT_TRUE(taxonomy->IsForHr("measure.interim", "subject_schedule_change"));
  EXPECT_TRUE(taxonomy->IsForHr("measure.subject", "termination"));
  EXPECT_TRUE(taxonomy->IsForHr("measure.remedy", "reinstatement"));
  for (const char* telling : {"no_contact", "evidence_preserved", "support", "nonsense"})
    EXPECT_FALSE(taxonomy->IsForHr("measure.interim", telling)) << telling;
  EXPECT_FALSE(taxonomy->IsForHr("measure.remedy", "apology"));
  EXPECT_FALSE(taxonomy->IsForHr("category", "bullying"));
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string changed = json;
    const std::size_t at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return people::Taxonomy::Parse(changed.replace(at, from.size(), to));
  };
  EXPECT_TRUE(with("{\"code\": \"no_contact\", ", "{\"code\": \"no_contact\", \"order\": \"training\", ").ok()) << "control";
  EXPECT_FALSE(with("{\"code\": \"no_contact\", ", "{\"code\": \"no_contact\", \"order\": \"no_such_kind\", ").ok());
  EXPECT_FALSE(with("{\"code\": \"bullying\", ", "{\"code\": \"bullying\", \"order\": \"training\", ").ok());
  const auto off = with("{\"code\": \"schedule_change\", ", "{\"code\": \"schedule_change\", \"active\": false, ");
  ASSERT_TRUE(off.ok());
  EXPECT_FALSE(off->IsForHr("measure.interim", "subject_schedule_change")) << "switched off";
}

}  // namespace
}  // namespace alcove::world
