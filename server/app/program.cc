#include "server/app/program.h"

#include <absl/synchronization/mutex.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <ctime>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "crypto/encoding.h"
#include "crypto/format/directory.h"
#include "server/app/clock.h"
#include "server/app/config.h"
#include "server/app/control.h"
#include "server/app/data_lock.h"
#include "server/app/errors.h"
#include "server/app/event_log.h"
#include "server/app/hardening.h"
#include "server/app/init.h"
#include "server/app/key_export.h"
#include "server/app/notify.h"
#include "server/app/quiet.h"
#include "server/app/server.h"
#include "server/app/shred.h"
#include "server/app/watchdog.h"
#include "server/storage/backup.h"
#include "server/storage/check.h"
#include "server/storage/mark.h"
#include "server/storage/store.h"

namespace alcove::app {
namespace {

constexpr int kDone = 0;
constexpr int kRefused = 1;
constexpr int kUsage = 2;

// What the command line said.
struct Asked {
  std::string config = "/etc/alcove/alcoved.toml";
  bool config_named = false;
  Overrides overrides;
  std::string file;  // of the command: organisation file, backup directory, export
  int passphrase_fd = -1;
  std::string token_kind;
  std::string quarter;
};

int Refuse(const absl::Status& status) {
  std::cerr << "alcoved: " << std::string_view(status.message().data(), status.message().size()) << "\n";
  return kRefused;
}

// Commands that do not serve can do without a file when flags say where things are.
absl::StatusOr<Config> ConfigOf(const Asked& asked, bool must_serve) {
  std::error_code error;
  if (must_serve || asked.config_named || std::filesystem::exists(asked.config, error)) {
    return ReadConfig(asked.config, asked.overrides);
  }
  Config config;
  if (asked.overrides.data) config.data = std::filesystem::absolute(*asked.overrides.data);
  if (asked.overrides.keys) config.keys = std::filesystem::absolute(*asked.overrides.keys);
  return config;
}

KeyPlaces PlacesOf(const Config& config) {
  KeyPlaces places{config.keys, std::nullopt};
  if (const char* directory = std::getenv("CREDENTIALS_DIRECTORY"); directory != nullptr) places.credentials = directory;
  return places;
}

int Init(const Asked& asked) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const absl::StatusOr<Initialised> made = Initialise(asked.file, config->data, config->keys, crypto::SystemRandom());
  if (!made.ok()) return Refuse(made.status());
  std::cout << "data   " << config->data.string() << "\n"
            << "keys   " << config->keys.string() << "\n\n"
            << "Make a copy of the keys now (alcoved keys export FILE): without them the data is lost.\n"
            << "The first directory needs this line:\n\n"
            << "log " << crypto::Base64Encode(made->log_key.view()) << "\n";
  return kDone;
}

sigset_t EndingSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  return signals;
}

// Ends without destructors: what is not durable was not acknowledged, and what hangs must not keep us.
[[noreturn]] void EndAtOnce(EventLog& log, std::string_view why) {
  log.Tell(why);
  log.Flush();
  _exit(kRefused);
}

// Closing the store writes files by name, so without its directory the process ends as if it were killed.
void EndIfDataWasReplaced(EventLog& log, const DataLock& lock) {
  if (lock.StillThere()) return;
  EndAtOnce(log,
            "the data directory was moved or replaced while alcoved served, so it stopped without writing to what stands "
            "there now. Put the directory back, run `alcoved check`, and start again; stop alcoved before touching its data");
}

enum class Ended { kAsked, kShred };

// Wants the batch: by command, or because its hour has come and something is to go. Once a day by the hour, whatever came of it.
class ShredWanted {
 public:
  explicit ShredWanted(const Config& config) : config_(config) {}

  void Ask() { asked_ = true; }
  bool Now(const Server& server, const base::Clock& clock) {
    if (asked_.exchange(false)) return true;
    if (!config_.shred || !config_.shred->hour || tried_ == clock.Today()) return false;
    const auto hour = (clock.Now() - base::StartOf(clock.Today())) / std::chrono::hours(1);
    if (hour != *config_.shred->hour) return false;
    tried_ = clock.Today();
    return server.AnythingToShred();
  }

 private:
  const Config& config_;
  std::atomic<bool> asked_{false};
  std::optional<base::Day> tried_;
};

