// A thread that reviews every case (core/guard/review.h): at the start, whenever directory, policy or chart changed, on
// every new day, and when a freeze of the clock is over. It also looks at the clock, every second.
//
// After a round it tells which keys are still in use (core/guard/own_keys.h).
//
// A change is followed by two rounds, a moment apart: a decision that was under way when the change came may still rest on
// what was so before, and is committed by the second round. Access itself waits for neither.
#pragma once

#include <absl/status/status.h>

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

#include "server/app/timekeeper.h"
#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/guard/own_keys.h"
#include "server/rpc/door/core_ports.h"

namespace alcove::app {

class Reviewer {
 public:
  struct World {
    const rpc::CorePorts& core;
    // Commits and waits for the answer.
    std::function<absl::Status(base::Transaction)> commit;
    base::EventSink& events;
    Timekeeper& time;
    guard::KeyUseBoard& key_use;  // told after every whole round
  };

  // Starts with a round. What is in `world` outlives the reviewer.
  explicit Reviewer(World world);
  // Ends after the case under review.
  ~Reviewer();

  // Something changed. Any thread; does not wait for the rounds.
  void Wake();

 private:
  void Run();
  // Of the clock; a freeze that ended calls for rounds.
  void Look();
  // False when a case could not be reviewed: the round is repeated after a while.
  bool Round();
  absl::Status Review(const base::CaseId& id);
  // Which keys all cases are granted to now.
  absl::Status TellKeyUse();
  bool Stopping();

  const World world_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stop_ = false;
  int rounds_ = 0;
  std::thread thread_;
};

}  // namespace alcove::app
