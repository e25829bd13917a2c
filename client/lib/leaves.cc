#include "client/lib/leaves.h"

#include <algorithm>

#include "crypto/format/checkpoint.h"
#include "crypto/format/errors.h"
#include "crypto/format/wire.h"

namespace alcove::client {
namespace {

std::string LeafText(uint32_t number) { return "record " + std::to_string(number); }

}  // namespace

absl::StatusOr<CheckedLeaves> CheckLeaves(const CheckedDirectory& directory, const format::CaseId& case_id,
                                          const std::vector<v1::LeafOpening>& leaves, const std::string& checkpoint,
                                          const std::string& head, uint32_t count) {
  CheckedLeaves checked;
  checked.saved.organisation = directory.directory().organisation;
  checked.saved.case_id = case_id;
  checked.saved.log_key = directory.directory().log_key;
  checked.saved.checkpoint = checkpoint;
  format::LeafChain chain(checked.saved.organisation, case_id);
  for (const v1::LeafOpening& opening : leaves) {
    const uint32_t number = chain.count() + 1;
    if (opening.number() > number) return Refuse(Refusal::kLeafOmitted, LeafText(number));
    std::optional<format::SavedLeaf> saved = SavedLeafOf(opening);
    if (!saved || opening.number() != number) return Refuse(Refusal::kLeafInvalid, LeafText(number));
    auto leaf = chain.Append(saved->content, saved->salt);
    if (!leaf.ok()) return Refuse(Refusal::kLeafInvalid, LeafText(number));
    if (saved->index) ++checked.published;
    checked.saved.leaves.push_back(*std::move(saved));
    checked.leaves.push_back(*std::move(leaf));
  }
  if (chain.count() < count) return Refuse(Refusal::kLeafOmitted, std::to_string(count - chain.count()) + " at the end");
  if (count > 0) {
    const auto then = chain.HeadAt(count);
    if (!then.ok() || then->view() != head) {
      return Refuse(Refusal::kLeafInvalid, "the chain is not the one that the case shows");
    }
  }
  if (!checkpoint.empty() &&
      !format::VerifyCheckpoint(checkpoint, checked.saved.organisation, checked.saved.log_key).ok()) {
    return Refuse(Refusal::kCheckpointInvalid, "it is not signed by the organisation's log key");
  }
  checked.head = chain.head();
  // The same check that `alcove verify` makes of a saved file, so that what is shown and what can be saved agree.
  const auto verified = format::VerifyLedger(checked.saved);
  if (!verified.ok()) return Refuse(Refusal::kLeafInvalid, verified.status());
  return checked;
}

std::optional<format::SavedLeaf> SavedLeafOf(const v1::LeafOpening& opening) {
  const auto salt = format::LeafSalt::FromBytes(opening.salt());
  if (!salt.ok()) return std::nullopt;
  format::SavedLeaf saved{opening.content(), *salt, std::nullopt, {}};
  if (!opening.published()) return saved;
  saved.index = opening.index();
  for (const std::string& hash : opening.proof()) {
    const auto digest = crypto::Digest::FromBytes(hash);
    if (!digest.ok()) return std::nullopt;
    saved.path.push_back(*digest);
  }
  return saved;
}

std::string StaffNamedIn(const format::Leaf& leaf) {
  for (const auto& [label, text] : format::DescribeDetails(leaf)) {
    if (label == "staff") return text;
  }
  return {};
}

absl::Status CheckAgainstEntries(const CheckedLeaves& leaves, const std::vector<OpenedEntry>& thread,
                                 const std::vector<OpenedEntry>& team) {
  format::LeafChain chain(leaves.saved.organisation, leaves.saved.case_id);
  for (const format::SavedLeaf& leaf : leaves.saved.leaves) {
    if (!chain.Append(leaf.content, leaf.salt).ok()) return Refuse(Refusal::kLeafInvalid, "the chain is broken");
  }
  for (const auto* entries : {&thread, &team}) {
    for (const OpenedEntry& entry : *entries) {
      const std::string which = "message " + std::to_string(entry.entry.sequence() + 1);
      if (entry.leaf_count > chain.count()) {
        return Refuse(Refusal::kRolledBack, which + " was written when the record was longer");
      }
      if (entry.leaf_count == 0) continue;
      const auto head = chain.HeadAt(entry.leaf_count);
      if (!head.ok() || *head != entry.leaf_head) {
        return Refuse(Refusal::kLeafInvalid, "the author of " + which + " saw another record");
      }
    }
  }
  for (const OpenedEntry& entry : thread) {
    if (!entry.redacted) continue;
    // Keyring, sequence and hash; whatever approval it was.
    const std::string details = format::details::EntryRedacted(format::Keyring::kThread, entry.entry.sequence(),
                                                               entry.hash, format::ApprovalId());
    const std::string_view which = std::string_view(details).substr(0, details.size() - format::ApprovalId::kSize);
    const bool said = std::any_of(leaves.leaves.begin(), leaves.leaves.end(), [&](const format::Leaf& leaf) {
      return leaf.kind == format::LeafKind::kEntryRedacted && std::string_view(leaf.details).starts_with(which);
    });
    if (!said) {
      return Refuse(Refusal::kEntryInvalid,
                    "message " + std::to_string(entry.entry.sequence() + 1) + " is withheld, and the record does not say why");
    }
  }
  for (size_t i = 0; i < leaves.leaves.size(); ++i) {
    const format::Leaf& leaf = leaves.leaves[i];
    const std::string which = LeafText(static_cast<uint32_t>(i) + 1);
    if (leaf.kind == format::LeafKind::kCaseFiled) {
      if (thread.empty() || leaf.details != format::details::Filed(thread.front().hash)) {
        return Refuse(Refusal::kEntryInvalid, "the report is not the one that " + which + " names");
      }
    }
    if (leaf.kind == format::LeafKind::kSummaryServed) {
      // The reporter is told which summary it was: one that they were shown.
      const bool shown = std::any_of(thread.begin(), thread.end(), [&](const OpenedEntry& entry) {
        const auto name = format::ParseEntryName(entry.entry.name());
        return entry.entry.kind() == v1::ENTRY_KIND_SUMMARY && name.ok() &&
               leaf.details == format::details::SummaryServed(name->second, entry.hash);
      });
      if (!shown) return Refuse(Refusal::kEntryOmitted, "the summary that " + which + " says was handed over");
    }
    if (leaf.kind != format::LeafKind::kEntryAppended) continue;
    format::ByteReader reader(leaf.details);
    const auto keyring = static_cast<format::Keyring>(reader.U8());
    const uint32_t sequence = reader.U32();
    reader.Raw(16);
    const auto hash = reader.Fixed<crypto::Digest>();
    if (!reader.done()) return Refuse(Refusal::kLeafInvalid, which);
    if (keyring != format::Keyring::kThread) continue;
    if (sequence >= thread.size()) return Refuse(Refusal::kEntryOmitted, "message " + std::to_string(sequence + 1));
    if (thread[sequence].hash != hash) {
      return Refuse(Refusal::kEntryInvalid, "message " + std::to_string(sequence + 1) + " is not the one recorded");
    }
  }
  return absl::OkStatus();
}

}  // namespace alcove::client
