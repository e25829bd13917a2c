// The file of `alcove hr sync`: who works here, as CSV (RFC 4180, UTF-8, `,` between fields, a first line of column names).
//
//   number,mail,manager,dotted,delegate,relation,left
//   20417,mona@meridian.example,10001,,,,
//   10001,"dir@meridian.example;d.smith@meridian.example",,,20418,30007;30008,
//
// Columns may stand in any order; only `number` or `mail` is required. Several values of a field are parted by `;`. People
// are named by staff number or, where there is an `@`, by address. `left` is `yes` for somebody who works here no longer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/hr_service.pb.h"

namespace alcove::cli {

struct ChartFile {
  std::vector<v1::ChartRow> rows;
  std::vector<std::size_t> lines;  // where each row begins in the file, from 1
};

// INPUT_INVALID naming line and column of the first mistake: an unknown column, a field too many, an identifier that is
// none. Nothing of such a file is sent.
absl::StatusOr<ChartFile> ParseChartCsv(std::string_view text);

}  // namespace alcove::cli
