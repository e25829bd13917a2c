// Nothing is buried by one person (promise P5): whatever deletes, takes away, closes unread, shortens, lifts a hold or calls a
// report knowingly false takes two people without a part in it and a week, in which it can be stopped.
#include "tests/promises/nothing_buried/scene.h"

namespace alcove::world {
namespace {

constexpr int kWait = 8;  // the day of the last approval, and seven whole days

// Every kind that buries, on a case on which it fits.
struct Kind {
  ApprovalKind kind;
  std::string name;
};

class P5_NothingBuried : public Buried {
 protected:
  // Makes the case such that the kind can be asked for, and says what to ask.
  approvals::Terms Fit(ApprovalKind kind) {
    switch (kind) {
      case ApprovalKind::kDelete: return Deletes();
      case ApprovalKind::kRedact: return Of(kind, format::Text(TeamWrites()));
      case ApprovalKind::kCloseUnread:
        Put([](cases::Case& record) {
          record.state = cases::State::kDecided;
          record.notified = true;
          record.assessed = 0b11111;
        });
        ReporterWrites();
        return Of(kind, "finding_made");
      case ApprovalKind::kShorten: Close(); return Shortens(60);
      case ApprovalKind::kFalseReport: return Of(kind, format::Text(Alleged()));
      case ApprovalKind::kLiftHold: EXPECT_EQ(Hold(), std::nullopt); return Of(kind, "litigation");
      default: ADD_FAILURE() << "no kind that buries"; return {};
    }
  }
  bool Happened(ApprovalKind kind) {
    switch (kind) {
      case ApprovalKind::kDelete: return IsDoomed();
      case ApprovalKind::kRedact: return (*cases::DoomOf(world.rows, reporter.case_id)).has_value();
      case ApprovalKind::kCloseUnread: return Record().state == cases::State::kClosed;
      case ApprovalKind::kShorten: return Record().shortened.has_value();
      case ApprovalKind::kLiftHold: return Record().holds.empty();
      case ApprovalKind::kFalseReport: {
        bool may = false;
        EXPECT_TRUE(world.rows.Scan<cases::Allegation>(base::RowKey(reporter.case_id), "", SIZE_MAX,
                                                       [&](base::Versioned<cases::Allegation> row) {
                                                         may = may || row.record.false_until.has_value();
                                                         return true;
                                                       }).ok());
        return may;
      }
      default: return false;
    }
  }
  // Each kind in a world of its own moment, so that one does not stand in the other's way.
  void ForEach(const std::function<void(ApprovalKind)>& test) {
    const auto moment = world.rows.Keep();
    const base::Instant now = world.clock.now;
    for (const ApprovalKind kind : {ApprovalKind::kDelete, ApprovalKind::kRedact, ApprovalKind::kCloseUnread,
                                    ApprovalKind::kShorten, ApprovalKind::kFalseReport, ApprovalKind::kLiftHold}) {
      SCOPED_TRACE(std::string(format::Name(kind)));
      test(kind);
      world.rows.Return(*moment);
      world.clock.now = now;
    }
  }
};

TEST_F(P5_NothingBuried, ItTakesTwoOthersAndSevenWholeDaysAndThenItHappens) {
  ForEach([&](ApprovalKind kind) {
    const base::ApprovalId id = Asked(Fit(kind));
    EXPECT_EQ(View(id).needed, 2u);
    EXPECT_EQ(Execute(id), Reason::kApprovalNotGranted) << "nobody approved";
    EXPECT_EQ(Decide("carl", id), std::nullopt);
    EXPECT_EQ(Execute(id), Reason::kApprovalNotGranted) << "one person is not enough";
    PassDays(1);
    EXPECT_EQ(Decide("cora", id), std::nullopt);
    EXPECT_EQ(StateOf(id), State::kApproved);
    EXPECT_EQ(View(id).ready, world.clock.Today().PlusDays(kWait)) << "counted from the second";
    for (int day = 0; day < kWait; ++day) {
      EXPECT_EQ(Execute(id), Reason::kCoolingOff) << day;
      EXPECT_FALSE(Happened(kind)) << day;
      PassDays(1);
    }
    EXPECT_EQ(Execute(id), std::nullopt);
    EXPECT_TRUE(Happened(kind));
  });
}

TEST_F(P5_NothingBuried, TheLastSecondOfTheSeventhDayIsTooEarlyAndTheNextIsNot) {
  ForEach([&](ApprovalKind kind) {
    world.clock.now = base::StartOf(world.clock.Today());
    const base::ApprovalId id = Asked(Fit(kind), {"carl", "cora"});
    world.clock.now = base::StartOf(world.clock.Today().PlusDays(kWait)) - std::chrono::seconds(1);
    EXPECT_EQ(Execute(id), Reason::kCoolingOff);
    world.clock.now += std::chrono::seconds(1);
    EXPECT_EQ(Execute(id), std::nullopt) << "control";
  });
}

TEST_F(P5_NothingBuried, TheTimeToCarryItOutCountsFromWhenItCouldBeAndThenRunsOut) {
  ForEach([&](ApprovalKind kind) {
    const base::ApprovalId id = Asked(Fit(kind));
    PassDays(6);
    EXPECT_EQ(Decide("carl", id), std::nullopt);
    EXPECT_EQ(Decide("cora", id), std::nullopt) << "on the last day but one, so the seven days of asking end in the wait";
    PassDays(kWait + 6);
    EXPECT_EQ(StateOf(id), State::kApproved);
    const auto moment = world.rows.Keep();
    EXPECT_EQ(Execute(id), std::nullopt) << "control";
    world.rows.Return(*moment);
    PassDays(1);
    EXPECT_EQ(StateOf(id), State::kExpired);
    EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
    EXPECT_FALSE(Happened(kind));
  });
}

TEST_F(P5_NothingBuried, WhatTooFewApprovedRunsOutAfterSevenDaysOfAsking) {
  const base::ApprovalId id = Asked(Deletes(), {"carl"});
  PassDays(7);
  EXPECT_EQ(StateOf(id), State::kOpen) << "control";
  world.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(StateOf(id), State::kExpired);
  EXPECT_EQ(Decide("cora", id), Reason::kApprovalRefused);
}

TEST_F(P5_NothingBuried, TheSamePersonTwiceIsOnePerson) {
  ForEach([&](ApprovalKind kind) {
    const base::ApprovalId id = Asked(Fit(kind), {"carl"});
    EXPECT_EQ(Decide("carl", id), Reason::kApprovalRefused);
    PassDays(kWait);
    EXPECT_NE(Execute(id), std::nullopt);
    EXPECT_FALSE(Happened(kind));
  });
}

TEST_F(P5_NothingBuried, TheSamePersonByAnotherAccountIsOnePerson) {
  world.Sync({{.number = "CARL", .also = {"CLEO"}}, {.number = "CORA"}, {.number = "AMIRA"}});
  const base::ApprovalId id = Asked(Deletes(), {"carl"});
  EXPECT_EQ(Decide("cleo", id), Reason::kApprovalRefused) << "cleo is carl";
  EXPECT_EQ(Decide("cora", id), std::nullopt) << "control";
  EXPECT_EQ(StateOf(id), State::kApproved);
  // Two who turn out to be one count once.
  const base::ApprovalId other = Asked(Deletes(), {"carl", "cora"});
  ASSERT_EQ(StateOf(other), State::kApproved) << "control";
  world.Sync({{.number = "CARL", .also = {"CORA"}}, {.number = "CLEO"}, {.number = "AMIRA"}});
  EXPECT_EQ(StateOf(other), State::kOpen);
}

TEST_F(P5_NothingBuried, WhoAsksNeverDecidesNotEvenByAnotherAccount) {
  std::string number = asker.text();
  std::transform(number.begin(), number.end(), number.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  world.Sync({{.number = number, .also = {"CARL"}}, {.number = "CLEO"}, {.number = "CORA"}});
  const auto who = WhoDecides(Deletes());
  ASSERT_TRUE(who.ok()) << who.status();
  for (const approvals::Decider& decider : who->deciders) EXPECT_NE(decider.staff.text(), "carl");
  EXPECT_EQ(who->deciders.size(), 2u) << "control";
}

TEST_F(P5_NothingBuried, WhoCameIntoConflictOrLeftNoLongerCounts) {
  ForEach([&](ApprovalKind kind) {
    const base::ApprovalId id = Asked(Fit(kind), {"carl", "cora"});
    Put([](cases::Case& record) { record.wall.recused.push_back(Slug("cora")); });
    EXPECT_EQ(StateOf(id), State::kOpen);
    PassDays(kWait);
    EXPECT_EQ(Execute(id), Reason::kApprovalNotGranted);
    EXPECT_FALSE(Happened(kind));
    // Somebody else may approve in their place, and the week begins anew.
    EXPECT_EQ(Decide("cleo", id), std::nullopt);
    EXPECT_EQ(Execute(id), Reason::kCoolingOff);
    PassDays(kWait);
    EXPECT_EQ(Execute(id), std::nullopt) << "control";
  });
}

TEST_F(P5_NothingBuried, WhoLeftTheDirectoryNoLongerCounts) {
  const base::ApprovalId id = Asked(Deletes(), {"carl", "cora"});
  ASSERT_EQ(StateOf(id), State::kApproved) << "control";
  world.PublishDirectory([](format::Directory& directory) {
    std::erase_if(directory.people, [](const format::Person& person) { return person.slug == "cora"; });
  });
  PassDays(kWait);
  EXPECT_EQ(StateOf(id), State::kOpen);
  EXPECT_EQ(Execute(id), Reason::kApprovalNotGranted);
  EXPECT_FALSE(IsDoomed());
}

TEST_F(P5_NothingBuried, WhileTheDaysGoByWhoAskedAndEitherWhoApprovedStopsIt) {
  for (const std::string& who : {std::string("carl"), std::string("cora"), asker.text()}) {
    ForEach([&](ApprovalKind kind) {
      const base::ApprovalId id = Asked(Fit(kind), {"carl", "cora"});
      PassDays(kWait - 1);
      EXPECT_EQ(Cancel("cleo", id), Reason::kApprovalRefused) << "who neither asked nor approved";
      EXPECT_EQ(Cancel(who, id), std::nullopt) << who;
      EXPECT_EQ(StateOf(id), State::kCancelled);
      EXPECT_EQ(View(id).approval.cancelled_by.text(), who);
      EXPECT_EQ(LastLeaves(1), std::vector{LeafKind::kApprovalCancelled}) << "the reporter sees who";
      PassDays(2);
      EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
      EXPECT_FALSE(Happened(kind));
    });
  }
}

TEST_F(P5_NothingBuried, OneRefusalEndsItAndWhatWasCarriedOutIsNotTakenBack) {
  ForEach([&](ApprovalKind kind) {
    const approvals::Terms terms = Fit(kind);
    const base::ApprovalId id = Asked(terms, {"carl"});
    EXPECT_EQ(Decide("cora", id, Decision::kRefuse), std::nullopt);
    PassDays(kWait);
    EXPECT_EQ(Execute(id), Reason::kApprovalRefused);
    EXPECT_FALSE(Happened(kind));
  });
  const base::ApprovalId id = Asked(Of(ApprovalKind::kFalseReport, format::Text(Alleged())), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  EXPECT_EQ(Cancel("carl", id), Reason::kApprovalRefused);
  EXPECT_EQ(Execute(id), Reason::kApprovalRefused) << "once";
}

// Every way in which two people, the days and the hold can come in order; at each end the only one that buried is the right one.
TEST_F(P5_NothingBuried, InEveryOrderOfStepsNothingGoesWithoutTwoApprovalsAWeekAndNoHold) {
  enum Step { kCarl, kCora, kWeek, kHeld, kStop, kSteps };
  const base::ApprovalId id = Asked(Deletes());
  const auto start = world.rows.Keep();
  const base::Instant now = world.clock.now;
  std::size_t went = 0, tried = 0;
  std::vector<int> order = {kCarl, kCora, kWeek, kHeld, kStop};
  do {
    // Every prefix of every order.
    for (std::size_t length = 0; length <= order.size(); ++length) {
      world.rows.Return(*start);
      world.clock.now = now;
      bool carl = false, cora = false, held = false, stopped = false;
      std::optional<base::Day> second;
      for (std::size_t i = 0; i < length; ++i) {
        switch (order[i]) {
          case kCarl:
            carl = Decide("carl", id) == std::nullopt;
            if (carl && cora) second = world.clock.Today();
            break;
          case kCora:
            cora = Decide("cora", id) == std::nullopt;
            if (carl && cora) second = world.clock.Today();
            break;
          case kWeek: PassDays(kWait); break;
          case kHeld: held = Hold() == std::nullopt; break;
          case kStop: stopped = Cancel(asker.text(), id) == std::nullopt; break;
          default: break;
        }
      }
      const bool should = second && world.clock.Today() >= second->PlusDays(kWait) && !held && !stopped;
      const bool did = Execute(id) == std::nullopt;
      EXPECT_EQ(did, should) << testing::PrintToString(order) << " " << length;
      EXPECT_EQ(IsDoomed(), should) << testing::PrintToString(order) << " " << length;
      went += did;
      ++tried;
    }
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(tried, 720u);
  EXPECT_GT(went, 0u) << "control";
}

TEST_F(P5_NothingBuried, FromThenOnTheCaseIsAsIfItHadNeverBeenAndTheMailboxSaysWhatHappened) {
  const base::ApprovalId id = Asked(Deletes(), {"carl", "cora"});
  PassDays(kWait);
  ASSERT_TRUE(TeamReads()) << "control";
  ASSERT_EQ(Execute(id), std::nullopt);
  const base::CaseId absent = format::DrawId<base::CaseId>(world.random);
  for (const base::CaseId& one : {reporter.case_id, absent}) {
    EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), asker, one))), Reason::kNothingHere);
    EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), asker, one, Keyring::kThread))), Reason::kNothingHere);
    EXPECT_EQ(Why(world.Carry(cases::ListEntries(world.ports(), asker, one, Keyring::kThread, {}))), Reason::kNothingHere);
    EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), asker, {one, Deletes(), {}})), Reason::kNothingHere);
  }
  EXPECT_EQ(Why(approvals::GetApproval(world.ports(), Slug("carl"), id)), Reason::kNothingHere);
  EXPECT_TRUE(world.Carry(cases::ListCases(world.ports(), asker, {}))->cases.empty());
  const cases::MailboxView mailbox = Mailbox();
  ASSERT_TRUE(mailbox.gone);
  EXPECT_EQ(mailbox.gone->cause.kind, ApprovalKind::kDelete);
  EXPECT_EQ(mailbox.gone->cause.approval, id);
  EXPECT_EQ(mailbox.gone->cause.day, world.clock.Today());
  EXPECT_EQ(Why(cases::ListMessages(world.ports(), reporter.mailbox, {})), Reason::kNothingHere);
}

