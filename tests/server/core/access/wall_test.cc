// The one predicate of conflict, over directory and chart together.
#include "server/core/access/wall.h"

#include <gtest/gtest.h>

#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

class WallTest : public testing::Test {
 protected:
  access::Wall About(const std::vector<std::string>& numbers) {
    access::Wall wall;
    for (const std::string& number : numbers) wall.subjects.push_back(Name(number));
    wall.chart_version = world.organisation->chart().version();
    return wall;
  }
  access::Named Name(const std::string& number) {
    return access::NameOf(*world.organisation, world.organisation->HashTag(*crypto::SubjectTag::FromBytes(
                                                   world.TagOf("emp:" + number))));
  }
  bool InConflict(const std::string& slug, const access::Wall& wall) {
    return access::InConflict(*world.organisation, Slug(slug), wall);
  }
  void EndAllEdgesOf(const std::string& number) {
    world.PublishSafeguards({{"sync_most_removed_percent", "100"}});
    world.Sync({{.number = number}}, hr::Mode::kDelta);
  }

  World world;
};

TEST_F(WallTest, WhoeverAdministersTheServiceIsInConflictWithEveryCase) {
  EXPECT_TRUE(InConflict("ada", About({})));
  EXPECT_FALSE(InConflict("amira", About({}))) << "control";
}

TEST_F(WallTest, AnAdministratorsOtherAccountIsNoWayIn) {
  // HR says that amira and ada are two accounts of one person.
  world.Sync({{.number = "AMIRA", .also = {"ADA"}}, {.number = "BJORN"}});
  EXPECT_TRUE(InConflict("amira", About({})));
  EXPECT_FALSE(InConflict("bjorn", About({}))) << "control";
}

TEST_F(WallTest, KeepsOutTheChainAndTheReportsOfASubjectWhoIsInNoDirectory) {
  world.Sync({{.number = "4711", .manager = "BJORN"}, {.number = "BJORN", .manager = "ERIK"}, {.number = "AMIRA", .manager = "4711"},
              {.number = "CHIARA"}, {.number = "ERIK"}});
  const access::Wall wall = About({"4711"});
  EXPECT_TRUE(InConflict("bjorn", wall)) << "manager";
  EXPECT_TRUE(InConflict("erik", wall)) << "manager's manager";
  EXPECT_TRUE(InConflict("amira", wall)) << "direct report";
  EXPECT_FALSE(InConflict("chiara", wall)) << "control";
}

TEST_F(WallTest, WhoIsKeptOutBringsNobodyElseAlongButAllTheirAccounts) {
  world.Sync({{.number = "AMIRA", .manager = "BJORN", .also = {"CHIARA"}}, {.number = "BJORN"}});
  access::Wall wall;
  wall.kept_out = {Name("AMIRA")};
  EXPECT_TRUE(InConflict("amira", wall));
  EXPECT_TRUE(InConflict("chiara", wall)) << "another account of the same person";
  EXPECT_FALSE(InConflict("bjorn", wall)) << "their manager may read";
}

TEST_F(WallTest, RecusedAndStruckOutGoForEveryAccountOfThatPerson) {
  world.Sync({{.number = "AMIRA", .also = {"CHIARA"}}, {.number = "BJORN"}});
  access::Wall wall;
  wall.recused = {Slug("amira")};
  EXPECT_TRUE(InConflict("chiara", wall));
  EXPECT_FALSE(InConflict("bjorn", wall));
  wall.recused = {};
  wall.struck_out = {Slug("chiara")};
  EXPECT_TRUE(InConflict("amira", wall));
}

TEST_F(WallTest, ANumberThatIsDroppedLaterStillNamesThePerson) {
  world.Sync({{.number = "AMIRA", .manager = "BJORN", .also = {"OLD-1"}}, {.number = "BJORN"}});
  const access::Wall wall = About({"OLD-1"});
  world.Sync({{.number = "AMIRA", .manager = "BJORN"}, {.number = "BJORN"}});
  EXPECT_TRUE(InConflict("amira", wall));
  EXPECT_TRUE(InConflict("bjorn", wall));
}

TEST_F(WallTest, SomebodyTheChartLearnsOfAfterTheFilingIsRecognised) {
  world.Sync({{.number = "BJORN"}});
  const access::Wall wall = About({"NEW-7"});
  EXPECT_FALSE(InConflict("bjorn", wall));
  world.Sync({{.number = "NEW-7", .manager = "BJORN"}, {.number = "BJORN"}});
  EXPECT_TRUE(InConflict("bjorn", wall));
}

TEST_F(WallTest, AnOpenCasesWallKeepsEdgesThatEndALaterOneHasThemNot) {
  world.Sync({{.number = "4711", .manager = "BJORN", .relations = {"AMIRA"}}, {.number = "BJORN"}, {.number = "AMIRA"}});
  const access::Wall before = About({"4711"});
  EndAllEdgesOf("4711");
  const access::Wall after = About({"4711"});
  for (const char* slug : {"bjorn", "amira"}) {
    EXPECT_TRUE(InConflict(slug, before)) << slug;
    EXPECT_FALSE(InConflict(slug, after)) << slug;
  }
}

TEST_F(WallTest, EdgesThatComeAfterTheFilingCountAtOnce) {
  world.Sync({{.number = "4711"}, {.number = "BJORN"}});
  const access::Wall wall = About({"4711"});
  EXPECT_FALSE(InConflict("bjorn", wall));
  world.Sync({{.number = "4711", .manager = "BJORN"}, {.number = "BJORN"}});
  EXPECT_TRUE(InConflict("bjorn", wall));
}

TEST_F(WallTest, ALiftedWallLetsOnlyEndedEdgesGoAndOnlyForThatPerson) {
  world.Sync({{.number = "4711", .manager = "BJORN", .relations = {"AMIRA"}}, {.number = "BJORN"}, {.number = "AMIRA"}});
  access::Wall wall = About({"4711"});
  wall.lifted = {Slug("bjorn")};
  EXPECT_TRUE(InConflict("bjorn", wall)) << "the edge is in force";
  EndAllEdgesOf("4711");
  EXPECT_FALSE(InConflict("bjorn", wall));
  EXPECT_TRUE(InConflict("amira", wall)) << "nobody lifted it for her";
  wall.recused = {Slug("bjorn")};
  EXPECT_TRUE(InConflict("bjorn", wall)) << "recused stays recused";
}

TEST_F(WallTest, TheStricterOfFilingAndTodayHolds) {
  world.Sync({{.number = "4711", .manager = "BJORN"}, {.number = "BJORN", .manager = "ERIK"}, {.number = "AMIRA", .manager = "BJORN"},
              {.number = "ERIK"}});
  access::Wall wall = About({"4711"});
  wall.reach = {1, true};
  EXPECT_TRUE(InConflict("erik", wall)) << "the whole chain is today's rule";
  EXPECT_TRUE(InConflict("amira", wall)) << "team-mates were kept out at filing";
  world.PublishSafeguards({{"wall_depth", "1"}});
  EXPECT_FALSE(InConflict("erik", wall)) << "one level then and now";
  wall.reach = {};
  EXPECT_TRUE(InConflict("erik", wall)) << "the whole chain at filing";
}

TEST_F(WallTest, WhoeverLeftTheDirectoryIsInConflictWithEverything) {
  EXPECT_TRUE(InConflict("nobody", About({})));
}

}  // namespace
}  // namespace alcove::world
