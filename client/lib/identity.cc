#include "client/lib/identity.h"

#include <algorithm>
#include <set>

#include "crypto/format/errors.h"
#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"
#include "crypto/format/share.h"

namespace alcove::client {
namespace {

constexpr std::string_view kConsentBasis = "consent";

absl::Status Invalid(std::string_view what) { return Refuse(Refusal::kApprovalInvalid, what); }

bool Holds(const format::Person& person, const std::vector<std::string>& keys) {
  return std::any_of(person.devices.begin(), person.devices.end(), [&](const format::Device& device) {
    return std::find(keys.begin(), keys.end(), crypto::KeyIdOf(device.encryption).view()) != keys.end();
  });
}

std::vector<std::string> CustodianKeys(const v1::Approval& approval) {
  return {approval.custodian_keys().begin(), approval.custodian_keys().end()};
}

// Who approved, parted into those who hold a share and those who do not.
struct Approved {
  std::set<std::string> custodians;
  std::set<std::string> others;
};
absl::StatusOr<Approved> WhoApproved(StaffDesk& desk, const CheckedApproval& checked) {
  DirectoryHistory history(desk.connection(), desk.directory());
  ALCOVE_CLIENT_ASSIGN(const format::Directory* then, history.Version(checked.decisions.terms.directory_version));
  const std::vector<std::string> keys = CustodianKeys(checked.approval);
  Approved approved;
  for (const std::string& slug : checked.decisions.approvers) {
    const format::Person* person = then->FindPerson(slug);
    if (person == nullptr) continue;
    if (Holds(*person, keys)) {
      approved.custodians.insert(slug);
    } else if (person->HasRole(format::Role::kApprover)) {
      approved.others.insert(slug);
    }
  }
  return approved;
}

// Opens the caller's share of a case, as it was sealed or as it was handed over to them.
absl::StatusOr<format::IdentityShare> OpenOwnShare(StaffDesk& desk, const format::CaseId& case_id, const v1::HeldShare& held) {
  const format::OrganisationId& organisation = desk.connection().organisation().id;
  if (!held.handed().empty()) {
    const auto handed = format::ParseShare(held.handed());
    if (!handed.ok() || !handed->IsHandedOver() || handed->organisation != organisation || handed->case_id != case_id ||
        handed->index != held.index()) {
      return Invalid("a share that was handed over to you is malformed");
    }
    auto share = format::OpenGivenShare(*handed, desk.keys().decryption);
    if (!share.ok()) return Invalid("a share that was handed over to you does not open with your key");
    return share;
  }
  if (held.index() > 255 || held.threshold() > 255 || held.custodians() > 255) return Invalid("your share is malformed");
  auto share = format::OpenHeldShare({.organisation = organisation,
                                      .case_id = case_id,
                                      .threshold = static_cast<uint8_t>(held.threshold()),
                                      .custodians = static_cast<uint8_t>(held.custodians()),
                                      .index = static_cast<uint8_t>(held.index()),
                                      .sealed = held.sealed()},
                                     desk.keys().decryption);
  if (!share.ok()) return Invalid("your share does not open with your key");
  return share;
}

// Who held a share, one after another: the custodian whom the reporter chose, then whoever it was handed over to. Each who handed
// it over signed that, and it was theirs.
struct Custody {
  std::vector<std::string> people;  // slugs
  std::vector<std::string> keys;    // ids of the encryption keys, in step
};
absl::StatusOr<std::vector<Custody>> CustodyOf(DirectoryHistory& history, const format::ParsedIdentity& identity,
                                               const v1::ExecuteApprovalResponse& response) {
  std::vector<Custody> custody(identity.custodians);
  for (size_t i = 0; i < custody.size(); ++i) {
    ALCOVE_CLIENT_ASSIGN(const Found first, history.WhoSigns(identity.CustodianAt(i)));
    custody[i].people.push_back(first.person->slug);
    custody[i].keys.push_back(identity.CustodianAt(i).str());
  }
  for (const std::string& bytes : response.handed()) {
    const auto share = format::ParseShare(bytes);
    if (!share.ok() || !share->IsHandedOver() || share->organisation != identity.organisation ||
        share->case_id != identity.case_id || share->index > custody.size()) {
      return Invalid("a share was handed over for another identity");
    }
    Custody& line = custody[share->index - 1u];
    ALCOVE_CLIENT_ASSIGN(const Found giver, history.WhoSigns(share->custodian));
    if (giver.person->slug != line.people.back() || !format::VerifyShare(*share, giver.device->signing).ok())
      return Invalid("a share was handed over by somebody who did not hold it");
    ALCOVE_CLIENT_ASSIGN(const Found taker, history.WhoSigns(share->recipient));
    if (!taker.person->HasRole(format::Role::kCustodian)) return Invalid("a share was handed over to somebody who is no custodian");
    line.people.push_back(taker.person->slug);
    line.keys.push_back(share->recipient.str());
  }
  return custody;
}

bool Contains(const std::vector<std::string>& list, const std::string& one) {
  return std::find(list.begin(), list.end(), one) != list.end();
}

bool Agreed(const v1::Approval& approval) { return approval.consent().decision() == v1::DECISION_APPROVE; }

absl::Status CheckConsent(const v1::Approval& approval, const format::ParsedStatement& statement, const OpenedCase& opened) {
  const auto signature = crypto::Signature::FromBytes(approval.consent().signature());
  if (!Agreed(approval) || !signature.ok()) return Invalid("the reporter has not agreed");
  std::vector<std::string> keys(opened.facts.former_mailbox_signing_keys().begin(),
                                opened.facts.former_mailbox_signing_keys().end());
  keys.push_back(opened.facts.mailbox_signing_key());
  const bool verified = std::any_of(keys.begin(), keys.end(), [&](const std::string& bytes) {
    const auto key = crypto::VerifyKey::FromBytes(bytes);
    return key.ok() && format::VerifyConsent(statement, format::Decision::kApprove, *key, *signature).ok();
  });
  return verified ? absl::OkStatus() : Invalid("the reporter's answer is not signed by the reporter");
}

// The first of all ways to choose as many shares as it takes with which it opens: one wrong share among more than enough
// shows itself by being left out.
absl::StatusOr<crypto::Plaintext> OpenWithAny(const format::ParsedIdentity& identity,
                                              const std::vector<format::IdentityShare>& shares,
                                              const format::EpochKey& first) {
  std::vector<bool> chosen(shares.size());
  std::fill(chosen.begin(), chosen.begin() + identity.threshold, true);
  do {
    std::vector<format::IdentityShare> some;
    for (size_t i = 0; i < shares.size(); ++i)
      if (chosen[i]) some.push_back({.index = shares[i].index, .value = shares[i].value.Clone()});
    auto text = format::OpenIdentity(identity, some, first);
    if (text.ok()) return text;
    if (format::ReasonOf(text.status()) != format::Refusal::kKeyCommitment) return Invalid("the sealed identity is damaged");
  } while (std::prev_permutation(chosen.begin(), chosen.end()));
  return Invalid("a custodian's share is not the one that the reporter sealed to them");
}

}  // namespace

bool AsksReporter(const format::ApprovalTerms& terms) {
  return terms.kind == format::ApprovalKind::kReleaseIdentity && terms.code == kConsentBasis;
}

bool AskedIdentity::open() const {
  return approval.state() == v1::APPROVAL_STATE_OPEN || approval.state() == v1::APPROVAL_STATE_APPROVED;
}

bool AskedIdentity::answerable() const { return open() && AsksReporter(decisions.terms); }

absl::StatusOr<std::vector<AskedIdentity>> CheckAskedIdentities(const KeyringView& view, const v1::GetMailboxResponse& mailbox,
                                                                const CheckedLeaves& leaves,
                                                                const crypto::DecryptionKey& mailbox_key) {
  std::vector<AskedIdentity> asked;
  const auto recorded = [&](format::LeafKind kind, const std::string& actor, const crypto::Bytes& details) {
    return std::any_of(leaves.leaves.begin(), leaves.leaves.end(), [&](const format::Leaf& leaf) {
      return leaf.kind == kind && leaf.actor == actor && leaf.details == details;
    });
  };
  for (const v1::Approval& approval : mailbox.identity_requests()) {
    AskedIdentity one;
    one.approval = approval;
    const auto request = format::ParseApprovalRequest(one.approval.request());
    if (!request.ok()) return Invalid("a request for your identity is malformed");
    ALCOVE_CLIENT_ASSIGN(one.decisions, CheckDecisions(*view.history, view.organisation, request->statement,
                                                       {approval.decisions().begin(), approval.decisions().end()}));
    const format::ApprovalTerms& terms = one.decisions.terms;
    if (terms.kind != format::ApprovalKind::kReleaseIdentity || terms.case_id != view.case_id ||
        !Describes(approval, one.decisions)) {
      return Invalid("the server describes a request for your identity otherwise than it was asked for");
    }
    if (!recorded(format::LeafKind::kIdentityAsked, one.decisions.requester,
                  format::details::IdentityAsked(terms.approval, terms.code)) ||
        (approval.has_consent() &&
         !recorded(format::LeafKind::kConsentDecided, "",
                   format::details::ConsentDecided(terms.approval,
                                                   static_cast<format::Decision>(approval.consent().decision()))))) {
      return Invalid("the record of the case says something else about a request for your identity");
    }
    const auto reason = format::OpenReason(*request, mailbox_key);
    if (reason.ok()) {
      one.reason = reason->bytes;
    } else if (format::ReasonOf(reason.status()) != format::Refusal::kGrantMismatch) {
      return Invalid("the reason of a request for your identity does not open");
    }
    asked.push_back(std::move(one));
  }
  // A request that is kept from the reporter stands in the record all the same.
  const auto newest = std::find_if(leaves.leaves.rbegin(), leaves.leaves.rend(), [&](const format::Leaf& leaf) {
    return leaf.kind == format::LeafKind::kIdentityAsked && leaf.number <= mailbox.leaf_count();
  });
  if (newest != leaves.leaves.rend()) {
    const bool shown = std::any_of(asked.begin(), asked.end(), [&](const AskedIdentity& one) {
      return newest->details == format::details::IdentityAsked(one.decisions.terms.approval, one.decisions.terms.code);
    });
    if (!shown) return Invalid("a request for your identity is in the record and is not shown");
  }
  return asked;
}

absl::StatusOr<std::string> ShareFor(StaffDesk& desk, const CheckedApproval& checked, format::Day today) {
  const v1::Approval& approval = checked.approval;
  const format::ApprovalTerms& terms = checked.decisions.terms;
  if (!approval.has_held_share()) return Invalid("there is no share of yours to give now");
  if (AsksReporter(terms)) {
    // The reporter's key is the case's, which a custodian knows nothing of: whoever asked checks the signature.
    if (!Agreed(approval)) return Invalid("the reporter has not agreed");
  } else {
    ALCOVE_CLIENT_ASSIGN(const Approved approved, WhoApproved(desk, checked));
    if (approved.others.empty()) return Invalid("no approver agreed");
    if (today < terms.day.PlusDays(1 + kNoticeDays)) return Invalid("the reporter was told less than seven days ago");
  }
  const auto request = format::ParseApprovalRequest(approval.request());
  if (!request.ok()) return Invalid("the request is malformed");
  const format::Person* asker = desk.directory().directory().FindPerson(checked.decisions.requester);
  const format::Device* device = nullptr;
  if (asker != nullptr) {
    for (const format::Device& one : asker->devices)
      if (crypto::KeyIdOf(one.signing) == request->statement.requester) device = &one;
  }
  if (device == nullptr) return Refuse(Refusal::kReaderNotInDirectory, checked.decisions.requester);
  ALCOVE_CLIENT_ASSIGN(const format::IdentityShare share, OpenOwnShare(desk, terms.case_id, approval.held_share()));
  auto given = format::GiveShare(request->statement, share, device->encryption, desk.keys().signing, desk.random());
  if (!given.ok()) return Refuse(Refusal::kReaderKeyWeak, checked.decisions.requester);
  return *std::move(given);
}

absl::Status CheckGranted(StaffDesk& desk, const CheckedApproval& checked, const OpenedCase& opened) {
  ALCOVE_CLIENT_ASSIGN(const Approved approved, WhoApproved(desk, checked));
  if (checked.approval.threshold() < 2 || approved.custodians.size() < checked.approval.threshold())
    return Invalid("fewer custodians have signed than have to");
  if (!AsksReporter(checked.decisions.terms))
    return approved.others.empty() ? Invalid("no approver agreed") : absl::OkStatus();
  const auto request = format::ParseApprovalRequest(checked.approval.request());
  if (!request.ok()) return Invalid("the request is malformed");
  return CheckConsent(checked.approval, request->statement, opened);
}

absl::StatusOr<sealed::v1::Identity> OpenReleased(StaffDesk& desk, const CheckedApproval& checked, const OpenedCase& opened,
                                                  const v1::ExecuteApprovalResponse& response) {
  const format::ApprovalTerms& terms = checked.decisions.terms;
  const auto request = format::ParseApprovalRequest(checked.approval.request());
  if (!request.ok()) return Invalid("the request is malformed");
  const auto identity = format::ParseIdentity(response.identity());
  if (!identity.ok() || identity->organisation != terms.organisation || identity->case_id != terms.case_id)
    return Invalid("the sealed identity is not this case's");
  DirectoryHistory history(desk.connection(), desk.directory());
  ALCOVE_CLIENT_ASSIGN(const std::vector<Custody> custody, CustodyOf(history, *identity, response));
  const std::vector<std::string> asked = CustodianKeys(checked.approval);
  bool same = identity->threshold == checked.approval.threshold() && asked.size() == custody.size();
  for (size_t i = 0; same && i < custody.size(); ++i) same = Contains(custody[i].keys, asked[i]);
  if (!same) return Invalid("the sealed identity names other custodians than were asked");
  std::vector<format::IdentityShare> shares;
  std::set<uint8_t> seen;
  for (const std::string& bytes : response.shares()) {
    const auto share = format::ParseShare(bytes);
    if (!share.ok() || !share->IsFor(request->statement) || share->index > identity->custodians ||
        !seen.insert(share->index).second) {
      return Invalid("a share is not for this request");
    }
    ALCOVE_CLIENT_ASSIGN(const Found giver, history.WhoSigns(share->custodian));
    const bool approved = Contains(checked.decisions.approvers, giver.person->slug);
    if (!Contains(custody[share->index - 1u].people, giver.person->slug) || !approved ||
        !format::VerifyShare(*share, giver.device->signing).ok()) {
      return Invalid("a share is not from the custodian it belongs to");
    }
    auto own = format::OpenGivenShare(*share, desk.keys().decryption);
    if (!own.ok()) return Invalid("a share does not open with your key");
    shares.push_back(*std::move(own));
  }
  if (shares.size() < identity->threshold) return Invalid("fewer shares came than it takes");
  const format::EpochKey* first = opened.thread_keys.KeyOf(0);
  if (first == nullptr) return Refuse(Refusal::kGrantInvalid, "the first key of the thread is not released to you");
  ALCOVE_CLIENT_ASSIGN(const crypto::Plaintext text, OpenWithAny(*identity, shares, *first));
  sealed::v1::Identity who;
  if (!who.ParseFromArray(text.bytes.data(), static_cast<int>(text.bytes.size())))
    return Invalid("the sealed identity holds something else");
  return who;
}

absl::StatusOr<HandedOver> HandSharesOver(StaffDesk& desk, const std::string& slug) {
  const format::Directory& directory = desk.directory().directory();
  const format::Person* person = directory.FindPerson(slug);
  if (person == nullptr || !person->HasRole(format::Role::kCustodian)) return Refuse(Refusal::kReaderNotInDirectory, slug + " as a custodian");
  const crypto::EncryptionKey own = desk.keys().decryption.encryption_key();
  const auto other = std::find_if(person->devices.begin(), person->devices.end(),
                                  [&](const format::Device& device) { return device.encryption != own; });
  if (other == person->devices.end()) return Refuse(Refusal::kReaderNotInDirectory, "another machine of " + slug);

  std::vector<v1::OwnShare> shares;
  v1::ListHeldSharesRequest page;
  page.set_page_size(50);
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListHeldSharesResponse answer,
                         desk.connection().CallAgain(&v1::ApprovalService::Stub::ListHeldShares, page, &desk.session()));
    std::move(answer.mutable_shares()->begin(), answer.mutable_shares()->end(), std::back_inserter(shares));
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty());

  HandedOver done;
  for (const v1::OwnShare& one : shares) {
    ALCOVE_CLIENT_ASSIGN(const format::CaseId case_id, format::ParseCaseName(one.case_()));
    // One that is with another key of the caller's already: handed over before, and sent again.
    const auto share = OpenOwnShare(desk, case_id, one.share());
    if (!share.ok()) {
      done.elsewhere += 1;
      continue;
    }
    const auto handed = format::HandShareOver(desk.connection().organisation().id, case_id, *share, other->encryption,
                                              desk.keys().signing, desk.random());
    if (!handed.ok()) return Refuse(Refusal::kReaderKeyWeak, slug);
    v1::HandOverShareRequest ask;
    ask.set_case_(one.case_());
    ask.set_request_id(DrawRequestId(desk.random()));
    ask.set_share(*handed);
    const auto answer = desk.connection().CallAgain(&v1::ApprovalService::Stub::HandOverShare, ask, &desk.session());
    if (answer.ok()) {
      done.handed += 1;
    } else if (ReasonOf(answer.status()) == "SHARE_REFUSED") {
      done.refused += 1;
    } else {
      return answer.status();
    }
  }
  return done;
}

}  // namespace alcove::client
