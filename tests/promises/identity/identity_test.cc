// P4: a confidential identity opens only with k of n custodians and the case team, for whoever asked alone, with a reason,
// the reporter told first. The people of the world do it with their own keys; then everybody tries it otherwise.
#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "crypto/format/identity.h"
#include "crypto/format/leaf.h"
#include "crypto/format/share.h"
#include "server/core/approvals/custody.h"
#include "server/core/approvals/identity.h"
#include "server/core/cases/requests.h"
#include "server/core/clocks/seen.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using approvals::State;
using base::Reason;
using format::Decision;
using format::LeafKind;

constexpr std::string_view kName = "Noor Example, call after six";

// carl, cleo and cora are custodians; yara and yves approvers. Whoever has the case asks.
class P4_Identity : public testing::Test {
 protected:
  Reporter FileConfidentially() {
    world.PublishDirectory([this](format::Directory& directory) {
      world.AddPerson(directory, "yara", {format::Role::kApprover}, {});
      world.AddPerson(directory, "yves", {format::Role::kApprover}, {});
      world.AddPerson(directory, "zoe", {}, {}, true);
    });
    return FileAnother();
  }
  Reporter FileAnother(const intake::PlanRequest& facts, std::vector<std::string> expected = {"carl", "cleo", "cora"}) {
    Reporter filing = world.NewReporter();
    const intake::PlanView plan = world.Plan(facts);
    Submission submission = world.Prepare(filing, plan);
    std::vector<crypto::EncryptionKey> keys;
    std::vector<std::string> slugs;
    for (const cases::ReaderView& custodian : plan.custodians) {
      slugs.push_back(custodian.staff.text());
      keys.push_back(world.organisation->FindByEncryptionKey(custodian.key_id)->devices[0].encryption_key);
    }
    EXPECT_EQ(slugs, expected);
    submission.identity = *format::SealIdentity(world.file.id, plan.case_id, keys, 2, plan.directory_version,
                                                filing.epochs[0], kName, world.random);
    EXPECT_TRUE(world.Submit(submission).ok());
    return filing;
  }
  Reporter FileAnother() { return FileAnother(world.Facts()); }

  static approvals::Terms On(std::string basis) {
    approvals::Terms terms;
    terms.kind = format::ApprovalKind::kReleaseIdentity;
    terms.code = std::move(basis);
    return terms;
  }
  const Machine& MachineOf(std::string_view slug) const { return world.machines.at(std::string(slug))[0]; }
  cases::Case Case() const { return world.CaseOf(reporter); }
  base::ApprovalId Ask(std::string basis) { return world.Ask(asker, reporter.case_id, On(std::move(basis))); }
  std::optional<Reason> WhyNotAsk(const base::StaffSlug& who, const base::CaseId& id, std::string basis) {
    return Why(approvals::WhoDecides(world.ports(), who, {id, On(std::move(basis)), {}}));
  }
  approvals::ApprovalView View(const base::ApprovalId& id) {
    auto view = approvals::GetApproval(world.ports(), asker, id);
    EXPECT_TRUE(view.ok()) << view.status();
    return view.ok() ? *std::move(view) : approvals::ApprovalView();
  }
  State StateOf(const base::ApprovalId& id) { return View(id).state; }

  // As a custodian's device makes it from the case's identity; `spoil` does it wrong.
  struct Wrapping {
    crypto::Bytes request;
    base::CaseId case_id;
    std::string custodian;  // whose share
    std::string signer;
    std::string recipient;
  };
  crypto::Bytes ShareOf(std::string_view custodian, const base::ApprovalId& id,
                        const std::function<void(Wrapping&)>& spoil = {}) {
    Wrapping wrapping{View(id).approval.request, reporter.case_id, std::string(custodian), std::string(custodian),
                      asker.text()};
    if (spoil) spoil(wrapping);
    const auto row = world.rows.Get<cases::Identity>(base::RowKey(wrapping.case_id)).value();
    const auto share = format::OpenIdentityShare(*format::ParseIdentity(row->record.sealed), MachineOf(wrapping.custodian).decryption);
    EXPECT_TRUE(share.ok()) << share.status();
    return *format::GiveShare(format::ParseApprovalRequest(wrapping.request)->statement, *share,
                              MachineOf(wrapping.recipient).decryption.encryption_key(),
                              MachineOf(wrapping.signer).signing, world.random);
  }
  std::optional<Reason> Decide(std::string_view who, const base::ApprovalId& id, crypto::BytesView share,
                               Decision decision = Decision::kApprove) {
    const approvals::ApprovalView view = View(id);
    const auto request = format::ParseApprovalRequest(view.approval.request);
    return Why(world.Carry(approvals::DecideApproval(
        world.ports(), Slug(who), id, view.etag, world.RequestId(), decision,
        format::SignDecision(request->statement, decision, MachineOf(who).signing), share)));
  }
  std::optional<Reason> Give(std::string_view who, const base::ApprovalId& id) { return Decide(who, id, ShareOf(who, id)); }
  std::optional<Reason> Refuse(std::string_view who, const base::ApprovalId& id) { return Decide(who, id, {}, Decision::kRefuse); }
  std::optional<Reason> Agree(std::string_view approver, const base::ApprovalId& id) { return Decide(approver, id, {}); }

  std::optional<Reason> Answer(const base::ApprovalId& id, Decision decision) {
    return Answer(reporter, id, decision, reporter.keys.signing);
  }
  std::optional<Reason> Answer(const Reporter& who, const base::ApprovalId& id, Decision decision,
                               const crypto::SigningKey& key) {
    const approvals::ApprovalView view = View(id);
    return Why(world.Carry(approvals::DecideConsent(
        world.ports(), who.mailbox, id, view.etag, world.RequestId(), decision,
        format::SignConsent(format::ParseApprovalRequest(view.approval.request)->statement, decision, key))));
  }

  absl::StatusOr<base::Outcome<approvals::Executed>> Executing(const base::StaffSlug& who, const base::ApprovalId& id,
                                                               const std::string& request_id) {
    const auto row = world.rows.Get<cases::Approval>(base::RowKey(reporter.case_id, id)).value();
    const std::string etag = cases::EtagOf(world.ports(), id.view(), row->record.revision);
    return approvals::ExecuteApproval(world.ports(), who, id, etag, request_id, {});
  }
  absl::StatusOr<approvals::Executed> Execute(const base::ApprovalId& id) {
    return world.Carry(Executing(asker, id, world.RequestId()));
  }

