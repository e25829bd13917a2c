#include "client/cli/org/org.h"

#include <algorithm>
#include <cctype>
#include <memory>
#include <optional>
#include <sstream>
#include <string>
#include <vector>

#include "client/cli/frame/secret_input.h"
#include "client/cli/frame/table.h"
#include "client/lib/errors.h"
#include "client/lib/files.h"
#include "client/lib/root_line.h"
#include "crypto/encoding.h"
#include "crypto/format/directory.h"
#include "crypto/format/keyfile.h"
#include "crypto/format/organisation.h"
#include "crypto/format/policy.h"
#include "crypto/note.h"
#include "crypto/sign.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

constexpr std::string_view kDirectoryMagic = "alcove.directory.v1\n";
constexpr std::string_view kPolicyMagic = "alcove.policy.v1\n";
constexpr std::string_view kOrganisationMagic = "alcove.organisation.v1\n";

struct OrgOptions {
  std::string slug;
  std::string name;
  std::string address;
  std::string out;
  std::string key_file;
  std::string document;
  std::vector<std::string> root_files;
  std::vector<std::string> tls_files;
  int threshold = 2;
  std::optional<int> passphrase_fd;
  bool no_passphrase = false;
  bool yes = false;
};

absl::Status Keygen(Frame& frame, const OrgOptions& options) {
  std::optional<crypto::SecretText> passphrase;
  if (!options.no_passphrase) {
    ALCOVE_CLIENT_ASSIGN(passphrase, ReadNewSecret(frame.terminal(), options.passphrase_fd,
                                                   "Passphrase for this root key: ", kLeastPassphrase));
  }
  crypto::SigningKey signing = crypto::SigningKey::Draw(frame.random());
  const std::string line = client::RootLine(options.slug, signing.verify_key());
  const format::PrivateKeys keys{std::nullopt, std::move(signing)};
  ALCOVE_CLIENT_ASSIGN(const crypto::SecretText text,
                       format::WriteKeyFile(format::KeyFileKind::kRoot, std::nullopt, options.slug, keys,
                                            passphrase ? &*passphrase : nullptr, frame.random()));
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, text.expose()));
  frame.terminal().Print(line);
  frame.terminal().Say("Your root key is in " + options.out + ". Keep it off the server and off the network. Give the line above "
                       "to whoever writes the organisation file; it is not secret.");
  return absl::OkStatus();
}

// The certificates of a PEM file, as DER.
absl::StatusOr<std::vector<crypto::Bytes>> ReadCertificates(const std::string& path) {
  ALCOVE_CLIENT_ASSIGN(const std::string pem, client::ReadFile(path));
  auto found = crypto::PemCertificates(pem);
  if (!found.ok()) return Refuse(Refusal::kInputInvalid, "`" + path + "` is not a PEM certificate");
  if (found->empty()) return Refuse(Refusal::kInputInvalid, "`" + path + "` holds no certificate");
  return *std::move(found);
}

absl::Status Init(Frame& frame, const OrgOptions& options) {
  format::OrganisationFile file;
  file.name = options.name;
  file.id = format::DrawId<format::OrganisationId>(frame.random());
  file.address = options.address;
  for (const std::string& path : options.root_files) {
    ALCOVE_CLIENT_ASSIGN(format::RootKey root, client::ReadRootLine(path));
    file.roots.keys.push_back(std::move(root));
  }
  file.roots.threshold = options.threshold;
  for (const std::string& path : options.tls_files) {
    ALCOVE_CLIENT_ASSIGN(const std::vector<crypto::Bytes> certificates, ReadCertificates(path));
    file.tls_roots.insert(file.tls_roots.end(), certificates.begin(), certificates.end());
  }
  const auto text = format::OrganisationText(file);
  if (!text.ok()) return Refuse(Refusal::kInputInvalid, text.status());
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.out, *text));
  frame.terminal().Print("organisation  " + format::Text(file.id) + "\n" + "fingerprint   " + format::Fingerprint(file) + "\n");
  frame.terminal().Say("Give " + options.out + " to everybody by a way of its own (intranet, works council), and print the fingerprint on a poster.");
  return absl::OkStatus();
}

