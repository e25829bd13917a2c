#!/usr/bin/env node
// An HR system that talks to Alcove, for Node: tells who works here, asks before anything is done against somebody, carries out orders,
// and hears of events.
//
//   npm ci
//   node alcove_hr.mjs --org alcove.org --key alcove.key VERB
//
//   sync --file employees.csv [--validate-only]
//   submit --employee 4711 --kind dismissal --effective 2027-01-31 [--reason TEXT]      show adverseActions/...
//   orders                                                                             done measureOrders/...
//   events --resume FILE [--seconds N]
//
// Instead of --key: --certificate PEM --certificate-key PEM [--address HOST:PORT], for all but orders, which are sealed to the key.
// The same as client/examples/python/alcove_hr.py, which says more about each step. Exit status: 0 done, 1 refused by the service,
// 2 wrong usage, 3 out of reach, 4 a signature does not verify.
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import grpc from "@grpc/grpc-js";
import loader from "@grpc/proto-loader";
import protobuf from "protobufjs";
import { ADVERSE_ACTION, CannotOpen, openLetter, sealLetter } from "./letter.mjs";

const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../../..");
const GOOGLEAPIS = "/usr/share/gocode/src/github.com/gogo/googleapis";
const ROWS_OF_A_PAGE = 128;
const DEADLINE = 30_000;

class Unverified extends Error {}
class WrongUsage extends Error {}

const contract = (() => {
  const files = ["session", "ledger", "hr"].map((name) => `alcove/v1/${name}_service.proto`);
  const definition = loader.loadSync(files, { includeDirs: [path.join(ROOT, "proto"), GOOGLEAPIS], keepCase: true, enums: String, defaults: true });
  return grpc.loadPackageDefinition(definition).alcove.v1;
})();

// What lies inside letters.
const words = (() => {
  const root = new protobuf.Root();
  root.resolvePath = (_, target) => [path.join(ROOT, "proto", target), path.join(GOOGLEAPIS, target)].find((file) => fs.existsSync(file)) ?? target;
  return root.loadSync("alcove/sealed/v1/sealed.proto");
})();

// The lines of a text of one form, as [word, value]; the first line says what it is.
function linesOf(text, first) {
  const lines = text.split("\n");
  if (lines[0] !== first) throw new WrongUsage(`a file does not begin with \`${first}\``);
  return lines.slice(1).filter((line) => line.includes(" ")).map((line) => [line.slice(0, line.indexOf(" ")), line.slice(line.indexOf(" ") + 1)]);
}

// The 16 bytes of an id: 26 characters of base32.
function idBytes(text) {
  let bits = 0n;
  for (const c of text) bits = (bits << 5n) | BigInt("abcdefghijklmnopqrstuvwxyz234567".indexOf(c));
  return Buffer.from((bits >> 2n).toString(16).padStart(32, "0"), "hex");
}

function readOrganisation(file) {
  const organisation = { roots: new Map(), certificates: [] };
  for (const [word, value] of linesOf(fs.readFileSync(file, "utf8"), "alcove.organisation.v1")) {
    if (word === "id") organisation.id = idBytes(value);
    if (word === "address") organisation.address = value;
    if (word === "threshold") organisation.threshold = Number(value);
    if (word === "root") organisation.roots.set(value.split(" ")[0], Buffer.from(value.split(" ")[1], "base64"));
    if (word === "tls-root") organisation.certificates.push(`-----BEGIN CERTIFICATE-----\n${value.replace(/(.{64})/g, "$1\n")}\n-----END CERTIFICATE-----\n`);
  }
  return organisation;
}

function readAccount(file) {
  if (fs.statSync(file).mode & 0o077) throw new WrongUsage(`others can read ${file}: chmod 600 ${file}`);
  const fields = Object.fromEntries(linesOf(fs.readFileSync(file, "utf8"), "alcove.key.v1"));
  if (fields.protection !== "none") throw new WrongUsage(`${file} is sealed under a passphrase, which an example does not ask for`);
  const seed = Buffer.from(fields.private, "base64").subarray(32, 64);
  const pkcs8 = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), seed]);
  return { name: fields.name, decryption: Buffer.from(fields.private, "base64").subarray(0, 32), signing: crypto.createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }) };
}

const publicKey = (raw) => crypto.createPublicKey({ key: Buffer.concat([Buffer.from("302a300506032b6570032100", "hex"), raw]), format: "der", type: "spki" });
const sha256 = (...parts) => crypto.createHash("sha256").update(Buffer.concat(parts)).digest();

