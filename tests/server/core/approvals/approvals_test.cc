// Approvals: who may ask, who may decide, what carrying out does, and everything that is tried besides.
#include "server/core/approvals/approvals.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/format/approval.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "server/core/guard/team.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using approvals::State;
using base::Reason;
using format::ApprovalKind;
using format::Decision;
using format::Keyring;
using format::ReleaseCondition;

void Gives(format::Directory& directory, std::string_view slug, format::Role role) {
  for (format::Person& person : directory.people)
    if (person.slug == slug) person.roles.push_back(role);
}

void Takes(format::Directory& directory, std::string_view slug, format::Role role) {
  for (format::Person& person : directory.people)
    if (person.slug == slug) std::erase(person.roles, role);
}

// The world with three approvers, carl, cleo and cora, and zoe, counsel from outside. The investigator of a case asks.
class Approvals : public testing::Test {
 protected:
  Reporter FileInTheWidenedWorld() {
    world.PublishDirectory([this](format::Directory& directory) {
      for (const char* slug : {"carl", "cleo", "cora"}) Gives(directory, slug, format::Role::kApprover);
      world.AddPerson(directory, "zoe", {}, {}, true, 2);
    });
    return world.File();
  }

  const crypto::SigningKey& SigningKeyOf(const base::StaffSlug& who) { return world.machines.at(who.text())[0].signing; }
  cases::Case Case() const { return world.CaseOf(reporter); }

  approvals::Terms Adds(std::string_view person) { return {ApprovalKind::kAddReader, Slug(person), ReleaseCondition::kApproved, {}}; }
  approvals::Terms AddsGuest(std::string_view person, std::uint32_t days) {
    return {ApprovalKind::kAddReader, Slug(person), ReleaseCondition::kGuest, world.clock.Today().PlusDays(days)};
  }
  approvals::Terms Lifts(std::string_view person) { return {ApprovalKind::kLiftWall, Slug(person), ReleaseCondition::kApproved, {}}; }

  approvals::Terms Closes(std::string code) {
    approvals::Terms terms;
    terms.kind = ApprovalKind::kCloseCase;
    terms.code = std::move(code);
    return terms;
  }
  // The case decided, and the reporter told.
  void Decided(bool notified = true, cases::State state = cases::State::kDecided) {
    cases::Case record = Case();
    record.state = state;
    record.notified = notified;
    record.read = record.written;
    world.rows.Put(std::move(record));
  }

  absl::StatusOr<approvals::Created> WhoDecides(const approvals::Terms& terms) {
    return approvals::WhoDecides(world.ports(), asker, {reporter.case_id, terms, {}});
  }

  // `change` spoils its terms, `deciders` its recipients.
  crypto::Bytes Sealed(const approvals::Terms& terms, const std::function<void(format::ApprovalTerms&)>& change = {},
                       const std::vector<std::string>& deciders = {"carl", "cleo", "cora"}) {
    return world.SealRequest(asker, reporter.case_id, terms, change, deciders);
  }
  absl::StatusOr<approvals::Created> Create(const approvals::Terms& terms, const crypto::Bytes& request) {
    return world.Carry(approvals::CreateApproval(world.ports(), asker, world.RequestId(), {reporter.case_id, terms, request}));
  }
  base::ApprovalId Asked(const approvals::Terms& terms) { return world.Ask(asker, reporter.case_id, terms); }
  absl::StatusOr<approvals::ApprovalView> Get(const base::StaffSlug& who, const base::ApprovalId& id) {
    return approvals::GetApproval(world.ports(), who, id);
  }
  State StateOf(const base::ApprovalId& id) { return Get(asker, id)->state; }
  std::string EtagOf(const base::ApprovalId& id) {
    const auto view = Get(asker, id);
    return view.ok() ? view->etag : "etag";
  }

  absl::StatusOr<base::Outcome<approvals::Decided>> Deciding(std::string_view who, const base::ApprovalId& id,
                                                             Decision decision = Decision::kApprove) {
    const auto view = Get(asker, id);
    crypto::Signature signature;
    if (view.ok())
      signature = format::SignDecision(format::ParseApprovalRequest(view->approval.request)->statement, decision,
                                       SigningKeyOf(Slug(who)));
    return approvals::DecideApproval(world.ports(), Slug(who), id, EtagOf(id), world.RequestId(), decision, signature);
  }
  absl::StatusOr<approvals::Decided> Decide(std::string_view who, const base::ApprovalId& id,
                                            Decision decision = Decision::kApprove) {
    return world.Carry(Deciding(who, id, decision));
  }

