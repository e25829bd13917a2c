// The tables of crypto/DESIGN.md are those of the headers.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>

#include "gtest/gtest.h"
#include "tests/tree/source_dir.h"

namespace alcove::format {
namespace {

std::string Contents(const std::filesystem::path& path) {
  std::ifstream in(path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

TEST(Layouts, StandInTheDesignAsInTheHeaders) {
  std::filesystem::path root(alcove::tests::kSourceDir);
  std::string design = Contents(root / "crypto/DESIGN.md");
  int layouts = 0;
  for (const char* header : {"envelope", "epoch", "grant", "identity", "approval", "share", "officer_letter", "leaf", "checkpoint", "proof", "timeline", "export", "signin", "tag", "token", "attachment",
                             "organisation", "directory", "policy", "keyfile", "wallet", "ids"}) {
    std::istringstream lines(Contents(root / "crypto/format" / (std::string(header) + ".h")));
    std::string comment, line;
    while (std::getline(lines, line) && line.rfind("//", 0) == 0 && line.rfind("// Errors:", 0) != 0 && line.rfind("// Threads:", 0) != 0) {
      comment += line.substr(std::min<size_t>(line.size(), 3)) + "\n";
    }
    comment.erase(comment.find_last_not_of('\n') + 1);
    EXPECT_GT(comment.size(), 100u) << header;
    EXPECT_NE(design.find("```text\n" + comment + "\n```"), std::string::npos) << header << ".h and crypto/DESIGN.md differ";
    ++layouts;
  }
  EXPECT_EQ(layouts, 22);
}

}  // namespace
}  // namespace alcove::format
