// For every method of the contract, a request that would be answered if the caller may have the answer: so that a refusal can
// only be about who calls and what is named.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "tests/authorization/cast.h"
#include "tests/house/house.h"

namespace alcove::authorization {

struct Asking {
  Cast& cast;
  house::House& house;
  const Scene& scene;
  const Target& target;  // what to name: the scene's, or the absent one
};

// "CaseService/GetCase" -> the serialised request.
using Requests = std::map<std::string, std::function<std::string(const Asking&)>>;
const Requests& AllRequests();

}  // namespace alcove::authorization
