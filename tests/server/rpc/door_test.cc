// The door over an in-process channel: who is let in, and how decisions become answers.
#include "server/rpc/door/door.h"

#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "alcove/v1/admin_service.grpc.pb.h"
#include "alcove/v1/case_service.grpc.pb.h"
#include "alcove/v1/hr_service.grpc.pb.h"
#include "alcove/v1/intake_service.grpc.pb.h"
#include "tests/server/rpc/fakes.h"
#include "tests/server/rpc/wire.h"

namespace alcove::rpc {
namespace {

struct Cases final : v1::CaseService::CallbackService {
  explicit Cases(Door& behind) : door(behind) {}
  grpc::ServerUnaryReactor* GetCase(grpc::CallbackServerContext* context, const v1::GetCaseRequest* request,
                                    v1::GetCaseResponse* response) override {
    return door.Decide<std::string>(
        context, request, [this](const Caller& caller) { return decide(caller); },
        [this, response](const std::string& answer) {
          order->push_back("answered");
          response->mutable_case_()->set_name(answer);
        });
  }
  Door& door;
  std::vector<std::string>* order = nullptr;
  std::function<absl::StatusOr<base::Outcome<std::string>>(const Caller&)> decide;
};

struct Intake final : v1::IntakeService::CallbackService {
  explicit Intake(Door& behind) : door(behind) {}
  grpc::ServerUnaryReactor* GetIntake(grpc::CallbackServerContext* context, const v1::GetIntakeRequest* request,
                                      v1::GetIntakeResponse*) override {
    return door.Read(context, request, [&](const Caller& caller) {
      stranger = caller.stranger();
      return absl::OkStatus();
    });
  }
  Door& door;
  bool stranger = false;
};

struct Admin final : v1::AdminService::CallbackService {
  explicit Admin(Door& behind) : door(behind) {}
  grpc::ServerUnaryReactor* PublishDirectory(grpc::CallbackServerContext* context,
                                             const v1::PublishDirectoryRequest* request,
                                             v1::PublishDirectoryResponse*) override {
    return door.Read(context, request, [&](const Caller&) { return absl::OkStatus(); });
  }
  Door& door;
};

struct Hr final : v1::HrService::CallbackService {
  explicit Hr(Door& behind) : door(behind) {}
  grpc::ServerUnaryReactor* CreateSync(grpc::CallbackServerContext* context, const v1::CreateSyncRequest* request,
                                       v1::CreateSyncResponse*) override {
    return door.Read(context, request, [&](const Caller&) { return absl::OkStatus(); });
  }
  grpc::ServerWriteReactor<v1::WatchEventsResponse>* WatchEvents(grpc::CallbackServerContext* context,
                                                                 const v1::WatchEventsRequest* request) override {
    return door.Watch<v1::WatchEventsResponse>(context, request, next);
  }
  Door& door;
  std::function<absl::StatusOr<std::vector<v1::WatchEventsResponse>>(const Caller&)> next;
};

class DoorTest : public testing::Test {
 protected:
  explicit DoorTest(double calls_at_once = 3) : quotas_{{.per_second = 1, .burst = calls_at_once}, clock_} {
    cases_.order = &committer_.order;
    cases_.decide = [](const Caller&) { return Changing("fine"); };
  }

  // An outcome that has something to commit.
  static base::Outcome<std::string> Changing(std::string answer) {
    base::Outcome<std::string> outcome;
    outcome.answer = std::move(answer);
    outcome.changes.ExpectAbsent(base::Table::kCase, std::string(16, 'x'));
    return outcome;
  }

  std::string SignedIn(const std::string& name, Principals::Standing standing = {}) {
    principals_.standings[name] = standing;
    return *sessions_.Open(*Principal::Parse(name), {});
  }

  std::string GetCase(const std::string& token) {
    grpc::ClientContext context;
    Prepare(context, token);
    return Ended(v1::CaseService::NewStub(wire_.channel())->GetCase(&context, {}, &case_));
  }
  std::string GetIntake(const std::string& token) {
    grpc::ClientContext context;
    Prepare(context, token);
    v1::GetIntakeResponse response;
    return Ended(v1::IntakeService::NewStub(wire_.channel())->GetIntake(&context, {}, &response));
  }
  std::string PublishDirectory(const std::string& token) {
    grpc::ClientContext context;
    Prepare(context, token);
    v1::PublishDirectoryResponse response;
    return Ended(v1::AdminService::NewStub(wire_.channel())->PublishDirectory(&context, {}, &response));
  }

