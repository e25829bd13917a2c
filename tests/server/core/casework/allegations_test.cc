// Allegations and findings: what is asked of them, and that the reporter sees nothing of it.
#include "tests/server/core/casework/scene.h"

namespace alcove::world {
namespace {

using Allegations = CaseUnderWay;

TEST_F(Allegations, CodeAndWordsArriveTogetherAndTheReporterSeesNeither) {
  const auto before = cases::GetMailbox(world.ports(), reporter.mailbox);
  const auto id = format::DrawId<base::AllegationId>(world.random);
  const auto written = Allege(id);
  ASSERT_TRUE(written.ok()) << written.status();
  EXPECT_EQ(written->entry->head, Record().team.head);
  EXPECT_THAT(HiddenKinds(), testing::ElementsAre(LeafKind::kEntryAppended, LeafKind::kAllegationCreated));
  const auto after = cases::GetMailbox(world.ports(), reporter.mailbox);
  EXPECT_EQ(after->leaf_head, before->leaf_head);
  EXPECT_EQ(after->leaf_count, before->leaf_count);
  EXPECT_EQ(after->etag, before->etag);
  const auto detail = world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id));
  ASSERT_EQ(detail->allegations.size(), 1u);
  EXPECT_EQ(detail->allegations[0].category, "bullying");
  EXPECT_EQ(detail->allegations[0].etag, written->etag);
}

TEST_F(Allegations, ARepetitionIsAnsweredAndOtherBytesAreRefused) {
  const casework::NewAllegation allegation{format::DrawId<base::AllegationId>(world.random), "bullying"};
  const std::string request_id = world.RequestId();
  const Draft words = Words(EntryKind::kAllegation);
  const auto create = [&](const casework::NewAllegation& what, const Draft& how) {
    return world.Carry(
        casework::CreateAllegation(world.ports(), assignee, reporter.case_id, request_id, what, how.entry()));
  };
  const auto first = create(allegation, words);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::uint64_t leaves = world.rows.leaves();
  const auto second = create(allegation, words);
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->etag, first->etag);
  EXPECT_EQ(second->entry->head, first->entry->head);
  EXPECT_EQ(world.rows.leaves(), leaves);
  EXPECT_EQ(Why(create({allegation.id, "retaliation"}, words)), Reason::kRequestIdReused);
  EXPECT_EQ(Why(create(allegation, Words(EntryKind::kAllegation))), Reason::kRequestIdReused);
}

TEST_F(Allegations, AnUnknownCodeATakenIdAndAZeroIdAreRefusedAndNothingIsKept) {
  const base::AllegationId id = Alleged();
  const std::size_t rows = world.rows.size();
  EXPECT_EQ(Why(Allege(format::DrawId<base::AllegationId>(world.random), "no_such")), Reason::kCodeUnknown);
  EXPECT_EQ(Why(Allege(format::DrawId<base::AllegationId>(world.random), "substantiated")), Reason::kCodeUnknown)
      << "a code of another list";
  EXPECT_EQ(Why(Allege(id)), Reason::kFieldInvalid);
  EXPECT_EQ(Why(Allege({})), Reason::kFieldInvalid);
  EXPECT_EQ(world.rows.size(), rows);
  EXPECT_TRUE(Allege(format::DrawId<base::AllegationId>(world.random)).ok()) << "control";
}

TEST_F(Allegations, WordsOfAnotherKindOrInAnotherKeyringDoNotDo) {
  const auto create = [&](const Draft& draft) {
    return Why(world.Carry(casework::CreateAllegation(world.ports(), assignee, reporter.case_id, world.RequestId(),
                                                      {format::DrawId<base::AllegationId>(world.random), "bullying"},
                                                      draft.entry())));
  };
  EXPECT_EQ(create(Words(EntryKind::kNote)), Reason::kKindRefused);
  EXPECT_EQ(create(Words(EntryKind::kFinding)), Reason::kKindRefused);
  const auto keys = world.Open(assignee, reporter.case_id, Keyring::kThread);
  EXPECT_EQ(create(world.Write(Keyring::kThread, EntryKind::kAllegation, reporter.case_id,
                               world.machines.at(assignee.text())[0].signing, keys[0])),
            Reason::kKindRefused);
  Mischief forged;
  forged.signer = &world.machines.at("ada")[0].signing;
  EXPECT_EQ(create(Words(EntryKind::kAllegation, forged)), Reason::kEnvelopeInvalid);
  EXPECT_EQ(create(Words(EntryKind::kAllegation)), std::nullopt) << "control";
}

TEST_F(Allegations, AppendEntryTakesNoneOfTheseKinds) {
  for (const EntryKind kind : {EntryKind::kAllegation, EntryKind::kFinding, EntryKind::kMeasure}) {
    for (const State state : {State::kTriage, State::kInvestigating, State::kDecided}) {
      PutState(state);
      EXPECT_EQ(Why(world.Append(assignee, reporter.case_id, Words(kind), world.RequestId())), Reason::kKindRefused);
    }
  }
  EXPECT_TRUE(world.Append(assignee, reporter.case_id, Words(EntryKind::kNote), world.RequestId()).ok()) << "control";
}

