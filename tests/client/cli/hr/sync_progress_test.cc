#include "client/cli/hr/sync_progress.h"

#include <gtest/gtest.h>

#include <string>

namespace alcove::cli {
namespace {

const SyncProgress kHalfway{std::string(64, 'a'), true, "syncs/abc", "11111111-2222-4333-8444-555555555555", 17};

TEST(SyncProgress, IsReadAsItWasWritten) {
  EXPECT_EQ(ParseSyncProgress(SyncProgressText(kHalfway)), kHalfway);
  SyncProgress full = kHalfway;
  full.delta = false;
  full.pages = 0;
  EXPECT_EQ(ParseSyncProgress(SyncProgressText(full)), full);
}

TEST(SyncProgress, NoOtherTextIsProgress) {
  const std::string good = SyncProgressText(kHalfway);
  for (std::size_t cut = 0; cut < good.size(); ++cut) EXPECT_EQ(ParseSyncProgress(good.substr(0, cut)), std::nullopt) << cut;
  EXPECT_EQ(ParseSyncProgress(good + "pages 3\n"), std::nullopt);
  for (const auto& [from, to] : {std::pair("v1", "v2"), {"mode delta", "mode some"}, {"pages 17", "pages -1"}, {"pages 17", "pages 017"},
                                 {"pages 17", "pages many"}, {"pages 17", "pages 99999999999"}, {"sync ", "sync\n"}}) {
    std::string bad = good;
    bad.replace(bad.find(from), std::string(from).size(), to);
    EXPECT_EQ(ParseSyncProgress(bad), std::nullopt) << bad;
  }
}

}  // namespace
}  // namespace alcove::cli
