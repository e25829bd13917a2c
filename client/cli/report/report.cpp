#include "client/cli/report/report.h"

namespace alcove::cli {

void AddReportCommands(CLI::App& app, Frame&) {
  CLI::App* report = app.add_subcommand("report", "Report something, and come back to it");
  report->require_subcommand(1);
}

}  // namespace alcove::cli