// The text of a document, whether somebody has signed it already or nobody has.
std::string TextOf(const std::string& document) {
  const auto note = crypto::ParseNote(document);
  return note.ok() ? note->text : document;
}

std::vector<std::string> SignersOf(const std::string& document) {
  std::vector<std::string> names;
  if (const auto note = crypto::ParseNote(document); note.ok()) {
    for (const auto& signature : note->signatures) names.push_back(signature.name);
  }
  return names;
}

std::string Joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + item;
  return text.empty() ? "-" : text;
}

absl::Status ShowDirectory(Frame& frame, const std::string& document) {
  const auto parsed = format::ParseDirectoryText(TextOf(document));
  if (!parsed.ok()) return Refuse(Refusal::kInputInvalid, parsed.status());
  const format::Directory& directory = *parsed;
  Terminal& terminal = frame.terminal();
  terminal.Print("directory     version " + std::to_string(directory.version) + " of organisation " +
                 format::Text(directory.organisation) + "\n");
  terminal.Print("valid         " + directory.valid_from.Text() + " to " + directory.valid_until.Text() + "\n");
  terminal.Print("next signed   by " + std::to_string(directory.next_roots.threshold) + " of these:\n");
  // With their keys: who drafts could put keys of their own under the names that everybody knows.
  for (const format::RootKey& root : directory.next_roots.keys) terminal.Print("  " + client::RootLine(root.name, root.key));
  terminal.Print("signed by     " + Joined(SignersOf(document)) + "\n");
  Table people({"person", "name", "roles", "desks", "machines", "recognised by"});
  for (const format::Person& person : directory.people) {
    std::vector<std::string> roles;
    for (const format::Role role : person.roles) roles.emplace_back(format::Name(role));
    if (person.outside) roles.emplace_back("(outside)");
    people.Row({person.slug, person.name, Joined(roles), Joined(person.desks), std::to_string(person.devices.size()),
                std::to_string(person.aliases.size()) + " identifiers"});
  }
  terminal.Print(people.Text());
  return absl::OkStatus();
}

absl::Status ShowPolicy(Frame& frame, const std::string& document) {
  const auto parsed = format::ParsePolicyText(TextOf(document));
  if (!parsed.ok()) return Refuse(Refusal::kInputInvalid, parsed.status());
  frame.terminal().Print("policy        " + std::string(format::Name(parsed->document)) + ", version " +
                         std::to_string(parsed->version) + " of organisation " + format::Text(parsed->organisation) + "\n" +
                         "signed by     " + Joined(SignersOf(document)) + "\n" + Harmless(parsed->body));
  return absl::OkStatus();
}

absl::Status ShowOrganisation(Frame& frame, const std::string& text) {
  const auto file = format::ParseOrganisation(text);
  if (!file.ok()) return Refuse(Refusal::kOrganisationFileInvalid, file.status());
  std::vector<std::string> roots;
  for (const format::RootKey& root : file->roots.keys) roots.push_back(root.name);
  frame.terminal().Print("organisation  " + file->name + " (" + format::Text(file->id) + ")\n" + "server        " + file->address + "\n" +
                         "root holders  " + std::to_string(file->roots.threshold) + " of " + Joined(roots) + "\n" +
                         "fingerprint   " + format::Fingerprint(*file) + "\n");
  return absl::OkStatus();
}

absl::Status ShowDocument(Frame& frame, const std::string& document) {
  if (document.starts_with(kDirectoryMagic)) return ShowDirectory(frame, document);
  if (document.starts_with(kPolicyMagic)) return ShowPolicy(frame, document);
  if (document.starts_with(kOrganisationMagic)) return ShowOrganisation(frame, document);
  return Refuse(Refusal::kInputInvalid, "this is no organisation file, directory or policy document");
}

absl::Status Show(Frame& frame, const OrgOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string document, client::ReadFile(options.document));
  return ShowDocument(frame, document);
}

