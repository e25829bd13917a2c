#include "server/rpc/door/principals.h"

#include "crypto/encoding.h"
#include "server/core/base/errors.h"

namespace alcove::rpc {
namespace {

constexpr std::string_view kMailboxes = "mailboxes/";
constexpr std::string_view kStaff = "staff/";

}  // namespace

absl::StatusOr<Principal> Principal::Parse(std::string_view name) {
  Principal principal;
  if (name.starts_with(kMailboxes)) {
    const absl::StatusOr<crypto::Bytes> bytes = crypto::Base32Decode(name.substr(kMailboxes.size()));
    if (!bytes.ok()) return base::FieldInvalid("principal");
    const absl::StatusOr<base::MailboxId> id = base::MailboxId::FromBytes(*bytes);
    if (!id.ok()) return base::FieldInvalid("principal");
    principal.mailbox = *id;
    return principal;
  }
  if (!name.starts_with(kStaff)) return base::FieldInvalid("principal");
  principal.kind = Kind::kStaff;
  const absl::StatusOr<base::StaffSlug> slug = base::StaffSlug::Parse(name.substr(kStaff.size()));
  if (!slug.ok()) return base::FieldInvalid("principal");
  principal.slug = *slug;
  return principal;
}

std::string Principal::name() const {
  switch (kind) {
    case Kind::kMailbox: return std::string(kMailboxes) + crypto::Base32Encode(mailbox.view());
    case Kind::kStaff: return std::string(kStaff) + slug.text();
  }
  return {};
}

}  // namespace alcove::rpc
