// A case that is handed out: what is in the archive for whom, what is not, and that everything in it is checked.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "client/lib/exports/archive.h"
#include "client/lib/exports/check.h"
#include "client/lib/exports/document.h"
#include "client/lib/exports/make.h"
#include "client/lib/exports/redaction.h"
#include "client/lib/staff_case.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::exports {
namespace {

using format::EntryKind;
using format::ExportPurpose;
using format::Keyring;
using test::Impostor;
using test::kToday;
using test::Reason;

// Words that stand for what may leave and what may not.
constexpr char kName[] = "Noor Haddad", kContact[] = "a note in locker 114", kKeptOut[] = "Tomasz Keepout", kWitness[] = "Wanda Witness",
               kNarrative[] = "He shouts at the trainees.", kReply[] = "Thank you for telling us.", kMore[] = "It was on Monday again.",
               kNote[] = "Ask dispatch for the rota.", kInterview[] = "She heard it through the wall.", kServed[] = "Handed over in room 4.";

const format::ExportPurpose kEveryPurpose[] = {ExportPurpose::kRegulator, ExportPurpose::kCourt, ExportPurpose::kAccused};

class Exports : public ::testing::Test {
 protected:
  void SetUp() override {
    reporter.report.set_disclosure(sealed::v1::DISCLOSURE_NAMED);
    reporter.report.mutable_identity()->set_name(kName);
    reporter.report.mutable_identity()->set_safe_contact(kContact);
    reporter.report.add_keep_out()->set_name(kKeptOut);
    reporter.report.add_witnesses()->set_name(kWitness);
    Answer("narrative", kNarrative);
    Answer("witnesses", std::string(kWitness) + " saw it");
    Answer("safe_contact", kContact);
    Answer("keep_out", kKeptOut);
    ASSERT_TRUE(reporter.File().ok());
    auto signed_in = StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom());
    ASSERT_TRUE(signed_in.ok()) << signed_in.status();
    desk.emplace(*std::move(signed_in));
    Write(Keyring::kThread, EntryKind::kMessage, kReply);
    Write(Keyring::kTeam, EntryKind::kNote, kNote);
    sealed::v1::Message interview = Text(kInterview);
    interview.mutable_interview()->set_person("witness 1");
    Write(Keyring::kTeam, EntryKind::kInterview, interview);
    Send(EntryKind::kMessage, Text(kMore));
    sealed::v1::Message release;
    release.mutable_released()->add_questions("narrative");
    Send(EntryKind::kFieldsReleased, release);
  }

  // A summary of the narrative, which the team handed over.
  void Serve() {
    sealed::v1::Message summary;
    sealed::v1::SummaryPart& part = *summary.mutable_summary()->add_allegations()->add_parts();
    part.set_question("narrative");
    part.set_text(kNarrative);
    Write(Keyring::kThread, EntryKind::kSummary, summary);
    const auto opened = Open();
    const OpenedEntry& entry = opened.thread.back();
    sealed::v1::Message served = Text(kServed);
    served.mutable_summary_served()->set_summary(entry.hash.str());
    Write(Keyring::kTeam, EntryKind::kSummaryServed, served);
    impostor.AddLeaf(format::LeafKind::kSummaryServed, "ana",
                     format::details::SummaryServed(format::ParseEntryName(entry.entry.name())->second, entry.hash));
  }

  static sealed::v1::Message Text(const std::string& text) {
    sealed::v1::Message message;
    message.set_text(text);
    return message;
  }
  void Answer(const std::string& question, const std::string& text) {
    sealed::v1::Answer& answer = *reporter.report.add_answers();
    answer.set_question(question);
    answer.set_text(text);
  }
  OpenedCase Open() {
    auto opened = desk->Open(impostor.case_name);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return *std::move(opened);
  }
  void Write(Keyring keyring, EntryKind kind, const std::string& text) { Write(keyring, kind, Text(text)); }
  void Write(Keyring keyring, EntryKind kind, const sealed::v1::Message& message) {
    const OpenedCase opened = Open();
    const auto answer = desk->Append(opened, keyring, kind, message, {}, kToday);
    ASSERT_TRUE(answer.ok()) << answer.status();
  }
  void Send(EntryKind kind, const sealed::v1::Message& message) {
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    ASSERT_TRUE(visit->Send(message, {}, kToday, kind).ok());
  }

