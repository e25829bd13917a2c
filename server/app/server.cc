#include "server/app/server.h"

#include <array>
#include <future>
#include <limits>
#include <map>
#include <thread>
#include <utility>

#include "crypto/hkdf.h"
#include "server/app/errors.h"
#include "server/app/init.h"
#include "server/app/quiet.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/records.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/states.h"
#include "server/core/ledger/cut.h"
#include "server/core/ledger/records.h"
#include "server/core/ledger/refusals.h"
#include "server/core/people/publish.h"
#include "server/rpc/admin/admin.h"
#include "server/rpc/approval/approval.h"
#include "server/rpc/blob/blob.h"
#include "server/rpc/cases/cases.h"
#include "server/rpc/hr/hr.h"
#include "server/rpc/intake/intake.h"
#include "server/rpc/ledger/ledger.h"
#include "server/rpc/mailbox/mailbox.h"
#include "server/rpc/protection/protection.h"
#include "server/rpc/session/session.h"
#include "server/storage/backup.h"
#include "server/storage/errors.h"
#include "server/storage/label.h"
#include "server/storage/rocks_store.h"

namespace alcove::app {
namespace {

constexpr int kQuietHour = 3;  // UTC
constexpr std::uint32_t kWarnDays = 30;
// Rows that one sweep of old requests deletes in one transaction.
constexpr std::size_t kSweepAtOnce = 2000;

// Attempts to sign in that a minute brings on its own account.
constexpr std::uint32_t kFreeSignIns = 600;

// Strangers' calls a second, all of them together. A filing has a budget of its own, so that a flood of the cheap calls does
// not take its place. Without a price of work (loopback only) nobody is a stranger.
std::array<intake::Rate, intake::kCallCount> Rates(std::uint32_t work_price) {
  std::array<intake::Rate, intake::kCallCount> rates{};
  if (work_price == 0) return rates;
  rates[static_cast<std::size_t>(intake::Call::kRead)] = {500, 1000};
  // A challenge costs a MAC. Refusing it would cost as much and would keep everybody out, so this is only a ceiling.
  rates[static_cast<std::size_t>(intake::Call::kChallenge)] = {2000, 4000};
  rates[static_cast<std::size_t>(intake::Call::kSignInChallenge)] = {2000, 4000};
  rates[static_cast<std::size_t>(intake::Call::kTags)] = {50, 200};
  rates[static_cast<std::size_t>(intake::Call::kPlan)] = {50, 200};
  rates[static_cast<std::size_t>(intake::Call::kSubmit)] = {50, 200};
  rates[static_cast<std::size_t>(intake::Call::kRepeat)] = {50, 200};
  rates[static_cast<std::size_t>(intake::Call::kSignIn)] = {100, 400};
  rates[static_cast<std::size_t>(intake::Call::kProtection)] = {10, 50};
  return rates;
}

// The counter that routing goes by, from the rows: open cases of each assignee.
absl::Status CountOpenCases(const base::Reader& rows, storage::Counts& counts) {
  return rows.Scan<cases::Case>("", "", std::numeric_limits<std::size_t>::max(), [&](base::Versioned<cases::Case> row) {
    const bool doomed = cases::IsDoomed(rows, row.record.id).value_or(false);
    if (cases::IsOpen(row.record.state) && !row.record.assignee.empty() && !doomed) {
      counts.Add(base::Counter::kOpenCases, row.record.assignee.text(), 1);
    }
    return true;
  });
}

std::int64_t HourOf(base::Instant instant) { return instant.time_since_epoch().count() / 3600; }

}  // namespace

absl::StatusOr<std::unique_ptr<Server>> Server::Start(const World& world) {
  std::unique_ptr<Server> server(new Server(world));
  if (absl::Status s = server->OpenStore(); !s.ok()) return s;
  if (absl::Status s = server->LoadOrganisation(); !s.ok()) return s;
  server->MakeDoor();
  if (absl::Status s = server->StartTime(); !s.ok()) return s;
  // With a new key beside the old one, the newest checkpoint is to carry both signatures.
  if (!server->NewestCut() || server->store_->log_keys().other() != nullptr) {
    if (absl::Status s = server->CutNow(); !s.ok()) return s;
  }
  server->day_ = world.clock.Today();
  server->hour_ = HourOf(world.clock.Now());
  server->reviewer_ = std::make_unique<Reviewer>(Reviewer::World{
      *server->core_,
      [server = server.get()](base::Transaction transaction) { return server->CommitAndWait(std::move(transaction)); },
      world.log, *server->time_, server->key_use_});
  server->organisation_->OnChange([server = server.get()] {
    server->reviewer_->Wake();
    server->changed_ = true;
  });
  if (absl::Status s = server->StartMail(); !s.ok()) return s;
  if (absl::Status s = server->OpenListeners(); !s.ok()) return s;
  // A server that is restarted every night never sees its quiet hour.
  server->settled_ = false;
  server->settling_ = std::thread([server = server.get()] {
    server->Sweep();
    server->settled_ = true;
  });
  world.log.Record(base::Event::kStarted);
  return server;
}

Server::~Server() {
  if (settling_.joinable()) settling_.join();
}

absl::Status Server::OpenStore() {
  if (absl::Status s = CheckDataDirectory(world_.config.data); !s.ok()) return s;
  absl::StatusOr<storage::ServerKeys> keys = ReadKeys(world_.keys);
  if (!keys.ok()) return keys.status();
  keys_ = *std::move(keys);
  absl::StatusOr<format::OrganisationFile> file = ReadOrganisation(world_.keys.directory);
  if (!file.ok()) return file.status();
  file_ = *std::move(file);

  storage::RocksOptions options;
  options.directory = storage::DatabaseIn(world_.config.data.string());
  absl::StatusOr<std::unique_ptr<storage::RowStore>> rows = storage::OpenRocksStore(options);
  if (!rows.ok()) return rows.status();
  absl::StatusOr<std::unique_ptr<storage::Store>> store =
      storage::Store::Open(*std::move(rows), world_.config.data.string(),
                           {.keys = *keys_,
                            .clock = world_.clock,
                            .events = world_.log,
                            .random = world_.random,
                            .on_failure = world_.fatal,
                            .count = CountOpenCases,
                            .limits = {}});
  if (store.status() == storage::WrongKek()) {
    const absl::Status why =
        storage::WhyWrongKek(storage::ReadLabel(world_.config.data.string()), keys_->kek_facts);
    return KeyWrong(world_.keys.Find(KeyKind::kKek),
                    why == storage::WrongKek() ? "the store was made under another" : std::string(why.message()));
  }
  if (!store.ok()) return store.status();
  store_ = *std::move(store);
  if (store_->organisation() != file_.id) {
    return KeyWrong(world_.keys.directory / kOrganisationFile, "the data belongs to another organisation");
  }
  return CheckDay(world_.config.data / "day", world_.clock.Today());
}

absl::Status Server::StartTime() {
  time_ = std::make_unique<Timekeeper>(Timekeeper::World{
      store_->reader(), store_->organisation(), world_.clock, world_.random,
      [this](base::Transaction transaction) { return CommitAndWait(std::move(transaction)); }, world_.log});
  if (const absl::StatusOr<bool> looked = time_->Look(); !looked.ok()) return looked.status();
  return RememberToday();
}

absl::Status Server::StartMail() {
  if (!world_.config.mail) return absl::OkStatus();
  absl::StatusOr<std::unique_ptr<Mailer>> mailer = Mailer::Start(
      {*world_.config.mail, store_->reader(), world_.clock, crypto::DeriveKey(keys_->kek, "alcove mail v1"),
       [this](base::Transaction transaction) { return CommitAndWait(std::move(transaction)); },
       [this] { return time_->frozen(); }, world_.log});
  if (!mailer.ok()) return mailer.status();
  mailer_ = *std::move(mailer);
  return absl::OkStatus();
}

absl::Status Server::RememberToday() {
  return time_->frozen() ? absl::OkStatus() : RememberDay(world_.config.data / "day", world_.clock.Today());
}

absl::Status Server::LoadOrganisation() {
  absl::StatusOr<people::OrganisationPtr> organisation =
      people::Load({store_->reader(), world_.clock, world_.random, file_, store_->log_keys()});
  if (!organisation.ok()) return organisation.status();
  const format::Directory* directory = (*organisation)->directory();
  if (directory != nullptr && !store_->log_keys().Follow(directory->log_key))
    return KeyWrong(world_.keys.Find(KeyKind::kLog), "the directory in force names another log key");
  organisation_ = std::make_unique<rpc::CurrentOrganisation>(*std::move(organisation));
  // From the seed, not the KEK: a request that is repeated after the KEK was changed finds its answer.
  request_key_ = crypto::DeriveKey(store_->vault().seed(), "alcove requests v1");
  absl::StatusOr<intake::TokenKeys> tokens = ReadTokenKeys(world_.keys);
  if (!tokens.ok()) return tokens.status();
  secrets_ = intake::Secrets::Derive(crypto::DeriveKey(store_->vault().seed(), "alcove intake v1"), keys_->tag_key.Clone(),
                                     *std::move(tokens));
  NameMissingTokenKeys();
  core_.emplace(rpc::CorePorts{store_->reader(), *organisation_, world_.clock, world_.random, *request_key_, &key_use_});
  return absl::OkStatus();
}

void Server::NameMissingTokenKeys() const {
  for (const format::TokenKey& key : secrets_->tokens.Missing(*organisation_->Get()))
    world_.log.Tell("the directory announces a token key that is not held, so none of its tokens is issued or taken: " +
                    TokenKeyFileName(key.kind, key.quarter));
}

void Server::MakeDoor() {
  budgets_ = std::make_unique<intake::Budgets>(Rates(world_.config.work_price), world_.clock);
  intake::WorkTerms terms;
  terms.base_price = static_cast<int>(world_.config.work_price);
  work_ = std::make_unique<intake::WorkGate>(crypto::SymmetricKey::Draw(world_.random), terms, world_.clock,
                                             world_.random);
  // Signing in is free while it is calm: a reporter who comes back is not to wait, and the checks of a signature that a
  // flood would buy are paid for by the flood.
  intake::WorkTerms sign_in = terms;
  sign_in.free_calls = kFreeSignIns;
  sign_in.calm_calls = kFreeSignIns;
  sign_in_work_ = std::make_unique<intake::WorkGate>(crypto::SymmetricKey::Draw(world_.random), sign_in, world_.clock,
                                                     world_.random);
  sessions_ = std::make_unique<rpc::Sessions>(world_.clock, world_.random);
  quotas_ = std::make_unique<rpc::Quotas>(rpc::Quotas::kRate, world_.clock);
  nonces_ = std::make_unique<rpc::Nonces>(world_.clock, world_.random);
  principals_ = std::make_unique<rpc::DirectoryPrincipals>(*core_);
  nobody_ = std::make_unique<rpc::Nobody>(world_.random);
}

absl::Status Server::OpenListeners() {
  absl::StatusOr<rpc::AccessTable> access = rpc::AccessTable::Read(rpc::AccessTable::Contract());
  if (!access.ok()) return access.status();
  access_ = std::make_unique<rpc::AccessTable>(*std::move(access));
  door_ = std::make_unique<rpc::Door>(rpc::Door::World{
      .access = *access_,
      .sessions = *sessions_,
      .principals = *principals_,
      .committer = store_->committer(),
      .note_refusal =
          [this](const base::StaffSlug& staff) {
            return ledger::DecideRefusal(store_->reader(), store_->organisation(), staff, world_.clock.Now(),
                                         world_.random);
          },
      .events = world_.log,
      .note_service =
          [this](const base::StaffSlug& account, std::string_view method, base::ChangeSet& changes,
                 std::vector<base::LeafDraft>& leaves) {
            ledger::DraftLeaf(store_->organisation(),
                              ledger::Act::OfStaff(format::LeafKind::kServiceCalled, account, world_.clock.Now(),
                                                   format::details::ServiceCalled(method)),
                              world_.random, changes, leaves);
          },
      .quotas = quotas_.get()});

  const std::map<Service, MakeHandler> handlers = {
      {Service::kSession,
       [=, this] {
         return std::make_unique<rpc::SessionHandler>(rpc::SessionHandler::World{
             *door_, *nonces_, *sessions_, *principals_, *budgets_, *sign_in_work_, store_->organisation(), store_->log_keys(),
             *nobody_});
       }},
      {Service::kLedger, [this] { return std::make_unique<rpc::LedgerHandler>(*door_, *core_, *budgets_); }},
      {Service::kBlob, [this] { return std::make_unique<rpc::BlobHandler>(*door_, *core_); }},
      {Service::kIntake,
       [=, this] {
         return std::make_unique<rpc::IntakeHandler>(
             rpc::IntakeHandler::World{*door_, *core_, *secrets_, *budgets_, *work_, store_->log_keys()});
       }},
      {Service::kMailbox,
       [this] {
         return std::make_unique<rpc::MailboxHandler>(rpc::MailboxHandler::World{*door_, *core_, *secrets_, *budgets_});
       }},
      {Service::kCase, [this] { return std::make_unique<rpc::CaseHandler>(*door_, *core_); }},
      {Service::kApproval, [this] { return std::make_unique<rpc::ApprovalHandler>(*door_, *core_); }},
      {Service::kHr,
       [this] {
         return std::make_unique<rpc::HrHandler>(rpc::HrHandler::World{*door_, *core_, secrets_->tag, secrets_->tokens, world_.log});
       }},
      {Service::kProtection, [this] { return std::make_unique<rpc::ProtectionHandler>(*door_, *core_); }},
      {Service::kAdmin,
       [this] {
         return std::make_unique<rpc::AdminHandler>(rpc::AdminHandler::World{
             *door_, *core_, file_, store_->log_keys(), world_.log, ALCOVE_VERSION, [this] {
               const storage::Journal::Tallies tallies = store_->journal().tallies();
               return !tallies.full && !tallies.failed;
             },
             [this] { return mailer_ == nullptr ? 0U : mailer_->addresses(); }});
       }},
  };
  absl::StatusOr<std::unique_ptr<Listeners>> listeners = Listeners::Open(world_.config.listeners, handlers, serving_);
  if (!listeners.ok()) return listeners.status();
  listeners_ = *std::move(listeners);
  serving_ = true;
  return absl::OkStatus();
}

std::optional<base::Instant> Server::NewestCut() const {
  const auto published = store_->reader().Get<ledger::Published>("");
  if (!published.ok() || !*published) return std::nullopt;
  return (*published)->record.cut;
}

absl::Status Server::CutNow() {
  return CommitAndWait(ledger::DecideCut(store_->organisation(), store_->log_keys(), world_.clock.Now(), world_.random));
}

absl::Status Server::CommitAndWait(base::Transaction transaction) {
  std::promise<absl::Status> done;
  store_->committer().Commit(std::move(transaction), [&done](absl::Status status) { done.set_value(std::move(status)); });
  return done.get_future().get();
}

void Server::Tick() {
  const base::Instant now = world_.clock.Now();
  if (!cutting_ && ledger::CutDue(NewestCut(), now, world_.config.checkpoint_interval)) {
    cutting_ = true;
    store_->committer().Commit(ledger::DecideCut(store_->organisation(), store_->log_keys(), now, world_.random),
                               [this](const absl::Status& status) {
                                 if (status.ok()) world_.log.Record(base::Event::kLedgerCut);
                                 cutting_ = false;
                               });
  }
  if (changed_.exchange(false)) NameMissingTokenKeys();
  if (HourOf(now) != hour_) {
    hour_ = HourOf(now);
    std::vector<HourlyCalls> calls;
    for (const rpc::CallTotal& total : door_->TakeTotals()) calls.push_back({total.path, total.answered, total.refused});
    world_.log.WriteHour(calls);
    if (const GrpcErrors errors = TakeGrpcErrors(); errors.count > 0)
      world_.log.Tell("hour grpc_errors=" + std::to_string(errors.count) + " newest=" + errors.newest);
    if (hour_ % 24 == kQuietHour) Settle();
  }
  if (const base::Day today = world_.clock.Today(); today != day_) {
    day_ = today;
    reviewer_->Wake();
    const people::OrganisationPtr organisation = organisation_->Get();
    if (!organisation->DirectoryValidOn(today.PlusDays(kWarnDays))) world_.log.Record(base::Event::kDirectoryExpiring);
    // Refused only when the clock ran back, which the clock itself does not do while we run.
    // Whether this day is believed. What could not be written is looked at again in a second.
    time_->Look().status().IgnoreError();
    if (!RememberToday().ok()) world_.log.Record(base::Event::kInvariantBroken);
  }
  world_.log.Flush();
}

void Server::Settle() {
  if (!settled_.exchange(false)) return;
  if (settling_.joinable()) settling_.join();
  settling_ = std::thread([this] {
    Sweep();
    if (!store_->rows().Settle().ok()) world_.log.Record(base::Event::kStoreFailed);
    settled_ = true;
  });
}

void Server::Sweep() {
  for (;;) {
    // On a clock that nobody believes the rows may be of today.
    if (time_->frozen()) return;
    absl::StatusOr<base::ChangeSet> old =
        cases::ForgetOldRequests(store_->reader(), world_.clock.Today(), kSweepAtOnce);
    if (!old.ok()) {
      world_.log.Record(base::Event::kInvariantBroken);
      return;
    }
    if (old->empty()) return;
    base::Transaction deletion;
    deletion.changes = *std::move(old);
    // Full or stopping: the rows wait for the next night.
    if (!CommitAndWait(std::move(deletion)).ok()) return;
  }
}

void Server::Drain() {
  world_.log.Record(base::Event::kDraining);
  serving_ = false;
  door_->Drain();
  listeners_->Drain(world_.config.drain);
  time_->Leave();
}

bool Server::AnythingToShred() const {
  bool any = false;
  const absl::Status scanned = store_->reader().Scan<cases::Doomed>("", "", 1, [&](const base::Versioned<cases::Doomed>&) {
    any = true;
    return false;
  });
  return scanned.ok() && any && !time_->frozen();
}

absl::Status Server::Backup(const std::string& target) {
  const storage::BackupParts parts{keys_->kek, keys_->log_key.verify_key(), world_.random, OpenRows, keys_->kek_facts};
  const absl::StatusOr<storage::CheckReport> report =
      storage::MakeBackup(store_->rows(), (world_.config.data / "scratch").string(), target, parts);
  world_.log.Record(report.ok() ? base::Event::kBackupMade : base::Event::kBackupFailed);
  return report.status();
}

}  // namespace alcove::app
