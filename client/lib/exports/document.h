// `case.json`: an exported case for programs, and the source of the page that people read.
//
//   {"format": "alcove.case.v1", "organisation": id, "case": name, "purpose": "COURT", "day": "2026-11-29", "exporter": slug,
//    "leftOut": [{"what", "why"}],              by rule, whatever the case holds
//    "facts": {...},                            what the service says of the case; not for the accused, and proven by nothing
//    "entries": [{"keyring", "sequence", "hash",
//                 "kind", "day", "author",      unless the hash alone is shown; the author is a slug, empty for the reporter
//                 "words": {...},               the JSON mapping of what was sealed (alcove.sealed.v1), as far as it is shown
//                 "proven": true,               the openings prove the words; otherwise they are the exporter's word
//                 "leftOut": [{"what", "why"}]}],
//    "record": [{"number", "day", "time", "actor", "kind", "details": {...}}]}   leaves that are shown
//
// One form: keys in order, one space of indent, a line feed at the end. Threads: any.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "client/lib/exports/redaction.h"
#include "client/lib/staff_case.h"
#include "crypto/format/export.h"

namespace google::protobuf {
class Message;
}

namespace alcove::client::exports {

// Its one text.
std::string JsonText(const nlohmann::json& document);
// Nothing unless it is JSON in that form.
std::optional<nlohmann::json> ParseJsonText(std::string_view text);

// An empty body of the kind: what the words are the JSON mapping of.
std::unique_ptr<google::protobuf::Message> BodyOf(format::EntryKind kind);
// Where the entry is not opened whole, without keys of files and tags of people: nothing has to be proven with them.
nlohmann::json WordsJson(const google::protobuf::Message& message, bool whole);
// The message that the words map; null when they map none.
std::unique_ptr<google::protobuf::Message> MessageOf(format::EntryKind kind, const nlohmann::json& words);

nlohmann::json LeftOutJson(const std::vector<LeftOut>& left_out);
// Of a leaf that is shown.
nlohmann::json LeafJson(const format::Leaf& leaf);
// Place and header of an entry; `context` is null where the hash alone is shown.
nlohmann::json EntryJson(format::Keyring keyring, uint32_t sequence, const crypto::Digest& hash,
                         const format::EnvelopeContext* context, std::string_view author);
nlohmann::json FactsJson(const v1::Case& facts);

}  // namespace alcove::client::exports
