#include "server/core/people/chart.h"

#include <algorithm>
#include <array>

#include "server/core/base/errors.h"

namespace alcove::people {
namespace {

bool IsManager(EdgeKind kind) { return kind == EdgeKind::kManager || kind == EdgeKind::kDotted; }

// Who was met on the way up. A chain has a handful of people; a chart full of cycles may have any number.
class Met {
 public:
  Met() { small_.fill(kFree); }

  // False when they were met before.
  bool Add(EmployeeIndex index) {
    if (large_.empty() && count_ * 2 >= small_.size()) Grow(small_);
    if (!large_.empty() && count_ * 2 >= large_.size()) Grow(large_);
    const bool added = large_.empty() ? AddTo(small_, index) : AddTo(large_, index);
    count_ += added ? 1 : 0;
    return added;
  }

 private:
  static constexpr EmployeeIndex kFree = std::numeric_limits<EmployeeIndex>::max();

  template <class Slots>
  static bool AddTo(Slots& slots, EmployeeIndex index) {
    std::size_t slot = (index * 2654435761u) & (slots.size() - 1);
    while (slots[slot] != kFree && slots[slot] != index) slot = (slot + 1) & (slots.size() - 1);
    if (slots[slot] == index) return false;
    slots[slot] = index;
    return true;
  }
  template <class Slots>
  void Grow(const Slots& from) {
    std::vector<EmployeeIndex> wider(from.size() * 4, kFree);
    for (EmployeeIndex index : from)
      if (index != kFree) AddTo(wider, index);
    large_ = std::move(wider);
  }

