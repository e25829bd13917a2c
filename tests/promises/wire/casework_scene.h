// A case that investigator-a has, and the words that their client would write, on the bare contract.
#pragma once

#include <ctime>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/random.h"
#include "tests/promises/wire/scene.h"
#include "tests/support/must.h"

namespace alcove::promises {

template <class Request>
struct Bad {
  std::string what;
  std::string reason;
  std::function<void(Request&)> spoil;
};

class CaseworkScene : public Scene {
 protected:
  void SetUp() override {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed = File({.narrative = "For one of the desk.", .struck_out = {"staff/investigator-b"}});
    ASSERT_TRUE(filed);
    staff = SignedIn("investigator-a");
  }

  v1::Case Facts() {
    v1::GetCaseRequest request;
    request.set_name(filed->name());
    v1::GetCaseResponse response;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::GetCase, request, staff, &response).reason, "OK");
    return response.case_();
  }
  // The next entry of TEAM; the first brings the key, granted to exactly the readers.
  v1::NewEntry Words(format::EntryKind kind, const std::string& author = "investigator-a") {
    const v1::Case facts = Facts();
    const crypto::SigningKey& signer = world().SigningKeyOf(author);
    v1::NewEntry entry;
    if (facts.team_length() == 0) {
      std::vector<format::Recipient> recipients;
      for (const v1::Reader& reader : facts.readers())
        recipients.push_back({*world().KeyOf(reader.key_id()), static_cast<format::ReleaseCondition>(reader.condition())});
      epoch = support::Must("epoch", format::MakeEpoch({world().organisation().id, filed->filing.case_id, format::Keyring::kTeam, 0},
                                                       recipients, nullptr, crypto::KeyIdOf(signer.verify_key()),
                                                       world().directory().version, crypto::SystemRandom()));
      entry.mutable_epoch()->set_record(epoch->record);
      for (const crypto::Bytes& grant : epoch->grants) entry.mutable_epoch()->add_grants(grant);
    }
    format::EnvelopeContext context;
    context.kind = kind;
    context.keyring = format::Keyring::kTeam;
    context.organisation = world().organisation().id;
    context.case_id = filed->filing.case_id;
    context.entry = format::DrawId<format::EntryId>(crypto::SystemRandom());
    context.sequence = facts.team_length();
    context.previous = *crypto::Digest::FromBytes(facts.team_head());
    context.day = Today();
    context.epoch_record_hash = format::EpochRecordHash(epoch->record);
    context.leaf_count = facts.leaf_count();
    context.leaf_head = *crypto::Digest::FromBytes(facts.leaf_head());
    entry.set_envelope(
        support::Must("seal", format::SealEnvelope(context, epoch->key, signer, "words of the team", crypto::SystemRandom())));
    return entry;
  }
  static format::Day Today() { return format::Day::OfUnixSeconds(std::time(nullptr)); }
  static void SetDay(format::Day day, google::type::Date* out) {
    out->set_year(day.year());
    out->set_month(day.month());
    out->set_day(day.day_of_month());
  }
  template <class Request, class Response>
  void Refused(grpc::Status (v1::CaseService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& good, const std::vector<Bad<Request>>& all) {
    const auto before = Rows();
    for (const Bad<Request>& bad : all) {
      Request request = good;
      bad.spoil(request);
      const Heard heard = Ask(*cases_, method, request, staff);
      EXPECT_EQ(heard.reason, bad.reason) << Request::descriptor()->name() << ", " << bad.what << ": " << heard;
    }
    EXPECT_EQ(Rows(), before) << Request::descriptor()->name() << ": something was stored";
  }
  std::string Move(v1::CaseState state) {
    v1::ChangeCaseStateRequest request;
    request.set_name(filed->name());
    request.set_etag(Facts().etag());
    request.set_request_id(support::DrawRequestId());
    request.set_state(state);
    return Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, request, staff).reason;
  }
  void Append(format::EntryKind kind) {
    v1::AppendEntryRequest request;
    request.set_parent(filed->name());
    request.set_request_id(support::DrawRequestId());
    *request.mutable_entry() = Words(kind);
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::AppendEntry, request, staff).reason, "OK");
  }
  v1::CreateAllegationResponse Allege() {
    v1::CreateAllegationRequest request;
    request.set_parent(filed->name());
    request.set_request_id(support::DrawRequestId());
    request.set_name(NewName("allegations"));
    request.set_category("bullying");
    *request.mutable_entry() = Words(format::EntryKind::kAllegation);
    v1::CreateAllegationResponse made;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::CreateAllegation, request, staff, &made).reason, "OK");
    return made;
  }
  v1::SetFindingRequest Found(const v1::CreateAllegationResponse& allegation, const std::string& finding) {
    v1::SetFindingRequest request;
    request.set_name(allegation.name());
    request.set_etag(allegation.etag());
    request.set_request_id(support::DrawRequestId());
    request.set_finding(finding);
    *request.mutable_entry() = Words(format::EntryKind::kFinding);
    return request;
  }
  // All that the reporter is shown.
  std::string Mailbox() {
    v1::GetMailboxResponse response;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, v1::GetMailboxRequest(), SignedIn(filed->filing), &response).reason,
              "OK");
    v1::ListLeavesResponse leaves;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, v1::ListLeavesRequest(), SignedIn(filed->filing), &leaves).reason,
              "OK");
    std::string shown = response.SerializeAsString();
    for (const v1::LeafOpening& leaf : leaves.leaves()) shown += leaf.content();
    return shown;
  }
  std::string NewName(const std::string& collection) {
    return filed->name() + "/" + collection + "/" + format::Text(format::DrawId<format::AllegationId>(crypto::SystemRandom()));
  }

  std::optional<Filed> filed;
  std::string staff;
  std::optional<format::NewEpoch> epoch;
};

}  // namespace alcove::promises
