#include "crypto/format/proof.h"

#include "crypto/encoding.h"
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

constexpr std::string_view kPromise = "promise";
constexpr std::string_view kMagic = "ALQ1";
constexpr std::string_view kSignatureLabel = "alcove promise v1";
constexpr size_t kMaxGroupPath = 16;
constexpr std::string_view kProof = "proof of filing";
constexpr std::string_view kProofFirstLine = "alcove.proof.v1";
constexpr std::string_view kLedger = "saved ledger";
constexpr std::string_view kLedgerFirstLine = "alcove.ledger.v1";
constexpr size_t kMaxContinuation = 128;

using internal::Base64Line;
using internal::kMaxEvidence;
using internal::kMaxIndex;
using internal::kMaxTreePath;
using internal::TakeBase64;
using internal::TakeFixed;
using internal::TakeAnchor;
using internal::TakeId;
using internal::AnchorLines;
using internal::VerifyAnchor;

Bytes SignedPart(const OrganisationId& organisation, Day day, uint32_t count, const Digest& group_root) {
  return ByteWriter(56).Fixed(organisation).U32(day.number()).U32(count).Fixed(group_root).Take();
}

std::string HashesLine(std::string_view word, const std::vector<Digest>& hashes) {
  std::string line(word);
  if (hashes.empty()) line += " -";
  for (const Digest& hash : hashes) line += " " + crypto::Base64Encode(hash.view());
  return line + "\n";
}

bool ReadHashes(std::string_view value, size_t most, std::vector<Digest>* hashes) {
  if (value == "-") return true;
  while (true) {
    size_t end = value.find(' ');
    auto hash = internal::FixedFromBase64<Digest>(value.substr(0, end));
    if (!hash || hashes->size() == most) return false;
    hashes->push_back(*hash);
    if (end == value.npos) return true;
    value.remove_prefix(end + 1);
  }
}

bool TakeProof(internal::LineReader& lines, ProofOfFiling* proof) {
  if (!lines.TakeBare(kProofFirstLine)) return false;
  auto organisation = TakeId<OrganisationId>(lines, "organisation");
  if (!organisation) return false;
  auto log = TakeFixed<VerifyKey>(lines, "log");
  if (!log) return false;
  auto leaf = TakeBase64(lines, "leaf");
  if (!leaf) return false;
  auto salt = TakeFixed<LeafSalt>(lines, "salt");
  if (!salt) return false;
  auto promise = TakeBase64(lines, "promise");
  if (!promise) return false;
  proof->organisation = *organisation;
  proof->log_key = *log;
  proof->leaf = std::move(*leaf);
  proof->salt = *salt;
  proof->promise = std::move(*promise);
  if (auto index = lines.Take("index")) {
    Inclusion inclusion;
    auto number = internal::Number(*index, kMaxIndex);
    auto hashes = lines.Take("inclusion");
    if (!number || !hashes || !ReadHashes(*hashes, kMaxTreePath, &inclusion.path)) return false;
    auto checkpoint = TakeBase64(lines, "checkpoint");
    if (!checkpoint) return false;
    inclusion.index = *number;
    inclusion.checkpoint = std::move(*checkpoint);
    proof->inclusion = std::move(inclusion);
    if (auto consistency = lines.Take("consistency")) {
      Continuation continuation;
      if (!ReadHashes(*consistency, kMaxContinuation, &continuation.path)) return false;
      auto newer = TakeBase64(lines, "newer-checkpoint");
      if (!newer) return false;
      continuation.newer_checkpoint = std::move(*newer);
      proof->continuation = std::move(continuation);
    }
  }
  bool malformed = false;
  proof->anchor = TakeAnchor(lines, &malformed);
  if (malformed) return false;
  return lines.done();
}

}  // namespace

Signature SignPromise(const crypto::SigningKey& log_key, const OrganisationId& organisation, Day day, uint32_t count,
                      const Digest& group_root) {
  return crypto::Sign(log_key, kSignatureLabel, SignedPart(organisation, day, count, group_root));
}

Bytes PromiseBytes(const Promise& promise) {
  ByteWriter out(129 + Digest::kSize * promise.path.size());
  out.Raw(kMagic).Fixed(promise.organisation).U32(promise.day.number()).Fixed(promise.commitment);
  out.U32(promise.position).U32(promise.count).U8(static_cast<uint8_t>(promise.path.size()));
  for (const Digest& hash : promise.path) out.Fixed(hash);
  return out.Fixed(promise.signature).Take();
}

