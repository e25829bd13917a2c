#include "server/core/approvals/custody.h"

#include <algorithm>
#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/access/wall.h"
#include "server/core/approvals/errors.h"
#include "server/core/base/errors.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/leaves.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/show.h"
#include "server/core/ledger/draft.h"

namespace alcove::approvals {
namespace {

// A custodian, and no wall stands between them and the case.
bool MayHold(const cases::Ports& ports, const people::Person& person, const cases::Case& record) {
  return person.Has(format::Role::kCustodian) && !access::InConflict(ports.organisation, person, record.wall);
}

// The case of an identity, for a custodian of it: there, not doomed, and no wall stands between. Nothing otherwise.
absl::StatusOr<std::optional<base::Versioned<cases::Case>>> CaseFor(const cases::Ports& ports, const people::Person& person,
                                                                    const base::CaseId& id) {
  auto found = ports.rows.Get<cases::Case>(base::RowKey(id));
  if (!found.ok()) return found.status();
  const absl::StatusOr<bool> doomed = cases::IsDoomed(ports.rows, id);
  if (!doomed.ok()) return doomed.status();
  if (!*found || *doomed || !MayHold(ports, person, (*found)->record)) return std::nullopt;
  return found;
}

// The place of the line that the person holds; the end where they hold none.
std::size_t LineOf(const people::Person& person, const std::vector<cases::CustodyLine>& lines) {
  const auto found = std::find_if(lines.begin(), lines.end(), [&](const cases::CustodyLine& line) {
    return person.DeviceOf(line.holder) != nullptr;
  });
  return static_cast<std::size_t>(found - lines.begin());
}

// Whose share it becomes; null where it may not.
const people::Person* NewHolder(const cases::Ports& ports, const cases::Case& record, const crypto::KeyId& key, std::size_t own,
                                const std::vector<cases::CustodyLine>& lines) {
  const people::Person* person = ports.organisation.FindByEncryptionKey(key);
  if (person == nullptr || !MayHold(ports, *person, record)) return nullptr;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const people::Person* holder = ports.organisation.FindByEncryptionKey(lines[i].holder);
    // As many shares as it takes must stay as many people.
    if (i != own && (lines[i].holder == key || (holder != nullptr && people::SamePerson(*holder, *person)))) return nullptr;
  }
  return lines[own].holder == key ? nullptr : person;
}

}  // namespace

bool IsSignedBy(const format::ParsedShare& share, const people::Person& person) {
  return std::any_of(person.devices.begin(), person.devices.end(), [&](const people::Device& device) {
    return format::VerifyShare(share, device.verify_key).ok();
  });
}

Held HeldAs(const cases::CustodyLine& line) {
  Held held{line.sealed.index, line.sealed.threshold, line.sealed.custodians, {}, {}};
  if (line.handed) {
    held.handed = crypto::Bytes(*line.handed);
  } else {
    held.sealed = crypto::Bytes(line.sealed.sealed);
  }
  return held;
}

absl::StatusOr<base::Outcome<SharePage>> ListHeldShares(const cases::Ports& ports, const base::StaffSlug& caller,
                                                        const cases::PageRequest& request) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr) return base::NothingHere();
  std::string after;
  if (!request.token.empty()) {
    const absl::StatusOr<base::CaseId> last = format::FromText<base::CaseId>(request.token);
    if (!last.ok()) return base::FieldInvalid("page_token");
    after = base::RowKey(*last);
  }
  base::Outcome<SharePage> outcome;
  SharePage& page = outcome.answer;
  const std::uint32_t size = cases::SizeOf(request, 20, 50);
  absl::Status broken;
  const auto look = [&](const base::Versioned<cases::Identity>& row) -> absl::StatusOr<bool> {
    const absl::StatusOr<std::vector<cases::CustodyLine>> lines = cases::CustodyOf(row.record);
    if (!lines.ok()) return lines.status();
    const std::size_t own = LineOf(*person, *lines);
    if (own == lines->size()) return true;
    const auto found = CaseFor(ports, *person, row.record.case_id);
    if (!found.ok()) return found.status();
    if (!*found) return true;
    if (page.shares.size() == size) {
      page.next_token = format::Text(page.shares.back().case_id);
      return false;
    }
    page.shares.push_back({row.record.case_id, HeldAs((*lines)[own])});
    return true;
  };
  if (person->Has(format::Role::kCustodian)) {
    absl::Status status = ports.rows.Scan<cases::Identity>("", after, SIZE_MAX, [&](base::Versioned<cases::Identity> row) {
      const absl::StatusOr<bool> more = look(row);
      if (!more.ok()) broken = more.status();
      return more.value_or(false);
    });
    if (!status.ok()) return status;
    if (!broken.ok()) return broken;
  }
  ledger::DraftLeaf(ports.organisation.id(), ledger::Act::OfStaff(format::LeafKind::kSharesListed, caller, ports.clock.Now()),
                    ports.random, outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<std::monostate>> HandShareOver(const cases::Ports& ports, const base::StaffSlug& caller,
                                                            const base::CaseId& id, const std::string& request_id,
                                                            crypto::BytesView bytes) {
  const people::Person* person = ports.organisation.FindPerson(caller);
  if (person == nullptr || !person->Has(format::Role::kCustodian)) return base::NothingHere();
  auto identity = ports.rows.Get<cases::Identity>(base::RowKey(id));
  if (!identity.ok()) return identity.status();
  if (!*identity) return base::NothingHere();
  auto found = CaseFor(ports, *person, id);
  if (!found.ok()) return found.status();
  if (!*found) return base::NothingHere();
  const crypto::Digest digest = crypto::Blake2b256(
      format::ByteWriter(64).Short("HandShareOver").Fixed(id).Fixed(crypto::Blake2b256(bytes)).bytes());
  absl::StatusOr<cases::RequestSlot> slot = cases::OpenRequest(ports, cases::ScopeOf(caller), request_id, digest);
  if (!slot.ok()) return slot.status();
  base::Outcome<std::monostate> outcome;
  if (slot->repeated) return outcome;
  const absl::StatusOr<std::vector<cases::CustodyLine>> lines = cases::CustodyOf((*identity)->record);
  if (!lines.ok()) return lines.status();
  const std::size_t own = LineOf(*person, *lines);
  if (own == lines->size()) return base::NothingHere();

  cases::Case& record = (*found)->record;
  const absl::StatusOr<format::ParsedShare> share = format::ParseShare(bytes);
  if (!share.ok() || !share->IsHandedOver() || share->organisation != ports.organisation.id() || share->case_id != id ||
      share->index != own + 1 || !IsSignedBy(*share, *person) || (*identity)->record.handed.size() >= kMostHandedOver)
    return ShareRefused();
  const people::Person* holder = NewHolder(ports, record, share->recipient, own, *lines);
  if (holder == nullptr) return ShareRefused();

  cases::CaseLeaves(ports, record, outcome.changes, outcome.leaves)
      .ByStaff(format::LeafKind::kShareHandedOver, caller, format::details::ShareHandedOver(share->index, holder->slug.text()));
  cases::CloseRequest(*std::move(slot), {}, outcome.changes);
  (*identity)->record.handed.emplace_back(bytes);
  outcome.changes.Update(std::move((*identity)->record), (*identity)->version);
  outcome.changes.Update(std::move(record), (*found)->version);
  return outcome;
}

}  // namespace alcove::approvals
