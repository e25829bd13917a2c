// P2 and P3 against a real server: who was named, struck out or kept out has no grant in the stored rows and hears, on
// every call about the case, byte for byte what they hear about a case that never was.
#include <functional>

#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/signin.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "server/core/ledger/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using format::LeafKind;

class P3_NoOracle_OverTheWire : public Scene {
 protected:
  // Every call that names a case or a blob, answered to one caller.
  std::vector<std::pair<std::string, Heard>> Probe(const std::string& authorization, const std::string& name,
                                                   const std::string& blob, const support::Filing& filing) const {
    std::vector<std::pair<std::string, Heard>> heard;
    const auto note = [&](const char* call, Heard answer) { heard.emplace_back(call, std::move(answer)); };
    {
      v1::GetCaseRequest r;
      r.set_name(name);
      note("GetCase", Ask(*cases_, &v1::CaseService::Stub::GetCase, r, authorization));
    }
    for (const v1::Keyring keyring : {v1::KEYRING_THREAD, v1::KEYRING_TEAM}) {
      v1::OpenCaseRequest open;
      open.set_name(name);
      open.set_keyring(keyring);
      note("OpenCase", Ask(*cases_, &v1::CaseService::Stub::OpenCase, open, authorization));
      v1::ListEntriesRequest list;
      list.set_parent(name);
      list.set_keyring(keyring);
      note("ListEntries", Ask(*cases_, &v1::CaseService::Stub::ListEntries, list, authorization));
      list.set_page_token("no token of ours");
      note("ListEntries, bad token", Ask(*cases_, &v1::CaseService::Stub::ListEntries, list, authorization));
    }
    {
      v1::AppendEntryRequest r;
      r.set_parent(name);
      r.set_request_id(support::DrawRequestId());
      *r.mutable_entry() = filing.request.entry();
      note("AppendEntry", Ask(*cases_, &v1::CaseService::Stub::AppendEntry, r, authorization));
      r.mutable_entry()->set_envelope("not an envelope");
      note("AppendEntry, bad envelope", Ask(*cases_, &v1::CaseService::Stub::AppendEntry, r, authorization));
    }
    {
      v1::ClaimCaseRequest r;
      r.set_name(name);
      r.set_etag("etag");
      r.set_request_id(support::DrawRequestId());
      note("ClaimCase", Ask(*cases_, &v1::CaseService::Stub::ClaimCase, r, authorization));
      r.set_request_id("no uuid");
      note("ClaimCase, bad id", Ask(*cases_, &v1::CaseService::Stub::ClaimCase, r, authorization));
    }
    {
      v1::ChangeCaseStateRequest r;
      r.set_name(name);
      r.set_etag("etag");
      r.set_request_id(support::DrawRequestId());
      r.set_state(v1::CASE_STATE_ACKNOWLEDGED);
      note("ChangeCaseState", Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, r, authorization));
    }
    {
      v1::PlaceHoldRequest r;
      r.set_name(name);
      r.set_request_id(support::DrawRequestId());
      r.set_reason("litigation");
      note("PlaceHold", Ask(*cases_, &v1::CaseService::Stub::PlaceHold, r, authorization));
      r.set_reason("no_reason");
      note("PlaceHold, bad reason", Ask(*cases_, &v1::CaseService::Stub::PlaceHold, r, authorization));
    }
    {
      v1::SetFindingRequest r;
      r.set_name(name + "/allegations/abcdefghijklmnopqrstuvwxya");
      note("SetFinding", Ask(*cases_, &v1::CaseService::Stub::SetFinding, r, authorization));
    }
    {
      v1::ChangeMeasureStateRequest r;
      r.set_name(name + "/measures/abcdefghijklmnopqrstuvwxya");
      r.set_state(v1::MEASURE_STATE_DONE);
      note("ChangeMeasureState", Ask(*cases_, &v1::CaseService::Stub::ChangeMeasureState, r, authorization));
    }
    {
      v1::ListHistoryRequest r;
      r.set_parent(name);
      note("ListHistory", Ask(*cases_, &v1::CaseService::Stub::ListHistory, r, authorization));
    }
    {
      v1::GetBlobRequest r;
      r.set_name(blob);
      note("GetBlob", Ask(*blobs_, &v1::BlobService::Stub::GetBlob, r, authorization));
    }
    {
      v1::ReadBlobPartRequest r;
      r.set_name(blob);
      note("ReadBlobPart", Ask(*blobs_, &v1::BlobService::Stub::ReadBlobPart, r, authorization));
      r.set_offset(7);
      note("ReadBlobPart, bad offset", Ask(*blobs_, &v1::BlobService::Stub::ReadBlobPart, r, authorization));
    }
    {
      v1::WriteBlobPartRequest r;
      r.set_name(blob);
      r.set_data(std::string(5000, 'x'));
      note("WriteBlobPart", Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, r, authorization));
    }
    return heard;
  }
};

