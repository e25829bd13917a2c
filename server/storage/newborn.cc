#include "server/storage/newborn.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "crypto/format/wire.h"
#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/tables.h"
#include "server/storage/errors.h"

namespace alcove::storage {
namespace {

static_assert(base::TraitsOf(static_cast<base::Table>(kNewbornTable)) == nullptr);

// The size of whole keys by table, the table's byte included; zero for what does not lie with a case.
constexpr std::array<std::uint8_t, 256> kKeySizes = [] {
  std::array<std::uint8_t, 256> sizes{};
  for (const base::TableTraits& traits : base::kTables)
    if (traits.table == base::Table::kCaseKey ||
        (traits.scope == base::Scope::kCase && traits.table != base::Table::kBlobPart))
      sizes[static_cast<std::uint8_t>(traits.table)] = static_cast<std::uint8_t>(1 + traits.key_size);
  return sizes;
}();

// A table, a size, what a key has beside the table and the case, another size.
static_assert([] {
  for (const std::uint8_t size : kKeySizes)
    if (size != 0 && 2 + (size - 1 - base::CaseId::kSize) + 4 > kMostNewbornHead) return false;
  return true;
}());

std::uint8_t KeySize(char table) { return kKeySizes[static_cast<std::uint8_t>(table)]; }

}  // namespace

bool LiesWithCase(char table) { return KeySize(table) != 0; }

bool IsKeyOfCase(std::string_view key) { return !key.empty() && key.size() == KeySize(key.front()); }

std::string_view CaseIn(std::string_view key) { return key.substr(1, base::CaseId::kSize); }

std::string NewbornKey(std::string_view case_id) { return std::string(1, kNewbornTable).append(case_id); }

void AppendNewbornHead(const RowWrite& row, std::string* out) {
  const std::string_view rest = row.key.substr(1 + base::CaseId::kSize);
  out->push_back(row.key.front());
  out->push_back(static_cast<char>(rest.size()));
  out->append(rest);
  base::AppendKeyPart(*out, static_cast<std::uint32_t>(row.value.size()));
}

absl::StatusOr<std::vector<NewbornRow>> RowsOfNewborn(std::string_view case_id, std::string_view value) {
  std::vector<NewbornRow> rows;
  if (case_id.size() != base::CaseId::kSize) return RowDamaged("newborn");
  format::ByteReader reader(value);
  do {
    std::string key(1, static_cast<char>(reader.U8()));
    key.append(case_id).append(reader.Short());
    const std::string_view row = reader.Raw(reader.U32());
    const bool in_order = rows.empty() || rows.back().key < key;
    if (!reader.ok() || !IsKeyOfCase(key) || row.size() < base::RowVersion::kSize || !in_order) return RowDamaged("newborn");
    rows.push_back({std::move(key), row});
  } while (!reader.done());
  return rows;
}

}  // namespace alcove::storage
