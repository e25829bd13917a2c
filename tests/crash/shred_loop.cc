// Kills a shredding, at its named boundaries and at random moments, starts alcoved again, and looks for what is lost and for
// what came back. See run.sh.
//
// Each kill has a data directory of its own, so that each ends in a reckoning. A killed batch either goes on to its end at the
// next start or leaves the old state; then it is run once more, and what follows holds in both cases:
//   lost      a row that was to stay and is not there byte for byte, or what `alcoved check` names
//   revived   a value of before, in the raw files of the data directory or in a backup from before, that is there or that any key
//             which is left opens: every key is tried on every value
// The control keeps the old KEK: the same scan has to find what it opens.
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "server/app/clock.h"
#include "server/app/init.h"
#include "tests/server/app/ground.h"

extern char** environ;

namespace {

namespace fs = std::filesystem;
using alcove::app::Compare;
using alcove::app::Ground;
using alcove::app::Rows;
using alcove::app::ShredStep;
using std::chrono::milliseconds;

struct Settings {
  std::string self;
  std::string alcoved;
  std::string folder;
  int kills = 10;
};

struct Ended {
  bool killed = false;
  int status = 0;
  milliseconds took{0};
};

// Runs a command; with `after` it is killed that long after its start, if it still runs.
Ended Spawn(const std::vector<std::string>& words, const std::string& log, std::optional<milliseconds> after = {}) {
  std::vector<char*> arguments;
  for (const std::string& word : words) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t files;
  posix_spawn_file_actions_init(&files);
  posix_spawn_file_actions_addopen(&files, 1, log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  posix_spawn_file_actions_adddup2(&files, 1, 2);
  pid_t process = 0;
  const auto begun = std::chrono::steady_clock::now();
  if (posix_spawn(&process, words[0].c_str(), &files, nullptr, arguments.data(), environ) != 0) std::abort();
  posix_spawn_file_actions_destroy(&files);
  if (after) {
    std::this_thread::sleep_for(*after);
    kill(process, SIGKILL);  // of one that has ended and was not waited for: nothing
  }
  int status = 0;
  waitpid(process, &status, 0);
  Ended ended;
  ended.killed = WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
  ended.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  ended.took = std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begun);
  return ended;
}

// The first bytes of every value, by which it is found in raw files.
std::vector<std::string> Pieces(const Ground& ground) {
  std::vector<std::string> pieces;
  const auto rows = alcove::app::OpenRows(alcove::storage::DatabaseIn(ground.data().string()), true);
  (void)(*rows)->Scan({}, {}, [&](std::string_view, std::string_view value) {
    pieces.emplace_back(value.substr(0, 32));
    return true;
  });
  return pieces;
}

std::size_t CountFound(const fs::path& directory, const std::vector<std::string>& pieces) {
  std::string all;
  for (const auto& entry : fs::recursive_directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    std::ifstream in(entry.path(), std::ios::binary);
    all.append(std::istreambuf_iterator<char>(in), {});
  }
  std::size_t found = 0;
  for (const std::string& piece : pieces) found += all.find(piece) != std::string::npos ? 1 : 0;
  return found;
}

std::size_t CountOpenedIn(const fs::path& backup, const alcove::storage::RawKeys& keys) {
  const auto rows = alcove::app::OpenRows(alcove::storage::DatabaseIn(backup.string()), true);
  return rows.ok() ? alcove::storage::CountOpened(**rows, keys) : SIZE_MAX;
}

struct Tally {
  int kills = 0;
  int undone = 0;
  int completed = 0;
  int killed_again = 0;  // while the start put things right
  std::size_t lost = 0;
  std::size_t revived = 0;
  std::size_t control = 0;  // values that a kept key opened
  bool broken = false;
};

class Loop {
 public:
  explicit Loop(Settings settings) : settings_(std::move(settings)) {}

  int Run() {
    milliseconds whole(0);
    if (!Once(-1, std::nullopt, &whole)) return Verdict();  // unharmed: how long it takes
    for (int round = 0; tally_.kills < settings_.kills && !tally_.broken; ++round) {
      if (round > 20 * settings_.kills + 40) {
        std::printf("the kills hit nobody\n");
        tally_.broken = true;
        break;
      }
      if (round % 2 == 0) {
        Once(round / 2 % alcove::app::kShredSteps, std::nullopt, nullptr);
      } else {
        Once(-1, milliseconds(arc4random_uniform(static_cast<std::uint32_t>(whole.count()) + 20)), nullptr);
      }
    }
    return Verdict();
  }

 private:
  std::vector<std::string> Alcoved(const Ground& ground, std::vector<std::string> words) const {
    words.insert(words.begin(), settings_.alcoved);
    words.insert(words.end(), {"--data", ground.data().string(), "--keys", ground.keys().string()});
    return words;
  }

