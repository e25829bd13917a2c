#include "client/lib/exports/document.h"

#include <google/protobuf/util/json_util.h>

#include <utility>

#include "alcove/sealed/v1/sealed.pb.h"
#include "crypto/encoding.h"

namespace alcove::client::exports {
namespace {

using format::EntryKind;

std::string TimeOf(uint32_t time) {
  const auto two = [](uint32_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  const uint32_t second = time - 1;
  return two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60);
}

std::string DateText(const google::type::Date& date) {
  const auto day = format::Day::FromCivil(date.year(), date.month(), date.day());
  return day.ok() ? day->Text() : "";
}

// Takes away what is of use only to whoever proves the entry, at any depth.
void WithoutKeys(nlohmann::json& value) {
  if (value.is_object()) {
    value.erase("key");
    value.erase("tag");
  }
  if (!value.is_structured()) return;
  for (nlohmann::json& inner : value) WithoutKeys(inner);
}

}  // namespace

std::string JsonText(const nlohmann::json& document) {
  return document.dump(1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::optional<nlohmann::json> ParseJsonText(std::string_view text) {
  nlohmann::json document = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
  if (document.is_discarded() || JsonText(document) != text) return std::nullopt;
  return document;
}

std::unique_ptr<google::protobuf::Message> BodyOf(EntryKind kind) {
  switch (kind) {
    case EntryKind::kReport: return std::make_unique<sealed::v1::Report>();
    case EntryKind::kAllegation: return std::make_unique<sealed::v1::Allegation>();
    case EntryKind::kFinding: return std::make_unique<sealed::v1::Finding>();
    case EntryKind::kMeasure: return std::make_unique<sealed::v1::Measure>();
    case EntryKind::kCheckIn: return std::make_unique<sealed::v1::CheckIn>();
    case EntryKind::kReceiptRotated: return std::make_unique<sealed::v1::ReceiptRotated>();
    default: return std::make_unique<sealed::v1::Message>();
  }
}

nlohmann::json WordsJson(const google::protobuf::Message& message, bool whole) {
  std::string text;
  if (!google::protobuf::util::MessageToJsonString(message, &text).ok()) return nlohmann::json::object();
  nlohmann::json words = nlohmann::json::parse(text, nullptr, false);
  if (words.is_discarded()) return nlohmann::json::object();
  if (!whole) WithoutKeys(words);
  return words;
}

std::unique_ptr<google::protobuf::Message> MessageOf(EntryKind kind, const nlohmann::json& words) {
  std::unique_ptr<google::protobuf::Message> message = BodyOf(kind);
  if (!words.is_object() || !google::protobuf::util::JsonStringToMessage(words.dump(), message.get()).ok()) return nullptr;
  return message;
}

nlohmann::json LeftOutJson(const std::vector<LeftOut>& left_out) {
  nlohmann::json list = nlohmann::json::array();
  for (const LeftOut& out : left_out) list.push_back({{"what", out.what}, {"why", out.why}});
  return list;
}

nlohmann::json LeafJson(const format::Leaf& leaf) {
  nlohmann::json json = {{"number", leaf.number}, {"day", leaf.day.Text()}, {"actor", leaf.actor},
                         {"kind", format::Name(leaf.kind)}, {"details", nlohmann::json::object()}};
  if (leaf.time != 0) json["time"] = TimeOf(leaf.time);
  for (const auto& [name, value] : format::DescribeDetails(leaf)) json["details"][name] = value;
  return json;
}

nlohmann::json EntryJson(format::Keyring keyring, uint32_t sequence, const crypto::Digest& hash,
                         const format::EnvelopeContext* context, std::string_view author) {
  nlohmann::json json = {{"keyring", format::Name(keyring)}, {"sequence", sequence}, {"hash", crypto::HexEncode(hash.view())}};
  if (context != nullptr) {
    json["kind"] = format::Name(context->kind);
    json["day"] = context->day.Text();
    json["author"] = author;
  }
  return json;
}

nlohmann::json FactsJson(const v1::Case& facts) {
  nlohmann::json json = {{"state", v1::CaseState_Name(facts.state())},
                         {"filed", DateText(facts.filed())},
                         {"urgency", v1::Urgency_Name(facts.urgency())},
                         {"desk", facts.desk()},
                         {"assignee", facts.assignee()},
                         {"withdrawn", facts.withdrawn()},
                         {"legalHolds", nlohmann::json::array()},
                         {"allegations", nlohmann::json::array()},
                         {"measures", nlohmann::json::array()}};
  for (const v1::LegalHold& one : facts.holds()) json["legalHolds"].push_back(one.reason());
  for (const v1::Allegation& one : facts.allegations()) {
    json["allegations"].push_back({{"allegation", one.name()}, {"category", one.category()}, {"finding", one.finding()}});
  }
  for (const v1::Measure& one : facts.measures()) {
    json["measures"].push_back({{"measure", one.name()},
                                {"kind", one.kind()},
                                {"state", v1::MeasureState_Name(one.state())},
                                {"due", DateText(one.due())}});
  }
  return json;
}

}  // namespace alcove::client::exports
