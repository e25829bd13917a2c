// P1, P9 and P10 of adverse actions and requests for protection against a real server: what is sealed to the officers is on no
// disk in clear, survives a kill, and no caller learns of it who is not one of theirs.
#include <span>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "alcove/v1/protection_service.grpc.pb.h"
#include "crypto/format/officer_letter.h"
#include "server/storage/codec.h"
#include "tests/promises/wire/chart.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

constexpr std::string_view kNumber = "STAFF-NUMBER-4711";
constexpr std::string_view kName = "Mona Lastname who is afraid";
constexpr std::string_view kReason = "her post goes in spring";

class WireActions : public Scene {
 protected:
  std::unique_ptr<v1::HrService::Stub> Hr() const { return v1::HrService::NewStub(channel_); }
  std::unique_ptr<v1::ProtectionService::Stub> Protection() const { return v1::ProtectionService::NewStub(channel_); }

  void Sync() {
    ASSERT_NO_FATAL_FAILURE(TellWhoWorksHere(*Hr(), SignedIn("hr"), {"emp:" + std::string(kNumber), "emp:INVESTIGATOR-A"}));
  }
  template <class Id>
  crypto::Bytes Letter(std::string_view text, const char* reader = "officer") const {
    const crypto::EncryptionKey officer = world().directory().FindPerson(reader)->devices[0].encryption;
    return *format::SealOfficerLetter(world().organisation().id, format::DrawId<Id>(crypto::SystemRandom()),
                                      std::span(&officer, 1), text, crypto::SystemRandom());
  }
  Heard AskForProtection(const crypto::Bytes& letter) const {
    v1::RequestProtectionRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_letter(letter);
    return Ask(*intake_, &v1::IntakeService::Stub::RequestProtection, request);
  }
  Heard Submit(const std::string& authorization, const crypto::Bytes& letter, std::string* name = nullptr) const {
    v1::SubmitAdverseActionRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_employee("emp:" + std::string(kNumber));
    request.set_letter(letter);
    v1::SubmitAdverseActionResponse response;
    const Heard heard = Ask(*Hr(), &v1::HrService::Stub::SubmitAdverseAction, request, authorization, &response);
    if (name != nullptr) *name = response.name();
    return heard;
  }
};

TEST_F(WireActions, P1_Sealed_WhatIsPlannedAndWhoAskedIsOnNoDiskAndSurvivesAKill) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(Sync());
  ASSERT_EQ(AskForProtection(Letter<format::ProtectionRequestId>(kName)).reason, "OK");
  std::string name;
  ASSERT_EQ(Submit(SignedIn("hr"), Letter<format::AdverseActionId>(kReason), &name).reason, "OK");
  Kill();
  const auto files = FilesUnder({folder(), data()});
  EXPECT_FALSE(Holding(files, "kek").empty()) << "control: the search finds what is there";
  {
    const auto decoded = Decode();
    ASSERT_NE(decoded, nullptr);
    EXPECT_EQ(decoded->Contents(base::Table::kAdverseAction).size(), 1u) << "control: it is kept";
    EXPECT_EQ(decoded->Contents(base::Table::kUndecidedAction).size(), 1u);
    EXPECT_EQ(decoded->Contents(base::Table::kProtectionRequest).size(), 1u);
    for (const std::string_view secret : {kNumber, kName, kReason}) {
      EXPECT_TRUE(Holding(files, secret).empty()) << secret;
      for (const base::TableTraits& traits : base::kTables) {
        if (storage::CodecOf(traits.table) == nullptr) continue;
        for (const std::string& content : decoded->Contents(traits.table))
          EXPECT_EQ(content.find(secret), std::string::npos) << traits.name;
      }
    }
    int asked = 0;
    for (const format::Leaf& leaf : decoded->Leaves()) {
      if (leaf.kind != format::LeafKind::kProtectionRequested) continue;
      ++asked;
      EXPECT_TRUE(leaf.actor.empty());
      EXPECT_EQ(leaf.time, 0u) << "known to the day";
    }
    EXPECT_EQ(asked, 1);
  }
  ASSERT_NO_FATAL_FAILURE(Start());
  v1::GetAdverseActionRequest get;
  get.set_name(name);
  v1::GetAdverseActionResponse state;
  ASSERT_EQ(Ask(*Hr(), &v1::HrService::Stub::GetAdverseAction, get, SignedIn("hr"), &state).reason, "OK");
  EXPECT_EQ(state.state(), v1::ADVERSE_ACTION_STATE_PENDING);
  v1::ListProtectionRequestsResponse list;
  ASSERT_EQ(Ask(*Protection(), &v1::ProtectionService::Stub::ListProtectionRequests, v1::ListProtectionRequestsRequest(),
                SignedIn("officer"), &list)
                .reason,
            "OK");
  ASSERT_EQ(list.requests_size(), 1);
  const auto text = format::OpenOfficerLetter(*format::ParseOfficerLetter(list.requests(0).letter()),
                                              world().DecryptionKeyOf("officer"));
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->view(), kName);
}

