// How `alcoved backup` reaches the process that serves: a socket in the data directory, which nobody else can enter. One
// command, one line each way:
//
//   backup <absolute path>      ok | why not
//   shred                       ok: serving ends, the batch runs, serving goes on | why not
//
// No RPC does either: they are acts of the machine's operator, not of a role of the directory. What is shredded was decided by
// others.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "server/app/data_lock.h"

namespace alcove::app {

class Control {
 public:
  // What it can be asked. Both run on the control's thread, one at a time.
  struct Acts {
    std::function<absl::Status(const std::string&)> backup;
    std::function<absl::Status()> shred;  // only notes that it is wanted
  };
  // In the directory that is locked, wherever it has been moved meanwhile: what stands under its name is not looked at. The lock
  // has to outlive the control.
  static absl::StatusOr<std::unique_ptr<Control>> Open(const DataLock& lock, Acts acts);
  // Waits for a backup under way.
  ~Control();

 private:
  Control(int listener, int stop, const DataLock& lock, Acts acts);
  void Run();
  void Serve(int connection);

  const int listener_;
  const int stop_;
  const DataLock& lock_;
  const Acts acts_;
  std::thread thread_;
};

// Asks the process that serves `data`. What it answered, or UNAVAILABLE when none answers.
absl::Status AskForBackup(const std::filesystem::path& data, const std::filesystem::path& target);
absl::Status AskForShredding(const std::filesystem::path& data);

}  // namespace alcove::app
