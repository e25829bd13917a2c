// client/examples/node/letter.mjs, held to RFC 9180's vectors, to what must be refused, and to what Python seals.
//
// usage: letter_test.mjs PROJECT
import { execFileSync } from "node:child_process";
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const project = path.resolve(process.argv[2]);
const letters = await import(path.join(project, "client/examples/node/letter.mjs"));
const failures = [];
const check = (what, good) => good || failures.push(what);
const refused = (act) => {
  try {
    act();
  } catch (error) {
    return error instanceof letters.CannotOpen;
  }
  return false;
};
const hex = (text) => Buffer.from(text, "hex");

function vectors() {
  const file = path.join(path.dirname(project), "shared/vectors/rfc9180/hpke_x25519_hkdfsha256_chacha20poly1305.json");
  if (!fs.existsSync(file)) {
    console.error(`SKIPPED: ${file} is not there; RFC 9180 was not checked against public vectors`);
    return 0;
  }
  let count = 0;
  for (const vector of JSON.parse(fs.readFileSync(file, "utf8"))) {
    if (vector.mode !== 0 || vector.kem_id !== 0x20 || vector.kdf_id !== 1 || vector.aead_id !== 3) continue;
    const { pt, aad, ct } = vector.encryptions[0];
    const [enc, sealed] = letters.hpkeSeal(hex(vector.pkRm), hex(vector.info), hex(aad), hex(pt), letters.hpkePrivateKey(hex(vector.skEm)));
    check("enc is the vector's", enc.equals(hex(vector.enc)));
    check("the ciphertext is the vector's", sealed.equals(hex(ct)));
    check("the vector opens", letters.hpkeOpen(hex(vector.skRm), hex(vector.enc), hex(vector.info), hex(aad), hex(ct)).equals(hex(pt)));
    count++;
  }
  check("there is a vector of our suite", count > 0);
  return count;
}

const [own, organisation, id] = [crypto.randomBytes(32), crypto.randomBytes(16), crypto.randomBytes(16)];
const shown = crypto.createPublicKey(letters.hpkePrivateKey(own)).export({ format: "der", type: "spki" }).subarray(-32);
const stranger = crypto.createPublicKey(letters.hpkePrivateKey(crypto.randomBytes(32))).export({ format: "der", type: "spki" }).subarray(-32);

function refusals() {
  const letter = letters.sealLetter(letters.MEASURE_ORDER, organisation, id, [stranger, shown], Buffer.from("text"));
  const opens = (bytes, key = own, of = organisation, name = id) => letters.openLetter(bytes, key, of, name).toString();
  check("control: it opens", opens(letter) === "text");
  check("for nobody else", refused(() => opens(letter, crypto.randomBytes(32))));
  check("not as another's", refused(() => opens(letter, own, crypto.randomBytes(16))));
  check("not under another name", refused(() => opens(letter, own, organisation, crypto.randomBytes(16))));
  check("cut", refused(() => opens(letter.subarray(0, -1))));
  const plan = letters.sealLetter(letters.ADVERSE_ACTION, organisation, id, [shown], Buffer.from("text"));
  check("a plan is no order", refused(() => opens(plan)));
  for (let at = 0; at < letter.length; at += 13) {
    if (at >= 74 && at < 74 + 96) continue; // the stranger's line is within the body's associated data, too, as the next check says
    const changed = Buffer.from(letter);
    changed[at] ^= 1;
    check(`a flipped bit at ${at}`, refused(() => opens(changed)));
  }
  const others = Buffer.from(letter);
  others[80] ^= 1;
  check("a flipped bit in somebody else's line", refused(() => opens(others)));
}

function python() {
  const code = `
import sys
sys.dont_write_bytecode = True
sys.path.insert(0, sys.argv[1])
import letter
own, organisation, name, public = (bytes.fromhex(text) for text in sys.argv[2:6])
print(letter.seal_letter(letter.MEASURE_ORDER, organisation, name, [public], b"from Python").hex())
print(letter.open_letter(bytes.fromhex(sys.argv[6]), own, organisation, name).decode())
`;
  const ours = letters.sealLetter(letters.MEASURE_ORDER, organisation, id, [shown], Buffer.from("from Node"));
  const [theirs, read] = execFileSync("/usr/bin/python3", ["-c", code, path.join(project, "client/examples/python"), ...[own, organisation, id, shown, ours].map((bytes) => bytes.toString("hex"))], { encoding: "utf8" }).split("\n");
  check("Node opens what Python sealed", letters.openLetter(hex(theirs), own, organisation, id).toString() === "from Python");
  check("Python opens what Node sealed", read === "from Node");
}

const known = vectors();
refusals();
python();
for (const failure of failures) console.log("FAILED", failure);
console.log(`letter.mjs: ${known} vectors of RFC 9180, ${failures.length} failures`);
process.exit(failures.length ? 1 : 0);