absl::StatusOr<Promise> ParsePromise(BytesView bytes) {
  ByteReader reader(bytes);
  Promise p;
  reader.Expect(kMagic);
  p.organisation = reader.Fixed<OrganisationId>();
  p.day = Day(reader.U32());
  p.commitment = reader.Fixed<Digest>();
  p.position = reader.U32();
  p.count = reader.U32();
  uint8_t length = reader.U8();
  if (!reader.ok()) return Malformed(kPromise, "length or magic");
  if (length > kMaxGroupPath) return Malformed(kPromise, "length of the path");
  for (uint8_t i = 0; i < length; ++i) p.path.push_back(reader.Fixed<Digest>());
  p.signature = reader.Fixed<Signature>();
  if (!reader.done()) return Malformed(kPromise, "length");
  if (p.day.number() > Day::kMax) return Malformed(kPromise, "day");
  if (p.count < 1 || p.count > kMaxCommitGroup || p.position >= p.count) return Malformed(kPromise, "position");
  return p;
}

absl::Status VerifyPromise(const Promise& promise, const VerifyKey& log_key) {
  auto root = crypto::RootFromInclusion(promise.position, promise.count, LeafHash(promise.commitment), promise.path);
  if (!root.ok()) return BadProof("the path does not fit the place in the group");
  if (!crypto::Verify(log_key, kSignatureLabel, SignedPart(promise.organisation, promise.day, promise.count, *root),
                      promise.signature)
           .ok()) {
    return BadSignature(kPromise);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> ProofText(const ProofOfFiling& proof) {
  if (proof.leaf.empty() || proof.promise.empty()) return Malformed(kProof, "leaf or promise");
  if (proof.continuation && !proof.inclusion) return Malformed(kProof, "consistency without inclusion");
  std::string text = std::string(kProofFirstLine) + "\norganisation " + Text(proof.organisation) + "\n";
  text += Base64Line("log", proof.log_key.view()) + Base64Line("leaf", proof.leaf) +
          Base64Line("salt", proof.salt.view()) + Base64Line("promise", proof.promise);
  if (proof.inclusion) {
    if (proof.inclusion->index > kMaxIndex || proof.inclusion->path.size() > kMaxTreePath ||
        proof.inclusion->checkpoint.empty()) {
      return Malformed(kProof, "inclusion");
    }
    text += "index " + std::to_string(proof.inclusion->index) + "\n" + HashesLine("inclusion", proof.inclusion->path) +
            Base64Line("checkpoint", proof.inclusion->checkpoint);
  }
  if (proof.continuation) {
    if (proof.continuation->path.size() > kMaxContinuation || proof.continuation->newer_checkpoint.empty()) {
      return Malformed(kProof, "consistency");
    }
    text += HashesLine("consistency", proof.continuation->path) +
            Base64Line("newer-checkpoint", proof.continuation->newer_checkpoint);
  }
  if (proof.anchor) {
    if (proof.anchor->organisation_file.empty() || proof.anchor->directory_note.empty()) return Malformed(kProof, "anchor");
    text += AnchorLines(*proof.anchor);
  }
  return text;
}

absl::StatusOr<ProofOfFiling> ParseProof(std::string_view text) {
  if (text.size() > kMaxEvidence) return Malformed(kProof, "length");
  internal::LineReader lines(kProof, text);
  ProofOfFiling proof;
  if (!TakeProof(lines, &proof)) return lines.Fail();
  auto canonical = ProofText(proof);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kProof, "form");
  return proof;
}

absl::StatusOr<VerifiedProof> VerifyProof(const ProofOfFiling& proof) {
  auto promise = ParsePromise(proof.promise);
  if (!promise.ok()) return promise.status();
  auto leaf = ParseLeaf(proof.leaf);
  if (!leaf.ok()) return leaf.status();
  if (promise->organisation != proof.organisation || leaf->organisation != proof.organisation) {
    return OtherOrganisation(kProof);
  }
  Digest commitment = LeafCommitment(proof.salt, proof.leaf);
  if (commitment != promise->commitment) return BadProof("the promise is about another leaf");
  if (auto status = VerifyPromise(*promise, proof.log_key); !status.ok()) return status;

  VerifiedProof shown{.organisation = proof.organisation,
                      .log_key = proof.log_key,
                      .leaf = std::move(*leaf),
                      .commitment = commitment,
                      .promised = promise->day,
                      .tree_size = {},
                      .newer_size = {},
                      .fingerprint = {}};
  if (proof.inclusion) {
    auto checkpoint = VerifyCheckpoint(proof.inclusion->checkpoint, proof.organisation, proof.log_key);
    if (!checkpoint.ok()) return checkpoint.status();
    if (!crypto::VerifyInclusion(proof.inclusion->index, checkpoint->size, LeafHash(commitment), proof.inclusion->path,
                                 checkpoint->root)
             .ok()) {
      return BadProof("the leaf is not in the tree of the checkpoint");
    }
    shown.tree_size = checkpoint->size;
    if (proof.continuation) {
      auto newer = VerifyCheckpoint(proof.continuation->newer_checkpoint, proof.organisation, proof.log_key);
      if (!newer.ok()) return newer.status();
      if (!crypto::VerifyConsistency(checkpoint->size, newer->size, proof.continuation->path, checkpoint->root,
                                     newer->root)
               .ok()) {
        return BadProof("the newer tree does not continue the older");
      }
      shown.newer_size = newer->size;
    }
  }
  if (proof.anchor) {
    auto fingerprint = VerifyAnchor(*proof.anchor, proof.organisation, proof.log_key);
    if (!fingerprint.ok()) return fingerprint.status();
    shown.fingerprint = std::move(*fingerprint);
  }
  return shown;
}

absl::StatusOr<std::string> LedgerText(const SavedLedger& ledger) {
  std::string text = std::string(kLedgerFirstLine) + "\norganisation " + Text(ledger.organisation) + "\ncase " +
                     Text(ledger.case_id) + "\n" + Base64Line("log", ledger.log_key.view()) + "checkpoint " +
                     (ledger.checkpoint.empty() ? "-" : crypto::Base64Encode(ledger.checkpoint)) + "\n";
  for (const SavedLeaf& leaf : ledger.leaves) {
    const std::optional<std::string> value = internal::LeafValue(leaf);
    if (!value) return Malformed(kLedger, "leaf");
    text += "leaf " + *value + "\n";
  }
  if (ledger.anchor) {
    if (ledger.anchor->organisation_file.empty() || ledger.anchor->directory_note.empty()) return Malformed(kLedger, "anchor");
    text += AnchorLines(*ledger.anchor);
  }
  return text;
}

absl::StatusOr<SavedLedger> ParseLedger(std::string_view text) {
  if (text.size() > kMaxEvidence) return Malformed(kLedger, "length");
  internal::LineReader lines(kLedger, text);
  SavedLedger ledger;
  if (!lines.TakeBare(kLedgerFirstLine)) return lines.Fail();
  auto organisation = TakeId<OrganisationId>(lines, "organisation");
  if (!organisation) return lines.Fail();
  auto case_id = TakeId<CaseId>(lines, "case");
  if (!case_id) return lines.Fail();
  auto log = TakeFixed<VerifyKey>(lines, "log");
  if (!log) return lines.Fail();
  auto checkpoint = internal::TakeNote(lines, "checkpoint");
  if (!checkpoint) return Malformed(kLedger, "checkpoint");
  ledger.organisation = *organisation;
  ledger.case_id = *case_id;
  ledger.log_key = *log;
  ledger.checkpoint = std::move(*checkpoint);
  while (auto value = lines.Take("leaf")) {
    SavedLeaf leaf;
    if (!internal::ReadLeaf(*value, &leaf)) return Malformed(kLedger, "leaf");
    ledger.leaves.push_back(std::move(leaf));
  }
  bool malformed = false;
  ledger.anchor = TakeAnchor(lines, &malformed);
  if (malformed || !lines.done()) return lines.Fail();
  auto canonical = LedgerText(ledger);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kLedger, "form");
  return ledger;
}