  // What the asker's client wraps to a new reader: the current key of every keyring that has one.
  std::vector<crypto::Bytes> GrantsTo(std::string_view person, ReleaseCondition condition) {
    std::vector<crypto::Bytes> grants;
    for (const Keyring keyring : {Keyring::kThread, Keyring::kTeam}) {
      const cases::Case record = Case();
      const cases::KeyringState& state = keyring == Keyring::kThread ? record.thread : record.team;
      if (state.epochs == 0) continue;
      const auto keys = world.Open(asker, reporter.case_id, keyring);
      for (const Machine& machine : world.machines.at(std::string(person)))
        grants.push_back(*format::WrapGrant({world.file.id, reporter.case_id, keyring, state.epochs - 1}, keys.back(),
                                            machine.decryption.encryption_key(), condition, world.random));
    }
    return grants;
  }
  absl::StatusOr<base::Outcome<approvals::Executed>> Executing(const base::StaffSlug& who, const base::ApprovalId& id,
                                                       const std::vector<crypto::Bytes>& grants) {
    const std::vector<crypto::BytesView> views(grants.begin(), grants.end());
    return approvals::ExecuteApproval(world.ports(), who, id, EtagOf(id), world.RequestId(), views);
  }
  absl::StatusOr<std::string> Execute(const base::ApprovalId& id, const std::vector<crypto::Bytes>& grants) {
    const auto done = world.Carry(Executing(asker, id, grants));
    if (!done.ok()) return done.status();
    return done->etag;
  }
  absl::StatusOr<base::Outcome<std::string>> Cancelling(const base::StaffSlug& who, const base::ApprovalId& id) {
    return approvals::CancelApproval(world.ports(), who, id, EtagOf(id), world.RequestId());
  }

  // A note of the team, so that TEAM has a key.
  void WriteNote() {
    const std::vector<format::Recipient> team = world.RecipientsOf(reporter.case_id, Keyring::kTeam);
    format::EpochKey key = format::EpochKey::Draw(world.random);
    const Draft note = world.Write(Keyring::kTeam, format::EntryKind::kNote, reporter.case_id, SigningKeyOf(asker), key,
                                   {}, &team, &key);
    ASSERT_TRUE(world.Append(asker, reporter.case_id, note, world.RequestId()).ok());
  }
  // Somebody of the desk who holds no grant of the case, and one whose grant is dormant.
  std::string Stranger() const { return DeskMember(false); }
  std::string Dormant() const { return DeskMember(true); }
  std::string DeskMember(bool holds) const {
    const cases::Case record = Case();
    for (const char* slug : {"amira", "bjorn", "chiara", "dilip"}) {
      const bool has = std::any_of(record.thread.holders.begin(), record.thread.holders.end(),
                                   [&](const grants::Holder& holder) { return holder.staff == Slug(slug); });
      if (has == holds && Slug(slug) != record.assignee) return slug;
    }
    ADD_FAILURE() << "nobody";
    return "";
  }
  void GrowWall(std::string_view slug) {
    cases::Case record = Case();
    record.wall.recused.push_back(Slug(slug));
    world.rows.Put(std::move(record));
  }
  std::vector<format::LeafKind> LastLeaves(std::size_t count) {
    std::vector<format::LeafKind> kinds;
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {100, ""});
    for (const cases::OpenedLeaf& leaf : page->leaves) kinds.push_back(format::ParseLeaf(leaf.content)->kind);
    return {kinds.end() - static_cast<std::ptrdiff_t>(std::min(count, kinds.size())), kinds.end()};
  }

  World world;
  Reporter reporter = FileInTheWidenedWorld();
  base::StaffSlug asker = world.AssigneeOf(reporter);
};

TEST_F(Approvals, P2_ANewcomerReadsOnceAskedForApprovedAndLetIn) {
  WriteNote();
  const std::string newcomer = Stranger();
  const base::ApprovalId id = Asked(Adds(newcomer));
  EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), Slug(newcomer), reporter.case_id, Keyring::kThread))),
            Reason::kNothingHere);
  EXPECT_EQ(Why(Execute(id, GrantsTo(newcomer, ReleaseCondition::kApproved))), Reason::kApprovalNotGranted);
  const auto decided = Decide("cora", id);
  ASSERT_TRUE(decided.ok()) << decided.status();
  EXPECT_EQ(decided->state, State::kApproved);
  const auto etag = Execute(id, GrantsTo(newcomer, ReleaseCondition::kApproved));
  ASSERT_TRUE(etag.ok()) << etag.status();
  EXPECT_EQ(StateOf(id), State::kExecuted);
  EXPECT_EQ(*etag, EtagOf(id));

  for (const Keyring keyring : {Keyring::kThread, Keyring::kTeam}) {
    const auto theirs = world.Open(Slug(newcomer), reporter.case_id, keyring);
    ASSERT_FALSE(theirs.empty());
    EXPECT_EQ(theirs.back().expose(), world.Open(asker, reporter.case_id, keyring).back().expose());
  }
}

TEST_F(Approvals, P6_EveryStepIsALeafThatTheReporterSeesAndTheReaderCarriesTheDecisions) {
  using enum format::LeafKind;
  const std::string newcomer = Stranger();
  const base::ApprovalId id = Asked(Adds(newcomer));
  ASSERT_TRUE(Decide("cora", id).ok());
  const auto grants = GrantsTo(newcomer, ReleaseCondition::kApproved);
  ASSERT_TRUE(Execute(id, grants).ok());
  EXPECT_EQ(LastLeaves(5), (std::vector{kApprovalRequested, kApprovalDecided, kCaseOpened, kApprovalExecuted, kReaderAdded}));

  const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
  ASSERT_TRUE(view.ok()) << view.status();
  std::size_t added = 0;
  for (const cases::ReaderView& reader : view->readers) {
    EXPECT_EQ(reader.admission.has_value(), reader.staff == Slug(newcomer));
    if (!reader.admission) continue;
    ++added;
    EXPECT_EQ(reader.condition, ReleaseCondition::kApproved);
    const auto statement = format::ParseStatement(reader.admission->statement);
    ASSERT_TRUE(statement.ok()) << statement.status();
    EXPECT_TRUE(format::VerifyRequester(*statement, SigningKeyOf(asker).verify_key()).ok());
    ASSERT_EQ(reader.admission->decisions.size(), 1u);
    const cases::SignedDecision& decision = reader.admission->decisions[0];
    EXPECT_EQ(decision.staff, Slug("cora"));
    EXPECT_TRUE(format::VerifyDecision(*statement, Decision::kApprove, SigningKeyOf(Slug("cora")).verify_key(), decision.signature).ok());
  }
  EXPECT_EQ(added, world.machines.at(newcomer).size());
}

