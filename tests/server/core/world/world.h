// A small organisation in memory, with everybody's keys, for the tests of the rules: people publish, reporters file,
// staff open and write, exactly as their clients would, and every outcome goes through rows and ledger.
//
//   desk `intake`: amira, bjorn, chiara, dilip (two machines)   administrator: ada   custodians: cora, carl, cleo
//   escalation: erik   outside fallbacks: fay, finn   auditor: otto   protection officer: pia
// Everybody has the staff number `emp:<slug in capitals>`.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "crypto/format/approval.h"
#include "crypto/format/directory.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/organisation.h"
#include "crypto/format/policy.h"
#include "crypto/oprf.h"
#include "crypto/secret.h"
#include "server/core/approvals/approvals.h"
#include "server/core/base/ports.h"
#include "server/core/cases/mailbox.h"
#include "server/core/cases/team.h"
#include "server/core/hr/sync.h"
#include "server/core/intake/intake.h"
#include "server/core/people/publish.h"
#include "tests/server/core/world/rows.h"

namespace alcove::world {

inline base::StaffSlug Slug(std::string_view text) { return *base::StaffSlug::Parse(text); }

// The reason of a refusal; nothing for OK and for faults.
template <class T>
std::optional<base::Reason> Why(const absl::StatusOr<T>& answer) {
  return base::ReasonOf(answer.status());
}
inline std::optional<base::Reason> Why(const absl::Status& status) { return base::ReasonOf(status); }

class SeededRandom final : public crypto::Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : seed_(seed) {}
  void Fill(std::uint8_t* out, std::size_t size) override;

 private:
  std::uint64_t seed_;
  std::uint64_t block_ = 0;
  crypto::Bytes left_;
};

class FakeClock final : public base::Clock {
 public:
  base::Day Today() const override { return base::DayOf(now); }
  base::Instant Now() const override { return now; }
  std::chrono::milliseconds Elapsed() const override { return elapsed; }
  void Advance(std::chrono::seconds by) {
    now += by;
    elapsed += by;
  }

  base::Instant now = base::StartOf(*base::Day::FromText("2026-11-23")) + std::chrono::hours(10);  // a Monday
  std::chrono::milliseconds elapsed{1000};
};

struct Machine {
  crypto::DecryptionKey decryption;
  crypto::SigningKey signing;
};

// A reporter's device and what it keeps in memory.
struct Reporter {
  base::MailboxId mailbox;
  Machine keys;
  base::CaseId case_id;
  std::vector<format::EpochKey> epochs;
};

// A request that owns its bytes, so that a test may change any of them before it is sent.
struct Submission {
  std::string request_id;
  crypto::Bytes plan;
  base::MailboxId mailbox;
  crypto::EncryptionKey encryption_key;
  crypto::VerifyKey verify_key;
  crypto::Bytes envelope;
  std::vector<cases::BlobName> blobs;
  crypto::Bytes record;
  std::vector<crypto::Bytes> grants;
  std::optional<crypto::Bytes> identity;
  crypto::Bytes token;  // empty: none
  std::optional<intake::EscrowTerms> escrow;
  bool without_epoch = false;
  bool look = true;

  intake::SubmitRequest request() const;
};

// What a test makes a client do wrong. Everything that is not set is done right.
struct Mischief {
  std::function<void(std::vector<format::Recipient>&)> recipients;
  std::function<void(format::EpochScope&)> scope;
  std::function<void(format::EnvelopeContext&)> context;
  std::optional<crypto::KeyId> maker;
  std::optional<std::uint32_t> directory_version;
  const crypto::SigningKey* signer = nullptr;
};

// An entry that owns its bytes.
struct Draft {
  crypto::Bytes envelope;
  std::vector<cases::BlobName> blobs;
  crypto::Bytes record;
  std::vector<crypto::Bytes> grants;

  cases::NewEntry entry() const;
};

// A row of the HR system. People are given by staff number, which for those of the directory is their slug in capitals.
struct Employment {
  std::string number;
  std::string manager = {};
  std::vector<std::string> dotted = {};
  std::vector<std::string> delegates = {};
  std::vector<std::string> relations = {};
  std::vector<std::string> also = {};  // further numbers of the same person
  bool left = false;

  hr::ClearRow row() const;
};

class World {
 public:
  explicit World(std::uint64_t seed = 1);
  World(const World&) = delete;
  World& operator=(const World&) = delete;

  // A person with fresh keys and the staff number `emp:<SLUG>`, at the end of the directory: keep its order of slugs.
  void AddPerson(format::Directory& directory, const std::string& slug, std::vector<format::Role> roles,
                 std::vector<std::string> desks, bool outside = false, int machine_count = 1);

  // Publishing. `Edit` changes the next directory before the roots sign it.
  void PublishDirectory(const std::function<void(format::Directory&)>& edit = {});
  void PublishPolicy(people::Document document, const std::string& json);
  // Tells the service who works here, as a service account would. `Sync` fails the test when it is refused.
  absl::StatusOr<hr::Committed> TrySync(const std::vector<Employment>& people, hr::Mode mode = hr::Mode::kFull,
                                        bool validate_only = false);
  hr::Committed Sync(const std::vector<Employment>& people, hr::Mode mode = hr::Mode::kFull);
  // The safeguards of deploy/policy with these members changed or added.
  void PublishSafeguards(const std::map<std::string, std::string>& members);
  crypto::Bytes Signed(const std::string& text, int signers = 2) const;
  format::Directory NextDirectory() const;
  std::string PolicyTextOf(people::Document document, const std::string& json, std::uint32_t version) const;
  people::Ports people_ports() { return {rows, clock, random, file, log_keys}; }

