// Who may sign in, and as what.
#pragma once

#include <absl/status/statusor.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/bytes.h"
#include "server/core/base/ids.h"

namespace alcove::rpc {

// A principal by its resource name. Exactly one of `mailbox` and `slug` means something, by kind.
struct Principal {
  enum class Kind { kMailbox, kStaff };
  Kind kind = Kind::kMailbox;
  base::MailboxId mailbox;
  base::StaffSlug slug;

  // `mailboxes/{m}` or `staff/{slug}`, service accounts too; FieldInvalid("principal") for anything else.
  static absl::StatusOr<Principal> Parse(std::string_view name);
  // The resource name: what a sign-in statement is made over.
  std::string name() const;

  friend bool operator==(const Principal&, const Principal&) = default;
};

// Answers from the directory and the mailboxes as they are at the moment of the question. Thread-safe, does not block on
// commits.
class Principals {
 public:
  // What a principal may do now, asked at every call.
  struct Standing {
    bool administrator = false;
    bool auditor = false;
    bool protection_officer = false;
    // Of a service account; empty: a person. A service account may call nothing but its scopes' methods.
    std::vector<std::string_view> scopes = {};
  };

  virtual ~Principals() = default;

  // The keys a principal signs in with; empty when there is no such principal. At most kMostKeys.
  static constexpr std::size_t kMostKeys = 2;
  virtual absl::StatusOr<std::vector<crypto::VerifyKey>> KeysOf(const Principal& principal) const = 0;

  // Nothing once the principal has gone or `key`, with which the session was opened, is no longer theirs.
  virtual std::optional<Standing> StandingOf(const Principal& principal, const crypto::VerifyKey& key) const = 0;

  // The service account that TLS knows by the certificate with this SHA-256, and what it may do now.
  struct Account {
    base::StaffSlug slug;
    Standing standing;
  };
  virtual std::optional<Account> AccountOf(const crypto::Digest& certificate) const = 0;

  // No directory was ever published: root holders may publish the first.
  virtual bool Founding() const = 0;
};

}  // namespace alcove::rpc
