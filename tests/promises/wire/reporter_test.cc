// Check-ins and new receipts against a real alcoved: the old words are those of a mailbox that never was, also after kill -9
// at any moment, and what is wrong gets a named reason and changes nothing.
#include <chrono>
#include <ctime>
#include <functional>
#include <thread>

#include "alcove/sealed/v1/sealed.pb.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/signin.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using format::EntryKind;

class ReporterScene : public Scene {
 protected:
  struct Words {
    format::MailboxId mailbox = format::DrawId<format::MailboxId>(SystemRandom());
    crypto::DecryptionKey decryption = crypto::DecryptionKey::Draw(SystemRandom());
    crypto::SigningKey signing = crypto::SigningKey::Draw(SystemRandom());
    std::string principal() const { return format::MailboxName(mailbox); }
  };

  // An entry that follows the filing; with the next epoch where `recipients` are given.
  v1::NewEntry Seal(const support::Filing& filing, EntryKind kind, const std::string& body,
                    const std::vector<format::Recipient>* recipients = nullptr) const {
    v1::NewEntry entry;
    format::EnvelopeContext context;
    context.kind = kind;
    context.keyring = format::Keyring::kThread;
    context.organisation = world().organisation().id;
    context.case_id = filing.case_id;
    context.entry = format::DrawId<format::EntryId>(SystemRandom());
    context.sequence = 1;
    context.previous = format::EntryHash(*format::ParseEnvelope(filing.request.entry().envelope()));
    context.day = format::Day::OfUnixSeconds(std::time(nullptr));
    context.epoch_record_hash = format::EpochRecordHash(filing.request.entry().epoch().record());
    std::optional<format::NewEpoch> epoch;
    if (recipients != nullptr) {
      const auto before = format::ParseEpoch(filing.request.entry().epoch().record());
      auto made = format::MakeEpoch({context.organisation, filing.case_id, format::Keyring::kThread, 1}, *recipients,
                                    &filing.epoch_key, crypto::KeyIdOf(filing.signing.verify_key()),
                                    before->directory_version, SystemRandom());
      EXPECT_TRUE(made.ok()) << made.status();
      epoch = *std::move(made);
      context.epoch = 1;
      context.epoch_record_hash = format::EpochRecordHash(epoch->record);
      entry.mutable_epoch()->set_record(epoch->record);
      for (const crypto::Bytes& grant : epoch->grants) entry.mutable_epoch()->add_grants(grant);
    }
    auto envelope = format::SealEnvelope(context, epoch ? epoch->key : filing.epoch_key, filing.signing, body, SystemRandom());
    EXPECT_TRUE(envelope.ok()) << envelope.status();
    entry.set_envelope(*std::move(envelope));
    return entry;
  }
  // Everybody who could read the filing, and the new mailbox in the place of the old one.
  std::vector<format::Recipient> Recipients(const support::Filing& filing, const Words& fresh) const {
    const auto before = format::ParseEpoch(filing.request.entry().epoch().record());
    std::vector<format::Recipient> recipients{{fresh.decryption.encryption_key(), format::ReleaseCondition::kMailbox}};
    for (std::size_t i = 1; i < before->reader_count; ++i) {
      const format::EpochReader reader = before->ReaderAt(i);
      recipients.push_back({*world().KeyOf(reader.key.str()), reader.condition});
    }
    return recipients;
  }
  v1::RotateReceiptRequest Rotation(const support::Filing& filing, const Words& fresh) const {
    v1::RotateReceiptRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_mailbox(fresh.principal());
    request.set_mailbox_encryption_key(fresh.decryption.encryption_key().str());
    request.set_mailbox_signing_key(fresh.signing.verify_key().str());
    sealed::v1::ReceiptRotated named;
    named.set_mailbox_encryption_key(request.mailbox_encryption_key());
    named.set_mailbox_signing_key(request.mailbox_signing_key());
    const std::vector<format::Recipient> recipients = Recipients(filing, fresh);
    *request.mutable_entry() = Seal(filing, EntryKind::kReceiptRotated, named.SerializeAsString(), &recipients);
    return request;
  }
  Heard Rotate(const std::string& authorization, const v1::RotateReceiptRequest& request) const {
    return Ask(*mailbox_, &v1::MailboxService::Stub::RotateReceipt, request, authorization);
  }
  Heard Look(const std::string& authorization, v1::GetMailboxResponse* response = nullptr) const {
    return Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, authorization, response);
  }
  // All that is heard by whoever signs in with these keys.
  Heard SignInHeard(const std::string& principal, const crypto::SigningKey& key) const {
    v1::CreateChallengeRequest challenge;
    challenge.set_principal(principal);
    v1::CreateChallengeResponse nonce;
    EXPECT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateChallenge, challenge, {}, &nonce).reason, "OK");
    v1::CreateSessionRequest request;
    request.set_principal(principal);
    request.set_nonce(nonce.nonce());
    request.set_signature(format::SignSignIn(key, world().organisation().id, world().directory().log_key, principal,
                                             nonce.nonce())->str());
    return Ask(*sessions_, &v1::SessionService::Stub::CreateSession, request);
  }
  // A refusal as whoever never filed anything hears it.
  Heard NeverWas() const {
    const Words nobody;
    return SignInHeard(nobody.principal(), nobody.signing);
  }
};

