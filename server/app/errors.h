// What the program says to its operator when it will not do something. These texts are for the terminal and the
// service log of the machine; none of them can hold a secret, a report or an address of a caller.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>

#include <absl/status/status.h>

namespace alcove::app {

absl::Status SettingInvalid(std::string_view origin, int line, std::string_view setting, std::string_view why);
absl::Status FileUnreadable(const std::filesystem::path& file, std::string_view why);
absl::Status FileNotWritten(const std::filesystem::path& file, std::string_view why);
absl::Status FileAlreadyThere(const std::filesystem::path& file);
absl::Status KeyMissing(const std::filesystem::path& file);
absl::Status KeyReadableByOthers(const std::filesystem::path& file);
absl::Status KeyOwnedByAnother(const std::filesystem::path& file);
absl::Status KekIsCredential(const std::filesystem::path& file);   // FAILED_PRECONDITION
absl::Status LogKeyIsReplaced(const std::filesystem::path& next);  // FAILED_PRECONDITION
absl::Status ShreddingWaitsForClock();                             // FAILED_PRECONDITION
absl::Status NothingToShred();                                     // FAILED_PRECONDITION
absl::Status ShredJournalUnreadable(const std::filesystem::path& file);  // DATA_LOSS
absl::Status NewStoreNotWell(std::string_view why);                // DATA_LOSS
absl::Status NoPlaceForBackup();                                   // INVALID_ARGUMENT
absl::Status KeyWrong(const std::filesystem::path& file, std::string_view why);
absl::Status KeysInsideData(const std::filesystem::path& keys, const std::filesystem::path& data);
absl::Status DataDirectoryOpen(const std::filesystem::path& directory);
absl::Status ClockRanBackward(std::string_view last_day, std::string_view today);
absl::Status OrganisationFileInvalid(const std::filesystem::path& file);
absl::Status ListenerFailed(std::string_view address);
absl::Status ServesAlready(const std::filesystem::path& data);
absl::Status TooFewOpenFiles(std::uint64_t have, std::uint64_t need);

}  // namespace alcove::app
