// From a plan to what HR hears: one pending action an employee, days that nothing decides, one answer for a whole day.
#include "server/core/hr/actions.h"

#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <vector>

#include "crypto/format/leaf.h"
#include "crypto/hash.h"
#include "server/core/hr/protection.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using hr::ActionState;
using hr::AlertKind;
using hr::Verdict;

class ActionsTest : public testing::Test {
 protected:
  void SetUp() override {
    std::vector<Employment> people{{.number = "E1", .also = {"E1B"}}};
    for (int i = 2; i <= 20; ++i) people.push_back({.number = "E" + std::to_string(i), .manager = "E1"});
    world.Sync(people);
  }

  std::vector<crypto::EncryptionKey> Officers() const {
    std::vector<crypto::EncryptionKey> keys;
    for (const people::Person* one : world.organisation->With(format::Role::kProtectionOfficer))
      for (const people::Device& device : one->devices) keys.push_back(device.encryption_key);
    return keys;
  }
  template <class Id = base::AdverseActionId>
  crypto::Bytes Letter(const Id& id, const std::vector<crypto::EncryptionKey>& keys) {
    return *format::SealOfficerLetter(world.file.id, id, keys, "what is planned", world.random);
  }
  crypto::Bytes Letter() { return Letter(format::DrawId<base::AdverseActionId>(world.random), Officers()); }

  absl::StatusOr<base::AdverseActionId> TrySubmit(const std::string& employee, const crypto::Bytes& letter,
                                                  std::string request_id = {}) {
    if (request_id.empty()) request_id = world.RequestId();
    return world.Carry(hr::SubmitAdverseAction(world.ports(), world.secrets.tag, account,
                                               {request_id, *format::Identifier::Parse(employee), letter}));
  }
  base::AdverseActionId Submit(const std::string& employee) {
    const auto id = TrySubmit(employee, Letter());
    EXPECT_TRUE(id.ok()) << id.status();
    return id.ok() ? *id : base::AdverseActionId();
  }
  hr::AdverseAction RowOf(const base::AdverseActionId& id) {
    return (*world.rows.Get<hr::AdverseAction>(base::RowKey(id)))->record;
  }
  ActionState StateOf(const base::AdverseActionId& id) {
    const auto state = world.Carry(hr::GetAdverseAction(world.ports(), account, id));
    EXPECT_TRUE(state.ok()) << state.status();
    return state.ok() ? *state : ActionState::kPending;
  }
  absl::Status Cancel(const base::AdverseActionId& id, std::string request_id = {}) {
    if (request_id.empty()) request_id = world.RequestId();
    return world.Carry(hr::CancelAdverseAction(world.ports(), account, request_id, id)).status();
  }
  absl::Status Decide(const base::AdverseActionId& id, Verdict verdict, std::string request_id = {}) {
    if (request_id.empty()) request_id = world.RequestId();
    return world.Carry(hr::DecideAdverseAction(world.ports(), officer, request_id, id, verdict)).status();
  }
  std::vector<hr::ActionView> Actions(bool ended = false, cases::PageRequest page = {}) {
    const auto answer = world.Carry(hr::ListAdverseActions(world.ports(), officer, ended, page));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->actions : std::vector<hr::ActionView>();
  }
  std::multiset<AlertKind> Alerts() {
    const auto answer = world.Carry(hr::ListAlerts(world.ports(), officer, {}));
    EXPECT_TRUE(answer.ok()) << answer.status();
    std::multiset<AlertKind> kinds;
    for (const hr::Alert& alert : answer->alerts) kinds.insert(alert.kind);
    return kinds;
  }
  void Days(int days) { world.clock.Advance(std::chrono::hours(24) * days); }
  // The refusal leaves nothing behind.
  void Refused(const std::function<absl::Status()>& act, Reason reason) {
    const std::size_t rows = world.rows.size();
    const std::uint64_t leaves = world.rows.leaves();
    EXPECT_EQ(Why(act()), reason);
    EXPECT_EQ(world.rows.size(), rows);
    EXPECT_EQ(world.rows.leaves(), leaves);
  }

