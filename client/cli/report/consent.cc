#include "client/cli/report/consent.h"

#include <algorithm>
#include <map>

#include "client/cli/frame/table.h"
#include "client/cli/report/begin.h"
#include "client/cli/report/visit.h"
#include "client/cli/report/words.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

std::string BasisText(const std::string& code) {
  static const auto& texts = *new std::map<std::string, std::string>{
      {"court_order", "because a court has ordered it"},
      {"statutory_duty", "because a law obliges them to"},
      {"imminent_danger", "because somebody is in imminent danger"},
  };
  const auto found = texts.find(code);
  return found == texts.end() ? "on the basis `" + Harmless(code) + "`" : found->second;
}

std::string NameOf(const std::string& slug, const format::Directory& directory) {
  const format::Person* person = directory.FindPerson(slug);
  return person == nullptr ? slug : person->name;
}

// What the reporter can do, or waits for.
std::string ConsentStanding(const v1::Approval& approval) {
  if (approval.consent().decision() == v1::DECISION_APPROVE) {
    return "You said yes. " + std::to_string(approval.threshold()) + " of " + std::to_string(approval.custodian_keys_size()) +
           " custodians have to agree too. Until it is opened you can take it back: `alcove report consent no`.";
  }
  return "It is yours to decide: nothing is opened unless you say yes, and a no needs no reason. `alcove report consent yes` or "
         "`alcove report consent no`.";
}

std::string NoticeStanding(const v1::Approval& approval) {
  std::string text =
      "You are not asked for this, but you are told before anything is opened. Somebody without a part in it has to agree, then you "
      "have seven whole days, and then " + std::to_string(approval.threshold()) + " of " +
      std::to_string(approval.custodian_keys_size()) + " custodians have to agree as well. ";
  text += approval.has_opens() ? "Somebody has agreed: nothing is opened before " + DateText(approval.opens()) + ". "
                               : "Nobody has agreed yet. ";
  return text + "You can write to the people who have the case, and ask somebody you trust for advice.";
}

std::string Standing(const client::AskedIdentity& asked) {
  switch (asked.approval.state()) {
    case v1::APPROVAL_STATE_EXECUTED: return "It was opened: they know who you are.";
    case v1::APPROVAL_STATE_CANCELLED: return "They have withdrawn it. Nothing was opened.";
    case v1::APPROVAL_STATE_REFUSED:
      return asked.approval.consent().decision() == v1::DECISION_REFUSE ? "You said no. Nothing was opened."
                                                                        : "It was refused. Nothing was opened.";
    case v1::APPROVAL_STATE_EXPIRED: return "It ran out. Nothing was opened.";
    default:
      return asked.answerable() ? ConsentStanding(asked.approval) : NoticeStanding(asked.approval);
  }
}

}  // namespace

std::string AskedIdentityText(const client::AskedIdentity& asked, const format::Directory& directory) {
  const format::ApprovalTerms& terms = asked.decisions.terms;
  std::string text = (asked.open() ? "SOMEBODY WANTS TO KNOW WHO YOU ARE\n" : "Somebody wanted to know who you are\n");
  text += NameOf(asked.decisions.requester, directory) + " asked on " + terms.day.Text() +
          (client::AsksReporter(terms) ? ", with your consent." : ", " + BasisText(terms.code) + ".") + "\n";
  text += asked.reason ? "Why: " + Harmless(*asked.reason) + "\n"
                       : "Why: sealed to your old words, which these new ones do not open.\n";
  return text + Standing(asked) + "\n";
}

absl::Status Consent(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  const auto& all = visit.mailbox->asked_identities();
  const auto asked = std::find_if(all.rbegin(), all.rend(), [](const client::AskedIdentity& one) { return one.answerable(); });
  if (asked == all.rend()) return Refuse(Refusal::kInputInvalid, "nobody asks for your consent at the moment");
  const format::Decision decision = options.answer == "yes" ? format::Decision::kApprove : format::Decision::kRefuse;
  Terminal& terminal = frame.terminal();
  if (terminal.interactive() && !options.yes && decision == format::Decision::kApprove) {
    terminal.Say(AskedIdentityText(*asked, visit.directory.directory()));
    ALCOVE_CLIENT_ASSIGN(const bool sure, AskYesNo(terminal, "Shall they learn who you are?", false));
    if (!sure) return Refuse(Refusal::kCancelled, "you have answered nothing");
  }
  ALCOVE_CLIENT_ASSIGN(const v1::DecideConsentResponse answer, visit.mailbox->DecideConsent(*asked, decision));
  if (frame.json()) {
    frame.PrintJson(answer);
  } else {
    terminal.Print(decision == format::Decision::kApprove
                       ? "You said yes. Custodians decide now; until it is opened, `alcove report consent no` takes it back.\n"
                       : "You said no. Nothing is opened, and you need not say why.\n");
  }
  return absl::OkStatus();
}

}  // namespace alcove::cli
