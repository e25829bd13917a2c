#include "crypto/format/export.h"

#include <algorithm>
#include <utility>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/sign.h"
#include "crypto/format/directory.h"
#include "crypto/format/errors.h"
#include "crypto/format/evidence.h"
#include "crypto/format/lines.h"
#include "crypto/format/organisation.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

using internal::Base64Line;
using internal::BytesFromBase64;
using internal::FixedFromBase64;
using internal::kMaxEvidence;
using internal::LineReader;
using internal::TakeBase64;
using internal::TakeFixed;
using internal::TakeId;
using internal::Two;

constexpr std::string_view kExport = "exported case";
constexpr std::string_view kExportFirstLine = "alcove.export.v1";
constexpr std::string_view kOpenings = "openings";
constexpr std::string_view kOpeningsFirstLine = "alcove.openings.v1";
constexpr std::string_view kSignatureLabel = "alcove export v1";

std::optional<ExportPurpose> PurposeFromText(std::string_view text) {
  for (uint8_t code = 1; IsExportPurpose(code); ++code)
    if (Name(static_cast<ExportPurpose>(code)) == text) return static_cast<ExportPurpose>(code);
  return std::nullopt;
}

std::optional<Keyring> KeyringFromText(std::string_view text) {
  for (const Keyring keyring : {Keyring::kThread, Keyring::kTeam})
    if (Name(keyring) == text) return keyring;
  return std::nullopt;
}

// Names of files in the archive's one folder.
bool IsMemberName(std::string_view name) {
  return !name.empty() && name.size() <= 64 && name.front() != '.' &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-';
         });
}

// Every line that is signed.
absl::StatusOr<std::string> SignedText(const ExportProofs& proofs) {
  std::string text = std::string(kExportFirstLine) + "\norganisation " + Text(proofs.organisation) + "\ncase " +
                     Text(proofs.case_id) + "\npurpose " + std::string(Name(proofs.purpose)) + "\nday " + proofs.day.Text() +
                     "\n" + Base64Line("log", proofs.log_key.view()) + "checkpoint " +
                     (proofs.checkpoint.empty() ? "-" : crypto::Base64Encode(proofs.checkpoint)) + "\n" +
                     Base64Line("organisation-file", proofs.organisation_file);
  if (proofs.organisation_file.empty() || proofs.directories.empty()) return Malformed(kExport, "anchor");
  for (const Bytes& note : proofs.directories) {
    if (note.empty()) return Malformed(kExport, "directory");
    text += Base64Line("directory", note);
  }
  for (const VerifyKey& key : proofs.mailbox_keys) text += Base64Line("mailbox", key.view());
  for (const ExportedLeaf& leaf : proofs.leaves) {
    if (!leaf.leaf) {
      text += Base64Line("head", leaf.head.view());
      continue;
    }
    const std::optional<std::string> value = internal::LeafValue(*leaf.leaf);
    if (!value) return Malformed(kExport, "leaf");
    text += "leaf " + *value + "\n";
  }
  for (const ExportedEntry& entry : proofs.entries) {
    const std::string keyring(Name(entry.keyring));
    text += entry.prefix.empty() ? Base64Line("hash " + keyring, entry.hash.view())
                                 : Base64Line("entry " + keyring, entry.prefix);
  }
  if (proofs.members.empty()) return Malformed(kExport, "member");
  for (const ExportMember& member : proofs.members) {
    if (!IsMemberName(member.name)) return Malformed(kExport, "member");
    text += Base64Line("member " + member.name, member.sha256.view());
  }
  if (!IsSlug(proofs.exporter)) return Malformed(kExport, "exporter");
  return text + Base64Line("exporter " + proofs.exporter, proofs.exporter_key.view());
}

bool TakeLeaves(LineReader& lines, std::vector<ExportedLeaf>* leaves) {
  while (true) {
    ExportedLeaf leaf;
    if (auto value = lines.Take("leaf")) {
      if (!internal::ReadLeaf(*value, &leaf.leaf.emplace())) return false;
    } else if (auto head = lines.Take("head")) {
      auto digest = FixedFromBase64<Digest>(*head);
      if (!digest) return false;
      leaf.head = *digest;
    } else {
      return true;
    }
    leaves->push_back(std::move(leaf));
  }
}

