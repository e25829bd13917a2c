#include "server/core/hr/protection.h"

#include <map>
#include <optional>
#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/requests.h"
#include "server/core/hr/errors.h"
#include "server/core/hr/scan_page.h"
#include "server/core/ledger/draft.h"
#include "server/core/ledger/records.h"

namespace alcove::hr {
namespace {

using format::LeafKind;

void DraftListLeaf(const cases::Ports& ports, LeafKind kind, const base::StaffSlug& caller, base::ChangeSet& changes,
                   std::vector<base::LeafDraft>& leaves) {
  ledger::DraftLeaf(ports.organisation.id(), ledger::Act::OfStaff(kind, caller, ports.clock.Now()), ports.random, changes,
                    leaves);
}

absl::StatusOr<cases::OpenedLeaf> OpeningOf(const cases::Ports& ports, const crypto::Digest& leaf) {
  auto row = ports.rows.Get<ledger::Opening>(leaf.str());
  if (!row.ok()) return row.status();
  if (!*row) return base::Broken("a leaf that a row names cannot be opened");
  return cases::Opened(ports, 0, std::move((*row)->record.content), std::move((*row)->record.salt));
}

// Somebody whom the chart knew apart before keeps their tags there.
std::vector<ActionView> ViewsOf(const cases::Ports& ports, std::vector<AdverseAction> actions) {
  const people::Chart& chart = ports.organisation.chart();
  std::map<people::EmployeeIndex, std::vector<people::TagHash>> tags;
  const auto index_of = [&](const AdverseAction& action) { return chart.Find(action.employee); };
  for (const AdverseAction& action : actions)
    if (const std::optional<people::EmployeeIndex> index = index_of(action)) tags[*index];
  if (!tags.empty()) {
    for (people::EmployeeIndex index = 0; index < chart.size(); ++index) {
      const auto found = tags.find(chart.Resolve(index));
      if (found == tags.end()) continue;
      found->second.insert(found->second.end(), chart.tags(index).begin(), chart.tags(index).end());
    }
  }
  std::vector<ActionView> views;
  for (AdverseAction& action : actions) {
    const std::optional<people::EmployeeIndex> index = index_of(action);
    ActionView& view = views.emplace_back();
    view.employee = cases::EtagOf(ports, index ? chart.id(*index).view() : action.employee.view(), 0);
    if (index) view.tags = tags[*index];
    view.action = std::move(action);
  }
  return views;
}

}  // namespace

absl::StatusOr<base::Outcome<ProtectionRequestPage>> ListProtectionRequests(const cases::Ports& ports,
                                                                            const base::StaffSlug& caller,
                                                                            const cases::PageRequest& page) {
  base::Outcome<ProtectionRequestPage> outcome;
  std::vector<intake::ProtectionRequest> requests;
  const absl::Status status = ScanPage<intake::ProtectionRequest, base::ProtectionRequestId>(
      ports, page, [](const intake::ProtectionRequest&) { return true; }, requests, outcome.answer.next_token);
  if (!status.ok()) return status;
  for (intake::ProtectionRequest& request : requests) {
    absl::StatusOr<cases::OpenedLeaf> leaf = OpeningOf(ports, request.leaf);
    if (!leaf.ok()) return leaf.status();
    outcome.answer.requests.push_back({std::move(request), *std::move(leaf)});
  }
  DraftListLeaf(ports, LeafKind::kProtectionListed, caller, outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<ActionPage>> ListAdverseActions(const cases::Ports& ports, const base::StaffSlug& caller,
                                                             bool ended, const cases::PageRequest& page) {
  base::Outcome<ActionPage> outcome;
  std::vector<AdverseAction> actions;
  const absl::Status status = ScanPage<AdverseAction, base::AdverseActionId>(
      ports, page,
      [&](const AdverseAction& action) {
        const bool waits = action.verdict == 0 && !action.cancelled;
        return action.comes_up <= ports.clock.Today() && (waits || ended);
      },
      actions, outcome.answer.next_token);
  if (!status.ok()) return status;
  outcome.answer.actions = ViewsOf(ports, std::move(actions));
  if (ended) {
    for (ActionView& view : outcome.answer.actions) {
      for (const crypto::Digest& hash : view.action.leaves) {
        absl::StatusOr<cases::OpenedLeaf> leaf = OpeningOf(ports, hash);
        if (!leaf.ok()) return leaf.status();
        view.leaves.push_back(*std::move(leaf));
      }
    }
  }
  DraftListLeaf(ports, LeafKind::kActionsListed, caller, outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> DecideAdverseAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                                  const std::string& request_id,
                                                                  const base::AdverseActionId& id, Verdict verdict) {
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), request_id,
      crypto::Blake2b256(
          format::ByteWriter(64).Short("DecideAdverseAction").Fixed(id).U8(static_cast<std::uint8_t>(verdict)).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  auto action = ports.rows.Get<AdverseAction>(base::RowKey(id));
  if (!action.ok()) return action.status();
  if (!*action || ports.clock.Today() < (*action)->record.comes_up) return base::NothingHere();
  AdverseAction& record = (*action)->record;
  if (record.verdict != 0 || record.cancelled) return ActionEnded();
  record.verdict = static_cast<std::uint8_t>(verdict);
  record.decided_by = caller;
  outcome.changes.Delete(UndecidedAction::kTable, base::RowKey(record.visible.number(), id));
  const crypto::Bytes details = format::details::ActionDecided(id, record.verdict);
  Remember(record, ledger::DraftLeaf(ports.organisation.id(),
                                     ledger::Act::OfStaff(LeafKind::kActionDecided, caller, ports.clock.Now(), details),
                                     ports.random, outcome.changes, outcome.leaves));
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Update(std::move(record), (*action)->version);
  return outcome;
}

absl::StatusOr<base::Outcome<AlertPage>> ListAlerts(const cases::Ports& ports, const base::StaffSlug& caller,
                                                    const cases::PageRequest& page) {
  const base::Day today = ports.clock.Today();
  const auto overdue = [&](const AdverseAction& action) {
    return action.verdict == 0 && !action.cancelled && action.visible < today;
  };
  base::Outcome<AlertPage> outcome;
  std::vector<AdverseAction> actions;
  const absl::Status status = ScanPage<AdverseAction, base::AdverseActionId>(
      ports, page,
      [&](const AdverseAction& action) {
        return today.DaysSince(action.day) <= static_cast<std::int64_t>(kAlertDays) &&
               (action.repeats > 0 || action.cancelled || overdue(action));
      },
      actions, outcome.answer.next_token);
  if (!status.ok()) return status;
  for (const ActionView& view : ViewsOf(ports, std::move(actions))) {
    if (view.action.repeats > 0) outcome.answer.alerts.push_back({AlertKind::kRepeated, view});
    if (view.action.cancelled) outcome.answer.alerts.push_back({AlertKind::kCancelled, view});
    if (overdue(view.action)) outcome.answer.alerts.push_back({AlertKind::kOverdue, view});
  }
  DraftListLeaf(ports, LeafKind::kAlertsListed, caller, outcome.changes, outcome.leaves);
  return outcome;
}

}  // namespace alcove::hr
