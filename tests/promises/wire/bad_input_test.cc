// Clause 1.12 against a real server: what is malformed, truncated, oversize, repeated, replayed, reordered or wrongly
// signed gets a named reason, nothing is stored, and the server answers the next call.
#include <grpcpp/generic/generic_stub.h>

#include <chrono>
#include <functional>

#include "alcove/v1/admin_service.grpc.pb.h"
#include "alcove/v1/hr_service.grpc.pb.h"
#include "alcove/v1/protection_service.grpc.pb.h"
#include "alcove/v1/ledger_service.grpc.pb.h"
#include "crypto/encoding.h"
#include "crypto/format/epoch.h"
#include "crypto/format/signin.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "tests/promises/wire/scene.h"
#include "tests/support/must.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;

template <class Request>
struct Bad {
  std::string what;
  std::string reason;
  std::function<void(Request&)> spoil;
};

std::string Flipped(std::string bytes, std::size_t at) {
  bytes[at] = static_cast<char>(bytes[at] ^ 1);
  return bytes;
}

class BadInput_OverTheWire : public Scene {
 protected:
  template <class Stub, class Request, class Response>
  void Refused(Stub& stub, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
               const Request& good, const std::string& authorization, const std::vector<Bad<Request>>& all) {
    const auto before = Rows();
    for (const Bad<Request>& bad : all) {
      Request request = good;
      bad.spoil(request);
      const Heard heard = Ask(stub, method, request, authorization);
      EXPECT_EQ(heard.reason, bad.reason) << Request::descriptor()->name() << ", " << bad.what << ": " << heard;
    }
    EXPECT_EQ(Rows(), before) << Request::descriptor()->name() << ": something was stored";
  }

  // Bytes as they are to a method, past the generated code.
  Heard Raw(const std::string& method, const std::string& bytes, const std::string& authorization = {},
            std::optional<std::chrono::milliseconds> patience = std::nullopt) const {
    grpc::GenericStub stub(channel_);
    grpc::ClientContext context;
    support::SetDeadline(context);
    if (patience) context.set_deadline(std::chrono::system_clock::now() + *patience);
    if (!authorization.empty()) context.AddMetadata("authorization", authorization);
    const grpc::Slice slice(bytes);
    grpc::ByteBuffer request(&slice, 1);
    grpc::ByteBuffer response;
    grpc::CompletionQueue queue;
    grpc::Status status;
    const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
    call->StartCall();
    call->Finish(&response, &status, &queue);
    void* tag = nullptr;
    bool ok = false;
    queue.Next(&tag, &ok);
    return Listen(status, context);
  }
};