bool TakeEntries(LineReader& lines, std::vector<ExportedEntry>* entries) {
  while (true) {
    auto shown = lines.Take("entry");
    auto hash = shown ? std::nullopt : lines.Take("hash");
    if (!shown && !hash) return true;
    auto parts = Two(shown ? *shown : *hash);
    if (!parts) return false;
    ExportedEntry entry;
    auto keyring = KeyringFromText(parts->first);
    if (!keyring) return false;
    entry.keyring = *keyring;
    if (shown) {
      auto prefix = BytesFromBase64(parts->second);
      if (!prefix) return false;
      entry.prefix = std::move(*prefix);
    } else {
      auto digest = FixedFromBase64<Digest>(parts->second);
      if (!digest) return false;
      entry.hash = *digest;
    }
    entries->push_back(std::move(entry));
  }
}

bool TakeExport(LineReader& lines, ExportProofs* proofs) {
  if (!lines.TakeBare(kExportFirstLine)) return false;
  auto organisation = TakeId<OrganisationId>(lines, "organisation");
  if (!organisation) return false;
  auto case_id = TakeId<CaseId>(lines, "case");
  if (!case_id) return false;
  auto purpose_text = lines.Take("purpose");
  auto purpose = purpose_text ? PurposeFromText(*purpose_text) : std::nullopt;
  if (!purpose) return false;
  auto day_text = lines.Take("day");
  if (!day_text) return false;
  auto day = Day::FromText(*day_text);
  if (!day.ok()) return false;
  auto log = TakeFixed<VerifyKey>(lines, "log");
  if (!log) return false;
  auto checkpoint = internal::TakeNote(lines, "checkpoint");
  if (!checkpoint) return false;
  auto file = TakeBase64(lines, "organisation-file");
  if (!file) return false;
  while (auto note = TakeBase64(lines, "directory")) proofs->directories.push_back(std::move(*note));
  while (auto key = TakeFixed<VerifyKey>(lines, "mailbox")) proofs->mailbox_keys.push_back(*key);
  if (!TakeLeaves(lines, &proofs->leaves) || !TakeEntries(lines, &proofs->entries)) return false;
  while (auto value = lines.Take("member")) {
    auto parts = Two(*value);
    auto digest = parts ? FixedFromBase64<Digest>(parts->second) : std::nullopt;
    if (!digest) return false;
    proofs->members.push_back({std::string(parts->first), *digest});
  }
  auto exporter = lines.Take("exporter");
  auto parts = exporter ? Two(*exporter) : std::nullopt;
  auto key = parts ? FixedFromBase64<VerifyKey>(parts->second) : std::nullopt;
  if (!key) return false;
  auto signature = TakeFixed<Signature>(lines, "signature");
  if (!signature) return false;
  proofs->organisation = *organisation;
  proofs->case_id = *case_id;
  proofs->purpose = *purpose;
  proofs->day = *day;
  proofs->log_key = *log;
  proofs->checkpoint = std::move(*checkpoint);
  proofs->organisation_file = std::move(*file);
  proofs->exporter = std::string(parts->first);
  proofs->exporter_key = *key;
  proofs->signature = *signature;
  return lines.done();
}