  // What the asker's device makes of the answer.
  absl::StatusOr<std::string> Open(const approvals::Released& released, const crypto::DecryptionKey& key,
                                   const format::EpochKey& thread) {
    const auto identity = format::ParseIdentity(released.identity);
    if (!identity.ok()) return identity.status();
    std::vector<format::IdentityShare> shares;
    for (const crypto::Bytes& bytes : released.shares) {
      auto share = format::OpenGivenShare(*format::ParseShare(bytes), key);
      if (!share.ok()) return share.status();
      if (shares.size() < identity->threshold) shares.push_back(*std::move(share));
    }
    auto text = format::OpenIdentity(*identity, shares, thread);
    if (!text.ok()) return text.status();
    return std::string(text->view());
  }
  std::vector<LeafKind> Chain() {
    std::vector<LeafKind> kinds;
    const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {100, ""});
    for (const cases::OpenedLeaf& leaf : page->leaves)
      kinds.push_back(format::ParseLeaf(leaf.content)->kind);
    return kinds;
  }
  std::vector<approvals::ApprovalView> Shown() {
    auto shown = approvals::ReleasesShown(world.ports(), reporter.mailbox);
    EXPECT_TRUE(shown.ok()) << shown.status();
    return *std::move(shown);
  }
  void GrowWall(std::string_view slug) {
    cases::Case record = Case();
    record.wall.recused.push_back(Slug(slug));
    world.rows.Put(std::move(record));
  }
  // Agreed to by the reporter, with shares of carl and cleo: only carrying it out is left.
  base::ApprovalId Granted() {
    const base::ApprovalId id = Ask("consent");
    EXPECT_EQ(Answer(id, Decision::kApprove), std::nullopt);
    EXPECT_EQ(Give("carl", id), std::nullopt);
    EXPECT_EQ(Give("cleo", id), std::nullopt);
    EXPECT_EQ(StateOf(id), State::kApproved);
    return id;
  }
  const std::vector<std::string> custodians{"carl", "cleo", "cora"};

  World world;
  Reporter reporter = FileConfidentially();
  base::StaffSlug asker = world.AssigneeOf(reporter);
};

TEST_F(P4_Identity, WithTheReportersConsentTwoOfThreeOpenItForWhoeverAskedAlone) {
  using enum LeafKind;
  const std::size_t before = Chain().size();
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Shown().size(), 1u);
  EXPECT_EQ(Shown()[0].approval.id, id);
  EXPECT_EQ(*format::OpenReason(*format::ParseApprovalRequest(Shown()[0].approval.request), reporter.keys.decryption)
                 .value().bytes.begin(), 'S')
      << "the reporter reads why";

  EXPECT_FALSE(approvals::GetApproval(world.ports(), Slug("carl"), id)->held) << "nothing is handed out before";
  EXPECT_EQ(Give("carl", id), Reason::kConsentMissing);
  EXPECT_EQ(Why(Execute(id)), Reason::kConsentMissing);
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  const auto held = approvals::GetApproval(world.ports(), Slug("carl"), id)->held;
  ASSERT_TRUE(held);
  EXPECT_EQ(held->index, 1);
  EXPECT_FALSE(View(id).held) << "whoever asked holds none";
  ASSERT_EQ(Give("carl", id), std::nullopt);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalNotGranted) << "k - 1 are too few";
  ASSERT_EQ(Give("cora", id), std::nullopt);

  auto outcome = Executing(asker, id, world.RequestId());
  ASSERT_TRUE(outcome.ok()) << outcome.status();
  EXPECT_EQ(outcome->leaves.size(), 2u) << "the leaves are of the commit that comes before the answer";
  const auto executed = world.Carry(std::move(outcome));
  ASSERT_TRUE(executed.ok()) << executed.status();
  const std::vector<LeafKind> chain = Chain();
  EXPECT_EQ(std::vector(chain.begin() + static_cast<std::ptrdiff_t>(before), chain.end()),
            (std::vector{kApprovalRequested, kIdentityAsked, kConsentDecided, kApprovalDecided, kShareGiven, kApprovalDecided,
                         kShareGiven, kApprovalExecuted, kIdentityReleased}));
  EXPECT_EQ(*Open(executed->released, MachineOf(asker.text()).decryption, reporter.epochs[0]), kName);
  EXPECT_EQ(StateOf(id), State::kExecuted);
  EXPECT_EQ(Shown()[0].state, State::kExecuted);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalRefused) << "once";
}

// Two keys of one person would be two of the k that have to be people.
TEST_F(P4_Identity, WhoeverIsCustodianByTwoAccountsHoldsOneShare) {
  ASSERT_EQ(world.Plan(world.Facts()).custodians.size(), 3u) << "control";
  world.Sync({{.number = "CARL", .also = {"CLEO"}}, {.number = "CORA"}});
  FileAnother(world.Facts(), {"carl", "cora"});
  world.Sync({{.number = "CARL", .also = {"CLEO", "CORA"}}});
  EXPECT_TRUE(world.Plan(world.Facts()).custodians.empty()) << "with fewer people than it takes it is not offered";
}

