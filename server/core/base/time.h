// Days and instants.
#pragma once

#include <chrono>

#include "crypto/format/day.h"

namespace alcove::base {

// A calendar day, UTC: what is kept of every time that has to do with a reporter.
using format::Day;

// A moment to the second, UTC. For what staff did and for lifetimes; never stored for what a reporter did.
using Instant = std::chrono::sys_seconds;

inline Day DayOf(Instant instant) { return Day::OfUnixSeconds(instant.time_since_epoch().count()); }
inline Instant StartOf(Day day) { return Instant(std::chrono::days(day.number())); }

}  // namespace alcove::base