// The directories, from the newest on, each quoting the one after it here. One of them is signed by the organisation file's roots; from
// that one on each vouches for the next version, as roots may have been replaced.
absl::StatusOr<std::vector<DirectoryNote>> CheckAnchor(const ExportProofs& proofs, VerifiedExport* shown) {
  auto file = ParseOrganisation(proofs.organisation_file);
  if (!file.ok()) return file.status();
  if (file->id != proofs.organisation) return OtherOrganisation(kExport);
  std::vector<DirectoryNote> directories;
  for (const Bytes& bytes : proofs.directories) {
    auto note = ParseDirectoryNote(bytes);
    if (!note.ok()) return note.status();
    if (!directories.empty() && (note->hash != directories.back().directory.previous ||
                                 note->directory.version + 1 != directories.back().directory.version)) {
      return Forked(kExport);
    }
    directories.push_back(std::move(*note));
  }
  if (directories.empty()) return Malformed(kExport, "directory");
  size_t rooted = 0;
  absl::Status first = CheckFirst(*file, directories.front());
  while (!CheckFirst(*file, directories[rooted]).ok()) {
    if (++rooted == directories.size()) return first;
  }
  for (; rooted > 0; --rooted) {
    if (auto status = CheckNext(directories[rooted], directories[rooted - 1]); !status.ok()) return status;
  }
  if (directories.front().directory.log_key != proofs.log_key) return BadProof("the directory names another log key");
  shown->fingerprint = Fingerprint(*file);
  return directories;
}

// Heads of the case's chain by count of leaves.
absl::StatusOr<std::vector<Digest>> CheckLeaves(const ExportProofs& proofs, VerifiedExport* shown) {
  Checkpoint checkpoint;
  if (!proofs.checkpoint.empty()) {
    auto verified = VerifyCheckpoint(proofs.checkpoint, proofs.organisation, proofs.log_key);
    if (!verified.ok()) return verified.status();
    checkpoint = *verified;
    shown->tree_size = checkpoint.size;
  }
  std::vector<Digest> heads(1);
  for (const ExportedLeaf& exported : proofs.leaves) {
    const auto number = static_cast<uint32_t>(heads.size());
    if (!exported.leaf) {
      shown->leaves.emplace_back();
      heads.push_back(exported.head);
      continue;
    }
    auto leaf = ParseLeaf(exported.leaf->content);
    if (!leaf.ok()) return leaf.status();
    if (leaf->organisation != proofs.organisation || leaf->case_id != proofs.case_id || leaf->number != number) {
      return BrokenChain("a leaf belongs elsewhere, or is missing");
    }
    const Digest commitment = LeafCommitment(exported.leaf->salt, exported.leaf->content);
    if (exported.leaf->index) {
      if (!shown->tree_size ||
          !crypto::VerifyInclusion(*exported.leaf->index, checkpoint.size, LeafHash(commitment), exported.leaf->path,
                                   checkpoint.root)
               .ok()) {
        return BadProof("a leaf is not in the tree of the checkpoint");
      }
      ++shown->published;
    }
    heads.push_back(NextChainHead(heads.back(), number, commitment));
    shown->leaves.push_back(std::move(*leaf));
  }
  shown->head = heads.back();
  return heads;
}

// Slug of who holds the key; empty for the reporter.
absl::StatusOr<std::pair<std::string, VerifyKey>> AuthorOf(const ExportProofs& proofs,
                                                           const std::vector<DirectoryNote>& directories,
                                                           const KeyId& key) {
  for (const VerifyKey& mailbox : proofs.mailbox_keys)
    if (crypto::KeyIdOf(mailbox) == key) return std::make_pair(std::string(), mailbox);
  for (const DirectoryNote& note : directories) {
    const Person* person = note.directory.PersonOfKey(key);
    if (person == nullptr) continue;
    for (const Device& device : person->devices)
      if (crypto::KeyIdOf(device.signing) == key) return std::make_pair(person->slug, device.signing);
  }
  return BadSignature(kExport);
}

