#include "crypto/random.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <set>
#include <string>
#include <thread>
#include <vector>

namespace alcove::crypto {
namespace {

constexpr std::size_t kDraw = 16;
constexpr int kDraws = 1000;  // several pages

TEST(SystemRandom, FillsExactlyWhatIsAskedFor) {
  for (std::size_t size = 0; size <= 3000; size = size * 2 + 1) {
    std::vector<std::uint8_t> bytes(size + 2, 0xa5);
    // Each byte is another one in some of the tries.
    std::vector<bool> changed(size, false);
    for (int tries = 0; tries < 20; ++tries) {
      SystemRandom().Fill(bytes.data() + 1, size);
      for (std::size_t i = 0; i < size; ++i)
        if (bytes[i + 1] != 0xa5) changed[i] = true;
    }
    EXPECT_TRUE(std::all_of(changed.begin(), changed.end(), [](bool was) { return was; })) << size;
    EXPECT_EQ(bytes.front(), 0xa5) << size;
    EXPECT_EQ(bytes.back(), 0xa5) << size;
  }
}

TEST(SystemRandom, GivesNothingTwiceInAnyThread) {
  std::vector<std::vector<Bytes>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& mine : drawn)
    threads.emplace_back([&mine] {
      for (int i = 0; i < kDraws; ++i) mine.push_back(SystemRandom().Draw(kDraw));
    });
  for (std::thread& thread : threads) thread.join();
  std::set<Bytes> all;
  for (const auto& mine : drawn) all.insert(mine.begin(), mine.end());
  EXPECT_EQ(all.size(), drawn.size() * kDraws);
}

// Draws when its thread ends, after everything that was made in that thread later.
struct DrawsAtTheEnd {
  Bytes* out = nullptr;
  ~DrawsAtTheEnd() {
    if (out != nullptr) *out = SystemRandom().Draw(kDraw);
  }
};

TEST(SystemRandom, GivesNoWipedBytesWhileAThreadEnds) {
  Bytes last;
  std::thread([&last] {
    thread_local DrawsAtTheEnd draws;
    draws.out = &last;
    (void)SystemRandom().Draw(kDraw);
  }).join();
  ASSERT_EQ(last.size(), kDraw);
  EXPECT_NE(last, Bytes(kDraw, '\0'));
}

TEST(SystemRandom, AForkedChildDrawsNothingThatItsParentDraws) {
  (void)SystemRandom().Draw(kDraw);  // so that there is a page to inherit
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(pipe(pipe_ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const Bytes drawn = SystemRandom().Draw(kDraw);
    _exit(write(pipe_ends[1], drawn.data(), drawn.size()) == static_cast<ssize_t>(kDraw) ? 0 : 1);
  }
  close(pipe_ends[1]);
  Bytes of_child(kDraw, '\0');
  ASSERT_EQ(read(pipe_ends[0], of_child.data(), kDraw), static_cast<ssize_t>(kDraw));
  close(pipe_ends[0]);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  std::set<Bytes> of_parent;
  for (int i = 0; i < kDraws; ++i) of_parent.insert(SystemRandom().Draw(kDraw));
  EXPECT_FALSE(of_parent.contains(of_child));
}

}  // namespace
}  // namespace alcove::crypto
