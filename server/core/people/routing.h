// Which desk takes a report, as the `routing` policy document says.
//
//   {"sites": [{"code": "berlin", "label": {"en": "Berlin"}}],
//    "rules": [{"id": "danger", "when": {"urgency": "immediate"}, "desk": "intake"},
//              {"id": "pay", "when": {"category": ["discrimination"], "site": ["berlin"], "language": ["de"]}, "desk": "hr"},
//              {"id": "rest", "when": {}, "desk": "intake"}]}
//
// A line of `desks` says how a desk wants reports to be vouched for; a desk without one does not ask:
//   "desks": [{"desk": "intake", "employment_proof": "preferred"}]          required | preferred | off
//
// The first rule whose every condition holds fires. A category matches by itself or by a dotted prefix. The last rule
// must have no condition, so that no report falls through.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/people/facts.h"

namespace alcove::people {

// Whether a desk asks for an employment token (crypto/format/token.h). Same numbers as alcove.v1.EmploymentProofPolicy.
enum class ProofPolicy : std::uint8_t {
  kOff = 1,
  kPreferred = 2,  // reports without one are taken, marked, and listed apart
  kRequired = 3,   // reports without one are not taken
};

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
  ProofPolicy ProofFor(std::string_view desk) const;

 private:
  std::set<std::string, std::less<>> sites_;
  std::vector<RoutingRule> rules_;
  std::map<std::string, ProofPolicy, std::less<>> proof_;
};

}  // namespace alcove::people