TEST_F(P5_NothingBuried, OneEntryGoesAndTheRestStays) {
  const base::EntryId entry = TeamWrites();
  ReporterWrites();
  Read();
  const base::ApprovalId id = Asked(Of(ApprovalKind::kRedact, format::Text(entry)), {"carl", "cora"});
  PassDays(kWait);
  const auto sizes = [&] {
    std::vector<std::size_t> bytes;
    const auto page = cases::ListMessages(world.ports(), reporter.mailbox, {});
    for (const cases::Entry& one : page->entries) bytes.push_back(one.envelope.size());
    return bytes;
  };
  const auto before = sizes();
  ASSERT_EQ(before.size(), 3u);
  ASSERT_EQ(Execute(id), std::nullopt);
  const auto after = sizes();
  ASSERT_EQ(after.size(), 3u);
  EXPECT_EQ(after[0], before[0]);
  EXPECT_LT(after[1], before[1]);
  EXPECT_EQ(after[2], before[2]);
  EXPECT_TRUE(TeamReads());
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kApprovalExecuted, LeafKind::kEntryRedacted}));
  EXPECT_EQ(Why(WhoDecides(Of(ApprovalKind::kRedact, format::Text(entry)))), Reason::kFieldInvalid) << "it went already";
}

TEST_F(P5_NothingBuried, TheReportItselfDoesNotGoAlone) {
  const base::EntryId report = cases::ListMessages(world.ports(), reporter.mailbox, {})->entries.at(0).id;
  EXPECT_EQ(Why(WhoDecides(Of(ApprovalKind::kRedact, format::Text(report)))), Reason::kKindRefused);
  EXPECT_EQ(Why(WhoDecides(Of(ApprovalKind::kRedact, format::Text(format::DrawId<base::EntryId>(world.random))))),
            Reason::kFieldInvalid) << "no entry of this case";
  EXPECT_TRUE(WhoDecides(Of(ApprovalKind::kRedact, format::Text(TeamWrites()))).ok()) << "control";
}

