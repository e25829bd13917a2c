// Every construction of the room against the public vectors, file by file.
#include <sodium.h>

#include <fstream>
#include <set>
#include <sstream>

#include "crypto/aead.h"
#include "crypto/argon2.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/hpke.h"
#include "crypto/hpke_schedule.h"
#include "crypto/merkle.h"
#include "crypto/note.h"
#include "crypto/oprf.h"
#include "crypto/padme.h"
#include "crypto/receipt.h"
#include "crypto/ristretto.h"
#include "crypto/shamir.h"
#include "crypto/sign.h"
#include "crypto/voprf.h"
#include "tests/crypto/fixed_random.h"
#include "tests/crypto/public_vectors.h"

namespace alcove::crypto {
namespace {

using nlohmann::json;
using test::Hex;
using test::LoadVectors;
using test::Report;
using test::ScriptedRandom;

// Files and what of them this stage can check; EveryFileIsCheckedOrNamed holds the folder to this list.
const std::set<std::string> kChecked = {
    "argon2/libsodium_argon2id.json",
    "argon2/phc_argon2id_v13.json",
    "blake2/blake2b-kat.json",
    "h2c/expand_message_xmd_SHA512_38.json",
    "merkle/consistency.json",
    "merkle/inclusion.json",
    "merkle/rfc6962_reference_tree.json",
    "mnemonic/bip39_english.txt",
    "mnemonic/bip39_vectors.json",
    "note/signed_note.json",
    "padme/padme_pairs.json",
    "privacypass/private_ristretto255_go.json",
    "rfc9180/hpke_x25519_hkdfsha256_chacha20poly1305.json",
    "rfc9497/allVectors.json",
    "rfc9497/ristretto255-SHA512.json",
    "rfc9591/frost-ristretto255-sha512.json",
    "ristretto255/rfc9496_vectors.json",
    "wycheproof/ed25519_test.json",
    "wycheproof/hkdf_sha256_test.json",
    "wycheproof/hmac_sha256_test.json",
    "wycheproof/hmac_sha512_test.json",
    "wycheproof/xchacha20_poly1305_test.json",
};
const std::map<std::string, std::string> kNotOfThisStage = {
    {"MANIFEST.txt", "says where the vectors come from; holds none"},
    {"h2c/expand_message_xmd_SHA256_256.json", "SHA-256: no group of ours hashes with it"},
    {"h2c/expand_message_xmd_SHA256_38.json", "SHA-256: no group of ours hashes with it"},
    {"rfc9180/rust-hpke-go-8aa8a04.json", "post-quantum KEM 25722: the suite byte leaves room for it"},
};

TEST(Vectors, EveryFileIsCheckedOrNamed) {
  SKIP_WITHOUT_VECTORS();
  std::set<std::string> found;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(test::VectorFolder())) {
    if (entry.is_regular_file()) found.insert(std::filesystem::relative(entry.path(), test::VectorFolder()).string());
  }
  for (const auto& file : found) {
    EXPECT_EQ(kChecked.count(file) + kNotOfThisStage.count(file), 1u) << file << " is neither checked nor named";
  }
  for (const auto& file : kChecked) EXPECT_EQ(found.count(file), 1u) << file << " is gone";
  for (const auto& [file, why] : kNotOfThisStage) {
    EXPECT_EQ(found.count(file), 1u) << file << " is gone";
    std::cout << "vectors " << file << ": 0 checked; not of this stage: " << why << "\n";
  }
}

TEST(Vectors, XChaCha20Poly1305OfWycheproof) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "wycheproof/xchacha20_poly1305_test.json";
  size_t checked = 0;
  size_t other_nonces = 0;
  const json vectors = LoadVectors(file);
  for (const auto& group : vectors["testGroups"]) {
    for (const auto& one : group["tests"]) {
      if (group["ivSize"] != 192) {
        ++other_nonces;
        EXPECT_EQ(one["result"], "invalid");
        continue;
      }
      SCOPED_TRACE(one["tcId"].dump());
      const auto key = SymmetricKey::FromBytes(Hex(one["key"]));
      ASSERT_TRUE(key.ok());
      const Bytes aad = Hex(one["aad"]);
      const Bytes sealed = Hex(one["iv"]) + Hex(one["ct"]) + Hex(one["tag"]);
      const auto opened = Open(*key, sealed, AssociatedData(aad));
      EXPECT_EQ(opened.ok(), one["result"] == "valid");
      if (opened.ok()) {
        EXPECT_EQ(opened->bytes, Hex(one["msg"]));
        ScriptedRandom nonce(Hex(one["iv"]));
        EXPECT_EQ(Seal(*key, Hex(one["msg"]), AssociatedData(aad), nonce), sealed);
      } else {
        EXPECT_TRUE(errors::IsUnverified(opened.status()));
      }
      ++checked;
    }
  }
  Report(file, checked, std::to_string(other_nonces) + " with a nonce of another size cannot be put to our door");
}

