// What the server routes a report by, and how soon somebody has to look. Plain values; checked by routing.h.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace alcove::people {

// Same numbers as alcove.v1.Urgency.
enum class Urgency : std::uint8_t { kOrdinary = 1, kImmediate = 2 };

// Everything of a report that stands outside its seal.
struct Facts {
  std::vector<std::string> categories;  // 1 to 8 codes of the taxonomy's `category`, each once
  std::string site;                     // a site of the routing policy; empty: the reporter would not say
  bool immediate_danger = false;
  std::string language;      // BCP 47, one of the form's; empty: the form's first
  std::string jurisdiction;  // id of a profile; empty: the first

  friend bool operator==(const Facts&, const Facts&) = default;
};

}  // namespace alcove::people
