// From a chart and the rows of a sync to the next chart.
#include "server/core/hr/chart_merge.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/hash.h"
#include "tests/server/core/world/world.h"

namespace alcove::hr {
namespace {

using people::Chart;
using people::ChartPtr;
using people::Edge;
using enum people::EdgeKind;

people::TagHash Tag(const std::string& name) { return crypto::Blake2b256(name); }

Row Person(const std::vector<std::string>& names, const std::string& manager = "") {
  Row row;
  for (const std::string& name : names) row.tags.push_back(Tag(name));
  if (!manager.empty()) row.names.push_back({kManager, Tag(manager)});
  return row;
}

class ChartMergeTest : public testing::Test {
 protected:
  Merged Merge(const std::vector<Row>& rows, Mode mode = Mode::kFull) {
    ChartMerge merge(*chart, mode, random);
    for (const Row& row : rows) merge.Meet(row);
    for (const Row& row : rows) EXPECT_TRUE(merge.Tell(row).ok());
    absl::StatusOr<Merged> merged = merge.Finish();
    EXPECT_TRUE(merged.ok()) << merged.status();
    chart = merged->chart;
    return *std::move(merged);
  }
  people::EmployeeIndex At(const std::string& name) const { return chart->Find(Tag(name)).value(); }
  // "in force", "ended in N" or "none".
  std::string Stands(const std::string& from, const std::string& to, people::EdgeKind kind = kManager) const {
    for (const Edge& edge : chart->edges(At(from)))
      if (edge.other == At(to) && edge.kind == kind)
        return edge.ended == 0 ? "in force" : "ended in " + std::to_string(edge.ended);
    return "none";
  }

