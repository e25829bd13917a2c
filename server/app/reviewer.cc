#include "server/app/reviewer.h"

#include <limits>
#include <utility>
#include <vector>

#include "server/core/base/errors.h"
#include "server/core/cases/records.h"
#include "server/core/guard/review.h"

namespace alcove::app {
namespace {

constexpr int kRoundsAfterChange = 2;
constexpr int kMostTries = 8;
// Longer than any decision takes from reading the organisation to its commit.
constexpr std::chrono::seconds kBetweenRounds{1};
constexpr std::chrono::seconds kAfterFailure{60};
constexpr std::chrono::seconds kBetweenLooks{1};

}  // namespace

Reviewer::Reviewer(World world) : world_(std::move(world)), rounds_(kRoundsAfterChange) {
  thread_ = std::thread([this] { Run(); });
}

Reviewer::~Reviewer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void Reviewer::Wake() {
  {
    const std::lock_guard lock(mutex_);
    rounds_ = kRoundsAfterChange;
  }
  changed_.notify_all();
}

bool Reviewer::Stopping() {
  const std::lock_guard lock(mutex_);
  return stop_;
}

void Reviewer::Look() {
  const absl::StatusOr<bool> turned = world_.time.Look();
  // A store that takes no writes has said so itself, and so has whoever closes it.
  if (!turned.ok() && !base::ReasonOf(turned.status())) world_.events.Record(base::Event::kInvariantBroken);
  if (turned.ok() && *turned) Wake();
}

void Reviewer::Run() {
  for (;;) {
    Look();
    {
      std::unique_lock lock(mutex_);
      changed_.wait_for(lock, kBetweenLooks, [this] { return stop_ || rounds_ > 0; });
      if (stop_) return;
      if (rounds_ == 0) continue;
      --rounds_;
    }
    const bool whole = Round();
    std::unique_lock lock(mutex_);
    if (!whole && rounds_ == 0) rounds_ = 1;
    if (rounds_ == 0) continue;
    const int due = rounds_;
    changed_.wait_for(lock, whole ? kBetweenRounds : kAfterFailure, [&] { return stop_ || rounds_ > due; });
  }
}

bool Reviewer::Round() {
  std::vector<base::CaseId> ids;
  const absl::Status listed = world_.core.rows.Scan<cases::Case>(
      "", "", std::numeric_limits<std::size_t>::max(), [&](base::Versioned<cases::Case> row) {
        ids.push_back(row.record.id);
        return true;
      });
  bool whole = listed.ok();
  for (const base::CaseId& id : ids) {
    if (Stopping()) return true;
    whole = Review(id).ok() && whole;
  }
  return whole && TellKeyUse().ok();
}

absl::Status Reviewer::TellKeyUse() {
  constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();
  guard::KeyUse use;
  absl::Status status = world_.core.rows.Scan<cases::Case>("", "", kAll, [&](const base::Versioned<cases::Case>& row) {
    use.Add(row.record);
    return true;
  });
  if (!status.ok()) return status;
  bool whole = true;
  status = world_.core.rows.Scan<cases::Identity>("", "", kAll, [&](const base::Versioned<cases::Identity>& row) {
    whole = use.Add(row.record) && whole;
    return true;
  });
  if (!status.ok()) return status;
  // With a damaged row nobody can say that a key is not needed.
  if (!whole) return base::Broken("a stored identity is damaged");
  world_.key_use.Set(std::move(use), world_.core.clock.Today());
  return absl::OkStatus();
}

absl::Status Reviewer::Review(const base::CaseId& id) {
  absl::Status status;
  for (int tries = 0; tries < kMostTries; ++tries) {
    const rpc::Moment now(world_.core);
    absl::StatusOr<base::Outcome<guard::Reviewed>> outcome = guard::Review(now.ports(), id);
    if (!outcome.ok()) {
      if (!base::ReasonOf(outcome.status())) world_.events.Record(base::Event::kInvariantBroken);
      return outcome.status();
    }
    if (outcome->changes.empty()) return absl::OkStatus();
    base::Transaction transaction;
    transaction.changes = std::move(outcome->changes);
    transaction.leaves = std::move(outcome->leaves);
    status = world_.commit(std::move(transaction));
    if (status.ok()) {
      if (outcome->answer.lapsed) world_.events.Record(base::Event::kDeadlineLapsed);
      if (outcome->answer.fallback) world_.events.Record(base::Event::kFallbackReleased);
      return status;
    }
    if (base::ReasonOf(status) != base::Reason::kContended) return status;
  }
  return status;
}

}  // namespace alcove::app
