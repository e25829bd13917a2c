#include "crypto/secret.h"

#include <cinttypes>
#include <cstdio>
#include <fstream>
#include <ostream>
#include <set>
#include <thread>

#include "crypto/encoding.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"

namespace alcove::crypto {
namespace {

template <class T>
concept Printable = requires(std::ostream& out, const T& value) {
  out << value;
};
template <class T>
concept Comparable = requires(const T& a, const T& b) {
  a == b;
};
template <class T>
concept Hashable = requires(const T& value) {
  std::hash<T>()(value);
};

template <class T>
constexpr bool kGuarded =
    !std::is_copy_constructible_v<T> && !std::is_copy_assignable_v<T> && !Printable<T> && !Comparable<T> &&
    !Hashable<T> && !std::is_convertible_v<T, BytesView> && std::is_nothrow_move_constructible_v<T>;

// These are the promises; nothing can run if they do not hold.
static_assert(kGuarded<SymmetricKey>);
static_assert(kGuarded<DecryptionKey>);
static_assert(kGuarded<SigningKey>);
static_assert(kGuarded<SecretText>);
static_assert(kGuarded<Plaintext>);
// Control: a type that leaks in each of these ways.
static_assert(std::is_copy_constructible_v<Bytes> && Printable<Bytes> && Comparable<Bytes> && Hashable<Bytes>);
// Plaintext and associated data do not change places.
static_assert(!std::is_convertible_v<BytesView, AssociatedData> && !std::is_convertible_v<AssociatedData, BytesView>);

TEST(Secret, IsWipedWhenItEnds) {
  const uint8_t* where = nullptr;
  {
    const auto key = SymmetricKey::FromBytes(Bytes(32, '\x5a'));
    where = key->data();
    ASSERT_EQ(where[31], 0x5a);
  }
  // The slot stays mapped; its first word may hold the list of free slots by now.
  for (size_t i = sizeof(void*); i < 32; ++i) EXPECT_EQ(where[i], 0) << i;
  for (size_t i = 0; i < sizeof(void*); ++i) EXPECT_NE(where[i], 0x5a);
}

TEST(Secret, NewSlotsHoldNothingOfOldOnes) {
  { const auto key = SymmetricKey::FromBytes(Bytes(32, '\x5a')); }
  const SymmetricKey blank = SymmetricKey::Blank();
  EXPECT_EQ(blank.expose(), Bytes(32, '\0'));
}

TEST(Secret, MovesLeaveOneHolder) {
  auto first = SymmetricKey::FromBytes(Bytes(32, 'a'));
  const uint8_t* where = first->data();
  SymmetricKey second = *std::move(first);
  EXPECT_EQ(second.data(), where);
  SymmetricKey third = second.Clone();
  EXPECT_NE(third.data(), where);
  EXPECT_TRUE(ConstantTimeEquals(second.expose(), third.expose()));
  third = std::move(second);
  EXPECT_EQ(third.data(), where);
}

// The pages that hold keys are not written to core dumps ("dd"), and the page behind cannot be touched.
TEST(Secret, PagesStayOutOfCoreDumpsAndAreGuarded) {
  const SymmetricKey key = SymmetricKey::Draw(SystemRandom());
  const auto at = reinterpret_cast<uintptr_t>(key.data());
  std::ifstream maps("/proc/self/smaps");
  if (!maps) GTEST_SKIP() << "no /proc/self/smaps here";
  bool inside = false;
  bool found = false;
  bool check_next = false;
  for (std::string line; std::getline(maps, line);) {
    uintptr_t from = 0;
    uintptr_t to = 0;
    char rights[5] = {};
    if (std::sscanf(line.c_str(), "%" SCNxPTR "-%" SCNxPTR " %4s", &from, &to, rights) == 3) {
      const bool closed = std::string(rights) == "---p";
      if (check_next) {
        EXPECT_TRUE(closed) << "the page behind the keys can be read";
        check_next = false;
      }
      inside = from <= at && at < to;
      check_next = inside;
    } else if (inside && line.rfind("VmFlags:", 0) == 0) {
      found = true;
      EXPECT_NE(line.find(" dd"), std::string::npos) << line;
    }
  }
  EXPECT_TRUE(found);
}

TEST(Secret, ManyAtOnceDoNotShareASlot) {
  std::vector<SymmetricKey> keys;
  for (int i = 0; i < 1000; ++i) keys.push_back(SymmetricKey::Draw(SystemRandom()));
  std::set<const uint8_t*> slots;
  for (const auto& key : keys) slots.insert(key.data());
  EXPECT_EQ(slots.size(), keys.size());
}

TEST(Secret, ThreadsMayDrawAndDropKeys) {
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < 2000; ++i) {
        const Bytes bytes(32, static_cast<char>(t * 16 + i % 16));
        const auto key = SymmetricKey::FromBytes(bytes);
        const SymmetricKey copy = key->Clone();
        ASSERT_TRUE(ConstantTimeEquals(copy.expose(), bytes));
      }
    });
  }
  for (auto& thread : threads) thread.join();
}

TEST(Secret, TakingTextWipesItsSource) {
  Bytes short_text = "passphrase";  // held inside the string object
  Bytes long_text(200, 'p');
  const char* inner = long_text.data();
  const SecretText a = SecretText::Take(std::move(short_text));
  const SecretText b = SecretText::Take(std::move(long_text));
  EXPECT_EQ(a.expose(), "passphrase");
  EXPECT_EQ(b.size(), 200u);
  EXPECT_EQ(inner[0], '\0');
  EXPECT_EQ(inner[199], '\0');
}

TEST(Secret, MovedPlaintextLeavesNothingInSmallStrings) {
  alignas(Plaintext) unsigned char storage[sizeof(Plaintext)];
  auto* first = new (storage) Plaintext(Bytes("tiny secret"));
  const Plaintext second = std::move(*first);
  EXPECT_EQ(second.view(), "tiny secret");
  const BytesView memory(reinterpret_cast<const char*>(storage), sizeof storage);
  EXPECT_EQ(memory.find("tiny"), BytesView::npos);
  EXPECT_EQ(memory.find("secret"), BytesView::npos);
  first->~Plaintext();
}

TEST(Secret, ComparisonAgreesWithEquality) {
  EXPECT_TRUE(ConstantTimeEquals("", ""));
  EXPECT_TRUE(ConstantTimeEquals("abc", "abc"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "abd"));
  EXPECT_FALSE(ConstantTimeEquals("abc", "ab"));
}

TEST(Secret, KeysKnowTheirPublicHalf) {
  // RFC 9180 appendix A.2.1 and RFC 8032 section 7.1, test 1.
  const auto decryption =
      DecryptionKey::FromBytes(*HexDecode("8057991eef8f1f1af18f4a9491d16a1ce333f695d4db8e38da75975c4478e0fb"));
  EXPECT_EQ(HexEncode(decryption->encryption_key().view()),
            "4310ee97d88cc1f088a5576c77ab0cf5c3ac797f3d95139c6c84b5429c59662a");
  const auto signing =
      SigningKey::FromSeed(*HexDecode("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"));
  EXPECT_EQ(HexEncode(signing->verify_key().view()),
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a");
  EXPECT_FALSE(DecryptionKey::FromBytes(Bytes(31, 'x')).ok());
  EXPECT_FALSE(SigningKey::FromSeed(Bytes(64, 'x')).ok());
}

}  // namespace
}  // namespace alcove::crypto
