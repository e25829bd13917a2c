// The print of `alcove case states` is the table that the rules' tests read.
#include "client/cli/case/states.h"

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>

#include "tests/tree/source_dir.h"

namespace alcove::cli {
namespace {

TEST(CaseStates, ThePrintIsTheTableThatTheTestsOfTheRulesRead) {
  std::ifstream in(std::string(alcove::tests::kSourceDir) + "/tests/vectors/case_states.txt");
  const std::string kept{std::istreambuf_iterator<char>(in), {}};
  EXPECT_EQ(StatesText(), kept) << "when a move changes on purpose, the file is the place to say so first";
}

}  // namespace
}  // namespace alcove::cli
