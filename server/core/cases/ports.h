// What every decision about a case is handed: the rows, the organisation as of now, time, randomness and one key.
#pragma once

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/core/people/organisation.h"

namespace alcove::cases {

// All outlive the decision. The caller holds the organisation's shared_ptr for as long.
struct Ports {
  const base::Reader& rows;
  const people::Organisation& organisation;
  const base::Clock& clock;
  crypto::Random& random;
  const crypto::SymmetricKey& request_key;  // for request ids (requests.h) and etags; derived from the KEK
};

}  // namespace alcove::cases
