#include "client/cli/hr/chart_csv.h"

#include <algorithm>
#include <array>
#include <functional>
#include <utility>

#include "client/lib/errors.h"
#include "crypto/format/tag.h"

namespace alcove::cli {
namespace {

constexpr std::array<std::string_view, 7> kColumns = {"number", "mail", "manager", "dotted", "delegate", "relation", "left"};

absl::Status Wrong(std::size_t line, const std::string& what) {
  return client::Refuse(client::Refusal::kInputInvalid, "line " + std::to_string(line) + ": " + what);
}

// One record, from `at` on; `line` moves past it. A field in quotes may hold commas, newlines and doubled quotes.
absl::StatusOr<std::vector<std::string>> TakeRecord(std::string_view text, std::size_t& at, std::size_t& line) {
  std::vector<std::string> fields(1);
  const std::size_t begun = line;
  bool quoted = false, was_quoted = false;
  for (; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\n') ++line;
    if (quoted) {
      if (c != '"') fields.back() += c;
      else if (at + 1 < text.size() && text[at + 1] == '"') fields.back() += text[++at];
      else quoted = false;
    } else if (c == '"') {
      if (!fields.back().empty() || was_quoted) return Wrong(begun, "a quote within a field");
      quoted = was_quoted = true;
    } else if (c == ',') {
      fields.emplace_back();
      was_quoted = false;
    } else if (c == '\n') {
      ++at;
      return fields;
    } else if (c != '\r') {
      if (was_quoted) return Wrong(begun, "something after a closing quote");
      fields.back() += c;
    }
  }
  if (quoted) return Wrong(begun, "a quote that is not closed");
  ++line;
  return fields;
}

std::vector<std::string> Parts(std::string_view field) {
  std::vector<std::string> parts;
  while (!field.empty()) {
    const std::size_t end = std::min(field.find(';'), field.size());
    std::string part(field.substr(0, end));
    part.erase(0, part.find_first_not_of(' '));
    part.erase(part.find_last_not_of(' ') + 1);
    if (!part.empty()) parts.push_back(std::move(part));
    field.remove_prefix(std::min(end + 1, field.size()));
  }
  return parts;
}

absl::StatusOr<std::string> IdentifierOf(const std::string& text) {
  const auto identifier = text.find('@') == std::string::npos ? format::Identifier::OfStaffNumber(text)
                                                              : format::Identifier::OfMail(text);
  if (!identifier.ok()) return identifier.status();
  return identifier->text();
}

absl::Status SetField(std::string_view column, const std::string& field, v1::ChartRow* row) {
  if (column == "left") {
    if (!field.empty() && field != "yes" && field != "no") return absl::InvalidArgumentError("is neither yes nor no");
    row->set_left(field == "yes");
    return absl::OkStatus();
  }
  for (const std::string& part : Parts(field)) {
    const absl::StatusOr<std::string> identifier = IdentifierOf(part);
    if (!identifier.ok()) return absl::InvalidArgumentError("holds something that is neither a number nor an address");
    if (column == "number" || column == "mail") {
      row->add_identifiers(*identifier);
    } else if (column == "manager") {
      if (!row->manager().empty()) return absl::InvalidArgumentError("names two managers; the second is a dotted one");
      row->set_manager(*identifier);
    } else if (column == "dotted") {
      row->add_dotted(*identifier);
    } else if (column == "delegate") {
      row->add_delegates(*identifier);
    } else {
      row->add_relations(*identifier);
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<std::string>> TakeHeader(std::string_view text, std::size_t& at, std::size_t& line) {
  if (text.starts_with("\xEF\xBB\xBF")) at = 3;  // what some programs write first
  auto header = TakeRecord(text, at, line);
  if (!header.ok()) return header;
  for (const std::string& name : *header) {
    if (std::find(kColumns.begin(), kColumns.end(), name) == kColumns.end())
      return Wrong(1, "the column `" + name + "` is none of number, mail, manager, dotted, delegate, relation, left");
    if (std::count(header->begin(), header->end(), name) > 1) return Wrong(1, "the column `" + name + "` stands twice");
  }
  const auto has = [&](const char* name) { return std::find(header->begin(), header->end(), name) != header->end(); };
  if (!has("number") && !has("mail")) return Wrong(1, "there is neither a column number nor a column mail");
  return header;
}

}  // namespace

absl::StatusOr<ChartFile> ParseChartCsv(std::string_view text) {
  std::size_t at = 0, line = 1;
  ALCOVE_CLIENT_ASSIGN(const std::vector<std::string> header, TakeHeader(text, at, line));
  ChartFile file;
  while (at < text.size()) {
    const std::size_t begun = line;
    ALCOVE_CLIENT_ASSIGN(const std::vector<std::string> fields, TakeRecord(text, at, line));
    if (fields.size() == 1 && fields[0].empty()) continue;
    if (fields.size() != header.size()) return Wrong(begun, "has another number of fields than the first line");
    v1::ChartRow row;
    for (std::size_t i = 0; i < fields.size(); ++i)
      if (const absl::Status status = SetField(header[i], fields[i], &row); !status.ok())
        return Wrong(begun, header[i] + " " + std::string(status.message()));
    if (row.identifiers().empty()) return Wrong(begun, "has neither a number nor an address");
    file.rows.push_back(std::move(row));
    file.lines.push_back(begun);
  }
  if (file.rows.empty()) return Wrong(1, "there is nobody in the file");
  return file;
}

}  // namespace alcove::cli