TEST_F(P3_NoOracle_OverTheWire, ACaseThatExistsSoundsLikeOneThatNeverWas) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const format::NamedBlob blob{format::DrawId<format::BlobId>(crypto::SystemRandom()), 5000};
  const auto filed = File({.narrative = "About investigator-a, and not for fallback-a or escalation to see.",
                           .subjects = {world().TagOf("investigator-a")},
                           .keep_out = {world().TagOf("escalation")},
                           .struck_out = {format::StaffName("fallback-a")},
                           .blobs = {blob}});
  ASSERT_TRUE(filed);
  {
    v1::WriteBlobPartRequest part;
    part.set_name(format::BlobName(blob.blob));
    part.set_data(std::string(5000, 'a'));
    ASSERT_EQ(Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, SignedIn(filed->filing)).reason, "OK");
  }
  const std::string absent = format::CaseName(format::DrawId<format::CaseId>(crypto::SystemRandom()));
  const std::string no_blob = format::BlobName(format::DrawId<format::BlobId>(crypto::SystemRandom()));

  // Named, kept out, struck out; a holder whose grant sleeps; people of every other role.
  const std::vector<std::string> strangers{"investigator-a", "escalation",  "fallback-a", "fallback-b", "admin",
                                           "auditor",        "custodian-a", "officer"};
  for (const std::string& slug : strangers) {
    const std::string authorization = SignedIn(slug);
    const auto real = Probe(authorization, filed->name(), format::BlobName(blob.blob), filed->filing);
    const auto none = Probe(authorization, absent, no_blob, filed->filing);
    ASSERT_EQ(real.size(), none.size());
    for (std::size_t i = 0; i < real.size(); ++i) {
      EXPECT_EQ(real[i].second, none[i].second) << slug << ", " << real[i].first;
      const bool writes = real[i].first == "WriteBlobPart";
      EXPECT_EQ(real[i].second.reason, writes ? "BLOB_NOT_NAMED" : "NOTHING_HERE") << slug << ", " << real[i].first;
    }
    v1::ListCasesResponse list;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, authorization, &list).reason, "OK");
    EXPECT_EQ(list.ByteSizeLong(), 0U) << slug << ": " << list.ShortDebugString();
    v1::ListTasksResponse tasks;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListTasks, {}, authorization, &tasks).reason, "OK");
    EXPECT_EQ(tasks.ByteSizeLong(), 0U) << slug << ": " << tasks.ShortDebugString();
  }
  // Two who ask one thing only: what they leave behind is compared below.
  (void)Probe(SignedIn("custodian-b"), filed->name(), format::BlobName(blob.blob), filed->filing);
  (void)Probe(SignedIn("custodian-c"), absent, no_blob, filed->filing);
  {
    v1::WriteBlobPartRequest part;
    part.set_name(format::BlobName(blob.blob));
    EXPECT_EQ(Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, SignedIn("investigator-a")).reason, "BLOB_NOT_NAMED");
  }

  // Control: the one member of the desk who is left reads.
  const std::string assigned = SignedIn("investigator-b");
  int answered = 0;
  for (const auto& [call, answer] : Probe(assigned, filed->name(), format::BlobName(blob.blob), filed->filing)) {
    EXPECT_NE(answer.reason, "NOTHING_HERE") << call;
    answered += answer.reason == "OK" ? 1 : 0;
  }
  EXPECT_GE(answered, 6);

  ASSERT_EQ(server_->Terminate(), 0) << Log();
  const auto decoded = Decode();
  ASSERT_NE(decoded, nullptr);
  std::map<std::string, std::vector<format::Leaf>> refusals;
  for (const format::Leaf& leaf : decoded->Leaves()) {
    for (const std::string& slug : strangers) {
      const bool allowed = leaf.kind == LeafKind::kAccessRefused || leaf.kind == LeafKind::kCasesListed ||
                           leaf.kind == LeafKind::kTasksListed ||
                           leaf.kind == LeafKind::kDirectoryPublished || leaf.kind == LeafKind::kPolicyPublished;
      if (leaf.actor == slug) {
        EXPECT_TRUE(allowed) << slug << " left " << format::Name(leaf.kind);
      }
    }
    if (leaf.kind == LeafKind::kAccessRefused) refusals[leaf.actor].push_back(leaf);
  }
  for (const auto& [actor, leaves] : refusals) {
    for (const format::Leaf& leaf : leaves) {
      EXPECT_TRUE(leaf.case_id.IsZero()) << actor << ": a refusal names a case";
      EXPECT_TRUE(leaf.details.empty()) << actor;
      EXPECT_EQ(leaf.number, 0U) << actor;
    }
  }
  for (const std::string& slug : strangers) EXPECT_FALSE(refusals[slug].empty()) << slug << " was refused and left no leaf";
  // Probing what exists and probing what does not leave the same: leaves differ in actor, moment and salt alone.
  ASSERT_FALSE(refusals["custodian-b"].empty());
  ASSERT_FALSE(refusals["custodian-c"].empty());
  format::Leaf of_real = refusals["custodian-b"].front();
  const format::Leaf& of_none = refusals["custodian-c"].front();
  of_real.actor = of_none.actor;
  of_real.day = of_none.day;
  of_real.time = of_none.time;
  EXPECT_EQ(of_real, of_none);

  // P2: no stored epoch knows a key of theirs. Control: the assigned and the sleeping holder are there.
  std::size_t epochs = 0;
  ASSERT_TRUE(decoded->rows().Scan<cases::Epoch>("", "", SIZE_MAX, [&](auto row) {
    ++epochs;
    const auto record = format::ParseEpoch(row.record.record);
    EXPECT_TRUE(record.ok());
    const auto holds = [&](const std::string& slug) {
      const crypto::KeyId key = crypto::KeyIdOf(world().DecryptionKeyOf(slug).encryption_key());
      bool found = false;
      for (std::size_t i = 0; i < record->reader_count; ++i) found |= record->ReaderAt(i).key == key;
      for (const crypto::Bytes& grant : row.record.grants) {
        const auto parsed = format::ParseGrant(grant);
        EXPECT_TRUE(parsed.ok());
        if (!parsed.ok()) continue;
        const bool opens = format::OpenGrant(*parsed, *record, world().DecryptionKeyOf(slug)).ok();
        EXPECT_EQ(opens && !found, false) << slug << " opens a grant that the record does not list";
        found |= opens;
      }
      return found;
    };
    for (const char* slug : {"investigator-a", "escalation", "fallback-a", "admin", "auditor", "custodian-a", "officer"})
      EXPECT_FALSE(holds(slug)) << slug;
    EXPECT_TRUE(holds("investigator-b"));
    EXPECT_TRUE(holds("fallback-b"));
    return true;
  }).ok());
  EXPECT_EQ(epochs, 1U);
  for (const std::string& slug : strangers) {
    const auto staff = base::StaffSlug::Parse(slug);
    ASSERT_TRUE(staff.ok());
    EXPECT_TRUE(decoded->rows().Scan<cases::Membership>(base::RowKey(*staff), "", 1, [&](auto) {
      ADD_FAILURE() << slug << " has a membership";
      return false;
    }).ok());
  }
}

