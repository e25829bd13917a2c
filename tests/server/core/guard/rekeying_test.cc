// Clause 2.9: re-keying costs readers, not entries.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

constexpr std::uint32_t kEntries = 10'000;

class ReKeying : public GuardedCase {
 protected:
  // The case as if so many entries stood in THREAD, and its investigator about to write under a new epoch.
  Draft AfterEntries(std::uint32_t entries) {
    auto row = world.rows.Get<cases::Case>(base::RowKey(reporter.case_id));
    base::Outcome<std::monostate> outcome;
    cases::Case record = (*row)->record;
    for (std::uint32_t sequence = record.thread.length; sequence < entries; ++sequence) {
      cases::Entry entry;
      entry.case_id = record.id;
      entry.sequence = sequence;
      entry.envelope = crypto::Bytes(5000, 'x');
      outcome.changes.Put(std::move(entry));
    }
    record.thread.length = entries;
    outcome.changes.Update(std::move(record), (*row)->version);
    EXPECT_TRUE(world.Carry(absl::StatusOr<base::Outcome<std::monostate>>(std::move(outcome))).ok());
    const std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    return world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id,
                       world.machines.at(Assignee().text()).front().signing, reporter.epochs.back(), {}, &readers);
  }
  double Seconds(const Draft& draft) {
    const std::string request = world.RequestId();
    const auto start = std::chrono::steady_clock::now();
    for (int i = 0; i < 30; ++i)
      EXPECT_TRUE(cases::AppendEntry(world.ports(), Assignee(), reporter.case_id, request, draft.entry()).ok());
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  }
};

TEST_F(ReKeying, TakesNoLongerAfterTenThousandEntriesThanAfterTen) {
  ASSERT_TRUE(Exclude({}, {Dormant()}).ok());
  const Draft early = AfterEntries(10);
  const auto at_ten = world.rows.Keep();
  const Draft late = AfterEntries(kEntries);
  const auto at_many = world.rows.Keep();
  double least_early = 1e9;
  double least_late = 1e9;
  for (int round = 0; round < 9; ++round) {
    world.rows.Return(*at_ten);
    least_early = std::min(least_early, Seconds(early));
    world.rows.Return(*at_many);
    least_late = std::min(least_late, Seconds(late));
  }
  const double ratio = least_late / least_early;
  std::printf("re-keying after %u entries: %.2f of after 10\n", kEntries, ratio);
  EXPECT_LE(ratio, 1.2);
}

}  // namespace
}  // namespace alcove::world
