#include "client/cli/admin/admin.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/admin/clock_text.h"
#include "client/cli/admin/draft.h"
#include "client/cli/frame/date_text.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/cli/frame/table.h"
#include "client/lib/enrolment.h"
#include "client/lib/files.h"
#include "client/lib/root_line.h"
#include "crypto/encoding.h"
#include "crypto/format/policy.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

struct AdminOptions {
  StaffOptions staff;
  std::string roster;
  std::string previous;
  std::string log_key;
  std::vector<std::string> requests;
  std::vector<std::string> root_files;
  int threshold = 0;
  std::vector<std::string> retired;
  std::vector<std::string> token_keys;
  std::string out;
  std::string document;
  std::string body;
  uint32_t version = 0;
  bool check = false;
  bool first = false;
  std::vector<std::string> categories;
  std::string site;
  std::string language;
  std::string jurisdiction;
  bool danger = false;
  std::vector<std::string> kept_out;
};

// Nothing when no root holder is named: who signs stays as it is.
absl::StatusOr<std::optional<format::Roots>> ReadNextRoots(const AdminOptions& options) {
  if (options.root_files.empty() != (options.threshold == 0)) {
    return Refuse(Refusal::kInputInvalid, "--root and --threshold go together: who signs from then on, and how many of them must");
  }
  if (options.root_files.empty()) return std::nullopt;
  format::Roots roots;
  for (const std::string& path : options.root_files) {
    ALCOVE_CLIENT_ASSIGN(format::RootKey root, client::ReadRootLine(path));
    roots.keys.push_back(std::move(root));
  }
  roots.threshold = options.threshold;
  return roots;
}

absl::Status DraftTheDirectory(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const format::OrganisationFile organisation, frame.Organisation());
  ALCOVE_CLIENT_ASSIGN(const std::string roster, client::ReadFile(options.roster));
  std::vector<client::Enrolment> enrolments;
  for (const std::string& path : options.requests) {
    ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(path));
    ALCOVE_CLIENT_ASSIGN(client::Enrolment enrolment, client::ParseEnrolment(text));
    enrolments.push_back(std::move(enrolment));
  }
  std::optional<format::DirectoryNote> previous;
  if (!options.previous.empty()) {
    ALCOVE_CLIENT_ASSIGN(const std::string note, client::ReadFile(options.previous));
    auto parsed = format::ParseDirectoryNote(note);
    if (!parsed.ok()) return Refuse(Refusal::kInputInvalid, "`" + options.previous + "` is no signed directory");
    previous = *std::move(parsed);
  }
  std::optional<crypto::VerifyKey> log_key;
  if (!options.log_key.empty()) {
    const auto bytes = crypto::Base64Decode(options.log_key);
    const auto key = bytes.ok() ? crypto::VerifyKey::FromBytes(*bytes) : bytes.status();
    if (!key.ok()) return Refuse(Refusal::kInputInvalid, "--log-key is not a key as `alcoved init` prints it");
    log_key = *key;
  }
  std::vector<RetiredMachine> retired;
  for (const std::string& machine : options.retired) {
    const size_t colon = machine.find(':');
    if (colon == std::string::npos) return Refuse(Refusal::kInputInvalid, "--retire takes PERSON:FINGERPRINT");
    retired.push_back({machine.substr(0, colon), machine.substr(colon + 1)});
  }
  std::vector<format::TokenKey> token_keys;
  for (const std::string& line : options.token_keys) {
    const auto key = format::TokenKeyFromText(line);
    if (!key.ok()) return Refuse(Refusal::kInputInvalid, "--token-key takes the line that `alcoved keys token` printed, in quotes");
    token_keys.push_back(*key);
  }
  ALCOVE_CLIENT_ASSIGN(std::optional<format::Roots> next_roots, ReadNextRoots(options));
  const DirectoryDraft draft{organisation, previous ? &*previous : nullptr, roster, enrolments, retired, log_key,
                             token_keys, std::move(next_roots), frame.today()};
  ALCOVE_CLIENT_ASSIGN(const std::string text, DraftDirectory(draft, frame.random()));
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, text));
  frame.terminal().Print("drafted " + options.out + "; now each root holder runs: alcove org sign " + options.out + "\n");
  return absl::OkStatus();
}