  absl::StatusOr<Exported> Make(ExportPurpose purpose, const StaffKeys* keys = nullptr) {
    OpenedCase opened = Open();
    ALCOVE_CLIENT_TRY(CanBeExported(opened, purpose));
    ALCOVE_CLIENT_TRY(desk->Export(opened, purpose).status());
    return MakeOf(opened, purpose, keys);
  }
  absl::StatusOr<Exported> MakeOf(const OpenedCase& opened, ExportPurpose purpose, const StaffKeys* keys = nullptr) {
    DirectoryHistory history(*reporter.connection, reporter.directory);
    ALCOVE_CLIENT_ASSIGN(const auto notes, NotesFor(opened, impostor.organisation(), reporter.directory, history));
    return MakeArchive(opened, purpose, kToday, impostor.organisation(), notes, keys == nullptr ? ana : *keys);
  }
  // Published before, so that proofs are in it.
  std::string Archive(ExportPurpose purpose) {
    if (impostor.checkpoint.empty()) {
      Serve();
      impostor.Publish();
    }
    const auto made = Make(purpose);
    EXPECT_TRUE(made.ok()) << made.status();
    return made.ok() ? made->bytes : "";
  }
  static std::vector<Member> Members(const std::string& archive) { return *ReadArchive(archive); }
  static nlohmann::json DocumentOf(const std::string& archive) { return *ParseJsonText(Members(archive)[2].text); }

  // What somebody who holds the exporter's own key makes of an archive that they changed: all hashes and the signature are right.
  std::string Forged(const std::string& archive, const std::function<void(std::vector<Member>&, format::ExportProofs&)>& change) {
    std::vector<Member> members = Members(archive);
    format::ExportProofs proofs = *format::ParseExport(members[4].text);
    change(members, proofs);
    for (size_t i = 0; i < proofs.members.size(); ++i) proofs.members[i].sha256 = crypto::Sha256(members[i].text);
    EXPECT_TRUE(format::SignExport(ana.signing, &proofs).ok());
    const auto text = format::ExportText(proofs);
    EXPECT_TRUE(text.ok()) << text.status();
    if (text.ok()) members[4].text = *text;
    return *WriteArchive(members);
  }
  std::string WhyForged(const std::string& archive,
                        const std::function<void(std::vector<Member>&, format::ExportProofs&)>& change) {
    return Reason(CheckArchive(Forged(archive, change)).status());
  }

  Impostor impostor{kToday};
  test::Reporter reporter{impostor};
  StaffKeys ana = impostor.KeysOf("ana");
  std::optional<StaffDesk> desk;
};

TEST_F(Exports, EveryPurposeMakesAnArchiveThatChecks) {
  for (const ExportPurpose purpose : kEveryPurpose) {
    const auto checked = CheckArchive(Archive(purpose));
    ASSERT_TRUE(checked.ok()) << TextOf(purpose) << " " << checked.status();
    EXPECT_EQ(checked->proofs.purpose, purpose);
    EXPECT_EQ(checked->proofs.exporter, "ana");
    EXPECT_EQ(checked->proofs.fingerprint, format::Fingerprint(impostor.organisation()));
    EXPECT_GT(checked->proofs.published, 0u);
    EXPECT_GT(checked->proven, 0u);
  }
}

// ---- what is not in it ----

TEST_F(Exports, P4_WhoTheReporterIsLeavesWithNobody) {
  for (const ExportPurpose purpose : kEveryPurpose) {
    const std::string archive = Archive(purpose);
    for (const char* word : {kName, kContact, kKeptOut}) EXPECT_EQ(archive.find(word), std::string::npos) << TextOf(purpose) << word;
  }
}

