#include "tests/authorization/matrix.h"

#include <sstream>

namespace alcove::authorization {
namespace {

std::vector<std::string> Split(const std::string& line, char by) {
  std::vector<std::string> parts;
  std::istringstream in(line);
  for (std::string part; std::getline(in, part, by);) {
    const std::size_t from = part.find_first_not_of(' ');
    const std::size_t to = part.find_last_not_of(' ');
    parts.push_back(from == std::string::npos ? "" : part.substr(from, to - from + 1));
  }
  return parts;
}

}  // namespace

Matrix Matrix::Read(std::istream& in, std::vector<std::string>* faults) {
  Matrix matrix;
  int number = 0;
  for (std::string line; std::getline(in, line);) {
    ++number;
    if (line.empty() || line.front() == '#') continue;
    const std::vector<std::string> cells = Split(line, ',');
    const std::string where = "matrix.csv:" + std::to_string(number) + ": ";
    if (matrix.roles_.empty()) {
      if (cells.size() < 3 || cells[0] != "rpc" || cells[1] != "relation") faults->push_back(where + "is no header");
      matrix.roles_.assign(cells.begin() + 2, cells.end());
      continue;
    }
    if (cells.size() != matrix.roles_.size() + 2) {
      faults->push_back(where + std::to_string(cells.size()) + " columns");
      continue;
    }
    for (const std::string& relation : Split(cells[1], ' ')) {
      auto& line_of = matrix.lines_[cells[0]][relation];
      if (!line_of.empty()) faults->push_back(where + cells[0] + " says " + relation + " twice");
      for (std::size_t i = 0; i < matrix.roles_.size(); ++i) {
        if (cells[i + 2].empty()) faults->push_back(where + "an empty cell");
        line_of[matrix.roles_[i]] = cells[i + 2];
      }
    }
  }
  return matrix;
}

std::set<std::string> Matrix::methods() const {
  std::set<std::string> all;
  for (const auto& [method, lines] : lines_) all.insert(method);
  return all;
}

std::string Matrix::Expected(const std::string& method, const std::string& relation, const std::string& role) const {
  const auto lines = lines_.find(method);
  if (lines == lines_.end()) return {};
  auto line = lines->second.find(relation);
  if (line == lines->second.end()) line = lines->second.find("*");
  if (line == lines->second.end()) return {};
  const auto value = line->second.find(role);
  return value == line->second.end() ? std::string() : value->second;
}

std::set<std::string> Matrix::relations() const {
  std::set<std::string> all;
  for (const std::string& method : methods()) all.merge(RelationsOf(method));
  return all;
}

std::set<std::string> Matrix::RelationsOf(const std::string& method) const {
  std::set<std::string> all;
  if (const auto lines = lines_.find(method); lines != lines_.end())
    for (const auto& [relation, line] : lines->second)
      if (relation != "*") all.insert(relation);
  return all;
}

void Matrix::Set(const std::string& method, const std::string& relation, const std::string& role,
                 const std::string& value) {
  auto& lines = lines_[method];
  if (!lines.contains(relation) && lines.contains("*")) lines[relation] = lines["*"];
  lines[relation][role] = value;
}

void Matrix::Drop(const std::string& method) { lines_.erase(method); }

}  // namespace alcove::authorization