TEST_F(BadInput_OverTheWire, AFilingThatDoesNotCheckIsRefusedWhole) {
  ASSERT_NO_FATAL_FAILURE(Start());
  support::Reporter reporter(world(), channel_);
  const auto first = File({.narrative = "The first."});
  ASSERT_TRUE(first);
  const format::NamedBlob blob{format::DrawId<format::BlobId>(SystemRandom()), 100};
  auto good = reporter.Prepare({.narrative = "Good.", .blobs = {blob}, .identity = "somebody"});
  auto other = reporter.Prepare("Another.");
  ASSERT_TRUE(good.ok() && other.ok());

  using R = v1::SubmitReportRequest;
  std::vector<Bad<R>> all{
      {"no plan", "PLAN_INVALID", [](R& r) { r.clear_plan(); }},
      {"a forged plan", "PLAN_INVALID", [](R& r) { r.set_plan(Flipped(r.plan(), 40)); }},
      {"half a plan", "PLAN_INVALID", [](R& r) { r.mutable_plan()->resize(r.plan().size() / 2); }},
      {"a long plan", "PLAN_INVALID", [](R& r) { r.mutable_plan()->resize(60'000); }},
      {"the plan of another filing", "ENVELOPE_INVALID", [&](R& r) { r.set_plan(other->request.plan()); }},
      {"no request id", "FIELD_INVALID", [](R& r) { r.clear_request_id(); }},
      {"no UUIDv4", "FIELD_INVALID", [](R& r) { r.mutable_request_id()->at(14) = '1'; }},
      {"a request id in capitals", "FIELD_INVALID", [](R& r) { r.set_request_id("AAAAAAAA-AAAA-4AAA-8AAA-AAAAAAAAAAAA"); }},
      {"the request id of another filing", "REQUEST_ID_REUSED", [&](R& r) { r.set_request_id(first->filing.request.request_id()); }},
      {"no mailbox", "FIELD_INVALID", [](R& r) { r.clear_mailbox(); }},
      {"a case for a mailbox", "FIELD_INVALID", [&](R& r) { r.set_mailbox(first->name()); }},
      {"a zero mailbox", "FIELD_INVALID", [](R& r) { r.set_mailbox("mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaaa"); }},
      {"a mailbox that is taken", "FIELD_INVALID", [&](R& r) { r.set_mailbox(first->filing.request.mailbox()); }},
      {"a short key", "FIELD_INVALID", [](R& r) { r.mutable_mailbox_encryption_key()->pop_back(); }},
      {"another mailbox key", "GRANTS_MISMATCH",
       [](R& r) { r.set_mailbox_encryption_key(crypto::DecryptionKey::Draw(SystemRandom()).encryption_key().str()); }},
      {"another signing key", "ENVELOPE_INVALID",
       [](R& r) { r.set_mailbox_signing_key(crypto::SigningKey::Draw(SystemRandom()).verify_key().str()); }},
      {"a zero signing key", "ENVELOPE_INVALID", [](R& r) { r.set_mailbox_signing_key(std::string(32, '\0')); }},
      {"a signing key of low order", "ENVELOPE_INVALID", [](R& r) { r.set_mailbox_signing_key('\1' + std::string(31, '\0')); }},
      {"no envelope", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->clear_envelope(); }},
      {"an envelope cut short", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_envelope()->pop_back(); }},
      {"an envelope with a byte more", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_envelope()->push_back('x'); }},
      {"a header alone", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_envelope()->resize(420); }},
      {"the envelope of another filing", "ENVELOPE_INVALID", [&](R& r) { r.mutable_entry()->set_envelope(other->request.entry().envelope()); }},
      {"no epoch", "EPOCH_INVALID", [](R& r) { r.mutable_entry()->clear_epoch(); }},
      {"an epoch cut short", "EPOCH_INVALID", [](R& r) { r.mutable_entry()->mutable_epoch()->mutable_record()->pop_back(); }},
      {"the epoch of another filing", "EPOCH_INVALID", [&](R& r) { *r.mutable_entry()->mutable_epoch() = other->request.entry().epoch(); }},
      {"a grant left out", "GRANTS_MISMATCH", [](R& r) { r.mutable_entry()->mutable_epoch()->mutable_grants()->RemoveLast(); }},
      {"a grant twice", "GRANTS_MISMATCH",
       [](R& r) { r.mutable_entry()->mutable_epoch()->add_grants(r.entry().epoch().grants(1)); }},
      {"grants in another order", "GRANTS_MISMATCH", [](R& r) { r.mutable_entry()->mutable_epoch()->mutable_grants()->SwapElements(1, 2); }},
      {"a grant with a bit flipped", "GRANTS_MISMATCH",
       [](R& r) { r.mutable_entry()->mutable_epoch()->set_grants(1, Flipped(r.entry().epoch().grants(1), 100)); }},
      {"the grant of another filing", "GRANTS_MISMATCH",
       [&](R& r) { r.mutable_entry()->mutable_epoch()->set_grants(1, other->request.entry().epoch().grants(1)); }},
      {"two hundred grants", "FIELD_INVALID",
       [](R& r) { for (int i = 0; i < 200; ++i) r.mutable_entry()->mutable_epoch()->add_grants(r.entry().epoch().grants(0)); }},
      {"a blob unnamed in the envelope", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_blobs()->Clear(); }},
      {"a blob of another size", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_blobs(0)->set_size(101); }},
      {"a blob of size zero", "FIELD_INVALID", [](R& r) { r.mutable_entry()->mutable_blobs(0)->set_size(0); }},
      {"a blob too large", "FIELD_INVALID", [](R& r) { r.mutable_entry()->mutable_blobs(0)->set_size(0xffffffff); }},
      {"a blob twice", "FIELD_INVALID", [](R& r) { *r.mutable_entry()->add_blobs() = r.entry().blobs(0); }},
      {"a name that is no blob's", "FIELD_INVALID", [](R& r) { r.mutable_entry()->mutable_blobs(0)->set_blob("blobs/../../etc"); }},
      {"a thousand blobs", "FIELD_INVALID",
       [](R& r) { for (int i = 0; i < 1000; ++i) *r.mutable_entry()->add_blobs() = r.entry().blobs(0); }},
      {"an identity that is none", "FIELD_INVALID", [](R& r) { r.mutable_identity()->set_sealed("somebody"); }},
      {"an identity too large", "FIELD_INVALID", [](R& r) { r.mutable_identity()->mutable_sealed()->resize(40'000); }},
  };
  for (const char* weak : {"0000000000000000000000000000000000000000000000000000000000000000",
                           "0100000000000000000000000000000000000000000000000000000000000000",
                           "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                           "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                           "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                           "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"}) {
    all.push_back({std::string("the weak key ") + weak, "FIELD_INVALID",
                   [weak](R& r) { r.set_mailbox_encryption_key(*crypto::HexDecode(weak)); }});
  }
  // One bit in every field of the header, in the signature and in the body.
  for (const std::size_t at : {0, 4, 5, 6, 7, 8, 24, 40, 56, 60, 64, 68, 84, 116, 148, 152, 184, 216, 248, 320, 324, 356, 419, 420, 4000}) {
    all.push_back({"bit flipped at " + std::to_string(at), "ENVELOPE_INVALID",
                   [at](R& r) { r.mutable_entry()->set_envelope(Flipped(r.entry().envelope(), at)); }});
  }
  for (const std::size_t at : {0, 5, 8, 24, 40, 44, 148, 164, 168, 190, 200}) {
    const bool named = at != 44 && at != 190 && at != 200;
    all.push_back({"epoch bit flipped at " + std::to_string(at), named ? "EPOCH_INVALID" : "", [at](R& r) {
                     r.mutable_entry()->mutable_epoch()->set_record(Flipped(r.entry().epoch().record(), at));
                   }});
    if (!named) all.back().reason = at == 44 ? "ENVELOPE_INVALID" : "GRANTS_MISMATCH";
  }
  Refused(*intake_, &v1::IntakeService::Stub::SubmitReport, good->request, "", all);

  // Replays. The same bytes are the same filing; under another id the plan is used up.
  const auto before = Rows();
  v1::SubmitReportResponse again;
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, first->filing.request, "", &again).reason, "OK");
  EXPECT_EQ(again.SerializeAsString(), first->answer.SerializeAsString());
  EXPECT_EQ(Rows(), before);
  Refused(*intake_, &v1::IntakeService::Stub::SubmitReport, first->filing.request, "",
          {{"the plan used before", "PLAN_STALE", [](R& r) { r.set_request_id(support::DrawRequestId()); }}});

  // Control: what was spoiled above is accepted as it was.
  EXPECT_EQ(Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, good->request).reason, "OK");
  EXPECT_NE(Rows(), before);
}

