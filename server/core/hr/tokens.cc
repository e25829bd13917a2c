#include "server/core/hr/tokens.h"

#include <optional>
#include <utility>

#include "crypto/format/leaf.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "server/core/cases/requests.h"
#include "server/core/hr/errors.h"
#include "server/core/ledger/draft.h"

namespace alcove::hr {
namespace {

// The answer as a request's row keeps it: proof 64, then the elements.
crypto::Bytes BytesOf(const crypto::VoprfEvaluated& evaluated) {
  format::ByteWriter out(64 + 32 * evaluated.elements.size());
  out.Fixed(evaluated.proof);
  for (const crypto::RistrettoPoint& element : evaluated.elements) out.Fixed(element);
  return out.Take();
}

absl::StatusOr<crypto::VoprfEvaluated> AnswerOf(const crypto::Bytes& kept) {
  constexpr std::size_t kProof = crypto::VoprfProof::kSize, kElement = crypto::RistrettoPoint::kSize;
  if (kept.size() <= kProof || (kept.size() - kProof) % kElement != 0)
    return base::Broken("a repeated IssueEmploymentTokens has no answer");
  format::ByteReader in(kept);
  crypto::VoprfEvaluated answer;
  answer.proof = in.Fixed<crypto::VoprfProof>();
  while (in.left() > 0) answer.elements.push_back(in.Fixed<crypto::RistrettoPoint>());
  return answer;
}

crypto::Digest DigestOf(const TokenBatch& batch, const people::TagHash& employee) {
  format::ByteWriter asked(128 + 33 * batch.blinded.size());
  asked.Short("IssueEmploymentTokens").Fixed(employee).U8(static_cast<std::uint8_t>(batch.kind)).U32(batch.quarter.number());
  for (const crypto::BytesView element : batch.blinded) asked.Fixed(crypto::Blake2b256(element));
  return crypto::Blake2b256(asked.bytes());
}

absl::StatusOr<std::vector<crypto::RistrettoPoint>> ElementsOf(const TokenBatch& batch) {
  if (batch.blinded.empty() || batch.blinded.size() > crypto::kMaxVoprfBatch) return base::FieldInvalid("blinded");
  std::vector<crypto::RistrettoPoint> elements;
  for (const crypto::BytesView bytes : batch.blinded) {
    const absl::StatusOr<crypto::RistrettoPoint> element = crypto::RistrettoPoint::FromBytes(bytes);
    if (!element.ok()) return base::FieldInvalid("blinded");
    elements.push_back(*element);
  }
  return elements;
}

}  // namespace

absl::StatusOr<base::Outcome<crypto::VoprfEvaluated>> IssueEmploymentTokens(const cases::Ports& ports,
                                                                            const crypto::OprfKey& tag_key,
                                                                            const intake::TokenKeys& keys,
                                                                            const base::StaffSlug& caller,
                                                                            const TokenBatch& batch) {
  const absl::StatusOr<std::vector<crypto::RistrettoPoint>> elements = ElementsOf(batch);
  if (!elements.ok()) return elements.status();
  const absl::StatusOr<crypto::SubjectTag> tag = crypto::Evaluate(tag_key, batch.employee.text());
  if (!tag.ok()) return tag.status();
  const people::TagHash hash = ports.organisation.HashTag(*tag);
  absl::StatusOr<cases::RequestSlot> slot =
      cases::OpenRequest(ports, cases::ScopeOf(caller), batch.request_id, DigestOf(batch, hash));
  if (!slot.ok()) return slot.status();
  base::Outcome<crypto::VoprfEvaluated> outcome;
  if (slot->repeated) {
    absl::StatusOr<crypto::VoprfEvaluated> again = AnswerOf(slot->repeated->answer);
    if (!again.ok()) return again.status();
    outcome.answer = *std::move(again);
    return outcome;
  }
  if (batch.quarter != format::Quarter::Of(ports.clock.Today())) return base::FieldInvalid("quarter");
  const crypto::VoprfKey* key = keys.ToIssue(ports.organisation, batch.kind, batch.quarter);
  if (key == nullptr) return TokenKeyMissing();
  const people::Chart& chart = ports.organisation.chart();
  const std::optional<people::EmployeeIndex> employee = chart.Find(hash);
  if (!employee || !chart.listed(*employee)) return EmployeeUnknown();

  TokensDrawn drawn;
  drawn.quarter = batch.quarter;
  drawn.kind = batch.kind;
  drawn.employee = chart.id(*employee);
  const auto before = ports.rows.Get<TokensDrawn>(drawn.key());
  if (!before.ok()) return before.status();
  const std::uint32_t count = *before ? (*before)->record.count : 0;
  if (elements->size() > MostTokens(batch.kind) - count) return TokensUsedUp();
  drawn.count = count + static_cast<std::uint32_t>(elements->size());

  absl::StatusOr<crypto::VoprfEvaluated> evaluated = crypto::VoprfBlindEvaluate(*key, *elements, ports.random);
  if (!evaluated.ok()) return base::FieldInvalid("blinded");
  outcome.answer = *std::move(evaluated);
  if (*before) outcome.changes.Update(std::move(drawn), (*before)->version);
  else outcome.changes.Insert(std::move(drawn));
  ledger::DraftLeaf(ports.organisation.id(),
                    ledger::Act::OfStaff(format::LeafKind::kTokensIssued, caller, ports.clock.Now(),
                                         format::details::TokensIssued(batch.kind, batch.quarter.Text(),
                                                                       static_cast<std::uint8_t>(elements->size()))),
                    ports.random, outcome.changes, outcome.leaves);
  cases::CloseRequest(*std::move(slot), BytesOf(outcome.answer), outcome.changes);
  return outcome;
}

}  // namespace alcove::hr
