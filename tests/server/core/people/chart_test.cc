// The chart and the circle of a subject.
#include "server/core/people/chart.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/server/core/people/sketch.h"

namespace alcove::people {
namespace {

using enum EdgeKind;

std::set<std::string> Circle(const Sketch& sketch, const std::string& subject, Reach reach = {},
                             std::uint32_t since = 0) {
  std::set<std::string> names;
  const ChartPtr chart = sketch.Build();
  VisitCircle(*chart, sketch.At(subject), reach, since, [&](EmployeeIndex index) { names.insert(sketch.NameOf(index)); });
  return names;
}

using Names = std::set<std::string>;

TEST(Circle, OfSomebodyWithoutEdgesIsThemselves) {
  Sketch sketch;
  sketch.Add("ann");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann"}));
}

TEST(Circle, HoldsTheWholeChainUpOverManagersAndDottedManagers) {
  Sketch sketch;
  sketch.Edge("ann", kManager, "bob").Edge("bob", kManager, "cat").Edge("cat", kManager, "dan");
  sketch.Edge("bob", kDotted, "eve").Edge("eve", kManager, "fay");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann", "bob", "cat", "dan", "eve", "fay"}));
  EXPECT_EQ(Circle(sketch, "cat"), Names({"bob", "cat", "dan"})) << "direct reports, not theirs";
}

TEST(Circle, GoesAsHighAsPolicySays) {
  Sketch sketch;
  sketch.Edge("ann", kManager, "bob").Edge("bob", kManager, "cat").Edge("cat", kManager, "dan");
  EXPECT_EQ(Circle(sketch, "ann", {1, false}), Names({"ann", "bob"}));
  EXPECT_EQ(Circle(sketch, "ann", {2, false}), Names({"ann", "bob", "cat"}));
}

TEST(Circle, HoldsDirectReportsDottedOnesTooButNotTheirTeams) {
  Sketch sketch;
  sketch.Edge("bob", kManager, "ann").Edge("cat", kDotted, "ann").Edge("dan", kManager, "bob");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann", "bob", "cat"}));
}

TEST(Circle, HoldsDelegatesBothWaysAndThoseOfTheChain) {
  Sketch sketch;
  sketch.Edge("ann", kDelegate, "sub").Edge("boss-of-sub", kDelegate, "ann");
  sketch.Edge("ann", kManager, "cat").Edge("cat", kDelegate, "aide").Edge("other", kDelegate, "cat");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann", "sub", "boss-of-sub", "cat", "aide"}))
      << "whoever the chain's manager stands in for is not near the subject";
}

TEST(Circle, HoldsDeclaredRelationsWhoeverDeclaredThem) {
  Sketch sketch;
  sketch.Edge("ann", kRelation, "bob").Edge("cat", kRelation, "ann").Edge("ann", kManager, "dan");
  sketch.Edge("dan", kRelation, "eve");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann", "bob", "cat", "dan"})) << "relations of the subject only";
}

TEST(Circle, HoldsTeamMatesOnlyWherePolicySaysSo) {
  Sketch sketch;
  sketch.Edge("ann", kManager, "boss").Edge("bob", kManager, "boss").Edge("cat", kDotted, "boss");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann", "boss"}));
  EXPECT_EQ(Circle(sketch, "ann", {0, true}), Names({"ann", "boss", "bob"}));
}

TEST(Circle, EndsInAChartWithCycles) {
  Sketch sketch;
  sketch.Edge("ann", kManager, "bob").Edge("bob", kManager, "cat").Edge("cat", kManager, "ann");
  EXPECT_EQ(Circle(sketch, "ann"), Names({"ann", "bob", "cat"}));
}

TEST(Circle, EndsInALongChainAndAWideOne) {
  Sketch sketch;
  for (int i = 0; i < 1000; ++i) {
    sketch.Edge("p" + std::to_string(i), kManager, "p" + std::to_string(i + 1));
    sketch.Edge("p" + std::to_string(i), kDotted, "q" + std::to_string(i));
  }
  EXPECT_EQ(Circle(sketch, "p0").size(), 2001u);
}

TEST(Circle, CountsEdgesThatEndedAfterTheFilingAndNoOthers) {
  Sketch sketch;
  sketch.Edge("ann", kManager, "old", 5).Edge("ann", kManager, "new").Edge("ann", kRelation, "ex", 3);
  EXPECT_EQ(Circle(sketch, "ann", {}, 2), Names({"ann", "old", "new", "ex"}));
  EXPECT_EQ(Circle(sketch, "ann", {}, 3), Names({"ann", "old", "new"})) << "ended in 3: not in force at 3";
  EXPECT_EQ(Circle(sketch, "ann", {}, 4), Names({"ann", "old", "new"}));
  EXPECT_EQ(Circle(sketch, "ann", {}, 5), Names({"ann", "new"}));
  EXPECT_EQ(Circle(sketch, "ann", {}, Chart::kNow), Names({"ann", "new"}));
}

TEST(Reach, TheStricterOfTwoReachesWhatEitherDoes) {
  EXPECT_EQ(Stricter({2, false}, {3, true}), (Reach{3, true}));
  EXPECT_EQ(Stricter({0, false}, {3, false}), (Reach{0, false})) << "0 is the whole chain";
  EXPECT_EQ(Stricter({3, false}, {0, true}), (Reach{0, true}));
}

TEST(Chart, ComesBackFromItsParts) {
  Sketch sketch;
  for (int i = 0; i < 40; ++i) sketch.Edge("p" + std::to_string(i), kManager, "p" + std::to_string(i / 3), i % 3);
  const ChartPtr chart = sketch.Build();
  std::vector<ChartPart> parts;
  for (EmployeeIndex first = 0; first < chart->size(); first += 7) parts.push_back(chart->PartOf(first, 7));
  const auto again = Chart::Build(chart->version(), parts);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ((*again)->PartOf(0, chart->size()), chart->PartOf(0, chart->size()));
  EXPECT_EQ((*again)->listed_count(), chart->listed_count());
  for (EmployeeIndex index = 0; index < chart->size(); ++index) {
    EXPECT_EQ((*again)->Find(chart->id(index)), index);
    EXPECT_EQ((*again)->Find(chart->tags(index).front()), index);
  }
  EXPECT_EQ((*again)->Find(TagHash()), std::nullopt);
}

TEST(Chart, WhoWasMergedIsFoundAsTheOther) {
  Sketch sketch;
  sketch.Add("ann");
  sketch.Add("bob");
  ChartPart part = sketch.Build()->PartOf(0, 2);
  part.employees[1] = {part.employees[1].id, false, 1, 0, 0};
  part.tags.resize(1);
  const auto chart = Chart::Build(1, {part});
  ASSERT_TRUE(chart.ok()) << chart.status();
  EXPECT_EQ((*chart)->Find(part.employees[1].id), 0u);
}

TEST(Chart, WhatDoesNotFitItselfIsRefused) {
  Sketch sketch;
  sketch.Edge("ann", kManager, "bob", 1);
  const ChartPart good = sketch.Build()->PartOf(0, 2);
  EXPECT_TRUE(Chart::Build(1, {good}).ok()) << "control";
  const auto refused = [&](auto change) {
    ChartPart part = good;
    change(part);
    return !Chart::Build(1, {part}).ok();
  };
  EXPECT_TRUE(refused([](ChartPart& part) { part.edges[0].other = 2; })) << "an edge to nobody";
  EXPECT_TRUE(refused([](ChartPart& part) { part.edges[0].ended = 2; })) << "ended in a later version";
  EXPECT_TRUE(refused([](ChartPart& part) { part.employees[0].edges = 2; })) << "more edges than there are";
  EXPECT_TRUE(refused([](ChartPart& part) { part.tags.pop_back(); })) << "fewer tags";
  EXPECT_TRUE(refused([](ChartPart& part) { part.tags[1] = part.tags[0]; })) << "a tag twice";
  EXPECT_TRUE(refused([](ChartPart& part) { part.employees[1].id = part.employees[0].id; })) << "an id twice";
  EXPECT_TRUE(refused([](ChartPart& part) { part.employees[0].merged_into = 2; })) << "merged into somebody later";
  EXPECT_TRUE(refused([](ChartPart& part) { part.employees[1].merged_into = 1; })) << "merged, and an edge leads there";
}

}  // namespace
}  // namespace alcove::people
