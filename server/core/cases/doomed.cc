#include "server/core/cases/doomed.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/format/envelope.h"
#include "crypto/format/leaf.h"
#include "server/core/base/errors.h"
#include "server/core/cases/errors.h"

namespace alcove::cases {
namespace {

auto PlaceOf(const DoomedEntry& entry) { return std::tuple(entry.keyring, entry.sequence); }

void PutOver(const std::optional<base::Versioned<Doomed>>& before, Doomed doomed, base::ChangeSet& changes) {
  if (before) changes.Update(std::move(doomed), before->version);
  else changes.Insert(std::move(doomed));
}

}  // namespace

absl::StatusOr<std::optional<base::Versioned<Doomed>>> DoomOf(const base::Reader& rows, const base::CaseId& id) {
  return rows.Get<Doomed>(base::RowKey(id));
}

absl::StatusOr<bool> IsDoomed(const base::Reader& rows, const base::CaseId& id) {
  const auto doomed = DoomOf(rows, id);
  if (!doomed.ok()) return doomed.status();
  return *doomed && (*doomed)->record.whole.has_value();
}

bool IsDoomed(const Doomed& doomed, format::Keyring keyring, std::uint32_t sequence) {
  if (doomed.whole) return true;
  return std::any_of(doomed.entries.begin(), doomed.entries.end(), [&](const DoomedEntry& entry) {
    return entry.keyring == keyring && entry.sequence == sequence;
  });
}

void Redact(Entry& entry) {
  if (entry.envelope.size() <= format::kEnvelopePrefixSize) return;
  entry.envelope.resize(format::kEnvelopePrefixSize);
  entry.envelope.shrink_to_fit();
}

absl::Status DoomCase(const Ports& ports, const base::CaseId& id, const Cause& cause, base::ChangeSet& changes) {
  const auto before = DoomOf(ports.rows, id);
  if (!before.ok()) return before.status();
  Doomed doomed;
  if (*before) doomed = (*before)->record;
  if (doomed.whole) return absl::OkStatus();
  doomed.case_id = id;
  doomed.whole = cause;
  PutOver(*before, std::move(doomed), changes);
  return absl::OkStatus();
}

absl::Status DoomEntries(const Ports& ports, const Case& record, std::span<const EntryPlace> entries, const Cause& cause,
                         CaseLeaves& leaves, base::ChangeSet& changes) {
  const auto before = DoomOf(ports.rows, record.id);
  if (!before.ok()) return before.status();
  Doomed doomed;
  if (*before) doomed = (*before)->record;
  doomed.case_id = record.id;
  for (const EntryPlace& place : entries) {
    auto entry = ports.rows.Get<Entry>(base::RowKey(record.id, static_cast<std::uint8_t>(place.keyring), place.sequence));
    if (!entry.ok()) return entry.status();
    if (!*entry) return base::NothingHere();
    if (!format::MayBeRedacted((*entry)->record.kind)) return KindRefused();
    if (IsDoomed(doomed, place.keyring, place.sequence)) continue;
    if (doomed.entries.size() >= kMostDoomedEntries) return QuotaExceeded();
    const absl::StatusOr<format::ParsedEnvelope> envelope = format::ParseKept((*entry)->record.envelope);
    if (!envelope.ok()) return base::Broken("a kept entry does not parse");
    const crypto::Bytes details = format::details::EntryRedacted(place.keyring, place.sequence,
                                                                 format::EntryHash(*envelope), cause.approval);
    if (place.keyring == format::Keyring::kThread) leaves.ByServer(format::LeafKind::kEntryRedacted, details);
    else leaves.HiddenByServer(format::LeafKind::kEntryRedacted, details);
    doomed.entries.push_back({place.keyring, place.sequence, cause});
  }
  if (doomed.entries.empty() && !doomed.whole) return absl::OkStatus();
  std::sort(doomed.entries.begin(), doomed.entries.end(),
            [](const DoomedEntry& a, const DoomedEntry& b) { return PlaceOf(a) < PlaceOf(b); });
  PutOver(*before, std::move(doomed), changes);
  return absl::OkStatus();
}

absl::StatusOr<bool> Spare(const base::Reader& rows, const base::CaseId& id, base::ChangeSet& changes) {
  const auto doomed = DoomOf(rows, id);
  if (!doomed.ok()) return doomed.status();
  if (!*doomed) return false;
  changes.ExpectUnchanged(Doomed::kTable, base::RowKey(id), (*doomed)->version);
  changes.Delete(Doomed::kTable, base::RowKey(id));
  return true;
}

}  // namespace alcove::cases
