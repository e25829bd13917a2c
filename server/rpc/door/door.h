// The door: what stands between the wire and the rules, once for every method.
//
//   1. Find the rule of the method (access_table.h).
//   2. Find out who calls: nobody, the principal of a session that is open and whose holder is still what they were, or the
//      service account whose certificate TLS was shown, where the listener asks for one. Whoever brings a session is what it says.
//   3. Refuse who may not call, a service account beyond its quota, and everybody while the server drains.
//   4. Let the handler decide; commit what it decided; decide again when somebody else was faster, at most kMostTries
//      times; answer.
//   5. Put a staff refusal into the ledger before it is answered, so that probing leaves a trace; and every call of a service
//      account that is answered, with its name and the method.
//
// A handler has one of three shapes. `Read` computes an answer that changes nothing and that no leaf has to precede.
// `Decide` returns a base::Outcome. Both run on a gRPC callback thread and must not block; conversion of the answer runs
// after the commit. `Watch` gives one answer after another, for service accounts: who calls is asked anew before every look, and a
// stream ends within kTick of the session's end, of the account's, and of a drain.
//
// What the door does not do: the relation between caller and resource is core's one predicate, asked by every core
// function. The door hands it the caller.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>
#include <grpcpp/alarm.h>
#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "server/core/base/changes.h"
#include "server/core/base/errors.h"
#include "server/core/base/ids.h"
#include "server/core/base/ports.h"
#include "server/rpc/door/access_table.h"
#include "server/rpc/door/principals.h"
#include "server/rpc/door/quotas.h"
#include "server/rpc/door/sessions.h"
#include "server/rpc/door/status.h"
#include "server/rpc/door/streams.h"

namespace alcove::rpc {

// Who calls, as the door found out. Which members mean something is said by the rule of the method: a method for
// mailboxes alone has `mailbox`, one for staff alone has `staff`, one for both has exactly one of them.
struct Caller {
  std::optional<base::MailboxId> mailbox;
  base::StaffSlug staff;  // empty: not staff
  bool administrator = false;
  bool auditor = false;
  bool protection_officer = false;
  bool service = false;   // a service account: `staff` is its name
  crypto::VerifyKey key;  // with which the session was opened; zero for strangers and whoever came by certificate

  bool stranger() const { return !mailbox && staff.empty(); }
};

// What a refusal to staff leaves in the ledger: what has to be durable before `staff` hears NOTHING_HERE, nothing to
// commit when one already stands for this minute (server/core/ledger/refusals.h).
using NoteRefusal = std::function<absl::StatusOr<base::Outcome<std::monostate>>(const base::StaffSlug& staff)>;

// Adds what has to be durable before a service account is answered: a leaf that names it and the method.
using NoteService = std::function<void(const base::StaffSlug& account, std::string_view method, base::ChangeSet& changes,
                                       std::vector<base::LeafDraft>& leaves)>;

// How often a method was called, since the last time somebody asked. No caller, no time.
struct CallTotal {
  std::string_view path;
  std::uint64_t answered = 0;
  std::uint64_t refused = 0;
};

class Door {
 public:
  static constexpr int kMostTries = 8;
  static constexpr int kTriesAtOnce = 3;
  // How long a stream that has nothing to say waits before it looks again.
  static constexpr std::chrono::milliseconds kTick{1000};
  // What a caller who set no deadline gets.
  static constexpr std::chrono::seconds kPatience{30};

  struct World {
    const AccessTable& access;
    Sessions& sessions;
    const Principals& principals;
    base::Committer& committer;
    NoteRefusal note_refusal;
    base::EventSink& events;
    NoteService note_service = {};  // empty: no leaf
    Quotas* quotas = nullptr;       // null: no limit
  };

  // Everything in `world` outlives the door, and the door outlives every call.
  explicit Door(const World& world);

  // From here on every call is answered with kStopping.
  void Drain() { draining_.store(true, std::memory_order_relaxed); }

  // Totals by method since the last call of this function, those with none left out.
  std::vector<CallTotal> TakeTotals();

  // `answer(const Caller&) -> absl::Status` fills the response itself.
  template <class Request, class Answer>
  grpc::ServerUnaryReactor* Read(grpc::CallbackServerContext* context, const Request* request, Answer&& answer);

  // `decide(const Caller&) -> absl::StatusOr<base::Outcome<A>>`, again for each try; `respond(const A&)` fills the
  // response once the outcome is durable. Both may hold pointers to request and response: gRPC keeps them until the end.
  template <class A, class Request, class Decision, class Respond>
  grpc::ServerUnaryReactor* Decide(grpc::CallbackServerContext* context, const Request* request, Decision&& decide,
                                   Respond&& respond);

