// A thread that sends the daily mail (core/mail/queue.h) to every address of the operator's list: the same words every day,
// whether or not there is work. What the mail server does not take is tried again, after a minute, then after pauses that
// double up to an hour, until it is taken or the next day's mail takes its place.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "crypto/secret.h"
#include "server/app/config.h"
#include "server/app/smtp.h"
#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"

namespace alcove::app {

// One address a line; lines that are empty or begin with # are passed over. FAILED_PRECONDITION naming file and line, never
// the address, for what is no address; for more than mail::kMostAddresses; and for a file that others may write.
absl::StatusOr<std::vector<std::string>> ReadRecipients(const std::filesystem::path& file);

// The whole mail, headers and all. Only `Date` and `To` differ between any two.
std::string MailText(std::string_view from, std::string_view to, base::Instant now);

class Mailer {
 public:
  struct World {
    MailSettings settings;
    const base::Reader& rows;
    const base::Clock& clock;
    crypto::SymmetricKey key;  // for the hashes of addresses
    std::function<absl::Status(base::Transaction)> commit;  // and waits for the answer
    std::function<bool()> frozen;                           // no day begins on a clock that nobody believes
    base::EventSink& events;
    std::chrono::milliseconds look_every{10000};
    std::chrono::milliseconds first_pause{60000};
  };

  // The list is read once here, so that a mistake in it is found at the start; then at every look.
  static absl::StatusOr<std::unique_ptr<Mailer>> Start(World world);
  // Ends within about a second, whatever the mail server does.
  ~Mailer();

  // How many addresses the list has.
  std::uint32_t addresses() const { return addresses_; }

 private:
  Mailer(World world, std::vector<std::string> listed);

  void Run();
  // Sends what is owed. False when something is owed still.
  bool Round();
  // False when the row could not be written.
  bool Keep(const mail::Queue& queue);
  bool Wait(std::chrono::milliseconds time);

  const World world_;
  const MailServer server_;
  std::vector<std::string> listed_;
  std::atomic<std::uint32_t> addresses_{0};
  std::atomic<bool> stop_{false};
  std::mutex mutex_;
  std::condition_variable stopped_;
  std::thread thread_;
};

}  // namespace alcove::app