// Until a signal asks to end, or the batch is wanted; about once a second something may be due.
Ended ServeUntilAsked(Server& server, EventLog& log, const DataLock& lock, ShredWanted& wanted, const base::Clock& clock) {
  const sigset_t signals = EndingSignals();
  const timespec second{1, 0};
  while (sigtimedwait(&signals, nullptr, &second) < 0) {
    EndIfDataWasReplaced(log, lock);
    server.Tick();
    if (wanted.Now(server, clock)) return Ended::kShred;
  }
  return Ended::kAsked;
}

// Tells the service manager that the process lives while nothing serves.
class StillAlive {
 public:
  StillAlive()
      : thread_([](const std::stop_token& stop) {
          while (!stop.stop_requested()) {
            NotifyAlive();
            std::this_thread::sleep_for(std::chrono::seconds(1));
          }
        }) {}

 private:
  std::jthread thread_;
};

// Where the backup of the next batch goes: epoch-N, of the KEK that comes.
absl::StatusOr<std::filesystem::path> NextBackup(const Config& config, const KeyPlaces& places) {
  if (!config.shred) return NoPlaceForBackup();
  const absl::StatusOr<storage::ServerKeys> keys = ReadKeys(places);
  if (!keys.ok()) return keys.status();
  return config.shred->backups / ("epoch-" + std::to_string(keys->kek_facts.epoch + 1));
}

std::string Words(const Shredded& done) {
  return "key number " + std::to_string(done.epoch) + " is destroyed; cases gone " + std::to_string(done.cases) +
         ", entries redacted " + std::to_string(done.entries) + ", rows kept " + std::to_string(done.rows);
}

// What a batch that was killed left behind is put right before anything else is looked at.
absl::Status FinishOld(const Config& config, const KeyPlaces& places) {
  const absl::StatusOr<Finished> finished = FinishShred(config.data, places, crypto::SystemRandom());
  if (!finished.ok()) return finished.status();
  if (*finished == Finished::kUndone) std::cerr << "alcoved: a shredding was interrupted; everything is as it was before\n";
  if (*finished == Finished::kCompleted) std::cerr << "alcoved: a shredding was interrupted; it is complete now\n";
  return absl::OkStatus();
}

absl::StatusOr<Ended> ServeOnce(const Config& config, const KeyPlaces& places, SystemClock& clock, EventLog& log,
                                const DataLock& lock, ShredWanted& wanted) {
  absl::StatusOr<std::unique_ptr<Server>> server =
      Server::Start({.config = config,
                     .keys = places,
                     .clock = clock,
                     .random = crypto::SystemRandom(),
                     .log = log,
                     .fatal = [&log] { EndAtOnce(log, "the store failed; nothing more is acknowledged"); }});
  if (!server.ok()) return server.status();
  auto control = Control::Open(lock, {.backup = [&server](const std::string& target) { return (*server)->Backup(target); },
                                      .shred = [&config, &wanted] {
                                        if (!config.shred) return NoPlaceForBackup();
                                        wanted.Ask();
                                        return absl::OkStatus();
                                      }});
  if (!control.ok()) return control.status();

  std::vector<std::string> addresses;
  for (const Listener& listener : config.listeners) {
    addresses.push_back(listener.address);
    log.Tell("listening on " + listener.address);
  }
  Watchdog::Terms terms;
  if (const auto interval = AliveInterval()) {
    terms.interval = std::chrono::duration_cast<std::chrono::milliseconds>(*interval / 3);
  }
  auto watchdog = std::make_unique<Watchdog>(addresses, terms, NotifyAlive, [&log](const std::string& address) {
    EndAtOnce(log, "the listener " + address + " does not answer any more");
  });
  NotifyReady();
  const Ended ended = ServeUntilAsked(**server, log, lock, wanted, clock);

  if (ended == Ended::kAsked) {
    NotifyStopping();
    // Whatever hangs: the process ends a little after the time it was given to drain.
    alarm(static_cast<unsigned>(config.drain.count()) + 10);
  }
  watchdog.reset();
  (*server)->Drain();
  EndIfDataWasReplaced(log, lock);
  control->reset();
  server->reset();
  return ended;
}