  std::array<EmployeeIndex, 64> small_;
  std::vector<EmployeeIndex> large_;
  std::size_t count_ = 0;
};

}  // namespace

Chart::Chart() : first_tag_{0}, first_edge_{0}, first_edge_to_{0} {}

absl::StatusOr<ChartPtr> Chart::Build(std::uint32_t version, std::vector<ChartPart> parts) {
  auto chart = std::make_shared<Chart>();
  chart->version_ = version;
  std::size_t employees = 0, tags = 0, edges = 0;
  for (const ChartPart& part : parts) {
    employees += part.employees.size();
    tags += part.tags.size();
    edges += part.edges.size();
  }
  if (employees > kMostEmployees || version >= kMostVersions) return base::Broken("chart: too large");
  chart->by_id_.Reserve(employees);
  chart->by_tag_.Reserve(tags);
  chart->listed_.reserve(employees);
  chart->merged_into_.reserve(employees);
  chart->first_tag_.reserve(employees + 1);
  chart->first_edge_.reserve(employees + 1);
  chart->edges_.reserve(edges);
  for (ChartPart& part : parts) {
    if (absl::Status status = chart->Append(part); !status.ok()) return status;
    part = {};  // a part may be large: never all of them twice
  }
  if (absl::Status status = chart->Check(); !status.ok()) return status;
  chart->IndexEdgesTo();
  return chart;
}

absl::Status Chart::Append(const ChartPart& part) {
  auto tag = part.tags.begin();
  for (const ChartPart::Employee& employee : part.employees) {
    const EmployeeIndex index = size();
    bool added = by_id_.Add(employee.id, index);
    for (std::uint32_t i = 0; i < employee.tags && tag != part.tags.end(); ++i) added = by_tag_.Add(*tag++, index) && added;
    if (!added) return base::Broken("chart: a tag or an employee id stands twice");
    listed_.push_back(employee.listed ? 1 : 0);
    listed_count_ += employee.listed ? 1 : 0;
    merged_into_.push_back(employee.merged_into);
    first_tag_.push_back(first_tag_.back() + employee.tags);
    first_edge_.push_back(first_edge_.back() + employee.edges);
  }
  edges_.insert(edges_.end(), part.edges.begin(), part.edges.end());
  const bool fits = tag == part.tags.end() && first_tag_.back() == by_tag_.size() && first_edge_.back() == edges_.size();
  return fits ? absl::OkStatus() : base::Broken("chart: tags or edges of nobody");
}

absl::Status Chart::Check() const {
  for (EmployeeIndex index = 0; index < size(); ++index) {
    // Towards the front, so that following it ends.
    if (merged_into_[index] > index) return base::Broken("chart: merged into somebody later");
    if (merged_into_[index] != 0 && (listed(index) || !tags(index).empty() || !edges(index).empty()))
      return base::Broken("chart: somebody who was merged has tags or edges");
  }
  for (const Edge& edge : edges_)
    if (edge.other >= size() || edge.ended > version_ || merged_into_[edge.other] != 0)
      return base::Broken("chart: an edge to nobody, or one that ended later");
  return absl::OkStatus();
}

void Chart::IndexEdgesTo() {
  first_edge_to_.assign(std::size_t{size()} + 1, 0);
  for (const Edge& edge : edges_) ++first_edge_to_[edge.other + 1];
  for (std::size_t i = 1; i < first_edge_to_.size(); ++i) first_edge_to_[i] += first_edge_to_[i - 1];
  std::vector<std::uint32_t> next(first_edge_to_.begin(), first_edge_to_.end() - 1);
  edges_to_.resize(edges_.size());
  for (EmployeeIndex index = 0; index < size(); ++index)
    for (const Edge& edge : edges(index)) edges_to_[next[edge.other]++] = {index, edge.ended, edge.kind};
}

EmployeeIndex Chart::Resolve(EmployeeIndex index) const {
  while (merged_into_[index] != 0) index = merged_into_[index] - 1;
  return index;
}

std::span<const TagHash> Chart::tags(EmployeeIndex index) const {
  return {by_tag_.keys().data() + first_tag_[index], first_tag_[index + 1] - first_tag_[index]};
}

std::span<const Edge> Chart::edges(EmployeeIndex index) const {
  return {edges_.data() + first_edge_[index], first_edge_[index + 1] - first_edge_[index]};
}

std::span<const Edge> Chart::edges_to(EmployeeIndex index) const {
  return {edges_to_.data() + first_edge_to_[index], first_edge_to_[index + 1] - first_edge_to_[index]};
}

std::optional<EmployeeIndex> Chart::Find(const TagHash& tag) const {
  const std::uint32_t* found = by_tag_.Find(tag);
  return found == nullptr ? std::nullopt : std::optional(*found);
}

std::optional<EmployeeIndex> Chart::Find(const base::EmployeeId& id) const {
  const std::uint32_t* found = by_id_.Find(id);
  return found == nullptr ? std::nullopt : std::optional(Resolve(*found));
}

ChartPart Chart::PartOf(EmployeeIndex first, EmployeeIndex count) const {
  ChartPart part;
  const EmployeeIndex end = std::min(size(), first + count);
  for (EmployeeIndex index = first; index < end; ++index)
    part.employees.push_back({id(index), listed(index), merged_into_[index],
                              static_cast<std::uint32_t>(tags(index).size()),
                              static_cast<std::uint32_t>(edges(index).size())});
  if (first >= end) return part;
  const std::vector<TagHash>& tags_of_all = by_tag_.keys();
  part.tags.assign(tags_of_all.begin() + first_tag_[first], tags_of_all.begin() + first_tag_[end]);
  part.edges.assign(edges_.begin() + first_edge_[first], edges_.begin() + first_edge_[end]);
  return part;
}

Reach Stricter(const Reach& one, const Reach& other) {
  const bool whole = one.depth == 0 || other.depth == 0;
  return {whole ? 0 : std::max(one.depth, other.depth), one.team_mates || other.team_mates};
}

void VisitCircle(const Chart& chart, EmployeeIndex subject, const Reach& reach, std::uint32_t since,
                 const std::function<void(EmployeeIndex)>& visit) {
  visit(subject);
  for (const Edge& edge : chart.edges(subject)) {
    if (!edge.CountsSince(since)) continue;
    if (!IsManager(edge.kind)) visit(edge.other);
    if (!reach.team_mates || edge.kind != EdgeKind::kManager) continue;
    for (const Edge& mate : chart.edges_to(edge.other))
      if (mate.kind == EdgeKind::kManager && mate.CountsSince(since)) visit(mate.other);
  }
  // Direct reports, those for whom the subject acts, and who declared a relation to the subject: every kind.
  for (const Edge& edge : chart.edges_to(subject))
    if (edge.CountsSince(since)) visit(edge.other);

  Met met;
  met.Add(subject);
  std::vector<EmployeeIndex> level{subject}, above;
  for (std::uint32_t depth = 1; !level.empty() && (reach.depth == 0 || depth <= reach.depth); ++depth) {
    for (EmployeeIndex below : level)
      for (const Edge& up : chart.edges(below))
        if (IsManager(up.kind) && up.CountsSince(since) && met.Add(up.other)) above.push_back(up.other);
    for (EmployeeIndex chief : above) {
      visit(chief);
      for (const Edge& edge : chart.edges(chief))
        if (edge.kind == EdgeKind::kDelegate && edge.CountsSince(since)) visit(edge.other);
    }
    level.swap(above);
    above.clear();
  }
}

}  // namespace alcove::people
