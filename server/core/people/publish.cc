#include "server/core/people/publish.h"

#include <algorithm>
#include <utility>

#include "crypto/format/errors.h"
#include "crypto/format/leaf.h"
#include "crypto/format/policy.h"
#include "server/core/ledger/draft.h"
#include "server/core/people/errors.h"
#include "server/core/people/newest.h"
#include "server/core/people/records.h"

namespace alcove::people {
namespace {

// What a note's form check or signature check said, in the words of the contract.
absl::Status Judge(const absl::Status& status) {
  if (status.ok()) return status;
  const std::optional<format::Refusal> refusal = format::ReasonOf(status);
  if (refusal == format::Refusal::kOlder || refusal == format::Refusal::kVersionGap ||
      refusal == format::Refusal::kForked)
    return VersionNotNext();
  return NoteInvalid();
}

absl::Status CheckSuccessor(const Ports& ports, const Organisation& current, const format::DirectoryNote& next) {
  if (current.directory() == nullptr) {
    if (absl::Status status = format::CheckFirst(ports.file, next); !status.ok()) return Judge(status);
    return next.directory.version == 1 ? absl::OkStatus() : VersionNotNext();
  }
  const format::DirectoryNote& now = *current.parts().directory;
  if (absl::Status status = format::CheckNext(now, next); !status.ok()) return Judge(status);
  if (next.directory.version != now.directory.version + 1) return VersionNotNext();
  // Tags of open cases are kept as salted hashes: under another salt they would name nobody, and the wall would open.
  if (next.directory.salt != now.directory.salt) return NoteInvalid();
  return absl::OkStatus();
}

// A desk that takes no report without a token, and no key to issue one under: nobody could file there. Said when it is published; what
// runs out later (a quarter without a key) closes nothing.
absl::Status CheckTokensCanBeHad(const Organisation& next) {
  if (next.directory() == nullptr || next.routing() == nullptr) return absl::OkStatus();
  const auto& rules = next.routing()->rules();
  const bool required = std::any_of(rules.begin(), rules.end(), [&](const RoutingRule& rule) {
    return next.routing()->ProofFor(rule.desk) == ProofPolicy::kRequired;
  });
  const auto& keys = next.directory()->token_keys;
  const bool announced = std::any_of(keys.begin(), keys.end(), [](const format::TokenKey& key) {
    return key.kind == format::TokenKind::kEmployment;
  });
  if (!required || announced) return absl::OkStatus();
  return DocumentIncomplete("routing: a desk requires employment tokens, and the directory announces no key that issues them");
}

ledger::Act ActOf(const Ports& ports, const base::StaffSlug& by, format::LeafKind kind, crypto::Bytes details) {
  // The first directory is published by nobody in particular: its signatures carry it.
  if (by.empty()) return ledger::Act::OfServer(kind, ports.clock.Today(), std::move(details));
  return ledger::Act::OfStaff(kind, by, ports.clock.Now(), std::move(details));
}

}  // namespace

absl::StatusOr<OrganisationPtr> Load(const Ports& ports) {
  absl::StatusOr<InForce> in_force = ReadInForce(ports.rows);
  if (!in_force.ok()) return in_force.status();
  absl::StatusOr<ChartPtr> chart = LoadChart(ports.rows);
  if (!chart.ok()) return chart.status();
  Organisation::Parts parts;
  parts.id = ports.file.id;
  parts.chart = *std::move(chart);

  // Every version is vouched for by the one before it, the first by the organisation file.
  std::map<std::uint32_t, format::Roots> roots;
  for (std::uint32_t version = 1; version <= in_force->directory_version; ++version) {
    absl::StatusOr<std::optional<base::Versioned<DirectoryNote>>> row =
        ports.rows.Get<DirectoryNote>(base::RowKey(version));
    if (!row.ok()) return row.status();
    if (!*row) return base::Broken("a published directory version is missing");
    absl::StatusOr<format::DirectoryNote> note = format::ParseDirectoryNote((*row)->record.note);
    if (!note.ok()) return NoteInvalid();
    const absl::Status vouched =
        parts.directory ? format::CheckNext(*parts.directory, *note) : format::CheckFirst(ports.file, *note);
    if (!vouched.ok() || note->directory.version != version) return NoteInvalid();
    roots.emplace(version, note->directory.next_roots);
    parts.directory = *std::move(note);
    parts.directory_bytes = std::move((*row)->record.note);
  }

  for (const auto& [document, version] : in_force->policy_versions) {
    absl::StatusOr<std::optional<base::Versioned<PolicyNote>>> row =
        ports.rows.Get<PolicyNote>(base::RowKey(static_cast<std::uint8_t>(document), version));
    if (!row.ok()) return row.status();
    if (!*row) return base::Broken("a published policy document is missing");
    absl::StatusOr<format::PolicyNote> note = format::ParsePolicyNote((*row)->record.note);
    const auto signers = roots.find((*row)->record.directory_version);
    if (!note.ok() || signers == roots.end() || note->policy.document != document ||
        note->policy.version != version || !format::CheckPolicy(*note, ports.file.id, signers->second).ok())
      return NoteInvalid();
    parts.policies[document].note = std::move((*row)->record.note);
  }
  return Organisation::Build(std::move(parts));
}

absl::StatusOr<base::Outcome<Publication>> PublishDirectory(const Ports& ports, const Organisation& current,
                                                            const base::StaffSlug& by, crypto::BytesView note,
                                                            bool validate_only) {
  absl::StatusOr<format::DirectoryNote> next = format::ParseDirectoryNote(note);
  if (!next.ok()) return NoteInvalid();
  if (absl::Status status = CheckSuccessor(ports, current, *next); !status.ok()) return status;
  // Whoever believes it would believe nothing that another log key signed: every promise would be refused.
  if (!ports.log_keys.Holds(next->directory.log_key))
    return DocumentIncomplete("directory: the service does not hold the log key that it names");
  // A directory that has run out would close intake and sign-ins the moment it took effect.
  if (!format::CheckValid(next->directory, ports.clock.Today()).ok()) return NoteInvalid();

  absl::StatusOr<Newest> newest = ReadNewest(ports.rows, current);
  if (!newest.ok()) return newest.status();

  const crypto::Digest hash = next->hash;
  const std::uint32_t version = next->directory.version;
  Organisation::Parts parts = current.parts();
  parts.directory = *std::move(next);
  parts.directory_bytes = crypto::Bytes(note);
  absl::StatusOr<OrganisationPtr> built = Organisation::Build(std::move(parts));
  if (!built.ok()) return built.status();
  if (absl::Status status = CheckTokensCanBeHad(**built); !status.ok()) return status;

  base::Outcome<Publication> outcome;
  outcome.answer = {*built, "", version, GapsOf(**built, ports.clock.Today())};
  if (validate_only) return outcome;
  InForce row = newest->documents;
  row.directory_version = version;
  ReplaceDocuments(*newest, std::move(row), outcome.changes);
  DirectoryNote stored;
  stored.version = version;
  stored.note = crypto::Bytes(note);
  outcome.changes.Insert(std::move(stored));
  ledger::DraftLeaf(current.id(),
                    ActOf(ports, by, format::LeafKind::kDirectoryPublished,
                          format::details::DirectoryPublished(version, hash)),
                    ports.random, outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<base::Outcome<Publication>> PublishPolicy(const Ports& ports, const Organisation& current,
                                                         const base::StaffSlug& by, crypto::BytesView note,
                                                         bool validate_only) {
  if (current.directory() == nullptr || note.size() > format::kMaxPolicySize) return NoteInvalid();
  absl::StatusOr<format::PolicyNote> next = format::ParsePolicyNote(note);
  if (!next.ok()) return NoteInvalid();
  if (!format::CheckPolicy(*next, current.id(), current.directory()->next_roots).ok()) return NoteInvalid();
  const Document document = next->policy.document;
  const std::uint32_t version = next->policy.version;
  if (version != current.policy_version(document) + 1) return VersionNotNext();

  absl::StatusOr<Newest> newest = ReadNewest(ports.rows, current);
  if (!newest.ok()) return newest.status();

  Organisation::Parts parts = current.parts();
  parts.policies[document].note = crypto::Bytes(note);
  absl::StatusOr<OrganisationPtr> built = Organisation::Build(std::move(parts));
  if (!built.ok()) return built.status();
  if (absl::Status status = CheckTokensCanBeHad(**built); !status.ok()) return status;

  base::Outcome<Publication> outcome;
  outcome.answer = {*built, std::string(Name(document)), version, GapsOf(**built, ports.clock.Today())};
  if (validate_only) return outcome;
  InForce row = newest->documents;
  row.policy_versions[document] = version;
  ReplaceDocuments(*newest, std::move(row), outcome.changes);
  PolicyNote stored;
  stored.document = document;
  stored.version = version;
  stored.note = crypto::Bytes(note);
  stored.directory_version = current.directory_version();
  outcome.changes.Insert(std::move(stored));
  ledger::DraftLeaf(current.id(),
                    ActOf(ports, by, format::LeafKind::kPolicyPublished,
                          format::details::PolicyPublished(Name(document), version, next->hash)),
                    ports.random, outcome.changes, outcome.leaves);
  return outcome;
}

absl::StatusOr<crypto::Bytes> GetDirectoryNote(const base::Reader& rows, const Organisation& current,
                                               std::uint32_t version) {
  if (current.directory() == nullptr || version > current.directory_version()) return base::NothingHere();
  if (version == 0 || version == current.directory_version()) return current.parts().directory_bytes;
  auto row = rows.Get<DirectoryNote>(base::RowKey(version));
  if (!row.ok()) return row.status();
  if (!*row) return base::NothingHere();
  return std::move((*row)->record.note);
}

absl::StatusOr<crypto::Bytes> GetPolicyNote(const base::Reader& rows, const Organisation& current,
                                            std::string_view document, std::uint32_t version) {
  absl::StatusOr<Document> named = format::PolicyDocumentFromText(document);
  if (!named.ok()) return base::FieldInvalid("document");
  const PublishedPolicy* newest = current.policy(*named);
  if (newest == nullptr || version > newest->version) return base::NothingHere();
  if (version == 0 || version == newest->version) return newest->note;
  auto row = rows.Get<PolicyNote>(base::RowKey(static_cast<std::uint8_t>(*named), version));
  if (!row.ok()) return row.status();
  if (!*row) return base::NothingHere();
  return std::move((*row)->record.note);
}

}  // namespace alcove::people