  // `next(const Caller&) -> absl::StatusOr<std::vector<Response>>`: what has to be said now, in order, nothing when there is
  // nothing; called until the stream ends, at most once in kTick where there was nothing. What it refuses ends the stream; a
  // refusal of the first look is the call's. The call is noted like any of a service account before the first answer.
  // QUOTA_EXCEEDED beyond Streams::kMostOfAccount.
  template <class Response, class Request, class Next>
  grpc::ServerWriteReactor<Response>* Watch(grpc::CallbackServerContext* context, const Request* request, Next&& next);

  // The token that a call carries: 32 bytes, or nothing when there is none. kSessionRequired when it is malformed.
  static absl::StatusOr<std::optional<crypto::Bytes>> TokenOf(const grpc::CallbackServerContext& context);

 private:
  // One call on its way, from its first decision to its answer. Owned by the callbacks that carry it on.
  struct Call {
    Door* door;
    const MethodRule* rule;
    grpc::ServerUnaryReactor* reactor;
    Caller caller;
    std::chrono::system_clock::time_point deadline;
    int tries = 0;
    std::unique_ptr<grpc::Alarm> pause;
  };
  template <class A>
  struct Run : Call {
    std::function<absl::StatusOr<base::Outcome<A>>(const Caller&)> decide;
    std::function<void(const A&)> respond;
    A answer{};
    std::function<void(const base::Stamps&, A&, base::ChangeSet&)> stamp;
  };

  template <class Response>
  class Stream;

  // Who calls, and that they may: without and with a call counted against a service account's quota.
  absl::StatusOr<Caller> Identify(const MethodRule& rule, const grpc::CallbackServerContext& context) const;
  absl::StatusOr<Caller> Admit(const MethodRule& rule, const grpc::CallbackServerContext& context) const;
  absl::StatusOr<Caller> IdentifyAccount(const MethodRule& rule, const crypto::Digest& certificate) const;
  void Prepare(const MethodRule& rule, grpc::CallbackServerContext* context, Call* call);
  // Answers; a refusal that has to stand in the ledger first is committed first.
  void End(const std::shared_ptr<Call>& call, const absl::Status& status);
  void Finish(Call& call, const absl::Status& status);
  // Counts how a call of this method ended.
  void Count(const MethodRule& rule, const absl::Status& status);
  // Answers a service account, whose call has to stand in the ledger first.
  void EndNoted(const std::shared_ptr<Call>& call);
  // Arranges another try after a short pause, or false when there were enough or the deadline is near.
  bool Again(const std::shared_ptr<Call>& call, std::function<void()> next);

  template <class A>
  void Try(const std::shared_ptr<Run<A>>& run);

  struct Tally {
    std::atomic<std::uint64_t> answered{0};
    std::atomic<std::uint64_t> refused{0};
  };

  const World world_;
  std::atomic<bool> draining_{false};
  std::vector<Tally> tallies_;  // by MethodRule::number
  Streams streams_;
};

template <class Request, class Answer>
grpc::ServerUnaryReactor* Door::Read(grpc::CallbackServerContext* context, const Request*, Answer&& answer) {
  const MethodRule& rule = *world_.access.Find(Request::descriptor());
  auto call = std::make_shared<Call>();
  Prepare(rule, context, call.get());
  absl::StatusOr<Caller> caller = Admit(rule, *context);
  if (!caller.ok()) {
    Finish(*call, caller.status());
    return call->reactor;
  }
  call->caller = *std::move(caller);
  const absl::Status status = answer(static_cast<const Caller&>(call->caller));
  if (status.ok() && call->caller.service && world_.note_service) {
    grpc::ServerUnaryReactor* reactor = call->reactor;
    EndNoted(call);
    return reactor;
  }
  End(call, status);
  return call->reactor;
}

template <class A, class Request, class Decision, class Respond>
grpc::ServerUnaryReactor* Door::Decide(grpc::CallbackServerContext* context, const Request*, Decision&& decide,
                                       Respond&& respond) {
  const MethodRule& rule = *world_.access.Find(Request::descriptor());
  auto run = std::make_shared<Run<A>>();
  Prepare(rule, context, run.get());
  grpc::ServerUnaryReactor* reactor = run->reactor;
  absl::StatusOr<Caller> caller = Admit(rule, *context);
  if (!caller.ok()) {
    Finish(*run, caller.status());
    return reactor;
  }
  run->caller = *std::move(caller);
  run->decide = std::forward<Decision>(decide);
  run->respond = std::forward<Respond>(respond);
  Try<A>(run);
  return reactor;
}

template <class A>
void Door::Try(const std::shared_ptr<Run<A>>& run) {
  ++run->tries;
  absl::StatusOr<base::Outcome<A>> outcome = run->decide(run->caller);
  if (!outcome.ok()) {
    End(run, outcome.status());
    return;
  }
  run->answer = std::move(outcome->answer);
  if (run->caller.service && world_.note_service)
    world_.note_service(run->caller.staff, run->rule->path, outcome->changes, outcome->leaves);
  if (outcome->changes.empty() && outcome->leaves.empty()) {
    run->respond(run->answer);
    End(run, absl::OkStatus());
    return;
  }
  run->stamp = std::move(outcome->stamp);
  base::Transaction transaction;
  transaction.changes = std::move(outcome->changes);
  transaction.leaves = std::move(outcome->leaves);
  if (run->stamp) {
    transaction.stamp = [state = run.get()](const base::Stamps& stamps, base::ChangeSet& changes) {
      state->stamp(stamps, state->answer, changes);
    };
  }
  world_.committer.Commit(std::move(transaction), [this, run](const absl::Status& status) {
    if (base::ReasonOf(status) == base::Reason::kContended && Again(run, [this, run] { Try<A>(run); })) return;
    if (status.ok()) run->respond(run->answer);
    End(run, status);
  });
}

// One stream, from its first look to its end. At any moment one thing is under way: a commit, a write or a pause; each goes on
// with Go. Owns itself: gRPC's last word is OnDone.
template <class Response>
class Door::Stream final : public grpc::ServerWriteReactor<Response> {
 public:
  using Next = std::function<absl::StatusOr<std::vector<Response>>(const Caller&)>;

