#include "client/lib/root_line.h"

#include <sstream>

#include "client/lib/errors.h"
#include "client/lib/files.h"
#include "crypto/encoding.h"
#include "crypto/sign.h"

namespace alcove::client {

std::string RootLine(std::string_view slug, const crypto::VerifyKey& key) {
  return "root " + std::string(slug) + " " + crypto::Base64Encode(key.view()) + "\n";
}

absl::StatusOr<format::RootKey> ReadRootLine(const std::string& path) {
  ALCOVE_CLIENT_ASSIGN(const std::string text, ReadFile(path));
  std::istringstream words(text);
  std::string word, slug, key, more;
  words >> word >> slug >> key;
  auto bytes = crypto::Base64Decode(key);
  if (word != "root" || !bytes.ok() || (words >> more)) {
    return Refuse(Refusal::kInputInvalid, "`" + path + "` is not one line as `alcove org keygen` prints it");
  }
  const auto verify = crypto::VerifyKey::FromBytes(*bytes);
  if (!verify.ok() || !crypto::UsableKey(*verify).ok()) {
    return Refuse(Refusal::kInputInvalid, "`" + path + "` does not hold a usable root key");
  }
  return format::RootKey{slug, *verify};
}

}  // namespace alcove::client
