// Which versions of directory, documents and chart are in force, as the rows say; and how a change of one of them makes
// sure that it was decided with all of them.
//
// A snapshot of the organisation is built from the one before it. If a directory and a sync of the chart were decided side
// by side, the later snapshot would undo the earlier one: so each expects both rows as it read them, and the one that
// comes second decides again.
#pragma once

#include <absl/status/statusor.h>

#include <optional>

#include "server/core/base/changes.h"
#include "server/core/base/reader.h"
#include "server/core/people/organisation.h"
#include "server/core/people/records.h"

namespace alcove::people {

struct Newest {
  InForce documents;
  std::optional<base::RowVersion> documents_read;  // nothing: there is no such row yet
  ChartHead chart;
  std::optional<base::RowVersion> chart_read;
};

// Also refuses when `current` is not what the rows say any more: CONTENDED, decide again with the newest snapshot.
absl::StatusOr<Newest> ReadNewest(const base::Reader& rows, const Organisation& current);

// Each puts its row and expects the other unchanged.
void ReplaceDocuments(const Newest& read, InForce documents, base::ChangeSet& changes);
void ReplaceChart(const Newest& read, ChartHead chart, base::ChangeSet& changes);

// The chart as the rows have it; version 0 when there is none. INTERNAL when pages are missing or do not fit each other.
absl::StatusOr<ChartPtr> LoadChart(const base::Reader& rows);

// The versions of documents as the rows have them, for Load.
absl::StatusOr<InForce> ReadInForce(const base::Reader& rows);

}  // namespace alcove::people
