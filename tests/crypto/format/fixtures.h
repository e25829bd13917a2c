// People, keys and samples that the tests of the layouts share, and the ways in which all of them are attacked.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/format/directory.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/format/errors.h"
#include "crypto/format/grant.h"
#include "crypto/format/organisation.h"
#include "crypto/hash.h"
#include "crypto/sign.h"
#include "gtest/gtest.h"
#include "tests/crypto/fixed_random.h"

namespace alcove::format::test {

using crypto::DecryptionKey;
using crypto::SigningKey;
using crypto::test::SeededRandom;

inline DecryptionKey Decrypting(BytesView who) {
  SeededRandom random(Bytes("decryption key of ") + Bytes(who));
  return DecryptionKey::Draw(random);
}

inline SigningKey Signing(BytesView who) {
  SeededRandom random(Bytes("signing key of ") + Bytes(who));
  return SigningKey::Draw(random);
}

template <class F>
F Fixed(BytesView seed) {
  SeededRandom random(seed);
  return *F::FromBytes(random.Draw(F::kSize));
}

inline OrganisationId Organisation() { return Fixed<OrganisationId>("organisation"); }
inline CaseId Case() { return Fixed<CaseId>("case"); }

inline EpochScope Thread(uint32_t number) {
  return {.organisation = Organisation(), .case_id = Case(), .keyring = Keyring::kThread, .number = number};
}

// The mailbox, an investigator, a fallback.
inline std::vector<Recipient> Recipients() {
  return {{.key = Decrypting("mailbox").encryption_key(), .condition = ReleaseCondition::kMailbox},
          {.key = Decrypting("amira").encryption_key(), .condition = ReleaseCondition::kAssigned},
          {.key = Decrypting("ben").encryption_key(), .condition = ReleaseCondition::kFallback}};
}

inline NewEpoch ThreadEpoch0() {
  SeededRandom random("thread epoch 0");
  auto made = MakeEpoch(Thread(0), Recipients(), nullptr, crypto::KeyIdOf(Signing("mailbox").verify_key()), 1, random);
  EXPECT_TRUE(made.ok()) << made.status();
  return std::move(*made);
}

inline EnvelopeContext FilingContext(const NewEpoch& epoch) {
  EnvelopeContext context;
  context.kind = EntryKind::kReport;
  context.keyring = Keyring::kThread;
  context.organisation = Organisation();
  context.case_id = Case();
  context.entry = Fixed<EntryId>("entry 0");
  context.day = Day(20778);
  context.epoch_record_hash = EpochRecordHash(epoch.record);
  return context;
}

inline constexpr char kText[] = "He closed the door and stood in front of it.";

inline Bytes Filing(const NewEpoch& epoch) {
  SeededRandom random("filing");
  auto sealed = SealEnvelope(FilingContext(epoch), epoch.key, Signing("mailbox"), kText, random);
  EXPECT_TRUE(sealed.ok()) << sealed.status();
  return *sealed;
}

inline std::vector<BytesView> Views(const std::vector<Bytes>& all) { return {all.begin(), all.end()}; }

// `accepts` must take `good` and refuse it with any one bit flipped: every bit of the first `every_bit` bytes, one bit of
// each byte after them.
inline void ExpectEveryFlipRefused(const Bytes& good, size_t every_bit, const std::function<bool(BytesView)>& accepts) {
  ASSERT_TRUE(accepts(good)) << "control: the untouched bytes are refused";
  for (size_t at = 0; at < good.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      if (at >= every_bit && static_cast<size_t>(bit) != at % 8) continue;
      Bytes bad = good;
      bad[at] = static_cast<char>(bad[at] ^ (1 << bit));
      if (accepts(bad)) ADD_FAILURE() << "accepted with bit " << bit << " of byte " << at << " flipped";
    }
  }
}

// Cut anywhere, or with a byte more.
inline void ExpectEveryCutRefused(const Bytes& good, const std::function<bool(BytesView)>& accepts) {
  ASSERT_TRUE(accepts(good)) << "control: the untouched bytes are refused";
  for (size_t length = 0; length < good.size(); ++length) {
    if (accepts(BytesView(good).substr(0, length))) ADD_FAILURE() << "accepted when cut to " << length << " bytes";
  }
  for (char extra : {'\0', '\n', 'x'}) {
    if (accepts(good + extra)) ADD_FAILURE() << "accepted with a byte left over";
  }
}

// More words may be streamed in, as into any expectation.
#define EXPECT_REFUSED(expression, refusal)                                                                      \
  EXPECT_EQ(alcove::format::ReasonOf(alcove::format::test::StatusOf(expression)), alcove::format::Refusal::refusal)

inline absl::Status StatusOf(const absl::Status& status) { return status; }
template <class T>
absl::Status StatusOf(const absl::StatusOr<T>& result) {
  return result.status();
}

// ---- the organisation of the tests: roots ada, bo and cyd, of whom two must sign ----

inline Roots ThreeRoots() {
  return {.keys = {{.name = "ada", .key = Signing("root ada").verify_key()},
                   {.name = "bo", .key = Signing("root bo").verify_key()},
                   {.name = "cyd", .key = Signing("root cyd").verify_key()}},
          .threshold = 2};
}

inline OrganisationFile TestOrganisation() {
  return {.name = "Riverside Foods",
          .id = Organisation(),
          .address = "alcove.riverside.example:8443",
          .roots = ThreeRoots(),
          .tls_roots = {}};
}

inline Person TestPerson(const std::string& slug, std::vector<Role> roles) {
  Person person;
  person.slug = slug;
  person.name = "Person " + slug;
  person.devices = {{.encryption = Decrypting(slug).encryption_key(), .signing = Signing(slug).verify_key()}};
  person.roles = std::move(roles);
  return person;
}

inline Directory TestDirectory() {
  Directory d;
  d.organisation = Organisation();
  d.version = 1;
  d.valid_from = *Day::FromCivil(2026, 11, 1);
  d.valid_until = *Day::FromCivil(2027, 1, 30);
  d.next_roots = ThreeRoots();
  d.log_key = Signing("log").verify_key();
  d.salt = Fixed<AliasSalt>("salt");
  d.desks = {{.slug = "intake", .name = "Intake desk"}};
  d.people = {TestPerson("amira", {Role::kInvestigator}), TestPerson("ben", {Role::kFallback})};
  d.people[0].desks = {"intake"};
  d.people[0].aliases = {
      {.identifier = IdentifierAlias(d.salt, *Identifier::OfStaffNumber("e-1001")), .tag = TagAlias(d.salt, Fixed<SubjectTag>("tag of amira"))}};
  d.people[1].outside = true;
  return d;
}

inline Bytes SignedBy(BytesView text_or_note, const std::vector<std::string>& roots) {
  Bytes note(text_or_note);
  for (const std::string& root : roots) {
    auto signed_note = AddRootSignature(note, root, Signing("root " + root));
    EXPECT_TRUE(signed_note.ok()) << signed_note.status();
    note = *signed_note;
  }
  return note;
}

inline Bytes DirectoryNoteBytes(const Directory& directory, const std::vector<std::string>& roots) {
  auto text = DirectoryText(directory);
  EXPECT_TRUE(text.ok()) << text.status();
  return SignedBy(*text, roots);
}

}  // namespace alcove::format::test
