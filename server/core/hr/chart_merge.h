// From a chart and the rows of a sync to the next chart. Pure.
//
// Who somebody is, is decided by tags alone: a row is the person who is known by any of its tags. So a person who comes back
// is who they were, and one row may bring several tags together:
//   nobody is known by any of them          a new employee
//   two rows are the same person            reported as a duplicate; what both say holds
//   two people were known apart until now   they are merged for good, and reported; the wall of both stands
// A tag that was given to a person once stays theirs; a row that leaves it out takes nothing away.
//
// Whoever is named as manager, delegate or relation and has no row is kept as a person known by that tag alone, not listed:
// if the directory knows the tag, or a later sync tells of them, the edge holds. It is reported as an orphan.
//
// An edge that the rows of its person do not name any more ends in the new version, and nothing is ever dropped. Edges of
// people without a row end in a full sync and stay as they are in a delta.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "crypto/random.h"
#include "server/core/hr/records.h"
#include "server/core/people/chart.h"
#include "server/core/people/key_table.h"

namespace alcove::hr {

// Same numbers as alcove.v1.SyncFindingKind.
enum class FindingKind : std::uint8_t {
  kCycle = 1,      // somebody is, over others, their own manager
  kOrphan = 2,     // a row names somebody who is not employed as far as the chart knows
  kDuplicate = 3,  // a row is a person whom an earlier row was already
  kMerged = 4,     // a row joins two people who were known apart
};

struct Finding {
  FindingKind kind = FindingKind::kCycle;
  std::uint32_t row = 0;  // of the sync, from 1 in the order of pages; 0: of nobody whom this sync has a row of

  friend bool operator==(const Finding&, const Finding&) = default;
};
inline constexpr std::size_t kMostFindings = 200;  // that are listed; counts are complete

// What a sync changes, in people unless it says otherwise.
struct Counts {
  std::uint32_t rows = 0;
  std::uint32_t before = 0;  // listed
  std::uint32_t after = 0;
  std::uint32_t added = 0;  // new ones and those who came back
  std::uint32_t changed = 0;
  std::uint32_t removed = 0;
  std::uint32_t lost_managers = 0;    // stay, and lose the last manager they had
  std::uint32_t without_manager = 0;  // afterwards; one is usual
  std::uint32_t cycles = 0;           // groups
  std::uint32_t orphans = 0;          // rows
  std::uint32_t duplicates = 0;       // rows
  std::uint32_t merged = 0;

  friend bool operator==(const Counts&, const Counts&) = default;
};

struct Merged {
  people::ChartPtr chart;  // the next version
  Counts counts;
  std::vector<Finding> findings;  // the first kMostFindings
};

// Give it every row twice, in the same order: all to `Meet`, then all to `Tell`; then `Finish`, once. Rows are not kept, so
// that a sync of 100,000 people is never in memory as rows.
class ChartMerge {
 public:
  // `current` and `random`, which new employee ids are drawn from, outlive it.
  ChartMerge(const people::Chart& current, Mode mode, crypto::Random& random);

  // Who is who.
  void Meet(const Row& row);
  // Who stands where. INTERNAL for a row that was not met.
  absl::Status Tell(const Row& row);
  absl::StatusOr<Merged> Finish();

 private:
  using Index = people::EmployeeIndex;
  struct Line {
    Index from = 0;
    people::EdgeKind kind = people::EdgeKind::kManager;
    Index other = 0;
    std::uint32_t ended = 0;
    std::uint32_t row = 0;  // that names it
  };

  std::optional<Index> Find(const people::TagHash& tag);
  Index Root(Index index);
  Index NewEmployee();
  Index Join(Index one, Index other);
  void Report(FindingKind kind, std::uint32_t row, std::uint32_t& count);

  void Settle();
  std::vector<Line> LinesBefore();
  std::vector<Line> LinesNow();
  std::vector<Line> MergeLines();
  people::ChartPart Assemble(const std::vector<Line>& lines);
  void CountPeople(const people::Chart& next);
  void FindOrphans(const people::Chart& next);
  void FindCycles(const people::Chart& next);
  bool ListedBefore(Index index) const { return index < current_.size() && current_.listed(index); }

  const people::Chart& current_;
  const Mode mode_;
  crypto::Random& random_;
  people::KeyTable<people::TagHash> new_tags_;
  // By index, those of the chart first.
  std::vector<Index> parent_;        // of the same person, towards the front
  std::vector<std::uint32_t> row_;   // the first of theirs in this sync; 0: none
  std::vector<std::uint8_t> told_;   // of a root: this sync has a row
  std::vector<std::uint8_t> listed_;
  std::vector<std::uint8_t> changed_;
  std::vector<Line> named_;  // by the rows, in their order
  std::uint32_t met_ = 0;
  std::uint32_t read_ = 0;
  Counts counts_;
  std::vector<Finding> findings_;
};

}  // namespace alcove::hr