absl::Status Sign(Frame& frame, const OrgOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::string document, client::ReadFile(options.document));
  if (document.starts_with(kOrganisationMagic)) {
    return Refuse(Refusal::kInputInvalid, "an organisation file is not signed; compare its fingerprint instead");
  }
  ALCOVE_CLIENT_TRY(ShowDocument(frame, document));
  ALCOVE_CLIENT_TRY(client::CheckPrivate(options.key_file));
  ALCOVE_CLIENT_ASSIGN(std::string raw, client::ReadFile(options.key_file));
  const crypto::SecretText text = crypto::SecretText::Take(std::move(raw));
  const auto header = format::ReadKeyFileHeader(text.expose());
  if (!header.ok() || header->kind != format::KeyFileKind::kRoot) {
    return Refuse(Refusal::kKeyFileInvalid, "`" + options.key_file + "` is no root key");
  }
  if (!options.yes) {
    ALCOVE_CLIENT_ASSIGN(const bool agreed, AskYesNo(frame.terminal(), "Sign this as " + header->name + "?", false));
    if (!agreed) return Refuse(Refusal::kCancelled, "nothing was signed");
  }
  std::optional<crypto::SecretText> passphrase;
  if (header->sealed) {
    ALCOVE_CLIENT_ASSIGN(passphrase, ReadSecret(frame.terminal(), options.passphrase_fd, "Passphrase of the root key: "));
  }
  const auto keys = format::ReadKeyFile(text.expose(), passphrase ? &*passphrase : nullptr);
  if (!keys.ok()) return Refuse(Refusal::kPassphraseWrong, "the root key does not open");
  const auto note = format::AddRootSignature(document, header->name, keys->signing);
  if (!note.ok()) return Refuse(Refusal::kInputInvalid, note.status());
  ALCOVE_CLIENT_TRY(client::ReplaceFile(options.document, *note));
  frame.terminal().Print("signed by     " + Joined(SignersOf(*note)) + "\n");
  return absl::OkStatus();
}

using Verb = absl::Status (*)(Frame&, const OrgOptions&);

CLI::App* AddVerb(CLI::App& noun, Frame& frame, const std::shared_ptr<OrgOptions>& options, const char* name,
                  const char* help, Verb verb) {
  CLI::App* command = noun.add_subcommand(name, help);
  command->callback([&frame, options, verb] { frame.End(verb(frame, *options)); });
  return command;
}

}  // namespace

void AddOrgCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand("org", "Root holders: make a key, found the organisation, sign its documents (offline)");
  noun->require_subcommand(1);
  const auto options = std::make_shared<OrgOptions>();

  CLI::App* keygen = AddVerb(*noun, frame, options, "keygen", "Make your one root key on this machine", Keygen);
  keygen->add_option("--name", options->slug, "Your short name: letters a-z, digits, -")->required();
  keygen->add_option("--out", options->out, "Where to put the key file")->required()->type_name("FILE");
  keygen->add_option("--passphrase-fd", options->passphrase_fd, "Read the passphrase from this file descriptor")->type_name("N");
  keygen->add_flag("--no-passphrase", options->no_passphrase, "Leave the key file unsealed: for automation and tests only");

  CLI::App* init = AddVerb(*noun, frame, options, "init", "Write the organisation file from the root holders' public lines", Init);
  init->add_option("--name", options->name, "The organisation's name")->required();
  init->add_option("--address", options->address, "host:port of its server")->required();
  init->add_option("--root", options->root_files, "A file with one root holder's public line; once for each")->required()->type_name("FILE");
  init->add_option("--threshold", options->threshold, "How many root holders must sign (default 2)");
  init->add_option("--tls-root", options->tls_files, "PEM certificate to trust instead of the system's")->type_name("FILE");
  init->add_option("--out", options->out, "Where to put the organisation file")->required()->type_name("FILE");

  CLI::App* sign = AddVerb(*noun, frame, options, "sign", "Show a directory or policy document and add your signature", Sign);
  sign->add_option("document", options->document, "The document; it is signed in place")->required();
  sign->add_option("--key", options->key_file, "Your root key file")->required()->type_name("FILE");
  sign->add_option("--passphrase-fd", options->passphrase_fd, "Read the passphrase from this file descriptor")->type_name("N");
  sign->add_flag("--yes", options->yes, "Do not ask; you have read it before");

  CLI::App* show = AddVerb(*noun, frame, options, "show", "Show an organisation file, directory or policy document", Show);
  show->add_option("document", options->document, "The file")->required();
}

}  // namespace alcove::cli