int Serve(const Asked& asked) {
  // Debian builds Abseil with its deadlock detector on: slow, and it can end the process.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  QuietGrpc();
  const std::vector<std::string> denied = HardenProcess();
  const sigset_t signals = EndingSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);  // before the first thread: all inherit it
  signal(SIGPIPE, SIG_IGN);

  const absl::StatusOr<Config> config = ConfigOf(asked, true);
  if (!config.ok()) return Refuse(config.status());
  if (absl::Status s = EnsureOpenFiles(); !s.ok()) return Refuse(s);
  const absl::StatusOr<std::unique_ptr<DataLock>> lock = DataLock::Take(config->data);
  if (!lock.ok()) return Refuse(lock.status());

  EventLog log;
  for (const std::string& line : denied) log.Tell("notice: " + line);
  SystemClock clock;
  const KeyPlaces places = PlacesOf(*config);
  ShredWanted wanted(*config);
  if (absl::Status s = FinishOld(*config, places); !s.ok()) return Refuse(s);
  for (;;) {
    const absl::StatusOr<Ended> ended = ServeOnce(*config, places, clock, log, **lock, wanted);
    if (!ended.ok()) return Refuse(ended.status());
    if (*ended == Ended::kAsked) break;
    const absl::StatusOr<std::filesystem::path> backup = NextBackup(*config, places);
    const StillAlive alive;
    const absl::StatusOr<Shredded> done =
        backup.ok() ? Shred({.data = config->data, .keys = places, .backup = *backup, .clock = clock, .random = crypto::SystemRandom()})
                    : absl::StatusOr<Shredded>(backup.status());
    log.Tell(done.ok() ? "shredded: " + Words(*done) : "shredding refused: " + std::string(done.status().message()));
    log.Flush();
  }
  log.Record(base::Event::kStopped);
  log.Flush();
  return kDone;
}

void Print(const storage::CheckReport& report) {
  for (const auto& [table, count] : report.rows) {
    const base::TableTraits* traits = base::TraitsOf(table);
    std::cout << (traits == nullptr ? std::string_view("unknown") : traits->name) << " " << count << "\n";
  }
  std::cout << "ledger leaves " << report.edge.leaves << "\n";
  for (const std::string& problem : report.problems) std::cout << "PROBLEM " << problem << "\n";
  std::cout << (report.ok() ? "all well\n" : "not well\n");
}

int Check(const Asked& asked) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const absl::StatusOr<std::unique_ptr<DataLock>> lock = DataLock::Take(config->data);
  if (!lock.ok()) return Refuse(lock.status());
  if (absl::Status s = FinishOld(*config, PlacesOf(*config)); !s.ok()) return Refuse(s);
  const absl::StatusOr<storage::ServerKeys> keys = ReadKeys(PlacesOf(*config));
  if (!keys.ok()) return Refuse(keys.status());
  const auto mark = storage::Mark::Open(storage::MarkIn(config->data.string()), keys->kek);
  if (!mark.ok()) return Refuse(mark.status());
  const auto rows = OpenRows(storage::DatabaseIn(config->data.string()), true);
  if (!rows.ok()) return Refuse(rows.status());
  const absl::StatusOr<storage::CheckReport> report = storage::CheckStore(
      **rows, keys->kek, keys->log_key.verify_key(), &(*mark)->state(), crypto::SystemRandom());
  if (!report.ok()) return Refuse(report.status());
  Print(*report);
  return report->ok() ? kDone : kRefused;
}

int Backup(const Asked& asked) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const std::filesystem::path target = std::filesystem::absolute(asked.file).lexically_normal();
  const absl::StatusOr<std::unique_ptr<DataLock>> lock = DataLock::Take(config->data);
  absl::Status status;
  if (!lock.ok() && absl::IsFailedPrecondition(lock.status())) {
    status = AskForBackup(config->data, target);
  } else if (!lock.ok()) {
    status = lock.status();
  } else {
    if (absl::Status s = FinishOld(*config, PlacesOf(*config)); !s.ok()) return Refuse(s);
    const absl::StatusOr<storage::ServerKeys> keys = ReadKeys(PlacesOf(*config));
    if (!keys.ok()) return Refuse(keys.status());
    const auto rows = OpenRows(storage::DatabaseIn(config->data.string()), false);
    if (!rows.ok()) return Refuse(rows.status());
    const storage::BackupParts parts{keys->kek, keys->log_key.verify_key(), crypto::SystemRandom(), OpenRows,
                                     keys->kek_facts};
    status = storage::MakeBackup(**rows, (config->data / "scratch").string(), target.string(), parts).status();
  }
  if (!status.ok()) return Refuse(status);
  std::cout << "backup in " << target.string() << ", restored once and checked. It holds no keys.\n";
  return kDone;
}

