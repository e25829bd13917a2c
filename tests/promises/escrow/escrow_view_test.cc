// P3, P8: until the team writes first, whoever filed an escrow is answered to the byte what they would be answered had nobody else
// named the person. So nobody learns anything by accusing, themselves or others.
//
// One reporter does the same things in two worlds that differ in one fact: whether two others named the same person, or
// somebody else. Every answer is written down as the message that the service sends, with the places of the leaves in the
// ledger. Randomness is drawn anew from the same seed before every step, so that what is drawn by chance is the same on both sides.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "alcove/v1/intake_service.pb.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "crypto/hash.h"
#include "server/core/approvals/identity.h"
#include "server/core/cases/blobs.h"
#include "server/core/cases/escrow.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/rotation.h"
#include "server/core/cases/show.h"
#include "server/core/guard/reporter.h"
#include "server/core/guard/review.h"
#include "server/core/guard/team.h"
#include "server/core/intake/answer_check_in.h"
#include "server/rpc/convert/approval.h"
#include "server/rpc/convert/filing.h"
#include "server/rpc/convert/leaves.h"
#include "server/rpc/convert/shared.h"
#include "server/rpc/mailbox/convert.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
using format::EntryKind;
using format::Keyring;

enum class Others { kNameTheSame, kNameSomebodyElse };
enum class Come { kBefore, kAfter };

class Play {
 public:
  Play(Others others, Come come, bool stripped = false) : others_(others), stripped_(stripped) {
    Seed();
    world.Sync({{"EVE"}, {"ZOE"}, {"AMIRA"}, {"BJORN"}, {"CHIARA"}, {"DILIP"}});
    Seed();
    reporter = world.NewReporter();
    if (come == Come::kBefore) OthersFile();
    File();
    if (come == Come::kAfter) OthersFile();
    if (stripped_) Strip();
    Hour();
    Look();
  }

  // Everything that the reporter was answered so far, one line an answer.
  const std::vector<std::string>& seen() const { return seen_; }

  bool Released() { return world.CaseOf(reporter).escrow->released.has_value(); }

  void Look() {
    Seed();
    const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
    Note("mailbox", view.status());
    if (view.ok()) {
      v1::GetMailboxResponse message;
      if (view->gone) {
        message.set_case_(format::CaseName(view->case_id));
        ASSERT_TRUE(rpc::FillGone(world.rows, *view->gone, message.mutable_gone()).ok());
      } else {
        rpc::Fill(*view, &message);
        const auto requests = approvals::ReleasesShown(world.ports(), reporter.mailbox);
        ASSERT_TRUE(requests.ok());
        for (const approvals::ApprovalView& one : *requests) rpc::Fill(one, message.add_identity_requests());
      }
      Note("mailbox", message);
    }
    const auto entries = cases::ListMessages(world.ports(), reporter.mailbox, {});
    Note("messages", entries.status());
    if (entries.ok()) {
      v1::ListMessagesResponse message;
      for (const cases::Entry& entry : entries->entries) rpc::SetEntry(entry, message.add_entries());
      message.set_next_page_token(entries->next_token);
      Note("messages", message);
    }
    const auto leaves = cases::ListLeaves(world.ports(), reporter.mailbox, {.size = 100, .token = ""});
    Note("leaves", leaves.status());
    if (leaves.ok()) {
      const auto proven = rpc::Prove(world.rows, leaves->leaves);
      ASSERT_TRUE(proven.ok()) << proven.status();
      v1::ListLeavesResponse message;
      message.mutable_leaves()->Assign(proven->leaves.begin(), proven->leaves.end());
      Note("leaves", message);
      for (const cases::OpenedLeaf& leaf : leaves->leaves) Note("place " + std::to_string(leaf.index));
    }
  }

  void Message(bool epoch) {
    Seed();
    const std::vector<format::Recipient> readers = Readers(reporter.keys.decryption.encryption_key());
    std::optional<format::EpochKey> made;
    const Draft draft = WriteOwn(EntryKind::kMessage, epoch ? &readers : nullptr, made);
    Appended(Carry(cases::SendMessage(world.ports(), reporter.mailbox, world.RequestId(), draft.entry())));
    if (made && last_ok_) reporter.epochs.push_back(*std::move(made));
  }

  void Withdraw() {
    Seed();
    const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
    const std::string etag = view.ok() ? view->etag : "";
    const auto answer = Carry(cases::WithdrawReport(world.ports(), reporter.mailbox, etag, world.RequestId()));
    Note("withdraw", answer.status());
    if (answer.ok()) Note("withdraw " + *answer);
  }

