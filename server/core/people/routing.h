// Which desk takes a report, as the `routing` policy document says.
//
//   {"sites": [{"code": "berlin", "label": {"en": "Berlin"}}],
//    "rules": [{"id": "danger", "when": {"urgency": "immediate"}, "desk": "intake"},
//              {"id": "pay", "when": {"category": ["discrimination"], "site": ["berlin"], "language": ["de"]}, "desk": "hr"},
//              {"id": "rest", "when": {}, "desk": "intake"}]}
//
// The first rule whose every condition holds fires. A category matches by itself or by a dotted prefix. The last rule
// must have no condition, so that no report falls through.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/people/facts.h"

namespace alcove::people {

struct RoutingRule {
  std::string id;
  std::vector<std::string> categories;  // any of these; empty: any at all
  std::vector<std::string> sites;
  std::vector<std::string> languages;
  std::optional<Urgency> urgency;
  std::string desk;
};

// Immutable after Parse.
class Routing {
 public:
  // POLICY_INCOMPLETE naming the first thing that is wrong.
  static absl::StatusOr<Routing> Parse(std::string_view json);

  // The rule that fires; there always is one.
  const RoutingRule& RuleFor(const Facts& facts, Urgency urgency) const;
  bool KnowsSite(std::string_view code) const { return sites_.contains(code); }
  const std::vector<RoutingRule>& rules() const { return rules_; }

 private:
  std::set<std::string, std::less<>> sites_;
  std::vector<RoutingRule> rules_;
};

}  // namespace alcove::people