TEST_F(Approvals, P2_TheNextEpochIsGrantedToTheNewcomerToo) {
  const std::string newcomer = Stranger();
  const base::ApprovalId id = Asked(Adds(newcomer));
  ASSERT_TRUE(Decide("cora", id).ok());
  ASSERT_TRUE(Execute(id, GrantsTo(newcomer, ReleaseCondition::kApproved)).ok());
  EXPECT_FALSE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale) << "a newcomer makes no epoch stale";
  GrowWall(Dormant());
  EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale) << "control: who leaves does";
  const std::vector<format::Recipient> all = world.RecipientsOf(reporter.case_id, Keyring::kThread);
  const auto send = [&](std::vector<format::Recipient> recipients) {
    format::EpochKey key = world.Open(asker, reporter.case_id, Keyring::kThread).back().Clone();
    const Draft draft = world.Write(Keyring::kThread, format::EntryKind::kMessage, reporter.case_id, SigningKeyOf(asker),
                                    key, {}, &recipients, &key);
    return world.Append(asker, reporter.case_id, draft, world.RequestId());
  };
  EXPECT_EQ(Why(send({all.begin(), all.end() - 1})), Reason::kGrantsMismatch) << "the newcomer is left out";
  EXPECT_TRUE(send(all).ok());
}

TEST_F(Approvals, P2_AGuestReadsUntilTheirLastDay) {
  const base::ApprovalId id = Asked(AddsGuest("zoe", 10));
  ASSERT_TRUE(Decide("carl", id).ok());
  ASSERT_TRUE(Execute(id, GrantsTo("zoe", ReleaseCondition::kGuest)).ok());
  EXPECT_EQ(world.Open(Slug("zoe"), reporter.case_id, Keyring::kThread).size(), 2u) << "both machines";
  world.clock.Advance(std::chrono::days(10));
  EXPECT_FALSE(world.Open(Slug("zoe"), reporter.case_id, Keyring::kThread).empty()) << "the last day counts";
  EXPECT_FALSE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);
  world.clock.Advance(std::chrono::days(1));
  EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), Slug("zoe"), reporter.case_id, Keyring::kThread))),
            Reason::kNothingHere);
  EXPECT_TRUE(cases::GetMailbox(world.ports(), reporter.mailbox)->epochs.back().stale);
}

TEST_F(Approvals, P2_OnlyThoseWithoutAPartInItDecide) {
  world.PublishDirectory([&](format::Directory& directory) {
    Gives(directory, asker.text(), format::Role::kApprover);
    Gives(directory, "zoe", format::Role::kApprover);
  });
  const auto names = [&](const approvals::Terms& terms) {
    const auto created = WhoDecides(terms);
    EXPECT_TRUE(created.ok()) << created.status();
    std::vector<std::string> deciders;
    if (!created.ok()) return deciders;
    for (const approvals::Decider& decider : created->deciders) deciders.push_back(decider.staff.text());
    return deciders;
  };
  EXPECT_EQ(names(Adds("zoe")), (std::vector<std::string>{"carl", "cleo", "cora"})) << "neither who asks nor who is to join";
  GrowWall("cleo");
  EXPECT_EQ(names(Adds("zoe")), (std::vector<std::string>{"carl", "cora"})) << "nor who stands behind the wall";
  const auto first = Create(Adds("cora"), Sealed(Adds("cora"), {}, {"carl", "zoe"}));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Decide("carl", first->id).ok());
  ASSERT_TRUE(Execute(first->id, GrantsTo("cora", ReleaseCondition::kApproved)).ok());
  EXPECT_EQ(names(AddsGuest("zoe", 3)), (std::vector<std::string>{"carl"})) << "nor who reads the case by now";
}

TEST_F(Approvals, TheRequesterDoesNotDecideAndNobodyElseCarriesOut) {
  world.PublishDirectory([&](format::Directory& directory) { Gives(directory, asker.text(), format::Role::kApprover); });
  const base::ApprovalId id = Asked(Adds("zoe"));
  EXPECT_EQ(Why(Decide(asker.text(), id)), Reason::kApprovalRefused);
  EXPECT_EQ(Why(world.Carry(Cancelling(Slug("cora"), id))), Reason::kApprovalRefused);
  ASSERT_TRUE(Decide("cora", id).ok()) << "control";
  const auto grants = GrantsTo("zoe", ReleaseCondition::kApproved);
  EXPECT_EQ(Why(world.Carry(Executing(Slug("cora"), id, grants))), Reason::kApprovalRefused);
  EXPECT_TRUE(Execute(id, grants).ok()) << "control";
}

