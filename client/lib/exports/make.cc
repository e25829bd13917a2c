#include "client/lib/exports/make.h"

#include <algorithm>
#include <set>
#include <utility>

#include "client/lib/exports/archive.h"
#include "client/lib/exports/document.h"
#include "client/lib/exports/page.h"
#include "client/lib/exports/readme.h"
#include "client/lib/summary.h"
#include "crypto/format/export.h"
#include "crypto/hash.h"

namespace alcove::client::exports {
namespace {

using format::ExportPurpose;
using format::Keyring;
using format::LeafKind;

// Hashes of the summaries that the record says were handed over.
std::set<crypto::Digest> ServedSummaries(const OpenedCase& opened) {
  std::set<crypto::Digest> served;
  for (const OpenedEntry& entry : opened.thread) {
    const auto name = format::ParseEntryName(entry.entry.name());
    if (entry.entry.kind() != v1::ENTRY_KIND_SUMMARY || !name.ok()) continue;
    const crypto::Bytes details = format::details::SummaryServed(name->second, entry.hash);
    if (std::any_of(opened.leaves.leaves.begin(), opened.leaves.leaves.end(), [&](const format::Leaf& leaf) {
          return leaf.kind == LeafKind::kSummaryServed && leaf.details == details;
        })) {
      served.insert(entry.hash);
    }
  }
  return served;
}

// Whether a leaf is shown to somebody to whom the record is not.
bool IsOfWhatIsShown(const format::Leaf& leaf, const std::vector<const OpenedEntry*>& shown,
                     ExportPurpose purpose) {
  if (leaf.kind == LeafKind::kCaseExported) return leaf.details == format::details::Exported(purpose);
  return std::any_of(shown.begin(), shown.end(), [&](const OpenedEntry* entry) {
    const auto name = format::ParseEntryName(entry->entry.name());
    if (!name.ok()) return false;
    return (leaf.kind == LeafKind::kSummaryServed && leaf.details == format::details::SummaryServed(name->second, entry->hash)) ||
           (leaf.kind == LeafKind::kEntryAppended &&
            leaf.details == format::details::Appended(Keyring::kThread, entry->entry.sequence(), name->second, entry->hash));
  });
}

// Fields that this program does not know were not looked at by the table, so the entry is not opened.
bool HoldsOnly(const google::protobuf::Message& words, const crypto::Plaintext& text) {
  const std::unique_ptr<google::protobuf::Message> copy(words.New());
  copy->CopyFrom(words);
  copy->DiscardUnknownFields();
  return copy->SerializeAsString() == text.bytes;
}

struct Draft {
  nlohmann::json entries = nlohmann::json::array();
  std::vector<format::ExportedEntry> proofs;
  std::vector<format::Opening> openings;
  std::vector<const OpenedEntry*> shown;
};

absl::Status AddKeyring(const std::vector<OpenedEntry>& entries, const KeyringKeys& keys, Keyring keyring,
                        ExportPurpose purpose, const std::set<crypto::Digest>& served, Draft& draft) {
  for (const OpenedEntry& entry : entries) {
    const auto envelope = format::ParseKept(entry.entry.envelope());
    if (!envelope.ok()) return Refuse(Refusal::kEntryInvalid, envelope.status());
    const format::EnvelopeContext& context = envelope->context;
    RedactedEntry redacted = Redact(purpose, entry, served.contains(entry.hash));
    bool whole = redacted.whole();
    if (whole) {
      const format::EpochKey* epoch = keys.KeyOf(context.epoch);
      if (epoch == nullptr) return Refuse(Refusal::kGrantInvalid, "the key of an entry is not there");
      auto key = format::ContentKeyOf(*envelope, *epoch);
      if (!key.ok()) return Refuse(Refusal::kEntryInvalid, key.status());
      const auto text = format::OpenWithContentKey(*envelope, *key);
      if (!text.ok()) return Refuse(Refusal::kEntryInvalid, text.status());
      whole = HoldsOnly(*redacted.words, *text);
      if (whole) {
        draft.openings.push_back({keyring, context.sequence, *std::move(key), crypto::Bytes(envelope->body)});
      } else {
        redacted.left_out.push_back({"fields that this program does not know", "nobody has decided whether they may be shown"});
      }
    }
    nlohmann::json json =
        EntryJson(keyring, context.sequence, entry.hash, redacted.header ? &context : nullptr, entry.author);
    if (redacted.words != nullptr) {
      json["words"] = WordsJson(*redacted.words, whole);
      json["proven"] = whole;
      draft.shown.push_back(&entry);
    }
    if (!redacted.left_out.empty()) json["leftOut"] = LeftOutJson(redacted.left_out);
    draft.entries.push_back(std::move(json));
    draft.proofs.push_back({keyring, redacted.header ? crypto::Bytes(envelope->prefix) : crypto::Bytes(), entry.hash});
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CanBeExported(const OpenedCase& opened, ExportPurpose purpose) {
  if (purpose != ExportPurpose::kAccused) return absl::OkStatus();
  const std::set<crypto::Digest> served = ServedSummaries(opened);
  if (served.empty()) {
    return Refuse(Refusal::kInputInvalid,
                  "nothing was handed over to the person complained about yet, so there is nothing for them: `alcove case summary`");
  }
  for (const OpenedEntry& entry : opened.thread) {
    if (!served.contains(entry.hash) || !entry.message || entry.redacted) continue;
    ALCOVE_CLIENT_TRY(CheckSummary(opened.thread, entry.entry.sequence(), entry.message->summary(), /*adding=*/true));
  }
  return absl::OkStatus();
}

absl::StatusOr<Exported> MakeArchive(const OpenedCase& opened, ExportPurpose purpose, format::Day day,
                                     const format::OrganisationFile& organisation,
                                     const std::vector<crypto::Bytes>& directories, const StaffKeys& keys) {
  ALCOVE_CLIENT_TRY(CanBeExported(opened, purpose));
  const std::set<crypto::Digest> served = ServedSummaries(opened);
  Draft draft;
  ALCOVE_CLIENT_TRY(AddKeyring(opened.thread, opened.thread_keys, Keyring::kThread, purpose, served, draft));
  if (ShowsKeyring(purpose, Keyring::kTeam)) {
    ALCOVE_CLIENT_TRY(AddKeyring(opened.team, opened.team_keys, Keyring::kTeam, purpose, served, draft));
  }

  format::ExportProofs proofs;
  proofs.organisation = organisation.id;
  proofs.case_id = opened.leaves.saved.case_id;
  proofs.purpose = purpose;
  proofs.day = day;
  proofs.log_key = opened.leaves.saved.log_key;
  proofs.checkpoint = opened.leaves.saved.checkpoint;
  ALCOVE_CLIENT_ASSIGN(proofs.organisation_file, format::OrganisationText(organisation));
  proofs.directories = directories;
  if (ShowsRecord(purpose)) {
    ALCOVE_CLIENT_ASSIGN(proofs.mailbox_keys, FormerKeys(opened.facts.former_mailbox_signing_keys()));
    ALCOVE_CLIENT_ASSIGN(const crypto::VerifyKey mailbox, crypto::VerifyKey::FromBytes(opened.facts.mailbox_signing_key()));
    proofs.mailbox_keys.push_back(mailbox);
  }
  proofs.entries = std::move(draft.proofs);
  proofs.exporter = keys.slug;

  nlohmann::json record = nlohmann::json::array();
  format::LeafChain chain(proofs.organisation, proofs.case_id);
  bool written = false;
  for (size_t i = 0; i < opened.leaves.leaves.size(); ++i) {
    const format::Leaf& leaf = opened.leaves.leaves[i];
    const format::SavedLeaf& saved = opened.leaves.saved.leaves[i];
    if (const auto appended = chain.Append(saved.content, saved.salt); !appended.ok()) {
      return Refuse(Refusal::kLeafInvalid, appended.status());
    }
    const bool shown = ShowsRecord(purpose) || IsOfWhatIsShown(leaf, draft.shown, purpose);
    proofs.leaves.push_back(shown ? format::ExportedLeaf{saved, {}} : format::ExportedLeaf{std::nullopt, chain.head()});
    if (shown) record.push_back(LeafJson(leaf));
    written |= leaf.kind == LeafKind::kCaseExported && leaf.actor == keys.slug && leaf.details == format::details::Exported(purpose);
  }
  if (!written) return Refuse(Refusal::kLeafOmitted, "that the case is exported");

  nlohmann::json document = {{"format", "alcove.case.v1"},
                             {"organisation", format::Text(proofs.organisation)},
                             {"case", format::CaseName(proofs.case_id)},
                             {"purpose", format::Name(purpose)},
                             {"day", day.Text()},
                             {"exporter", keys.slug},
                             {"leftOut", LeftOutJson(RulesOf(purpose))},
                             {"entries", std::move(draft.entries)},
                             {"record", std::move(record)}};
  if (ShowsRecord(purpose)) document["facts"] = FactsJson(opened.facts);

  std::vector<Member> members;
  members.push_back({kReadme, ReadmeOf(purpose)});
  members.push_back({kPage, PageOf(document)});
  members.push_back({kCase, JsonText(document)});
  ALCOVE_CLIENT_ASSIGN(std::string openings, format::OpeningsText(draft.openings));
  members.push_back({kOpenings, std::move(openings)});
  for (const Member& member : members) proofs.members.push_back({member.name, crypto::Sha256(member.text)});
  ALCOVE_CLIENT_TRY(format::SignExport(keys.signing, &proofs));
  ALCOVE_CLIENT_ASSIGN(std::string text, format::ExportText(proofs));
  members.push_back({kProofs, std::move(text)});

  Exported exported;
  exported.shown = draft.shown.size();
  exported.proven = draft.openings.size();
  exported.entries = proofs.entries.size();
  ALCOVE_CLIENT_ASSIGN(exported.bytes, WriteArchive(members));
  return exported;
}

absl::StatusOr<std::vector<crypto::Bytes>> NotesFor(const OpenedCase& opened, const format::OrganisationFile& organisation,
                                                    const CheckedDirectory& newest, DirectoryHistory& history) {
  std::set<crypto::KeyId> wanted;
  for (const auto* entries : {&opened.thread, &opened.team}) {
    for (const OpenedEntry& entry : *entries) {
      const auto envelope = format::ParseKept(entry.entry.envelope());
      if (envelope.ok() && !entry.author.empty()) wanted.insert(envelope->context.author);
    }
  }
  std::vector<crypto::Bytes> notes;
  bool rooted = false;
  for (uint32_t version = newest.directory().version; version > 0; --version) {
    ALCOVE_CLIENT_ASSIGN(const format::DirectoryNote* note, history.Note(version));
    notes.push_back(note->note.Serialize());
    std::erase_if(wanted, [&](const crypto::KeyId& key) { return FindDevice(note->directory, key).has_value(); });
    rooted = rooted || format::CheckFirst(organisation, *note).ok();
    if (wanted.empty() && rooted) break;
  }
  return notes;
}

}  // namespace alcove::client::exports
