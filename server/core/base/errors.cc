#include "server/core/base/errors.h"

#include <absl/strings/cord.h>

#include <array>
#include <charconv>

namespace alcove::base {
namespace {

constexpr std::string_view kReasonPayload = "alcove/reason";
constexpr std::string_view kDetailPayload = "alcove/detail/";

struct Entry {
  absl::StatusCode code;
  std::string_view text;
};

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
constexpr absl::StatusCode kPrecondition = absl::StatusCode::kFailedPrecondition;
constexpr absl::StatusCode kExhausted = absl::StatusCode::kResourceExhausted;

// Indexed by the number of the reason; entry 0 stands for no reason.
constexpr std::array<Entry, kReasonCount + 1> kEntries = {{
    {absl::StatusCode::kInternal, "internal"},
    {absl::StatusCode::kNotFound, "nothing here for you"},
    {absl::StatusCode::kUnauthenticated, "sign in"},
    {absl::StatusCode::kUnauthenticated, "sign-in refused"},
    {absl::StatusCode::kPermissionDenied, "not for this kind of caller"},
    {kInvalid, "a field is invalid"},
    {absl::StatusCode::kAlreadyExists, "request id used for other bytes"},
    {absl::StatusCode::kAborted, "etag is stale"},
    {absl::StatusCode::kAborted, "too many writers, repeat"},
    {kInvalid, "envelope is invalid"},
    {kInvalid, "epoch record is invalid"},
    {kPrecondition, "epoch is stale"},
    {kInvalid, "grants do not match"},
    {kInvalid, "plan is invalid"},
    {kPrecondition, "plan is stale"},
    {kPrecondition, "work required"},
    {kExhausted, "budget used up"},
    {kExhausted, "store is full"},
    {absl::StatusCode::kUnavailable, "store failed"},
    {kPrecondition, "no such transition"},
    {kInvalid, "unknown code"},
    {kInvalid, "note is invalid"},
    {kPrecondition, "not the next version"},
    {kPrecondition, "policy is incomplete"},
    {kPrecondition, "intake is closed"},
    {kPrecondition, "blob is not named"},
    {kPrecondition, "blob part refused"},
    {kExhausted, "quota used up"},
    {kPrecondition, "kind not allowed here"},
    {absl::StatusCode::kNotFound, "not published"},
    {kPrecondition, "custody not offered"},
    {absl::StatusCode::kUnavailable, "stopping"},
    {kPrecondition, "sync would remove too much"},
    {kPrecondition, "sync is not complete"},
    {kPrecondition, "cases cannot be linked"},
    {kPrecondition, "approval refused by a rule"},
    {kPrecondition, "approval not granted"},
    {kPrecondition, "assessment is missing"},
    {kPrecondition, "finding is missing"},
    {kPrecondition, "outcome notice is missing"},
    {kPrecondition, "summary not shown"},
    {kPrecondition, "check-in refused"},
    {kPrecondition, "clock frozen"},
    {kPrecondition, "measures are open"},
    {kPrecondition, "measure refused"},
    {kInvalid, "share refused"},
    {kPrecondition, "consent missing"},
    {kPrecondition, "consent refused"},
    {kPrecondition, "notice running"},
    {kPrecondition, "identity not held"},
}};

const Entry& EntryOf(Reason reason) {
  const auto number = static_cast<std::size_t>(reason);
  return number < kEntries.size() ? kEntries[number] : kEntries[0];
}

}  // namespace

absl::Status Refuse(Reason reason) {
  const Entry& entry = EntryOf(reason);
  absl::Status status(entry.code, absl::string_view(entry.text.data(), entry.text.size()));
  status.SetPayload(absl::string_view(kReasonPayload.data(), kReasonPayload.size()),
                    absl::Cord(std::to_string(static_cast<int>(reason))));
  return status;
}

absl::Status Refuse(Reason reason, std::string_view key, std::string_view value) {
  absl::Status status = Refuse(reason);
  status.SetPayload(std::string(kDetailPayload).append(key), absl::Cord(absl::string_view(value.data(), value.size())));
  return status;
}

std::optional<Reason> ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(absl::string_view(kReasonPayload.data(), kReasonPayload.size()));
  if (!payload) return std::nullopt;
  const std::string text(*payload);
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number < 1 || number > kReasonCount)
    return std::nullopt;
  return static_cast<Reason>(number);
}

std::string DetailOf(const absl::Status& status, std::string_view key) {
  const auto payload = status.GetPayload(std::string(kDetailPayload).append(key));
  return payload ? std::string(*payload) : std::string();
}

absl::StatusCode CodeOf(Reason reason) { return EntryOf(reason).code; }

absl::Status NothingHere() { return Refuse(Reason::kNothingHere); }
absl::Status FieldInvalid(std::string_view field) { return Refuse(Reason::kFieldInvalid, "field", field); }
absl::Status EtagStale() { return Refuse(Reason::kEtagStale); }
absl::Status Contended() { return Refuse(Reason::kContended); }
absl::Status StoreFull() { return Refuse(Reason::kStoreFull); }
absl::Status StoreFailed() { return Refuse(Reason::kStoreFailed); }
absl::Status Stopping() { return Refuse(Reason::kStopping); }

absl::Status Broken(std::string_view invariant) {
  return absl::InternalError(absl::string_view(invariant.data(), invariant.size()));
}

}  // namespace alcove::base
