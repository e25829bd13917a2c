// Kills a real alcoved, and cuts the power of its disk, while four people file. See run.sh.
#include <absl/synchronization/mutex.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "tests/crash/check_ins.h"
#include "tests/crash/disk.h"
#include "tests/crash/reporters.h"
#include "tests/support/must.h"
#include "tests/support/server_process.h"
#include "tests/support/world.h"

namespace {

using alcove::crash::CheckIns;
using alcove::crash::Crowd;
using alcove::crash::Disk;
using alcove::crash::Reporters;
using alcove::crash::Verdict;
using alcove::support::Fail;
using alcove::support::ServerProcess;
using alcove::support::World;

constexpr int kReporters = 4;

struct Settings {
  std::string alcoved;
  std::string folder;
  std::string bad_disk;  // the shared object of the controls
  int kills = 10;
  int power = 0;
};

enum class Blow { kKill, kPowerCut };

struct Phase {
  std::string name;
  Blow blow;
  int blows;
  std::string lie;  // ALCOVE_BAD_DISK; empty for the product as it is
  bool check_ins = false;  // they answer a check-in and report retaliation in one step; else they file
};

struct Played {
  Verdict verdict;
  bool skipped = false;
};

void Pause() { std::this_thread::sleep_for(std::chrono::milliseconds(40 + arc4random_uniform(260))); }

// More than so many are not answered between two blows.
constexpr int kCheckInsABlow = 60;
constexpr const char* kFaketime = "/usr/$LIB/faketime/libfaketime.so.1";

// How the server is started under the blows.
std::map<std::string, std::string> EnvironmentOf(const Settings& settings, const Phase& phase) {
  std::map<std::string, std::string> environment;
  if (phase.check_ins) {
    environment = {{"LD_PRELOAD", kFaketime},
                   {"FAKETIME", "+" + std::to_string(alcove::crash::kCheckInDays) + "d"},
                   {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}};
  }
  if (phase.lie.empty()) return environment;
  environment["ALCOVE_BAD_DISK"] = phase.lie;
  std::string& preload = environment["LD_PRELOAD"];
  preload = preload.empty() ? settings.bad_disk : settings.bad_disk + ":" + preload;
  return environment;
}

// One phase: an organisation of its own, blows at random moments, then the reckoning.
Played Play(const Settings& settings, const Phase& phase) {
  World::Options options;
  options.folder = settings.folder + "/" + phase.name;
  options.alcoved = settings.alcoved;
  options.port = alcove::support::FreePort();
  mkdir(options.folder.c_str(), 0700);
  std::unique_ptr<Disk> disk;
  if (phase.blow == Blow::kPowerCut) {
    std::string why;
    disk = Disk::Make(options.folder, &why);
    if (!disk) {
      std::printf("SKIPPED: %s: %s\n", phase.name.c_str(), why.c_str());
      return {{}, true};
    }
    options.data = disk->path() + "/data";
  }
  const World world = World::Make(options);
  const std::string log = options.folder + "/alcoved.log";
  ServerProcess honest(world.serve_command(), {}, log);
  ServerProcess server(world.serve_command(), EnvironmentOf(settings, phase), log);
  if (!honest.Start(options.port)) Fail("alcoved does not start", log);
  world.Publish();
  std::vector<alcove::support::Filing> filed;
  if (phase.check_ins) filed = alcove::crash::FileAhead(world, phase.blows * kCheckInsABlow);
  if (honest.Terminate() != 0) Fail("alcoved does not drain", log);
  // What a control left is counted by the product, at the same time of day.
  Phase told_truly = phase;
  told_truly.lie.clear();
  ServerProcess counting(world.serve_command(), EnvironmentOf(settings, told_truly), log);

  if (!server.Start(options.port)) Fail("alcoved does not start", log);
  bool came_back = true;
  Played played;
  {
    std::unique_ptr<Crowd> crowd;
    Reporters* reporters = nullptr;
    if (phase.check_ins) {
      crowd = std::make_unique<CheckIns>(world, std::move(filed), kReporters);
    } else {
      auto owned = std::make_unique<Reporters>(world, kReporters);
      reporters = owned.get();
      crowd = std::move(owned);
    }
    int done = 0;
    for (; done < phase.blows && came_back; ++done) {
      // A blow that hits nobody proves nothing.
      const auto before = crowd->acknowledged();
      const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(10);
      while (crowd->acknowledged() == before && std::chrono::steady_clock::now() < end) Pause();
      Pause();
      if (disk) reporters->PowerGoes();
      if (disk && !disk->PowerOff()) Fail("power", "the disk does not switch off");
      server.Kill();
      if (disk && !disk->PowerOn()) Fail("power", "the disk does not come back");
      if (disk) reporters->PowerIsBack();
      came_back = (!phase.lie.empty() && done + 1 == phase.blows ? counting : server).Start(options.port);
    }
    if (!came_back && phase.lie.empty()) Fail("alcoved does not come back", log);
    if (came_back) {
      if (disk && reporters->dark_answers() > 0) {
        std::printf("%s: %llu answers came after the power had gone and count as none; %llu of them were not on the disk\n",
                    phase.name.c_str(), static_cast<unsigned long long>(reporters->dark_answers()),
                    static_cast<unsigned long long>(reporters->dark_losses()));
      }
      crowd->Stop();
      played.verdict = crowd->Verify();
    } else {
      std::printf("%s: after %d blows the server itself finds its store behind, and refuses to start\n",
                  phase.name.c_str(), done);
      played.verdict = crowd->GiveUp();
    }
  }
  if (server.running()) server.Terminate();
  if (counting.running()) counting.Terminate();
  const Verdict& v = played.verdict;
  std::printf("%-16s %3d blows: acknowledged %llu, in doubt %llu, lost %llu, partial %llu, duplicates %llu\n",
              phase.name.c_str(), phase.blows, static_cast<unsigned long long>(v.acknowledged),
              static_cast<unsigned long long>(v.in_doubt), static_cast<unsigned long long>(v.lost),
              static_cast<unsigned long long>(v.partial), static_cast<unsigned long long>(v.duplicates));
  std::fflush(stdout);
  if (phase.lie.empty()) {
    const int check = alcove::support::Run({settings.alcoved, "check", "--config", world.configuration_path()},
                                           options.folder + "/check.log");
    if (check != 0) Fail("alcoved check", options.folder + "/check.log");
  }
  return played;
}

int Loop(const Settings& settings) {
  const int control_kills = std::max(3, settings.kills / 10);
  const int control_power = std::max(2, settings.power / 10);
  Verdict product;
  std::uint64_t controls_lost = 0;
  bool controls_work = true;
  const auto control = [&](const Phase& phase) {
    const Played played = Play(settings, phase);
    const std::uint64_t lost = played.verdict.lost + played.verdict.partial;
    controls_lost += lost;
    if (!played.skipped && lost == 0) {
      std::printf("%s lost nothing: this harness would not have seen a loss\n", phase.name.c_str());
      controls_work = false;
    }
  };
  if (settings.kills > 0) {
    product.Add(Play(settings, {"kill", Blow::kKill, settings.kills, ""}).verdict);
    control({"kill-control", Blow::kKill, control_kills, "late"});
    product.Add(Play(settings, {"check-in", Blow::kKill, control_kills, "", true}).verdict);
    control({"check-in-control", Blow::kKill, control_kills, "late", true});
  }
  if (settings.power > 0) {
    product.Add(Play(settings, {"power", Blow::kPowerCut, settings.power, ""}).verdict);
    control({"power-control", Blow::kPowerCut, control_power, "unsynced"});
  }
  std::printf("acknowledged %llu, lost %llu, partial %llu, duplicates %llu, controls lost %llu\n",
              static_cast<unsigned long long>(product.acknowledged), static_cast<unsigned long long>(product.lost),
              static_cast<unsigned long long>(product.partial), static_cast<unsigned long long>(product.duplicates),
              static_cast<unsigned long long>(controls_lost));
  return product.acknowledged > 0 && product.lost + product.partial + product.duplicates == 0 && controls_work ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  Settings settings;
  CLI::App app{"Kills a real server while four people file"};
  app.add_option("--alcoved", settings.alcoved)->required()->check(CLI::ExistingFile);
  app.add_option("--bad-disk", settings.bad_disk)->required()->check(CLI::ExistingFile);
  app.add_option("--folder", settings.folder, "empty, on a real disk")->required()->check(CLI::ExistingDirectory);
  app.add_option("--kills", settings.kills)->check(CLI::NonNegativeNumber);
  app.add_option("--power", settings.power)->check(CLI::NonNegativeNumber);
  CLI11_PARSE(app, argc, argv);
  return Loop(settings);
}
