// RELEASE_IDENTITY: somebody wants to know who a confidential reporter is (promise P4).
//
//   1. Whoever has the case asks, on a legal basis. With `consent` the reporter is asked; with every other one they are told,
//      by the same commit, and an approver has to agree, after which kNoticeDays pass, counted from the end of that day.
//   2. Only then do custodians decide. Each who agrees gives their share, wrapped again on their own device to the device
//      that asked (crypto/format/share.h). Before that no share exists outside of their devices.
//   3. With as many shares as the identity's threshold, whoever asked carries it out: they alone get identity and shares,
//      after the leaf of the case's chain is durable, and open them with the key of THREAD epoch 0, which only the team has.
//
// The steps that it shares with the other kinds are those of approvals.h, which call these functions.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <optional>
#include <string_view>
#include <vector>

#include "crypto/format/approval.h"
#include "crypto/format/identity.h"
#include "server/core/approvals/approvals.h"
#include "server/core/approvals/rules.h"

namespace alcove::approvals {

// Whole days that the reporter has between an approver's word and the first share.
inline constexpr std::uint32_t kNoticeDays = 7;
// The basis on which the reporter is asked instead of told.
inline constexpr std::string_view kConsentBasis = "consent";

bool IsRelease(const Terms& terms);
bool AsksReporter(const Terms& terms);

// Puts threshold and custodians of the case's sealed identity into the terms. IDENTITY_NOT_HELD.
absl::Status AddCustody(const cases::Ports& ports, const cases::Case& record, Terms& terms);

// The place of this person's share, from 1; 0 where they hold none of this identity under a key that is still theirs.
std::uint8_t ShareIndexOf(const people::Person& person, const Terms& terms);

// Whether this may be asked for: what rules.h calls `fits`. IDENTITY_NOT_HELD, CODE_UNKNOWN.
absl::Status CanBeReleased(const cases::Ports& ports, const cases::Case& record, const Terms& terms);
// Another request for this case's identity, by whoever has the case, can still be decided.
absl::StatusOr<bool> IsAskedAlready(const cases::Ports& ports, const cases::Case& record);

// The leaves of having asked: on which basis and, where the reporter is not asked, that they are told.
void WriteAsked(const cases::Ports& ports, cases::Case& record, const cases::Approval& approval, base::ChangeSet& changes,
                std::vector<base::LeafDraft>& drafts);

State StateOfRelease(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval);
// The first day on which custodians can give shares; nothing where the reporter is asked, or no approver agreed.
std::optional<base::Day> OpensOn(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval);
// Whether the reporter's part is over, so that shares may exist. CONSENT_MISSING; or APPROVAL_NOT_GRANTED while no approver
// agreed, NOTICE_RUNNING, CLOCK_FROZEN.
absl::Status PathOver(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval);

// The share of a custodian who may give it now; nothing for anybody else.
absl::StatusOr<std::optional<Held>> HeldBy(const cases::Ports& ports, const cases::Case& record,
                                           const cases::Approval& approval, const people::Person& person);
// What a decision brings with it. SHARE_REFUSED, and what PathOver says; APPROVAL_REFUSED where an approver agrees so late
// that the reporter's days would not fit into the time of the request.
// `record`: null for the clock, which takes no share.
absl::Status CheckBrought(const cases::Ports& ports, const cases::Case* record, const cases::Approval& approval,
                          const people::Person& person, const format::ParsedStatement& statement,
                          format::Decision decision, crypto::BytesView share);

// The sealed identity, and the shares of those who still may decide.
absl::StatusOr<Released> ReleasedBy(const cases::Ports& ports, const cases::Case& record, const cases::Approval& approval);
absl::Status Release(const Execution& execution);

// The reporter's answer, signed by the mailbox's key; FIELD_INVALID("signature") otherwise. NOTHING_HERE for what is no such
// request of this mailbox's case. CONSENT_REFUSED where the reporter is not asked, refused already, said that already, or the
// request is at its end.
absl::StatusOr<base::Outcome<Decided>> DecideConsent(const cases::Ports& ports, const base::MailboxId& caller,
                                                     const base::ApprovalId& id, const std::string& etag,
                                                     const std::string& request_id, format::Decision decision,
                                                     const crypto::Signature& signature);

// What the reporter sees of such requests, oldest first: those that are open, and the newest kMostEnded that ended.
inline constexpr std::size_t kMostEnded = 3;
absl::StatusOr<std::vector<ApprovalView>> ReleasesShown(const cases::Ports& ports, const base::MailboxId& caller);

}  // namespace alcove::approvals
