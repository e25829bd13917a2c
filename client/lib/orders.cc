#include "client/lib/orders.h"

#include <algorithm>
#include <utility>

#include "crypto/format/ids.h"
#include "crypto/format/officer_letter.h"
#include "crypto/format/tag.h"
#include "crypto/secret.h"

namespace alcove::client {
namespace {

constexpr int kMostIdentifiers = 8;

absl::StatusOr<format::Day> DayOf(const google::type::Date& date) {
  return format::Day::FromCivil(date.year(), date.month(), date.day());
}

// Sorted by what they are known by, so that the order in which a team named them says nothing.
absl::Status Normalise(sealed::v1::MeasureOrder& words) {
  if (words.people_size() < 1 || words.people_size() > kMostOrdered)
    return Refuse(Refusal::kInputInvalid, "an order is about 1 to 16 people, each by a staff number or an address");
  for (sealed::v1::OrderedPerson& person : *words.mutable_people()) {
    if (person.identifiers_size() < 1 || person.identifiers_size() > kMostIdentifiers)
      return Refuse(Refusal::kInputInvalid, "everybody in an order has 1 to 8 identifiers");
    for (std::string& text : *person.mutable_identifiers()) {
      const auto identifier = format::Identifier::Parse(text);
      if (!identifier.ok())
        return Refuse(Refusal::kInputInvalid, "an identifier is `emp:` and a staff number, or `mail:` and an address");
      text = identifier->text();
    }
  }
  std::sort(words.mutable_people()->begin(), words.mutable_people()->end(),
            [](const sealed::v1::OrderedPerson& a, const sealed::v1::OrderedPerson& b) {
              return std::lexicographical_compare(a.identifiers().begin(), a.identifiers().end(), b.identifiers().begin(),
                                                  b.identifiers().end());
            });
  if (words.kind().empty() || words.reason().empty())
    return Refuse(Refusal::kInputInvalid, "an order has a kind and a reason, both codes of the policy");
  const auto start = DayOf(words.start());
  if (!start.ok()) return Refuse(Refusal::kInputInvalid, "an order has a first day");
  if (!words.has_end()) return absl::OkStatus();
  const auto end = DayOf(words.end());
  if (!end.ok() || *end < *start) return Refuse(Refusal::kInputInvalid, "an order ends on or after its first day");
  return absl::OkStatus();
}

std::optional<sealed::v1::MeasureOrder> OpenOrder(const StaffDesk& desk, const v1::MeasureOrder& order) {
  const auto id = format::ParseMeasureOrderName(order.name());
  const auto letter = format::ParseOfficerLetter(order.letter());
  if (!id.ok() || !letter.ok() || letter->subject != format::LetterSubject::kMeasureOrder || letter->id != id->view() ||
      letter->organisation != desk.directory().directory().organisation)
    return std::nullopt;
  auto text = format::OpenOfficerLetter(*letter, desk.keys().decryption);
  sealed::v1::MeasureOrder words;
  if (!text.ok() || !words.ParseFromString(text->bytes) || !Normalise(words).ok()) return std::nullopt;
  return words;
}

}  // namespace

std::vector<crypto::EncryptionKey> HrKeys(const format::Directory& directory) {
  std::vector<crypto::EncryptionKey> keys;
  for (const format::Person& person : directory.people)
    if (person.HasRole(format::Role::kServiceMeasures))
      for (const format::Device& device : person.devices) keys.push_back(device.encryption);
  return keys;
}

absl::StatusOr<std::string> OrderKindOf(const Intake& intake, std::string_view measure) {
  const size_t dot = measure.find('.');
  if (dot != std::string_view::npos) {
    const auto list = intake.taxonomy.find("measure." + std::string(measure.substr(0, dot)));
    if (list != intake.taxonomy.end())
      for (const Choice& choice : list->second)
        if (choice.code == measure.substr(dot + 1) && !choice.order.empty()) return choice.order;
  }
  return Refuse(Refusal::kInputInvalid, "HR has nothing to do for such a measure; `--kinds` shows for which it has");
}

absl::StatusOr<SealedOrder> SealOrder(const CheckedDirectory& directory, sealed::v1::MeasureOrder& words, crypto::Random& random) {
  ALCOVE_CLIENT_TRY(Normalise(words));
  const std::vector<crypto::EncryptionKey> keys = HrKeys(directory.directory());
  if (keys.empty()) return Refuse(Refusal::kInputInvalid, "the directory lists no HR system that carries out orders");
  const auto id = format::DrawId<format::MeasureOrderId>(random);
  std::string text = words.SerializeAsString();
  auto letter = format::SealOfficerLetter(directory.directory().organisation, id, keys, text, random);
  const bool long_text = text.size() > format::kMaxLetterText;
  crypto::Wipe(text);
  if (letter.ok()) return SealedOrder{format::MeasureOrderName(id), *std::move(letter)};
  return Refuse(long_text ? Refusal::kInputInvalid : Refusal::kReaderKeyWeak,
                long_text ? "the order is too long: 4,000 characters at most, names included" : "a key of HR cannot be used");
}

absl::StatusOr<std::vector<OpenedOrder>> HrDesk::Orders(v1::OrderState state) {
  std::vector<OpenedOrder> orders;
  v1::ListMeasureOrdersRequest request;
  request.set_state(state);
  request.set_page_size(32);
  do {
    ALCOVE_CLIENT_ASSIGN(
        const v1::ListMeasureOrdersResponse page,
        desk_.connection().CallAgain(&v1::HrService::Stub::ListMeasureOrders, request, &desk_.session()));
    for (const v1::MeasureOrder& one : page.orders()) orders.push_back({one, OpenOrder(desk_, one)});
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return orders;
}

absl::StatusOr<OpenedOrder> HrDesk::OrderOf(std::string_view prefix) {
  const std::string full = prefix.starts_with("measureOrders/") ? std::string(prefix) : "measureOrders/" + std::string(prefix);
  ALCOVE_CLIENT_ASSIGN(std::vector<OpenedOrder> orders, Orders());
  std::erase_if(orders, [&](const OpenedOrder& order) { return !order.facts.name().starts_with(full); });
  if (orders.empty()) return absl::NotFoundError("no order begins like this");
  if (orders.size() > 1) return Refuse(Refusal::kInputInvalid, "several orders begin like this");
  return std::move(orders.front());
}

absl::StatusOr<v1::ReportMeasureOrderResponse> HrDesk::Executed(const std::string& name, format::Day done) {
  v1::ReportMeasureOrderRequest request;
  request.set_request_id(DrawRequestId(desk_.random()));
  request.set_name(name);
  request.set_outcome(v1::ORDER_STATE_EXECUTED);
  request.mutable_done()->set_year(done.year());
  request.mutable_done()->set_month(done.month());
  request.mutable_done()->set_day(done.day_of_month());
  return desk_.connection().CallAgain(&v1::HrService::Stub::ReportMeasureOrder, request, &desk_.session());
}

absl::StatusOr<v1::ReportMeasureOrderResponse> HrDesk::Refused(const std::string& name, const std::string& reason) {
  v1::ReportMeasureOrderRequest request;
  request.set_request_id(DrawRequestId(desk_.random()));
  request.set_name(name);
  request.set_outcome(v1::ORDER_STATE_REFUSED);
  request.set_refusal(reason);
  return desk_.connection().CallAgain(&v1::HrService::Stub::ReportMeasureOrder, request, &desk_.session());
}

absl::Status WatchEvents(Connection& connection, const Session& session, const std::string& token,
                         std::chrono::seconds patience, const TakeEvent& take) {
  v1::WatchEventsRequest request;
  request.set_resume_token(token);
  return connection.Watch(&v1::HrService::Stub::WatchEvents, request, session, patience, take);
}

}  // namespace alcove::client
