#include "tests/house/house.h"

#include <utility>

#include "server/core/ledger/refusals.h"

namespace alcove::house {
namespace {

rpc::AccessTable Contract() {
  absl::StatusOr<rpc::AccessTable> access = rpc::AccessTable::Read(rpc::AccessTable::Contract());
  EXPECT_TRUE(access.ok()) << access.status();
  return *std::move(access);
}

// Nobody pays and nothing is counted: what a stranger may do here is what the rules say, not what a budget leaves.
intake::WorkTerms Free() {
  intake::WorkTerms terms;
  terms.base_price = 0;
  return terms;
}

}  // namespace

void RowsCommitter::Commit(base::Transaction transaction, std::function<void(absl::Status)> done) {
  done(world_.rows.Commit(transaction, world_.file.id, world_.clock.Today()));
}

House::House(world::World& world, const base::Reader& rows, base::Committer& committer)
    : world_(world),
      access_(Contract()),
      organisation_(world.organisation),
      core_{rows, organisation_, world.clock, world.random, world.request_key},
      budgets_({}, world.clock),
      work_(crypto::SymmetricKey::Draw(world.random), Free(), world.clock, world.random),
      sessions_(world.clock, world.random),
      nonces_(world.clock, world.random),
      principals_(core_),
      door_({.access = access_,
             .sessions = sessions_,
             .principals = principals_,
             .committer = committer,
             .note_refusal =
                 [this](const base::StaffSlug& staff) {
                   return ledger::DecideRefusal(core_.rows, world_.file.id, staff, world_.clock.Now(), world_.random);
                 },
             .events = events_}),
      nobody_(world.random),
      session_({door_, nonces_, sessions_, principals_, budgets_, work_, world.file.id, world.log_keys, nobody_}),
      ledger_(door_, core_, budgets_),
      blob_(door_, core_),
      intake_({door_, core_, world.secrets, budgets_, work_, world.log_keys}),
      mailbox_({door_, core_, world.secrets, budgets_}),
      cases_(door_, core_),
      approvals_(door_, core_),
      admin_({door_, core_, world.file, world.log_keys, events_, "0.0.0", [] { return true; }, {}}),
      hr_({door_, core_, world.secrets.tag, world.secrets.tokens, events_}),
      protection_(door_, core_) {
  grpc::ServerBuilder builder;
  for (grpc::Service* service :
       {static_cast<grpc::Service*>(&session_), static_cast<grpc::Service*>(&ledger_),
        static_cast<grpc::Service*>(&blob_), static_cast<grpc::Service*>(&intake_),
        static_cast<grpc::Service*>(&mailbox_), static_cast<grpc::Service*>(&cases_),
        static_cast<grpc::Service*>(&approvals_),
        static_cast<grpc::Service*>(&admin_), static_cast<grpc::Service*>(&hr_),
        static_cast<grpc::Service*>(&protection_)})
    builder.RegisterService(service);
  server_ = builder.BuildAndStart();
  channel_ = server_->InProcessChannel({});
}

House::~House() {
  channel_.reset();
  server_->Shutdown();
  server_->Wait();
}

}  // namespace alcove::house
