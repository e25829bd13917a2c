#include "client/lib/staff_case.h"

#include <algorithm>
#include <set>

#include "client/lib/casework.h"
#include "client/lib/departures.h"
#include "client/lib/mailbox.h"
#include "client/lib/plan.h"
#include "client/lib/summary.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

std::string Count(size_t number, std::string_view one, std::string_view many) {
  return std::to_string(number) + " " + std::string(number == 1 ? one : many);
}

v1::Keyring Wire(format::Keyring keyring) { return static_cast<v1::Keyring>(keyring); }

}  // namespace

absl::StatusOr<StaffDesk> StaffDesk::SignIn(Connection& connection, const CheckedDirectory& directory,
                                            const StaffKeys& keys, crypto::Random& random) {
  StaffDesk desk;
  desk.connection_ = &connection;
  desk.directory_ = &directory;
  desk.keys_ = &keys;
  desk.random_ = &random;
  ALCOVE_CLIENT_ASSIGN(desk.session_,
                       client::SignIn(connection, directory, format::StaffName(keys.slug), keys.signing));
  return desk;
}

absl::StatusOr<std::vector<v1::Case>> StaffDesk::ListCases() {
  std::vector<v1::Case> cases;
  v1::ListCasesRequest page;
  page.set_page_size(100);
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListCasesResponse answer,
                         connection_->CallAgain(&v1::CaseService::Stub::ListCases, page, &session_));
    std::move(answer.mutable_cases()->begin(), answer.mutable_cases()->end(), std::back_inserter(cases));
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty());
  return cases;
}

absl::StatusOr<std::string> StaffDesk::CaseOf(const std::string& prefix) {
  const std::string full = prefix.starts_with("cases/") ? prefix : "cases/" + prefix;
  if (format::ParseCaseName(full).ok()) return full;
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Case> cases, ListCases());
  std::vector<std::string> found;
  for (const v1::Case& one : cases) {
    if (one.name().starts_with(full)) found.push_back(one.name());
  }
  if (found.empty()) return absl::NotFoundError("no case of yours begins like this");
  if (found.size() > 1) return Refuse(Refusal::kInputInvalid, "several of your cases begin with `" + prefix + "`");
  return found.front();
}

absl::StatusOr<v1::Case> StaffDesk::GetCase(const std::string& name) {
  v1::GetCaseRequest request;
  request.set_name(name);
  ALCOVE_CLIENT_ASSIGN(v1::GetCaseResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::GetCase, request, &session_));
  if (answer.case_().name() != name) return Refuse(Refusal::kAnswerMalformed, "it is about another case");
  clock_freeze_.reset();
  if (answer.has_clock_freeze()) clock_freeze_ = answer.clock_freeze();
  return std::move(*answer.mutable_case_());
}

absl::StatusOr<KeyringView> StaffDesk::View(const v1::Case& facts, format::Keyring keyring,
                                            DirectoryHistory& history) const {
  const auto case_id = format::ParseCaseName(facts.name());
  const auto encryption = crypto::EncryptionKey::FromBytes(facts.mailbox_encryption_key());
  const auto signing = crypto::VerifyKey::FromBytes(facts.mailbox_signing_key());
  if (!case_id.ok() || !encryption.ok() || !signing.ok()) {
    return Refuse(Refusal::kAnswerMalformed, "the case's name or keys are malformed");
  }
  ALCOVE_CLIENT_ASSIGN(std::vector<crypto::VerifyKey> former, FormerKeys(facts.former_mailbox_signing_keys()));
  return KeyringView{connection_->organisation().id, *case_id, keyring, &history, *signing, *encryption, std::move(former)};
}

