#include "server/core/casework/tasks.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/matters.h"
#include "server/core/cases/orders.h"
#include "server/core/cases/reach.h"
#include "server/core/cases/show.h"
#include "server/core/cases/states.h"
#include "server/core/clocks/retention.h"
#include "server/core/grants/readers.h"
#include "server/core/ledger/draft.h"

namespace alcove::casework {
namespace {

// Where a task stands in the list.
using Place = std::tuple<base::Day, base::CaseId, base::MeasureId, std::string>;
Place PlaceOf(const Task& task) { return {task.due, task.case_id, task.measure, task.deadline}; }

std::string TokenOf(const Task& task) {
  return crypto::Base32Encode(format::ByteWriter(64)
                                  .U32(task.due.number())
                                  .Fixed(task.case_id)
                                  .Fixed(task.measure)
                                  .Raw(task.deadline)
                                  .bytes());
}

absl::StatusOr<Place> ParseToken(const std::string& token) {
  const absl::StatusOr<crypto::Bytes> bytes = crypto::Base32Decode(token);
  constexpr std::size_t kFixed = 4 + base::CaseId::kSize + base::MeasureId::kSize;
  if (!bytes.ok() || bytes->size() < kFixed || bytes->size() > kFixed + 64) return base::FieldInvalid("page_token");
  format::ByteReader reader(*bytes);
  const std::uint32_t due = reader.U32();
  if (due > base::Day::kMax) return base::FieldInvalid("page_token");
  const auto case_id = base::CaseId::FromBytes(reader.Raw(base::CaseId::kSize));
  const auto measure = base::MeasureId::FromBytes(reader.Raw(base::MeasureId::kSize));
  return Place{base::Day(due), *case_id, *measure, bytes->substr(kFixed)};
}

// A closed case that goes before long, unless a hold stands.
absl::Status AddRetention(const cases::Ports& ports, const cases::Case& record, std::vector<Task>& tasks) {
  if (cases::IsHeld(record)) return absl::OkStatus();
  const absl::StatusOr<std::optional<base::Day>> last = cases::LastDayOf(ports, record);
  if (!last.ok()) return last.status();
  const base::Day today = ports.clock.Today();
  if (clocks::IsAboutToGo(*last, today))
    tasks.push_back({record.id, "retention", {}, {}, **last, today > **last, record.assignee});
  return absl::OkStatus();
}

absl::Status AddTasks(const cases::Ports& ports, const cases::Case& record, std::vector<Task>& tasks) {
  if (!cases::IsOpen(record.state)) return AddRetention(ports, record, tasks);
  const base::Day today = ports.clock.Today();
  if (grants::LivingHolders(record.thread.holders, ports.organisation, record.wall, today) < kEnoughHolders)
    tasks.push_back({record.id, std::string(kFewHolders), {}, {}, today, false, record.assignee});
  for (clocks::Deadline& deadline : cases::DeadlinesOf(ports, record)) {
    if (deadline.met || deadline.external || !deadline.due) continue;
    tasks.push_back({record.id, std::move(deadline.kind), {}, {}, *deadline.due, today > *deadline.due, record.assignee});
  }
  absl::StatusOr<std::vector<cases::Measure>> measures = cases::MeasuresOf(ports, record.id);
  if (!measures.ok()) return measures.status();
  for (cases::Measure& measure : *measures) {
    if (!cases::IsOpen(measure)) continue;
    const absl::StatusOr<cases::OrderView> order = cases::OrderOf(ports, measure.order);
    if (!order.ok()) return order.status();
    const base::StaffSlug owner = cases::OwnerOf(ports, record, measure);
    if (!order->id.IsZero() && order->state == cases::OrderState::kRefused)
      tasks.push_back({record.id, std::string(kOrderRefused), measure.id, {}, today, false, owner});
    if (!order->id.IsZero() && order->overdue)
      tasks.push_back({record.id, std::string(kOrderOverdue), measure.id, {}, measure.due, true, owner});
    tasks.push_back({record.id, {}, measure.id, std::move(measure.kind), measure.due, cases::IsOverdue(measure, today),
                     owner});
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Task>> AllTasks(const cases::Ports& ports, const people::Person& person) {
  std::vector<base::CaseId> ids;
  absl::Status status = ports.rows.Scan<cases::Membership>(base::RowKey(person.slug), "", SIZE_MAX,
                                                           [&](base::Versioned<cases::Membership> row) {
                                                             ids.push_back(row.record.case_id);
                                                             return true;
                                                           });
  if (!status.ok()) return status;
  std::vector<Task> tasks;
  for (const base::CaseId& id : ids) {
    auto found = ports.rows.Get<cases::Case>(base::RowKey(id));
    if (!found.ok()) return found.status();
    if (!*found || !cases::MayReach(ports, person, (*found)->record)) continue;
    const absl::StatusOr<bool> doomed = cases::IsDoomed(ports.rows, id);
    if (!doomed.ok()) return doomed.status();
    if (*doomed) continue;
    if (absl::Status added = AddTasks(ports, (*found)->record, tasks); !added.ok()) return added;
  }
  std::sort(tasks.begin(), tasks.end(), [](const Task& a, const Task& b) { return PlaceOf(a) < PlaceOf(b); });
  return tasks;
}

}  // namespace

absl::StatusOr<base::Outcome<TaskPage>> ListTasks(const cases::Ports& ports, const base::StaffSlug& caller,
                                                  const cases::PageRequest& request) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return base::NothingHere();
  std::optional<Place> after;
  if (!request.token.empty()) {
    absl::StatusOr<Place> parsed = ParseToken(request.token);
    if (!parsed.ok()) return parsed.status();
    after = *std::move(parsed);
  }
  absl::StatusOr<std::vector<Task>> tasks = AllTasks(ports, *person);
  if (!tasks.ok()) return tasks.status();

  base::Outcome<TaskPage> outcome;
  TaskPage& page = outcome.answer;
  const std::uint32_t size = cases::SizeOf(request, 50, 100);
  for (Task& task : *tasks) {
    if (after && PlaceOf(task) <= *after) continue;
    if (page.tasks.size() == size) {
      page.next_token = TokenOf(page.tasks.back());
      break;
    }
    page.tasks.push_back(std::move(task));
  }
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kTasksListed, caller, ports.clock.Now()), ports.random,
                    outcome.changes, outcome.leaves);
  return outcome;
}

}  // namespace alcove::casework