TEST_F(Exports, ARegulatorIsShownHowTheReportWasHandledAndNoConfidences) {
  const std::string archive = Archive(ExportPurpose::kRegulator);
  for (const char* word : {kNarrative, kReply, kMore, kServed}) EXPECT_NE(archive.find(word), std::string::npos) << word;
  for (const char* word : {kWitness, kNote, kInterview}) EXPECT_EQ(archive.find(word), std::string::npos) << word;
}

TEST_F(Exports, ACourtIsShownTheMost) {
  const std::string archive = Archive(ExportPurpose::kCourt);
  for (const char* word : {kNarrative, kReply, kMore, kServed, kWitness, kNote, kInterview})
    EXPECT_NE(archive.find(word), std::string::npos) << word;
}

TEST_F(Exports, TheAccusedIsShownTheSummaryThatWasHandedOverAndNothingElse) {
  const std::string archive = Archive(ExportPurpose::kAccused);
  EXPECT_NE(archive.find(kNarrative), std::string::npos) << "it was released and handed over";
  for (const char* word : {kReply, kMore, kServed, kWitness, kNote, kInterview, "locker", "TEAM", "anonymous", "DISCLOSURE"})
    EXPECT_EQ(archive.find(word), std::string::npos) << word;
  const nlohmann::json document = DocumentOf(archive);
  EXPECT_FALSE(document.contains("facts"));
  int with_words = 0;
  for (const nlohmann::json& entry : document["entries"]) {
    EXPECT_EQ(entry["keyring"], "THREAD") << "not even how many notes there are";
    with_words += entry.contains("words");
    if (!entry.contains("words")) {
      EXPECT_FALSE(entry.contains("day") || entry.contains("author") || entry.contains("kind")) << entry;
    }
  }
  EXPECT_EQ(with_words, 1);
  for (const nlohmann::json& leaf : document["record"]) {
    EXPECT_EQ(leaf["actor"], "ana") << "nothing of what the reporter did: " << leaf;
  }
}

TEST_F(Exports, P8_TheAccusedCannotLookUpWhenTheReporterWrote) {
  const std::string archive = Archive(ExportPurpose::kAccused);
  const format::ExportProofs proofs = *format::ParseExport(Members(archive)[4].text);
  EXPECT_TRUE(proofs.mailbox_keys.empty());
  int hidden = 0;
  for (const v1::LeafOpening& opening : impostor.leaves) {
    const auto leaf = *format::ParseLeaf(opening.content());
    if (!leaf.actor.empty()) continue;
    ++hidden;
    const auto commitment = format::LeafCommitment(*format::LeafSalt::FromBytes(opening.salt()), opening.content());
    for (const std::string& bytes : {commitment.str(), format::LeafHash(commitment).str(), opening.content(), opening.salt()}) {
      EXPECT_EQ(archive.find(bytes), std::string::npos);
      // A neighbour's hash may stand in a proof of inclusion; those are hashes of leaves, and the tree has them shuffled with others.
      if (bytes.size() == 32 && bytes == format::LeafHash(commitment).str()) continue;
      EXPECT_EQ(archive.find(crypto::Base64Encode(bytes)), std::string::npos) << opening.number();
    }
  }
  EXPECT_GE(hidden, 3) << "control: the reporter filed, wrote and released";
}

TEST_F(Exports, OnlyEntriesOfWhichNothingIsLeftOutAreOpened) {
  for (const ExportPurpose purpose : kEveryPurpose) {
    const std::string archive = Archive(purpose);
    const auto openings = *format::ParseOpenings(Members(archive)[3].text);
    const nlohmann::json entries = DocumentOf(archive)["entries"];
    size_t whole = 0;
    for (const nlohmann::json& entry : entries) {
      const bool opened = std::any_of(openings.begin(), openings.end(), [&](const format::Opening& opening) {
        return format::Name(opening.keyring) == entry["keyring"].get<std::string>() && opening.sequence == entry["sequence"];
      });
      EXPECT_EQ(opened, entry.contains("words") && !entry.contains("leftOut")) << entry;
      whole += opened;
    }
    EXPECT_EQ(whole, openings.size());
    // The report names its author, so it is opened to nobody.
    EXPECT_TRUE(entries[0].contains("leftOut")) << TextOf(purpose);
  }
}

