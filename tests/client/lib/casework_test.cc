// The server's codes against what the team sealed, and which thing is meant by the beginning of its id.
#include "client/lib/casework.h"

#include <gtest/gtest.h>

#include "client/lib/errors.h"

namespace alcove::client::test {
namespace {

constexpr char kCase[] = "cases/aaaaaaaaaaaaaaaaaaaaaaaaaa";

std::string In(const std::string& collection, const std::string& id) { return std::string(kCase) + "/" + collection + "/" + id; }

class Codes : public ::testing::Test {
 protected:
  Codes() {
    const std::string name = In("allegations", "one");
    opened.facts.set_name(kCase);
    OpenedEntry allegation;
    allegation.allegation.emplace().set_allegation(name);
    allegation.allegation->set_category("bullying");
    Add(allegation);
    OpenedEntry first, second;
    first.finding.emplace().set_allegation(name);
    first.finding->set_finding("inconclusive");
    second.finding = first.finding;
    second.finding->set_finding("substantiated");
    Add(first);
    Add(second);
    OpenedEntry measure, step;
    measure.measure.emplace().set_measure(In("measures", "two"));
    measure.measure->set_kind("interim.no_contact");
    measure.measure->set_allegation(name);
    measure.measure->mutable_due()->set_year(2026);
    step.measure.emplace().set_measure(In("measures", "two"));
    step.measure->set_state("running");
    Add(measure);
    Add(step);

    v1::Allegation* shown = opened.facts.add_allegations();
    shown->set_name(name);
    shown->set_category("bullying");
    shown->set_finding("substantiated");
    v1::Measure* ordered = opened.facts.add_measures();
    ordered->set_name(In("measures", "two"));
    ordered->set_kind("interim.no_contact");
    ordered->set_allegation(name);
    ordered->mutable_due()->set_year(2026);
  }
  void Add(OpenedEntry entry) {
    entry.entry.set_sequence(static_cast<uint32_t>(opened.team.size()));
    opened.team.push_back(std::move(entry));
    opened.facts.set_team_length(static_cast<uint32_t>(opened.team.size()));
  }
  void ExpectCaution() {
    const std::vector<std::string> lines = CompareCodes(opened);
    ASSERT_FALSE(lines.empty());
    EXPECT_TRUE(lines[0].starts_with("CAUTION")) << lines[0];
  }

  OpenedCase opened;
};

TEST_F(Codes, ThatFitAreSaidToFit) {
  const std::vector<std::string> lines = CompareCodes(opened);
  ASSERT_EQ(lines.size(), 1u);
  EXPECT_FALSE(lines[0].starts_with("CAUTION"));
}

TEST_F(Codes, AChangedCategoryIsFound) {
  opened.facts.mutable_allegations(0)->set_category("other");
  ExpectCaution();
}
TEST_F(Codes, AnOlderFindingIsFound) {
  opened.facts.mutable_allegations(0)->set_finding("inconclusive");
  ExpectCaution();
}
TEST_F(Codes, AFindingLeftOutIsFound) {
  opened.facts.mutable_allegations(0)->clear_finding();
  ExpectCaution();
}
TEST_F(Codes, AnAllegationLeftOutIsFound) {
  opened.facts.clear_allegations();
  ExpectCaution();
}
TEST_F(Codes, AnAllegationThatNobodyWroteIsFound) {
  opened.facts.add_allegations()->set_name(In("allegations", "three"));
  ExpectCaution();
}
TEST_F(Codes, AMeasureWithAnotherDayIsFound) {
  opened.facts.mutable_measures(0)->mutable_due()->set_year(2027);
  ExpectCaution();
}
TEST_F(Codes, AMeasureOfAnotherKindIsFound) {
  opened.facts.mutable_measures(0)->set_kind("interim.paid_leave");
  ExpectCaution();
}
TEST_F(Codes, AMeasureLeftOutIsFound) {
  opened.facts.clear_measures();
  ExpectCaution();
}

TEST_F(Codes, WhatWasWrittenAfterTheServerAnsweredIsNotHeldAgainstIt) {
  OpenedEntry later;
  later.finding.emplace().set_allegation(In("allegations", "one"));
  later.finding->set_finding("unfounded");
  later.entry.set_sequence(static_cast<uint32_t>(opened.team.size()));
  opened.team.push_back(later);
  EXPECT_EQ(CompareCodes(opened).size(), 1u);
  opened.facts.set_team_length(opened.facts.team_length() + 1);
  ExpectCaution();  // control
}

TEST_F(Codes, NothingIsSaidWhereTheTeamsWordsDidNotOpenOrThereAreNone) {
  opened.team.clear();
  EXPECT_TRUE(CompareCodes(opened).empty());
  EXPECT_TRUE(CompareCodes(OpenedCase()).empty());
}

TEST_F(Codes, OneIsMeantByTheBeginningOfItsId) {
  opened.facts.add_allegations()->set_name(In("allegations", "other"));
  EXPECT_EQ(AllegationOf(opened.facts, "on")->name(), In("allegations", "one"));
  EXPECT_EQ(AllegationOf(opened.facts, In("allegations", "one"))->name(), In("allegations", "one"));
  EXPECT_TRUE(Is(AllegationOf(opened.facts, "o").status(), Refusal::kInputInvalid));
  EXPECT_EQ(AllegationOf(opened.facts, "x").status().code(), absl::StatusCode::kNotFound);
  EXPECT_EQ(MeasureOf(opened.facts, "tw")->name(), In("measures", "two"));
}

}  // namespace
}  // namespace alcove::client::test
