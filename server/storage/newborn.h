// A newborn case: the rows that filing writes for it lie together in one row of the database, until one of them changes.
//
// Every row of a RowStore costs the database by itself: a place of its own in a buffer, a head in the log, an entry of a filter, a
// checksum. A filing writes six rows for the case alone, always at once, and nothing changes them before somebody opens the
// report. So the store keeps them as one:
//
//   key     69 case16
//   value   row*      in order of their keys
//   row     table1 rest-size1 rest value-size4 value      the row's key is table case16 rest; value-size is big-endian
//
// Nobody above RowStore can tell. Each row is sealed for itself, under its own key, before it gets here, and the store gives it
// back byte for byte under that key. The batch that writes or removes any of these rows gives the others places of their own and
// removes the newborn row: the case has grown. Were a case filed over rows of its own, each of the newborn's rows would hide the one
// with its key.
#pragma once

#include <absl/status/statusor.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "server/storage/row_store.h"

namespace alcove::storage {

// No table of base/tables.h may have this number.
inline constexpr char kNewbornTable = 69;

// Whether rows under this table's number can be among a newborn's: those of a case and its key, but not parts of attachments,
// which come later and are large.
bool LiesWithCase(char table);

// Whether this is the whole key of such a row.
bool IsKeyOfCase(std::string_view key);

// Of such a key or of a newborn's: the id of the case, within `key`.
std::string_view CaseIn(std::string_view key);

std::string NewbornKey(std::string_view case_id);

// Adds what stands before a row's value in its newborn, at most so many bytes.
inline constexpr std::size_t kMostNewbornHead = 64;
void AppendNewbornHead(const RowWrite& row, std::string* out);

struct NewbornRow {
  std::string key;         // as the RowStore's callers know it
  std::string_view value;  // within the newborn's value
};

// In order of their keys. DATA_LOSS when these are no such rows.
absl::StatusOr<std::vector<NewbornRow>> RowsOfNewborn(std::string_view case_id, std::string_view value);

}  // namespace alcove::storage