TEST(Vectors, Ed25519OfWycheproof) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "wycheproof/ed25519_test.json";
  size_t checked = 0;
  const json vectors = LoadVectors(file);
  for (const auto& group : vectors["testGroups"]) {
    const auto key = VerifyKey::FromBytes(Hex(group["publicKey"]["pk"]));
    ASSERT_TRUE(key.ok());
    for (const auto& one : group["tests"]) {
      SCOPED_TRACE(one["tcId"].dump());
      const auto signature = Signature::FromBytes(Hex(one["sig"]));
      const bool verified = signature.ok() && VerifyRaw(*key, Hex(one["msg"]), *signature).ok();
      EXPECT_EQ(verified, one["result"] == "valid") << one["comment"];
      ++checked;
    }
  }
  Report(file, checked);
}

template <class Mac>
void CheckMac(const std::string& file, Mac mac) {
  size_t checked = 0;
  const json vectors = LoadVectors(file);
  for (const auto& group : vectors["testGroups"]) {
    const size_t size = group["tagSize"].get<size_t>() / 8;
    for (const auto& one : group["tests"]) {
      const Bytes tag = mac(Hex(one["key"]), Hex(one["msg"])).str().substr(0, size);
      EXPECT_EQ(ConstantTimeEquals(tag, Hex(one["tag"])), one["result"] == "valid") << file << " " << one["tcId"];
      ++checked;
    }
  }
  Report(file, checked);
}

TEST(Vectors, HmacOfWycheproof) {
  SKIP_WITHOUT_VECTORS();
  CheckMac("wycheproof/hmac_sha256_test.json", [](BytesView key, BytesView text) { return HmacSha256(key, text); });
  CheckMac("wycheproof/hmac_sha512_test.json", [](BytesView key, BytesView text) { return HmacSha512(key, text); });
}

TEST(Vectors, HkdfOfWycheproof) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "wycheproof/hkdf_sha256_test.json";
  size_t checked = 0;
  const json vectors = LoadVectors(file);
  for (const auto& group : vectors["testGroups"]) {
    for (const auto& one : group["tests"]) {
      const auto output = HkdfSha256(Hex(one["salt"]), Hex(one["ikm"]), Hex(one["info"]), one["size"].get<size_t>());
      ASSERT_EQ(output.ok(), one["result"] == "valid") << one["tcId"];
      if (output.ok()) {
        EXPECT_EQ(output->bytes, Hex(one["okm"])) << one["tcId"];
      }
      ++checked;
    }
  }
  Report(file, checked);
}

TEST(Vectors, Blake2b) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "blake2/blake2b-kat.json";
  size_t checked = 0;
  for (const auto& one : LoadVectors(file)) {
    const Bytes out = Hex(one["out"]);
    const auto digest = Blake2b(out.size(), Hex(one["key"]), Hex(one["in"]));
    ASSERT_TRUE(digest.ok());
    EXPECT_EQ(*digest, out);
    ++checked;
  }
  Report(file, checked);
}

