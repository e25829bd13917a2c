#include "tests/crypto/known_answers.h"

#include "crypto/aead.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"
#include "crypto/hpke.h"
#include "crypto/note.h"
#include "crypto/oprf.h"
#include "crypto/padme.h"
#include "crypto/password.h"
#include "crypto/puzzle.h"
#include "crypto/receipt.h"
#include "crypto/shamir.h"
#include "crypto/sign.h"
#include "crypto/stream.h"
#include "crypto/voprf.h"
#include "tests/crypto/fixed_random.h"

namespace alcove::crypto::test {
namespace {

using Json = nlohmann::ordered_json;

// Bytes that differ by name, so that no two inputs are mixed up unnoticed.
Bytes Fixed(BytesView name, size_t size) {
  SeededRandom random(name);
  return random.Draw(size);
}

Json Receipts() {
  Json all = Json::array();
  for (const Bytes& entropy : {Bytes(16, '\0'), Fixed("receipt", 16)}) {
    const Receipt receipt = *Receipt::FromEntropy(entropy);
    const Bytes organisation = Fixed("organisation", 16);
    const MailboxKeys keys = *DeriveMailboxKeys(receipt, organisation);
    all.push_back({{"entropy", HexEncode(entropy)},
                   {"words", receipt.Words().expose()},
                   {"organisation", HexEncode(organisation)},
                   {"decryption_key", HexEncode(keys.decryption.expose())},
                   {"encryption_key", HexEncode(keys.decryption.encryption_key().view())},
                   {"signing_seed", HexEncode(keys.signing.expose())},
                   {"verify_key", HexEncode(keys.signing.verify_key().view())},
                   {"mailbox_id", HexEncode(keys.id.view())},
                   {"encryption_key_id", HexEncode(KeyIdOf(keys.decryption.encryption_key()).view())},
                   {"verify_key_id", HexEncode(KeyIdOf(keys.signing.verify_key()).view())}});
  }
  return all;
}

Json Padding() {
  Json sizes = Json::array();
  for (const uint64_t size : {0, 1, 4096, 4097, 5000, 65536, 131072, 3145728, 104857600}) {
    sizes.push_back({{"size", size}, {"floor", 4096}, {"padded", PaddedSize(size, 4096)}});
  }
  const Plaintext padded = Pad("content", 16);
  return {{"sizes", sizes},
          {"pad", {{"content", HexEncode("content")}, {"floor", 16}, {"padded", HexEncode(padded.view())}}}};
}

Json Keys() {
  const SymmetricKey key = *SymmetricKey::FromBytes(Fixed("key", 32));
  const Bytes nonce = Fixed("nonce", 24);
  ScriptedRandom random(nonce);
  const Bytes sealed = Seal(key, BytesView("what was said"), AssociatedData("header hash"), random);
  return {{"key", HexEncode(key.expose())},
          {"commitment", HexEncode(Commitment(key).view())},
          {"commitment_context", HexEncode("context")},
          {"commitment_with_context", HexEncode(Commitment(key, "context").view())},
          {"derive_label", "alcove example v1"},
          {"derived", HexEncode(DeriveKey(key, "alcove example v1", "context").expose())},
          {"seal",
           {{"random", HexEncode(nonce)},
            {"associated", HexEncode("header hash")},
            {"plaintext", HexEncode("what was said")},
            {"sealed", HexEncode(sealed)}}}};
}

Json Hpke() {
  const DecryptionKey recipient = *DecryptionKey::FromBytes(Fixed("recipient", 32));
  const Bytes drawn = Fixed("ephemeral", 32);
  const Bytes epoch_key = Fixed("epoch key", 32);
  ScriptedRandom random(drawn);
  const HpkeSealed wrap =
      *HpkeSeal(recipient.encryption_key(), "alcove example info", AssociatedData("bound"), epoch_key, random);
  return {{"decryption_key", HexEncode(recipient.expose())},
          {"encryption_key", HexEncode(recipient.encryption_key().view())},
          {"info", HexEncode("alcove example info")},
          {"associated", HexEncode("bound")},
          {"plaintext", HexEncode(epoch_key)},
          {"random", HexEncode(drawn)},
          {"enc", HexEncode(wrap.enc.view())},
          {"ciphertext", HexEncode(wrap.ciphertext)}};
}

Json Signing() {
  const SigningKey key = *SigningKey::FromSeed(Fixed("seed", 32));
  SignedNote note = *NewNote("alcove.example\nversion 1\n");
  if (!SignNote(note, "root-a", key).ok()) return nullptr;
  return {{"seed", HexEncode(key.expose())},
          {"verify_key", HexEncode(key.verify_key().view())},
          {"label", "alcove example v1"},
          {"message", HexEncode("I was there.")},
          {"signature", HexEncode(Sign(key, "alcove example v1", "I was there.").view())},
          {"note_key", NoteKey{"root-a", key.verify_key()}.Text()},
          {"note", note.Serialize()}};
}

Json Tags() {
  const OprfKey key = *OprfKey::Derive(Fixed("tag seed", 32), "alcove example");
  Json tags = Json::array();
  for (const Bytes& identifier : {Bytes("emp:A4711"), Bytes("mail:m.weber@example.org")}) {
    const Bytes drawn = Fixed(identifier, 64);
    ScriptedRandom random(drawn);
    const OprfBlinded blinded = *Blind(identifier, random);
    const RistrettoPoint evaluated = *BlindEvaluate(key, blinded.blinded);
    tags.push_back({{"identifier", identifier},
                    {"random", HexEncode(drawn)},
                    {"blinded", HexEncode(blinded.blinded.view())},
                    {"evaluated", HexEncode(evaluated.view())},
                    {"tag", HexEncode(Finalize(identifier, blinded.blind, evaluated)->view())}});
  }
  return {{"key", HexEncode(key.expose())}, {"tags", tags}};
}

Json Batches() {
  const VoprfKey key = *VoprfKey::Derive(Fixed("token seed", 32), "alcove example");
  std::vector<Bytes> inputs{"first input", "second input", "third input"};
  std::vector<VoprfBlinded> kept;
  std::vector<RistrettoPoint> sent;
  Json batch = Json::array();
  for (const Bytes& input : inputs) {
    const Bytes drawn = Fixed(input, 64);
    ScriptedRandom random(drawn);
    kept.push_back(*VoprfBlind(input, random));
    sent.push_back(kept.back().blinded);
    batch.push_back(
        {{"input", HexEncode(input)}, {"random", HexEncode(drawn)}, {"blinded", HexEncode(sent.back().view())}});
  }
  const Bytes drawn = Fixed("proof", 64);
  ScriptedRandom random(drawn);
  const VoprfEvaluated evaluated = *VoprfBlindEvaluate(key, sent, random);
  std::vector<VoprfPending> pending;
  for (size_t i = 0; i < inputs.size(); ++i) pending.push_back({inputs[i], kept[i]});
  const auto outputs = *VoprfFinalize(key.public_key(), pending, evaluated);
  for (size_t i = 0; i < inputs.size(); ++i) {
    batch[i]["evaluated"] = HexEncode(evaluated.elements[i].view());
    batch[i]["output"] = HexEncode(outputs[i].expose());
  }
  return {{"key", HexEncode(key.expose())},
          {"public_key", HexEncode(key.public_key().view())},
          {"batch", batch},
          {"proof_random", HexEncode(drawn)},
          {"proof", HexEncode(evaluated.proof.view())}};
}

Json Sharing() {
  const Bytes drawn = Fixed("coefficient", 64);
  ScriptedRandom secret_random(Fixed("shared", 64));
  const ShamirSecret secret = DrawShamirSecret(secret_random);
  ScriptedRandom random(drawn);
  const auto shares = *SplitSecret(secret, 2, 3, random);
  Json values = Json::array();
  for (const ShamirShare& share : shares) {
    values.push_back({{"index", share.index}, {"value", HexEncode(share.value.expose())}});
  }
  return {{"secret", HexEncode(secret.expose())}, {"k", 2}, {"n", 3}, {"random", HexEncode(drawn)}, {"shares", values}};
}

Json Streams() {
  Json all = Json::array();
  for (const size_t size : {size_t{0}, size_t{5}, kStreamPiece, kStreamPiece + 1}) {
    const FileKey key = *FileKey::FromBytes(Fixed("file key", 32));
    const Bytes header = Fixed("header", 24);
    ScriptedRandom random(header);
    const Bytes sealed = SealStream(key, Bytes(size, 'a'), random);
    all.push_back({{"key", HexEncode(key.expose())},
                   {"random", HexEncode(header)},
                   {"letters_a", size},
                   {"sealed_size", sealed.size()},
                   {"sealed_sha256", HexEncode(Sha256(sealed).view())}});
  }
  return all;
}

Json Passphrase() {
  const Bytes drawn = Fixed("salt and nonce", 40);
  ScriptedRandom random(drawn);
  const auto sealed =
      SealWithPassphrase(SecretText(BytesView("correct horse")), "private", AssociatedData("kind"), random);
  return {{"passphrase", "correct horse"},
          {"associated", HexEncode("kind")},
          {"plaintext", HexEncode("private")},
          {"random", HexEncode(drawn)},
          {"sealed", HexEncode(*sealed)}};
}

Json Work() {
  const Bytes challenge = Fixed("challenge", 48);
  return {{"challenge", HexEncode(challenge)}, {"bits", 12}, {"first_solution", HexEncode(*Solve(challenge, 12))}};
}

}  // namespace

Json KnownAnswers() {
  return {{"receipts", Receipts()}, {"padding", Padding()},
          {"keys", Keys()},         {"hpke", Hpke()},
          {"signing", Signing()},   {"tags", Tags()},
          {"batches", Batches()},   {"sharing", Sharing()},
          {"streams", Streams()},   {"passphrase", Passphrase()},
          {"work", Work()}};
}

}  // namespace alcove::crypto::test
