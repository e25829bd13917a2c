// A server, a custodian or a thief of either that wants a name which it may not have: what the three clients refuse.
#include "client/lib/identity.h"

#include <algorithm>

#include "crypto/format/identity.h"
#include "crypto/format/share.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

using format::ApprovalTerms;
using format::Decision;
using format::LeafKind;

constexpr char kName[] = "Noor Example";

// Ana has the case and asks; cleo, carl and cora are custodians, in this order; emil and fay approvers.
class AskedForIdentity : public ::testing::Test {
 protected:
  void SetUp() override {
    for (format::Person& person : impostor.directory().people) {
      if (person.slug == "emil" || person.slug == "fay") person.roles.push_back(format::Role::kApprover);
    }
    impostor.SignDirectory();
    reporter.identity.emplace().set_name(kName);
    ASSERT_TRUE(reporter.File().ok());
    impostor.hooks.mailbox = [this](v1::GetMailboxResponse& answer) {
      for (const v1::Approval& one : shown) *answer.add_identity_requests() = one;
    };
  }

  const std::string& sealed() const { return impostor.submitted.identity().sealed(); }

  ApprovalTerms Terms(const std::string& basis) const {
    ApprovalTerms terms;
    terms.kind = format::ApprovalKind::kReleaseIdentity;
    terms.organisation = impostor.organisation().id;
    terms.case_id = *format::ParseCaseName(impostor.case_name);
    terms.approval = format::DrawId<format::ApprovalId>(crypto::SystemRandom());
    terms.day = kToday;
    terms.directory_version = 1;
    terms.code = basis;
    return terms;
  }
  v1::Approval Request(const ApprovalTerms& terms, bool for_reporter = true) {
    std::vector<crypto::EncryptionKey> readers;
    for (const char* slug : {"cleo", "carl", "cora"}) readers.push_back(impostor.KeysOf(slug).decryption.encryption_key());
    if (for_reporter) readers.push_back(*crypto::EncryptionKey::FromBytes(impostor.submitted.mailbox_encryption_key()));
    v1::Approval approval;
    approval.set_name(format::ApprovalName(terms.approval));
    approval.set_kind(v1::APPROVAL_KIND_RELEASE_IDENTITY);
    approval.set_state(v1::APPROVAL_STATE_OPEN);
    approval.set_case_(impostor.case_name);
    approval.set_requester("staff/ana");
    approval.set_code(terms.code);
    approval.set_request(*format::SealApprovalRequest(terms, readers, "The court asks.", impostor.KeysOf("ana").signing,
                                                      crypto::SystemRandom()));
    const auto identity = format::ParseIdentity(sealed());
    for (size_t i = 0; i < identity->custodians; ++i) approval.add_custodian_keys(identity->CustodianAt(i).str());
    approval.set_threshold(identity->threshold);
    return approval;
  }
  format::ParsedStatement StatementOf(const v1::Approval& approval) const {
    return format::ParseApprovalRequest(approval.request())->statement;
  }
  void Record(const v1::Approval& approval) {
    const ApprovalTerms terms = StatementOf(approval).terms;
    impostor.AddLeaf(LeafKind::kApprovalRequested, "ana", format::details::ApprovalRequested(terms.approval, terms.kind));
    impostor.AddLeaf(LeafKind::kIdentityAsked, "ana", format::details::IdentityAsked(terms.approval, terms.code));
  }
  v1::Approval Asked(const std::string& basis) {
    v1::Approval approval = Request(Terms(basis));
    Record(approval);
    return approval;
  }
  void Decided(v1::Approval& approval, const std::string& who, Decision decision = Decision::kApprove) const {
    const StaffKeys keys = impostor.KeysOf(who);
    v1::SignedDecision& row = *approval.add_decisions();
    row.set_staff("staff/" + who);
    row.set_decision(static_cast<v1::Decision>(decision));
    row.set_key_id(crypto::KeyIdOf(keys.signing.verify_key()).str());
    row.set_signature(format::SignDecision(StatementOf(approval), decision, keys.signing).str());
  }
  void Consented(v1::Approval& approval, const crypto::SigningKey& key) const {
    approval.mutable_consent()->set_decision(v1::DECISION_APPROVE);
    approval.mutable_consent()->set_signature(format::SignConsent(StatementOf(approval), Decision::kApprove, key).str());
  }
  crypto::SigningKey MailboxKey() const {
    return std::move(crypto::DeriveMailboxKeys(reporter.receipt, impostor.organisation().id.view())->signing);
  }
  std::string Look() { return Reason(reporter.Visit().status()); }

