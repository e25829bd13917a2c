#include "tests/support/filing.h"

#include <ctime>
#include <utility>
#include <vector>

#include "alcove/sealed/v1/sealed.pb.h"
#include "crypto/encoding.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/identity.h"
#include "crypto/random.h"
#include "tests/support/sign_in.h"

namespace alcove::support {
namespace {

using crypto::SystemRandom;

absl::Status Lost(std::string_view what) { return absl::DataLossError(std::string(what)); }

}  // namespace

std::string DrawRequestId() {
  crypto::Bytes raw = SystemRandom().Draw(16);
  raw[6] = static_cast<char>((raw[6] & 0x0f) | 0x40);
  raw[8] = static_cast<char>((raw[8] & 0x3f) | 0x80);
  std::string text = crypto::HexEncode(raw);
  for (const std::size_t at : {8u, 13u, 18u, 23u}) text.insert(at, "-");
  return text;
}

Reporter::Reporter(const World& world, std::shared_ptr<grpc::Channel> channel)
    : world_(world),
      channel_(std::move(channel)),
      intake_(v1::IntakeService::NewStub(channel_)),
      mailbox_(v1::MailboxService::NewStub(channel_)) {}

absl::StatusOr<Filing> Reporter::Prepare(const Draft& draft) {
  v1::PlanReportRequest ask;
  ask.mutable_facts()->add_categories("harassment.protected_basis");
  ask.mutable_facts()->set_language("en");
  ask.mutable_facts()->set_site(draft.site);
  for (const crypto::SubjectTag& tag : draft.subjects) ask.add_subjects(tag.str());
  for (const crypto::SubjectTag& tag : draft.keep_out) ask.add_keep_out(tag.str());
  for (const std::string& name : draft.struck_out) ask.add_struck_out(name);
  ask.set_escrow(draft.escrow);
  v1::PlanReportResponse plan;
  {
    grpc::ClientContext context;
    SetDeadline(context);
    if (auto s = FromGrpc(intake_->PlanReport(&context, ask, &plan)); !s.ok()) return s;
  }
  auto case_id = format::ParseCaseName(plan.case_());
  if (!case_id.ok()) return case_id.status();

  Filing filing{{},
                crypto::DecryptionKey::Draw(SystemRandom()),
                crypto::SigningKey::Draw(SystemRandom()),
                *case_id,
                draft.narrative,
                format::EpochKey::Draw(SystemRandom())};
  const format::EpochScope scope{world_.organisation().id, *case_id, format::Keyring::kThread, 0};
  std::vector<format::Recipient> recipients{
      {filing.decryption.encryption_key(), format::ReleaseCondition::kMailbox}};
  for (const v1::Reader& reader : plan.readers()) {
    const crypto::EncryptionKey* key = world_.KeyOf(reader.key_id());
    if (key == nullptr) return Lost("the plan names a key that the directory does not hold");
    recipients.push_back({*key, static_cast<format::ReleaseCondition>(reader.condition())});
  }
  if (draft.change_recipients) draft.change_recipients(recipients);
  auto epoch = format::MakeEpoch(scope, recipients, nullptr, crypto::KeyIdOf(filing.signing.verify_key()),
                                 plan.directory_version(), SystemRandom());
  if (!epoch.ok()) return epoch.status();

  sealed::v1::Report report;
  report.set_form_version(1);
  report.set_language("en");
  report.set_disclosure(sealed::v1::DISCLOSURE_ANONYMOUS);
  report.set_narrative(draft.narrative);
  report.add_categories("harassment.protected_basis");
  format::EnvelopeContext context;
  context.kind = format::EntryKind::kReport;
  context.keyring = format::Keyring::kThread;
  context.organisation = world_.organisation().id;
  context.case_id = *case_id;
  context.entry = format::DrawId<format::EntryId>(SystemRandom());
  context.day = format::Day::OfUnixSeconds(std::time(nullptr)).PlusDays(draft.days_later);
  context.epoch_record_hash = format::EpochRecordHash(epoch->record);
  context.blobs_hash = format::BlobsHash(draft.blobs);
  auto envelope =
      format::SealEnvelope(context, epoch->key, filing.signing, report.SerializeAsString(), SystemRandom());
  if (!envelope.ok()) return envelope.status();

  v1::SubmitReportRequest& request = filing.request;
  request.set_request_id(DrawRequestId());
  request.set_plan(plan.plan());
  request.set_mailbox(format::MailboxName(format::DrawId<format::MailboxId>(SystemRandom())));
  request.set_mailbox_encryption_key(filing.decryption.encryption_key().str());
  request.set_mailbox_signing_key(filing.signing.verify_key().str());
  request.mutable_entry()->set_envelope(*std::move(envelope));
  request.mutable_entry()->mutable_epoch()->set_record(std::move(epoch->record));
  for (const format::NamedBlob& blob : draft.blobs) {
    v1::BlobName* named = request.mutable_entry()->add_blobs();
    named->set_blob(format::BlobName(blob.blob));
    named->set_size(blob.size);
  }
  if (!draft.identity.empty()) {
    std::vector<crypto::EncryptionKey> custodians;
    for (const v1::Reader& custodian : plan.custodians()) {
      const crypto::EncryptionKey* key = world_.KeyOf(custodian.key_id());
      if (key == nullptr) return Lost("the plan names a custodian that the directory does not hold");
      custodians.push_back(*key);
    }
    auto identity = format::SealIdentity(world_.organisation().id, *case_id, custodians,
                                         static_cast<uint8_t>(plan.custodian_threshold()), plan.directory_version(),
                                         epoch->key, draft.identity, SystemRandom());
    if (!identity.ok()) return identity.status();
    request.mutable_identity()->set_sealed(*std::move(identity));
  }
  filing.epoch_key = std::move(epoch->key);
  for (crypto::Bytes& grant : epoch->grants) request.mutable_entry()->mutable_epoch()->add_grants(std::move(grant));
  return filing;
}

absl::StatusOr<v1::SubmitReportResponse> Reporter::Submit(const v1::SubmitReportRequest& request) {
  grpc::ClientContext context;
  SetDeadline(context);
  v1::SubmitReportResponse response;
  if (auto s = FromGrpc(intake_->SubmitReport(&context, request, &response)); !s.ok()) return s;
  return response;
}

absl::StatusOr<std::string> Reporter::ReadBack(const Filing& filing, Readers readers) {
  auto authorization = SignIn(channel_, world_.organisation().id, world_.directory().log_key, filing.request.mailbox(),
                              filing.signing);
  if (absl::IsUnavailable(authorization.status()) || absl::IsResourceExhausted(authorization.status())) {
    return authorization.status();
  }
  if (!authorization.ok()) return absl::NotFoundError("the mailbox does not let its reporter in");
  v1::GetMailboxResponse mailbox;
  {
    grpc::ClientContext context;
    SetDeadline(context);
    context.AddMetadata("authorization", *authorization);
    if (auto s = FromGrpc(mailbox_->GetMailbox(&context, {}, &mailbox)); !s.ok()) return s;
  }
  v1::ListMessagesResponse messages;
  {
    grpc::ClientContext context;
    SetDeadline(context);
    context.AddMetadata("authorization", *authorization);
    if (auto s = FromGrpc(mailbox_->ListMessages(&context, {}, &messages)); !s.ok()) return s;
  }
  if (mailbox.case_() != format::CaseName(filing.case_id)) return Lost("the mailbox belongs to another case");
  if (messages.entries_size() != 1 || mailbox.thread_length() != 1) return Lost("there is not exactly one entry");
  if (messages.entries(0).envelope() != filing.request.entry().envelope()) return Lost("the envelope is another");
  if (mailbox.epochs_size() != 1 || mailbox.epochs(0).record() != filing.request.entry().epoch().record()) {
    return Lost("the epoch record is another");
  }
  // The mailbox, and everybody the plan named.
  if (mailbox.grants_size() != 1) return Lost("the mailbox's own grant is missing");
  if (readers == Readers::kAsFiled && mailbox.readers_size() != filing.request.entry().epoch().grants_size() - 1)
    return Lost("a reader is missing");
  if (mailbox.leaf_count() < 1) return Lost("the filing has no leaf");

  auto epoch = format::ParseEpoch(mailbox.epochs(0).record());
  if (!epoch.ok()) return Lost("the epoch record does not parse");
  auto grant = format::ParseGrant(mailbox.grants(0).grant());
  if (!grant.ok()) return Lost("the grant does not parse");
  auto key = format::OpenGrant(*grant, *epoch, filing.decryption);
  if (!key.ok()) return Lost("the grant does not open");
  auto envelope = format::ParseEnvelope(messages.entries(0).envelope());
  if (!envelope.ok()) return Lost("the envelope does not parse");
  if (!format::VerifyAuthor(*envelope, filing.signing.verify_key()).ok()) return Lost("the signature does not verify");
  auto plain = format::OpenEnvelope(*envelope, *key);
  if (!plain.ok()) return Lost("the envelope does not open");
  sealed::v1::Report report;
  if (!report.ParseFromArray(plain->bytes.data(), static_cast<int>(plain->bytes.size()))) return Lost("the body does not parse");
  if (report.narrative() != filing.narrative) return Lost("the narrative is another");
  return report.narrative();
}

}  // namespace alcove::support