int Restore(const Asked& asked) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const absl::StatusOr<storage::ServerKeys> keys = ReadKeys(PlacesOf(*config));
  if (!keys.ok()) return Refuse(keys.status());
  const storage::BackupParts parts{keys->kek, keys->log_key.verify_key(), crypto::SystemRandom(), OpenRows,
                                   keys->kek_facts};
  const absl::StatusOr<storage::CheckReport> report =
      storage::RestoreBackup(std::filesystem::absolute(asked.file).string(), config->data.string(), parts);
  if (!report.ok()) return Refuse(report.status());
  Print(*report);
  return kDone;
}

// Shredding, or a rotation of the KEK alone.
int RunShred(const Asked& asked, storage::Take take) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const KeyPlaces places = PlacesOf(*config);
  const absl::StatusOr<std::unique_ptr<DataLock>> lock = DataLock::Take(config->data);
  if (!lock.ok() && absl::IsFailedPrecondition(lock.status()) && take == storage::Take::kDoomed && asked.file.empty()) {
    if (const absl::Status status = AskForShredding(config->data); !status.ok()) return Refuse(status);
    std::cout << "alcoved stops serving now, shreds, and serves again. Its log says what came of it.\n";
    return kDone;
  }
  if (!lock.ok()) return Refuse(lock.status());
  if (absl::Status s = FinishOld(*config, places); !s.ok()) return Refuse(s);
  const absl::StatusOr<std::filesystem::path> backup =
      asked.file.empty() ? NextBackup(*config, places) : std::filesystem::absolute(asked.file).lexically_normal();
  if (!backup.ok()) return Refuse(backup.status());
  SystemClock clock;
  const absl::StatusOr<Shredded> done =
      Shred({.data = config->data, .keys = places, .backup = *backup, .take = take, .clock = clock, .random = crypto::SystemRandom()});
  if (!done.ok()) return Refuse(done.status());
  std::cout << Words(*done) << "\n"
            << "backup in " << backup->string() << ", restored once and checked. Every backup from before is dead.\n"
            << "Make a new copy of the keys (alcoved keys export FILE) and destroy the old copies: they still open the old "
               "backups.\n";
  return kDone;
}

int Keys(const Asked& asked, bool to_file) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  // Beside a server that serves there is nothing to finish.
  const absl::StatusOr<std::unique_ptr<DataLock>> lock = DataLock::Take(config->data);
  if (to_file && lock.ok())
    if (absl::Status s = FinishOld(*config, PlacesOf(*config)); !s.ok()) return Refuse(s);
  const absl::StatusOr<crypto::SecretText> passphrase = ReadPassphrase(asked.passphrase_fd, to_file);
  if (!passphrase.ok()) return Refuse(passphrase.status());
  const absl::Status status = to_file
                                  ? ExportKeys(PlacesOf(*config), asked.file, *passphrase, crypto::SystemRandom())
                                  : ImportKeys(asked.file, config->keys, *passphrase);
  if (!status.ok()) return Refuse(status);
  std::cout << (to_file ? "keys sealed into " + asked.file : "keys in " + config->keys.string()) << "\n";
  return kDone;
}

int NextLogKey(const Asked& asked) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const absl::StatusOr<crypto::VerifyKey> next = MakeNextLogKey(config->keys, crypto::SystemRandom());
  if (!next.ok()) return Refuse(next.status());
  std::cout << "log " << crypto::Base64Encode(next->view()) << "\n"
            << "From the next start every checkpoint carries both signatures. Once a directory that names the new key is published,\n"
            << "put " << (config->keys / KeyFileName(KeyKind::kNextLog)).string() << " in the place of "
            << KeyFileName(KeyKind::kLog) << " and restart.\n";
  return kDone;
}

int TokenKey(const Asked& asked) {
  const absl::StatusOr<Config> config = ConfigOf(asked, false);
  if (!config.ok()) return Refuse(config.status());
  const absl::StatusOr<format::Quarter> quarter = format::Quarter::FromText(asked.quarter);
  if (!quarter.ok()) return Refuse(absl::InvalidArgumentError("`" + asked.quarter + "` is no quarter; write it like 2026-Q4"));
  const format::TokenKind kind = *format::TokenKindFromWord(asked.token_kind);
  const absl::StatusOr<crypto::VoprfPublicKey> key = MakeTokenKey(config->keys, kind, *quarter, crypto::SystemRandom());
  if (!key.ok()) return Refuse(key.status());
  std::cout << format::TokenKeyText({kind, *quarter, *key}) << "\n"
            << "Restart alcoved, then have the next directory announce it: `alcove admin directory draft ... --token-key` takes the line "
               "above.\n"
            << "Make a new copy of the keys (alcoved keys export FILE): tokens that were issued under a lost key cannot be spent.\n";
  return kDone;
}

}  // namespace

