// A sync from its beginning to the commit: all of it or nothing, and only by who began it.
#include "server/core/hr/sync.h"

#include <gtest/gtest.h>

#include "server/core/people/newest.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using hr::Mode;

const std::vector<Employment> kTwelve = {
    {.number = "BJORN"},
    {.number = "1", .manager = "BJORN"}, {.number = "2", .manager = "BJORN"}, {.number = "3", .manager = "BJORN"},
    {.number = "4", .manager = "BJORN"}, {.number = "5", .manager = "BJORN"}, {.number = "6", .manager = "BJORN"},
    {.number = "7", .manager = "BJORN"}, {.number = "8", .manager = "BJORN"}, {.number = "9", .manager = "BJORN"},
    {.number = "10", .manager = "BJORN"}, {.number = "11", .manager = "BJORN"}};

class SyncTest : public testing::Test {
 protected:
  hr::SyncId Begin(const base::StaffSlug& by, Mode mode = Mode::kFull) {
    const auto id = world.Carry(hr::CreateSync(world.ports(), by, world.RequestId(), mode));
    EXPECT_TRUE(id.ok()) << id.status();
    return *id;
  }
  absl::Status Upload(const base::StaffSlug& by, const hr::SyncId& id, std::uint32_t page,
                      const std::vector<Employment>& people) {
    std::vector<hr::ClearRow> rows;
    for (const Employment& person : people) rows.push_back(person.row());
    return world.Carry(hr::UploadSyncPage(world.ports(), world.secrets.tag, by, id, page, rows)).status();
  }
  absl::StatusOr<hr::Committed> Commit(const base::StaffSlug& by, const hr::SyncId& id, std::uint32_t pages,
                                       bool validate_only = false, std::string request_id = {}) {
    if (request_id.empty()) request_id = world.RequestId();
    return world.Carry(hr::CommitSync(world.ports(), by, {request_id, id, pages, validate_only}));
  }
  template <class R>
  std::size_t Count() {
    std::size_t count = 0;
    EXPECT_TRUE(world.rows.Scan<R>("", "", SIZE_MAX, [&](const base::Versioned<R>&) { return ++count; }).ok());
    return count;
  }
  std::vector<Employment> Without(std::size_t from, std::size_t count) {
    std::vector<Employment> people = kTwelve;
    people.erase(people.begin() + static_cast<std::ptrdiff_t>(from), people.begin() + static_cast<std::ptrdiff_t>(from + count));
    return people;
  }

  const base::StaffSlug hr = Slug("hr-system");
  World world;
};

TEST_F(SyncTest, ACommitMakesTheRowsTheChartAndLeavesNothingStaged) {
  const hr::Committed committed = world.Sync(kTwelve);
  EXPECT_EQ(committed.version, 1u);
  EXPECT_EQ(committed.counts.added, 12u);
  EXPECT_EQ(world.organisation->chart().listed_count(), 12u);
  EXPECT_EQ(Count<hr::Sync>(), 0u);
  EXPECT_EQ(Count<hr::SyncPage>(), 0u);
  const auto loaded = people::LoadChart(world.rows);
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->PartOf(0, 100), world.organisation->chart().PartOf(0, 100));
}

TEST_F(SyncTest, HalfASyncChangesNothingWhateverIsStaged) {
  world.Sync(kTwelve);
  const hr::SyncId id = Begin(hr);
  ASSERT_TRUE(Upload(hr, id, 0, {{.number = "BJORN"}}).ok());
  ASSERT_TRUE(Upload(hr, id, 2, {{.number = "1"}}).ok());
  EXPECT_EQ(Why(Commit(hr, id, 3)), Reason::kSyncIncomplete) << "page 1 is missing";
  EXPECT_EQ(Why(Commit(hr, id, 1)), Reason::kSyncIncomplete) << "one page too many";
  // As after a crash: what the rows say is what was committed last.
  const auto loaded = people::LoadChart(world.rows);
  ASSERT_TRUE(loaded.ok());
  EXPECT_EQ((*loaded)->version(), 1u);
  EXPECT_EQ((*loaded)->listed_count(), 12u);
}