TEST(Vectors, Argon2id) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "argon2/libsodium_argon2id.json";
  size_t checked = 0;
  const json vectors = LoadVectors(file);
  for (const auto& one : vectors["tests"]) {
    Bytes out(one["outlen"].get<size_t>(), '\0');
    const absl::Status made = internal::Argon2id(Hex(one["password_hex"]), Hex(one["salt_hex"]), one["opslimit"],
                                                 one["memlimit"], reinterpret_cast<uint8_t*>(out.data()), out.size());
    if (one["expected"].is_null()) {
      EXPECT_FALSE(made.ok());
    } else {
      ASSERT_TRUE(made.ok());
      EXPECT_EQ(out, Hex(one["expected"]));
    }
    ++checked;
  }
  Report(file, checked);

  // Salts of 8 bytes and two lanes, which our door does not offer: put to the same code through libsodium's own.
  const std::string phc = "argon2/phc_argon2id_v13.json";
  checked = 0;
  for (const auto& one : LoadVectors(phc)) {
    const std::string encoded = one["encoded"];
    std::string password = one["password"];
    EXPECT_EQ(crypto_pwhash_argon2id_str_verify(encoded.c_str(), password.data(), password.size()), 0) << encoded;
    password.back() = static_cast<char>(password.back() ^ 1);
    EXPECT_NE(crypto_pwhash_argon2id_str_verify(encoded.c_str(), password.data(), password.size()), 0) << encoded;
    ++checked;
  }
  Report(phc, checked, "through crypto_pwhash_argon2id_str_verify: our salts have 16 bytes");
}

TEST(Vectors, ExpandMessage) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "h2c/expand_message_xmd_SHA512_38.json";
  const json vectors = LoadVectors(file);
  size_t checked = 0;
  for (const auto& one : vectors["tests"]) {
    const size_t length = std::stoul(one["len_in_bytes"].get<std::string>(), nullptr, 16);
    EXPECT_EQ(internal::ExpandMessageSha512(one["msg"].get<std::string>(), vectors["DST"].get<std::string>(), length),
              Hex(one["uniform_bytes"]));
    ++checked;
  }
  Report(file, checked);
}

TEST(Vectors, Ristretto255) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "ristretto255/rfc9496_vectors.json";
  const json vectors = LoadVectors(file);
  size_t checked = 0;
  for (const auto& encoding : vectors["bad_encodings"]) {
    const auto point = RistrettoPoint::FromBytes(Hex(encoding));
    ASSERT_TRUE(point.ok());
    EXPECT_FALSE(UsableElement(*point).ok()) << encoding;
    ++checked;
  }
  for (const auto& one : vectors["from_hash"]) {
    EXPECT_EQ(internal::ElementFromUniform(Hex(one["uniform_bytes"])).str(), Hex(one["point"]));
    ++checked;
  }
  const auto generator = RistrettoPoint::FromBytes(Hex(vectors["scalarmult_lines"][1]));
  ASSERT_TRUE(generator.ok());
  for (size_t multiple = 0; multiple < vectors["scalarmult_lines"].size(); ++multiple) {
    const Bytes expected = Hex(vectors["scalarmult_lines"][multiple]);
    Bytes scalar(32, '\0');
    scalar[0] = static_cast<char>(multiple);
    const auto key = OprfKey::FromBytes(scalar);
    ASSERT_EQ(key.ok(), multiple != 0);
    if (key.ok()) {
      const auto product = BlindEvaluate(*key, *generator);
      ASSERT_TRUE(product.ok());
      EXPECT_EQ(product->str(), expected);
    } else {
      EXPECT_FALSE(UsableElement(*RistrettoPoint::FromBytes(expected)).ok());
    }
    ++checked;
  }
  Report(file, checked);
}

