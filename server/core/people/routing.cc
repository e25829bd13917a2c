#include "server/core/people/routing.h"

#include <algorithm>

#include "crypto/format/ids.h"
#include "server/core/people/document_fields.h"
#include "server/core/people/errors.h"

namespace alcove::people {
namespace {

constexpr std::size_t kMaxId = 64;

bool Among(const std::vector<std::string>& wanted, const std::string& value) {
  return wanted.empty() || std::find(wanted.begin(), wanted.end(), value) != wanted.end();
}

// The code itself, or a dotted prefix of it.
bool Covers(std::string_view wanted, std::string_view code) {
  return code == wanted || (code.size() > wanted.size() && code.substr(0, wanted.size()) == wanted && code[wanted.size()] == '.');
}

bool Fires(const RoutingRule& rule, const Facts& facts, Urgency urgency) {
  if (rule.urgency && *rule.urgency != urgency) return false;
  if (!Among(rule.sites, facts.site) || !Among(rule.languages, facts.language)) return false;
  if (rule.categories.empty()) return true;
  for (const std::string& wanted : rule.categories)
    for (const std::string& code : facts.categories)
      if (Covers(wanted, code)) return true;
  return false;
}

bool HasNoCondition(const RoutingRule& rule) {
  return rule.categories.empty() && rule.sites.empty() && rule.languages.empty() && !rule.urgency;
}

absl::StatusOr<RoutingRule> RuleOf(const nlohmann::json& object) {
  DocumentFields fields("routing: rules", object);
  RoutingRule rule;
  rule.id = fields.Text("id", true);
  rule.desk = fields.Text("desk", true);
  if (rule.id.size() > kMaxId || !format::IsSlug(rule.desk)) fields.Refuse("an id that is too long or a desk that is none");
  const nlohmann::json* when = fields.Object("when", true);
  if (absl::Status status = fields.status(); !status.ok()) return status;
  DocumentFields conditions("routing: rules: when", *when);
  rule.categories = conditions.Texts("category", false);
  rule.sites = conditions.Texts("site", false);
  rule.languages = conditions.Texts("language", false);
  const std::string urgency = conditions.Text("urgency", false);
  if (urgency == "immediate") rule.urgency = Urgency::kImmediate;
  else if (urgency == "ordinary") rule.urgency = Urgency::kOrdinary;
  else if (!urgency.empty()) conditions.Refuse("urgency is neither immediate nor ordinary");
  if (absl::Status status = conditions.status(); !status.ok()) return status;
  return rule;
}

std::optional<ProofPolicy> ProofPolicyOf(std::string_view text) {
  if (text == "off") return ProofPolicy::kOff;
  if (text == "preferred") return ProofPolicy::kPreferred;
  if (text == "required") return ProofPolicy::kRequired;
  return std::nullopt;
}

}  // namespace

absl::StatusOr<Routing> Routing::Parse(std::string_view json) {
  absl::StatusOr<nlohmann::json> document = ParseDocument("routing", json);
  if (!document.ok()) return document.status();
  DocumentFields fields("routing", *document);
  Routing routing;
  for (const nlohmann::json& item : fields.Objects("sites", true)) {
    DocumentFields site("routing: sites", item);
    const std::string code = site.Text("code", true);
    site.SkipOthers();
    if (code.size() > kMaxId) site.Refuse("a code that is too long");
    if (!code.empty() && !routing.sites_.insert(code).second) site.Refuse("a code that stands twice");
    if (absl::Status status = site.status(); !status.ok()) return status;
  }
  std::set<std::string> ids;
  for (const nlohmann::json& item : fields.Objects("rules", true)) {
    absl::StatusOr<RoutingRule> rule = RuleOf(item);
    if (!rule.ok()) return rule.status();
    if (!ids.insert(rule->id).second) return DocumentIncomplete("routing: rules: an id that stands twice");
    for (const std::string& site : rule->sites)
      if (!routing.sites_.contains(site)) return DocumentIncomplete("routing: rules: a site that is not listed");
    routing.rules_.push_back(*std::move(rule));
  }
  for (const nlohmann::json& item : fields.Objects("desks", false)) {
    DocumentFields desk("routing: desks", item);
    const std::string slug = desk.Text("desk", true);
    const std::optional<ProofPolicy> proof = ProofPolicyOf(desk.Text("employment_proof", true));
    if (!proof) desk.Refuse("employment_proof is none of required, preferred, off");
    if (absl::Status status = desk.status(); !status.ok()) return status;
    // A misspelt desk would be a desk that asks for nothing.
    if (std::none_of(routing.rules_.begin(), routing.rules_.end(), [&](const RoutingRule& rule) { return rule.desk == slug; }))
      return DocumentIncomplete("routing: desks: a desk that no rule names");
    if (!routing.proof_.emplace(slug, *proof).second) return DocumentIncomplete("routing: desks: a desk that stands twice");
  }
  if (absl::Status status = fields.status(); !status.ok()) return status;
  if (routing.rules_.empty() || !HasNoCondition(routing.rules_.back()))
    return DocumentIncomplete("routing: the last rule must have no condition");
  return routing;
}

ProofPolicy Routing::ProofFor(std::string_view desk) const {
  const auto found = proof_.find(desk);
  return found == proof_.end() ? ProofPolicy::kOff : found->second;
}

const RoutingRule& Routing::RuleFor(const Facts& facts, Urgency urgency) const {
  for (const RoutingRule& rule : rules_)
    if (Fires(rule, facts, urgency)) return rule;
  return rules_.back();
}

}  // namespace alcove::people
