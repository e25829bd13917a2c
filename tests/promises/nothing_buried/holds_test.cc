// A legal hold outranks everything that would make something go (promise P5): one person places it, two lift it.
#include "tests/promises/nothing_buried/scene.h"

namespace alcove::world {
namespace {

constexpr int kWait = 8;

class P5_LegalHold : public Buried {
 protected:
  std::vector<approvals::Terms> Outranked() {
    return {Deletes(), Of(ApprovalKind::kRedact, format::Text(entry)), Shortens(60)};
  }
  void SetUp() override {
    Read();
    entry = TeamWrites();
    Close();
  }

  base::EntryId entry;
};

TEST_F(P5_LegalHold, WhileItStandsNothingIsAskedForApprovedOrCarriedOut) {
  for (const approvals::Terms& terms : Outranked()) {
    SCOPED_TRACE(std::string(format::Name(terms.kind)));
    const auto moment = world.rows.Keep();
    const base::Instant now = world.clock.now;
    const base::ApprovalId asked = Asked(terms), half = Asked(terms, {"carl"}), whole = Asked(terms, {"carl", "cora"});
    ASSERT_EQ(Hold(), std::nullopt);
    EXPECT_EQ(Why(WhoDecides(terms)), Reason::kLegalHold);
    EXPECT_EQ(Decide("carl", asked), Reason::kLegalHold);
    EXPECT_EQ(Decide("cora", half), Reason::kLegalHold);
    PassDays(kWait);
    EXPECT_EQ(Execute(whole), Reason::kLegalHold) << "placed while the days went by";
    EXPECT_FALSE((*cases::DoomOf(world.rows, reporter.case_id)).has_value());
    EXPECT_FALSE(Record().shortened);
    EXPECT_EQ(Decide("cleo", asked, Decision::kRefuse), Reason::kApprovalRefused) << "ran out";
    world.rows.Return(*moment);
    world.clock.now = now;
    const base::ApprovalId same = Asked(terms, {"carl", "cora"});
    PassDays(kWait);
    EXPECT_EQ(Execute(same), std::nullopt) << "control: without a hold it is carried out";
    world.rows.Return(*moment);
    world.clock.now = now;
  }
}

TEST_F(P5_LegalHold, RefusingAndWithdrawingArePossibleAllTheSame) {
  const base::ApprovalId one = Asked(Deletes()), other = Asked(Deletes(), {"carl", "cora"});
  ASSERT_EQ(Hold(), std::nullopt);
  EXPECT_EQ(Decide("carl", one, Decision::kRefuse), std::nullopt);
  EXPECT_EQ(Cancel("cora", other), std::nullopt);
}

TEST_F(P5_LegalHold, EvenADayBeforeTheActItIsInTime) {
  const base::ApprovalId id = Asked(Deletes(), {"carl", "cora"});
  PassDays(kWait);
  const auto moment = world.rows.Keep();
  ASSERT_EQ(Hold(), std::nullopt);
  EXPECT_EQ(Execute(id), Reason::kLegalHold);
  world.rows.Return(*moment);
  EXPECT_EQ(Execute(id), std::nullopt) << "control";
}

// Both were decided on the same rows; whoever comes second is decided anew on what is there then.
TEST_F(P5_LegalHold, InARaceWithTheActEitherComesFirstAndNothingIsLost) {
  const base::ApprovalId id = Asked(Deletes(), {"carl", "cora"});
  PassDays(kWait);
  const auto moment = world.rows.Keep();
  {
    auto act = Executing(id);
    auto hold = Holding(asker);
    ASSERT_TRUE(act.ok() && hold.ok());
    ASSERT_TRUE(world.Carry(std::move(hold)).ok());
    EXPECT_EQ(Why(world.Carry(std::move(act))), Reason::kContended) << "decided before the hold";
    EXPECT_EQ(Execute(id), Reason::kLegalHold);
    EXPECT_FALSE(IsDoomed());
  }
  world.rows.Return(*moment);
  {
    auto hold = Holding(asker);
    auto act = Executing(id);
    ASSERT_TRUE(world.Carry(std::move(act)).ok());
    ASSERT_TRUE(IsDoomed());
    EXPECT_EQ(Why(world.Carry(std::move(hold))), Reason::kContended);
    EXPECT_EQ(Hold(), std::nullopt) << "decided anew it keeps the case";
    EXPECT_FALSE(IsDoomed());
  }
  // A committer that looks at no expectation lets both stand.
  world.rows.Return(*moment);
  auto act = Executing(id);
  auto hold = Holding(asker);
  world.rows.BeCareless(true);
  ASSERT_TRUE(world.Carry(std::move(hold)).ok());
  ASSERT_TRUE(world.Carry(std::move(act)).ok());
  EXPECT_TRUE(IsDoomed()) << "control";
  world.rows.BeCareless(false);
}

TEST_F(P5_LegalHold, PlacedBeforeTheShreddingItBringsTheCaseBack) {
  const base::ApprovalId id = Asked(Deletes(), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  ASSERT_FALSE(TeamReads()) << "control";
  for (const char* slug : {"carl", "ada", "otto", "erik"})
    EXPECT_EQ(Why(world.Carry(Holding(Slug(slug)))), Reason::kNothingHere) << slug;
  EXPECT_EQ(Why(world.Carry(Holding(asker, "because"))), Reason::kCodeUnknown);
  ASSERT_TRUE(IsDoomed()) << "nothing that was refused brought it back";
  EXPECT_EQ(Hold(), std::nullopt);
  EXPECT_TRUE(TeamReads());
  EXPECT_FALSE(Mailbox().gone);
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kHoldPlaced, LeafKind::kCaseKept}));
}

