// P1, P9 and P10 of orders and events against a real server: what HR is told is on no disk in clear and survives a kill, HR hears
// the same of what is not there and what is not there yet, what is wrong is named and changes nothing, and a stream goes on where
// it stopped.
#include <algorithm>
#include <chrono>
#include <set>
#include <span>
#include <thread>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/format/officer_letter.h"
#include "server/storage/codec.h"
#include "tests/promises/wire/casework_scene.h"

namespace alcove::promises {
namespace {

constexpr std::string_view kWhat = "emp:STAFF-NUMBER-4711 works the early shift";

class WireOrders : public CaseworkScene {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(CaseworkScene::SetUp());
    v1::ClaimCaseRequest claim;
    claim.set_name(filed->name());
    claim.set_etag(Facts().etag());
    claim.set_request_id(support::DrawRequestId());
    ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::ClaimCase, claim, staff).reason, "OK");
  }
  std::unique_ptr<v1::HrService::Stub> Hr() const { return v1::HrService::NewStub(channel_); }

  // So many days later, in steps that no clock takes for a leap.
  void PassDays(int days) {
    for (int at = 0; at < 24 * days;) {
      at = std::min(at + 20, 24 * days);
      if (later_) {
        ASSERT_EQ(later_->Terminate(), 0);
      } else {
        ASSERT_EQ(server_->Terminate(), 0) << Log();
      }
      later_.emplace(world().serve_command(),
                     std::map<std::string, std::string>{{"LD_PRELOAD", "/usr/$LIB/faketime/libfaketime.so.1"},
                                                        {"FAKETIME", "+" + std::to_string(at) + "h"},
                                                        {"FAKETIME_DONT_FAKE_MONOTONIC", "1"}},
                     folder() + "/later-" + std::to_string(at) + ".log");
      ASSERT_TRUE(later_->Start(world().options().port));
      Connect();
    }
    staff = SignedIn("investigator-a");
  }

  template <class Id = format::MeasureOrderId>
  crypto::Bytes Letter(const char* reader = "hr") const {
    const crypto::EncryptionKey key = world().directory().FindPerson(reader)->devices[0].encryption;
    return *format::SealOfficerLetter(world().organisation().id, format::DrawId<Id>(crypto::SystemRandom()),
                                      std::span(&key, 1), kWhat, crypto::SystemRandom());
  }
  static std::string NameIn(const crypto::Bytes& letter) {
    return format::MeasureOrderName(*format::MeasureOrderId::FromBytes(format::ParseOfficerLetter(letter)->id));
  }
  v1::CreateMeasureRequest Measure(const crypto::Bytes& letter) {
    v1::CreateMeasureRequest request;
    request.set_parent(filed->name());
    request.set_request_id(support::DrawRequestId());
    request.set_name(NewName("measures"));
    request.set_kind("interim.subject_schedule_change");
    request.set_owner("staff/investigator-a");
    SetDay(Today().PlusDays(14), request.mutable_due());
    *request.mutable_entry() = Words(format::EntryKind::kMeasure);
    request.set_order_letter(letter);
    return request;
  }
  std::string Order(const crypto::Bytes& letter) {
    return Ask(*cases_, &v1::CaseService::Stub::CreateMeasure, Measure(letter), staff).reason;
  }
  v1::ReportMeasureOrderRequest Refusal(const std::string& name) const {
    v1::ReportMeasureOrderRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_name(name);
    request.set_outcome(v1::ORDER_STATE_REFUSED);
    request.set_refusal("unclear");
    return request;
  }
  Heard Report(const v1::ReportMeasureOrderRequest& request, const std::string& authorization) const {
    return Ask(*Hr(), &v1::HrService::Stub::ReportMeasureOrder, request, authorization);
  }
  v1::ListMeasureOrdersResponse List(const std::string& authorization) const {
    v1::ListMeasureOrdersResponse list;
    EXPECT_EQ(Ask(*Hr(), &v1::HrService::Stub::ListMeasureOrders, v1::ListMeasureOrdersRequest(), authorization, &list).reason, "OK");
    return list;
  }
  struct Watched {
    std::vector<v1::WatchEventsResponse> events;
    std::string ended;
  };
  // For so long, or until so many came.
  Watched Watch(const std::string& authorization, const std::string& token, std::size_t most = SIZE_MAX,
                std::chrono::milliseconds patience = std::chrono::seconds(3)) const {
    v1::WatchEventsRequest request;
    request.set_resume_token(token);
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + patience);
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    const auto hr = Hr();
    const auto reader = hr->WatchEvents(&context, request);
    Watched watched;
    v1::WatchEventsResponse told;
    while (watched.events.size() < most && reader->Read(&told)) watched.events.push_back(told);
    if (watched.events.size() == most) context.TryCancel();
    watched.ended = Listen(reader->Finish(), context).reason;
    return watched;
  }

  int SeenByReporter(format::LeafKind kind) {
    v1::ListLeavesResponse leaves;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, v1::ListLeavesRequest(), SignedIn(filed->filing), &leaves).reason,
              "OK");
    int seen = 0;
    for (const v1::LeafOpening& leaf : leaves.leaves()) seen += format::ParseLeaf(leaf.content())->kind == kind;
    return seen;
  }

  std::optional<support::ServerProcess> later_;
};

