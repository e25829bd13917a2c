// CPU time consumed by this or another process (Linux), for "CPU per call".
#pragma once

#include <sys/types.h>
#include <unistd.h>

#include <cstddef>
#include <fstream>
#include <sstream>
#include <string>

namespace loadgen {

struct CpuSeconds {
  double user = 0;
  double system = 0;
  double total() const { return user + system; }
};

// utime/stime of `pid` from /proc (resolution: one clock tick, usually 10 ms).
// Returns zeros when the process is gone or unreadable.
inline CpuSeconds cpu_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  std::string line;
  if (!std::getline(in, line)) return {};
  const std::size_t close = line.rfind(')');  // the command may contain spaces
  if (close == std::string::npos) return {};
  std::istringstream rest(line.substr(close + 1));
  std::string field;
  CpuSeconds out;
  const double tick = static_cast<double>(sysconf(_SC_CLK_TCK));
  for (int number = 3; rest >> field; ++number) {
    if (number == 14) out.user = std::stod(field) / tick;
    if (number == 15) {
      out.system = std::stod(field) / tick;
      break;
    }
  }
  return out;
}

inline CpuSeconds operator-(const CpuSeconds& a, const CpuSeconds& b) { return {a.user - b.user, a.system - b.system}; }

// Bytes that `pid` sent towards the disk, from /proc. Zero when the process is gone or belongs to somebody else.
inline double written_by(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/io");
  std::string label;
  double value = 0;
  while (in >> label >> value) {
    if (label == "write_bytes:") return value;
  }
  return 0;
}

// Resident memory of `pid` in MiB; zero when the process is gone.
inline double resident_mib(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/statm");
  double size = 0;
  double resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE)) / (1024.0 * 1024.0);
}

// Whole-machine busy and total CPU seconds since boot, summed over all CPUs:
// lets a run report how much of the machine other processes were using.
struct MachineCpu {
  double busy = 0;
  double total = 0;
};

inline MachineCpu machine_cpu() {
  std::ifstream in("/proc/stat");
  std::string label;
  in >> label;
  double value = 0;
  MachineCpu out;
  const double tick = static_cast<double>(sysconf(_SC_CLK_TCK));
  for (int i = 0; i < 8 && in >> value; ++i) {  // user nice system idle iowait irq softirq steal
    out.total += value / tick;
    if (i != 3 && i != 4) out.busy += value / tick;
  }
  return out;
}

}  // namespace loadgen
