// Reading the fields of a policy document, strictly: a field of another type, out of range or unknown is refused, so that
// a misspelt safeguard is an error and not a default.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace alcove::people {

// The outermost object of a document.
absl::StatusOr<nlohmann::json> ParseDocument(std::string_view document, std::string_view json);

// One object of a document. The first thing that is wrong is kept and everything after it reads as absent; ask `status`
// once at the end.
class DocumentFields {
 public:
  // `place` is what refusals say, for example "routing: rules". `object` outlives this.
  DocumentFields(std::string place, const nlohmann::json& object);

  std::string Text(std::string_view field, bool required);
  bool Flag(std::string_view field, bool otherwise);
  std::uint32_t Number(std::string_view field, std::uint32_t least, std::uint32_t most, std::uint32_t otherwise);
  std::vector<std::string> Texts(std::string_view field, bool required);
  // At most `count` of them; empty where the field is absent or wrong.
  std::vector<std::uint32_t> Numbers(std::string_view field, std::uint32_t least, std::uint32_t most, std::size_t count);
  // The elements of an array of objects; empty when the field is wrong.
  const std::vector<nlohmann::json>& Objects(std::string_view field, bool required);
  const nlohmann::json* Object(std::string_view field, bool required);
  // A field that is the client's business.
  void Skip(std::string_view field) { seen_.push_back(std::string(field)); }
  void SkipOthers() { others_ = true; }

  void Refuse(std::string_view what);
  // What went wrong first, a field that nobody asked for included.
  absl::Status status();

 private:
  const nlohmann::json* Find(std::string_view field, bool required);

  std::string place_;
  const nlohmann::json& object_;
  std::vector<std::string> seen_;
  bool others_ = false;
  absl::Status status_;
};

}  // namespace alcove::people
