// One case under way and the acts of this room, for its tests.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/format/leaf.h"
#include "server/core/cases/mailbox.h"
#include "server/core/cases/matters.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/team.h"
#include "server/core/casework/allegations.h"
#include "server/core/casework/measures.h"
#include "server/core/casework/tasks.h"
#include "server/core/guard/review.h"
#include "server/core/guard/team.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {

using base::Reason;
using casework::Written;
using cases::MeasureState;
using cases::State;
using format::EntryKind;
using format::Keyring;
using format::LeafKind;

class CaseUnderWay : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(
        world.Carry(cases::ClaimCase(world.ports(), assignee, reporter.case_id, Etag(), world.RequestId())).ok());
  }

  cases::Case Record() { return world.CaseOf(reporter); }
  std::string Etag() { return cases::EtagOf(world.ports(), Record()); }
  void PutState(State state) {
    cases::Case record = Record();
    record.state = state;
    world.rows.Put(std::move(record));
  }
  // Points at which the risk of detriment was assessed; bit 3 is at outcome.
  void Assess(std::uint8_t bits = 0b1000) {
    cases::Case record = Record();
    record.assessed = bits;
    world.rows.Put(std::move(record));
  }

  // The caller's next entry of TEAM; the first brings the key.
  Draft Words(EntryKind kind, const Mischief& mischief = {}) { return WordsBy(assignee, kind, mischief); }
  Draft WordsBy(const base::StaffSlug& caller, EntryKind kind, const Mischief& mischief = {}) {
    const crypto::SigningKey& signer = world.machines.at(caller.text())[0].signing;
    const std::vector<format::Recipient> team = world.RecipientsOf(reporter.case_id, Keyring::kTeam);
    const bool first = Record().team.epochs == 0;
    if (!team_key) team_key.emplace(format::EpochKey::Draw(world.random));
    return world.Write(Keyring::kTeam, kind, reporter.case_id, signer, *team_key, mischief, first ? &team : nullptr,
                       first ? &*team_key : nullptr);
  }

  absl::StatusOr<Written> Allege(const base::AllegationId& id, const std::string& category = "bullying") {
    const Draft words = Words(EntryKind::kAllegation);
    return world.Carry(casework::CreateAllegation(world.ports(), assignee, reporter.case_id, world.RequestId(),
                                                  {id, category}, words.entry()));
  }
  base::AllegationId Alleged() {
    const auto id = format::DrawId<base::AllegationId>(world.random);
    EXPECT_TRUE(Allege(id).ok());
    return id;
  }
  std::string EtagOf(const base::AllegationId& id) {
    const auto row = world.rows.Get<cases::Allegation>(base::RowKey(reporter.case_id, id));
    return cases::EtagOf(world.ports(), id.view(), *row ? (*row)->record.revision : 0);
  }
  absl::StatusOr<Written> Find(const base::AllegationId& id, const std::string& finding) {
    const Draft words = Words(EntryKind::kFinding);
    return world.Carry(casework::SetFinding(world.ports(), assignee, reporter.case_id, id, EtagOf(id),
                                            world.RequestId(), finding, words.entry()));
  }
  std::string FindingOf(const base::AllegationId& id) {
    return (*world.rows.Get<cases::Allegation>(base::RowKey(reporter.case_id, id)))->record.finding;
  }

  casework::NewMeasure NoContact() {
    return {format::DrawId<base::MeasureId>(world.random), "interim.no_contact", assignee,
            world.clock.Today().PlusDays(5), std::nullopt, false};
  }
  absl::StatusOr<Written> Order(const casework::NewMeasure& measure) {
    const Draft words = Words(EntryKind::kMeasure);
    return world.Carry(casework::CreateMeasure(world.ports(), assignee, reporter.case_id, world.RequestId(), measure,
                                               words.entry()));
  }
  base::MeasureId Ordered(const casework::NewMeasure& measure) {
    const auto written = Order(measure);
    EXPECT_TRUE(written.ok()) << written.status();
    return measure.id;
  }
  cases::Measure MeasureRow(const base::MeasureId& id) {
    return (*world.rows.Get<cases::Measure>(base::RowKey(reporter.case_id, id)))->record;
  }
  std::string EtagOf(const base::MeasureId& id) {
    const auto row = world.rows.Get<cases::Measure>(base::RowKey(reporter.case_id, id));
    return cases::EtagOf(world.ports(), id.view(), *row ? (*row)->record.revision : 0);
  }
  absl::StatusOr<Written> Step(const base::MeasureId& id, MeasureState state) {
    return world.Carry(casework::ChangeMeasureState(world.ports(), assignee, reporter.case_id, id, EtagOf(id),
                                                    world.RequestId(), state, nullptr));
  }

  // Kinds of the leaves that only the team sees.
  std::vector<LeafKind> HiddenKinds() {
    std::vector<LeafKind> kinds;
    const absl::Status status = world.rows.Scan<cases::HistoryLeaf>(
        base::RowKey(reporter.case_id), "", SIZE_MAX, [&](base::Versioned<cases::HistoryLeaf> row) {
          kinds.push_back(format::ParseLeaf(row.record.content)->kind);
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return kinds;
  }
  std::size_t Count(LeafKind kind) {
    const std::vector<LeafKind> kinds = HiddenKinds();
    return static_cast<std::size_t>(std::count(kinds.begin(), kinds.end(), kind));
  }
  void PassDays(int days) { world.clock.Advance(std::chrono::hours(24 * days)); }
  absl::StatusOr<guard::Reviewed> Review() { return world.Carry(guard::Review(world.ports(), reporter.case_id)); }

  World world;
  Reporter reporter = world.File();
  base::StaffSlug assignee = world.AssigneeOf(reporter);
  std::optional<format::EpochKey> team_key;
};

}  // namespace alcove::world
