#include "client/cli/hr/hr.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>

#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/frame/table.h"
#include "client/cli/hr/action.h"
#include "client/cli/hr/chart_csv.h"
#include "client/cli/hr/sync_progress.h"
#include "client/cli/hr/token.h"
#include "client/cli/hr/order.h"
#include "client/lib/files.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace alcove::cli {
namespace {

// Well below the server's 256 rows, so that a page of long rows stays below its 256 KiB.
constexpr std::size_t kRowsOfPage = 128;

struct HrOptions {
  StaffOptions staff;
  std::string file;
  bool delta = false;
  bool validate_only = false;
};

absl::StatusOr<std::string> Begin(Frame& frame, StaffMember& account, bool delta) {
  v1::CreateSyncRequest request;
  request.set_request_id(client::DrawRequestId(frame.random()));
  request.set_mode(delta ? v1::SYNC_MODE_DELTA : v1::SYNC_MODE_FULL);
  ALCOVE_CLIENT_ASSIGN(const v1::CreateSyncResponse begun,
                       account.connection().CallAgain(&v1::HrService::Stub::CreateSync, request, &account.session()));
  return begun.name();
}

// How far this very sync came in a run before; nothing when there was none.
absl::StatusOr<std::optional<SyncProgress>> ProgressOf(const HrOptions& options, const std::string& file_hash) {
  ALCOVE_CLIENT_ASSIGN(const std::optional<std::string> text, client::ReadFileIfThere(SyncProgressPath(options.file)));
  std::optional<SyncProgress> progress;
  if (text) progress = ParseSyncProgress(*text);
  if (progress && (progress->file_hash != file_hash || progress->delta != options.delta)) progress.reset();
  return progress;
}

absl::Status Keep(const HrOptions& options, const SyncProgress& progress) {
  return client::ReplaceFile(SyncProgressPath(options.file), SyncProgressText(progress));
}

absl::StatusOr<SyncProgress> BeginAnew(Frame& frame, StaffMember& account, const HrOptions& options,
                                       const std::string& file_hash) {
  ALCOVE_CLIENT_ASSIGN(std::string sync, Begin(frame, account, options.delta));
  SyncProgress progress{file_hash, options.delta, std::move(sync), client::DrawRequestId(frame.random()), 0};
  ALCOVE_CLIENT_TRY(Keep(options, progress));
  return progress;
}

// Every page from `progress.pages` on; after each it is written down that it was taken.
absl::Status Upload(StaffMember& account, const HrOptions& options, const ChartFile& file, SyncProgress* progress) {
  v1::UploadSyncPageRequest request;
  request.set_name(progress->sync);
  for (std::size_t at = progress->pages * kRowsOfPage; at < file.rows.size();) {
    request.set_page(progress->pages);
    request.clear_rows();
    const std::size_t end = std::min(at + kRowsOfPage, file.rows.size());
    for (; at < end; ++at) *request.add_rows() = file.rows[at];
    ALCOVE_CLIENT_TRY(
        account.connection().CallAgain(&v1::HrService::Stub::UploadSyncPage, request, &account.session()).status());
    progress->pages += 1;
    ALCOVE_CLIENT_TRY(Keep(options, *progress));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::CommitSyncResponse> Commit(StaffMember& account, const HrOptions& options, const SyncProgress& progress) {
  v1::CommitSyncRequest request;
  request.set_request_id(progress.commit_request_id);
  request.set_name(progress.sync);
  request.set_pages(progress.pages);
  request.set_validate_only(options.validate_only);
  return account.connection().CallAgain(&v1::HrService::Stub::CommitSync, request, &account.session());
}

// From where a run before stopped, or from the beginning.
absl::StatusOr<v1::CommitSyncResponse> Send(Frame& frame, StaffMember& account, const HrOptions& options, const ChartFile& file,
                                            const std::string& file_hash) {
  ALCOVE_CLIENT_ASSIGN(std::optional<SyncProgress> progress, ProgressOf(options, file_hash));
  if (progress) {
    frame.terminal().Say("Going on after page " + std::to_string(progress->pages) + ", where the last run stopped.");
    const absl::Status uploaded = Upload(account, options, file, &*progress);
    auto answer = uploaded.ok() ? Commit(account, options, *progress) : absl::StatusOr<v1::CommitSyncResponse>(uploaded);
    // Dropped for another sync, or lost with a backup that was restored meanwhile.
    const std::string reason = client::ReasonOf(answer.status());
    if (reason != "NOTHING_HERE" && reason != "SYNC_INCOMPLETE") return answer;
    frame.terminal().Say("The service does not have what was sent before; beginning anew.");
  }
  ALCOVE_CLIENT_ASSIGN(progress, BeginAnew(frame, account, options, file_hash));
  ALCOVE_CLIENT_TRY(Upload(account, options, file, &*progress));
  return Commit(account, options, *progress);
}

std::string Words(v1::SyncFindingKind kind) {
  switch (kind) {
    case v1::SYNC_FINDING_KIND_CYCLE: return "the chain of managers leads back to this person";
    case v1::SYNC_FINDING_KIND_ORPHAN: return "names somebody who is not employed";
    case v1::SYNC_FINDING_KIND_DUPLICATE: return "this person stands in an earlier line already";
    case v1::SYNC_FINDING_KIND_MERGED: return "joins two people who were known apart, for good";
    default: return "something that this program is too old to know";
  }
}

void Print(Frame& frame, const v1::CommitSyncResponse& answer, const ChartFile& file, bool validate_only) {
  const v1::SyncCounts& counts = answer.counts();
  Table table({"people", ""});
  const auto row = [&](const char* what, std::uint32_t number) { table.Row({what, std::to_string(number)}); };
  row("before", counts.before());
  row("after", counts.after());
  row("added", counts.added());
  row("changed", counts.changed());
  row("removed", counts.removed());
  row("without manager", counts.without_manager());
  row("lose their manager", counts.lost_managers());
  row("merged", counts.merged());
  row("cycles", counts.cycles());
  row("orphans", counts.orphans());
  row("duplicates", counts.duplicates());
  frame.terminal().Print(table.Text());
  for (const v1::SyncFinding& finding : answer.findings()) {
    const bool known = finding.row() > 0 && finding.row() <= file.lines.size();
    frame.terminal().Print((known ? "line " + std::to_string(file.lines[finding.row() - 1]) : "nobody of this file") + ": " +
                           Words(finding.kind()) + "\n");
  }
  for (const std::string& line : answer.coverage()) frame.terminal().Print("coverage: " + Harmless(line) + "\n");
  frame.terminal().Print("chart version " + std::to_string(answer.version()) +
                         (!validate_only     ? " is in force\n"
                          : answer.refused() ? " would be refused: too many people would go, or lose their manager\n"
                                             : " would be in force\n"));
}

absl::Status SyncFile(Frame& frame, const HrOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(options.file));
  ALCOVE_CLIENT_ASSIGN(const ChartFile file, ParseChartCsv(text));
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const v1::CommitSyncResponse answer,
                       Send(frame, *account, options, file, crypto::HexEncode(crypto::Sha256(text).view())));
  ALCOVE_CLIENT_TRY(client::ForgetFile(SyncProgressPath(options.file)));
  if (frame.json()) {
    frame.PrintJson(answer);
  } else {
    Print(frame, answer, file, options.validate_only);
  }
  return absl::OkStatus();
}

}  // namespace

void AddHrCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand(
      "hr", "For HR systems: tell who works here, ask before anything is done against somebody, carry out orders, hand out tokens");
  noun->require_subcommand(1);
  auto options = std::make_shared<HrOptions>();
  CLI::App* sync = noun->add_subcommand("sync", "Send the chart: who works here, under whom, related to whom");
  AddStaffOptions(*sync, options->staff);
  sync->add_option("file", options->file, "CSV: number,mail,manager,dotted,delegate,relation,left")->required();
  sync->add_flag("--delta", options->delta, "The file has changes only; without it, whoever is not in it has left");
  sync->add_flag("--validate-only", options->validate_only, "Say what would change, and change nothing");
  sync->callback([&frame, options] { frame.End(SyncFile(frame, *options)); });
  AddActionCommands(*noun, frame);
  AddTokenIssue(*noun, frame);
  AddOrderCommands(*noun, frame);
}

}  // namespace alcove::cli
