#include "client/cli/case/export.h"

#include <memory>
#include <nlohmann/json.hpp>
#include <string>

#include "client/cli/case/opened_case.h"
#include "client/lib/exports/check.h"
#include "client/lib/exports/make.h"
#include "client/lib/files.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct ExportOptions {
  StaffOptions staff;
  std::string name;
  std::string purpose;
  std::string out;
  bool yes = false;
};

std::string_view ForWhom(format::ExportPurpose purpose) {
  switch (purpose) {
    case format::ExportPurpose::kRegulator: return "a regulator";
    case format::ExportPurpose::kCourt: return "a court";
    case format::ExportPurpose::kAccused: return "the person complained about";
  }
  return "nobody";
}

absl::Status Agreed(Frame& frame, const ExportOptions& options, format::ExportPurpose purpose) {
  if (options.yes) return absl::OkStatus();
  frame.terminal().Say("This makes a file with what " + std::string(ForWhom(purpose)) +
                       " may be shown of this case. Whoever has the file can read it; nobody can call it back. The record of the "
                       "case says that you made it and for whom, and the reporter sees that.");
  ALCOVE_CLIENT_ASSIGN(const std::string answer, frame.terminal().Ask("Write `yes` to go on: "));
  return answer == "yes" ? absl::OkStatus() : Refuse(Refusal::kCancelled, "you did not write yes");
}

absl::Status Export(Frame& frame, const ExportOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const format::ExportPurpose purpose, client::exports::PurposeFromText(options.purpose));
  // Before the service is told, for its record cannot be taken back.
  ALCOVE_CLIENT_ASSIGN(const auto there, client::ReadFileIfThere(options.out));
  if (there) return Refuse(Refusal::kInputInvalid, "`" + options.out + "` is there already, and is not overwritten");
  ALCOVE_CLIENT_TRY(Agreed(frame, options, purpose));
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options.staff, options.name));
  ALCOVE_CLIENT_TRY(client::exports::CanBeExported(done.opened, purpose));
  ALCOVE_CLIENT_ASSIGN(const v1::ExportCaseResponse response, done.member->desk().Export(done.opened, purpose));

  client::DirectoryHistory history(done.member->connection(), done.member->directory());
  ALCOVE_CLIENT_ASSIGN(const std::vector<crypto::Bytes> notes,
                       client::exports::NotesFor(done.opened, done.member->connection().organisation(),
                                                 done.member->directory(), history));
  ALCOVE_CLIENT_ASSIGN(const client::exports::Exported exported,
                       client::exports::MakeArchive(done.opened, purpose, frame.today(),
                                                    done.member->connection().organisation(), notes, done.member->keys()));
  // What cannot be checked is not handed to anybody.
  ALCOVE_CLIENT_TRY(client::exports::CheckArchive(exported.bytes).status());
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, exported.bytes));
  if (frame.json()) {
    frame.PrintJson(nlohmann::json{{"files", {options.out}},
                                   {"purpose", format::Name(purpose)},
                                   {"leaf", response.leaf()},
                                   {"entries", exported.entries},
                                   {"shown", exported.shown},
                                   {"proven", exported.proven},
                                   {"sha256", crypto::HexEncode(crypto::Sha256(exported.bytes).view())}}
                        .dump());
    return absl::OkStatus();
  }
  frame.terminal().Print(
      "Saved " + options.out + " for " + std::string(ForWhom(purpose)) + ": " + std::to_string(exported.entries) +
      " entries, the words of " + std::to_string(exported.shown) + ", of which " + std::to_string(exported.proven) +
      " can be proven.\nIt is in the record of the case as number " + std::to_string(response.leaf()) +
      ", and the reporter sees it.\n"
      "`alcove verify " + options.out + "` checks it anywhere, without the service. Attached files are not in it: `alcove case fetch`.\n"
      "READ index.html BEFORE YOU HAND IT OVER: what people wrote in their own words was not searched for names.\n");
  return absl::OkStatus();
}

}  // namespace

void AddExport(CLI::App& noun, Frame& frame) {
  const auto options = std::make_shared<ExportOptions>();
  CLI::App* command = noun.add_subcommand(
      "export", "Make a file of a case for a regulator, a court or the person complained about; the reporter sees that you did");
  AddStaffOptions(*command, options->staff);
  command->add_option("case", options->name, "The case: the beginning of its id is enough")->required();
  command->add_option("--for", options->purpose, "regulator, court or accused: decides what is left out")->required()->type_name("WHO");
  command->add_option("--out", options->out, "The file to make, a ZIP; one that is there is not overwritten")->required()->type_name("FILE");
  command->add_flag("--yes", options->yes, "Do not ask");
  command->callback([&frame, options] { frame.End(Export(frame, *options)); });
}

}  // namespace alcove::cli
