#include "server/storage/rocks_store.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <fstream>
#include <string_view>
#include <thread>

#include "server/core/base/errors.h"
#include "tests/server/storage/fakes.h"

// These two stand before the C library's, for RocksDB too. A short host name would be found by chance in any file.
static constexpr std::string_view kHost = "a-host-whose-name-no-file-holds";
extern "C" int gethostname(char* name, std::size_t size) noexcept {
  if (size <= kHost.size()) return -1;
  kHost.copy(name, kHost.size());
  name[kHost.size()] = 0;
  return 0;
}
static std::atomic<bool> no_room_to_sync = false;
extern "C" int fdatasync(int file) {
  if (!no_room_to_sync) return static_cast<int>(syscall(SYS_fdatasync, file));
  errno = ENOSPC;
  return -1;
}

namespace alcove::storage {
namespace {

std::string ValueOf(int number, std::size_t size = 64) {
  return std::string(16, static_cast<char>('a' + number % 26)).append(size, 'v');
}

absl::Status Put(RowStore& rows, int number, std::size_t size = 64) {
  const std::string key = "key" + std::to_string(number);
  const std::string value = ValueOf(number, size);
  const RowWrite write{key, value};
  return rows.Commit({&write, 1}, {});
}

std::string NewestFile(const std::string& directory, const std::string& extension) {
  std::string newest;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    if (entry.path().extension() == extension && entry.path().string() > newest) newest = entry.path().string();
  return newest;
}

TEST(RocksStore, TheDirectoryIsForItsOwnerOnly) {
  const TemporaryDirectory directory;
  ASSERT_TRUE(CreateRocks(directory / "db").ok());
  struct stat status = {};
  ASSERT_EQ(stat((directory / "db").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
}

TEST(RocksStore, ACreatedStoreIsNotCreatedAgainAndAMissingOneIsNotMade) {
  const TemporaryDirectory directory;
  EXPECT_EQ(RocksOpener()(directory / "db", false).status().code(), absl::StatusCode::kNotFound);
  EXPECT_FALSE(std::filesystem::exists(directory / "db"));
  ASSERT_TRUE(CreateRocks(directory / "db").ok());
  EXPECT_EQ(CreateRocks(directory / "db").status().code(), absl::StatusCode::kAlreadyExists);
  EXPECT_TRUE(RocksOpener()(directory / "db", false).ok());
}

TEST(RocksStore, TwoProcessesCannotHaveItOpen) {
  const TemporaryDirectory directory;
  const auto first = CreateRocks(directory / "db");
  ASSERT_TRUE(first.ok());
  const auto second = RocksOpener()(directory / "db", false);
  EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
}

TEST(RocksStore, KeepsRowsAcrossAReopenAndWritesNoLogOfItsOwn) {
  const TemporaryDirectory directory;
  {
    const auto rows = CreateRocks(directory / "db");
    ASSERT_TRUE(rows.ok());
    for (int i = 0; i < 100; ++i) ASSERT_TRUE(Put(**rows, i).ok());
    ASSERT_TRUE((*rows)->Settle().ok());
  }
  const auto rows = RocksOpener()(directory / "db", false);
  ASSERT_TRUE(rows.ok());
  std::string value;
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(*(*rows)->Get("key" + std::to_string(i), &value));
    EXPECT_EQ(value, ValueOf(i));
  }
  EXPECT_FALSE(std::filesystem::exists(directory / "db/LOG"));
  for (const auto& entry : std::filesystem::directory_iterator(directory / "db")) {
    std::ifstream in(entry.path(), std::ios::binary);
    const std::string bytes((std::istreambuf_iterator<char>(in)), {});
    EXPECT_EQ(bytes.find(kHost), std::string::npos) << entry.path();
  }
}

TEST(RocksStore, ReadingOnlyRefusesCommits) {
  const TemporaryDirectory directory;
  {
    const auto rows = CreateRocks(directory / "db");
    ASSERT_TRUE(Put(**rows, 1).ok());
  }
  const auto rows = RocksOpener()(directory / "db", true);
  ASSERT_TRUE(rows.ok());
  std::string value;
  EXPECT_TRUE(*(*rows)->Get("key1", &value));
  EXPECT_FALSE(Put(**rows, 2).ok());
}

TEST(RocksStore, AFlippedBitInTheLogIsRefusedAndNotDropped) {
  const TemporaryDirectory directory;
  {
    const auto rows = CreateRocks(directory / "db");
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(Put(**rows, i, 2000).ok());
  }
  const std::string log = NewestFile(directory / "db", ".log");
  ASSERT_FALSE(log.empty());
  const auto flip = [&] {
    std::fstream file(log, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(20000);
    const int byte = file.get();
    file.seekp(20000);
    file.put(static_cast<char>(byte ^ 1));
  };
  flip();
  EXPECT_EQ(RocksOpener()(directory / "db", false).status().code(), absl::StatusCode::kDataLoss);
  flip();  // control: the same file as it was
  EXPECT_TRUE(RocksOpener()(directory / "db", false).ok());
}

TEST(RocksStore, AScanThatMeetsADamagedBlockIsNoShorterScan) {
  const TemporaryDirectory directory;
  const auto key = [](base::Table table, int id, std::string_view rest = {}) {
    return std::string(1, static_cast<char>(table)).append(12, '\0').append(std::to_string(1000 + id)).append(rest);
  };
  const std::string first(5, '\0');
  const std::string value(2000, 'v');
  const std::string last = key(base::Table::kEntry, 999, first);
  {
    const auto rows = CreateRocks(directory / "db");
    for (int id = 0; id < 200; ++id) {
      const std::string entry = key(base::Table::kEntry, id, first);
      const RowWrite write{entry, value};
      ASSERT_TRUE((*rows)->Commit({&write, 1}, {}).ok());
    }
    ASSERT_TRUE((*rows)->Settle().ok());
    const std::string case_key = key(base::Table::kCaseKey, 999);
    const std::string record = key(base::Table::kCase, 999);
    const std::vector<RowWrite> newborn = {{case_key, value}, {record, value}, {last, value}};
    ASSERT_TRUE((*rows)->Commit(newborn, {}).ok());
  }
  // As a caller who wants one page, the last row of it the newborn's.
  const auto scan = [&](int* seen) {
    const auto rows = RocksOpener()(directory / "db", true);
    return (*rows)->Scan(std::string(1, static_cast<char>(base::Table::kEntry)), {}, [&](std::string_view entry, std::string_view) {
      ++*seen;
      return entry != last;
    });
  };
  int seen = 0;
  EXPECT_TRUE(scan(&seen).ok()) << "the control";
  EXPECT_EQ(seen, 201);
  std::string file;
  for (const auto& entry : std::filesystem::directory_iterator(directory / "db"))
    if (entry.path().extension() == ".sst" && entry.file_size() > 200000) file = entry.path().string();
  ASSERT_FALSE(file.empty());
  std::fstream bytes(file, std::ios::in | std::ios::out | std::ios::binary);
  bytes.seekp(200000);
  bytes.put('x');
  bytes.close();
  seen = 0;
  EXPECT_TRUE(absl::IsDataLoss(scan(&seen)));
  EXPECT_LT(seen, 200);
}

TEST(RocksStore, AMissingFileIsNamedAsMissing) {
  const TemporaryDirectory directory;
  {
    const auto rows = CreateRocks(directory / "db");
    for (int i = 0; i < 50; ++i) ASSERT_TRUE(Put(**rows, i).ok());
    ASSERT_TRUE((*rows)->Settle().ok());
  }
  const std::string table = NewestFile(directory / "db", ".sst");
  ASSERT_FALSE(table.empty());
  std::filesystem::rename(table, table + ".away");
  EXPECT_EQ(RocksOpener()(directory / "db", false).status().code(), absl::StatusCode::kDataLoss);
  std::filesystem::rename(table + ".away", table);
  EXPECT_TRUE(RocksOpener()(directory / "db", false).ok());
}

// A device of 24 MiB, for root. The mount lives in this process's directory only.
class SmallDevice {
 public:
  explicit SmallDevice(const std::string& path) : path_(path) {
    mkdir(path.c_str(), 0700);
    mounted_ = mount("tmpfs", path.c_str(), "tmpfs", 0, "size=24m,mode=0700") == 0;
  }
  ~SmallDevice() {
    if (mounted_) umount2(path_.c_str(), MNT_DETACH);
  }
  bool mounted() const { return mounted_; }

 private:
  std::string path_;
  bool mounted_;
};

void TakeAllRoom(const std::string& path) {
  std::ofstream file(path, std::ios::binary);
  const std::string block(4096, 'b');
  while (file << block << std::flush) continue;
}

class FullDevice : public ::testing::TestWithParam<std::uint64_t> {};

TEST_P(FullDevice, RefusesWritesLosesNothingAndGoesOnWhenThereIsRoom) {
  const TemporaryDirectory directory;
  const SmallDevice device(directory / "device");
  if (!device.mounted()) GTEST_SKIP() << "needs root: a small tmpfs stands for the full disk";
  const std::string ballast = directory / "device/ballast";
  {
    std::ofstream file(ballast, std::ios::binary);
    file << std::string(std::size_t{8} << 20, 'b');
  }
  RocksOptions options;
  options.directory = directory / "device/db";
  options.create = true;
  options.reserve_bytes = GetParam();
  options.write_buffer_bytes = std::size_t{4} << 20;
  int acknowledged = 0;
  int after = 0;
  {
    const auto rows = OpenRocksStore(options);
    ASSERT_TRUE(rows.ok()) << rows.status();
    absl::Status status;
    while (acknowledged < 2000 && (status = Put(**rows, acknowledged, 30000)).ok()) ++acknowledged;
    ASSERT_EQ(base::ReasonOf(status), base::Reason::kStoreFull) << status;
    ASSERT_GT(acknowledged, 50);

    std::string value;  // reads go on
    for (int i = 0; i < acknowledged; ++i) ASSERT_TRUE(*(*rows)->Get("key" + std::to_string(i), &value)) << i;
    EXPECT_EQ(base::ReasonOf(Put(**rows, 5000)), base::Reason::kStoreFull);
    const std::string rest = directory / "device/rest";  // what a file half written had taken is free again
    TakeAllRoom(rest);
    EXPECT_EQ(base::ReasonOf((*rows)->Resume()), base::Reason::kStoreFull);

    std::filesystem::remove(ballast);
    std::filesystem::remove(rest);
    const absl::Status resumed = (*rows)->Resume();
    ASSERT_TRUE(resumed.ok()) << resumed;
    // A merge under way may take the room once more: the writer is told so, makes sure of room and asks again, as the Journal does.
    for (int refused = 0; after < 20;) {
      status = Put(**rows, acknowledged + after, 3000);
      if (status.ok()) {
        ++after;
        continue;
      }
      ASSERT_EQ(base::ReasonOf(status), base::Reason::kStoreFull) << status;
      ASSERT_LT(++refused, 50) << "there is room, and it does not go on";
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
      (*rows)->Resume().IgnoreError();
    }
  }
  options.create = false;
  const auto rows = OpenRocksStore(options);
  ASSERT_TRUE(rows.ok()) << rows.status();
  std::string value;
  for (int i = 0; i < acknowledged + after; ++i) {
    ASSERT_TRUE(*(*rows)->Get("key" + std::to_string(i), &value)) << i;
    EXPECT_EQ(value, ValueOf(i, i < acknowledged ? 30000 : 3000));
  }
  EXPECT_FALSE(*(*rows)->Get("key5000", &value));
}

// RocksDB's own way to go on keeps the broken log when no row waits for a file.
TEST(RocksStore, GoesOnAfterAFullDeviceAlsoWhenNoRowWaitedForAFile) {
  const TemporaryDirectory directory;
  const SmallDevice device(directory / "device");
  if (!device.mounted()) GTEST_SKIP() << "needs root: a small tmpfs stands for the full disk";
  RocksOptions options;
  options.directory = directory / "device/db";
  options.create = true;
  options.reserve_bytes = 0;
  options.write_buffer_bytes = std::size_t{4} << 20;
  const auto rows = OpenRocksStore(options);
  ASSERT_TRUE(rows.ok()) << rows.status();
  ASSERT_TRUE(Put(**rows, 1).ok());
  ASSERT_TRUE((*rows)->Settle().ok());
  const std::string ballast = directory / "device/ballast";
  TakeAllRoom(ballast);
  ASSERT_EQ(base::ReasonOf(Put(**rows, 2, 200000)), base::Reason::kStoreFull);
  ASSERT_EQ(base::ReasonOf((*rows)->Resume()), base::Reason::kStoreFull);
  std::string value;
  EXPECT_TRUE(*(*rows)->Get("key1", &value));
  std::filesystem::remove(ballast);
  const absl::Status resumed = (*rows)->Resume();
  ASSERT_TRUE(resumed.ok()) << resumed;
  EXPECT_FALSE(*(*rows)->Get("key2", &value));
  ASSERT_TRUE(Put(**rows, 3).ok());
  EXPECT_TRUE(*(*rows)->Get("key3", &value));
  EXPECT_TRUE(*(*rows)->Get("key1", &value));
}

// A device may find out only when it syncs that it has no room; the row is in the log by then. The test before this one is
// the control: where the row did not reach the log, service goes on.
TEST(RocksStore, WhatWasRefusedBecauseTheDeviceHadNoRoomToSyncIsNotServed) {
  const TemporaryDirectory directory;
  const auto rows = CreateRocks(directory / "db");
  ASSERT_TRUE(Put(**rows, 1).ok());
  no_room_to_sync = true;
  const absl::Status refused = Put(**rows, 2);
  no_room_to_sync = false;
  ASSERT_EQ(base::ReasonOf(refused), base::Reason::kStoreFull) << refused;
  EXPECT_EQ(base::ReasonOf((*rows)->Resume()), base::Reason::kStoreFailed);
  std::string value;
  EXPECT_FALSE((*rows)->Get("key2", &value).ok());
  EXPECT_EQ(base::ReasonOf(Put(**rows, 3)), base::Reason::kStoreFailed);
}

// 0 lets RocksDB itself run into the end of the device; the other stops before.
INSTANTIATE_TEST_SUITE_P(Reserve, FullDevice, ::testing::Values(0, std::uint64_t{4} << 20),
                         [](const auto& made) { return made.param == 0 ? "None" : "FourMiB"; });

}  // namespace
}  // namespace alcove::storage
