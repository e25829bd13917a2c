#include "server/storage/codec.h"

#include "server/storage/codec_approvals.h"
#include "server/storage/codec_cases.h"
#include "server/storage/codec_clocks.h"
#include "server/storage/codec_doomed.h"
#include "server/storage/codec_hr.h"
#include "server/storage/codec_ledger.h"
#include "server/storage/codec_people.h"

namespace alcove::storage {
namespace {

// One message of each kind lives on each thread, so that encoding a row allocates nothing once warm.
template <class R, class Row>
constexpr Codec CodecFor() {
  return {
      [](const base::Record& record, std::string* out) {
        thread_local Row row;
        row.Clear();
        ToRow(static_cast<const R&>(record), &row);
        row.AppendToString(out);
      },
      [](std::string_view bytes) -> std::unique_ptr<base::Record> {
        thread_local Row row;
        if (!row.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) return nullptr;
        auto record = std::make_unique<R>();
        if (!FromRow(row, record.get())) return nullptr;
        return record;
      },
      [](const base::Record& record) { return std::string(static_cast<const R&>(record).key()); },
  };
}

}  // namespace

const Codec* CodecOf(base::Table table) {
  using base::Table;
  switch (table) {
#define ALCOVE_ROW(RecordType, RowType)                                        \
  case RecordType::kTable: {                                                   \
    static constexpr Codec codec = CodecFor<RecordType, v1::RowType>();        \
    return &codec;                                                             \
  }
    ALCOVE_ROW(people::InForce, InForceRow)
    ALCOVE_ROW(people::DirectoryNote, DirectoryRow)
    ALCOVE_ROW(people::PolicyNote, PolicyRow)
    ALCOVE_ROW(people::ChartHead, ChartHeadRow)
    ALCOVE_ROW(people::ChartPage, ChartPageRow)
    ALCOVE_ROW(hr::Sync, SyncRow)
    ALCOVE_ROW(hr::SyncPage, SyncPageRow)
    ALCOVE_ROW(hr::AdverseAction, AdverseActionRow)
    ALCOVE_ROW(hr::NewestAction, NewestActionRow)
    ALCOVE_ROW(hr::UndecidedAction, UndecidedActionRow)
    ALCOVE_ROW(intake::ProtectionRequest, ProtectionRequestRow)
    ALCOVE_ROW(intake::SpentToken, SpentTokenRow)
    ALCOVE_ROW(hr::TokensDrawn, TokensDrawnRow)
    ALCOVE_ROW(cases::MeasureOrder, MeasureOrderRow)
    ALCOVE_ROW(cases::OrderOrigin, OrderOriginRow)
    ALCOVE_ROW(cases::Case, CaseRow)
    ALCOVE_ROW(cases::EscrowRoll, EscrowRollRow)
    ALCOVE_ROW(cases::Allegation, AllegationRow)
    ALCOVE_ROW(cases::Measure, MeasureRow)
    ALCOVE_ROW(cases::Entry, EntryRow)
    ALCOVE_ROW(cases::Epoch, EpochRow)
    ALCOVE_ROW(cases::Identity, IdentityRow)
    ALCOVE_ROW(cases::CaseLeaf, CaseLeafRow)
    ALCOVE_ROW(cases::HistoryLeaf, HistoryLeafRow)
    ALCOVE_ROW(cases::Blob, BlobRow)
    ALCOVE_ROW(cases::BlobPart, BlobPartRow)
    ALCOVE_ROW(cases::Mailbox, MailboxRow)
    ALCOVE_ROW(cases::Membership, MembershipRow)
    ALCOVE_ROW(cases::Request, RequestRow)
    ALCOVE_ROW(cases::Approval, ApprovalRow)
    ALCOVE_ROW(approvals::Party, PartyRow)
    ALCOVE_ROW(ledger::Tile, TileRow)
    ALCOVE_ROW(ledger::Tree, TreeRow)
    ALCOVE_ROW(ledger::Checkpoint, CheckpointRow)
    ALCOVE_ROW(ledger::Published, PublishedRow)
    ALCOVE_ROW(ledger::Opening, OpeningRow)
    ALCOVE_ROW(ledger::Refusal, RefusalRow)
    ALCOVE_ROW(clocks::SeenTime, SeenTimeRow)
    ALCOVE_ROW(mail::Queue, MailQueueRow)
    ALCOVE_ROW(approvals::ClockApproval, ClockApprovalRow)
    ALCOVE_ROW(cases::Doomed, DoomedRow)
    ALCOVE_ROW(cases::Tombstone, TombstoneRow)
#undef ALCOVE_ROW
    case Table::kFormat:
    case Table::kCaseKey:
    case Table::kGroup:
    case Table::kLeaf:  // in no row
      break;
  }
  return nullptr;
}

}  // namespace alcove::storage