TEST_F(P3_NoOracle_OverTheWire, ResumingWithWrongWordsSoundsLikeAMailboxThatNeverWas) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Mine."});
  ASSERT_TRUE(filed);
  const crypto::SigningKey wrong = crypto::SigningKey::Draw(crypto::SystemRandom());
  const auto resume = [&](const std::string& principal, const crypto::SigningKey& key, std::size_t* size) {
    v1::CreateChallengeRequest ask;
    ask.set_principal(principal);
    v1::CreateChallengeResponse challenge;
    EXPECT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateChallenge, ask, "", &challenge).reason, "OK");
    *size = challenge.ByteSizeLong();
    v1::CreateSessionRequest sign;
    sign.set_principal(principal);
    sign.set_nonce(challenge.nonce());
    sign.set_signature(format::SignSignIn(key, world().organisation().id, world().directory().log_key, principal,
                                          challenge.nonce())->str());
    return Ask(*sessions_, &v1::SessionService::Stub::CreateSession, sign);
  };
  std::size_t of_real = 0;
  std::size_t of_none = 1;
  const Heard real = resume(filed->filing.request.mailbox(), wrong, &of_real);
  const Heard none = resume(format::MailboxName(format::DrawId<format::MailboxId>(crypto::SystemRandom())), wrong, &of_none);
  EXPECT_EQ(real, none);
  EXPECT_EQ(of_real, of_none);
  EXPECT_EQ(real.reason, "SIGN_IN_REFUSED");
  std::size_t size = 0;
  EXPECT_EQ(resume(format::StaffName("admin"), wrong, &size), resume(format::StaffName("nobody"), wrong, &size));
  EXPECT_EQ(resume(filed->filing.request.mailbox(), filed->filing.signing, &size).reason, "OK") << "control";
}

}  // namespace
}  // namespace alcove::promises
