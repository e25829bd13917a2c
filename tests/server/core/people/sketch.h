// A chart drawn by names, for tests.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "crypto/hash.h"
#include "server/core/people/chart.h"

namespace alcove::people {

class Sketch {
 public:
  EmployeeIndex Add(const std::string& name) {
    const auto [at, added] = index_.emplace(name, static_cast<EmployeeIndex>(names_.size()));
    if (added) names_.push_back(name);
    edges_.resize(names_.size());
    return at->second;
  }
  Sketch& Edge(const std::string& from, EdgeKind kind, const std::string& to, std::uint32_t ended = 0) {
    const EmployeeIndex other = Add(to);
    edges_[Add(from)].push_back({other, ended, kind});
    return *this;
  }
  EmployeeIndex At(const std::string& name) const { return index_.at(name); }
  const std::string& NameOf(EmployeeIndex index) const { return names_[index]; }
  static TagHash TagOf(const std::string& name) { return crypto::Blake2b256(name); }

  ChartPtr Build(std::uint32_t version = 100) const {
    ChartPart part;
    for (std::size_t i = 0; i < names_.size(); ++i) {
      ChartPart::Employee& employee = part.employees.emplace_back();
      employee.id = *base::EmployeeId::FromBytes(crypto::Blake2b256("id " + names_[i]).view().substr(0, 16));
      employee.listed = true;
      employee.tags = 1;
      employee.edges = static_cast<std::uint32_t>(edges_[i].size());
      part.tags.push_back(TagOf(names_[i]));
      part.edges.insert(part.edges.end(), edges_[i].begin(), edges_[i].end());
    }
    const auto chart = Chart::Build(version, {part});
    EXPECT_TRUE(chart.ok()) << chart.status();
    return *chart;
  }

 private:
  std::vector<std::string> names_;
  std::map<std::string, EmployeeIndex> index_;
  std::vector<std::vector<people::Edge>> edges_;
};

}  // namespace alcove::people
