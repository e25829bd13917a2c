#include "client/cli/approval/approval_text.h"

#include "client/cli/frame/table.h"
#include "client/lib/identity.h"
#include "crypto/format/day.h"

namespace alcove::cli {
namespace {

constexpr size_t kShortId = 10;

std::string ShortId(std::string_view name) {
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return std::string(name.substr(0, kShortId));
}

std::string SlugOf(std::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(slash == std::string_view::npos ? name : name.substr(slash + 1));
}

std::string DayOf(const google::protobuf::Timestamp& time) { return format::Day::OfUnixSeconds(time.seconds()).Text(); }

std::string DayOf(const google::type::Date& date) {
  const auto day = format::Day::FromCivil(date.year(), date.month(), date.day());
  return day.ok() ? day->Text() : "-";
}

std::string Wish(const v1::Approval& approval) {
  if (approval.kind() == v1::APPROVAL_KIND_CONFIRM_CLOCK) return "confirm that the server's clock is right";
  if (approval.kind() == v1::APPROVAL_KIND_LIFT_WALL) return "let the chart's ended lines keep " + SlugOf(approval.person()) + " out no longer";
  switch (approval.kind()) {
    case v1::APPROVAL_KIND_CLOSE_CASE: return "close it: " + Harmless(approval.code());
    case v1::APPROVAL_KIND_CLOSE_UNREAD: return "close it though not everything was read: " + Harmless(approval.code());
    case v1::APPROVAL_KIND_DELETE: return "delete it for good: " + Harmless(approval.code());
    case v1::APPROVAL_KIND_REDACT: return "take away entry " + Harmless(approval.code().substr(0, kShortId)) + " for good";
    case v1::APPROVAL_KIND_SHORTEN: return "keep it until " + DayOf(approval.until()) + " and no longer";
    case v1::APPROVAL_KIND_FALSE_REPORT: return "find allegation " + Harmless(approval.code().substr(0, kShortId)) + " knowingly false";
    case v1::APPROVAL_KIND_LIFT_HOLD: return "lift the legal hold: " + Harmless(approval.code());
    case v1::APPROVAL_KIND_RELEASE_IDENTITY: return "learn who the reporter is: " + Harmless(approval.code());
    default: break;
  }
  std::string text = "let " + SlugOf(approval.person()) + " read";
  if (approval.has_until()) text += " until " + DayOf(approval.until());
  return text;
}

std::string StateWord(const v1::Approval& approval) {
  switch (approval.state()) {
    case v1::APPROVAL_STATE_OPEN: {
      int yes = 0;
      for (const v1::SignedDecision& decision : approval.decisions()) yes += decision.decision() == v1::DECISION_APPROVE;
      return "open, " + std::to_string(yes) + " of " + std::to_string(approval.needed());
    }
    case v1::APPROVAL_STATE_APPROVED: return approval.has_ready() ? "approved, from " + DayOf(approval.ready()) : "approved";
    case v1::APPROVAL_STATE_REFUSED: return "refused";
    case v1::APPROVAL_STATE_CANCELLED: return "withdrawn";
    case v1::APPROVAL_STATE_EXECUTED: return "carried out";
    case v1::APPROVAL_STATE_EXPIRED: return "ran out";
    default: return "-";
  }
}

std::string Person(const format::Directory& directory, const std::string& slug) {
  const format::Person* person = directory.FindPerson(slug);
  return person == nullptr ? slug : person->name + " (" + slug + ")";
}

bool Asks(const v1::Approval& approval) { return approval.code() == "consent"; }

// Whose turn it is before custodians can give anything.
std::string Waiting(const v1::Approval& approval) {
  if (Asks(approval)) {
    return approval.consent().decision() == v1::DECISION_APPROVE ? "the reporter has agreed" : "the reporter is asked and has not answered";
  }
  if (!approval.has_opens()) return "the reporter is told; an approver has to agree";
  return "the reporter is told; nothing opens before " + DayOf(approval.opens());
}

// Of a request for who the reporter is.
std::string IdentityStep(const v1::Approval& approval, bool asked) {
  const std::string id = ShortApproval(approval.name());
  if (asked) {
    return "Others decide. `alcove approval cancel " + id + "` withdraws it.";
  }
  if (approval.has_held_share()) {
    return "`alcove approval approve " + id + "` opens your share on this machine and wraps it to whoever asked alone, under your "
           "signature; `refuse` gives nothing. Either is final.";
  }
  if (Asks(approval) || approval.has_opens()) {
    return "A custodian can give their share when the reporter's part is over: come back then. `alcove approval refuse " + id + "` is possible now.";
  }
  return "An approver decides first: `alcove approval approve " + id + "` or `refuse`, final and under your signature. Custodians come after that.";
}

// What who decides should know before they do.
std::string_view Caution(v1::ApprovalKind kind) {
  switch (kind) {
    case v1::APPROVAL_KIND_DELETE:
      return "Nobody reads any of it after that, the reporter included: only that it was deleted, when, and by whom it was approved. "
             "It cannot be undone.";
    case v1::APPROVAL_KIND_REDACT:
      return "Nobody reads this entry after that, its author included. It cannot be undone.";
    case v1::APPROVAL_KIND_CLOSE_UNREAD: return "Somebody wrote, and nobody here has read it. Why should nobody?";
    case v1::APPROVAL_KIND_SHORTEN: return "After that day the case is deleted for good, unless the reporter writes before.";
    case v1::APPROVAL_KIND_FALSE_REPORT:
      return "It says of somebody who spoke up that they knew it to be untrue. Not to be believed is not that.";
    case v1::APPROVAL_KIND_LIFT_HOLD: return "After that the case can be deleted, by approval or when its time is over.";
    default: return "";
  }
}

std::string NextStep(const v1::Approval& approval, bool asked) {
  const std::string id = ShortApproval(approval.name());
  if (approval.kind() == v1::APPROVAL_KIND_RELEASE_IDENTITY) {
    if (approval.state() == v1::APPROVAL_STATE_APPROVED && asked) {
      return "`alcove approval execute " + id + "` opens it on this machine, once. Nothing is written to disk; the reporter sees it.";
    }
    const bool open = approval.state() == v1::APPROVAL_STATE_OPEN || approval.state() == v1::APPROVAL_STATE_APPROVED;
    return open ? IdentityStep(approval, asked) : "";
  }
  if (approval.state() == v1::APPROVAL_STATE_OPEN) {
    return asked ? "Somebody else decides. `alcove approval cancel " + id + "` withdraws it."
                 : "`alcove approval approve " + id + "` or `refuse`: your decision is final, and carries your signature.";
  }
  if (approval.state() == v1::APPROVAL_STATE_APPROVED && approval.has_ready()) {
    const std::string stop = "`alcove approval cancel " + id + "` stops it";
    return asked ? "`alcove approval execute " + id + "` carries it out from " + DayOf(approval.ready()) + " on; until then " + stop + "."
                 : "It can be carried out from " + DayOf(approval.ready()) + " on. If you approved it, " + stop + " until it is.";
  }
  if (approval.state() == v1::APPROVAL_STATE_APPROVED && asked) {
    return "`alcove approval execute " + id + "` carries it out" +
           (approval.kind() == v1::APPROVAL_KIND_CONFIRM_CLOCK ? "." : "; the reporter sees it.");
  }
  return "";
}

}  // namespace

std::string ShortApproval(std::string_view name) { return ShortId(name); }

std::string AskedForIdentityText(const v1::CreateApprovalResponse& response, const std::string& basis) {
  std::string who;
  for (const v1::Decider& decider : response.deciders()) who += (who.empty() ? "" : ", ") + SlugOf(decider.staff());
  std::string text = "Asked: approval " + ShortId(response.name()) + ", for 30 days. These decide, and read why: " + who + ".\n";
  return text + (basis == "consent" ? "The reporter is asked, and reads why. Custodians can give their shares once they agreed.\n"
                                    : "The reporter is told, and reads why. When an approver has agreed they have seven whole days; then custodians "
                                      "can give their shares.\n");
}

std::string DecidedOnIdentityText(const client::CheckedApproval& checked, format::Decision decision, v1::ApprovalState state) {
  if (decision == format::Decision::kRefuse) {
    return state == v1::APPROVAL_STATE_REFUSED ? "Refused. The request is at its end.\n" : "Refused. Others may still give their shares.\n";
  }
  if (!checked.approval.has_held_share())
    return "Approved. The reporter now has seven whole days before custodians can give their shares.\n";
  return std::string("Approved. Your share was opened on this machine and wrapped to whoever asked alone; the reporter sees that you gave it.\n") +
         (state == v1::APPROVAL_STATE_APPROVED ? "Whoever asked can open it now.\n" : "Others have to give theirs too.\n");
}

std::string IdentityText(const sealed::v1::Identity& who) {
  std::string text = "The reporter\n";
  if (!who.name().empty()) text += "  name        " + Harmless(who.name()) + "\n";
  if (!who.identifier().empty()) text += "  identifier  " + Harmless(who.identifier()) + "\n";
  if (!who.safe_contact().empty()) text += "  reach them  " + Harmless(who.safe_contact()) + "\n";
  return text + "The reporter sees that you know. Nothing of this was written to disk: tell nobody who need not know.\n";
}

std::string ApprovalsTable(const std::vector<v1::Approval>& approvals) {
  Table table({"approval", "case", "asked by", "for", "state", "until"});
  for (const v1::Approval& approval : approvals) {
    table.Row({ShortId(approval.name()), approval.case_().empty() ? "-" : ShortId(approval.case_()), SlugOf(approval.requester()), Wish(approval),
               StateWord(approval), DayOf(approval.expires())});
  }
  return table.Text();
}

std::string ApprovalText(const client::CheckedApproval& checked, const format::Directory& directory,
                         const std::string& me, size_t width) {
  const v1::Approval& approval = checked.approval;
  std::string text = "Approval " + ShortId(approval.name()) + "  " + StateWord(approval) + "\n";
  if (!approval.case_().empty()) text += "  case      " + ShortId(approval.case_()) + "\n";
  text += "  asked by  " + Person(directory, checked.decisions.requester) + " on " + checked.decisions.terms.day.Text() +
          ", signature verified\n";
  text += "  for       " + Wish(approval) + "\n";
  if (const std::string& person = checked.decisions.terms.person; !person.empty())
    text += "  person    " + Person(directory, person) + "\n";
  if (approval.kind() == v1::APPROVAL_KIND_CLOSE_CASE)
    text += Wrapped("Nobody works on the case after that, and keys that wait for a lapse are destroyed. The reporter can still "
                    "write, and the team can take it up again.", width, 2) + "\n";
  if (const std::string_view caution = Caution(approval.kind()); !caution.empty()) text += Wrapped(caution, width, 2) + "\n";
  if (!approval.cancelled_by().empty()) text += "  stopped   by " + Person(directory, SlugOf(approval.cancelled_by())) + "\n";
  const bool release = approval.kind() == v1::APPROVAL_KIND_RELEASE_IDENTITY;
  if (release) text += "  reporter  " + Waiting(approval) + "\n";
  text += "  needs     " +
          (release ? std::to_string(approval.threshold()) + " of " + std::to_string(approval.custodian_keys_size()) + " custodians" +
                         (Asks(approval) ? "" : ", and an approver")
                   : std::to_string(approval.needed()) + " who approve") +
          ", until " + DayOf(approval.expires()) + "\n";
  for (const std::string& slug : checked.decisions.approvers) text += "  approved  " + Person(directory, slug) + ", signature verified\n";
  for (const std::string& slug : checked.decisions.refusers) text += "  refused   " + Person(directory, slug) + ", signature verified\n";
  if (checked.reason) text += "\nWhy\n" + Wrapped(Harmless(*checked.reason), width, 2) + "\n";
  if (const std::string next = NextStep(approval, checked.decisions.requester == me); !next.empty()) {
    text += "\n" + Wrapped(next, width) + "\n";
  }
  return text;
}

}  // namespace alcove::cli
