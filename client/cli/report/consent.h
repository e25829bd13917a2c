// Somebody wants to know who the reporter is: the request in plain words, and the answer.
#pragma once

#include <string>

#include "client/lib/identity.h"
#include "crypto/format/directory.h"

namespace alcove::cli {

// What is asked, by whom, on which basis and why, where it stands, and what the reporter can do; ends with a newline.
std::string AskedIdentityText(const client::AskedIdentity& asked, const format::Directory& directory);

}  // namespace alcove::cli