// Checks mode 0 of ristretto255-SHA512 in a file; returns how many vectors, and how many stood there in all.
std::pair<size_t, size_t> CheckOprf(const std::string& file) {
  size_t checked = 0;
  size_t all = 0;
  for (const auto& suite : LoadVectors(file)) {
    all += suite["vectors"].size();
    if (suite["identifier"] != "ristretto255-SHA512" || suite["mode"] != 0) continue;
    const auto key = OprfKey::Derive(Hex(suite["seed"]), Hex(suite["keyInfo"]));
    EXPECT_TRUE(key.ok());
    EXPECT_EQ(key->expose(), Hex(suite["skSm"]));
    for (const auto& one : suite["vectors"]) {
      const Bytes input = Hex(one["Input"]);
      ScriptedRandom random(Hex(one["Blind"]) + Bytes(32, '\0'));
      const auto blinded = Blind(input, random);
      EXPECT_TRUE(blinded.ok());
      EXPECT_EQ(blinded->blind.expose(), Hex(one["Blind"]));
      EXPECT_EQ(blinded->blinded.str(), Hex(one["BlindedElement"]));
      const auto evaluated = BlindEvaluate(*key, blinded->blinded);
      EXPECT_TRUE(evaluated.ok());
      EXPECT_EQ(evaluated->str(), Hex(one["EvaluationElement"]));
      const auto tag = Finalize(input, blinded->blind, *evaluated);
      EXPECT_TRUE(tag.ok());
      EXPECT_EQ(tag->str(), Hex(one["Output"]));
      EXPECT_EQ(*Evaluate(*key, input), *tag);
      ++checked;
    }
  }
  return {checked, all};
}

TEST(Vectors, Oprf) {
  SKIP_WITHOUT_VECTORS();
  for (const std::string file : {"rfc9497/ristretto255-SHA512.json", "rfc9497/allVectors.json"}) {
    const auto [checked, all] = CheckOprf(file);
    Report(file, checked, std::to_string(all - checked) + " of other groups and modes: VOPRF is checked apart");
  }
}

// A vector of a batch joins its values with commas.
std::vector<Bytes> HexList(const json& text) {
  std::vector<Bytes> values;
  std::istringstream joined(text.get<std::string>());
  for (std::string one; std::getline(joined, one, ',');) values.push_back(Hex(json(one)));
  return values;
}

// Checks mode 1 of ristretto255-SHA512 in a file, batches included; returns how many vectors, and how many stood there
// in all.
std::pair<size_t, size_t> CheckVoprf(const std::string& file) {
  size_t checked = 0;
  size_t all = 0;
  for (const auto& suite : LoadVectors(file)) {
    all += suite["vectors"].size();
    if (suite["identifier"] != "ristretto255-SHA512" || suite["mode"] != 1) continue;
    const auto key = VoprfKey::Derive(Hex(suite["seed"]), Hex(suite["keyInfo"]));
    if (!key.ok()) throw std::runtime_error("no key from the seed of " + file);
    EXPECT_EQ(key->expose(), Hex(suite["skSm"]));
    EXPECT_EQ(key->public_key().str(), Hex(suite["pkSm"]));
    for (const auto& one : suite["vectors"]) {
      const size_t batch = one["Batch"];
      const std::vector<Bytes> inputs = HexList(one["Input"]), blinds = HexList(one["Blind"]),
                               outputs = HexList(one["Output"]);
      std::vector<VoprfBlinded> kept;
      std::vector<RistrettoPoint> sent;
      Bytes joined;
      for (size_t i = 0; i < batch; ++i) {
        ScriptedRandom random(blinds.at(i) + Bytes(32, '\0'));
        auto blinded = VoprfBlind(inputs.at(i), random);
        if (!blinded.ok()) throw std::runtime_error("an input of " + file + " is refused");
        EXPECT_EQ(blinded->blind.expose(), blinds[i]);
        sent.push_back(blinded->blinded);
        kept.push_back(*std::move(blinded));
        joined += sent.back().str();
      }
      Bytes expected;
      for (const Bytes& element : HexList(one["BlindedElement"])) expected += element;
      EXPECT_EQ(joined, expected);
      ScriptedRandom random(Hex(one["Proof"]["r"]) + Bytes(32, '\0'));
      const auto evaluated = VoprfBlindEvaluate(*key, sent, random);
      if (!evaluated.ok()) throw std::runtime_error("a batch of " + file + " is refused");
      expected.clear();
      joined.clear();
      for (const Bytes& element : HexList(one["EvaluationElement"])) expected += element;
      for (const RistrettoPoint& element : evaluated->elements) joined += element.str();
      EXPECT_EQ(joined, expected);
      EXPECT_EQ(evaluated->proof.str(), Hex(one["Proof"]["proof"]));
      std::vector<VoprfPending> pending;
      for (size_t i = 0; i < batch; ++i) pending.push_back({inputs[i], kept[i]});
      const auto finished = VoprfFinalize(key->public_key(), pending, *evaluated);
      if (!finished.ok()) throw std::runtime_error("a proof of " + file + " is refused");
      for (size_t i = 0; i < batch; ++i) {
        EXPECT_EQ((*finished)[i].expose(), outputs.at(i));
        EXPECT_EQ(VoprfEvaluate(*key, inputs[i])->expose(), outputs[i]);
      }
      ++checked;
    }
  }
  return {checked, all};
}

