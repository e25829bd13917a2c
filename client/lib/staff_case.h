// What an investigator's client does with a case: open, check, answer, note.
//
// Opening is a read that the reporter sees: the server writes it to the ledger before it hands out a grant. So OpenCase
// is called once for each keyring that is needed, not for a glance at a list.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/case_service.pb.h"
#include "client/lib/admission.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/key_file.h"
#include "client/lib/leaves.h"
#include "client/lib/plan.h"
#include "client/lib/session.h"
#include "client/lib/thread.h"
#include "crypto/format/day.h"

namespace alcove::client {

// A tag in the report that is not the tag of the identifier beside it: the reporter's device, or the line to it, told
// the server about somebody else than the text does.
struct TagMismatch {
  // `subjects` or `keep_out`, and the position in it.
  std::string list;
  int position = 0;
};

// A case that passed every check.
struct OpenedCase {
  v1::Case facts;
  std::optional<v1::ClockFreeze> clock_freeze;  // while the server's clock is frozen
  std::vector<OpenedEntry> thread;
  std::vector<OpenedEntry> team;
  KeyringKeys thread_keys;
  KeyringKeys team_keys;
  CheckedLeaves leaves;
  // Readers who were added after the filing, by slug.
  std::map<std::string, Admitted> admitted;
  std::vector<TagMismatch> mismatches;
  // What was checked, in sentences for the reader.
  std::vector<std::string> checked;

  const sealed::v1::Report& report() const { return *thread.front().report; }
};

// A case's history, checked: the case chain inside it has every number.
struct CheckedHistory {
  std::vector<v1::HistoryEvent> events;
  // The leaves of the case's chain.
  CheckedLeaves chain;
};

class StaffDesk {
 public:
  // None is owned; all outlive the object. Signs in at once.
  static absl::StatusOr<StaffDesk> SignIn(Connection& connection, const CheckedDirectory& directory,
                                          const StaffKeys& keys, crypto::Random& random);

  const Session& session() const { return session_; }
  Connection& connection() { return *connection_; }
  const CheckedDirectory& directory() const { return *directory_; }
  const StaffKeys& keys() const { return *keys_; }
  crypto::Random& random() { return *random_; }

  // Every case released to the caller.
  absl::StatusOr<std::vector<v1::Case>> ListCases();
  // The full name of the one case whose id begins with `prefix` (`cases/` may be left out). A whole id is taken as it is,
  // without a list. NOT_FOUND when none does, kInputInvalid when several do: only the caller's own cases are looked through.
  absl::StatusOr<std::string> CaseOf(const std::string& prefix);
  absl::StatusOr<v1::Case> GetCase(const std::string& name);
  // Opens THREAD, and TEAM where it has entries. Where the caller's newest grant does not open, `tell` is called, then the
  // grant is reported to the server: kGrantUnopened for THREAD; for TEAM the case opens without it. With `recompute`, evaluates the tags of everybody whom the report names
  // anew and compares.
  absl::StatusOr<OpenedCase> Open(const std::string& name, bool recompute = true, const std::function<void()>& tell = {});

  // A reply to the reporter (THREAD) or a note of the team (TEAM). Brings a new epoch when the keyring's is stale, or
  // when TEAM has none yet: then granted to exactly the case's readers. Files are uploaded by attachments.h afterwards.
  // A summary for the accused that draws on more than the reporter released is not sent: kSummaryInvalid.
  absl::StatusOr<v1::AppendEntryResponse> Append(const OpenedCase& opened, format::Keyring keyring,
                                                 format::EntryKind kind, const sealed::v1::Message& message,
                                                 const std::vector<v1::BlobName>& blobs, format::Day today);