  const base::StaffSlug account = Slug("payroll");
  const base::StaffSlug officer = Slug("pia");
  World world;
};

TEST_F(ActionsTest, AreHeardOnTheirDayAndNotBefore) {
  const base::AdverseActionId id = Submit("emp:E2");
  const hr::AdverseAction row = RowOf(id);
  EXPECT_GE(row.comes_up.DaysSince(row.day), 1);
  EXPECT_LE(row.comes_up.DaysSince(row.day), 2);
  EXPECT_GE(row.visible.DaysSince(row.comes_up), 2);
  EXPECT_LE(row.visible.DaysSince(row.comes_up), 5);
  EXPECT_EQ(Why(Decide(id, Verdict::kNotCleared)), Reason::kNothingHere) << "it has not come up";
  EXPECT_TRUE(Actions().empty());
  Days(2);
  ASSERT_TRUE(Decide(id, Verdict::kNotCleared).ok());
  for (base::Day day = world.clock.Today(); day < row.visible; day = day.PlusDays(1)) {
    EXPECT_EQ(StateOf(id), ActionState::kPending);
    Days(1);
  }
  EXPECT_EQ(StateOf(id), ActionState::kNotCleared);
}

TEST_F(ActionsTest, EveryDayIsDrawnAndNoneByTheEmployee) {
  std::set<std::int64_t> delays;
  for (int i = 2; i <= 20; ++i) {
    const hr::AdverseAction row = RowOf(Submit("emp:E" + std::to_string(i)));
    delays.insert(row.visible.DaysSince(row.day));
  }
  EXPECT_GE(delays.size(), 4u);
  EXPECT_GE(*delays.begin(), 3);
  EXPECT_LE(*delays.rbegin(), 7);
}

TEST_F(ActionsTest, WaitForEveryNeighbourThatWasToBeHeardByThen) {
  std::vector<base::AdverseActionId> ids;
  for (int i = 2; i <= 20; ++i) ids.push_back(Submit("emp:E" + std::to_string(i)));
  Days(2);
  base::AdverseActionId slow = ids[0];
  for (const base::AdverseActionId& id : ids)
    if (RowOf(id).visible < RowOf(slow).visible) slow = id;
  for (const base::AdverseActionId& id : ids) {
    if (id == slow) continue;
    ASSERT_TRUE(Decide(id, Verdict::kCleared).ok());
  }
  Days(10);
  for (const base::AdverseActionId& id : ids) EXPECT_EQ(StateOf(id), ActionState::kPending);
  EXPECT_EQ(Alerts(), (std::multiset<AlertKind>{AlertKind::kOverdue}));
  ASSERT_TRUE(Decide(slow, Verdict::kNotCleared).ok());
  for (const base::AdverseActionId& id : ids)
    EXPECT_EQ(StateOf(id), id == slow ? ActionState::kNotCleared : ActionState::kCleared);
  EXPECT_TRUE(Alerts().empty());
}

TEST_F(ActionsTest, AnEmployeeHasOnePendingActionWhateverTheNumberAndTheAccount) {
  const base::AdverseActionId id = Submit("emp:E1");
  EXPECT_EQ(Submit("emp:E1"), id);
  EXPECT_EQ(Submit("emp:E1B"), id) << "the same person under another number";
  const auto other = world.Carry(hr::SubmitAdverseAction(
      world.ports(), world.secrets.tag, Slug("mirror"), {world.RequestId(), *format::Identifier::Parse("emp:E1"), Letter()}));
  EXPECT_EQ(*other, id);
  EXPECT_EQ(Why(world.Carry(hr::GetAdverseAction(world.ports(), Slug("mirror"), id))), Reason::kNothingHere);
  EXPECT_EQ(RowOf(id).repeats, 3u);
  EXPECT_EQ(Alerts(), (std::multiset<AlertKind>{AlertKind::kRepeated}));
  Days(2);
  ASSERT_TRUE(Decide(id, Verdict::kCleared).ok());
  EXPECT_EQ(Submit("emp:E1"), id) << "decided and not heard is pending all the same";
  Days(6);
  EXPECT_EQ(StateOf(id), ActionState::kCleared);
  EXPECT_NE(Submit("emp:E1"), id);
}

