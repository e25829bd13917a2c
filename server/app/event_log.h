// The event log: the only place that writes lines about the service while it runs. It writes values of a closed list and
// totals of calls, never a text that anybody sent, never a caller, never an address.
//
// What strangers and reporters cause (promise P8) is written as totals of the hour, at its end. What staff and the machine
// cause is written within a second. Lines go to standard error, where the journal of the machine picks them up.
#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "server/core/base/ports.h"

namespace spdlog {
class logger;
}

namespace alcove::app {

// The word an event is written as: "store_full". One for each.
std::string_view Word(base::Event event);

// Whether an event follows from what a stranger or a reporter did.
bool ByStrangers(base::Event event);

// One line of an hour's totals.
struct HourlyCalls {
  std::string_view path;
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;
};

class EventLog final : public base::EventSink {
 public:
  // Writes to standard error.
  EventLog();
  // Writes to `logger`.
  explicit EventLog(std::shared_ptr<spdlog::logger> logger);
  ~EventLog() override;

  // Counts; the line follows with the next Flush. Never blocks.
  void Record(base::Event event) override;

  // Writes what was recorded of staff and machine since the last call. One thread at a time with WriteHour.
  void Flush();

  // Writes the hour's totals: of calls by method, and of strangers' events.
  void WriteHour(const std::vector<HourlyCalls>& calls);

  // A line of the operator's own: what was started with what, or why it will not start. `text` is the program's, with
  // names of files and settings, and nothing that came over the wire.
  void Tell(std::string_view text);

 private:
  std::shared_ptr<spdlog::logger> logger_;
  std::array<std::atomic<std::uint64_t>, base::kEventCount> counts_{};
};

}  // namespace alcove::app
