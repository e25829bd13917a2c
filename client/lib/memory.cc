#include "client/lib/memory.h"

#include <cerrno>

#include "client/lib/errors.h"
#include "client/lib/files.h"
#include "nlohmann/json.hpp"

namespace alcove::client {

absl::StatusOr<Memory> ReadMemory(const std::string& path) {
  ALCOVE_CLIENT_ASSIGN(const std::optional<std::string> text, ReadFileIfThere(path));
  if (!text) return Memory();
  const nlohmann::json json = nlohmann::json::parse(*text, nullptr, false);
  const auto string = [&](const char* name) {
    return json.is_object() && json.contains(name) && json[name].is_string();
  };
  if (!string("directory") || !string("checkpoint")) {
    return Refuse(Refusal::kInputInvalid, "the memory file `" + path +
                                              "` is damaged; delete it only if you know why, and tell a root holder");
  }
  return Memory{json["directory"], json["checkpoint"]};
}

absl::Status WriteMemory(const std::string& path, const Memory& memory) {
  const nlohmann::json json = {{"directory", memory.directory_note}, {"checkpoint", memory.checkpoint_note}};
  return ReplaceFile(path, json.dump() + "\n");
}

}  // namespace alcove::client
