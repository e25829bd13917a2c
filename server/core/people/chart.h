// Who stands where: the organisation's chart by pseudonym, as the HR system last told it.
//
// An employee is a random id, hashes of the tags they are known by, and edges to others. Nothing here is a name, a staff
// number or an address, and nothing is ever taken away: whoever left, and every edge that ended, stays with the chart
// version in which it ended, because the wall of an open case may rest on it (promise P2). So an employee keeps an
// *index* for ever: the position in the order in which the chart first heard of them.
//
//   ended == 0          in force
//   ended == v          was in force up to version v - 1
//   counts since s      in force now or at any version from s on:  ended == 0 || ended > s
//
// A chart is an immutable value, read by any thread, swapped as a whole with the organisation. It is kept in flat arrays
// because it is large: about 160 bytes a person with two tags and one manager.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/ids.h"
#include "server/core/people/key_table.h"

namespace alcove::people {

// The 32 bytes under which a tag is kept: SHA-256 of label, salt and the tag. A tag is the output of the OPRF for `emp:` or
// `mail:` identifiers, so nobody without the server's tag key can try names against it.
using TagHash = crypto::Digest;

using EmployeeIndex = std::uint32_t;

// What binds one employee to another, from the employee whose row says so.
enum class EdgeKind : std::uint8_t {
  kManager = 1,   // the other is their manager
  kDotted = 2,    // the other is a manager in a dotted line
  kDelegate = 3,  // the other acts for them
  kRelation = 4,  // declared; the reason is nobody's business; counts both ways
};

struct Edge {
  EmployeeIndex other = 0;
  std::uint32_t ended = 0;  // below 2^24
  EdgeKind kind = EdgeKind::kManager;

  bool CountsSince(std::uint32_t version) const { return ended == 0 || ended > version; }
  friend bool operator==(const Edge&, const Edge&) = default;
};

// A run of employees, one after the other by index. What rows hold and what a chart is built from.
struct ChartPart {
  struct Employee {
    base::EmployeeId id;
    bool listed = false;  // named by the newest sync that spoke of them; false: has left, or was only ever named by others
    std::uint32_t merged_into = 0;  // index plus 1 of the employee this one turned out to be; 0: nobody else
    std::uint32_t tags = 0;         // how many of `tags` below are theirs
    std::uint32_t edges = 0;        // how many of `edges` are

    friend bool operator==(const Employee&, const Employee&) = default;
  };
  std::vector<Employee> employees;
  std::vector<TagHash> tags;  // in the order of employees
  std::vector<Edge> edges;    // likewise; of one employee each (kind, other) once

  friend bool operator==(const ChartPart&, const ChartPart&) = default;
};

class Chart {
 public:
  // Only edges in force count: for whom a wall was lifted.
  static constexpr std::uint32_t kNow = std::numeric_limits<std::uint32_t>::max();
  static constexpr std::uint32_t kMostEmployees = 1u << 24;
  // Versions, and so `ended`, stay below this.
  static constexpr std::uint32_t kMostVersions = 1u << 24;

  // An empty chart of version 0: nobody has told anything.
  Chart();

  // INTERNAL (a fault of ours) when counts, indexes or versions do not fit each other, or a tag or id stands twice.
  static absl::StatusOr<std::shared_ptr<const Chart>> Build(std::uint32_t version, std::vector<ChartPart> parts);

  // Counts commits; 0 before the first sync.
  std::uint32_t version() const { return version_; }
  // Employees ever heard of, and those whom the newest sync that spoke of them listed.
  EmployeeIndex size() const { return static_cast<EmployeeIndex>(by_id_.size()); }
  EmployeeIndex listed_count() const { return listed_count_; }

  // Below: index < size().
  const base::EmployeeId& id(EmployeeIndex index) const { return by_id_.keys()[index]; }
  bool listed(EmployeeIndex index) const { return listed_[index] != 0; }
  // The employee that this one turned out to be: itself unless two were merged.
  EmployeeIndex Resolve(EmployeeIndex index) const;
  std::span<const TagHash> tags(EmployeeIndex index) const;
  std::span<const Edge> edges(EmployeeIndex index) const;
  // The edges that lead to this employee; `other` is where they come from.
  std::span<const Edge> edges_to(EmployeeIndex index) const;

  // Merged employees are found as those they were merged into.
  std::optional<EmployeeIndex> Find(const TagHash& tag) const;
  std::optional<EmployeeIndex> Find(const base::EmployeeId& id) const;

  // The employees [first, first + count), as Build takes them.
  ChartPart PartOf(EmployeeIndex first, EmployeeIndex count) const;

 private:
  absl::Status Append(const ChartPart& part);
  absl::Status Check() const;
  void IndexEdgesTo();

  std::uint32_t version_ = 0;
  EmployeeIndex listed_count_ = 0;
  KeyTable<base::EmployeeId> by_id_;  // the keys are the employees, by index
  KeyTable<TagHash> by_tag_;          // the keys are the tags in the order of employees, the numbers whose they are
  std::vector<std::uint8_t> listed_;
  std::vector<std::uint32_t> merged_into_;
  std::vector<std::uint32_t> first_tag_;      // size() + 1
  std::vector<std::uint32_t> first_edge_;     // size() + 1
  std::vector<Edge> edges_;
  std::vector<std::uint32_t> first_edge_to_;  // size() + 1
  std::vector<Edge> edges_to_;
};

using ChartPtr = std::shared_ptr<const Chart>;

// How far the circle of a subject goes.
struct Reach {
  std::uint32_t depth = 0;  // levels of the chain; 0: the whole chain
  bool team_mates = false;  // people with the same manager are part of it

  friend bool operator==(const Reach&, const Reach&) = default;
};
// Whatever either of them reaches.
Reach Stricter(const Reach& one, const Reach& other);

// Calls `visit` for everybody who stands by `subject`, themselves first, by edges that count since version `since`:
//   the chain up, over managers and dotted managers, as deep as `reach` says, and whoever acts for somebody in it;
//   direct reports, dotted ones too;   delegates, both ways;   declared relations, both ways;
//   team-mates where `reach` says so.
// Somebody may be visited more than once. Ends in a chart with cycles. About 30 visits for an ordinary employee.
void VisitCircle(const Chart& chart, EmployeeIndex subject, const Reach& reach, std::uint32_t since,
                 const std::function<void(EmployeeIndex)>& visit);

}  // namespace alcove::people