  bool Once(int step, std::optional<milliseconds> after, milliseconds* took) {
    const fs::path folder = fs::path(settings_.folder) / std::to_string(number_++);
    const std::string log = (fs::path(settings_.folder) / "log").string();
    Ground ground = Ground::Make(folder, 3);
    ground.Link(ground.cases()[0], ground.cases()[2]);
    const Rows before = ground.Snapshot();
    ground.Doom(ground.cases()[0]);
    ground.Redact(ground.cases()[1]);
    ground.BackUp(folder / "old");
    const alcove::storage::ServerKeys kept = ground.Keys();
    const std::vector<std::string> pieces = Pieces(ground);
    if (CountFound(ground.data(), pieces) != pieces.size()) return Broken("the old values are not found before: the scan is blind");

    const fs::path backup = folder / "new";
    const Ended ended =
        step >= 0 ? Spawn({settings_.self, "--stop-at", std::to_string(step), "--folder", folder.string()}, log)
                  : Spawn(Alcoved(ground, {"shred", "--backup", backup.string()}), log, after);
    if (took != nullptr) *took = ended.took;
    if (!ended.killed && ended.status != 0) return Broken("alcoved shred failed without being killed");
    if ((step >= 0 || after) && !ended.killed) {  // it was over already
      fs::remove_all(folder);
      return true;
    }
    tally_.kills += ended.killed ? 1 : 0;
    // Every third start is killed as well.
    if (ended.killed && number_ % 3 == 0) {
      const Ended again = Spawn(Alcoved(ground, {"check"}), log, milliseconds(arc4random_uniform(40)));
      tally_.killed_again += again.killed ? 1 : 0;
    }
    if (Spawn(Alcoved(ground, {"check"}), log).status != 0) return Broken("alcoved check is not content after the kill");
    const Rows after_start = ground.Snapshot();
    const bool old_state = ground.Keys().kek_facts.epoch == 1;
    (old_state ? tally_.undone : tally_.completed) += ended.killed ? 1 : 0;
    if (old_state) {
      for (const std::string& fault : Compare(before, after_start, {}, {})) Lost(fault);
      if (Spawn(Alcoved(ground, {"shred", "--backup", backup.string()}), log).status != 0)
        return Broken("the batch does not run after it was undone");
      if (Spawn(Alcoved(ground, {"check"}), log).status != 0) return Broken("alcoved check is not content at the end");
    }
    for (const std::string& fault : Compare(before, ground.Snapshot(), {ground.cases()[0]}, {ground.cases()[1]})) Lost(fault);
    const alcove::storage::RawKeys left = ground.RemainingKeys();
    tally_.revived += CountFound(ground.data(), pieces) + CountOpenedIn(folder / "old", left);
    const auto old_rows = alcove::app::OpenRows(alcove::storage::DatabaseIn((folder / "old").string()), true);
    const std::size_t control = CountOpenedIn(folder / "old", alcove::storage::KeysFrom(kept.kek, **old_rows));
    if (control == 0) return Broken("the control opened nothing: the scan would not see what came back");
    tally_.control += control;
    fs::remove_all(folder);
    return true;
  }

  void Lost(const std::string& fault) {
    std::printf("LOST %s\n", fault.c_str());
    ++tally_.lost;
  }
  bool Broken(const char* what) {
    std::printf("%s\n", what);
    tally_.broken = true;
    return false;
  }
  int Verdict() const {
    std::printf("undone %d, completed %d, killed again at the start %d; control: %zu values opened by a key that was kept\n",
                tally_.undone, tally_.completed, tally_.killed_again, tally_.control);
    std::printf("shred: %d kills, %zu lost, %zu revived\n", tally_.kills, tally_.lost, tally_.revived);
    const bool good = !tally_.broken && tally_.kills >= settings_.kills && tally_.lost + tally_.revived == 0 && tally_.control > 0;
    return good ? 0 : 1;
  }

  const Settings settings_;
  int number_ = 0;
  Tally tally_;
};

// The child of a kill at a boundary: the batch as alcoved runs it, until there.
int StopAt(const std::string& folder, int step) {
  alcove::app::SystemClock clock;
  alcove::app::ShredWorld world{.data = fs::path(folder) / "data",
                                .keys = {fs::path(folder) / "keys", std::nullopt},
                                .backup = fs::path(folder) / "new",
                                .clock = clock,
                                .random = alcove::crypto::SystemRandom()};
  world.at = [step](ShredStep at) {
    if (static_cast<int>(at) == step) raise(SIGKILL);
  };
  const auto done = alcove::app::Shred(world);
  if (!done.ok()) std::printf("%s\n", std::string(done.status().message()).c_str());
  return done.ok() ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  settings.self = fs::read_symlink("/proc/self/exe").string();
  int stop_at = -1;
  CLI::App app{"Kills a shredding"};
  app.add_option("--alcoved", settings.alcoved)->check(CLI::ExistingFile);
  app.add_option("--folder", settings.folder, "empty, on a real disk")->required()->check(CLI::ExistingDirectory);
  app.add_option("--kills", settings.kills)->check(CLI::PositiveNumber);
  app.add_option("--stop-at", stop_at);
  CLI11_PARSE(app, argc, argv);
  if (stop_at >= 0) return StopAt(settings.folder, stop_at);
  return Loop(settings).Run();
}
