// The world as tests of the door want it: a clock they move, a committer that fails when told to, principals by hand.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/random.h"
#include "server/core/base/changes.h"
#include "server/core/base/errors.h"
#include "server/core/base/ports.h"
#include "server/rpc/door/principals.h"

namespace alcove::rpc {

class FakeClock final : public base::Clock {
 public:
  base::Day Today() const override { return base::DayOf(now); }
  base::Instant Now() const override { return now; }
  std::chrono::milliseconds Elapsed() const override { return elapsed; }

  void Pass(std::chrono::milliseconds time) { elapsed += time; }

  base::Instant now{std::chrono::seconds(1'795'000'000)};
  std::chrono::milliseconds elapsed{1'000'000};
};

class FakeEvents final : public base::EventSink {
 public:
  void Record(base::Event event) override { ++counts[event]; }
  std::map<base::Event, int> counts;
};

// Answers every commit at once, on the caller's thread: with what `next` holds, then with OK.
class FakeCommitter final : public base::Committer {
 public:
  void Commit(base::Transaction transaction, std::function<void(absl::Status)> done) override {
    absl::Status status;
    if (!next.empty()) {
      status = next.front();
      next.pop_front();
    }
    if (status.ok() && transaction.stamp) {
      base::Stamps stamps;
      stamps.leaves.resize(transaction.leaves.size());
      transaction.stamp(stamps, transaction.changes);
    }
    order.push_back(status.ok() ? "committed" : "refused");
    done(status);
  }
  std::deque<absl::Status> next;
  std::vector<std::string> order;
};

class FakePrincipals final : public Principals {
 public:
  absl::StatusOr<std::vector<crypto::VerifyKey>> KeysOf(const Principal& principal) const override {
    const auto found = keys.find(principal.name());
    return found == keys.end() ? std::vector<crypto::VerifyKey>() : found->second;
  }
  std::optional<Standing> StandingOf(const Principal& principal, const crypto::VerifyKey&) const override {
    const auto found = standings.find(principal.name());
    if (found == standings.end()) return std::nullopt;
    return found->second;
  }
  std::optional<Account> AccountOf(const crypto::Digest& certificate) const override {
    const auto found = accounts.find(certificate.str());
    if (found == accounts.end()) return std::nullopt;
    return found->second;
  }
  bool Founding() const override { return founding; }

  std::map<std::string, std::vector<crypto::VerifyKey>> keys;
  std::map<std::string, Standing> standings;
  std::map<std::string, Account> accounts;  // by digest of the certificate
  bool founding = false;
};

}  // namespace alcove::rpc
