// What of a case is handed to whom, as a table: for every kind of entry and every field, whether it is shown, and why not.
//
// Three purposes, from the most to the least that is shown: a court, a regulator, the accused. There is no purpose that shows
// everything: who the reporter is, how to reach them and whom they keep out leave with nobody. A kind of entry without a row does not
// compile, and a purpose that is none is an error, so that nothing is shown because somebody forgot it.
//
// The table sees fields, not sense. A narrative may name its author; so may a note. Whoever exports is told to read before handing over.
// Pure. Threads: any.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/thread.h"
#include "crypto/format/kinds.h"

namespace google::protobuf {
class Message;
}

namespace alcove::client::exports {

// `regulator`, `court`, `accused`; kInputInvalid for anything else, a prefix or another case of letters included.
absl::StatusOr<format::ExportPurpose> PurposeFromText(std::string_view text);
std::string_view TextOf(format::ExportPurpose purpose);

struct LeftOut {
  std::string what;  // a field such as `report.witnesses`, or `entry`
  std::string why;   // for whoever is handed the archive: names nobody

  friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

// One entry as it may be shown.
struct RedactedEntry {
  // The words that are left; nothing where none are, or where the entry's content was taken away for good.
  std::shared_ptr<const google::protobuf::Message> words;
  std::vector<LeftOut> left_out;
  // The entry's place, author, kind and day may be shown too. Otherwise its hash is all that is left.
  bool header = true;

  // Nothing is left out: it may be opened.
  bool whole() const { return words != nullptr && left_out.empty(); }
};

// `served`: this entry is a summary that was handed over to the accused.
RedactedEntry Redact(format::ExportPurpose purpose, const OpenedEntry& entry, bool served);

// Whether entries of this keyring are shown at all, if only by their hashes.
bool ShowsKeyring(format::ExportPurpose purpose, format::Keyring keyring);
// Whether what the server knows of the case, the reporter's keys and the whole record are shown. To the accused only leaves that speak
// of what they were handed: how often and when a reporter wrote would help to find out who it is.
bool ShowsRecord(format::ExportPurpose purpose);

// Everything that is left out for this purpose, whatever the case holds, for the first page of the archive.
std::vector<LeftOut> RulesOf(format::ExportPurpose purpose);

}  // namespace alcove::client::exports