TEST_F(Exports, AnEntryThatIsNotOpenedHasNeitherKeysOfFilesNorTags) {
  const std::string key(32, 'K'), tag(64, 'T');
  sealed::v1::Report report;
  report.add_attachments()->set_key(key);
  report.mutable_attachments(0)->set_file_name("messages.png");
  report.add_subjects()->set_tag(tag);
  for (const bool whole : {true, false}) {
    const std::string text = WordsJson(report, whole).dump();
    EXPECT_EQ(text.find(crypto::Base64Encode(key)) != std::string::npos, whole);
    EXPECT_EQ(text.find(crypto::Base64Encode(tag)) != std::string::npos, whole);
    EXPECT_NE(text.find("messages.png"), std::string::npos);
  }
}

TEST_F(Exports, ARedactedEntryKeepsItsHashSoTheChainStillChecks) {
  const auto court = CheckArchive(Archive(ExportPurpose::kCourt));
  const auto accused = CheckArchive(Archive(ExportPurpose::kAccused));
  ASSERT_TRUE(court.ok() && accused.ok());
  for (const format::VerifiedEntry& entry : accused->proofs.entries) EXPECT_EQ(entry.hash, court->proofs.entries[entry.sequence].hash);
  // Whoever holds both can compare the record as well: the heads are those of one chain.
  EXPECT_GT(accused->proofs.leaves.size(), court->proofs.leaves.size());
  const auto proofs = *format::ParseExport(Members(Archive(ExportPurpose::kAccused))[4].text);
  format::LeafChain chain(impostor.organisation().id, *format::ParseCaseName(impostor.case_name));
  for (size_t i = 0; i < proofs.leaves.size(); ++i) {
    ASSERT_TRUE(chain.Append(impostor.leaves[i].content(), *format::LeafSalt::FromBytes(impostor.leaves[i].salt())).ok());
    if (!proofs.leaves[i].leaf) {
      EXPECT_EQ(proofs.leaves[i].head, chain.head());
    }
  }
}

TEST_F(Exports, SaysOfEverythingThatIsLeftOutWhy) {
  for (const ExportPurpose purpose : kEveryPurpose) {
    const nlohmann::json document = DocumentOf(Archive(purpose));
    EXPECT_FALSE(document["leftOut"].empty());
    for (const nlohmann::json& entry : document["entries"]) {
      EXPECT_TRUE(entry.contains("words") || entry.contains("leftOut")) << entry;
      for (const nlohmann::json& out : entry.value("leftOut", nlohmann::json::array())) {
        EXPECT_FALSE(out["what"].get<std::string>().empty() || out["why"].get<std::string>().empty());
      }
    }
  }
}

TEST_F(Exports, WhatAMeasureIsForIsKeptBackAndTheEntryWithIt) {
  OpenedEntry entry;
  entry.entry.set_kind(v1::ENTRY_KIND_MEASURE);
  entry.measure.emplace().set_text("Another shift.");
  EXPECT_TRUE(Redact(ExportPurpose::kCourt, entry, false).whole()) << "control";
  entry.measure->add_people()->set_name(kName);
  entry.measure->set_order("measureOrders/" + std::string(kName));
  entry.measure->mutable_told()->add_people()->add_identifiers(kName);
  for (const ExportPurpose purpose : {ExportPurpose::kCourt, ExportPurpose::kRegulator}) {
    const RedactedEntry redacted = Redact(purpose, entry, false);
    EXPECT_FALSE(redacted.whole());
    EXPECT_EQ(redacted.words->DebugString().find(kName), std::string::npos);
  }
}

