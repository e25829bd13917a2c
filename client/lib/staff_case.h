// What an investigator's client does with a case: open, check, answer, note.
//
// Opening is a read that the reporter sees: the server writes it to the ledger before it hands out a grant. So OpenCase
// is called once for each keyring that is needed, not for a glance at a list.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/case_service.pb.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "client/lib/key_file.h"
#include "client/lib/thread.h"

namespace alcove::client {

// A tag in the report that is not the tag of the identifier it claims to be: the reporter's device, or the line to it,
// told the server about somebody else than the text does.
struct TagMismatch {
  // `subjects` or `keep_out`, and the position in it.
  std::string list;
  int position = 0;
};

// A case that passed every check.
struct OpenedCase {
  v1::Case facts;
  std::vector<OpenedEntry> thread;
  std::vector<OpenedEntry> team;
  KeyringKeys thread_keys;
  KeyringKeys team_keys;
  std::vector<TagMismatch> mismatches;
  // What was checked, in sentences, for the reader: "7 entries, chain whole", "signatures of 2 authors verified".
  std::vector<std::string> checked;
};

class StaffDesk {
 public:
  // None is owned; all outlive the object. Signs in at once.
  static absl::StatusOr<StaffDesk> SignIn(Connection& connection, const CheckedDirectory& directory,
                                          const StaffKeys& keys, crypto::Random& random);

  const Session& session() const { return session_; }
  Connection& connection() { return *connection_; }

  // Every case released to the caller.
  absl::StatusOr<std::vector<v1::Case>> ListCases();
  // The full name of the one case whose id begins with `prefix` (`cases/` may be left out).
  // NOTHING_HERE when none or several do: the caller's own cases only are looked through.
  absl::StatusOr<std::string> CaseOf(std::string_view prefix);
  absl::StatusOr<v1::Case> GetCase(const std::string& name);
  // Opens THREAD, and TEAM where it has entries. With `recompute`, evaluates the subjects' tags anew and compares.
  absl::StatusOr<OpenedCase> Open(const std::string& name, bool recompute = true);

  // A reply to the reporter (THREAD) or a note of the team (TEAM). Brings a new epoch when the keyring's is stale, or
  // when TEAM has none yet: then granted to exactly the case's readers. Files are uploaded by attachments.h afterwards.
  absl::StatusOr<v1::AppendEntryResponse> Append(const OpenedCase& opened, v1::Keyring keyring, v1::EntryKind kind,
                                                 const sealed::v1::Message& message,
                                                 const std::vector<v1::BlobName>& blobs, format::Day today);

  absl::StatusOr<v1::ClaimCaseResponse> Claim(const v1::Case& facts);
  absl::StatusOr<v1::ChangeCaseStateResponse> Move(const v1::Case& facts, v1::CaseState state,
                                                   const std::string& reason);
  // The whole history, with the case chain's numbering checked (leaves.h).
  absl::StatusOr<v1::ListHistoryResponse> History(const std::string& name);

 private:
  StaffDesk() = default;
  Connection* connection_ = nullptr;
  const CheckedDirectory* directory_ = nullptr;
  const StaffKeys* keys_ = nullptr;
  crypto::Random* random_ = nullptr;
  Session session_;
};

}  // namespace alcove::client