absl::Status DraftThePolicy(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const format::OrganisationFile organisation, frame.Organisation());
  const auto document = format::PolicyDocumentFromText(options.document);
  if (!document.ok()) return Refuse(Refusal::kInputInvalid, "`" + options.document + "` is no policy document");
  ALCOVE_CLIENT_ASSIGN(std::string body, client::ReadFile(options.body));
  const auto text = format::PolicyText({organisation.id, *document, options.version, std::move(body)});
  if (!text.ok()) return Refuse(Refusal::kInputInvalid, text.status());
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, *text));
  frame.terminal().Print("drafted " + options.out + "; now each root holder runs: alcove org sign " + options.out + "\n");
  return absl::OkStatus();
}

void PrintGaps(Frame& frame, const google::protobuf::RepeatedPtrField<std::string>& gaps) {
  if (gaps.empty()) {
    frame.terminal().Print("intake        open\n");
    return;
  }
  frame.terminal().Print("intake        closed; missing:\n");
  for (const std::string& gap : gaps) frame.terminal().Print("  - " + Harmless(gap) + "\n");
}

void PrintCoverage(Frame& frame, const google::protobuf::RepeatedPtrField<std::string>& lines) {
  frame.terminal().Print(lines.empty() ? "coverage      everybody can be reported\n" : "coverage      incomplete:\n");
  for (const std::string& line : lines) frame.terminal().Print("  - " + Harmless(line) + "\n");
}

absl::Status PublishTheDirectory(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string note, client::ReadFile(options.document));
  v1::PublishDirectoryRequest request;
  request.set_request_id(client::DrawRequestId(frame.random()));
  request.set_note(note);
  request.set_validate_only(options.check);
  absl::StatusOr<v1::PublishDirectoryResponse> response;
  if (options.first) {
    ALCOVE_CLIENT_ASSIGN(const auto connection, frame.Connect());
    response = connection->CallAgain(&v1::AdminService::Stub::PublishDirectory, request);
  } else {
    ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
    response = member->connection().CallAgain(&v1::AdminService::Stub::PublishDirectory, request, &member->session());
  }
  if (!response.ok()) return response.status();
  if (frame.json()) {
    frame.PrintJson(*response);
    return absl::OkStatus();
  }
  frame.terminal().Print("directory     version " + std::to_string(response->version()) +
                         (options.check ? " would be valid\n" : " published\n"));
  PrintGaps(frame, response->gaps());
  PrintCoverage(frame, response->coverage());
  return absl::OkStatus();
}

absl::Status PublishThePolicy(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string note, client::ReadFile(options.document));
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  v1::PublishPolicyRequest request;
  request.set_request_id(client::DrawRequestId(frame.random()));
  request.set_note(note);
  request.set_validate_only(options.check);
  ALCOVE_CLIENT_ASSIGN(const v1::PublishPolicyResponse response,
                       member->connection().CallAgain(&v1::AdminService::Stub::PublishPolicy, request, &member->session()));
  if (frame.json()) {
    frame.PrintJson(response);
    return absl::OkStatus();
  }
  frame.terminal().Print("policy        " + response.document() + " version " + std::to_string(response.version()) +
                         (options.check ? " would be valid\n" : " published\n"));
  PrintGaps(frame, response.gaps());
  PrintCoverage(frame, response.coverage());
  return absl::OkStatus();
}

absl::Status ShowTheDirectory(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  if (options.out.empty()) {
    frame.terminal().Print(member->directory().note.note.Serialize());
    return absl::OkStatus();
  }
  return client::WriteNewFile(options.out, member->directory().note.note.Serialize());
}

absl::Status ShowThePolicy(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  v1::GetPolicyRequest request;
  request.set_document(options.document);
  request.set_version(options.version);
  ALCOVE_CLIENT_ASSIGN(const v1::GetPolicyResponse response,
                       member->connection().Call(&v1::AdminService::Stub::GetPolicy, request, &member->session()));
  frame.terminal().Print(response.note());
  return absl::OkStatus();
}

