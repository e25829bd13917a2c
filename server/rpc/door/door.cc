#include "server/rpc/door/door.h"

#include <algorithm>

#include <grpc/grpc_security_constants.h>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/secret.h"

namespace alcove::rpc {
namespace {

constexpr std::string_view kScheme = "Bearer ";

// SHA-256 of the certificate that the caller's TLS handshake proved to hold; nothing where none was asked for or given.
std::optional<crypto::Digest> CertificateOf(const grpc::CallbackServerContext& context) {
  const auto shown = context.auth_context()->FindPropertyValues(GRPC_X509_PEM_CERT_PROPERTY_NAME);
  if (shown.size() != 1) return std::nullopt;
  const auto certificates = crypto::PemCertificates({shown[0].data(), shown[0].size()});
  if (!certificates.ok() || certificates->size() != 1) return std::nullopt;
  return crypto::Sha256(certificates->front());
}

}  // namespace

Door::Door(const World& world) : world_(world), tallies_(world.access.rules().size()) {}

std::vector<CallTotal> Door::TakeTotals() {
  std::vector<CallTotal> totals;
  for (const MethodRule& rule : world_.access.rules()) {
    Tally& tally = tallies_[static_cast<std::size_t>(rule.number)];
    const CallTotal total{rule.path, tally.answered.exchange(0), tally.refused.exchange(0)};
    if (total.answered + total.refused > 0) totals.push_back(total);
  }
  return totals;
}

absl::StatusOr<std::optional<crypto::Bytes>> Door::TokenOf(const grpc::CallbackServerContext& context) {
  const auto& metadata = context.client_metadata();
  const auto [first, last] = metadata.equal_range("authorization");
  if (first == last) return std::optional<crypto::Bytes>();
  if (std::next(first) != last) return base::Refuse(base::Reason::kSessionRequired);
  const std::string_view value(first->second.data(), first->second.size());
  if (!value.starts_with(kScheme)) return base::Refuse(base::Reason::kSessionRequired);
  absl::StatusOr<crypto::Bytes> token = crypto::Base64UrlDecode(value.substr(kScheme.size()));
  if (!token.ok() || token->size() != Sessions::kTokenSize) return base::Refuse(base::Reason::kSessionRequired);
  return std::optional<crypto::Bytes>(*std::move(token));
}

absl::StatusOr<Caller> Door::Identify(const MethodRule& rule, const grpc::CallbackServerContext& context) const {
  if (draining_.load(std::memory_order_relaxed)) return base::Stopping();
  absl::StatusOr<std::optional<crypto::Bytes>> token = TokenOf(context);
  if (!token.ok()) return token.status();

  if (!*token) {
    if (rule.Admits(v1::CALLER_SERVICE))
      if (const std::optional<crypto::Digest> certificate = CertificateOf(context)) return IdentifyAccount(rule, *certificate);
    const bool admitted = rule.anonymous() || (rule.Admits(v1::CALLER_FOUNDER) && world_.principals.Founding());
    if (!admitted) return base::Refuse(base::Reason::kSessionRequired);
    return Caller();
  }
  // A stranger's call that carries an identity is a client's mistake, and the identity must not travel.
  if (rule.anonymous()) return base::Refuse(base::Reason::kCallerNotAllowed);

  const std::optional<Session> session = world_.sessions.Find(**token);
  crypto::Wipe(**token);
  if (!session) return base::Refuse(base::Reason::kSessionRequired);
  const std::optional<Principals::Standing> standing = world_.principals.StandingOf(session->principal, session->key);
  if (!standing) return base::Refuse(base::Reason::kSessionRequired);

  Caller caller;
  caller.key = session->key;
  bool admitted = false;
  switch (session->principal.kind) {
    case Principal::Kind::kMailbox:
      caller.mailbox = session->principal.mailbox;
      admitted = rule.Admits(v1::CALLER_MAILBOX);
      break;
    case Principal::Kind::kStaff:
      caller.staff = session->principal.slug;
      caller.administrator = standing->administrator;
      caller.auditor = standing->auditor;
      caller.service = !standing->scopes.empty();
      caller.protection_officer = standing->protection_officer;
      admitted = standing->scopes.empty()
                     ? rule.Admits(v1::CALLER_STAFF) || (caller.administrator && rule.Admits(v1::CALLER_ADMINISTRATOR)) ||
                           (caller.auditor && rule.Admits(v1::CALLER_AUDITOR)) ||
                           (caller.protection_officer && rule.Admits(v1::CALLER_PROTECTION_OFFICER))
                     : rule.AdmitsService(standing->scopes);
      break;
  }
  if (!admitted) return base::Refuse(base::Reason::kCallerNotAllowed);
  return caller;
}

absl::StatusOr<Caller> Door::Admit(const MethodRule& rule, const grpc::CallbackServerContext& context) const {
  absl::StatusOr<Caller> caller = Identify(rule, context);
  if (caller.ok() && caller->service && world_.quotas != nullptr)
    if (absl::Status status = world_.quotas->Spend(caller->staff); !status.ok()) return status;
  return caller;
}

absl::StatusOr<Caller> Door::IdentifyAccount(const MethodRule& rule, const crypto::Digest& certificate) const {
  std::optional<Principals::Account> account = world_.principals.AccountOf(certificate);
  if (!account) return base::Refuse(base::Reason::kSessionRequired);
  if (!rule.AdmitsService(account->standing.scopes)) return base::Refuse(base::Reason::kCallerNotAllowed);
  Caller caller;
  caller.staff = std::move(account->slug);
  caller.service = true;
  return caller;
}

void Door::Prepare(const MethodRule& rule, grpc::CallbackServerContext* context, Call* call) {
  call->door = this;
  call->rule = &rule;
  call->reactor = context->DefaultReactor();
  call->deadline = std::min(context->deadline(), std::chrono::system_clock::now() + kPatience);
}

void Door::Count(const MethodRule& rule, const absl::Status& status) {
  Tally& tally = tallies_[static_cast<std::size_t>(rule.number)];
  (status.ok() ? tally.answered : tally.refused).fetch_add(1, std::memory_order_relaxed);
  if (!status.ok() && !base::ReasonOf(status)) world_.events.Record(base::Event::kInvariantBroken);
}

void Door::Finish(Call& call, const absl::Status& status) {
  Count(*call.rule, status);
  call.reactor->Finish(ToGrpc(status));
}

void Door::End(const std::shared_ptr<Call>& call, const absl::Status& status) {
  // To a writer of parts, BLOB_NOT_NAMED is the fixed answer for what is missing and what is not theirs.
  const std::optional<base::Reason> reason = base::ReasonOf(status);
  const bool probed = reason == base::Reason::kNothingHere || reason == base::Reason::kBlobNotNamed;
  if (!call->caller.staff.empty() && probed) {
    absl::StatusOr<base::Outcome<std::monostate>> note = world_.note_refusal(call->caller.staff);
    if (!note.ok()) {
      Finish(*call, note.status());
      return;
    }
    if (!note->changes.empty() || !note->leaves.empty()) {
      base::Transaction transaction;
      transaction.changes = std::move(note->changes);
      transaction.leaves = std::move(note->leaves);
      world_.committer.Commit(std::move(transaction), [this, call, status](const absl::Status& written) {
        // Contended: another refusal of the same minute was written first, which is as good.
        const bool noted = written.ok() || base::ReasonOf(written) == base::Reason::kContended;
        Finish(*call, noted ? status : written);
      });
      return;
    }
  }
  Finish(*call, status);
}

void Door::EndNoted(const std::shared_ptr<Call>& call) {
  base::Transaction transaction;
  world_.note_service(call->caller.staff, call->rule->path, transaction.changes, transaction.leaves);
  world_.committer.Commit(std::move(transaction), [this, call](const absl::Status& written) {
    if (base::ReasonOf(written) == base::Reason::kContended && Again(call, [this, call] { EndNoted(call); })) return;
    End(call, written);
  });
}

bool Door::Again(const std::shared_ptr<Call>& call, std::function<void()> next) {
  if (call->tries >= kMostTries) return false;
  // At once: the writer that was faster has committed. Whoever is beaten again and again makes room: 1, 2, 4, ... ms.
  auto wake = std::chrono::system_clock::time_point();
  if (call->tries > kTriesAtOnce) {
    wake = std::chrono::system_clock::now() + std::chrono::milliseconds(1 << (call->tries - kTriesAtOnce - 1));
    if (wake >= call->deadline) return false;
  }
  // The alarm's callback keeps the call alive; it runs on a gRPC thread, so the Committer's is free at once. A fired alarm
  // keeps its callback: what it captured is moved out, or call and alarm would hold each other for ever.
  call->pause = std::make_unique<grpc::Alarm>();
  call->pause->Set(wake, [keep = call, next = std::move(next)](bool) mutable {
    const std::shared_ptr<Call> alive = std::move(keep);
    const std::function<void()> go = std::move(next);
    go();
  });
  return true;
}

}  // namespace alcove::rpc