absl::Status CheckEntries(const ExportProofs& proofs, const std::vector<DirectoryNote>& directories,
                          const std::vector<Digest>& heads, VerifiedExport* shown) {
  const VerifiedEntry* before = nullptr;
  shown->entries.reserve(proofs.entries.size());
  for (const ExportedEntry& exported : proofs.entries) {
    if (before != nullptr && before->keyring > exported.keyring) return Malformed(kExport, "order of entries");
    if (before != nullptr && before->keyring != exported.keyring) before = nullptr;
    VerifiedEntry entry;
    entry.keyring = exported.keyring;
    entry.sequence = before == nullptr ? 0 : before->sequence + 1;
    entry.hash = exported.hash;
    if (!exported.prefix.empty()) {
      auto envelope = ParseRedacted(exported.prefix);
      if (!envelope.ok()) return envelope.status();
      const EnvelopeContext& c = envelope->context;
      if (c.organisation != proofs.organisation || c.case_id != proofs.case_id || c.keyring != entry.keyring ||
          c.sequence != entry.sequence || c.previous != (before == nullptr ? Digest() : before->hash)) {
        return BrokenChain("an entry belongs elsewhere, or does not continue the one before it");
      }
      if (c.leaf_count >= heads.size() || heads[c.leaf_count] != c.leaf_head) {
        return BrokenChain("an entry quotes another chain of leaves");
      }
      auto author = AuthorOf(proofs, directories, c.author);
      if (!author.ok()) return author.status();
      if (auto status = VerifyAuthor(*envelope, author->second); !status.ok()) return status;
      entry.author = std::move(author->first);
      entry.hash = EntryHash(*envelope);
      entry.context = c;
    }
    shown->entries.push_back(std::move(entry));
    before = &shown->entries.back();
  }
  return absl::OkStatus();
}

// What shown leaves say of THREAD's entries is what is here.
absl::Status CheckNamedEntries(const VerifiedExport& shown) {
  const auto is = [&](uint32_t sequence, const Digest& hash) {
    return std::any_of(shown.entries.begin(), shown.entries.end(), [&](const VerifiedEntry& entry) {
      return entry.keyring == Keyring::kThread && entry.sequence == sequence && entry.hash == hash;
    });
  };
  for (const std::optional<Leaf>& leaf : shown.leaves) {
    if (!leaf) continue;
    ByteReader reader(leaf->details);
    if (leaf->kind == LeafKind::kCaseFiled) {
      if (!is(0, reader.Fixed<Digest>())) return BrokenChain("the report is not the one that was filed");
    } else if (leaf->kind == LeafKind::kEntryAppended) {
      if (static_cast<Keyring>(reader.U8()) != Keyring::kThread) continue;
      const uint32_t sequence = reader.U32();
      reader.Raw(EntryId::kSize);
      if (!is(sequence, reader.Fixed<Digest>())) return BrokenChain("an entry is not the one that was recorded");
    }
  }
  return absl::OkStatus();
}

absl::Status CheckOpenings(const ExportProofs& proofs, const std::vector<Opening>& openings, VerifiedExport* shown) {
  size_t at = 0;
  for (const Opening& opening : openings) {
    // Both are in one order, so each entry is opened once at most.
    while (at < shown->entries.size() && (shown->entries[at].keyring != opening.keyring ||
                                          shown->entries[at].sequence != opening.sequence)) {
      ++at;
    }
    if (at == shown->entries.size() || !shown->entries[at].context) return BadProof("an opening opens nothing");
    const Bytes bytes = proofs.entries[at].prefix + opening.body;
    auto envelope = ParseEnvelope(bytes);
    if (!envelope.ok()) return envelope.status();
    auto text = OpenWithContentKey(*envelope, opening.content_key);
    if (!text.ok()) return text.status();
    shown->entries[at++].text = std::move(*text);
  }
  return absl::OkStatus();
}

absl::Status CheckExporter(const ExportProofs& proofs, const Directory& directory, const VerifiedExport& shown) {
  const Person* person = directory.FindPerson(proofs.exporter);
  const bool theirs = person != nullptr && std::any_of(person->devices.begin(), person->devices.end(), [&](const Device& d) {
    return d.signing == proofs.exporter_key;
  });
  if (!theirs) return BadSignature(kExport);
  auto text = SignedText(proofs);
  if (!text.ok()) return text.status();
  if (!crypto::Verify(proofs.exporter_key, kSignatureLabel, crypto::Sha256(*text).view(), proofs.signature).ok()) {
    return BadSignature(kExport);
  }
  const Bytes details = details::Exported(proofs.purpose);
  const bool written = std::any_of(shown.leaves.begin(), shown.leaves.end(), [&](const std::optional<Leaf>& leaf) {
    return leaf && leaf->kind == LeafKind::kCaseExported && leaf->actor == proofs.exporter && leaf->details == details;
  });
  if (!written) return BrokenChain("the record does not say that the case was exported like this");
  return absl::OkStatus();
}

}  // namespace

