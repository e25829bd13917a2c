// One of the two servers that the benchmark drives in turn. A side is used by one thread, except for `submit`, which
// the load generator calls from gRPC's threads, one outstanding call for each client.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <functional>
#include <string>

namespace bench {

class Side {
 public:
  virtual ~Side() = default;
  virtual std::string name() const = 0;
  // The process whose CPU, memory and writes are counted.
  virtual pid_t server() const = 0;
  // Makes ready what `count` more submissions need, before any clock runs. False when that cannot be done.
  virtual bool prepare(std::size_t count) = 0;
  // Opens that many connections of its own for the run that follows.
  virtual bool connect(int connections) = 0;
  // Submits once for that client; calls `done` once, later, from another thread.
  virtual void submit(int client, std::function<void(bool)> done) = 0;
  // Looks at the answers of the run that is over: how many are not what was asked for.
  virtual std::size_t no_answers() = 0;
};

}  // namespace bench