TEST(Vectors, Voprf) {
  SKIP_WITHOUT_VECTORS();
  for (const std::string file : {"rfc9497/ristretto255-SHA512.json", "rfc9497/allVectors.json"}) {
    const auto [checked, all] = CheckVoprf(file);
    EXPECT_EQ(checked, 3u) << "two of one element, one of two";
    Report(file, checked,
           std::to_string(all - checked) + " of other groups and modes: OPRF is checked apart, POPRF has no use here");
  }
}

// Private tokens of type 0x0005, VOPRF(ristretto255, SHA-512), as another implementation issued them. What of them is
// the VOPRF is checked here: keys, blinding, evaluation, proof and authenticator. How Privacy Pass frames its messages
// is read by this test alone, since our tokens have a layout of their own (format/token.h). The proof was made with
// randomness that the file does not tell, so it is verified and not made again.
TEST(Vectors, PrivacyPass) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "privacypass/private_ristretto255_go.json";
  const Bytes type("\x00\x05", 2);
  size_t checked = 0;
  for (const auto& one : LoadVectors(file)) {
    SCOPED_TRACE(checked);
    const auto key = VoprfKey::FromBytes(Hex(one["skS"]));
    ASSERT_TRUE(key.ok());
    EXPECT_EQ(key->public_key().str(), Hex(one["pkS"]));
    const Digest key_id = Sha256(key->public_key().view());
    // The token without its authenticator is the input.
    const Bytes nonce = Hex(one["nonce"]);
    const Bytes input = type + nonce + Sha256(Hex(one["token_challenge"])).str() + key_id.str();
    ScriptedRandom random(Hex(one["blind"]) + Bytes(32, '\0'));
    const auto blinded = VoprfBlind(input, random);
    ASSERT_TRUE(blinded.ok());
    EXPECT_EQ(type + key_id.str().back() + blinded->blinded.str(), Hex(one["token_request"]));
    const Bytes response = Hex(one["token_response"]);
    ASSERT_EQ(response.size(), 96u);
    const VoprfEvaluated evaluated{{*RistrettoPoint::FromBytes(response.substr(0, 32))},
                                   *VoprfProof::FromBytes(response.substr(32))};
    const std::vector<VoprfPending> pending{{input, *blinded}};
    const auto outputs = VoprfFinalize(key->public_key(), pending, evaluated);
    ASSERT_TRUE(outputs.ok()) << outputs.status();
    EXPECT_EQ(input + Bytes((*outputs)[0].expose()), Hex(one["token"]));
    EXPECT_EQ(VoprfEvaluate(*key, input)->expose(), (*outputs)[0].expose());
    const auto own = VoprfBlindEvaluate(*key, std::vector<RistrettoPoint>{blinded->blinded}, SystemRandom());
    ASSERT_TRUE(own.ok());
    EXPECT_EQ(own->elements, evaluated.elements);
    // Control: their proof does not hold for a key of ours.
    EXPECT_TRUE(
        errors::IsUnverified(VoprfFinalize(VoprfKey::Draw(SystemRandom()).public_key(), pending, evaluated).status()));
    ++checked;
  }
  Report(file, checked, "whole tokens; their messages' framing is this test's own");
}

