#include "client/lib/mailbox.h"

#include <algorithm>

#include "client/lib/departures.h"
#include "client/lib/plan.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

absl::Status CheckKept(const v1::NewEntry& sent, const std::string& head) {
  const auto envelope = format::ParseEnvelope(sent.envelope());
  if (!envelope.ok()) return envelope.status();
  return head == format::EntryHash(*envelope).view()
             ? absl::OkStatus()
             : Refuse(Refusal::kEntryInvalid, "the server did not keep the message that was sent");
}

}  // namespace

absl::StatusOr<std::vector<format::Recipient>> NextRecipients(const format::Directory& directory,
                                                              const std::vector<v1::Reader>& readers,
                                                              const std::set<std::string>& before,
                                                              const std::map<std::string, Admitted>& admitted) {
  std::vector<format::Recipient> recipients;
  for (const v1::Reader& reader : readers) {
    if (reader.lost()) continue;
    ALCOVE_CLIENT_ASSIGN(const crypto::EncryptionKey key, ReaderKey(directory, reader));
    ALCOVE_CLIENT_ASSIGN(const std::string slug, SlugOf(reader.staff()));
    if (!before.contains(slug) && !admitted.contains(slug)) return Refuse(Refusal::kReaderSurplus, slug);
    recipients.push_back({key, static_cast<format::ReleaseCondition>(reader.condition())});
  }
  return recipients;
}

absl::StatusOr<KeyringView> MailboxVisit::View(DirectoryHistory& history) const {
  KeyringView view;
  ALCOVE_CLIENT_ASSIGN(view.former_mailbox_keys, FormerKeys(mailbox_.former_signing_keys()));
  view.organisation = connection_->organisation().id;
  view.case_id = *format::ParseCaseName(mailbox_.case_());
  view.keyring = format::Keyring::kThread;
  view.history = &history;
  view.mailbox_verify_key = keys_.signing.verify_key();
  view.mailbox_encryption_key = keys_.decryption.encryption_key();
  return view;
}

absl::Status MailboxVisit::Fetch() {
  ALCOVE_CLIENT_ASSIGN(mailbox_, connection_->CallAgain(&v1::MailboxService::Stub::GetMailbox, v1::GetMailboxRequest(),
                                                        &session_));
  if (!format::ParseCaseName(mailbox_.case_()).ok()) {
    return Refuse(Refusal::kAnswerMalformed, "the case's name is not one");
  }
  if (mailbox_.has_gone()) {
    ALCOVE_CLIENT_ASSIGN(gone_, CheckTombstone(connection_->organisation(), *directory_,
                                               *format::MailboxId::FromBytes(keys_.id.view()), mailbox_));
    return Refuse(Refusal::kCaseGone, TombstoneText(*gone_));
  }
  std::vector<v1::Entry> entries;
  v1::ListMessagesRequest page;
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListMessagesResponse answer,
                         connection_->CallAgain(&v1::MailboxService::Stub::ListMessages, page, &session_));
    std::move(answer.mutable_entries()->begin(), answer.mutable_entries()->end(), std::back_inserter(entries));
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty());

  std::vector<v1::LeafOpening> leaves;
  std::string checkpoint;
  v1::ListLeavesRequest leaf_page;
  leaf_page.set_page_size(100);
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListLeavesResponse answer,
                         connection_->CallAgain(&v1::MailboxService::Stub::ListLeaves, leaf_page, &session_));
    std::move(answer.mutable_leaves()->begin(), answer.mutable_leaves()->end(), std::back_inserter(leaves));
    if (!checkpoint.empty() && answer.checkpoint() != checkpoint) {
      // The tree was published between two pages; proofs of one file must lead to one root.
      leaves.clear();
      leaf_page.clear_page_token();
      checkpoint.clear();
      continue;
    }
    checkpoint = answer.checkpoint();
    leaf_page.set_page_token(answer.next_page_token());
    if (leaf_page.page_token().empty()) break;
  } while (true);

  DirectoryHistory history(*connection_, *directory_);
  ALCOVE_CLIENT_ASSIGN(const KeyringView view, View(history));
  ALCOVE_CLIENT_ASSIGN(
      epochs_, OpenEpochs(view, keys_.decryption, {mailbox_.epochs().begin(), mailbox_.epochs().end()},
                          {mailbox_.grants().begin(), mailbox_.grants().end()}));
  ALCOVE_CLIENT_ASSIGN(thread_,
                       OpenEntries(view, epochs_, entries, mailbox_.thread_head(), mailbox_.thread_length()));
  if (thread_.empty()) return Refuse(Refusal::kEntryOmitted, "the report itself");
  ALCOVE_CLIENT_ASSIGN(leaves_, CheckLeaves(*directory_, view.case_id, leaves, checkpoint, mailbox_.leaf_head(),
                                            mailbox_.leaf_count()));
  if (leaves_.leaves.empty() || leaves_.leaves.front().kind != format::LeafKind::kCaseFiled) {
    return Refuse(Refusal::kLeafOmitted, "the filing itself");
  }
  ALCOVE_CLIENT_TRY(CheckAgainstEntries(leaves_, thread_, {}));
  ALCOVE_CLIENT_TRY(CheckNewcomers(view, epochs_, leaves_, thread_));
  ALCOVE_CLIENT_TRY(CheckDepartures(view, epochs_, epochs_, leaves_, thread_));
  const std::vector<v1::Reader> readers(mailbox_.readers().begin(), mailbox_.readers().end());
  ALCOVE_CLIENT_TRY(CheckReadersShown(view, epochs_, readers));
  ALCOVE_CLIENT_ASSIGN(admitted_, CheckAdmissions(view, epochs_, leaves_, readers));
  ALCOVE_CLIENT_ASSIGN(asked_identities_, CheckAskedIdentities(view, mailbox_, leaves_, keys_.decryption));
  return absl::OkStatus();
}

