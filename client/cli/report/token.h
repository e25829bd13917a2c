// `alcove report token`: an employee fetches tokens that vouch for them, and says what that means.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/cli/frame/frame.h"
#include "client/lib/wallet.h"

namespace alcove::cli {

void AddTokenCommands(CLI::App& report, Frame& frame);

// A wallet that is there, opened with the passphrase of `fd` or of the terminal.
absl::StatusOr<client::WalletFile> OpenWallet(Frame& frame, const std::string& path, std::optional<int> fd);

// What spending a token means, said to whoever is about to.
inline constexpr const char* kTokenPlainly =
    "A token proves that somebody who works here sends this report, and not who. The service cannot tell whose it is: when it was "
    "issued it was blinded, and everybody fetches some each quarter. Two reports with two tokens cannot be told to be of one person. "
    "The wallet file on this machine shows that it was changed today, and the token is gone from it whether or not the report arrives.";

}  // namespace alcove::cli
