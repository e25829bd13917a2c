#include "server/core/hr/sync.h"

#include <map>
#include <utility>

#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/requests.h"
#include "server/core/hr/errors.h"
#include "server/core/ledger/draft.h"
#include "server/core/people/newest.h"

namespace alcove::hr {
namespace {

constexpr std::uint32_t kForgottenAfterDays = 2;

std::string ScopeOf(const base::StaffSlug& caller) { return "staff/" + caller.text(); }

// The caller's own sync, or NOTHING_HERE.
absl::StatusOr<base::Versioned<Sync>> ReachSync(const cases::Ports& ports, const base::StaffSlug& caller,
                                                const SyncId& id) {
  absl::StatusOr<std::optional<base::Versioned<Sync>>> found = ports.rows.Get<Sync>(base::RowKey(id));
  if (!found.ok()) return found.status();
  if (!*found || (*found)->record.by != caller) return base::NothingHere();
  return **std::move(found);
}

absl::Status DropPages(const base::Reader& rows, const SyncId& id, base::ChangeSet& changes) {
  return rows.Scan<SyncPage>(id.view(), "", SIZE_MAX, [&](const base::Versioned<SyncPage>& page) {
    changes.Delete(SyncPage::kTable, page.record.key());
    return true;
  });
}

// What the account left unfinished, and what anybody forgot.
absl::Status DropOldSyncs(const cases::Ports& ports, const base::StaffSlug& caller, base::ChangeSet& changes) {
  absl::Status inner;
  const absl::Status status = ports.rows.Scan<Sync>("", "", SIZE_MAX, [&](const base::Versioned<Sync>& sync) {
    const bool forgotten = ports.clock.Today().DaysSince(sync.record.day) > kForgottenAfterDays;
    if (sync.record.by != caller && !forgotten) return true;
    changes.Delete(Sync::kTable, sync.record.key());
    inner = DropPages(ports.rows, sync.record.id, changes);
    return inner.ok();
  });
  return inner.ok() ? status : inner;
}

// Tags of one page; a manager of many is evaluated once.
class TagMaker {
 public:
  TagMaker(const people::Organisation& organisation, const crypto::OprfKey& key)
      : organisation_(organisation), key_(key) {}

  absl::StatusOr<people::TagHash> Of(const format::Identifier& identifier) {
    const auto known = made_.find(identifier.text());
    if (known != made_.end()) return known->second;
    const absl::StatusOr<crypto::SubjectTag> tag = crypto::Evaluate(key_, identifier.text());
    if (!tag.ok()) return tag.status();
    return made_.emplace(identifier.text(), organisation_.HashTag(*tag)).first->second;
  }