TEST_F(Allegations, WhatIsAllegedIsSettledOnceItIsDecided) {
  for (int number = 1; number <= format::kCaseStates; ++number) {
    const auto state = static_cast<State>(number);
    PutState(state);
    const bool settled = state == State::kDecided || state == State::kMeasuresRunning || state == State::kMonitoring ||
                         state == State::kClosed;
    EXPECT_EQ(Why(Allege(format::DrawId<base::AllegationId>(world.random))),
              settled ? std::optional(Reason::kKindRefused) : std::nullopt)
        << NameOf(state);
  }
}

TEST_F(Allegations, NoCaseHasMoreThanItMay) {
  for (std::size_t i = 0; i < casework::kMostAllegations; ++i) {
    cases::Allegation row;
    row.case_id = reporter.case_id;
    row.id = format::DrawId<base::AllegationId>(world.random);
    row.category = "bullying";
    world.rows.Put(row);
  }
  EXPECT_EQ(Why(Allege(format::DrawId<base::AllegationId>(world.random))), Reason::kQuotaExceeded);
}

class Findings : public CaseUnderWay {
 protected:
  void SetUp() override {
    CaseUnderWay::SetUp();
    allegation = Alleged();
    PutState(State::kInvestigating);
  }
  base::AllegationId allegation;
};

TEST_F(Findings, NoFindingWithoutAnAssessmentOfTheRiskAtOutcome) {
  for (const int others : {0b00000, 0b00111, 0b10111}) {
    Assess(static_cast<std::uint8_t>(others));
    EXPECT_EQ(Why(Find(allegation, "substantiated")), Reason::kAssessmentMissing) << others;
  }
  EXPECT_EQ(FindingOf(allegation), "");
  Assess();
  EXPECT_TRUE(Find(allegation, "substantiated").ok());
  EXPECT_EQ(FindingOf(allegation), "substantiated");
  EXPECT_EQ(HiddenKinds().back(), LeafKind::kFindingSet);
}

TEST_F(Findings, EveryFindingInEveryStateFirstAndAnew) {
  Assess();
  const std::vector<std::string> codes = {"substantiated", "partially_substantiated", "unsubstantiated", "unfounded",
                                          "inconclusive",  "not_investigated",        "knowingly_false"};
  const auto start = world.rows.Keep();
  for (int number = 1; number <= format::kCaseStates; ++number) {
    const auto state = static_cast<State>(number);
    for (const std::string& code : codes) {
      for (const bool first : {true, false}) {
        SCOPED_TRACE(std::string(NameOf(state)) + " " + code + (first ? " first" : " anew"));
        world.rows.Return(*start);
        if (!first) {
          cases::Allegation row = (*world.rows.Get<cases::Allegation>(base::RowKey(reporter.case_id, allegation)))->record;
          row.finding = "inconclusive";
          world.rows.Put(row);
        }
        PutState(state);
        const bool finding = state == State::kInvestigating || state == State::kFindingsReview || state == State::kDecided;
        const bool later = state == State::kMeasuresRunning || state == State::kMonitoring;
        const bool elsewhere = state == State::kReferred || state == State::kOutOfScope;
        std::optional<Reason> expected = Reason::kKindRefused;
        if (finding || (later && !first) || (elsewhere && code == "not_investigated")) expected.reset();
        if (code == "knowingly_false") expected = Reason::kApprovalNotGranted;
        EXPECT_EQ(Why(Find(allegation, code)), expected);
        EXPECT_EQ(FindingOf(allegation), expected ? (first ? "" : "inconclusive") : code);
      }
    }
  }
}

TEST_F(Findings, AStaleEtagAnUnknownCodeAndAnAllegationOfAnotherCaseAreRefused) {
  Assess();
  const std::string etag = EtagOf(allegation);
  ASSERT_TRUE(Find(allegation, "unfounded").ok());
  const Draft words = Words(EntryKind::kFinding);
  EXPECT_EQ(Why(world.Carry(casework::SetFinding(world.ports(), assignee, reporter.case_id, allegation, etag,
                                                 world.RequestId(), "substantiated", words.entry()))),
            Reason::kEtagStale);
  EXPECT_EQ(Why(Find(allegation, "guilty")), Reason::kCodeUnknown);
  EXPECT_EQ(Why(Find(format::DrawId<base::AllegationId>(world.random), "unfounded")), Reason::kNothingHere);
  EXPECT_EQ(FindingOf(allegation), "unfounded");
  ASSERT_TRUE(Find(allegation, "substantiated").ok()) << "a finding may be changed";
  EXPECT_EQ(Count(LeafKind::kFindingSet), 2u) << "and each is a leaf";
}

TEST_F(Findings, TwoWhoDecideAtOnceDoNotBothWrite) {
  Assess();
  const auto decide = [&](const std::string& code, const Draft& words) {
    return casework::SetFinding(world.ports(), assignee, reporter.case_id, allegation, EtagOf(allegation),
                                world.RequestId(), code, words.entry());
  };
  const Draft one = Words(EntryKind::kFinding), two = Words(EntryKind::kFinding);
  auto first = decide("unfounded", one);
  auto second = decide("substantiated", two);
  ASSERT_TRUE(first.ok() && second.ok());
  ASSERT_TRUE(world.Carry(std::move(first)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(second))), Reason::kContended);
}

}  // namespace
}  // namespace alcove::world