  // Somebody's desk, and the approval as their client checked it.
  struct Seat {
    std::unique_ptr<Connection> connection;
    CheckedDirectory directory;
    StaffKeys keys;
    std::optional<StaffDesk> desk;
  };
  std::unique_ptr<Seat> Sit(const std::string& who) {
    auto seat = std::make_unique<Seat>(Seat{impostor.Connect(), {}, impostor.KeysOf(who), {}});
    seat->directory = *FetchDirectory(*seat->connection, nullptr, kToday);
    auto desk = StaffDesk::SignIn(*seat->connection, seat->directory, seat->keys, crypto::SystemRandom());
    EXPECT_TRUE(desk.ok()) << desk.status();
    seat->desk.emplace(*std::move(desk));
    return seat;
  }
  static CheckedApproval Checked(Seat& seat, const v1::Approval& approval) {
    CheckedApproval checked;
    checked.approval = approval;
    const auto request = format::ParseApprovalRequest(checked.approval.request());
    DirectoryHistory history(*seat.connection, seat.directory);
    auto decisions = CheckDecisions(history, seat.connection->organisation().id, request->statement,
                                    {approval.decisions().begin(), approval.decisions().end()});
    EXPECT_TRUE(decisions.ok()) << decisions.status();
    if (decisions.ok()) checked.decisions = *std::move(decisions);
    return checked;
  }
  // The line that the server hands to a custodian.
  void Hold(v1::Approval& approval, uint32_t index) const {
    const auto identity = format::ParseIdentity(sealed());
    const format::HeldShare share = identity->ShareAt(index - 1);
    v1::HeldShare& held = *approval.mutable_held_share();
    held.set_index(share.index);
    held.set_threshold(share.threshold);
    held.set_custodians(share.custodians);
    held.set_sealed(std::string(share.sealed));
  }
  std::string Give(const std::string& who, const v1::Approval& approval, format::Day today = kToday) {
    auto seat = Sit(who);
    auto share = ShareFor(*seat->desk, Checked(*seat, approval), today);
    if (share.ok()) given = *share;
    return Reason(share.status());
  }
  std::string ShareOf(const std::string& who, uint32_t index, v1::Approval approval) {
    Hold(approval, index);
    EXPECT_EQ(Give(who, approval), "OK");
    return given;
  }
  // A request with consent that cleo and carl approved, and what the server answers when it is carried out.
  struct Granted {
    v1::Approval approval;
    v1::ExecuteApprovalResponse response;
  };
  Granted Grant() {
    Granted granted{Asked("consent"), {}};
    Consented(granted.approval, MailboxKey());
    granted.response.set_identity(sealed());
    granted.response.add_shares(ShareOf("cleo", 1, granted.approval));
    granted.response.add_shares(ShareOf("carl", 2, granted.approval));
    Decided(granted.approval, "cleo");
    Decided(granted.approval, "carl");
    granted.approval.set_state(v1::APPROVAL_STATE_APPROVED);
    return granted;
  }
  std::string Open(const Granted& granted) {
    auto seat = Sit("ana");
    const CheckedApproval checked = Checked(*seat, granted.approval);
    const auto opened = seat->desk->Open(impostor.case_name, false);
    EXPECT_TRUE(opened.ok()) << opened.status();
    if (!opened.ok()) return "";
    if (absl::Status status = CheckGranted(*seat->desk, checked, *opened); !status.ok()) return Reason(status);
    const auto who = OpenReleased(*seat->desk, checked, *opened, granted.response);
    return who.ok() ? who->name() : Reason(who.status());
  }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
  std::vector<v1::Approval> shown;
  std::string given;
};

TEST_F(AskedForIdentity, TheReporterSeesWhoAsksOnWhichBasisAndWhy) {
  shown.push_back(Asked("consent"));
  const auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  ASSERT_EQ(visit->asked_identities().size(), 1u);
  const AskedIdentity& one = visit->asked_identities()[0];
  EXPECT_EQ(one.decisions.requester, "ana");
  EXPECT_EQ(one.reason, "The court asks.");
  EXPECT_TRUE(one.answerable());
  shown[0].set_state(v1::APPROVAL_STATE_EXECUTED);
  EXPECT_FALSE(reporter.Visit()->asked_identities()[0].answerable());
}

