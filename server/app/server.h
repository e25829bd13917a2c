// Everything that serves, put together: store, organisation, door, handlers, listeners. Only here it is chosen what stands
// behind the ports.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "crypto/format/organisation.h"
#include "crypto/random.h"
#include "server/app/clock.h"
#include "server/app/config.h"
#include "server/app/event_log.h"
#include "server/app/keys.h"
#include "server/app/listeners.h"
#include "server/app/mailer.h"
#include "server/app/reviewer.h"
#include "server/app/timekeeper.h"
#include "server/core/intake/budget.h"
#include "server/core/intake/secrets.h"
#include "server/core/intake/work.h"
#include "server/rpc/door/access_table.h"
#include "server/rpc/door/core_ports.h"
#include "server/rpc/door/door.h"
#include "server/rpc/door/nonces.h"
#include "server/rpc/door/sessions.h"
#include "server/rpc/session/directory_principals.h"
#include "server/rpc/session/nobody.h"
#include "server/storage/row_store.h"
#include "server/storage/store.h"

namespace alcove::app {

class Server {
 public:
  struct World {
    const Config& config;
    const KeyPlaces& keys;
    base::Clock& clock;
    crypto::Random& random;
    EventLog& log;
    // The store failed, or a listener is dead: the process has to end, at once. May run on any thread.
    std::function<void()> fatal;
  };

  // Opens the store, checks every key, publishes the first checkpoint where there is none, and opens the listeners. What is
  // in `world` by reference outlives the server. Every error is for the operator and names what to put right.
  static absl::StatusOr<std::unique_ptr<Server>> Start(const World& world);
  ~Server();

  // What is due: a cut, lines of the event log, the hour's totals. Called about once a second, by one thread.
  void Tick();

  // Takes no new calls and lets those under way finish within the configured time.
  void Drain();

  // Something is to go, and the clock is believed.
  bool AnythingToShred() const;

  // A verified backup into `target`, while serving. Any thread, one at a time.
  absl::Status Backup(const std::string& target);

 private:
  explicit Server(const World& world) : world_(world) {}

  absl::Status OpenStore();
  absl::Status LoadOrganisation();
  // Tells of token keys that the directory in force announces and that are not held. Everything else goes on.
  void NameMissingTokenKeys() const;
  void MakeDoor();
  absl::Status OpenListeners();
  // The thread of the daily mail, where it is configured.
  absl::Status StartMail();
  // The first look at the clock: before anything is decided by it.
  absl::Status StartTime();
  // The day file follows, as far as the day is believed.
  absl::Status RememberToday();
  // Publishes a checkpoint and waits until it is durable. Only while starting.
  absl::Status CutNow();
  std::optional<base::Instant> NewestCut() const;
  // Nightly, on a thread of its own: what nobody needs any more is deleted, then the files are rewritten.
  void Settle();
  void Sweep();
  // Commits and waits for the answer. Not on a thread of the Committer.
  absl::Status CommitAndWait(base::Transaction transaction);

  const World world_;
  std::optional<storage::ServerKeys> keys_;
  format::OrganisationFile file_;
  std::atomic<bool> cutting_{false};  // before the store, whose threads clear them
  std::atomic<bool> settled_{true};
  std::atomic<bool> changed_{false};  // the organisation, since the last tick
  std::unique_ptr<storage::Store> store_;
  std::optional<crypto::SymmetricKey> request_key_;
  std::optional<intake::Secrets> secrets_;
  std::unique_ptr<rpc::CurrentOrganisation> organisation_;
  guard::KeyUseBoard key_use_;
  std::optional<rpc::CorePorts> core_;
  std::unique_ptr<intake::Budgets> budgets_;
  std::unique_ptr<intake::WorkGate> work_;
  std::unique_ptr<rpc::AccessTable> access_;
  std::unique_ptr<rpc::Sessions> sessions_;
  std::unique_ptr<rpc::Quotas> quotas_;
  std::unique_ptr<rpc::Nonces> nonces_;
  std::unique_ptr<intake::WorkGate> sign_in_work_;
  std::unique_ptr<rpc::DirectoryPrincipals> principals_;
  std::unique_ptr<rpc::Nobody> nobody_;
  std::unique_ptr<rpc::Door> door_;
  std::unique_ptr<Timekeeper> time_;
  std::unique_ptr<Reviewer> reviewer_;
  std::unique_ptr<Mailer> mailer_;
  std::atomic<bool> serving_{false};
  std::unique_ptr<Listeners> listeners_;  // last: closes before what its handlers use

  std::int64_t hour_ = 0;
  base::Day day_;
  std::thread settling_;
};

}  // namespace alcove::app