  std::string CreateSync(const std::string& token) {
    grpc::ClientContext context;
    Prepare(context, token);
    v1::CreateSyncResponse response;
    return Ended(v1::HrService::NewStub(wire_.channel())->CreateSync(&context, {}, &response));
  }

  const AccessTable table_ = *AccessTable::Read(AccessTable::Contract());
  FakeClock clock_;
  FakeEvents events_;
  FakeCommitter committer_;
  FakePrincipals principals_;
  Sessions sessions_{clock_, crypto::SystemRandom()};
  int refusals_noted_ = 0;
  std::vector<std::string> noted_;
  Quotas quotas_;
  Door door_{{.access = table_,
              .sessions = sessions_,
              .principals = principals_,
              .committer = committer_,
              .note_refusal =
                  [this](const base::StaffSlug&) {
                    base::Outcome<std::monostate> outcome;
                    if (refusals_noted_++ == 0) outcome.leaves.push_back({});
                    return outcome;
                  },
              .events = events_,
              .note_service =
                  [this](const base::StaffSlug& account, std::string_view method, base::ChangeSet&,
                         std::vector<base::LeafDraft>& leaves) {
                    noted_.push_back(account.text() + " " + std::string(method));
                    leaves.push_back({});
                  },
              .quotas = &quotas_}};
  Cases cases_{door_};
  Intake intake_{door_};
  Admin admin_{door_};
  Hr hr_{door_};
  Wire wire_{{&cases_, &intake_, &admin_, &hr_}};
  v1::GetCaseResponse case_;
};

TEST_F(DoorTest, StaffMethodsNeedAStaffSession) {
  EXPECT_EQ(GetCase(""), "SESSION_REQUIRED");
  EXPECT_EQ(GetCase(std::string(32, 'x')), "SESSION_REQUIRED");
  EXPECT_EQ(GetCase(std::string(31, 'x')), "SESSION_REQUIRED");
  EXPECT_EQ(GetCase(SignedIn("mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaaa")), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(GetCase(SignedIn("staff/hr", {.scopes = {"directory"}})), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  EXPECT_EQ(case_.case_().name(), "fine");
}

TEST_F(DoorTest, AServiceAccountMayCallItsScopesMethodsAndNoOthers) {
  const std::string hr = SignedIn("staff/hr", {.administrator = true, .scopes = {"directory"}});
  EXPECT_EQ(CreateSync(hr), "OK");
  EXPECT_EQ(CreateSync(SignedIn("staff/other", {.scopes = {"actions"}})), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(CreateSync(SignedIn("staff/amira")), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(CreateSync(SignedIn("staff/ada", {.administrator = true})), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(CreateSync(SignedIn("mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaaa")), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(CreateSync(""), "SESSION_REQUIRED");
  EXPECT_EQ(PublishDirectory(hr), "CALLER_NOT_ALLOWED") << "whatever else its line says";
}

TEST_F(DoorTest, EveryCallOfAServiceAccountIsWrittenDownBeforeItIsAnswered) {
  const std::string hr = SignedIn("staff/hr", {.scopes = {"directory"}});
  EXPECT_EQ(CreateSync(hr), "OK");
  EXPECT_EQ(noted_, std::vector<std::string>{"hr /alcove.v1.HrService/CreateSync"});
  EXPECT_EQ(committer_.order, std::vector<std::string>{"committed"});
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  EXPECT_EQ(PublishDirectory(hr), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(noted_.size(), 1U) << "control: neither people nor refusals";
}

TEST_F(DoorTest, AServiceAccountBeyondItsQuotaIsRefusedAndNobodyElse) {
  const std::string hr = SignedIn("staff/hr", {.scopes = {"directory"}});
  for (int i = 0; i < 3; ++i) EXPECT_EQ(CreateSync(hr), "OK");
  EXPECT_EQ(CreateSync(hr), "BUDGET_EXHAUSTED");
  EXPECT_EQ(noted_.size(), 3U) << "what was refused did nothing";
  EXPECT_EQ(CreateSync(SignedIn("staff/other-hr", {.scopes = {"directory"}})), "OK");
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  clock_.Pass(std::chrono::seconds(1));
  EXPECT_EQ(CreateSync(hr), "OK");
  EXPECT_EQ(CreateSync(hr), "BUDGET_EXHAUSTED");
}

TEST_F(DoorTest, WhoLeftTheDirectoryIsOutAtTheNextCall) {
  const std::string token = SignedIn("staff/amira");
  EXPECT_EQ(GetCase(token), "OK");
  principals_.standings.erase("staff/amira");
  EXPECT_EQ(GetCase(token), "SESSION_REQUIRED");
}

TEST_F(DoorTest, AnExpiredSessionReadsLikeAnUnknownOne) {
  const std::string token = SignedIn("staff/amira");
  clock_.Pass(Sessions::kLifetime);
  grpc::ClientContext expired_context;
  grpc::ClientContext unknown_context;
  Prepare(expired_context, token);
  Prepare(unknown_context, std::string(32, 'x'));
  const auto stub = v1::CaseService::NewStub(wire_.channel());
  const grpc::Status expired = stub->GetCase(&expired_context, {}, &case_);
  const grpc::Status unknown = stub->GetCase(&unknown_context, {}, &case_);
  EXPECT_EQ(expired.error_code(), unknown.error_code());
  EXPECT_EQ(expired.error_message(), unknown.error_message());
  EXPECT_EQ(expired.error_details(), unknown.error_details());
}

TEST_F(DoorTest, AStrangersMethodRefusesASession) {
  EXPECT_EQ(GetIntake(""), "OK");
  EXPECT_TRUE(intake_.stranger);
  EXPECT_EQ(GetIntake(SignedIn("staff/amira")), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(GetIntake(std::string(32, 'x')), "CALLER_NOT_ALLOWED");
}

TEST_F(DoorTest, TheFirstDirectoryComesFromAnybodyAndTheNextFromAnAdministrator) {
  EXPECT_EQ(PublishDirectory(""), "SESSION_REQUIRED");
  EXPECT_EQ(PublishDirectory(SignedIn("staff/amira")), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(PublishDirectory(SignedIn("staff/adam", {.administrator = true, .auditor = false})), "OK");
  principals_.founding = true;
  EXPECT_EQ(PublishDirectory(""), "OK");
  EXPECT_EQ(GetCase(""), "SESSION_REQUIRED") << "founding opens nothing else";
}

TEST_F(DoorTest, TheAnswerFollowsTheCommit) {
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  EXPECT_EQ(committer_.order, (std::vector<std::string>{"committed", "answered"}));
}

TEST_F(DoorTest, AStampCompletesTheAnswerBeforeItLeaves) {
  cases_.decide = [](const Caller&) {
    base::Outcome<std::string> outcome = Changing("without");
    outcome.stamp = [](const base::Stamps&, std::string& answer, base::ChangeSet&) { answer = "with"; };
    return outcome;
  };
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  EXPECT_EQ(case_.case_().name(), "with");
}

TEST_F(DoorTest, NothingToCommitIsAnsweredAtOnce) {
  cases_.decide = [](const Caller&) { return base::Outcome<std::string>{"read", {}, {}, nullptr}; };
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  EXPECT_EQ(committer_.order, std::vector<std::string>{"answered"});
}

TEST_F(DoorTest, AFailedExpectationIsDecidedAgain) {
  int decided = 0;
  cases_.decide = [&decided](const Caller&) { return Changing(std::to_string(++decided)); };
  committer_.next = {base::Contended(), base::Contended()};
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "OK");
  EXPECT_EQ(case_.case_().name(), "3") << "the answer is the last decision's";
}

TEST_F(DoorTest, AfterEightTriesItIsContended) {
  int decided = 0;
  cases_.decide = [&decided](const Caller&) { return Changing(std::to_string(++decided)); };
  committer_.next.assign(100, base::Contended());
  EXPECT_EQ(GetCase(SignedIn("staff/amira")), "CONTENDED");
  EXPECT_EQ(decided, Door::kMostTries);
  EXPECT_EQ(case_.case_().name(), "");
}

TEST_F(DoorTest, ARefusedCommitGivesItsReasonAndNoAnswer) {
  for (const auto& [status, reason] : std::vector<std::pair<absl::Status, std::string>>{
           {base::StoreFull(), "STORE_FULL"}, {base::StoreFailed(), "STORE_FAILED"}, {base::Stopping(), "STOPPING"}}) {
    committer_.next = {status};
    case_.Clear();
    EXPECT_EQ(GetCase(SignedIn("staff/amira")), reason);
    EXPECT_EQ(case_.ByteSizeLong(), 0U);
  }
}

TEST_F(DoorTest, ARefusalToStaffIsInTheLedgerFirst) {
  cases_.decide = [](const Caller&) { return base::NothingHere(); };
  const std::string token = SignedIn("staff/amira");
  EXPECT_EQ(GetCase(token), "NOTHING_HERE");
  EXPECT_EQ(committer_.order, std::vector<std::string>{"committed"});
  EXPECT_EQ(GetCase(token), "NOTHING_HERE");
  EXPECT_EQ(committer_.order.size(), 1U) << "one a minute";

  // If the leaf cannot be written, the refusal is not told either.
  refusals_noted_ = 0;
  committer_.next = {base::StoreFull()};
  EXPECT_EQ(GetCase(token), "STORE_FULL");
  // Another refusal of the same minute was faster: as good.
  refusals_noted_ = 0;
  committer_.next = {base::Contended()};
  EXPECT_EQ(GetCase(token), "NOTHING_HERE");
}

TEST_F(DoorTest, AFaultOfOursIsAnEventAndTellsNothing) {
  cases_.decide = [](const Caller&) { return base::Broken("case of alice has no head"); };
  grpc::ClientContext context;
  Prepare(context, SignedIn("staff/amira"));
  const grpc::Status status = v1::CaseService::NewStub(wire_.channel())->GetCase(&context, {}, &case_);
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INTERNAL);
  EXPECT_EQ(status.error_message(), "a fault on our side");
  EXPECT_EQ(events_.counts[base::Event::kInvariantBroken], 1);
}

TEST_F(DoorTest, WhileItDrainsEverybodyIsToldToComeBack) {
  const std::string token = SignedIn("staff/amira");
  door_.Drain();
  EXPECT_EQ(GetCase(token), "STOPPING");
  EXPECT_EQ(GetIntake(""), "STOPPING");
}

TEST_F(DoorTest, TotalsCountMethodsAndNobody) {
  EXPECT_EQ(GetIntake(""), "OK");
  EXPECT_EQ(GetIntake(""), "OK");
  EXPECT_EQ(GetCase(""), "SESSION_REQUIRED");
  const auto totals = door_.TakeTotals();
  ASSERT_EQ(totals.size(), 2U);
  for (const CallTotal& total : totals) {
    const bool intake = total.path == "/alcove.v1.IntakeService/GetIntake";
    EXPECT_EQ(total.answered, intake ? 2U : 0U);
    EXPECT_EQ(total.refused, intake ? 0U : 1U);
  }
  EXPECT_TRUE(door_.TakeTotals().empty());
}

class StreamTest : public DoorTest {
 protected:
  static constexpr int kCallsAtOnce = 60;
  StreamTest() : DoorTest(kCallsAtOnce) {}

  using Batch = absl::StatusOr<std::vector<v1::WatchEventsResponse>>;
  static Batch Saying(const std::vector<std::string>& ids) {
    std::vector<v1::WatchEventsResponse> batch;
    for (const std::string& id : ids) batch.emplace_back().mutable_event()->set_id(id);
    return batch;
  }
  // Looks numbered from 1, on the stream's own threads; what `look` changes is safe there. The test looks on when all is over.
  void Next(std::function<Batch(int look, const Caller&)> look) {
    hr_.next = [this, look = std::move(look)](const Caller& caller) { return look(++looks_, caller); };
  }
  struct Watched {
    std::vector<std::string> ids;
    std::string ended;
  };
  Watched Watch(const std::string& token, std::chrono::milliseconds patience = std::chrono::seconds(20)) {
    grpc::ClientContext context;
    Prepare(context, token);
    context.set_deadline(std::chrono::system_clock::now() + patience);
    const auto reader = v1::HrService::NewStub(wire_.channel())->WatchEvents(&context, {});
    Watched watched;
    v1::WatchEventsResponse told;
    while (reader->Read(&told)) watched.ids.push_back(told.event().id());
    watched.ended = Ended(reader->Finish());
    return watched;
  }
  std::string Hr() { return SignedIn("staff/hr", {.scopes = {"directory"}}); }

  std::atomic<int> looks_{0};
};

TEST_F(StreamTest, SaysWhatThereIsInOrderAndLooksAgain) {
  Next([&](int look, const Caller& caller) -> Batch {
    EXPECT_EQ(caller.staff.text(), "hr");
    EXPECT_EQ(committer_.order.size(), look == 1 ? 0u : 1u) << "the call is written down before its first answer";
    if (look == 1) return Saying({"a", "b"});
    if (look == 2) return Saying({"c"});
    if (look == 4) return Saying({"d"});
    if (look == 5) door_.Drain();
    return Saying({});
  });
  const Watched watched = Watch(Hr());
  EXPECT_EQ(watched.ids, (std::vector<std::string>{"a", "b", "c", "d"}));
  EXPECT_EQ(watched.ended, "STOPPING") << "and a drain ends it";
  EXPECT_EQ(noted_, std::vector<std::string>{"hr /alcove.v1.HrService/WatchEvents"}) << "once";
}

TEST_F(StreamTest, EndsWithTheSessionAndWithTheAccount) {
  Next([&](int look, const Caller&) -> Batch {
    if (look == 2) clock_.Pass(Sessions::kLifetime);
    return Saying({});
  });
  EXPECT_EQ(Watch(Hr()).ended, "SESSION_REQUIRED");
  looks_ = 0;
  Next([&](int look, const Caller&) -> Batch {
    if (look == 2) principals_.standings.erase("staff/hr");
    return look == 1 ? Saying({"a"}) : Saying({});
  });
  const Watched watched = Watch(Hr());
  EXPECT_EQ(watched.ids, std::vector<std::string>{"a"});
  EXPECT_EQ(watched.ended, "SESSION_REQUIRED");
}

TEST_F(StreamTest, WhatTheFirstLookRefusesIsTheAnswerAndIsNotWrittenDown) {
  Next([](int, const Caller&) -> Batch { return base::FieldInvalid("resume_token"); });
  EXPECT_EQ(Watch(Hr()).ended, "FIELD_INVALID");
  EXPECT_TRUE(noted_.empty());
  EXPECT_TRUE(committer_.order.empty());
  Next([](int, const Caller&) -> Batch { return base::Broken("something"); });
  EXPECT_EQ(Watch(Hr()).ended, "13");
  EXPECT_EQ(events_.counts[base::Event::kInvariantBroken], 1);
  Next([](int, const Caller&) -> Batch { return Saying({"a"}); });
  committer_.next = {base::StoreFull()};
  const Watched watched = Watch(Hr());
  EXPECT_TRUE(watched.ids.empty()) << "nothing is told that could not be written down";
  EXPECT_EQ(watched.ended, "STORE_FULL");
}

TEST_F(StreamTest, NobodyElseWatches) {
  Next([](int, const Caller&) -> Batch { return Saying({"a"}); });
  EXPECT_EQ(Watch("").ended, "SESSION_REQUIRED");
  EXPECT_EQ(Watch(SignedIn("staff/amira")).ended, "CALLER_NOT_ALLOWED");
  EXPECT_EQ(Watch(SignedIn("mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaaa")).ended, "CALLER_NOT_ALLOWED");
  EXPECT_EQ(looks_, 0);
  const std::string hr = Hr();
  for (int i = 0; i < kCallsAtOnce; ++i) EXPECT_EQ(CreateSync(hr), "OK");
  EXPECT_EQ(Watch(hr).ended, "BUDGET_EXHAUSTED") << "opening one counts as a call";
}

TEST_F(StreamTest, AnAccountHasFewAtOnceAndALeftOneMakesRoom) {
  Next([](int, const Caller&) -> Batch { return Saying({}); });
  const std::string hr = Hr();
  grpc::ClientContext contexts[Streams::kMostOfAccount];
  std::vector<std::unique_ptr<grpc::ClientReader<v1::WatchEventsResponse>>> open;
  const auto stub = v1::HrService::NewStub(wire_.channel());
  for (int i = 0; i < Streams::kMostOfAccount; ++i) {
    Prepare(contexts[i], hr);
    open.push_back(stub->WatchEvents(&contexts[i], {}));
    while (looks_ <= i) std::this_thread::sleep_for(std::chrono::milliseconds(5));
  }
  EXPECT_EQ(Watch(hr).ended, "QUOTA_EXCEEDED");
  contexts[0].TryCancel();
  EXPECT_FALSE(open[0]->Finish().ok());
  std::string ended;
  // The server sees within a tick that a client left.
  for (int i = 0; i < 40 && (ended = Watch(hr, std::chrono::milliseconds(100)).ended) == "QUOTA_EXCEEDED"; ++i)
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
  EXPECT_EQ(ended, std::to_string(grpc::StatusCode::DEADLINE_EXCEEDED)) << "let in, until the client had enough";
  door_.Drain();
  for (int i = 1; i < Streams::kMostOfAccount; ++i) EXPECT_EQ(Ended(open[static_cast<std::size_t>(i)]->Finish()), "STOPPING");
}

}  // namespace
}  // namespace alcove::rpc
