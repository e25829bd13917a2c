// The settings of one alcoved process. Rules, forms, profiles and everything that a promise rests on are policy signed
// by root holders; here stands only what a process needs to run. deploy/alcoved.toml is the reference: each setting
// with the accident it prevents.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <absl/status/status.h>
#include <absl/status/statusor.h>

namespace alcove::app {

// The services a listener can serve, by the names the configuration uses.
enum class Service { kSession, kLedger, kBlob, kIntake, kMailbox, kCase, kApproval, kAdmin, kHr, kProtection };

// Every name, in the order of the enum: "session", "ledger", ...
const std::vector<std::string>& ServiceNames();

// One address with its certificate and the services served there. Always TLS.
struct Listener {
  std::string address;  // "127.0.0.1:7443", "[::1]:7443"
  std::filesystem::path certificate;
  std::filesystem::path private_key;
  std::set<Service> services;
  bool reflection = false;
  // Asks whoever connects for a certificate. What it shows is looked up in the directory and nowhere else.
  bool client_certificates = false;

  // The host part, without brackets.
  std::string host() const;
  std::uint16_t port() const;
  // 127.0.0.0/8, ::1 or the name localhost.
  bool loopback() const;
};

// The daily mail to staff. Off unless configured.
struct MailSettings {
  std::string server;  // "smtp://host[:port]" or "smtps://host[:port]"
  std::string from;    // a bare address
  int hour = 6;        // UTC, 0 to 23
  std::filesystem::path recipients;  // one address a line
  bool loopback = false;             // the server is on this machine: TLS is not required
};

// Where the batch of shredding puts its backup, and when it runs by itself.
struct ShredSettings {
  std::filesystem::path backups;  // a directory; each batch makes one in it, epoch-N
  std::optional<int> hour;        // UTC, 0 to 23; nothing: only by command
};

struct Config {
  std::filesystem::path data = "/var/lib/alcove";
  std::filesystem::path keys = "/etc/alcove/keys";
  std::chrono::seconds checkpoint_interval{3600};
  std::uint32_t work_price = 12;
  std::chrono::seconds drain{10};
  std::vector<Listener> listeners;
  std::optional<MailSettings> mail;
  std::optional<ShredSettings> shred;
};

// What flags of the command line put in place of the file's values.
struct Overrides {
  std::optional<std::string> data;
  std::optional<std::string> keys;
  std::optional<std::int64_t> checkpoint_interval;
  std::optional<std::int64_t> work_price;
};

// Parses the text of a configuration file. `origin` names it in messages. Every mistake is INVALID_ARGUMENT and names
// the line and the setting: an unknown key, a wrong type, a value out of range, no listener, a listener without TLS
// files, a port outside 1..32767, client certificates where reporters come in, `work_price = 0` with a listener that is not loopback. Relative paths are refused.
absl::StatusOr<Config> ParseConfig(std::string_view text, std::string_view origin, const Overrides& overrides);

// Reads and parses the file at `path`; NOT_FOUND names it when it cannot be read.
absl::StatusOr<Config> ReadConfig(const std::filesystem::path& path, const Overrides& overrides);

}  // namespace alcove::app