  Stream(Door& door, const MethodRule& rule, const grpc::CallbackServerContext& context, Next next)
      : door_(door), rule_(rule), context_(context), next_(std::move(next)) {}

  void Begin() {
    absl::StatusOr<Caller> caller = door_.Admit(rule_, context_);
    if (!caller.ok()) return End(caller.status());
    if (!caller->service) return End(base::Refuse(base::Reason::kCallerNotAllowed));
    if (!door_.streams_.Enter(caller->staff)) return End(base::Refuse(base::Reason::kQuotaExceeded));
    account_ = caller->staff;
    absl::StatusOr<std::vector<Response>> first = next_(*caller);
    if (!first.ok()) return End(first.status());
    batch_ = *std::move(first);
    if (!door_.world_.note_service) return batch_.empty() ? Pause() : Go();
    base::Transaction transaction;
    door_.world_.note_service(account_, rule_.path, transaction.changes, transaction.leaves);
    door_.world_.committer.Commit(std::move(transaction), [this](const absl::Status& written) {
      // On the committer's thread, which is not to look through rows.
      if (!written.ok()) End(written);
      else if (batch_.empty()) Pause();
      else Go();
    });
  }

  void OnWriteDone(bool ok) override {
    if (!ok) gone_.store(true, std::memory_order_relaxed);
    ++at_;
    Go();
  }
  // A write under way ends by itself, a pause is cut short; Go sees this.
  void OnCancel() override {
    const std::lock_guard lock(mutex_);
    gone_.store(true, std::memory_order_relaxed);
    if (pause_ != nullptr) pause_->Cancel();
  }
  void OnDone() override {
    if (!account_.empty()) door_.streams_.Leave(account_);
    delete this;
  }

 private:
  void Go() {
    if (gone_.load(std::memory_order_relaxed)) return End(absl::OkStatus());
    if (at_ < batch_.size()) {
      if (door_.draining_.load(std::memory_order_relaxed)) return End(base::Stopping());
      this->StartWrite(&batch_[at_]);
      return;
    }
    const absl::StatusOr<Caller> caller = door_.Identify(rule_, context_);
    if (!caller.ok()) return End(caller.status());
    at_ = 0;
    absl::StatusOr<std::vector<Response>> batch = next_(*caller);
    if (!batch.ok()) return End(batch.status());
    batch_ = *std::move(batch);
    if (batch_.empty()) Pause();
    else Go();
  }
  void Pause() {
    {
      const std::lock_guard lock(mutex_);
      if (!gone_.load(std::memory_order_relaxed)) {
        // A new alarm: the one that fired may still be at the end of its callback.
        pause_ = std::make_unique<grpc::Alarm>();
        pause_->Set(std::chrono::system_clock::now() + kTick, [this](bool) { Resume(); });
        return;
      }
    }
    End(absl::OkStatus());
  }
  void Resume() {
    // Not before Pause has let go: what follows may end with `delete this`.
    { const std::lock_guard paused(mutex_); }
    Go();
  }
  // The last thing done: OnDone may run before it returns.
  void End(const absl::Status& status) {
    door_.Count(rule_, status);
    this->Finish(ToGrpc(status));
  }

  Door& door_;
  const MethodRule& rule_;
  const grpc::CallbackServerContext& context_;
  const Next next_;
  base::StaffSlug account_;  // empty until it is counted
  std::vector<Response> batch_;
  std::size_t at_ = 0;
  std::atomic<bool> gone_{false};
  std::mutex mutex_;  // of pause_, which another thread may cut short
  std::unique_ptr<grpc::Alarm> pause_;
};

template <class Response, class Request, class Next>
grpc::ServerWriteReactor<Response>* Door::Watch(grpc::CallbackServerContext* context, const Request*, Next&& next) {
  auto* stream = new Stream<Response>(*this, *world_.access.Find(Request::descriptor()), *context, std::forward<Next>(next));
  stream->Begin();
  return stream;
}

}  // namespace alcove::rpc
