#include "crypto/format/attachment.h"

#include "crypto/padme.h"
#include "tests/crypto/format/fixtures.h"

namespace alcove::format {
namespace {

using test::SeededRandom;

FileKey Key(BytesView seed = "file key") {
  SeededRandom random(seed);
  return FileKey::Draw(random);
}

Bytes File(size_t size) {
  SeededRandom random("file");
  return random.Draw(size);
}

absl::StatusOr<Bytes> Seal(BytesView file, size_t cut, const FileKey& key) {
  auto sealer = AttachmentSealer::Start(key, file.size(), crypto::Sha256(file));
  if (!sealer.ok()) return sealer.status();
  Bytes out;
  for (size_t at = 0; at < file.size(); at += cut) {
    if (auto status = sealer->Write(file.substr(at, cut), &out); !status.ok()) return status;
  }
  if (auto status = sealer->Finish(&out); !status.ok()) return status;
  return out;
}

absl::StatusOr<Bytes> Open(BytesView sealed, size_t cut, const FileKey& key, uint64_t size, const Digest& hash) {
  auto opener = AttachmentOpener::Start(key, size, hash);
  if (!opener.ok()) return opener.status();
  Bytes out;
  for (size_t at = 0; at < sealed.size(); at += cut) {
    if (auto status = opener->Write(sealed.substr(at, cut), &out); !status.ok()) return status;
  }
  if (auto status = opener->Finish(); !status.ok()) return status;
  return out;
}

TEST(Attachment, ComesBackInAnyCut) {
  // Around the floor, the piece, and where the padded file ends exactly on a piece.
  for (size_t size : {0, 1, 4096, 65535, 65536, 65537, 131072, 200000}) {
    Bytes file = File(size);
    auto sealed = Seal(file, 10000, Key());
    ASSERT_TRUE(sealed.ok()) << size << ": " << sealed.status();
    EXPECT_EQ(sealed->size(), *SealedAttachmentSize(size));
    EXPECT_EQ(*Seal(file, 65536, Key()), *sealed) << "another cut of the file, the same ciphertext";
    for (size_t cut : {size_t{131072}, size_t{999}}) {
      auto back = Open(*sealed, cut, Key(), size, crypto::Sha256(file));
      ASSERT_TRUE(back.ok()) << size << ": " << back.status();
      EXPECT_EQ(*back, file);
    }
  }
}

TEST(Attachment, SizesComeInClassesAndHaveABound) {
  EXPECT_EQ(*SealedAttachmentSize(0), 24u + 4096 + 17);
  EXPECT_EQ(*SealedAttachmentSize(4096), 24u + 4096 + 17);
  EXPECT_EQ(*SealedAttachmentSize(65536), 24u + 65536 + 17);
  EXPECT_EQ(*SealedAttachmentSize(65537), 24u + crypto::PaddedSize(65537, 4096) + 2 * 17);
  EXPECT_TRUE(SealedAttachmentSize(kMaxAttachment).ok());
  EXPECT_REFUSED(SealedAttachmentSize(uint64_t{kMaxAttachment} + 1), kMalformed);
}

TEST(Attachment, AnotherFileUnderTheSameKeySharesNoKeyStream) {
  Bytes file = File(5000), changed = file;
  changed[0] ^= 1;
  Bytes a = *Seal(file, 4096, Key()), b = *Seal(changed, 4096, Key());
  EXPECT_NE(a.substr(0, 24), b.substr(0, 24));
  EXPECT_NE(a.substr(24 + 1, 4000), b.substr(24 + 1, 4000));
}

TEST(Attachment, EveryFlippedByteIsRefused) {
  Bytes file = File(70000);
  Bytes sealed = *Seal(file, 65536, Key());
  Digest hash = crypto::Sha256(file);
  // Header, both ends of each piece; every byte would take minutes and each piece is one authenticated unit.
  std::vector<size_t> places;
  for (size_t i = 0; i < 64; ++i) places.push_back(i);
  for (size_t i = 65500; i < 65700; ++i) places.push_back(i);
  for (size_t i = sealed.size() - 40; i < sealed.size(); ++i) places.push_back(i);
  ASSERT_TRUE(Open(sealed, 131072, Key(), file.size(), hash).ok()) << "control";
  for (size_t at : places) {
    Bytes bad = sealed;
    bad[at] = static_cast<char>(bad[at] ^ (1 << (at % 8)));
    EXPECT_REFUSED(Open(bad, 131072, Key(), file.size(), hash), kCannotOpen) << at;
  }
}

TEST(Attachment, CutReorderedRepeatedOrExtendedItIsRefused) {
  Bytes file = File(200000);
  Bytes sealed = *Seal(file, 65536, Key());
  Digest hash = crypto::Sha256(file);
  auto open = [&](const Bytes& bytes) { return Open(bytes, 131072, Key(), file.size(), hash).status(); };
  const size_t piece = 65536 + 17;
  EXPECT_TRUE(open(sealed).ok()) << "control";
  EXPECT_REFUSED(open(sealed.substr(0, sealed.size() - 1)), kCannotOpen);
  EXPECT_REFUSED(open(sealed.substr(0, 24 + 2 * piece)), kCannotOpen) << "cut at a piece";
  EXPECT_REFUSED(open(sealed.substr(0, 10)), kCannotOpen);
  EXPECT_REFUSED(open(""), kCannotOpen);
  EXPECT_REFUSED(open(sealed + "x"), kCannotOpen);
  Bytes swapped = sealed.substr(0, 24) + sealed.substr(24 + piece, piece) + sealed.substr(24, piece) + sealed.substr(24 + 2 * piece);
  EXPECT_REFUSED(open(swapped), kCannotOpen);
}

TEST(Attachment, AnotherKeySizeOrHashIsRefused) {
  Bytes file = File(5000);
  Bytes sealed = *Seal(file, 4096, Key());
  Digest hash = crypto::Sha256(file);
  EXPECT_REFUSED(Open(sealed, 4096, Key("another"), file.size(), hash), kCannotOpen);
  EXPECT_REFUSED(Open(sealed, 4096, Key(), 4999, hash), kMalformed) << "what follows the file is not padding";
  EXPECT_REFUSED(Open(sealed, 4096, Key(), 5001, hash), kHashMismatch);
  EXPECT_REFUSED(Open(sealed, 4096, Key(), file.size(), test::Fixed<Digest>("x")), kHashMismatch);
}

TEST(Attachment, AFileThatChangesWhileItIsReadIsNotFinished) {
  Bytes file = File(5000), changed = file;
  changed[4999] ^= 1;
  auto sealer = AttachmentSealer::Start(Key(), file.size(), crypto::Sha256(file));
  Bytes out;
  ASSERT_TRUE(sealer->Write(changed, &out).ok());
  EXPECT_REFUSED(sealer->Finish(&out), kHashMismatch);
  EXPECT_TRUE(out.empty()) << "no FINAL piece has left";
  auto shorter = AttachmentSealer::Start(Key(), file.size(), crypto::Sha256(file));
  ASSERT_TRUE(shorter->Write(BytesView(file).substr(1), &out).ok());
  EXPECT_REFUSED(shorter->Finish(&out), kHashMismatch);
  auto longer = AttachmentSealer::Start(Key(), file.size(), crypto::Sha256(file));
  EXPECT_REFUSED(longer->Write(file + "x", &out), kMalformed);
}

}  // namespace
}  // namespace alcove::format
