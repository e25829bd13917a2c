#include "server/storage/codec_people.h"

#include "server/storage/codec_fields.h"

namespace alcove::storage {
namespace {

// Values of a fixed size, one after the other in one field.
template <class Fixed>
void Join(const Fixed& value, std::string* column) {
  column->append(value.view());
}

template <class Fixed>
Fixed Part(const std::string& column, std::size_t position) {
  return *Fixed::FromBytes(std::string_view(column).substr(position * Fixed::kSize, Fixed::kSize));
}

std::size_t SizeOf(int repeated_size) { return static_cast<std::size_t>(repeated_size); }

bool ColumnsFit(const v1::ChartPageRow& row) {
  const std::size_t employees = row.listed().size();
  const std::size_t edges = row.edge_kinds().size();
  return row.ids().size() == employees * base::EmployeeId::kSize && SizeOf(row.merged_into_size()) == employees &&
         SizeOf(row.tag_counts_size()) == employees && SizeOf(row.edge_counts_size()) == employees &&
         row.tags().size() % people::TagHash::kSize == 0 && SizeOf(row.edge_others_size()) == edges &&
         SizeOf(row.edge_ended_size()) == edges;
}

}  // namespace

void ToRow(const people::InForce& record, v1::InForceRow* row) {
  row->set_directory_version(record.directory_version);
  for (const auto& [document, version] : record.policy_versions) {
    v1::PolicyVersionRow* policy = row->add_policies();
    policy->set_document(static_cast<std::uint32_t>(document));
    policy->set_version(version);
  }
}

bool FromRow(const v1::InForceRow& row, people::InForce* record) {
  FieldReader fields;
  record->directory_version = row.directory_version();
  for (const v1::PolicyVersionRow& policy : row.policies()) {
    people::Document document{};
    fields.Read(policy.document(), people::Document::kSafeguards, &document);
    fields.Require(record->policy_versions.emplace(document, policy.version()).second);
  }
  return fields.ok();
}

void ToRow(const people::DirectoryNote& record, v1::DirectoryRow* row) {
  row->set_version(record.version);
  row->set_note(record.note);
}

bool FromRow(const v1::DirectoryRow& row, people::DirectoryNote* record) {
  record->version = row.version();
  record->note = row.note();
  return true;
}

void ToRow(const people::PolicyNote& record, v1::PolicyRow* row) {
  row->set_document(static_cast<std::uint32_t>(record.document));
  row->set_version(record.version);
  row->set_note(record.note);
  row->set_directory_version(record.directory_version);
}

bool FromRow(const v1::PolicyRow& row, people::PolicyNote* record) {
  FieldReader fields;
  fields.Read(row.document(), people::Document::kSafeguards, &record->document);
  record->version = row.version();
  record->note = row.note();
  record->directory_version = row.directory_version();
  return fields.ok();
}

void ToRow(const people::ChartHead& record, v1::ChartHeadRow* row) {
  row->set_version(record.version);
  row->set_employees(record.employees);
}

bool FromRow(const v1::ChartHeadRow& row, people::ChartHead* record) {
  record->version = row.version();
  record->employees = row.employees();
  return true;
}

void ToRow(const people::ChartPage& record, v1::ChartPageRow* row) {
  row->set_page(record.page);
  for (const people::ChartPart::Employee& employee : record.part.employees) {
    Join(employee.id, row->mutable_ids());
    row->mutable_listed()->push_back(employee.listed ? 1 : 0);
    row->add_merged_into(employee.merged_into);
    row->add_tag_counts(employee.tags);
    row->add_edge_counts(employee.edges);
  }
  for (const people::TagHash& tag : record.part.tags) Join(tag, row->mutable_tags());
  for (const people::Edge& edge : record.part.edges) {
    row->add_edge_others(edge.other);
    row->mutable_edge_kinds()->push_back(static_cast<char>(edge.kind));
    row->add_edge_ended(edge.ended);
  }
}

bool FromRow(const v1::ChartPageRow& row, people::ChartPage* record) {
  if (!ColumnsFit(row)) return false;
  FieldReader fields;
  record->page = row.page();
  people::ChartPart& part = record->part;
  part.employees.resize(row.listed().size());
  for (std::size_t i = 0; i < part.employees.size(); ++i) {
    const int at = static_cast<int>(i);
    part.employees[i] = {Part<base::EmployeeId>(row.ids(), i), row.listed()[i] != 0, row.merged_into(at),
                         row.tag_counts(at), row.edge_counts(at)};
  }
  part.tags.resize(row.tags().size() / people::TagHash::kSize);
  for (std::size_t i = 0; i < part.tags.size(); ++i) part.tags[i] = Part<people::TagHash>(row.tags(), i);
  part.edges.resize(row.edge_kinds().size());
  for (std::size_t i = 0; i < part.edges.size(); ++i) {
    const int at = static_cast<int>(i);
    part.edges[i].other = row.edge_others(at);
    part.edges[i].ended = row.edge_ended(at);
    fields.Read(static_cast<std::uint8_t>(row.edge_kinds()[i]), people::EdgeKind::kRelation, &part.edges[i].kind);
  }
  return fields.ok();
}

}  // namespace alcove::storage
