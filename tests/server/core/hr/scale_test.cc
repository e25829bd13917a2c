// Clauses 2.4 and 2.9 with 100,000 employees: a decision, a filing, coverage, memory. Bounds here hold without optimisation; the figures
// of a release build are in server/core/hr/DESIGN.md.
#include <gtest/gtest.h>
#include <malloc.h>

#include <algorithm>
#include <chrono>
#include <cstdio>

#include "crypto/hash.h"
#include "server/core/hr/chart_merge.h"
#include "server/core/intake/coverage.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

constexpr std::uint32_t kEmployees = 100'000;
constexpr std::uint32_t kTeam = 8;
#ifdef __OPTIMIZE__
constexpr int kSlack = 1;
#else
constexpr int kSlack = 8;  // nothing is inlined
#endif

people::TagHash TagOf(std::uint32_t index, char kind) {
  return crypto::Blake2b256(std::string(1, kind) + std::to_string(index));
}

// A tree with kTeam reports each, two tags a person; every fourth has a dotted line, a delegate or a relation beside.
hr::Row RowOf(std::uint32_t index, std::uint32_t employees, const people::Organisation& organisation) {
  hr::Row row;
  row.tags = {TagOf(index, 'n'), TagOf(index, 'm')};
  // Some are the people of the directory, on the lower levels.
  const std::uint32_t first = employees / 100;
  if (index >= first && index - first < organisation.people().size()) {
    const people::Person& person = organisation.people()[index - first];
    if (!person.outside) row.tags[0] = person.tags.front();
  }
  if (index > 0) row.names.push_back({people::EdgeKind::kManager, TagOf((index - 1) / kTeam, 'm')});
  const auto other = people::EdgeKind(2 + index % 3);
  if (index % 4 == 0) row.names.push_back({other, TagOf((index * 7919) % employees, 'm')});
  return row;
}

std::size_t InUse() {
  const struct mallinfo2 info = mallinfo2();
  return info.uordblks + info.hblkhd;
}

double Seconds(const std::function<void()>& work) {
  const auto start = std::chrono::steady_clock::now();
  work();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

class ScaleTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    world = new World();
    world->PublishDirectory([](format::Directory& directory) {
      for (format::Person& person : directory.people)
        if (person.slug == "otto" || person.slug == "pia") person.roles.push_back(format::Role::kApprover);
    });
    organisation = WithEmployees(kEmployees);
  }
  static people::OrganisationPtr WithEmployees(std::uint32_t count) {
    hr::ChartMerge merge(world->organisation->chart(), hr::Mode::kFull, world->random);
    for (std::uint32_t i = 0; i < count; ++i) merge.Meet(RowOf(i, count, *world->organisation));
    for (std::uint32_t i = 0; i < count; ++i) EXPECT_TRUE(merge.Tell(RowOf(i, count, *world->organisation)).ok());
    auto merged = merge.Finish();
    EXPECT_TRUE(merged.ok()) << merged.status();
    people::Organisation::Parts parts = world->organisation->parts();
    parts.chart = merged->chart;
    return *people::Organisation::Build(parts);
  }
  static void TearDownTestSuite() {
    organisation = nullptr;
    delete world;
  }

  static World* world;
  static people::OrganisationPtr organisation;
};
World* ScaleTest::world = nullptr;
people::OrganisationPtr ScaleTest::organisation;

TEST_F(ScaleTest, P2_ConflictWall_ADecisionTakesAtMostTwentyMicroseconds) {
  constexpr int kRounds = 20'000;
  int conflicts = 0;
  std::vector<access::Wall> walls;
  for (int i = 0; i < 200; ++i) {
    access::Wall wall;
    wall.subjects = {access::NameOf(*organisation, TagOf(static_cast<std::uint32_t>(i) * 487 + 1, 'm'))};
    wall.chart_version = 1;
    walls.push_back(std::move(wall));
  }
  const people::Person& amira = *organisation->FindPerson(Slug("amira"));
  ASSERT_EQ(amira.employees.size(), 1u);
  const double seconds = Seconds([&] {
    for (std::size_t i = 0; i < kRounds; ++i)
      conflicts += access::InConflict(*organisation, amira, walls[i % walls.size()]) ? 1 : 0;
  });
  const double each = seconds / kRounds * 1e6;
  std::printf("decision with %u employees: %.2f microseconds\n", kEmployees, each);
  RecordProperty("microseconds", std::to_string(each));
  EXPECT_LE(each, 20.0 * kSlack);
  EXPECT_LT(conflicts, kRounds);
}

// What plan and filing cost the server to decide; the rest of a filing does not know the chart.
class Filed {
 public:
  Filed(World& world, const people::Organisation& organisation)
      : world_(world), ports_{world.rows, organisation, world.clock, world.random, world.request_key} {
    request_ = world.Facts();
    request_.subjects = {subject_};
    Reporter reporter = world.NewReporter();
    submission_ = world.Prepare(reporter, *intake::PlanReport({ports_, world.secrets}, request_));
  }
  double Decide() {
    return Seconds([&] {
      for (int i = 0; i < 20; ++i) {
        EXPECT_TRUE(intake::PlanReport({ports_, world_.secrets}, request_).ok());
        EXPECT_TRUE(intake::SubmitReport({ports_, world_.secrets}, submission_.request()).ok());
      }
    });
  }

 private:
  World& world_;
  const cases::Ports ports_;
  const crypto::Bytes subject_ = world_.TagOf("emp:OTTO");
  intake::PlanRequest request_;
  Submission submission_;
};

TEST_F(ScaleTest, P2_ConflictWall_AFilingCostsWhatItCostsWithAHundredEmployees) {
  const people::OrganisationPtr small = WithEmployees(100);
  Filed few(*world, *small);
  Filed many(*world, *organisation);
  double least_few = 1e9;
  double least_many = 1e9;
  for (int round = 0; round < 9; ++round) {
    least_few = std::min(least_few, few.Decide());
    least_many = std::min(least_many, many.Decide());
  }
  const double ratio = least_many / least_few;
  std::printf("filing with %u employees: %.2f of one with 100\n", kEmployees, ratio);
  RecordProperty("ratio", std::to_string(ratio));
  EXPECT_LE(ratio, 1.2);
}

TEST_F(ScaleTest, P2_ConflictWall_CoverageOfEverybodyByEveryRuleTakesLessThanFiveSeconds) {
  intake::Coverage coverage;
  const double seconds = Seconds([&] { coverage = intake::CoverageOf(*organisation); });
  std::printf("coverage of %u subjects: %.2f seconds\n", coverage.subjects, seconds);
  EXPECT_EQ(coverage.subjects, kEmployees);
  EXPECT_LE(seconds, 5.0 * kSlack);
}

TEST_F(ScaleTest, AChartOfAHundredThousandTakesAtMostSixtyMebibytes) {
  const people::ChartPart part = organisation->chart().PartOf(0, organisation->chart().size());
  const std::size_t before = InUse();
  const auto chart = people::Chart::Build(1, {part});
  const std::size_t taken = InUse() - before;
  std::printf("chart of %u employees: %.1f MiB\n", kEmployees, static_cast<double>(taken) / (1 << 20));
  ASSERT_TRUE(chart.ok());
  EXPECT_LE(taken, std::size_t{60} << 20);
  EXPECT_GT(taken, std::size_t{5} << 20) << "the measure measures something";
}

}  // namespace
}  // namespace alcove::world