// Nora becomes a custodian, and carl hands his share over before he leaves.
class P4_SharesChangeHands : public P4_Identity {
 protected:
  P4_SharesChangeHands() {
    world.PublishDirectory([this](format::Directory& directory) {
      world.AddPerson(directory, "nora", {format::Role::kCustodian}, {});
      std::sort(directory.people.begin(), directory.people.end(),
                [](const format::Person& one, const format::Person& other) { return one.slug < other.slug; });
    });
  }
  // Of the case unless said; from what the person's machine is handed by the service.
  crypto::Bytes Wrapped(std::string_view from, std::string_view to, std::string_view signer) {
    const auto page = approvals::ListHeldShares(world.ports(), Slug(from), {});
    EXPECT_TRUE(page.ok() && page->answer.shares.size() == 1);
    const approvals::Held& held = page->answer.shares[0].held;
    const auto share = held.handed.empty()
                           ? format::OpenHeldShare({world.file.id, reporter.case_id, held.threshold, held.custodians, held.index, held.sealed},
                                                   MachineOf(from).decryption)
                           : format::OpenGivenShare(*format::ParseShare(held.handed), MachineOf(from).decryption);
    EXPECT_TRUE(share.ok()) << share.status();
    return *format::HandShareOver(world.file.id, reporter.case_id, *share, MachineOf(to).decryption.encryption_key(),
                                  MachineOf(signer).signing, world.random);
  }
  std::optional<Reason> HandOver(std::string_view who, crypto::BytesView share) { return HandOver(who, share, reporter.case_id); }
  std::optional<Reason> HandOver(std::string_view who, crypto::BytesView share, const base::CaseId& id) {
    return Why(world.Carry(approvals::HandShareOver(world.ports(), Slug(who), id, world.RequestId(), share)));
  }
  std::size_t Listed(std::string_view who) {
    const auto page = approvals::ListHeldShares(world.ports(), Slug(who), {});
    EXPECT_TRUE(page.ok()) << page.status();
    return page->answer.shares.size();
  }
  void Leave(std::string_view who) {
    world.PublishDirectory([&](format::Directory& directory) {
      std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == who; });
    });
  }
};

TEST_F(P4_SharesChangeHands, WhoeverLeavesHandsTheirsOverAndTheNameOpensWithoutThem) {
  EXPECT_EQ(Listed("carl"), 1u);
  EXPECT_EQ(Listed("nora"), 0u);
  ASSERT_EQ(HandOver("carl", Wrapped("carl", "nora", "carl")), std::nullopt);
  EXPECT_EQ(Chain().back(), LeafKind::kShareHandedOver) << "the reporter sees it";
  EXPECT_EQ(Listed("carl"), 0u);
  EXPECT_EQ(Listed("nora"), 1u);
  Leave("carl");
  Leave("cora");
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  ASSERT_EQ(Give("cleo", id), std::nullopt);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalNotGranted) << "control: one is too few";
  const auto held = approvals::GetApproval(world.ports(), Slug("nora"), id)->held;
  ASSERT_TRUE(held);
  EXPECT_EQ(held->index, 1);
  EXPECT_TRUE(held->sealed.empty());
  const auto share = format::OpenGivenShare(*format::ParseShare(held->handed), MachineOf("nora").decryption);
  ASSERT_TRUE(share.ok()) << share.status();
  ASSERT_EQ(Decide("nora", id, *format::GiveShare(format::ParseApprovalRequest(View(id).approval.request)->statement, *share,
                                                  MachineOf(asker.text()).decryption.encryption_key(), MachineOf("nora").signing,
                                                  world.random)),
            std::nullopt);
  const auto executed = Execute(id);
  ASSERT_TRUE(executed.ok()) << executed.status();
  EXPECT_EQ(executed->released.handed.size(), 1u);
  EXPECT_EQ(*Open(executed->released, MachineOf(asker.text()).decryption, reporter.epochs[0]), kName);
}

TEST_F(P4_SharesChangeHands, WithoutItTooFewAreLeft) {
  Leave("carl");
  Leave("cora");
  EXPECT_EQ(WhyNotAsk(asker, reporter.case_id, "consent"), Reason::kApprovalRefused);
}

TEST_F(P4_SharesChangeHands, WhatIsNotOnesOwnOrGoesToTheWrongPersonStaysWhereItIs) {
  const cases::Identity before = world.rows.Get<cases::Identity>(base::RowKey(reporter.case_id)).value()->record;
  const crypto::Bytes right = Wrapped("carl", "nora", "carl");
  EXPECT_EQ(HandOver("nora", right), Reason::kNothingHere) << "she holds none";
  EXPECT_EQ(HandOver("yara", right), Reason::kNothingHere);
  EXPECT_EQ(HandOver(asker.text(), right), Reason::kNothingHere);
  EXPECT_EQ(HandOver("carl", right, format::DrawId<base::CaseId>(world.random)), Reason::kNothingHere);
  EXPECT_EQ(HandOver("cleo", right), Reason::kShareRefused) << "carl's";
  EXPECT_EQ(HandOver("carl", Wrapped("carl", "nora", "cleo")), Reason::kShareRefused) << "signed by somebody else";
  EXPECT_EQ(HandOver("carl", Wrapped("carl", "cleo", "carl")), Reason::kShareRefused) << "two shares would be one person's";
  EXPECT_EQ(HandOver("carl", Wrapped("carl", "carl", "carl")), Reason::kShareRefused) << "it is there already";
  EXPECT_EQ(HandOver("carl", Wrapped("carl", "yara", "carl")), Reason::kShareRefused) << "no custodian";
  EXPECT_EQ(HandOver("carl", Wrapped("carl", asker.text(), "carl")), Reason::kShareRefused) << "no custodian, and has the case";
  for (std::size_t i = 0; i < right.size(); i += 5) {
    crypto::Bytes flipped = right;
    flipped[i] ^= 1;
    EXPECT_EQ(HandOver("carl", flipped), Reason::kShareRefused) << i;
  }
  EXPECT_EQ(HandOver("carl", right.substr(1)), Reason::kShareRefused);
  const Reporter other = FileAnother(world.Facts(), {"carl", "cleo", "cora", "nora"});
  EXPECT_EQ(HandOver("carl", right, other.case_id), Reason::kShareRefused) << "another case's";
  EXPECT_EQ(world.rows.Get<cases::Identity>(base::RowKey(reporter.case_id)).value()->record.handed, before.handed) << "no change";
  EXPECT_EQ(HandOver("carl", right), std::nullopt) << "control";
  EXPECT_EQ(HandOver("carl", right), Reason::kNothingHere) << "it is hers now";
}

TEST_F(P4_SharesChangeHands, BehindAWallThereIsNothingToHandOver) {
  const crypto::Bytes right = Wrapped("carl", "nora", "carl");
  GrowWall("nora");
  EXPECT_EQ(HandOver("carl", right), Reason::kShareRefused) << "she stands behind it";
  GrowWall("carl");
  EXPECT_EQ(Listed("carl"), 0u);
  EXPECT_EQ(HandOver("carl", right), Reason::kNothingHere) << "the same as for a case that never was";
}

