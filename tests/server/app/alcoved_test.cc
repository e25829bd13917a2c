// alcoved as its operator meets it: a process, its files, its exit status, and reports that travel over real TLS.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "alcove/v1/ledger_service.grpc.pb.h"
#include "alcove/v1/session_service.grpc.pb.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "grpc/reflection/v1alpha/reflection.grpc.pb.h"
#include "tests/support/filing.h"
#include "tests/support/server_process.h"
#include "tests/support/sign_in.h"
#include "tests/support/world.h"

namespace alcove {
namespace {

namespace fs = std::filesystem;

class Alcoved : public testing::Test {
 protected:
  Alcoved() {
    std::string name = (fs::temp_directory_path() / "alcoved-test-XXXXXX").string();
    folder_ = mkdtemp(name.data());
    world_.emplace(support::World::Make(
        {.folder = folder_ + "/world", .data = "", .alcoved = ALCOVED, .port = support::FreePort()}));
    server_.emplace(world_->serve_command(), std::map<std::string, std::string>{}, folder_ + "/log");
  }
  ~Alcoved() override {
    server_.reset();
    fs::remove_all(folder_);
  }

  bool Start() { return server_->Start(world_->options().port); }
  std::string Log() const {
    std::ifstream file(folder_ + "/log");
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }
  // A command of the program with our configuration; its output is in `out_`.
  int Command(std::vector<std::string> words) {
    words.insert(words.begin(), ALCOVED);
    words.insert(words.end(), {"--config", world_->configuration_path()});
    const std::string file = folder_ + "/out";
    fs::remove(file);
    const int status = support::Run(words, file);
    std::ifstream in(file);
    std::ostringstream text;
    text << in.rdbuf();
    out_ = text.str();
    return status;
  }
  std::string Key(const std::string& name) const { return folder_ + "/world/keys/" + name; }