absl::StatusOr<std::vector<OpenedEntry>> StaffDesk::OpenKeyring(const v1::Case& facts, const KeyringView& view,
                                                                KeyringKeys& keys) {
  v1::OpenCaseRequest open;
  open.set_name(facts.name());
  open.set_keyring(Wire(view.keyring));
  ALCOVE_CLIENT_ASSIGN(const v1::OpenCaseResponse grants,
                       connection_->CallAgain(&v1::CaseService::Stub::OpenCase, open, &session_));
  ALCOVE_CLIENT_ASSIGN(keys, OpenEpochs(view, keys_->decryption, {facts.epochs().begin(), facts.epochs().end()},
                                        {grants.grants().begin(), grants.grants().end()}));
  // The case may be open to another machine of theirs: nothing is wrong with it.
  if (!keys.empty() && keys.KeyOf(keys.newest()) == nullptr) {
    return Refuse(Refusal::kNoKeyHere, "key generation " + std::to_string(keys.newest()));
  }
  std::vector<v1::Entry> entries;
  v1::ListEntriesRequest page;
  page.set_parent(facts.name());
  page.set_keyring(Wire(view.keyring));
  page.set_page_size(50);
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListEntriesResponse answer,
                         connection_->CallAgain(&v1::CaseService::Stub::ListEntries, page, &session_));
    std::move(answer.mutable_entries()->begin(), answer.mutable_entries()->end(), std::back_inserter(entries));
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty());
  const bool thread = view.keyring == format::Keyring::kThread;
  return OpenEntries(view, keys, entries, thread ? facts.thread_head() : facts.team_head(),
                     thread ? facts.thread_length() : facts.team_length());
}

absl::Status StaffDesk::RecomputeTags(OpenedCase& opened) {
  v1::GetIntakeRequest ask;
  ALCOVE_CLIENT_ASSIGN(const v1::GetIntakeResponse limits,
                       connection_->CallAgain(&v1::IntakeService::Stub::GetIntake, ask));
  struct Row {
    TagMismatch where;
    std::string claimed;
    NamedPerson person;
  };
  std::vector<Row> rows;
  const auto add = [&](const char* list, const auto& people) {
    for (int i = 0; i < people.size(); ++i) {
      const auto identifier = format::Identifier::Parse(people[i].identifier());
      if (people[i].identifier().empty() && people[i].tag().empty()) continue;
      Row row{{list, i}, people[i].tag(), {}};
      if (identifier.ok()) row.person.identifier = *identifier;
      rows.push_back(std::move(row));
    }
  };
  add("subjects", opened.report().subjects());
  add("keep_out", opened.report().keep_out());
  std::vector<NamedPerson*> people;
  for (Row& row : rows) people.push_back(&row.person);
  ALCOVE_CLIENT_TRY(ComputeTags(*connection_, limits, people, *random_));
  for (const Row& row : rows) {
    if (!row.person.tag || row.person.tag->view() != row.claimed) opened.mismatches.push_back(row.where);
  }
  opened.checked.push_back(
      rows.empty() ? "No person was named by number or address."
      : opened.mismatches.empty()
          ? "The tags of " + Count(rows.size(), "named person are", "named people are") + " those of their numbers."
          : "CAUTION: " + Count(opened.mismatches.size(), "named person's tag is", "named people's tags are") +
                " not that of the number in the report. The wall may keep out the wrong person.");
  return absl::OkStatus();
}

void StaffDesk::ReportBadGrant(const v1::Case& facts, format::Keyring keyring, const std::function<void()>& tell) {
  if (tell) tell();
  v1::CaseServiceReportBadGrantRequest request;
  request.set_name(facts.name());
  request.set_request_id(DrawRequestId(*random_));
  request.set_keyring(Wire(keyring));
  for (const v1::Epoch& epoch : facts.epochs()) {
    if (epoch.keyring() == request.keyring()) request.set_epoch(std::max(request.epoch(), epoch.number()));
  }
  // Where this fails the next look finds the grant as bad, and says so again.
  connection_->CallAgain(&v1::CaseService::Stub::ReportBadGrant, request, &session_).status().IgnoreError();
}

