// How `alcoved backup` reaches the process that serves: a socket in the data directory, which nobody else can enter. One
// command, one line each way:
//
//   backup <absolute path>      ok | why not
//
// No RPC does this: a backup is an act of the machine's operator, not of a role of the directory.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <thread>

namespace alcove::app {

class Control {
 public:
  // `backup` runs on the control's thread, one at a time.
  static absl::StatusOr<std::unique_ptr<Control>> Open(const std::filesystem::path& data,
                                                       std::function<absl::Status(const std::string&)> backup);
  // Waits for a backup under way.
  ~Control();

 private:
  Control(int listener, int stop, std::filesystem::path socket, std::function<absl::Status(const std::string&)> backup);
  void Run();
  void Serve(int connection);

  const int listener_;
  const int stop_;
  const std::filesystem::path socket_;
  const std::function<absl::Status(const std::string&)> backup_;
  std::thread thread_;
};

// Asks the process that serves `data`. What it answered, or UNAVAILABLE when none answers.
absl::Status AskForBackup(const std::filesystem::path& data, const std::filesystem::path& target);

}  // namespace alcove::app
