#include "client/cli/report/token.h"

#include <memory>

#include "client/cli/frame/secret_input.h"
#include "client/lib/directory.h"
#include "client/lib/files.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct TokenOptions {
  std::string wallet;
  std::optional<int> passphrase_fd;
  std::string kind = "employment";
  uint32_t count = 0;
  std::string file;
};

// The most that there are for one person in a quarter.
uint32_t MostOf(format::TokenKind kind) { return kind == format::TokenKind::kEscrow ? 1 : 4; }

absl::StatusOr<client::WalletFile> OpenOrBegin(Frame& frame, const TokenOptions& options,
                                               const format::OrganisationId& organisation) {
  ALCOVE_CLIENT_ASSIGN(const auto there, client::ReadFileIfThere(options.wallet));
  if (there) return OpenWallet(frame, options.wallet, options.passphrase_fd);
  ALCOVE_CLIENT_ASSIGN(
      crypto::SecretText passphrase,
      ReadNewSecret(frame.terminal(), options.passphrase_fd, "A new passphrase for the wallet: ", kLeastPassphrase));
  return client::WalletFile::Begin(options.wallet, organisation, std::move(passphrase));
}

absl::Status Draw(Frame& frame, const TokenOptions& options) {
  const format::TokenKind kind = *format::TokenKindFromWord(options.kind);
  ALCOVE_CLIENT_ASSIGN(const auto connection, frame.Connect());
  ALCOVE_CLIENT_ASSIGN(const client::CheckedDirectory directory, client::FetchDirectory(*connection, nullptr, frame.today()));
  const format::Quarter quarter = format::Quarter::Of(frame.today());
  if (directory.directory().FindTokenKey(kind, quarter) == nullptr)
    return Refuse(Refusal::kInputInvalid, "the organisation announces no key for " + options.kind + " tokens in " + quarter.Text() +
                                              ", so none can be issued; tell its administrator");
  ALCOVE_CLIENT_ASSIGN(client::WalletFile wallet, OpenOrBegin(frame, options, connection->organisation().id));
  const uint32_t count = options.count == 0 ? MostOf(kind) : options.count;
  ALCOVE_CLIENT_ASSIGN(const std::string batch, wallet.DrawTokens(kind, count, frame.today(), frame.random()));
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.file, batch));
  frame.terminal().Print(std::to_string(count) + " drawn for " + quarter.Text() + "; hand " + options.file +
                         " to the HR portal, and take in its answer with `alcove report token take`.\n");
  frame.terminal().Say(
      "Do this every quarter, whether or not you have anything to report: everybody does, so it says nothing about you. The file "
      "for the portal is blinded and says nothing of the tokens; what opens them stays in the wallet, sealed under your passphrase.");
  return absl::OkStatus();
}

absl::Status Take(Frame& frame, const TokenOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string answer, client::ReadFile(options.file));
  ALCOVE_CLIENT_ASSIGN(const auto connection, frame.Connect());
  ALCOVE_CLIENT_ASSIGN(const client::CheckedDirectory directory, client::FetchDirectory(*connection, nullptr, frame.today()));
  ALCOVE_CLIENT_ASSIGN(client::WalletFile wallet, OpenWallet(frame, options.wallet, options.passphrase_fd));
  ALCOVE_CLIENT_ASSIGN(const uint32_t taken, wallet.TakeTokens(answer, directory.directory(), frame.random()));
  frame.terminal().Print(std::to_string(taken) + " tokens taken in: issued under the key that the signed directory announces to " +
                         "everybody, so yours look like everybody's.\n");
  return absl::OkStatus();
}

absl::Status Show(Frame& frame, const TokenOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const client::WalletFile wallet, OpenWallet(frame, options.wallet, options.passphrase_fd));
  for (const format::TokenKind kind : {format::TokenKind::kEmployment, format::TokenKind::kEscrow})
    frame.terminal().Print(std::string(format::WordOf(kind)) + ": " + std::to_string(wallet.Spendable(kind, frame.today())) +
                           " to spend, " + std::to_string(wallet.Pending(kind)) + " not issued yet\n");
  return absl::OkStatus();
}

CLI::App* AddVerb(CLI::App& token, Frame& frame, const char* name, const char* help,
                  absl::Status (*verb)(Frame&, const TokenOptions&), const std::shared_ptr<TokenOptions>& options) {
  CLI::App* command = token.add_subcommand(name, help);
  command->add_option("--wallet", options->wallet, "The wallet file")->required()->type_name("FILE");
  command->add_option_function<int>(
             "--passphrase-fd", [options](const int& fd) { options->passphrase_fd = fd; },
             "Read the wallet's passphrase from this open file descriptor instead of the terminal")
      ->type_name("FD");
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

absl::StatusOr<client::WalletFile> OpenWallet(Frame& frame, const std::string& path, std::optional<int> fd) {
  ALCOVE_CLIENT_ASSIGN(const format::OrganisationFile organisation, frame.Organisation());
  ALCOVE_CLIENT_ASSIGN(crypto::SecretText passphrase, ReadSecret(frame.terminal(), fd, "The wallet's passphrase: "));
  return client::WalletFile::Open(path, organisation.id, std::move(passphrase));
}

void AddTokenCommands(CLI::App& report, Frame& frame) {
  CLI::App* token = report.add_subcommand(
      "token", "Fetch tokens that prove that you work here, and not who you are: every quarter, whether you report or not");
  token->require_subcommand(1);
  const auto options = std::make_shared<TokenOptions>();
  CLI::App* draw =
      AddVerb(*token, frame, "draw", "Draw this quarter's tokens into your wallet, and a batch for the HR portal", Draw, options);
  draw->add_option("--kind", options->kind, "employment, or escrow for a report that waits for others")
      ->check(CLI::IsMember({"employment", "escrow"}));
  draw->add_option("--count", options->count, "How many; without it, as many as there are for one person");
  draw->add_option("batch", options->file, "The new file for the portal")->required()->type_name("FILE");
  AddVerb(*token, frame, "take", "Take the portal's answer in, checked against the signed directory", Take, options)
      ->add_option("answer", options->file, "The portal's answer")
      ->required()
      ->type_name("FILE");
  AddVerb(*token, frame, "show", "How many tokens the wallet holds", Show, options);
}

}  // namespace alcove::cli