// A request that was open keeps the custodians with whom it was asked.
TEST_F(P4_SharesChangeHands, AnOpenRequestAsksNobodyElse) {
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  ASSERT_EQ(HandOver("carl", Wrapped("carl", "nora", "carl")), std::nullopt);
  EXPECT_FALSE(approvals::GetApproval(world.ports(), Slug("carl"), id)->held) << "it would not open";
  EXPECT_EQ(Why(approvals::GetApproval(world.ports(), Slug("nora"), id)), Reason::kNothingHere);
  ASSERT_EQ(Give("cleo", id), std::nullopt);
  ASSERT_EQ(Give("cora", id), std::nullopt);
  EXPECT_EQ(*Open(Execute(id)->released, MachineOf(asker.text()).decryption, reporter.epochs[0]), kName);
}

TEST_F(P4_Identity, FewerCustodiansWithTheDatabaseTheServersKeysAndTheCaseTeamRecoverNothing) {
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  ASSERT_EQ(Give("carl", id), std::nullopt);

  // Everything that is not in the heads of cleo and cora: every other key, and every row.
  std::vector<const Machine*> machines;
  for (const auto& [slug, theirs] : world.machines)
    if (slug != "cleo" && slug != "cora")
      for (const Machine& machine : theirs) machines.push_back(&machine);
  const crypto::Bytes sealed = world.rows.Get<cases::Identity>(base::RowKey(reporter.case_id)).value()->record.sealed;
  const auto identity = *format::ParseIdentity(sealed);
  const auto recover = [&](const std::vector<const Machine*>& keys) -> std::optional<std::string> {
    std::vector<format::IdentityShare> found;
    for (const Machine* machine : keys) {
      for (std::size_t i = 0; i < identity.custodians; ++i) {
        auto share = format::OpenHeldShare(identity.ShareAt(i), machine->decryption);
        if (share.ok()) found.push_back(*std::move(share));
      }
      for (const cases::SignedDecision& decision : View(id).approval.decisions) {
        if (decision.share.empty()) continue;
        auto share = format::OpenGivenShare(*format::ParseShare(decision.share), machine->decryption);
        if (share.ok()) found.push_back(*std::move(share));
      }
    }
    // Any two of what was found, at whatever places they might be thought to stand; the server's and the ledger's keys too.
    std::vector<crypto::Bytes> values{crypto::Bytes(world.request_key.expose()), crypto::Bytes(32, '\0')};
    for (const format::IdentityShare& share : found) values.emplace_back(share.value.expose());
    for (const crypto::Bytes& one : values) {
      for (const crypto::Bytes& other : values) {
        for (std::uint8_t i = 1; i <= identity.custodians; ++i) {
          for (std::uint8_t j = 1; j <= identity.custodians; ++j) {
            auto first = crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(one);
            auto second = crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(other);
            std::vector<format::IdentityShare> pair;
            pair.push_back({i, *std::move(first)});
            pair.push_back({j, *std::move(second)});
            for (const format::EpochKey& key : world.Open(asker, reporter.case_id, format::Keyring::kThread)) {
              auto text = format::OpenIdentity(identity, pair, key);
              if (text.ok()) return std::string(text->view());
            }
          }
        }
      }
    }
    return std::nullopt;
  };
  EXPECT_EQ(recover(machines), std::nullopt);
  machines.push_back(&MachineOf("cleo"));
  EXPECT_EQ(recover(machines), kName) << "control: with k of them the same attempt opens it";

  // All custodians together without the team.
  std::vector<format::IdentityShare> shares;
  for (const char* slug : {"carl", "cleo"}) shares.push_back(*format::OpenIdentityShare(identity, MachineOf(slug).decryption));
  EXPECT_FALSE(format::OpenIdentity(identity, shares, format::EpochKey::Draw(world.random)).ok());
  for (const std::string& slug : custodians)
    EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), Slug(slug), reporter.case_id, format::Keyring::kThread))),
              Reason::kNothingHere);
  EXPECT_TRUE(format::OpenIdentity(identity, shares, reporter.epochs[0]).ok()) << "control";
}

TEST_F(P4_Identity, ANoByTheReporterEndsItEvenAfterAYes) {
  const base::ApprovalId refused = Ask("consent");
  ASSERT_EQ(Answer(refused, Decision::kRefuse), std::nullopt);
  EXPECT_EQ(StateOf(refused), State::kRefused);
  EXPECT_EQ(Give("carl", refused), Reason::kApprovalRefused);
  EXPECT_EQ(Answer(refused, Decision::kApprove), Reason::kConsentRefused) << "a no is final";

  const base::ApprovalId taken_back = Granted();
  EXPECT_EQ(Answer(taken_back, Decision::kApprove), Reason::kConsentRefused) << "said already";
  ASSERT_EQ(Answer(taken_back, Decision::kRefuse), std::nullopt);
  EXPECT_EQ(StateOf(taken_back), State::kRefused);
  EXPECT_EQ(Why(Execute(taken_back)), Reason::kApprovalRefused);
  EXPECT_EQ(Answer(taken_back, Decision::kApprove), Reason::kConsentRefused);
  EXPECT_TRUE(Execute(Granted()).ok()) << "control: the reporter may be asked again";
}

TEST_F(P4_Identity, AnAnswerThatTheReportersKeyDidNotGiveIsNone) {
  const base::ApprovalId id = Ask("consent");
  EXPECT_EQ(Answer(reporter, id, Decision::kApprove, MachineOf(asker.text()).signing), Reason::kFieldInvalid);
  const Reporter other = FileAnother();
  EXPECT_EQ(Answer(other, id, Decision::kApprove, reporter.keys.signing), Reason::kNothingHere) << "another mailbox";
  const crypto::Bytes request = View(id).approval.request;
  const auto statement = format::ParseApprovalRequest(request)->statement;
  const auto send = [&](const crypto::Signature& signature) {
    return Why(world.Carry(approvals::DecideConsent(world.ports(), reporter.mailbox, id, View(id).etag, world.RequestId(),
                                                    Decision::kApprove, signature)));
  };
  EXPECT_EQ(send(format::SignConsent(statement, Decision::kRefuse, reporter.keys.signing)), Reason::kFieldInvalid);
  EXPECT_EQ(send(format::SignDecision(statement, Decision::kApprove, reporter.keys.signing)), Reason::kFieldInvalid)
      << "a decision is no consent";
  ASSERT_EQ(Why(world.Carry(approvals::CancelApproval(world.ports(), asker, id, View(id).etag, world.RequestId()))), std::nullopt);
  const base::ApprovalId second = Ask("consent");
  const auto for_first = format::SignConsent(statement, Decision::kApprove, reporter.keys.signing);
  EXPECT_EQ(Why(world.Carry(approvals::DecideConsent(world.ports(), reporter.mailbox, second, View(second).etag,
                                                     world.RequestId(), Decision::kApprove, for_first))),
            Reason::kFieldInvalid)
      << "an answer to another request";
  EXPECT_EQ(Answer(second, Decision::kApprove), std::nullopt) << "control";
}