TEST_F(BadInput_OverTheWire, GrantsToStrangersAreRefused) {
  ASSERT_NO_FATAL_FAILURE(Start());
  support::Reporter reporter(world(), channel_);
  using Recipients = std::vector<format::Recipient>;
  const auto to_admin = format::Recipient{world().DecryptionKeyOf("admin").encryption_key(), format::ReleaseCondition::kAssigned};
  const std::vector<std::pair<std::string, std::function<void(Recipients&)>>> all{
      {"one more reader", [&](Recipients& r) { r.push_back(to_admin); }},
      {"a reader of one's own", [&](Recipients& r) { r.push_back({crypto::DecryptionKey::Draw(SystemRandom()).encryption_key(), format::ReleaseCondition::kFallback}); }},
      {"a reader in another's place", [&](Recipients& r) { r.back() = to_admin; }},
      {"a reader left out", [](Recipients& r) { r.pop_back(); }},
      {"another condition", [](Recipients& r) { r.back().condition = format::ReleaseCondition::kAssigned; }},
      {"readers in another order", [](Recipients& r) { std::swap(r[1], r.back()); }},
  };
  const auto before = Rows();
  for (const auto& [what, change] : all) {
    auto filing = reporter.Prepare({.narrative = "To strangers.", .change_recipients = change});
    ASSERT_TRUE(filing.ok()) << what << filing.status();
    const Heard heard = Ask(*intake_, &v1::IntakeService::Stub::SubmitReport, filing->request);
    if (what == "readers in another order") continue;  // an order says nothing, either way
    EXPECT_EQ(heard.reason, "GRANTS_MISMATCH") << what << ": " << heard;
    EXPECT_EQ(Rows(), before) << what;
  }
  EXPECT_TRUE(File({.narrative = "Control."}));
}

TEST_F(BadInput_OverTheWire, QuestionsBeforeAReportAreCheckedFieldByField) {
  ASSERT_NO_FATAL_FAILURE(Start());
  using Plan = v1::PlanReportRequest;
  Plan good;
  good.mutable_facts()->add_categories("harassment.protected_basis");
  good.mutable_facts()->set_language("en");
  Refused(*intake_, &v1::IntakeService::Stub::PlanReport, good, "",
          std::vector<Bad<Plan>>{
              {"no category", "FIELD_INVALID", [](Plan& r) { r.mutable_facts()->clear_categories(); }},
              {"no facts", "FIELD_INVALID", [](Plan& r) { r.clear_facts(); }},
              {"an unknown category", "CODE_UNKNOWN", [](Plan& r) { r.mutable_facts()->add_categories("no.such"); }},
              {"a category twice", "FIELD_INVALID", [](Plan& r) { r.mutable_facts()->add_categories("harassment.protected_basis"); }},
              {"a thousand categories", "FIELD_INVALID", [](Plan& r) { for (int i = 0; i < 1000; ++i) r.mutable_facts()->add_categories("harassment.protected_basis"); }},
              {"an unknown site", "CODE_UNKNOWN", [](Plan& r) { r.mutable_facts()->set_site("atlantis"); }},
              {"an unknown language", "FIELD_INVALID", [](Plan& r) { r.mutable_facts()->set_language("tlh"); }},
              {"an unknown jurisdiction", "FIELD_INVALID", [](Plan& r) { r.mutable_facts()->set_jurisdiction("moon"); }},
              {"a short tag", "FIELD_INVALID", [](Plan& r) { r.add_subjects(std::string(63, 't')); }},
              {"a zero tag", "FIELD_INVALID", [](Plan& r) { r.add_keep_out(std::string(64, '\0')); }},
              {"seventeen tags", "FIELD_INVALID", [](Plan& r) { for (int i = 0; i < 17; ++i) r.add_subjects(std::string(64, 't')); }},
              {"somebody unknown struck out", "FIELD_INVALID", [](Plan& r) { r.add_struck_out("staff/nobody"); }},
              {"a bad name struck out", "FIELD_INVALID", [](Plan& r) { r.add_struck_out("Nobody At All"); }},
              {"both fallbacks struck out", "FIELD_INVALID", [](Plan& r) { r.add_struck_out("staff/fallback-a"); r.add_struck_out("staff/fallback-b"); }},
          });
  using Tags = v1::EvaluateTagsRequest;
  Refused(*intake_, &v1::IntakeService::Stub::EvaluateTags, {}, "",
          std::vector<Bad<Tags>>{
              {"nothing", "FIELD_INVALID", [](Tags&) {}},
              {"the identity", "FIELD_INVALID", [](Tags& r) { r.add_blinded(std::string(32, '\0')); }},
              {"no canonical element", "FIELD_INVALID", [](Tags& r) { r.add_blinded(std::string(32, '\xff')); }},
              {"31 bytes", "FIELD_INVALID", [](Tags& r) { r.add_blinded(std::string(31, '\1')); }},
              {"seventeen", "FIELD_INVALID", [](Tags& r) { for (int i = 0; i < 17; ++i) r.add_blinded(std::string(32, '\2')); }},
          });
  using Challenge = v1::CreateChallengeRequest;
  Refused(*sessions_, &v1::SessionService::Stub::CreateChallenge, {}, "",
          std::vector<Bad<Challenge>>{
              {"nobody", "FIELD_INVALID", [](Challenge&) {}},
              {"no kind", "FIELD_INVALID", [](Challenge& r) { r.set_principal("admin"); }},
              {"a long one", "FIELD_INVALID", [](Challenge& r) { r.set_principal("staff/" + std::string(5000, 'a')); }},
              {"control characters", "FIELD_INVALID", [](Challenge& r) { r.set_principal("staff/a\nb"); }},
          });
  const auto ledger = v1::LedgerService::NewStub(channel_);
  using Inclusion = v1::GetInclusionProofRequest;
  Refused(*ledger, &v1::LedgerService::Stub::GetInclusionProof, {}, "",
          std::vector<Bad<Inclusion>>{
              {"no hash", "FIELD_INVALID", [](Inclusion&) {}},
              {"a short hash", "FIELD_INVALID", [](Inclusion& r) { r.set_leaf_hash(std::string(31, 'h')); }},
              {"an unknown hash", "NOT_PUBLISHED", [](Inclusion& r) { r.set_leaf_hash(std::string(32, 'h')); }},
              {"an unpublished size", "NOT_PUBLISHED", [](Inclusion& r) { r.set_leaf_hash(std::string(32, 'h')); r.set_size(0xffffffff); }},
          });
  using Consistency = v1::GetConsistencyProofRequest;
  Refused(*ledger, &v1::LedgerService::Stub::GetConsistencyProof, {}, "",
          std::vector<Bad<Consistency>>{
              {"an unpublished size", "NOT_PUBLISHED", [](Consistency& r) { r.set_from_size(64); r.set_to_size(0xfffffffe); }},
          });
  using Directory = v1::GetDirectoryRequest;
  Refused(*ledger, &v1::LedgerService::Stub::GetDirectory, {}, "",
          std::vector<Bad<Directory>>{{"a version to come", "NOTHING_HERE", [](Directory& r) { r.set_version(77); }}});
}

