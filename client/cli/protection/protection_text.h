// The words in which an officer sees what HR plans: the same for every action, whatever brought it up.
#pragma once

#include <string>
#include <vector>

#include "client/lib/protection.h"

namespace alcove::cli {

// One action.
std::string ActionText(const client::PlannedAction& action, size_t width);
// All that come up, and how many did not.
std::string ReviewText(const std::vector<client::PlannedAction>& actions, size_t cleared, size_t width);
std::string PeopleText(const std::vector<client::ProtectedPerson>& people);
// `who`: what the letter says of whom it is about; empty when it does not open.
std::string AlertText(const v1::ProtectionAlert& alert, const std::string& who);
// The identifiers of a letter, comma between them.
std::string WhoText(const google::protobuf::RepeatedPtrField<std::string>& identifiers);

}  // namespace alcove::cli
