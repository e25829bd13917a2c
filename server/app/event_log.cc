#include "server/app/event_log.h"

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace alcove::app {

std::string_view Word(base::Event event) {
  switch (event) {
    case base::Event::kStarted: return "started";
    case base::Event::kDraining: return "draining";
    case base::Event::kStopped: return "stopped";
    case base::Event::kStoreFull: return "store_full";
    case base::Event::kStoreResumed: return "store_resumed";
    case base::Event::kStoreFailed: return "store_failed";
    case base::Event::kStoreSlow: return "store_slow";
    case base::Event::kRowRefused: return "row_refused";
    case base::Event::kLedgerCut: return "ledger_cut";
    case base::Event::kDirectoryPublished: return "directory_published";
    case base::Event::kPolicyPublished: return "policy_published";
    case base::Event::kChartSynced: return "chart_synced";
    case base::Event::kIntakeClosed: return "intake_closed";
    case base::Event::kDirectoryExpiring: return "directory_expiring";
    case base::Event::kAnonymousBudgetUsed: return "anonymous_budget_used";
    case base::Event::kWorkPriceRaised: return "work_price_raised";
    case base::Event::kDeadlineLapsed: return "deadline_lapsed";
    case base::Event::kFallbackReleased: return "fallback_released";
    case base::Event::kClockFrozen: return "clock_frozen";
    case base::Event::kClockReleased: return "clock_released";
    case base::Event::kMailsSent: return "mails_sent";
    case base::Event::kMailDelayed: return "mail_delayed";
    case base::Event::kBackupMade: return "backup_made";
    case base::Event::kBackupFailed: return "backup_failed";
    case base::Event::kInvariantBroken: return "invariant_broken";
  }
  return "unknown";
}

bool ByStrangers(base::Event event) {
  switch (event) {
    case base::Event::kStoreSlow:
    case base::Event::kIntakeClosed:
    case base::Event::kAnonymousBudgetUsed:
    case base::Event::kWorkPriceRaised:
    case base::Event::kDeadlineLapsed:
    case base::Event::kFallbackReleased: return true;
    default: return false;
  }
}

EventLog::EventLog()
    : EventLog(std::make_shared<spdlog::logger>("alcoved", std::make_shared<spdlog::sinks::stderr_sink_mt>())) {}

EventLog::EventLog(std::shared_ptr<spdlog::logger> logger) : logger_(std::move(logger)) {
  logger_->set_pattern("%Y-%m-%dT%H:%M:%SZ %v", spdlog::pattern_time_type::utc);
}

EventLog::~EventLog() { Flush(); }

void EventLog::Record(base::Event event) {
  counts_[static_cast<std::size_t>(event)].fetch_add(1, std::memory_order_relaxed);
}

void EventLog::Flush() {
  for (int i = 0; i < base::kEventCount; ++i) {
    const auto event = static_cast<base::Event>(i);
    if (ByStrangers(event)) continue;
    const std::uint64_t count = counts_[static_cast<std::size_t>(i)].exchange(0, std::memory_order_relaxed);
    if (count > 0) logger_->info("event={} count={}", Word(event), count);
  }
  logger_->flush();
}

void EventLog::WriteHour(const std::vector<HourlyCalls>& calls) {
  for (const HourlyCalls& line : calls) {
    logger_->info("hour call={} answered={} refused={}", line.path, line.answered, line.refused);
  }
  for (int i = 0; i < base::kEventCount; ++i) {
    const auto event = static_cast<base::Event>(i);
    if (!ByStrangers(event)) continue;
    const std::uint64_t count = counts_[static_cast<std::size_t>(i)].exchange(0, std::memory_order_relaxed);
    if (count > 0) logger_->info("hour event={} count={}", Word(event), count);
  }
  logger_->flush();
}

void EventLog::Tell(std::string_view text) {
  logger_->info("{}", text);
  logger_->flush();
}

}  // namespace alcove::app
