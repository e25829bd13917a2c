#include "server/core/people/document_fields.h"

#include <algorithm>

#include "server/core/people/errors.h"

namespace alcove::people {
namespace {
constexpr std::size_t kMaxText = 256;
}  // namespace

absl::StatusOr<nlohmann::json> ParseDocument(std::string_view document, std::string_view json) {
  nlohmann::json parsed = nlohmann::json::parse(json.begin(), json.end(), nullptr, /*allow_exceptions=*/false);
  if (!parsed.is_object()) return DocumentIncomplete(std::string(document) + ": not a JSON object");
  return parsed;
}

DocumentFields::DocumentFields(std::string place, const nlohmann::json& object)
    : place_(std::move(place)), object_(object) {
  if (!object_.is_object()) status_ = DocumentIncomplete(place_ + ": not an object");
}

void DocumentFields::Refuse(std::string_view what) {
  if (status_.ok()) status_ = DocumentIncomplete(place_ + ": " + std::string(what));
}

const nlohmann::json* DocumentFields::Find(std::string_view field, bool required) {
  if (!status_.ok()) return nullptr;
  seen_.push_back(std::string(field));
  const auto found = object_.find(std::string(field));
  if (found != object_.end()) return &*found;
  if (required) Refuse(std::string(field) + " is missing");
  return nullptr;
}

std::string DocumentFields::Text(std::string_view field, bool required) {
  const nlohmann::json* value = Find(field, required);
  if (value == nullptr) return {};
  if (!value->is_string()) return Refuse(std::string(field) + " is not text"), std::string();
  std::string text = value->get<std::string>();
  if (text.empty() || text.size() > kMaxText) return Refuse(std::string(field) + " is empty or too long"), std::string();
  return text;
}

bool DocumentFields::Flag(std::string_view field, bool otherwise) {
  const nlohmann::json* value = Find(field, false);
  if (value == nullptr) return otherwise;
  if (!value->is_boolean()) return Refuse(std::string(field) + " is neither true nor false"), otherwise;
  return value->get<bool>();
}

std::uint32_t DocumentFields::Number(std::string_view field, std::uint32_t least, std::uint32_t most,
                                     std::uint32_t otherwise) {
  const nlohmann::json* value = Find(field, false);
  if (value == nullptr) return otherwise;
  if (!value->is_number_unsigned() || value->get<std::uint64_t>() < least || value->get<std::uint64_t>() > most)
    return Refuse(std::string(field) + " is out of range"), otherwise;
  return value->get<std::uint32_t>();
}

std::vector<std::string> DocumentFields::Texts(std::string_view field, bool required) {
  const nlohmann::json* value = Find(field, required);
  std::vector<std::string> texts;
  if (value == nullptr) return texts;
  if (!value->is_array()) return Refuse(std::string(field) + " is not a list"), texts;
  for (const nlohmann::json& item : *value) {
    if (!item.is_string() || item.get_ref<const std::string&>().empty() ||
        item.get_ref<const std::string&>().size() > kMaxText)
      return Refuse(std::string(field) + " holds something that is not text"), std::vector<std::string>();
    texts.push_back(item.get<std::string>());
  }
  return texts;
}

std::vector<std::uint32_t> DocumentFields::Numbers(std::string_view field, std::uint32_t least, std::uint32_t most,
                                                   std::size_t count) {
  const nlohmann::json* value = Find(field, false);
  std::vector<std::uint32_t> numbers;
  if (value == nullptr) return numbers;
  if (!value->is_array() || value->empty() || value->size() > count)
    return Refuse(std::string(field) + " is not a list, empty or too long"), numbers;
  for (const nlohmann::json& item : *value) {
    if (!item.is_number_unsigned() || item.get<std::uint64_t>() < least || item.get<std::uint64_t>() > most)
      return Refuse(std::string(field) + " holds something out of range"), std::vector<std::uint32_t>();
    numbers.push_back(item.get<std::uint32_t>());
  }
  return numbers;
}

const std::vector<nlohmann::json>& DocumentFields::Objects(std::string_view field, bool required) {
  static const std::vector<nlohmann::json> kNone;
  const nlohmann::json* value = Find(field, required);
  if (value == nullptr) return kNone;
  if (!value->is_array()) return Refuse(std::string(field) + " is not a list"), kNone;
  return value->get_ref<const std::vector<nlohmann::json>&>();
}

const nlohmann::json* DocumentFields::Object(std::string_view field, bool required) {
  const nlohmann::json* value = Find(field, required);
  if (value != nullptr && !value->is_object()) return Refuse(std::string(field) + " is not an object"), nullptr;
  return value;
}

absl::Status DocumentFields::status() {
  if (status_.ok() && !others_ && object_.is_object())
    for (const auto& [field, value] : object_.items())
      if (std::find(seen_.begin(), seen_.end(), field) == seen_.end()) {
        Refuse("a field that this version does not know");
        break;
      }
  return status_;
}

}  // namespace alcove::people
