#include "crypto/format/checkpoint.h"

#include "crypto/encoding.h"
#include "crypto/format/errors.h"
#include "crypto/format/lines.h"

namespace alcove::format {
namespace {

constexpr std::string_view kLayout = "checkpoint";

}  // namespace

std::string LogName(const OrganisationId& organisation) { return "alcove.ledger/" + Text(organisation); }

std::string CheckpointText(const Checkpoint& checkpoint) {
  return LogName(checkpoint.organisation) + "\n" + std::to_string(checkpoint.size) + "\n" +
         crypto::Base64Encode(checkpoint.root.view()) + "\n";
}

Bytes SignCheckpoint(const Checkpoint& checkpoint, const crypto::SigningKey& log_key, const crypto::SigningKey* next) {
  // None of the calls can fail: text and name are this function's own.
  auto note = crypto::NewNote(CheckpointText(checkpoint));
  crypto::SignNote(*note, LogName(checkpoint.organisation), log_key).IgnoreError();
  if (next != nullptr) crypto::SignNote(*note, LogName(checkpoint.organisation), *next).IgnoreError();
  return note->Serialize();
}

absl::StatusOr<Checkpoint> VerifyCheckpoint(BytesView bytes, const OrganisationId& organisation,
                                            const VerifyKey& log_key) {
  auto note = crypto::ParseNote(bytes);
  if (!note.ok()) return Malformed(kLayout, "note");
  std::string_view text = note->text;
  auto line = [&text]() {
    size_t end = text.find('\n');
    std::string_view taken = text.substr(0, end);
    text.remove_prefix(end == text.npos ? text.size() : end + 1);
    return taken;
  };
  std::string_view origin = line();
  auto size = internal::Number(line(), INT64_MAX);
  auto root = internal::FixedFromBase64<Digest>(line());
  if (!size || !root || !text.empty()) return Malformed(kLayout, "text");
  Checkpoint checkpoint{.organisation = organisation, .size = *size, .root = *root};
  if (origin != LogName(organisation)) return OtherOrganisation(kLayout);
  auto signers = crypto::VerifyNote(*note, {crypto::NoteKey{.name = LogName(organisation), .key = log_key}});
  if (!signers.ok() || signers->empty()) return BadSignature(kLayout);
  return checkpoint;
}

}  // namespace alcove::format