  void Exclude(const std::string& slug) {
    Seed();
    guard::Exclusion exclusion{{}, {Slug(slug)}};
    const auto answer = Carry(guard::ExcludeReaders(world.ports(), reporter.mailbox, world.RequestId(), exclusion));
    Note("exclude", answer.status());
  }

  void ReportBadGrant() {
    Seed();
    const cases::Case shown = cases::ShownOf(world.CaseOf(reporter));
    Note("bad grant", Carry(guard::ReportBadGrant(world.ports(), reporter.mailbox, world.RequestId(),
                                                  {Keyring::kThread, shown.thread.epochs - 1}))
                          .status());
  }

  void CheckIn() {
    Seed();
    std::optional<format::EpochKey> made;
    const Draft draft = WriteOwn(EntryKind::kCheckIn, nullptr, made);
    const cases::Ports ports = world.ports();
    Note("check-in", intake::AnswerCheckIn({ports, world.secrets}, reporter.mailbox,
                                           {world.RequestId(), {clocks::Since::kFiling, 30}, draft.entry(), {}})
                         .status());
  }

  void Rotate() {
    Seed();
    Reporter fresh = world.NewReporter();
    const std::vector<format::Recipient> readers = Readers(fresh.keys.decryption.encryption_key());
    std::optional<format::EpochKey> made;
    const Draft draft = WriteOwn(EntryKind::kReceiptRotated, &readers, made);
    Appended(Carry(cases::RotateReceipt(world.ports(), reporter.mailbox,
                                        {world.RequestId(), fresh.mailbox, fresh.keys.decryption.encryption_key(),
                                         fresh.keys.signing.verify_key(), draft.entry()})));
    Note("old words", cases::GetMailbox(world.ports(), reporter.mailbox).status());
    reporter.mailbox = fresh.mailbox;
    reporter.keys = std::move(fresh.keys);
    reporter.epochs.push_back(*std::move(made));
  }

  // Staff read, claim, move and write notes, where there is anything to read. None of it is the reporter's business yet.
  void StaffWork() {
    Seed();
    if (Released()) {
      const base::StaffSlug caller = world.AssigneeOf(reporter);
      const base::CaseId& id = reporter.case_id;
      const auto keys = world.Open(caller, id, Keyring::kThread);
      ASSERT_FALSE(keys.empty());
      ASSERT_TRUE(world.Carry(cases::ListEntries(world.ports(), caller, id, Keyring::kThread, {})).ok());
      const auto etag = [&] { return cases::EtagOf(world.ports(), world.CaseOf(reporter)); };
      ASSERT_TRUE(world.Carry(cases::ClaimCase(world.ports(), caller, id, etag(), world.RequestId())).ok());
      const auto moved = world.Carry(
          cases::ChangeCaseState(world.ports(), caller, id, etag(), world.RequestId(), cases::State::kAcknowledged, ""));
      ASSERT_TRUE(moved.ok()) << moved.status();
      std::vector<format::Recipient> team;
      for (const format::Recipient& one : world.RecipientsOf(id, Keyring::kTeam)) team.push_back(one);
      const Draft note = world.Write(Keyring::kTeam, EntryKind::kNote, id, world.machines.at(caller.text())[0].signing,
                                     keys.back(), {}, &team);
      const auto noted = world.Append(caller, id, note, world.RequestId());
      ASSERT_TRUE(noted.ok()) << noted.status();
      const crypto::Bytes zoe = world.TagOf("emp:ZOE");
      const std::vector<crypto::BytesView> tags = {zoe};
      ASSERT_TRUE(world.Carry(guard::CorrectSubjects(world.ports(), caller, id, etag(), world.RequestId(), tags)).ok());
      ASSERT_TRUE(world.Carry(guard::RecuseFromCase(world.ports(), caller, id, world.RequestId())).ok());
      ASSERT_TRUE(world.Carry(cases::ListHistory(world.ports(), world.AssigneeOf(reporter), id, {})).ok());
    }
    Hour();
  }