  cases::Ports ports() const;

  // Tokens. An issuing key of this quarter is drawn, held, and announced by the next directory.
  void AnnounceTokenKey(format::TokenKind kind = format::TokenKind::kEmployment);
  // Of this quarter, as an employee's machine holds them: drawn, issued under the held key, proof checked. At no method's door.
  std::vector<format::UnspentToken> Tokens(std::size_t count, format::TokenKind kind = format::TokenKind::kEmployment);
  // What a token of this filing vouches for.
  crypto::Digest TokenRequestOf(const Submission& submission, const base::CaseId& id) const;
  void PublishProofPolicy(const std::string& policy);  // of the desk `intake`

  // The tag that a client would get for `emp:<SLUG>`.
  crypto::Bytes TagOf(std::string_view identifier) const;
  std::string RequestId();

  // Reporters.
  Reporter NewReporter();
  intake::PlanRequest Facts(std::vector<std::string> categories = {"bullying"}) const;
  intake::PlanView Plan(const intake::PlanRequest& request);
  Submission Prepare(Reporter& reporter, const intake::PlanView& plan, const Mischief& mischief = {});
  absl::StatusOr<intake::Filing> Submit(const Submission& submission);
  // All of it: a report about `bullying` unless told otherwise; the test fails if it is refused.
  Reporter File(const intake::PlanRequest& request);
  Reporter File() { return File(Facts()); }
  // A report about this staff number that waits for so many others; the test fails if it is refused. `days`: how long it waits.
  Reporter Escrow(const std::string& number, std::uint32_t others = 2, int days = 365);
  Reporter Escrow(const std::vector<std::string>& numbers, std::uint32_t others, int days = 365);
  // Makes an escrow of a submission whose plan was made for one: terms, and a token of its own.
  void Hold(Submission& submission, std::uint32_t others, base::Day last);
  crypto::Bytes EscrowTokenFor(const Submission& submission);
  base::StaffSlug AssigneeOf(const Reporter& reporter) const;
  cases::Case CaseOf(const Reporter& reporter) const;

  // Entries of a case that exists. `recipients` makes a new epoch: who holds it, in the record's order.
  Draft Write(format::Keyring keyring, format::EntryKind kind, const base::CaseId& id, const crypto::SigningKey& signer,
              const format::EpochKey& key, const Mischief& mischief = {},
              const std::vector<format::Recipient>* recipients = nullptr, format::EpochKey* made = nullptr);
  absl::StatusOr<cases::Appended> Send(Reporter& reporter, const Draft& draft, const std::string& request_id);
  absl::StatusOr<cases::Appended> Append(const base::StaffSlug& caller, const base::CaseId& id, const Draft& draft,
                                         const std::string& request_id);
  // Approvals: the request as the asker's client makes it, sealed to `deciders` (slugs) or to whoever may decide. `change`
  // spoils its terms.
  crypto::Bytes SealRequest(const base::StaffSlug& asker, const base::CaseId& id, const approvals::Terms& terms,
                            const std::function<void(format::ApprovalTerms&)>& change = {},
                            const std::optional<std::vector<std::string>>& deciders = {});
  // Asked for, and approved by each of `approvers`; the test fails if that is refused.
  base::ApprovalId Ask(const base::StaffSlug& asker, const base::CaseId& id, const approvals::Terms& terms,
                       const std::vector<std::string>& approvers = {});
  // Grants of the caller, opened with their own key; the current epoch's key is the last.
  std::vector<format::EpochKey> Open(const base::StaffSlug& caller, const base::CaseId& id, format::Keyring keyring);
  std::vector<format::Recipient> RecipientsOf(const base::CaseId& id, format::Keyring keyring) const;

  // Decides and commits; the answer, or why not.
  template <class Answer>
  absl::StatusOr<Answer> Carry(absl::StatusOr<base::Outcome<Answer>> outcome) {
    if (!outcome.ok()) return outcome.status();
    if (absl::Status status = rows.Commit(*outcome, file.id, clock.Today()); !status.ok()) return status;
    return std::move(outcome->answer);
  }

  SeededRandom mutable random;
  FakeClock clock;
  crypto::SigningKey log_key;
  ledger::LogKeys log_keys;
  Rows rows;
  format::OrganisationFile file;
  std::map<std::string, crypto::SigningKey> roots;
  std::map<std::string, std::vector<Machine>> machines;
  crypto::SymmetricKey request_key;
  intake::Secrets secrets;
  people::OrganisationPtr organisation;

 private:
  int requests_ = 0;
};

// The routing of deploy/policy, with what the desk `intake` asks of who files: required, preferred or off.
std::string ProofPolicyJson(const std::string& policy);

// The documents of deploy/policy, but for profiles: `default` is the first.
std::string PolicyFile(people::Document document);

}  // namespace alcove::world
