// A data directory with cases in it, for the tests of shredding: what was in it is known row by row, before and after.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "server/app/keys.h"
#include "server/app/shred.h"
#include "server/core/base/ports.h"
#include "server/core/cases/records.h"
#include "server/storage/store.h"
#include "tests/server/storage/raw_keys.h"

namespace alcove::app {

class GroundClock final : public base::Clock {
 public:
  base::Day Today() const override { return base::DayOf(now); }
  base::Instant Now() const override { return now; }
  std::chrono::milliseconds Elapsed() const override { return std::chrono::milliseconds(1000); }
  base::Instant now = base::StartOf(base::Day(20700)) + std::chrono::hours(3);
};

// Every row that core can read, decoded and encoded again, by table and row key: independent of any key on disk.
using Rows = std::map<std::pair<base::Table, std::string>, std::string>;

class Ground {
 public:
  struct Case {
    base::CaseId id;
    base::MailboxId mailbox;
    base::BlobId blob;  // of entry 1
  };

  // Makes folder/{data,keys} with so many cases: each a report, a message with an attachment, a note, leaves, members.
  static Ground Make(const std::filesystem::path& folder, int cases);
  // The same, of what is there: keys and rows are read, nothing is made.
  static Ground Found(const std::filesystem::path& folder);

  std::filesystem::path data() const { return folder_ / "data"; }
  std::filesystem::path keys() const { return folder_ / "keys"; }
  KeyPlaces places() const { return {keys(), std::nullopt}; }
  const std::vector<Case>& cases() const { return cases_; }
  const base::OrganisationId& organisation() const { return organisation_; }

  // All of it is to go; entry 1 of THREAD is to go.
  void Doom(const Case& one);
  void Redact(const Case& one);
  // Two cases stand behind one wall.
  void Link(const Case& one, const Case& other);

  storage::ServerKeys Keys() const;
  Rows Snapshot() const;
  // What `alcoved check` finds; empty when all is well.
  std::vector<std::string> Problems() const;
  void BackUp(const std::filesystem::path& target) const;
  // Every key that the key directory gives with the database as it is. `also`: a KEK that somebody kept.
  storage::RawKeys RemainingKeys() const;

  ShredWorld World(const std::filesystem::path& backup, base::Clock& clock,
                   storage::Take take = storage::Take::kDoomed) const;

 private:
  explicit Ground(std::filesystem::path folder) : folder_(std::move(folder)) {}
  void Commit(std::vector<base::Transaction> transactions);

  std::filesystem::path folder_;
  base::OrganisationId organisation_;
  std::vector<Case> cases_;
};

// What is wrong with `after`, where `gone` were to go, entry 1 of `redacted` was, and everything else was to stay byte for byte.
// Empty when all is as it should be.
std::vector<std::string> Compare(const Rows& before, const Rows& after, const std::vector<Ground::Case>& gone,
                                 const std::vector<Ground::Case>& redacted);

}  // namespace alcove::app