  world::SeededRandom random{7};
  ChartPtr chart = std::make_shared<const Chart>();
};

TEST_F(ChartMergeTest, TheFirstSyncMakesEverybodyNew) {
  const Merged merged = Merge({Person({"ann", "ann@"}, "bob"), Person({"bob"})});
  EXPECT_EQ(merged.counts, (Counts{.rows = 2, .before = 0, .after = 2, .added = 2, .changed = 0, .removed = 0,
                                   .lost_managers = 0, .without_manager = 1, .cycles = 0, .orphans = 0, .duplicates = 0,
                                   .merged = 0}));
  EXPECT_EQ(chart->version(), 1u);
  EXPECT_EQ(At("ann"), At("ann@"));
  EXPECT_EQ(Stands("ann", "bob"), "in force");
}

TEST_F(ChartMergeTest, TheSameAgainChangesNothingButTheVersion) {
  const std::vector<Row> rows = {Person({"ann"}, "bob"), Person({"bob"})};
  Merge(rows);
  const people::ChartPart before = chart->PartOf(0, chart->size());
  const Merged merged = Merge(rows);
  EXPECT_EQ(chart->PartOf(0, chart->size()), before);
  EXPECT_EQ(merged.counts.changed, 0u);
  EXPECT_EQ(chart->version(), 2u);
}

TEST_F(ChartMergeTest, AnEdgeThatIsNotNamedAnyMoreEndsAndMayComeBack) {
  Merge({Person({"ann"}, "bob"), Person({"bob"}), Person({"cat"})});
  const Merged moved = Merge({Person({"ann"}, "cat"), Person({"bob"}), Person({"cat"})});
  EXPECT_EQ(Stands("ann", "bob"), "ended in 2");
  EXPECT_EQ(Stands("ann", "cat"), "in force");
  EXPECT_EQ(moved.counts.changed, 1u);
  EXPECT_EQ(moved.counts.lost_managers, 0u);
  Merge({Person({"ann"}, "bob"), Person({"bob"}), Person({"cat"})});
  EXPECT_EQ(Stands("ann", "bob"), "in force");
  EXPECT_EQ(Stands("ann", "cat"), "ended in 3");
}

TEST_F(ChartMergeTest, WhoHasNoRowHasLeftInAFullSyncAndStaysInADelta) {
  Merge({Person({"ann"}, "bob"), Person({"bob"})});
  Merge({Person({"cat"})}, Mode::kDelta);
  EXPECT_TRUE(chart->listed(At("ann")));
  EXPECT_EQ(Stands("ann", "bob"), "in force");
  const Merged merged = Merge({Person({"bob"}), Person({"cat"})});
  EXPECT_FALSE(chart->listed(At("ann")));
  EXPECT_EQ(Stands("ann", "bob"), "ended in 3");
  EXPECT_EQ(merged.counts.removed, 1u);
}

TEST_F(ChartMergeTest, ARowThatSaysLeftEndsWhatThePersonNamed) {
  Merge({Person({"ann"}, "bob"), Person({"bob"})});
  Row leaving = Person({"ann"}, "bob");
  leaving.left = true;
  const Merged merged = Merge({leaving}, Mode::kDelta);
  EXPECT_FALSE(chart->listed(At("ann")));
  EXPECT_EQ(Stands("ann", "bob"), "ended in 2");
  EXPECT_EQ(merged.counts.removed, 1u);
}

TEST_F(ChartMergeTest, WhoComesBackIsWhoTheyWere) {
  Merge({Person({"ann", "ann@"}), Person({"bob"})});
  const base::EmployeeId id = chart->id(At("ann"));
  Merge({Person({"bob"})});
  const Merged merged = Merge({Person({"ann-2", "ann@"}), Person({"bob"})});
  EXPECT_EQ(chart->id(At("ann-2")), id);
  EXPECT_EQ(merged.counts.added, 1u);
  EXPECT_EQ(merged.counts.merged, 0u);
}

TEST_F(ChartMergeTest, ARowThatJoinsTwoKnownPeopleMergesThemAndIsReported) {
  Merge({Person({"ann"}, "bob"), Person({"ann@"}, "cat"), Person({"bob"}), Person({"cat"}), Person({"dan"}, "ann@")});
  const base::EmployeeId first = chart->id(At("ann")), second = chart->id(At("ann@"));
  const Merged merged =
      Merge({Person({"bob"}), Person({"ann", "ann@"}, "bob"), Person({"cat"}), Person({"dan"}, "ann@")});
  EXPECT_EQ(At("ann"), At("ann@"));
  EXPECT_EQ(chart->Find(first), At("ann"));
  EXPECT_EQ(chart->Find(second), At("ann"));
  EXPECT_EQ(Stands("ann", "bob"), "in force");
  EXPECT_EQ(Stands("ann", "cat"), "ended in 2");
  EXPECT_EQ(Stands("dan", "ann"), "in force");
  EXPECT_EQ(merged.counts.merged, 1u);
  EXPECT_EQ(merged.counts.removed, 0u);
  EXPECT_EQ(merged.findings, (std::vector<Finding>{{FindingKind::kMerged, 2}}));
}

TEST_F(ChartMergeTest, TwoRowsOfOnePersonAreReportedAndBothHold) {
  const Merged merged = Merge({Person({"ann"}, "bob"), Person({"ann", "ann@"}, "cat"), Person({"bob"}), Person({"cat"})});
  EXPECT_EQ(Stands("ann", "bob"), "in force");
  EXPECT_EQ(Stands("ann", "cat"), "in force");
  EXPECT_EQ(merged.counts.duplicates, 1u);
  EXPECT_EQ(merged.counts.merged, 0u);
  EXPECT_EQ(merged.findings, (std::vector<Finding>{{FindingKind::kDuplicate, 2}}));
}

TEST_F(ChartMergeTest, ALaterRowMayTellThatTwoEarlierOnesWereOnePerson) {
  const Merged merged = Merge({Person({"ann"}, "bob"), Person({"ann@"}, "cat"), Person({"ann", "ann@"}), Person({"bob"}),
                               Person({"cat"})});
  EXPECT_EQ(At("ann"), At("ann@"));
  EXPECT_EQ(Stands("ann", "cat"), "in force");
  EXPECT_EQ(merged.counts.duplicates, 1u);
  EXPECT_EQ(merged.counts.after, 3u);
}

TEST_F(ChartMergeTest, SomebodyNamedWhoHasNoRowIsKeptByTheirTagAndReported) {
  const Merged merged = Merge({Person({"bob"}), Person({"ann"}, "board")});
  EXPECT_EQ(Stands("ann", "board"), "in force");
  EXPECT_FALSE(chart->listed(At("board")));
  EXPECT_EQ(merged.counts.after, 2u);
  EXPECT_EQ(merged.findings, (std::vector<Finding>{{FindingKind::kOrphan, 2}}));
  const Merged next = Merge({Person({"bob"}), Person({"ann"}, "board"), Person({"board"})});
  EXPECT_TRUE(chart->listed(At("board")));
  EXPECT_EQ(next.counts.added, 1u);
  EXPECT_TRUE(next.findings.empty());
}

TEST_F(ChartMergeTest, CyclesAreReportedOnceEachByTheirFirstRowAndAreNotFatal) {
  const Merged merged =
      Merge({Person({"top"}), Person({"ann"}, "bob"), Person({"bob"}, "cat"), Person({"cat"}, "ann"), Person({"leaf"}, "ann"),
             Person({"dan"}, "eve"), Person({"eve"}, "dan"), Person({"self"}, "self"), Person({"under"}, "top")});
  EXPECT_EQ(merged.counts.cycles, 3u);
  std::vector<std::uint32_t> rows;
  for (const Finding& finding : merged.findings) {
    EXPECT_EQ(finding.kind, FindingKind::kCycle);
    rows.push_back(finding.row);
  }
  std::sort(rows.begin(), rows.end());
  EXPECT_EQ(rows, (std::vector<std::uint32_t>{2, 6, 8}));
  EXPECT_EQ(Stands("ann", "bob"), "in force");
}

TEST_F(ChartMergeTest, LosingTheLastManagerIsCounted) {
  Merge({Person({"ann"}, "bob"), Person({"bob"}), Person({"cat"}, "bob")});
  const Merged merged = Merge({Person({"ann"}), Person({"bob"}), Person({"cat"}, "bob")});
  EXPECT_EQ(merged.counts.lost_managers, 1u);
  EXPECT_EQ(merged.counts.without_manager, 2u);
}

TEST_F(ChartMergeTest, EveryKindOfEdgeIsKeptApart) {
  Row row = Person({"ann"}, "bob");
  row.names.push_back({kDotted, Tag("bob")});
  row.names.push_back({kDelegate, Tag("bob")});
  row.names.push_back({kRelation, Tag("bob")});
  row.names.push_back({kRelation, Tag("bob")});
  Merge({row, Person({"bob"})});
  EXPECT_EQ(chart->edges(At("ann")).size(), 4u);
  Merge({Person({"ann"}, "bob"), Person({"bob"})});
  EXPECT_EQ(Stands("ann", "bob", kManager), "in force");
  EXPECT_EQ(Stands("ann", "bob", kRelation), "ended in 2");
}

TEST_F(ChartMergeTest, FindingsAreBoundedAndCountsAreNot) {
  std::vector<Row> rows;
  for (int i = 0; i < 300; ++i) rows.push_back(Person({"p" + std::to_string(i)}, "gone"));
  const Merged merged = Merge(rows);
  EXPECT_EQ(merged.counts.orphans, 300u);
  EXPECT_EQ(merged.findings.size(), kMostFindings);
}

}  // namespace
}  // namespace alcove::hr
