#include "client/cli/audit/auditor.h"

#include <utility>

#include "client/lib/errors.h"
#include "crypto/format/proof.h"
#include "crypto/merkle.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

constexpr uint64_t kPublishedMultiple = 64;
constexpr uint32_t kPage = 1000;

std::string SizeText(const SignedTree& tree) { return std::to_string(tree.tree.size) + " leaves"; }

}  // namespace

absl::StatusOr<v1::GetCheckpointResponse> ServerLedger::Checkpoint() {
  return connection_.Call(&v1::LedgerService::Stub::GetCheckpoint, v1::GetCheckpointRequest());
}

absl::StatusOr<v1::GetConsistencyProofResponse> ServerLedger::Consistency(
    const v1::GetConsistencyProofRequest& request) {
  return connection_.Call(&v1::LedgerService::Stub::GetConsistencyProof, request);
}

absl::StatusOr<v1::ListLeafHashesResponse> ServerLedger::LeafHashes(const v1::ListLeafHashesRequest& request) {
  return connection_.Call(&v1::LedgerService::Stub::ListLeafHashes, request, session_);
}

absl::StatusOr<SignedTree> OpenCheckpoint(const Log& log, std::string_view note) {
  auto tree = format::VerifyCheckpoint(note, log.organisation, log.key);
  if (!tree.ok()) return Refuse(Refusal::kCheckpointInvalid, "the directory's log key did not sign it");
  return SignedTree{.tree = *tree, .note = std::string(note)};
}

absl::StatusOr<SignedTree> FetchCheckpoint(LedgerSource& ledger, const Log& log) {
  ALCOVE_CLIENT_ASSIGN(const v1::GetCheckpointResponse response, ledger.Checkpoint());
  ALCOVE_CLIENT_ASSIGN(SignedTree newest, OpenCheckpoint(log, response.note()));
  if (newest.tree.size == 0 || newest.tree.size % kPublishedMultiple != 0) {
    return Refuse(Refusal::kCheckpointInvalid, "its size is no multiple of 64");
  }
  return newest;
}

absl::StatusOr<SignedTree> CheckpointOfFile(const Log& log, std::string_view text) {
  const auto kind = format::EvidenceKindOf(text);
  if (!kind.ok()) return OpenCheckpoint(log, text);
  if (*kind == format::EvidenceKind::kProofOfFiling) {
    const auto proof = format::ParseProof(text);
    if (!proof.ok()) return Refuse(Refusal::kInputInvalid, "the proof of filing is damaged");
    if (proof->continuation) return OpenCheckpoint(log, proof->continuation->newer_checkpoint);
    if (proof->inclusion) return OpenCheckpoint(log, proof->inclusion->checkpoint);
  } else {
    const auto saved = format::ParseLedger(text);
    if (!saved.ok()) return Refuse(Refusal::kInputInvalid, "the saved ledger is damaged");
    if (!saved->checkpoint.empty()) return OpenCheckpoint(log, saved->checkpoint);
  }
  return Refuse(Refusal::kInputInvalid, "the file carries no checkpoint");
}

absl::Status CheckContinues(LedgerSource& ledger, const SignedTree& older, const SignedTree& newer,
                            v1::GetConsistencyProofResponse* proof) {
  if (newer.tree.size < older.tree.size) {
    return Refuse(Refusal::kRolledBack, "a tree of " + SizeText(newer) + ", after one of " + SizeText(older));
  }
  if (newer.tree.size == older.tree.size) {
    if (newer.tree.root == older.tree.root) return absl::OkStatus();
    return Refuse(Refusal::kCheckpointInvalid, "there are two different trees of " + SizeText(older));
  }
  v1::GetConsistencyProofRequest request;
  request.set_from_size(static_cast<uint32_t>(older.tree.size));
  request.set_to_size(static_cast<uint32_t>(newer.tree.size));
  auto response = ledger.Consistency(request);
  if (absl::IsNotFound(response.status())) {
    return Refuse(Refusal::kRolledBack, "the tree of " + SizeText(older) + " that it signed is not among its own");
  }
  if (!response.ok()) return response.status();
  std::vector<crypto::Digest> hashes;
  for (const std::string& hash : response->hashes()) {
    auto digest = crypto::Digest::FromBytes(hash);
    if (!digest.ok()) return Refuse(Refusal::kCheckpointInvalid, "the proof is malformed");
    hashes.push_back(*digest);
  }
  if (!crypto::VerifyConsistency(older.tree.size, newer.tree.size, hashes, older.tree.root, newer.tree.root).ok()) {
    return Refuse(Refusal::kCheckpointInvalid,
                  "the tree of " + SizeText(newer) + " does not continue the one of " + SizeText(older));
  }
  if (proof != nullptr) *proof = *std::move(response);
  return absl::OkStatus();
}

absl::StatusOr<std::vector<crypto::Digest>> FetchLeafHashes(LedgerSource& ledger, const SignedTree& tree) {
  std::vector<crypto::Digest> hashes;
  hashes.reserve(tree.tree.size);
  RootOfLeaves root;
  v1::ListLeafHashesRequest request;
  request.set_page_size(kPage);
  while (hashes.size() < tree.tree.size) {
    ALCOVE_CLIENT_ASSIGN(const v1::ListLeafHashesResponse page, ledger.LeafHashes(request));
    for (const std::string& hash : page.leaf_hashes()) {
      auto digest = crypto::Digest::FromBytes(hash);
      if (!digest.ok()) return Refuse(Refusal::kAnswerMalformed, "a leaf hash");
      // The listing may be of a newer tree, which begins with this one.
      if (hashes.size() == tree.tree.size) break;
      root.Append(*digest);
      hashes.push_back(*digest);
    }
    request.set_page_token(page.next_page_token());
    if (page.next_page_token().empty() || page.leaf_hashes().empty()) break;
  }
  if (hashes.size() != tree.tree.size || root.Root() != tree.tree.root) {
    return Refuse(Refusal::kCheckpointInvalid, "the listed leaves do not lead to its root");
  }
  return hashes;
}

void RootOfLeaves::Append(const crypto::Digest& leaf_hash) {
  crypto::Digest subtree = leaf_hash;
  for (uint64_t bit = count_++; bit & 1; bit >>= 1) {
    subtree = crypto::MerkleNodeHash(subtrees_.back(), subtree);
    subtrees_.pop_back();
  }
  subtrees_.push_back(subtree);
}

crypto::Digest RootOfLeaves::Root() const {
  if (subtrees_.empty()) return crypto::MerkleEmptyRoot();
  crypto::Digest root = subtrees_.back();
  for (size_t i = subtrees_.size() - 1; i > 0; --i) root = crypto::MerkleNodeHash(subtrees_[i - 1], root);
  return root;
}

}  // namespace alcove::cli
