#include "client/lib/exports/check.h"

#include <google/protobuf/message.h>

#include <utility>
#include <vector>

#include "client/lib/errors.h"
#include "client/lib/exports/archive.h"
#include "client/lib/exports/document.h"
#include "client/lib/exports/make.h"
#include "crypto/hash.h"

namespace alcove::client::exports {
namespace {

absl::Status Wrong(std::string_view what) { return Refuse(Refusal::kExportInvalid, what); }

// The members but the last, in the order and with the hashes that are signed.
absl::Status CheckMembers(const std::vector<Member>& members, const format::ExportProofs& proofs) {
  if (proofs.members.size() + 1 != members.size()) return Wrong("a file was added or taken away");
  for (size_t i = 0; i < proofs.members.size(); ++i) {
    if (proofs.members[i].name != members[i].name) return Wrong("a file was added, taken away or renamed");
    if (proofs.members[i].sha256 != crypto::Sha256(members[i].text)) return Wrong("`" + members[i].name + "` was changed");
  }
  return absl::OkStatus();
}

// The words of an entry in the document against what its opening opened.
absl::Status CheckWords(const nlohmann::json& shown, const format::VerifiedEntry& entry, CheckedArchive& checked) {
  const auto words = shown.find("words");
  const bool proven = shown.value("proven", false);
  if (words == shown.end()) return proven || entry.text ? Wrong("an entry is opened and not shown") : absl::OkStatus();
  if (!entry.context || proven != entry.text.has_value()) return Wrong("an entry is said to be proven and is not, or the reverse");
  ++checked.shown;
  if (!proven) return absl::OkStatus();
  const auto message = MessageOf(entry.context->kind, *words);
  if (message == nullptr || message->SerializeAsString() != entry.text->bytes) {
    return Wrong("an entry shows other words than were sealed");
  }
  ++checked.proven;
  return absl::OkStatus();
}

absl::Status CheckDocument(const nlohmann::json& document, CheckedArchive& checked) {
  const format::VerifiedExport& proofs = checked.proofs;
  const auto says = [&](const char* key, std::string_view value) {
    const auto found = document.find(key);
    return found != document.end() && found->is_string() && found->get<std::string>() == value;
  };
  if (!document.is_object() || !says("format", "alcove.case.v1") || !says("organisation", format::Text(proofs.organisation)) ||
      !says("case", format::CaseName(proofs.case_id)) || !says("purpose", format::Name(proofs.purpose)) ||
      !says("day", proofs.day.Text()) || !says("exporter", proofs.exporter)) {
    return Wrong("the case that is shown is not the one that is proven");
  }
  const nlohmann::json entries = document.value("entries", nlohmann::json());
  if (!entries.is_array() || entries.size() != proofs.entries.size()) return Wrong("entries are shown that are not proven");
  for (size_t i = 0; i < entries.size(); ++i) {
    const format::VerifiedEntry& entry = proofs.entries[i];
    const nlohmann::json expected = EntryJson(entry.keyring, entry.sequence, entry.hash,
                                              entry.context ? &*entry.context : nullptr, entry.author);
    nlohmann::json header = entries[i];
    if (!header.is_object()) return Wrong("an entry is malformed");
    for (const char* key : {"words", "proven", "leftOut"}) header.erase(key);
    if (header != expected) return Wrong("an entry is shown otherwise than it was signed");
    ALCOVE_CLIENT_TRY(CheckWords(entries[i], entry, checked));
  }
  nlohmann::json record = nlohmann::json::array();
  for (const auto& leaf : proofs.leaves) {
    if (leaf) record.push_back(LeafJson(*leaf));
  }
  if (document.value("record", nlohmann::json()) != record) return Wrong("the record is shown otherwise than it is proven");
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<CheckedArchive> CheckArchive(std::string_view bytes) {
  ALCOVE_CLIENT_ASSIGN(const std::vector<Member> members, ReadArchive(bytes));
  const std::vector<std::string_view> names = {kReadme, kPage, kCase, kOpenings, kProofs};
  if (members.size() != names.size()) return Wrong("a file was added or taken away");
  for (size_t i = 0; i < names.size(); ++i) {
    if (members[i].name != names[i]) return Wrong("a file was added, taken away or renamed");
  }
  const auto proofs = format::ParseExport(members[4].text);
  if (!proofs.ok()) return Refuse(Refusal::kExportInvalid, proofs.status());
  ALCOVE_CLIENT_TRY(CheckMembers(members, *proofs));
  const auto openings = format::ParseOpenings(members[3].text);
  if (!openings.ok()) return Refuse(Refusal::kExportInvalid, openings.status());
  auto verified = format::VerifyExport(*proofs, *openings);
  if (!verified.ok()) return Refuse(Refusal::kExportInvalid, verified.status());
  CheckedArchive checked;
  checked.proofs = *std::move(verified);
  const auto document = ParseJsonText(members[2].text);
  if (!document) return Wrong("`case.json` is malformed");
  ALCOVE_CLIENT_TRY(CheckDocument(*document, checked));
  return checked;
}

}  // namespace alcove::client::exports
