#include "tests/crash/check_ins.h"

#include <cstdio>
#include <ctime>
#include <utility>

#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/mailbox_service.grpc.pb.h"
#include "crypto/format/envelope.h"
#include "crypto/random.h"
#include "tests/support/must.h"
#include "tests/support/sign_in.h"

namespace alcove::crash {
namespace {

using support::FromGrpc;

// The answer "worse", as the next entry of the thread that the filing began.
v1::AnswerCheckInRequest Worse(const support::World& world, const support::Filing& first, const support::Filing& retaliation) {
  format::EnvelopeContext context;
  context.kind = format::EntryKind::kCheckIn;
  context.keyring = format::Keyring::kThread;
  context.organisation = world.organisation().id;
  context.case_id = first.case_id;
  context.entry = format::DrawId<format::EntryId>(crypto::SystemRandom());
  context.sequence = 1;
  context.previous = format::EntryHash(*format::ParseEnvelope(first.request.entry().envelope()));
  context.day = format::Day::OfUnixSeconds(std::time(nullptr)).PlusDays(kCheckInDays);
  context.epoch_record_hash = format::EpochRecordHash(first.request.entry().epoch().record());
  sealed::v1::CheckIn words;
  v1::AnswerCheckInRequest request;
  request.set_request_id(support::DrawRequestId());
  request.set_since(v1::CHECK_IN_SINCE_FILING);
  request.set_days(30);
  request.mutable_entry()->set_envelope(support::Must(
      "seal", format::SealEnvelope(context, first.epoch_key, first.signing, words.SerializeAsString(), crypto::SystemRandom())));
  *request.mutable_retaliation() = retaliation.request;
  return request;
}

}  // namespace

std::vector<support::Filing> FileAhead(const support::World& world, int count) {
  support::Reporter reporter(world, world.Connect());
  std::vector<support::Filing> filed;
  for (int i = 0; i < count; ++i) {
    filed.push_back(support::Must("plan", reporter.Prepare("the first report " + std::to_string(i))));
    support::Must("file", reporter.Submit(filed.back().request));
  }
  return filed;
}

CheckIns::CheckIns(const support::World& world, std::vector<support::Filing> filed, int count)
    : world_(world), channel_(world.Connect()), filed_(std::move(filed)) {
  for (int who = 0; who < count; ++who)
    threads_.emplace_back([this, who, count] { Answer(static_cast<std::size_t>(who), static_cast<std::size_t>(count)); });
}

CheckIns::~CheckIns() { Stop(); }

void CheckIns::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

absl::Status CheckIns::SignIn(const support::Filing& first, grpc::ClientContext& context) const {
  const auto authorization = support::SignIn(channel_, world_.organisation().id, world_.directory().log_key,
                                             first.request.mailbox(), first.signing);
  if (!authorization.ok()) return authorization.status();
  support::SetDeadline(context);
  context.AddMetadata("authorization", *authorization);
  return absl::OkStatus();
}

absl::StatusOr<v1::AnswerCheckInResponse> CheckIns::Send(const support::Filing& first,
                                                         const v1::AnswerCheckInRequest& request) const {
  grpc::ClientContext context;
  if (absl::Status status = SignIn(first, context); !status.ok()) return status;
  const auto mailbox = v1::MailboxService::NewStub(channel_);
  v1::AnswerCheckInResponse response;
  if (auto status = FromGrpc(mailbox->AnswerCheckIn(&context, request, &response)); !status.ok()) return status;
  return response;
}

absl::StatusOr<bool> CheckIns::IsAnswered(const Answered& answered) const {
  const support::Filing& first = *answered.first;
  grpc::ClientContext context;
  if (absl::Status status = SignIn(first, context); !status.ok()) return status;
  const auto mailbox = v1::MailboxService::NewStub(channel_);
  v1::ListMessagesResponse messages;
  if (auto status = FromGrpc(mailbox->ListMessages(&context, {}, &messages)); !status.ok()) return status;
  if (messages.entries_size() == 1) return false;
  if (messages.entries_size() == 2 && messages.entries(1).envelope() == answered.request.entry().envelope()) return true;
  return absl::DataLossError("the thread holds something else");
}

bool CheckIns::WholeOrAbsent(const Answered& answered) {
  support::Reporter reporter(world_, channel_);
  absl::Status found;
  // Between the two looks nobody writes, unless the call that was not answered is still under way: a second look tells.
  for (int look = 0; look < 3; ++look) {
    const auto old_half = AskUntilAnswered([&] { return IsAnswered(answered); });
    const auto new_half = AskUntilAnswered([&] { return reporter.ReadBack(answered.retaliation); });
    if (Away(old_half.status()) || Away(new_half.status())) return true;
    if (old_half.ok() && *old_half == new_half.ok() && (new_half.ok() || absl::IsNotFound(new_half.status()))) return true;
    found = old_half.ok() ? new_half.status() : old_half.status();
    Rest();
  }
  std::fprintf(stderr, "half-written: %s\n", found.ToString().c_str());
  return false;
}

void CheckIns::Answer(std::size_t from, std::size_t step) {
  support::Reporter reporter(world_, channel_);
  for (std::size_t i = from; i < filed_.size() && !stop_; i += step) {
    auto retaliation = AskUntilAnswered([&] {
      support::Draft draft;
      draft.narrative = "it became worse " + std::to_string(i);
      draft.days_later = kCheckInDays;
      return reporter.Prepare(draft);
    });
    if (!retaliation.ok()) {
      std::fprintf(stderr, "plan: %s\n", retaliation.status().ToString().c_str());
      continue;
    }
    v1::AnswerCheckInRequest request = Worse(world_, filed_[i], *retaliation);
    Answered answered{&filed_[i], *std::move(retaliation), std::move(request), {}};
    auto answer = Send(filed_[i], answered.request);
    if (!answer.ok()) {
      ++in_doubt_;
      if (!WholeOrAbsent(answered)) ++half_;
      answer = AskUntilAnswered([&] { return Send(filed_[i], answered.request); });
    }
    if (!answer.ok()) {
      std::fprintf(stderr, "answer: %s\n", answer.status().ToString().c_str());
      continue;
    }
    answered.answer = *std::move(answer);
    ++count_;
    {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(answered));
    }
    Rest();
  }
}