TEST_F(P4_Identity, WithoutConsentTheReporterIsToldFirstThenAnApproverAgreesThenSevenWholeDaysPass) {
  using enum LeafKind;
  const std::size_t before = Chain().size();
  const base::ApprovalId id = Ask("court_order");
  const std::vector<LeafKind> told = Chain();
  EXPECT_EQ(std::vector(told.begin() + static_cast<std::ptrdiff_t>(before), told.end()),
            (std::vector{kApprovalRequested, kIdentityAsked, kIdentityNotified}));
  ASSERT_EQ(Shown().size(), 1u) << "the notice is there before anybody could decide";
  EXPECT_EQ(Shown()[0].approval.code, "court_order");
  EXPECT_EQ(Shown()[0].opens, std::nullopt);
  EXPECT_EQ(Answer(id, Decision::kRefuse), Reason::kConsentRefused) << "they are told, not asked";

  EXPECT_EQ(Give("carl", id), Reason::kApprovalNotGranted);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalNotGranted);
  world.clock.Advance(std::chrono::days(9));
  EXPECT_EQ(Give("carl", id), Reason::kApprovalNotGranted) << "days alone do nothing";
  ASSERT_EQ(Agree("yara", id), std::nullopt);
  const base::Day opens = world.clock.Today().PlusDays(8);
  EXPECT_EQ(Shown()[0].opens, opens);
  for (const base::Instant early : {world.clock.Now(), world.clock.Now() + std::chrono::days(7), base::StartOf(opens) - std::chrono::seconds(1)}) {
    world.clock.now = early;
    EXPECT_EQ(Give("carl", id), Reason::kNoticeRunning);
    EXPECT_EQ(Why(Execute(id)), Reason::kNoticeRunning);
    for (const std::string& slug : custodians) EXPECT_FALSE(approvals::GetApproval(world.ports(), Slug(slug), id)->held);
  }
  world.clock.now = base::StartOf(opens);
  EXPECT_TRUE(approvals::GetApproval(world.ports(), Slug("cora"), id)->held);
  ASSERT_EQ(Give("carl", id), std::nullopt);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalNotGranted);
  ASSERT_EQ(Give("cora", id), std::nullopt);
  const auto executed = Execute(id);
  ASSERT_TRUE(executed.ok()) << executed.status();
  EXPECT_EQ(*Open(executed->released, MachineOf(asker.text()).decryption, reporter.epochs[0]), kName);
}

TEST_F(P4_Identity, DaysThatAClockLeaptOverAreNotTheReportersDays) {
  const base::ApprovalId id = Ask("statutory_duty");
  ASSERT_EQ(Agree("yves", id), std::nullopt);
  clocks::SeenTime seen;
  seen.seen = world.clock.Now();
  world.rows.Put(seen);
  world.clock.now += std::chrono::days(9);
  EXPECT_EQ(Give("carl", id), Reason::kClockFrozen);
  EXPECT_FALSE(approvals::GetApproval(world.ports(), Slug("carl"), id)->held);
  seen.seen = world.clock.Now();
  world.rows.Put(seen);
  EXPECT_EQ(Give("carl", id), std::nullopt) << "control: days that were seen are days";
}

TEST_F(P4_Identity, AnApproverWhoMayNotDecideAnyMoreOpensNothing) {
  const base::ApprovalId id = Ask("court_order");
  ASSERT_EQ(Agree("yara", id), std::nullopt);
  world.clock.Advance(std::chrono::days(8));
  GrowWall("yara");
  EXPECT_EQ(Give("carl", id), Reason::kApprovalNotGranted);
  ASSERT_EQ(Agree("yves", id), std::nullopt);
  EXPECT_EQ(Give("carl", id), Reason::kNoticeRunning) << "the days begin again";
}

TEST_F(P4_Identity, AShareThatIsMutatedOrBelongsElsewhereIsRefused) {
  const Reporter another = FileAnother();
  const base::StaffSlug others = world.AssigneeOf(another);
  const base::ApprovalId elsewhere = world.Ask(others, another.case_id, On("consent"));
  const base::ApprovalId earlier = Ask("consent");
  const crypto::Bytes for_earlier = [&] {
    EXPECT_EQ(Answer(earlier, Decision::kApprove), std::nullopt);
    return ShareOf("carl", earlier);
  }();
  ASSERT_TRUE(world.Carry(approvals::CancelApproval(world.ports(), asker, earlier, View(earlier).etag, world.RequestId())).ok());
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  const crypto::Bytes right = ShareOf("carl", id);

  const std::uint64_t leaves = world.rows.leaves();
  EXPECT_EQ(Decide("carl", id, {}), Reason::kShareRefused) << "none";
  EXPECT_EQ(Decide("carl", id, for_earlier), Reason::kShareRefused) << "for another request";
  EXPECT_EQ(Decide("carl", id, ShareOf("cleo", id)), Reason::kShareRefused) << "another custodian's";
  EXPECT_EQ(Decide("carl", id, ShareOf("cleo", id, [](Wrapping& w) { w.signer = "carl"; })), Reason::kShareRefused)
      << "another custodian's, signed by this one";
  EXPECT_EQ(Decide("carl", id, ShareOf("carl", id, [](Wrapping& w) { w.signer = "cleo"; })), Reason::kShareRefused);
  EXPECT_EQ(Decide("carl", id, ShareOf("carl", id, [](Wrapping& w) { w.recipient = "carl"; })), Reason::kShareRefused)
      << "to somebody who did not ask";
  EXPECT_EQ(Decide("carl", id, ShareOf("carl", id, [&](Wrapping& w) {
              w.case_id = another.case_id;
              w.request = world.rows.Get<cases::Approval>(base::RowKey(another.case_id, elsewhere)).value()->record.request;
            })), Reason::kShareRefused) << "of another case";
  EXPECT_EQ(Decide("carl", id, right + '\0'), Reason::kShareRefused);
  EXPECT_EQ(Decide("carl", id, crypto::BytesView(right).substr(1)), Reason::kShareRefused);
  for (std::size_t bit = 0; bit < right.size() * 8; ++bit) {
    crypto::Bytes flipped = right;
    flipped[bit / 8] = static_cast<char>(flipped[bit / 8] ^ (1 << bit % 8));
    ASSERT_EQ(Decide("carl", id, flipped), Reason::kShareRefused) << "bit " << bit;
  }
  EXPECT_EQ(Decide("carl", id, right, Decision::kRefuse), Reason::kShareRefused) << "a refusal brings none";
  EXPECT_EQ(world.rows.leaves(), leaves);
  EXPECT_EQ(Decide("carl", id, right), std::nullopt) << "control";
  EXPECT_EQ(Decide("carl", id, ShareOf("carl", id)), Reason::kApprovalRefused) << "twice";
  // Other kinds take none.
  approvals::Terms lift;
  lift.kind = format::ApprovalKind::kLiftWall;
  lift.person = Slug("zoe");
  const base::ApprovalId other = world.Ask(asker, reporter.case_id, lift);
  EXPECT_EQ(Decide("yara", other, right), Reason::kShareRefused);
  EXPECT_EQ(Decide("yara", other, {}), std::nullopt) << "control";
}

