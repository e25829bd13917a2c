// rooms: hr intake access people crypto format
// Random charts and histories of syncs: the wall decides as an independent model does, which keeps everything it was ever
// told as words and works out each answer anew. It shares no code with the rooms, only the rows it hands to them.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "crypto/hash.h"
#include "server/core/access/wall.h"
#include "server/core/hr/chart_merge.h"
#include "tests/property/runs.h"

namespace alcove::property {
namespace {

using Choices = std::mt19937_64;

std::size_t Below(Choices& random, std::size_t bound) { return random() % bound; }

// What HR says of one person, in words. Kinds: m manager, d dotted, a delegate ("acts"), r relation.
struct Told {
  std::set<std::string> names;
  std::set<std::pair<char, std::string>> says;
  bool left = false;
};
using Sync = std::pair<bool, std::vector<Told>>;  // full; rows

// The model. It keeps what it was told; who is who and which lines hold is worked out from all of it, each time.
class Model {
 public:
  void Hear(const Sync& sync) { history_.push_back(sync); }

  // One name for each person, the first of all that rows of the first `syncs` ever joined.
  std::string Who(const std::string& name, std::size_t syncs) const {
    std::set<std::string> person{name};
    for (bool grown = true; grown;) {
      grown = false;
      for (std::size_t i = 0; i < syncs; ++i)
        for (const Told& row : history_[i].second) {
          if (std::none_of(row.names.begin(), row.names.end(), [&](const std::string& one) { return person.contains(one); }))
            continue;
          for (const std::string& other : row.names) grown = person.insert(other).second || grown;
        }
    }
    return *person.begin();
  }
  std::string Who(const std::string& name) const { return Who(name, history_.size()); }

  bool Listed(const std::string& name) const {
    for (auto sync = history_.rbegin(); sync != history_.rend(); ++sync) {
      bool told = false, here = false;
      for (const Told& row : sync->second)
        if (Who(*row.names.begin()) == Who(name)) told = true, here = here || !row.left;
      if (told || sync->first) return here;
    }
    return false;
  }

  // Who stands by `subject` by lines held at any version from `since` on; `now`: by those in force only.
  std::set<std::string> Circle(const std::string& subject, std::size_t since, bool now, unsigned depth, bool mates) const {
    const std::string self = Who(subject);
    std::set<Line> lines = At(history_.size());
    for (std::size_t at = since; !now && at < history_.size(); ++at) lines.merge(At(at));
    std::set<std::string> circle{self};
    for (const auto& [from, kind, to] : lines) {
      if (to == self) circle.insert(from);
      if (from == self && (kind == 'a' || kind == 'r')) circle.insert(to);
      if (mates && kind == 'm' && from == self)
        for (const auto& [other, kind_of_other, boss] : lines)
          if (kind_of_other == 'm' && boss == to) circle.insert(other);
    }
    std::set<std::string> level{self}, met{self};
    for (unsigned at = 1; !level.empty() && (depth == 0 || at <= depth); ++at) {
      std::set<std::string> above;
      for (const auto& [from, kind, to] : lines)
        if ((kind == 'm' || kind == 'd') && level.contains(from) && !met.contains(to)) above.insert(to);
      for (const auto& [from, kind, to] : lines)
        if (kind == 'a' && above.contains(from)) circle.insert(to);
      met.insert(above.begin(), above.end());
      circle.insert(above.begin(), above.end());
      level = above;
    }
    return circle;
  }

 private:
  using Line = std::tuple<std::string, char, std::string>;

  // What the newest rows said after the first `syncs`, between the people as they are known today. Nobody is their own
  // manager.
  std::set<Line> At(std::size_t syncs) const {
    std::map<std::string, std::set<std::pair<char, std::string>>> said;  // by a name of who says it
    for (std::size_t i = 0; i < syncs; ++i) {
      const auto& [full, rows] = history_[i];
      if (full) said.clear();
      std::set<std::string> told;
      for (const Told& row : rows) told.insert(Who(*row.names.begin(), i + 1));
      std::erase_if(said, [&](const auto& one) { return told.contains(Who(one.first, i + 1)); });
      for (const Told& row : rows)
        if (!row.left) said[*row.names.begin()].insert(row.says.begin(), row.says.end());
    }
    std::set<Line> lines;
    for (const auto& [from, all] : said)
      for (const auto& [kind, to] : all)
        if (Who(from) != Who(to)) lines.insert({Who(from), kind, Who(to)});
    return lines;
  }