TEST_F(BadInput_OverTheWire, AMailboxAnswersItsOwnSessionAlone) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const format::NamedBlob blob{format::DrawId<format::BlobId>(SystemRandom()), 200'000};
  const auto mine = File({.narrative = "Mine.", .blobs = {blob}});
  const auto theirs = File({.narrative = "Theirs."});
  ASSERT_TRUE(mine && theirs);
  const std::string authorization = SignedIn(mine->filing);
  const auto envelope = format::ParseEnvelope(mine->filing.request.entry().envelope());
  const crypto::Digest head = format::EntryHash(*envelope);

  using Send = v1::SendMessageRequest;
  Send good;
  good.set_request_id(support::DrawRequestId());
  good.mutable_entry()->set_envelope(Message(mine->filing, mine->filing.signing, "More.", 1, head));
  const auto with = [](crypto::Bytes bytes) { return [bytes](Send& r) { r.mutable_entry()->set_envelope(bytes); }; };
  Refused(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, authorization,
          std::vector<Bad<Send>>{
              {"no request id", "FIELD_INVALID", [](Send& r) { r.clear_request_id(); }},
              {"no envelope", "ENVELOPE_INVALID", with("")},
              {"the report again", "KIND_REFUSED", with(mine->filing.request.entry().envelope())},
              {"signed by another mailbox", "ENVELOPE_INVALID", with(Message(mine->filing, theirs->filing.signing, "x", 1, head))},
              {"to another case", "ENVELOPE_INVALID", with(Message(theirs->filing, mine->filing.signing, "x", 1, head))},
              {"a place further on", "ETAG_STALE", with(Message(mine->filing, mine->filing.signing, "x", 2, head))},
              {"after another entry", "ETAG_STALE", with(Message(mine->filing, mine->filing.signing, "x", 1, crypto::Sha256("x")))},
              {"a new epoch that is not due", "EPOCH_INVALID", [&](Send& r) { *r.mutable_entry()->mutable_epoch() = mine->filing.request.entry().epoch(); }},
              {"a blob that the envelope does not name", "ENVELOPE_INVALID", [&](Send& r) { *r.mutable_entry()->add_blobs() = mine->filing.request.entry().blobs(0); }},
          });
  Refused(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, SignedIn(theirs->filing),
          std::vector<Bad<Send>>{{"in another mailbox's session", "ENVELOPE_INVALID", [](Send&) {}}});
  Refused(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, "", std::vector<Bad<Send>>{{"in no session", "SESSION_REQUIRED", [](Send&) {}}});
  Refused(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, SignedIn("investigator-a"),
          std::vector<Bad<Send>>{{"in a session of staff", "CALLER_NOT_ALLOWED", [](Send&) {}}});
  for (const char* token : {"Bearer", "Bearer ", "Bearer AAAA", "Bearer %%%", "Basic AAAA", "Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})
    Refused(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, token, std::vector<Bad<Send>>{{token, "SESSION_REQUIRED", [](Send&) {}}});

  using Withdraw = v1::WithdrawReportRequest;
  Withdraw withdraw;
  withdraw.set_request_id(support::DrawRequestId());
  Refused(*mailbox_, &v1::MailboxService::Stub::WithdrawReport, withdraw, authorization,
          std::vector<Bad<Withdraw>>{
              {"no etag", "ETAG_STALE", [](Withdraw&) {}},
              {"a long etag", "ETAG_STALE", [](Withdraw& r) { r.set_etag(std::string(100'000, 'e')); }},
              {"no request id", "FIELD_INVALID", [](Withdraw& r) { r.clear_request_id(); }},
          });
  using Exclude = v1::ExcludeReadersRequest;
  Exclude exclude;
  exclude.set_request_id(support::DrawRequestId());
  Refused(*mailbox_, &v1::MailboxService::Stub::ExcludeReaders, exclude, authorization,
          std::vector<Bad<Exclude>>{
              {"nobody", "FIELD_INVALID", [](Exclude&) {}},
              {"a short tag", "FIELD_INVALID", [](Exclude& r) { r.add_tags("short"); }},
              {"more people than one request may name", "FIELD_INVALID",
               [](Exclude& r) { for (int i = 0; i < 17; ++i) r.add_tags(std::string(64, static_cast<char>('a' + i))); }},
              {"a name that is none", "FIELD_INVALID", [](Exclude& r) { r.add_readers("fallback-a"); }},
              {"somebody who is no reader", "FIELD_INVALID", [](Exclude& r) { r.add_readers("staff/admin"); }},
              {"everybody from outside", "FIELD_INVALID",
               [](Exclude& r) { r.add_readers("staff/fallback-a"); r.add_readers("staff/fallback-b"); }},
              {"no request id", "FIELD_INVALID", [](Exclude& r) { r.add_readers("staff/fallback-a"); r.clear_request_id(); }},
          });
  using BadGrant = v1::MailboxServiceReportBadGrantRequest;
  BadGrant bad_grant;
  bad_grant.set_request_id(support::DrawRequestId());
  Refused(*mailbox_, &v1::MailboxService::Stub::ReportBadGrant, bad_grant, authorization,
          std::vector<Bad<BadGrant>>{
              {"no keyring", "FIELD_INVALID", [](BadGrant&) {}},
              {"the team's keyring", "FIELD_INVALID", [](BadGrant& r) { r.set_keyring(v1::KEYRING_TEAM); }},
              {"an epoch to come", "EPOCH_STALE", [](BadGrant& r) { r.set_keyring(v1::KEYRING_THREAD); r.set_epoch(1); }},
          });
  using Messages = v1::ListMessagesRequest;
  using Leaves = v1::ListLeavesRequest;
  for (const std::string& token : {std::string("nonsense"), std::string(10'000, 'a'), std::string("\0\1", 2)}) {
    Refused(*mailbox_, &v1::MailboxService::Stub::ListMessages, {}, authorization,
            std::vector<Bad<Messages>>{{"a token that is none", "FIELD_INVALID", [&](Messages& r) { r.set_page_token(token); }}});
    Refused(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, authorization,
            std::vector<Bad<Leaves>>{{"a token that is none", "FIELD_INVALID", [&](Leaves& r) { r.set_page_token(token); }}});
  }

  using Part = v1::WriteBlobPartRequest;
  Part part;
  part.set_name(format::BlobName(blob.blob));
  part.set_data(std::string(131'072, 'p'));
  Refused(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, authorization,
          std::vector<Bad<Part>>{
              {"no name", "FIELD_INVALID", [](Part& r) { r.clear_name(); }},
              {"an unnamed blob", "BLOB_NOT_NAMED", [](Part& r) { r.set_name(format::BlobName(format::DrawId<format::BlobId>(SystemRandom()))); }},
              {"the second part first", "BLOB_PART_REFUSED", [](Part& r) { r.set_offset(131'072); }},
              {"an odd offset", "BLOB_PART_REFUSED", [](Part& r) { r.set_offset(1); }},
              {"an offset behind the end", "BLOB_PART_REFUSED", [](Part& r) { r.set_offset(0xfffe0000); }},
              {"a byte less", "BLOB_PART_REFUSED", [](Part& r) { r.mutable_data()->pop_back(); }},
              {"a byte more", "BLOB_PART_REFUSED", [](Part& r) { r.mutable_data()->push_back('p'); }},
              {"nothing", "BLOB_PART_REFUSED", [](Part& r) { r.clear_data(); }},
          });
  Refused(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, SignedIn(theirs->filing),
          std::vector<Bad<Part>>{{"in another mailbox's session", "BLOB_NOT_NAMED", [](Part&) {}}});
  using Read = v1::ReadBlobPartRequest;
  Read read;
  read.set_name(format::BlobName(blob.blob));
  Refused(*blobs_, &v1::BlobService::Stub::ReadBlobPart, read, SignedIn(theirs->filing),
          std::vector<Bad<Read>>{{"in another mailbox's session", "NOTHING_HERE", [](Read&) {}}});

  // Controls, and the replay of what was accepted.
  EXPECT_EQ(Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, authorization).reason, "OK");
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, authorization).reason, "OK");
  const auto after = Rows();
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, authorization).reason, "OK") << "the same request, the same answer";
  EXPECT_EQ(Rows(), after);
  Refused(*mailbox_, &v1::MailboxService::Stub::SendMessage, good, authorization,
          std::vector<Bad<Send>>{
              {"replayed under another id", "ETAG_STALE", [](Send& r) { r.set_request_id(support::DrawRequestId()); }},
              {"other bytes under the same id", "REQUEST_ID_REUSED", with(Message(mine->filing, mine->filing.signing, "Other.", 1, head))},
          });
  Refused(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, authorization,
          std::vector<Bad<Part>>{{"other bytes in a received part", "BLOB_PART_REFUSED", [](Part& r) { r.mutable_data()->at(5) = 'q'; }}});

  // A session ends when it is told to.
  const auto sessions = v1::SessionService::NewStub(channel_);
  EXPECT_EQ(Ask(*sessions, &v1::SessionService::Stub::DeleteSession, {}, authorization).reason, "OK");
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, authorization).reason, "SESSION_REQUIRED");
}

TEST_F(BadInput_OverTheWire, ASignInIsGoodOnceAndForItsPrincipal) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string principal = format::StaffName("admin");
  v1::CreateChallengeRequest ask;
  ask.set_principal(principal);
  v1::CreateChallengeResponse challenge;
  ASSERT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateChallenge, ask, "", &challenge).reason, "OK");
  using Sign = v1::CreateSessionRequest;
  Sign good;
  good.set_principal(principal);
  good.set_nonce(challenge.nonce());
  good.set_signature(format::SignSignIn(world().SigningKeyOf("admin"), world().organisation().id, world().directory().log_key,
                                        principal, challenge.nonce())->str());
  Refused(*sessions_, &v1::SessionService::Stub::CreateSession, good, "",
          std::vector<Bad<Sign>>{
              {"another principal", "SIGN_IN_REFUSED", [](Sign& r) { r.set_principal("staff/auditor"); }},
              {"no nonce", "SIGN_IN_REFUSED", [](Sign& r) { r.clear_nonce(); }},
              {"a forged nonce", "SIGN_IN_REFUSED", [](Sign& r) { r.set_nonce(Flipped(r.nonce(), 0)); }},
              {"a forged signature", "SIGN_IN_REFUSED", [](Sign& r) { r.set_signature(Flipped(r.signature(), 10)); }},
              {"a short signature", "FIELD_INVALID", [](Sign& r) { r.mutable_signature()->pop_back(); }},
              {"a signature for another server", "SIGN_IN_REFUSED",
               [&](Sign& r) {
                 r.set_signature(format::SignSignIn(world().SigningKeyOf("admin"), format::DrawId<format::OrganisationId>(SystemRandom()),
                                                    world().directory().log_key, principal, r.nonce())->str());
               }},
          });
  EXPECT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateSession, good).reason, "OK") << "control";
  EXPECT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateSession, good).reason, "SIGN_IN_REFUSED") << "replayed";
}