absl::StatusOr<OpenedCase> StaffDesk::Open(const std::string& name, bool recompute, const std::function<void()>& tell) {
  OpenedCase opened;
  ALCOVE_CLIENT_ASSIGN(opened.facts, GetCase(name));
  opened.clock_freeze = clock_freeze_;
  DirectoryHistory history(*connection_, *directory_);
  ALCOVE_CLIENT_ASSIGN(const KeyringView thread, View(opened.facts, format::Keyring::kThread, history));
  auto read = OpenKeyring(opened.facts, thread, opened.thread_keys);
  if (Is(read.status(), Refusal::kGrantUnopened)) {
    ReportBadGrant(opened.facts, thread.keyring, tell);
  }
  ALCOVE_CLIENT_ASSIGN(opened.thread, std::move(read));
  if (opened.thread.empty()) return Refuse(Refusal::kEntryOmitted, "the report itself");
  ALCOVE_CLIENT_ASSIGN(const KeyringView team, View(opened.facts, format::Keyring::kTeam, history));
  if (opened.facts.team_length() > 0) {
    read = OpenKeyring(opened.facts, team, opened.team_keys);
    if (Is(read.status(), Refusal::kGrantUnopened)) {
      ReportBadGrant(opened.facts, team.keyring, tell);
      opened.checked.push_back("CAUTION: the notes of the team do not open for you; this has been reported.");
    } else {
      ALCOVE_CLIENT_ASSIGN(opened.team, std::move(read));
    }
  }
  ALCOVE_CLIENT_ASSIGN(CheckedHistory past, History(opened.facts));
  opened.leaves = std::move(past.chain);
  ALCOVE_CLIENT_TRY(CheckAgainstEntries(opened.leaves, opened.thread, opened.team));
  ALCOVE_CLIENT_TRY(CheckNewcomers(thread, opened.thread_keys, opened.leaves, opened.thread));
  ALCOVE_CLIENT_TRY(CheckNewcomers(team, opened.team_keys, opened.leaves, opened.team));
  ALCOVE_CLIENT_TRY(CheckDepartures(thread, opened.thread_keys, opened.thread_keys, opened.leaves, opened.thread));
  ALCOVE_CLIENT_TRY(CheckDepartures(team, opened.team_keys, opened.thread_keys, opened.leaves, opened.team));
  const std::vector<v1::Reader> readers(opened.facts.readers().begin(), opened.facts.readers().end());
  ALCOVE_CLIENT_TRY(CheckReadersShown(thread, opened.thread_keys, readers));
  ALCOVE_CLIENT_ASSIGN(opened.admitted, CheckAdmissions(thread, opened.thread_keys, opened.leaves, readers));

  std::set<std::string> authors;
  for (const auto* entries : {&opened.thread, &opened.team}) {
    for (const OpenedEntry& entry : *entries) authors.insert(entry.author);
  }
  opened.checked.push_back("Key commitments and grants fit in " +
                           Count(opened.thread_keys.records().size() + opened.team_keys.records().size(),
                                 "key generation.", "key generations."));
  opened.checked.push_back("The chain of " + Count(opened.thread.size() + opened.team.size(), "entry", "entries") +
                           " is whole, and every signature of " + Count(authors.size(), "author", "authors") + " verifies.");
  opened.checked.push_back("The record of the case has every number from 1 to " +
                           std::to_string(opened.leaves.leaves.size()) + ".");
  for (std::string& line : CompareCodes(opened)) opened.checked.push_back(std::move(line));
  if (recompute) ALCOVE_CLIENT_TRY(RecomputeTags(opened));
  return opened;
}