 private:
  const people::Organisation& organisation_;
  const crypto::OprfKey& key_;
  std::map<std::string, people::TagHash> made_;
};

absl::StatusOr<Row> RowOf(const ClearRow& clear, TagMaker& tags) {
  if (clear.identifiers.empty() || clear.identifiers.size() > kMostIdentifiers) return base::FieldInvalid("rows.numbers");
  if (clear.names.size() > kMostNamings) return base::FieldInvalid("rows.relations");
  Row row;
  row.left = clear.left;
  for (const format::Identifier& identifier : clear.identifiers) {
    const absl::StatusOr<people::TagHash> tag = tags.Of(identifier);
    if (!tag.ok()) return tag.status();
    row.tags.push_back(*tag);
  }
  for (const ClearRow::Naming& naming : clear.names) {
    const absl::StatusOr<people::TagHash> tag = tags.Of(naming.who);
    if (!tag.ok()) return tag.status();
    row.names.push_back({naming.kind, *tag});
  }
  return row;
}

// Every row of every page, in order. SYNC_INCOMPLETE when a page is missing or one too many is there.
absl::Status EachRow(const base::Reader& rows, const SyncId& id, std::uint32_t pages,
                     const std::function<absl::Status(const Row&)>& visit) {
  absl::Status inner;
  std::uint32_t next = 0;
  const absl::Status status = rows.Scan<SyncPage>(id.view(), "", SIZE_MAX, [&](const base::Versioned<SyncPage>& page) {
    if (page.record.page != next++) inner = SyncIncomplete();
    for (const Row& row : page.record.rows)
      if (inner.ok()) inner = visit(row);
    return inner.ok();
  });
  if (!inner.ok()) return inner;
  if (!status.ok()) return status;
  return next == pages ? absl::OkStatus() : SyncIncomplete();
}

absl::StatusOr<Merged> Merge(const cases::Ports& ports, const Sync& sync, std::uint32_t pages) {
  ChartMerge merge(ports.organisation.chart(), sync.mode, ports.random);
  absl::Status status = EachRow(ports.rows, sync.id, pages, [&](const Row& row) {
    merge.Meet(row);
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  status = EachRow(ports.rows, sync.id, pages, [&](const Row& row) { return merge.Tell(row); });
  if (!status.ok()) return status;
  return merge.Finish();
}

bool RemovesTooMuch(const Counts& counts, const people::Safeguards& safeguards) {
  const std::uint64_t bound = std::uint64_t{counts.before} * safeguards.sync_most_removed_percent;
  return std::uint64_t{counts.removed} * 100 > bound || std::uint64_t{counts.lost_managers} * 100 > bound;
}

// The pages that are not as they were, and the head.
void PutChart(const people::Newest& newest, const people::Chart& before, const people::Chart& after,
              base::ChangeSet& changes) {
  for (people::EmployeeIndex first = 0; first < after.size(); first += people::kEmployeesPerPage) {
    people::ChartPage page;
    page.page = first / people::kEmployeesPerPage;
    page.part = after.PartOf(first, people::kEmployeesPerPage);
    if (page.part != before.PartOf(first, people::kEmployeesPerPage)) changes.Put(std::move(page));
  }
  people::ChartHead head;
  head.version = after.version();
  head.employees = after.size();
  people::ReplaceChart(newest, std::move(head), changes);
}

constexpr std::uint32_t Counts::*kCounts[] = {
    &Counts::rows,          &Counts::before,          &Counts::after,  &Counts::added,   &Counts::changed,    &Counts::removed,
    &Counts::lost_managers, &Counts::without_manager, &Counts::cycles, &Counts::orphans, &Counts::duplicates, &Counts::merged};

// version 4, counts 4 each, findings: kind 1, row 4 each, to the end.
crypto::Bytes AnswerBytes(const Committed& committed) {
  format::ByteWriter out(256);
  out.U32(committed.version);
  for (const auto count : kCounts) out.U32(committed.counts.*count);
  for (const Finding& finding : committed.findings) out.U8(static_cast<std::uint8_t>(finding.kind)).U32(finding.row);
  return out.bytes();
}

Committed AnswerAgain(crypto::BytesView bytes) {
  Committed committed;
  format::ByteReader in(bytes);
  committed.version = in.U32();
  for (const auto count : kCounts) committed.counts.*count = in.U32();
  while (in.left() > 0) {
    const auto kind = static_cast<FindingKind>(in.U8());
    committed.findings.push_back({kind, in.U32()});
  }
  return committed;
}

crypto::Digest DigestOf(std::string_view method, const SyncId& id, std::uint32_t number) {
  return crypto::Blake2b256(format::ByteWriter(64).Short(method).Fixed(id).U32(number).bytes());
}

}  // namespace

absl::StatusOr<base::Outcome<SyncId>> CreateSync(const cases::Ports& ports, const base::StaffSlug& caller,
                                                 const std::string& request_id, Mode mode) {
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, ScopeOf(caller), request_id, DigestOf("CreateSync", SyncId(), static_cast<std::uint32_t>(mode)));
  if (!slot.ok()) return slot.status();
  base::Outcome<SyncId> outcome;
  if (slot->repeated) {
    const absl::StatusOr<SyncId> again = SyncId::FromBytes(slot->repeated->answer);
    if (!again.ok()) return base::Broken("a repeated CreateSync has no id");
    outcome.answer = *again;
    return outcome;
  }
  if (absl::Status status = DropOldSyncs(ports, caller, outcome.changes); !status.ok()) return status;
  Sync sync;
  sync.id = format::DrawId<SyncId>(ports.random);
  sync.mode = mode;
  sync.by = caller;
  sync.day = ports.clock.Today();
  outcome.answer = sync.id;
  cases::CloseRequest(*std::move(slot), sync.id.str(), outcome.changes);
  outcome.changes.Insert(std::move(sync));
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> UploadSyncPage(const cases::Ports& ports, const crypto::OprfKey& tag_key,
                                                             const base::StaffSlug& caller, const SyncId& id,
                                                             std::uint32_t page, const std::vector<ClearRow>& rows) {
  absl::StatusOr<base::Versioned<Sync>> sync = ReachSync(ports, caller, id);
  if (!sync.ok()) return sync.status();
  if (page >= kMostPages) return base::FieldInvalid("page");
  if (rows.size() > kMostRowsOfPage) return base::FieldInvalid("rows");
  SyncPage staged;
  staged.sync = id;
  staged.page = page;
  TagMaker tags(ports.organisation, tag_key);
  for (const ClearRow& clear : rows) {
    absl::StatusOr<Row> row = RowOf(clear, tags);
    if (!row.ok()) return row.status();
    staged.rows.push_back(*std::move(row));
  }
  base::Outcome<std::monostate> outcome;
  outcome.changes.Put(std::move(staged));
  ++sync->record.uploads;
  outcome.changes.Update(std::move(sync->record), sync->version);
  return outcome;
}

absl::StatusOr<base::Outcome<Committed>> CommitSync(const cases::Ports& ports, const base::StaffSlug& caller,
                                                    const CommitRequest& request) {
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, ScopeOf(caller), request.request_id, DigestOf("CommitSync", request.sync, request.pages));
  if (!slot.ok()) return slot.status();
  base::Outcome<Committed> outcome;
  if (slot->repeated) {
    outcome.answer = AnswerAgain(slot->repeated->answer);
    return outcome;
  }
  absl::StatusOr<base::Versioned<Sync>> sync = ReachSync(ports, caller, request.sync);
  if (!sync.ok()) return sync.status();
  absl::StatusOr<people::Newest> newest = people::ReadNewest(ports.rows, ports.organisation);
  if (!newest.ok()) return newest.status();
  absl::StatusOr<Merged> merged = Merge(ports, sync->record, request.pages);
  if (!merged.ok()) return merged.status();

  const bool refused = RemovesTooMuch(merged->counts, ports.organisation.safeguards());
  if (refused && !request.validate_only) return SyncRefused();
  people::Organisation::Parts parts = ports.organisation.parts();
  parts.chart = merged->chart;
  absl::StatusOr<people::OrganisationPtr> built = people::Organisation::Build(std::move(parts));
  if (!built.ok()) return built.status();

  Committed& answer = outcome.answer;
  answer.version = merged->chart->version();
  answer.counts = merged->counts;
  answer.findings = std::move(merged->findings);
  answer.refused = refused;
  answer.coverage = intake::LinesOf(intake::CoverageOf(**built));
  if (request.validate_only) return outcome;
  answer.organisation = *std::move(built);
  PutChart(*newest, ports.organisation.chart(), *merged->chart, outcome.changes);
  for (std::uint32_t page = 0; page < request.pages; ++page)
    outcome.changes.Delete(SyncPage::kTable, base::RowKey(request.sync, page));
  outcome.changes.ExpectUnchanged(Sync::kTable, sync->record.key(), sync->version);
  outcome.changes.Delete(Sync::kTable, sync->record.key());
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kChartSynced, caller, ports.clock.Now(),
                                         format::details::ChartSynced(answer.version, answer.counts.added,
                                                                      answer.counts.changed, answer.counts.removed)),
                    ports.random, outcome.changes, outcome.leaves);
  cases::CloseRequest(*std::move(slot), AnswerBytes(answer), outcome.changes);
  return outcome;
}

}  // namespace alcove::hr