TEST_F(P5_NothingBuried, WhatTheReporterWritesInTheseDaysIsReadFirst) {
  for (const ApprovalKind kind : {ApprovalKind::kDelete, ApprovalKind::kRedact, ApprovalKind::kShorten}) {
    const auto moment = world.rows.Keep();
    const base::Instant now = world.clock.now;
    SCOPED_TRACE(std::string(format::Name(kind)));
    const base::ApprovalId id = Asked(Fit(kind), {"carl", "cora"});
    ReporterWrites();
    PassDays(kWait);
    EXPECT_EQ(Execute(id), Reason::kUnread);
    EXPECT_FALSE(Happened(kind));
    Read();
    EXPECT_EQ(Execute(id), std::nullopt) << "control";
    world.rows.Return(*moment);
    world.clock.now = now;
  }
}

TEST_F(P5_NothingBuried, NobodyClosesWhatIsUnreadWithOneOther) {
  Put([](cases::Case& record) {
    record.state = cases::State::kDecided;
    record.notified = true;
    record.assessed = 0b11111;
  });
  const approvals::Terms closes = Of(ApprovalKind::kCloseCase, "finding_made");
  EXPECT_TRUE(WhoDecides(closes).ok()) << "control";
  const base::ApprovalId id = Asked(closes, {"carl"});
  ReporterWrites();
  EXPECT_EQ(Why(WhoDecides(closes)), Reason::kUnread);
  EXPECT_EQ(Execute(id), Reason::kUnread) << "approved before it was written";
  Read();
  EXPECT_EQ(Execute(id), std::nullopt) << "control";
}

