#include "server/storage/check.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "crypto/format/approval.h"
#include "crypto/format/directory.h"
#include "crypto/format/envelope.h"
#include "crypto/format/leaf.h"
#include "crypto/format/proof.h"
#include "server/core/approvals/records.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/orders.h"
#include "server/core/cases/records.h"
#include "server/core/hr/actions.h"
#include "server/core/hr/records.h"
#include "server/core/hr/tokens.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/tree.h"
#include "server/core/people/newest.h"
#include "server/core/people/records.h"
#include "server/storage/codec.h"
#include "server/storage/errors.h"
#include "server/storage/records.h"
#include "server/storage/silent_sink.h"
#include "server/storage/store.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kAll = SIZE_MAX;
constexpr std::size_t kMostProblems = 100;

class Check {
 public:
  Check(const RowStore& rows, const Vault& vault, crypto::VerifyKey log_key)
      : rows_(rows), vault_(vault), records_(rows, vault, derived_, events_), log_keys_{log_key} {}

  absl::StatusOr<CheckReport> Run(const MarkState* mark) {
    if (const absl::Status status = EveryRow(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryLogKey(); !status.ok()) Problem(status);
    if (const absl::Status status = IndexLeaves(records_, &derived_.leaves); !status.ok()) Problem(status);
    if (const absl::Status status = EveryCase(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryBlob(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryRoll(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryDoomed(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryTombstone(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryMailbox(); !status.ok()) Problem(status);
    if (const absl::Status status = EveryApproval(); !status.ok()) Problem(status);
    if (const absl::Status status = WholeChart(); !status.ok()) Problem(status);
    if (const absl::Status status = Actions(); !status.ok()) Problem(status);
    if (const absl::Status status = Tokens(); !status.ok()) Problem(status);
    if (const absl::Status status = Orders(); !status.ok()) Problem(status);
    auto ledger = ledger::CheckLedger(records_, vault_.organisation(), log_keys_);
    if (ledger.ok()) report_.ledger = *ledger;
    else Problem(ledger.status());
    auto edge = ReadEdge(records_);
    if (!edge.ok()) {
      Problem(edge.status());
    } else {
      report_.edge = edge->state;
      if (mark != nullptr)
        if (const absl::Status status = CompareWithMark(edge->state, *mark); !status.ok()) Problem(status);
    }
    return std::move(report_);
  }

 private:
  void Problem(std::string text) {
    if (report_.problems.size() < kMostProblems) report_.problems.push_back(std::move(text));
  }
  void Problem(const absl::Status& status) { Problem(std::string(status.message())); }
  void Problem(std::string_view table, std::string_view what) {
    Problem(std::string("table ").append(table).append(": ").append(what));
  }

  absl::Status EveryRow() {
    return rows_.Scan({}, {}, [&](std::string_view key, std::string_view sealed) {
      OneRow(key, sealed);
      return true;
    });
  }

  void OneRow(std::string_view key, std::string_view sealed) {
    const base::TableTraits* traits =
        key.empty() ? nullptr : base::TraitsOf(static_cast<base::Table>(static_cast<unsigned char>(key.front())));
    if (traits == nullptr) return Problem("a row of no table");
    if (traits->scope == base::Scope::kMemory) return;  // format 2 had such rows; nobody reads them
    ++report_.rows[traits->table];
    if (traits->table == base::Table::kFormat) return;  // the vault would not have opened
    if (traits->table == base::Table::kCaseKey) {
      if (!vault_.Unwrap(key, sealed).ok()) Problem(traits->name, "a row does not open");
      return;
    }
    const absl::StatusOr<RowKey> row_key = vault_.KeyFor(traits->table, key.substr(1));
    if (!row_key.ok() || *row_key == nullptr) return Problem(traits->name, "a row whose case has no key");
    const auto padded = vault_.Open(traits->table, **row_key, key, sealed);
    if (!padded.ok()) return Problem(traits->name, "a row does not open");
    const auto content = Vault::Content(*padded);
    if (!content.ok()) return Problem(traits->name, "a row is malformed");
    const Codec* codec = CodecOf(traits->table);
    if (codec == nullptr) return;
    const std::unique_ptr<base::Record> record = codec->decode(*content);
    if (record == nullptr) return Problem(traits->name, "a row is malformed");
    std::string own_key;
    if (!vault_.keys().Append(traits->table, codec->key(*record), &own_key).ok() || own_key != key)
      Problem(traits->name, "a row stands under a key that is not its own");
  }

  template <class R>
  absl::StatusOr<std::uint32_t> Count(std::string_view prefix) {
    std::uint32_t count = 0;
    const absl::Status status = records_.Scan<R>(prefix, {}, kAll, [&](const base::Versioned<R>&) {
      ++count;
      return true;
    });
    if (!status.ok()) return status;
    return count;
  }

  absl::Status Keyring(const cases::Case& record, format::Keyring keyring, const cases::KeyringState& state) {
    const std::string prefix = base::RowKey(record.id, static_cast<std::uint8_t>(keyring));
    const auto entries = Count<cases::Entry>(prefix);
    if (!entries.ok()) return entries.status();
    if (*entries != state.length) Problem("entry", "a case has more or fewer than it counts");
    const auto epochs = Count<cases::Epoch>(prefix);
    if (!epochs.ok()) return epochs.status();
    if (*epochs != state.epochs) Problem("epoch", "a case has more or fewer than it counts");
    return absl::OkStatus();
  }

  absl::Status Leaf(const crypto::Bytes& content, const crypto::Bytes& salt, std::string_view table) {
    if (!derived_.leaves.whole()) return absl::OkStatus();  // CheckLedger names the tile
    const auto leaf_salt = format::LeafSalt::FromBytes(salt);
    if (!leaf_salt.ok()) {
      Problem(table, "a salt of the wrong size");
      return absl::OkStatus();
    }
    const crypto::Digest hash = ledger::LeafHash(format::LeafCommitment(*leaf_salt, content));
    const auto place = records_.Get<ledger::LeafPlace>(hash.view());
    if (!place.ok()) return place.status();
    if (!*place) Problem(table, "a leaf that the ledger does not have");
    return absl::OkStatus();
  }

  absl::Status OneCase(const cases::Case& record) {
    absl::Status status = Keyring(record, format::Keyring::kThread, record.thread);
    if (status.ok()) status = Keyring(record, format::Keyring::kTeam, record.team);
    if (!status.ok()) return status;
    std::uint32_t leaves = 0;
    absl::Status inner;
    status = records_.Scan<cases::CaseLeaf>(record.id.view(), {}, kAll, [&](const base::Versioned<cases::CaseLeaf>& leaf) {
      ++leaves;
      inner = Leaf(leaf.record.content, leaf.record.salt, "case-leaf");
      return inner.ok();
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    if (leaves != record.leaf_count) Problem("case-leaf", "a case has more or fewer than it counts");
    std::uint32_t acts = 0;
    status = records_.Scan<cases::HistoryLeaf>(record.id.view(), {}, kAll,
                                               [&](const base::Versioned<cases::HistoryLeaf>& leaf) {
                                                 ++acts;
                                                 inner = Leaf(leaf.record.content, leaf.record.salt, "history");
                                                 return inner.ok();
                                               });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    if (acts != record.history_length) Problem("history", "a case has more or fewer than it counts");
    status = records_.Scan<cases::Measure>(record.id.view(), {}, kAll, [&](const base::Versioned<cases::Measure>& row) {
      if (row.record.allegation.IsZero()) return true;
      const auto allegation = records_.Get<cases::Allegation>(base::RowKey(record.id, row.record.allegation));
      if (!allegation.ok()) inner = allegation.status();
      else if (!*allegation) Problem("measure", "it follows from an allegation that is not there");
      return inner.ok();
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    if (record.written > record.thread.length || record.read > record.thread.length)
      Problem("case", "more of its thread was written or read than there is");
    for (std::size_t i = 0; i < record.holds.size(); ++i)
      for (std::size_t j = 0; j < i; ++j)
        if (record.holds[i].reason == record.holds[j].reason) Problem("case", "two holds for one reason");
    const bool closed = record.state == cases::State::kClosed;
    if (record.closing_reason.empty() == closed) Problem("case", "a reason for closing, or none, where it does not belong");
    if (record.shortened && !closed) Problem("case", "an open case that is kept until a day");
    const auto mailbox = records_.Get<cases::Mailbox>(record.mailbox.view());
    if (!mailbox.ok()) return mailbox.status();
    if (!*mailbox || !((*mailbox)->record.case_id == record.id)) Problem("mailbox", "a case whose mailbox leads elsewhere");
    return absl::OkStatus();
  }

  absl::Status EveryCase() {
    absl::Status inner;
    const absl::Status status = records_.Scan<cases::Case>({}, {}, kAll, [&](const base::Versioned<cases::Case>& row) {
      inner = OneCase(row.record);
      return inner.ok();
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    // Rows that begin with a case's id but have no case.
    for (const base::TableTraits& traits : base::kTables) {
      const bool of_case = traits.scope == base::Scope::kCase || traits.table == base::Table::kCaseKey;
      if (!of_case || traits.table == base::Table::kCase) continue;
      std::string last;
      const std::string prefix(1, static_cast<char>(traits.table));
      const absl::Status scanned = rows_.Scan(prefix, {}, [&](std::string_view key, std::string_view) {
        const std::string_view case_id = key.substr(1, base::CaseId::kSize);
        if (case_id == last) return true;
        last = case_id;
        const auto found = rows_.Version(std::string(1, static_cast<char>(base::Table::kCase)).append(case_id));
        if (!found.ok() || !*found) Problem(traits.name, "a row of a case that is not there");
        return true;
      });
      if (!scanned.ok()) return scanned;
    }
    return absl::OkStatus();
  }

  absl::Status EveryBlob() {
    absl::Status inner;
    const absl::Status status = records_.Scan<cases::Blob>({}, {}, kAll, [&](const base::Versioned<cases::Blob>& row) {
      const cases::Blob& blob = row.record;
      if (blob.received < blob.size) ++report_.blobs_incomplete;
      std::uint64_t stored = 0;
      inner = records_.Scan<cases::BlobPart>(base::RowKey(blob.case_id, blob.id), {}, kAll,
                                             [&](const base::Versioned<cases::BlobPart>& part) {
                                               stored += part.record.data.size();
                                               return true;
                                             });
      if (inner.ok() && stored != blob.received) Problem("blob-part", "a blob has more or fewer bytes than it counts");
      if (!inner.ok()) return false;
      const auto entry =
          records_.Get<cases::Entry>(base::RowKey(blob.case_id, static_cast<std::uint8_t>(blob.keyring), blob.sequence));
      if (!entry.ok()) inner = entry.status();
      else if (!*entry) Problem("blob", "it belongs to an entry that is not there");
      else if (format::IsRedacted((*entry)->record.envelope)) Problem("blob", "it belongs to an entry that was redacted");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // Whether a directory is signed as it should be is asked when it is loaded.
  absl::Status EveryLogKey() {
    return records_.Scan<people::DirectoryNote>({}, {}, kAll, [&](const base::Versioned<people::DirectoryNote>& row) {
      const absl::StatusOr<format::DirectoryNote> note = format::ParseDirectoryNote(row.record.note);
      if (!note.ok()) Problem("directory", "it is malformed");
      else if (std::find(log_keys_.begin(), log_keys_.end(), note->directory.log_key) == log_keys_.end())
        log_keys_.push_back(note->directory.log_key);
      return true;
    });
  }

  // Rolls and escrows name each other: an escrow that is on none is never matched, and a roll names nothing that is gone.
  absl::Status EveryRoll() {
    absl::Status inner;
    absl::Status status = records_.Scan<cases::EscrowRoll>({}, {}, kAll, [&](const base::Versioned<cases::EscrowRoll>& row) {
      for (const base::CaseId& id : row.record.cases) {
        const auto found = records_.Get<cases::Case>(id.view());
        if (!found.ok()) inner = found.status();
        if (!inner.ok()) return false;
        const bool names = *found && (*found)->record.escrow && Names(*(*found)->record.escrow, row.record.employee);
        if (!names) Problem("escrow-roll", "it names a case that does not name the employee");
      }
      return true;
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    status = records_.Scan<cases::Case>({}, {}, kAll, [&](const base::Versioned<cases::Case>& row) {
      if (!row.record.escrow) return true;
      for (const base::EmployeeId& employee : row.record.escrow->about) {
        const auto roll = records_.Get<cases::EscrowRoll>(base::RowKey(employee));
        if (!roll.ok()) inner = roll.status();
        if (!inner.ok()) return false;
        const bool listed = *roll && std::binary_search((*roll)->record.cases.begin(), (*roll)->record.cases.end(), row.record.id);
        if (!listed) Problem("escrow-roll", "an escrow is not on the roll of whom it names");
      }
      return true;
    });
    return status.ok() ? inner : status;
  }

  static bool Names(const cases::Escrow& escrow, const base::EmployeeId& employee) {
    return std::binary_search(escrow.about.begin(), escrow.about.end(), employee);
  }

  // What is to go is there, and may go.
  absl::Status EveryDoomed() {
    absl::Status inner;
    const absl::Status status = records_.Scan<cases::Doomed>({}, {}, kAll, [&](const base::Versioned<cases::Doomed>& row) {
      const cases::Doomed& doomed = row.record;
      const auto found = records_.Get<cases::Case>(doomed.case_id.view());
      if (!found.ok()) inner = found.status();
      else if (!*found) Problem("doomed", "a case that is not there is to go");
      else if (!(*found)->record.holds.empty()) Problem("doomed", "something is to go of a case that is held");
      for (const cases::DoomedEntry& place : doomed.entries) {
        if (!inner.ok()) break;
        const auto entry = records_.Get<cases::Entry>(
            base::RowKey(doomed.case_id, static_cast<std::uint8_t>(place.keyring), place.sequence));
        if (!entry.ok()) inner = entry.status();
        else if (!*entry) Problem("doomed", "an entry that is not there is to go");
        else if (!format::MayBeRedacted((*entry)->record.kind)) Problem("doomed", "an entry is to go that has to stay");
      }
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // A tombstone says what happened, is in the ledger and signed, and stands where no case is.
  absl::Status EveryTombstone() {
    absl::Status inner;
    const absl::Status status =
        records_.Scan<cases::Tombstone>({}, {}, kAll, [&](const base::Versioned<cases::Tombstone>& row) {
          const cases::Tombstone& tombstone = row.record;
          const auto found = records_.Get<cases::Case>(tombstone.case_id.view());
          if (!found.ok()) inner = found.status();
          else if (*found) Problem("tombstone", "it stands where a case is");
          if (inner.ok()) inner = Leaf(tombstone.content, tombstone.salt, "tombstone");
          if (!inner.ok()) return false;
          const auto leaf = format::ParseLeaf(tombstone.content);
          const auto salt = format::LeafSalt::FromBytes(tombstone.salt);
          const auto promise = format::ParsePromise(tombstone.promise);
          const bool holds = leaf.ok() && salt.ok() && promise.ok() && format::ParseShredded(*leaf).ok() &&
                             leaf->case_id == tombstone.case_id && leaf->organisation == vault_.organisation() &&
                             promise->organisation == vault_.organisation() &&
                             promise->commitment == format::LeafCommitment(*salt, tombstone.content) &&
                             std::any_of(log_keys_.begin(), log_keys_.end(), [&](const crypto::VerifyKey& key) {
                               return format::VerifyPromise(*promise, key).ok();
                             });
          if (!holds) Problem("tombstone", "it does not prove what it says");
          return true;
        });
    return status.ok() ? inner : status;
  }

  // Every receipt leads to a case or to what is left of one.
  absl::Status EveryMailbox() {
    absl::Status inner;
    const absl::Status status = records_.Scan<cases::Mailbox>({}, {}, kAll, [&](const base::Versioned<cases::Mailbox>& row) {
      const auto found = records_.Get<cases::Case>(row.record.case_id.view());
      const auto tombstone = records_.Get<cases::Tombstone>(row.record.case_id.view());
      if (!found.ok()) inner = found.status();
      else if (!tombstone.ok()) inner = tombstone.status();
      else if (!*found && !*tombstone) Problem("mailbox", "it leads to a case that is not there");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // The row says what its requester signed, and whoever asked for it or decided finds it.
  absl::Status OneApproval(const cases::Approval& approval, std::string_view table) {
    const auto request = format::ParseApprovalRequest(approval.request);
    const format::ApprovalTerms terms = request.ok() ? request->statement.terms : format::ApprovalTerms();
    if (!request.ok() || terms.organisation != vault_.organisation() || terms.approval != approval.id ||
        terms.case_id != approval.case_id || terms.kind != approval.kind || terms.person != approval.person.text() ||
        terms.code != approval.code || terms.until != approval.until.value_or(base::Day()))
      Problem(table, "an approval says something else than its request");
    if (approval.cancelled_by.empty() == (approval.end == cases::ApprovalEnd::kCancelled))
      Problem(table, "withdrawn by nobody, or by somebody and not withdrawn");
    const auto leads = [&](const base::StaffSlug& staff) -> absl::StatusOr<bool> {
      const auto party = records_.Get<approvals::Party>(base::RowKey(staff, approval.id));
      if (!party.ok()) return party.status();
      return *party && (*party)->record.case_id == approval.case_id;
    };
    auto found = leads(approval.requester);
    for (const cases::SignedDecision& decision : approval.decisions) {
      if (!found.ok()) return found.status();
      if (*found) found = leads(decision.staff);
    }
    if (!found.ok()) return found.status();
    if (!*found) Problem("approval-of", "nothing leads somebody to their approval");
    return absl::OkStatus();
  }

  // Whether the row leads to its approval. One of a case that is gone leads nowhere, and nobody minds.
  absl::StatusOr<bool> Leads(const approvals::Party& party) {
    if (party.case_id.IsZero()) {
      const auto approval = records_.Get<approvals::ClockApproval>(base::RowKey(party.approval));
      if (!approval.ok()) return approval.status();
      return approval->has_value();
    }
    const auto record = records_.Get<cases::Case>(base::RowKey(party.case_id));
    if (!record.ok()) return record.status();
    if (!*record) return true;
    const auto approval = records_.Get<cases::Approval>(base::RowKey(party.case_id, party.approval));
    if (!approval.ok()) return approval.status();
    return approval->has_value();
  }

  absl::Status EveryApproval() {
    absl::Status inner;
    absl::Status status = records_.Scan<cases::Approval>({}, {}, kAll, [&](const base::Versioned<cases::Approval>& row) {
      inner = OneApproval(row.record, "approval");
      return inner.ok();
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    using approvals::ClockApproval;
    status = records_.Scan<ClockApproval>({}, {}, kAll, [&](const base::Versioned<ClockApproval>& row) {
      if (row.record.approval.kind != format::ApprovalKind::kConfirmClock || row.record.leap.from > row.record.leap.to)
        Problem("clock-approval", "an approval that is not about a leap of the clock");
      inner = OneApproval(row.record.approval, "clock-approval");
      return inner.ok();
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    status = records_.Scan<approvals::Party>({}, {}, kAll, [&](const base::Versioned<approvals::Party>& row) {
      const absl::StatusOr<bool> leads = Leads(row.record);
      if (!leads.ok()) inner = leads.status();
      else if (!*leads) Problem("approval-of", "a party to an approval that is not there");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // Pages, edges and tags fit each other, there is no page beyond the head, and staged pages belong to a sync.
  absl::Status WholeChart() {
    const auto chart = people::LoadChart(records_);
    if (!chart.ok()) return chart.status();
    const std::uint64_t pages = ((*chart)->size() + people::kEmployeesPerPage - 1) / people::kEmployeesPerPage;
    if (report_.rows[base::Table::kChartPage] != pages) Problem("chart-page", "more pages than the head counts");
    absl::Status inner;
    const absl::Status status = records_.Scan<hr::SyncPage>({}, {}, kAll, [&](const base::Versioned<hr::SyncPage>& page) {
      const auto sync = records_.Get<hr::Sync>(page.record.sync.view());
      if (!sync.ok()) inner = sync.status();
      else if (!*sync) Problem("sync-page", "a page of a sync that is not there");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // What waits for a verdict is an action that has none, and every such action waits; the newest of an employee is theirs.
  absl::Status Actions() {
    absl::Status inner;
    std::size_t waiting = 0;
    absl::Status status = records_.Scan<hr::AdverseAction>({}, {}, kAll, [&](const base::Versioned<hr::AdverseAction>& row) {
      const hr::AdverseAction& action = row.record;
      waiting += action.verdict == 0 && !action.cancelled;
      if (action.day > action.comes_up || action.comes_up > action.visible)
        Problem("adverse-action", "days that do not follow each other");
      if ((action.verdict == 0) != action.decided_by.empty())
        Problem("adverse-action", "a verdict without an officer, or the other way round");
      return true;
    });
    if (!status.ok()) return status;
    status = records_.Scan<hr::UndecidedAction>({}, {}, kAll, [&](const base::Versioned<hr::UndecidedAction>& row) {
      const auto action = records_.Get<hr::AdverseAction>(base::RowKey(row.record.action));
      if (!action.ok()) inner = action.status();
      else if (!*action || (*action)->record.verdict != 0 || (*action)->record.cancelled ||
               (*action)->record.visible != row.record.visible)
        Problem("undecided-action", "an action that does not wait for a verdict");
      return inner.ok();
    });
    if (!status.ok() || !inner.ok()) return status.ok() ? inner : status;
    if (report_.rows[base::Table::kUndecidedAction] != waiting)
      Problem("undecided-action", "an action waits and is not among those that do");
    status = records_.Scan<hr::NewestAction>({}, {}, kAll, [&](const base::Versioned<hr::NewestAction>& row) {
      const auto action = records_.Get<hr::AdverseAction>(base::RowKey(row.record.action));
      if (!action.ok()) inner = action.status();
      else if (!*action || (*action)->record.employee != row.record.employee)
        Problem("newest-action", "an action about somebody else, or none");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  // Nobody was given more than there are for one, and nobody whom the chart never knew was given any.
  absl::Status Tokens() {
    const absl::StatusOr<people::ChartPtr> chart = people::LoadChart(records_);
    if (!chart.ok()) return chart.status();
    return records_.Scan<hr::TokensDrawn>({}, {}, kAll, [&](const base::Versioned<hr::TokensDrawn>& row) {
      const hr::TokensDrawn& drawn = row.record;
      if (drawn.count == 0 || drawn.count > hr::MostTokens(drawn.kind)) Problem("tokens-drawn", "a number that cannot be");
      if (!(*chart)->Find(drawn.employee)) Problem("tokens-drawn", "an employee whom the chart does not have");
      return true;
    });
  }

  // An order says only what its state has, and whoever it is from knows it by the same id.
  absl::Status Orders() {
    absl::Status inner;
    absl::Status status = records_.Scan<cases::MeasureOrder>({}, {}, kAll, [&](const base::Versioned<cases::MeasureOrder>& row) {
      const cases::MeasureOrder& order = row.record;
      const bool answered = order.state == cases::OrderState::kExecuted || order.state == cases::OrderState::kRefused;
      if (order.visible > order.due) Problem("measure-order", "HR sees it after its last day");
      if (answered == order.answered_by.empty()) Problem("measure-order", "an answer without an account, or the other way round");
      if ((order.state == cases::OrderState::kRefused) == order.refusal.empty() ||
          (order.state == cases::OrderState::kExecuted) == (order.done == base::Day()) ||
          (order.state == cases::OrderState::kWithdrawn) == (order.withdrawn == base::Day()))
        Problem("measure-order", "it says what its state does not have");
      return true;
    });
    if (!status.ok()) return status;
    status = records_.Scan<cases::OrderOrigin>({}, {}, kAll, [&](const base::Versioned<cases::OrderOrigin>& row) {
      const auto order = records_.Get<cases::MeasureOrder>(base::RowKey(row.record.order));
      const auto measure = records_.Get<cases::Measure>(base::RowKey(row.record.case_id, row.record.measure));
      if (!order.ok() || !measure.ok()) inner = order.ok() ? measure.status() : order.status();
      else if (!*order) Problem("order-origin", "an order that is not there");
      else if (!*measure || (*measure)->record.order != row.record.order)
        Problem("order-origin", "a measure that does not know the order, or none");
      return inner.ok();
    });
    return status.ok() ? inner : status;
  }

  const RowStore& rows_;
  const Vault& vault_;
  Derived derived_;
  SilentSink events_;
  Records records_;
  std::vector<crypto::VerifyKey> log_keys_;  // the one that is held, and those of the directories so far
  CheckReport report_;
};

}  // namespace

absl::StatusOr<CheckReport> CheckStore(const RowStore& rows, const crypto::SymmetricKey& kek,
                                       const crypto::VerifyKey& log_key, const MarkState* mark,
                                       crypto::Random& random) {
  const auto vault = Vault::Open(rows, kek, random);
  if (!vault.ok()) return vault.status();
  return Check(rows, **vault, log_key).Run(mark);
}

}  // namespace alcove::storage
