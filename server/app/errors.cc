#include "server/app/errors.h"

#include <initializer_list>
#include <string>

namespace alcove::app {
namespace {

std::string Join(std::initializer_list<std::string_view> pieces) {
  std::string text;
  for (const std::string_view piece : pieces) text += piece;
  return text;
}

}  // namespace

absl::Status SettingInvalid(std::string_view origin, int line, std::string_view setting, std::string_view why) {
  const std::string place = line > 0 ? Join({origin, ":", std::to_string(line)}) : std::string(origin);
  return absl::InvalidArgumentError(Join({place, ": ", setting, ": ", why}));
}

absl::Status FileUnreadable(const std::filesystem::path& file, std::string_view why) {
  return absl::NotFoundError(Join({"cannot read ", file.string(), ": ", why}));
}

absl::Status FileNotWritten(const std::filesystem::path& file, std::string_view why) {
  return absl::InternalError(Join({"cannot write ", file.string(), ": ", why}));
}

absl::Status FileAlreadyThere(const std::filesystem::path& file) {
  return absl::AlreadyExistsError(
      Join({file.string(), " is there already. Nothing is ever overwritten: move it away first"}));
}

absl::Status KeyMissing(const std::filesystem::path& file) {
  return absl::FailedPreconditionError(Join({"the key ", file.string(), " is missing. No key is made silently: run "
                                             "`alcoved init`, or restore the file from your key export"}));
}

absl::Status KeyReadableByOthers(const std::filesystem::path& file) {
  return absl::FailedPreconditionError(
      Join({"the key ", file.string(), " can be read by others. Run: chmod 0600 ", file.string()}));
}

absl::Status KeyOwnedByAnother(const std::filesystem::path& file) {
  return absl::FailedPreconditionError(Join({"the key ", file.string(), " belongs neither to this user nor to root"}));
}

absl::Status KekIsCredential(const std::filesystem::path& file) {
  return absl::FailedPreconditionError(
      Join({"the key ", file.string(), " was handed over by systemd and cannot be replaced from here. Stop alcoved, decrypt the "
            "credential into the key directory (systemd-creds decrypt), shred without $CREDENTIALS_DIRECTORY, encrypt the new "
            "kek.key, and destroy the old credential"}));
}

absl::Status LogKeyIsReplaced(const std::filesystem::path& next) {
  return absl::FailedPreconditionError(
      Join({next.string(), " is there: the log key is being replaced, and a tombstone is signed once, by the key that stays. Put it in "
            "the place of log.key once the directory names it, then ask again. Nothing was changed"}));
}

absl::Status ShreddingWaitsForClock() {
  return absl::FailedPreconditionError(
      "the clock leapt, or alcoved has not run for more than a day: what cannot be undone waits until the time is confirmed "
      "(alcove approval request --confirm-clock). Nothing was changed");
}

absl::Status NothingToShred() {
  return absl::FailedPreconditionError(
      "nothing is to go, so nothing was changed. To change the key alone: alcoved keys rotate");
}

absl::Status ShredJournalUnreadable(const std::filesystem::path& file) {
  return absl::DataLossError(Join({file.string(), " says that a shredding was under way and cannot be read. Nothing is guessed: "
                                   "if kek.next is beside kek.key and db is whole, remove both file and kek.next; else call for help"}));
}

absl::Status NewStoreNotWell(std::string_view why) {
  return absl::DataLossError(Join({"the store under the new key did not pass its check (", why, "). Nothing was changed"}));
}

absl::Status NoPlaceForBackup() {
  return absl::InvalidArgumentError(
      "every older backup is dead after this, so a new one is made first: set `backups` in the configuration, or --backup DIR");
}

absl::Status KeyWrong(const std::filesystem::path& file, std::string_view why) {
  return absl::FailedPreconditionError(Join({"the key ", file.string(), " is wrong: ", why}));
}

absl::Status KeysInsideData(const std::filesystem::path& keys, const std::filesystem::path& data) {
  return absl::InvalidArgumentError(Join({"the key directory ", keys.string(), " lies within the data directory ",
                                          data.string(), ": a copy of the disk would hold both"}));
}

absl::Status DataDirectoryOpen(const std::filesystem::path& directory) {
  return absl::FailedPreconditionError(
      Join({directory.string(), " can be entered by others. Run: chmod 0700 ", directory.string()}));
}

absl::Status ClockRanBackward(std::string_view last_day, std::string_view today) {
  return absl::FailedPreconditionError(Join({"the machine's clock says ", today, ", but this data was last used on ",
                                             last_day, ": deadlines would be wrong. Set the clock, then start again"}));
}

absl::Status OrganisationFileInvalid(const std::filesystem::path& file) {
  return absl::InvalidArgumentError(Join({file.string(), " is no organisation file (alcove org init makes one)"}));
}

absl::Status ListenerFailed(std::string_view address) {
  return absl::UnavailableError(Join({"cannot listen on ", address, ": the address is taken or not ours, or certificate "
                                      "and key do not belong together"}));
}

absl::Status ServesAlready(const std::filesystem::path& data) {
  return absl::FailedPreconditionError(Join({"another alcoved works with ", data.string()}));
}

absl::Status TooFewOpenFiles(std::uint64_t have, std::uint64_t need) {
  return absl::FailedPreconditionError(
      Join({"only ", std::to_string(have), " files may be open, ", std::to_string(need),
            " are needed: one client with many connections would stop the listener. Raise LimitNOFILE"}));
}

}  // namespace alcove::app