class P3_NoOracle_Rotation : public ReporterScene {};
class P9_Durable_Rotation : public ReporterScene {};
class BadInput_Reporter : public ReporterScene {};

TEST_F(P3_NoOracle_Rotation, TheOldWordsSoundLikeAMailboxThatNeverWas) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "Somebody found my paper."});
  ASSERT_TRUE(filed);
  const std::string old_principal = filed->filing.request.mailbox();
  const std::string session = SignedIn(filed->filing);
  ASSERT_EQ(SignInHeard(old_principal, filed->filing.signing).reason, "OK") << "control";
  ASSERT_NE(SignInHeard(old_principal, filed->filing.signing), NeverWas()) << "control";
  const Words fresh;
  ASSERT_EQ(Rotate(session, Rotation(filed->filing, fresh)).reason, "OK");

  EXPECT_EQ(SignInHeard(old_principal, filed->filing.signing), NeverWas()) << "same bytes";
  EXPECT_EQ(Look(session).reason, "SESSION_REQUIRED") << "the session ended at once";
  EXPECT_EQ(Look(session), Look("Bearer AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"));
  const auto token = support::SignIn(channel_, world().organisation().id, world().directory().log_key, fresh.principal(),
                                     fresh.signing);
  ASSERT_TRUE(token.ok()) << token.status();
  v1::GetMailboxResponse mailbox;
  ASSERT_EQ(Look(*token, &mailbox).reason, "OK");
  EXPECT_EQ(mailbox.case_(), filed->name());
  ASSERT_EQ(mailbox.former_signing_keys_size(), 1);
  EXPECT_EQ(mailbox.former_signing_keys(0), filed->filing.signing.verify_key().str());
  EXPECT_EQ(Rotate(*token, Rotation(filed->filing, Words())).reason, "ENVELOPE_INVALID") << "signed by the old key: over";

  Kill();
  const auto decoded = Decode();
  const crypto::KeyId old_key = crypto::KeyIdOf(filed->filing.decryption.encryption_key());
  int to_old = 0;
  int to_new = 0;
  ASSERT_TRUE(decoded->rows().Scan<cases::Epoch>("", "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
    for (const crypto::Bytes& bytes : row.record.grants) {
      const auto grant = format::ParseGrant(bytes);
      if (!grant.ok()) continue;
      to_old += grant->recipient == old_key;
      to_new += grant->recipient == crypto::KeyIdOf(fresh.decryption.encryption_key());
    }
    return true;
  }).ok());
  EXPECT_EQ(to_old, 0) << "no grant to the old key lies in storage";
  EXPECT_EQ(to_new, 1) << "control";
  EXPECT_EQ(decoded->Contents(base::Table::kMailbox).size(), 1u);
}