TEST_F(WireOrders, P1_Sealed_WhatHrIsToldIsOnNoDiskAndSurvivesAKill) {
  const crypto::Bytes letter = Letter();
  ASSERT_EQ(Order(letter), "OK");
  Kill();
  const auto files = FilesUnder({folder(), data()});
  EXPECT_FALSE(Holding(files, "kek").empty()) << "control: the search finds what is there";
  {
    const auto decoded = Decode();
    ASSERT_NE(decoded, nullptr);
    EXPECT_EQ(decoded->Contents(base::Table::kMeasureOrder).size(), 1u) << "control: it is kept";
    EXPECT_EQ(decoded->Contents(base::Table::kOrderOrigin).size(), 1u);
    EXPECT_TRUE(Holding(files, "STAFF-NUMBER-4711").empty());
    for (const base::TableTraits& traits : base::kTables) {
      if (storage::CodecOf(traits.table) == nullptr) continue;
      for (const std::string& content : decoded->Contents(traits.table))
        EXPECT_EQ(content.find("STAFF-NUMBER-4711"), std::string::npos) << traits.name;
    }
    const std::string case_id = filed->filing.case_id.str();
    const std::string order = decoded->Contents(base::Table::kMeasureOrder).front();
    EXPECT_EQ(order.find(case_id), std::string::npos) << "HR's row names no case";
    EXPECT_NE(decoded->Contents(base::Table::kOrderOrigin).front().find(case_id), std::string::npos) << "control";
  }
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string mailbox = Mailbox();
  EXPECT_EQ(mailbox.find("measureOrders"), std::string::npos);
  ASSERT_NO_FATAL_FAILURE(PassDays(4));
  const v1::ListMeasureOrdersResponse list = List(SignedIn("hr"));
  ASSERT_EQ(list.orders_size(), 1);
  EXPECT_EQ(list.orders(0).name(), NameIn(letter));
  const auto text = format::OpenOfficerLetter(*format::ParseOfficerLetter(list.orders(0).letter()), world().DecryptionKeyOf("hr"));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->view(), kWhat);
}