TEST_F(BadInput_OverTheWire, StaffAndAdministratorsAreCheckedToo) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "For one of the desk.", .struck_out = {"staff/investigator-b"}});
  ASSERT_TRUE(filed);
  const std::string staff = SignedIn("investigator-a");
  using Open = v1::OpenCaseRequest;
  Open open;
  open.set_name(filed->name());
  Refused(*cases_, &v1::CaseService::Stub::OpenCase, open, staff,
          std::vector<Bad<Open>>{
              {"no keyring", "FIELD_INVALID", [](Open&) {}},
              {"an unknown keyring", "FIELD_INVALID", [](Open& r) { r.set_keyring(static_cast<v1::Keyring>(99)); }},
              {"no name", "FIELD_INVALID", [](Open& r) { r.clear_name(); }},
              {"capitals", "FIELD_INVALID", [](Open& r) { r.set_name("cases/AAAAAAAAAAAAAAAAAAAAAAAAAA"); r.set_keyring(v1::KEYRING_THREAD); }},
          });
  using Append = v1::AppendEntryRequest;
  const auto envelope = format::ParseEnvelope(filed->filing.request.entry().envelope());
  const crypto::Digest head = format::EntryHash(*envelope);
  Append append;
  append.set_parent(filed->name());
  append.set_request_id(support::DrawRequestId());
  append.mutable_entry()->set_envelope(Message(filed->filing, world().SigningKeyOf("investigator-a"), "Hello.", 1, head));
  Refused(*cases_, &v1::CaseService::Stub::AppendEntry, append, staff,
          std::vector<Bad<Append>>{
              {"signed by a colleague", "ENVELOPE_INVALID", [&](Append& r) { r.mutable_entry()->set_envelope(Message(filed->filing, world().SigningKeyOf("investigator-b"), "x", 1, head)); }},
              {"signed by the reporter", "ENVELOPE_INVALID", [&](Append& r) { r.mutable_entry()->set_envelope(Message(filed->filing, filed->filing.signing, "x", 1, head)); }},
              {"out of order", "ETAG_STALE", [&](Append& r) { r.mutable_entry()->set_envelope(Message(filed->filing, world().SigningKeyOf("investigator-a"), "x", 5, head)); }},
              {"no request id", "FIELD_INVALID", [](Append& r) { r.clear_request_id(); }},
          });
  // Kinds that are the reporter's, the other keyring's, or have a method of their own.
  for (const format::EntryKind kind :
       {format::EntryKind::kReport, format::EntryKind::kNote, format::EntryKind::kInterview, format::EntryKind::kAssessmentAtIntake,
        format::EntryKind::kFieldsReleased, format::EntryKind::kSummaryAnswer, format::EntryKind::kSummaryServed, format::EntryKind::kChange,
        format::EntryKind::kCheckIn, format::EntryKind::kReceiptRotated, format::EntryKind::kAllegation}) {
    const std::string envelope_of_kind = Message(filed->filing, world().SigningKeyOf("investigator-a"), "x", 1, head, kind);
    Refused(*cases_, &v1::CaseService::Stub::AppendEntry, append, staff,
            std::vector<Bad<Append>>{{"a kind that is not theirs to write there", "KIND_REFUSED",
                                      [&](Append& r) { r.mutable_entry()->set_envelope(envelope_of_kind); }}});
  }
  using Claim = v1::ClaimCaseRequest;
  Claim claim;
  claim.set_name(filed->name());
  claim.set_request_id(support::DrawRequestId());
  Refused(*cases_, &v1::CaseService::Stub::ClaimCase, claim, staff, std::vector<Bad<Claim>>{{"no etag", "ETAG_STALE", [](Claim&) {}}});
  using Change = v1::ChangeCaseStateRequest;
  Change change;
  change.set_name(filed->name());
  change.set_request_id(support::DrawRequestId());
  Refused(*cases_, &v1::CaseService::Stub::ChangeCaseState, change, staff,
          std::vector<Bad<Change>>{
              {"no state", "FIELD_INVALID", [](Change&) {}},
              {"an unknown state", "FIELD_INVALID", [](Change& r) { r.set_state(static_cast<v1::CaseState>(400)); }},
              {"an old etag", "ETAG_STALE", [](Change& r) { r.set_state(v1::CASE_STATE_ACKNOWLEDGED); r.set_etag("old"); }},
          });
  using Cases = v1::ListCasesRequest;
  Refused(*cases_, &v1::CaseService::Stub::ListCases, {}, staff,
          std::vector<Bad<Cases>>{{"a token that is none", "FIELD_INVALID", [](Cases& r) { r.set_page_token("nonsense"); }}});
  using History = v1::ListHistoryRequest;
  History history;
  history.set_parent(filed->name());
  Refused(*cases_, &v1::CaseService::Stub::ListHistory, history, staff,
          std::vector<Bad<History>>{{"a token that is none", "FIELD_INVALID", [](History& r) { r.set_page_token("nonsense"); }}});
  using Recuse = v1::RecuseFromCaseRequest;
  Recuse recuse;
  recuse.set_name(filed->name());
  recuse.set_request_id(support::DrawRequestId());
  Refused(*cases_, &v1::CaseService::Stub::RecuseFromCase, recuse, staff,
          std::vector<Bad<Recuse>>{
              {"no request id", "FIELD_INVALID", [](Recuse& r) { r.clear_request_id(); }},
              {"a name that is none", "FIELD_INVALID", [](Recuse& r) { r.set_name("cases/none"); }},
          });
  using Correct = v1::CorrectSubjectsRequest;
  Correct correct;
  correct.set_name(filed->name());
  correct.set_request_id(support::DrawRequestId());
  Refused(*cases_, &v1::CaseService::Stub::CorrectSubjects, correct, staff,
          std::vector<Bad<Correct>>{
              {"nobody", "FIELD_INVALID", [](Correct&) {}},
              {"a short tag", "FIELD_INVALID", [](Correct& r) { r.add_subjects("short"); }},
              {"an old etag", "ETAG_STALE", [](Correct& r) { r.add_subjects(std::string(64, 'a')); r.set_etag("old"); }},
          });
  using Link = v1::LinkCasesRequest;
  Link link;
  link.set_name(filed->name());
  link.set_other(filed->name());
  link.set_request_id(support::DrawRequestId());
  v1::GetCaseRequest get;
  v1::GetCaseResponse got;
  get.set_name(filed->name());
  ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::GetCase, get, staff, &got).reason, "OK");
  link.set_etag(got.case_().etag());
  Refused(*cases_, &v1::CaseService::Stub::LinkCases, link, staff,
          std::vector<Bad<Link>>{
              {"with itself", "LINK_REFUSED", [](Link&) {}},
              {"no other", "FIELD_INVALID", [](Link& r) { r.clear_other(); }},
              {"an old etag", "ETAG_STALE", [](Link& r) { r.set_etag("old"); }},
          });
  using BadGrant = v1::CaseServiceReportBadGrantRequest;
  BadGrant bad_grant;
  bad_grant.set_name(filed->name());
  bad_grant.set_request_id(support::DrawRequestId());
  Refused(*cases_, &v1::CaseService::Stub::ReportBadGrant, bad_grant, staff,
          std::vector<Bad<BadGrant>>{
              {"no keyring", "FIELD_INVALID", [](BadGrant&) {}},
              {"a keyring that has no epoch", "EPOCH_STALE", [](BadGrant& r) { r.set_keyring(v1::KEYRING_TEAM); }},
              {"an epoch to come", "EPOCH_STALE", [](BadGrant& r) { r.set_keyring(v1::KEYRING_THREAD); r.set_epoch(7); }},
          });

  const auto admin = v1::AdminService::NewStub(channel_);
  const std::string administrator = SignedIn("admin");
  using Directory = v1::PublishDirectoryRequest;
  Directory directory;
  directory.set_request_id(support::DrawRequestId());
  Refused(*admin, &v1::AdminService::Stub::PublishDirectory, directory, administrator,
          std::vector<Bad<Directory>>{
              {"no note", "NOTE_INVALID", [](Directory&) {}},
              {"nonsense", "NOTE_INVALID", [](Directory& r) { r.set_note(std::string(100'000, 'n')); }},
              {"an unsigned directory", "NOTE_INVALID", [&](Directory& r) { r.set_note(*format::DirectoryText(world().directory())); }},
          });
  Refused(*admin, &v1::AdminService::Stub::PublishDirectory, directory, "",
          std::vector<Bad<Directory>>{{"by a stranger, after the founding", "SESSION_REQUIRED", [](Directory&) {}}});
  Refused(*admin, &v1::AdminService::Stub::PublishDirectory, directory, staff,
          std::vector<Bad<Directory>>{{"by an investigator", "CALLER_NOT_ALLOWED", [](Directory&) {}}});
  using Policy = v1::PublishPolicyRequest;
  Policy policy;
  policy.set_request_id(support::DrawRequestId());
  Refused(*admin, &v1::AdminService::Stub::PublishPolicy, policy, administrator,
          std::vector<Bad<Policy>>{{"no note", "NOTE_INVALID", [](Policy&) {}}});
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::AppendEntry, append, staff).reason, "OK") << "control";
}

TEST_F(BadInput_OverTheWire, PastAPointNobodyMovesACaseWithoutItsAssessment) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Nobody has asked what may happen to me.", .struck_out = {"staff/investigator-b"}});
  ASSERT_TRUE(filed);
  const std::string staff = SignedIn("investigator-a");
  using Change = v1::ChangeCaseStateRequest;
  const auto moving = [&](v1::CaseState state) {
    v1::GetCaseRequest get;
    v1::GetCaseResponse got;
    get.set_name(filed->name());
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::GetCase, get, staff, &got).reason, "OK");
    Change change;
    change.set_name(filed->name());
    change.set_request_id(support::DrawRequestId());
    change.set_etag(got.case_().etag());
    change.set_state(state);
    return change;
  };
  ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, moving(v1::CASE_STATE_ACKNOWLEDGED), staff).reason, "OK");
  ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, moving(v1::CASE_STATE_TRIAGE), staff).reason, "OK");
  const auto before = Rows();
  for (const v1::CaseState state : {v1::CASE_STATE_ACCEPTED, v1::CASE_STATE_REFERRED, v1::CASE_STATE_OUT_OF_SCOPE})
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, moving(state), staff).reason, "ASSESSMENT_MISSING");
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, moving(v1::CASE_STATE_CLOSED), staff).reason, "TRANSITION_REFUSED");
  auto after = Rows();
  EXPECT_EQ(after[base::Table::kCase], 1u);
  EXPECT_EQ(after[base::Table::kCaseLeaf], before.at(base::Table::kCaseLeaf)) << "nothing is told";
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ChangeCaseState, moving(v1::CASE_STATE_INFORMATION_NEEDED), staff).reason, "OK") << "control";
}