TEST_F(P4_Identity, ASharesValueThatACustodianMadeUpOpensNothingAndOneMoreShareHelps) {
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  // The server cannot look inside.
  format::IdentityShare made_up{1, *crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(crypto::Bytes(31, '\7') + '\0')};
  const crypto::Bytes wrong = *format::GiveShare(format::ParseApprovalRequest(View(id).approval.request)->statement, made_up,
                                                 MachineOf(asker.text()).decryption.encryption_key(),
                                                 MachineOf("carl").signing, world.random);
  ASSERT_EQ(Decide("carl", id, wrong), std::nullopt);
  ASSERT_EQ(Give("cleo", id), std::nullopt);
  ASSERT_EQ(StateOf(id), State::kApproved);
  ASSERT_EQ(Give("cora", id), std::nullopt) << "more than it takes are welcome";
  EXPECT_EQ(Agree("yara", id), Reason::kNothingHere) << "control: whoever was not asked is not welcome";
  auto executed = Execute(id);
  ASSERT_TRUE(executed.ok());
  ASSERT_EQ(executed->released.shares.size(), 3u);
  EXPECT_FALSE(Open(executed->released, MachineOf(asker.text()).decryption, reporter.epochs[0]).ok());
  executed->released.shares.erase(executed->released.shares.begin());
  EXPECT_EQ(*Open(executed->released, MachineOf(asker.text()).decryption, reporter.epochs[0]), kName);
}

TEST_F(P4_Identity, OnlyWhoeverAskedGetsItAndOnlyWhileTheyHaveTheCase) {
  const base::ApprovalId id = Granted();
  for (const auto& [slug, machines] : world.machines) {
    if (Slug(slug) == asker) continue;
    const auto tried = world.Carry(Executing(Slug(slug), id, world.RequestId()));
    const bool party = slug == "carl" || slug == "cleo" || slug == "cora";
    EXPECT_EQ(Why(tried), party ? Reason::kApprovalRefused : Reason::kNothingHere) << slug;
    const auto view = approvals::GetApproval(world.ports(), Slug(slug), id);
    EXPECT_EQ(view.ok(), party) << slug;
    EXPECT_TRUE(!view.ok() || slug == "cora" || !view->held) << slug << ": whoever gave theirs gets it no more";
  }
  const auto moment = world.rows.Keep();
  cases::Case record = Case();
  record.assignee = Slug(asker == Slug("amira") ? "bjorn" : "amira");
  world.rows.Put(record);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalRefused) << "the case has gone to somebody else";
  world.rows.Return(*moment);
  GrowWall(asker.text());
  EXPECT_EQ(Why(world.Carry(Executing(asker, id, world.RequestId()))), Reason::kNothingHere);
  world.rows.Return(*moment);
  EXPECT_TRUE(Execute(id).ok()) << "control";
}

TEST_F(P4_Identity, ARepetitionGetsTheSameAnswerAndNobodyElsesRequestDoes) {
  const base::ApprovalId id = Granted();
  auto outcome = Executing(asker, id, "0f3c9d52-8f0e-4c8e-9b3f-111111111111");
  const std::string etag = View(id).etag;
  const auto first = world.Carry(std::move(outcome));
  ASSERT_TRUE(first.ok());
  const std::uint64_t leaves = world.rows.leaves();
  const auto again = world.Carry(approvals::ExecuteApproval(world.ports(), asker, id, etag, "0f3c9d52-8f0e-4c8e-9b3f-111111111111", {}));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->etag, first->etag);
  EXPECT_EQ(again->released.shares, first->released.shares);
  EXPECT_EQ(again->released.identity, first->released.identity);
  EXPECT_EQ(world.rows.leaves(), leaves);
  world.clock.Advance(std::chrono::days(31));
  const auto late = world.Carry(approvals::ExecuteApproval(world.ports(), asker, id, etag, "0f3c9d52-8f0e-4c8e-9b3f-111111111111", {}));
  EXPECT_TRUE(!late.ok() || late->released.shares.empty()) << "not longer than the request would have lived";
}

