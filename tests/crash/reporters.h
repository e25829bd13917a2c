// Four people who file at once while the server is killed under them, and what they hold against it afterwards.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/filing.h"
#include "tests/support/world.h"

namespace alcove::crash {

// A filing that the server said is durable, and its answer.
struct Acknowledged {
  support::Filing filing;
  std::string answer_case;
  std::string answer_leaf;
};

struct Verdict {
  std::uint64_t acknowledged = 0;
  std::uint64_t in_doubt = 0;    // no answer came; the same bytes were sent again until one did
  std::uint64_t lost = 0;        // acknowledged, and not there
  std::uint64_t partial = 0;     // there, and not as it was filed
  std::uint64_t duplicates = 0;  // a retry gave another answer than the first
  void Add(const Verdict& other);
};

// The server is away or busy: it says nothing about what was asked.
bool Away(const absl::Status& status);
void Rest();

// People who ask a server that is killed under them, and hold its answers against it.
class Crowd {
 public:
  virtual ~Crowd() = default;
  // Ends the asking: everybody waits for the answer they are owed, as long as the server runs again.
  virtual void Stop() = 0;
  // Answers that came so far. Any thread.
  std::uint64_t acknowledged() const { return count_; }
  // After Stop, with the server running: reads everything back, asks everything again.
  virtual Verdict Verify() = 0;
  // With a server that never came back: nobody waits any longer, and everything is lost.
  Verdict GiveUp();

 protected:
  // How long somebody keeps asking a server that is being killed again and again.
  static constexpr auto kPatience = std::chrono::seconds(60);
  template <class Asking>
  auto AskUntilAnswered(Asking ask) const {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    for (;;) {
      auto answer = ask();
      if (answer.ok() || !Away(answer.status()) || given_up_ || std::chrono::steady_clock::now() > end) return answer;
      Rest();
    }
  }

  std::atomic<bool> stop_{false};
  std::atomic<bool> given_up_{false};
  std::atomic<std::uint64_t> count_{0};
  std::atomic<std::uint64_t> in_doubt_{0};
  std::atomic<std::uint64_t> half_{0};
};

class Reporters final : public Crowd {
 public:
  Reporters(const support::World& world, int count);
  ~Reporters() override;
  Reporters(const Reporters&) = delete;
  Reporters& operator=(const Reporters&) = delete;

  void Stop() override;
  // The power goes, or is back. Between the two the emulated machine's processes run on for a moment, which those of a
  // machine without power do not: what they still say reaches nobody, so such an answer is as good as none, and the
  // filing is in doubt. (ext4 can report a sync as done while it is being shut down: an extent whose conversion fails
  // after the data arrived sets no error that fdatasync would see.) Any thread.
  void PowerGoes() { dark_ = true; }
  void PowerIsBack() { dark_ = false; }
  // Answers that came in the dark, and those among them whose filing was not on the disk.
  std::uint64_t dark_answers() const { return dark_answers_; }
  std::uint64_t dark_losses() const { return dark_losses_; }
  Verdict Verify() override;

 private:
  void File(int who);
  // What a filing in doubt left behind is all or nothing.
  bool WholeOrAbsent(support::Reporter& reporter, const support::Filing& filing);
  void VerifyShare(std::size_t from, std::size_t step, Verdict* verdict);

  const support::World& world_;
  std::atomic<bool> dark_{false};
  std::atomic<std::uint64_t> dark_answers_{0};
  std::atomic<std::uint64_t> dark_losses_{0};
  std::mutex mutex_;
  std::vector<Acknowledged> kept_;
  std::vector<std::thread> threads_;
};

}  // namespace alcove::crash
