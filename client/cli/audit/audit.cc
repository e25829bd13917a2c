#include "client/cli/audit/audit.h"

#include <memory>
#include <optional>
#include <string>

#include "client/cli/audit/auditor.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/lib/directory.h"
#include "client/lib/errors.h"
#include "client/lib/files.h"
#include "client/lib/memory.h"
#include "crypto/encoding.h"

namespace alcove::cli {
namespace {

struct AuditOptions {
  StaffOptions staff;
  std::string file;
  std::string out;
};

Log LogOf(const client::CheckedDirectory& directory) {
  return {.organisation = directory.directory().organisation, .key = directory.directory().log_key};
}

// An auditor who has not signed in: what anybody may ask, with a memory.
struct Onlooker {
  std::string memory_path;
  client::Memory memory;
  std::unique_ptr<client::Connection> connection;
  Log log;
};

absl::StatusOr<Onlooker> LookOn(Frame& frame, const AuditOptions& options) {
  Onlooker onlooker;
  onlooker.memory_path = options.staff.key_file + ".memory";
  ALCOVE_CLIENT_ASSIGN(onlooker.memory, client::ReadMemory(onlooker.memory_path));
  ALCOVE_CLIENT_ASSIGN(onlooker.connection, frame.Connect());
  ALCOVE_CLIENT_ASSIGN(const client::CheckedDirectory directory,
                       client::FetchDirectory(*onlooker.connection, &onlooker.memory, frame.today()));
  for (const std::string& warning : directory.warnings) frame.terminal().Say("Note: " + warning);
  onlooker.log = LogOf(directory);
  return onlooker;
}

// The newest checkpoint, proved to continue the remembered one and remembered in its place. `sentence` says which.
absl::StatusOr<SignedTree> FetchAndRemember(LedgerSource& ledger, const Log& log, const std::string& memory_path,
                                            client::Memory& memory, v1::GetConsistencyProofResponse* proof,
                                            std::string* sentence) {
  ALCOVE_CLIENT_ASSIGN(SignedTree newest, FetchCheckpoint(ledger, log));
  if (memory.checkpoint_note.empty()) {
    *sentence = "It is the first that this machine keeps.";
  } else {
    ALCOVE_CLIENT_ASSIGN(const SignedTree kept, OpenCheckpoint(log, memory.checkpoint_note));
    ALCOVE_CLIENT_TRY(CheckContinues(ledger, kept, newest, proof));
    *sentence = "It continues the tree of " + std::to_string(kept.tree.size) + " leaves that this machine kept.";
  }
  memory.checkpoint_note = newest.note;
  ALCOVE_CLIENT_TRY(client::WriteMemory(memory_path, memory));
  return newest;
}

std::string TreeText(const SignedTree& tree) {
  return "The published tree has " + std::to_string(tree.tree.size) + " leaves, dummies included, and the root\n" +
         crypto::HexEncode(tree.tree.root.view()) + "\nsigned by the organisation's log key. ";
}

absl::Status ShowCheckpoint(Frame& frame, const AuditOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Onlooker onlooker, LookOn(frame, options));
  ServerLedger ledger(*onlooker.connection, nullptr);
  std::string sentence;
  ALCOVE_CLIENT_ASSIGN(const SignedTree newest, FetchAndRemember(ledger, onlooker.log, onlooker.memory_path,
                                                                 onlooker.memory, nullptr, &sentence));
  if (!options.out.empty()) ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, newest.note));
  if (frame.json()) {
    v1::GetCheckpointResponse response;
    response.set_note(newest.note);
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(TreeText(newest) + sentence + "\n");
  }
  return absl::OkStatus();
}