TEST_F(P4_Identity, WhatIsWithdrawnRefusedOrHasRunOutReleasesNothing) {
  const auto moment = world.rows.Keep();
  const base::ApprovalId cancelled = Granted();
  ASSERT_TRUE(world.Carry(approvals::CancelApproval(world.ports(), asker, cancelled, View(cancelled).etag, world.RequestId())).ok());
  EXPECT_EQ(Why(Execute(cancelled)), Reason::kApprovalRefused);
  EXPECT_FALSE(approvals::GetApproval(world.ports(), Slug("cora"), cancelled)->held);
  EXPECT_EQ(Give("cora", cancelled), Reason::kApprovalRefused);
  EXPECT_EQ(Answer(cancelled, Decision::kRefuse), Reason::kConsentRefused);

  world.rows.Return(*moment);
  const base::ApprovalId old = Granted();
  world.clock.Advance(std::chrono::days(30));
  EXPECT_EQ(StateOf(old), State::kApproved) << "control";
  world.clock.Advance(std::chrono::seconds(1));
  EXPECT_EQ(StateOf(old), State::kExpired);
  EXPECT_EQ(Why(Execute(old)), Reason::kApprovalRefused);
  EXPECT_EQ(Give("cora", old), Reason::kApprovalRefused);

  // An approver so late that the reporter's days do not fit any more.
  const base::ApprovalId late = Ask("court_order");
  world.clock.now = base::StartOf(world.clock.Today().PlusDays(23));
  EXPECT_EQ(Agree("yara", late), Reason::kApprovalRefused);
  world.clock.now -= std::chrono::days(1);
  EXPECT_EQ(Agree("yara", late), std::nullopt) << "control: a day earlier they do";
}

TEST_F(P4_Identity, OneCustodiansRefusalLeavesTheOthersAndTwoEndIt) {
  const base::ApprovalId id = Ask("consent");
  ASSERT_EQ(Answer(id, Decision::kApprove), std::nullopt);
  ASSERT_EQ(Refuse("carl", id), std::nullopt);
  EXPECT_EQ(StateOf(id), State::kOpen);
  EXPECT_EQ(Give("carl", id), Reason::kApprovalRefused) << "a decision is final";
  const auto moment = world.rows.Keep();
  ASSERT_EQ(Refuse("cleo", id), std::nullopt);
  EXPECT_EQ(StateOf(id), State::kRefused);
  EXPECT_EQ(Give("cora", id), Reason::kApprovalRefused);
  world.rows.Return(*moment);
  ASSERT_EQ(Give("cleo", id), std::nullopt);
  ASSERT_EQ(Give("cora", id), std::nullopt);
  EXPECT_TRUE(Execute(id).ok()) << "control";

  const base::ApprovalId compelled = Ask("court_order");
  ASSERT_EQ(Refuse("yara", compelled), std::nullopt);
  EXPECT_EQ(StateOf(compelled), State::kRefused) << "an approver's no is one";
}

TEST_F(P4_Identity, CustodiansPassTheWall) {
  intake::PlanRequest facts = world.Facts();
  const crypto::Bytes tag = world.TagOf("emp:CLEO");
  facts.subjects = {tag};
  const Reporter about_cleo = FileAnother(facts, {"carl", "cora"});
  const base::StaffSlug holder = world.AssigneeOf(about_cleo);
  const auto who = approvals::WhoDecides(world.ports(), holder, {about_cleo.case_id, On("consent"), {}});
  ASSERT_TRUE(who.ok()) << who.status();
  for (const approvals::Decider& decider : who->deciders) EXPECT_NE(decider.staff, Slug("cleo"));

  // Who comes into conflict later neither sees nor gives, and what they gave counts no longer.
  const base::ApprovalId id = Granted();
  GrowWall("cleo");
  EXPECT_EQ(StateOf(id), State::kOpen);
  EXPECT_EQ(Why(Execute(id)), Reason::kApprovalNotGranted);
  EXPECT_EQ(Why(approvals::GetApproval(world.ports(), Slug("cleo"), id)), Reason::kNothingHere);
  ASSERT_EQ(Give("cora", id), std::nullopt);
  const auto executed = Execute(id);
  ASSERT_TRUE(executed.ok()) << executed.status();
  EXPECT_EQ(executed->released.shares.size(), 2u) << "carl's and cora's";
  GrowWall("carl");
  EXPECT_EQ(WhyNotAsk(asker, reporter.case_id, "consent"), Reason::kApprovalRefused) << "fewer than k are left";
}

TEST_F(P4_Identity, AskedOnlyByWhoeverHasTheCaseForWhatIsSealedOnABasisThatThePolicyKnowsOneAtATime) {
  EXPECT_EQ(WhyNotAsk(asker, reporter.case_id, "consent"), std::nullopt) << "control";
  EXPECT_EQ(WhyNotAsk(asker, reporter.case_id, "curiosity"), Reason::kCodeUnknown);
  EXPECT_EQ(WhyNotAsk(Slug("ada"), reporter.case_id, "consent"), Reason::kNothingHere);
  EXPECT_EQ(WhyNotAsk(Slug("carl"), reporter.case_id, "consent"), Reason::kNothingHere);
  const Reporter anonymous = world.File();
  EXPECT_EQ(WhyNotAsk(world.AssigneeOf(anonymous), anonymous.case_id, "consent"), Reason::kIdentityNotHeld);
  // A reader who does not have the case: whoever had it before.
  cases::Case record = Case();
  const base::StaffSlug had = record.assignee;
  record.assignee = Slug("fay");
  const auto moment = world.rows.Keep();
  world.rows.Put(record);
  EXPECT_EQ(WhyNotAsk(had, reporter.case_id, "consent"), Reason::kApprovalRefused);
  world.rows.Return(*moment);

  {
    // Asked by somebody who has the case no more: it opens nothing, and does not keep whoever has it now from asking.
    Ask("consent");
    cases::Case passed = Case();
    for (const grants::Holder& holder : passed.thread.holders)
      if (holder.purpose == grants::Purpose::kDesk && holder.staff != asker) passed.assignee = holder.staff;
    for (grants::Holder& holder : passed.thread.holders) holder.released |= holder.staff == passed.assignee;
    cases::Membership membership;
    membership.staff = passed.assignee;
    membership.case_id = passed.id;
    world.rows.Put(std::move(membership));
    const base::StaffSlug next = passed.assignee;
    world.rows.Put(std::move(passed));
    world.Ask(next, reporter.case_id, On("consent"));
    EXPECT_EQ(Shown().size(), 2u);
    world.rows.Return(*moment);
  }
  const base::ApprovalId first = Ask("consent");
  const auto create = [&](const crypto::Bytes& request) {
    return Why(world.Carry(approvals::CreateApproval(world.ports(), asker, world.RequestId(), {reporter.case_id, On("consent"), request})));
  };
  EXPECT_EQ(create(world.SealRequest(asker, reporter.case_id, On("consent"))), Reason::kApprovalRefused) << "one at a time";
  ASSERT_EQ(Answer(first, Decision::kRefuse), std::nullopt);
  // The reason is sealed to custodians and reporter, to exactly them.
  const crypto::Bytes without_reporter = [&] {
    format::ApprovalTerms terms = format::ParseApprovalRequest(View(first).approval.request)->statement.terms;  // a copy
    terms.approval = format::DrawId<base::ApprovalId>(world.random);
    std::vector<crypto::EncryptionKey> keys;
    for (const std::string& slug : custodians) keys.push_back(MachineOf(slug).decryption.encryption_key());
    return *format::SealApprovalRequest(terms, keys, "why", MachineOf(asker.text()).signing, world.random);
  }();
  EXPECT_EQ(create(without_reporter), Reason::kGrantsMismatch);
  EXPECT_EQ(create(world.SealRequest(asker, reporter.case_id, On("consent"), {}, std::vector<std::string>{"carl", "cleo", "cora", "yara"})),
            Reason::kGrantsMismatch);
  EXPECT_EQ(create(world.SealRequest(asker, reporter.case_id, On("consent"),
                                     [](format::ApprovalTerms& terms) { terms.code = "court_order"; })),
            Reason::kFieldInvalid)
      << "signed for another basis";
  EXPECT_EQ(create(world.SealRequest(asker, reporter.case_id, On("consent"))), std::nullopt) << "control";
}

