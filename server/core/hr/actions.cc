#include "server/core/hr/actions.h"

#include <optional>
#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/requests.h"
#include "server/core/hr/errors.h"
#include "server/core/intake/protection.h"
#include "server/core/ledger/draft.h"

namespace alcove::hr {
namespace {

using format::LeafKind;

crypto::Digest DraftActionLeaf(const cases::Ports& ports, LeafKind kind, const base::StaffSlug& actor, crypto::Bytes details,
                               base::ChangeSet& changes, std::vector<base::LeafDraft>& leaves) {
  return ledger::DraftLeaf(ports.organisation.id(), ledger::Act::OfStaff(kind, actor, ports.clock.Now(), std::move(details)),
                           ports.random, changes, leaves);
}

// The caller's own action, or NOTHING_HERE.
absl::StatusOr<base::Versioned<AdverseAction>> ReachAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                           const base::AdverseActionId& id) {
  absl::StatusOr<std::optional<base::Versioned<AdverseAction>>> found = ports.rows.Get<AdverseAction>(base::RowKey(id));
  if (!found.ok()) return found.status();
  if (!*found || (*found)->record.by != caller) return base::NothingHere();
  return **std::move(found);
}

// Drawn without looking at anything, two bits at a time so that every day is as likely as the next.
void DrawDays(const cases::Ports& ports, AdverseAction& action) {
  const auto drawn = static_cast<std::uint8_t>(ports.random.Draw(1)[0]);
  action.day = ports.clock.Today();
  action.comes_up = action.day.PlusDays(1 + (drawn & 1));
  action.visible = action.comes_up.PlusDays(2 + ((drawn >> 1) & 3));
}

}  // namespace

void Remember(AdverseAction& action, const crypto::Digest& leaf) {
  if (action.leaves.size() < kMostActionLeaves) action.leaves.push_back(leaf);
}