TEST_F(Approvals, P3_ToWhoeverIsNoPartyAnApprovalDoesNotExist) {
  GrowWall("cleo");
  const auto created = Create(Adds("zoe"), Sealed(Adds("zoe"), {}, {"carl", "cora"}));
  ASSERT_TRUE(created.ok()) << created.status();
  const base::ApprovalId absent = format::DrawId<base::ApprovalId>(world.random);
  for (const char* slug : {"cleo", "zoe", "ada", "otto", "erik", "pia", "fay"}) {
    std::vector<std::uint64_t> reads;
    for (const base::ApprovalId& id : {created->id, absent}) {
      const std::uint64_t before = world.rows.reads();
      EXPECT_EQ(Why(Get(Slug(slug), id)), Reason::kNothingHere) << slug;
      reads.push_back(world.rows.reads() - before);
      EXPECT_EQ(Why(world.Carry(Cancelling(Slug(slug), id))), Reason::kNothingHere) << slug;
      EXPECT_EQ(Why(world.Carry(Executing(Slug(slug), id, {}))), Reason::kNothingHere) << slug;
      EXPECT_EQ(Why(world.Carry(approvals::DecideApproval(world.ports(), Slug(slug), id, "e", world.RequestId(),
                                                          Decision::kApprove, crypto::Signature()))),
                Reason::kNothingHere) << slug;
    }
    EXPECT_EQ(reads[0], reads[1]) << slug << ": one that exists costs the same rows as one that never was";
    EXPECT_TRUE(world.Carry(approvals::ListApprovals(world.ports(), Slug(slug), {}))->approvals.empty()) << slug;
  }
  for (const char* slug : {"carl", "cora"}) {
    EXPECT_TRUE(Get(Slug(slug), created->id).ok()) << "control";
    EXPECT_EQ(world.Carry(approvals::ListApprovals(world.ports(), Slug(slug), {}))->approvals.size(), 1u) << "control";
  }
  EXPECT_EQ(Why(Get(asker, absent)), Reason::kNothingHere);
}

TEST_F(Approvals, P2_WhoComesIntoConflictLosesSightOfTheApproval) {
  const base::ApprovalId id = Asked(Adds("zoe"));
  ASSERT_TRUE(Get(Slug("cora"), id).ok());
  GrowWall("cora");
  EXPECT_EQ(Why(Get(Slug("cora"), id)), Reason::kNothingHere);
  EXPECT_TRUE(world.Carry(approvals::ListApprovals(world.ports(), Slug("cora"), {}))->approvals.empty());
  GrowWall(asker.text());
  EXPECT_EQ(Why(Get(asker, id)), Reason::kNothingHere) << "who lost the case lost its approvals";
}

TEST_F(Approvals, P2_AWallThatGrewAfterTheDecisionStopsTheNewcomer) {
  const std::string newcomer = Stranger();
  const base::ApprovalId id = Asked(Adds(newcomer));
  ASSERT_TRUE(Decide("cora", id).ok());
  const auto grants = GrantsTo(newcomer, ReleaseCondition::kApproved);
  GrowWall(newcomer);
  const std::uint64_t leaves = world.rows.leaves();
  EXPECT_EQ(Why(Execute(id, grants)), Reason::kApprovalRefused);
  EXPECT_EQ(world.rows.leaves(), leaves);
  EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), Slug(newcomer), reporter.case_id))), Reason::kNothingHere);
}

TEST_F(Approvals, AnApprovalByWhoMayNotDecideAnyMoreCountsNoLonger) {
  const base::ApprovalId id = Asked(Adds("zoe"));
  ASSERT_TRUE(Decide("cora", id).ok());
  const auto grants = GrantsTo("zoe", ReleaseCondition::kApproved);
  world.PublishDirectory([](format::Directory& directory) { Takes(directory, "cora", format::Role::kApprover); });
  EXPECT_EQ(StateOf(id), State::kOpen);
  EXPECT_EQ(Why(Execute(id, grants)), Reason::kApprovalNotGranted);
  ASSERT_TRUE(Decide("carl", id).ok()) << "another may decide then";
  EXPECT_TRUE(Execute(id, grants).ok());
}

TEST_F(Approvals, OneRefusalEndsTheRequestAndADecisionIsFinal) {
  const base::ApprovalId id = Asked(Lifts("zoe"));
  ASSERT_TRUE(Decide("carl", id).ok());
  EXPECT_EQ(Why(Decide("carl", id, Decision::kRefuse)), Reason::kApprovalRefused) << "they said yes";
  ASSERT_TRUE(Decide("cora", id, Decision::kRefuse).ok());
  EXPECT_EQ(StateOf(id), State::kRefused);
  EXPECT_EQ(Why(Decide("cleo", id)), Reason::kApprovalRefused);
  EXPECT_EQ(Why(Execute(id, {})), Reason::kApprovalRefused);
  EXPECT_EQ(Why(world.Carry(Cancelling(asker, id))), Reason::kApprovalRefused);
}

TEST_F(Approvals, ARequestRunsOutAfterSevenDays) {
  const base::ApprovalId undecided = Asked(Adds("zoe")), decided = Asked(Adds("zoe"));
  ASSERT_TRUE(Decide("cora", decided).ok());
  const auto grants = GrantsTo("zoe", ReleaseCondition::kApproved);
  world.clock.Advance(std::chrono::days(7));
  EXPECT_EQ(StateOf(undecided), State::kOpen) << "control";
  world.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(StateOf(undecided), State::kExpired);
  EXPECT_EQ(Why(Decide("cora", undecided)), Reason::kApprovalRefused);
  EXPECT_EQ(Why(Execute(decided, grants)), Reason::kApprovalRefused);
}