int RunProgram(int argc, char** argv) {
  umask(077);
  Asked asked;
  int result = kUsage;
  CLI::App app("The Alcove server.", "alcoved");
  app.require_subcommand(1);
  app.fallthrough();
  CLI::Option* config = app.add_option("--config", asked.config, "Configuration file")->capture_default_str();
  app.add_option("--data", asked.overrides.data, "Data directory, in place of the file's");
  app.add_option("--keys", asked.overrides.keys, "Key directory, in place of the file's");

  CLI::App* init = app.add_subcommand("init", "Make the data directory and the keys; overwrites nothing");
  init->add_option("--org", asked.file, "Organisation file")->required();
  CLI::App* serve = app.add_subcommand("serve", "Serve until SIGTERM");
  serve->add_option("--checkpoint-interval", asked.overrides.checkpoint_interval, "Seconds, in place of the file's");
  serve->add_option("--work-price", asked.overrides.work_price, "Bits, in place of the file's");
  CLI::App* check = app.add_subcommand("check", "Verify every row, the ledger and the counts");
  CLI::App* backup = app.add_subcommand("backup", "Make a verified backup, also while serving");
  backup->add_option("directory", asked.file, "A directory that is not there yet")->required();
  CLI::App* restore = app.add_subcommand("restore", "Make the data directory from a backup");
  restore->add_option("directory", asked.file, "The backup")->required();
  CLI::App* keys = app.add_subcommand("keys", "Bring the keys to a safe place and back, or replace one")->require_subcommand(1);
  CLI::App* keys_export = keys->add_subcommand("export", "Seal the keys into a file under a passphrase");
  CLI::App* keys_import = keys->add_subcommand("import", "Put keys from such a file into the key directory");
  CLI::App* next_log = keys->add_subcommand("next-log", "Make the log key that comes after this one; overwrites nothing");
  CLI::App* token_key = keys->add_subcommand("token", "Make the key that issues the tokens of a quarter; overwrites nothing");
  token_key->add_option("--kind", asked.token_kind, "employment or escrow")->check(CLI::IsMember({"employment", "escrow"}))->required();
  token_key->add_option("--quarter", asked.quarter, "Such as 2026-Q4")->required();
  for (CLI::App* command : {keys_export, keys_import}) {
    command->add_option("file", asked.file, "The file")->required();
    command->add_option("--passphrase-fd", asked.passphrase_fd, "Read the passphrase from this descriptor");
  }
  CLI::App* shred = app.add_subcommand("shred", "Make what is to go unreadable for good: new key, new backup, the old key destroyed");
  CLI::App* keys_rotate = keys->add_subcommand("rotate", "The same for the key alone, while alcoved is stopped");
  for (CLI::App* command : {shred, keys_rotate})
    command->add_option("--backup", asked.file, "The new backup's directory, not there yet, in place of the file's");
  CLI::App* version = app.add_subcommand("version", "Print the version");

  init->callback([&] { result = Init(asked); });
  serve->callback([&] { result = Serve(asked); });
  check->callback([&] { result = Check(asked); });
  backup->callback([&] { result = Backup(asked); });
  restore->callback([&] { result = Restore(asked); });
  keys_export->callback([&] { result = Keys(asked, true); });
  keys_import->callback([&] { result = Keys(asked, false); });
  shred->callback([&] { result = RunShred(asked, storage::Take::kDoomed); });
  keys_rotate->callback([&] { result = RunShred(asked, storage::Take::kNothing); });
  next_log->callback([&] { result = NextLogKey(asked); });
  token_key->callback([&] { result = TokenKey(asked); });
  version->callback([&] {
    std::cout << "alcoved " << ALCOVE_VERSION << "\n";
    result = kDone;
  });
  app.parse_complete_callback([&] { asked.config_named = config->count() > 0; });
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? kDone : kUsage;
  }
  return result;
}

}  // namespace alcove::app