absl::Status TryRouting(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  v1::TestRoutingRequest request;
  for (const std::string& category : options.categories) request.mutable_facts()->add_categories(category);
  request.mutable_facts()->set_site(options.site);
  request.mutable_facts()->set_language(options.language);
  request.mutable_facts()->set_jurisdiction(options.jurisdiction);
  request.mutable_facts()->set_immediate_danger(options.danger);
  for (const std::string& slug : options.kept_out) request.add_kept_out("staff/" + slug);
  ALCOVE_CLIENT_ASSIGN(const v1::TestRoutingResponse response,
                       member->connection().Call(&v1::AdminService::Stub::TestRouting, request, &member->session()));
  if (frame.json()) {
    frame.PrintJson(response);
    return absl::OkStatus();
  }
  frame.terminal().Print("rule          " + response.rule() + "\n" + "desk          " + response.desk() + "\n" + "urgency       " +
                         (response.urgency() == v1::URGENCY_IMMEDIATE ? "immediate" : "ordinary") + "\n");
  Table table({"eligible", "name", "as"});
  for (const v1::Reader& reader : response.eligible()) table.Row({reader.staff(), reader.display_name(), reader.purpose()});
  frame.terminal().Print(table.Text());
  return absl::OkStatus();
}

absl::Status ShowCoverage(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const v1::GetCoverageResponse response,
                       member->connection().Call(&v1::AdminService::Stub::GetCoverage, v1::GetCoverageRequest(),
                                                 &member->session()));
  if (frame.json()) {
    frame.PrintJson(response);
  } else {
    frame.terminal().Print("chart         version " + std::to_string(response.chart_version()) + ", " +
                           std::to_string(response.subjects()) + " people\n");
    Table table({"rule", "desk", "fewest left", "nobody", "only a fallback", "few approvers"});
    for (const v1::RuleCoverage& rule : response.rules())
      table.Row({rule.rule(), rule.desk(), std::to_string(rule.fewest()), std::to_string(rule.nobody().employees()),
                 std::to_string(rule.only_fallback().employees()), std::to_string(rule.few_approvers().employees())});
    frame.terminal().Print(table.Text());
    PrintCoverage(frame, response.gaps());
  }
  if (response.gaps().empty()) return absl::OkStatus();
  return Refuse(Refusal::kCoverageIncomplete, std::to_string(response.gaps_size()) + " gaps");
}

void PrintMail(Frame& frame, const v1::GetServiceStatusResponse& response) {
  std::string text = "daily mail    ";
  if (response.mail_addresses() == 0) {
    text += "none: no recipients are configured";
  } else {
    text += std::to_string(response.mail_addresses()) + " addresses for " + std::to_string(response.staff()) + " staff";
    if (response.mail_addresses() < response.staff()) text += ", SO SOMEBODY IS NOT TOLD";
    if (response.has_mail_day()) text += "; newest of " + DateText(response.mail_day());
    if (response.mail_owed() > 0) text += ", " + std::to_string(response.mail_owed()) + " not sent yet";
  }
  frame.terminal().Print(text + "\n");
}

absl::Status Status(Frame& frame, const AdminOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const v1::GetServiceStatusResponse response,
                       member->connection().Call(&v1::AdminService::Stub::GetServiceStatus, v1::GetServiceStatusRequest(),
                                                 &member->session()));
  if (frame.json()) {
    frame.PrintJson(response);
    return absl::OkStatus();
  }
  frame.terminal().Print("server        " + response.version() + (response.store_writable() ? "" : ", the store takes no writes") + "\n" +
                         "directory     version " + std::to_string(response.directory_version()) + "\n");
  for (const v1::PolicyVersion& policy : response.policies()) {
    frame.terminal().Print("policy        " + policy.document() + " version " + std::to_string(policy.version()) + "\n");
  }
  frame.terminal().Print(ClockText(response, frame.today()));
  PrintMail(frame, response);
  PrintGaps(frame, response.gaps());
  return absl::OkStatus();
}

using Verb = absl::Status (*)(Frame&, const AdminOptions&);