TEST(Vectors, Hpke) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "rfc9180/hpke_x25519_hkdfsha256_chacha20poly1305.json";
  size_t checked = 0;
  size_t other = 0;
  size_t exports = 0;
  for (const auto& suite : LoadVectors(file)) {
    exports += suite["exports"].size();
    // The key pairs hold for every mode.
    const auto derived = HpkeDeriveKey(Hex(suite["ikmR"]));
    ASSERT_TRUE(derived.ok());
    EXPECT_EQ(derived->expose(), Hex(suite["skRm"]));
    EXPECT_EQ(derived->encryption_key().str(), Hex(suite["pkRm"]));
    ASSERT_EQ(suite["kem_id"], 32);
    if (suite["mode"] != 0 || suite["aead_id"] != 3) {
      other += suite["encryptions"].size();
      continue;
    }
    const Bytes info = Hex(suite["info"]);
    const auto recipient = DecryptionKey::FromBytes(Hex(suite["skRm"]));
    const auto to = EncryptionKey::FromBytes(Hex(suite["pkRm"]));
    ScriptedRandom random(Hex(suite["ikmE"]));
    const auto sender = internal::HpkeSetupSender(*to, info, random);
    ASSERT_TRUE(sender.ok());
    EXPECT_EQ(sender->enc.str(), Hex(suite["enc"]));
    EXPECT_EQ(sender->schedule.key.expose(), Hex(suite["key"]));
    const auto receiver = internal::HpkeSetupReceiver(*recipient, sender->enc, info);
    ASSERT_TRUE(receiver.ok());
    EXPECT_EQ(receiver->key.expose(), Hex(suite["key"]));
    EXPECT_EQ(Bytes(receiver->base_nonce.begin(), receiver->base_nonce.end()), Hex(suite["base_nonce"]));
    for (const auto& one : suite["encryptions"]) {
      const Bytes aad = Hex(one["aad"]);
      const uint64_t sequence = one["sequence_number"];
      EXPECT_EQ(internal::HpkeSealAt(sender->schedule, sequence, AssociatedData(aad), Hex(one["pt"])), Hex(one["ct"]));
      const auto opened = internal::HpkeOpenAt(*receiver, sequence, AssociatedData(aad), Hex(one["ct"]));
      ASSERT_TRUE(opened.ok());
      EXPECT_EQ(opened->bytes, Hex(one["pt"]));
      if (sequence == 0) {
        ScriptedRandom again(Hex(suite["ikmE"]));
        const auto sealed = HpkeSeal(*to, info, AssociatedData(aad), Hex(one["pt"]), again);
        ASSERT_TRUE(sealed.ok());
        EXPECT_EQ(sealed->enc.str(), Hex(suite["enc"]));
        EXPECT_EQ(sealed->ciphertext, Hex(one["ct"]));
        EXPECT_TRUE(HpkeOpen(*recipient, *sealed, info, AssociatedData(aad)).ok());
      }
      ++checked;
    }
  }
  Report(file, checked,
         std::to_string(other) + " of psk and auth modes and " + std::to_string(exports) +
             " exports are not of this stage");
}

TEST(Vectors, MerkleReferenceTree) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "merkle/rfc6962_reference_tree.json";
  const json vectors = LoadVectors(file);
  size_t checked = 0;
  EXPECT_EQ(MerkleEmptyRoot().str(), Hex(vectors["root_hashes_by_size"][0]));
  ++checked;
  std::vector<std::vector<Digest>> levels(1);
  for (const auto& leaf : vectors["leaf_inputs"]) levels[0].push_back(MerkleLeafHash(Hex(leaf)));
  for (size_t level = 0; level < vectors["node_hashes_by_level"].size(); ++level) {
    const json& expected = vectors["node_hashes_by_level"][level];
    ASSERT_EQ(levels[level].size(), expected.size());
    for (size_t i = 0; i < expected.size(); ++i, ++checked) EXPECT_EQ(levels[level][i].str(), Hex(expected[i]));
    levels.emplace_back();
    for (size_t i = 0; i + 1 < expected.size(); i += 2) {
      levels.back().push_back(MerkleNodeHash(levels[level][i], levels[level][i + 1]));
    }
  }
  // Roots of the other sizes, by proofs of the last leaf: its path is the roots of the full subtrees before it.
  for (size_t size = 1; size <= 8; ++size, ++checked) {
    std::vector<Digest> path;
    for (size_t level = 0, index = size - 1; index > 0; ++level, index >>= 1) {
      if ((index & 1) == 1) path.push_back(levels[level][index - 1]);
    }
    EXPECT_TRUE(VerifyInclusion(size - 1, size, levels[0][size - 1], path,
                                *Digest::FromBytes(Hex(vectors["root_hashes_by_size"][size])))
                    .ok())
        << size;
  }
  Report(file, checked);
}

