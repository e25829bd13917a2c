// Every key that can be replaced is replaced, one after another, while reports come in: nobody who files is turned away for
// good, everything stays readable, and what the old keys could do they can do no more.
//
// The tag key is not among them: names are recognised by it, so it has no successor (server/app/DESIGN.md). Root keys: act `keys`.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <shared_mutex>
#include <thread>

#include "alcove/v1/ledger_service.grpc.pb.h"
#include "crypto/format/checkpoint.h"
#include "crypto/format/grant.h"
#include "crypto/random.h"
#include "server/storage/rocks_store.h"
#include "server/storage/store.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

namespace fs = std::filesystem;

class KeyDrill : public Scene {
 protected:
  ~KeyDrill() override { StopFiling(); }

  // Files one report after another until it is told to end. A server that is away for a moment, or a plan that a new directory
  // overtook, is asked again, as the reporter's client does.
  void FileOn(int clerk) {
    for (int number = 0; !ending_; ++number) {
      const std::string words = "Clerk " + std::to_string(clerk) + ", report " + std::to_string(number) + ".";
      const auto give_up = std::chrono::steady_clock::now() + std::chrono::seconds(60);
      absl::Status last;
      bool filed = false;
      while (!filed && std::chrono::steady_clock::now() < give_up) {
        last = FileOnce(words);
        filed = last.ok();
        if (!filed) std::this_thread::sleep_for(std::chrono::milliseconds(50));
        if (!filed && !IsAway(last) && !absl::IsFailedPrecondition(last)) break;
      }
      if (!filed) {
        const std::lock_guard lock(mutex_);
        failures_.push_back(last.ToString());
      }
    }
  }
  // As the client sees it (client/lib/errors.cc).
  static bool IsAway(const absl::Status& status) { return absl::IsUnavailable(status) || absl::IsCancelled(status); }
  absl::Status FileOnce(const std::string& words) {
    support::Reporter reporter(world(), world().Connect());
    std::optional<support::Filing> filing;
    {
      const std::shared_lock lock(world_mutex_);  // the test changes its directory meanwhile
      absl::StatusOr<support::Filing> prepared = reporter.Prepare(words);
      if (!prepared.ok()) return prepared.status();
      filing = *std::move(prepared);
    }
    // An answer that is lost with the process is asked for again: the same bytes, so at most one report.
    absl::Status status;
    for (int attempt = 0; attempt < 400; ++attempt) {
      status = reporter.Submit(filing->request).status();
      if (!IsAway(status)) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    if (!status.ok()) return status;
    const std::lock_guard lock(mutex_);
    filed_.push_back(*std::move(filing));
    return absl::OkStatus();
  }
  void StartFiling() {
    for (int clerk = 0; clerk < 2; ++clerk) clerks_.emplace_back([this, clerk] { FileOn(clerk); });
  }
  void StopFiling() {
    ending_ = true;
    for (std::thread& clerk : clerks_) clerk.join();
    clerks_.clear();
  }
  std::size_t Filed() {
    const std::lock_guard lock(mutex_);
    return filed_.size();
  }
  // So many more reports came in.
  void AwaitReports(std::size_t more) {
    const std::size_t want = Filed() + more;
    for (int i = 0; i < 600 && Filed() < want; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    ASSERT_GE(Filed(), want) << Log();
  }
  void Publish(const std::function<void(format::Directory&)>& change) {
    const std::unique_lock lock(world_mutex_);
    stage().PublishNext(change);
  }
  // The store opens under this key.
  bool Opens(const crypto::SymmetricKey& kek) {
    storage::RocksOptions options;
    options.directory = storage::DatabaseIn(data());
    options.read_only = true;
    const auto rows = storage::OpenRocksStore(options);
    EXPECT_TRUE(rows.ok()) << rows.status();
    return rows.ok() && storage::Vault::Open(**rows, kek, crypto::SystemRandom()).ok();
  }
  int Command(std::vector<std::string> words) {
    words.insert(words.begin(), ALCOVED);
    words.insert(words.end(), {"--config", world().configuration_path()});
    return support::Run(words, folder() + "/out");
  }
  bool StartAgain() { return server_->Start(world().options().port); }
  bool Stop() { return server_->Terminate() == 0; }
  std::string Key(const std::string& name) const { return folder() + "/world/keys/" + name; }
  // The newest checkpoint as anybody gets it carries a signature of this key.
  bool IsSignedWith(const crypto::SigningKey& key) {
    const auto ledger = v1::LedgerService::NewStub(world().Connect());
    v1::GetCheckpointResponse response;
    EXPECT_EQ(Ask(*ledger, &v1::LedgerService::Stub::GetCheckpoint, {}, "", &response).reason, "OK");
    return format::VerifyCheckpoint(response.note(), world().organisation().id, key.verify_key()).ok();
  }

  std::mutex mutex_;
  std::shared_mutex world_mutex_;
  std::vector<support::Filing> filed_;
  std::vector<std::string> failures_;
  std::atomic<bool> ending_{false};
  std::vector<std::thread> clerks_;
};

TEST_F(KeyDrill, ReplacesEveryKeyUnderLoadWithoutLosingAReportOrTurningAReporterAway) {
  ASSERT_NO_FATAL_FAILURE(Start());
  StartFiling();
  ASSERT_NO_FATAL_FAILURE(AwaitReports(3));

  // The key that seals every row.
  const storage::ServerKeys old = Keys();
  ASSERT_TRUE(Stop()) << Log();
  ASSERT_EQ(Command({"keys", "rotate", "--backup", folder() + "/backup"}), 0);
  ASSERT_TRUE(StartAgain()) << Log();
  ASSERT_NO_FATAL_FAILURE(AwaitReports(3));
  EXPECT_NE(Keys().kek.expose(), old.kek.expose());

  // The key that signs the ledger: both sign, the directory names the new one, the old one leaves.
  ASSERT_EQ(Command({"keys", "next-log"}), 0);
  ASSERT_TRUE(Stop() && StartAgain()) << Log();
  const storage::ServerKeys both = Keys();
  ASSERT_TRUE(both.next_log_key);
  EXPECT_TRUE(IsSignedWith(old.log_key) && IsSignedWith(*both.next_log_key));
  Publish([&](format::Directory& directory) { directory.log_key = both.next_log_key->verify_key(); });
  ASSERT_NO_FATAL_FAILURE(AwaitReports(3));
  ASSERT_TRUE(Stop()) << Log();
  fs::rename(Key("log.key"), folder() + "/old.key");
  fs::rename(Key("log.next.key"), Key("log.key"));
  ASSERT_TRUE(StartAgain()) << Log();
  ASSERT_NO_FATAL_FAILURE(AwaitReports(3));

  // The keys of everybody on the desk: old and new listed together, then the new alone.
  std::map<std::string, support::World::Machine> fresh;
  for (const char* slug : {"investigator-a", "investigator-b"}) fresh.emplace(slug, stage().DrawMachine());
  Publish([&](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (fresh.contains(person.slug)) person.devices.push_back(fresh.at(person.slug).device());
  });
  ASSERT_NO_FATAL_FAILURE(AwaitReports(3));
  Publish([&](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (fresh.contains(person.slug)) person.devices = {fresh.at(person.slug).device()};
  });
  const std::size_t before_last = Filed();
  ASSERT_NO_FATAL_FAILURE(AwaitReports(3));
  StopFiling();

  EXPECT_TRUE(failures_.empty()) << failures_.size() << " were turned away, the first: " << failures_.front();
  support::Reporter returned(world(), world().Connect());
  for (const support::Filing& filing : filed_) {
    const auto narrative = returned.ReadBack(filing, support::Reporter::Readers::kChanged);
    ASSERT_TRUE(narrative.ok()) << narrative.status();
    EXPECT_EQ(*narrative, filing.narrative);
  }
  // Whoever has the old machine of somebody on the desk is nobody, and nothing filed since is wrapped to it.
  for (const auto& [slug, machine] : fresh) {
    EXPECT_FALSE(support::SignIn(channel_, world().organisation().id, world().directory().log_key, format::StaffName(slug),
                                 world().SigningKeyOf(slug)).ok());
    EXPECT_TRUE(support::SignIn(channel_, world().organisation().id, world().directory().log_key, format::StaffName(slug),
                                machine.signing).ok()) << "control";
    const crypto::KeyId gone = crypto::KeyIdOf(world().DecryptionKeyOf(slug).encryption_key());
    for (std::size_t i = before_last + 2; i < filed_.size(); ++i)  // two were under way
      for (const std::string& grant : filed_[i].request.entry().epoch().grants())
        EXPECT_NE(format::ParseGrant(grant)->recipient, gone);
  }
  EXPECT_TRUE(IsSignedWith(*both.next_log_key));
  ASSERT_TRUE(Stop()) << Log();
  EXPECT_EQ(Command({"check"}), 0);
  fs::rename(Key("log.key"), folder() + "/new.key");
  fs::rename(folder() + "/old.key", Key("log.key"));
  EXPECT_EQ(Command({"serve"}), 1) << "nothing is signed with the old log key any more";
  fs::rename(folder() + "/new.key", Key("log.key"));
  EXPECT_TRUE(Opens(Keys().kek)) << "control";
  EXPECT_FALSE(Opens(old.kek)) << "the old key opens nothing";
}

}  // namespace
}  // namespace alcove::promises