  std::vector<Sync> history_;
};

people::TagHash Tag(const std::string& name) { return crypto::Blake2b256(name); }

hr::Row RowOf(const Told& told) {
  hr::Row row;
  for (const std::string& name : told.names) row.tags.push_back(Tag(name));
  for (const auto& [kind, to] : told.says) {
    const auto which = kind == 'm'   ? people::EdgeKind::kManager
                       : kind == 'd' ? people::EdgeKind::kDotted
                       : kind == 'a' ? people::EdgeKind::kDelegate
                                     : people::EdgeKind::kRelation;
    row.names.push_back({which, Tag(to)});
  }
  row.left = told.left;
  return row;
}

std::string NameOf(std::size_t number) { return "p" + std::to_string(number); }

Told DrawTold(Choices& random, std::size_t names) {
  Told told;
  told.names.insert(NameOf(Below(random, names)));
  if (Below(random, 12) == 0) told.names.insert(NameOf(Below(random, names)));
  told.left = Below(random, 10) == 0;
  if (Below(random, 5) != 0) told.says.insert({'m', NameOf(Below(random, names))});
  for (const char kind : {'d', 'a', 'r'})
    if (Below(random, 5) == 0) told.says.insert({kind, NameOf(Below(random, names))});
  return told;
}

// A random number that comes from nowhere else: ids of employees.
class IdRandom final : public crypto::Random {
 public:
  explicit IdRandom(Choices& random) : random_(random) {}
  void Fill(std::uint8_t* out, std::size_t size) override {
    for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>(random_());
  }

