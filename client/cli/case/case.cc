#include "client/cli/case/case.h"

#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/case/case_text.h"
#include "client/cli/case/casework.h"
#include "client/cli/case/export.h"
#include "client/cli/case/message_text.h"
#include "client/cli/case/opened_case.h"
#include "client/cli/case/records.h"
#include "client/cli/case/states.h"
#include "client/cli/case/tasks.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/frame/table.h"
#include "client/cli/frame/text_input.h"
#include "client/lib/attachments.h"
#include "client/lib/custody.h"
#include "client/lib/plan.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct CaseOptions {
  StaffOptions staff;
  std::string name;
  std::string state;
  std::string reason;
  std::string message_file;
  std::vector<std::string> files;
  std::string out = ".";
  bool to_reporter = false;
  std::string other;
  std::vector<std::string> people;
  bool yes = false;
};

absl::StatusOr<Opened> OpenCase(Frame& frame, const CaseOptions& options) {
  return OpenCase(frame, options.staff, options.name);
}

absl::Status Inbox(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::vector<v1::Case> cases, member->desk().ListCases());
  if (frame.json()) {
    v1::ListCasesResponse response;
    for (const v1::Case& facts : cases) *response.add_cases() = facts;
    frame.PrintJson(response);
  } else if (cases.empty()) {
    frame.terminal().Print("No case is assigned to you.\n");
  } else {
    frame.terminal().Print(InboxTable(cases));
  }
  return absl::OkStatus();
}

absl::Status Show(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const Opened done, OpenCase(frame, options));
  if (frame.json()) {
    v1::GetCaseResponse response;
    *response.mutable_case_() = done.opened.facts;
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(CaseText(done.opened, frame.terminal().width()));
  }
  return absl::OkStatus();
}

absl::Status Claim(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::Case facts, member->desk().GetCase(name));
  ALCOVE_CLIENT_ASSIGN(const v1::ClaimCaseResponse response, member->desk().Claim(facts));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("Case " + ShortCase(name) + " is yours. The reporter sees that a person has taken it.\n");
  }
  return absl::OkStatus();
}

absl::Status Move(Frame& frame, const CaseOptions& options) {
  const auto state = StateOf(options.state);
  if (!state) return Refuse(Refusal::kInputInvalid, "`" + options.state + "` is no state of a case");
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::Case facts, member->desk().GetCase(name));
  ALCOVE_CLIENT_ASSIGN(const v1::ChangeCaseStateResponse response, member->desk().Move(facts, *state, options.reason));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("Case " + ShortCase(name) + ": " + StateWord(facts.state()) + " -> " +
                           StateWord(response.state()) + ". The reporter sees it.\n");
  }
  return absl::OkStatus();
}

absl::Status Confirm(Frame& frame, const CaseOptions& options, std::string_view explanation, std::string_view question) {
  if (options.yes) return absl::OkStatus();
  frame.terminal().Say(explanation);
  ALCOVE_CLIENT_ASSIGN(const bool sure, AskYesNo(frame.terminal(), question, false));
  return sure ? absl::OkStatus() : Refuse(Refusal::kCancelled, "nothing was changed");
}

absl::Status Recuse(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_TRY(Confirm(frame, options,
                            "You step back from this case and from every case linked with it, for good: you can read none of "
                            "it again, and it goes to the next person. Nobody asks why. The reporter sees that you stepped back.",
                            "Step back?"));
  ALCOVE_CLIENT_ASSIGN(const v1::RecuseFromCaseResponse response, member->desk().Recuse(name));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("You have stepped back. Case " + ShortCase(name) + " is no longer yours.\n");
  }
  return absl::OkStatus();
}

absl::Status Hold(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::PlaceHoldResponse response, member->desk().Hold(name, options.reason));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("Held. Nothing of case " + ShortCase(name) +
                           " goes until two others lift it. The reporter sees it.\n");
  }
  return absl::OkStatus();
}

absl::Status Link(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(const std::string other, member->desk().CaseOf(options.other));
  ALCOVE_CLIENT_ASSIGN(const v1::Case facts, member->desk().GetCase(name));
  ALCOVE_CLIENT_TRY(Confirm(frame, options,
                            "Whoever is kept out of one of the two cases will be kept out of both, and so will whoever is kept out "
                            "later. The cases stay apart, and their reporters are not told. This cannot be undone.",
                            "Link them?"));
  ALCOVE_CLIENT_ASSIGN(const v1::LinkCasesResponse response, member->desk().Link(facts, other));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("Cases " + ShortCase(name) + " and " + ShortCase(other) + " are linked.\n");
  }
  return absl::OkStatus();
}