TEST_F(WireActions, P10_HrBlind_NobodyElseAsksAndNothingWrongIsKept) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(Sync());
  const std::string hr = SignedIn("hr");
  const crypto::Bytes letter = Letter<format::AdverseActionId>(kReason);
  for (const char* slug : {"admin", "investigator-a", "auditor", "officer"})
    EXPECT_EQ(Submit(SignedIn(slug), letter).reason, "CALLER_NOT_ALLOWED") << slug;
  EXPECT_EQ(Submit("", letter).reason, "SESSION_REQUIRED");
  EXPECT_EQ(Submit(hr, "nonsense").reason, "ENVELOPE_INVALID");
  EXPECT_EQ(Submit(hr, Letter<format::ProtectionRequestId>(kName)).reason, "ENVELOPE_INVALID");
  EXPECT_EQ(Submit(hr, Letter<format::AdverseActionId>(kReason, "admin")).reason, "GRANTS_MISMATCH");
  EXPECT_EQ(AskForProtection("nonsense").reason, "ENVELOPE_INVALID");
  EXPECT_EQ(AskForProtection(Letter<format::ProtectionRequestId>(kName, "admin")).reason, "GRANTS_MISMATCH");
  for (const char* slug : {"admin", "investigator-a", "auditor", "hr", "approver-a"}) {
    EXPECT_EQ(Ask(*Protection(), &v1::ProtectionService::Stub::ListAlerts, v1::ListAlertsRequest(), SignedIn(slug)).reason,
              "CALLER_NOT_ALLOWED")
        << slug;
  }
  EXPECT_EQ(Rows()[base::Table::kAdverseAction], 0u);
  EXPECT_EQ(Rows()[base::Table::kProtectionRequest], 0u);
  std::string name, again;
  EXPECT_EQ(Submit(hr, letter, &name).reason, "OK") << "control";
  EXPECT_EQ(Submit(hr, Letter<format::AdverseActionId>("another plan"), &again).reason, "OK");
  EXPECT_EQ(again, name) << "one at a time";
  v1::DecideAdverseActionRequest decide;
  decide.set_request_id(support::DrawRequestId());
  decide.set_name(name);
  decide.set_verdict(v1::ADVERSE_ACTION_VERDICT_CLEARED);
  EXPECT_EQ(Ask(*Protection(), &v1::ProtectionService::Stub::DecideAdverseAction, decide, SignedIn("officer")).reason,
            "NOTHING_HERE")
      << "it has not come up";
  decide.set_verdict(v1::ADVERSE_ACTION_VERDICT_UNSPECIFIED);
  EXPECT_EQ(Ask(*Protection(), &v1::ProtectionService::Stub::DecideAdverseAction, decide, SignedIn("officer")).reason,
            "FIELD_INVALID");
}

}  // namespace
}  // namespace alcove::promises
