#include "client/cli/report/words.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <set>

#include "client/cli/frame/table.h"
#include "client/lib/clocks/internal.h"
#include "crypto/format/approval.h"
#include "crypto/format/kinds.h"

namespace alcove::cli {

std::string ConditionText(v1::ReleaseCondition condition) {
  switch (condition) {
    case v1::RELEASE_CONDITION_MAILBOX: return "you, always";
    case v1::RELEASE_CONDITION_ASSIGNED: return "only if the case is given to them";
    case v1::RELEASE_CONDITION_LAPSED: return "only if nobody answers in time";
    case v1::RELEASE_CONDITION_FALLBACK: return "only if nobody else is left (outsider)";
    case v1::RELEASE_CONDITION_GUEST: return "as outside counsel, for a limited time";
    case v1::RELEASE_CONDITION_APPROVED: return "added later: two others approved";
    case v1::RELEASE_CONDITION_MATCHED: return "only if enough others name them";
    default: return "on a condition this program does not know";
  }
}

std::string StateText(v1::CaseState state) {
  switch (state) {
    case v1::CASE_STATE_RECEIVED: return "received: it is there, and nobody has answered yet";
    case v1::CASE_STATE_ACKNOWLEDGED: return "acknowledged: a person has it and has told you so";
    case v1::CASE_STATE_TRIAGE: return "being looked at: what it is and what it needs";
    case v1::CASE_STATE_INFORMATION_NEEDED: return "they have asked you something: see your messages";
    case v1::CASE_STATE_ACCEPTED: return "taken on";
    case v1::CASE_STATE_REFERRED: return "passed to a body better placed";
    case v1::CASE_STATE_OUT_OF_SCOPE: return "not a matter for this service: see your messages for where to go";
    case v1::CASE_STATE_INVESTIGATING: return "being investigated";
    case v1::CASE_STATE_FINDINGS_REVIEW: return "findings are under review";
    case v1::CASE_STATE_DECIDED: return "decided";
    case v1::CASE_STATE_MEASURES_RUNNING: return "measures are being carried out";
    case v1::CASE_STATE_MONITORING: return "being watched for retaliation";
    case v1::CASE_STATE_CLOSED: return "closed";
    case v1::CASE_STATE_REOPENED: return "taken up again";
    case v1::CASE_STATE_ON_HOLD: return "paused: see your messages for why";
    case v1::CASE_STATE_WITHDRAWN_BY_REPORTER: return "withdrawn by you";
    default: return "in a state this program does not know";
  }
}

std::string DeadlineText(const std::string& kind) {
  static const auto& texts = *new std::map<std::string, std::string>{
      {"acknowledge", "They confirm to you that it arrived"},
      {"feedback", "They tell you what was done about it"},
      {"personal_message", "A person writes to you"},
      {"triage", "They decide what it is and what it needs"},
      {"claim", "Somebody takes it on"},
      {"us_eeoc.charge_180", "EEOC charge, if no state agency covers it"},
      {"us_eeoc.charge_300", "EEOC charge, if a state agency covers it"},
      {"us_ny.division_3_years", "New York State Division of Human Rights"},
  };
  const auto found = texts.find(kind);
  return found == texts.end() ? kind : found->second;
}

std::string WishText(std::string_view kind) {
  static const auto& texts = *new std::map<std::string, std::string, std::less<>>{
      {"ADD_READER", "that somebody else may read"},
      {"LIFT_WALL", "to lift an error in the chart"},
      {"CLOSE_CASE", "somebody else to approve that it ends"},
      {"DELETE", "that the whole case is deleted for good"},
      {"REDACT", "that one message or note is taken away for good"},
      {"CLOSE_UNREAD", "that it ends although not everything you wrote was read"},
      {"SHORTEN", "that it is kept for less time"},
      {"FALSE_REPORT", "that something you reported may be found to be knowingly false"},
      {"LIFT_HOLD", "that a legal hold is lifted"},
      {"RELEASE_IDENTITY", "for people to approve that they learn who you are"},
  };
  const auto found = texts.find(kind);
  return found == texts.end() ? "for something that this program does not know" : found->second;
}

std::string LeafText(const format::Leaf& leaf, const format::Directory& directory) {
  const auto name = [&](const std::string& slug) {
    const format::Person* person = directory.FindPerson(slug);
    return person == nullptr ? slug : person->name;
  };
  const std::string who = leaf.actor.empty() ? "" : name(leaf.actor);
  std::map<std::string, std::string> details;
  for (const auto& [key, value] : format::DescribeDetails(leaf)) details[key] = value;
  const auto staff = details.contains("staff") ? name(details["staff"]) : std::string("somebody");
  switch (leaf.kind) {
    case format::LeafKind::kCaseFiled: return "You filed the report";
    case format::LeafKind::kCaseAssigned: return "The case was given to " + staff;
    case format::LeafKind::kCaseClaimed: return who + " took the case on";
    case format::LeafKind::kCaseOpened: return who + " opened the case";
    case format::LeafKind::kGrantReleased: return staff + " became able to read it";
    case format::LeafKind::kEntryAppended: return who.empty() ? "You wrote a message" : who + " wrote a message";
    case format::LeafKind::kStateChanged: {
      std::string text = who.empty() ? "The state changed" : who + " changed the state";
      int to = 0;
      const std::string& code = details["to"];
      if (std::from_chars(code.data(), code.data() + code.size(), to).ec == std::errc()) {
        std::string state = StateText(static_cast<v1::CaseState>(to));
        text += ": " + state.substr(0, state.find(':'));
      }
      return text;
    }
    case format::LeafKind::kCaseWithdrawn: return "You withdrew the report";
    case format::LeafKind::kEntriesRead: return who + " read messages";
    case format::LeafKind::kBlobRead: return who + " read an attachment";
    case format::LeafKind::kHistoryRead: return who + " looked at this record";
    case format::LeafKind::kApprovalRequested:
      return who + " asked " + WishText(details["kind"]);
    case format::LeafKind::kApprovalDecided:
      return who + (details["decision"] == "APPROVE" ? " approved what was asked" : " refused what was asked");
    case format::LeafKind::kApprovalCancelled: return who + " withdrew what was asked";
    case format::LeafKind::kHoldPlaced: return who + " placed a legal hold: nothing of it may be deleted";
    case format::LeafKind::kHoldLifted: return who + " lifted a legal hold";
    case format::LeafKind::kCaseDoomed: return who.empty() ? "The time for which it is kept was over" : who + " had the case deleted";
    case format::LeafKind::kCaseKept: return who + " kept it from being deleted";
    case format::LeafKind::kRetentionShortened: return who + " let it be kept until " + details["until"] + " and no longer";
    case format::LeafKind::kApprovalExecuted: return who + " carried out what was approved";
    case format::LeafKind::kReaderAdded:
      return who + " let " + staff + " read" + (details["until"] == "-" ? "" : " until " + details["until"]);
    case format::LeafKind::kWallLifted: return "Ended lines of the chart keep " + staff + " out no longer";
    case format::LeafKind::kReaderLost:
      return who.empty() ? staff + " cannot read it any more" : who + " stepped back and cannot read it any more";
    case format::LeafKind::kReaderMachines:
      if (details["count"] == "0") return staff + " lost the machine they read with, and reads again once somebody has written";
      return staff + " reads on " + details["count"] + (details["count"] == "1" ? " machine now" : " machines now");
    case format::LeafKind::kSubjectsCorrected: return who + " added people whom it is about, so more people are kept out";
    case format::LeafKind::kGrantBad:
      return (who.empty() ? "You" : who) + " could not open a key that somebody else had made; a new one is due";
    case format::LeafKind::kGrantDestroyed: return "The key kept for " + staff + " was destroyed: it was not needed";
    case format::LeafKind::kReadersExcluded: return "You kept more people out";
    case format::LeafKind::kSummaryServed: return who + " handed the summary that you were shown to the person complained about";
    case format::LeafKind::kCheckInAnswered: return "You said how it has been since";
    case format::LeafKind::kEntryRedacted: {
      uint32_t sequence = 0;
      const std::string& number = details["sequence"];
      std::from_chars(number.data(), number.data() + number.size(), sequence);
      return "What message " + std::to_string(sequence + 1) + " said was taken away for good";
    }
    case format::LeafKind::kCaseShredded: return "The case was deleted for good";
    case format::LeafKind::kIdentityAsked:
      return who + " wants to know who you are" + (details["basis"] == "consent" ? ": you are asked" : ", basis: " + details["basis"]);
    case format::LeafKind::kIdentityNotified: return "You were told, before anything is opened";
    case format::LeafKind::kConsentDecided:
      return details["decision"] == "APPROVE" ? "You agreed that they learn who you are" : "You did not agree that they learn who you are";
    case format::LeafKind::kShareGiven: return who + " gave share " + details["index"] + " of your sealed name to whoever asked";
    case format::LeafKind::kShareHandedOver: return who + " handed share " + details["index"] + " of your sealed name over to " + staff;
    case format::LeafKind::kIdentityReleased: return who + " learned who you are";
    case format::LeafKind::kCaseExported:
      return who + " took it out of the service for " +
             (details["purpose"] == "COURT"       ? "a court"
              : details["purpose"] == "REGULATOR" ? "a regulator"
                                                  : "the person complained about: the summary that was handed over");
    case format::LeafKind::kReceiptRotated: return "You got new words, and the old ones ended";
    case format::LeafKind::kEscrowHeld: return "You let it wait until " + details["others"] + " others name the same person, until " + details["until"];
    case format::LeafKind::kEscrowReleased: return "Enough others had named the same person: the team has it since " + details["since"];
    default: return std::string(format::Name(leaf.kind));
  }
}

std::vector<Due> DeadlinesOf(const google::protobuf::RepeatedPtrField<v1::Deadline>& deadlines,
                             const client::clocks::Profile* profile, format::Day filed,
                             std::optional<format::Day> last) {
  std::vector<Due> dues;
  std::set<std::string> computed;
  if (profile != nullptr) {
    for (const client::clocks::ExternalClock& clock : profile->external) {
      computed.insert(clock.kind);
      Due due{DeadlineText(clock.kind), "", false, true, ""};
      if (last) {
        due.date = client::clocks::DueOn(clock, profile->calendar, *last).Text();
      } else {
        due.date = (clock.years > 0 ? std::to_string(clock.years) + " years" : std::to_string(clock.days) + " days") +
                   " after the last time";
      }
      dues.push_back(std::move(due));
    }
  }
  for (const v1::Deadline& deadline : deadlines) {
    if (computed.contains(deadline.kind())) continue;
    Due due{DeadlineText(deadline.kind()), DateText(deadline.due()), deadline.met(), deadline.external(), ""};
    if (profile != nullptr && deadline.has_due() && !deadline.external()) {
      const auto latest = client::clocks::LatestDueOn(deadline.kind(), *profile, filed);
      if (latest && latest->Text() < due.date) due.latest = latest->Text();
    }
    dues.push_back(std::move(due));
  }
  std::stable_sort(dues.begin(), dues.end(), [](const Due& a, const Due& b) {
    if (a.outside != b.outside) return !a.outside;
    return a.date < b.date;
  });
  return dues;
}

std::string DeadlinesText(const std::vector<Due>& dues, format::Day today) {
  if (dues.empty()) return "";
  Table table({"Until", "What", ""});
  bool outside = false;
  bool late = false;
  for (const Due& due : dues) {
    const bool past = !due.met && due.date.size() == 10 && due.date < today.Text();
    const std::string more = due.latest.empty() ? "" : "TOO LATE: the rules say " + due.latest;
    table.Row({due.date, due.text, due.met ? "done" : past ? "OVER" : due.outside ? "outside" : more});
    outside = outside || due.outside;
    late = late || !due.latest.empty();
  }
  std::string text = "Deadlines\n" + table.Text();
  if (outside) {
    text +=
        "`outside`: with courts or authorities. These count from the last time it happened, and nothing that happens here,"
        " this report included, makes them longer. This is no legal advice: ask somebody who gives it in good time.\n";
  }
  if (late) text += "The service gives itself more time than the signed rules do. Tell somebody whom you trust.\n";
  return text;
}

std::string CheckInText(uint32_t since, uint32_t days) {
  return std::to_string(days) + (days == 1 ? " day" : " days") + " after " +
         (since == static_cast<uint32_t>(v1::CHECK_IN_SINCE_CLOSING) ? "the case was closed" : "your report");
}

std::string AnswerText(const sealed::v1::CheckIn& answer) {
  std::string text = "How it has been, " + CheckInText(answer.since(), answer.days()) + ": ";
  std::string happened;
  for (std::string code : answer.adverse_actions()) {
    std::replace(code.begin(), code.end(), '_', ' ');
    happened += (happened.empty() ? "" : ", ") + Harmless(code);
  }
  text += happened.empty() ? "nothing of the list" : happened;
  if (answer.feels_safe() != sealed::v1::SAID_UNSPECIFIED) {
    text += answer.feels_safe() == sealed::v1::SAID_YES ? "; safe" : "; NOT safe";
  }
  if (answer.wants_help() == sealed::v1::SAID_YES) text += "; wants help";
  return answer.words().empty() ? text : text + "\n" + Harmless(answer.words());
}

std::string NextText(const v1::GetMailboxResponse& mailbox, const std::vector<Due>& dues,
                     const format::Directory& directory) {
  if (mailbox.has_escrow() && !mailbox.escrow().has_released()) return "";
  std::string text = "Who has it: ";
  const std::string slug = mailbox.assignee().substr(mailbox.assignee().find('/') + 1);
  const format::Person* person = directory.FindPerson(slug);
  if (mailbox.assignee().empty()) {
    text += "nobody at the moment.\n";
  } else {
    text += (person == nullptr ? slug : Harmless(person->name)) +
            (mailbox.claimed() ? ", who has taken it on.\n" : ", who has not taken it on yet.\n");
  }
  text += "What happens next: ";
  const auto next = std::find_if(dues.begin(), dues.end(), [](const Due& due) { return !due.met && !due.outside; });
  if (mailbox.state() == v1::CASE_STATE_CLOSED) {
    text += "it is closed. You can still write, and you are asked how it has been since.\n";
  } else if (next == dues.end()) {
    text += "they work on it. Everything that they had to do by a day is done.\n";
  } else {
    std::string what = next->text;
    if (!what.empty() && what[0] >= 'A' && what[0] <= 'Z') what[0] = static_cast<char>(what[0] + 32);
    text += what + ", by " + next->date + " at the latest.\n";
  }
  return text;
}

std::string EscrowText(const v1::GetMailboxResponse& mailbox) {
  if (!mailbox.has_escrow()) return "";
  const v1::Escrow& escrow = mailbox.escrow();
  const std::string others = std::to_string(escrow.terms().others()) + " others";
  if (escrow.has_released())
    return "You let it wait until " + others + " had named the same person. They had: the team has it since " + DateText(escrow.released()) +
           ".\n";
  if (mailbox.withdrawn())
    return "You let it wait for " + others + ", and then withdrew it. If it waited then, it is never sent, and nobody learns of it.\n";
  return "It is sent once " + others + " have named the same person, until " + DateText(escrow.terms().last_day()) +
         ". Whether that has happened is not told until somebody of the team writes to you: then you see it here. You can add to it or "
         "withdraw it. Deadlines of courts and authorities run on.\n";
}

std::string CheckInsText(const v1::GetMailboxResponse& mailbox) {
  if (mailbox.check_ins().empty()) return "";
  Table table({"From", "How has it been?", ""});
  bool open = false;
  for (const v1::CheckIn& check_in : mailbox.check_ins()) {
    table.Row({DateText(check_in.due()), CheckInText(static_cast<uint32_t>(check_in.since()), check_in.days()),
               check_in.answered() ? "answered" : check_in.open() ? "NOW" : ""});
    open = open || check_in.open();
  }
  std::string text = "Check-ins\n" + table.Text();
  if (open) text += "`alcove report checkin` asks whether anybody has treated you worse since. Every question can be skipped.\n";
  return text;
}

namespace {

// What becomes of one request, as the record of the case tells it.
struct Asked {
  std::string kind;
  std::string by;
  format::Day asked;
  std::vector<std::string> approved_by;
  format::Day approved;  // by the last of them
  bool ended = false;    // refused, withdrawn or carried out
};

std::string List(const std::vector<std::string>& names) {
  std::string text;
  for (size_t i = 0; i < names.size(); ++i) text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
  return text;
}

std::string PendingText(const Asked& one, format::ApprovalRule rule, format::Day ready, format::Day today) {
  std::string text = Harmless(one.by) + " asked on " + one.asked.Text() + " " + WishText(one.kind) + ". ";
  if (one.approved_by.size() < rule.needed) {
    const format::Day last = one.asked.PlusDays(static_cast<int>(rule.open_days));
    if (today > last) return "";
    const std::string until = " by " + last.Text() + ", or nothing comes of it.\n";
    if (one.approved_by.empty())
      return text + "Nobody has approved it. " + (rule.needed == 1 ? "Somebody else has to" : std::to_string(rule.needed) + " others have to") + until;
    return text + Harmless(List(one.approved_by)) + " approved it; " + std::to_string(rule.needed - one.approved_by.size()) + " more has to" + until;
  }
  if (today > ready.PlusDays(static_cast<int>(rule.open_days))) return "";
  text += Harmless(List(one.approved_by)) + " approved it. ";
  if (rule.waiting_days == 0) return text + "It can be done now.\n";
  return text + (today < ready ? "It can be done from " + ready.Text() + " on; until then" : "It can be done now; until it is,") +
         " any of these people can stop it. If you do not want it, write to them: what you write has to be read first.\n";
}

}  // namespace

std::string PendingText(const std::vector<format::Leaf>& leaves, const format::Directory& directory, format::Day today) {
  std::vector<std::pair<std::string, Asked>> requests;
  const auto find = [&](const std::string& id) -> Asked* {
    for (auto& [known, one] : requests)
      if (known == id) return &one;
    return nullptr;
  };
  for (const format::Leaf& leaf : leaves) {
    std::map<std::string, std::string> details;
    for (const auto& [key, value] : format::DescribeDetails(leaf)) details[key] = value;
    const format::Person* person = directory.FindPerson(leaf.actor);
    const std::string who = person == nullptr ? leaf.actor : person->name;
    Asked* known = find(details["approval"]);
    switch (leaf.kind) {
      case format::LeafKind::kApprovalRequested:
        requests.push_back({details["approval"], {details["kind"], who, leaf.day, {}, {}, false}});
        break;
      case format::LeafKind::kApprovalDecided:
        if (known == nullptr) break;
        if (details["decision"] != "APPROVE") known->ended = true;
        known->approved_by.push_back(who);
        known->approved = leaf.day;
        break;
      case format::LeafKind::kApprovalCancelled:
      case format::LeafKind::kApprovalExecuted:
        if (known != nullptr) known->ended = true;
        break;
      default: break;
    }
  }
  std::string text;
  for (const auto& [id, one] : requests) {
    if (one.ended) continue;
    for (int code = 1; code <= 0xff; ++code) {
      if (!format::IsApprovalKind(static_cast<uint8_t>(code))) continue;
      const auto kind = static_cast<format::ApprovalKind>(code);
      // What is asked about who the reporter is has its own words, and its own answer.
      if (format::Name(kind) != one.kind || kind == format::ApprovalKind::kReleaseIdentity) continue;
      text += PendingText(one, format::ApprovalRuleOf(kind), format::FirstDayOf(kind, one.approved), today);
    }
  }
  return text;
}

std::string KeptText(const v1::GetMailboxResponse& mailbox, format::Day today) {
  std::string text;
  for (const v1::LegalHold& hold : mailbox.holds()) {
    std::string reason = Harmless(hold.reason());
    std::replace(reason.begin(), reason.end(), '_', ' ');
    text += "A legal hold stands since " + DateText(hold.since()) + " (" + reason + "): nothing of it may be deleted.\n";
  }
  if (mailbox.has_escrow() && !mailbox.escrow().has_released()) return text;
  if (mailbox.unread()) text += "Nobody has read everything that you wrote yet.\n";
  if (mailbox.state() != v1::CASE_STATE_CLOSED) return text;
  if (!mailbox.has_kept_until()) return text + "It is kept at least until what you wrote has been read, and its time starts again then.\n";
  const auto last = format::Day::FromCivil(mailbox.kept_until().year(), mailbox.kept_until().month(), mailbox.kept_until().day());
  const bool soon = last.ok() && last->DaysSince(today) <= 30;
  text += "It is kept until " + DateText(mailbox.kept_until()) +
          (!mailbox.holds().empty() ? ", and for as long as a legal hold stands" : soon ? ", WHICH IS SOON, and deleted then" : ", and deleted then") +
          ". Whatever you write before starts that time again.\n";
  return text;
}

}  // namespace alcove::cli