  // The team's first words.
  void StaffWrite() {
    Seed();
    if (!Released()) return;
    const base::StaffSlug caller = world.AssigneeOf(reporter);
    const auto keys = world.Open(caller, reporter.case_id, Keyring::kThread);
    const cases::Case record = world.CaseOf(reporter);
    const std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    const bool stale = cases::IsEpochDue(world.ports(), record, record.thread);
    const Draft draft = world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id,
                                    world.machines.at(caller.text())[0].signing, keys.back(), {}, stale ? &readers : nullptr);
    const auto appended = world.Append(caller, reporter.case_id, draft, world.RequestId());
    ASSERT_TRUE(appended.ok()) << appended.status();
  }

  // Somebody gets another machine, somebody leaves; the service looks at every case.
  void DirectoryChanges() {
    Seed();
    world.PublishDirectory([&](format::Directory& directory) {
      std::erase_if(directory.people, [](const format::Person& person) { return person.slug == "finn"; });
    });
    ReviewAll();
  }
  void PassDays(int days) {
    world.clock.Advance(std::chrono::hours(24 * days));
    ReviewAll();
  }

  // Whoever lost the case has no grant in any epoch, the reporter's own new ones included.
  void ExpectNoGrantToWhoLost() {
    const cases::Case record = world.CaseOf(reporter);
    std::set<std::string> lost;
    for (const grants::Holder& holder : record.thread.holders)
      if (holder.lost) lost.insert(holder.key_id.str());
    const absl::Status status = world.rows.Scan<cases::Epoch>(
        base::RowKey(reporter.case_id), "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
          const format::ParsedEpoch epoch = *format::ParseEpoch(row.record.record);
          for (std::size_t i = 0; i < epoch.reader_count; ++i)
            EXPECT_FALSE(lost.contains(epoch.ReaderAt(i).key.str()) && !row.record.grants[i].empty()) << row.record.number;
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
  }

  World world{11};
  Reporter reporter = world.NewReporter();

 private:
  void Seed() { world.random = SeededRandom(1000 + ++step_); }

  void Note(const std::string& line) { seen_.push_back(line); }
  void Note(const std::string& call, const absl::Status& status) { Note(call + ": " + std::string(status.ToString())); }
  void Note(const std::string& call, const google::protobuf::MessageLite& message) {
    Note(call + " " + message.SerializeAsString());
  }
  void Appended(const absl::StatusOr<cases::Appended>& answer) {
    last_ok_ = answer.ok();
    Note("entry", answer.status());
    if (answer.ok()) Note("entry " + answer->entry.str() + answer->head.str());
  }

  // Decides, and commits with fresh randomness: how much the decision drew is not seen.
  template <class Answer>
  absl::StatusOr<Answer> Carry(absl::StatusOr<base::Outcome<Answer>> outcome) {
    Seed();
    return world.Carry(std::move(outcome));
  }

  void OthersFile() {
    for (int i = 0; i < 2; ++i) {
      Seed();
      others_filed_.push_back(world.Escrow(others_ == Others::kNameTheSame ? "EVE" : "ZOE"));
    }
  }

  void File() {
    Seed();
    intake::PlanRequest request = world.Facts();
    const crypto::Bytes eve = world.TagOf("emp:EVE");
    request.subjects = {eve};
    request.escrow = true;
    const intake::PlanView plan = world.Plan(request);
    Seed();
    Submission submission = world.Prepare(reporter, plan);
    world.Hold(submission, 2, world.clock.Today().PlusDays(60));
    for (int times = 0; times < 2; ++times) {
      Seed();
      const cases::Ports ports = world.ports();
      const auto filing = Carry(intake::SubmitReport({ports, world.secrets}, submission.request()));
      ASSERT_TRUE(filing.ok()) << filing.status();
      v1::SubmitReportResponse message;
      rpc::Fill(*filing, &message);
      Note("filed", message);
      Note("place " + std::to_string(filing->leaf.index));
    }
  }

  // A planted fault for controls: the case loses its face.
  void Strip() {
    cases::Case record = world.CaseOf(reporter);
    record.escrow->face.clear();
    world.rows.Put(std::move(record));
  }

  // The hourly cut: the published tree grows by so much whatever was done. (Here to a larger multiple, so that all that staff
  // did in the hour is covered; what a small one tells stands in server/core/ledger/DESIGN.md.)
  void Hour() {
    Seed();
    base::Transaction cut;
    cut.leaves.emplace_back();  // it grows by as much also when nothing was done
    cut.pad_to_multiple_of = 4096;
    ASSERT_TRUE(world.rows.Commit(cut, world.file.id, world.clock.Today()).ok());
  }

  void ReviewAll() {
    std::vector<base::CaseId> ids = {reporter.case_id};
    for (const Reporter& one : others_filed_) ids.push_back(one.case_id);
    for (const base::CaseId& id : ids) {
      Seed();
      ASSERT_TRUE(world.Carry(guard::Review(world.ports(), id)).ok());
    }
    Hour();
  }

  // As the reporter's client makes it: everybody who is listed and reads on, and the mailbox.
  std::vector<format::Recipient> Readers(const crypto::EncryptionKey& mailbox) {
    std::vector<format::Recipient> readers = {{mailbox, format::ReleaseCondition::kMailbox}};
    const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
    if (!view.ok()) return readers;
    for (const cases::ReaderView& reader : view->readers) {
      if (reader.lost) continue;
      const people::Person* person = world.organisation->FindPerson(reader.staff);
      readers.push_back({person->DeviceOf(reader.key_id)->encryption_key, reader.condition});
    }
    return readers;
  }

  Draft WriteOwn(EntryKind kind, const std::vector<format::Recipient>* readers, std::optional<format::EpochKey>& made) {
    format::EpochKey* out = nullptr;
    if (readers != nullptr) out = &made.emplace(format::EpochKey::Draw(world.random));
    return world.Write(Keyring::kThread, kind, reporter.case_id, reporter.keys.signing, reporter.epochs.back(), {}, readers, out);
  }

  Others others_;
  bool stripped_;
  int step_ = 0;
  bool last_ok_ = false;
  std::vector<Reporter> others_filed_;
  std::vector<std::string> seen_;
};

