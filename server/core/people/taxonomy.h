// The codes that the law changes, as the `taxonomy` policy document lists them.
//
//   {"category": [{"code": "threat_or_violence", "urgent": true, "label": {"en": "A threat or violence"}}, ...],
//    "closing.reason": [{"code": "referred"}, ...], ...}
//
// Every list of shared taxonomy.md is a member; a list holds each code once; `urgent` is allowed in `category` only,
// `burdens_harmed` in `measure.interim` only: what it marks weighs on the person who was harmed, and needs their agreement.
// `places_hold` in `holding.reason` only: whoever pauses a case for that reason places a legal hold with it.
// `order` in the lists `measure.*` only: what HR is told to do for such a measure, a code of the list `order.kind`. It names neither
// group nor cause, so that HR cannot tell who complained of whom. A measure without it is not for HR.
// Labels and help texts are for clients and are not looked at here. A code may be switched off with "active": false:
// old cases keep it, new reports are refused it.
#pragma once

#include <absl/status/statusor.h>

#include <map>
#include <string>
#include <string_view>

#include "server/core/people/facts.h"

namespace alcove::people {

// Immutable after Parse.
class Taxonomy {
 public:
  // POLICY_INCOMPLETE naming the first thing that is wrong.
  static absl::StatusOr<Taxonomy> Parse(std::string_view json);

  // The code stands in the list and is switched on.
  bool Knows(std::string_view list, std::string_view code) const;

  // The code stands in the list and weighs on the person who was harmed.
  bool BurdensHarmed(std::string_view list, std::string_view code) const;

  // The code stands in the list, and pausing a case for it places a legal hold.
  bool PlacesHold(std::string_view list, std::string_view code) const;

  // The code stands in the list, and HR can be told to carry it out.
  bool IsForHr(std::string_view list, std::string_view code) const;

  // Immediate when there is danger now or a category is marked urgent. Never taken from a client.
  Urgency UrgencyOf(const Facts& facts) const;

 private:
  struct Code {
    bool active = true;
    bool urgent = false;
    bool burdens_harmed = false;
    bool places_hold = false;
    std::string order;
  };
  const Code* Find(std::string_view list, std::string_view code) const;

  std::map<std::string, std::map<std::string, Code, std::less<>>, std::less<>> lists_;
};

}  // namespace alcove::people