absl::StatusOr<base::Outcome<base::AdverseActionId>> SubmitAdverseAction(const cases::Ports& ports,
                                                                         const crypto::OprfKey& tag_key,
                                                                         const base::StaffSlug& caller,
                                                                         const NewAction& action) {
  const absl::StatusOr<crypto::SubjectTag> tag = crypto::Evaluate(tag_key, action.employee.text());
  if (!tag.ok()) return tag.status();
  const people::TagHash hash = ports.organisation.HashTag(*tag);
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, cases::ScopeOf(caller), action.request_id,
                         crypto::Blake2b256(format::ByteWriter(64 + action.letter.size())
                                                .Short("SubmitAdverseAction")
                                                .Fixed(hash)
                                                .Raw(action.letter)
                                                .bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<base::AdverseActionId> outcome;
  if (slot->repeated) {
    const absl::StatusOr<base::AdverseActionId> again = base::AdverseActionId::FromBytes(slot->repeated->answer);
    if (!again.ok()) return base::Broken("a repeated SubmitAdverseAction has no id");
    outcome.answer = *again;
    return outcome;
  }
  const absl::StatusOr<format::ParsedOfficerLetter> letter =
      intake::CheckLetter(ports.organisation, format::LetterSubject::kAdverseAction, action.letter);
  if (!letter.ok()) return letter.status();
  AdverseAction fresh;
  fresh.id = *base::AdverseActionId::FromBytes(letter->id);
  const auto taken = ports.rows.Get<AdverseAction>(fresh.key());
  if (!taken.ok()) return taken.status();
  if (*taken) return base::FieldInvalid("letter");
  const people::Chart& chart = ports.organisation.chart();
  const std::optional<people::EmployeeIndex> employee = chart.Find(hash);
  if (!employee) return EmployeeUnknown();
  fresh.employee = chart.id(*employee);

  const auto newest = ports.rows.Get<NewestAction>(base::RowKey(fresh.employee));
  if (!newest.ok()) return newest.status();
  if (*newest) {
    auto before = ports.rows.Get<AdverseAction>(base::RowKey((*newest)->record.action));
    if (!before.ok()) return before.status();
    if (!*before) return base::Broken("an employee's newest action is not there");
    const absl::StatusOr<ActionState> state = StateOf(ports, (*before)->record);
    if (!state.ok()) return state.status();
    if (*state == ActionState::kPending) {
      AdverseAction& pending = (*before)->record;
      ++pending.repeats;
      outcome.answer = pending.id;
      const crypto::Digest repeated = DraftActionLeaf(ports, LeafKind::kActionRepeated, caller,
                                                      format::details::ActionDone(pending.id), outcome.changes, outcome.leaves);
      // Room is left for a cancellation and a verdict.
      if (pending.leaves.size() + 2 < kMostActionLeaves) Remember(pending, repeated);
      cases::CloseRequest(*std::move(slot), pending.id.str(), outcome.changes);
      outcome.changes.Update(std::move(pending), (*before)->version);
      return outcome;
    }
  }

  fresh.by = caller;
  fresh.letter = crypto::Bytes(action.letter);
  DrawDays(ports, fresh);
  outcome.answer = fresh.id;
  NewestAction mine;
  mine.employee = fresh.employee;
  mine.action = fresh.id;
  if (*newest) outcome.changes.Update(std::move(mine), (*newest)->version);
  else outcome.changes.Insert(std::move(mine));
  UndecidedAction undecided;
  undecided.visible = fresh.visible;
  undecided.action = fresh.id;
  outcome.changes.Put(std::move(undecided));
  Remember(fresh, DraftActionLeaf(ports, LeafKind::kActionSubmitted, caller,
                                  format::details::ActionSubmitted(fresh.id, crypto::Sha256(fresh.letter)), outcome.changes,
                                  outcome.leaves));
  cases::CloseRequest(*std::move(slot), fresh.id.str(), outcome.changes);
  outcome.changes.Insert(std::move(fresh));
  return outcome;
}

absl::StatusOr<ActionState> StateOf(const cases::Ports& ports, const AdverseAction& action) {
  if (action.cancelled) return ActionState::kCancelled;
  bool waits = action.verdict == 0 || ports.clock.Today() < action.visible;
  const absl::Status status =
      ports.rows.Scan<UndecidedAction>("", "", 1, [&](const base::Versioned<UndecidedAction>& first) {
        waits = waits || first.record.visible <= action.visible;
        return false;
      });
  if (!status.ok()) return status;
  if (waits) return ActionState::kPending;
  return action.verdict == static_cast<std::uint8_t>(Verdict::kCleared) ? ActionState::kCleared : ActionState::kNotCleared;
}

absl::StatusOr<base::Outcome<ActionState>> GetAdverseAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                            const base::AdverseActionId& id) {
  const absl::StatusOr<base::Versioned<AdverseAction>> action = ReachAction(ports, caller, id);
  if (!action.ok()) return action.status();
  const absl::StatusOr<ActionState> state = StateOf(ports, action->record);
  if (!state.ok()) return state.status();
  base::Outcome<ActionState> outcome;
  outcome.answer = *state;
  DraftActionLeaf(ports, LeafKind::kActionRead, caller, format::details::ActionDone(id), outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> CancelAdverseAction(const cases::Ports& ports, const base::StaffSlug& caller,
                                                                  const std::string& request_id,
                                                                  const base::AdverseActionId& id) {
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(
      ports, cases::ScopeOf(caller), request_id,
      crypto::Blake2b256(format::ByteWriter(64).Short("CancelAdverseAction").Fixed(id).bytes()));
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  absl::StatusOr<base::Versioned<AdverseAction>> action = ReachAction(ports, caller, id);
  if (!action.ok()) return action.status();
  const absl::StatusOr<ActionState> state = StateOf(ports, action->record);
  if (!state.ok()) return state.status();
  if (*state != ActionState::kPending) return ActionEnded();
  action->record.cancelled = true;
  outcome.changes.Delete(UndecidedAction::kTable, base::RowKey(action->record.visible.number(), id));
  Remember(action->record, DraftActionLeaf(ports, LeafKind::kActionCancelled, caller, format::details::ActionDone(id),
                                           outcome.changes, outcome.leaves));
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  outcome.changes.Update(std::move(action->record), action->version);
  return outcome;
}

}  // namespace alcove::hr