TEST_F(ActionsTest, MayBeTakenBackWhilePendingAndTheOfficersSeeIt) {
  const base::AdverseActionId id = Submit("emp:E2");
  Days(2);
  ASSERT_TRUE(Decide(id, Verdict::kNotCleared).ok());
  const std::string request = world.RequestId();
  ASSERT_TRUE(Cancel(id, request).ok()) << "HR cannot know that it is decided";
  ASSERT_TRUE(Cancel(id, request).ok()) << "the answer was lost";
  Refused([&] { return Cancel(id); }, Reason::kActionEnded);
  EXPECT_EQ(StateOf(id), ActionState::kCancelled);
  EXPECT_EQ(Alerts(), (std::multiset<AlertKind>{AlertKind::kCancelled}));
  EXPECT_TRUE(Actions().empty());
  EXPECT_EQ(Actions(true).size(), 1u);
  EXPECT_NE(Submit("emp:E2"), id);

  const base::AdverseActionId heard = Submit("emp:E3");
  Days(2);
  ASSERT_TRUE(Decide(heard, Verdict::kCleared).ok());
  Days(2);
  for (const hr::ActionView& view : Actions()) ASSERT_TRUE(Decide(view.action.id, Verdict::kCleared).ok());
  Days(8);
  EXPECT_EQ(StateOf(heard), ActionState::kCleared);
  Refused([&] { return Cancel(heard); }, Reason::kActionEnded);
}

TEST_F(ActionsTest, AreDecidedOnce) {
  const base::AdverseActionId id = Submit("emp:E2");
  Days(2);
  const std::string request = world.RequestId();
  ASSERT_TRUE(Decide(id, Verdict::kCleared, request).ok());
  ASSERT_TRUE(Decide(id, Verdict::kCleared, request).ok()) << "the answer was lost";
  Refused([&] { return Decide(id, Verdict::kNotCleared, request); }, Reason::kRequestIdReused);
  Refused([&] { return Decide(id, Verdict::kNotCleared); }, Reason::kActionEnded);
  EXPECT_EQ(RowOf(id).verdict, static_cast<std::uint8_t>(Verdict::kCleared));
  EXPECT_EQ(RowOf(id).decided_by, officer);
  const base::AdverseActionId gone = Submit("emp:E3");
  ASSERT_TRUE(Cancel(gone).ok());
  Days(2);
  Refused([&] { return Decide(gone, Verdict::kCleared); }, Reason::kActionEnded);
  Refused([&] { return Decide(base::AdverseActionId(), Verdict::kCleared); }, Reason::kNothingHere);
}

TEST_F(ActionsTest, WhatIsWrongIsNamedAndChangesNothing) {
  const std::string request = world.RequestId();
  const crypto::Bytes letter = Letter();
  const auto id = TrySubmit("emp:E2", letter, request);
  ASSERT_TRUE(id.ok()) << id.status();
  EXPECT_EQ(*TrySubmit("emp:E2", letter, request), *id) << "the answer was lost";
  EXPECT_EQ(RowOf(*id).repeats, 0u) << "that is no repetition";
  const auto refused = [&](const std::string& employee, const crypto::Bytes& bytes, Reason reason,
                           const std::string& request_id = {}) {
    Refused([&] { return TrySubmit(employee, bytes, request_id).status(); }, reason);
  };
  refused("emp:E2", Letter(), Reason::kRequestIdReused, request);
  refused("emp:E3", letter, Reason::kRequestIdReused, request);
  refused("emp:E3", letter, Reason::kFieldInvalid);  // the letter of another action
  refused("emp:NOBODY", Letter(), Reason::kEmployeeUnknown);
  refused("emp:E3", "nonsense", Reason::kEnvelopeInvalid);
  refused("emp:E3", Letter(format::DrawId<base::ProtectionRequestId>(world.random), Officers()), Reason::kEnvelopeInvalid);
  const auto fresh = format::DrawId<base::AdverseActionId>(world.random);
  refused("emp:E3", Letter(fresh, {world.machines.at("ada")[0].decryption.encryption_key()}), Reason::kGrantsMismatch);
  std::vector<crypto::EncryptionKey> more = Officers();
  more.push_back(world.machines.at("ada")[0].decryption.encryption_key());
  refused("emp:E3", Letter(fresh, more), Reason::kGrantsMismatch);
  refused("emp:E3", Letter(), Reason::kFieldInvalid, "no uuid");
  Refused([&] { return world.Carry(hr::GetAdverseAction(world.ports(), Slug("mirror"), *id)).status(); },
          Reason::kNothingHere);
  Refused(
      [&] { return world.Carry(hr::CancelAdverseAction(world.ports(), Slug("mirror"), world.RequestId(), *id)).status(); },
      Reason::kNothingHere);
  Refused([&] { return world.Carry(hr::ListAlerts(world.ports(), officer, {.token = "x"})).status(); }, Reason::kFieldInvalid);
  const std::vector<crypto::EncryptionKey> before = Officers();
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      std::erase(person.roles, format::Role::kProtectionOfficer);
  });
  refused("emp:E3", Letter(fresh, before), Reason::kOfficerMissing);
}

