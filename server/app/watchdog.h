// A thread that calls its own listeners, as a client would: new connection, TLS, health. gRPC 1.51 can lose a listener for
// good while the process lives on (CVE-2023-4785); a service manager sees a live process and does nothing. So a process
// whose listener does not answer ends, and is started again.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace alcove::app {

class Watchdog {
 public:
  struct Terms {
    std::chrono::milliseconds interval{10'000};
    std::chrono::milliseconds patience{5'000};  // for one call
    int most_failures = 3;                      // in a row, of one listener
  };

  // Starts watching. `alive` runs after each round in which every listener answered; `dead` runs once, with the address
  // that did not, and is expected to end the process. Both run on the watchdog's thread.
  Watchdog(std::vector<std::string> addresses, const Terms& terms, std::function<void()> alive,
           std::function<void(const std::string&)> dead);
  // Stops watching; waits for a call under way.
  ~Watchdog();

 private:
  void Run();
  bool Answers(const std::string& address) const;

  const std::vector<std::string> addresses_;
  const Terms terms_;
  const std::function<void()> alive_;
  const std::function<void(const std::string&)> dead_;
  std::mutex mutex_;
  std::condition_variable stop_changed_;
  bool stop_ = false;
  std::thread thread_;
};

}  // namespace alcove::app