TEST_F(WireOrders, P10_HrBlind_AnOrderTravelsToHrAndItsAnswerToTheTeamAndWhatIsWrongChangesNothing) {
  const crypto::Bytes letter = Letter(), other = Letter();
  const auto before = Rows();
  EXPECT_EQ(Order("nonsense"), "ENVELOPE_INVALID");
  EXPECT_EQ(Order(Letter<format::AdverseActionId>()), "ENVELOPE_INVALID");
  EXPECT_EQ(Order(Letter("officer")), "GRANTS_MISMATCH");
  v1::CreateMeasureRequest soon = Measure(letter);
  SetDay(Today().PlusDays(3), soon.mutable_due());
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::CreateMeasure, soon, staff).reason, "FIELD_INVALID");
  v1::CreateMeasureRequest telling = Measure(letter);
  telling.set_kind("interim.no_contact");
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::CreateMeasure, telling, staff).reason, "ORDER_REFUSED");
  EXPECT_EQ(Rows(), before);
  ASSERT_EQ(Order(letter), "OK") << "control";
  ASSERT_EQ(Order(other), "OK");

  std::string hr = SignedIn("hr");
  EXPECT_EQ(List(hr).orders_size(), 0) << "not at once";
  EXPECT_EQ(Report(Refusal(NameIn(letter)), hr), Report(Refusal("measureOrders/aaaaaaaaaaaaaaaaaaaaaaaaaa"), hr))
      << "one that is not there yet sounds like one that never was";
  EXPECT_EQ(Report(Refusal(NameIn(letter)), hr).reason, "NOTHING_HERE");
  for (const char* slug : {"admin", "investigator-a", "auditor", "officer"})
    EXPECT_EQ(Report(Refusal(NameIn(letter)), SignedIn(slug)).reason, "CALLER_NOT_ALLOWED") << slug;
  EXPECT_EQ(Report(Refusal(NameIn(letter)), "").reason, "SESSION_REQUIRED");
  ASSERT_NO_FATAL_FAILURE(PassDays(4));
  hr = SignedIn("hr");
  ASSERT_EQ(List(hr).orders_size(), 2);
  using Request = v1::ReportMeasureOrderRequest;
  const Request good = Refusal(NameIn(letter));
  for (const Bad<Request>& bad : std::vector<Bad<Request>>{
           {"no name", "FIELD_INVALID", [](Request& r) { r.clear_name(); }},
           {"the name of a case", "FIELD_INVALID", [&](Request& r) { r.set_name(filed->name()); }},
           {"no request id", "FIELD_INVALID", [](Request& r) { r.clear_request_id(); }},
           {"no outcome", "FIELD_INVALID", [](Request& r) { r.clear_outcome(); }},
           {"waiting", "FIELD_INVALID", [](Request& r) { r.set_outcome(v1::ORDER_STATE_WAITING); }},
           {"an outcome that is none", "FIELD_INVALID", [](Request& r) { r.set_outcome(static_cast<v1::OrderState>(99)); }},
           {"no reason", "CODE_UNKNOWN", [](Request& r) { r.clear_refusal(); }},
           {"a day for a refusal", "FIELD_INVALID", [](Request& r) { SetDay(Today(), r.mutable_done()); }},
           {"executed without a day", "FIELD_INVALID",
            [](Request& r) {
              r.set_outcome(v1::ORDER_STATE_EXECUTED);
              r.clear_refusal();
            }},
           {"no such order", "NOTHING_HERE", [](Request& r) { r.set_name("measureOrders/aaaaaaaaaaaaaaaaaaaaaaaaaa"); }}}) {
    const std::vector<std::string> orders_before = {List(hr).SerializeAsString()};
    Request request = good;
    bad.spoil(request);
    EXPECT_EQ(Report(request, hr).reason, bad.reason) << bad.what;
    EXPECT_EQ(List(hr).SerializeAsString(), orders_before[0]) << bad.what;
  }
  v1::ListMeasureOrdersRequest nonsense;
  nonsense.set_page_token("nonsense");
  EXPECT_EQ(Ask(*Hr(), &v1::HrService::Stub::ListMeasureOrders, nonsense, hr).reason, "FIELD_INVALID");
  EXPECT_EQ(Report(good, hr).reason, "OK") << "control";
  EXPECT_EQ(Report(good, hr).reason, "OK") << "the answer was lost";
  EXPECT_EQ(Report(Refusal(NameIn(letter)), hr).reason, "ORDER_ANSWERED") << "answered twice";
  Request executed = Refusal(NameIn(other));
  executed.set_outcome(v1::ORDER_STATE_EXECUTED);
  executed.clear_refusal();
  SetDay(Today().PlusDays(4), executed.mutable_done());
  EXPECT_EQ(Report(executed, hr).reason, "OK");

  std::map<std::string, v1::MeasureOrderState> seen;
  const v1::Case facts = Facts();
  for (const v1::Measure& measure : facts.measures()) seen[measure.order().name()] = measure.order();
  EXPECT_EQ(seen[NameIn(letter)].state(), v1::ORDER_STATE_REFUSED);
  EXPECT_EQ(seen[NameIn(letter)].refusal(), "unclear");
  EXPECT_EQ(seen[NameIn(other)].state(), v1::ORDER_STATE_EXECUTED);
  v1::ListTasksResponse tasks;
  ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListTasks, v1::ListTasksRequest(), staff, &tasks).reason, "OK");
  int refused = 0;
  for (const v1::Task& task : tasks.tasks()) refused += task.kind() == "order_refused";
  EXPECT_EQ(refused, 1);
  EXPECT_EQ(SeenByReporter(format::LeafKind::kOrderPlaced), 0);
  EXPECT_EQ(SeenByReporter(format::LeafKind::kOrderAnswered), 0);
  EXPECT_EQ(SeenByReporter(format::LeafKind::kCaseFiled), 1) << "control";
}

