// Known answers of our own constructions, which a second implementation (the browser) is held to. They are made from
// fixed bytes by this room's public doors alone and stand in tests/vectors/crypto.json.
#pragma once

#include "nlohmann/json.hpp"

namespace alcove::crypto::test {

// All bytes are lower-case hex; "random" is what the construction draws, in order.
nlohmann::ordered_json KnownAnswers();

}  // namespace alcove::crypto::test
