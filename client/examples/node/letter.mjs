// Letters "ALO1" (crypto/format/officer_letter.h): sealing one to protection officers, opening one that is sealed to an account's machine. HPKE
// (RFC 9180, base mode, X25519, HKDF-SHA256, ChaCha20-Poly1305) for the key, XChaCha20-Poly1305 for the body; Node has every part but
// HChaCha20. The same as client/examples/python/letter.py and hpke.py.
import crypto from "node:crypto";

export const ADVERSE_ACTION = 1;
export const MEASURE_ORDER = 3;
const LABEL = Buffer.from("alcove officer letter v1");
const BODY_LABEL = Buffer.from("alcove officer letter body v1");
const [KEY_SIZE, PADDED, TAG] = [96, 4096, 16];

export class CannotOpen extends Error {}

const hmac = (key, ...parts) => crypto.createHmac("sha256", key).update(Buffer.concat(parts)).digest();
const sha256 = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();
const two = (number) => Buffer.from([number >> 8, number & 255]);

const publicKey = (raw) => crypto.createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b656e032100", "hex"), raw]), format: "der", type: "spki" });
const privateKey = (raw) => crypto.createPrivateKey({ key: Buffer.concat([Buffer.from("302e020100300506032b656e04220420", "hex"), raw]), format: "der", type: "pkcs8" });
const rawOf = (key) => crypto.createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);

function chacha(key, nonce, aad, text) {
  const cipher = crypto.createCipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad, { plaintextLength: text.length });
  return Buffer.concat([cipher.update(text), cipher.final(), cipher.getAuthTag()]);
}

function unchacha(key, nonce, aad, sealed) {
  const decipher = crypto.createDecipheriv("chacha20-poly1305", key, nonce, { authTagLength: TAG });
  decipher.setAAD(aad, { plaintextLength: sealed.length - TAG });
  decipher.setAuthTag(sealed.subarray(-TAG));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(0, -TAG)), decipher.final()]);
  } catch {
    throw new CannotOpen("it does not open");
  }
}

// RFC 9180: one key and nonce for one message.
const KEM_SUITE = Buffer.concat([Buffer.from("KEM"), two(0x20)]);
const SUITE = Buffer.concat([Buffer.from("HPKE"), two(0x20), two(1), two(3)]);
const extract = (suite, salt, label, material) => hmac(salt.length ? salt : Buffer.alloc(32), Buffer.from("HPKE-v1"), suite, Buffer.from(label), material);
const expand = (suite, key, label, info, length) => hmac(key, two(length), Buffer.from("HPKE-v1"), suite, Buffer.from(label), info, Buffer.from([1])).subarray(0, length);

function keyAndNonce(dh, enc, recipient, info) {
  const none = Buffer.alloc(0);
  const shared = expand(KEM_SUITE, extract(KEM_SUITE, none, "eae_prk", dh), "shared_secret", Buffer.concat([enc, recipient]), 32);
  const context = Buffer.concat([Buffer.from([0]), extract(SUITE, none, "psk_id_hash", none), extract(SUITE, none, "info_hash", info)]);
  const secret = extract(SUITE, shared, "secret", none);
  return [expand(SUITE, secret, "key", context, 32), expand(SUITE, secret, "base_nonce", context, 12)];
}

// X25519; what a key of low order gives is no secret.
function exchange(own, other) {
  const dh = crypto.diffieHellman({ privateKey: own, publicKey: other });
  if (dh.equals(Buffer.alloc(32))) throw new CannotOpen("a key of low order");
  return dh;
}

// [enc, ciphertext]. `ephemeral` is for known answers only: never give one twice.
export function hpkeSeal(recipient, info, aad, text, ephemeral = crypto.generateKeyPairSync("x25519").privateKey) {
  const enc = rawOf(ephemeral);
  const [key, nonce] = keyAndNonce(exchange(ephemeral, publicKey(recipient)), enc, recipient, info);
  return [enc, chacha(key, nonce, aad, text)];
}

export function hpkeOpen(own, enc, info, aad, sealed) {
  const mine = privateKey(own);
  const [key, nonce] = keyAndNonce(exchange(mine, publicKey(enc)), enc, rawOf(mine), info);
  return unchacha(key, nonce, aad, sealed);
}

// For tests: an X25519 private key of these 32 bytes.
export const hpkePrivateKey = privateKey;

// HKDF-SHA256 without salt, 32 bytes.
const derive = (key, label, context = Buffer.alloc(0)) => hmac(hmac(Buffer.alloc(32), key), label, Buffer.from([0]), context, Buffer.from([1]));

