// The rows that an organisation's documents and its chart stand in.
#pragma once

#include <cstdint>
#include <map>
#include <string>

#include "crypto/bytes.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/people/organisation.h"

namespace alcove::people {

// Which versions are in force. One row; every publication expects it unchanged, so versions have no gaps and no twins.
struct InForce : base::Record {
  static constexpr base::Table kTable = base::Table::kOrganisation;
  std::string key() const { return {}; }

  std::uint32_t directory_version = 0;                // 0: none was published
  std::map<Document, std::uint32_t> policy_versions;  // documents never published are absent
};

// A directory as its root holders signed it.
struct DirectoryNote : base::Record {
  static constexpr base::Table kTable = base::Table::kDirectory;
  std::string key() const { return base::RowKey(version); }

  std::uint32_t version = 0;
  crypto::Bytes note;
};

// A policy document as its root holders signed it.
struct PolicyNote : base::Record {
  static constexpr base::Table kTable = base::Table::kPolicy;
  std::string key() const { return base::RowKey(static_cast<std::uint8_t>(document), version); }

  Document document = Document::kForm;
  std::uint32_t version = 0;
  crypto::Bytes note;
  std::uint32_t directory_version = 0;  // in force at publication: its roots signed the note
};

inline constexpr EmployeeIndex kEmployeesPerPage = 512;

// How much chart there is. One row; every sync and every publication expects it unchanged, so that no snapshot is built
// from a chart that is not the newest.
struct ChartHead : base::Record {
  static constexpr base::Table kTable = base::Table::kChartHead;
  std::string key() const { return {}; }

  std::uint32_t version = 0;
  EmployeeIndex employees = 0;  // in all pages together
};

// The employees from page * kEmployeesPerPage on, a full page unless the last.
struct ChartPage : base::Record {
  static constexpr base::Table kTable = base::Table::kChartPage;
  std::string key() const { return base::RowKey(page); }

  std::uint32_t page = 0;
  ChartPart part;
};

}  // namespace alcove::people
