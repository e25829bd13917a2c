#include "client/lib/tombstone.h"

#include <utility>

#include "client/lib/errors.h"
#include "crypto/format/leaf.h"

namespace alcove::client {
namespace {

absl::Status Bad(std::string_view what) { return Refuse(Refusal::kTombstoneInvalid, what); }

absl::StatusOr<format::ProofOfFiling> ProofOf(const format::OrganisationFile& organisation,
                                              const CheckedDirectory& directory, const v1::CaseGone& gone) {
  const auto salt = format::LeafSalt::FromBytes(gone.leaf().salt());
  if (!salt.ok()) return Bad("its leaf is malformed");
  format::ProofOfFiling proof;
  proof.organisation = organisation.id;
  proof.log_key = directory.directory().log_key;
  proof.leaf = gone.leaf().content();
  proof.salt = *salt;
  proof.promise = gone.promise();
  if (gone.leaf().published()) {
    format::Inclusion& inclusion = proof.inclusion.emplace();
    inclusion.index = gone.leaf().index();
    for (const std::string& bytes : gone.leaf().proof()) {
      const auto hash = crypto::Digest::FromBytes(bytes);
      if (!hash.ok()) return Bad("its proof is malformed");
      inclusion.path.push_back(*hash);
    }
    inclusion.checkpoint = gone.checkpoint();
  }
  return proof;
}

}  // namespace

absl::StatusOr<Tombstone> CheckTombstone(const format::OrganisationFile& organisation, const CheckedDirectory& directory,
                                         const format::MailboxId& mailbox, const v1::GetMailboxResponse& answer) {
  const v1::CaseGone& gone = answer.gone();
  Tombstone tombstone;
  const auto case_id = format::ParseCaseName(answer.case_());
  const auto decided = format::Day::FromCivil(gone.decided().year(), gone.decided().month(), gone.decided().day());
  if (!case_id.ok() || !decided.ok()) return Refuse(Refusal::kAnswerMalformed, "what is said of a case that is gone");
  tombstone.case_id = *case_id;
  tombstone.decided = *decided;
  if (gone.cause() != v1::APPROVAL_KIND_UNSPECIFIED) {
    const auto approval = format::ParseApprovalName(gone.approval());
    if (!format::IsApprovalKind(static_cast<uint8_t>(gone.cause())) || !approval.ok()) {
      return Refuse(Refusal::kAnswerMalformed, "why a case is gone");
    }
    tombstone.cause = static_cast<format::ApprovalKind>(gone.cause());
    tombstone.approval = *approval;
  }
  tombstone.escrow_over = gone.escrow_over();
  if (tombstone.escrow_over && (tombstone.cause || gone.has_leaf())) return Refuse(Refusal::kAnswerMalformed, "why a case is gone");
  if (!gone.has_leaf()) return tombstone;

  auto proof = ProofOf(organisation, directory, gone);
  if (!proof.ok()) return proof.status();
  const auto shown = format::VerifyProof(*proof);
  if (!shown.ok()) return Bad("its signature or its place in the record does not verify");
  const format::Leaf& leaf = shown->leaf;
  const auto details = format::ParseShredded(leaf);
  if (!details.ok()) return Bad("what is signed is no deletion");
  if (leaf.organisation != organisation.id || leaf.case_id != *case_id) return Bad("it is another case's");
  if (details->mailbox != format::TombstoneMailbox(organisation.id, mailbox)) return Bad("it is another reporter's");
  const uint8_t cause = tombstone.cause ? static_cast<uint8_t>(*tombstone.cause) : 0;
  if (details->cause != cause || details->approval != tombstone.approval || details->decided != tombstone.decided) {
    return Bad("the server says otherwise than it signed");
  }
  auto file = format::OrganisationText(organisation);
  if (file.ok()) proof->anchor = format::Anchor{*std::move(file), directory.bytes};
  tombstone.proof = *std::move(proof);
  tombstone.shredded = leaf.day;
  tombstone.key_epoch = details->key_epoch;
  tombstone.published = gone.leaf().published();
  return tombstone;
}

std::string TombstoneText(const Tombstone& tombstone) {
  if (tombstone.escrow_over)
    return "You let it wait for others until " + tombstone.decided.PlusDays(-1).Text() +
           ", and that day is over. If not enough others had named the same person by then, it is destroyed, and nobody has read it. If they "
           "had, the team has it and has not written to you yet; come back to see. Which of the two it is, nobody is told.";
  std::string why = "the time for which it was kept is over";
  if (tombstone.cause) {
    why = "several people decided it (" + std::string(format::Name(*tombstone.cause)) + ", " +
          format::ApprovalName(tombstone.approval) + ")";
  }
  if (!tombstone.proof) {
    return "It is to be deleted: " + why + ", on " + tombstone.decided.Text() +
           ". Nobody reads it any more. Until the service has carried it out a legal hold can bring it back; look again for the proof.";
  }
  return "It was deleted for good on " + tombstone.shredded.Text() + ": " + why + ", on " + tombstone.decided.Text() +
         ". Its keys were destroyed, so nobody can read what was in it. The service has signed this for your mailbox" +
         (tombstone.published ? ", and it stands in the published record." : "; it will stand in the next published record.");
}

}  // namespace alcove::client