TEST_F(P5_NothingBuried, ACaseThatNobodyEverOpenedIsUnread) {
  const Reporter another = world.File();
  cases::Case record = world.CaseOf(another);
  EXPECT_TRUE(cases::IsUnread(record));
  const base::StaffSlug holder = record.assignee;
  record.state = cases::State::kDecided;
  record.notified = true;
  record.assessed = 0b11111;
  world.rows.Put(std::move(record));
  for (const approvals::Terms& terms : {Of(ApprovalKind::kCloseCase, "finding_made"), Deletes()})
    EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), holder, {another.case_id, terms, {}})), Reason::kUnread);
  EXPECT_TRUE(approvals::WhoDecides(world.ports(), holder, {another.case_id, Of(ApprovalKind::kCloseUnread, "finding_made"), {}}).ok());
}

// To leave out the first page does not make the rest read.
TEST_F(P5_NothingBuried, OnlyWhatWasFetchedFromTheFirstOnIsRead) {
  for (int i = 0; i < 3; ++i) ReporterWrites();
  const auto fetch = [&](const std::string& token, std::uint32_t size) {
    const auto page = world.Carry(cases::ListEntries(world.ports(), asker, reporter.case_id, Keyring::kThread, {size, token}));
    EXPECT_TRUE(page.ok()) << page.status();
    return page.ok() ? page->next_token : std::string();
  };
  const auto unread = [&] { return cases::IsUnread(Record()); };
  EXPECT_TRUE(unread());
  const std::string third = fetch(fetch("", 1), 1);
  EXPECT_TRUE(unread()) << "two of four";
  const std::string fourth = fetch(third, 1);
  EXPECT_TRUE(unread());
  fetch(fourth, 1);
  EXPECT_FALSE(unread()) << "control";
  ReporterWrites();
  ReporterWrites();
  Put([](cases::Case& record) { record.read = 0; });
  fetch(fourth, 5);
  EXPECT_TRUE(unread()) << "the first were left out";
}

