#include "server/storage/codec_ledger.h"

#include "server/core/ledger/tree.h"
#include "server/storage/codec_fields.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kHashSize = crypto::Digest::kSize;
constexpr std::size_t kTailHashes = ledger::kBlock - 1;

void AppendHashes(const std::vector<crypto::Digest>& hashes, std::string* out) {
  for (const crypto::Digest& hash : hashes) out->append(hash.view());
}

bool ReadHashes(const std::string& bytes, std::size_t count, std::vector<crypto::Digest>* out) {
  if (bytes.size() < count * kHashSize) return false;
  out->resize(count);
  for (std::size_t i = 0; i < count; ++i)
    (*out)[i] = *crypto::Digest::FromBytes(std::string_view(bytes).substr(i * kHashSize, kHashSize));
  return true;
}

}  // namespace

void ToRow(const ledger::Tile& record, v1::TileRow* row) {
  row->set_level(record.level);
  row->set_index(record.index);
  AppendHashes(record.hashes, row->mutable_hashes());
}

bool FromRow(const v1::TileRow& row, ledger::Tile* record) {
  FieldReader fields;
  fields.ReadSmall(row.level(), &record->level);
  record->index = row.index();
  const std::size_t count = row.hashes().size() / kHashSize;
  fields.Require(row.hashes().size() % kHashSize == 0 && count >= 1 && count <= ledger::kTileWidth);
  return fields.ok() && ReadHashes(row.hashes(), count, &record->hashes);
}

void ToRow(const ledger::Tree& record, v1::TreeRow* row) {
  row->set_size(record.size);
  Write(record.root, row->mutable_root());
  row->mutable_hashes()->reserve(kTailHashes * kHashSize);
  AppendHashes(record.hashes, row->mutable_hashes());
  row->mutable_hashes()->resize(kTailHashes * kHashSize, '\0');
}

bool FromRow(const v1::TreeRow& row, ledger::Tree* record) {
  FieldReader fields;
  record->size = row.size();
  fields.Read(row.root(), &record->root);
  fields.Require(row.hashes().size() == kTailHashes * kHashSize);
  return fields.ok() && ReadHashes(row.hashes(), row.size() % ledger::kBlock, &record->hashes);
}

void ToRow(const ledger::Checkpoint& record, v1::CheckpointRow* row) {
  row->set_size(record.size);
  Write(record.root, row->mutable_root());
  row->set_note(record.note);
}

bool FromRow(const v1::CheckpointRow& row, ledger::Checkpoint* record) {
  FieldReader fields;
  record->size = row.size();
  fields.Read(row.root(), &record->root);
  record->note = row.note();
  return fields.ok();
}

void ToRow(const ledger::Published& record, v1::PublishedRow* row) {
  row->set_size(record.size);
  row->set_cut(record.cut.time_since_epoch().count());
}

bool FromRow(const v1::PublishedRow& row, ledger::Published* record) {
  record->size = row.size();
  record->cut = base::Instant(std::chrono::seconds(row.cut()));
  return true;
}

void ToRow(const ledger::Opening& record, v1::OpeningRow* row) {
  Write(record.leaf_hash, row->mutable_leaf_hash());
  row->set_content(record.content);
  row->set_salt(record.salt);
}

bool FromRow(const v1::OpeningRow& row, ledger::Opening* record) {
  FieldReader fields;
  fields.Read(row.leaf_hash(), &record->leaf_hash);
  record->content = row.content();
  record->salt = row.salt();
  return fields.ok();
}

void ToRow(const ledger::Refusal& record, v1::RefusalRow* row) {
  row->set_staff(record.staff.text());
  row->set_minute(record.minute);
}

bool FromRow(const v1::RefusalRow& row, ledger::Refusal* record) {
  FieldReader fields;
  fields.Read(row.staff(), &record->staff);
  record->minute = row.minute();
  return fields.ok();
}

}  // namespace alcove::storage
