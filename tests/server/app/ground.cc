#include "tests/server/app/ground.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <future>
#include <iostream>
#include <utility>

#include "crypto/format/approval.h"
#include "crypto/format/envelope.h"
#include "crypto/format/leaf.h"
#include "server/app/init.h"
#include "server/core/approvals/records.h"
#include "server/core/cases/approval.h"
#include "server/core/cases/doomed.h"
#include "server/core/ledger/draft.h"
#include "server/storage/backup.h"
#include "server/storage/check.h"
#include "server/storage/codec.h"
#include "server/storage/records.h"
#include "server/storage/rocks_store.h"

namespace alcove::app {
namespace {

using base::Table;

template <class T>
T Must(absl::StatusOr<T> value) {
  if (!value.ok()) {
    std::cerr << value.status() << "\n";
    std::abort();
  }
  return *std::move(value);
}
void Must(const absl::Status& status) {
  if (status.ok()) return;
  std::cerr << status << "\n";
  std::abort();
}

template <class Id>
Id Draw() {
  return *Id::FromBytes(crypto::SystemRandom().Draw(Id::kSize));
}

class SilentSink final : public base::EventSink {
 public:
  void Record(base::Event) override {}
};

base::StaffSlug Slug(const char* text) { return *base::StaffSlug::Parse(text); }

base::Transaction Filing(const base::OrganisationId& organisation, const Ground::Case& one) {
  base::Transaction filing;
  base::ChangeSet& changes = filing.changes;
  cases::Case record;
  record.id = one.id;
  record.mailbox = one.mailbox;
  record.desk = "intake";
  record.assignee = Slug("amira");
  record.thread.length = 2;
  record.team.length = 1;
  ledger::CaseChain chain;
  for (const format::LeafKind kind : {format::LeafKind::kCaseClaimed, format::LeafKind::kHistoryRead}) {
    ledger::OpenLeaf leaf = ledger::DraftCaseLeaf(organisation, one.id, chain, ledger::Act::OfReporter(kind, base::Day(20600)),
                                                  crypto::SystemRandom());
    filing.leaves.push_back(leaf.draft);
    cases::CaseLeaf row;
    row.case_id = one.id;
    row.number = chain.count;
    row.head = chain.head;
    row.content = leaf.content;
    row.salt = leaf.salt;
    changes.Put(std::move(row));
  }
  record.leaf_count = chain.count;
  record.leaf_head = chain.head;
  record.leaf_day = base::Day(20600);
  changes.Insert(std::move(record));

  cases::Mailbox mailbox;
  mailbox.id = one.mailbox;
  mailbox.case_id = one.id;
  mailbox.verify_key = Draw<crypto::VerifyKey>();
  changes.Put(std::move(mailbox));
  const auto entry = [&](format::Keyring keyring, std::uint32_t sequence, format::EntryKind kind) {
    cases::Entry row;
    row.case_id = one.id;
    row.keyring = keyring;
    row.sequence = sequence;
    row.id = Draw<base::EntryId>();
    row.kind = kind;
    row.envelope = crypto::SystemRandom().Draw(5000);
    if (sequence == 1) row.blobs = {{one.blob, 131072 + 100}};
    changes.Put(std::move(row));
  };
  entry(format::Keyring::kThread, 0, format::EntryKind::kReport);
  entry(format::Keyring::kThread, 1, format::EntryKind::kMessage);
  entry(format::Keyring::kTeam, 0, format::EntryKind::kNote);
  cases::Blob blob;
  blob.id = one.blob;
  blob.case_id = one.id;
  blob.sequence = 1;
  blob.size = blob.received = 131072 + 100;
  for (std::uint32_t part = 0; part < 2; ++part) {
    cases::BlobPart row;
    row.case_id = one.id;
    row.blob = one.blob;
    row.part = part;
    row.data = crypto::SystemRandom().Draw(part == 0 ? 131072 : 100);
    changes.Put(std::move(row));
  }
  changes.Put(std::move(blob));
  for (const char* slug : {"amira", "bjorn"}) {
    cases::Membership member;
    member.staff = Slug(slug);
    member.case_id = one.id;
    changes.Put(std::move(member));
  }
  cases::Identity identity;
  identity.case_id = one.id;
  identity.sealed = crypto::SystemRandom().Draw(300);
  changes.Put(std::move(identity));
  format::ApprovalTerms terms;
  terms.kind = format::ApprovalKind::kCloseCase;
  terms.organisation = organisation;
  terms.case_id = one.id;
  terms.approval = Draw<base::ApprovalId>();
  terms.day = base::Day(20600);
  terms.code = "finding_made";
  const auto decider = crypto::DecryptionKey::Draw(crypto::SystemRandom());
  cases::Approval approval;
  approval.case_id = one.id;
  approval.id = terms.approval;
  approval.requester = Slug("amira");
  approval.kind = terms.kind;
  approval.code = terms.code;
  approval.request = Must(format::SealApprovalRequest(terms, std::array{decider.encryption_key()}, "It is over.",
                                                      crypto::SigningKey::Draw(crypto::SystemRandom()), crypto::SystemRandom()));
  for (const char* slug : {"amira", "ada"}) {
    approvals::Party party;
    party.staff = Slug(slug);
    party.approval = approval.id;
    party.case_id = one.id;
    changes.Put(std::move(party));
  }
  changes.Put(std::move(approval));
  cases::Request request;
  request.key_hash = Draw<crypto::Digest>();
  request.day = base::Day(20700);
  changes.Put(std::move(request));
  return filing;
}

}  // namespace

Ground Ground::Make(const std::filesystem::path& folder, int cases) {
  std::filesystem::create_directories(folder);
  Ground ground(folder);
  ground.organisation_ = Draw<base::OrganisationId>();
  const storage::ServerKeys keys = Must(MakeKeys(ground.keys(), ground.organisation_, crypto::SystemRandom()));
  std::filesystem::create_directory(ground.data());
  std::filesystem::permissions(ground.data(), std::filesystem::perms::owner_all);
  {
    storage::RocksOptions options;
    options.directory = storage::DatabaseIn(ground.data().string());
    options.create = true;
    const auto rows = Must(storage::OpenRocksStore(options));
    Must(storage::CreateStore(*rows, ground.data().string(), keys.kek, ground.organisation_, crypto::SystemRandom()));
  }
  std::vector<base::Transaction> filings;
  for (int i = 0; i < cases; ++i) {
    ground.cases_.push_back({Draw<base::CaseId>(), Draw<base::MailboxId>(), Draw<base::BlobId>()});
    filings.push_back(Filing(ground.organisation_, ground.cases_.back()));
  }
  ground.Commit(std::move(filings));
  return ground;
}

Ground Ground::Found(const std::filesystem::path& folder) {
  Ground ground(folder);
  for (const auto& [key, bytes] : ground.Snapshot()) {
    if (key.first != Table::kMailbox) continue;
    const auto record = storage::CodecOf(Table::kMailbox)->decode(bytes);
    const auto& mailbox = static_cast<const cases::Mailbox&>(*record);
    ground.cases_.push_back({mailbox.case_id, mailbox.id, {}});
  }
  return ground;
}

storage::ServerKeys Ground::Keys() const { return Must(ReadKeys(places())); }

void Ground::Commit(std::vector<base::Transaction> transactions) {
  const storage::ServerKeys keys = Keys();
  GroundClock clock;
  SilentSink events;
  const auto store = Must(storage::Store::Open(Must(OpenRows(storage::DatabaseIn(data().string()), false)), data().string(),
                                               {keys, clock, events, crypto::SystemRandom(), {}, {}, {}}));
  for (base::Transaction& transaction : transactions) {
    std::promise<absl::Status> told;
    store->committer().Commit(std::move(transaction), [&told](absl::Status status) { told.set_value(std::move(status)); });
    Must(told.get_future().get());
  }
}

namespace {

base::Transaction Dooming(const cases::Doomed& doomed) {
  base::Transaction transaction;
  transaction.changes.Put(doomed);
  return transaction;
}

}  // namespace

void Ground::Doom(const Case& one) {
  cases::Doomed doomed;
  doomed.case_id = one.id;
  doomed.whole = cases::Cause{format::ApprovalKind::kCloseCase, Draw<base::ApprovalId>(), base::Day(20699)};
  std::vector<base::Transaction> all;
  all.push_back(Dooming(doomed));
  Commit(std::move(all));
}

void Ground::Redact(const Case& one) {
  cases::Doomed doomed;
  doomed.case_id = one.id;
  doomed.entries = {{format::Keyring::kThread, 1, {std::nullopt, {}, base::Day(20699)}}};
  std::vector<base::Transaction> all;
  all.push_back(Dooming(doomed));
  Commit(std::move(all));
}

void Ground::Link(const Case& one, const Case& other) {
  const Rows rows = Snapshot();
  std::vector<base::Transaction> all(1);
  for (const auto& [mine, theirs] : {std::pair(&one, &other), std::pair(&other, &one)}) {
    const auto record = storage::CodecOf(Table::kCase)->decode(rows.at({Table::kCase, base::RowKey(mine->id)}));
    auto& changed = static_cast<cases::Case&>(*record);
    changed.linked = {theirs->id};
    all[0].changes.Put(std::move(changed));
  }
  Commit(std::move(all));
}

Rows Ground::Snapshot() const {
  const storage::ServerKeys keys = Keys();
  const auto rows = Must(OpenRows(storage::DatabaseIn(data().string()), true));
  const auto vault = Must(storage::Vault::Open(*rows, keys.kek, crypto::SystemRandom()));
  SilentSink events;
  const storage::Derived derived;
  const storage::Records records(*rows, *vault, derived, events);
  Rows snapshot;
  for (const base::TableTraits& traits : base::kTables) {
    const storage::Codec* codec = storage::CodecOf(traits.table);
    if (codec == nullptr) continue;
    Must(records.ScanRows(traits.table, {}, {}, SIZE_MAX, [&](base::Reader::Row row) {
      std::string bytes;
      codec->encode(*row.record, &bytes);
      snapshot.emplace(std::pair(traits.table, codec->key(*row.record)), std::move(bytes));
      return true;
    }));
  }
  return snapshot;
}

std::vector<std::string> Ground::Problems() const {
  const storage::ServerKeys keys = Keys();
  const auto rows = Must(OpenRows(storage::DatabaseIn(data().string()), true));
  const auto mark = Must(storage::Mark::Open(storage::MarkIn(data().string()), keys.kek));
  return Must(storage::CheckStore(*rows, keys.kek, keys.log_key.verify_key(), &mark->state(), crypto::SystemRandom())).problems;
}

void Ground::BackUp(const std::filesystem::path& target) const {
  const storage::ServerKeys keys = Keys();
  const auto rows = Must(OpenRows(storage::DatabaseIn(data().string()), false));
  Must(storage::MakeBackup(*rows, (data() / "scratch").string(), target.string(),
                           {keys.kek, keys.log_key.verify_key(), crypto::SystemRandom(), OpenRows, keys.kek_facts})
           .status());
}

storage::RawKeys Ground::RemainingKeys() const {
  const auto rows = Must(OpenRows(storage::DatabaseIn(data().string()), true));
  return storage::KeysFrom(Keys().kek, *rows);
}

ShredWorld Ground::World(const std::filesystem::path& backup, base::Clock& clock, storage::Take take) const {
  return {.data = data(), .keys = places(), .backup = backup, .take = take, .clock = clock, .random = crypto::SystemRandom()};
}

std::vector<std::string> Compare(const Rows& before, const Rows& after, const std::vector<Ground::Case>& gone,
                                 const std::vector<Ground::Case>& redacted) {
  std::vector<std::string> faults;
  const auto in = [](const std::vector<Ground::Case>& list, std::string_view bytes) {
    return std::any_of(list.begin(), list.end(), [&](const Ground::Case& one) {
      return bytes.find(one.id.view()) != std::string_view::npos;
    });
  };
  const auto fault = [&](Table table, std::string_view what) {
    faults.push_back(std::string(base::TraitsOf(table)->name) + ": " + std::string(what));
  };
  for (const auto& [key, bytes] : before) {
    const auto& [table, row_key] = key;
    // The ledger grew, and what was to go is not to go any more.
    if (table == Table::kTree || table == Table::kTile || table == Table::kDoomed) continue;
    const auto now = after.find(key);
    if (table != Table::kMailbox && table != Table::kCase && in(gone, bytes)) {
      if (now != after.end()) fault(table, "a row is there that was to go");
      continue;
    }
    if (table == Table::kCase && in(gone, row_key)) {
      if (now != after.end()) fault(table, "a case is there that was to go");
      continue;
    }
    const bool of_redacted = in(redacted, bytes);
    if (of_redacted && (table == Table::kBlob || table == Table::kBlobPart)) {
      if (now != after.end()) fault(table, "an attachment is there that was to go");
      continue;
    }
    if (now == after.end()) {
      fault(table, "a row is lost");
      continue;
    }
    if (table == Table::kCase) {
      // But for the links to those that went.
      const auto was = storage::CodecOf(table)->decode(bytes);
      auto& record = static_cast<cases::Case&>(*was);
      std::erase_if(record.linked, [&](const base::CaseId& id) { return in(gone, id.view()); });
      std::string expected;
      storage::CodecOf(table)->encode(record, &expected);
      if (expected != now->second) fault(table, "a row is another");
      continue;
    }
    if (of_redacted && table == Table::kEntry) {
      const auto was = storage::CodecOf(table)->decode(bytes);
      auto& entry = static_cast<cases::Entry&>(*was);
      if (entry.keyring == format::Keyring::kThread && entry.sequence == 1) entry.envelope.resize(format::kEnvelopePrefixSize);
      std::string expected;
      storage::CodecOf(table)->encode(entry, &expected);
      if (expected != now->second) fault(table, "an entry is not what was left of it");
      continue;
    }
    if (now->second != bytes) fault(table, "a row is another");
  }
  for (const Ground::Case& one : gone)
    if (!after.contains({Table::kTombstone, base::RowKey(one.id)})) fault(Table::kTombstone, "one is missing");
  return faults;
}

}  // namespace alcove::app
