// For the harnesses that drive a real server: what must succeed, or the run says why and ends.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <utility>

namespace alcove::support {

[[noreturn]] inline void Fail(std::string_view what, std::string_view why) {
  std::fprintf(stderr, "%.*s: %.*s\n", static_cast<int>(what.size()), what.data(), static_cast<int>(why.size()), why.data());
  std::exit(3);
}

inline void Must(std::string_view what, const absl::Status& status) {
  if (!status.ok()) Fail(what, status.ToString());
}

template <class T>
T Must(std::string_view what, absl::StatusOr<T> value) {
  if (!value.ok()) Fail(what, value.status().ToString());
  return *std::move(value);
}

}  // namespace alcove::support
