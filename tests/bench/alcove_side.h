// Alcove as a side of the benchmark: a real alcoved with an organisation of its own. Reports are planned and sealed
// before the clock starts, so that the clock measures SubmitReport alone; what planning and sealing cost is told apart.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "tests/bench/side.h"

namespace bench {

struct AlcoveOptions {
  std::string alcoved;  // the program
  std::string folder;   // on a real disk
};

class AlcoveSide : public Side {
 public:
  // MiB that the server holds two seconds after its start, before anybody called.
  virtual double idle_mib() const = 0;
  // One line: what a report costs its reporter before the clock starts, on this machine.
  virtual std::string reporter_cost() const = 0;
};

// Ends the program, saying why, when the server does not come up or does not open its intake.
std::unique_ptr<AlcoveSide> open_alcove(const AlcoveOptions& options);

}  // namespace bench
