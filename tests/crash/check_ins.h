// People who answer a check-in and report retaliation in the same step while the server is killed under them: the answer in
// the old case, the new case, and the wall around both are there together or not at all.
#pragma once

#include <cstdint>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "alcove/v1/mailbox_service.pb.h"
#include "tests/crash/reporters.h"
#include "tests/support/filing.h"
#include "tests/support/world.h"

namespace alcove::crash {

// So many days after the filing, the first check-in is open.
inline constexpr int kCheckInDays = 31;

// Files `count` reports whose check-ins are answered later. Ends the process where the server refuses one.
std::vector<support::Filing> FileAhead(const support::World& world, int count);

class CheckIns final : public Crowd {
 public:
  // `filed` were filed kCheckInDays before what the server's clock says. Everybody who answered all of theirs is done.
  CheckIns(const support::World& world, std::vector<support::Filing> filed, int count);
  ~CheckIns() override;
  CheckIns(const CheckIns&) = delete;
  CheckIns& operator=(const CheckIns&) = delete;

  void Stop() override;
  Verdict Verify() override;

 private:
  // One person's answer, with what they must keep to read the new report again.
  struct Answered {
    const support::Filing* first;
    support::Filing retaliation;
    v1::AnswerCheckInRequest request;
    v1::AnswerCheckInResponse answer;
  };

  void Answer(std::size_t from, std::size_t step);
  // A mailbox session of that filing's reporter, for one call.
  absl::Status SignIn(const support::Filing& first, grpc::ClientContext& context) const;
  absl::StatusOr<v1::AnswerCheckInResponse> Send(const support::Filing& first, const v1::AnswerCheckInRequest& request) const;
  // Whether the answer is in the old case: entries of its thread beyond the filing, at most one.
  absl::StatusOr<bool> IsAnswered(const Answered& answered) const;
  // Both halves are there, or neither.
  bool WholeOrAbsent(const Answered& answered);

  const support::World& world_;
  const std::shared_ptr<grpc::Channel> channel_;
  const std::vector<support::Filing> filed_;
  std::mutex mutex_;
  std::vector<Answered> kept_;
  std::vector<std::thread> threads_;
};

}  // namespace alcove::crash