TEST_F(WireOrders, P10_HrBlind_AStreamTellsEachEventAndGoesOnWhereItStopped) {
  const std::vector<crypto::Bytes> letters = {Letter(), Letter(), Letter()};
  for (const crypto::Bytes& letter : letters) ASSERT_EQ(Order(letter), "OK");
  const Watched first = Watch(SignedIn("hr"), "");
  ASSERT_EQ(first.events.size(), 1u) << "nothing of orders yet";
  EXPECT_EQ(first.events[0].event().type(), "alcove.directory.published");
  EXPECT_TRUE(first.ended.starts_with("code 4")) << first.ended << ": it goes on until the client has enough";

  ASSERT_NO_FATAL_FAILURE(PassDays(4));
  const std::string hr = SignedIn("hr");
  // Read one by one, each stream going on after the one before.
  std::string token = first.events[0].resume_token();
  std::set<std::string> subjects, ids;
  for (std::size_t i = 0; i < letters.size(); ++i) {
    const Watched one = Watch(hr, token, 1);
    ASSERT_EQ(one.events.size(), 1u);
    const v1::Event& event = one.events[0].event();
    EXPECT_EQ(event.type(), "alcove.order.available");
    EXPECT_EQ(event.specversion(), "1.0");
    EXPECT_EQ(event.source(), "alcove/" + format::Text(world().organisation().id));
    EXPECT_GT(event.time().year(), 2000);
    subjects.insert(event.subject());
    ids.insert(event.id());
    token = one.events[0].resume_token();
  }
  std::set<std::string> names;
  for (const crypto::Bytes& letter : letters) names.insert(NameIn(letter));
  EXPECT_EQ(subjects, names);
  EXPECT_TRUE(Watch(hr, token).events.empty());
  const Watched again = Watch(hr, "");
  ASSERT_EQ(again.events.size(), 4u) << "from the beginning";
  for (std::size_t i = 1; i < 4; ++i) EXPECT_TRUE(ids.contains(again.events[i].event().id())) << "the same ids";

  const auto leaves = Rows();
  for (const std::string& bad : std::vector<std::string>{"nonsense", token + "x", token.substr(1), std::string(58, '\0')})
    EXPECT_EQ(Watch(hr, bad).ended, "EVENT_TOKEN_UNKNOWN");
  EXPECT_EQ(Rows(), leaves) << "nothing is written down";
  EXPECT_EQ(Watch("", token).ended, "SESSION_REQUIRED");
  for (const char* slug : {"admin", "investigator-a", "auditor", "officer"})
    EXPECT_EQ(Watch(SignedIn(slug), token).ended, "CALLER_NOT_ALLOWED") << slug;
  EXPECT_TRUE(Watch(SignedIn("hr"), token).ended != "EVENT_TOKEN_UNKNOWN") << "control: a token survives the session";
}

TEST_F(WireOrders, P9_Durable_AServerThatStopsEndsItsStreamsCleanlyAndSoon) {
  const std::string hr = SignedIn("hr");
  Watched watched;
  std::thread watching([&] { watched = Watch(hr, "", SIZE_MAX, std::chrono::seconds(30)); });
  std::this_thread::sleep_for(std::chrono::seconds(2));
  const auto begin = std::chrono::steady_clock::now();
  EXPECT_EQ(server_->Terminate(), 0) << Log();
  watching.join();
  EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "before the drain ends them by force";
  EXPECT_EQ(watched.events.size(), 1u);
  EXPECT_EQ(watched.ended, "STOPPING");
}

}  // namespace
}  // namespace alcove::promises