absl::Status Subjects(Frame& frame, const CaseOptions& options) {
  std::vector<client::NamedPerson> people;
  for (const std::string& text : options.people) people.push_back(client::ParsePerson(text));
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::Case facts, member->desk().GetCase(name));
  ALCOVE_CLIENT_TRY(Confirm(frame, options,
                            "The case will be kept from these people and from everybody who stands close to them: their managers, "
                            "their reports, who acts for them. That may be you. Nobody can be taken off again without two approvers.",
                            "Add them?"));
  ALCOVE_CLIENT_ASSIGN(const v1::CorrectSubjectsResponse response, member->desk().CorrectSubjects(facts, people));
  if (frame.json()) {
    frame.PrintJson(response);
    return absl::OkStatus();
  }
  for (const uint32_t position : response.unknown_subjects()) {
    if (position >= people.size()) continue;
    frame.terminal().Say("Nobody known here has `" + people[position].identifier->text() + "`. Check it.");
  }
  frame.terminal().Print("Added. If you can no longer open the case, you stand too close to one of them.\n");
  return absl::OkStatus();
}

// Appends text and files to one keyring. Files follow the entry: it stands even where they fail.
absl::Status Append(Frame& frame, const CaseOptions& options, format::Keyring keyring, format::EntryKind kind,
                    const std::string& text) {
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options));
  sealed::v1::Message message;
  message.set_text(text);
  std::vector<v1::BlobName> blobs;
  std::vector<client::PreparedFile> files;
  for (const std::string& path : options.files) {
    ALCOVE_CLIENT_ASSIGN(client::PreparedFile file, client::PrepareFile(path, client::kMostFileBytes, frame.random()));
    for (const std::string& warning : file.warnings) frame.terminal().Say("Note: " + warning);
    *message.add_attachments() = file.attachment;
    blobs.push_back(file.blob);
    files.push_back(std::move(file));
  }
  ALCOVE_CLIENT_ASSIGN(const v1::AppendEntryResponse response,
                       done.member->desk().Append(done.opened, keyring, kind, message, blobs, frame.today()));
  for (const client::PreparedFile& file : files) {
    ALCOVE_CLIENT_TRY(client::Upload(done.member->connection(), done.member->session(), file, client::kBlobPartBytes,
                                     [&](uint64_t now, uint64_t total) {
                                       frame.terminal().Progress(file.attachment.file_name(), now, total);
                                     }));
  }
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(keyring == format::Keyring::kThread ? "Sent. The reporter reads it when they return.\n"
                                                         : "Kept with the team. The reporter does not see it.\n");
  }
  return absl::OkStatus();
}

absl::Status Write(Frame& frame, const CaseOptions& options, format::Keyring keyring, format::EntryKind kind) {
  ALCOVE_CLIENT_ASSIGN(const std::string text, ReadText(frame.terminal(), options.message_file, "Your text"));
  return Append(frame, options, keyring, kind, text);
}

absl::Status Attach(Frame& frame, const CaseOptions& options) {
  const format::Keyring keyring = options.to_reporter ? format::Keyring::kThread : format::Keyring::kTeam;
  std::string text;
  if (!options.message_file.empty()) {
    ALCOVE_CLIENT_ASSIGN(text, ReadText(frame.terminal(), options.message_file, "Where it comes from"));
  }
  return Append(frame, options, keyring, format::EntryKind::kEvidence, text);
}

// A new file, never over an existing one: what an attachment is called was chosen by somebody else.
absl::Status FetchOne(Frame& frame, Opened& done, const sealed::v1::Attachment& attachment, const v1::BlobName& blob,
                      const std::filesystem::path& folder) {
  const std::string name = Harmless(std::filesystem::path(attachment.file_name()).filename().string());
  if (name.empty() || name == "." || name == "..") return Refuse(Refusal::kAttachmentInvalid, "an attachment has no usable name");
  std::filesystem::path path = folder / name;
  for (int copy = 2; std::filesystem::exists(path); ++copy) path = folder / (std::to_string(copy) + "-" + name);
  const std::filesystem::path partial = path.string() + ".part";
  std::ofstream file(partial, std::ios::binary | std::ios::trunc);
  std::filesystem::permissions(partial, std::filesystem::perms::owner_read | std::filesystem::perms::owner_write);
  const absl::Status fetched = client::FetchAttachment(
      done.member->connection(), done.member->session(), attachment, blob,
      [&](std::string_view piece) {
        file.write(piece.data(), static_cast<std::streamsize>(piece.size()));
        return file ? absl::OkStatus() : Refuse(Refusal::kInputInvalid, "`" + folder.string() + "` cannot be written");
      },
      [&](uint64_t now, uint64_t total) { frame.terminal().Progress(name, now, total); });
  file.close();
  if (!fetched.ok() || !file) {
    std::filesystem::remove(partial);
    return fetched.ok() ? Refuse(Refusal::kInputInvalid, "`" + folder.string() + "` cannot be written") : fetched;
  }
  std::filesystem::rename(partial, path);
  frame.terminal().Print(path.string() + "  " + std::to_string(attachment.size()) + " bytes, hash verified\n");
  return absl::OkStatus();
}

