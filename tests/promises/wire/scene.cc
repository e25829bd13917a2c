#include "tests/promises/wire/scene.h"

#include <unistd.h>

#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "alcove/sealed/v1/sealed.pb.h"
#include "crypto/encoding.h"
#include "crypto/random.h"
#include "google/rpc/error_details.pb.h"
#include "google/rpc/status.pb.h"
#include "server/app/keys.h"
#include "server/core/cases/records.h"
#include "server/core/ledger/records.h"
#include "server/storage/rocks_store.h"
#include "server/storage/store.h"
#include "tests/support/must.h"

namespace alcove::promises {
namespace {

namespace fs = std::filesystem;

class Unheard final : public base::EventSink {
 public:
  void Record(base::Event) override {}
};

std::string Read(const fs::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::unique_ptr<storage::RowStore> OpenRows(const std::string& data) {
  storage::RocksOptions options;
  options.directory = storage::DatabaseIn(data);
  options.read_only = true;
  // While the server writes, a file may go between listing and opening.
  for (int attempt = 0;; ++attempt) {
    auto rows = storage::OpenRocksStore(options);
    if (rows.ok()) return *std::move(rows);
    if (attempt == 20) {
      ADD_FAILURE() << rows.status();
      return nullptr;
    }
    usleep(50'000);
  }
}

}  // namespace

std::ostream& operator<<(std::ostream& out, const Heard& heard) {
  return out << heard.reason << " (" << static_cast<int>(heard.code) << ", " << heard.message << ", details of "
             << heard.details.size() << " bytes, " << heard.trailers.size() << " trailers)";
}

Heard Listen(const grpc::Status& status, const grpc::ClientContext& context) {
  Heard heard{status.error_code(), status.error_message(), status.error_details(), {}, "OK"};
  for (const auto& [name, value] : context.GetServerTrailingMetadata())
    heard.trailers.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  if (status.ok()) return heard;
  heard.reason = "code " + std::to_string(static_cast<int>(status.error_code())) + " " + status.error_message();
  google::rpc::Status details;
  google::rpc::ErrorInfo info;
  if (details.ParseFromString(heard.details) && details.details_size() == 1 && details.details(0).UnpackTo(&info)) {
    heard.reason = info.reason().substr(std::string_view("ERROR_REASON_").size());
  }
  return heard;
}

std::map<std::string, std::string> FilesUnder(const std::vector<std::string>& roots) {
  std::map<std::string, std::string> files;
  for (const std::string& root : roots) {
    if (fs::is_regular_file(root)) files[root] = Read(root);
    if (!fs::is_directory(root)) continue;
    for (const auto& item : fs::recursive_directory_iterator(root))
      if (item.is_regular_file()) files[item.path().string()] = Read(item.path());
  }
  return files;
}

std::vector<std::string> Holding(const std::map<std::string, std::string>& files, std::string_view needle) {
  // What survives of base64 whatever stands before: the middle of the three ways in which the bytes can fall.
  std::vector<std::string> forms{std::string(needle), crypto::HexEncode(needle)};
  for (std::size_t skip = 0; skip < 3 && needle.size() > 12; ++skip) {
    const std::size_t whole = (needle.size() - skip) / 3 * 3;
    forms.push_back(crypto::Base64Encode(needle.substr(skip, whole)));
    forms.push_back(crypto::Base64UrlEncode(needle.substr(skip, whole)));
  }
  std::vector<std::string> found;
  for (const auto& [name, bytes] : files) {
    bool holds = false;
    for (const std::string& form : forms) holds |= bytes.find(form) != std::string::npos || name.find(form) != std::string::npos;
    if (holds) found.push_back(name);
  }
  return found;
}

std::unique_ptr<Decoded> Decoded::Open(const std::string& data, const storage::ServerKeys& keys) {
  auto decoded = std::make_unique<Decoded>();
  decoded->store_ = OpenRows(data);
  auto vault = storage::Vault::Open(*decoded->store_, keys.kek, crypto::SystemRandom());
  if (!vault.ok()) {
    ADD_FAILURE() << vault.status();
    return nullptr;
  }
  decoded->vault_ = *std::move(vault);
  decoded->events_ = std::make_unique<Unheard>();
  decoded->records_ = std::make_unique<storage::Records>(*decoded->store_, *decoded->vault_, decoded->derived_, *decoded->events_);
  return decoded;
}

std::vector<std::string> Decoded::Contents(base::Table table) const {
  std::vector<std::string> contents;
  const std::string prefix(1, static_cast<char>(table));
  EXPECT_TRUE(store_->Scan(prefix, "", [&](std::string_view key, std::string_view sealed) {
    const auto row_key = vault_->KeyFor(table, key.substr(1));
    EXPECT_TRUE(row_key.ok() && *row_key != nullptr);
    if (!row_key.ok() || *row_key == nullptr) return true;
    const auto plain = vault_->Open(table, **row_key, key, sealed);
    EXPECT_TRUE(plain.ok()) << plain.status();
    if (plain.ok()) contents.emplace_back(plain->view());
    return true;
  }).ok());
  return contents;
}

std::vector<format::Leaf> Decoded::Leaves() const {
  std::vector<format::Leaf> leaves;
  const auto take = [&](crypto::BytesView content) {
    auto leaf = format::ParseLeaf(content);
    EXPECT_TRUE(leaf.ok()) << leaf.status();
    if (leaf.ok()) leaves.push_back(*std::move(leaf));
    return true;
  };
  EXPECT_TRUE(rows().Scan<ledger::Opening>("", "", SIZE_MAX, [&](auto row) { return take(row.record.content); }).ok());
  EXPECT_TRUE(rows().Scan<cases::CaseLeaf>("", "", SIZE_MAX, [&](auto row) { return take(row.record.content); }).ok());
  EXPECT_TRUE(rows().Scan<cases::HistoryLeaf>("", "", SIZE_MAX, [&](auto row) { return take(row.record.content); }).ok());
  return leaves;
}

Scene::Scene(int work_price) {
  std::string name = (fs::temp_directory_path() / "alcove-scene-XXXXXX").string();
  folder_ = mkdtemp(name.data());
  world_.emplace(support::World::Make({.folder = folder_ + "/world",
                                       .data = "",
                                       .alcoved = ALCOVED,
                                       .port = support::FreePort(),
                                       .hr_port = support::FreePort(),
                                       .work_price = work_price}));
  server_.emplace(world_->serve_command(), std::map<std::string, std::string>{}, folder_ + "/log");
}

Scene::~Scene() {
  server_.reset();
  fs::remove_all(folder_);
}

void Scene::Start() {
  ASSERT_TRUE(server_->Start(world_->options().port)) << Log();
  if (!published_) world_->Publish();
  published_ = true;
  Connect();
}

void Scene::Connect() {
  channel_ = world_->Connect();
  sessions_ = v1::SessionService::NewStub(channel_);
  intake_ = v1::IntakeService::NewStub(channel_);
  mailbox_ = v1::MailboxService::NewStub(channel_);
  cases_ = v1::CaseService::NewStub(channel_);
  blobs_ = v1::BlobService::NewStub(channel_);
}

void Scene::Kill() { server_->Kill(); }

std::string Scene::Log() const { return Read(folder_ + "/log"); }

storage::ServerKeys Scene::Keys() const {
  return support::Must("keys", app::ReadKeys({folder_ + "/world/keys", std::nullopt}));
}

std::map<base::Table, std::uint64_t> Scene::Rows() const {
  std::map<base::Table, std::uint64_t> counts;
  const auto rows = OpenRows(data());
  if (!rows) return counts;
  EXPECT_TRUE(rows->Scan("", "", [&](std::string_view key, std::string_view) {
    const auto table = static_cast<base::Table>(key.front());
    const bool by_calls = table < base::Table::kLeaf || table == base::Table::kOpening || table == base::Table::kRefusal ||
                          (table >= base::Table::kAdverseAction && table <= base::Table::kTokensDrawn);
    if (by_calls) ++counts[table];
    return true;
  }).ok());
  return counts;
}

std::string Scene::SignedIn(const std::string& slug) const {
  return support::Must("sign in", support::SignIn(channel_, world_->organisation().id, world_->directory().log_key,
                                                  format::StaffName(slug), world_->SigningKeyOf(slug)));
}

std::string Scene::SignedIn(const support::Filing& filing) const {
  return support::Must("sign in", support::SignIn(channel_, world_->organisation().id, world_->directory().log_key,
                                                  filing.request.mailbox(), filing.signing));
}

std::optional<Scene::Filed> Scene::File(const support::Draft& draft) const {
  support::Reporter reporter(*world_, channel_);
  auto filing = reporter.Prepare(draft);
  EXPECT_TRUE(filing.ok()) << filing.status();
  if (!filing.ok()) return std::nullopt;
  auto answer = reporter.Submit(filing->request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  if (!answer.ok()) return std::nullopt;
  return Filed{*std::move(filing), *std::move(answer)};
}

crypto::Bytes Scene::Message(const support::Filing& filing, const crypto::SigningKey& author, std::string_view text,
                             std::uint32_t sequence, const crypto::Digest& previous, format::EntryKind kind) const {
  format::EnvelopeContext context;
  context.kind = kind;
  context.keyring = format::Keyring::kThread;
  context.organisation = world_->organisation().id;
  context.case_id = filing.case_id;
  context.entry = format::DrawId<format::EntryId>(crypto::SystemRandom());
  context.sequence = sequence;
  context.previous = previous;
  context.day = format::Day::OfUnixSeconds(std::time(nullptr));
  context.epoch_record_hash = format::EpochRecordHash(filing.request.entry().epoch().record());
  sealed::v1::Message body;
  body.set_text(std::string(text));
  return support::Must("seal", format::SealEnvelope(context, filing.epoch_key, author, body.SerializeAsString(),
                                                    crypto::SystemRandom()));
}

}  // namespace alcove::promises