// Where the two differ first; nothing when they do not.
std::optional<std::size_t> FirstDifference(const Play& one, const Play& two) {
  const std::size_t both = std::min(one.seen().size(), two.seen().size());
  for (std::size_t i = 0; i < both; ++i)
    if (one.seen()[i] != two.seen()[i]) return i;
  if (one.seen().size() != two.seen().size()) return both;
  return std::nullopt;
}

class P3_EscrowTellsNothing : public testing::TestWithParam<Come> {
 protected:
  // Does the same in both worlds, and compares all that was answered.
  void Both(const std::function<void(Play&)>& act) {
    for (Play* play : {&matched, &alone}) act(*play);
    const auto at = FirstDifference(matched, alone);
    ASSERT_FALSE(at) << "answer " << *at << ": " << matched.seen()[*at].substr(0, 200) << "\n   against "
                     << alone.seen()[*at].substr(0, 200);
  }

  Play matched{Others::kNameTheSame, GetParam()};
  Play alone{Others::kNameSomebodyElse, GetParam()};
};

TEST_P(P3_EscrowTellsNothing, WhateverTheReporterDoesTheyAreAnsweredTheSame) {
  ASSERT_TRUE(matched.Released());
  ASSERT_FALSE(alone.Released());
  Both([](Play&) {});
  Both([](Play& play) { play.Message(false), play.Look(); });
  Both([](Play& play) { play.StaffWork(), play.Look(); });
  Both([](Play& play) { play.Message(false), play.Look(); });
  Both([](Play& play) { play.DirectoryChanges(), play.Look(); });
  Both([](Play& play) { play.Message(false); });  // the key is stale on both sides
  Both([](Play& play) { play.Message(true), play.Look(); });
  Both([](Play& play) { play.Message(true), play.Message(false), play.Look(); });
  matched.ExpectNoGrantToWhoLost();
  const cases::Case rekeyed = matched.world.CaseOf(matched.reporter);
  EXPECT_TRUE(std::any_of(rekeyed.thread.holders.begin(), rekeyed.thread.holders.end(),
                          [](const grants::Holder& holder) { return holder.lost; }))
      << "control: who stepped back got a grant of the reporter's new key, which is not kept";
  Both([](Play& play) { play.Exclude("erik"), play.Look(); });
  for (Play* play : {&matched, &alone}) {
    const cases::Case record = play->world.CaseOf(play->reporter);
    EXPECT_TRUE(access::InConflict(*play->world.organisation, Slug("erik"), record.wall)) << "the case behind the face too";
    play->ExpectNoGrantToWhoLost();
  }
  Both([](Play& play) { play.Message(true), play.Look(); });
  Both([](Play& play) { play.ReportBadGrant(), play.Look(); });
  Both([](Play& play) { play.Message(true), play.Look(); });
  Both([](Play& play) { play.PassDays(31), play.CheckIn(), play.Look(); });
  Both([](Play& play) { play.Rotate(), play.Look(); });
  Both([](Play& play) { play.Message(false), play.Look(); });
  Both([](Play& play) { play.Withdraw(), play.Look(); });
  Both([](Play& play) { play.Withdraw(), play.Message(false), play.Look(); });
  EXPECT_TRUE(matched.world.CaseOf(matched.reporter).withdrawn) << "the team is told";
  // The last day goes by: what waited is destroyed, what went is with a team that is silent.
  Both([](Play& play) { play.world.clock.Advance(std::chrono::hours(24 * 31)), play.Look(); });
  Both([](Play& play) { play.PassDays(1), play.Look(); });
  Both([](Play& play) { play.Message(false), play.Withdraw(), play.Exclude("fay"), play.Look(); });
  EXPECT_TRUE(*cases::IsDoomed(alone.world.rows, alone.reporter.case_id));
  EXPECT_FALSE(*cases::IsDoomed(matched.world.rows, matched.reporter.case_id));
}

