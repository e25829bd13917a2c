// The known answers of tests/vectors/format.json, computed: what a second implementation is held to. All bytes are in
// hexadecimal; `draws` are the random bytes in the order and the sizes in which the construction asked for them.
#pragma once

#include <nlohmann/json.hpp>

#include "crypto/encoding.h"
#include "crypto/format/approval.h"
#include "crypto/format/attachment.h"
#include "crypto/format/identity.h"
#include "crypto/format/keyfile.h"
#include "crypto/format/policy.h"
#include "crypto/format/share.h"
#include "crypto/format/signin.h"
#include "crypto/format/wallet.h"
#include "tests/crypto/format/evidence.h"
#include "tests/crypto/format/tokens.h"

namespace alcove::format::test {

using Json = nlohmann::ordered_json;

inline std::string Hex(BytesView bytes) { return crypto::HexEncode(bytes); }

// Seeded, and remembers what it gave.
class RecordingRandom final : public crypto::Random {
 public:
  explicit RecordingRandom(BytesView seed) : random_(seed) {}
  void Fill(uint8_t* out, size_t size) override {
    random_.Fill(out, size);
    draws_.push_back(Hex({reinterpret_cast<const char*>(out), size}));
  }
  const Json& draws() const { return draws_; }

 private:
  SeededRandom random_;
  Json draws_ = Json::array();
};

inline Json Private(BytesView who) {
  return {{"x25519_private", Hex(Decrypting(who).expose())},
          {"x25519_public", Hex(Decrypting(who).encryption_key().view())},
          {"x25519_key_id", Hex(crypto::KeyIdOf(Decrypting(who).encryption_key()).view())},
          {"ed25519_seed", Hex(Signing(who).expose())},
          {"ed25519_public", Hex(Signing(who).verify_key().view())},
          {"ed25519_key_id", Hex(crypto::KeyIdOf(Signing(who).verify_key()).view())}};
}

inline Json EpochAnswer(const EpochScope& scope, const EpochKey* previous, BytesView seed, NewEpoch* made) {
  RecordingRandom random(seed);
  *made = *MakeEpoch(scope, Recipients(), previous, crypto::KeyIdOf(Signing("mailbox").verify_key()), scope.number + 1, random);
  Json grants = Json::array();
  for (const Bytes& grant : made->grants) grants.push_back(Hex(grant));
  return {{"number", scope.number},
          {"directory_version", scope.number + 1},
          {"recipients", {"mailbox", "amira", "ben"}},
          {"conditions", {1, 2, 4}},
          {"maker", "mailbox"},
          {"draws", random.draws()},
          {"epoch_key", Hex(made->key.expose())},
          {"content_key_seal", Hex(EpochContentKey(made->key, scope).expose())},
          {"identity_key", Hex(EpochIdentityKey(made->key, scope).expose())},
          {"record", Hex(made->record)},
          {"record_hash", Hex(EpochRecordHash(made->record).view())},
          {"grants", grants}};
}

inline Json EnvelopeAnswer(const NewEpoch& epoch) {
  EnvelopeContext context = FilingContext(epoch);
  context.leaf_count = 2;
  context.leaf_head = Fixed<Digest>("leaf head");
  std::vector<NamedBlob> blobs{{.blob = Fixed<BlobId>("blob 0"), .size = 4137}, {.blob = Fixed<BlobId>("blob 1"), .size = 65577}};
  context.blobs_hash = BlobsHash(blobs);
  RecordingRandom random("filing");
  Bytes envelope = *SealEnvelope(context, epoch.key, Signing("mailbox"), kText, random);
  Json named = Json::array();
  for (const NamedBlob& blob : blobs) named.push_back({{"blob", Hex(blob.blob.view())}, {"size", blob.size}});
  return {{"kind", 1},
          {"keyring", 1},
          {"entry", Hex(context.entry.view())},
          {"epoch", 0},
          {"sequence", 0},
          {"day", context.day.number()},
          {"author", "mailbox"},
          {"leaf_count", 2},
          {"leaf_head", Hex(context.leaf_head.view())},
          {"blobs", named},
          {"blobs_hash", Hex(context.blobs_hash.view())},
          {"plaintext", Hex(kText)},
          {"draws", random.draws()},
          {"envelope", Hex(envelope)},
          {"entry_hash", Hex(EntryHash(*ParseEnvelope(envelope)).view())}};
}

inline Json IdentityAnswer(const NewEpoch& epoch) {
  RecordingRandom random("identity");
  std::vector<EncryptionKey> keys;
  for (const char* who : {"kim", "lee", "mo"}) keys.push_back(Decrypting(who).encryption_key());
  Bytes sealed = *SealIdentity(Organisation(), Case(), keys, 2, 1, epoch.key, "Dana", random);
  return {{"custodians", {"kim", "lee", "mo"}}, {"threshold", 2}, {"directory_version", 1}, {"plaintext", Hex("Dana")},
          {"draws", random.draws()}, {"sealed", Hex(sealed)}};
}

// amira asks who wrote, on a court's order; kim gives her share; and what the mailbox would have signed for a yes.
inline Json ShareAnswer(const NewEpoch& epoch) {
  SeededRandom sealing("identity");
  std::vector<EncryptionKey> keys;
  for (const char* who : {"kim", "lee", "mo"}) keys.push_back(Decrypting(who).encryption_key());
  const Bytes identity = *SealIdentity(Organisation(), Case(), keys, 2, 1, epoch.key, "Dana", sealing);
  ApprovalTerms terms;
  terms.kind = ApprovalKind::kReleaseIdentity;
  terms.organisation = Organisation();
  terms.case_id = Case();
  terms.approval = Fixed<ApprovalId>("release");
  terms.day = Day(20778);
  terms.directory_version = 1;
  terms.code = "court_order";
  RecordingRandom asking("release"), giving("share");
  const Bytes request = *SealApprovalRequest(terms, keys, "An order", Signing("amira"), asking);
  const ParsedStatement statement = ParseApprovalRequest(request)->statement;
  const IdentityShare share = *OpenIdentityShare(*ParseIdentity(identity), Decrypting("kim"));
  const Bytes given = *GiveShare(statement, share, Decrypting("amira").encryption_key(), Signing("kim"), giving);
  return {{"kind", 5}, {"approval", Hex(terms.approval.view())}, {"day", 20778}, {"directory_version", 1}, {"code", "court_order"},
          {"requester", "amira"}, {"deciders", {"kim", "lee", "mo"}}, {"reason", Hex("An order")}, {"request_draws", asking.draws()},
          {"request", Hex(request)}, {"custodian", "kim"}, {"index", share.index}, {"share", Hex(share.value.expose())},
          {"draws", giving.draws()}, {"given", Hex(given)},
          {"consent_signature", Hex(SignConsent(statement, Decision::kApprove, Signing("mailbox")).view())}};
}

// A guest, asked for by amira, decided by kim; and the grant with which amira lets the guest in.
inline Json ApprovalAnswer(const NewEpoch& epoch) {
  ApprovalTerms terms;
  terms.condition = ReleaseCondition::kGuest;
  terms.organisation = Organisation();
  terms.case_id = Case();
  terms.approval = Fixed<ApprovalId>("approval");
  terms.day = Day(20778);
  terms.until = Day(20800);
  terms.directory_version = 1;
  terms.person = "mo";
  std::vector<EncryptionKey> deciders;
  for (const char* who : {"kim", "lee"}) deciders.push_back(Decrypting(who).encryption_key());
  RecordingRandom random("approval"), grant_random("added grant");
  Bytes request = *SealApprovalRequest(terms, deciders, "Counsel", Signing("amira"), random);
  ParsedStatement statement = ParseApprovalRequest(request)->statement;
  Bytes grant = *WrapGrant(Thread(0), epoch.key, Decrypting("mo").encryption_key(), ReleaseCondition::kGuest, grant_random);
  return {{"kind", 1}, {"condition", 5}, {"approval", Hex(terms.approval.view())}, {"day", 20778}, {"until", 20800},
          {"directory_version", 1}, {"person", "mo"}, {"requester", "amira"}, {"deciders", {"kim", "lee"}},
          {"reason", Hex("Counsel")}, {"draws", random.draws()}, {"request", Hex(request)},
          {"statement", Hex(statement.bytes)}, {"decision", 1},
          {"decision_signature", Hex(SignDecision(statement, Decision::kApprove, Signing("kim")).view())},
          {"added_grant_draws", grant_random.draws()}, {"added_grant", Hex(grant)}};
}

inline Json LeafAnswers() {
  Digest entry_hash = Fixed<Digest>("entry hash");
  struct Row { LeafKind kind; Bytes details; const char* actor; uint32_t time; };
  const Row rows[] = {
      {LeafKind::kCaseFiled, details::Filed(entry_hash), "", 0},
      {LeafKind::kCaseAssigned, details::Assigned("amira"), "", 0},
      {LeafKind::kCaseClaimed, "", "amira", 36001},
      {LeafKind::kCaseOpened, details::Opened(Keyring::kThread), "amira", 36002},
      {LeafKind::kGrantReleased, details::Released("ben", ReleaseCondition::kFallback), "", 0},
      {LeafKind::kEntryAppended, details::Appended(Keyring::kThread, 1, Fixed<EntryId>("entry 1"), entry_hash), "amira", 86400},
      {LeafKind::kStateChanged, details::StateChanged(1, 2, "acknowledged"), "amira", 1},
      {LeafKind::kCaseWithdrawn, "", "", 0},
      {LeafKind::kEntriesRead, details::EntriesRead(Keyring::kThread, 0, 2), "amira", 7},
      {LeafKind::kBlobRead, details::BlobRead(Fixed<BlobId>("blob 0")), "amira", 8},
      {LeafKind::kReaderLost, details::ReaderLost("ben"), "", 0},
      {LeafKind::kSubjectsCorrected, details::PeopleAdded(2), "amira", 9},
      {LeafKind::kGrantBad, details::GrantBad(Keyring::kTeam, 1, crypto::KeyIdOf(Signing("amira").verify_key())), "ben", 10},
      {LeafKind::kGrantDestroyed, details::GrantDestroyed("ben", ReleaseCondition::kLapsed), "", 0},
      {LeafKind::kReadersExcluded, details::PeopleAdded(1), "", 0},
      {LeafKind::kApprovalRequested, details::ApprovalRequested(Fixed<ApprovalId>("approval"), ApprovalKind::kAddReader), "amira", 11},
      {LeafKind::kApprovalDecided, details::ApprovalDecided(Fixed<ApprovalId>("approval"), Decision::kApprove), "kim", 12},
      {LeafKind::kApprovalCancelled, details::ApprovalCancelled(Fixed<ApprovalId>("approval")), "amira", 13},
      {LeafKind::kApprovalExecuted, details::ApprovalExecuted(Fixed<ApprovalId>("approval"), ApprovalKind::kAddReader), "amira", 14},
      {LeafKind::kReaderAdded, details::ReaderAdded("mo", ReleaseCondition::kGuest, Day(20800)), "amira", 15},
      {LeafKind::kWallLifted, details::WallLifted("lee"), "amira", 16},
      {LeafKind::kReaderMachines, details::ReaderMachines("ben", 2), "", 0},
      {LeafKind::kIdentityAsked, details::IdentityAsked(Fixed<ApprovalId>("release"), "court_order"), "amira", 17},
      {LeafKind::kIdentityNotified, details::IdentityNotified(Fixed<ApprovalId>("release")), "", 0},
      {LeafKind::kConsentDecided, details::ConsentDecided(Fixed<ApprovalId>("release"), Decision::kApprove), "", 0},
      {LeafKind::kShareGiven, details::ShareGiven(Fixed<ApprovalId>("release"), 1), "kim", 18},
      {LeafKind::kIdentityReleased, details::IdentityReleased(Fixed<ApprovalId>("release")), "amira", 19},
      {LeafKind::kShareHandedOver, details::ShareHandedOver(2, "ben"), "kim", 20},
      {LeafKind::kHoldPlaced, details::Hold("litigation"), "amira", 21},
      {LeafKind::kHoldLifted, details::Hold("litigation"), "amira", 22},
      {LeafKind::kCaseDoomed, details::CaseDoomed(Fixed<ApprovalId>("deletion")), "amira", 23},
      {LeafKind::kCaseKept, "", "amira", 24},
      {LeafKind::kRetentionShortened, details::RetentionShortened(Day(20900)), "amira", 25},
      {LeafKind::kCaseShredded,
       details::CaseShredded(entry_hash, 6, Fixed<ApprovalId>("deletion"), Day(20778), 3), "", 0},
      {LeafKind::kEntryRedacted, details::EntryRedacted(Keyring::kThread, 4, entry_hash, Fixed<ApprovalId>("redaction")), "", 0},
      {LeafKind::kCaseExported, details::Exported(ExportPurpose::kCourt), "amira", 26},
  };
  Json answers = Json::array();
  Digest head;
  uint32_t number = 0;
  for (const Row& row : rows) {
    Leaf leaf{.kind = row.kind, .organisation = Organisation(), .case_id = Case(), .number = ++number, .day = Day(20778),
              .time = row.time, .actor = row.actor, .details = row.details};
    Bytes content = LeafContent(leaf);
    LeafSalt salt = SaltOf(number);
    Digest commitment = LeafCommitment(salt, content);
    head = NextChainHead(head, number, commitment);
    answers.push_back({{"kind", std::string(Name(row.kind))}, {"content", Hex(content)}, {"salt", Hex(salt.view())},
                       {"commitment", Hex(commitment.view())}, {"leaf_hash", Hex(LeafHash(commitment).view())},
                       {"chain_head", Hex(head.view())}});
  }
  return answers;
}

inline Json IdentifierAnswers() {
  AliasSalt salt = Fixed<AliasSalt>("salt");
  Json identifiers = Json::array();
  for (const char* typed : {"emp: e-1001 ", "mail:Amira@Riverside.Example", "emp:00 42/a"}) {
    auto identifier = *Identifier::Parse(typed);
    identifiers.push_back({{"typed", typed}, {"normal", identifier.text()}, {"alias", Hex(IdentifierAlias(salt, identifier).view())}});
  }
  SubjectTag tag = Fixed<SubjectTag>("tag of amira");
  return {{"salt", Hex(salt.view())}, {"identifiers", identifiers},
          {"refused", {"", "emp:", "emp:\xc3\xa4", "mail:a", "mail:a@b@c", "mail:a b@c", "EMP:1", "tel:1"}},
          {"tag", Hex(tag.view())}, {"tag_alias", Hex(TagAlias(salt, tag).view())}};
}

// Two tokens of each kind asked for, issued, and the first of each spent on one request; and the directory that announces the keys.
inline Json TokenAnswer() {
  const Digest request = Fixed<Digest>("request");
  Directory directory = TestDirectory();
  Json batches = Json::array();
  for (TokenKind kind : {TokenKind::kEmployment, TokenKind::kEscrow}) {
    const std::string name(Name(kind));
    const crypto::VoprfKey key = IssuingKey(name);
    const TokenTerms terms = TermsOf(kind);
    directory.token_keys.push_back(Announced(name, kind));
    RecordingRandom drawing("tokens of " + name), proving("proof of " + name);
    const auto pending = PendingTokens(terms, 2, drawing);
    const auto answer = *crypto::VoprfBlindEvaluate(key, Blinded(pending), proving);
    const auto tokens = *FinishTokens(directory.token_keys.back(), pending, answer);
    Json listed = Json::array();
    for (size_t i = 0; i < tokens.size(); ++i) {
      listed.push_back({{"nonce", Hex(tokens[i].nonce.view())}, {"blinded", Hex(pending[i].blinded.blinded.view())},
                        {"evaluated", Hex(answer.elements[i].view())}, {"output", Hex(tokens[i].output.expose())},
                        {"spent", Hex(SpendToken(tokens[i], request))}, {"nullifier", Hex(NullifierOf(terms, tokens[i].nonce).view())}});
    }
    batches.push_back({{"kind", static_cast<int>(kind)}, {"quarter", terms.quarter.number()}, {"issuing_key", Hex(key.expose())},
                       {"token_key", Hex(key.public_key().view())}, {"draws", drawing.draws()}, {"proof_draws", proving.draws()},
                       {"proof", Hex(answer.proof.view())}, {"tokens", listed}});
  }
  const FilingOfToken filing{Organisation(), Case(), Fixed<MailboxId>("mailbox"), Decrypting("mailbox").encryption_key(),
                             Signing("mailbox").verify_key(), Fixed<Digest>("entry")};
  const Json filed = {{"mailbox", Hex(filing.mailbox.view())}, {"encryption_key", Hex(filing.mailbox_encryption_key.view())},
                      {"signing_key", Hex(filing.mailbox_verify_key.view())}, {"entry_hash", Hex(filing.entry_hash.view())},
                      {"request", Hex(TokenRequestOf(filing).view())}};
  return {{"request", Hex(request.view())}, {"filing", filed}, {"batches", batches}, {"directory", *DirectoryText(directory)}};
}

// A wallet with one token of each sort, and the texts that it exchanges with the portal.
inline Json WalletAnswer() {
  const TokenTerms terms = TermsOf(TokenKind::kEmployment);
  SeededRandom drawing("wallet");
  Wallet wallet{.organisation = Organisation(), .pending = PendingTokens(terms, 1, drawing), .unspent = {}};
  const auto drawn = PendingTokens(terms, 1, drawing);
  const auto answer = Answer(IssuingKey("EMPLOYMENT"), drawn);
  wallet.unspent = *FinishTokens(Announced("EMPLOYMENT", TokenKind::kEmployment), drawn, answer);
  RecordingRandom sealing("wallet seal");
  const std::string passphrase = "correct horse battery staple";
  const std::string text = *WalletText(wallet, crypto::SecretText(passphrase), sealing);
  return {{"passphrase", passphrase}, {"draws", sealing.draws()}, {"wallet", text},
          {"pending", {{"nonce", Hex(wallet.pending[0].nonce.view())}, {"blind", Hex(wallet.pending[0].blinded.blind.expose())}}},
          {"token", {{"nonce", Hex(wallet.unspent[0].nonce.view())}, {"output", Hex(wallet.unspent[0].output.expose())}}},
          {"batch", *TokenBatchText({terms, Blinded(drawn)})}, {"answer", *TokenAnswerText({terms, answer})}};
}

inline Json AttachmentAnswer() {
  SeededRandom random("file key");
  auto key = FileKey::Draw(random);
  Bytes file = "abc", out;
  auto sealer = AttachmentSealer::Start(key, file.size(), crypto::Sha256(file));
  sealer->Write(file, &out).IgnoreError();
  sealer->Finish(&out).IgnoreError();
  Json sizes = Json::array();
  for (uint64_t size : {0, 1, 4096, 4097, 65536, 65537, 1000000, 3000000, 104857600}) {
    sizes.push_back({size, *SealedAttachmentSize(size)});
  }
  return {{"key", Hex(key.expose())}, {"file", Hex(file)}, {"sha256", Hex(crypto::Sha256(file).view())},
          {"ciphertext", Hex(out)}, {"sizes", sizes}};
}

inline Json KnownAnswers() {
  Json all;
  all["about"] =
      "Known answers of crypto/format: layouts in crypto/DESIGN.md. Bytes in hexadecimal; draws are the random bytes in the "
      "order in which the construction asked for them. Written by format_known_answers, checked by format_vectors_test.";
  Json people;
  for (const char* who : {"mailbox", "amira", "ben", "kim", "lee", "mo", "log", "root ada", "root bo", "root cyd"}) people[who] = Private(who);
  all["people"] = people;
  all["organisation"] = {{"id", Hex(Organisation().view())}, {"text", Text(Organisation())},
                         {"file", *OrganisationText(TestOrganisation())}, {"fingerprint", Fingerprint(TestOrganisation())}};
  all["case"] = {{"id", Hex(Case().view())}, {"text", Text(Case())}, {"name", CaseName(Case())}};
  NewEpoch first = ThreadEpoch0(), second = ThreadEpoch0();
  Json epoch_0 = EpochAnswer(Thread(0), nullptr, "thread epoch 0", &first);
  Json epoch_1 = EpochAnswer(Thread(1), &first.key, "thread epoch 1", &second);
  all["epochs"] = {epoch_0, epoch_1};
  all["envelope"] = EnvelopeAnswer(first);
  all["identity"] = IdentityAnswer(first);
  all["approval"] = ApprovalAnswer(first);
  all["share"] = ShareAnswer(first);
  all["leaves"] = LeafAnswers();
  Bytes nonce(64, 'n');
  all["sign_in"] = {{"principal", "staff/amira"}, {"log", "log"}, {"nonce", Hex(nonce)},
                    {"signature", Hex(SignSignIn(Signing("amira"), Organisation(), Signing("log").verify_key(), "staff/amira", nonce)->view())}};
  all["identifiers"] = IdentifierAnswers();
  all["directory"] = {{"text", *DirectoryText(TestDirectory())}, {"note", DirectoryNoteBytes(TestDirectory(), {"ada", "bo"})},
                      {"hash", Hex(crypto::Sha256(*DirectoryText(TestDirectory())).view())}};
  Policy policy{.organisation = Organisation(), .document = PolicyDocument::kRouting, .version = 3, .body = "{\n  \"rules\": []\n}\n"};
  all["policy"] = {{"note", SignedBy(*PolicyText(policy), {"ada", "bo"})}};
  all["token"] = TokenAnswer();
  all["wallet"] = WalletAnswer();
  all["attachment"] = AttachmentAnswer();
  ProofOfFiling proof = WholeProof();
  all["proof_of_filing"] = {{"promise", Hex(proof.promise)}, {"checkpoint", proof.inclusion->checkpoint}, {"file", *ProofText(proof)}};
  auto ledger = VerifyLedger(ThreeLeaves());
  all["saved_ledger"] = {{"file", *LedgerText(ThreeLeaves())}, {"head", Hex(ledger->head.view())}, {"published", ledger->published}};
  return all;
}

}  // namespace alcove::format::test
