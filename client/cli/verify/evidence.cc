#include "client/cli/verify/evidence.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "alcove/sealed/v1/sealed.pb.h"
#include "client/cli/frame/date_text.h"

#include "client/cli/frame/table.h"
#include "client/lib/errors.h"
#include "client/lib/exports/archive.h"
#include "crypto/encoding.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

std::string Said(const absl::Status& status) { return std::string(status.message()); }

std::string TimeOf(const format::Leaf& leaf) {
  if (leaf.time == 0) return "";
  const uint32_t second = leaf.time - 1;
  const auto two = [](uint32_t number) { return (number < 10 ? "0" : "") + std::to_string(number); };
  return two(second / 3600) + ":" + two(second / 60 % 60) + ":" + two(second % 60);
}

std::string DetailsOf(const format::Leaf& leaf) {
  std::string text;
  for (const auto& [name, value] : format::DescribeDetails(leaf))
    text += (text.empty() ? "" : ", ") + name + " " + value;
  return text;
}

std::string LogKeyText(const crypto::VerifyKey& key) { return crypto::Base64Encode(key.view()); }

// What to compare, so that the log key is somebody's.
std::string WhoseKeyText(const std::optional<std::string>& fingerprint, const std::optional<bool>& same_file) {
  if (!fingerprint) return "Compare the log key with the organisation's directory: this file does not say whose it is.\n";
  if (same_file == true) return "The log key is the one of the organisation file that you gave.\n";
  std::string text = "Compare the fingerprint with the organisation's poster: it says whose log key this is.\n";
  if (same_file == false) {
    text += "The organisation file that you gave is not the one in this file: it may be newer, or another.\n";
  }
  return text;
}

std::string ProofText(const format::VerifiedProof& proof, const std::optional<bool>& same_file) {
  const bool gone = proof.leaf.kind == format::LeafKind::kCaseShredded;
  std::string text = gone ? "The proof that a case was deleted is good.\n\n" : "The proof of filing is good.\n\n";
  text += "  What         " + std::string(format::Name(proof.leaf.kind)) + ", on " + proof.leaf.day.Text() + "\n";
  text += "  Case         " + format::CaseName(proof.leaf.case_id) + "\n";
  if (gone) text += "  Because      " + DetailsOf(proof.leaf) + "\n";
  text += "  Organisation " + format::Text(proof.organisation) + "\n";
  text += "  Promised     on " + proof.promised.Text() + ", signed by the log key\n";
  if (proof.tree_size) {
    text += "  Published    in the tree of " + std::to_string(*proof.tree_size) + " leaves\n";
  } else {
    text += "  Published    not shown by this file; save a new proof after the next hour\n";
  }
  if (proof.newer_size) {
    text += "  Continued    by the tree of " + std::to_string(*proof.newer_size) + " leaves\n";
  }
  text += "  Log key      " + LogKeyText(proof.log_key) + "\n";
  if (proof.fingerprint) text += "  Fingerprint  " + *proof.fingerprint + "\n";
  text += "\n" + WhoseKeyText(proof.fingerprint, same_file);
  return text;
}

std::string LedgerText(const format::VerifiedLedger& ledger, const std::optional<bool>& same_file) {
  std::string text = "The saved ledger is good: " + std::to_string(ledger.leaves.size()) + " records without a gap, " +
                     std::to_string(ledger.published) + " of them published";
  if (ledger.tree_size) text += " in the tree of " + std::to_string(*ledger.tree_size) + " leaves";
  text += ".\n\n";
  Table table({"no", "day", "time", "who", "what", "details"});
  for (const format::Leaf& leaf : ledger.leaves) {
    table.Row({std::to_string(leaf.number), leaf.day.Text(), TimeOf(leaf), leaf.actor,
               std::string(format::Name(leaf.kind)), DetailsOf(leaf)});
  }
  text += table.Text();
  text += "\nCase " + format::CaseName(ledger.case_id) + " of organisation " + format::Text(ledger.organisation) + "\n";
  text += "Head " + crypto::HexEncode(ledger.head.view()) + "\n";
  text += "Log key " + LogKeyText(ledger.log_key) + "\n";
  if (ledger.fingerprint) text += "Fingerprint " + *ledger.fingerprint + "\n";
  text += WhoseKeyText(ledger.fingerprint, same_file);
  return text;
}