TEST_F(P9_Durable_Rotation, AfterKillNineExactlyOneOfTheTwoReceiptsOpensTheCase) {
  ASSERT_NO_FATAL_FAILURE(Start());
  int carried_out = 0;
  for (int round = 0; round < 8; ++round) {
    const auto filed = File({.narrative = "In the middle of it."});
    ASSERT_TRUE(filed);
    const std::string session = SignedIn(filed->filing);
    const Words fresh;
    const v1::RotateReceiptRequest request = Rotation(filed->filing, fresh);
    std::string heard;
    std::thread caller([&] { heard = Rotate(session, request).reason; });
    std::this_thread::sleep_for(std::chrono::milliseconds(round * 2));
    Kill();
    caller.join();
    ASSERT_NO_FATAL_FAILURE(Start());
    const bool old_words = SignInHeard(filed->filing.request.mailbox(), filed->filing.signing).reason == "OK";
    const bool new_words = SignInHeard(fresh.principal(), fresh.signing).reason == "OK";
    EXPECT_NE(old_words, new_words) << round;
    EXPECT_TRUE(heard != "OK" || new_words) << round << ": acknowledged and lost";
    carried_out += new_words;
  }
  EXPECT_GT(carried_out, 0) << "control: the later kills come too late";
}

TEST_F(BadInput_Reporter, ARotationThatDoesNotCheckChangesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "One."});
  const auto other = File({.narrative = "Two."});
  ASSERT_TRUE(filed && other);
  const std::string session = SignedIn(filed->filing);
  const Words fresh;
  const v1::RotateReceiptRequest good = Rotation(filed->filing, fresh);
  const auto before = Rows();
  using R = v1::RotateReceiptRequest;
  const std::vector<std::tuple<std::string, std::string, std::function<void(R&)>>> all = {
      {"nothing", "FIELD_INVALID", [](R& r) { r.Clear(); }},
      {"no request id", "FIELD_INVALID", [](R& r) { r.clear_request_id(); }},
      {"no mailbox", "FIELD_INVALID", [](R& r) { r.clear_mailbox(); }},
      {"a zero mailbox", "FIELD_INVALID", [](R& r) { r.set_mailbox("mailboxes/aaaaaaaaaaaaaaaaaaaaaaaaaa"); }},
      {"its own mailbox", "FIELD_INVALID", [&](R& r) { r.set_mailbox(filed->filing.request.mailbox()); }},
      {"another's mailbox", "FIELD_INVALID", [&](R& r) { r.set_mailbox(other->filing.request.mailbox()); }},
      {"a short key", "FIELD_INVALID", [](R& r) { r.mutable_mailbox_encryption_key()->pop_back(); }},
      {"a weak key", "FIELD_INVALID", [](R& r) { r.set_mailbox_encryption_key(std::string(32, '\0')); }},
      {"another key than the grant's", "GRANTS_MISMATCH",
       [](R& r) { r.set_mailbox_encryption_key(crypto::DecryptionKey::Draw(SystemRandom()).encryption_key().str()); }},
      {"the old signing key", "FIELD_INVALID",
       [&](R& r) { r.set_mailbox_signing_key(filed->filing.request.mailbox_signing_key()); }},
      {"no entry", "ENVELOPE_INVALID", [](R& r) { r.clear_entry(); }},
      {"a flipped bit", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_envelope()->at(300) ^= 1; }},
      {"no epoch", "EPOCH_STALE", [](R& r) { r.mutable_entry()->clear_epoch(); }},
      {"a grant missing", "GRANTS_MISMATCH", [](R& r) { r.mutable_entry()->mutable_epoch()->mutable_grants()->RemoveLast(); }},
      {"a message", "KIND_REFUSED",
       [&](R& r) { *r.mutable_entry() = Seal(filed->filing, EntryKind::kMessage, "x"); }},
      {"another case's", "ENVELOPE_INVALID", [&](R& r) { *r.mutable_entry() = Rotation(other->filing, fresh).entry(); }},
  };
  for (const auto& [what, reason, spoil] : all) {
    R request = good;
    spoil(request);
    EXPECT_EQ(Rotate(session, request).reason, reason) << what;
  }
  EXPECT_EQ(Rows(), before) << "something was stored";
  EXPECT_EQ(Rotate("", good).reason, "SESSION_REQUIRED");
  v1::SendMessageRequest message;
  message.set_request_id(support::DrawRequestId());
  *message.mutable_entry() = good.entry();
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, message, session).reason, "KIND_REFUSED");
  EXPECT_EQ(Rotate(session, good).reason, "OK") << "control";
}

