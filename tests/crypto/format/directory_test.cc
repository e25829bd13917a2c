#include "crypto/format/directory.h"

#include "crypto/encoding.h"
#include "crypto/format/policy.h"
#include "tests/crypto/format/tokens.h"

namespace alcove::format {
namespace {

using test::DirectoryNoteBytes;
using test::Fixed;
using test::SignedBy;
using test::Announced;
using test::Signing;
using test::TestDirectory;
using test::TestOrganisation;
using test::TestQuarter;

const Day kToday = *Day::FromCivil(2026, 11, 21);

DirectoryNote Note(const Directory& directory, const std::vector<std::string>& roots) {
  auto note = ParseDirectoryNote(DirectoryNoteBytes(directory, roots));
  EXPECT_TRUE(note.ok()) << note.status();
  return *note;
}

Directory Second(const DirectoryNote& first) {
  Directory d = TestDirectory();
  d.version = 2;
  d.previous = first.hash;
  d.valid_from = *Day::FromCivil(2026, 11, 20);
  d.valid_until = *Day::FromCivil(2027, 2, 10);
  return d;
}

TEST(OrganisationFile, ComesBackFromItsText) {
  OrganisationFile file = TestOrganisation();
  file.tls_roots = {"not really DER"};
  auto text = OrganisationText(file);
  ASSERT_TRUE(text.ok()) << text.status();
  auto back = ParseOrganisation(*text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, file);
  EXPECT_EQ(Fingerprint(file).size(), 49u);
}

TEST(OrganisationFile, EveryFlippedBitIsRefusedOrShowsInTheFingerprint) {
  std::string good = *OrganisationText(TestOrganisation());
  std::string fingerprint = Fingerprint(TestOrganisation());
  test::ExpectEveryFlipRefused(good, 0, [&](BytesView bytes) {
    auto file = ParseOrganisation(bytes);
    return file.ok() && Fingerprint(*file) == fingerprint;
  });
  test::ExpectEveryCutRefused(good, [&](BytesView bytes) { return ParseOrganisation(bytes).ok(); });
}

TEST(OrganisationFile, FieldsOutOfRangeAreRefused) {
  auto text = [](auto change) {
    OrganisationFile file = TestOrganisation();
    change(file);
    return OrganisationText(file).status();
  };
  EXPECT_TRUE(text([](OrganisationFile&) {}).ok()) << "control";
  EXPECT_TRUE(text([](OrganisationFile& f) { f.address = "[::1]:8443"; }).ok()) << "control";
  for (const char* bad : {"", "host", "host:", "host:0", "host:65536", ":1", "ho st:1", "host:1\n"}) {
    EXPECT_REFUSED(text([&](OrganisationFile& f) { f.address = bad; }), kMalformed) << bad;
  }
  for (const char* bad : {"", " x", "x ", "a\nb", "\xff", "a\xe2\x80\xae" "b"}) {
    EXPECT_REFUSED(text([&](OrganisationFile& f) { f.name = bad; }), kMalformed) << bad;
  }
  EXPECT_REFUSED(text([](OrganisationFile& f) { f.roots.threshold = 4; }), kMalformed);
  EXPECT_REFUSED(text([](OrganisationFile& f) { f.roots.threshold = 0; }), kMalformed);
  EXPECT_REFUSED(text([](OrganisationFile& f) { f.roots.keys[1].key = f.roots.keys[0].key; }), kMalformed);
  EXPECT_REFUSED(text([](OrganisationFile& f) { f.roots.keys[1].name = "ada"; }), kMalformed);
  EXPECT_REFUSED(text([](OrganisationFile& f) { f.roots.keys[1].key = VerifyKey(); }), kMalformed);
}

TEST(Directory, ComesBackFromItsText) {
  auto text = DirectoryText(TestDirectory());
  ASSERT_TRUE(text.ok()) << text.status();
  auto back = ParseDirectoryText(*text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, TestDirectory());
}

TEST(Directory, EveryFlippedBitIsRefused) {
  Bytes good = DirectoryNoteBytes(TestDirectory(), {"ada", "cyd"});
  test::ExpectEveryFlipRefused(good, 0, [&](BytesView bytes) {
    auto note = ParseDirectoryNote(bytes);
    return note.ok() && CheckFirst(TestOrganisation(), *note).ok();
  });
}

TEST(Directory, EveryCutIsRefused) {
  Bytes good = DirectoryNoteBytes(TestDirectory(), {"ada", "cyd"});
  test::ExpectEveryCutRefused(good, [&](BytesView bytes) {
    auto note = ParseDirectoryNote(bytes);
    return note.ok() && CheckFirst(TestOrganisation(), *note).ok();
  });
}

TEST(Directory, LinesInAnyOtherFormAreRefused) {
  std::string good = *DirectoryText(TestDirectory());
  auto parse = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    size_t at = text.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    text.replace(at, from.size(), to);
    return ParseDirectoryText(text).status();
  };
  EXPECT_TRUE(parse("version 1", "version 1").ok()) << "control";
  EXPECT_REFUSED(parse("version 1", "version 01"), kMalformed);
  EXPECT_REFUSED(parse("version 1", "version  1"), kMalformed);
  EXPECT_REFUSED(parse("version 1\n", "version 1\r\n"), kMalformed);
  EXPECT_REFUSED(parse("version 1\n", "version 1\nversion 1\n"), kMalformed);
  EXPECT_REFUSED(parse("version 1\n", "\nversion 1\n"), kMalformed);
  EXPECT_REFUSED(parse("role investigator", "role janitor"), kMalformed);
  EXPECT_REFUSED(parse("role investigator\n", "role auditor\nrole investigator\n"), kMalformed);
  EXPECT_REFUSED(parse("role investigator\n", "role investigator\nrole investigator\n"), kMalformed);
  EXPECT_REFUSED(parse("member intake", "member elsewhere"), kMalformed);
  EXPECT_REFUSED(parse("person ben\n", "person aaron\n"), kMalformed) << "out of order";
  EXPECT_REFUSED(parse("outside\n", "outside \n"), kMalformed);
  EXPECT_REFUSED(parse("threshold 2", "threshold 4"), kMalformed);
  EXPECT_REFUSED(parse("valid-until 2027-01-30", "valid-until 2027-01-31"), kMalformed) << "91 days";
  EXPECT_REFUSED(parse("valid-until 2027-01-30", "valid-until 2026-10-31"), kMalformed);
  EXPECT_REFUSED(parse("previous -", "previous " + crypto::Base64Encode(Bytes(32, 'x'))), kMalformed);
}

TEST(Directory, UnusableAndSharedKeysAreRefused) {
  auto text = [](auto change) {
    Directory d = TestDirectory();
    change(d);
    return DirectoryText(d).status();
  };
  EXPECT_TRUE(text([](Directory&) {}).ok()) << "control";
  EXPECT_REFUSED(text([](Directory& d) { d.people[0].devices[0].encryption = EncryptionKey(); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.people[0].devices[0].signing = VerifyKey(); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.log_key = VerifyKey(); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.people[1].devices[0].encryption = d.people[0].devices[0].encryption; }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.people[1].devices[0].signing = d.people[0].devices[0].signing; }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.people[1].devices[0].signing = d.next_roots.keys[0].key; }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.log_key = d.next_roots.keys[0].key; }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.people[0].devices.clear(); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.people[0].devices.resize(3, d.people[0].devices[0]); }), kMalformed);
}