TEST_F(SyncTest, ValidateOnlySaysInNumbersWhatWouldChangeAndChangesNothing) {
  world.Sync(kTwelve);
  const auto answer = world.TrySync(Without(1, 1), Mode::kFull, /*validate_only=*/true);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->counts.removed, 1u);
  EXPECT_EQ(answer->version, 2u);
  EXPECT_FALSE(answer->refused);
  EXPECT_EQ(answer->organisation, nullptr);
  EXPECT_EQ((*people::LoadChart(world.rows))->version(), 1u);
}

TEST_F(SyncTest, RemovingMoreThanTheSetShareIsRefusedUntilPolicyAllowsIt) {
  world.Sync(kTwelve);
  EXPECT_EQ(Why(world.TrySync(Without(1, 2))), Reason::kSyncRefused);
  const auto validated = world.TrySync(Without(1, 2), Mode::kFull, true);
  ASSERT_TRUE(validated.ok());
  EXPECT_TRUE(validated->refused);
  EXPECT_EQ(world.organisation->chart().version(), 1u);
  EXPECT_TRUE(world.TrySync(Without(1, 1)).ok()) << "one of twelve is within a tenth";
  world.PublishSafeguards({{"sync_most_removed_percent", "100"}});
  EXPECT_TRUE(world.TrySync(Without(1, 5)).ok());
}

TEST_F(SyncTest, TakingEverybodysManagerAwayIsRefusedToo) {
  world.Sync(kTwelve);
  std::vector<Employment> without = kTwelve;
  for (Employment& person : without) person.manager.clear();
  EXPECT_EQ(Why(world.TrySync(without)), Reason::kSyncRefused);
  for (Employment& person : without)
    if (person.number != "BJORN") person.manager = "1";
  EXPECT_TRUE(world.TrySync(without).ok()) << "a reorganisation is none";
}

TEST_F(SyncTest, ADeltaThatTellsOfManyLeaversIsHeldToTheSameShare) {
  world.Sync(kTwelve);
  EXPECT_EQ(Why(world.TrySync({{.number = "1", .left = true}, {.number = "2", .left = true}}, Mode::kDelta)),
            Reason::kSyncRefused);
  EXPECT_TRUE(world.TrySync({{.number = "1", .left = true}}, Mode::kDelta).ok());
}

TEST_F(SyncTest, IsItsCreatorsAlone) {
  const hr::SyncId id = Begin(hr);
  EXPECT_EQ(Why(Upload(Slug("other"), id, 0, {{.number = "1"}})), Reason::kNothingHere);
  EXPECT_EQ(Why(Commit(Slug("other"), id, 0)), Reason::kNothingHere);
  EXPECT_EQ(Why(Commit(hr, hr::SyncId(), 0)), Reason::kNothingHere);
  EXPECT_TRUE(Upload(hr, id, 0, {{.number = "1"}}).ok()) << "control";
}

TEST_F(SyncTest, TheNextOneOfTheSameAccountDropsTheOneBefore) {
  const hr::SyncId first = Begin(hr);
  ASSERT_TRUE(Upload(hr, first, 0, {{.number = "1"}}).ok());
  const hr::SyncId of_other = Begin(Slug("other"));
  Begin(hr);
  EXPECT_EQ(Why(Commit(hr, first, 1)), Reason::kNothingHere);
  EXPECT_EQ(Count<hr::SyncPage>(), 0u);
  EXPECT_TRUE(Upload(Slug("other"), of_other, 0, {{.number = "1"}}).ok());
  world.clock.Advance(std::chrono::hours(24 * 3));
  Begin(hr);
  EXPECT_EQ(Count<hr::Sync>(), 1u) << "what everybody forgot goes too";
}

