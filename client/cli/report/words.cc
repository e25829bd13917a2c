#include "client/cli/report/words.h"

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <set>

#include "client/cli/frame/table.h"
#include "client/lib/clocks/internal.h"

namespace alcove::cli {

std::string ConditionText(v1::ReleaseCondition condition) {
  switch (condition) {
    case v1::RELEASE_CONDITION_MAILBOX: return "you, always";
    case v1::RELEASE_CONDITION_ASSIGNED: return "only if the case is given to them";
    case v1::RELEASE_CONDITION_LAPSED: return "only if nobody answers in time";
    case v1::RELEASE_CONDITION_FALLBACK: return "only if nobody else is left (outsider)";
    case v1::RELEASE_CONDITION_GUEST: return "as outside counsel, for a limited time";
    case v1::RELEASE_CONDITION_APPROVED: return "added later: two others approved";
    case v1::RELEASE_CONDITION_MATCHED: return "only if enough others named the same person";
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
      if (details["kind"] == "RELEASE_IDENTITY") return who + " asked for people to approve that they learn who you are";
      if (details["kind"] == "CLOSE_CASE") return who + " asked somebody else to approve that it ends";
      return who + (details["kind"] == "LIFT_WALL" ? " asked to lift an error in the chart" : " asked that somebody else may read");
    case format::LeafKind::kApprovalDecided:
      return who + (details["decision"] == "APPROVE" ? " approved what was asked" : " refused what was asked");
    case format::LeafKind::kApprovalCancelled: return who + " withdrew what they had asked";
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
    case format::LeafKind::kIdentityReleased: return who + " learned who you are";
    case format::LeafKind::kReceiptRotated: return "You got new words, and the old ones ended";
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

}  // namespace alcove::cli
