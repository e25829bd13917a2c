// A real alcoved in a process of its own, that can be killed.
#pragma once

#include <sys/types.h>

#include <map>
#include <string>
#include <vector>

namespace alcove::support {

// Runs a program to its end; its output goes to `log`. Returns its exit status, or -1.
int Run(const std::vector<std::string>& command, const std::string& log);

// A port below 32768 on which nobody listens on 127.0.0.1 at this moment.
int FreePort();

// One thread uses it at a time.
class ServerProcess {
 public:
  // `command` is the program with its arguments; `environment` is added to ours; output is appended to `log`.
  ServerProcess(std::vector<std::string> command, std::map<std::string, std::string> environment, std::string log);
  // Kills what still runs.
  ~ServerProcess();
  ServerProcess(const ServerProcess&) = delete;
  ServerProcess& operator=(const ServerProcess&) = delete;

  // Starts it and waits until it accepts connections on the port. False when it ended instead, or after 20 seconds.
  bool Start(int port);
  // kill -9, then waits until it is gone.
  void Kill();
  // SIGTERM; returns its exit status once it has drained, -1 when a signal ended it or it took longer than 20 seconds.
  int Terminate();
  // The same for a process that is about to end by itself.
  int Wait();
  bool running() const { return pid_ > 0; }
  pid_t pid() const { return pid_; }

 private:
  const std::vector<std::string> command_;
  const std::map<std::string, std::string> environment_;
  const std::string log_;
  pid_t pid_ = 0;
};

}  // namespace alcove::support