TEST_F(BadInput_OverTheWire, BytesThatAreNoMessageAreNoFilingEither) {
  ASSERT_NO_FATAL_FAILURE(Start());
  support::Reporter reporter(world(), channel_);
  const auto good = reporter.Prepare("Good.");
  ASSERT_TRUE(good.ok());
  const std::string bytes = good->request.SerializeAsString();
  const auto before = Rows();
  for (const char* method : {"/alcove.v1.IntakeService/SubmitReport", "/alcove.v1.IntakeService/PlanReport",
                             "/alcove.v1.SessionService/CreateSession", "/alcove.v1.LedgerService/GetInclusionProof"}) {
    for (const std::string& nonsense : {std::string(200, '\xff'), bytes.substr(0, bytes.size() / 2), std::string("\x0a\xff\xff\xff\xff\x7f")})
      EXPECT_EQ(Raw(method, nonsense).reason, "FIELD_INVALID") << method;
  }
  // gRPC itself refuses what is too long before anybody reads it, and knows no reasons of ours.
  const Heard large = Raw("/alcove.v1.IntakeService/SubmitReport", bytes + std::string(300 * 1024, '\0'));
  EXPECT_EQ(large.code, grpc::StatusCode::RESOURCE_EXHAUSTED) << large;
  EXPECT_NE(large.message.find("larger than max"), std::string::npos) << "what clients know it by (client/lib/errors)";
  EXPECT_EQ(Raw("/alcove.v1.IntakeService/NoSuchMethod", "").code, grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Raw("/alcove.v1.VoiceService/ListConcerns", "").code, grpc::StatusCode::UNIMPLEMENTED);
  EXPECT_EQ(Rows(), before);
  EXPECT_EQ(Raw("/alcove.v1.IntakeService/SubmitReport", bytes).reason, "OK") << "control";
}