 private:
  Choices& random_;
};

people::ChartPtr Merge(const people::Chart& chart, const Sync& sync, crypto::Random& random) {
  hr::ChartMerge merge(chart, sync.first ? hr::Mode::kFull : hr::Mode::kDelta, random);
  for (const Told& told : sync.second) merge.Meet(RowOf(told));
  for (const Told& told : sync.second) EXPECT_TRUE(merge.Tell(RowOf(told)).ok());
  auto merged = merge.Finish();
  EXPECT_TRUE(merged.ok()) << merged.status();
  return merged.ok() ? merged->chart : nullptr;
}

// An organisation whose directory has a person for each name, known by that tag alone.
people::OrganisationPtr OrganisationOf(const people::ChartPtr& chart, std::size_t names) {
  people::Organisation::Parts parts;
  format::DirectoryNote note;
  for (std::size_t i = 0; i < names; ++i) {
    format::Person person;
    person.slug = NameOf(i);
    person.aliases = {{Tag("identifier " + person.slug), Tag(person.slug)}};
    note.directory.people.push_back(std::move(person));
  }
  parts.directory = std::move(note);
  parts.chart = chart;
  return *people::Organisation::Build(std::move(parts));
}

TEST(ChartProperty, TheWallDecidesAsTheModelDoesAfterAnyHistory) {
  ForEachSeed([](uint64_t seed) {
    Choices random(seed);
    IdRandom ids(random);
    const std::size_t names = 3 + Below(random, 9);
    const std::size_t syncs = 1 + Below(random, 4);
    Model model;
    people::ChartPtr chart = std::make_shared<const people::Chart>();
    for (std::size_t i = 0; i < syncs; ++i) {
      Sync sync{i == 0 || Below(random, 2) == 0, {}};
      for (std::size_t row = Below(random, names + 2); row-- > 0;) sync.second.push_back(DrawTold(random, names));
      model.Hear(sync);
      chart = Merge(*chart, sync, ids);
      if (chart == nullptr) return;
    }
    const people::OrganisationPtr organisation = OrganisationOf(chart, names);
    for (std::size_t i = 0; i < names; ++i)
      if (const auto found = chart->Find(Tag(NameOf(i)))) {
        ASSERT_EQ(chart->listed(*found), model.Listed(NameOf(i))) << NameOf(i);
      }

    const std::string subject = NameOf(Below(random, names));
    access::Wall wall;
    wall.subjects = {{Tag(subject), {}, {}}};
    wall.chart_version = static_cast<std::uint32_t>(Below(random, syncs + 1));
    wall.reach = {static_cast<std::uint32_t>(1 + Below(random, 3)), Below(random, 2) == 0};
    const bool whole = Below(random, 2) == 0;
    if (whole) wall.reach.depth = 0;
    // The safeguards of this organisation reach the whole chain, so the chain is never shorter.
    const std::string lifted = NameOf(Below(random, names));
    wall.lifted = {*base::StaffSlug::Parse(lifted)};
    const std::size_t since = wall.chart_version;
    const std::set<std::string> circle = model.Circle(subject, since, false, 0, wall.reach.team_mates);
    const std::set<std::string> now = model.Circle(subject, since, true, 0, wall.reach.team_mates);
    for (const people::Person& person : organisation->people()) {
      const std::string& name = person.slug.text();
      const bool expected = (name == lifted ? now : circle).contains(model.Who(name));
      ASSERT_EQ(access::InConflict(*organisation, person, wall), expected)
          << name << " and " << subject << " since " << since << " of " << syncs;
    }
    // The visitor alone, at the depth drawn.
    if (const auto at = chart->Find(Tag(subject))) {
      std::set<people::EmployeeIndex> visited;
      people::VisitCircle(*chart, *at, wall.reach, wall.chart_version,
                          [&](people::EmployeeIndex employee) { visited.insert(employee); });
      const std::set<std::string> near = model.Circle(subject, since, false, wall.reach.depth, wall.reach.team_mates);
      for (std::size_t i = 0; i < names; ++i)
        if (const auto employee = chart->Find(Tag(NameOf(i)))) {
          ASSERT_EQ(visited.contains(*employee), near.contains(model.Who(NameOf(i)))) << NameOf(i) << " near " << subject;
        }
    }
  });
}

// The wall of an open case only grows: whoever stands behind it at one version does so at every later one.
TEST(ChartProperty, TheWallOfAnOpenCaseOnlyGrows) {
  ForEachSeed([](uint64_t seed) {
    Choices random(seed);
    IdRandom ids(random);
    const std::size_t names = 3 + Below(random, 9);
    people::ChartPtr chart = std::make_shared<const people::Chart>();
    access::Wall wall;
    wall.subjects = {{Tag(NameOf(0)), {}, {}}};
    wall.reach = {0, Below(random, 2) == 0};
    std::set<std::string> behind;
    for (std::size_t i = 0; i < 5; ++i) {
      Sync sync{Below(random, 2) == 0, {}};
      for (std::size_t row = Below(random, names + 2); row-- > 0;) sync.second.push_back(DrawTold(random, names));
      chart = Merge(*chart, sync, ids);
      if (chart == nullptr) return;
      if (i == 0) wall.chart_version = chart->version();
      const people::OrganisationPtr organisation = OrganisationOf(chart, names);
      for (const people::Person& person : organisation->people()) {
        const bool conflict = access::InConflict(*organisation, person, wall);
        ASSERT_TRUE(conflict || !behind.contains(person.slug.text())) << person.slug.text() << " came back in";
        if (conflict) behind.insert(person.slug.text());
      }
    }
  });
}

// The same rows in another order give the same people and the same lines.
TEST(ChartProperty, TheOrderOfRowsDecidesNothing) {
  ForEachSeed([](uint64_t seed) {
    Choices random(seed);
    IdRandom ids(random);
    const std::size_t names = 3 + Below(random, 9);
    Sync sync{true, {}};
    for (std::size_t row = Below(random, names + 4); row-- > 0;) sync.second.push_back(DrawTold(random, names));
    const people::ChartPtr one = Merge(people::Chart(), sync, ids);
    std::shuffle(sync.second.begin(), sync.second.end(), random);
    const people::ChartPtr other = Merge(people::Chart(), sync, ids);
    ASSERT_EQ(one->listed_count(), other->listed_count());
    for (std::size_t a = 0; a < names; ++a)
      for (std::size_t b = 0; b < names; ++b) {
        const auto has = [&](const people::Chart& chart) {
          const auto from = chart.Find(Tag(NameOf(a))), to = chart.Find(Tag(NameOf(b)));
          if (!from || !to) return -1;
          int kinds = *from == *to ? 100 : 0;
          for (const people::Edge& edge : chart.edges(*from)) kinds += edge.other == *to ? 1 << static_cast<int>(edge.kind) : 0;
          return kinds;
        };
        ASSERT_EQ(has(*one), has(*other)) << NameOf(a) << " to " << NameOf(b);
      }
  });
}

}  // namespace
}  // namespace alcove::property
