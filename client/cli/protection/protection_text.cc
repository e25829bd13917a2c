#include "client/cli/protection/protection_text.h"

#include "client/cli/frame/date_text.h"
#include "client/cli/frame/table.h"

namespace alcove::cli {
namespace {

constexpr size_t kShortId = 10;

std::string ShortId(std::string_view name) {
  if (const size_t slash = name.rfind('/'); slash != std::string_view::npos) name.remove_prefix(slash + 1);
  return std::string(name.substr(0, kShortId));
}

}  // namespace

std::string WhoText(const google::protobuf::RepeatedPtrField<std::string>& identifiers) {
  std::string text;
  for (const std::string& identifier : identifiers) text += (text.empty() ? "" : ", ") + Harmless(identifier);
  return text;
}

std::string ActionText(const client::PlannedAction& action, size_t width) {
  std::string text = ShortId(action.facts.name()) + "  ";
  if (action.words) {
    text += Harmless(action.words->kind()) + " of " + WhoText(action.words->identifiers()) + ", planned for " +
            DateText(action.words->effective());
  } else {
    text += "what is planned cannot be read";
  }
  text += "\n  submitted on " + DateText(action.facts.day()) + ", to be answered by " + DateText(action.facts.visible()) + "\n";
  if (action.words) text += Wrapped("HR says: " + Harmless(action.words->reason()), width, 2) + "\n";
  for (const std::string& caution : action.cautions) text += Wrapped("CAUTION: " + caution, width, 2) + "\n";
  return text;
}

std::string ReviewText(const std::vector<client::PlannedAction>& actions, size_t cleared, size_t width) {
  std::string text;
  for (const client::PlannedAction& action : actions)
    if (action.comes_up) text += ActionText(action, width) + "\n";
  text += text.empty() ? "Nothing waits for you.\n"
                       : Wrapped("Ask HR for the reasons of each in the same way, and decide each by them: alcove protection "
                                 "review --decide ID cleared, or not-cleared.",
                                 width) +
                             "\n";
  if (cleared > 0) text += std::to_string(cleared) + (cleared == 1 ? " other was" : " others were") + " cleared.\n";
  return text;
}

std::string PeopleText(const std::vector<client::ProtectedPerson>& people) {
  Table table({"since", "name", "known as", "reach them by"});
  for (const client::ProtectedPerson& person : people)
    table.Row({person.day.Text(), person.words.name(), WhoText(person.words.identifiers()), person.words.contact()});
  return people.empty() ? "Nobody has asked for protection.\n" : table.Text();
}

std::string AlertText(const v1::ProtectionAlert& alert, const std::string& who) {
  const std::string about = ShortId(alert.action().name()) + (who.empty() ? "" : " (" + who + ")");
  switch (alert.kind()) {
    case v1::PROTECTION_ALERT_KIND_REPEATED:
      return about + ": submitted " + std::to_string(alert.action().repeats()) +
             (alert.action().repeats() == 1 ? " more time" : " more times") + " while it was pending\n";
    case v1::PROTECTION_ALERT_KIND_CANCELLED: return about + ": HR took it back\n";
    case v1::PROTECTION_ALERT_KIND_OVERDUE:
      return about + ": was to be answered by " + DateText(alert.action().visible()) + "; everything of that day and later waits\n";
    default: return about + ": something that this program is too old to know\n";
  }
}

}  // namespace alcove::cli
