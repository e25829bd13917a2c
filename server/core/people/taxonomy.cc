#include "server/core/people/taxonomy.h"

#include "server/core/people/document_fields.h"
#include "server/core/people/errors.h"

namespace alcove::people {
namespace {

// The lists that code of the server or of clients refers to; a taxonomy without one of them could not be used.
constexpr std::string_view kLists[] = {"category",        "basis",           "reporter.role",   "reporter.relation",
                                       "finding",         "closing.reason",  "measure.interim", "measure.subject",
                                       "measure.remedy",  "measure.organisation", "adverse_action"};

bool IsCode(std::string_view code) {
  if (code.empty() || code.size() > 64 || code.front() == '.' || code.back() == '.') return false;
  for (char c : code)
    if (!((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.')) return false;
  return true;
}

}  // namespace

absl::StatusOr<Taxonomy> Taxonomy::Parse(std::string_view json) {
  absl::StatusOr<nlohmann::json> document = ParseDocument("taxonomy", json);
  if (!document.ok()) return document.status();
  Taxonomy taxonomy;
  for (const auto& [list, codes] : document->items()) {
    if (!IsCode(list) || !codes.is_array()) return DocumentIncomplete("taxonomy: a list that is none");
    auto& known = taxonomy.lists_[list];
    for (const nlohmann::json& item : codes) {
      DocumentFields fields("taxonomy: " + list, item);
      const std::string code = fields.Text("code", true);
      Code properties{fields.Flag("active", true), fields.Flag("urgent", false),
                      fields.Flag("burdens_harmed", false), fields.Flag("places_hold", false),
                      fields.Text("order", false)};
      fields.SkipOthers();
      if (!IsCode(code)) fields.Refuse("a code that is none");
      if (properties.urgent && list != "category") fields.Refuse("urgent outside of category");
      if (properties.burdens_harmed && list != "measure.interim") fields.Refuse("burdens_harmed outside of measure.interim");
      if (properties.places_hold && list != "holding.reason") fields.Refuse("places_hold outside of holding.reason");
      if (!properties.order.empty() && !list.starts_with("measure.")) fields.Refuse("an order outside of measure");
      if (!known.emplace(code, properties).second) fields.Refuse("a code that stands twice");
      if (absl::Status status = fields.status(); !status.ok()) return status;
    }
  }
  for (const auto& [list, codes] : taxonomy.lists_)
    for (const auto& [code, properties] : codes)
      if (!properties.order.empty() && taxonomy.Find("order.kind", properties.order) == nullptr)
        return DocumentIncomplete("taxonomy: " + list + ": an order that order.kind does not list");
  for (std::string_view list : kLists) {
    const auto found = taxonomy.lists_.find(list);
    if (found == taxonomy.lists_.end() || found->second.empty())
      return DocumentIncomplete("taxonomy: the list " + std::string(list) + " is missing");
  }
  return taxonomy;
}

const Taxonomy::Code* Taxonomy::Find(std::string_view list, std::string_view code) const {
  const auto codes = lists_.find(list);
  if (codes == lists_.end()) return nullptr;
  const auto found = codes->second.find(code);
  return found == codes->second.end() ? nullptr : &found->second;
}

bool Taxonomy::Knows(std::string_view list, std::string_view code) const {
  const Code* found = Find(list, code);
  return found != nullptr && found->active;
}

bool Taxonomy::BurdensHarmed(std::string_view list, std::string_view code) const {
  const Code* found = Find(list, code);
  return found != nullptr && found->burdens_harmed;
}

bool Taxonomy::PlacesHold(std::string_view list, std::string_view code) const {
  const Code* found = Find(list, code);
  return found != nullptr && found->places_hold;
}

bool Taxonomy::IsForHr(std::string_view list, std::string_view code) const {
  const Code* found = Find(list, code);
  return found != nullptr && !found->order.empty() && Knows("order.kind", found->order);
}

Urgency Taxonomy::UrgencyOf(const Facts& facts) const {
  if (facts.immediate_danger) return Urgency::kImmediate;
  const auto categories = lists_.find("category");
  if (categories == lists_.end()) return Urgency::kOrdinary;
  for (const std::string& category : facts.categories) {
    const auto found = categories->second.find(category);
    if (found != categories->second.end() && found->second.urgent) return Urgency::kImmediate;
  }
  return Urgency::kOrdinary;
}

}  // namespace alcove::people