absl::StatusOr<MailboxVisit> MailboxVisit::Begin(Connection& connection, const CheckedDirectory& directory,
                                                 const crypto::Receipt& receipt, crypto::Random& random,
                                                 const std::function<void()>& tell, std::optional<Tombstone>* gone) {
  auto keys = crypto::DeriveMailboxKeys(receipt, connection.organisation().id.view());
  if (!keys.ok()) return keys.status();
  MailboxVisit visit(connection, directory, *std::move(keys), random);
  const std::string principal = format::MailboxName(*format::MailboxId::FromBytes(visit.keys_.id.view()));
  ALCOVE_CLIENT_ASSIGN(visit.session_, SignIn(connection, directory, principal, visit.keys_.signing));
  const absl::Status fetched = visit.Fetch();
  if (Is(fetched, Refusal::kGrantUnopened)) {
    if (tell) tell();
    // Where this fails the next visit finds the grant as bad, and says so again.
    visit.ReportBadGrant().IgnoreError();
  }
  if (visit.gone_) {
    SignOut(connection, visit.session_);
    if (gone != nullptr) *gone = std::move(visit.gone_);
  }
  if (!fetched.ok()) return fetched;
  return visit;
}

absl::StatusOr<v1::NewEntry> MailboxVisit::Seal(format::EntryKind kind, const google::protobuf::Message& content,
                                                const std::vector<v1::BlobName>& blobs, format::Day today,
                                                const crypto::EncryptionKey* fresh) {
  DirectoryHistory history(*connection_, *directory_);
  ALCOVE_CLIENT_ASSIGN(const KeyringView view, View(history));
  std::optional<std::vector<format::Recipient>> recipients;
  if (epochs_.stale() || fresh != nullptr) {
    ALCOVE_CLIENT_ASSIGN(const std::set<std::string> before, PeopleNow(view, epochs_));
    ALCOVE_CLIENT_ASSIGN(recipients,
                         NextRecipients(directory_->directory(),
                                        {mailbox_.readers().begin(), mailbox_.readers().end()}, before, admitted_));
    recipients->insert(recipients->begin(), {fresh == nullptr ? view.mailbox_encryption_key : *fresh,
                                             format::ReleaseCondition::kMailbox});
  }
  NextEntry next;
  next.kind = kind;
  next.sequence = static_cast<uint32_t>(thread_.size());
  next.previous = thread_.back().hash;
  next.leaf_count = static_cast<uint32_t>(leaves_.leaves.size());
  next.leaf_head = leaves_.head;
  next.blobs = blobs;
  next.day = today;
  std::string body = content.SerializeAsString();
  auto entry = SealEntry(view, epochs_, next, body, keys_.signing, recipients ? &*recipients : nullptr,
                         directory_->directory().version, *random_);
  crypto::Wipe(body);
  return entry;
}

absl::StatusOr<v1::SendMessageResponse> MailboxVisit::Send(const sealed::v1::Message& message,
                                                           const std::vector<v1::BlobName>& blobs, format::Day today,
                                                           format::EntryKind kind) {
  v1::SendMessageRequest request;
  request.set_request_id(DrawRequestId(*random_));
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(), Seal(kind, message, blobs, today));
  ALCOVE_CLIENT_ASSIGN(v1::SendMessageResponse answer,
                       connection_->CallAgain(&v1::MailboxService::Stub::SendMessage, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer.thread_head()));
  return answer;
}

absl::StatusOr<v1::AnswerCheckInRequest> MailboxVisit::PrepareCheckIn(const sealed::v1::CheckIn& answer,
                                                                      const SealedReport* retaliation,
                                                                      format::Day today) {
  v1::AnswerCheckInRequest request;
  request.set_request_id(DrawRequestId(*random_));
  request.set_since(static_cast<v1::CheckInSince>(answer.since()));
  request.set_days(answer.days());
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(), Seal(format::EntryKind::kCheckIn, answer, {}, today));
  if (retaliation != nullptr) *request.mutable_retaliation() = retaliation->request;
  return request;
}