// Both kinds, this quarter and the next.
Directory WithTokenKeys() {
  Directory d = TestDirectory();
  for (TokenKind kind : {TokenKind::kEmployment, TokenKind::kEscrow}) {
    for (Quarter quarter : {TestQuarter(), TestQuarter().Next()}) {
      d.token_keys.push_back(Announced(std::string(Name(kind)) + " " + quarter.Text(), kind, quarter));
    }
  }
  return d;
}

TEST(Directory, AnnouncesTokenKeys) {
  const Directory d = WithTokenKeys();
  auto text = DirectoryText(d);
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_NE(text->find("\ntoken-key employment 2026-Q4 "), text->npos);
  EXPECT_NE(text->find("\ntoken-key escrow 2027-Q1 "), text->npos);
  auto back = ParseDirectoryText(*text);
  ASSERT_TRUE(back.ok()) << back.status();
  EXPECT_EQ(*back, d);
  for (const TokenKey& key : d.token_keys) {
    ASSERT_NE(back->FindTokenKey(key.kind, key.quarter), nullptr);
    EXPECT_EQ(*back->FindTokenKey(key.kind, key.quarter), key);
  }
  EXPECT_EQ(back->FindTokenKey(TokenKind::kEmployment, TestQuarter().Next().Next()), nullptr);
  EXPECT_EQ(TestDirectory().FindTokenKey(TokenKind::kEmployment, TestQuarter()), nullptr);
}

