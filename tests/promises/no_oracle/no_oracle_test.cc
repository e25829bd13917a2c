// P3: to whom a case was not released it does not exist: the same answer and the same work as for an id that never was.
#include <gtest/gtest.h>

#include "server/core/cases/blobs.h"
#include "server/core/casework/allegations.h"
#include "server/core/casework/measures.h"
#include "server/core/casework/tasks.h"
#include "server/core/ledger/refusals.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::Keyring;

class P3_NoOracle : public testing::Test {
 protected:
  // What a call answered, and how many rows it read to say so.
  struct Trace {
    absl::Status status;
    std::uint64_t reads = 0;
    bool operator==(const Trace&) const = default;
  };
  template <class Call>
  Trace Watch(Call&& call) {
    const std::uint64_t before = world.rows.reads();
    absl::Status status = call().status();
    return {status, world.rows.reads() - before};
  }
  template <class Call>
  void ExpectAlike(Call&& call) {
    const Trace existing = Watch([&] { return call(reporter.case_id); });
    const Trace absent = Watch([&] { return call(format::DrawId<base::CaseId>(world.random)); });
    EXPECT_EQ(Why(existing.status), Reason::kNothingHere);
    EXPECT_EQ(existing.status, absent.status);
    EXPECT_EQ(existing.reads, absent.reads);
  }

  World world;
  Reporter reporter = world.File();
};

TEST_F(P3_NoOracle, EveryCallOfStaffMeetsAForeignCaseLikeNone) {
  const base::StaffSlug assignee = world.AssigneeOf(reporter);
  const auto allegation = format::DrawId<base::AllegationId>(world.random);
  const auto measure = format::DrawId<base::MeasureId>(world.random);
  cases::Measure ordered;
  ordered.case_id = reporter.case_id;
  ordered.id = measure;
  ordered.owner = assignee;
  world.rows.Put(std::move(ordered));
  for (const char* slug : {"ada", "amira", "bjorn", "chiara", "dilip", "erik", "fay", "cora", "otto", "pia", "nobody"}) {
    const base::StaffSlug caller = Slug(slug);
    if (caller == assignee) continue;
    SCOPED_TRACE(slug);
    ExpectAlike([&](const base::CaseId& id) { return cases::GetCase(world.ports(), caller, id); });
    ExpectAlike([&](const base::CaseId& id) { return cases::OpenCase(world.ports(), caller, id, Keyring::kThread); });
    ExpectAlike(
        [&](const base::CaseId& id) { return cases::ListEntries(world.ports(), caller, id, Keyring::kThread, {}); });
    ExpectAlike([&](const base::CaseId& id) { return cases::ListHistory(world.ports(), caller, id, {}); });
    ExpectAlike([&](const base::CaseId& id) { return cases::ClaimCase(world.ports(), caller, id, "", ""); });
    ExpectAlike([&](const base::CaseId& id) {
      return cases::ChangeCaseState(world.ports(), caller, id, "", "", cases::State::kTriage, "");
    });
    ExpectAlike([&](const base::CaseId& id) { return cases::AppendEntry(world.ports(), caller, id, "", {}); });
    ExpectAlike([&](const base::CaseId& id) {
      return casework::CreateAllegation(world.ports(), caller, id, "", {allegation, "bullying"}, {});
    });
    ExpectAlike([&](const base::CaseId& id) {
      return casework::SetFinding(world.ports(), caller, id, allegation, "", "", "unfounded", {});
    });
    ExpectAlike([&](const base::CaseId& id) {
      return casework::CreateMeasure(world.ports(), caller, id, "", {measure, "interim.no_contact", caller, {}, {}, false}, {});
    });
    ExpectAlike([&](const base::CaseId& id) {
      return casework::ChangeMeasureState(world.ports(), caller, id, measure, "", "", cases::MeasureState::kDone, nullptr);
    });
  }
  EXPECT_TRUE(cases::GetCase(world.ports(), assignee, reporter.case_id).ok()) << "control: it does exist";
}

TEST_F(P3_NoOracle, ListsOfOthersDoNotChangeWithACase) {
  for (const char* slug : {"ada", "erik", "fay"}) {
    const auto page = world.Carry(cases::ListCases(world.ports(), Slug(slug), {}));
    ASSERT_TRUE(page.ok());
    EXPECT_TRUE(page->cases.empty());
    EXPECT_TRUE(page->next_token.empty());
    const auto tasks = world.Carry(casework::ListTasks(world.ports(), Slug(slug), {}));
    ASSERT_TRUE(tasks.ok());
    EXPECT_TRUE(tasks->tasks.empty());
    EXPECT_TRUE(tasks->next_token.empty());
  }
}

TEST_F(P3_NoOracle, ACaseThatTheWallTookAwayLeavesNoGapInPages) {
  for (int i = 0; i < 20; ++i) world.File();
  const base::StaffSlug caller = world.AssigneeOf(reporter);
  const auto all = [&] {
    std::vector<base::CaseId> ids;
    cases::PageRequest request{2, ""};
    do {
      const auto page = world.Carry(cases::ListCases(world.ports(), caller, request));
      for (const cases::CaseSummary& summary : page->cases) ids.push_back(summary.id);
      request.token = page->next_token;
      EXPECT_TRUE(request.token.empty() || page->cases.size() == 2u) << "a page in between is never short";
    } while (!request.token.empty());
    return ids;
  };
  const std::size_t before = all().size();
  cases::Case record = world.CaseOf(reporter);
  record.wall.recused.push_back(caller);
  world.rows.Put(record);
  const std::vector<base::CaseId> after = all();
  EXPECT_EQ(after.size(), before - 1);
  EXPECT_EQ(std::count(after.begin(), after.end(), reporter.case_id), 0);
}

TEST_F(P3_NoOracle, APlanIsTheSameBeforeAndAfterACaseAboutThatPerson) {
  const crypto::Bytes tag = world.TagOf("emp:AMIRA");
  intake::PlanRequest request = world.Facts();
  request.subjects = {tag};
  const auto readers = [&] {
    std::vector<std::string> slugs;
    for (const cases::ReaderView& reader : world.Plan(request).readers) slugs.push_back(reader.staff.text());
    return slugs;
  };
  const auto before = readers();
  for (int i = 0; i < 5; ++i) world.File(request);
  EXPECT_EQ(readers(), before);
}

TEST_F(P3_NoOracle, ARefusalIsALeafThatNamesNoCaseOncePerCallerAndMinute) {
  const auto refuse = [&] {
    return world.Carry(ledger::DecideRefusal(world.rows, world.file.id, Slug("ada"), world.clock.now, world.random));
  };
  const std::uint64_t leaves = world.rows.leaves();
  ASSERT_TRUE(refuse().ok());
  ASSERT_TRUE(refuse().ok());
  EXPECT_EQ(world.rows.leaves(), leaves + 1);
  world.clock.Advance(std::chrono::minutes(1));
  ASSERT_TRUE(refuse().ok());
  EXPECT_EQ(world.rows.leaves(), leaves + 2);
  EXPECT_EQ(cases::ListLeaves(world.ports(), reporter.mailbox, {})->leaves.size(), 2u) << "and shows in no case";
}

}  // namespace
}  // namespace alcove::world
