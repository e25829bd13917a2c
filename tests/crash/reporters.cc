#include "tests/crash/reporters.h"

#include <chrono>
#include <cstdio>
#include <utility>

namespace alcove::crash {
namespace {

constexpr int kVerifiers = 4;

// About 4 KiB, each another.
std::string Narrative(int who, std::uint64_t number) {
  std::string text = "report " + std::to_string(number) + " of reporter " + std::to_string(who) + ". ";
  while (text.size() < 3600) text += "He said it again in front of everybody, and nobody answered. ";
  return text;
}

}  // namespace

void Rest() { std::this_thread::sleep_for(std::chrono::milliseconds(20)); }

bool Away(const absl::Status& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) || absl::IsResourceExhausted(status) ||
         absl::IsAborted(status) || absl::IsCancelled(status) || absl::IsUnknown(status);
}

void Verdict::Add(const Verdict& other) {
  acknowledged += other.acknowledged;
  in_doubt += other.in_doubt;
  lost += other.lost;
  partial += other.partial;
  duplicates += other.duplicates;
}

Reporters::Reporters(const support::World& world, int count) : world_(world) {
  for (int who = 0; who < count; ++who) threads_.emplace_back([this, who] { File(who); });
}

Reporters::~Reporters() { Stop(); }

void Reporters::Stop() {
  stop_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
}

bool Reporters::WholeOrAbsent(support::Reporter& reporter, const support::Filing& filing) {
  const auto found = AskUntilAnswered([&] { return reporter.ReadBack(filing); });
  if (found.ok() || absl::IsNotFound(found.status()) || Away(found.status())) return true;
  std::fprintf(stderr, "half-written: %s\n", found.status().ToString().c_str());
  return false;
}

void Reporters::File(int who) {
  support::Reporter reporter(world_, world_.Connect());
  for (std::uint64_t number = 0; !stop_; ++number) {
    auto filing = reporter.Prepare(Narrative(who, number));
    if (!filing.ok()) {
      if (!Away(filing.status())) std::fprintf(stderr, "plan: %s\n", filing.status().ToString().c_str());
      Rest();
      continue;
    }
    auto answer = reporter.Submit(filing->request);
    if (answer.ok() && dark_) {
      ++dark_answers_;
      while (dark_) Rest();
      const auto found = AskUntilAnswered([&] { return reporter.ReadBack(*filing); });
      if (absl::IsNotFound(found.status())) ++dark_losses_;
      answer = absl::UnavailableError("the power was gone");
    }
    if (!answer.ok()) {
      ++in_doubt_;
      if (number % 2 == 0 && !WholeOrAbsent(reporter, *filing)) ++half_;
      answer = AskUntilAnswered([&] { return reporter.Submit(filing->request); });
    }
    if (!answer.ok()) {
      std::fprintf(stderr, "submit: %s\n", answer.status().ToString().c_str());
      continue;
    }
    ++count_;
    const std::lock_guard lock(mutex_);
    kept_.push_back({*std::move(filing), answer->case_(), answer->leaf().content()});
  }
}

void Reporters::VerifyShare(std::size_t from, std::size_t step, Verdict* verdict) {
  support::Reporter reporter(world_, world_.Connect());
  for (std::size_t i = from; i < kept_.size(); i += step) {
    const Acknowledged& kept = kept_[i];
    const auto read = AskUntilAnswered([&] { return reporter.ReadBack(kept.filing); });
    if (!read.ok()) {
      ++(absl::IsNotFound(read.status()) ? verdict->lost : verdict->partial);
      if (verdict->lost + verdict->partial <= 3) {
        std::fprintf(stderr, "%s: %s\n", kept.answer_case.c_str(), read.status().ToString().c_str());
      }
      continue;  // a retry of what is lost would file it anew
    }
    const auto again = AskUntilAnswered([&] { return reporter.Submit(kept.filing.request); });
    if (!again.ok() || again->case_() != kept.answer_case || again->leaf().content() != kept.answer_leaf) {
      ++verdict->duplicates;
      std::fprintf(stderr, "%s: a retry gave %s\n", kept.answer_case.c_str(),
                   again.ok() ? again->case_().c_str() : again.status().ToString().c_str());
    }
  }
}

Verdict Reporters::Verify() {
  std::vector<Verdict> shares(kVerifiers);
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    threads.emplace_back([this, i, &shares] { VerifyShare(i, shares.size(), &shares[i]); });
  }
  for (std::thread& thread : threads) thread.join();
  Verdict verdict;
  for (const Verdict& share : shares) verdict.Add(share);
  verdict.acknowledged = count_;
  verdict.in_doubt = in_doubt_;
  verdict.partial += half_;
  return verdict;
}

Verdict Crowd::GiveUp() {
  given_up_ = true;
  Stop();
  Verdict verdict;
  verdict.acknowledged = count_;
  verdict.lost = count_;
  return verdict;
}

}  // namespace alcove::crash