absl::Status SignExport(const crypto::SigningKey& exporter, ExportProofs* proofs) {
  proofs->exporter_key = exporter.verify_key();
  auto text = SignedText(*proofs);
  if (!text.ok()) return text.status();
  proofs->signature = crypto::Sign(exporter, kSignatureLabel, crypto::Sha256(*text).view());
  return absl::OkStatus();
}

absl::StatusOr<std::string> ExportText(const ExportProofs& proofs) {
  auto text = SignedText(proofs);
  if (!text.ok()) return text;
  return *text + Base64Line("signature", proofs.signature.view());
}

absl::StatusOr<ExportProofs> ParseExport(std::string_view text) {
  if (text.size() > kMaxEvidence) return Malformed(kExport, "length");
  LineReader lines(kExport, text);
  ExportProofs proofs;
  if (!TakeExport(lines, &proofs)) return lines.Fail();
  auto canonical = ExportText(proofs);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kExport, "form");
  return proofs;
}

absl::StatusOr<std::string> OpeningsText(const std::vector<Opening>& openings) {
  std::string text = std::string(kOpeningsFirstLine) + "\n";
  for (const Opening& opening : openings) {
    if (opening.body.empty()) return Malformed(kOpenings, "body");
    text += "opening " + std::string(Name(opening.keyring)) + " " + std::to_string(opening.sequence) + " " +
            crypto::Base64Encode(opening.content_key.expose()) + " " + crypto::Base64Encode(opening.body) + "\n";
  }
  return text;
}

absl::StatusOr<std::vector<Opening>> ParseOpenings(std::string_view text) {
  if (text.size() > kMaxEvidence) return Malformed(kOpenings, "length");
  LineReader lines(kOpenings, text);
  if (!lines.TakeBare(kOpeningsFirstLine)) return lines.Fail();
  std::vector<Opening> openings;
  while (auto value = lines.Take("opening")) {
    const auto keyring_text = Two(*value);
    const auto sequence_text = keyring_text ? Two(keyring_text->second) : std::nullopt;
    const auto key_text = sequence_text ? Two(sequence_text->second) : std::nullopt;
    if (!key_text) return lines.Fail();
    const auto keyring = KeyringFromText(keyring_text->first);
    const auto sequence = internal::Number(sequence_text->first, UINT32_MAX);
    const auto key_bytes = BytesFromBase64(key_text->first);
    auto body = BytesFromBase64(key_text->second);
    if (!keyring || !sequence || !key_bytes || !body) return Malformed(kOpenings, "opening");
    auto key = crypto::SymmetricKey::FromBytes(*key_bytes);
    if (!key.ok()) return Malformed(kOpenings, "content key");
    openings.push_back({*keyring, static_cast<uint32_t>(*sequence), std::move(*key), std::move(*body)});
  }
  if (!lines.done()) return lines.Fail();
  auto canonical = OpeningsText(openings);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kOpenings, "form");
  return openings;
}

absl::StatusOr<VerifiedExport> VerifyExport(const ExportProofs& proofs, const std::vector<Opening>& openings) {
  VerifiedExport shown;
  shown.organisation = proofs.organisation;
  shown.case_id = proofs.case_id;
  shown.purpose = proofs.purpose;
  shown.day = proofs.day;
  shown.log_key = proofs.log_key;
  shown.exporter = proofs.exporter;
  auto directories = CheckAnchor(proofs, &shown);
  if (!directories.ok()) return directories.status();
  auto heads = CheckLeaves(proofs, &shown);
  if (!heads.ok()) return heads.status();
  if (auto status = CheckEntries(proofs, *directories, *heads, &shown); !status.ok()) return status;
  if (auto status = CheckNamedEntries(shown); !status.ok()) return status;
  if (auto status = CheckOpenings(proofs, openings, &shown); !status.ok()) return status;
  if (auto status = CheckExporter(proofs, directories->front().directory, shown); !status.ok()) return status;
  return shown;
}

}  // namespace alcove::format
