#include "tests/bench/report.h"

#include <algorithm>
#include <cstdio>
#include <sstream>

namespace bench {
namespace {

template <class Figure>
double median(const std::vector<loadgen::Result>& rounds, Figure figure) {
  std::vector<double> values;
  for (const loadgen::Result& round : rounds) values.push_back(figure(round));
  if (values.empty()) return 0;
  std::sort(values.begin(), values.end());
  const std::size_t middle = values.size() / 2;
  return values.size() % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

double microseconds(const loadgen::Result& round, double quantile) {
  return static_cast<double>(round.latency_ns.value_at(quantile)) / 1e3;
}

double ratio(double value, double unit) { return unit > 0 ? value / unit : 0; }

constexpr int kBoundClients[] = {16, 64};

}  // namespace

double Measured::per_second() const { return median(rounds, [](const auto& r) { return r.per_second(); }); }
double Measured::p50_us() const { return median(rounds, [](const auto& r) { return microseconds(r, 0.50); }); }
double Measured::p99_us() const { return median(rounds, [](const auto& r) { return microseconds(r, 0.99); }); }
double Measured::cpu_us() const { return median(rounds, [](const auto& r) { return r.server_us_per_op(); }); }
double Measured::written() const { return median(rounds, [](const auto& r) { return r.written_per_op(); }); }
double Measured::other_cpus() const { return median(rounds, [](const auto& r) { return r.other_cpus; }); }

double Report::throughput_ratio(int clients) const {
  return ratio(alcove.at(clients).per_second(), ideal.at(clients).per_second());
}

double Report::p99_ratio(int clients) const { return ratio(alcove.at(clients).p99_us(), ideal.at(clients).p99_us()); }

std::vector<std::string> Report::shortfalls(const Bounds& bounds) const {
  std::vector<std::string> out;
  const auto say = [&out](auto... parts) {
    std::ostringstream text;
    text.precision(3);
    (text << ... << parts);
    out.push_back(text.str());
  };
  for (const int clients : kBoundClients) {
    if (!alcove.contains(clients) || !ideal.contains(clients)) {
      say("not measured at ", clients, " clients");
      continue;
    }
    for (const auto* side : {&alcove.at(clients), &ideal.at(clients)}) {
      for (const loadgen::Result& round : side->rounds) {
        if (round.errors > 0) say(round.errors, " errors at ", clients, " clients");
      }
    }
    if (throughput_ratio(clients) < bounds.throughput) {
      say("throughput at ", clients, " clients is ", throughput_ratio(clients), ", bound ", bounds.throughput);
    }
    if (p99_ratio(clients) > bounds.p99 || p99_ratio(clients) <= 0) {
      say("p99 at ", clients, " clients is ", p99_ratio(clients), ", bound ", bounds.p99);
    }
  }
  if (alcove_idle_mib > bounds.idle_mib || alcove_idle_mib <= 0) {
    say("idle memory is ", alcove_idle_mib, " MiB, bound ", bounds.idle_mib);
  }
  return out;
}

std::string Report::table() const {
  std::string out =
      "clients  side     per second    p50 us    p99 us  CPU us/report  written B/report  other CPUs\n";
  const auto row = [&out](int clients, const char* side, const Measured& m) {
    char line[160];
    std::snprintf(line, sizeof line, "%7d  %-7s %11.0f %9.0f %9.0f %14.1f %17.0f %11.2f\n", clients, side, m.per_second(),
                  m.p50_us(), m.p99_us(), m.cpu_us(), m.written(), m.other_cpus());
    out += line;
  };
  for (const auto& [clients, unit] : ideal) {
    row(clients, "ideal", unit);
    if (!alcove.contains(clients)) continue;
    row(clients, "alcove", alcove.at(clients));
    char line[160];
    std::snprintf(line, sizeof line, "%7d  ratio   %11.2f %9.2f %9.2f %14.2f %17.2f\n", clients, throughput_ratio(clients),
                  ratio(alcove.at(clients).p50_us(), unit.p50_us()), p99_ratio(clients),
                  ratio(alcove.at(clients).cpu_us(), unit.cpu_us()), ratio(alcove.at(clients).written(), unit.written()));
    out += line;
  }
  return out;
}

std::string Report::json(const Bounds& bounds) const {
  std::ostringstream o;
  o.precision(4);
  o << "{\"ratios\":{";
  bool first = true;
  for (const auto& [clients, unit] : ideal) {
    if (!alcove.contains(clients)) continue;
    o << (first ? "" : ",") << '"' << clients << "\":{\"throughput\":" << throughput_ratio(clients)
      << ",\"p50\":" << ratio(alcove.at(clients).p50_us(), unit.p50_us()) << ",\"p99\":" << p99_ratio(clients)
      << ",\"cpu_us\":" << alcove.at(clients).cpu_us() << ",\"ideal_cpu_us\":" << unit.cpu_us()
      << ",\"written_bytes\":" << alcove.at(clients).written() << "}";
    first = false;
  }
  o << "},\"idle_mib\":" << alcove_idle_mib << ",\"loaded_mib\":" << alcove_loaded_mib
    << ",\"within_bounds\":" << (shortfalls(bounds).empty() ? "true" : "false") << "}";
  return o.str();
}

}  // namespace bench
