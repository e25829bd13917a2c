// The case's history: the chain that the reporter sees, with the team's own leaves between.
#include "crypto/encoding.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "server/core/base/errors.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/show.h"
#include "server/core/cases/team.h"

namespace alcove::cases {
namespace {

// How far both lists were given: the last number of each.
struct Place {
  std::uint32_t chain = 0;
  std::uint32_t hidden = 0;
};

absl::StatusOr<Place> PlaceOf(const std::string& token) {
  if (token.empty()) return Place{};
  absl::StatusOr<crypto::Bytes> bytes = crypto::Base32Decode(token);
  if (!bytes.ok() || bytes->size() != 8) return base::FieldInvalid("page_token");
  format::ByteReader reader(*bytes);
  Place place;
  place.chain = reader.U32();
  place.hidden = reader.U32();
  return place;
}

template <class Row>
absl::StatusOr<std::vector<Row>> RowsAfter(const Ports& ports, const base::CaseId& id, std::uint32_t last,
                                           std::size_t limit) {
  std::vector<Row> rows;
  absl::Status status = ports.rows.Scan<Row>(base::RowKey(id), last == 0 ? "" : base::RowKey(id, last), limit,
                                             [&](base::Versioned<Row> row) {
                                               rows.push_back(std::move(row.record));
                                               return true;
                                             });
  if (!status.ok()) return status;
  return rows;
}

}  // namespace

absl::StatusOr<base::Outcome<LeafPage>> ListHistory(const Ports& ports, const base::StaffSlug& caller,
                                                    const base::CaseId& id, const PageRequest& request) {
  absl::StatusOr<TeamReach> reach = ReachAsTeam(ports, caller, id);
  if (!reach.ok()) return reach.status();
  absl::StatusOr<Place> place = PlaceOf(request.token);
  if (!place.ok()) return place.status();
  const std::uint32_t size = SizeOf(request, 50, 100);
  absl::StatusOr<std::vector<CaseLeaf>> chain = RowsAfter<CaseLeaf>(ports, id, place->chain, size);
  if (!chain.ok()) return chain.status();
  absl::StatusOr<std::vector<HistoryLeaf>> hidden = RowsAfter<HistoryLeaf>(ports, id, place->hidden, size);
  if (!hidden.ok()) return hidden.status();

  base::Outcome<LeafPage> outcome;
  std::size_t next_chain = 0;
  std::size_t next_hidden = 0;
  while (outcome.answer.leaves.size() < size) {
    const bool has_chain = next_chain < chain->size();
    const bool has_hidden = next_hidden < hidden->size();
    if (!has_chain && !has_hidden) break;
    // A hidden leaf stands after the chain leaf whose number it carries.
    const bool take_hidden =
        has_hidden && (!has_chain || (*hidden)[next_hidden].after < (*chain)[next_chain].number);
    absl::StatusOr<OpenedLeaf> leaf;
    if (take_hidden) {
      HistoryLeaf& row = (*hidden)[next_hidden++];
      place->hidden = row.number;
      leaf = Opened(ports, 0, std::move(row.content), std::move(row.salt));
    } else {
      CaseLeaf& row = (*chain)[next_chain++];
      place->chain = row.number;
      leaf = Opened(ports, row.number, std::move(row.content), std::move(row.salt));
    }
    if (!leaf.ok()) return leaf.status();
    outcome.answer.leaves.push_back(*std::move(leaf));
  }
  Case& record = reach->found.record;
  if (place->chain < record.leaf_count || place->hidden < record.history_length)
    outcome.answer.next_token =
        crypto::Base32Encode(format::ByteWriter(8).U32(place->chain).U32(place->hidden).bytes());
  CaseLeaves(ports, record, outcome.changes, outcome.leaves).HiddenByStaff(format::LeafKind::kHistoryRead, caller);
  outcome.changes.Update(std::move(record), reach->found.version);
  return outcome;
}

}  // namespace alcove::cases
