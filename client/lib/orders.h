// Orders from both sides: a case team that tells HR what to do, and the HR system that does it (promise P10).
//
// A letter says who, what, from when to when, and a neutral reason, in codes of the policy that name neither case nor cause; it
// opens on the machines of the HR systems and nowhere else. Words of one's own (`instruction`) are the one place where a team could
// say too much: whoever asks for them says so.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/hr_service.pb.h"
#include "client/lib/directory.h"
#include "client/lib/documents.h"
#include "client/lib/staff_case.h"

namespace alcove::client {

inline constexpr int kMostOrdered = 16;

// Every machine of every service account that carries out orders. Empty where the directory has none.
std::vector<crypto::EncryptionKey> HrKeys(const format::Directory& directory);

// What HR is told for a measure of this kind (`interim.remote_work`), by the policy; kInputInvalid where it is not for HR.
absl::StatusOr<std::string> OrderKindOf(const Intake& intake, std::string_view measure);

struct SealedOrder {
  std::string name;
  std::string letter;
};
// Puts `words` in their normal form and seals them. kInputInvalid unless there are 1 to kMostOrdered people with identifiers that
// are ones, codes and a start that is not after the end, or when it is too long or the directory lists no account with the scope
// `measures`.
absl::StatusOr<SealedOrder> SealOrder(const CheckedDirectory& directory, sealed::v1::MeasureOrder& words, crypto::Random& random);

// An order as HR has it.
struct OpenedOrder {
  v1::MeasureOrder facts;
  std::optional<sealed::v1::MeasureOrder> words;  // nothing: the letter does not open on this machine, or says nothing
};

// The HR system's side; the desk, of a service account with the scope `measures`, outlives the object.
class HrDesk {
 public:
  explicit HrDesk(StaffDesk& desk) : desk_(desk) {}

  // All that HR may see, or those in one state.
  absl::StatusOr<std::vector<OpenedOrder>> Orders(v1::OrderState state = v1::ORDER_STATE_UNSPECIFIED);
  // The one whose id begins with `prefix` (the collection's name may be left out). NOT_FOUND, kInputInvalid for several.
  absl::StatusOr<OpenedOrder> OrderOf(std::string_view prefix);
  absl::StatusOr<v1::ReportMeasureOrderResponse> Executed(const std::string& name, format::Day done);
  absl::StatusOr<v1::ReportMeasureOrderResponse> Refused(const std::string& name, const std::string& reason);

 private:
  StaffDesk& desk_;
};

// Takes events one by one, each with the token that stands after it; an error of `take` ends the watching and is the answer.
using TakeEvent = std::function<absl::Status(const v1::WatchEventsResponse& told)>;

// Watches on one session, from `token` on, until the service ends the stream or `patience` is over (then OK). Whoever
// dealt with an event keeps its token and begins there next time: so nothing is lost, and some may come twice.
absl::Status WatchEvents(Connection& connection, const Session& session, const std::string& token,
                         std::chrono::seconds patience, const TakeEvent& take);

}  // namespace alcove::client