TEST_F(P5_LegalHold, PlacedBeforeTheShreddingItBringsTheEntryBack) {
  const auto size = [&] { return cases::ListMessages(world.ports(), reporter.mailbox, {})->entries.at(1).envelope.size(); };
  const std::size_t before = size();
  const base::ApprovalId id = Asked(Of(ApprovalKind::kRedact, format::Text(entry)), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  ASSERT_LT(size(), before) << "control";
  EXPECT_EQ(Hold(), std::nullopt);
  EXPECT_EQ(size(), before);
}

TEST_F(P5_LegalHold, OnePersonPlacesItAndTheReporterSeesIt) {
  EXPECT_EQ(Hold("regulator_request"), std::nullopt);
  EXPECT_EQ(LastLeaves(1), std::vector{LeafKind::kHoldPlaced});
  ASSERT_EQ(Mailbox().holds.size(), 1u);
  EXPECT_EQ(Mailbox().holds[0], (cases::Hold{"regulator_request", world.clock.Today()}));
  // Again it is the same hold, and another reason another.
  const std::uint64_t leaves = world.rows.leaves();
  PassDays(1);
  EXPECT_EQ(Hold("regulator_request"), std::nullopt);
  EXPECT_EQ(world.rows.leaves(), leaves);
  EXPECT_EQ(Mailbox().holds[0].since, world.clock.Today().PlusDays(-1));
  EXPECT_EQ(Hold("litigation"), std::nullopt);
  EXPECT_EQ(Mailbox().holds.size(), 2u);
}

TEST_F(P5_LegalHold, ItIsLiftedByTwoAfterAWeekAndEachReasonForItself) {
  ASSERT_EQ(Hold("litigation"), std::nullopt);
  ASSERT_EQ(Hold("regulator_request"), std::nullopt);
  const base::ApprovalId id = Asked(Of(ApprovalKind::kLiftHold, "litigation"), {"carl", "cora"});
  EXPECT_EQ(Execute(id), Reason::kCoolingOff);
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kApprovalExecuted, LeafKind::kHoldLifted}));
  ASSERT_EQ(Record().holds.size(), 1u);
  EXPECT_EQ(Why(WhoDecides(Deletes())), Reason::kLegalHold) << "the other stands";
  const base::ApprovalId other = Asked(Of(ApprovalKind::kLiftHold, "regulator_request"), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_EQ(Execute(other), std::nullopt);
  EXPECT_TRUE(WhoDecides(Deletes()).ok()) << "control";
}

TEST_F(P5_LegalHold, PausingACaseForAnExternalChargePlacesIt) {
  const auto move = [&](const std::string& reason) {
    Put([](cases::Case& record) {
      record.state = cases::State::kTriage;
      record.closing_reason.clear();
      record.marks.closed.reset();
    });
    return Why(world.Carry(cases::ChangeCaseState(world.ports(), asker, reporter.case_id,
                                                  cases::EtagOf(world.ports(), Record()), world.RequestId(),
                                                  cases::State::kOnHold, reason)));
  };
  EXPECT_EQ(move("awaiting_evidence"), std::nullopt);
  EXPECT_TRUE(Record().holds.empty()) << "control";
  EXPECT_EQ(move("external_charge"), std::nullopt);
  ASSERT_EQ(Record().holds.size(), 1u);
  EXPECT_EQ(Record().holds[0].reason, "external_charge");
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kStateChanged, LeafKind::kHoldPlaced}));
  EXPECT_EQ(Why(WhoDecides(Deletes())), Reason::kLegalHold);
}

TEST_F(P5_LegalHold, WhoDoesNotReadTheCasePlacesNoneAndHearsWhatOneHearsOfNoCase) {
  const base::CaseId absent = format::DrawId<base::CaseId>(world.random);
  for (const char* slug : {"carl", "ada", "otto", "erik", "fay", "pia"}) {
    std::vector<std::uint64_t> reads;
    for (const base::CaseId& id : {reporter.case_id, absent}) {
      const std::uint64_t before = world.rows.reads();
      EXPECT_EQ(Why(cases::PlaceHold(world.ports(), Slug(slug), id, world.RequestId(), "litigation")), Reason::kNothingHere);
      reads.push_back(world.rows.reads() - before);
    }
    EXPECT_EQ(reads[0], reads[1]) << slug;
  }
}

}  // namespace
}  // namespace alcove::world
