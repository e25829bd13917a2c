#include "server/storage/newborn.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "server/core/base/ids.h"
#include "server/core/base/keys.h"
#include "server/core/base/tables.h"
#include "server/storage/errors.h"

namespace alcove::storage {
namespace {

constexpr std::size_t kCaseIdSize = base::CaseId::kSize;

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
    if (size != 0 && 2 + (size - 1 - kCaseIdSize) + 4 > kMostNewbornHead) return false;
  return true;
}());

std::uint8_t KeySize(char table) { return kKeySizes[static_cast<std::uint8_t>(table)]; }

std::uint32_t NumberIn(std::string_view bytes) {
  std::uint32_t number = 0;
  for (const char c : bytes) number = number << 8 | static_cast<unsigned char>(c);
  return number;
}

}  // namespace

bool LiesWithCase(char table) { return KeySize(table) != 0; }

bool IsKeyOfCase(std::string_view key) { return !key.empty() && key.size() == KeySize(key.front()); }

std::string_view CaseIn(std::string_view key) { return key.substr(1, kCaseIdSize); }

std::string NewbornKey(std::string_view case_id) { return std::string(1, kNewbornTable).append(case_id); }

void AppendNewbornHead(const RowWrite& row, std::string* out) {
  const std::string_view rest = row.key.substr(1 + kCaseIdSize);
  out->push_back(row.key.front());
  out->push_back(static_cast<char>(rest.size()));
  out->append(rest);
  base::AppendKeyPart(*out, static_cast<std::uint32_t>(row.value.size()));
}

absl::StatusOr<std::vector<NewbornRow>> RowsOfNewborn(std::string_view case_id, std::string_view value) {
  std::vector<NewbornRow> rows;
  const auto damaged = [] { return RowDamaged("newborn"); };
  if (case_id.size() != kCaseIdSize || value.empty()) return damaged();
  while (!value.empty()) {
    if (value.size() < 2) return damaged();
    const char table = value.front();
    const std::size_t rest_size = static_cast<unsigned char>(value[1]);
    value.remove_prefix(2);
    if (!LiesWithCase(table) || 1 + kCaseIdSize + rest_size != KeySize(table) || value.size() < rest_size + 4) return damaged();
    std::string key(1, table);
    key.append(case_id).append(value.substr(0, rest_size));
    const std::size_t size = NumberIn(value.substr(rest_size, 4));
    value.remove_prefix(rest_size + 4);
    if (size < base::RowVersion::kSize || value.size() < size) return damaged();
    if (!rows.empty() && rows.back().key >= key) return damaged();
    rows.push_back({std::move(key), value.substr(0, size)});
    value.remove_prefix(size);
  }
  return rows;
}

}  // namespace alcove::storage
