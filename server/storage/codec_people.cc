#include "server/storage/codec_people.h"

#include "server/storage/codec_fields.h"

namespace alcove::storage {

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

}  // namespace alcove::storage
