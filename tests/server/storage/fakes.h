// What the tests of storage hand in for the world.
#pragma once

#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <utility>

#include "crypto/oprf.h"
#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/base/errors.h"
#include "server/core/base/ports.h"
#include "server/core/cases/records.h"
#include "server/storage/keys.h"
#include "server/storage/memory_store.h"
#include "server/storage/records.h"
#include "server/storage/rocks_store.h"
#include "server/storage/store.h"

namespace alcove::storage {

class FakeClock final : public base::Clock {
 public:
  base::Day Today() const override { return base::Day(20000); }
  base::Instant Now() const override { return base::StartOf(Today()); }
  std::chrono::milliseconds Elapsed() const override { return elapsed_.load(); }
  void Advance(std::chrono::milliseconds by) { elapsed_ = elapsed_.load() + by; }

 private:
  std::atomic<std::chrono::milliseconds> elapsed_{std::chrono::milliseconds(10000)};
};

class CountingSink final : public base::EventSink {
 public:
  void Record(base::Event event) override { ++counts_[static_cast<std::size_t>(event)]; }
  int Of(base::Event event) const { return counts_[static_cast<std::size_t>(event)]; }

 private:
  std::array<std::atomic<int>, base::kEventCount> counts_{};
};

// A fresh directory that ends with the test; one name a process, so that `ctest -j` runs many.
class TemporaryDirectory {
 public:
  TemporaryDirectory() {
    std::string pattern = ::testing::TempDir() + "/alcove-storage-XXXXXX";
    path_ = mkdtemp(pattern.data());
  }
  ~TemporaryDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  const std::string& path() const { return path_; }
  std::string operator/(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

// Passes everything on, and fails commits as told.
class FailingStore final : public RowStore {
 public:
  explicit FailingStore(std::unique_ptr<RowStore> under) : under_(std::move(under)) {}
  void FailWith(absl::Status status) { failure_ = std::move(status); }
  int resumes() const { return resumes_; }
  int looks() const { return looks_; }

  absl::StatusOr<bool> Get(std::string_view key, std::string* value) const override { return under_->Get(key, value); }
  absl::Status Versions(std::span<const std::string_view> keys,
                        std::vector<std::optional<base::RowVersion>>* versions) const override {
    ++looks_;
    for (const std::string_view key : keys)
      if (!unreadable.empty() && key.ends_with(unreadable)) return absl::DataLossError("a block is damaged");
    return under_->Versions(keys, versions);
  }
  absl::Status Scan(std::string_view prefix, std::string_view after, const Visit& visit) const override {
    return under_->Scan(prefix, after, visit);
  }
  absl::Status Commit(std::span<const RowWrite> writes, std::span<const RowExpectation> expectations) override {
    if (before_commit) before_commit();
    const absl::Status status = failure_.ok() ? under_->Commit(writes, expectations) : failure_;
    if (after_commit) after_commit();
    return status;
  }
  absl::Status Resume() override {
    ++resumes_;
    return failure_;
  }
  absl::Status Settle() override { return under_->Settle(); }
  absl::Status CopyTo(const std::string& directory) override { return under_->CopyTo(directory); }

  std::function<void()> before_commit;
  std::function<void()> after_commit;
  std::string unreadable;  // the end of a key that Versions cannot read

 private:
  std::unique_ptr<RowStore> under_;
  absl::Status failure_;
  std::atomic<int> resumes_{0};
  mutable std::atomic<int> looks_{0};
};

inline ServerKeys DrawServerKeys() {
  return {crypto::SymmetricKey::Draw(crypto::SystemRandom()), crypto::SigningKey::Draw(crypto::SystemRandom()),
          crypto::OprfKey::Draw(crypto::SystemRandom())};
}

template <class Id>
Id Draw() {
  return *Id::FromBytes(crypto::SystemRandom().Draw(Id::kSize));
}

// Waits for what becomes of a transaction.
inline absl::Status CommitAndWait(base::Committer& committer, base::Transaction transaction) {
  auto told = std::make_shared<std::promise<absl::Status>>();
  std::future<absl::Status> verdict = told->get_future();
  committer.Commit(std::move(transaction), [told](absl::Status status) { told->set_value(std::move(status)); });
  return verdict.get();
}

inline cases::Mailbox SomeMailbox() {
  cases::Mailbox mailbox;
  mailbox.id = Draw<base::MailboxId>();
  mailbox.case_id = Draw<base::CaseId>();
  mailbox.verify_key = Draw<crypto::VerifyKey>();
  return mailbox;
}

// A case with its mailbox and one entry that holds `text`.
inline base::Transaction FilingOf(const base::CaseId& id, const std::string& text) {
  base::Transaction transaction;
  cases::Mailbox mailbox = SomeMailbox();
  mailbox.case_id = id;
  cases::Case record;
  record.id = id;
  record.mailbox = mailbox.id;
  record.desk = text;
  record.thread.length = 1;
  cases::Entry entry;
  entry.case_id = id;
  entry.envelope = text;
  transaction.changes.Insert(std::move(record));
  transaction.changes.Insert(std::move(mailbox));
  transaction.changes.Insert(std::move(entry));
  return transaction;
}

inline base::Transaction WithLeaf(base::Transaction transaction, bool wants_promise = false) {
  transaction.leaves.push_back({Draw<crypto::Digest>(), wants_promise});
  return transaction;
}

inline OpenRows RocksOpener() {
  return [](const std::string& directory, bool read_only) {
    RocksOptions options;
    options.directory = directory;
    options.read_only = read_only;
    options.reserve_bytes = 0;
    return OpenRocksStore(options);
  };
}

inline absl::StatusOr<std::unique_ptr<RowStore>> CreateRocks(const std::string& directory) {
  RocksOptions options;
  options.directory = directory;
  options.create = true;
  options.reserve_bytes = 0;
  return OpenRocksStore(options);
}

}  // namespace alcove::storage