// A directory that announces none is byte for byte what it was before there were token keys.
TEST(Directory, WithoutTokenKeysHasNoLineOfThem) {
  EXPECT_EQ(DirectoryText(TestDirectory())->find("token-key"), std::string::npos);
  for (size_t left = 0; left <= 4; ++left) {
    Directory d = WithTokenKeys();
    d.token_keys.resize(left);
    EXPECT_EQ(*ParseDirectoryText(*DirectoryText(d)), d) << left;
  }
}

TEST(Directory, EveryFlipAndCutOfItsTokenKeysIsRefused) {
  Bytes good = DirectoryNoteBytes(WithTokenKeys(), {"ada", "cyd"});
  auto accepts = [&](BytesView bytes) {
    auto note = ParseDirectoryNote(bytes);
    return note.ok() && CheckFirst(TestOrganisation(), *note).ok();
  };
  test::ExpectEveryFlipRefused(good, 0, accepts);
  test::ExpectEveryCutRefused(good, accepts);
}

TEST(Directory, TokenKeysInAnyOtherFormAreRefused) {
  const std::string good = *DirectoryText(WithTokenKeys());
  const std::string key = crypto::Base64Encode(WithTokenKeys().token_keys[0].key.view());
  const std::string line = "token-key employment 2026-Q4 " + key + "\n";
  auto with = [&](const std::string& to) {
    std::string text = good;
    text.replace(text.find(line), line.size(), to);
    return ParseDirectoryText(text).status();
  };
  EXPECT_TRUE(with(line).ok()) << "control";
  EXPECT_TRUE(with("").ok()) << "control: three are left";
  for (const std::string& bad :
       {"token-key employment 2026-Q4\n" + std::string(), "token-key employment " + key + "\n", "token-key 2026-Q4 " + key + "\n",
        "token-key EMPLOYMENT 2026-Q4 " + key + "\n", "token-key 1 2026-Q4 " + key + "\n", "token-key leave 2026-Q4 " + key + "\n",
        "token-key employment 8107 " + key + "\n", "token-key employment 2026-Q5 " + key + "\n",
        "token-key employment  2026-Q4 " + key + "\n", "token-key employment 2026-Q4  " + key + "\n",
        "token-key employment 2026-Q4 " + key + " \n", "token-key employment 2026-Q4 " + key.substr(1) + "\n",
        "token-key: employment 2026-Q4 " + key + "\n", line + line}) {
    EXPECT_REFUSED(with(bad), kMalformed) << bad;
  }
  // Elsewhere in the text.
  std::string moved = good;
  moved.erase(moved.find(line), line.size());
  moved.insert(moved.find("person "), line);
  EXPECT_REFUSED(ParseDirectoryText(moved), kMalformed);
}

