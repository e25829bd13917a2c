#include "server/core/hr/chart_merge.h"

#include <algorithm>
#include <tuple>

#include "crypto/format/ids.h"
#include "server/core/base/errors.h"

namespace alcove::hr {
namespace {

using people::Chart;
using people::Edge;
using people::EdgeKind;
using people::EmployeeIndex;

bool IsManager(EdgeKind kind) { return kind == EdgeKind::kManager || kind == EdgeKind::kDotted; }

bool HasManagerNow(const Chart& chart, EmployeeIndex index) {
  const auto edges = chart.edges(index);
  return std::any_of(edges.begin(), edges.end(),
                     [](const Edge& edge) { return IsManager(edge.kind) && edge.ended == 0; });
}

// Calls `visit` for every manager in force of `index`, or for everybody whose manager they are.
template <class Visit>
void EachManager(const Chart& chart, EmployeeIndex index, const Visit& visit) {
  for (const Edge& edge : chart.edges(index))
    if (edge.kind == EdgeKind::kManager && edge.ended == 0) visit(edge.other);
}
template <class Visit>
void EachReport(const Chart& chart, EmployeeIndex index, const Visit& visit) {
  for (const Edge& edge : chart.edges_to(index))
    if (edge.kind == EdgeKind::kManager && edge.ended == 0) visit(edge.other);
}

// Takes away, again and again, whoever has nobody left on one side. `degree` counts who is left there; `each_other(index,
// visit)` visits those on whose side `index` is.
template <class EachOther>
void Peel(std::vector<std::uint8_t>& left, std::vector<std::uint32_t>& degree, const EachOther& each_other) {
  std::vector<EmployeeIndex> ends;
  for (EmployeeIndex index = 0; index < left.size(); ++index)
    if (left[index] != 0 && degree[index] == 0) ends.push_back(index);
  while (!ends.empty()) {
    const EmployeeIndex end = ends.back();
    ends.pop_back();
    left[end] = 0;
    each_other(end, [&](EmployeeIndex other) {
      if (left[other] != 0 && --degree[other] == 0) ends.push_back(other);
    });
  }
}

}  // namespace

ChartMerge::ChartMerge(const Chart& current, Mode mode, crypto::Random& random)
    : current_(current), mode_(mode), random_(random) {
  for (Index index = 0; index < current.size(); ++index) parent_.push_back(current.Resolve(index));
  row_.assign(parent_.size(), 0);
}

std::optional<ChartMerge::Index> ChartMerge::Find(const people::TagHash& tag) {
  if (const std::optional<Index> known = current_.Find(tag)) return Root(*known);
  const std::uint32_t* met = new_tags_.Find(tag);
  return met == nullptr ? std::nullopt : std::optional(Root(*met));
}

ChartMerge::Index ChartMerge::Root(Index index) {
  while (parent_[index] != index) index = parent_[index] = parent_[parent_[index]];
  return index;
}

ChartMerge::Index ChartMerge::NewEmployee() {
  const Index index = static_cast<Index>(parent_.size());
  parent_.push_back(index);
  row_.push_back(0);
  return index;
}

ChartMerge::Index ChartMerge::Join(Index one, Index other) {
  const Index kept = std::min(one, other);
  parent_[std::max(one, other)] = kept;
  return kept;
}

void ChartMerge::Report(FindingKind kind, std::uint32_t row, std::uint32_t& count) {
  ++count;
  if (findings_.size() < kMostFindings) findings_.push_back({kind, row});
}

void ChartMerge::Meet(const Row& row) {
  ++met_;
  std::optional<Index> self;
  bool seen = false;
  for (const people::TagHash& tag : row.tags) {
    const std::optional<Index> found = Find(tag);
    if (!found) continue;
    seen = seen || row_[*found] != 0;
    if (!self || *self == *found) {
      self = found;
      continue;
    }
    if (*self < current_.size() && *found < current_.size()) Report(FindingKind::kMerged, met_, counts_.merged);
    const std::uint32_t first = row_[*self] == 0 || row_[*found] == 0 ? row_[*self] + row_[*found]
                                                                      : std::min(row_[*self], row_[*found]);
    self = Join(*self, *found);
    row_[*self] = first;
  }
  if (!self) self = NewEmployee();
  if (seen) Report(FindingKind::kDuplicate, met_, counts_.duplicates);
  if (row_[*self] == 0) row_[*self] = met_;
  for (const people::TagHash& tag : row.tags)
    if (!current_.Find(tag)) new_tags_.Add(tag, *self);
}

absl::Status ChartMerge::Tell(const Row& row) {
  ++read_;
  const std::optional<Index> self = row.tags.empty() ? std::nullopt : Find(row.tags.front());
  if (!self) return base::Broken("a row of a sync was not met");
  told_.resize(parent_.size(), 0);
  listed_.resize(parent_.size(), 0);
  told_[*self] = 1;
  if (row.left) return absl::OkStatus();
  listed_[*self] = 1;
  for (const Row::Naming& naming : row.names) {
    std::optional<Index> other = Find(naming.tag);
    if (!other) {
      other = NewEmployee();
      new_tags_.Add(naming.tag, *other);
    }
    named_.push_back({*self, naming.kind, *other, 0, read_});
  }
  return absl::OkStatus();
}

// After this: parents are roots, and `listed_` says of every root whether they are listed now.
void ChartMerge::Settle() {
  told_.resize(parent_.size(), 0);
  listed_.resize(parent_.size(), 0);
  changed_.assign(parent_.size(), 0);
  for (Index index = 0; index < parent_.size(); ++index) {
    parent_[index] = Root(index);
    const bool was_apart = index < current_.size() && parent_[index] != current_.Resolve(index);
    if (was_apart) changed_[parent_[index]] = 1;
    if (mode_ == Mode::kDelta && told_[parent_[index]] == 0 && ListedBefore(index)) listed_[parent_[index]] = 1;
  }
  for (Index owner : new_tags_.values()) changed_[parent_[owner]] = 1;
}

std::vector<ChartMerge::Line> ChartMerge::LinesBefore() {
  std::vector<Line> lines;
  for (Index index = 0; index < current_.size(); ++index)
    for (const Edge& edge : current_.edges(index))
      lines.push_back({parent_[index], edge.kind, parent_[edge.other], edge.ended, 0});
  return lines;
}

// A person who is their own manager is a cycle of one, and no edge.
std::vector<ChartMerge::Line> ChartMerge::LinesNow() {
  std::vector<Line> lines = named_;
  for (Line& line : lines) {
    line.from = parent_[line.from];
    line.other = parent_[line.other];
    if (line.from == line.other && line.kind == EdgeKind::kManager)
      Report(FindingKind::kCycle, line.row, counts_.cycles);
  }
  return lines;
}

// What was and what is named now, each (from, kind, other) once, in that order.
std::vector<ChartMerge::Line> ChartMerge::MergeLines() {
  const std::uint32_t version = current_.version() + 1;
  std::vector<Line> lines = LinesBefore();
  const std::vector<Line> now = LinesNow();
  lines.insert(lines.end(), now.begin(), now.end());
  std::erase_if(lines, [](const Line& line) { return line.from == line.other; });
  const auto place = [](const Line& line) { return std::tuple(line.from, line.kind, line.other); };
  // Of equal ones first the named, then those in force, then those that ended latest.
  std::sort(lines.begin(), lines.end(), [&](const Line& a, const Line& b) {
    const auto rank = [&](const Line& line) {
      return std::tuple(place(line), line.row == 0, line.ended != 0, Chart::kMostVersions - line.ended);
    };
    return rank(a) < rank(b);
  });
  std::vector<Line> merged;
  for (std::size_t at = 0; at < lines.size();) {
    Line line = lines[at];
    bool was_in_force = false, was = false;
    for (; at < lines.size() && place(lines[at]) == place(line); ++at)
      if (lines[at].row == 0) {
        was_in_force = was_in_force || lines[at].ended == 0;
        was = true;
      }
    const bool named = line.row != 0;
    const bool spoken_of = mode_ == Mode::kFull || told_[line.from] != 0;
    if (!named && spoken_of && line.ended == 0) line.ended = version;
    const bool is_in_force = line.ended == 0;
    if (is_in_force != was_in_force || !was) changed_[line.from] = 1;
    merged.push_back(line);
  }
  return merged;
}

people::ChartPart ChartMerge::Assemble(const std::vector<Line>& lines) {
  people::ChartPart part;
  part.employees.resize(parent_.size());
  std::vector<std::pair<Index, people::TagHash>> tags;
  tags.reserve(new_tags_.size() + current_.size() * 2);
  for (Index index = 0; index < current_.size(); ++index)
    for (const people::TagHash& tag : current_.tags(index)) tags.emplace_back(parent_[index], tag);
  for (std::size_t i = 0; i < new_tags_.size(); ++i)
    tags.emplace_back(parent_[new_tags_.values()[i]], new_tags_.keys()[i]);
  std::stable_sort(tags.begin(), tags.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  part.tags.reserve(tags.size());
  for (const auto& [owner, tag] : tags) {
    ++part.employees[owner].tags;
    part.tags.push_back(tag);
  }
  part.edges.reserve(lines.size());
  for (const Line& line : lines) {
    ++part.employees[line.from].edges;
    part.edges.push_back({line.other, line.ended, line.kind});
  }
  for (Index index = 0; index < parent_.size(); ++index) {
    people::ChartPart::Employee& employee = part.employees[index];
    employee.id = index < current_.size() ? current_.id(index) : format::DrawId<base::EmployeeId>(random_);
    const bool root = parent_[index] == index;
    employee.listed = root && listed_[index] != 0;
    employee.merged_into = root ? 0 : parent_[index] + 1;
  }
  return part;
}

void ChartMerge::CountPeople(const Chart& next) {
  counts_.rows = met_;
  counts_.before = current_.listed_count();
  counts_.after = next.listed_count();
  std::vector<std::uint8_t> listed_before(parent_.size(), 0), led_before(parent_.size(), 0);
  for (Index index = 0; index < current_.size(); ++index) {
    if (!current_.listed(index)) continue;
    listed_before[parent_[index]] = 1;
    if (HasManagerNow(current_, index)) led_before[parent_[index]] = 1;
    if (!next.listed(parent_[index])) ++counts_.removed;
  }
  for (Index index = 0; index < next.size(); ++index) {
    if (!next.listed(index)) continue;
    const bool led = HasManagerNow(next, index);
    if (listed_before[index] == 0) ++counts_.added;
    else if (changed_[index] != 0) ++counts_.changed;
    if (!led) ++counts_.without_manager;
    if (!led && led_before[index] != 0) ++counts_.lost_managers;
  }
}

void ChartMerge::FindOrphans(const Chart& next) {
  std::uint32_t last = 0;
  for (const Line& line : named_) {
    if (line.row == last || next.listed(parent_[line.other])) continue;
    last = line.row;
    Report(FindingKind::kOrphan, line.row, counts_.orphans);
  }
}

// Whoever is left when all who lead nobody and all whom nobody leads are taken away, again and again, is on a cycle or
// between two; each group that hangs together is one finding.
void ChartMerge::FindCycles(const Chart& next) {
  std::vector<std::uint8_t> left(next.size(), 1);
  const auto managers = [&](Index index, const auto& visit) { EachManager(next, index, visit); };
  const auto reports = [&](Index index, const auto& visit) { EachReport(next, index, visit); };
  std::vector<std::uint32_t> degree(next.size(), 0);
  for (Index index = 0; index < next.size(); ++index) managers(index, [&](Index) { ++degree[index]; });
  Peel(left, degree, reports);
  std::fill(degree.begin(), degree.end(), 0);
  for (Index index = 0; index < next.size(); ++index)
    if (left[index] != 0) reports(index, [&](Index report) { degree[index] += left[report]; });
  Peel(left, degree, managers);

  std::vector<Index> group;
  for (Index index = 0; index < next.size(); ++index) {
    if (left[index] == 0) continue;
    std::uint32_t row = 0;
    group.assign(1, index);
    left[index] = 0;
    while (!group.empty()) {
      const Index one = group.back();
      group.pop_back();
      if (row_[one] != 0 && (row == 0 || row_[one] < row)) row = row_[one];
      const auto add = [&](Index other) {
        if (left[other] == 0) return;
        left[other] = 0;
        group.push_back(other);
      };
      managers(one, add);
      reports(one, add);
    }
    Report(FindingKind::kCycle, row, counts_.cycles);
  }
}

absl::StatusOr<Merged> ChartMerge::Finish() {
  if (met_ != read_) return base::Broken("a sync was told other rows than were met");
  Settle();
  std::vector<people::ChartPart> parts;
  parts.push_back(Assemble(MergeLines()));
  absl::StatusOr<people::ChartPtr> next = Chart::Build(current_.version() + 1, std::move(parts));
  if (!next.ok()) return next.status();
  CountPeople(**next);
  FindOrphans(**next);
  FindCycles(**next);
  return Merged{*std::move(next), counts_, std::move(findings_)};
}

}  // namespace alcove::hr
