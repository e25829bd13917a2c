#include "crypto/format/timeline.h"

#include "crypto/hash.h"
#include "crypto/format/wire.h"
#include "tests/crypto/format/evidence.h"

namespace alcove::format {
namespace {

using test::Decrypting;
using test::Fixed;
using test::SaltOf;
using test::SeededRandom;
using test::Signing;

constexpr uint64_t kFirstPlace = 11;

Bytes LeafOf(LeafKind kind, uint32_t second, const std::string& actor, Bytes details) {
  Leaf leaf;
  leaf.kind = kind;
  leaf.organisation = test::Organisation();
  leaf.day = Day(20778);
  leaf.time = second;
  leaf.actor = actor;
  leaf.details = std::move(details);
  return LeafContent(leaf);
}

ShownLetter Shown(Bytes letter, std::vector<Bytes> contents) {
  ShownLetter shown{letter, *LetterKeyOf(*ParseOfficerLetter(letter), Decrypting("pia")), {}};
  for (Bytes& content : contents) shown.leaves.push_back({std::move(content), SaltOf(1), std::nullopt, {}});
  return shown;
}

// Helen asked for protection; then her dismissal was planned, planned again, and not cleared. The last leaf is not published yet.
Timeline Story() {
  SeededRandom random("timeline");
  const std::vector<EncryptionKey> officers = {Decrypting("pia").encryption_key()};
  const auto request = Fixed<ProtectionRequestId>("request");
  const auto action = Fixed<AdverseActionId>("action");
  const Bytes asked = *SealOfficerLetter(test::Organisation(), request, officers, "helen asks", random);
  const Bytes planned = *SealOfficerLetter(test::Organisation(), action, officers, "helen goes", random);
  Timeline timeline;
  timeline.organisation = test::Organisation();
  timeline.log_key = Signing("log").verify_key();
  timeline.letters.push_back(Shown(asked, {LeafOf(LeafKind::kProtectionRequested, 0, "",
                                                  details::ProtectionRequested(request, crypto::Sha256(asked)))}));
  timeline.letters.push_back(
      Shown(planned, {LeafOf(LeafKind::kActionSubmitted, 100, "payroll", details::ActionSubmitted(action, crypto::Sha256(planned))),
                      LeafOf(LeafKind::kActionRepeated, 200, "payroll", details::ActionDone(action)),
                      LeafOf(LeafKind::kActionDecided, 300, "pia", details::ActionDecided(action, 2))}));
  auto tree = test::Strangers(64);
  uint64_t place = kFirstPlace;
  for (ShownLetter& letter : timeline.letters)
    for (SavedLeaf& leaf : letter.leaves) {
      if (place == kFirstPlace + 3) break;
      leaf.index = place;
      tree[place++] = LeafHash(LeafCommitment(leaf.salt, leaf.content));
    }
  for (ShownLetter& letter : timeline.letters)
    for (SavedLeaf& leaf : letter.leaves)
      if (leaf.index) leaf.path = test::Path(*leaf.index, tree);
  timeline.checkpoint = test::CheckpointOf(tree);
  return timeline;
}

absl::Status Checked(const Timeline& timeline) { return VerifyTimeline(timeline).status(); }

TEST(Timeline, ComesBackFromItsTextAndHolds) {
  Timeline story = Story();
  for (const bool anchored : {false, true}) {
    if (anchored)
      story.anchor = Anchor{.organisation_file = *OrganisationText(test::TestOrganisation()),
                            .directory_note = test::DirectoryNoteBytes(test::TestDirectory(), {"ada", "bo"})};
    const auto text = TimelineText(story);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*EvidenceKindOf(*text), EvidenceKind::kTimeline);
    const auto back = ParseTimeline(*text);
    ASSERT_TRUE(back.ok()) << back.status();
    EXPECT_EQ(*TimelineText(*back), *text);
    const auto shown = VerifyTimeline(*back);
    ASSERT_TRUE(shown.ok()) << shown.status();
    EXPECT_EQ(shown->fingerprint.has_value(), anchored);
    EXPECT_EQ(shown->tree_size, 64u);
    ASSERT_EQ(shown->letters.size(), 2u);
    EXPECT_EQ(shown->letters[0].words.view(), "helen asks");
    EXPECT_EQ(shown->letters[1].words.view(), "helen goes");
    EXPECT_EQ(shown->letters[1].leaves.size(), 3u);
    EXPECT_EQ(shown->letters[1].published, 2u);
  }
}

TEST(Timeline, EveryFlipAndCutIsRefused) {
  const std::string text = *TimelineText(Story());
  const auto accepts = [](BytesView bytes) {
    const auto timeline = ParseTimeline(bytes);
    return timeline.ok() && Checked(*timeline).ok();
  };
  // The unpublished leaf at the end rests on nobody's word but the maker's: left out.
  Timeline published = Story();
  published.letters[1].leaves.pop_back();
  const std::string good = *TimelineText(published);
  ASSERT_TRUE(accepts(good)) << "control";
  ASSERT_TRUE(accepts(text)) << "control";
  SeededRandom places("places");
  for (int i = 0; i < 400; ++i) {
    const Bytes drawn = places.Draw(4);
    const size_t at = ByteReader(drawn).U32() % good.size();
    std::string flipped = good;
    flipped[at] = static_cast<char>(flipped[at] ^ (1 << (i % 8)));
    EXPECT_FALSE(accepts(flipped)) << at;
    EXPECT_FALSE(accepts(good.substr(0, at)) && good[at] != 'l') << at;
  }
}

TEST(Timeline, AnotherLetterInPlaceOfTheOneThatArrivedIsRefused) {
  Timeline story = Story();
  SeededRandom random("another");
  const std::vector<EncryptionKey> officers = {Decrypting("pia").encryption_key()};
  const Bytes other =
      *SealOfficerLetter(test::Organisation(), Fixed<AdverseActionId>("action"), officers, "helen is promoted", random);
  story.letters[1].key = *LetterKeyOf(*ParseOfficerLetter(other), Decrypting("pia"));
  story.letters[1].letter = other;
  EXPECT_REFUSED(Checked(story), kBadProof);
}

TEST(Timeline, AKeyOpensItsOwnLetterAlone) {
  Timeline story = Story();
  std::swap(story.letters[0].key, story.letters[1].key);
  EXPECT_REFUSED(Checked(story), kKeyCommitment);
}

TEST(Timeline, EveryLeafIsAboutItsLetter) {
  const auto action = Fixed<AdverseActionId>("action");
  const auto other = Fixed<AdverseActionId>("other");
  const auto with = [](size_t place, Bytes content) {
    Timeline story = Story();
    story.letters[1].leaves[place] = {std::move(content), SaltOf(1), std::nullopt, {}};
    return Checked(story);
  };
  EXPECT_TRUE(with(2, LeafOf(LeafKind::kActionDecided, 9, "pia", details::ActionDecided(action, 1))).ok()) << "control";
  EXPECT_REFUSED(with(2, LeafOf(LeafKind::kActionDecided, 9, "pia", details::ActionDecided(other, 1))), kBadProof);
  EXPECT_REFUSED(with(1, LeafOf(LeafKind::kActionRead, 9, "payroll", details::ActionDone(action))), kBadProof);
  EXPECT_REFUSED(with(0, LeafOf(LeafKind::kActionRepeated, 9, "payroll", details::ActionDone(action))), kBadProof);
  Timeline story = Story();
  story.letters[0].leaves.push_back(story.letters[1].leaves[1]);
  EXPECT_REFUSED(Checked(story), kBadProof) << "nothing comes after a request";
}

TEST(Timeline, AnotherOrganisationsOrTreesIsRefused) {
  Timeline story = Story();
  story.organisation = Fixed<OrganisationId>("another");
  EXPECT_FALSE(Checked(story).ok());
  story = Story();
  story.log_key = Signing("another log").verify_key();
  EXPECT_REFUSED(Checked(story), kBadSignature);
  story = Story();
  story.checkpoint = test::CheckpointOf(test::Strangers(64));
  EXPECT_REFUSED(Checked(story), kBadProof);
  story = Story();
  story.checkpoint.clear();
  EXPECT_REFUSED(Checked(story), kBadProof) << "published in no tree";
  story = Story();
  story.letters[1].leaves.clear();
  EXPECT_FALSE(TimelineText(story).ok());
}

}  // namespace
}  // namespace alcove::format