TEST_F(Exports, ASummaryThatWasNotHandedOverIsNotForTheAccused) {
  OpenedEntry entry;
  entry.entry.set_kind(v1::ENTRY_KIND_SUMMARY);
  entry.message.emplace().mutable_summary();
  EXPECT_TRUE(Redact(ExportPurpose::kAccused, entry, true).whole()) << "control";
  const RedactedEntry redacted = Redact(ExportPurpose::kAccused, entry, false);
  EXPECT_EQ(redacted.words, nullptr);
  EXPECT_FALSE(redacted.header);
}

TEST_F(Exports, AKindThatNobodyKnowsIsShownToNobody) {
  OpenedEntry entry;
  entry.entry.set_kind(static_cast<v1::EntryKind>(format::kLastEntryKind + 1));
  entry.message = Text("new");
  for (const ExportPurpose purpose : kEveryPurpose) EXPECT_EQ(Redact(purpose, entry, true).words, nullptr);
}

TEST_F(Exports, AFieldThatThisProgramDoesNotKnowKeepsTheEntryShut) {
  sealed::v1::Message message = Text("Known words.");
  message.GetReflection()->MutableUnknownFields(&message)->AddLengthDelimited(4000, kName);
  Write(Keyring::kThread, EntryKind::kMessage, message);
  const uint32_t sequence = Open().thread.back().entry.sequence();
  const std::string archive = Archive(ExportPurpose::kCourt);
  for (const format::Opening& opening : *format::ParseOpenings(Members(archive)[3].text)) {
    EXPECT_FALSE(opening.keyring == Keyring::kThread && opening.sequence == sequence);
  }
  EXPECT_NE(archive.find("Known words."), std::string::npos) << "control";
  EXPECT_EQ(archive.find(kName), std::string::npos);
}

TEST_F(Exports, APurposeThatIsNoneIsAnErrorAndNeverMore) {
  for (const char* text : {"", "everybody", "Court", "courts", "regulator ", "COURT", "1"}) {
    EXPECT_EQ(Reason(PurposeFromText(text).status()), "INPUT_INVALID") << text;
  }
  for (const ExportPurpose purpose : kEveryPurpose) EXPECT_EQ(*PurposeFromText(TextOf(purpose)), purpose);
  // A number that no enumerator has, by a bug: nothing is shown.
  OpenedEntry entry;
  entry.entry.set_kind(v1::ENTRY_KIND_MESSAGE);
  entry.message = Text("words");
  EXPECT_EQ(Redact(static_cast<ExportPurpose>(9), entry, true).words, nullptr);
  EXPECT_FALSE(ShowsRecord(static_cast<ExportPurpose>(9)));
  EXPECT_FALSE(ShowsKeyring(static_cast<ExportPurpose>(9), Keyring::kTeam));
}

// ---- when it is not made ----

TEST_F(Exports, ThereIsNothingForTheAccusedBeforeASummaryWasHandedOver) {
  EXPECT_EQ(Reason(Make(ExportPurpose::kAccused).status()), "INPUT_INVALID");
  const size_t leaves = impostor.leaves.size();
  EXPECT_EQ(Reason(CanBeExported(Open(), ExportPurpose::kAccused)), "INPUT_INVALID");
  EXPECT_EQ(std::count_if(impostor.leaves.begin() + static_cast<std::ptrdiff_t>(leaves), impostor.leaves.end(), [](const auto& leaf) {
              return format::ParseLeaf(leaf.content())->kind == format::LeafKind::kCaseExported;
            }), 0) << "and the service is not told that there was";
  Serve();
  EXPECT_EQ(Reason(Make(ExportPurpose::kAccused).status()), "OK");
}

TEST_F(Exports, P6_NoArchiveWithoutItsLeaf) {
  Serve();
  EXPECT_EQ(Reason(MakeOf(Open(), ExportPurpose::kCourt).status()), "LEAF_OMITTED");
  ASSERT_EQ(Reason(Make(ExportPurpose::kRegulator).status()), "OK") << "control";
  EXPECT_EQ(Reason(MakeOf(Open(), ExportPurpose::kCourt).status()), "LEAF_OMITTED") << "the leaf is of another purpose";
  const StaffKeys bruno = impostor.KeysOf("bruno");
  EXPECT_EQ(Reason(MakeOf(Open(), ExportPurpose::kRegulator, &bruno).status()), "LEAF_OMITTED") << "the leaf is another's";
}

