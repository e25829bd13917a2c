// The wall as design.md says it, a second time and by other means: sets of strings, searched through from end to end. It
// includes nothing of the product and is right by being simple; the product is fast. Where the two differ, one is wrong.
//
// A *number* is a staff number; whoever shares a number with somebody, in the chart, is that somebody. An *account* is a line
// of the directory, by slug, with the numbers that the directory lists for it.
#pragma once

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace alcove::reference {

using Number = std::string;
using Slug = std::string;
using Numbers = std::set<Number>;
using Slugs = std::set<Slug>;

// A row of a sync: somebody, under all their numbers, and whom they name.
struct Row {
  Numbers numbers;
  Numbers managers;
  Numbers dotted;
  Numbers delegates;
  Numbers relations;
};

// A human being of the chart.
using Someone = int;
using People = std::set<Someone>;

class Chart {
 public:
  int version() const { return version_; }

  // A full sync speaks of everybody, also of those it has no row for; a delta only of its rows.
  void Sync(const std::vector<Row>& rows, bool full) {
    ++version_;
    for (const Row& row : rows) {
      Meet(row.numbers);
      for (const auto& [kind, named] : Kinds(row))
        for (const Number& number : *named) Meet({number});
    }
    std::set<std::tuple<char, Someone, Someone>> told;
    People speaking;
    for (const Row& row : rows) {
      const Someone from = who_.at(*row.numbers.begin());
      speaking.insert(from);
      for (const auto& [kind, named] : Kinds(row))
        for (const Number& number : *named) told.insert({kind, from, who_.at(number)});
    }
    for (Line& line : lines_) {
      const bool spoken_of = full || speaking.contains(line.from);
      if (line.ended == 0 && spoken_of && !told.contains({line.kind, line.from, line.to})) line.ended = version_;
    }
    for (const auto& [kind, from, to] : told) lines_.push_back({kind, from, to, 0});
  }

  // Nobody for a number that the chart never heard.
  People Who(const Numbers& numbers) const {
    People people;
    for (const Number& number : numbers)
      if (who_.contains(number)) people.insert(who_.at(number));
    return people;
  }

  // Everybody who stands by somebody, over lines that held at any moment since `since`.
  People Circle(Someone subject, int since) const {
    std::vector<Line> held;
    for (const Line& line : lines_)
      if ((line.ended == 0 || line.ended > since) && line.from != line.to) held.push_back(line);
    People chain{subject};
    for (bool grew = true; grew;) {
      grew = false;
      for (const Line& line : held)
        if ((line.kind == 'm' || line.kind == 'd') && chain.contains(line.from)) grew = chain.insert(line.to).second || grew;
    }
    People circle = chain;
    for (const Line& line : held) {
      if (line.to == subject) circle.insert(line.from);  // reports to them, is covered by them, is related
      if (line.from == subject) circle.insert(line.to);  // their managers, delegates, relations
      if (line.kind == 'g' && chain.contains(line.from)) circle.insert(line.to);  // acts for somebody of the chain
    }
    return circle;
  }

 private:
  struct Line {
    char kind;
    Someone from;
    Someone to;
    int ended;  // the version in which it was there no more; 0: it is there
  };

  static std::vector<std::pair<char, const Numbers*>> Kinds(const Row& row) {
    return {{'m', &row.managers}, {'d', &row.dotted}, {'g', &row.delegates}, {'r', &row.relations}};
  }

  // Whoever shares a number is one person from now on.
  void Meet(const Numbers& numbers) {
    const Someone person = next_++;
    for (const Someone known : Who(numbers)) {
      for (auto& [number, who] : who_)
        if (who == known) who = person;
      for (Line& line : lines_) {
        if (line.from == known) line.from = person;
        if (line.to == known) line.to = person;
      }
    }
    for (const Number& number : numbers) who_[number] = person;
  }

  int version_ = 0;
  Someone next_ = 1;
  std::map<Number, Someone> who_;
  std::vector<Line> lines_;
};

struct Account {
  Numbers numbers;
  bool administrator = false;
};

struct Named {
  Number number;
  Slugs known_then;      // accounts that had the number when it was spoken
  Numbers numbers_then;  // and under which numbers the chart knew them
};

struct Wall {
  std::vector<Named> subjects;
  std::vector<Named> kept_out;
  Slugs struck_out;
  Slugs recused;
  Slugs lifted;
  int since = 0;
};

struct World {
  Chart chart;
  std::map<Slug, Account> directory;

  Named Name(const Number& number) const {
    Named named{number, {}, {number}};
    for (const auto& [slug, account] : directory) {
      if (!account.numbers.contains(number)) continue;
      named.known_then.insert(slug);
      named.numbers_then.insert(account.numbers.begin(), account.numbers.end());
    }
    // A number that the chart had not heard then may become somebody else's.
    std::erase_if(named.numbers_then, [&](const Number& one) { return one != number && chart.Who({one}).empty(); });
    return named;
  }

  // The accounts that must be kept out; those of nobody in the directory are not among them.
  Slugs KeptOut(const Wall& wall) const {
    std::map<Slug, People> people;
    for (const auto& [slug, account] : directory) people[slug] = chart.Who(account.numbers);

    Slugs out;
    People out_of_chart;
    for (const auto& [slug, account] : directory)
      if (account.administrator) KeepOut(people, slug, out, out_of_chart);
    for (const Slugs* list : {&wall.struck_out, &wall.recused})
      for (const Slug& slug : *list) KeepOut(people, slug, out, out_of_chart);
    People subjects;
    for (const std::vector<Named>* list : {&wall.subjects, &wall.kept_out})
      for (const Named& named : *list) {
        // Every number that is, or was when they were named, the same human being.
        Numbers all = named.numbers_then;
        for (const auto& [slug, account] : directory) {
          if (!account.numbers.contains(named.number) && !named.known_then.contains(slug)) continue;
          out.insert(slug);
          all.insert(account.numbers.begin(), account.numbers.end());
        }
        const People named_people = chart.Who(all);
        out_of_chart.insert(named_people.begin(), named_people.end());
        if (list == &wall.subjects) subjects.insert(named_people.begin(), named_people.end());
      }
    People near;
    People near_now;
    for (const Someone subject : subjects) {
      near.merge(chart.Circle(subject, wall.since));
      if (!wall.lifted.empty()) near_now.merge(chart.Circle(subject, 1 << 30));
    }
    for (const auto& [slug, own] : people)
      for (const Someone one : own)
        if (out_of_chart.contains(one) || (wall.lifted.contains(slug) ? near_now : near).contains(one)) out.insert(slug);
    return out;
  }

  static Wall Union(const Wall& one, const Wall& other) {
    Wall wall = one;
    wall.subjects.insert(wall.subjects.end(), other.subjects.begin(), other.subjects.end());
    wall.kept_out.insert(wall.kept_out.end(), other.kept_out.begin(), other.kept_out.end());
    wall.struck_out.insert(other.struck_out.begin(), other.struck_out.end());
    wall.recused.insert(other.recused.begin(), other.recused.end());
    Slugs both;
    for (const Slug& slug : one.lifted)
      if (other.lifted.contains(slug)) both.insert(slug);
    wall.lifted = both;
    wall.since = std::min(one.since, other.since);
    return wall;
  }
 private:
  // This account, and everything else that is the same human being.
  static void KeepOut(const std::map<Slug, People>& people, const Slug& slug, Slugs& out, People& out_of_chart) {
    const auto found = people.find(slug);
    if (found == people.end()) return;  // comes back as who they are then
    out.insert(slug);
    out_of_chart.insert(found->second.begin(), found->second.end());
  }
};

}  // namespace alcove::reference