// Checks a signed note (C2SP) under t of the roots; its lines.
function verifiedDirectory(note, roots, threshold, organisation, today) {
  const [head, signatures] = [note.slice(0, note.indexOf("\n\n") + 1), note.slice(note.indexOf("\n\n") + 2)];
  const signers = new Set();
  for (const line of signatures.split("\n").filter(Boolean)) {
    const [dash, name, encoded] = line.split(" ");
    if (dash !== "\u2014" || !encoded) throw new Unverified("a signature line of the directory is malformed");
    const raw = Buffer.from(encoded, "base64");
    for (const [root, key] of roots) {
      const signsAs = `alcove.root/${root}`;
      if (name !== signsAs || !raw.subarray(0, 4).equals(sha256(Buffer.from(`${signsAs}\n`), Buffer.from([1]), key).subarray(0, 4))) continue;
      if (!crypto.verify(null, Buffer.from(head), publicKey(key), raw.subarray(4))) throw new Unverified(`the signature of ${root} under the directory is wrong`);
      signers.add(root);
    }
  }
  if (signers.size < threshold) throw new Unverified(`${signers.size} root holders signed the directory; ${threshold} must`);
  const lines = linesOf(head, "alcove.directory.v1");
  const fields = Object.fromEntries(lines);
  if (!idBytes(fields.organisation).equals(organisation)) throw new Unverified("the directory is another organisation's");
  if (!(fields["valid-from"] <= today && today <= fields["valid-until"])) throw new Unverified("the directory is not valid today");
  return lines;
}

// A unary call as a promise.
function call(client, method, request, metadata = new grpc.Metadata(), deadline = DEADLINE) {
  return new Promise((resolve, reject) => {
    client[method](request, metadata, { deadline: Date.now() + deadline }, (error, answer) => (error ? reject(error) : resolve(answer)));
  });
}

// The encryption key of every machine of every protection officer: whom plans are sealed to.
function officersOf(lines) {
  const keys = [];
  let ofPerson = [];
  for (const [word, value] of lines) {
    if (word === "person") ofPerson = [];
    if (word === "device") ofPerson.push(Buffer.from(value.split(" ")[0], "base64"));
    if (word === "role" && value === "protection_officer") keys.push(...ofPerson);
  }
  return keys;
}

// Walks from version 1, which the organisation file's roots signed, to the newest; the service's log key and the officers' keys.
async function directoryOf(organisation, credentials, today) {
  const client = new contract.LedgerService(organisation.address, credentials);
  const newest = (await call(client, "GetDirectory", {})).note.toString();
  const version = Number(/^version (\d+)$/m.exec(newest)[1]);
  let [roots, threshold, previous, lines] = [organisation.roots, organisation.threshold, "-", []];
  for (let number = 1; number <= version; number++) {
    const note = number === version ? newest : (await call(client, "GetDirectory", { version: number })).note.toString();
    // An older version need not be valid today: what counts is who signed it, and whom it names.
    const day = number === version ? today : /^valid-from (\S+)$/m.exec(note)[1];
    lines = verifiedDirectory(note, roots, threshold, organisation.id, day);
    const fields = Object.fromEntries(lines);
    if (fields.previous !== previous) throw new Unverified("a version of the directory does not follow the one before it");
    previous = sha256(Buffer.from(note.slice(0, note.indexOf("\n\n") + 1))).toString("base64");
    roots = new Map(lines.filter(([word]) => word === "root").map(([, value]) => [value.split(" ")[0], Buffer.from(value.split(" ")[1], "base64")]));
    threshold = Number(fields.threshold);
  }
  client.close();
  return { logKey: Buffer.from(Object.fromEntries(lines).log, "base64"), officers: officersOf(lines) };
}

// A bearer token for 15 minutes; the signature covers the service's log key, so it opens nothing anywhere else.
async function signIn(organisation, credentials, account, logKey) {
  const client = new contract.SessionService(organisation.address, credentials);
  const principal = `staff/${account.name}`;
  const challenge = await call(client, "CreateChallenge", { principal });
  if (challenge.price) throw new WrongUsage("the service asks every caller for work at the moment; try again in a minute");
  const statement = Buffer.concat([Buffer.from("alcove sign-in v1\0"), organisation.id, logKey, Buffer.from([principal.length]), Buffer.from(principal), challenge.nonce]);
  const { token } = await call(client, "CreateSession", { principal, nonce: challenge.nonce, signature: crypto.sign(null, statement, account.signing) });
  client.close();
  const metadata = new grpc.Metadata();
  metadata.set("authorization", `Bearer ${token.toString("base64url")}`);
  return metadata;
}