TEST_F(AskedForIdentity, P4_ARequestThatTheServerHidesOrTellsOtherwiseIsNotBelieved) {
  const v1::Approval good = Asked("court_order");
  EXPECT_EQ(Look(), "APPROVAL_INVALID") << "it is in the record and is not shown";
  shown = {good};
  EXPECT_EQ(Look(), "OK") << "control";
  const auto told = [&](const char* what, const std::function<void(v1::Approval&)>& lie) {
    v1::Approval approval = good;
    lie(approval);
    shown = {approval};
    EXPECT_EQ(Look(), "APPROVAL_INVALID") << what;
  };
  told("another basis", [](v1::Approval& a) { a.set_code("consent"); });
  told("another asker", [](v1::Approval& a) { a.set_requester("staff/bruno"); });
  told("another kind", [](v1::Approval& a) { a.set_kind(v1::APPROVAL_KIND_CLOSE_CASE); });
  told("another name", [](v1::Approval& a) { a.set_name(format::ApprovalName(format::DrawId<format::ApprovalId>(crypto::SystemRandom()))); });
  told("a changed request", [](v1::Approval& a) { a.mutable_request()->at(90) ^= 1; });
  told("no request", [](v1::Approval& a) { a.clear_request(); });
  told("an approver who did not sign", [&](v1::Approval& a) {
    Decided(a, "emil");
    a.mutable_decisions(0)->mutable_signature()->at(3) ^= 1;
  });
  told("an answer that the record does not know", [&](v1::Approval& a) { Consented(a, MailboxKey()); });
  told("one that nobody wrote down", [&](v1::Approval& a) { a = Request(Terms("court_order")); });
  told("another case's", [&](v1::Approval& a) {
    ApprovalTerms terms = StatementOf(good).terms;
    terms.case_id = format::DrawId<format::CaseId>(crypto::SystemRandom());
    a = Request(terms);
  });
  // A reason that is sealed to words of before is missing, not wrong.
  v1::Approval old = Request(Terms("consent"), false);
  Record(old);
  shown = {good, old};
  ASSERT_EQ(Look(), "OK");
  EXPECT_EQ(reporter.Visit()->asked_identities()[1].reason, std::nullopt);
}

TEST_F(AskedForIdentity, P4_ACustodiansShareLeavesForTheDeviceThatAskedAndNotBeforeTheReporter) {
  v1::Approval asked = Asked("consent");
  Hold(asked, 1);
  EXPECT_EQ(Give("cleo", asked), "APPROVAL_INVALID") << "the reporter has not answered";
  asked.mutable_consent()->set_decision(v1::DECISION_REFUSE);
  EXPECT_EQ(Give("cleo", asked), "APPROVAL_INVALID") << "the reporter said no";
  Consented(asked, MailboxKey());
  ASSERT_EQ(Give("cleo", asked), "OK");
  const auto share = format::ParseShare(given);
  ASSERT_TRUE(share.ok());
  EXPECT_TRUE(share->IsFor(StatementOf(asked)));
  EXPECT_EQ(share->recipient, crypto::KeyIdOf(impostor.KeysOf("ana").decryption.encryption_key()));
  EXPECT_TRUE(format::VerifyShare(*share, impostor.KeysOf("cleo").signing.verify_key()).ok());
  EXPECT_TRUE(format::OpenGivenShare(*share, impostor.KeysOf("ana").decryption).ok());
  EXPECT_FALSE(format::OpenGivenShare(*share, impostor.KeysOf("bruno").decryption).ok());

  v1::Approval others = asked;
  Hold(others, 2);
  EXPECT_EQ(Give("cleo", others), "APPROVAL_INVALID") << "another custodian's line";
  others = asked;
  others.mutable_held_share()->set_index(2);
  EXPECT_EQ(Give("cleo", others), "APPROVAL_INVALID");
  others.mutable_held_share()->set_index(4'000'000);
  EXPECT_EQ(Give("cleo", others), "APPROVAL_INVALID");
  others = asked;
  others.mutable_held_share()->mutable_sealed()->at(40) ^= 1;
  EXPECT_EQ(Give("cleo", others), "APPROVAL_INVALID");
  others = asked;
  others.clear_held_share();
  EXPECT_EQ(Give("cleo", others), "APPROVAL_INVALID");
}

