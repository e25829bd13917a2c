// What handlers hand to core: the rows, time, randomness, and the organisation as of the moment of the decision.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/ports.h"
#include "server/core/base/reader.h"
#include "server/core/cases/ports.h"
#include "server/core/guard/own_keys.h"
#include "server/core/people/organisation.h"

namespace alcove::rpc {

// The organisation in force. Replaced when a publication is durable; whoever took it before keeps what they took.
// Thread-safe.
class CurrentOrganisation {
 public:
  explicit CurrentOrganisation(people::OrganisationPtr first) : organisation_(std::move(first)) {}

  people::OrganisationPtr Get() const {
    const std::lock_guard lock(mutex_);
    return organisation_;
  }
  void Set(people::OrganisationPtr next) {
    {
      const std::lock_guard lock(mutex_);
      organisation_.swap(next);
    }
    if (changed_) changed_();
  }
  // `changed` runs after every replacement, on the thread that made it, and must not block. Set once, before anybody
  // publishes.
  void OnChange(std::function<void()> changed) { changed_ = std::move(changed); }

 private:
  mutable std::mutex mutex_;
  people::OrganisationPtr organisation_;
  std::function<void()> changed_;
};

// All outlive the handlers.
struct CorePorts {
  const base::Reader& rows;
  CurrentOrganisation& organisation;
  const base::Clock& clock;
  crypto::Random& random;
  const crypto::SymmetricKey& request_key;
  // Which keys are in use, by whoever looks at all cases; null where nobody does.
  const guard::KeyUseBoard* key_use = nullptr;
};

// One decision's view: takes the organisation once, so that a decision never mixes two versions of it.
class Moment {
 public:
  explicit Moment(const CorePorts& core)
      : organisation_(core.organisation.Get()),
        ports_{core.rows, *organisation_, core.clock, core.random, core.request_key} {}
  Moment(const Moment&) = delete;
  Moment& operator=(const Moment&) = delete;

  const cases::Ports& ports() const { return ports_; }
  const people::OrganisationPtr& organisation() const { return organisation_; }

 private:
  const people::OrganisationPtr organisation_;
  const cases::Ports ports_;
};

}  // namespace alcove::rpc
