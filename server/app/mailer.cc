#include "server/app/mailer.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "server/app/errors.h"
#include "server/app/keys.h"

namespace alcove::app {
namespace {

constexpr std::chrono::hours kLongestPause{1};
constexpr std::size_t kMostBytes = std::size_t{1} << 20;
constexpr std::size_t kLongestAddress = 254;

// What SMTP can carry between < and > without quoting.
bool IsAddress(std::string_view text) {
  const std::size_t at = text.find('@');
  if (text.size() > kLongestAddress || at == std::string_view::npos || at == 0 || at + 1 == text.size()) return false;
  if (text.find('@', at + 1) != std::string_view::npos) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < '\x7f' && std::string_view("<>()[]\\,;:\"").find(c) == std::string_view::npos;
  });
}

std::string DateLine(base::Instant now) {
  constexpr std::array<const char*, 7> kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<const char*, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto day = std::chrono::floor<std::chrono::days>(now);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(now - day);
  std::array<char, 64> line{};
  std::snprintf(line.data(), line.size(), "Date: %s, %02u %s %d %02d:%02d:%02d +0000\r\n",
                kDays[std::chrono::weekday(day).c_encoding()], static_cast<unsigned>(date.day()),
                kMonths[static_cast<unsigned>(date.month()) - 1], static_cast<int>(date.year()),
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()),
                static_cast<int>(time.seconds().count()));
  return line.data();
}

}  // namespace

absl::StatusOr<std::vector<std::string>> ReadRecipients(const std::filesystem::path& file) {
  struct stat info {};
  if (stat(file.c_str(), &info) == 0 && (info.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return FileUnreadable(file, "others may write it: they could add themselves");
  absl::StatusOr<std::string> text = ReadFile(file, kMostBytes);
  if (!text.ok()) return text.status();
  std::vector<std::string> addresses;
  int number = 0;
  for (std::string_view left = *text; !left.empty();) {
    ++number;
    const std::size_t end = std::min(left.find('\n'), left.size());
    std::string_view line = left.substr(0, end);
    left.remove_prefix(std::min(end + 1, left.size()));
    while (!line.empty() && (line.back() == '\r' || line.back() == ' ')) line.remove_suffix(1);
    if (line.empty() || line.front() == '#') continue;
    if (!IsAddress(line)) return FileUnreadable(file, "line " + std::to_string(number) + " is no mail address");
    if (std::find(addresses.begin(), addresses.end(), line) == addresses.end()) addresses.emplace_back(line);
  }
  if (addresses.size() > mail::kMostAddresses) return FileUnreadable(file, "it has more than 4096 addresses");
  return addresses;
}

std::string MailText(std::string_view from, std::string_view to, base::Instant now) {
  return DateLine(now) + "From: <" + std::string(from) + ">\r\nTo: <" + std::string(to) +
         ">\r\nSubject: Alcove: have a look today\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n"
         "Content-Type: text/plain; charset=us-ascii\r\n\r\n"
         "This mail comes once a day to everybody who works with Alcove, in the same words\r\n"
         "whether or not anything waits for you. Please sign in and see:\r\n\r\n"
         "  alcove case inbox\r\n  alcove approval list\r\n\r\n"
         "Nothing about any report is ever sent by mail. Do not answer.\r\n";
}

absl::StatusOr<std::unique_ptr<Mailer>> Mailer::Start(World world) {
  absl::StatusOr<std::vector<std::string>> listed = ReadRecipients(world.settings.recipients);
  if (!listed.ok()) return listed.status();
  if (!MailCarrier::Ready()) return FileUnreadable("libcurl.so.4", "no mail can be sent without it: install libcurl4");
  return std::unique_ptr<Mailer>(new Mailer(std::move(world), *std::move(listed)));
}

Mailer::Mailer(World world, std::vector<std::string> listed)
    : world_(std::move(world)),
      server_{world_.settings.server, world_.settings.from, !world_.settings.loopback},
      listed_(std::move(listed)),
      addresses_(static_cast<std::uint32_t>(listed_.size())) {
  thread_ = std::thread([this] { Run(); });
}

Mailer::~Mailer() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

bool Mailer::Wait(std::chrono::milliseconds time) {
  std::unique_lock lock(mutex_);
  return stopped_.wait_for(lock, time, [this] { return stop_.load(); });
}

bool Mailer::Keep(const mail::Queue& queue) {
  base::Transaction transaction;
  transaction.changes.Put(queue);
  return world_.commit(std::move(transaction)).ok();
}

void Mailer::Run() {
  // Only this thread writes the row. What was being sent when the last process ended may have been taken.
  if (const auto last = world_.rows.Get<mail::Queue>(""); last.ok() && *last && (*last)->record.trying)
    Keep(mail::Tried((*last)->record, mail::Sent::kUnknown));
  std::chrono::milliseconds pause = world_.first_pause;
  base::Day day;
  std::chrono::milliseconds again{0};  // on the monotonic clock
  for (;;) {
    if (world_.clock.Today() != day) {
      day = world_.clock.Today();
      pause = world_.first_pause;
      again = std::chrono::milliseconds(0);
    }
    if (world_.clock.Elapsed() >= again) {
      if (Round()) {
        pause = world_.first_pause;
      } else if (!stop_) {
        world_.events.Record(base::Event::kMailDelayed);
        again = world_.clock.Elapsed() + pause;
        pause = std::min<std::chrono::milliseconds>(pause * 2, kLongestPause);
      }
    }
    if (Wait(world_.look_every)) return;
  }
}

bool Mailer::Round() {
  if (world_.frozen()) return true;
  // A list that went wrong since: the one before goes on, and the operator is told.
  absl::StatusOr<std::vector<std::string>> listed = ReadRecipients(world_.settings.recipients);
  const bool list_reads = listed.ok();
  if (list_reads) listed_ = *std::move(listed);
  addresses_ = static_cast<std::uint32_t>(listed_.size());
  std::vector<mail::AddressHash> hashes;
  for (const std::string& address : listed_) hashes.push_back(mail::HashOf(address, world_.key));

  const auto last = world_.rows.Get<mail::Queue>("");
  if (!last.ok()) return false;
  const std::optional<mail::Queue> due =
      mail::Due(*last ? &(*last)->record : nullptr, world_.clock.Now(), world_.settings.hour, hashes);
  if (due && !Keep(*due)) return false;
  if (!due && !*last) return list_reads;
  mail::Queue queue = due ? *due : (*last)->record;
  if (queue.owed.empty()) return list_reads;

  MailCarrier carrier(server_, stop_);
  for (std::size_t left = queue.owed.size(); left > 0; --left) {
    if (stop_) return false;
    const mail::AddressHash to = queue.owed.front();
    const auto at = std::find(hashes.begin(), hashes.end(), to) - hashes.begin();
    const std::string& address = listed_[static_cast<std::size_t>(at)];
    // Written down first: whatever happens now, nobody gets two.
    queue = mail::Trying(std::move(queue), to);
    if (!Keep(queue)) return false;
    const MailCarrier::Result result =
        carrier.Send(address, MailText(world_.settings.from, address, world_.clock.Now()));
    queue = mail::Tried(std::move(queue), result.sent);
    if (!Keep(queue)) return false;
    if (result.sent == mail::Sent::kNotTaken && !result.reached) break;
  }
  if (queue.owed.empty()) world_.events.Record(base::Event::kMailsSent);
  return queue.owed.empty() && list_reads;
}

}  // namespace alcove::app
