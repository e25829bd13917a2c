#include "crypto/stream.h"

#include <sodium.h>

#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/tampered.h"

namespace alcove::crypto {
namespace {

class StreamTest : public ::testing::Test {
 protected:
  FileKey key_ = FileKey::Draw(SystemRandom());
  test::SeededRandom random_{"stream"};
};

// The sealed file cut into header and pieces.
std::vector<Bytes> Cut(BytesView sealed) {
  std::vector<Bytes> parts{Bytes(sealed.substr(0, kStreamHeader))};
  for (size_t at = kStreamHeader; at < sealed.size(); at += kStreamPiece + kStreamOverhead) {
    parts.emplace_back(sealed.substr(at, kStreamPiece + kStreamOverhead));
  }
  return parts;
}

Bytes Join(const std::vector<Bytes>& parts) {
  Bytes whole;
  for (const Bytes& part : parts) whole += part;
  return whole;
}

TEST_F(StreamTest, OpensWhatItSealedAtEveryEdge) {
  for (const size_t size : {size_t{0}, size_t{1}, kStreamPiece - 1, kStreamPiece, kStreamPiece + 1, 2 * kStreamPiece,
                            2 * kStreamPiece + 7}) {
    const Bytes file = random_.Draw(size);
    const Bytes sealed = SealStream(key_, file, SystemRandom());
    EXPECT_EQ(sealed.size(), SealedStreamSize(size)) << size;
    const auto opened = OpenStream(key_, sealed);
    ASSERT_TRUE(opened.ok()) << size;
    EXPECT_EQ(opened->bytes, file);
  }
}

// A header of our own choice must make the very stream that libsodium's init_push would make with it.
TEST_F(StreamTest, LibsodiumOpensIt) {
  const Bytes sealed = SealStream(key_, "an attachment", SystemRandom());
  crypto_secretstream_xchacha20poly1305_state state;
  const auto* bytes = reinterpret_cast<const unsigned char*>(sealed.data());
  ASSERT_EQ(crypto_secretstream_xchacha20poly1305_init_pull(&state, bytes, key_.data()), 0);
  unsigned char text[13];
  unsigned char tag = 0;
  ASSERT_EQ(crypto_secretstream_xchacha20poly1305_pull(&state, text, nullptr, &tag, bytes + kStreamHeader,
                                                       sealed.size() - kStreamHeader, nullptr, 0),
            0);
  EXPECT_EQ(tag, crypto_secretstream_xchacha20poly1305_TAG_FINAL);
  EXPECT_EQ(std::string(text, text + 13), "an attachment");
}

TEST_F(StreamTest, OpensWhatLibsodiumPushed) {
  crypto_secretstream_xchacha20poly1305_state state;
  Bytes sealed(kStreamHeader + 4 + kStreamOverhead, '\0');
  auto* bytes = reinterpret_cast<unsigned char*>(sealed.data());
  crypto_secretstream_xchacha20poly1305_init_push(&state, bytes, key_.data());
  crypto_secretstream_xchacha20poly1305_push(&state, bytes + kStreamHeader, nullptr,
                                             reinterpret_cast<const unsigned char*>("file"), 4, nullptr, 0,
                                             crypto_secretstream_xchacha20poly1305_TAG_FINAL);
  EXPECT_EQ(OpenStream(key_, sealed)->bytes, "file");
}

TEST_F(StreamTest, RefusesEveryChangedBitAndLength) {
  const Bytes sealed = SealStream(key_, "short", SystemRandom());
  ASSERT_TRUE(OpenStream(key_, sealed).ok());
  test::ForEachFlippedBit(sealed, [&](const Bytes& changed) { EXPECT_FALSE(OpenStream(key_, changed).ok()); });
  test::ForEachWrongLength(sealed, [&](const Bytes& changed) { EXPECT_FALSE(OpenStream(key_, changed).ok()); });
  EXPECT_FALSE(OpenStream(FileKey::Draw(SystemRandom()), sealed).ok());
}

TEST_F(StreamTest, RefusesPiecesThatAreMissingRepeatedOrInAnotherOrder) {
  const Bytes file = random_.Draw(2 * kStreamPiece + 100);
  const std::vector<Bytes> parts = Cut(SealStream(key_, file, SystemRandom()));
  ASSERT_EQ(parts.size(), 4u);
  ASSERT_TRUE(OpenStream(key_, Join(parts)).ok());
  const auto& [header, first, second, last] = std::tie(parts[0], parts[1], parts[2], parts[3]);
  for (const auto& wrong : std::vector<std::vector<Bytes>>{{header, first, second},
                                                           {header, first},
                                                           {header},
                                                           {header, second, first, last},
                                                           {header, first, last},
                                                           {header, first, first, second, last},
                                                           {header, first, second, last, last},
                                                           {header, last}}) {
    EXPECT_TRUE(errors::IsUnverified(OpenStream(key_, Join(wrong)).status()));
  }
}

TEST_F(StreamTest, AStreamWithoutItsEndIsNotWhole) {
  const Bytes file = random_.Draw(kStreamPiece + 1);
  const std::vector<Bytes> parts = Cut(SealStream(key_, file, SystemRandom()));
  auto opener = StreamOpener::Start(key_, parts[0]);
  ASSERT_TRUE(opener->Pull(parts[1]).ok());
  EXPECT_TRUE(errors::IsUnverified(opener->Finish()));
  ASSERT_TRUE(opener->Pull(parts[2]).ok());
  EXPECT_TRUE(opener->Finish().ok());
}

TEST_F(StreamTest, NothingFollowsARefusal) {
  const Bytes file = random_.Draw(kStreamPiece + 1);
  const std::vector<Bytes> parts = Cut(SealStream(key_, file, SystemRandom()));
  auto opener = StreamOpener::Start(key_, parts[0]);
  EXPECT_FALSE(opener->Pull(parts[2]).ok());
  EXPECT_FALSE(opener->Pull(parts[1]).ok());
  EXPECT_FALSE(opener->Finish().ok());
}

// Streams that a correct sealer never makes: another cut of the same file, or libsodium's other tags.
TEST_F(StreamTest, RefusesStreamsCutOtherwise) {
  struct Piece {
    Bytes text;
    unsigned char tag;
  };
  const auto push = [this](const std::vector<Piece>& pieces) {
    crypto_secretstream_xchacha20poly1305_state state;
    Bytes sealed(kStreamHeader, '\0');
    crypto_secretstream_xchacha20poly1305_init_push(&state, reinterpret_cast<unsigned char*>(sealed.data()),
                                                    key_.data());
    for (const Piece& piece : pieces) {
      Bytes part(piece.text.size() + kStreamOverhead, '\0');
      crypto_secretstream_xchacha20poly1305_push(&state, reinterpret_cast<unsigned char*>(part.data()), nullptr,
                                                 reinterpret_cast<const unsigned char*>(piece.text.data()),
                                                 piece.text.size(), nullptr, 0, piece.tag);
      sealed += part;
    }
    return sealed;
  };
  constexpr unsigned char kMessage = crypto_secretstream_xchacha20poly1305_TAG_MESSAGE;
  constexpr unsigned char kPush = crypto_secretstream_xchacha20poly1305_TAG_PUSH;
  constexpr unsigned char kRekey = crypto_secretstream_xchacha20poly1305_TAG_REKEY;
  constexpr unsigned char kFinal = crypto_secretstream_xchacha20poly1305_TAG_FINAL;
  const Bytes full(kStreamPiece, 'f');
  EXPECT_TRUE(OpenStream(key_, push({{full, kMessage}, {"end", kFinal}})).ok()) << "control";
  EXPECT_FALSE(OpenStream(key_, push({{full, kMessage}, {"", kFinal}})).ok()) << "an empty last piece";
  EXPECT_FALSE(OpenStream(key_, push({{full, kPush}, {"end", kFinal}})).ok());
  EXPECT_FALSE(OpenStream(key_, push({{full, kRekey}, {"end", kFinal}})).ok());
  EXPECT_FALSE(OpenStream(key_, push({{full, kMessage}})).ok()) << "no end";

  auto opener = StreamOpener::Start(key_, Bytes(kStreamHeader, 'h'));
  EXPECT_FALSE(opener->Pull(Bytes(kStreamOverhead - 1, 'x')).ok());
}

TEST_F(StreamTest, TheSealerRefusesWrongPieces) {
  StreamSealer sealer(key_, SystemRandom());
  Bytes out;
  EXPECT_FALSE(sealer.Push("short", false, &out).ok());
  EXPECT_FALSE(sealer.Push(Bytes(kStreamPiece + 1, 'x'), true, &out).ok());
  EXPECT_TRUE(sealer.Push(Bytes(kStreamPiece, 'x'), false, &out).ok());
  EXPECT_FALSE(sealer.Push("", true, &out).ok());
  EXPECT_TRUE(sealer.Push("end", true, &out).ok());
  EXPECT_FALSE(sealer.Push("more", true, &out).ok());
  EXPECT_EQ(OpenStream(key_, Bytes(sealer.header()) + out)->bytes.size(), kStreamPiece + 3);
}

}  // namespace
}  // namespace alcove::crypto