absl::Status CompareCheckpoints(Frame& frame, const AuditOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Onlooker onlooker, LookOn(frame, options));
  ServerLedger ledger(*onlooker.connection, nullptr);
  if (options.file.empty() && onlooker.memory.checkpoint_note.empty()) {
    return client::Refuse(client::Refusal::kInputInvalid,
                          "there is nothing to compare with: name a file, or run `alcove audit checkpoint` first");
  }
  v1::GetConsistencyProofResponse proof;
  std::string sentence;
  std::optional<SignedTree> given;
  if (!options.file.empty()) {
    ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(options.file));
    ALCOVE_CLIENT_ASSIGN(given, CheckpointOfFile(onlooker.log, text));
  }
  ALCOVE_CLIENT_ASSIGN(const SignedTree newest, FetchAndRemember(ledger, onlooker.log, onlooker.memory_path,
                                                                 onlooker.memory, given ? nullptr : &proof, &sentence));
  if (given) {
    ALCOVE_CLIENT_TRY(CheckContinues(ledger, *given, newest, &proof));
    sentence += "\nIt continues the tree of " + std::to_string(given->tree.size) + " leaves of the file that you gave.";
  }
  if (frame.json()) {
    proof.set_to_size(static_cast<uint32_t>(newest.tree.size));
    frame.PrintJson(proof);
  } else {
    frame.terminal().Print(TreeText(newest) + sentence + "\n");
  }
  return absl::OkStatus();
}

absl::Status ListLeaves(Frame& frame, const AuditOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ServerLedger anybody(member->connection(), nullptr);
  ServerLedger auditor(member->connection(), &member->session());
  std::string sentence;
  ALCOVE_CLIENT_ASSIGN(const SignedTree newest,
                       FetchAndRemember(anybody, LogOf(member->directory()), options.staff.key_file + ".memory",
                                        member->memory(), nullptr, &sentence));
  ALCOVE_CLIENT_ASSIGN(const std::vector<crypto::Digest> hashes, FetchLeafHashes(auditor, newest));
  if (!options.out.empty()) {
    std::string lines;
    for (const crypto::Digest& hash : hashes) lines += crypto::HexEncode(hash.view()) + "\n";
    ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, lines));
  }
  if (frame.json()) {
    v1::ListLeafHashesResponse response;
    for (const crypto::Digest& hash : hashes) response.add_leaf_hashes(hash.str());
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(TreeText(newest) + sentence + "\nAll " + std::to_string(hashes.size()) +
                           " leaf hashes were listed and lead to this root.\n");
  }
  return absl::OkStatus();
}

}  // namespace

void AddAuditCommands(CLI::App& app, Frame& frame) {
  CLI::App* audit = app.add_subcommand("audit", "Check the ledger: it only grows, and holds what it lists");
  audit->require_subcommand(1);
  auto options = std::make_shared<AuditOptions>();

  CLI::App* checkpoint =
      audit->add_subcommand("checkpoint", "Fetch the newest checkpoint and prove that it continues the last");
  AddStaffOptions(*checkpoint, options->staff);
  checkpoint
      ->add_option("--out", options->out, "Write the signed checkpoint to this new file, to compare it with others")
      ->type_name("FILE");
  checkpoint->callback([&frame, options] { frame.End(ShowCheckpoint(frame, *options)); });

  CLI::App* consistency = audit->add_subcommand(
      "consistency",
      "Prove that the newest checkpoint continues the one of a file: a checkpoint, a proof of filing, a saved ledger");
  AddStaffOptions(*consistency, options->staff);
  consistency->add_option("file", options->file, "What somebody else was shown (default: what this machine kept)")
      ->type_name("FILE");
  consistency->callback([&frame, options] { frame.End(CompareCheckpoints(frame, *options)); });

  CLI::App* leaves =
      audit->add_subcommand("leaves", "List all leaf hashes and rebuild the published tree from them (auditors)");
  AddStaffOptions(*leaves, options->staff);
  leaves->add_option("--out", options->out, "Write the hashes to this new file, one a line")->type_name("FILE");
  leaves->callback([&frame, options] { frame.End(ListLeaves(frame, *options)); });
}

}  // namespace alcove::cli
