// The one door to libsodium, for the .cc files of this room.
#pragma once

#include <sodium.h>

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace alcove::crypto::internal {

// Chooses libsodium's implementations for this machine. Ends the process when the kernel gives no randomness.
bool StartSodium();
// Runs before main in every program that includes this file, so that the choice never races with a use.
inline const bool kSodiumStarted = StartSodium();

// A mistake in the program, not in its input: says what and ends the process. `what` must be a constant.
[[noreturn]] void Broken(const char* what);

// Never null, not even for an empty view: libsodium declares most of its arguments so.
inline const unsigned char* Raw(std::string_view bytes) {
  static constexpr unsigned char kNothing = 0;
  return bytes.empty() ? &kNothing : reinterpret_cast<const unsigned char*>(bytes.data());
}

}  // namespace alcove::crypto::internal
