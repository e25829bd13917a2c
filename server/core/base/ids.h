// The names of things: 16 random bytes each, and of people: slugs.
#pragma once

#include <absl/status/statusor.h>

#include <compare>
#include <functional>
#include <string>
#include <string_view>

#include "crypto/bytes.h"
#include "crypto/format/ids.h"

namespace alcove::base {

using format::AdverseActionId;
using format::AllegationId;
using format::ApprovalId;
using format::BlobId;
using format::CaseId;
using format::EntryId;
using format::MailboxId;
using format::MeasureId;
using format::MeasureOrderId;
using format::OrganisationId;
using format::ProtectionRequestId;

struct EmployeeTag {
  static constexpr std::string_view kName = "employee id";
};
// A person the organisation employs or names, under an id that says nothing about them.
using EmployeeId = crypto::FixedBytes<16, EmployeeTag>;

// The chosen name of a person or service of the directory: format::IsSlug, as a type.
class StaffSlug {
 public:
  StaffSlug() = default;  // empty: nobody
  // FieldInvalid("staff") for anything else.
  static absl::StatusOr<StaffSlug> Parse(std::string_view text);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend auto operator<=>(const StaffSlug&, const StaffSlug&) = default;

 private:
  explicit StaffSlug(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace alcove::base

template <>
struct std::hash<alcove::base::StaffSlug> {
  std::size_t operator()(const alcove::base::StaffSlug& slug) const noexcept {
    return std::hash<std::string>()(slug.text());
  }
};
