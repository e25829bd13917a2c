#include "client/cli/hr/token.h"

#include <memory>
#include <string>

#include "client/cli/frame/staff_sign_in.h"
#include "client/lib/files.h"
#include "client/lib/wallet.h"

namespace alcove::cli {
namespace {

struct IssueOptions {
  StaffOptions staff;
  std::string employee;
  std::string batch;
  std::string out;
};

absl::Status Issue(Frame& frame, const IssueOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string batch, client::ReadFile(options.batch));
  ALCOVE_CLIENT_ASSIGN(const auto account, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string answer, client::IssueTokens(account->connection(), account->session(), options.employee,
                                                                     batch, frame.random()));
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, answer));
  if (frame.json()) {
    v1::IssueEmploymentTokensResponse response;
    if (const auto issued = format::ParseTokenAnswer(answer); issued.ok()) {
      for (const crypto::RistrettoPoint& element : issued->evaluated.elements) response.add_evaluated(element.str());
      response.set_proof(issued->evaluated.proof.str());
    }
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("issued; hand " + options.out + " back to the employee\n");
  }
  return absl::OkStatus();
}

}  // namespace

void AddTokenIssue(CLI::App& hr, Frame& frame) {
  CLI::App* token = hr.add_subcommand("token", "For the HR portal: tokens that prove employment");
  token->require_subcommand(1);
  const auto options = std::make_shared<IssueOptions>();
  CLI::App* issue = token->add_subcommand("issue", "Have a batch issued to an employee whom the portal has signed in");
  AddStaffOptions(*issue, options->staff);
  issue->add_option("--employee", options->employee, "emp: and a staff number, or mail: and an address")
      ->required()
      ->type_name("ID");
  issue->add_option("batch", options->batch, "As the employee's machine drew it")->required()->type_name("FILE");
  issue->add_option("--out", options->out, "The new file for the employee")->required()->type_name("FILE");
  issue->callback([&frame, options] { frame.End(Issue(frame, *options)); });
}

}  // namespace alcove::cli