TEST_F(SyncTest, ARepetitionAnswersTheSameAndChangesNothing) {
  const std::string create = world.RequestId();
  const auto first = world.Carry(hr::CreateSync(world.ports(), hr, create, Mode::kFull));
  EXPECT_EQ(*world.Carry(hr::CreateSync(world.ports(), hr, create, Mode::kFull)), *first);
  EXPECT_EQ(Why(hr::CreateSync(world.ports(), hr, create, Mode::kDelta)), Reason::kRequestIdReused);
  ASSERT_TRUE(Upload(hr, *first, 0, {{.number = "1", .manager = "2"}}).ok());
  ASSERT_TRUE(Upload(hr, *first, 0, {{.number = "1", .manager = "3"}}).ok()) << "a page may come again";
  const std::string commit = world.RequestId();
  const auto committed = Commit(hr, *first, 1, false, commit);
  ASSERT_TRUE(committed.ok()) << committed.status();
  world.organisation = committed->organisation;
  const auto again = Commit(hr, *first, 1, false, commit);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->version, committed->version);
  EXPECT_EQ(again->counts, committed->counts);
  EXPECT_EQ(again->findings, committed->findings);
  EXPECT_EQ(again->organisation, nullptr);
  EXPECT_EQ(world.organisation->chart().version(), 1u);
}

TEST_F(SyncTest, ADirectoryAndASyncThatAreDecidedSideBySideDoNotUndoEachOther) {
  const hr::SyncId id = Begin(hr);
  ASSERT_TRUE(Upload(hr, id, 0, {{.number = "1"}}).ok());
  auto sync = hr::CommitSync(world.ports(), hr, {world.RequestId(), id, 1, false});
  ASSERT_TRUE(sync.ok());
  world.PublishDirectory();
  EXPECT_EQ(Why(world.Carry(std::move(sync))), Reason::kContended);
  EXPECT_TRUE(Commit(hr, id, 1).ok()) << "decided again, with the directory in force";

  const format::Directory next = world.NextDirectory();
  const crypto::Bytes note = world.Signed(*format::DirectoryText(next));
  EXPECT_EQ(Why(people::PublishDirectory(world.people_ports(), *world.organisation, Slug("ada"), note, false)),
            Reason::kContended)
      << "the snapshot at hand has not the newest chart";
}

TEST_F(SyncTest, APageThatComesDuringTheCommitMakesItDecideAgain) {
  const hr::SyncId id = Begin(hr);
  ASSERT_TRUE(Upload(hr, id, 0, {{.number = "1"}}).ok());
  auto sync = hr::CommitSync(world.ports(), hr, {world.RequestId(), id, 1, false});
  ASSERT_TRUE(Upload(hr, id, 0, {{.number = "2"}}).ok());
  EXPECT_EQ(Why(world.Carry(std::move(sync))), Reason::kContended);
}

TEST_F(SyncTest, TooMuchInOnePageOrRowIsAFieldError) {
  const hr::SyncId id = Begin(hr);
  EXPECT_EQ(Why(Upload(hr, id, hr::kMostPages, {})), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Upload(hr, id, 0, std::vector<Employment>(hr::kMostRowsOfPage + 1, {.number = "1"}))),
            Reason::kFieldInvalid);
  EXPECT_EQ(Why(Upload(hr, id, 0, {{.number = "1", .also = std::vector<std::string>(hr::kMostIdentifiers, "2")}})),
            Reason::kFieldInvalid);
  EXPECT_EQ(Why(Upload(hr, id, 0, {{.number = "1", .relations = std::vector<std::string>(hr::kMostNamings + 1, "2")}})),
            Reason::kFieldInvalid);
}

TEST_F(SyncTest, ATagOfAnotherOrganisationNamesNobody) {
  world.Sync(kTwelve);
  World other(2);
  const auto tag = *crypto::SubjectTag::FromBytes(other.TagOf("emp:BJORN"));
  EXPECT_FALSE(world.organisation->Knows(world.organisation->HashTag(tag)));
  const auto own = *crypto::SubjectTag::FromBytes(world.TagOf("emp:BJORN"));
  EXPECT_TRUE(world.organisation->Knows(world.organisation->HashTag(own))) << "control";
}

TEST_F(SyncTest, TheChartIsThereAgainAfterARestart) {
  world.Sync(kTwelve);
  const auto loaded = people::Load(world.people_ports());
  ASSERT_TRUE(loaded.ok()) << loaded.status();
  EXPECT_EQ((*loaded)->chart().listed_count(), 12u);
  EXPECT_EQ((*loaded)->FindPerson(Slug("bjorn"))->employees.size(), 1u);
}

}  // namespace
}  // namespace alcove::world
