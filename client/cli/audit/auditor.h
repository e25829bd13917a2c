// What an auditor checks of the ledger, and anybody can but for the leaf hashes.
//
// A ledger that only ever grows shows, for any two of its checkpoints, a proof that the newer continues the older. So a
// server that rewrote, cut off or forked its ledger is caught by whoever kept a checkpoint from before, or meets
// somebody who was shown another one. Leaf hashes add that nothing stands in the tree but what was listed.
//
// Every failure below of what a server sent is DATA_LOSS: the program ends with exit code 4.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/v1/ledger_service.pb.h"
#include "client/lib/connection.h"
#include "crypto/bytes.h"
#include "crypto/format/checkpoint.h"

namespace alcove::cli {

// Where the ledger is asked. Tests put a ledger in place of the server.
class LedgerSource {
 public:
  virtual ~LedgerSource() = default;
  virtual absl::StatusOr<v1::GetCheckpointResponse> Checkpoint() = 0;
  virtual absl::StatusOr<v1::GetConsistencyProofResponse> Consistency(
      const v1::GetConsistencyProofRequest& request) = 0;
  virtual absl::StatusOr<v1::ListLeafHashesResponse> LeafHashes(const v1::ListLeafHashesRequest& request) = 0;
};

// The server. Only LeafHashes needs the session of an auditor; null without one.
class ServerLedger : public LedgerSource {
 public:
  // Neither is owned; both outlive the object.
  ServerLedger(client::Connection& connection, const client::Session* session)
      : connection_(connection), session_(session) {}
  absl::StatusOr<v1::GetCheckpointResponse> Checkpoint() override;
  absl::StatusOr<v1::GetConsistencyProofResponse> Consistency(const v1::GetConsistencyProofRequest& request) override;
  absl::StatusOr<v1::ListLeafHashesResponse> LeafHashes(const v1::ListLeafHashesRequest& request) override;

 private:
  client::Connection& connection_;
  const client::Session* session_;
};

// Whose ledger: the key that the checked directory names.
struct Log {
  format::OrganisationId organisation;
  crypto::VerifyKey key;
};

// A checkpoint with a good signature, and its note.
struct SignedTree {
  format::Checkpoint tree;
  std::string note;
};

// CHECKPOINT_INVALID unless the log key signed the note.
absl::StatusOr<SignedTree> OpenCheckpoint(const Log& log, std::string_view note);

// The newest. CHECKPOINT_INVALID also for a size that is no multiple of 64, which would be a counter.
absl::StatusOr<SignedTree> FetchCheckpoint(LedgerSource& ledger, const Log& log);

// The newest checkpoint that a file carries: a checkpoint's note, a proof of filing or a saved ledger. INPUT_INVALID
// for another file or one without a checkpoint.
absl::StatusOr<SignedTree> CheckpointOfFile(const Log& log, std::string_view text);

// Both are of one ledger that only grew. ROLLED_BACK when `newer` is the smaller, or when the server does not know a
// tree that its key has signed; CHECKPOINT_INVALID when two trees of one size differ or the proof does not verify.
// `proof` receives what the server answered; nothing is asked where the sizes are equal.
absl::Status CheckContinues(LedgerSource& ledger, const SignedTree& older, const SignedTree& newer,
                            v1::GetConsistencyProofResponse* proof);

// The leaf hashes of this tree, which lead to its root. CHECKPOINT_INVALID when they do not.
absl::StatusOr<std::vector<crypto::Digest>> FetchLeafHashes(LedgerSource& ledger, const SignedTree& tree);

// The RFC 6962 root of leaves that come one after the other; keeps one hash for each bit of their number.
class RootOfLeaves {
 public:
  void Append(const crypto::Digest& leaf_hash);
  crypto::Digest Root() const;

 private:
  uint64_t count_ = 0;
  std::vector<crypto::Digest> subtrees_;  // of falling sizes, one for each bit set in count_
};

}  // namespace alcove::cli