// Vectors hold placeholders of wrong length ("WrongLeaf") that our types cannot carry: their SHA-256 stands for them,
// equal where they are equal.
Digest DigestOf(const json& text) {
  const auto bytes = Base64Decode(text.is_null() ? std::string() : text.get<std::string>());
  const auto digest = Digest::FromBytes(*bytes);
  return digest.ok() ? *digest : Sha256(*bytes);
}

std::vector<Digest> ProofOf(const json& proof) {
  std::vector<Digest> hashes;
  if (!proof.is_null()) {
    for (const auto& text : proof) hashes.push_back(DigestOf(text));
  }
  return hashes;
}

TEST(Vectors, MerkleInclusion) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "merkle/inclusion.json";
  size_t checked = 0;
  for (const auto& one : LoadVectors(file)) {
    // An empty root or leaf is refused where a Digest is made.
    const bool carried = one["root"] != "" && one["leafHash"] != "";
    const bool verified =
        carried && VerifyInclusion(one["leafIdx"].get<uint64_t>(), one["treeSize"].get<uint64_t>(),
                                   DigestOf(one["leafHash"]), ProofOf(one["proof"]), DigestOf(one["root"]))
                       .ok();
    EXPECT_EQ(verified, !one["wantErr"].get<bool>()) << one["_file"];
    ++checked;
  }
  Report(file, checked);
}

TEST(Vectors, MerkleConsistency) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "merkle/consistency.json";
  size_t checked = 0;
  for (const auto& one : LoadVectors(file)) {
    const bool verified = VerifyConsistency(one["size1"].get<uint64_t>(), one["size2"].get<uint64_t>(),
                                            ProofOf(one["proof"]), DigestOf(one["root1"]), DigestOf(one["root2"]))
                              .ok();
    EXPECT_EQ(verified, !one["wantErr"].get<bool>()) << one["_file"];
    ++checked;
  }
  Report(file, checked);
}

TEST(Vectors, Bip39) {
  SKIP_WITHOUT_VECTORS();
  const std::string list = "mnemonic/bip39_english.txt";
  std::ifstream in(test::VectorFolder() / list);
  size_t checked = 0;
  for (std::string word; std::getline(in, word);) {
    EXPECT_TRUE(IsReceiptWord(word)) << word;
    // Its position: as the first word of an entropy that begins with these eleven bits.
    Bytes entropy(16, '\0');
    entropy[0] = static_cast<char>(checked >> 3);
    entropy[1] = static_cast<char>((checked & 7) << 5);
    EXPECT_EQ(Receipt::FromEntropy(entropy)->Word(1), word);
    ++checked;
  }
  EXPECT_EQ(checked, 2048u);
  Report(list, checked);

  const std::string file = "mnemonic/bip39_vectors.json";
  const json vectors = LoadVectors(file);
  size_t all = 0;
  checked = 0;
  for (const auto& [language, entries] : vectors.items()) {
    all += entries.size();
    if (language != "english") continue;
    for (const auto& one : entries) {
      const Bytes entropy = Hex(one[0]);
      const std::string words = one[1];
      const auto parsed = Receipt::FromWords(words);
      // Receipts have 12 words; longer mnemonics must be refused.
      ASSERT_EQ(parsed.ok(), entropy.size() == 16) << words;
      if (parsed.ok()) {
        EXPECT_EQ(parsed->expose(), entropy);
        EXPECT_EQ(Receipt::FromEntropy(entropy)->Words().expose(), words);
      }
      ++checked;
    }
  }
  Report(file, checked,
         std::to_string(all - checked) + " of other languages; seeds and extended keys have no use here");
}