std::string ArchiveText(const client::exports::CheckedArchive& archive, const std::optional<bool>& same_file) {
  const format::VerifiedExport& proofs = archive.proofs;
  std::string text = "The exported case is good.\n\n";
  text += "  Case         " + format::CaseName(proofs.case_id) + "\n";
  text += "  Organisation " + format::Text(proofs.organisation) + "\n";
  text += "  For          " + std::string(format::Name(proofs.purpose)) + ", on " + proofs.day.Text() + ", by " + proofs.exporter +
          ", as the record of the case says\n";
  size_t signed_entries = 0, shown_leaves = 0;
  for (const format::VerifiedEntry& entry : proofs.entries) signed_entries += entry.context.has_value();
  for (const auto& leaf : proofs.leaves) shown_leaves += leaf.has_value();
  text += "  Entries      " + std::to_string(proofs.entries.size()) + ", of which " + std::to_string(signed_entries) +
          " with author and day, " + std::to_string(archive.shown) + " with words, " + std::to_string(archive.proven) +
          " with words that are proven\n";
  text += "  Record       " + std::to_string(proofs.leaves.size()) + " numbers, of which " + std::to_string(shown_leaves) +
          " are shown and " + std::to_string(proofs.published) + " published";
  if (proofs.tree_size) text += " in the tree of " + std::to_string(*proofs.tree_size) + " leaves";
  text += "\n  Head         " + crypto::HexEncode(proofs.head.view()) + "\n";
  text += "  Log key      " + LogKeyText(proofs.log_key) + "\n";
  text += "  Fingerprint  " + proofs.fingerprint + "\n\n";
  if (archive.shown > archive.proven) {
    text += "Words that are not proven have something left out of them and rest on the signature of " + proofs.exporter + ".\n";
  }
  text += same_file == true ? "The keys are those of the organisation file that you gave.\n"
                            : "Compare the fingerprint with the organisation's poster: it says whose keys these are.\n";
  if (same_file == false) {
    text += "The organisation file that you gave is not the one in this archive: it may be newer, or another.\n";
  }
  return text;
}

std::string IdentifiersText(const google::protobuf::RepeatedPtrField<std::string>& identifiers) {
  std::string text;
  for (const std::string& identifier : identifiers) text += (text.empty() ? "" : ", ") + Harmless(identifier);
  return text;
}

// What a letter says, in one line.
std::string WordsOf(const format::VerifiedLetter& letter) {
  if (letter.subject == format::LetterSubject::kProtectionRequest) {
    sealed::v1::ProtectionRequest words;
    if (!words.ParseFromString(letter.words.bytes)) return "cannot be read";
    return "asked for protection: " + IdentifiersText(words.identifiers());
  }
  sealed::v1::AdverseAction words;
  if (!words.ParseFromString(letter.words.bytes)) return "cannot be read";
  return Harmless(words.kind()) + " of " + IdentifiersText(words.identifiers()) + ", planned for " + DateText(words.effective()) +
         (words.reason().empty() ? "" : ": " + Harmless(words.reason()));
}

// One line for each leaf of each letter, the earliest first.
std::vector<std::pair<const format::Leaf*, const format::VerifiedLetter*>> InOrder(const format::VerifiedTimeline& timeline) {
  std::vector<std::pair<const format::Leaf*, const format::VerifiedLetter*>> lines;
  for (const format::VerifiedLetter& letter : timeline.letters)
    for (const format::Leaf& leaf : letter.leaves) lines.emplace_back(&leaf, &letter);
  std::stable_sort(lines.begin(), lines.end(), [](const auto& a, const auto& b) {
    return std::pair(a.first->day, a.first->time) < std::pair(b.first->day, b.first->time);
  });
  return lines;
}

std::string VerdictOf(const format::Leaf& leaf) {
  if (leaf.kind != format::LeafKind::kActionDecided) return "";
  return DetailsOf(leaf).ends_with("verdict 1") ? ": may be done" : ": may not be done";
}

