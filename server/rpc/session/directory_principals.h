// Principals from the directory in force and the mailboxes in the store.
#pragma once

#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/principals.h"

namespace alcove::rpc {

class DirectoryPrincipals final : public Principals {
 public:
  explicit DirectoryPrincipals(const CorePorts& core) : core_(core) {}

  absl::StatusOr<std::vector<crypto::VerifyKey>> KeysOf(const Principal& principal) const override;
  // A mailbox's standing is not asked of the store: every mailbox call of core begins with its row.
  std::optional<Standing> StandingOf(const Principal& principal, const crypto::VerifyKey& key) const override;
  std::optional<Account> AccountOf(const crypto::Digest& certificate) const override;
  bool Founding() const override;

 private:
  const CorePorts core_;
};

}  // namespace alcove::rpc