TEST_F(Exports, AServerThatWritesAnotherLeafIsFound) {
  OpenedCase opened = Open();
  impostor.hooks.exported = [](v1::ExportCaseResponse& answer) { answer.set_leaf(1); };
  EXPECT_EQ(Reason(desk->Export(opened, ExportPurpose::kCourt).status()), "LEAF_INVALID");
  impostor.hooks.exported = [](v1::ExportCaseResponse& answer) { answer.set_leaf(answer.leaf() + 1); };
  EXPECT_EQ(Reason(desk->Export(opened, ExportPurpose::kCourt).status()), "LEAF_OMITTED");
  impostor.hooks.exported = nullptr;
  EXPECT_EQ(Reason(desk->Export(opened, ExportPurpose::kCourt).status()), "OK") << "control";
}

TEST_F(Exports, WhatWasWrittenMeanwhileStopsIt) {
  OpenedCase opened = Open();
  Send(EntryKind::kMessage, Text("One thing more."));
  EXPECT_EQ(desk->Export(opened, ExportPurpose::kCourt).status().code(), absl::StatusCode::kAborted);
}

TEST_F(Exports, TheSameCaseGivesTheSameBytes) {
  Serve();
  OpenedCase opened = Open();
  ASSERT_TRUE(desk->Export(opened, ExportPurpose::kCourt).ok());
  EXPECT_EQ(MakeOf(opened, ExportPurpose::kCourt)->bytes, MakeOf(opened, ExportPurpose::kCourt)->bytes);
}

// ---- who checks it ----

TEST_F(Exports, OneChangedByteInAnyFileIsFoundThoughTheZipIsMadeAnew) {
  for (const ExportPurpose purpose : {ExportPurpose::kCourt, ExportPurpose::kAccused}) {
    const std::vector<Member> members = Members(Archive(purpose));
    ASSERT_TRUE(CheckArchive(*WriteArchive(members)).ok()) << "control";
    for (size_t file = 0; file < members.size(); ++file) {
      const size_t step = std::max<size_t>(1, members[file].text.size() / 60);
      for (size_t at = 0; at < members[file].text.size(); at += step) {
        std::vector<Member> changed = members;
        changed[file].text[at] = static_cast<char>(changed[file].text[at] ^ (1 << (at % 7)));
        EXPECT_EQ(Reason(CheckArchive(*WriteArchive(changed)).status()), "EXPORT_INVALID") << members[file].name << " byte " << at;
      }
    }
  }
}

TEST_F(Exports, AFileMoreOrLessOrUnderAnotherNameIsFound) {
  const std::vector<Member> members = Members(Archive(ExportPurpose::kCourt));
  std::vector<Member> changed = members;
  changed.push_back({"virus.exe", "x"});
  EXPECT_EQ(Reason(CheckArchive(*WriteArchive(changed)).status()), "EXPORT_INVALID");
  changed = members;
  changed.erase(changed.begin());
  EXPECT_EQ(Reason(CheckArchive(*WriteArchive(changed)).status()), "EXPORT_INVALID");
  changed = members;
  std::swap(changed[0], changed[1]);
  EXPECT_EQ(Reason(CheckArchive(*WriteArchive(changed)).status()), "EXPORT_INVALID");
}