TEST_F(BadInput_Reporter, ACheckInThatIsNotDueOrDoesNotCheckChangesNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto filed = File({.narrative = "One."});
  ASSERT_TRUE(filed);
  support::Reporter reporter(world(), channel_);
  const auto second = reporter.Prepare("Worse since.");
  ASSERT_TRUE(second.ok()) << second.status();
  const std::string session = SignedIn(filed->filing);
  v1::AnswerCheckInRequest good;
  good.set_request_id(support::DrawRequestId());
  good.set_since(v1::CHECK_IN_SINCE_FILING);
  good.set_days(30);
  sealed::v1::CheckIn body;
  body.set_days(30);
  *good.mutable_entry() = Seal(filed->filing, EntryKind::kCheckIn, body.SerializeAsString());
  *good.mutable_retaliation() = second->request;
  const auto before = Rows();
  using R = v1::AnswerCheckInRequest;
  const std::vector<std::tuple<std::string, std::string, std::function<void(R&)>>> all = {
      {"not due", "CHECK_IN_REFUSED", [](R&) {}},
      {"not due, without a report", "CHECK_IN_REFUSED", [](R& r) { r.clear_retaliation(); }},
      {"other days", "CHECK_IN_REFUSED", [](R& r) { r.set_days(31); }},
      {"of an open case's closing", "CHECK_IN_REFUSED", [](R& r) { r.set_since(v1::CHECK_IN_SINCE_CLOSING); }},
      {"nothing", "FIELD_INVALID", [](R& r) { r.Clear(); }},
      {"no series", "FIELD_INVALID", [](R& r) { r.clear_since(); }},
      {"a series that is none", "FIELD_INVALID", [](R& r) { r.set_since(static_cast<v1::CheckInSince>(3)); }},
      {"no days", "FIELD_INVALID", [](R& r) { r.clear_days(); }},
      {"too many days", "FIELD_INVALID", [](R& r) { r.set_days(65536); }},
      {"no request id", "FIELD_INVALID", [](R& r) { r.clear_request_id(); }},
      {"no entry", "ENVELOPE_INVALID", [](R& r) { r.clear_entry(); }},
      {"a flipped bit", "ENVELOPE_INVALID", [](R& r) { r.mutable_entry()->mutable_envelope()->at(300) ^= 1; }},
      {"a message", "KIND_REFUSED", [&](R& r) { *r.mutable_entry() = Seal(filed->filing, EntryKind::kMessage, "x"); }},
      {"a report without a mailbox", "FIELD_INVALID", [](R& r) { r.mutable_retaliation()->clear_mailbox(); }},
      {"a report with a short key", "FIELD_INVALID",
       [](R& r) { r.mutable_retaliation()->mutable_mailbox_signing_key()->pop_back(); }},
  };
  for (const auto& [what, reason, spoil] : all) {
    R request = good;
    spoil(request);
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::AnswerCheckIn, request, session).reason, reason) << what;
  }
  EXPECT_EQ(Rows(), before) << "something was stored";
  v1::SendMessageRequest message;
  message.set_request_id(support::DrawRequestId());
  *message.mutable_entry() = good.entry();
  EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, message, session).reason, "KIND_REFUSED");
  v1::GetMailboxResponse mailbox;
  ASSERT_EQ(Look(session, &mailbox).reason, "OK");
  ASSERT_EQ(mailbox.check_ins_size(), 4);
  EXPECT_EQ(mailbox.check_ins(0).days(), 30u);
  EXPECT_FALSE(mailbox.check_ins(0).open());
  EXPECT_FALSE(mailbox.assignee().empty());
}

}  // namespace
}  // namespace alcove::promises