std::string TimelineText(const format::VerifiedTimeline& timeline, const std::optional<bool>& same_file) {
  size_t leaves = 0, published = 0;
  Table table({"day", "time", "who", "what", "about"});
  for (const auto& [leaf, letter] : InOrder(timeline)) {
    table.Row({leaf->day.Text(), TimeOf(*leaf), leaf->actor, std::string(format::Name(leaf->kind)) + VerdictOf(*leaf), WordsOf(*letter)});
    ++leaves;
  }
  for (const format::VerifiedLetter& letter : timeline.letters) published += letter.published;
  std::string text = "The timeline is good: " + std::to_string(leaves) + (leaves == 1 ? " record" : " records") + ", " +
                     std::to_string(published) + " of them published";
  if (timeline.tree_size) text += " in the tree of " + std::to_string(*timeline.tree_size) + " leaves";
  text += ".\n\n" + table.Text() + "\n";
  text += "That nothing is left out is not shown: the file holds what its maker put into it.\n";
  text += "Organisation " + format::Text(timeline.organisation) + "\nLog key " + LogKeyText(timeline.log_key) + "\n";
  if (timeline.fingerprint) text += "Fingerprint " + *timeline.fingerprint + "\n";
  return text + WhoseKeyText(timeline.fingerprint, same_file);
}

nlohmann::json LeafJson(const format::Leaf& leaf) {
  nlohmann::json json = {{"kind", format::Name(leaf.kind)}, {"day", leaf.day.Text()}};
  if (leaf.number != 0) json["number"] = leaf.number;
  if (leaf.time != 0) json["time"] = TimeOf(leaf);
  if (!leaf.actor.empty()) json["actor"] = leaf.actor;
  for (const auto& [name, value] : format::DescribeDetails(leaf)) json["details"][name] = value;
  return json;
}

}  // namespace

absl::StatusOr<Evidence> CheckEvidence(std::string_view text, const std::optional<std::string>& organisation) {
  std::optional<format::OrganisationFile> compared;
  if (organisation) {
    auto file = format::ParseOrganisation(*organisation);
    if (!file.ok()) return Refuse(Refusal::kOrganisationFileInvalid, "the organisation file is malformed");
    compared = *std::move(file);
  }
  Evidence evidence;
  if (client::exports::IsArchive(text)) {
    ALCOVE_CLIENT_ASSIGN(evidence.archive, client::exports::CheckArchive(text));
    if (compared && compared->id != evidence.archive->proofs.organisation) {
      return Refuse(Refusal::kExportInvalid, "it is of another organisation than the file that you gave");
    }
    if (compared) evidence.same_organisation_file = evidence.archive->proofs.fingerprint == format::Fingerprint(*compared);
    return evidence;
  }
  const auto kind = format::EvidenceKindOf(text);
  if (!kind.ok()) {
    return Refuse(Refusal::kInputInvalid, "this is neither a proof of filing nor a saved ledger, a timeline or an exported case");
  }
  if (*kind == format::EvidenceKind::kTimeline) {
    const auto parsed = format::ParseTimeline(text);
    if (!parsed.ok()) return Refuse(Refusal::kLeafInvalid, Said(parsed.status()));
    auto shown = format::VerifyTimeline(*parsed);
    if (!shown.ok()) return Refuse(Refusal::kLeafInvalid, Said(shown.status()));
    if (compared && compared->id != shown->organisation) {
      return Refuse(Refusal::kLeafInvalid, "it is of another organisation than the file that you gave");
    }
    if (compared && shown->fingerprint)
      evidence.same_organisation_file = *shown->fingerprint == format::Fingerprint(*compared);
    evidence.timeline = *std::move(shown);
    return evidence;
  }
  if (*kind == format::EvidenceKind::kProofOfFiling) {
    const auto parsed = format::ParseProof(text);
    if (!parsed.ok()) return Refuse(Refusal::kPromiseInvalid, Said(parsed.status()));
    auto shown = format::VerifyProof(*parsed);
    if (!shown.ok()) return Refuse(Refusal::kPromiseInvalid, Said(shown.status()));
    if (shown->leaf.kind != format::LeafKind::kCaseFiled && !format::ParseShredded(shown->leaf).ok()) {
      return Refuse(Refusal::kPromiseInvalid, "what it proves is neither a filing nor a deletion");
    }
    if (compared && compared->id != shown->organisation) {
      return Refuse(Refusal::kPromiseInvalid, "it is of another organisation than the file that you gave");
    }
    if (compared && shown->fingerprint)
      evidence.same_organisation_file = *shown->fingerprint == format::Fingerprint(*compared);
    evidence.proof = *std::move(shown);
    return evidence;
  }
  const auto parsed = format::ParseLedger(text);
  if (!parsed.ok()) return Refuse(Refusal::kLeafInvalid, Said(parsed.status()));
  auto shown = format::VerifyLedger(*parsed);
  if (!shown.ok()) return Refuse(Refusal::kLeafInvalid, Said(shown.status()));
  if (compared && compared->id != shown->organisation) {
    return Refuse(Refusal::kLeafInvalid, "it is of another organisation than the file that you gave");
  }
  if (compared && shown->fingerprint)
    evidence.same_organisation_file = *shown->fingerprint == format::Fingerprint(*compared);
  evidence.ledger = *std::move(shown);
  return evidence;
}