  std::string folder_;
  std::optional<support::World> world_;
  std::optional<support::ServerProcess> server_;
  std::string out_;
};

TEST_F(Alcoved, FilesAReportAndGivesItBackAfterAKill) {
  ASSERT_TRUE(Start()) << Log();
  world_->Publish();
  {
    const auto channel = world_->Connect();
    support::Reporter reporter(*world_, channel);
    auto filing = reporter.Prepare("What happened in the store room.");
    ASSERT_TRUE(filing.ok()) << filing.status();
    const auto answer = reporter.Submit(filing->request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_FALSE(answer->promise().promise().empty());
    EXPECT_EQ(answer->leaf().number(), 1U);
    EXPECT_FALSE(answer->deadlines().empty());

    server_->Kill();
    ASSERT_TRUE(Start()) << Log();
    support::Reporter returned(*world_, world_->Connect());
    const auto narrative = returned.ReadBack(*filing);
    ASSERT_TRUE(narrative.ok()) << narrative.status();
    EXPECT_EQ(*narrative, "What happened in the store room.");

    // The answer may have been lost with the process: the same bytes give the same answer.
    const auto again = returned.Submit(filing->request);
    ASSERT_TRUE(again.ok()) << again.status();
    EXPECT_EQ(again->SerializeAsString(), answer->SerializeAsString());
  }
  EXPECT_EQ(server_->Terminate(), 0) << Log();
  EXPECT_EQ(Command({"check"}), 0) << out_;
}

TEST_F(Alcoved, ANewKekLosesNoReportAndNoRepetition) {
  ASSERT_TRUE(Start()) << Log();
  world_->Publish();
  const auto filing = [&] {
    support::Reporter reporter(*world_, world_->Connect());
    auto prepared = reporter.Prepare("Before the key was changed.");
    EXPECT_TRUE(prepared.ok()) << prepared.status();
    EXPECT_TRUE(reporter.Submit(prepared->request).ok());
    return *std::move(prepared);
  }();
  EXPECT_EQ(Command({"keys", "rotate", "--backup", folder_ + "/backup"}), 1) << "beside a server that serves";
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  ASSERT_EQ(Command({"backup", folder_ + "/old"}), 0) << out_;
  EXPECT_EQ(Command({"keys", "rotate"}), 1);
  EXPECT_NE(out_.find("a new one is made first"), std::string::npos) << out_;
  EXPECT_EQ(Command({"shred", "--backup", folder_ + "/backup"}), 1);
  EXPECT_NE(out_.find("nothing is to go"), std::string::npos) << out_;
  ASSERT_EQ(Command({"keys", "rotate", "--backup", folder_ + "/backup"}), 0) << out_;
  EXPECT_NE(out_.find("key number 1 is destroyed"), std::string::npos) << out_;
  EXPECT_EQ(Command({"check"}), 0) << out_;

  ASSERT_TRUE(Start()) << Log();
  {
    support::Reporter returned(*world_, world_->Connect());
    const auto narrative = returned.ReadBack(filing);
    ASSERT_TRUE(narrative.ok()) << narrative.status();
    EXPECT_EQ(*narrative, "Before the key was changed.");
    const auto again = returned.Submit(filing.request);
    EXPECT_TRUE(again.ok()) << again.status() << ": the repetition finds its answer, or it would be refused as a used plan";
  }
  ASSERT_EQ(server_->Terminate(), 0) << Log();

  // An old backup brings nothing back, and says why; the new one does.
  fs::rename(folder_ + "/world/data", folder_ + "/away");
  EXPECT_EQ(Command({"restore", folder_ + "/old"}), 1);
  EXPECT_NE(out_.find("from before a shredding"), std::string::npos) << out_;
  EXPECT_EQ(Command({"restore", folder_ + "/backup"}), 0) << out_;
}

TEST_F(Alcoved, PublishesACheckpointBeforeItTakesTheFirstCall) {
  ASSERT_TRUE(Start()) << Log();
  const auto stub = v1::LedgerService::NewStub(world_->Connect());
  grpc::ClientContext context;
  support::SetDeadline(context);
  v1::GetCheckpointResponse checkpoint;
  const grpc::Status status = stub->GetCheckpoint(&context, {}, &checkpoint);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_NE(checkpoint.note().find("alcove.ledger/"), std::string::npos);
}

TEST_F(Alcoved, SaysServingToAnybodyAndReflectsNothingUnlessAsked) {
  ASSERT_TRUE(Start()) << Log();
  const auto channel = world_->Connect();
  {
    grpc::ClientContext context;
    support::SetDeadline(context);
    grpc::health::v1::HealthCheckResponse health;
    ASSERT_TRUE(grpc::health::v1::Health::NewStub(channel)->Check(&context, {}, &health).ok());
    EXPECT_EQ(health.status(), grpc::health::v1::HealthCheckResponse::SERVING);
  }
  grpc::ClientContext context;
  support::SetDeadline(context);
  const auto reflection = grpc::reflection::v1alpha::ServerReflection::NewStub(channel);
  const auto stream = reflection->ServerReflectionInfo(&context);
  grpc::reflection::v1alpha::ServerReflectionRequest request;
  request.set_list_services("");
  stream->Write(request);
  stream->WritesDone();
  EXPECT_EQ(stream->Finish().error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(Alcoved, LogsNeitherTokenNorPeerNorUserAgent) {
  ASSERT_TRUE(Start()) << Log();
  const auto stub = v1::SessionService::NewStub(world_->Connect());
  for (const char* value : {"Bearer c2VjcmV0LXRva2Vu", "Bearer %%%", "Basic c2VjcmV0LXRva2Vu"}) {
    grpc::ClientContext context;
    support::SetDeadline(context);
    context.AddMetadata("authorization", value);
    v1::DeleteSessionResponse response;
    EXPECT_FALSE(stub->DeleteSession(&context, {}, &response).ok());
  }
  EXPECT_EQ(server_->Terminate(), 0);
  for (const char* trace : {"c2VjcmV0", "Bearer", "grpc-c++", "ipv4:", "DeleteSession"}) {
    EXPECT_EQ(Log().find(trace), std::string::npos) << trace;
  }
  EXPECT_NE(Log().find("event=stopped"), std::string::npos);
}

TEST_F(Alcoved, InitNeverOverwrites) {
  std::ifstream before(Key("kek.key"));
  std::string kek;
  std::getline(before, kek);
  EXPECT_EQ(Command({"init", "--org", world_->organisation_path()}), 1);
  EXPECT_NE(out_.find("is there already"), std::string::npos) << out_;
  std::ifstream after(Key("kek.key"));
  std::string same;
  std::getline(after, same);
  EXPECT_EQ(kek, same);

  // Also with the data gone and one key left.
  fs::remove_all(folder_ + "/world/data");
  fs::remove(Key("kek.key"));
  fs::remove(Key("tag.key"));
  EXPECT_EQ(Command({"init", "--org", world_->organisation_path()}), 1);
  EXPECT_FALSE(fs::exists(Key("kek.key"))) << "half of the keys were made";
}

TEST_F(Alcoved, ServeNamesAKeyThatIsMissing) {
  fs::remove(Key("tag.key"));
  EXPECT_EQ(Command({"serve"}), 1);
  EXPECT_NE(out_.find(Key("tag.key") + " is missing"), std::string::npos) << out_;
  EXPECT_FALSE(fs::exists(Key("tag.key"))) << "a key was made silently";
}

TEST_F(Alcoved, ServeNamesAKeyThatOthersCanRead) {
  for (const char* name : {"kek.key", "log.key", "tag.key", "organisation"}) {
    ASSERT_EQ(chmod(Key(name).c_str(), 0640), 0);
    EXPECT_EQ(Command({"serve"}), 1);
    EXPECT_NE(out_.find(Key(name) + " can be read by others"), std::string::npos) << out_;
    ASSERT_EQ(chmod(Key(name).c_str(), 0600), 0);
  }
  ASSERT_EQ(chmod((folder_ + "/world/tls.key").c_str(), 0644), 0);
  EXPECT_EQ(Command({"serve"}), 1);
  EXPECT_NE(out_.find("tls.key can be read by others"), std::string::npos) << out_;
}

TEST_F(Alcoved, ServeNamesAKeyOfAnotherKindAndOfAnotherServer) {
  fs::rename(Key("kek.key"), Key("kept"));
  fs::copy_file(Key("log.key"), Key("kek.key"));
  EXPECT_EQ(Command({"serve"}), 1);
  EXPECT_NE(out_.find("kek.key is wrong: it holds a key of another kind"), std::string::npos) << out_;

  // Another server's KEK has the right kind and opens nothing.
  fs::remove(Key("kek.key"));
  std::ofstream(Key("kek.key")) << "alcove.kek.v1 AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
  fs::permissions(Key("kek.key"), fs::perms::owner_read | fs::perms::owner_write);
  EXPECT_EQ(Command({"serve"}), 1);
  EXPECT_NE(out_.find(Key("kek.key") + " is wrong: the store was made under another"), std::string::npos) << out_;

  fs::rename(Key("kept"), Key("kek.key"));
  EXPECT_TRUE(Start()) << "control: with its own keys it serves: " << Log();
}

TEST_F(Alcoved, TwoProcessesDoNotShareData) {
  ASSERT_TRUE(Start()) << Log();
  EXPECT_EQ(Command({"serve"}), 1);
  EXPECT_NE(out_.find("another alcoved works with"), std::string::npos) << out_;
  EXPECT_EQ(Command({"check"}), 1);
}

TEST_F(Alcoved, StopsWithoutWritingWhenItsDataDirectoryIsReplaced) {
  ASSERT_TRUE(Start()) << Log();
  const fs::path data = folder_ + "/world/data";
  fs::rename(data, folder_ + "/moved");
  fs::create_directory(data);
  EXPECT_EQ(server_->Wait(), 1) << Log();
  EXPECT_NE(Log().find("Put the directory back"), std::string::npos) << Log();
  EXPECT_TRUE(fs::is_empty(data));
  fs::remove(data);
  fs::rename(folder_ + "/moved", data);
  EXPECT_EQ(Command({"check"}), 0) << out_;
  EXPECT_TRUE(Start()) << Log();
  EXPECT_EQ(server_->Terminate(), 0) << Log();
}

TEST_F(Alcoved, DoesNotCloseItsStoreIntoAnotherDirectory) {
  ASSERT_TRUE(Start()) << Log();
  const fs::path data = folder_ + "/world/data";
  fs::rename(data, folder_ + "/moved");
  fs::create_directory(data);
  EXPECT_NE(server_->Terminate(), 0) << Log();
  EXPECT_TRUE(fs::is_empty(data));
}

TEST_F(Alcoved, BacksUpWhileServingAndServesWhatWasRestored) {
  ASSERT_TRUE(Start()) << Log();
  world_->Publish();
  support::Reporter reporter(*world_, world_->Connect());
  auto filing = reporter.Prepare("Kept in a backup.");
  ASSERT_TRUE(filing.ok()) << filing.status();
  ASSERT_TRUE(reporter.Submit(filing->request).ok());
  ASSERT_EQ(Command({"backup", folder_ + "/backup"}), 0) << out_;
  EXPECT_EQ(Command({"backup", folder_ + "/backup"}), 1) << "a backup was overwritten";
  EXPECT_EQ(server_->Terminate(), 0) << Log();

  fs::remove_all(folder_ + "/world/data");
  ASSERT_EQ(Command({"restore", folder_ + "/backup"}), 0) << out_;
  ASSERT_TRUE(Start()) << Log();
  const auto narrative = support::Reporter(*world_, world_->Connect()).ReadBack(*filing);
  ASSERT_TRUE(narrative.ok()) << narrative.status();
  EXPECT_EQ(*narrative, "Kept in a backup.");
}

TEST_F(Alcoved, KeysTravelSealedAndComeBackTheSame) {
  std::ofstream(folder_ + "/passphrase") << "a long enough passphrase\n";
  const auto with_passphrase = [&](const std::string& verb) {
    return support::Run({"sh", "-c",
                         std::string(ALCOVED) + " keys " + verb + " " + folder_ + "/export --passphrase-fd 3 --config " +
                             world_->configuration_path() + " 3<" + folder_ + "/passphrase"},
                        folder_ + "/out");
  };
  ASSERT_EQ(with_passphrase("export"), 0);
  std::ifstream sealed(folder_ + "/export", std::ios::binary);
  std::ostringstream bytes;
  bytes << sealed.rdbuf();
  EXPECT_EQ(bytes.str().find("alcove.kek"), std::string::npos);
  fs::rename(folder_ + "/world/keys", folder_ + "/old");
  ASSERT_EQ(with_passphrase("import"), 0);
  for (const char* name : {"kek.key", "log.key", "tag.key", "organisation"}) {
    std::ifstream a(folder_ + "/old/" + name);
    std::ifstream b(Key(name));
    std::ostringstream was;
    std::ostringstream is;
    was << a.rdbuf();
    is << b.rdbuf();
    EXPECT_EQ(was.str(), is.str()) << name;
    EXPECT_FALSE(is.str().empty());
  }
  EXPECT_EQ(with_passphrase("import"), 1) << "keys were overwritten";
  EXPECT_TRUE(Start()) << Log();
}

TEST_F(Alcoved, RefusesADayBeforeTheLastOne) {
  ASSERT_TRUE(Start()) << Log();
  EXPECT_EQ(server_->Terminate(), 0);
  std::ofstream(folder_ + "/world/data/day") << "2999-01-01\n";
  EXPECT_EQ(Command({"serve"}), 1);
  EXPECT_NE(out_.find("last used on 2999-01-01"), std::string::npos) << out_;
}

}  // namespace
}  // namespace alcove