absl::StatusOr<v1::NewEntry> StaffDesk::Seal(const OpenedCase& opened, format::Keyring keyring, format::EntryKind kind,
                                             const google::protobuf::MessageLite& message,
                                             const std::vector<v1::BlobName>& blobs, format::Day today) const {
  DirectoryHistory history(*connection_, *directory_);
  ALCOVE_CLIENT_ASSIGN(const KeyringView view, View(opened.facts, keyring, history));
  const bool thread = keyring == format::Keyring::kThread;
  const KeyringKeys& keys = thread ? opened.thread_keys : opened.team_keys;
  const std::vector<OpenedEntry>& entries = thread ? opened.thread : opened.team;

  std::optional<std::vector<format::Recipient>> recipients;
  if (keys.empty() || keys.stale()) {
    ALCOVE_CLIENT_ASSIGN(const std::set<std::string> before, PeopleNow(view, keys.empty() ? opened.thread_keys : keys));
    ALCOVE_CLIENT_ASSIGN(recipients, NextRecipients(directory_->directory(),
                                                    {opened.facts.readers().begin(), opened.facts.readers().end()},
                                                    before, opened.admitted));
    if (thread) {
      recipients->insert(recipients->begin(), {view.mailbox_encryption_key, format::ReleaseCondition::kMailbox});
    }
  }
  NextEntry next;
  next.kind = kind;
  next.sequence = static_cast<uint32_t>(entries.size());
  if (!entries.empty()) next.previous = entries.back().hash;
  next.leaf_count = static_cast<uint32_t>(opened.leaves.leaves.size());
  next.leaf_head = opened.leaves.head;
  next.blobs = blobs;
  next.day = today;
  std::string body = message.SerializeAsString();
  auto entry = SealEntry(view, keys, next, body, keys_->signing, recipients ? &*recipients : nullptr,
                         directory_->directory().version, *random_);
  crypto::Wipe(body);
  return entry;
}

absl::StatusOr<v1::AppendEntryResponse> StaffDesk::Append(const OpenedCase& opened, format::Keyring keyring,
                                                          format::EntryKind kind, const sealed::v1::Message& message,
                                                          const std::vector<v1::BlobName>& blobs, format::Day today) {
  // The server cannot see what a summary says, so it is refused here.
  if (kind == format::EntryKind::kSummary) {
    ALCOVE_CLIENT_TRY(CheckSummary(opened.thread, static_cast<uint32_t>(opened.thread.size()), message.summary(),
                                   /*adding=*/false));
  }
  v1::AppendEntryRequest request;
  request.set_parent(opened.facts.name());
  request.set_request_id(DrawRequestId(*random_));
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(), Seal(opened, keyring, kind, message, blobs, today));
  ALCOVE_CLIENT_ASSIGN(v1::AppendEntryResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::AppendEntry, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer.head()));
  return answer;
}

absl::StatusOr<v1::GetOwnKeysResponse> StaffDesk::OwnKeys(const std::vector<crypto::KeyId>& retired) {
  v1::GetOwnKeysRequest request;
  for (const crypto::KeyId& key : retired) request.add_retired(key.str());
  return connection_->CallAgain(&v1::CaseService::Stub::GetOwnKeys, request, &session_);
}

absl::StatusOr<v1::ClaimCaseResponse> StaffDesk::Claim(const v1::Case& facts) {
  v1::ClaimCaseRequest request;
  request.set_name(facts.name());
  request.set_etag(facts.etag());
  request.set_request_id(DrawRequestId(*random_));
  return connection_->CallAgain(&v1::CaseService::Stub::ClaimCase, request, &session_);
}

absl::StatusOr<v1::ChangeCaseStateResponse> StaffDesk::Move(const v1::Case& facts, v1::CaseState state,
                                                            const std::string& reason) {
  v1::ChangeCaseStateRequest request;
  request.set_name(facts.name());
  request.set_etag(facts.etag());
  request.set_request_id(DrawRequestId(*random_));
  request.set_state(state);
  request.set_reason(reason);
  return connection_->CallAgain(&v1::CaseService::Stub::ChangeCaseState, request, &session_);
}

absl::StatusOr<v1::ExportCaseResponse> StaffDesk::Export(OpenedCase& opened, format::ExportPurpose purpose) {
  v1::ExportCaseRequest request;
  request.set_name(opened.facts.name());
  request.set_request_id(DrawRequestId(*random_));
  request.set_purpose(static_cast<v1::ExportPurpose>(purpose));
  ALCOVE_CLIENT_ASSIGN(v1::ExportCaseResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::ExportCase, request, &session_));
  ALCOVE_CLIENT_ASSIGN(v1::Case facts, GetCase(opened.facts.name()));
  if (facts.thread_head() != opened.facts.thread_head() || facts.team_head() != opened.facts.team_head()) {
    return absl::AbortedError("somebody wrote on this case meanwhile; nothing was made, run the command again");
  }
  ALCOVE_CLIENT_ASSIGN(CheckedHistory past, History(facts));
  ALCOVE_CLIENT_TRY(CheckAgainstEntries(past.chain, opened.thread, opened.team));
  if (answer.leaf() == 0 || answer.leaf() > past.chain.leaves.size()) {
    return Refuse(Refusal::kLeafOmitted, "that the case is exported");
  }
  const format::Leaf& leaf = past.chain.leaves[answer.leaf() - 1];
  if (leaf.kind != format::LeafKind::kCaseExported || leaf.actor != keys_->slug ||
      leaf.details != format::details::Exported(purpose)) {
    return Refuse(Refusal::kLeafInvalid, "it does not say that the case is exported");
  }
  opened.facts = std::move(facts);
  opened.leaves = std::move(past.chain);
  return answer;
}

