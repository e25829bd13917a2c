#include "crypto/format/timeline.h"

#include <utility>

#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/merkle.h"
#include "crypto/format/checkpoint.h"
#include "crypto/format/errors.h"
#include "crypto/format/evidence.h"
#include "crypto/format/lines.h"
#include "crypto/format/wire.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "timeline";
constexpr size_t kMaxLetters = 1000;
constexpr size_t kMaxLeaves = 17;

bool IsLater(LeafKind kind) {
  return kind == LeafKind::kActionRepeated || kind == LeafKind::kActionCancelled || kind == LeafKind::kActionDecided;
}

bool TakeLetter(internal::LineReader& lines, std::string_view value, ShownLetter* shown) {
  auto parts = internal::Two(value);
  if (!parts) return false;
  auto letter = internal::BytesFromBase64(parts->first);
  auto raw = crypto::Base64Decode(parts->second);
  if (!letter || !raw.ok()) return false;
  auto key = crypto::SymmetricKey::FromBytes(*raw);
  if (!key.ok()) return false;
  shown->letter = std::move(*letter);
  shown->key = std::move(*key);
  while (auto leaf = lines.Take("leaf")) {
    SavedLeaf saved;
    if (shown->leaves.size() == kMaxLeaves || !internal::ReadLeaf(*leaf, &saved)) return false;
    shown->leaves.push_back(std::move(saved));
  }
  return !shown->leaves.empty();
}

// The leaf at `place` is about this letter.
absl::Status CheckAbout(const Leaf& leaf, size_t place, const ParsedOfficerLetter& letter, BytesView bytes) {
  const bool action = letter.subject == LetterSubject::kAdverseAction;
  if (place == 0) {
    const LeafKind arrival = action ? LeafKind::kActionSubmitted : LeafKind::kProtectionRequested;
    if (leaf.kind != arrival) return BadProof("no leaf says that the letter arrived");
    const Bytes expected = ByteWriter(48).Raw(letter.id).Fixed(crypto::Sha256(bytes)).Take();
    return leaf.details == expected ? absl::OkStatus() : BadProof("another letter arrived");
  }
  if (!action || !IsLater(leaf.kind)) return BadProof("a leaf is of a kind that has no place here");
  return BytesView(leaf.details).substr(0, letter.id.size()) == letter.id ? absl::OkStatus()
                                                                         : BadProof("a leaf is about another action");
}

}  // namespace

absl::StatusOr<std::string> TimelineText(const Timeline& timeline) {
  std::string text = std::string(internal::kTimelineFirstLine) + "\norganisation " + Text(timeline.organisation) + "\n" +
                     internal::Base64Line("log", timeline.log_key.view()) + "checkpoint " +
                     (timeline.checkpoint.empty() ? "-" : crypto::Base64Encode(timeline.checkpoint)) + "\n";
  if (timeline.letters.size() > kMaxLetters) return Malformed(kLayout, "number of letters");
  for (const ShownLetter& shown : timeline.letters) {
    if (shown.letter.empty() || shown.leaves.empty() || shown.leaves.size() > kMaxLeaves) return Malformed(kLayout, "letter");
    text += "letter " + crypto::Base64Encode(shown.letter) + " " + crypto::Base64Encode(shown.key.expose()) + "\n";
    for (const SavedLeaf& leaf : shown.leaves) {
      const std::optional<std::string> value = internal::LeafValue(leaf);
      if (!value) return Malformed(kLayout, "leaf");
      text += "leaf " + *value + "\n";
    }
  }
  if (timeline.anchor) {
    if (timeline.anchor->organisation_file.empty() || timeline.anchor->directory_note.empty()) return Malformed(kLayout, "anchor");
    text += internal::AnchorLines(*timeline.anchor);
  }
  return text;
}

absl::StatusOr<Timeline> ParseTimeline(std::string_view text) {
  if (text.size() > internal::kMaxEvidence) return Malformed(kLayout, "length");
  internal::LineReader lines(kLayout, text);
  Timeline timeline;
  if (!lines.TakeBare(internal::kTimelineFirstLine)) return lines.Fail();
  auto organisation = internal::TakeId<OrganisationId>(lines, "organisation");
  if (!organisation) return lines.Fail();
  auto log = internal::TakeFixed<VerifyKey>(lines, "log");
  if (!log) return lines.Fail();
  auto checkpoint = internal::TakeNote(lines, "checkpoint");
  if (!checkpoint) return Malformed(kLayout, "checkpoint");
  timeline.organisation = *organisation;
  timeline.log_key = *log;
  timeline.checkpoint = std::move(*checkpoint);
  while (auto value = lines.Take("letter")) {
    ShownLetter shown;
    if (timeline.letters.size() == kMaxLetters || !TakeLetter(lines, *value, &shown)) return Malformed(kLayout, "letter");
    timeline.letters.push_back(std::move(shown));
  }
  bool malformed = false;
  timeline.anchor = internal::TakeAnchor(lines, &malformed);
  if (malformed || !lines.done()) return lines.Fail();
  auto canonical = TimelineText(timeline);
  if (!canonical.ok()) return canonical.status();
  if (*canonical != text) return Malformed(kLayout, "form");
  return timeline;
}

absl::StatusOr<VerifiedTimeline> VerifyTimeline(const Timeline& timeline) {
  VerifiedTimeline shown{.organisation = timeline.organisation,
                         .log_key = timeline.log_key,
                         .letters = {},
                         .tree_size = {},
                         .fingerprint = {}};
  if (timeline.anchor) {
    auto fingerprint = internal::VerifyAnchor(*timeline.anchor, timeline.organisation, timeline.log_key);
    if (!fingerprint.ok()) return fingerprint.status();
    shown.fingerprint = std::move(*fingerprint);
  }
  Checkpoint checkpoint;
  if (!timeline.checkpoint.empty()) {
    auto verified = VerifyCheckpoint(timeline.checkpoint, timeline.organisation, timeline.log_key);
    if (!verified.ok()) return verified.status();
    checkpoint = *verified;
    shown.tree_size = checkpoint.size;
  }
  for (const ShownLetter& saved : timeline.letters) {
    auto letter = ParseOfficerLetter(saved.letter);
    if (!letter.ok()) return letter.status();
    if (letter->organisation != timeline.organisation) return OtherOrganisation(kLayout);
    auto words = OpenOfficerLetter(*letter, saved.key);
    if (!words.ok()) return words.status();
    VerifiedLetter& one = shown.letters.emplace_back();
    one.subject = letter->subject;
    one.words = std::move(*words);
    for (size_t i = 0; i < saved.leaves.size(); ++i) {
      auto leaf = ParseLeaf(saved.leaves[i].content);
      if (!leaf.ok()) return leaf.status();
      if (leaf->organisation != timeline.organisation) return OtherOrganisation(kLayout);
      if (auto status = CheckAbout(*leaf, i, *letter, saved.letter); !status.ok()) return status;
      if (saved.leaves[i].index) {
        const Digest hash = LeafHash(LeafCommitment(saved.leaves[i].salt, saved.leaves[i].content));
        if (!shown.tree_size || !crypto::VerifyInclusion(*saved.leaves[i].index, checkpoint.size, hash, saved.leaves[i].path,
                                                         checkpoint.root)
                                     .ok()) {
          return BadProof("a leaf is not in the tree of the checkpoint");
        }
        ++one.published;
      }
      one.leaves.push_back(std::move(*leaf));
    }
  }
  return shown;
}

}  // namespace alcove::format