TEST_F(AskedForIdentity, P4_WithoutConsentACustodiansDeviceCountsApproverAndDaysByItself) {
  v1::Approval told = Asked("court_order");
  Hold(told, 3);
  const format::Day late = kToday.PlusDays(8);
  EXPECT_EQ(Give("cora", told, late), "APPROVAL_INVALID") << "no approver agreed";
  v1::Approval by_custodian = told;
  Decided(by_custodian, "carl");
  EXPECT_EQ(Give("cora", by_custodian, late), "APPROVAL_INVALID") << "a custodian is no approver";
  v1::Approval by_reader = told;
  Decided(by_reader, "bruno");
  EXPECT_EQ(Give("cora", by_reader, late), "APPROVAL_INVALID") << "nor is whoever has not the role";
  Decided(told, "emil");
  EXPECT_EQ(Give("cora", told, kToday), "APPROVAL_INVALID");
  EXPECT_EQ(Give("cora", told, kToday.PlusDays(7)), "APPROVAL_INVALID") << "the seventh day is not over";
  EXPECT_EQ(Give("cora", told, late), "OK") << "control";
}

TEST_F(AskedForIdentity, WhoeverAskedOpensItWithWhatChecks) {
  Granted granted = Grant();
  EXPECT_EQ(Open(granted), kName);
  Granted more = Grant();
  more.response.add_shares(ShareOf("cora", 3, more.approval));
  Decided(more.approval, "cora");
  EXPECT_EQ(Open(more), kName);
}

// Fay has become a custodian since the name was sealed, and carl hands his share over to her.
TEST_F(AskedForIdentity, P4_AShareThatWasHandedOverCountsWhereEverybodyWhoHeldItSaidSo) {
  for (format::Person& person : impostor.directory().people) {
    if (person.slug == "fay" || person.slug == "emil") {
      person.roles.push_back(format::Role::kCustodian);
      std::sort(person.roles.begin(), person.roles.end());
    }
  }
  impostor.NextDirectory();
  const auto identity = format::ParseIdentity(sealed());
  const format::OrganisationId organisation = impostor.organisation().id;
  const auto hand = [&](const format::IdentityShare& share, const std::string& to, const std::string& signer) {
    return *format::HandShareOver(organisation, identity->case_id, share, impostor.KeysOf(to).decryption.encryption_key(),
                                  impostor.KeysOf(signer).signing, crypto::SystemRandom());
  };
  const auto carls = format::OpenIdentityShare(*identity, impostor.KeysOf("carl").decryption);
  const std::string first = hand(*carls, "fay", "carl");
  const auto fays = format::OpenGivenShare(*format::ParseShare(first), impostor.KeysOf("fay").decryption);
  ASSERT_TRUE(fays.ok()) << fays.status();

  Granted granted{Asked("consent"), {}};
  Consented(granted.approval, MailboxKey());
  granted.approval.set_custodian_keys(1, crypto::KeyIdOf(impostor.KeysOf("fay").decryption.encryption_key()).str());
  granted.response.set_identity(sealed());
  granted.response.add_shares(ShareOf("cleo", 1, granted.approval));
  v1::Approval to_fay = granted.approval;
  Hold(to_fay, 2);
  to_fay.mutable_held_share()->clear_sealed();
  to_fay.mutable_held_share()->set_handed(first);
  ASSERT_EQ(Give("fay", to_fay), "OK") << "she opens it as her own";
  granted.response.add_shares(given);
  v1::Approval misplaced = to_fay;
  misplaced.mutable_held_share()->set_index(3);
  EXPECT_EQ(Give("fay", misplaced), "APPROVAL_INVALID");
  v1::Approval changed = to_fay;
  changed.mutable_held_share()->mutable_handed()->at(170) ^= 1;
  EXPECT_EQ(Give("fay", changed), "APPROVAL_INVALID");
  EXPECT_EQ(Give("cora", to_fay), "APPROVAL_INVALID") << "it is wrapped to fay";
  Decided(granted.approval, "cleo");
  Decided(granted.approval, "fay");
  granted.approval.set_state(v1::APPROVAL_STATE_APPROVED);
  EXPECT_EQ(Open(granted), "APPROVAL_INVALID") << "nobody said that it was handed over";
  const auto with = [&](std::vector<std::string> handed) {
    Granted one = granted;
    for (const std::string& share : handed) one.response.add_handed(share);
    return Open(one);
  };
  EXPECT_EQ(with({first}), kName);
  EXPECT_EQ(with({hand(*carls, "fay", "cora")}), "APPROVAL_INVALID") << "carl did not say so";
  EXPECT_EQ(with({hand(*carls, "bruno", "carl"), first}), "APPROVAL_INVALID") << "bruno is no custodian";
  EXPECT_EQ(with({hand(*fays, "emil", "emil"), first}), "APPROVAL_INVALID") << "emil never held it";
  EXPECT_EQ(with({first, hand(*fays, "emil", "fay")}), kName) << "handed on since: fay gave it while it was hers";
  std::string flipped = first;
  flipped[130] ^= 1;
  EXPECT_EQ(with({flipped}), "APPROVAL_INVALID");
}