absl::Status Fetch(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(Opened done, OpenCase(frame, options));
  std::error_code error;
  std::filesystem::create_directories(options.out, error);
  int fetched = 0;
  absl::Status missing;
  for (const auto* entries : {&done.opened.thread, &done.opened.team}) {
    for (const client::OpenedEntry& entry : *entries) {
      for (const auto& attachment : entry.attachments()) {
        for (const v1::BlobName& blob : entry.entry.blobs()) {
          if (blob.blob() != attachment.blob()) continue;
          const absl::Status status = FetchOne(frame, done, attachment, blob, options.out);
          if (client::Is(status, Refusal::kAttachmentMissing)) {
            frame.terminal().Print(Harmless(attachment.file_name()) + "  has not arrived (yet)\n");
            missing = status;
          } else if (!status.ok()) {
            return status;
          } else {
            ++fetched;
          }
        }
      }
    }
  }
  if (fetched == 0 && missing.ok()) frame.terminal().Print("This case has no attachments.\n");
  // Every file that arrived has the hash of its entry; whether each keeper noted the same, the chain of custody says.
  frame.terminal().Print(CustodyText(client::TrailsOf(done.opened.thread, done.opened.team), frame.terminal().width()));
  return missing;
}

absl::Status History(Frame& frame, const CaseOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const std::string name, member->desk().CaseOf(options.name));
  ALCOVE_CLIENT_ASSIGN(const v1::Case facts, member->desk().GetCase(name));
  ALCOVE_CLIENT_ASSIGN(const client::CheckedHistory history, member->desk().History(facts));
  if (frame.json()) {
    v1::ListHistoryResponse response;
    for (const v1::HistoryEvent& event : history.events) *response.add_events() = event;
    frame.PrintJson(response);
  } else {
    frame.terminal().Print(HistoryTable(history.events));
  }
  return absl::OkStatus();
}

using Verb = absl::Status (*)(Frame&, const CaseOptions&);

CLI::App* AddVerb(CLI::App& noun, Frame& frame, const std::shared_ptr<CaseOptions>& options, const char* name,
                  const char* help, Verb verb, bool names_case = true) {
  CLI::App* command = noun.add_subcommand(name, help);
  AddStaffOptions(*command, options->staff);
  if (names_case) command->add_option("case", options->name, "The case: the beginning of its id is enough")->required();
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

void AddCaseCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand("case", "Read and work on the cases assigned to you");
  noun->require_subcommand(1);
  const auto options = std::make_shared<CaseOptions>();
  AddVerb(*noun, frame, options, "inbox", "List your cases, the most urgent first", Inbox, false);
  AddVerb(*noun, frame, options, "show", "Open a case, check it and read it; the reporter sees that you did", Show);
  AddVerb(*noun, frame, options, "claim", "Accept a case that was assigned to you", Claim);
  CLI::App* move = AddVerb(*noun, frame, options, "move", "Move a case to another state", Move);
  move->add_option("state", options->state, "acknowledged, triage, information_needed, accepted, investigating, ...")->required();
  move->add_option("--reason", options->reason, "A reason code, where the state asks for one");
  CLI::App* reply = AddVerb(*noun, frame, options, "reply", "Write to the reporter",
                            [](Frame& f, const CaseOptions& o) { return Write(f, o, format::Keyring::kThread, format::EntryKind::kMessage); });
  CLI::App* note = AddVerb(*noun, frame, options, "note", "Write a note for the team; the reporter does not see it",
                           [](Frame& f, const CaseOptions& o) { return Write(f, o, format::Keyring::kTeam, format::EntryKind::kNote); });
  CLI::App* attach = AddVerb(*noun, frame, options, "attach", "Add evidence to a case", Attach);
  attach->add_option("files", options->files, "Files to add")->required();
  attach->add_flag("--to-reporter", options->to_reporter, "Let the reporter see it too");
  for (CLI::App* command : {reply, note, attach}) {
    command->add_option("--message", options->message_file, "Read the text from this file; - is standard input")->type_name("FILE");
  }
  CLI::App* fetch = AddVerb(*noun, frame, options, "fetch", "Fetch a case's attachments and check them", Fetch);
  fetch->add_option("--out", options->out, "Folder to put them in (default: this directory)")->type_name("DIR");
  CLI::App* hold = AddVerb(*noun, frame, options, "hold", "Place a legal hold: nothing of the case goes until two others lift it", Hold);
  hold->add_option("--reason", options->reason, "external_charge, litigation, regulator_request, criminal_investigation, evidence_at_risk, ...")->required();
  CLI::App* recuse = AddVerb(*noun, frame, options, "recuse", "Step back from a case that you should not work on", Recuse);
  CLI::App* link = AddVerb(*noun, frame, options, "link", "Keep out of two cases whoever is kept out of one", Link);
  link->add_option("other", options->other, "The other case: the beginning of its id is enough")->required();
  CLI::App* subjects = AddVerb(*noun, frame, options, "subjects", "Add people whom the case is about", Subjects);
  subjects->add_option("people", options->people, "Staff numbers or work addresses: emp:4711, mail:a@b.example")->required();
  for (CLI::App* command : {recuse, link, subjects}) command->add_flag("--yes", options->yes, "Do not ask");
  AddVerb(*noun, frame, options, "history", "List what was done on a case, from the ledger", History);
  AddRecords(*noun, frame);
  AddCasework(*noun, frame);
  AddTasks(*noun, frame);
  AddStates(*noun, frame);
  AddExport(*noun, frame);
}

}  // namespace alcove::cli