TEST(Vectors, SignedNote) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "note/signed_note.json";
  const json vectors = LoadVectors(file);
  const json& sumdb = vectors["sumdb_note"];
  size_t checked = 0;

  const auto peter = NoteKey::FromText(sumdb["vkey"].get<std::string>());
  const auto enoch = NoteKey::FromText(sumdb["second_vkey"].get<std::string>());
  ASSERT_TRUE(peter.ok() && enoch.ok());
  EXPECT_EQ(peter->Text(), sumdb["vkey"]);
  EXPECT_EQ(enoch->Text(), sumdb["second_vkey"]);
  checked += 2;

  const std::string text = sumdb["text"];
  const std::string both =
      text + "\n" + sumdb["signature_line"].get<std::string>() + sumdb["second_signature_line"].get<std::string>();
  const auto note = ParseNote(both);
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->text, text);
  EXPECT_EQ(note->Serialize(), both);
  const auto who = VerifyNote(*note, {*enoch, *peter});
  ASSERT_TRUE(who.ok());
  EXPECT_EQ(*who, (std::vector<size_t>{0, 1}));
  checked += 2;

  // The private key of the vector makes the same signature.
  const std::string skey = sumdb["skey"];
  const auto typed = Base64Decode(skey.substr(skey.rfind('+', skey.size() - 45) + 1));
  ASSERT_TRUE(typed.ok());
  const auto seed = SigningKey::FromSeed(BytesView(*typed).substr(1));
  ASSERT_TRUE(seed.ok());
  auto own = NewNote(text);
  ASSERT_TRUE(SignNote(*own, "PeterNeumann", *seed).ok());
  EXPECT_EQ(own->Serialize(), text + "\n" + sumdb["signature_line"].get<std::string>());
  ++checked;

  for (const auto& bad : sumdb["bad_vkeys"]) {
    EXPECT_FALSE(NoteKey::FromText(bad.get<std::string>()).ok()) << bad;
    ++checked;
  }

  const std::string cosigned = vectors["tlog_cosignature_example"];
  const auto checkpoint = ParseNote(cosigned);
  ASSERT_TRUE(checkpoint.ok());
  EXPECT_EQ(checkpoint->signatures.size(), 2u);
  EXPECT_EQ(checkpoint->signatures[1].signature.size(), 72u);
  EXPECT_EQ(checkpoint->Serialize(), cosigned);
  ++checked;
  Report(file, checked);
}

TEST(Vectors, Padme) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "padme/padme_pairs.json";
  size_t checked = 0;
  const json vectors = LoadVectors(file);
  for (const auto& pair : vectors["pairs"]) {
    EXPECT_EQ(PaddedSize(pair[0].get<uint64_t>(), 0), pair[1].get<uint64_t>()) << pair;
    ++checked;
  }
  Report(file, checked);
}

TEST(Vectors, ShamirSharesOfFrost) {
  SKIP_WITHOUT_VECTORS();
  const std::string file = "rfc9591/frost-ristretto255-sha512.json";
  const json vectors = LoadVectors(file);
  const json& inputs = vectors["inputs"];
  size_t checked = 0;
  Bytes script;
  for (const auto& coefficient : inputs["share_polynomial_coefficients"]) script += Hex(coefficient) + Bytes(32, '\0');
  ScriptedRandom random(script);
  const auto secret = ShamirSecret::FromBytes(Hex(inputs["group_secret_key"]));
  const auto shares = SplitSecret(*secret, 2, 3, random);
  ASSERT_TRUE(shares.ok());
  ASSERT_EQ(shares->size(), inputs["participant_shares"].size());
  for (size_t i = 0; i < shares->size(); ++i, ++checked) {
    EXPECT_EQ((*shares)[i].index, inputs["participant_shares"][i]["identifier"]);
    EXPECT_EQ((*shares)[i].value.expose(), Hex(inputs["participant_shares"][i]["participant_share"]));
  }
  for (const auto& [a, b] : {std::pair{0, 1}, {0, 2}, {1, 2}, {2, 0}}) {
    std::vector<ShamirShare> two;
    for (const int i : {a, b}) {
      two.push_back({(*shares)[static_cast<size_t>(i)].index, (*shares)[static_cast<size_t>(i)].value.Clone()});
    }
    const auto combined = CombineShares(two);
    ASSERT_TRUE(combined.ok());
    EXPECT_EQ(combined->expose(), secret->expose());
    ++checked;
  }
  Report(file, checked, "signing rounds of FROST have no use here");
}

}  // namespace
}  // namespace alcove::crypto
