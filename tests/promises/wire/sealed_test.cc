// P1 against a real server: whoever copies disk, backup, log, configuration and key files has no text, and without the
// key files no routing fact and no name either.
#include <ctime>
#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>

#include "crypto/format/envelope.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

class P1_Sealed_OnTheDisk : public Scene {};

TEST_F(P1_Sealed_OnTheDisk, NoFileHoldsWhatWasSaidAndWithoutKeysNotWhereItWent) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string narrative = "NarrativeMarker-Kestrel-in-the-rigging-loft";
  const std::string message = "MessageMarker-Heron-at-the-slipway";
  const std::string note = "NoteMarker-Plover-on-the-quay";
  const std::string attachment = "AttachmentMarker-Gannet-over-the-mole";
  const std::string identity = "IdentityMarker-Bittern-Marsh";
  const format::NamedBlob blob{format::DrawId<format::BlobId>(crypto::SystemRandom()), 4096};
  const auto filed = File({.narrative = narrative, .site = "harbour-works", .blobs = {blob}, .identity = identity});
  ASSERT_TRUE(filed);
  const std::string reporter = SignedIn(filed->filing);
  {
    // The attachment as a client sends it: ciphertext of its own key.
    const crypto::SymmetricKey key = crypto::SymmetricKey::Draw(crypto::SystemRandom());
    crypto::Plaintext plain(attachment + std::string(4096 - 40 - attachment.size(), ' '));
    v1::WriteBlobPartRequest part;
    part.set_name(format::BlobName(blob.blob));
    part.set_data(crypto::Seal(key, plain.view(), crypto::AssociatedData(""), crypto::SystemRandom()));
    ASSERT_EQ(part.data().size(), blob.size);
    ASSERT_EQ(Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, reporter).reason, "OK");
  }
  const auto first = format::ParseEnvelope(filed->filing.request.entry().envelope());
  ASSERT_TRUE(first.ok());
  v1::SendMessageRequest send;
  send.set_request_id(support::DrawRequestId());
  send.mutable_entry()->set_envelope(Message(filed->filing, filed->filing.signing, message, 1, format::EntryHash(*first)));
  ASSERT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, send, reporter).reason, "OK");

  std::string assignee;
  for (const char* slug : {"investigator-a", "investigator-b"}) {
    v1::ListCasesResponse list;
    ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, {}, SignedIn(slug), &list).reason, "OK");
    if (list.cases_size() == 1) assignee = slug;
  }
  ASSERT_FALSE(assignee.empty());
  const std::string staff = SignedIn(assignee);
  {
    // A note of the team, with the keyring's first epoch.
    v1::GetCaseRequest ask;
    ask.set_name(filed->name());
    v1::GetCaseResponse detail;
    ASSERT_EQ(Ask(*cases_, &v1::CaseService::Stub::GetCase, ask, staff, &detail).reason, "OK");
    std::vector<format::Recipient> recipients;
    for (const v1::Reader& reader : detail.case_().readers()) {
      if (reader.condition() == v1::RELEASE_CONDITION_MAILBOX) continue;
      recipients.push_back({*world().KeyOf(reader.key_id()), static_cast<format::ReleaseCondition>(reader.condition())});
    }
    const crypto::SigningKey& author = world().SigningKeyOf(assignee);
    const auto epoch = format::MakeEpoch({world().organisation().id, filed->filing.case_id, format::Keyring::kTeam, 0},
                                         recipients, nullptr, crypto::KeyIdOf(author.verify_key()), 1, crypto::SystemRandom());
    ASSERT_TRUE(epoch.ok()) << epoch.status();
    format::EnvelopeContext context;
    context.kind = format::EntryKind::kNote;
    context.keyring = format::Keyring::kTeam;
    context.organisation = world().organisation().id;
    context.case_id = filed->filing.case_id;
    context.entry = format::DrawId<format::EntryId>(crypto::SystemRandom());
    context.day = format::Day::OfUnixSeconds(std::time(nullptr));
    context.epoch_record_hash = format::EpochRecordHash(epoch->record);
    v1::AppendEntryRequest append;
    append.set_parent(filed->name());
    append.set_request_id(support::DrawRequestId());
    append.mutable_entry()->set_envelope(
        *format::SealEnvelope(context, epoch->key, author, note, crypto::SystemRandom()));
    append.mutable_entry()->mutable_epoch()->set_record(epoch->record);
    for (const crypto::Bytes& grant : epoch->grants) append.mutable_entry()->mutable_epoch()->add_grants(grant);
    const Heard heard = Ask(*cases_, &v1::CaseService::Stub::AppendEntry, append, staff);
    ASSERT_EQ(heard.reason, "OK") << heard;
  }

  // Everything there is: data, keys, configuration, TLS files, log; then once more with a backup, which empties the
  // write-ahead log.
  auto everything = FilesUnder({folder()});
  std::size_t logged = 0;
  for (const auto& [name, bytes] : everything)
    if (name.ends_with(".log") && name.find("/db/") != std::string::npos) logged += bytes.size();
  EXPECT_GT(logged, 10'000U) << "the write-ahead log was not looked at";
  const std::string backup = folder() + "/backup";
  ASSERT_EQ(support::Run({ALCOVED, "backup", backup, "--config", world().configuration_path()}, folder() + "/backup.log"), 0);
  for (auto& [name, bytes] : FilesUnder({folder()})) everything["later " + name] = std::move(bytes);
  for (const std::string& marker : {narrative, message, note, attachment, identity})
    EXPECT_THAT(Holding(everything, marker), testing::IsEmpty()) << marker;

  // Without the key files: data directory, backup and log alone.
  std::map<std::string, std::string> stolen;
  for (const auto& [name, bytes] : everything) {
    const bool guarded = name.find("/keys/") != std::string::npos;
    const bool configured = name.find("/world/") != std::string::npos && name.find("/world/data") == std::string::npos;
    if (!guarded && !configured) stolen.emplace(name, bytes);
  }
  EXPECT_GE(stolen.size(), 10U);
  const std::vector<std::string> facts{"harassment.protected_basis", "harbour-works", "investigator-a", "investigator-b",
                                       "fallback-a",  "fallback-b", "escalation",  "custodian-a", "intake"};
  for (const std::string& fact : facts) {
    EXPECT_THAT(Holding(stolen, fact), testing::IsEmpty()) << fact;
  }
  for (const auto& [name, bytes] : FilesUnder({data(), backup})) {
    EXPECT_EQ(name.find(".key"), std::string::npos) << name;
    EXPECT_EQ(bytes.find(std::string(Keys().kek.expose())), std::string::npos) << name << " holds the KEK";
    EXPECT_EQ(bytes.find(std::string(Keys().tag_key.expose())), std::string::npos) << name << " holds the tag key";
  }

  // Controls. What is written unsealed is found; what the server may know is found once its keys open the rows, and what
  // the reporter's key opens is the narrative.
  std::filesystem::create_directories(folder() + "/unsealed");
  {
    const auto opened = format::OpenEnvelope(*first, filed->filing.epoch_key);
    ASSERT_TRUE(opened.ok());
    std::ofstream(folder() + "/unsealed/copy", std::ios::binary) << opened->bytes;
  }
  EXPECT_EQ(Holding(FilesUnder({folder() + "/unsealed"}), narrative).size(), 1U);
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  const auto decoded = Decode();
  std::map<std::string, std::string> known;
  for (const std::string& content : decoded->Contents(base::Table::kCase)) known["case"] += content;
  for (const char* fact : {"harassment.protected_basis", "harbour-works", "investigator-b", "fallback-a"})
    EXPECT_EQ(Holding(known, fact).size(), 1U) << fact;
  // With every key of the server, the rows decoded: still no text.
  for (const base::TableTraits& traits : base::kTables) {
    if (traits.scope == base::Scope::kKek || traits.table == base::Table::kGroup) continue;
    for (const std::string& content : decoded->Contents(traits.table)) known[std::string(traits.name)] += content;
  }
  EXPECT_FALSE(known["entry"].empty());
  EXPECT_FALSE(known["blob-part"].empty());
  EXPECT_FALSE(known["identity"].empty());
  for (const std::string& marker : {narrative, message, note, attachment, identity})
    EXPECT_TRUE(Holding(known, marker).empty()) << marker << " is readable with the server's keys";
}

}  // namespace
}  // namespace alcove::promises