TEST_F(AskedForIdentity, OneWrongShareAmongMoreThanEnoughDoesNoHarm) {
  Granted granted = Grant();
  const format::IdentityShare made_up{3, *crypto::Secret<32, crypto::ShamirShareTag>::FromBytes(std::string(31, '\7') + '\0')};
  const std::string lie = *format::GiveShare(StatementOf(granted.approval), made_up,
                                             impostor.KeysOf("ana").decryption.encryption_key(),
                                             impostor.KeysOf("cora").signing, crypto::SystemRandom());
  Decided(granted.approval, "cora");
  Granted one_wrong = granted;
  one_wrong.response.mutable_shares()->DeleteSubrange(0, 1);
  one_wrong.response.add_shares(lie);
  EXPECT_EQ(Open(one_wrong), "APPROVAL_INVALID") << "carl's and a made-up one";
  granted.response.mutable_shares()->Clear();
  granted.response.add_shares(lie);
  for (const auto& [who, index] : {std::pair("cleo", 1u), std::pair("carl", 2u)})
    granted.response.add_shares(ShareOf(who, index, granted.approval));
  EXPECT_EQ(Open(granted), kName);
}

TEST_F(AskedForIdentity, P4_WhatDoesNotVerifyOpensNothing) {
  const Granted good = Grant();
  ASSERT_EQ(Open(good), kName) << "control";
  const auto refused = [&](const char* what, const std::function<void(Granted&)>& lie) {
    Granted granted = good;
    lie(granted);
    EXPECT_EQ(Open(granted), "APPROVAL_INVALID") << what;
  };
  refused("one custodian", [](Granted& g) { g.approval.mutable_decisions()->RemoveLast(); });
  refused("one share", [](Granted& g) { g.response.mutable_shares()->RemoveLast(); });
  refused("the same share twice", [](Granted& g) { g.response.set_shares(1, g.response.shares(0)); });
  refused("a flipped share", [](Granted& g) { g.response.mutable_shares(1)->at(170) ^= 1; });
  refused("half a share", [](Granted& g) { g.response.mutable_shares(1)->resize(132); });
  refused("a share of somebody who did not approve", [&](Granted& g) { g.response.add_shares(ShareOf("cora", 3, g.approval)); });
  refused("a share for another request", [&](Granted& g) {
    v1::Approval other = Asked("consent");
    Consented(other, MailboxKey());
    g.response.set_shares(0, ShareOf("cleo", 1, other));
  });
  refused("a share that another custodian signed", [&](Granted& g) {
    const auto share = format::OpenIdentityShare(*format::ParseIdentity(sealed()), impostor.KeysOf("cleo").decryption);
    g.response.set_shares(0, *format::GiveShare(StatementOf(g.approval), *share, impostor.KeysOf("ana").decryption.encryption_key(),
                                                impostor.KeysOf("carl").signing, crypto::SystemRandom()));
  });
  refused("another identity", [](Granted& g) { g.response.mutable_identity()->at(300) ^= 1; });
  refused("no identity", [](Granted& g) { g.response.clear_identity(); });
  refused("another threshold", [](Granted& g) { g.approval.set_threshold(3); });
  refused("a threshold of one", [](Granted& g) { g.approval.set_threshold(1); });
  refused("other custodians", [](Granted& g) { g.approval.mutable_custodian_keys()->SwapElements(0, 2); });
  refused("no answer of the reporter", [](Granted& g) { g.approval.clear_consent(); });
  refused("a no of the reporter", [](Granted& g) { g.approval.mutable_consent()->set_decision(v1::DECISION_REFUSE); });
  refused("an answer of somebody else", [&](Granted& g) { Consented(g.approval, impostor.KeysOf("ana").signing); });
  refused("an answer to another request", [&](Granted& g) {
    v1::Approval other = Asked("consent");
    Consented(other, MailboxKey());
    *g.approval.mutable_consent() = other.consent();
  });
  Granted compelled{Asked("court_order"), good.response};
  Decided(compelled.approval, "cleo");
  Decided(compelled.approval, "carl");
  EXPECT_EQ(Open(compelled), "APPROVAL_INVALID") << "no approver agreed";
}

}  // namespace
}  // namespace alcove::client::test
