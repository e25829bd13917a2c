// What a case must have before it moves on.
#include "server/core/cases/states.h"
#include "tests/server/core/casework/scene.h"

namespace alcove::world {
namespace {

class MovingOn : public CaseUnderWay {
 protected:
  void SetUp() override {
    CaseUnderWay::SetUp();
    Assess(0b11111);
  }
  std::optional<Reason> Move(State from, State to) {
    PutState(from);
    const auto start = world.rows.Keep();
    const auto moved = world.Carry(
        cases::ChangeCaseState(world.ports(), assignee, reporter.case_id, Etag(), world.RequestId(), to, ""));
    world.rows.Return(*start);
    return Why(moved);
  }
};

TEST_F(MovingOn, NothingIsDecidedWithoutAFindingForEveryAllegation) {
  EXPECT_EQ(Move(State::kFindingsReview, State::kDecided), Reason::kFindingMissing) << "no allegation at all";
  const base::AllegationId one = Alleged(), two = Alleged();
  EXPECT_EQ(Move(State::kFindingsReview, State::kDecided), Reason::kFindingMissing);
  PutState(State::kInvestigating);
  ASSERT_TRUE(Find(one, "substantiated").ok());
  EXPECT_EQ(Move(State::kFindingsReview, State::kDecided), Reason::kFindingMissing) << "one of two";
  PutState(State::kFindingsReview);
  ASSERT_TRUE(Find(two, "unsubstantiated").ok());
  EXPECT_EQ(Move(State::kFindingsReview, State::kDecided), std::nullopt);
}

TEST_F(MovingOn, MeasuresRunOnlyWhereThereIsOneAndMonitoringWaitsForAll) {
  EXPECT_EQ(Move(State::kDecided, State::kMeasuresRunning), Reason::kMeasuresOpen) << "none to run";
  EXPECT_EQ(Move(State::kDecided, State::kMonitoring), std::nullopt);
  const base::MeasureId one = Ordered(NoContact()), two = Ordered(NoContact());
  EXPECT_EQ(Move(State::kDecided, State::kMeasuresRunning), std::nullopt);
  EXPECT_EQ(Move(State::kDecided, State::kMonitoring), Reason::kMeasuresOpen);
  ASSERT_TRUE(Step(one, MeasureState::kDone).ok());
  EXPECT_EQ(Move(State::kMeasuresRunning, State::kMonitoring), Reason::kMeasuresOpen) << "one of two";
  ASSERT_TRUE(Step(two, MeasureState::kRunning).ok());
  EXPECT_EQ(Move(State::kMeasuresRunning, State::kMonitoring), Reason::kMeasuresOpen);
  ASSERT_TRUE(Step(two, MeasureState::kCancelled).ok());
  EXPECT_EQ(Move(State::kMeasuresRunning, State::kMonitoring), std::nullopt);
  EXPECT_EQ(Move(State::kMonitoring, State::kMeasuresRunning), Reason::kMeasuresOpen) << "nothing left to run";
}

TEST_F(MovingOn, ACaseWithOpenMeasuresIsNotClosed) {
  // Everything else that closing takes is there; who closes is not this test's question.
  cases::Case record = Record();
  record.notified = true;
  record.assessed = 0b11111;
  world.rows.Put(std::move(record));
  const auto close = [&] {
    return Why(cases::CheckReady(world.ports(), Record(), *cases::FindMove(State::kDecided, State::kClosed), "finding_made"));
  };
  EXPECT_EQ(close(), std::nullopt);
  const base::MeasureId measure = Ordered(NoContact());
  EXPECT_EQ(close(), Reason::kMeasuresOpen);
  ASSERT_TRUE(Step(measure, MeasureState::kRunning).ok());
  EXPECT_EQ(close(), Reason::kMeasuresOpen);
  ASSERT_TRUE(Step(measure, MeasureState::kDone).ok());
  EXPECT_EQ(close(), std::nullopt);
}

TEST_F(MovingOn, AMoveAndAMeasureAtOnceDoNotBothHappen) {
  PutState(State::kDecided);
  auto move = cases::ChangeCaseState(world.ports(), assignee, reporter.case_id, Etag(), world.RequestId(),
                                     State::kMonitoring, "");
  ASSERT_TRUE(move.ok()) << move.status();
  Ordered(NoContact());
  EXPECT_EQ(Why(world.Carry(std::move(move))), Reason::kContended);
}

}  // namespace
}  // namespace alcove::world