absl::StatusOr<VerifiedLedger> VerifyLedger(const SavedLedger& ledger) {
  VerifiedLedger shown{.organisation = ledger.organisation,
                       .case_id = ledger.case_id,
                       .log_key = ledger.log_key,
                       .leaves = {},
                       .head = {},
                       .published = 0,
                       .tree_size = {},
                       .fingerprint = {}};
  if (ledger.anchor) {
    auto fingerprint = VerifyAnchor(*ledger.anchor, ledger.organisation, ledger.log_key);
    if (!fingerprint.ok()) return fingerprint.status();
    shown.fingerprint = std::move(*fingerprint);
  }
  Checkpoint checkpoint;
  if (!ledger.checkpoint.empty()) {
    auto verified = VerifyCheckpoint(ledger.checkpoint, ledger.organisation, ledger.log_key);
    if (!verified.ok()) return verified.status();
    checkpoint = *verified;
    shown.tree_size = checkpoint.size;
  }
  LeafChain chain(ledger.organisation, ledger.case_id);
  for (const SavedLeaf& saved : ledger.leaves) {
    auto leaf = chain.Append(saved.content, saved.salt);
    if (!leaf.ok()) return leaf.status();
    if (saved.index) {
      if (shown.published != shown.leaves.size()) return BadProof("a leaf is published before the one in front of it");
      Digest hash = LeafHash(LeafCommitment(saved.salt, saved.content));
      if (!shown.tree_size ||
          !crypto::VerifyInclusion(*saved.index, checkpoint.size, hash, saved.path, checkpoint.root).ok()) {
        return BadProof("a leaf is not in the tree of the checkpoint");
      }
      ++shown.published;
    }
    shown.leaves.push_back(std::move(*leaf));
  }
  shown.head = chain.head();
  return shown;
}

absl::StatusOr<EvidenceKind> EvidenceKindOf(std::string_view text) {
  std::string_view first = text.substr(0, text.find('\n'));
  if (first == kProofFirstLine) return EvidenceKind::kProofOfFiling;
  if (first == kLedgerFirstLine) return EvidenceKind::kSavedLedger;
  if (first == internal::kTimelineFirstLine) return EvidenceKind::kTimeline;
  return Malformed("file", "first line");
}

}  // namespace alcove::format
