#include "client/cli/verify/verify.h"

#include <memory>
#include <optional>

#include "client/cli/verify/evidence.h"
#include "client/lib/errors.h"
#include "client/lib/files.h"

namespace alcove::cli {

absl::Status VerifyFile(Frame& frame, const std::string& path) {
  ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(path));
  std::optional<std::string> organisation;
  if (!frame.options().organisation.empty()) {
    ALCOVE_CLIENT_ASSIGN(organisation, client::ReadFile(frame.options().organisation));
  }
  ALCOVE_CLIENT_ASSIGN(const Evidence evidence, CheckEvidence(text, organisation));
  if (frame.json()) {
    frame.PrintJson(EvidenceJson(evidence));
  } else {
    frame.terminal().Print(EvidenceText(evidence));
  }
  return absl::OkStatus();
}

void AddVerifyCommands(CLI::App& app, Frame& frame) {
  CLI::App* verify =
      app.add_subcommand("verify", "Check a proof of filing, a saved ledger, a timeline or an exported case, without a server; anybody can");
  auto path = std::make_shared<std::string>();
  verify->add_option("file", *path, "What `alcove report new`, `alcove report save`, `alcove protection timeline` or `alcove case export` wrote")
      ->required()
      ->type_name("FILE");
  verify->callback([&frame, path] { frame.End(VerifyFile(frame, *path)); });
}

}  // namespace alcove::cli