TEST_P(P3_EscrowTellsNothing, TheTeamsFirstWordsEndIt) {
  Both([](Play& play) { play.StaffWork(), play.Message(false), play.Look(); });
  for (Play* play : {&matched, &alone}) play->StaffWrite(), play->Look();
  EXPECT_TRUE(FirstDifference(matched, alone)) << "control: from here on the reporter is told";
  matched.Message(false);
  EXPECT_THAT(matched.seen().back(), testing::StartsWith("entry ")) << "and goes on as with any case";
}

TEST_P(P3_EscrowTellsNothing, AReportOnItsWayToTheTeamOpensAgainAfterItsLastDay) {
  Both([](Play& play) { play.PassDays(61), play.Look(); });
  EXPECT_TRUE(cases::GetMailbox(matched.world.ports(), matched.reporter.mailbox)->gone) << "not told which of the two it is";
  matched.StaffWrite();
  const auto view = cases::GetMailbox(matched.world.ports(), matched.reporter.mailbox);
  ASSERT_TRUE(view.ok()) << view.status();
  EXPECT_FALSE(view->gone);
  EXPECT_TRUE(view->escrow->released);
}

TEST_P(P3_EscrowTellsNothing, WithoutItsFaceACaseWouldTell) {
  // The control of all of the above.
  Play stripped{Others::kNameTheSame, GetParam(), true};
  EXPECT_TRUE(FirstDifference(stripped, alone));
}

INSTANTIATE_TEST_SUITE_P(Others, P3_EscrowTellsNothing, testing::Values(Come::kBefore, Come::kAfter),
                         [](const auto& of) { return of.param == Come::kBefore ? "NamedThemBefore" : "NameThemLater"; });

// 5.8: naming oneself recovers nothing. One person has one voice a quarter, so they need others; and with fewer than they asked
// for, all that they are answered is what the first test compares.
TEST(P3_EscrowOnOneself, OneTokenIsOneVoiceHoweverOftenItIsSpent) {
  World world;
  world.Sync({{"EVE"}});
  const auto probe = [&](const crypto::Bytes* token) {
    Reporter reporter = world.NewReporter();
    intake::PlanRequest request = world.Facts();
    const crypto::Bytes eve = world.TagOf("emp:EVE");
    request.subjects = {eve};
    request.escrow = true;
    Submission submission = world.Prepare(reporter, world.Plan(request));
    world.Hold(submission, 2, world.clock.Today().PlusDays(60));
    if (token != nullptr) submission.token = *token;
    const absl::Status filed = world.Submit(submission).status();
    return std::pair(filed, submission.token);
  };
  const std::size_t rows = world.rows.size();
  const auto [first, own] = probe(nullptr);
  ASSERT_TRUE(first.ok()) << first;
  EXPECT_EQ(Why(probe(&own).first), Reason::kTokenRefused) << "bound to the first filing";
  const Reporter victim = world.Escrow("EVE");
  EXPECT_TRUE(cases::IsWaiting(world.CaseOf(victim))) << "one accused and one victim are not three people";
  const Reporter other = world.Escrow("EVE");
  EXPECT_FALSE(cases::IsWaiting(world.CaseOf(other))) << "control: three voices are";
  EXPECT_GT(world.rows.size(), rows);
}

TEST(P8_EscrowLeavesAsManyLeaves, WhateverAFilingSetsOff) {
  for (const Others others : {Others::kNameTheSame, Others::kNameSomebodyElse}) {
    World world;
    world.Sync({{"EVE"}, {"ZOE"}});
    for (int i = 0; i < 2; ++i) world.Escrow(others == Others::kNameTheSame ? "EVE" : "ZOE");
    const std::uint64_t before = world.rows.leaves();
    world.Escrow("EVE");
    EXPECT_EQ(world.rows.leaves() - before, cases::kLeavesOfAnAct);
  }
}

}  // namespace
}  // namespace alcove::world