TEST_F(P5_NothingBuried, WhatWasWrittenAfterTwoAgreedToCloseUnreadIsNotCovered) {
  const base::ApprovalId id = Asked(Fit(ApprovalKind::kCloseUnread), {"carl", "cora"});
  const auto moment = world.rows.Keep();
  PassDays(kWait);
  EXPECT_EQ(Execute(id), std::nullopt) << "control";
  world.rows.Return(*moment);
  ReporterWrites();
  EXPECT_EQ(Execute(id), Reason::kUnread);
  EXPECT_NE(Record().state, cases::State::kClosed);
}

TEST_F(P5_NothingBuried, OnAClockThatLeaptTheDaysDoNotCount) {
  const auto look = [&] {
    return world.Carry(clocks::Observe(world.rows, world.file.id, world.clock.now, std::chrono::seconds(0), true, world.random))->turn;
  };
  look();
  ForEach([&](ApprovalKind kind) {
    const base::ApprovalId id = Asked(Fit(kind), {"carl", "cora"});
    world.clock.now += std::chrono::hours(24 * kWait);
    EXPECT_EQ(Execute(id), Reason::kClockFrozen) << "before anybody looked";
    EXPECT_EQ(look(), clocks::Turn::kFroze);
    EXPECT_EQ(Execute(id), Reason::kClockFrozen);
    EXPECT_FALSE(Happened(kind));
  });
  // In steps that are none it counts.
  const base::ApprovalId id = Asked(Deletes(), {"carl", "cora"});
  for (int day = 0; day < kWait; ++day) {
    world.clock.now += std::chrono::hours(24);
    ASSERT_EQ(look(), clocks::Turn::kNone);
  }
  EXPECT_EQ(Execute(id), std::nullopt) << "control";
}