  // Allegations, findings and measures (casework.cc). The words carry the codes too, so code and words are given once; ids are
  // drawn here and set in the words. Each is an entry of TEAM, as Append says.
  absl::StatusOr<v1::CreateAllegationResponse> CreateAllegation(const OpenedCase& opened, sealed::v1::Allegation words,
                                                                format::Day today);
  absl::StatusOr<v1::SetFindingResponse> SetFinding(const OpenedCase& opened, const v1::Allegation& allegation,
                                                    sealed::v1::Finding words, format::Day today);
  // `owner`: a slug. With `words.told` HR is to carry it out (orders.h): the words are put in their normal form.
  absl::StatusOr<v1::CreateMeasureResponse> CreateMeasure(const OpenedCase& opened, sealed::v1::Measure words,
                                                          const std::string& owner, format::Day today);
  // Without words, so that nothing has to be opened; and with them.
  absl::StatusOr<v1::ChangeMeasureStateResponse> ChangeMeasureState(const v1::Measure& measure, v1::MeasureState state);
  absl::StatusOr<v1::ChangeMeasureStateResponse> ChangeMeasureState(const OpenedCase& opened, const v1::Measure& measure,
                                                                    v1::MeasureState state, sealed::v1::Measure words,
                                                                    format::Day today);
  // Whether the caller's machines are still needed; `retired` are ids of encryption keys that the directory lists no longer.
  absl::StatusOr<v1::GetOwnKeysResponse> OwnKeys(const std::vector<crypto::KeyId>& retired);
  // Everything there is to see to, the earliest last day first.
  absl::StatusOr<std::vector<v1::Task>> ListTasks();

  absl::StatusOr<v1::ClaimCaseResponse> Claim(const v1::Case& facts);
  absl::StatusOr<v1::ChangeCaseStateResponse> Move(const v1::Case& facts, v1::CaseState state,
                                                   const std::string& reason);
  absl::StatusOr<CheckedHistory> History(const v1::Case& facts);

  // Places a legal hold: nothing of the case goes until two others lift it. `name` in full where the case is about to go: then it
  // is in no list any more.
  absl::StatusOr<v1::PlaceHoldResponse> Hold(const std::string& name, const std::string& reason);

  // Says that the case is taken out, and reads the record anew, so that `opened` shows the leaf. kLeafInvalid when it does not say who
  // and for whom. ABORTED when somebody wrote meanwhile: what was opened is not all there is.
  absl::StatusOr<v1::ExportCaseResponse> Export(OpenedCase& opened, format::ExportPurpose purpose);

  // Steps back from a case and from those linked with it.
  absl::StatusOr<v1::RecuseFromCaseResponse> Recuse(const std::string& name);
  absl::StatusOr<v1::LinkCasesResponse> Link(const v1::Case& facts, const std::string& other);
  // Adds the people to those whom the case is about; computes their tags. Everybody has an identifier: kInputInvalid.
  absl::StatusOr<v1::CorrectSubjectsResponse> CorrectSubjects(const v1::Case& facts, std::vector<NamedPerson> people);

 private:
  StaffDesk() = default;
  absl::StatusOr<KeyringView> View(const v1::Case& facts, format::Keyring keyring, DirectoryHistory& history) const;
  absl::StatusOr<std::vector<OpenedEntry>> OpenKeyring(const v1::Case& facts, const KeyringView& view,
                                                       KeyringKeys& keys);
  // The keyring's next entry, under a new epoch where one is due.
  absl::StatusOr<v1::NewEntry> Seal(const OpenedCase& opened, format::Keyring keyring, format::EntryKind kind,
                                    const google::protobuf::MessageLite& message,
                                    const std::vector<v1::BlobName>& blobs, format::Day today) const;
  absl::Status RecomputeTags(OpenedCase& opened);
  void ReportBadGrant(const v1::Case& facts, format::Keyring keyring, const std::function<void()>& tell);

  Connection* connection_ = nullptr;
  const CheckedDirectory* directory_ = nullptr;
  const StaffKeys* keys_ = nullptr;
  crypto::Random* random_ = nullptr;
  Session session_;
  std::optional<v1::ClockFreeze> clock_freeze_;  // as of the newest GetCase
};

}  // namespace alcove::client