// What a timeline is made of: what became of each, in the ledger's own words.
TEST_F(ActionsTest, EndedOnesComeWithTheirLeavesInOrderAndOthersWithNone) {
  const base::AdverseActionId first = Submit("emp:E1");
  Submit("emp:E1");
  const base::AdverseActionId other = Submit("emp:E2");
  Days(2);
  for (const hr::ActionView& view : Actions()) EXPECT_TRUE(view.leaves.empty()) << "while they wait nobody needs them";
  ASSERT_TRUE(Decide(first, Verdict::kNotCleared).ok());
  ASSERT_TRUE(Cancel(other).ok());
  std::size_t seen = 0;
  for (const hr::ActionView& view : Actions(true)) {
    std::vector<format::LeafKind> kinds;
    for (const cases::OpenedLeaf& opened : view.leaves) kinds.push_back(format::ParseLeaf(opened.content)->kind);
    using enum format::LeafKind;
    if (view.action.id == first) {
      EXPECT_EQ(kinds, (std::vector{kActionSubmitted, kActionRepeated, kActionDecided}));
      EXPECT_EQ(format::ParseLeaf(view.leaves[0].content)->details,
                format::details::ActionSubmitted(first, crypto::Sha256(view.action.letter)));
      EXPECT_EQ(format::ParseLeaf(view.leaves[2].content)->details, format::details::ActionDecided(first, 2));
    } else {
      EXPECT_EQ(kinds, (std::vector{kActionSubmitted, kActionCancelled}));
    }
    ++seen;
  }
  EXPECT_EQ(seen, 2u);
}

// However often HR repeats itself, the row stays small, and there is room for what became of the plan.
TEST_F(ActionsTest, RepeatsTakeNoMoreRoomThanThereIs) {
  const base::AdverseActionId id = Submit("emp:E1");
  for (int i = 0; i < 40; ++i) Submit("emp:E1");
  Days(2);
  ASSERT_TRUE(Decide(id, Verdict::kCleared).ok());
  const auto ended = Actions(true);
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended[0].leaves.size(), hr::kMostActionLeaves - 1);
  EXPECT_EQ(format::ParseLeaf(ended[0].leaves.back().content)->kind, format::LeafKind::kActionDecided);
  EXPECT_EQ(ended[0].action.repeats, 40u);
}

TEST_F(ActionsTest, TheOfficersSeeAnEmployeesTagsAndOneNameForThem) {
  const base::AdverseActionId first = Submit("emp:E1B");
  const base::AdverseActionId other = Submit("emp:E2");
  Days(2);
  std::string name;
  for (const hr::ActionView& view : Actions()) {
    EXPECT_EQ(view.tags.size(), view.action.id == first ? 2u : 1u);
    const auto named = [&](const char* text) {
      const auto tag = *crypto::SubjectTag::FromBytes(world.TagOf(text));
      const auto hash = format::TagAlias(world.organisation->directory()->salt, tag);
      return std::find(view.tags.begin(), view.tags.end(), hash) != view.tags.end();
    };
    EXPECT_EQ(named("emp:E1"), view.action.id == first);
    EXPECT_EQ(named("emp:E2"), view.action.id == other);
    EXPECT_NE(view.employee, name);
    if (view.action.id == first) name = view.employee;
  }
  for (const base::AdverseActionId& id : {first, other}) ASSERT_TRUE(Decide(id, Verdict::kCleared).ok());
  Days(8);
  Submit("emp:E1");
  Days(2);
  const auto again = Actions();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].employee, name) << "the same for every action about them";
}