TEST(Directory, TokenKeysThatBreakARuleAreRefused) {
  auto text = [](auto change) {
    Directory d = WithTokenKeys();
    change(d);
    return DirectoryText(d).status();
  };
  const Quarter now = TestQuarter();
  EXPECT_TRUE(text([](Directory&) {}).ok()) << "control";
  EXPECT_REFUSED(text([](Directory& d) { std::swap(d.token_keys[0], d.token_keys[1]); }), kMalformed) << "quarters turned";
  EXPECT_REFUSED(text([](Directory& d) { std::swap(d.token_keys[1], d.token_keys[2]); }), kMalformed) << "kinds turned";
  EXPECT_REFUSED(text([&](Directory& d) { d.token_keys[1].quarter = now; }), kMalformed) << "two keys for one quarter";
  EXPECT_REFUSED(text([&](Directory& d) { d.token_keys[0].quarter = Quarter(now.number() - 1); }), kMalformed) << "a past quarter";
  EXPECT_REFUSED(text([&](Directory& d) { d.token_keys[3].quarter = now.Next().Next(); }), kMalformed) << "the one after the next";
  EXPECT_REFUSED(text([&](Directory& d) { d.token_keys.push_back(Announced("fifth", TokenKind::kEscrow, now.Next().Next())); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[0].kind = static_cast<TokenKind>(0); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[3].kind = static_cast<TokenKind>(3); }), kMalformed);
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[2].key = {}; }), kMalformed) << "the identity";
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[2].key.data()[31] |= 0x80; }), kMalformed) << "a second spelling";
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[2].key.data()[0] ^= 1; }), kMalformed) << "a negative element";
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[2].key = d.token_keys[0].key; }), kMalformed) << "one key for two kinds";
  EXPECT_REFUSED(text([](Directory& d) { d.token_keys[1].key = d.token_keys[0].key; }), kMalformed) << "one key for two quarters";
  TokenKey beyond;
  beyond.quarter = Quarter(Quarter::kMax).Next();
  EXPECT_FALSE(IsTimely(beyond, Day(Day::kMax))) << "no quarter follows the last";
}

TEST(Directory, NeedsItsThresholdOfDistinctRoots) {
  auto check = [](const std::vector<std::string>& roots) {
    return CheckFirst(TestOrganisation(), Note(TestDirectory(), roots));
  };
  EXPECT_TRUE(check({"ada", "bo"}).ok());
  EXPECT_TRUE(check({"ada", "bo", "cyd"}).ok());
  EXPECT_REFUSED(check({"ada"}), kUnderSigned);
  EXPECT_REFUSED(check({"ada", "ada"}), kUnderSigned);
  EXPECT_REFUSED(check({"ada", "mallory"}), kUnderSigned);
  // A second signature of the same key under another's name.
  auto text = DirectoryText(TestDirectory());
  Bytes twice = *AddRootSignature(SignedBy(*text, {"ada"}), "bo", Signing("root ada"));
  EXPECT_FALSE(CheckFirst(TestOrganisation(), *ParseDirectoryNote(twice)).ok());
}

TEST(Directory, OfAnotherOrganisationIsRefused) {
  Directory d = TestDirectory();
  d.organisation = Fixed<OrganisationId>("another");
  EXPECT_REFUSED(AcceptDirectory(TestOrganisation(), nullptr, Note(d, {"ada", "bo"}), kToday), kOtherOrganisation);
}

TEST(Directory, IsValidOnItsDaysOnly) {
  auto note = Note(TestDirectory(), {"ada", "bo"});
  auto on = [&](int year, int month, int day) {
    return AcceptDirectory(TestOrganisation(), nullptr, note, *Day::FromCivil(year, month, day));
  };
  EXPECT_REFUSED(on(2026, 10, 31), kExpired);
  EXPECT_TRUE(on(2026, 11, 1).ok());
  EXPECT_TRUE(on(2027, 1, 30).ok());
  EXPECT_REFUSED(on(2027, 1, 31), kExpired);
  EXPECT_EQ(DaysLeft(note.directory, *Day::FromCivil(2027, 1, 30)), 0);
  EXPECT_FALSE(ExpiresSoon(note.directory, *Day::FromCivil(2026, 12, 30)));
  EXPECT_TRUE(ExpiresSoon(note.directory, *Day::FromCivil(2026, 12, 31)));
}

