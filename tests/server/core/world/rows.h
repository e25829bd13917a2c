// Rows in a map, and the Journal's work on them done the simple way: expectations, leaves, stamp, rows. One thread.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "crypto/random.h"
#include "crypto/secret.h"
#include "server/core/base/changes.h"
#include "server/core/base/errors.h"
#include "server/core/base/ids.h"
#include "server/core/base/reader.h"
#include "server/core/ledger/tree.h"

namespace alcove::world {

class Rows final : public base::Reader {
 public:
  // Both outlive the rows.
  Rows(crypto::Random& random, const crypto::SigningKey& log_key) : random_(random), log_key_(log_key) {}

  absl::StatusOr<std::optional<Row>> GetRow(base::Table table, std::string_view key) const override;
  absl::Status ScanRows(base::Table table, std::string_view prefix, std::string_view after, std::size_t limit,
                        const std::function<bool(Row)>& visit) const override;
  std::int64_t CountOf(base::Counter counter, std::string_view name) const override;

  // Contended, with nothing written, when an expectation does not hold.
  template <class Answer>
  absl::Status Commit(base::Outcome<Answer>& outcome, const base::OrganisationId& organisation, base::Day day) {
    return Commit(outcome.changes, outcome.leaves, organisation, day, [&](const base::Stamps& stamps) {
      if (outcome.stamp) outcome.stamp(stamps, outcome.answer, outcome.changes);
    });
  }
  absl::Status Commit(base::ChangeSet& changes, const std::vector<base::LeafDraft>& leaves,
                      const base::OrganisationId& organisation, base::Day day,
                      const std::function<void(const base::Stamps&)>& stamp);

  // A whole transaction, padding included: what storage's Journal takes.
  absl::Status Commit(base::Transaction& transaction, const base::OrganisationId& organisation, base::Day day);

  // Adds to a counter without a transaction.
  void Count(base::Counter, const std::string& name, std::int64_t delta) { counts_[name] += delta; }

  // A planted fault for controls: commits look at no expectation.
  void BeCareless(bool careless) { careless_ = careless; }

  // All that the rows are at this moment, and back to it: a test tries many things from one point. Going back draws no
  // randomness; rows that were read before are as they were, versions included.
  struct Moment;
  std::shared_ptr<const Moment> Keep() const;
  void Return(const Moment& moment);

  // How many leaves the ledger has, and how many rows there are: what "nothing was kept" is measured by.
  std::uint64_t leaves() const { return frontier_.size(); }
  std::size_t size() const { return rows_.size(); }
  std::uint64_t reads() const { return reads_; }

  // Changes a row behind everybody's back.
  template <base::StoredRecord R>
  void Put(R record) {
    base::ChangeSet changes;
    changes.Put(std::move(record));
    Apply(changes);
  }

 private:
  struct Stored {
    std::shared_ptr<const base::Record> record;
    base::RowVersion version;
  };
  void Apply(const base::ChangeSet& changes);
  absl::Status Commit(base::ChangeSet& changes, const std::vector<base::LeafDraft>& leaves,
                      const base::OrganisationId& organisation, base::Day day, std::uint32_t pad_to_multiple_of,
                      const std::function<void(const base::Stamps&)>& stamp);

  crypto::Random& random_;
  const crypto::SigningKey& log_key_;
  ledger::Frontier frontier_;
  std::map<std::pair<base::Table, std::string>, Stored> rows_;
  std::map<std::string, std::int64_t> counts_;
  mutable std::uint64_t reads_ = 0;
  bool careless_ = false;
};

struct Rows::Moment {
  ledger::Frontier frontier;
  std::map<std::pair<base::Table, std::string>, Stored> rows;
  std::map<std::string, std::int64_t> counts;
};

}  // namespace alcove::world