TEST_F(Approvals, LiftingTakesTwoAndIsInTheWall) {
  const base::ApprovalId id = Asked(Lifts("zoe"));
  ASSERT_TRUE(Decide("carl", id).ok());
  EXPECT_EQ(Why(Execute(id, {})), Reason::kApprovalNotGranted);
  ASSERT_TRUE(Decide("cora", id).ok());
  EXPECT_EQ(Why(Execute(id, {"a grant"})), Reason::kGrantsMismatch);
  ASSERT_TRUE(Execute(id, {}).ok());
  EXPECT_EQ(Case().wall.lifted, std::vector{Slug("zoe")});
  EXPECT_EQ(LastLeaves(1), std::vector{format::LeafKind::kWallLifted});
  EXPECT_EQ(Why(WhoDecides(Lifts("zoe"))), Reason::kApprovalRefused) << "once is enough";
}

TEST_F(Approvals, P5_ACaseEndsOnceSomebodyWithoutAPartInItApproved) {
  Decided();
  const std::string etag = world.Carry(cases::GetCase(world.ports(), asker, reporter.case_id))->summary.etag;
  const auto open_cases = [&] { return world.rows.CountOf(base::Counter::kOpenCases, asker.text()); };
  const auto before = open_cases();
  const base::ApprovalId id = Asked(Closes("finding_made"));
  EXPECT_EQ(Why(Execute(id, {})), Reason::kApprovalNotGranted);
  EXPECT_EQ(Why(Decide(asker.text(), id)), Reason::kApprovalRefused) << "nobody closes alone";
  EXPECT_EQ(Case().state, cases::State::kDecided);
  ASSERT_TRUE(Decide("cora", id).ok());
  EXPECT_EQ(Get(Slug("cora"), id)->approval.code, "finding_made") << "who decides sees which reason";
  EXPECT_EQ(Why(Execute(id, {"a grant"})), Reason::kGrantsMismatch);
  const std::size_t leaves = Case().leaf_count;
  ASSERT_TRUE(Execute(id, {}).ok());
  EXPECT_EQ(Case().state, cases::State::kClosed);
  EXPECT_EQ(Case().marks.closed, world.clock.Today());
  EXPECT_EQ(Case().leaf_count, leaves + 2);
  EXPECT_EQ(LastLeaves(2), (std::vector{format::LeafKind::kApprovalExecuted, format::LeafKind::kStateChanged}));
  EXPECT_EQ(open_cases(), before - 1);
  EXPECT_NE(world.Carry(cases::GetCase(world.ports(), asker, reporter.case_id))->summary.etag, etag);
  EXPECT_EQ(Why(WhoDecides(Closes("finding_made"))), Reason::kTransitionRefused) << "once";
}

TEST_F(Approvals, P5_WhoInvestigatesIsNeverAmongThoseWhoApproveTheEnd) {
  world.PublishDirectory([&](format::Directory& directory) {
    for (const char* slug : {"amira", "bjorn", "chiara", "dilip"}) Gives(directory, slug, format::Role::kApprover);
  });
  Decided();
  GrowWall("cleo");
  const auto created = WhoDecides(Closes("finding_made"));
  ASSERT_TRUE(created.ok()) << created.status();
  for (const approvals::Decider& decider : created->deciders) {
    EXPECT_NE(decider.staff, asker);
    EXPECT_NE(decider.staff, Slug("cleo")) << "behind the wall";
  }
}

TEST_F(Approvals, ClosingSaysWhatIsMissing) {
  Decided(false);
  EXPECT_EQ(Why(WhoDecides(Closes("finding_made"))), Reason::kNoticeMissing);
  for (const char* code : {"insufficient_contact", "duplicate_linked"}) EXPECT_TRUE(WhoDecides(Closes(code)).ok()) << code;
  Decided();
  for (const char* code : {"", "tired_of_it", "new_evidence"}) EXPECT_EQ(Why(WhoDecides(Closes(code))), Reason::kCodeUnknown) << code;
  for (const char* code : {"finding_made", "resolved_informally", "referred", "out_of_scope", "withdrawn"})
    EXPECT_TRUE(WhoDecides(Closes(code)).ok()) << code;
  approvals::Terms of_somebody = Closes("finding_made");
  of_somebody.person = Slug("zoe");
  EXPECT_EQ(Why(WhoDecides(of_somebody)), Reason::kApprovalRefused);
  Decided(true, cases::State::kInvestigating);
  EXPECT_EQ(Why(WhoDecides(Closes("finding_made"))), Reason::kTransitionRefused);
}

TEST_F(Approvals, WhatIsMissingAtTheEndIsAskedForAgainWhenItIsCarriedOut) {
  Decided();
  const base::ApprovalId id = Asked(Closes("finding_made"));
  ASSERT_TRUE(Decide("cora", id).ok());
  const std::uint64_t leaves = world.rows.leaves();
  Decided(false);
  EXPECT_EQ(Why(Execute(id, {})), Reason::kNoticeMissing);
  Decided(true, cases::State::kOnHold);
  EXPECT_EQ(Why(Execute(id, {})), Reason::kTransitionRefused);
  EXPECT_EQ(world.rows.leaves(), leaves);
  Decided();
  EXPECT_TRUE(Execute(id, {}).ok()) << "control";
}

