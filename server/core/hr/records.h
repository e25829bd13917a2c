// The rows of a sync under way. Staged rows hold hashes of tags: numbers and addresses are never written anywhere.
#pragma once

#include <cstdint>
#include <vector>

#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/record.h"
#include "server/core/base/time.h"
#include "server/core/people/chart.h"

namespace alcove::hr {

struct SyncIdTag {
  static constexpr std::string_view kName = "sync id";
};
using SyncId = crypto::FixedBytes<16, SyncIdTag>;

// Same numbers as alcove.v1.SyncMode.
enum class Mode : std::uint8_t {
  kFull = 1,   // whoever has no row has left
  kDelta = 2,  // whoever has no row stays as they are
};

// One person as the HR system tells of them.
struct Row {
  struct Naming {
    people::EdgeKind kind = people::EdgeKind::kManager;
    people::TagHash tag;

    friend bool operator==(const Naming&, const Naming&) = default;
  };
  std::vector<people::TagHash> tags;  // at least one: everything they are known by
  std::vector<Naming> names;          // whom the row names, and as what
  bool left = false;                  // works here no longer

  friend bool operator==(const Row&, const Row&) = default;
};

struct Sync : base::Record {
  static constexpr base::Table kTable = base::Table::kSync;
  std::string key() const { return base::RowKey(id); }

  SyncId id;
  Mode mode = Mode::kFull;
  base::StaffSlug by;         // the service account that began it; nobody else may go on with it
  base::Day day;              // it began on
  std::uint32_t uploads = 0;  // counts pages as they arrive, repetitions too: expected unchanged by the commit
};

struct SyncPage : base::Record {
  static constexpr base::Table kTable = base::Table::kSyncPage;
  std::string key() const { return base::RowKey(sync, page); }

  SyncId sync;
  std::uint32_t page = 0;
  std::vector<Row> rows;
};

}  // namespace alcove::hr