TEST_F(P5_NothingBuried, KnowinglyFalseIsSaidOfOneAllegationOnceAndSoon) {
  Put([](cases::Case& record) {
    record.state = cases::State::kInvestigating;
    record.assessed = 0b11111;
  });
  const base::AllegationId one = Alleged(), other = Alleged();
  std::optional<format::EpochKey> key;
  const auto find = [&](const base::AllegationId& id, const std::string& finding) {
    const std::vector<format::Recipient> team = world.RecipientsOf(reporter.case_id, Keyring::kTeam);
    const bool first = Record().team.epochs == 0;
    if (!key) key.emplace(format::EpochKey::Draw(world.random));
    const Draft words = world.Write(Keyring::kTeam, format::EntryKind::kFinding, reporter.case_id,
                                    world.machines.at(asker.text())[0].signing, *key, {}, first ? &team : nullptr,
                                    first ? &*key : nullptr);
    const auto row = *world.rows.Get<cases::Allegation>(base::RowKey(reporter.case_id, id));
    return Why(world.Carry(casework::SetFinding(world.ports(), asker, reporter.case_id, id,
                                                cases::EtagOf(world.ports(), id.view(), row->record.revision),
                                                world.RequestId(), finding, words.entry())));
  };
  EXPECT_EQ(find(one, "unfounded"), std::nullopt) << "control: the first entry brings the key";
  EXPECT_EQ(find(one, "knowingly_false"), Reason::kApprovalNotGranted);
  const base::ApprovalId id = Asked(Of(ApprovalKind::kFalseReport, format::Text(one)), {"carl", "cora"});
  PassDays(kWait);
  EXPECT_EQ(find(one, "knowingly_false"), Reason::kApprovalNotGranted) << "approved and not carried out";
  ASSERT_EQ(Execute(id), std::nullopt);
  EXPECT_EQ(find(other, "knowingly_false"), Reason::kApprovalNotGranted) << "another allegation";
  const auto moment = world.rows.Keep();
  PassDays(approvals::kFalseReportDays);
  EXPECT_EQ(find(one, "knowingly_false"), std::nullopt) << "the last day counts";
  EXPECT_EQ(find(one, "unfounded"), std::nullopt);
  EXPECT_EQ(find(one, "knowingly_false"), Reason::kApprovalNotGranted) << "once";
  world.rows.Return(*moment);
  PassDays(1);
  EXPECT_EQ(find(one, "knowingly_false"), Reason::kApprovalNotGranted) << "too late";
}

