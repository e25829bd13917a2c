#include "client/cli/case/case_text.h"

#include <algorithm>
#include <cctype>
#include <cstdio>
#include <iterator>
#include <tuple>

#include "client/cli/case/casework_text.h"
#include "client/cli/case/message_text.h"
#include "client/cli/frame/table.h"
#include "client/lib/custody.h"

namespace alcove::cli {
namespace {

constexpr std::string_view kStatePrefix = "CASE_STATE_";
constexpr size_t kShortCase = 10;
// Questions whose answers have a place of their own in the text.
constexpr std::string_view kShownApart[] = {"narrative", "subjects", "keep_out", "witnesses", "first_incident", "last_incident",
                                            "ongoing", "identity", "safe_contact", "categories", "site"};

std::tuple<int, int, int> Order(const google::type::Date& day) { return {day.year(), day.month(), day.day()}; }

const v1::Deadline* Next(const v1::Case& facts) {
  const v1::Deadline* next = nullptr;
  for (const v1::Deadline& deadline : facts.deadlines()) {
    if (deadline.met() || deadline.external()) continue;
    if (next == nullptr || Order(deadline.due()) < Order(next->due())) next = &deadline;
  }
  return next;
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + Harmless(item);
  return text;
}

std::string ClockTime(const google::protobuf::Timestamp& time) {
  const int64_t of_day = ((time.seconds() % 86400) + 86400) % 86400;
  char text[16];
  std::snprintf(text, sizeof text, "%02d:%02d", static_cast<int>(of_day / 3600), static_cast<int>(of_day / 60 % 60));
  return text;
}

std::string Condition(const v1::Reader& reader) {
  switch (reader.condition()) {
    case v1::RELEASE_CONDITION_ASSIGNED: return "if assigned";
    case v1::RELEASE_CONDITION_LAPSED: return "if a deadline lapses";
    case v1::RELEASE_CONDITION_FALLBACK: return "if nobody else is left";
    case v1::RELEASE_CONDITION_GUEST: return "for a limited time";
    case v1::RELEASE_CONDITION_APPROVED: return "approved by two people";
    case v1::RELEASE_CONDITION_MATCHED: return "if others name the same person";
    default: return "-";
  }
}

void Section(std::string& text, std::string_view title) { text += "\n" + std::string(title) + "\n"; }

void People(std::string& text, std::string_view title,
            const google::protobuf::RepeatedPtrField<sealed::v1::Person>& people, size_t width) {
  if (people.empty()) return;
  Section(text, title);
  for (const auto& person : people) text += Wrapped(PersonText(person), width, 2) + "\n";
}

void Files(std::string& text, const google::protobuf::RepeatedPtrField<sealed::v1::Attachment>& files) {
  for (const auto& file : files) {
    text += "  file: " + Harmless(file.file_name()) + " (" + std::to_string(file.size()) + " bytes)\n";
  }
}

void ReportText(std::string& text, const sealed::v1::Report& report, size_t width) {
  Section(text, "What happened");
  text += Wrapped(Harmless(report.narrative()), width, 2) + "\n";
  for (const auto& answer : report.answers()) {
    if (std::find(std::begin(kShownApart), std::end(kShownApart), answer.question()) != std::end(kShownApart)) continue;
    const std::string said = answer.codes().empty() ? Harmless(answer.text())
                             : answer.text().empty() ? Joined(answer.codes())
                                                     : Joined(answer.codes()) + ": " + Harmless(answer.text());
    if (said.empty()) continue;
    Section(text, Words(Harmless(answer.question())));
    text += Wrapped(said, width, 2) + "\n";
  }
  People(text, "Complained about", report.subjects(), width);
  People(text, "Must not see this", report.keep_out(), width);
  People(text, "Witnesses", report.witnesses(), width);
  const std::string first = report.has_first_incident() ? DayText(report.first_incident()) : "";
  const std::string last = report.has_last_incident() ? DayText(report.last_incident()) : "";
  if (!first.empty() || !last.empty()) {
    Section(text, "When");
    text += "  first " + (first.empty() ? "not known" : first) + ", last " + (last.empty() ? "not known" : last) +
            (report.ongoing() ? ", goes on" : "") + "\n";
  }
  if (report.has_identity()) {
    Section(text, "The reporter gave their name");
    text += "  " + Harmless(report.identity().name()) + "\n";
    if (!report.identity().safe_contact().empty()) {
      text += Wrapped("reach them: " + Harmless(report.identity().safe_contact()), width, 2) + "\n";
    }
  }
  Files(text, report.attachments());
}

// How the reporter says it has been since: the list's codes first, then what they ask for.
std::string CheckInText(const sealed::v1::CheckIn& answer) {
  std::string text = "CHECK-IN " + std::to_string(answer.days()) + " days after the " +
                     (answer.since() == 2 ? "closing" : "filing") + "\nhappened since: " +
                     (answer.adverse_actions().empty() ? "nothing of the list" : Words(Joined(answer.adverse_actions())));
  const auto said = [](sealed::v1::Said which) {
    return which == sealed::v1::SAID_YES ? "yes" : which == sealed::v1::SAID_NO ? "NO" : "not said";
  };
  text += std::string("\nfeels safe: ") + said(answer.feels_safe()) + "\nwants help: " +
          (answer.wants_help() == sealed::v1::SAID_NO ? "no" : said(answer.wants_help()));
  return answer.words().empty() ? text : text + "\n" + Harmless(answer.words());
}

// Enough of an entry's id to name it among those of its case.
std::string ShortEntry(std::string_view name) {
  name.remove_prefix(name.rfind('/') + 1);
  return std::string(name.substr(0, kShortCase));
}

// What an entry says; empty for the filing, which has a place of its own.
std::string ContentText(const client::OpenedEntry& opened) {
  if (opened.check_in) return CheckInText(*opened.check_in);
  if (opened.rotated) return "[the reporter has a new receipt; the keys were checked]";
  return opened.message ? MessageText(opened) : MattersText(opened);
}

void EntriesText(std::string& text, std::string_view title, const std::vector<client::OpenedEntry>& entries,
                 size_t width) {
  bool titled = false;
  for (const client::OpenedEntry& opened : entries) {
    const std::string words = ContentText(opened);
    if (words.empty()) continue;
    if (!titled) Section(text, title);
    titled = true;
    const std::string when = DayText(opened.entry.day()) +
                             (opened.entry.has_time() ? " " + ClockTime(opened.entry.time()) : "");
    text += "  " + when + "  " + (opened.author.empty() ? "the reporter" : opened.author) + "  " +
            ShortEntry(opened.entry.name()) + "\n";
    text += Wrapped(words, width, 4) + "\n";
    Files(text, opened.attachments());
  }
}

}  // namespace

std::string Words(std::string code) {
  std::replace(code.begin(), code.end(), '_', ' ');
  return code;
}

std::string PersonText(const sealed::v1::Person& person) {
  std::string text = Harmless(person.name());
  if (!person.identifier().empty()) text += (text.empty() ? "" : " ") + ("(" + Harmless(person.identifier()) + ")");
  if (!person.relation().empty()) text += ", " + Harmless(person.relation());
  return text;
}

std::string StateWord(v1::CaseState state) {
  std::string word = v1::CaseState_Name(state);
  if (word.starts_with(kStatePrefix)) word.erase(0, kStatePrefix.size());
  std::transform(word.begin(), word.end(), word.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return word;
}

std::optional<v1::CaseState> StateOf(std::string_view word) {
  std::string name(kStatePrefix);
  for (const char c : word) name += static_cast<char>(std::toupper(static_cast<unsigned char>(c == '-' ? '_' : c)));
  v1::CaseState state = v1::CASE_STATE_UNSPECIFIED;
  if (!v1::CaseState_Parse(name, &state) || state == v1::CASE_STATE_UNSPECIFIED) return std::nullopt;
  return state;
}

std::string ShortCase(std::string_view name) {
  constexpr std::string_view kCollection = "cases/";
  if (name.starts_with(kCollection)) name.remove_prefix(kCollection.size());
  return std::string(name.substr(0, kShortCase));
}

std::string DayText(const google::type::Date& day) {
  if (day.year() == 0) return "";
  char text[32];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", day.year(), day.month(), day.day());
  return text;
}

std::string NextDeadline(const v1::Case& facts) {
  const v1::Deadline* next = Next(facts);
  return next == nullptr ? "none" : Words(next->kind()) + " by " + DayText(next->due());
}

namespace {

std::string TableOf(std::vector<const v1::Case*> order) {
  std::stable_sort(order.begin(), order.end(), [](const v1::Case* a, const v1::Case* b) {
    const auto key = [](const v1::Case* facts) {
      const v1::Deadline* next = Next(*facts);
      return std::tuple(-static_cast<int>(facts->urgency()), next == nullptr ? std::tuple(9999, 0, 0) : Order(next->due()),
                        facts->name());
    };
    return key(a) < key(b);
  });
  Table table({"case", "category", "site", "urgency", "filed", "state", "next deadline"});
  for (const v1::Case* facts : order) {
    table.Row({ShortCase(facts->name()), Joined(facts->facts().categories()), facts->facts().site(),
               facts->urgency() == v1::URGENCY_IMMEDIATE ? "IMMEDIATE" : "ordinary", DayText(facts->filed()),
               StateWord(facts->state()) + (facts->has_escrow() ? ", escrow" : "") + (facts->withdrawn() ? ", withdrawn" : "") + (facts->claimed() ? "" : ", unclaimed"),
               NextDeadline(*facts)});
  }
  return table.Text();
}

std::string ProofText(v1::EmploymentProof proof) {
  switch (proof) {
    case v1::EMPLOYMENT_PROOF_PROVED: return "proved: a token was spent; whose, nobody can tell";
    case v1::EMPLOYMENT_PROOF_NOT_PROVED: return "not proved: it may come from outside, and may be true all the same";
    default: return "";
  }
}

std::string EscrowText(const v1::Escrow& escrow, size_t width) {
  std::string text = Wrapped("ESCROW: it waited until " + std::to_string(escrow.terms().others()) +
                                 " others had named the same person, and came to you with theirs on " + DayText(escrow.released()) +
                                 ". CAUTION: a filer may be the subject or an ally of theirs, who wants to learn whether others have named "
                                 "them. Tell no reporter of another report.", width, 2) + "\n";
  if (escrow.reporter_unaware())
    text += Wrapped("The reporter does not know that you have it, and sees none of what you do, until you write to them: alcove case reply.",
                    width, 2) + "\n";
  return text;
}

}  // namespace

std::string InboxTable(const std::vector<v1::Case>& cases) {
  std::vector<const v1::Case*> first, apart;
  for (const v1::Case& facts : cases)
    (facts.employment_proof() == v1::EMPLOYMENT_PROOF_NOT_PROVED ? apart : first).push_back(&facts);
  std::string text = first.empty() && !apart.empty() ? "" : TableOf(std::move(first));
  if (apart.empty()) return text;
  text += (text.empty() ? "" : "\n");
  text += "Not proved to come from somebody who works here (the desk prefers a token, and none came). Their clocks run like any other's:\n";
  return text + TableOf(std::move(apart));
}

std::string CaseText(const client::OpenedCase& opened, size_t width) {
  const v1::Case& facts = opened.facts;
  std::string text = "Case " + ShortCase(facts.name()) + "  " + StateWord(facts.state()) +
                     (facts.urgency() == v1::URGENCY_IMMEDIATE ? "  IMMEDIATE" : "") + "\n";
  text += "  full id   " + facts.name() + "\n";
  text += "  category  " + Joined(facts.facts().categories()) + "\n";
  if (!facts.facts().site().empty()) text += "  site      " + Harmless(facts.facts().site()) + "\n";
  text += "  filed     " + DayText(facts.filed()) + "\n";
  text += "  assigned  " + facts.assignee() + (facts.claimed() ? "" : " (not claimed yet: alcove case claim)") + "\n";
  text += "  next      " + NextDeadline(facts) + "\n";
  if (const std::string proof = ProofText(facts.employment_proof()); !proof.empty()) text += "  works here  " + proof + "\n";
  if (opened.clock_freeze)
    text += "  clock     frozen: it leapt from " + DayText(opened.clock_freeze->from()) + " to " +
            DayText(opened.clock_freeze->to()) + "; what lapses by time waits until that is confirmed\n";
  for (const v1::LegalHold& hold : facts.holds())
    text += "  HOLD      " + Words(Harmless(hold.reason())) + ", since " + DayText(hold.since()) + ": nothing of it goes\n";
  if (facts.has_kept_until())
    text += "  kept      until " + DayText(facts.kept_until()) + (facts.holds().empty() ? "\n" : ", and while a hold stands\n");
  for (const std::string& other : facts.linked()) text += "  linked    " + ShortCase(other) + "\n";
  if (facts.has_escrow()) text += EscrowText(facts.escrow(), width);
  if (facts.withdrawn()) text += "  The reporter has withdrawn this report. What they wrote stays.\n";
  if (facts.identity_held()) text += "  Sealed to the custodians, and not in what you read here: the reporter's name or a safe way to reach them.\n  `alcove approval request " + ShortCase(facts.name()) + " --identity BASIS` asks for it.\n";

  Section(text, "Checked");
  for (const std::string& line : opened.checked) text += "  " + line + "\n";
  for (const client::TagMismatch& mismatch : opened.mismatches) {
    text += Wrapped("WARNING: person " + std::to_string(mismatch.position + 1) + " of `" + mismatch.list +
                        "` in the text is not the person the server was told to keep out. Tell a second person before you act.",
                    width, 2) + "\n";
  }
  Section(text, "Who may read");
  Table readers({"who", "name", "when", "key", "opened"});
  for (const v1::Reader& reader : facts.readers()) {
    const std::string until = reader.has_until() ? " until " + DayText(reader.until()) : "";
    readers.Row({reader.staff(), reader.display_name(), Condition(reader) + until,
                 reader.lost() ? "lost" : reader.released() ? "released" : "kept back",
                 reader.has_opened() ? "yes" : "no"});
  }
  text += readers.Text();
  for (const client::OpenedEntry& entry : opened.thread) {
    if (entry.report) ReportText(text, *entry.report, width);
  }
  if (!facts.allegations().empty()) {
    Section(text, "What is alleged");
    text += AllegationTable(facts);
  }
  if (!facts.measures().empty()) {
    Section(text, "What has to be done");
    text += MeasureTable(facts);
  }
  EntriesText(text, "Messages with the reporter", opened.thread, width);
  EntriesText(text, "Notes of the team (the reporter does not see them)", opened.team, width);
  const client::Trails trails = client::TrailsOf(opened.thread, opened.team);
  const bool kept = std::any_of(trails.trails.begin(), trails.trails.end(), [](const auto& trail) { return !trail.steps.empty(); });
  if (kept || !trails.strays.empty()) text += "\n" + CustodyText(trails, width);
  return text;
}

std::string HistoryTable(const std::vector<v1::HistoryEvent>& events) {
  Table table({"day", "time", "who", "what", "the reporter sees it", "in the ledger"});
  for (const v1::HistoryEvent& event : events) {
    table.Row({DayText(event.day()), event.has_time() ? ClockTime(event.time()) : "", event.actor().empty() ? "-" : event.actor(),
               event.kind(), event.reporter_visible() ? "yes" : "no", event.leaf().published() ? "published" : "promised"});
  }
  return table.Text();
}

}  // namespace alcove::cli