TEST_F(Approvals, ARequestToCloseMustNameTheReasonThatWasSigned) {
  Decided();
  const crypto::Bytes request = Sealed(Closes("finding_made"));
  EXPECT_EQ(Why(Create(Closes("withdrawn"), request)), Reason::kFieldInvalid);
  EXPECT_TRUE(Create(Closes("finding_made"), request).ok()) << "control";
}

TEST_F(Approvals, TheWallIsSilentAboutWhomItKeepsOut) {
  GrowWall("finn");
  for (const char* slug : {"finn", "zoe"}) EXPECT_TRUE(WhoDecides(Lifts(slug)).ok()) << slug;
}

// Races: both were decided on the same state; the Committer lets one through, and the other decides again.
TEST_F(Approvals, CarriedOutTwiceAtOnceItHappensOnce) {
  const base::ApprovalId id = Asked(Adds("zoe"));
  ASSERT_TRUE(Decide("cora", id).ok());
  const auto grants = GrantsTo("zoe", ReleaseCondition::kApproved);
  auto first = Executing(asker, id, grants), second = Executing(asker, id, grants);
  ASSERT_TRUE(world.Carry(std::move(first)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(second))), Reason::kContended);
  EXPECT_EQ(Why(Execute(id, grants)), Reason::kApprovalRefused);
  const cases::Case record = Case();
  EXPECT_EQ(std::count_if(record.thread.holders.begin(), record.thread.holders.end(),
                          [](const grants::Holder& holder) { return holder.staff == Slug("zoe"); }), 2);
}

TEST_F(Approvals, DecidedAndWithdrawnAtOnceOneOfThemStands) {
  const base::ApprovalId one = Asked(Adds("zoe")), other = Asked(Adds("zoe"));
  auto decide = Deciding("cora", one);
  auto cancel = Cancelling(asker, one);
  ASSERT_TRUE(world.Carry(std::move(cancel)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(decide))), Reason::kContended);
  EXPECT_EQ(Why(Decide("cora", one)), Reason::kApprovalRefused);
  decide = Deciding("cora", other);
  cancel = Cancelling(asker, other);
  ASSERT_TRUE(world.Carry(std::move(decide)).ok());
  EXPECT_EQ(Why(world.Carry(std::move(cancel))), Reason::kContended);
  EXPECT_EQ(StateOf(other), State::kApproved);
}

TEST_F(Approvals, P2_AWallThatGrowsWhileItIsCarriedOutWins) {
  const base::ApprovalId id = Asked(Adds("zoe"));
  ASSERT_TRUE(Decide("cora", id).ok());
  auto execute = Executing(asker, id, GrantsTo("zoe", ReleaseCondition::kApproved));
  GrowWall("zoe");
  EXPECT_EQ(Why(world.Carry(std::move(execute))), Reason::kContended);
  EXPECT_EQ(Why(Execute(id, {})), Reason::kApprovalRefused);
}

TEST_F(Approvals, WhoReadsAlreadyWhoStandsInForOthersAndWhoWatchesCannotBeAdded) {
  GrowWall("finn");
  for (const char* slug : {"fay", "erik", "ada", "otto", "pia", "finn", "nobody"})
    EXPECT_EQ(Why(WhoDecides(Adds(slug))), Reason::kApprovalRefused) << slug;
  EXPECT_EQ(Why(WhoDecides(Adds(asker.text()))), Reason::kApprovalRefused);
  for (const std::string& slug : {Stranger(), Dormant(), std::string("zoe"), std::string("carl")})
    EXPECT_TRUE(WhoDecides(Adds(slug)).ok()) << slug;
  EXPECT_EQ(Why(WhoDecides(AddsGuest("zoe", 367))), Reason::kApprovalRefused);
  approvals::Terms endless = Adds("zoe");
  endless.condition = ReleaseCondition::kGuest;
  EXPECT_EQ(Why(WhoDecides(endless)), Reason::kApprovalRefused);
  EXPECT_TRUE(WhoDecides(AddsGuest("zoe", 366)).ok()) << "control";
}

TEST_F(Approvals, ADormantColleagueReadsUnderTheirNewGrant) {
  const std::string colleague = Dormant();
  const base::ApprovalId id = Asked(Adds(colleague));
  ASSERT_TRUE(Decide("cora", id).ok());
  ASSERT_TRUE(Execute(id, GrantsTo(colleague, ReleaseCondition::kApproved)).ok());
  EXPECT_FALSE(world.Open(Slug(colleague), reporter.case_id, Keyring::kThread).empty());
  const cases::Case record = Case();
  EXPECT_EQ(static_cast<std::size_t>(std::count_if(record.thread.holders.begin(), record.thread.holders.end(),
                                                   [&](const grants::Holder& holder) { return holder.staff == Slug(colleague); })),
            world.machines.at(colleague).size()) << "the old lines are gone";
  const auto opened = world.Carry(cases::OpenCase(world.ports(), Slug(colleague), reporter.case_id, Keyring::kThread));
  ASSERT_TRUE(opened.ok()) << opened.status();
  EXPECT_EQ(opened->size(), world.machines.at(colleague).size()) << "and so are the old grants";
}