// The one normal form (crypto/format/tag.h): printable ASCII, numbers in upper case, addresses in lower case.
function identifier(text) {
  if (!/^[\x20-\x7e]+$/.test(text)) throw new WrongUsage("an identifier holds other than printable ASCII");
  return text.includes("@") ? `mail:${text.toLowerCase()}` : `emp:${text.toUpperCase()}`;
}

// number,mail,manager,dotted,delegate,relation,left. A real system reads its own tables; fields in quotes are not read here.
function rowsOf(file) {
  const [header, ...lines] = fs.readFileSync(file, "utf8").split("\n").filter(Boolean);
  const columns = header.split(",");
  return lines.map((line) => {
    const fields = Object.fromEntries(line.split(",").map((field, i) => [columns[i], field]));
    const people = (column) => (fields[column] ?? "").split(";").map((one) => one.trim()).filter(Boolean).map(identifier);
    return { identifiers: [...people("number"), ...people("mail")], manager: people("manager")[0] ?? "", dotted: people("dotted"), delegates: people("delegate"), relations: people("relation"), left: fields.left === "yes" };
  });
}

const civil = (text) => ({ year: Number(text.slice(0, 4)), month: Number(text.slice(5, 7)), day: Number(text.slice(8, 10)) });
const dayText = (date) => [date.year, date.month, date.day].map((n) => String(n).padStart(2, "0")).join("-");
const base32 = (bytes) => [...(BigInt(`0x${bytes.toString("hex")}`) << 2n).toString(32).padStart(26, "0")].map((c) => "abcdefghijklmnopqrstuvwxyz234567"[parseInt(c, 32)]).join("");

async function sync({ client, metadata }, options) {
  const rows = rowsOf(options.file);
  // A request id is drawn once an act, and sent again unchanged when the line breaks: then it is done at most once.
  const { name } = await call(client, "CreateSync", { request_id: crypto.randomUUID(), mode: "SYNC_MODE_FULL" }, metadata);
  let pages = 0;
  for (let at = 0; at < rows.length; at += ROWS_OF_A_PAGE, pages++) {
    await call(client, "UploadSyncPage", { name, page: pages, rows: rows.slice(at, at + ROWS_OF_A_PAGE) }, metadata);
  }
  const answer = await call(client, "CommitSync", { request_id: crypto.randomUUID(), name, pages, validate_only: options["validate-only"] }, metadata, 300_000);
  const { after, added, changed, removed } = answer.counts;
  console.log(`chart version ${answer.version}${options["validate-only"] ? " would be" : ""} in force: ${after} people, ${added} added, ${changed} changed, ${removed} removed`);
}

// The service sees whom it is about; why, only the officers read.
async function submit({ client, metadata, organisation, officers }, options) {
  if (!officers.length) throw new WrongUsage("the directory lists no protection officer");
  const employee = identifier(options.employee);
  const AdverseAction = words.lookupType("alcove.sealed.v1.AdverseAction");
  const text = AdverseAction.encode({ identifiers: [employee], kind: options.kind, effective: civil(options.effective), reason: options.reason }).finish();
  const id = crypto.randomBytes(16);
  const letter = sealLetter(ADVERSE_ACTION, organisation.id, id, officers, Buffer.from(text));
  const { name } = await call(client, "SubmitAdverseAction", { request_id: crypto.randomUUID(), employee, letter }, metadata);
  if (name !== `adverseActions/${base32(id)}`) console.error("another plan about this employee is pending under this name");
  console.log(name);
}

async function show({ client, metadata }, options, name) {
  const { state } = await call(client, "GetAdverseAction", { name }, metadata);
  console.log(state.replace("ADVERSE_ACTION_STATE_", ""));
}

