#include "server/storage/label.h"

#include <fcntl.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "crypto/format/ids.h"
#include "server/storage/errors.h"

namespace alcove::storage {
namespace {

constexpr std::string_view kTitle = "alcove.label.v1";

}  // namespace

std::string LabelIn(const std::string& directory) { return (std::filesystem::path(directory) / "label").string(); }

absl::Status WriteLabel(const std::string& directory, const Label& label) {
  const std::string line = std::string(kTitle) + " " + format::Text(label.organisation) + " " + std::to_string(label.epoch) + "\n";
  const int file = open(LabelIn(directory).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (file < 0) return FileFailed("label");
  const bool written = write(file, line.data(), line.size()) == static_cast<ssize_t>(line.size()) && fsync(file) == 0;
  close(file);
  if (!written) return FileFailed("label");
  const int parent = open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (parent < 0) return FileFailed("label");
  const bool synced = fsync(parent) == 0;
  close(parent);
  return synced ? absl::OkStatus() : FileFailed("label");
}

std::optional<Label> ReadLabel(const std::string& directory) {
  std::ifstream in(LabelIn(directory), std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  std::istringstream words(text);
  std::string title, id;
  Label label;
  if (!(words >> title >> id >> label.epoch) || title != kTitle) return std::nullopt;
  const auto organisation = format::FromText<base::OrganisationId>(id);
  if (!organisation.ok()) return std::nullopt;
  label.organisation = *organisation;
  const std::string exact = std::string(kTitle) + " " + format::Text(label.organisation) + " " + std::to_string(label.epoch) + "\n";
  return text == exact ? std::optional(label) : std::nullopt;
}

absl::Status WhyWrongKek(const std::optional<Label>& label, const KekFacts& facts) {
  if (!label) return WrongKek();
  if (facts.organisation && *facts.organisation != label->organisation) return KekOfAnotherOrganisation();
  if (facts.epoch > label->epoch) return KekOfLaterEpoch(label->epoch, facts.epoch);
  if (facts.epoch < label->epoch) return KekOfEarlierEpoch(facts.epoch, label->epoch);
  return WrongKek();
}

}  // namespace alcove::storage