Verdict CheckIns::Verify() {
  Verdict verdict;
  support::Reporter reporter(world_, channel_);
  for (const Answered& kept : kept_) {
    const auto old_half = AskUntilAnswered([&] { return IsAnswered(kept); });
    const auto new_half = AskUntilAnswered([&] { return reporter.ReadBack(kept.retaliation); });
    if (!old_half.ok() || !*old_half || !new_half.ok()) {
      const bool gone = old_half.ok() && !*old_half && absl::IsNotFound(new_half.status());
      ++(gone || absl::IsNotFound(old_half.status()) ? verdict.lost : verdict.partial);
      if (verdict.lost + verdict.partial <= 3) {
        std::fprintf(stderr, "check-in: %s; %s\n", old_half.status().ToString().c_str(), new_half.status().ToString().c_str());
      }
      continue;
    }
    const auto again = AskUntilAnswered([&] { return Send(*kept.first, kept.request); });
    if (!again.ok() || again->name() != kept.answer.name() || again->retaliation().case_() != kept.answer.retaliation().case_()) {
      ++verdict.duplicates;
      std::fprintf(stderr, "check-in: a retry gave %s\n", again.ok() ? again->name().c_str() : again.status().ToString().c_str());
    }
  }
  verdict.acknowledged = count_;
  verdict.in_doubt = in_doubt_;
  verdict.partial += half_;
  return verdict;
}

}  // namespace alcove::crash