// The 32 bytes that XChaCha20 uses as its key for the rest of the nonce.
function hchacha20(key, nonce) {
  const start = Buffer.concat([Buffer.from("expand 32-byte k"), key, nonce]);
  const words = Uint32Array.from({ length: 16 }, (_, i) => start.readUInt32LE(4 * i));
  const turn = (x, y, z, by) => {
    words[x] += words[y];
    const mixed = words[z] ^ words[x];
    words[z] = (mixed << by) | (mixed >>> (32 - by));
  };
  const quarter = (a, b, c, d) => {
    turn(a, b, d, 16);
    turn(c, d, b, 12);
    turn(a, b, d, 8);
    turn(c, d, b, 7);
  };
  for (let round = 0; round < 10; round++) {
    for (let i = 0; i < 4; i++) quarter(i, i + 4, i + 8, i + 12);
    for (let i = 0; i < 4; i++) quarter(i, 4 + ((i + 1) % 4), 8 + ((i + 2) % 4), 12 + ((i + 3) % 4));
  }
  const out = Buffer.alloc(32);
  [...words.subarray(0, 4), ...words.subarray(12)].forEach((word, i) => out.writeUInt32LE(word, 4 * i));
  return out;
}
const bodyKey = (key, nonce) => [hchacha20(derive(key, BODY_LABEL), nonce.subarray(0, 16)), Buffer.concat([Buffer.alloc(4), nonce.subarray(16)])];

const keyIdOf = (raw) => sha256(Buffer.from("alcove key id v1\0\x01"), raw).subarray(0, 16);
const wrapInfo = (prefix, keyId) => Buffer.concat([LABEL, Buffer.from([0]), prefix, keyId]);

// A letter to every one of these machines. Its size tells how many they are and nothing else.
export function sealLetter(subject, organisation, id, publicKeys, text) {
  if (text.length >= PADDED) throw new Error("a letter holds 4095 bytes");
  const prefix = Buffer.concat([Buffer.from("ALO1"), Buffer.from([1, subject, 0, 0]), organisation, id]);
  const key = crypto.randomBytes(32);
  const lines = publicKeys.map((raw) => {
    const keyId = keyIdOf(raw);
    return Buffer.concat([keyId, ...hpkeSeal(raw, wrapInfo(prefix, keyId), Buffer.alloc(0), key)]);
  });
  const header = Buffer.concat([prefix, derive(key, Buffer.from("alcove key commitment v1"), LABEL), two(publicKeys.length), ...lines]);
  const nonce = crypto.randomBytes(24);
  const padded = Buffer.concat([text, Buffer.from([0x80]), Buffer.alloc(PADDED - text.length - 1)]);
  return Buffer.concat([header, nonce, chacha(...bodyKey(key, nonce), header, padded)]);
}

// What an order says, as bytes; CannotOpen for anything else.
export function openLetter(letter, own, organisation, id) {
  if (letter.length < 74 || !letter.subarray(0, 8).equals(Buffer.concat([Buffer.from("ALO1"), Buffer.from([1, MEASURE_ORDER, 0, 0])]))) throw new CannotOpen("it is no order");
  const bodyAt = 74 + KEY_SIZE * letter.readUInt16BE(72);
  if (letter.length !== bodyAt + 24 + PADDED + TAG || !letter.subarray(8, 24).equals(organisation) || !letter.subarray(24, 40).equals(id)) throw new CannotOpen("it is another organisation's, another order's, or cut");
  const keyId = keyIdOf(rawOf(privateKey(own)));
  for (let at = 74; at < bodyAt; at += KEY_SIZE) {
    if (!letter.subarray(at, at + 16).equals(keyId)) continue;
    const key = hpkeOpen(own, letter.subarray(at + 16, at + 48), wrapInfo(letter.subarray(0, 40), keyId), Buffer.alloc(0), letter.subarray(at + 48, at + KEY_SIZE));
    if (!derive(key, Buffer.from("alcove key commitment v1"), LABEL).equals(letter.subarray(40, 72))) throw new CannotOpen("the key is not the one that everybody got");
    const padded = unchacha(...bodyKey(key, letter.subarray(bodyAt, bodyAt + 24)), letter.subarray(0, bodyAt), letter.subarray(bodyAt + 24));
    const end = padded.lastIndexOf(0x80);
    if (end < 0 || padded.subarray(end + 1).some((byte) => byte !== 0)) throw new CannotOpen("padding");
    return padded.subarray(0, end);
  }
  throw new CannotOpen("it is sealed to other machines than this one");
}