async function orders({ client, metadata, organisation, account }) {
  if (!account) throw new WrongUsage("orders are sealed to the account's own key: say --key");
  const MeasureOrder = words.lookupType("alcove.sealed.v1.MeasureOrder");
  let page = { next_page_token: "" };
  do {
    page = await call(client, "ListMeasureOrders", { state: "ORDER_STATE_WAITING", page_token: page.next_page_token }, metadata);
    for (const order of page.orders) {
      let said = "cannot be opened here";
      try {
        const text = MeasureOrder.decode(openLetter(order.letter, account.decryption, organisation.id, idBytes(order.name.split("/")[1])));
        said = `${text.kind}, ${text.reason}: ${text.people.map((person) => person.identifiers.join(", ")).join("; ")}`;
      } catch (error) {
        if (!(error instanceof CannotOpen)) throw error;
      }
      console.log(`${order.name} by ${dayText(order.due)} ${said}`);
    }
  } while (page.next_page_token);
}

async function done({ client, metadata }, options, name) {
  const today = new Date().toISOString().slice(0, 10);
  await call(client, "ReportMeasureOrder", { request_id: crypto.randomUUID(), name, outcome: "ORDER_STATE_EXECUTED", done: civil(today) }, metadata);
}

// Each event at least once: the token is kept only after the event was dealt with.
function events({ client, metadata }, options) {
  const resume_token = fs.existsSync(options.resume) ? fs.readFileSync(options.resume) : Buffer.alloc(0);
  const stream = client.WatchEvents({ resume_token }, metadata, { deadline: Date.now() + 1000 * Number(options.seconds) });
  return new Promise((resolve, reject) => {
    stream.on("data", ({ event, resume_token: token }) => {
      console.log(dayText(event.time), event.type, event.subject);
      fs.writeFileSync(`${options.resume}.new`, token);
      fs.renameSync(`${options.resume}.new`, options.resume);
    });
    stream.on("end", resolve);
    // A real system signs in again and goes on; so it does when the session ends after 15 minutes.
    stream.on("error", (error) => (error.code === grpc.status.DEADLINE_EXCEEDED ? resolve() : reject(error)));
  });
}

const VERBS = { sync: [sync, "file"], submit: [submit, "employee", "kind", "effective"], show: [show], orders: [orders], done: [done], events: [events, "resume"] };

async function main() {
  const text = { type: "string" };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      org: text, key: text, certificate: text, "certificate-key": text, address: text, file: text, resume: text, employee: text, kind: text, effective: text,
      reason: { type: "string", default: "" }, seconds: { type: "string", default: "600" }, "validate-only": { type: "boolean", default: false },
    },
  });
  const [verb = "sync", name] = positionals;
  const [act, ...needs] = VERBS[verb] ?? [];
  const byCertificate = values.certificate && values["certificate-key"];
  if (!act || !values.org || !values.key === !byCertificate) throw new WrongUsage("say --org, --key or --certificate with --certificate-key, and a verb");
  for (const need of needs) if (!values[need]) throw new WrongUsage(`${verb} needs --${need}`);
  if ((act === show || act === done) && !name) throw new WrongUsage(`${verb} needs a name`);
  const organisation = readOrganisation(values.org);
  if (values.address) organisation.address = values.address;
  const trusted = organisation.certificates.length ? Buffer.from(organisation.certificates.join("")) : null;
  // With a client certificate that the directory names for the account, no session is needed.
  const own = byCertificate ? [fs.readFileSync(values["certificate-key"]), fs.readFileSync(values.certificate)] : [];
  const credentials = grpc.credentials.createSsl(trusted, ...own);
  const { logKey, officers } = await directoryOf(organisation, credentials, new Date().toISOString().slice(0, 10));
  const account = byCertificate ? undefined : readAccount(values.key);
  const metadata = account ? await signIn(organisation, credentials, account, logKey) : new grpc.Metadata();
  const client = new contract.HrService(organisation.address, credentials);
  try {
    await act({ client, metadata, organisation, account, officers }, values, name);
  } finally {
    client.close();
  }
}

// The service's own reason stands in the status details; its text is enough for an example.
function told(error) {
  const details = error.metadata?.get("grpc-status-details-bin")?.[0];
  const reason = details && /ERROR_REASON_([A-Z_]+)/.exec(details.toString("latin1"));
  return reason && reason[1];
}

main().catch((error) => {
  if (error instanceof Unverified) {
    console.error(`does not verify: ${error.message}. Nothing was sent.`);
    process.exitCode = 4;
  } else if (typeof error.code === "number") {
    const reason = told(error);
    console.error(reason ? `refused: ${reason}` : `out of reach: ${grpc.status[error.code]}`);
    process.exitCode = reason ? 1 : 3;
  } else {
    console.error(`wrong usage: ${error.message}`);
    process.exitCode = 2;
  }
});
