#include "client/cli/report/report.h"

#include <memory>

#include "client/cli/report/filing.h"
#include "client/cli/report/protect.h"
#include "client/cli/report/token.h"
#include "client/cli/report/visit.h"

namespace alcove::cli {
namespace {

using Command = absl::Status (*)(Frame&, const VisitOptions&);

// A verb that starts with the twelve words.
CLI::App* AddVisit(CLI::App& report, Frame& frame, const char* name, const char* help, Command command,
                   const std::shared_ptr<VisitOptions>& options) {
  CLI::App* verb = report.add_subcommand(name, help);
  verb->add_option_function<int>(
          "--receipt-fd", [options](const int& fd) { options->receipt_fd = fd; },
          "Read the twelve words from this open file descriptor instead of the terminal")
      ->type_name("FD");
  verb->callback([&frame, options, command] { frame.End(command(frame, *options)); });
  return verb;
}

// `owner` keeps `receipt` alive for as long as the command may run.
void AddReceiptOptions(CLI::App& verb, const std::shared_ptr<void>& owner, ReceiptOptions& receipt) {
  verb.add_option_function<int>(
          "--receipt-out-fd", [owner, &receipt](const int& fd) { receipt.out_fd = fd; },
          "Write the new twelve words to this open file descriptor instead of showing them")
      ->type_name("FD");
  verb.add_flag("--print-receipt", receipt.print, "Print the new twelve words once, as the first line of the output");
}

// As above of `owner`.
void AddWalletOptions(CLI::App& verb, const std::shared_ptr<void>& owner, NewReportOptions& report) {
  verb.add_option("--wallet", report.wallet,
                  "Spend a token of this wallet, which proves that you work here and not who you are; see `alcove report token`")
      ->type_name("FILE");
  verb.add_option_function<int>(
          "--wallet-passphrase-fd", [owner, &report](const int& fd) { report.wallet_passphrase_fd = fd; },
          "Read the wallet's passphrase from this open file descriptor instead of the terminal")
      ->type_name("FD");
}

void AddNew(CLI::App& report, Frame& frame) {
  const auto options = std::make_shared<NewReportOptions>();
  CLI::App* verb = report.add_subcommand("new", "Report something: questions one at a time, or from a file");
  verb->add_option("--from", options->from, "Take the answers from this file (JSON, or `question: answer` lines)")
      ->type_name("FILE");
  verb->add_option("--attach", options->attachments, "Attach this file; may be given several times")->type_name("FILE");
  verb->add_option("--strike", options->strike, "Strike this reader out, by short name; may be given several times")
      ->type_name("NAME");
  verb->add_option("--language", options->language, "Language of the questions, such as en or de")->type_name("CODE");
  verb->add_flag("--yes", options->yes, "Take the readers as they are, without being asked");
  AddReceiptOptions(*verb, options, options->receipt);
  AddWalletOptions(*verb, options, *options);
  verb->add_option("--escrow", options->escrow,
                   "Send it only once so many others, 2 to 5, have named the same person; needs --until and an escrow token of --wallet")
      ->type_name("OTHERS");
  verb->add_option("--until", options->until, "With --escrow: the last day on which it is sent; then it is destroyed unread")
      ->type_name("YYYY-MM-DD");
  verb->add_option("--proof", options->proof, "Write the proof of filing to this new file")->type_name("FILE");
  verb->callback([&frame, options] { frame.End(NewReport(frame, *options)); });
}

}  // namespace

void AddReportCommands(CLI::App& app, Frame& frame) {
  CLI::App* report = app.add_subcommand("report", "Report something that happened at work, and come back to it");
  report->require_subcommand(1);
  report->fallthrough();
  AddNew(*report, frame);
  AddProtect(*report, frame);
  AddTokenCommands(*report, frame);

  const auto make = [] { return std::make_shared<VisitOptions>(); };
  AddVisit(*report, frame, "resume", "Come back with your twelve words: see where it stands, read, write", ResumeReport, make());
  AddVisit(*report, frame, "status", "Where it stands, who may read it, which deadlines run", ShowStatus, make());

  auto options = make();
  CLI::App* verb = AddVisit(*report, frame, "messages", "Read the messages", ShowMessages, options);
  verb->add_option("--fetch", options->fetch_into, "Also save attachments in this directory")->type_name("DIRECTORY");

  options = make();
  verb = AddVisit(*report, frame, "reply", "Write a message to the people who handle it", Reply, options);
  verb->add_option("--text", options->text_file, "Take the message from this file")->type_name("FILE");

  options = make();
  verb = AddVisit(*report, frame, "attach", "Attach files, or go on with one that did not arrive whole", Attach, options);
  verb->add_option("files", options->files, "The files")->required()->type_name("FILE...");
  verb->add_option("--text", options->text_file, "A message to go with them, from this file")->type_name("FILE");

  options = make();
  verb = AddVisit(*report, frame, "exclude", "Keep somebody out of your case from now on", Exclude, options);
  verb->add_option("people", options->people,
                   "Short names from the list of readers, or staff numbers and work addresses; asked for where none is given")
      ->type_name("PERSON...");
  verb->add_flag("--yes", options->yes, "Do not ask");

  options = make();
  verb = AddVisit(*report, frame, "withdraw", "Say that you do not want it to go on", Withdraw, options);
  verb->add_flag("--yes", options->yes, "Do not ask");

  options = make();
  verb = AddVisit(*report, frame, "release", "Choose which of your answers the person complained about may be told", ReleaseFields, options);
  verb->add_option("questions", options->questions, "The questions, such as narrative; asked for where none is given")->type_name("QUESTION...");
  verb->add_flag("--none", options->none, "None any more");

  options = make();
  verb = AddVisit(*report, frame, "summary", "See what the person complained about is to hear, against your own words", AnswerSummary, options);
  CLI::Option* accept = verb->add_flag("--accept", options->accept, "It may be handed over like this");
  verb->add_flag("--correct", options->correct, "Say what is wrong with it")->excludes(accept);
  verb->add_option("--text", options->text_file, "With --correct: take your words from this file")->type_name("FILE");

  options = make();
  verb = AddVisit(*report, frame, "change", "Say what has changed since your report, or was not right in it", TellChange, options);
  verb->add_option("question", options->questions, "The question whose answer changes, such as narrative; without it, in your own words")
      ->expected(0, 1)->type_name("QUESTION");
  verb->add_option("--text", options->text_file, "Take your words from this file")->type_name("FILE");

  options = make();
  verb = AddVisit(*report, frame, "checkin", "Say how it has been since: has anybody treated you worse?", CheckIn, options);
  verb->add_option("--from", options->text_file, "Take the answers from this file (JSON, or `question: answer` lines)")
      ->type_name("FILE");
  verb->add_option("--since", options->since, "Which check-in, where several are open: filing or closing")
      ->check(CLI::IsMember({"filing", "closing"}));
  verb->add_option("--days", options->days, "Which check-in, where several are open: its days");
  verb->add_option("--retaliation", options->retaliation.from,
                   "Report retaliation as well, as a case of its own, with answers from this file")
      ->type_name("FILE");
  verb->add_option("--strike", options->retaliation.strike, "Strike this reader out of that report; may be given several times")
      ->type_name("NAME");
  verb->add_option("--proof", options->retaliation.proof, "Write the proof of filing of that report to this new file")
      ->type_name("FILE");
  verb->add_flag("--yes", options->retaliation.yes, "Take the readers of that report as they are, without being asked");
  AddReceiptOptions(*verb, options, options->retaliation.receipt);
  AddWalletOptions(*verb, options, options->retaliation);

  options = make();
  verb = AddVisit(*report, frame, "consent", "Say whether somebody who asked may learn who you are: `status` shows who and why", Consent, options);
  verb->add_option("answer", options->answer, "yes or no; a yes can be taken back until it is opened")
      ->required()->check(CLI::IsMember({"yes", "no"}));
  verb->add_flag("--yes", options->yes, "Do not ask");

  options = make();
  verb = AddVisit(*report, frame, "rotate", "Get twelve new words, and make the old ones worthless", Rotate, options);
  verb->add_flag("--yes", options->yes, "Do not ask");
  AddReceiptOptions(*verb, options, options->retaliation.receipt);

  AddVisit(*report, frame, "ledger", "What was done on your case, checked", ShowLedger, make());

  options = make();
  verb = AddVisit(*report, frame, "save", "Save the record of your case for `alcove verify`", SaveLedger, options);
  verb->add_option("file", options->save_to, "The new file")->type_name("FILE");
  verb->add_option("--proof", options->proof, "Complete this proof of filing with its place in the published record")
      ->type_name("FILE");
}

}  // namespace alcove::cli