TEST(Directory, VersionsFollowOneAnother) {
  auto first = Note(TestDirectory(), {"ada", "bo"});
  auto second = Note(Second(first), {"bo", "cyd"});
  EXPECT_TRUE(AcceptDirectory(TestOrganisation(), &first, second, kToday).ok());
  EXPECT_TRUE(AcceptDirectory(TestOrganisation(), &second, second, kToday).ok()) << "the same again";
  EXPECT_REFUSED(AcceptDirectory(TestOrganisation(), &second, first, kToday), kOlder);

  Directory fork = Second(first);
  fork.people[0].name = "Somebody else";
  EXPECT_REFUSED(AcceptDirectory(TestOrganisation(), &second, Note(fork, {"ada", "bo"}), kToday), kForked);
  Directory stray = Second(first);
  stray.previous = Fixed<Digest>("another first version");
  EXPECT_REFUSED(AcceptDirectory(TestOrganisation(), &first, Note(stray, {"ada", "bo"}), kToday), kForked);
  Directory third = Second(first);
  third.version = 3;
  EXPECT_REFUSED(AcceptDirectory(TestOrganisation(), &first, Note(third, {"ada", "bo"}), kToday), kVersionGap);
  EXPECT_REFUSED(AcceptDirectory(TestOrganisation(), &first, Note(Second(first), {"bo"}), kToday), kUnderSigned);
}

TEST(Directory, TheNextVersionIsSignedByTheRootsThatThisOneNames) {
  Directory d = TestDirectory();
  d.next_roots = {.keys = {{.name = "dee", .key = Signing("root dee").verify_key()},
                           {.name = "eve", .key = Signing("root eve").verify_key()}},
                  .threshold = 2};
  auto first = Note(d, {"ada", "bo"});
  Directory next = Second(first);
  next.next_roots = d.next_roots;
  EXPECT_REFUSED(CheckNext(first, Note(next, {"ada", "bo", "cyd"})), kUnderSigned);
  EXPECT_TRUE(CheckNext(first, Note(next, {"dee", "eve"})).ok());
}

TEST(Directory, FindsPeople) {
  Directory d = TestDirectory();
  ASSERT_NE(d.FindPerson("amira"), nullptr);
  EXPECT_EQ(d.FindPerson("amira")->name, "Person amira");
  EXPECT_EQ(d.FindPerson("zoe"), nullptr);
  EXPECT_EQ(d.PersonOfKey(crypto::KeyIdOf(test::Decrypting("ben").encryption_key())), d.FindPerson("ben"));
  EXPECT_EQ(d.PersonOfKey(crypto::KeyIdOf(Signing("ben").verify_key())), d.FindPerson("ben"));
  EXPECT_EQ(d.PersonOfKey(crypto::KeyIdOf(Signing("log").verify_key())), nullptr);
  auto named = Recognise(d, *Identifier::Parse("emp:e-1001"));
  ASSERT_EQ(named.size(), 1u);
  EXPECT_EQ(named[0]->slug, "amira");
  EXPECT_TRUE(Recognise(d, *Identifier::Parse("emp:e-1002")).empty());
  EXPECT_EQ(Recognise(d, Fixed<SubjectTag>("tag of amira")).size(), 1u);
  EXPECT_TRUE(Recognise(d, Fixed<SubjectTag>("tag of ben")).empty());
}

TEST(Directory, SigningTwiceLeavesOneLine) {
  auto text = DirectoryText(TestDirectory());
  EXPECT_EQ(SignedBy(*text, {"ada", "ada"}), SignedBy(*text, {"ada"}));
  EXPECT_FALSE(AddRootSignature("no line feed", "ada", Signing("root ada")).ok());
  EXPECT_FALSE(AddRootSignature(*text, "Not A Slug", Signing("root ada")).ok());
}

Policy TestPolicy() {
  return {.organisation = test::Organisation(), .document = PolicyDocument::kRouting, .version = 3, .body = "{\n  \"rules\": []\n}\n"};
}

