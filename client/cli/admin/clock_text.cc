#include "client/cli/admin/clock_text.h"

#include "client/cli/frame/date_text.h"

namespace alcove::cli {
namespace {

constexpr int kWarnAfterDays = 2;
constexpr uint32_t kWarnAfterHours = 24 * kWarnAfterDays;
constexpr uint32_t kMostHours = 72;

absl::StatusOr<format::Day> DayOf(const google::type::Date& date) {
  return format::Day::FromCivil(date.year(), date.month(), date.day());
}

}  // namespace

std::string ClockText(const v1::GetServiceStatusResponse& status, format::Day today) {
  if (!status.has_clock_freeze()) return "";
  const v1::ClockFreeze& freeze = status.clock_freeze();
  const uint32_t ran = status.clock_frozen_hours();
  std::string text = "clock         FROZEN: it leapt from " + DateText(freeze.from()) + " to " + DateText(freeze.to()) +
                     ". If the time is right: alcove approval request --confirm-clock\n";
  text += "              since " + DateText(status.clock_frozen_since()) + "; " + std::to_string(ran) + " of at most " +
          std::to_string(kMostHours) + " hours of running are over\n";
  const auto since = DayOf(status.clock_frozen_since());
  const bool long_ago = since.ok() && today > since->PlusDays(kWarnAfterDays);
  if (long_ago || ran >= kWarnAfterHours) {
    text += "              CAUTION: frozen for more than two days. Nobody is let in because a report goes unanswered. Confirm the time "
            "now, or set it right.\n";
  }
  return text;
}

}  // namespace alcove::cli
