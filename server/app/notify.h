// What the service manager is told (sd_notify). Without one, nothing happens.
#pragma once

#include <chrono>
#include <optional>

namespace alcove::app {

void NotifyReady();
void NotifyAlive();
void NotifyStopping();

// How often the manager wants to hear NotifyAlive at the latest; nothing when it does not ask.
std::optional<std::chrono::microseconds> AliveInterval();

}  // namespace alcove::app