TEST(PolicyDocuments, ComeBackAndNeedTheirSignatures) {
  auto text = PolicyText(TestPolicy());
  ASSERT_TRUE(text.ok()) << text.status();
  auto note = ParsePolicyNote(SignedBy(*text, {"ada", "bo"}));
  ASSERT_TRUE(note.ok()) << note.status();
  EXPECT_EQ(note->policy, TestPolicy());
  EXPECT_TRUE(CheckPolicy(*note, test::Organisation(), test::ThreeRoots()).ok());
  EXPECT_REFUSED(CheckPolicy(*note, Fixed<OrganisationId>("another"), test::ThreeRoots()), kOtherOrganisation);
  auto one = ParsePolicyNote(SignedBy(*text, {"ada"}));
  EXPECT_REFUSED(CheckPolicy(*one, test::Organisation(), test::ThreeRoots()), kUnderSigned);
}

TEST(PolicyDocuments, EveryFlippedBitIsRefused) {
  Bytes good = SignedBy(*PolicyText(TestPolicy()), {"ada", "bo"});
  auto accepts = [](BytesView bytes) {
    auto note = ParsePolicyNote(bytes);
    return note.ok() && CheckPolicy(*note, test::Organisation(), test::ThreeRoots()).ok();
  };
  test::ExpectEveryFlipRefused(good, good.size(), accepts);
  test::ExpectEveryCutRefused(good, accepts);
}

TEST(PolicyDocuments, OtherFormsAreRefused) {
  std::string good = *PolicyText(TestPolicy());
  auto parse = [&](const std::string& from, const std::string& to) {
    std::string text = good;
    text.replace(text.find(from), from.size(), to);
    return ParsePolicyText(text).status();
  };
  EXPECT_TRUE(parse("version 3", "version 3").ok()) << "control";
  EXPECT_REFUSED(parse("version 3", "version 03"), kMalformed);
  EXPECT_REFUSED(parse("version 3", "version 0"), kMalformed);
  EXPECT_REFUSED(parse("routing", "menus"), kMalformed);
  EXPECT_REFUSED(parse("body\n", "body \n"), kMalformed);
  EXPECT_REFUSED(ParsePolicyText(good.substr(0, good.find("body\n") + 5)), kMalformed);
  Policy large = TestPolicy();
  large.body = std::string(kMaxPolicySize, ' ');
  EXPECT_REFUSED(PolicyText(large), kMalformed);
  Policy binary = TestPolicy();
  binary.body = "{\x01}\n";
  EXPECT_REFUSED(PolicyText(binary), kMalformed);
}

// The last person becomes a service account that TLS knows by certificates.
Directory WithCertificates(int number) {
  Directory d = TestDirectory();
  Person account;
  account.slug = "zz-payroll";
  account.name = "Payroll";
  account.roles = {Role::kServiceActions};
  for (int i = 0; i < number; ++i) account.certificates.push_back(crypto::Sha256("certificate " + std::to_string(i)));
  d.people.push_back(account);
  return d;
}

TEST(Directory, KnowsServiceAccountsByCertificatesAlone) {
  for (const int number : {1, 2}) {
    const Directory d = WithCertificates(number);
    const auto text = DirectoryText(d);
    ASSERT_TRUE(text.ok()) << text.status();
    EXPECT_EQ(*ParseDirectoryText(*text), d);
  }
  EXPECT_REFUSED(DirectoryText(WithCertificates(0)).status(), kMalformed) << "neither machine nor certificate";
  EXPECT_REFUSED(DirectoryText(WithCertificates(3)).status(), kMalformed);
  Directory twice = WithCertificates(2);
  twice.people.back().certificates[1] = twice.people.back().certificates[0];
  EXPECT_REFUSED(DirectoryText(twice).status(), kMalformed);
}

// People sign everything that they do; a certificate signs nothing that anybody keeps.
TEST(Directory, NobodyElseHasACertificate) {
  Directory d = WithCertificates(1);
  d.people.back().roles = {Role::kAuditor};
  EXPECT_REFUSED(DirectoryText(d).status(), kMalformed);
  d = WithCertificates(1);
  d.people.front().certificates = {crypto::Sha256("another")};
  EXPECT_REFUSED(DirectoryText(d).status(), kMalformed);
}

}  // namespace
}  // namespace alcove::format
