#include "client/cli/case/casework_text.h"

#include <algorithm>
#include <tuple>

#include "client/cli/case/case_text.h"
#include "client/cli/frame/table.h"

namespace alcove::cli {
namespace {

constexpr size_t kShortId = 10;
constexpr std::string_view kStates[] = {"planned", "running", "done", "cancelled"};
constexpr std::string_view kGroups[] = {"interim", "subject", "remedy", "organisation"};

constexpr std::string_view kOrderStates[] = {"HR is to do it", "HR did it", "HR REFUSED", "taken back from HR"};

std::tuple<int, int, int> Order(const google::type::Date& day) { return {day.year(), day.month(), day.day()}; }

std::string StaffText(std::string_view name) {
  constexpr std::string_view kCollection = "staff/";
  if (name.starts_with(kCollection)) name.remove_prefix(kCollection.size());
  return name.empty() ? "nobody" : std::string(name);
}

void Line(std::string& text, std::string_view title, const std::string& words) {
  if (words.empty()) return;
  text += (text.empty() ? "" : "\n") + std::string(title) + words;
}

std::string OrderText(const v1::MeasureOrderState& order) {
  const int number = order.state();
  std::string text(number < 1 || number > 4 ? "unknown" : kOrderStates[number - 1]);
  if (!order.refusal().empty()) text += " (" + Words(Harmless(order.refusal())) + ")";
  if (order.has_done()) text += " on " + DayText(order.done());
  if (order.overdue()) text += ", NOT ANSWERED";
  if (order.state() == v1::ORDER_STATE_WAITING && order.has_available()) text += ", seen from " + DayText(order.available());
  return text;
}

// What HR was told, as the team wrote it down.
std::string ToldText(const sealed::v1::MeasureOrder& told) {
  std::string people;
  for (const sealed::v1::OrderedPerson& person : told.people())
    for (const std::string& identifier : person.identifiers()) people += (people.empty() ? "" : ", ") + Harmless(identifier);
  return Words(Harmless(told.kind())) + " for " + people + ", from " + DayText(told.start()) +
         (told.has_end() ? " to " + DayText(told.end()) : "") + ", reason given: " + Words(Harmless(told.reason())) +
         (told.instruction().empty() ? "" : "\n" + Harmless(told.instruction()));
}

std::string PeopleText(const google::protobuf::RepeatedPtrField<sealed::v1::Person>& people) {
  std::string text;
  for (const auto& person : people) text += (text.empty() ? "" : "; ") + PersonText(person);
  return text;
}

}  // namespace

std::string ShortId(std::string_view name) {
  const size_t slash = name.rfind('/');
  return std::string(name.substr(slash == std::string_view::npos ? 0 : slash + 1).substr(0, kShortId));
}

std::string MeasureWord(v1::MeasureState state) {
  const int number = state;
  return number < 1 || number > 4 ? "unknown" : std::string(kStates[number - 1]);
}

std::optional<v1::MeasureState> MeasureStateOf(std::string_view word) {
  for (int number = 1; number <= 4; ++number) {
    if (kStates[number - 1] == word) return static_cast<v1::MeasureState>(number);
  }
  return std::nullopt;
}

std::string MeasureKindText(std::string_view kind) {
  const size_t dot = kind.find('.');
  if (dot == std::string_view::npos) return Harmless(kind);
  return Words(Harmless(kind.substr(dot + 1))) + " (" + Harmless(kind.substr(0, dot)) + ")";
}

std::string AllegationTable(const v1::Case& facts) {
  Table table({"allegation", "category", "finding"});
  for (const v1::Allegation& one : facts.allegations()) {
    table.Row({ShortId(one.name()), one.category(), one.finding().empty() ? "none yet" : one.finding()});
  }
  return table.Text();
}

std::string MeasureTable(const v1::Case& facts) {
  std::vector<const v1::Measure*> order;
  for (const v1::Measure& one : facts.measures()) order.push_back(&one);
  std::stable_sort(order.begin(), order.end(),
                   [](const v1::Measure* a, const v1::Measure* b) { return Order(a->due()) < Order(b->due()); });
  Table table({"measure", "by", "state", "what", "who", "allegation", "HR"});
  for (const v1::Measure* one : order) {
    table.Row({ShortId(one->name()), DayText(one->due()), MeasureWord(one->state()) + (one->overdue() ? ", OVERDUE" : ""),
               MeasureKindText(one->kind()), StaffText(one->owner()),
               one->allegation().empty() ? "" : ShortId(one->allegation()), one->has_order() ? OrderText(one->order()) : ""});
  }
  return table.Text();
}

std::string MattersText(const client::OpenedEntry& entry) {
  std::string text;
  if (entry.allegation) {
    const sealed::v1::Allegation& words = *entry.allegation;
    Line(text, "Allegation " + ShortId(words.allegation()) + ": ", Harmless(words.category()));
    Line(text, "of ", PeopleText(words.subjects()));
    Line(text, "", Harmless(words.text()));
  } else if (entry.finding) {
    const sealed::v1::Finding& words = *entry.finding;
    Line(text, "Finding on allegation " + ShortId(words.allegation()) + ": ", Harmless(words.finding()));
    Line(text, "", Harmless(words.text()));
    std::string evidence;
    for (const std::string& name : words.evidence()) evidence += (evidence.empty() ? "" : ", ") + ShortId(Harmless(name));
    Line(text, "rests on ", evidence);
  } else if (entry.measure) {
    const sealed::v1::Measure& words = *entry.measure;
    Line(text, "Measure " + ShortId(words.measure()) + ": ", MeasureKindText(words.kind()));
    if (!words.state().empty()) Line(text, "now ", Harmless(words.state()));
    if (words.has_due()) Line(text, "by ", DayText(words.due()));
    Line(text, "concerns ", PeopleText(words.people()));
    if (words.harmed_person_agreed()) Line(text, "", "the person who was harmed agreed");
    Line(text, "", Harmless(words.text()));
    Line(text, "because ", Harmless(words.reason()));
    if (words.has_told()) Line(text, "HR is told: ", ToldText(words.told()));
  }
  return text;
}

std::string KindsText(const client::Intake& intake, std::string_view language) {
  Table table({"kind", "name", "needs", "HR can do"});
  for (const std::string_view group : kGroups) {
    const auto found = intake.taxonomy.find("measure." + std::string(group));
    if (found == intake.taxonomy.end()) continue;
    std::vector<client::Choice> choices = found->second;
    std::stable_partition(choices.begin(), choices.end(), [](const client::Choice& one) { return !one.burdens_harmed; });
    for (const client::Choice& one : choices) {
      table.Row({std::string(group) + "." + one.code, one.label.In(language),
                 one.burdens_harmed ? "that the harmed person agrees: --agreed" : "", one.order});
    }
  }
  return table.Text();
}

}  // namespace alcove::cli
