// The program `alcove`: every client of the service, one noun a directory.
#include <sys/prctl.h>
#include <sys/resource.h>

#include <chrono>

#include "CLI/CLI.hpp"
#include "client/cli/admin/admin.h"
#include "client/cli/approval/approval.h"
#include "client/cli/case/case.h"
#include "client/cli/audit/audit.h"
#include "client/cli/frame/frame.h"
#include "client/cli/frame/terminal.h"
#include "client/cli/hr/hr.h"
#include "client/cli/org/org.h"
#include "client/cli/protection/protection.h"
#include "client/cli/report/report.h"
#include "client/cli/staff/staff.h"
#include "client/cli/verify/verify.h"
#include "crypto/random.h"

int main(int argc, char** argv) {
  // Words, keys and texts are in this process's memory: no core dump, and no other process of the user may look in.
  const rlimit none{0, 0};
  setrlimit(RLIMIT_CORE, &none);
  prctl(PR_SET_DUMPABLE, 0);

  CLI::App app{"Alcove: report what happened at work, safely, and handle what was reported."};
  app.name("alcove");
  app.set_version_flag("--version", "alcove 0.1.0");
  app.require_subcommand(1);
  app.fallthrough();
  app.failure_message(CLI::FailureMessage::simple);

  alcove::cli::ProcessTerminal terminal;
  alcove::cli::Frame frame(terminal, alcove::crypto::SystemRandom(), [] { return std::chrono::system_clock::now(); });
  frame.AddCommonOptions(app);
  alcove::cli::AddReportCommands(app, frame);
  alcove::cli::AddCaseCommands(app, frame);
  alcove::cli::AddApprovalCommands(app, frame);
  alcove::cli::AddStaffCommands(app, frame);
  alcove::cli::AddOrgCommands(app, frame);
  alcove::cli::AddAdminCommands(app, frame);
  alcove::cli::AddHrCommands(app, frame);
  alcove::cli::AddProtectionCommands(app, frame);
  alcove::cli::AddVerifyCommands(app, frame);
  alcove::cli::AddAuditCommands(app, frame);

  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {
    return app.exit(asked);
  } catch (const CLI::ParseError& wrong) {
    app.exit(wrong);
    return static_cast<int>(alcove::cli::ExitCode::kUsage);
  }
  return static_cast<int>(frame.exit_code());
}