TEST_F(Approvals, P6_ABadGrantThatWasAddedLaterNamesWhoWrappedItNotWhoMadeTheEpoch) {
  const auto report = [&](const std::string& who, std::uint32_t epoch) {
    return world.Carry(guard::ReportBadGrant(world.ports(), Slug(who), reporter.case_id, world.RequestId(),
                                             {Keyring::kThread, epoch}));
  };
  const auto last = [&] {
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {100, ""});
    return *format::ParseLeaf(page->leaves.back().content);
  };
  const crypto::KeyId reporters = crypto::KeyIdOf(reporter.keys.signing.verify_key());
  const crypto::KeyId askers = crypto::KeyIdOf(SigningKeyOf(asker).verify_key());
  for (const std::string& newcomer : {Stranger(), Dormant()}) {
    const base::ApprovalId id = Asked(Adds(newcomer));
    ASSERT_TRUE(Decide("cora", id).ok());
    // The reporter made this epoch. The asker wraps something else than its key.
    const std::uint32_t epoch = Case().thread.epochs - 1;
    std::vector<crypto::Bytes> bad;
    for (const Machine& machine : world.machines.at(newcomer))
      bad.push_back(*format::WrapGrant({world.file.id, reporter.case_id, Keyring::kThread, epoch},
                                       format::EpochKey::Draw(world.random), machine.decryption.encryption_key(),
                                       ReleaseCondition::kApproved, world.random));
    ASSERT_TRUE(Execute(id, bad).ok());
    ASSERT_TRUE(report(newcomer, epoch).ok());
    EXPECT_EQ(last().kind, format::LeafKind::kGrantBad);
    EXPECT_EQ(last().actor, newcomer);
    EXPECT_EQ(last().details, format::details::GrantBad(Keyring::kThread, epoch, askers)) << newcomer;

    // Control: the next epoch's maker wrapped its grants, to them too.
    const std::vector<format::Recipient> all = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    const Draft draft = world.Write(Keyring::kThread, format::EntryKind::kMessage, reporter.case_id,
                                    reporter.keys.signing, reporter.epochs.back(), {}, &all);
    ASSERT_EQ(Why(world.Send(reporter, draft, world.RequestId())), std::nullopt);
    ASSERT_TRUE(report(newcomer, epoch + 1).ok());
    EXPECT_EQ(last().details, format::details::GrantBad(Keyring::kThread, epoch + 1, reporters)) << newcomer;
    ASSERT_EQ(Why(world.Send(reporter,
                             world.Write(Keyring::kThread, format::EntryKind::kMessage, reporter.case_id,
                                         reporter.keys.signing, reporter.epochs.back(), {}, &all),
                             world.RequestId())),
              std::nullopt);
  }
}

TEST_F(Approvals, GrantsThatAreNotExactlyThoseAskedForLetNobodyIn) {
  const base::ApprovalId id = Asked(AddsGuest("zoe", 3));
  ASSERT_TRUE(Decide("cora", id).ok());
  const auto right = GrantsTo("zoe", ReleaseCondition::kGuest);
  ASSERT_EQ(right.size(), 2u);
  const std::uint64_t leaves = world.rows.leaves();
  const std::size_t rows = world.rows.size();
  const auto refused = [&](const std::vector<crypto::Bytes>& grants, Reason reason, std::string_view what) {
    EXPECT_EQ(Why(Execute(id, grants)), reason) << what;
    EXPECT_EQ(world.rows.leaves(), leaves) << what;
    EXPECT_EQ(world.rows.size(), rows) << what;
  };
  refused({}, Reason::kGrantsMismatch, "none");
  refused({right[0]}, Reason::kGrantsMismatch, "one machine forgotten");
  refused({right[0], right[0]}, Reason::kGrantsMismatch, "one twice");
  refused({right[0], right[1], right[1]}, Reason::kGrantsMismatch, "one too many");
  refused({right[0], "grant"}, Reason::kGrantsMismatch, "malformed");
  crypto::Bytes other = right[1];
  other[6] = static_cast<char>(ReleaseCondition::kApproved);
  refused({right[0], other}, Reason::kGrantsMismatch, "another condition");
  other = right[1];
  other[5] = static_cast<char>(Keyring::kTeam);
  refused({right[0], other}, Reason::kGrantsMismatch, "a keyring without a key");
  other = right[1];
  other[11] = 1;
  refused({right[0], other}, Reason::kEpochStale, "an epoch that is not");
  other = right[1];
  other.replace(12, 16, crypto::KeyIdOf(world.machines.at("ada")[0].decryption.encryption_key()).view());
  refused({right[0], other}, Reason::kGrantsMismatch, "to a stranger");
  EXPECT_TRUE(Execute(id, right).ok()) << "control";
}

