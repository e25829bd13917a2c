#include "server/core/intake/coverage.h"

#include <algorithm>
#include <functional>

namespace alcove::intake {
namespace {

using people::EmployeeIndex;
using people::Person;
using people::Role;

// A person of the directory, by position.
using Position = std::uint32_t;

bool CanHold(const Person& person) { return !person.administers && !person.devices.empty(); }
bool CanRead(const Person& person) { return CanHold(person) && !person.watches; }
bool IsApprover(const Person& person) { return CanHold(person) && person.Has(Role::kApprover); }
bool IsCustodian(const Person& person) { return CanHold(person) && person.Has(Role::kCustodian); }
bool IsFallback(const Person& person) { return CanRead(person) && person.outside && person.Has(Role::kFallback); }
bool Serves(const Person& person, const std::string& desk) {
  return CanRead(person) && person.Has(Role::kInvestigator) && person.SitsAt(desk);
}

// How many of a kind are left when some are taken away.
struct Pool {
  std::vector<bool> members;  // by position
  std::uint32_t all = 0;

  std::uint32_t Without(const std::vector<Position>& gone) const {
    return all - static_cast<std::uint32_t>(
                     std::count_if(gone.begin(), gone.end(), [&](Position position) { return members[position]; }));
  }
};

Pool PoolOf(const people::Organisation& organisation, const std::function<bool(const Person&)>& belongs) {
  Pool pool;
  for (const Person& person : organisation.people()) pool.members.push_back(belongs(person));
  pool.all = static_cast<std::uint32_t>(std::count(pool.members.begin(), pool.members.end(), true));
  return pool;
}

class Survey {
 public:
  explicit Survey(const people::Organisation& organisation)
      : organisation_(organisation),
        custodians_(PoolOf(organisation, IsCustodian)),
        fallbacks_(PoolOf(organisation, IsFallback)),
        accounts_(organisation.chart().size()),
        seen_(organisation.people().size(), 0) {
    if (organisation.routing() != nullptr) AddRules(*organisation.routing());
    for (Position position = 0; position < organisation.people().size(); ++position)
      for (EmployeeIndex employee : organisation.people()[position].employees) accounts_[employee].push_back(position);
  }

  Coverage Run() {
    const people::Chart& chart = organisation_.chart();
    for (EmployeeIndex employee = 0; employee < chart.size(); ++employee)
      if (chart.listed(employee)) Judge(CircleOf(employee), accounts_[employee]);
    for (Position position = 0; position < organisation_.people().size(); ++position)
      if (const Person& person = organisation_.people()[position]; !person.outside && person.employees.empty())
        Judge({position}, {position});
    return std::move(coverage_);
  }

 private:
  struct Desk {
    Pool members;
    Pool approvers;
  };

  void AddRules(const people::Routing& routing) {
    for (const people::RoutingRule& rule : routing.rules()) {
      const auto serves = [&](const Person& person) { return Serves(person, rule.desk); };
      desks_.push_back({PoolOf(organisation_, serves), PoolOf(organisation_, [&](const Person& person) {
                          return IsApprover(person) && !serves(person);
                        })});
      coverage_.rules.push_back({rule.id, rule.desk, desks_.back().members.all, {}, {}, {}});
    }
  }

  // The people of the directory who stand by an employee, each once.
  std::vector<Position> CircleOf(EmployeeIndex employee) {
    std::vector<Position> circle;
    ++round_;
    VisitCircle(organisation_.chart(), employee, organisation_.safeguards().wall, people::Chart::kNow,
                [&](EmployeeIndex near) {
                  for (Position position : accounts_[near]) {
                    if (seen_[position] == round_) continue;
                    seen_[position] = round_;
                    circle.push_back(position);
                  }
                });
    return circle;
  }

  void Add(const std::vector<Position>& subject, Affected& affected) const {
    ++affected.employees;
    if (!subject.empty() && affected.staff.size() < kMostNamed)
      affected.staff.push_back(organisation_.people()[subject.front()].slug);
  }

  void Judge(const std::vector<Position>& gone, const std::vector<Position>& subject) {
    ++coverage_.subjects;
    if (custodians_.Without(gone) < organisation_.safeguards().custodian_threshold)
      Add(subject, coverage_.few_custodians);
    const bool fallback = fallbacks_.Without(gone) > 0;
    for (std::size_t i = 0; i < desks_.size(); ++i) {
      RuleCoverage& rule = coverage_.rules[i];
      const std::uint32_t left = desks_[i].members.Without(gone);
      rule.fewest = std::min(rule.fewest, left);
      if (left == 0) Add(subject, fallback ? rule.only_fallback : rule.nobody);
      if (desks_[i].approvers.Without(gone) < kApproversNeeded) Add(subject, rule.few_approvers);
    }
  }

  const people::Organisation& organisation_;
  const Pool custodians_;
  const Pool fallbacks_;
  std::vector<Desk> desks_;  // by rule
  std::vector<std::vector<Position>> accounts_;  // by employee
  std::vector<std::uint32_t> seen_;              // by position: the round in which somebody was met
  std::uint32_t round_ = 0;
  Coverage coverage_;
};

void AddLine(const Affected& affected, const std::string& where, const std::string& what,
             std::vector<std::string>& lines) {
  if (affected.none()) return;
  std::string line = where + what + " for " + std::to_string(affected.employees) +
                     (affected.employees == 1 ? " person" : " people");
  for (std::size_t i = 0; i < affected.staff.size(); ++i) line += (i == 0 ? ": " : ", ") + affected.staff[i].text();
  if (!affected.staff.empty() && affected.staff.size() < affected.employees) line += " and others";
  lines.push_back(std::move(line));
}

}  // namespace

bool Coverage::complete() const {
  return few_custodians.none() && std::all_of(rules.begin(), rules.end(), [](const RuleCoverage& rule) {
           return rule.nobody.none() && rule.only_fallback.none() && rule.few_approvers.none();
         });
}

Coverage CoverageOf(const people::Organisation& organisation) { return Survey(organisation).Run(); }

std::vector<std::string> LinesOf(const Coverage& coverage) {
  std::vector<std::string> lines;
  for (const RuleCoverage& rule : coverage.rules) {
    const std::string where = "rule " + rule.rule + ", desk " + rule.desk + ": ";
    AddLine(rule.nobody, where, "nobody could take a report", lines);
    AddLine(rule.only_fallback, where, "only a fallback could take a report", lines);
    AddLine(rule.few_approvers, where, "fewer than two approvers beside the desk are left", lines);
  }
  AddLine(coverage.few_custodians, "", "fewer custodians are left than an identity takes", lines);
  return lines;
}

}  // namespace alcove::intake