TEST_F(BadInput_OverTheWire, NoMethodAnswersNonsenseWithoutAReason) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Between all the nonsense."});
  ASSERT_TRUE(filed);
  // Fields 1 to 8 as bytes, as numbers, as nested messages; the generated code takes what fits and drops the rest.
  std::vector<std::string> nonsense{""};
  for (const std::string& value : {std::string("x"), std::string(3000, '\xff'), std::string("\x0a\x00", 2), std::string(40, '\0'), filed->name(),
                                   std::string("staff/admin")}) {
    std::string bytes;
    for (int field = 1; field <= 8; ++field) {
      bytes.push_back(static_cast<char>(field << 3 | 2));
      if (value.size() > 127) bytes.push_back(static_cast<char>((value.size() & 0x7f) | 0x80));
      bytes.push_back(static_cast<char>(value.size() > 127 ? value.size() >> 7 : value.size()));
      bytes += value;
    }
    nonsense.push_back(bytes);
  }
  std::string numbers;
  for (int field = 1; field <= 8; ++field) numbers += std::string(1, static_cast<char>(field << 3)) + "\xff\xff\xff\xff\x0f";
  nonsense.push_back(numbers);

  const std::vector<std::string> callers{"", SignedIn(filed->filing), SignedIn("investigator-a"), SignedIn("admin"), SignedIn("auditor"), SignedIn("hr"),
                                         SignedIn("officer")};
  int calls = 0;
  for (const google::protobuf::Descriptor* request :
       {v1::CreateSessionRequest::descriptor(), v1::GetDirectoryRequest::descriptor(), v1::GetBlobRequest::descriptor(), v1::GetIntakeRequest::descriptor(),
        v1::GetMailboxRequest::descriptor(), v1::GetCaseRequest::descriptor(), v1::GetPolicyRequest::descriptor(), v1::CreateSyncRequest::descriptor(),
        v1::ListAlertsRequest::descriptor()}) {
    const google::protobuf::ServiceDescriptor& service = *request->file()->service(0);
    for (int method = 0; method < service.method_count(); ++method) {
      const std::string path = "/" + service.full_name() + "/" + service.method(method)->name();
      if (path.ends_with("/DeleteSession")) continue;  // the callers' sessions are still wanted
      for (const std::string& caller : callers) {
        for (const std::string& bytes : nonsense) {
          // A stream that is let in goes on until its caller has enough.
          const bool streams = service.method(method)->server_streaming();
          const Heard heard = streams ? Raw(path, bytes, caller, std::chrono::milliseconds(1500)) : Raw(path, bytes, caller);
          ++calls;
          const bool watched = streams && heard.code == grpc::StatusCode::DEADLINE_EXCEEDED;
          EXPECT_TRUE(watched || !heard.reason.starts_with("code ")) << path << ": " << heard;
        }
      }
    }
  }
  EXPECT_GT(calls, 900);
  EXPECT_TRUE(server_->running());
  EXPECT_EQ(Rows()[base::Table::kCase], 1U);
  const auto read = support::Reporter(world(), channel_).ReadBack(filed->filing);
  EXPECT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  EXPECT_EQ(Log().find("invariant_broken"), std::string::npos) << Log();
}

}  // namespace
}  // namespace alcove::promises