TEST_F(P5_NothingBuried, EveryStepIsALeafThatTheReporterSees) {
  const base::EntryId entry = TeamWrites();
  const base::ApprovalId id = Asked(Of(ApprovalKind::kRedact, format::Text(entry)));
  EXPECT_EQ(LastLeaves(1), std::vector{LeafKind::kApprovalRequested});
  ASSERT_EQ(Decide("carl", id), std::nullopt);
  ASSERT_EQ(Decide("cora", id), std::nullopt);
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kApprovalDecided, LeafKind::kApprovalDecided}));
  PassDays(kWait);
  ASSERT_EQ(Execute(id), std::nullopt);
  EXPECT_EQ(LastLeaves(2), (std::vector{LeafKind::kApprovalExecuted, LeafKind::kEntryRedacted}));
}

TEST_F(P5_NothingBuried, WhatDoesNotFitIsRefusedByNameAndLeavesNothing) {
  const std::uint64_t leaves = world.rows.leaves();
  const auto refused = [&](const approvals::Terms& terms, Reason reason, std::string_view what) {
    EXPECT_EQ(Why(WhoDecides(terms)), reason) << what;
    EXPECT_EQ(world.rows.leaves(), leaves) << what;
  };
  refused(Of(ApprovalKind::kDelete, "because"), Reason::kCodeUnknown, "no code");
  refused(Of(ApprovalKind::kDelete, "finding_made"), Reason::kCodeUnknown, "a code of another list");
  approvals::Terms of_somebody = Deletes();
  of_somebody.person = Slug("carl");
  refused(of_somebody, Reason::kApprovalRefused, "it concerns nobody");
  refused(Of(ApprovalKind::kLiftHold, "litigation"), Reason::kFieldInvalid, "no such hold");
  refused(Of(ApprovalKind::kFalseReport, format::Text(format::DrawId<base::AllegationId>(world.random))), Reason::kFieldInvalid, "no such allegation");
  refused(Of(ApprovalKind::kFalseReport, "knowingly_false"), Reason::kFieldInvalid, "no id");
  refused(Of(ApprovalKind::kCloseUnread, "finding_made"), Reason::kTransitionRefused, "nothing leads there");
  refused(Shortens(60), Reason::kRetentionRefused, "an open case");
  EXPECT_TRUE(WhoDecides(Deletes()).ok()) << "control";
}

}  // namespace
}  // namespace alcove::world