TEST_F(Approvals, ARequestMustSayWhatIsAskedAndBeTheCallers) {
  const approvals::Terms terms = Adds("zoe");
  const auto refused = [&](const crypto::Bytes& request, Reason reason, std::string_view what) {
    const std::uint64_t leaves = world.rows.leaves();
    EXPECT_EQ(Why(Create(terms, request)), reason) << what;
    EXPECT_EQ(world.rows.leaves(), leaves) << what;
  };
  using format::ApprovalTerms;
  refused(Sealed(terms, [](ApprovalTerms& t) { t.person = "finn"; }), Reason::kFieldInvalid, "another person");
  refused(Sealed(terms, [](ApprovalTerms& t) { t.kind = ApprovalKind::kLiftWall; }), Reason::kFieldInvalid, "another kind");
  refused(Sealed(terms, [this](ApprovalTerms& t) { t.case_id = format::DrawId<base::CaseId>(world.random); }), Reason::kFieldInvalid, "another case");
  refused(Sealed(terms, [](ApprovalTerms& t) { t.organisation = base::OrganisationId(); }), Reason::kFieldInvalid, "another organisation");
  refused(Sealed(terms, [](ApprovalTerms& t) { t.day = t.day.PlusDays(2); }), Reason::kFieldInvalid, "another day");
  refused(Sealed(terms, [](ApprovalTerms& t) { t.directory_version -= 1; }), Reason::kEtagStale, "an older directory");
  refused(Sealed(terms, {}, {"carl", "cleo"}), Reason::kGrantsMismatch, "one who decides cannot read why");
  refused(Sealed(terms, {}, {"carl", "cleo", "cora", "ada"}), Reason::kGrantsMismatch, "a stranger can");
  crypto::Bytes forged = Sealed(terms);
  forged[forged.size() - 1] = static_cast<char>(forged[forged.size() - 1] ^ 1);
  refused(forged, Reason::kFieldInvalid, "a changed reason");
  const base::StaffSlug me = asker;
  asker = Slug("ada");
  const crypto::Bytes by_ada = Sealed(terms);
  asker = me;
  refused(by_ada, Reason::kFieldInvalid, "signed by somebody else");
  const crypto::Bytes good = Sealed(terms);
  ASSERT_TRUE(Create(terms, good).ok()) << "control";
  refused(good, Reason::kFieldInvalid, "the same id again");
}

TEST_F(Approvals, OnlyWhoReachesTheCaseAsksAndOnlyWithEnoughToDecide) {
  const approvals::NewApproval asked{reporter.case_id, Adds("zoe"), {}};
  for (const std::string& slug : {Stranger(), Dormant(), std::string("carl"), std::string("ada"), std::string("erik")})
    EXPECT_EQ(Why(approvals::WhoDecides(world.ports(), Slug(slug), asked)), Reason::kNothingHere) << slug;
  GrowWall("cleo");
  GrowWall("cora");
  EXPECT_TRUE(WhoDecides(Adds("zoe")).ok()) << "control: one is enough";
  EXPECT_EQ(Why(WhoDecides(Lifts("zoe"))), Reason::kApprovalRefused) << "two are not left";
}

TEST_F(Approvals, ASignatureOfAnotherKeyOrDecisionIsRefused) {
  const base::ApprovalId id = Asked(Adds("zoe"));
  const crypto::Bytes mine = Get(asker, id)->approval.request, another = Sealed(Adds("zoe"));
  const auto decide = [&](const crypto::Bytes& request, Decision signed_decision, std::string_view signer) {
    return Why(world.Carry(approvals::DecideApproval(
        world.ports(), Slug("cora"), id, EtagOf(id), world.RequestId(), Decision::kApprove,
        format::SignDecision(format::ParseApprovalRequest(request)->statement, signed_decision, SigningKeyOf(Slug(signer))))));
  };
  EXPECT_EQ(decide(another, Decision::kApprove, "cora"), Reason::kFieldInvalid) << "of another request";
  EXPECT_EQ(decide(mine, Decision::kRefuse, "cora"), Reason::kFieldInvalid);
  EXPECT_EQ(decide(mine, Decision::kApprove, "carl"), Reason::kFieldInvalid);
  EXPECT_EQ(decide(mine, Decision::kApprove, "cora"), std::nullopt) << "control";
}

TEST_F(Approvals, ARepeatedRequestHasTheSameAnswerAndAnOldEtagNone) {
  const approvals::Terms terms = Adds("zoe");
  const crypto::Bytes request = Sealed(terms);
  const std::string id = world.RequestId();
  const auto create = [&] {
    return world.Carry(approvals::CreateApproval(world.ports(), asker, id, {reporter.case_id, terms, request}));
  };
  const auto first = create(), again = create();
  ASSERT_TRUE(first.ok() && again.ok()) << again.status();
  EXPECT_EQ(first->id, again->id);
  EXPECT_EQ(first->etag, again->etag);
  const std::string old = EtagOf(first->id);
  ASSERT_TRUE(Decide("cora", first->id).ok());
  const auto cancel = [&](const std::string& etag, const std::string& request_id) {
    return world.Carry(approvals::CancelApproval(world.ports(), asker, first->id, etag, request_id));
  };
  EXPECT_EQ(Why(cancel(old, world.RequestId())), Reason::kEtagStale);
  const std::string now = EtagOf(first->id), cancel_id = world.RequestId();
  const auto cancelled = cancel(now, cancel_id), cancelled_again = cancel(now, cancel_id);
  ASSERT_TRUE(cancelled.ok() && cancelled_again.ok());
  EXPECT_EQ(*cancelled, *cancelled_again);
  EXPECT_EQ(StateOf(first->id), State::kCancelled);
}

TEST_F(Approvals, ListsComeInPagesAndAreOneLeafOfNoCase) {
  for (int i = 0; i < 5; ++i) Asked(Adds("zoe"));
  const std::uint64_t leaves = world.rows.leaves();
  std::size_t seen = 0, pages = 0;
  cases::PageRequest request{2, ""};
  do {
    const auto page = world.Carry(approvals::ListApprovals(world.ports(), Slug("cora"), request));
    ASSERT_TRUE(page.ok()) << page.status();
    seen += page->approvals.size();
    ++pages;
    request.token = page->next_token;
  } while (!request.token.empty());
  EXPECT_EQ(seen, 5u);
  EXPECT_EQ(pages, 3u);
  EXPECT_EQ(world.rows.leaves(), leaves + pages);
}

}  // namespace
}  // namespace alcove::world
