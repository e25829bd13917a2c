#include "server/core/people/newest.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "server/core/base/errors.h"

namespace alcove::people {
namespace {

template <class R>
absl::Status ReadOnly(const base::Reader& rows, R& record, std::optional<base::RowVersion>& read) {
  absl::StatusOr<std::optional<base::Versioned<R>>> found = rows.Get<R>("");
  if (!found.ok()) return found.status();
  if (!*found) return absl::OkStatus();
  record = std::move((*found)->record);
  read = (*found)->version;
  return absl::OkStatus();
}

template <class R>
void Replace(R record, const std::optional<base::RowVersion>& read, base::ChangeSet& changes) {
  if (read) {
    changes.Update(std::move(record), *read);
  } else {
    changes.Insert(std::move(record));
  }
}

void ExpectAsRead(base::Table table, const std::optional<base::RowVersion>& read, base::ChangeSet& changes) {
  if (read) {
    changes.ExpectUnchanged(table, "", *read);
  } else {
    changes.ExpectAbsent(table, "");
  }
}

bool AgreesWith(const InForce& row, const Organisation& current) {
  if (row.directory_version != current.directory_version()) return false;
  for (Document document : kDocuments) {
    const auto found = row.policy_versions.find(document);
    if ((found == row.policy_versions.end() ? 0 : found->second) != current.policy_version(document)) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<Newest> ReadNewest(const base::Reader& rows, const Organisation& current) {
  Newest newest;
  if (absl::Status status = ReadOnly(rows, newest.documents, newest.documents_read); !status.ok()) return status;
  if (absl::Status status = ReadOnly(rows, newest.chart, newest.chart_read); !status.ok()) return status;
  if (!AgreesWith(newest.documents, current) || newest.chart.version != current.chart().version())
    return base::Contended();
  return newest;
}

void ReplaceDocuments(const Newest& read, InForce documents, base::ChangeSet& changes) {
  Replace(std::move(documents), read.documents_read, changes);
  ExpectAsRead(base::Table::kChartHead, read.chart_read, changes);
}

void ReplaceChart(const Newest& read, ChartHead chart, base::ChangeSet& changes) {
  Replace(std::move(chart), read.chart_read, changes);
  ExpectAsRead(base::Table::kOrganisation, read.documents_read, changes);
}

absl::StatusOr<ChartPtr> LoadChart(const base::Reader& rows) {
  ChartHead head;
  std::optional<base::RowVersion> read;
  if (absl::Status status = ReadOnly(rows, head, read); !status.ok()) return status;
  std::vector<ChartPart> parts;
  for (std::uint64_t first = 0; first < head.employees; first += kEmployeesPerPage) {
    absl::StatusOr<std::optional<base::Versioned<ChartPage>>> page =
        rows.Get<ChartPage>(base::RowKey(static_cast<std::uint32_t>(first / kEmployeesPerPage)));
    if (!page.ok()) return page.status();
    const std::uint64_t expected = std::min<std::uint64_t>(kEmployeesPerPage, head.employees - first);
    if (!*page || (*page)->record.part.employees.size() != expected)
      return base::Broken("a page of the chart is missing or has another number of employees");
    parts.push_back(std::move((*page)->record.part));
  }
  return Chart::Build(head.version, std::move(parts));
}

absl::StatusOr<InForce> ReadInForce(const base::Reader& rows) {
  InForce documents;
  std::optional<base::RowVersion> read;
  if (absl::Status status = ReadOnly(rows, documents, read); !status.ok()) return status;
  return documents;
}

}  // namespace alcove::people