std::string EvidenceText(const Evidence& evidence) {
  if (evidence.archive) return ArchiveText(*evidence.archive, evidence.same_organisation_file);
  if (evidence.timeline) return TimelineText(*evidence.timeline, evidence.same_organisation_file);
  return evidence.proof ? ProofText(*evidence.proof, evidence.same_organisation_file) : LedgerText(*evidence.ledger, evidence.same_organisation_file);
}

std::string EvidenceJson(const Evidence& evidence) {
  nlohmann::json json;
  if (evidence.timeline) {
    const format::VerifiedTimeline& timeline = *evidence.timeline;
    json = {{"timeline", {{"organisation", format::Text(timeline.organisation)}, {"logKey", LogKeyText(timeline.log_key)}, {"records", nlohmann::json::array()}}}};
    for (const auto& [leaf, letter] : InOrder(timeline)) {
      json["timeline"]["records"].push_back(LeafJson(*leaf));
      json["timeline"]["records"].back()["about"] = WordsOf(*letter);
    }
    if (timeline.tree_size) json["timeline"]["treeSize"] = *timeline.tree_size;
    if (timeline.fingerprint) json["timeline"]["fingerprint"] = *timeline.fingerprint;
    if (evidence.same_organisation_file) json["timeline"]["sameOrganisationFile"] = *evidence.same_organisation_file;
    return json.dump();
  }
  if (evidence.archive) {
    const format::VerifiedExport& proofs = evidence.archive->proofs;
    json = {{"exportedCase",
             {{"organisation", format::Text(proofs.organisation)},
              {"logKey", LogKeyText(proofs.log_key)},
              {"fingerprint", proofs.fingerprint},
              {"case", format::CaseName(proofs.case_id)},
              {"purpose", format::Name(proofs.purpose)},
              {"day", proofs.day.Text()},
              {"exporter", proofs.exporter},
              {"entries", proofs.entries.size()},
              {"shown", evidence.archive->shown},
              {"proven", evidence.archive->proven},
              {"leaves", proofs.leaves.size()},
              {"published", proofs.published},
              {"head", crypto::HexEncode(proofs.head.view())}}}};
    if (proofs.tree_size) json["exportedCase"]["treeSize"] = *proofs.tree_size;
    if (evidence.same_organisation_file) json["exportedCase"]["sameOrganisationFile"] = *evidence.same_organisation_file;
  } else if (evidence.proof) {
    const format::VerifiedProof& proof = *evidence.proof;
    json = {{"proofOfFiling",
             {{"organisation", format::Text(proof.organisation)},
              {"logKey", LogKeyText(proof.log_key)},
              {"case", format::CaseName(proof.leaf.case_id)},
              {"leaf", LeafJson(proof.leaf)},
              {"promised", proof.promised.Text()}}}};
    nlohmann::json& shown = json["proofOfFiling"];
    if (proof.tree_size) shown["treeSize"] = *proof.tree_size;
    if (proof.newer_size) shown["newerTreeSize"] = *proof.newer_size;
    if (proof.fingerprint) shown["fingerprint"] = *proof.fingerprint;
    if (evidence.same_organisation_file) shown["sameOrganisationFile"] = *evidence.same_organisation_file;
  } else {
    const format::VerifiedLedger& ledger = *evidence.ledger;
    json = {{"savedLedger",
             {{"organisation", format::Text(ledger.organisation)},
              {"logKey", LogKeyText(ledger.log_key)},
              {"case", format::CaseName(ledger.case_id)},
              {"leaves", nlohmann::json::array()},
              {"head", crypto::HexEncode(ledger.head.view())},
              {"published", ledger.published}}}};
    nlohmann::json& shown = json["savedLedger"];
    if (ledger.tree_size) shown["treeSize"] = *ledger.tree_size;
    if (ledger.fingerprint) shown["fingerprint"] = *ledger.fingerprint;
    if (evidence.same_organisation_file) shown["sameOrganisationFile"] = *evidence.same_organisation_file;
    for (const format::Leaf& leaf : ledger.leaves) shown["leaves"].push_back(LeafJson(leaf));
  }
  return json.dump();
}

}  // namespace alcove::cli