CLI::App* AddVerb(CLI::App& noun, Frame& frame, const std::shared_ptr<AdminOptions>& options, const char* name,
                  const char* help, Verb verb, bool signs_in) {
  CLI::App* command = noun.add_subcommand(name, help);
  if (signs_in) AddStaffOptions(*command, options->staff);
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

void AddDirectoryCommands(CLI::App& admin, Frame& frame, const std::shared_ptr<AdminOptions>& options) {
  CLI::App* noun = admin.add_subcommand("directory", "The signed list of staff");
  noun->require_subcommand(1);
  CLI::App* draft = AddVerb(*noun, frame, options, "draft", "Draft the next version from a roster and enrolment requests (offline)", DraftTheDirectory, false);
  draft->add_option("--roster", options->roster, "JSON: who may do what")->required()->type_name("FILE");
  draft->add_option("--request", options->requests, "An enrolment request; once for each")->type_name("FILE");
  draft->add_option("--retire", options->retired, "A machine that is lost or whose key was rotated; once for each")
      ->type_name("PERSON:FINGERPRINT");
  draft->add_option("--previous", options->previous, "The signed version before; none for the first")->type_name("FILE");
  draft->add_option("--log-key", options->log_key, "The server's log key, as `alcoved init` printed it")->type_name("KEY");
  draft->add_option("--token-key", options->token_keys,
                    "A key that issues tokens, as `alcoved keys token` printed it, in quotes; once for each. Those of the version before stay "
                    "until their quarter is over")
      ->type_name("KIND QUARTER KEY");
  draft->add_option("--root", options->root_files, "Who signs from then on: everybody's public line, once for each; nobody stays without being named")->type_name("FILE");
  draft->add_option("--threshold", options->threshold, "With --root: how many of them must sign");
  draft->add_option("--out", options->out, "Where to put the draft")->required()->type_name("FILE");
  CLI::App* publish = AddVerb(*noun, frame, options, "publish", "Publish a signed version", PublishTheDirectory, true);
  publish->add_option("document", options->document, "The signed directory")->required();
  publish->add_flag("--check", options->check, "Only say whether it could be published");
  publish->add_flag("--first", options->first, "The very first version: nobody can sign in yet");
  CLI::App* show = AddVerb(*noun, frame, options, "show", "Fetch and check the directory in force", ShowTheDirectory, true);
  show->add_option("--out", options->out, "Write it to this file")->type_name("FILE");
}

void AddPolicyCommands(CLI::App& admin, Frame& frame, const std::shared_ptr<AdminOptions>& options) {
  CLI::App* noun = admin.add_subcommand("policy", "Rules, profiles, forms and words, signed like the directory");
  noun->require_subcommand(1);
  CLI::App* draft = AddVerb(*noun, frame, options, "draft", "Draft a policy document from JSON (offline)", DraftThePolicy, false);
  draft->add_option("document", options->document, "form, taxonomy, profiles, routing or safeguards")->required();
  draft->add_option("--body", options->body, "The JSON")->required()->type_name("FILE");
  draft->add_option("--version", options->version, "Its version: one more than the one in force")->required();
  draft->add_option("--out", options->out, "Where to put the draft")->required()->type_name("FILE");
  CLI::App* publish = AddVerb(*noun, frame, options, "publish", "Publish a signed document", PublishThePolicy, true);
  publish->add_option("document", options->document, "The signed document")->required();
  publish->add_flag("--check", options->check, "Only say whether it could be published");
  CLI::App* show = AddVerb(*noun, frame, options, "show", "Show a document in force", ShowThePolicy, true);
  show->add_option("document", options->document, "Which")->required();
  show->add_option("--version", options->version, "An older version");
}

}  // namespace

void AddAdminCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand("admin", "Administrators: publish what root holders signed, try the routing, see health");
  noun->require_subcommand(1);
  const auto options = std::make_shared<AdminOptions>();
  AddDirectoryCommands(*noun, frame, options);
  AddPolicyCommands(*noun, frame, options);
  CLI::App* routing = AddVerb(*noun, frame, options, "routing", "Say where a hypothetical report would go, and who is eligible", TryRouting, true);
  routing->add_option("--category", options->categories, "A category code; once for each")->required();
  routing->add_option("--site", options->site, "A site code");
  routing->add_option("--language", options->language, "Language of the report");
  routing->add_option("--jurisdiction", options->jurisdiction, "A policy profile");
  routing->add_flag("--danger", options->danger, "Somebody is in danger now");
  routing->add_option("--kept-out", options->kept_out, "Short name of a person to treat as named; once for each");
  AddVerb(*noun, frame, options, "coverage", "Check that somebody at a desk could take a report about anybody", ShowCoverage, true);
  AddVerb(*noun, frame, options, "status", "Show the health of the service", Status, true);
}

}  // namespace alcove::cli