TEST_F(ActionsTest, ListsComeInPages) {
  for (int i = 2; i <= 20; ++i) Submit("emp:E" + std::to_string(i));
  Days(2);
  std::set<base::AdverseActionId> seen;
  cases::PageRequest page{.size = 7, .token = {}};
  int pages = 0;
  do {
    const auto answer = world.Carry(hr::ListAdverseActions(world.ports(), officer, false, page));
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_LE(answer->actions.size(), 7u);
    for (const hr::ActionView& view : answer->actions) EXPECT_TRUE(seen.insert(view.action.id).second);
    page.token = answer->next_token;
    ++pages;
  } while (!page.token.empty());
  EXPECT_EQ(seen.size(), 19u);
  EXPECT_EQ(pages, 3);
}

TEST_F(ActionsTest, EveryCallIsALeafThatNamesWhoCalledAndNotWhatWasDecided) {
  std::uint64_t leaves = world.rows.leaves();
  const auto another = [&](const char* what) { EXPECT_EQ(world.rows.leaves(), ++leaves) << what; };
  const base::AdverseActionId id = Submit("emp:E2");
  another("submit");
  Submit("emp:E2");
  another("repeat");
  StateOf(id);
  another("get");
  Days(2);
  Actions();
  another("list");
  ASSERT_TRUE(Decide(id, Verdict::kNotCleared).ok());
  another("decide");
  Alerts();
  another("alerts");
  ASSERT_TRUE(Cancel(id).ok());
  another("cancel");
}

class ProtectionTest : public ActionsTest {
 protected:
  absl::Status Ask(const crypto::Bytes& letter, std::string request_id = {}) {
    if (request_id.empty()) request_id = world.RequestId();
    return world.Carry(intake::RequestProtection(world.ports(), request_id, letter)).status();
  }
  crypto::Bytes Request() { return Letter(format::DrawId<base::ProtectionRequestId>(world.random), Officers()); }
};

TEST_F(ProtectionTest, ARequestIsKeptForTheOfficersWithItsDayAlone) {
  const crypto::Bytes letter = Request();
  const std::string request = world.RequestId();
  ASSERT_TRUE(Ask(letter, request).ok());
  ASSERT_TRUE(Ask(letter, request).ok()) << "the answer was lost";
  Refused([&] { return Ask(Request(), request); }, Reason::kRequestIdReused);
  Refused([&] { return Ask(letter); }, Reason::kFieldInvalid);
  Refused([&] { return Ask("nonsense"); }, Reason::kEnvelopeInvalid);
  Refused([&] { return Ask(Letter()); }, Reason::kEnvelopeInvalid);  // a plan of HR's
  Refused([&] { return Ask(Letter(format::DrawId<base::ProtectionRequestId>(world.random),
                                  {world.machines.at("ada")[0].decryption.encryption_key()})); },
          Reason::kGrantsMismatch);
  const auto page = world.Carry(hr::ListProtectionRequests(world.ports(), officer, {}));
  ASSERT_TRUE(page.ok()) << page.status();
  ASSERT_EQ(page->requests.size(), 1u);
  EXPECT_EQ(page->requests[0].request.letter, letter);
  EXPECT_EQ(page->requests[0].request.day, world.clock.Today());
  const auto leaf = format::ParseLeaf(page->requests[0].leaf.content);
  ASSERT_TRUE(leaf.ok()) << leaf.status();
  EXPECT_EQ(leaf->kind, format::LeafKind::kProtectionRequested);
  EXPECT_EQ(leaf->details, format::details::ProtectionRequested(page->requests[0].request.id, crypto::Sha256(letter)));
}

}  // namespace
}  // namespace alcove::world
