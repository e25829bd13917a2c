#include "server/core/hr/events.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/format/ids.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/secret.h"
#include "server/core/base/errors.h"
#include "server/core/cases/orders.h"
#include "server/core/hr/actions.h"
#include "server/core/hr/errors.h"

namespace alcove::hr {
namespace {

constexpr std::string_view kPlaceLabel = "alcove event place v1";
constexpr std::string_view kTokenLabel = "alcove event token v1";
constexpr std::uint8_t kTokenVersion = 1;
constexpr std::size_t kBodySize = 1 + 1 + 4 + crypto::Digest::kSize + 4;
constexpr std::size_t kTagSize = 16;

auto Order(base::Day day, const crypto::Digest& place) { return std::make_tuple(day, place); }

class Gathering {
 public:
  Gathering(const cases::Ports& ports, const EventPosition& from, base::Day settled)
      : key_(crypto::DeriveKey(ports.request_key, kPlaceLabel)), from_(from), settled_(settled) {}

  void Add(std::string_view type, std::string subject, base::Day day) {
    if (day > settled_) return;
    const crypto::Digest place =
        crypto::HmacSha256(key_, format::ByteWriter(128).Short(type).Short(subject).bytes());
    if (Order(day, place) <= Order(from_.day, from_.place)) return;
    HrEvent event{IdOf(place), std::string(type), std::move(subject), day, from_};
    event.after.day = day;
    event.after.place = place;
    events_.push_back(std::move(event));
  }
  // Told at once, before everything else; the day and place that were reached stay.
  void AddDirectory(std::uint32_t version, base::Day day) {
    if (version <= from_.directory_version) return;
    from_.directory_version = version;
    const std::string subject = "directories/" + std::to_string(version);
    constexpr std::string_view kType = "alcove.directory.published";
    first_.push_back({IdOf(crypto::HmacSha256(key_, format::ByteWriter(128).Short(kType).Short(subject).bytes())),
                      std::string(kType), subject, day, from_});
  }
  std::vector<HrEvent> Take(std::size_t most) {
    std::sort(events_.begin(), events_.end(), [](const HrEvent& a, const HrEvent& b) {
      return Order(a.day, a.after.place) < Order(b.day, b.after.place);
    });
    first_.insert(first_.end(), std::make_move_iterator(events_.begin()), std::make_move_iterator(events_.end()));
    if (first_.size() > most) first_.erase(first_.begin() + static_cast<std::ptrdiff_t>(most), first_.end());
    return std::move(first_);
  }

 private:
  static std::string IdOf(const crypto::Digest& place) { return crypto::Base32Encode(place.view().substr(0, 16)); }

  const crypto::SymmetricKey key_;
  EventPosition from_;
  const base::Day settled_;
  std::vector<HrEvent> first_;
  std::vector<HrEvent> events_;
};

absl::Status GatherOrders(const cases::Ports& ports, Gathering& events) {
  return ports.rows.Scan<cases::MeasureOrder>("", "", SIZE_MAX, [&](const base::Versioned<cases::MeasureOrder>& row) {
    const cases::MeasureOrder& order = row.record;
    const std::string name = format::MeasureOrderName(order.id);
    events.Add("alcove.order.available", name, order.visible);
    if (order.state == cases::OrderState::kWithdrawn) events.Add("alcove.order.withdrawn", name, order.withdrawn);
    return true;
  });
}

absl::Status GatherActions(const cases::Ports& ports, const base::StaffSlug& account, Gathering& events) {
  return ports.rows.Scan<AdverseAction>("", "", SIZE_MAX, [&](const base::Versioned<AdverseAction>& row) {
    if (row.record.by == account)
      events.Add("alcove.action.due", format::AdverseActionName(row.record.id), row.record.visible);
    return true;
  });
}

// What the token is made of, and its tag for one account.
crypto::Bytes BodyOf(const EventPosition& position) {
  return format::ByteWriter(kBodySize)
      .U8(kTokenVersion)
      .U8(static_cast<std::uint8_t>((position.scopes.measures ? 1 : 0) | (position.scopes.actions ? 2 : 0)))
      .U32(position.day.number())
      .Fixed(position.place)
      .U32(position.directory_version)
      .Take();
}
crypto::Digest TagOf(const cases::Ports& ports, const base::StaffSlug& account, crypto::BytesView body) {
  return crypto::HmacSha256(crypto::DeriveKey(ports.request_key, kTokenLabel),
                            format::ByteWriter(96).Short(account.text()).Raw(body).bytes());
}

}  // namespace

EventSeason SeasonOf(const cases::Ports& ports) {
  return {base::DayOf(ports.clock.Now() - kSettles), ports.organisation.directory_version()};
}

absl::StatusOr<std::vector<HrEvent>> EventsAfter(const cases::Ports& ports, const base::StaffSlug& account,
                                                 const EventPosition& position, std::size_t most) {
  const people::Person* person = ports.organisation.FindPerson(account);
  if (person == nullptr) return base::NothingHere();
  const EventScopes scopes{person->Has(people::Role::kServiceMeasures), person->Has(people::Role::kServiceActions)};
  EventPosition from = position;
  if ((scopes.measures && !from.scopes.measures) || (scopes.actions && !from.scopes.actions)) from = EventPosition();
  from.scopes = scopes;

  const EventSeason season = SeasonOf(ports);
  Gathering events(ports, from, season.settled);
  if (const format::Directory* directory = ports.organisation.directory())
    events.AddDirectory(season.directory_version, directory->valid_from);
  if (scopes.measures)
    if (absl::Status status = GatherOrders(ports, events); !status.ok()) return status;
  if (scopes.actions)
    if (absl::Status status = GatherActions(ports, account, events); !status.ok()) return status;
  return events.Take(most);
}

crypto::Bytes ResumeToken(const cases::Ports& ports, const base::StaffSlug& account, const EventPosition& position) {
  crypto::Bytes token = BodyOf(position);
  return token.append(TagOf(ports, account, token).view().substr(0, kTagSize));
}

absl::StatusOr<EventPosition> ParseResumeToken(const cases::Ports& ports, const base::StaffSlug& account,
                                               crypto::BytesView token) {
  if (token.empty()) return EventPosition();
  if (token.size() != kBodySize + kTagSize) return EventTokenUnknown();
  const crypto::BytesView body = token.substr(0, kBodySize);
  if (!crypto::ConstantTimeEquals(TagOf(ports, account, body).view().substr(0, kTagSize), token.substr(kBodySize)))
    return EventTokenUnknown();
  format::ByteReader reader(body);
  EventPosition position;
  const bool known = reader.U8() == kTokenVersion;
  const std::uint8_t scopes = reader.U8();
  position.scopes = {(scopes & 1) != 0, (scopes & 2) != 0};
  position.day = base::Day(reader.U32());
  position.place = reader.Fixed<crypto::Digest>();
  position.directory_version = reader.U32();
  if (!known || !reader.done()) return EventTokenUnknown();
  return position;
}

}  // namespace alcove::hr