// Whoever exported signs what they like, and still cannot change what others wrote or what was recorded.
TEST_F(Exports, EvenTheExporterCannotChangeWhatIsProven) {
  using Proofs = format::ExportProofs;
  const std::string archive = Archive(ExportPurpose::kCourt);
  EXPECT_EQ(WhyForged(archive, [](std::vector<Member>&, Proofs&) {}), "OK") << "control";
  const auto in_document = [&](const std::function<void(nlohmann::json&)>& change) {
    return WhyForged(archive, [&](std::vector<Member>& members, Proofs&) {
      nlohmann::json document = *ParseJsonText(members[2].text);
      change(document);
      members[2].text = JsonText(document);
    });
  };
  const auto reply = [](nlohmann::json& document) -> nlohmann::json& { return document["entries"][1]; };
  EXPECT_EQ(in_document([&](nlohmann::json& d) { reply(d)["words"]["text"] = "We do not care."; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { reply(d)["author"] = "bruno"; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { reply(d)["day"] = "2020-01-01"; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { reply(d)["kind"] = "NOTE"; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { reply(d)["proven"] = false; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { reply(d).erase("words"); }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { d["entries"][0]["proven"] = true; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { d["entries"].erase(1); }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { d["record"].erase(2); }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { d["record"][0]["actor"] = "ana"; }), "EXPORT_INVALID");
  EXPECT_EQ(in_document([&](nlohmann::json& d) { d["purpose"] = "ACCUSED"; }), "EXPORT_INVALID");
  // What has something left out is theirs to word: the archive says so itself.
  EXPECT_EQ(in_document([&](nlohmann::json& d) { d["entries"][0]["words"]["narrative"] = "Other words."; }), "OK");

  const auto in_proofs = [&](const std::function<void(Proofs&)>& change) {
    return WhyForged(archive, [&](std::vector<Member>&, Proofs& proofs) { change(proofs); });
  };
  const auto flip = [](std::string& bytes, size_t at) { bytes[at] = static_cast<char>(bytes[at] ^ 1); };
  EXPECT_EQ(in_proofs([&](Proofs& p) { flip(p.leaves[1].leaf->content, 45); }), "EXPORT_INVALID") << "a day";
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.leaves.erase(p.leaves.begin() + 1); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.leaves[1].leaf->index = 60; }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.leaves[1].leaf->path[0] = crypto::Digest(); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.leaves[1] = {std::nullopt, crypto::Digest()}; }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.checkpoint.clear(); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { flip(p.checkpoint, p.checkpoint.size() / 2); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { flip(p.entries[1].prefix, 67); }), "EXPORT_INVALID") << "a day";
  EXPECT_EQ(in_proofs([&](Proofs& p) { flip(p.entries[1].prefix, 400); }), "EXPORT_INVALID") << "a signature";
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.entries.pop_back(); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { std::swap(p.entries[1], p.entries[2]); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.purpose = ExportPurpose::kAccused; }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.mailbox_keys.clear(); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.exporter = "bruno"; }), "EXPORT_INVALID") << "not bruno's key";
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.log_key = crypto::SigningKey::Draw(crypto::SystemRandom()).verify_key(); }), "EXPORT_INVALID");
  EXPECT_EQ(in_proofs([&](Proofs& p) { flip(p.directories[0], 300); }), "EXPORT_INVALID");
  const Impostor other(kToday);
  EXPECT_EQ(in_proofs([&](Proofs& p) { p.organisation_file = *format::OrganisationText(other.organisation()); }), "EXPORT_INVALID");

  const auto in_openings = [&](const std::function<void(std::vector<format::Opening>&)>& change) {
    return WhyForged(archive, [&](std::vector<Member>& members, Proofs&) {
      auto openings = *format::ParseOpenings(members[3].text);
      change(openings);
      members[3].text = *format::OpeningsText(openings);
    });
  };
  EXPECT_EQ(in_openings([&](auto& o) { o.erase(o.begin()); }), "EXPORT_INVALID");
  EXPECT_EQ(in_openings([&](auto& o) { flip(o[0].body, 100); }), "EXPORT_INVALID");
  EXPECT_EQ(in_openings([&](auto& o) { std::swap(o[0].content_key, o[1].content_key); }), "EXPORT_INVALID");
  EXPECT_EQ(in_openings([&](auto& o) { std::swap(o[0], o[1]); }), "EXPORT_INVALID");
  EXPECT_EQ(in_openings([&](auto& o) { o[0].sequence = 77; }), "EXPORT_INVALID");
}

