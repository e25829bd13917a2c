#include "client/cli/hr/sync_progress.h"

#include <charconv>
#include <utility>

namespace alcove::cli {
namespace {

constexpr std::string_view kFirstLine = "alcove.sync.v1\n";

// The value of the next line, whose word is `word`; steps over the line.
std::optional<std::string> Take(std::string_view word, std::string_view* rest) {
  if (!rest->starts_with(word) || rest->substr(word.size(), 1) != " ") return std::nullopt;
  const std::size_t end = rest->find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  std::string value(rest->substr(word.size() + 1, end - word.size() - 1));
  rest->remove_prefix(end + 1);
  return value;
}

}  // namespace

std::string SyncProgressPath(const std::string& file) { return file + ".sync"; }

std::string SyncProgressText(const SyncProgress& progress) {
  return std::string(kFirstLine) + "file " + progress.file_hash + "\nmode " + (progress.delta ? "delta" : "full") + "\nsync " +
         progress.sync + "\ncommit " + progress.commit_request_id + "\npages " + std::to_string(progress.pages) + "\n";
}

std::optional<SyncProgress> ParseSyncProgress(std::string_view text) {
  if (!text.starts_with(kFirstLine)) return std::nullopt;
  std::string_view rest = text.substr(kFirstLine.size());
  const auto file = Take("file", &rest);
  const auto mode = Take("mode", &rest);
  const auto sync = Take("sync", &rest);
  const auto commit = Take("commit", &rest);
  const auto pages = Take("pages", &rest);
  if (!file || !mode || !sync || !commit || !pages) return std::nullopt;
  SyncProgress progress{*file, *mode == "delta", *sync, *commit, 0};
  std::from_chars(pages->data(), pages->data() + pages->size(), progress.pages);
  // One form only.
  return SyncProgressText(progress) == text ? std::optional(progress) : std::nullopt;
}

}  // namespace alcove::cli
