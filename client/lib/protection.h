// Protection from retaliation, from three sides: whoever asks for it, HR that plans something, and the officer in whose
// machine the two meet (promise P10).
//
// What an officer is shown is one list in one form: actions against people who asked, and a share of all others that is drawn
// with a key of the officer's. Nothing in this file says of a planned action which of the two it is, so that officers ask HR for the
// same reasons, take the same time and say the same words for both. Everything else is cleared without anybody looking.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/hr_service.pb.h"
#include "alcove/v1/protection_service.pb.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/staff_case.h"
#include "crypto/format/day.h"
#include "crypto/format/timeline.h"
#include "crypto/secret.h"

namespace alcove::client {

// Every machine of every protection officer: whom a letter is sealed to. Empty where the directory has none.
std::vector<crypto::EncryptionKey> OfficerKeys(const format::Directory& directory);

// Asks for protection. On a connection that carries no session, by a caller that has waited (see the command `report protect`).
// kInputInvalid unless there are 1 to 8 identifiers and a name, or when the directory lists no officer.
absl::Status AskForProtection(Connection& connection, const CheckedDirectory& directory,
                              const sealed::v1::ProtectionRequest& words, crypto::Random& random);

// What HR plans.
struct ActionPlan {
  std::vector<std::string> identifiers;  // all that HR knows the employee by; the server looks the first one up
  std::string kind;
  format::Day effective;
  std::string reason;
};
struct SubmittedAction {
  std::string name;
  bool submitted = true;  // false: another about the same employee is pending, under this name; the officers were told
};
// kInputInvalid unless there are 1 to 8 identifiers and a code, or when the directory lists no officer.
absl::StatusOr<SubmittedAction> SubmitAction(Connection& connection, const Session& session,
                                             const CheckedDirectory& directory, const ActionPlan& plan, crypto::Random& random);

// Percent of the actions against people who did not ask that come up all the same.
inline constexpr std::uint32_t kSampleShare = 25;
inline constexpr std::uint32_t kLeastSampleShare = 10;

// The key that the share is drawn with: from the officer's own, so that nobody else can tell who is drawn.
crypto::SymmetricKey SampleKey(const StaffKeys& officer);
// An employee is drawn for a quarter of the year, whatever is planned against them in it: who is asked about twice comes up twice or
// not at all, so asking again tells nothing. `employee` as the server gives it.
bool IsDrawn(const crypto::SymmetricKey& key, std::string_view employee, format::Day submitted, std::uint32_t share);

struct PlannedAction {
  v1::AdverseAction facts;
  std::optional<sealed::v1::AdverseAction> words;  // nothing: the letter does not open, or says nothing
  // An officer is to look at it. Why is not said, here or anywhere.
  bool comes_up = false;
  // What is wrong with the letter, whoever it is about.
  std::vector<std::string> cautions;
};

// Somebody who asked.
struct ProtectedPerson {
  format::Day day;
  sealed::v1::ProtectionRequest words;
};

class OfficerDesk {
 public:
  // The desk outlives the object.
  explicit OfficerDesk(StaffDesk& desk) : desk_(desk) {}

  // Everybody who asked and whose letter opens.
  absl::StatusOr<std::vector<ProtectedPerson>> People();
  // What waits for a verdict. The tags of everybody named are asked for anew, blinded.
  absl::StatusOr<std::vector<PlannedAction>> Review(std::uint32_t share);
  absl::StatusOr<v1::DecideAdverseActionResponse> Decide(const std::string& name, v1::AdverseActionVerdict verdict);
  absl::StatusOr<std::vector<v1::ProtectionAlert>> Alerts();
  // When the employee asked for protection and all that was planned against them, with proofs (crypto/format/timeline.h), checked as whoever is
  // handed it will. kInputInvalid unless there are 1 to 8 identifiers; kLeafInvalid when a proof does not hold.
  absl::StatusOr<format::Timeline> TimelineOf(const std::vector<std::string>& identifiers);
  // What a letter about an action says; nothing when it does not open.
  std::optional<sealed::v1::AdverseAction> WordsOf(const v1::AdverseAction& action) const;

 private:
  StaffDesk& desk_;
};

}  // namespace alcove::client