TEST_F(Exports, AReplayedSummaryIsNotPassedOffAsHandedOver) {
  const std::string archive = Archive(ExportPurpose::kAccused);
  using Proofs = format::ExportProofs;
  EXPECT_EQ(WhyForged(archive, [](std::vector<Member>&, Proofs&) {}), "OK") << "control";
  EXPECT_EQ(WhyForged(archive, [](std::vector<Member>&, Proofs& p) {
              for (format::ExportedEntry& entry : p.entries)
                if (entry.prefix.empty()) entry.hash = crypto::Digest();
            }), "EXPORT_INVALID") << "the summary quotes the hash of what stands before it";
  EXPECT_EQ(WhyForged(archive, [](std::vector<Member>&, Proofs& p) { p.leaves.pop_back(); }), "EXPORT_INVALID")
      << "the record would not say that it was exported";
}

TEST_F(Exports, SomebodyElsesSignatureIsNotTheExporters) {
  std::vector<Member> members = Members(Archive(ExportPurpose::kCourt));
  format::ExportProofs proofs = *format::ParseExport(members[4].text);
  ASSERT_TRUE(format::SignExport(crypto::SigningKey::Draw(crypto::SystemRandom()), &proofs).ok());
  members[4].text = *format::ExportText(proofs);
  EXPECT_EQ(Reason(CheckArchive(*WriteArchive(members)).status()), "EXPORT_INVALID");
}

TEST_F(Exports, RootHoldersWhoWereReplacedSinceDoNotUndoIt) {
  // Version 2 names other roots, which sign version 3. The client still starts from its old organisation file.
  std::map<std::string, crypto::SigningKey> others;
  for (const char* name : {"new-a", "new-b"}) others.emplace(name, crypto::SigningKey::Draw(crypto::SystemRandom()));
  format::Directory& directory = impostor.directory();
  directory.next_roots.keys.clear();
  for (const auto& [name, key] : others) directory.next_roots.keys.push_back({name, key.verify_key()});
  directory.next_roots.threshold = 2;
  impostor.NextDirectory();
  impostor.older_notes[directory.version] = impostor.directory_note;
  directory.previous = format::ParseDirectoryNote(impostor.directory_note)->hash;
  directory.version += 1;
  std::string note = *format::DirectoryText(directory);
  for (const auto& [name, key] : others) note = *format::AddRootSignature(note, name, key);
  impostor.directory_note = note;
  auto fresh = FetchDirectory(*reporter.connection, nullptr, kToday);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  reporter.directory = *std::move(fresh);

  const std::string archive = Archive(ExportPurpose::kCourt);
  const auto checked = CheckArchive(archive);
  ASSERT_TRUE(checked.ok()) << checked.status();
  EXPECT_EQ(checked->proofs.fingerprint, format::Fingerprint(impostor.organisation()));
  EXPECT_EQ(format::ParseExport(Members(archive)[4].text)->directories.size(), 2u) << "version 2 is signed by the old roots as well";
  EXPECT_EQ(WhyForged(archive, [](std::vector<Member>&, format::ExportProofs& p) { p.directories.resize(1); }), "EXPORT_INVALID")
      << "nobody vouches for version 3";
}

TEST_F(Exports, WhoLeftTheDirectorySinceStillSignedWhatTheySigned) {
  // Bruno's line is gone from the next version, and with it the key of whoever wrote before; ana's stays.
  std::erase_if(impostor.directory().people, [](const format::Person& person) { return person.slug == "bruno"; });
  impostor.NextDirectory();
  auto fresh = FetchDirectory(*reporter.connection, nullptr, kToday);
  ASSERT_TRUE(fresh.ok()) << fresh.status();
  reporter.directory = *std::move(fresh);
  const auto checked = CheckArchive(Archive(ExportPurpose::kCourt));
  EXPECT_TRUE(checked.ok()) << checked.status();
}

}  // namespace
}  // namespace alcove::client::exports