absl::StatusOr<CheckInDone> MailboxVisit::AnswerCheckIn(const v1::AnswerCheckInRequest& request,
                                                        const SealedReport* retaliation, format::Day today) {
  CheckInDone done;
  ALCOVE_CLIENT_ASSIGN(done.response,
                       connection_->CallAgain(&v1::MailboxService::Stub::AnswerCheckIn, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), done.response.thread_head()));
  if (retaliation == nullptr) return done;
  Filed filed;
  filed.response = done.response.retaliation();
  ALCOVE_CLIENT_ASSIGN(filed.proof, CheckPromise(connection_->organisation(), *directory_, retaliation->request,
                                                 retaliation->entry_hash, filed.response, today));
  filed.case_name = filed.response.case_();
  done.retaliation = std::move(filed);
  return done;
}

absl::StatusOr<v1::DecideConsentResponse> MailboxVisit::DecideConsent(const AskedIdentity& asked, format::Decision decision) {
  const auto request = format::ParseApprovalRequest(asked.approval.request());
  if (!request.ok()) return Refuse(Refusal::kApprovalInvalid, "the request is malformed");
  v1::DecideConsentRequest ask;
  ask.set_name(asked.approval.name());
  ask.set_etag(asked.approval.etag());
  ask.set_request_id(DrawRequestId(*random_));
  ask.set_decision(static_cast<v1::Decision>(decision));
  ask.set_signature(format::SignConsent(request->statement, decision, keys_.signing).str());
  return connection_->CallAgain(&v1::MailboxService::Stub::DecideConsent, ask, &session_);
}

absl::Status MailboxVisit::Renew() {
  ALCOVE_CLIENT_ASSIGN(session_, SignIn(*connection_, *directory_,
                                        format::MailboxName(*format::MailboxId::FromBytes(keys_.id.view())), keys_.signing));
  return Fetch();
}

absl::StatusOr<v1::RotateReceiptResponse> MailboxVisit::Rotate(const crypto::Receipt& fresh, format::Day today) {
  auto keys = crypto::DeriveMailboxKeys(fresh, connection_->organisation().id.view());
  if (!keys.ok()) return keys.status();
  const crypto::EncryptionKey encryption = keys->decryption.encryption_key();
  sealed::v1::ReceiptRotated named;
  named.set_mailbox_encryption_key(encryption.str());
  named.set_mailbox_signing_key(keys->signing.verify_key().str());
  v1::RotateReceiptRequest request;
  request.set_request_id(DrawRequestId(*random_));
  request.set_mailbox(format::MailboxName(*format::MailboxId::FromBytes(keys->id.view())));
  request.set_mailbox_encryption_key(encryption.str());
  request.set_mailbox_signing_key(keys->signing.verify_key().str());
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(), Seal(format::EntryKind::kReceiptRotated, named, {}, today, &encryption));

  auto answer = connection_->CallAgain(&v1::MailboxService::Stub::RotateReceipt, request, &session_);
  if (answer.ok()) ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer->thread_head()));
  // A repetition is refused like a stranger when the first try was carried out and its answer lost. The new words know.
  auto session = SignIn(*connection_, *directory_, request.mailbox(), keys->signing);
  if (session.ok()) {
    keys_ = *std::move(keys);
    session_ = *std::move(session);
  }
  if (answer.ok()) return answer;
  if (!session.ok()) return Is(session.status(), Refusal::kServerUnreachable) ? session.status() : answer.status();
  const auto envelope = format::ParseEnvelope(request.entry().envelope());
  if (!envelope.ok()) return envelope.status();
  v1::RotateReceiptResponse found;
  found.set_name(format::EntryName(envelope->context.case_id, envelope->context.entry));
  found.set_thread_head(format::EntryHash(*envelope).str());
  return found;
}

absl::StatusOr<v1::WithdrawReportResponse> MailboxVisit::Withdraw() {
  v1::WithdrawReportRequest request;
  request.set_etag(mailbox_.etag());
  request.set_request_id(DrawRequestId(*random_));
  return connection_->CallAgain(&v1::MailboxService::Stub::WithdrawReport, request, &session_);
}

absl::StatusOr<v1::ExcludeReadersResponse> MailboxVisit::Exclude(const std::vector<format::SubjectTag>& tags,
                                                                 const std::vector<std::string>& slugs) {
  v1::ExcludeReadersRequest request;
  request.set_request_id(DrawRequestId(*random_));
  for (const format::SubjectTag& tag : tags) request.add_tags(tag.str());
  for (const std::string& slug : slugs) request.add_readers(format::StaffName(slug));
  return connection_->CallAgain(&v1::MailboxService::Stub::ExcludeReaders, request, &session_);
}

absl::Status MailboxVisit::ReportBadGrant() {
  v1::MailboxServiceReportBadGrantRequest request;
  request.set_request_id(DrawRequestId(*random_));
  request.set_keyring(v1::KEYRING_THREAD);
  request.set_epoch(static_cast<uint32_t>(mailbox_.epochs_size() - 1));
  return connection_->CallAgain(&v1::MailboxService::Stub::ReportBadGrant, request, &session_).status();
}

}  // namespace alcove::client