TEST_F(P4_Identity, TheReporterSeesTheOpenOneAndTheNewestThatEnded) {
  std::vector<base::ApprovalId> asked;
  for (int i = 0; i < 5; ++i) {
    asked.push_back(Ask("consent"));
    ASSERT_EQ(Answer(asked.back(), Decision::kRefuse), std::nullopt);
    world.clock.Advance(std::chrono::hours(1));
  }
  EXPECT_EQ(Shown().size(), approvals::kMostEnded);
  asked.push_back(Ask("court_order"));
  const auto shown = Shown();
  ASSERT_EQ(shown.size(), approvals::kMostEnded + 1);
  for (std::size_t i = 0; i < shown.size(); ++i) EXPECT_EQ(shown[i].approval.id, asked[i + 2]);
  for (const approvals::ApprovalView& one : shown) EXPECT_FALSE(one.held);
}

// Steps in random orders, against a reference that knows the promise and not the code.
TEST_F(P4_Identity, InWhateverOrderThingsHappenItOpensOnlyWhenThePromiseSaysSo) {
  const auto start = world.rows.Keep();
  const base::Instant began = world.clock.now;
  int opened = 0, kept_shut = 0;
  for (std::uint64_t seed = 1; seed <= 150; ++seed) {
    world.rows.Return(*start);
    world.clock.now = began;
    SeededRandom dice(seed);
    const auto roll = [&](unsigned sides) {
      std::uint8_t byte = 0;
      dice.Fill(&byte, 1);
      return byte % sides;
    };
    const bool asks = roll(2) == 0;
    const base::ApprovalId id = Ask(asks ? "consent" : "imminent_danger");
    // What the promise knows.
    std::optional<bool> consent;
    std::optional<base::Day> agreed;  // when an approver did
    std::map<std::string, bool> gave;  // of custodians: true a share, false a refusal
    std::set<std::string> walled;
    bool over = false;  // withdrawn, refused or opened
    const auto reporter_is_over = [&] {
      if (asks) return consent == true;
      return agreed && world.clock.Today() >= agreed->PlusDays(8);
    };
    const auto ran_out = [&] { return world.clock.now > began + std::chrono::days(30); };
    const auto refusals = [&] { return std::count_if(gave.begin(), gave.end(), [](const auto& one) { return !one.second; }); };
    const auto shares = [&] {
      return std::count_if(gave.begin(), gave.end(), [&](const auto& one) { return one.second && !walled.contains(one.first); });
    };
    const auto lives = [&] { return !over && consent != false && refusals() < 2 && !ran_out(); };
    for (int step = 0; step < 24; ++step) {
      const std::string custodian = custodians[roll(3)];
      switch (roll(8)) {
        case 0:
        case 1: {
          const bool yes = roll(4) != 0;
          const bool may = asks && lives() && consent != yes;
          EXPECT_EQ(Answer(id, yes ? Decision::kApprove : Decision::kRefuse) == std::nullopt, may) << seed;
          if (may) consent = yes;
          break;
        }
        case 2: {
          const bool fits = base::StartOf(world.clock.Today().PlusDays(8)) < began + std::chrono::days(30);
          const bool may = !asks && lives() && !agreed && fits;
          const bool did = Agree("yara", id) == std::nullopt;
          EXPECT_EQ(did, may) << seed;
          if (did) agreed = world.clock.Today();
          break;
        }
        case 3:
        case 4: {
          const bool may = lives() && reporter_is_over() && !gave.contains(custodian) && !walled.contains(custodian);
          EXPECT_EQ(Give(custodian, id) == std::nullopt, may) << seed << " " << custodian;
          if (may) gave[custodian] = true;
          break;
        }
        case 5:
          if (roll(3) == 0) {
            const bool may = lives() && !gave.contains(custodian) && !walled.contains(custodian) && !(reporter_is_over() && shares() >= 2);
            EXPECT_EQ(Refuse(custodian, id) == std::nullopt, may) << seed;
            if (may) gave[custodian] = false;
          } else if (roll(4) == 0) {
            GrowWall(custodian);
            walled.insert(custodian);
          }
          break;
        case 6:
          world.clock.Advance(std::chrono::hours(12 + 24 * roll(4)));
          break;
        default: {
          const bool may = lives() && reporter_is_over() && shares() >= 2;
          const auto executed = Execute(id);
          EXPECT_EQ(executed.ok(), may) << seed << ": " << executed.status();
          ++(executed.ok() ? opened : kept_shut);
          if (!executed.ok()) break;
          EXPECT_EQ(*Open(executed->released, MachineOf(asker.text()).decryption, reporter.epochs[0]), kName);
          over = true;
        }
      }
    }
  }
  // The walk comes to both ends often enough to mean something.
  EXPECT_GT(opened, 10);
  EXPECT_GT(kept_shut, 100);
}

}  // namespace
}  // namespace alcove::world
