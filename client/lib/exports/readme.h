// `README.txt`: what the archive is, how anybody checks it, and what that shows and does not.
#pragma once

#include <string>

#include "crypto/format/kinds.h"

namespace alcove::client::exports {

std::string ReadmeOf(format::ExportPurpose purpose);

}  // namespace alcove::client::exports
