// The whole server in this process but for its listeners: the real door and the real handlers over rows that a test chose,
// reached through a channel without sockets. Its organisation, clock and randomness are those of a world of core's tests.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <vector>

#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/core/intake/budget.h"
#include "server/core/intake/work.h"
#include "server/rpc/admin/admin.h"
#include "server/rpc/approval/approval.h"
#include "server/rpc/blob/blob.h"
#include "server/rpc/cases/cases.h"
#include "server/rpc/door/access_table.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"
#include "server/rpc/door/nonces.h"
#include "server/rpc/door/sessions.h"
#include "server/rpc/hr/hr.h"
#include "server/rpc/intake/intake.h"
#include "server/rpc/ledger/ledger.h"
#include "server/rpc/mailbox/mailbox.h"
#include "server/rpc/protection/protection.h"
#include "server/rpc/session/directory_principals.h"
#include "server/rpc/session/session.h"
#include "tests/server/core/world/world.h"

namespace alcove::house {

// Commits to the rows of a world at once, on the caller's thread.
class RowsCommitter final : public base::Committer {
 public:
  // The world outlives it.
  explicit RowsCommitter(world::World& world) : world_(world) {}
  void Commit(base::Transaction transaction, std::function<void(absl::Status)> done) override;

 private:
  world::World& world_;
};

class Quiet final : public base::EventSink {
 public:
  void Record(base::Event) override {}
};

// One call at a time, as the world's clock, rows and randomness are for one thread.
class House {
 public:
  // All outlive the house. `rows` and `committer` are the world's own, or a store that was filled from it.
  House(world::World& world, const base::Reader& rows, base::Committer& committer);
  ~House();

  const std::shared_ptr<grpc::Channel>& channel() const { return channel_; }
  const rpc::AccessTable& access() const { return access_; }
  // The organisation in force here: set it after the world published something, or went back.
  rpc::CurrentOrganisation& organisation() { return organisation_; }
  const rpc::CorePorts& core() const { return core_; }
  rpc::Sessions& sessions() { return sessions_; }
  rpc::Nonces& nonces() { return nonces_; }
  rpc::SessionHandler& session_handler() { return session_; }

 private:
  world::World& world_;
  Quiet events_;
  rpc::AccessTable access_;
  rpc::CurrentOrganisation organisation_;
  rpc::CorePorts core_;
  intake::Budgets budgets_;
  intake::WorkGate work_;
  rpc::Sessions sessions_;
  rpc::Nonces nonces_;
  rpc::DirectoryPrincipals principals_;
  rpc::Door door_;
  rpc::Nobody nobody_;

  rpc::SessionHandler session_;
  rpc::LedgerHandler ledger_;
  rpc::BlobHandler blob_;
  rpc::IntakeHandler intake_;
  rpc::MailboxHandler mailbox_;
  rpc::CaseHandler cases_;
  rpc::ApprovalHandler approvals_;
  rpc::AdminHandler admin_;
  rpc::HrHandler hr_;
  rpc::ProtectionHandler protection_;

  std::unique_ptr<grpc::Server> server_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace alcove::house
