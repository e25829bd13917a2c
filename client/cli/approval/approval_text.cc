#include "client/cli/approval/approval_text.h"

#include "client/cli/frame/table.h"
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
  if (approval.kind() == v1::APPROVAL_KIND_CLOSE_CASE) return "close it: " + Harmless(approval.code());
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
    case v1::APPROVAL_STATE_APPROVED: return "approved";
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

std::string NextStep(const v1::Approval& approval, bool asked) {
  const std::string id = ShortApproval(approval.name());
  if (approval.state() == v1::APPROVAL_STATE_OPEN) {
    return asked ? "Somebody else decides. `alcove approval cancel " + id + "` withdraws it."
                 : "`alcove approval approve " + id + "` or `refuse`: your decision is final, and carries your signature.";
  }
  if (approval.state() == v1::APPROVAL_STATE_APPROVED && asked) {
    return "`alcove approval execute " + id + "` carries it out" +
           (approval.kind() == v1::APPROVAL_KIND_CONFIRM_CLOCK ? "." : "; the reporter sees it.");
  }
  return "";
}

}  // namespace

std::string ShortApproval(std::string_view name) { return ShortId(name); }

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
  text += "  needs     " + std::to_string(approval.needed()) + " who approve, until " + DayOf(approval.expires()) + "\n";
  for (const std::string& slug : checked.decisions.approvers) text += "  approved  " + Person(directory, slug) + ", signature verified\n";
  for (const std::string& slug : checked.decisions.refusers) text += "  refused   " + Person(directory, slug) + ", signature verified\n";
  if (checked.reason) text += "\nWhy\n" + Wrapped(Harmless(*checked.reason), width, 2) + "\n";
  if (const std::string next = NextStep(approval, checked.decisions.requester == me); !next.empty()) {
    text += "\n" + Wrapped(next, width) + "\n";
  }
  return text;
}

}  // namespace alcove::cli