absl::StatusOr<v1::RecuseFromCaseResponse> StaffDesk::Recuse(const std::string& name) {
  v1::RecuseFromCaseRequest request;
  request.set_name(name);
  request.set_request_id(DrawRequestId(*random_));
  return connection_->CallAgain(&v1::CaseService::Stub::RecuseFromCase, request, &session_);
}

absl::StatusOr<v1::PlaceHoldResponse> StaffDesk::Hold(const std::string& name, const std::string& reason) {
  v1::PlaceHoldRequest request;
  request.set_name(name);
  request.set_request_id(DrawRequestId(*random_));
  request.set_reason(reason);
  return connection_->CallAgain(&v1::CaseService::Stub::PlaceHold, request, &session_);
}

absl::StatusOr<v1::LinkCasesResponse> StaffDesk::Link(const v1::Case& facts, const std::string& other) {
  v1::LinkCasesRequest request;
  request.set_name(facts.name());
  request.set_etag(facts.etag());
  request.set_request_id(DrawRequestId(*random_));
  request.set_other(other);
  return connection_->CallAgain(&v1::CaseService::Stub::LinkCases, request, &session_);
}

absl::StatusOr<v1::CorrectSubjectsResponse> StaffDesk::CorrectSubjects(const v1::Case& facts,
                                                                       std::vector<NamedPerson> people) {
  ALCOVE_CLIENT_TRY(TagEverybody(*connection_, people, *random_));
  v1::CorrectSubjectsRequest request;
  request.set_name(facts.name());
  request.set_etag(facts.etag());
  request.set_request_id(DrawRequestId(*random_));
  for (const NamedPerson& person : people) request.add_subjects(person.tag->str());
  return connection_->CallAgain(&v1::CaseService::Stub::CorrectSubjects, request, &session_);
}

absl::StatusOr<CheckedHistory> StaffDesk::History(const v1::Case& facts) {
  CheckedHistory history;
  std::string checkpoint;
  v1::ListHistoryRequest page;
  page.set_parent(facts.name());
  page.set_page_size(100);
  while (true) {
    ALCOVE_CLIENT_ASSIGN(v1::ListHistoryResponse answer,
                         connection_->CallAgain(&v1::CaseService::Stub::ListHistory, page, &session_));
    if (!checkpoint.empty() && answer.checkpoint() != checkpoint) {
      // Published between two pages: proofs must lead to one root.
      history.events.clear();
      checkpoint.clear();
      page.clear_page_token();
      continue;
    }
    std::move(answer.mutable_events()->begin(), answer.mutable_events()->end(), std::back_inserter(history.events));
    checkpoint = answer.checkpoint();
    page.set_page_token(answer.next_page_token());
    if (page.page_token().empty()) break;
  }
  std::vector<v1::LeafOpening> chain;
  for (const v1::HistoryEvent& event : history.events) {
    if (event.reporter_visible()) chain.push_back(event.leaf());
  }
  ALCOVE_CLIENT_ASSIGN(const format::CaseId case_id, format::ParseCaseName(facts.name()));
  ALCOVE_CLIENT_ASSIGN(history.chain, CheckLeaves(*directory_, case_id, chain, checkpoint, facts.leaf_head(),
                                                  facts.leaf_count()));
  return history;
}

}  // namespace alcove::client
