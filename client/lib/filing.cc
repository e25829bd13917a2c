#include "client/lib/filing.h"

#include "client/lib/files.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/identity.h"
#include "crypto/format/ids.h"
#include "crypto/format/leaf.h"

namespace alcove::client {
namespace {

absl::StatusOr<std::vector<format::NamedBlob>> NamedBlobs(const std::vector<v1::BlobName>& blobs) {
  std::vector<format::NamedBlob> named;
  for (const v1::BlobName& blob : blobs) {
    const auto id = format::ParseBlobName(blob.blob());
    if (!id.ok()) return Refuse(Refusal::kInputInvalid, "an attachment's name is not one");
    named.push_back({*id, blob.size()});
  }
  return named;
}

}  // namespace

absl::StatusOr<SealedReport> SealReport(const Connection& connection, const CheckedPlan& plan,
                                        sealed::v1::Report report, const sealed::v1::Identity* identity,
                                        const std::vector<v1::BlobName>& blobs, const crypto::Receipt& receipt,
                                        format::Day today, crypto::Random& random) {
  const format::OrganisationId& organisation = connection.organisation().id;
  const auto case_id = format::ParseCaseName(plan.case_name);
  if (!case_id.ok()) return Refuse(Refusal::kAnswerMalformed, "the case's name is not one");
  auto keys = crypto::DeriveMailboxKeys(receipt, organisation.view());
  if (!keys.ok()) return keys.status();

  std::vector<format::Recipient> recipients;
  recipients.push_back({keys->decryption.encryption_key(), format::ReleaseCondition::kMailbox});
  for (const PlannedReader& reader : plan.readers) {
    recipients.push_back({reader.key, static_cast<format::ReleaseCondition>(reader.condition)});
  }
  const format::EpochScope scope{organisation, *case_id, format::Keyring::kThread, 0};
  auto epoch = format::MakeEpoch(scope, recipients, nullptr, crypto::KeyIdOf(keys->signing.verify_key()),
                                 plan.directory_version, random);
  if (!epoch.ok()) return Refuse(Refusal::kReaderKeyWeak, epoch.status());

  ALCOVE_CLIENT_ASSIGN(const std::vector<format::NamedBlob> named, NamedBlobs(blobs));
  format::EnvelopeContext context;
  context.kind = format::EntryKind::kReport;
  context.keyring = format::Keyring::kThread;
  context.organisation = organisation;
  context.case_id = *case_id;
  context.entry = format::DrawId<format::EntryId>(random);
  context.day = today;
  context.epoch_record_hash = format::EpochRecordHash(epoch->record);
  context.blobs_hash = format::BlobsHash(named);
  std::string body = report.SerializeAsString();
  auto envelope = format::SealEnvelope(context, epoch->key, keys->signing, body, random);
  crypto::Wipe(body);
  if (!envelope.ok()) return Refuse(Refusal::kInputInvalid, "the report is too long (128 KiB of text at most)");

  v1::SubmitReportRequest request;
  request.set_request_id(DrawRequestId(random));
  request.set_plan(plan.plan);
  request.set_mailbox(format::MailboxName(*format::MailboxId::FromBytes(keys->id.view())));
  request.set_mailbox_encryption_key(keys->decryption.encryption_key().str());
  request.set_mailbox_signing_key(keys->signing.verify_key().str());
  v1::NewEntry& entry = *request.mutable_entry();
  entry.set_envelope(*envelope);
  for (const v1::BlobName& blob : blobs) *entry.add_blobs() = blob;
  entry.mutable_epoch()->set_record(epoch->record);
  for (const crypto::Bytes& grant : epoch->grants) entry.mutable_epoch()->add_grants(grant);

  if (identity != nullptr) {
    if (plan.custodians.empty()) return Refuse(Refusal::kCustodyNotOffered, "too few custodians");
    std::vector<crypto::EncryptionKey> custodians;
    for (const PlannedReader& custodian : plan.custodians) custodians.push_back(custodian.key);
    std::string text = identity->SerializeAsString();
    auto sealed = format::SealIdentity(organisation, *case_id, custodians,
                                       static_cast<uint8_t>(plan.custodian_threshold), plan.directory_version,
                                       epoch->key, text, random);
    crypto::Wipe(text);
    if (!sealed.ok()) return Refuse(Refusal::kInputInvalid, "the identity cannot be sealed");
    request.mutable_identity()->set_sealed(*std::move(sealed));
  }
  const auto parsed = format::ParseEnvelope(*envelope);
  if (!parsed.ok()) return parsed.status();
  const crypto::Digest hash = format::EntryHash(*parsed);
  return SealedReport{std::move(request), hash, *std::move(keys)};
}

absl::StatusOr<format::ProofOfFiling> CheckPromise(const format::OrganisationFile& organisation,
                                                   const CheckedDirectory& directory,
                                                   const v1::SubmitReportRequest& request,
                                                   const crypto::Digest& entry_hash,
                                                   const v1::SubmitReportResponse& response, format::Day today) {
  const auto refuse = [](std::string_view what) { return Refuse(Refusal::kPromiseInvalid, what); };
  const auto promise = format::ParsePromise(response.promise().promise());
  if (!promise.ok()) return refuse("it is malformed");
  if (!format::VerifyPromise(*promise, directory.directory().log_key).ok()) {
    return refuse("it is not signed by the organisation's log key");
  }
  if (promise->organisation != organisation.id) return refuse("it is another organisation's");
  const auto salt = format::LeafSalt::FromBytes(response.leaf().salt());
  const auto leaf = format::ParseLeaf(response.leaf().content());
  if (!salt.ok() || !leaf.ok()) return refuse("the record of the filing is malformed");
  if (format::LeafCommitment(*salt, response.leaf().content()) != promise->commitment) {
    return refuse("it promises another record");
  }
  const auto envelope = format::ParseEnvelope(request.entry().envelope());
  if (!envelope.ok()) return envelope.status();
  if (leaf->kind != format::LeafKind::kCaseFiled || leaf->organisation != organisation.id ||
      leaf->case_id != envelope->context.case_id || leaf->number != 1 ||
      response.case_() != format::CaseName(envelope->context.case_id) ||
      leaf->details != format::details::Filed(entry_hash)) {
    return refuse("it is about another report");
  }
  // A clock that is a day off is a clock; more is a back-dated promise.
  if (std::abs(promise->day.DaysSince(today)) > 1 || leaf->day != promise->day) return refuse("it carries another day");

  format::ProofOfFiling proof;
  proof.organisation = organisation.id;
  proof.log_key = directory.directory().log_key;
  proof.leaf = response.leaf().content();
  proof.salt = *salt;
  proof.promise = response.promise().promise();
  auto file = format::OrganisationText(organisation);
  if (file.ok()) proof.anchor = format::Anchor{*std::move(file), directory.bytes};
  return proof;
}

absl::StatusOr<Filed> Submit(Connection& connection, const CheckedDirectory& directory, uint32_t price,
                             SealedReport& sealed, format::Day today) {
  Filed filed;
  ALCOVE_CLIENT_ASSIGN(filed.response,
                       CallPaid(connection, &v1::IntakeService::Stub::SubmitReport, sealed.request, price));
  const auto check = [&](const CheckedDirectory& believed) {
    return CheckPromise(connection.organisation(), believed, sealed.request, sealed.entry_hash, filed.response, today);
  };
  absl::StatusOr<format::ProofOfFiling> proof = check(directory);
  if (!proof.ok()) {
    // The log key may have been replaced since the directory was fetched: the newest one vouches for what it signs.
    const absl::StatusOr<CheckedDirectory> newest = FetchDirectory(connection, nullptr, today);
    if (newest.ok() && newest->directory().log_key != directory.directory().log_key) proof = check(*newest);
  }
  if (!proof.ok()) return proof.status();
  filed.proof = *std::move(proof);
  filed.case_name = filed.response.case_();
  return filed;
}

}  // namespace alcove::client
