#include "server/app/notify.h"

#include <systemd/sd-daemon.h>

#include <cstdint>

namespace alcove::app {

void NotifyReady() { sd_notify(0, "READY=1"); }
void NotifyAlive() { sd_notify(0, "WATCHDOG=1"); }
void NotifyStopping() { sd_notify(0, "STOPPING=1"); }

std::optional<std::chrono::microseconds> AliveInterval() {
  std::uint64_t interval = 0;
  if (sd_watchdog_enabled(0, &interval) <= 0) return std::nullopt;
  return std::chrono::microseconds(interval);
}

}  // namespace alcove::app
