#include "server/app/config.h"

#include <algorithm>
#include <fstream>
#include <initializer_list>
#include <sstream>

#include <toml++/toml.h>

#include "server/app/errors.h"

namespace alcove::app {
namespace {

constexpr std::uint16_t kFirstEphemeralPort = 32768;

// Where a mistake is reported: the file, and within it the line of the node.
struct Place {
  std::string_view origin;
  absl::Status Refuse(const toml::node* node, std::string_view setting, std::string_view why) const {
    return SettingInvalid(origin, node == nullptr ? 0 : static_cast<int>(node->source().begin.line), setting, why);
  }
};

absl::Status RefuseUnknownKeys(const Place& place, const toml::table& table, std::string_view within,
                               std::initializer_list<std::string_view> known) {
  for (const auto& [key, node] : table) {
    if (std::find(known.begin(), known.end(), key.str()) == known.end()) {
      return place.Refuse(&node, std::string(within) + std::string(key.str()), "no such setting");
    }
  }
  return absl::OkStatus();
}

absl::Status TakePath(const Place& place, const toml::table& table, std::string_view key, bool required,
                      std::filesystem::path* out) {
  const toml::node* node = table.get(key);
  if (node == nullptr) {
    if (required) return place.Refuse(&table, key, "is required");
    return absl::OkStatus();
  }
  const auto text = node->value_exact<std::string>();
  if (!text) return place.Refuse(node, key, "must be a string");
  if (!std::filesystem::path(*text).is_absolute()) {
    return place.Refuse(node, key, "must be an absolute path: services do not start where you stand");
  }
  *out = *text;
  return absl::OkStatus();
}

absl::Status TakeNumber(const Place& place, const toml::table& table, std::string_view key, std::int64_t least,
                        std::int64_t most, std::int64_t* out) {
  const toml::node* node = table.get(key);
  if (node == nullptr) return absl::OkStatus();
  const auto number = node->value_exact<std::int64_t>();
  if (!number) return place.Refuse(node, key, "must be a whole number");
  if (*number < least || *number > most) {
    return place.Refuse(node, key, "must be " + std::to_string(least) + " to " + std::to_string(most));
  }
  *out = *number;
  return absl::OkStatus();
}

absl::Status TakeServices(const Place& place, const toml::table& table, std::set<Service>* out) {
  const toml::array* list = table.get_as<toml::array>("services");
  if (list == nullptr || list->empty()) {
    return place.Refuse(&table, "services", "must list at least one service: nothing is served by default");
  }
  const std::vector<std::string>& names = ServiceNames();
  for (const toml::node& node : *list) {
    const auto name = node.value_exact<std::string>();
    const auto found = name ? std::find(names.begin(), names.end(), *name) : names.end();
    if (found == names.end()) {
      std::string all;
      for (const std::string& known : names) all += (all.empty() ? "" : ", ") + known;
      return place.Refuse(&node, "services", "must be of: " + all);
    }
    out->insert(static_cast<Service>(found - names.begin()));
  }
  return absl::OkStatus();
}

// "host:port" with the port in 1..32767 and a host that is not empty.
absl::Status CheckAddress(const Place& place, const toml::node* node, const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == address.size() ||
      (address.find(':') != colon && address.front() != '[')) {
    return place.Refuse(node, "address", "must be host:port, an IPv6 host in brackets");
  }
  const std::string port = address.substr(colon + 1);
  if (port.size() > 5 || !std::all_of(port.begin(), port.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return place.Refuse(node, "address", "must end in a port number");
  }
  const int number = std::stoi(port);
  if (number < 1 || number >= kFirstEphemeralPort) {
    return place.Refuse(node, "address",
                        "must have a port of 1 to 32767: the kernel gives those above to outgoing connections, and a "
                        "restart would find its port taken");
  }
  return absl::OkStatus();
}

// Stays as it is when the table does not name it.
absl::Status TakeFlag(const Place& place, const toml::table& table, std::string_view name, bool* out) {
  const toml::node* node = table.get(name);
  if (node == nullptr) return absl::OkStatus();
  const auto flag = node->value_exact<bool>();
  if (!flag) return place.Refuse(node, name, "must be true or false");
  *out = *flag;
  return absl::OkStatus();
}

absl::StatusOr<Listener> TakeListener(const Place& place, const toml::table& table) {
  if (absl::Status s = RefuseUnknownKeys(place, table, "listener.",
                                         {"address", "certificate", "private_key", "services", "reflection", "client_certificates"});
      !s.ok()) {
    return s;
  }
  Listener listener;
  const toml::node* address = table.get("address");
  const auto text = address == nullptr ? std::nullopt : address->value_exact<std::string>();
  if (!text) return place.Refuse(address == nullptr ? &table : address, "address", "must be a string, and is required");
  if (absl::Status s = CheckAddress(place, address, *text); !s.ok()) return s;
  listener.address = *text;
  if (absl::Status s = TakePath(place, table, "certificate", true, &listener.certificate); !s.ok()) return s;
  if (absl::Status s = TakePath(place, table, "private_key", true, &listener.private_key); !s.ok()) return s;
  if (absl::Status s = TakeServices(place, table, &listener.services); !s.ok()) return s;
  if (absl::Status s = TakeFlag(place, table, "reflection", &listener.reflection); !s.ok()) return s;
  if (absl::Status s = TakeFlag(place, table, "client_certificates", &listener.client_certificates); !s.ok()) return s;
  const bool reporters = listener.services.contains(Service::kIntake) || listener.services.contains(Service::kMailbox);
  if (listener.client_certificates && reporters) {
    return place.Refuse(table.get("client_certificates"), "client_certificates",
                        "must be false where `intake` or `mailbox` is served: a machine may show a certificate with its user's name");
  }
  return listener;
}

absl::Status TakeListeners(const Place& place, const toml::table& root, std::vector<Listener>* out) {
  const toml::node* node = root.get("listener");
  if (node == nullptr) return place.Refuse(nullptr, "listener", "at least one [[listener]] is required");
  const toml::array* list = node->as_array();
  if (list == nullptr || list->empty()) return place.Refuse(node, "listener", "must be written as [[listener]]");
  for (const toml::node& item : *list) {
    const toml::table* table = item.as_table();
    if (table == nullptr) return place.Refuse(&item, "listener", "must be written as [[listener]]");
    absl::StatusOr<Listener> listener = TakeListener(place, *table);
    if (!listener.ok()) return listener.status();
    for (const Listener& other : *out) {
      if (other.address == listener->address) return place.Refuse(&item, "address", "is used by two listeners");
    }
    out->push_back(*std::move(listener));
  }
  return absl::OkStatus();
}

bool IsLoopback(const std::string& host) {
  const bool numeric = host.find_first_not_of("0123456789.") == std::string::npos;
  return host == "localhost" || host == "::1" || (numeric && host.starts_with("127."));
}

// The host of "smtp://host[:port]" or "smtps://...": letters, digits, dots and hyphens, or IPv6 in brackets.
std::optional<std::string> MailHost(std::string_view url) {
  if (url.starts_with("smtps://")) url.remove_prefix(8);
  else if (url.starts_with("smtp://")) url.remove_prefix(7);
  else return std::nullopt;
  std::string host;
  if (url.starts_with("[")) {
    const std::size_t end = url.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    host = url.substr(1, end - 1);
    url.remove_prefix(end + 1);
  } else {
    const std::size_t end = std::min(url.find(':'), url.size());
    host = url.substr(0, end);
    url.remove_prefix(end);
  }
  const auto within = [](std::string_view text, std::string_view allowed) {
    return !text.empty() && text.find_first_not_of(allowed) == std::string_view::npos;
  };
  if (!within(host, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:")) return std::nullopt;
  if (url.empty()) return host;
  if (!url.starts_with(":") || url.size() > 6 || !within(url.substr(1), "0123456789")) return std::nullopt;
  return host;
}

absl::Status TakeMail(const Place& place, const toml::table& root, std::optional<MailSettings>* out) {
  const toml::node* node = root.get("mail");
  if (node == nullptr) return absl::OkStatus();
  const toml::table* table = node->as_table();
  if (table == nullptr) return place.Refuse(node, "mail", "must be written as [mail]");
  if (absl::Status s = RefuseUnknownKeys(place, *table, "mail.", {"server", "from", "hour", "recipients"}); !s.ok())
    return s;
  MailSettings mail;
  const auto server = (*table)["server"].value_exact<std::string>();
  const std::optional<std::string> host = server ? MailHost(*server) : std::nullopt;
  if (!host) return place.Refuse(table, "mail.server", "must be smtp://host:port or smtps://host:port, and is required");
  mail.server = *server;
  mail.loopback = IsLoopback(*host);
  const auto from = (*table)["from"].value_exact<std::string>();
  if (!from || std::count(from->begin(), from->end(), '@') != 1 || from->find_first_of(" \t\r\n<>\"") != std::string::npos)
    return place.Refuse(table, "mail.from", "must be one bare address, and is required");
  mail.from = *from;
  std::int64_t hour = mail.hour;
  if (absl::Status s = TakeNumber(place, *table, "hour", 0, 23, &hour); !s.ok()) return s;
  mail.hour = static_cast<int>(hour);
  if (absl::Status s = TakePath(place, *table, "recipients", true, &mail.recipients); !s.ok()) return s;
  *out = std::move(mail);
  return absl::OkStatus();
}

absl::Status TakeShred(const Place& place, const toml::table& root, std::optional<ShredSettings>* out) {
  const toml::node* node = root.get("shred");
  if (node == nullptr) return absl::OkStatus();
  const toml::table* table = node->as_table();
  if (table == nullptr) return place.Refuse(node, "shred", "must be written as [shred]");
  if (absl::Status s = RefuseUnknownKeys(place, *table, "shred.", {"backups", "hour"}); !s.ok()) return s;
  ShredSettings shred;
  if (absl::Status s = TakePath(place, *table, "backups", true, &shred.backups); !s.ok()) return s;
  if (table->get("hour") != nullptr) {
    std::int64_t hour = 0;
    if (absl::Status s = TakeNumber(place, *table, "hour", 0, 23, &hour); !s.ok()) return s;
    shred.hour = static_cast<int>(hour);
  }
  *out = std::move(shred);
  return absl::OkStatus();
}

bool LiesWithin(const std::filesystem::path& inner, const std::filesystem::path& outer) {
  const std::filesystem::path relative = inner.lexically_normal().lexically_relative(outer.lexically_normal());
  return !relative.empty() && *relative.begin() != "..";
}

// Settings within another's reach are checked together, once flags have had their say.
absl::Status CheckWhole(const Place& place, const Config& config) {
  if (config.work_price == 0) {
    for (const Listener& listener : config.listeners) {
      if (!listener.loopback()) {
        return place.Refuse(nullptr, "work_price",
                            "may be 0 only while every listener is loopback, and " + listener.address + " is not");
      }
    }
  }
  if (LiesWithin(config.keys, config.data))
    return KeysInsideData(config.keys.lexically_normal(), config.data.lexically_normal());
  if (config.shred && LiesWithin(config.shred->backups, config.data))
    return place.Refuse(nullptr, "shred.backups", "lies within the data directory: both would be lost together");
  return absl::OkStatus();
}

absl::Status ApplyOverrides(const Overrides& overrides, Config* config) {
  const Place flags{"command line"};
  if (overrides.data) config->data = std::filesystem::absolute(*overrides.data);
  if (overrides.keys) config->keys = std::filesystem::absolute(*overrides.keys);
  if (overrides.checkpoint_interval) {
    if (*overrides.checkpoint_interval < 1 || *overrides.checkpoint_interval > 86400) {
      return flags.Refuse(nullptr, "--checkpoint-interval", "must be 1 to 86400 seconds");
    }
    config->checkpoint_interval = std::chrono::seconds(*overrides.checkpoint_interval);
  }
  if (overrides.work_price) {
    if (*overrides.work_price < 0 || *overrides.work_price > 30) {
      return flags.Refuse(nullptr, "--work-price", "must be 0 to 30 bits");
    }
    config->work_price = static_cast<std::uint32_t>(*overrides.work_price);
  }
  return absl::OkStatus();
}

}  // namespace

const std::vector<std::string>& ServiceNames() {
  static const auto& names =
      *new std::vector<std::string>{"session", "ledger", "blob", "intake", "mailbox", "case", "approval", "admin", "hr", "protection"};
  return names;
}

std::string Listener::host() const {
  std::string text = address.substr(0, address.rfind(':'));
  if (text.size() >= 2 && text.front() == '[' && text.back() == ']') text = text.substr(1, text.size() - 2);
  return text;
}

std::uint16_t Listener::port() const {
  return static_cast<std::uint16_t>(std::stoi(address.substr(address.rfind(':') + 1)));
}

bool Listener::loopback() const {
  return IsLoopback(host());
}

absl::StatusOr<Config> ParseConfig(std::string_view text, std::string_view origin, const Overrides& overrides) {
  const Place place{origin};
  toml::table root;
  try {
    root = toml::parse(text, origin);
  } catch (const toml::parse_error& error) {
    return SettingInvalid(origin, static_cast<int>(error.source().begin.line), "syntax", error.description());
  }
  if (absl::Status s = RefuseUnknownKeys(place, root, "",
                                         {"data", "keys", "checkpoint_interval", "work_price", "drain", "listener", "mail", "shred"});
      !s.ok()) {
    return s;
  }
  Config config;
  std::int64_t interval = config.checkpoint_interval.count();
  std::int64_t price = config.work_price;
  std::int64_t drain = config.drain.count();
  if (absl::Status s = TakePath(place, root, "data", false, &config.data); !s.ok()) return s;
  if (absl::Status s = TakePath(place, root, "keys", false, &config.keys); !s.ok()) return s;
  if (absl::Status s = TakeNumber(place, root, "checkpoint_interval", 1, 86400, &interval); !s.ok()) return s;
  if (absl::Status s = TakeNumber(place, root, "work_price", 0, 30, &price); !s.ok()) return s;
  if (absl::Status s = TakeNumber(place, root, "drain", 1, 300, &drain); !s.ok()) return s;
  if (absl::Status s = TakeListeners(place, root, &config.listeners); !s.ok()) return s;
  if (absl::Status s = TakeMail(place, root, &config.mail); !s.ok()) return s;
  if (absl::Status s = TakeShred(place, root, &config.shred); !s.ok()) return s;
  config.checkpoint_interval = std::chrono::seconds(interval);
  config.work_price = static_cast<std::uint32_t>(price);
  config.drain = std::chrono::seconds(drain);
  if (absl::Status s = ApplyOverrides(overrides, &config); !s.ok()) return s;
  if (absl::Status s = CheckWhole(place, config); !s.ok()) return s;
  return config;
}

absl::StatusOr<Config> ReadConfig(const std::filesystem::path& path, const Overrides& overrides) {
  std::ifstream file(path);
  if (!file) return FileUnreadable(path, "no such file, or not ours to read");
  std::ostringstream text;
  text << file.rdbuf();
  return ParseConfig(text.str(), path.string(), overrides);
}

}  // namespace alcove::app
