// The public vectors in ../shared/vectors. A test that reads a file says on a line of its own how much of it it has
// checked ("vectors <file>: 151 checked"), and skips loudly where the folder is absent.
#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include "crypto/bytes.h"
#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "nlohmann/json.hpp"
#include "tests/tree/source_dir.h"

namespace alcove::crypto::test {

inline std::filesystem::path VectorFolder() { return std::filesystem::path(alcove::tests::kSourceDir) / "../shared/vectors"; }

inline nlohmann::json LoadVectors(const std::string& file) {
  std::ifstream in(VectorFolder() / file);
  if (!in) throw std::runtime_error("missing vector file " + file);
  return nlohmann::json::parse(in);
}

inline Bytes Hex(const nlohmann::json& text) {
  auto bytes = HexDecode(text.get<std::string>());
  if (!bytes.ok()) throw std::runtime_error("a vector is not lower-case hex");
  return *std::move(bytes);
}

inline void Report(const std::string& file, size_t checked, const std::string& left_out = "") {
  EXPECT_GT(checked, 0u) << file;
  std::cout << "vectors " << file << ": " << checked << " checked" << (left_out.empty() ? "" : "; " + left_out) << "\n";
}

}  // namespace alcove::crypto::test

#define SKIP_WITHOUT_VECTORS()                                          \
  if (!std::filesystem::exists(::alcove::crypto::test::VectorFolder())) \
  GTEST_SKIP() << "../shared/vectors is absent: the public vectors were NOT checked, only inline values"
