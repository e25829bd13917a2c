#include "tests/bench/ideal/group_commit.h"

#include <iterator>
#include <utility>

namespace ideal {

GroupCommit::GroupCommit(rocksdb::DB& db, int committers, int finishers, std::size_t max_group_bytes)
    : db_(db), max_group_bytes_(max_group_bytes) {
  for (int i = 0; i < finishers; ++i) finishers_.emplace_back([this] { finish_loop(); });
  for (int i = 0; i < committers; ++i) committers_.emplace_back([this] { commit_loop(); });
}

GroupCommit::~GroupCommit() {
  {
    std::lock_guard lock(mu_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (auto& t : committers_) t.join();
  {
    std::lock_guard lock(finish_mu_);
    finish_stopping_ = true;
  }
  finish_wake_.notify_all();
  for (auto& t : finishers_) t.join();
}

void GroupCommit::submit(std::string key, std::string value, Done done) {
  bool first = false;
  {
    std::lock_guard lock(mu_);
    first = waiting_.empty();
    waiting_.push_back({std::move(key), std::move(value), std::move(done)});
  }
  if (first) wake_.notify_one();
}

GroupCommit::Stats GroupCommit::stats() const {
  std::lock_guard lock(mu_);
  return stats_;
}

void GroupCommit::complete(Group& group) {
  for (Item& item : group.items) item.done(group.ok, group.sequence);
}

void GroupCommit::commit_loop() {
  rocksdb::WriteOptions durable;
  durable.sync = true;
  rocksdb::WriteBatch batch;
  for (;;) {
    Group group;
    {
      std::unique_lock lock(mu_);
      wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty()) return;
      std::size_t bytes = 0;
      std::size_t n = 0;
      while (n < waiting_.size() && (n == 0 || bytes < max_group_bytes_)) bytes += waiting_[n++].value.size();
      if (n == waiting_.size()) {
        group.items.swap(waiting_);
      } else {
        const auto cut = waiting_.begin() + static_cast<std::ptrdiff_t>(n);
        group.items.assign(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(cut));
        waiting_.erase(waiting_.begin(), cut);
        wake_.notify_one();
      }
      ++stats_.groups;
      stats_.records += n;
    }
    batch.Clear();
    for (const Item& item : group.items) batch.Put(item.key, item.value);
    group.ok = db_.Write(durable, &batch).ok();
    group.sequence = db_.GetLatestSequenceNumber();
    if (finishers_.empty()) {
      complete(group);
      continue;
    }
    {
      std::lock_guard lock(finish_mu_);
      durable_.push_back(std::move(group));
    }
    finish_wake_.notify_one();
  }
}

void GroupCommit::finish_loop() {
  for (;;) {
    Group group;
    {
      std::unique_lock lock(finish_mu_);
      finish_wake_.wait(lock, [this] { return finish_stopping_ || !durable_.empty(); });
      if (durable_.empty()) return;
      group = std::move(durable_.front());
      durable_.pop_front();
    }
    complete(group);
  }
}

}  // namespace ideal
