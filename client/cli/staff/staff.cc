#include "client/cli/staff/staff.h"

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client/cli/frame/secret_input.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/lib/enrolment.h"
#include "client/lib/files.h"
#include "client/lib/plan.h"
#include "crypto/encoding.h"
#include "crypto/format/keyfile.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;


struct EnrollOptions {
  std::string slug;
  std::string name;
  std::vector<std::string> numbers;
  std::vector<std::string> mails;
  std::string key_file = "alcove.key";
  std::string request_file;
  std::optional<int> passphrase_fd;
  bool no_passphrase = false;
};

absl::StatusOr<std::vector<format::Identifier>> Identifiers(const EnrollOptions& options) {
  std::vector<format::Identifier> identifiers;
  for (const std::string& number : options.numbers) {
    const auto identifier = format::Identifier::OfStaffNumber(number);
    if (!identifier.ok()) return Refuse(Refusal::kInputInvalid, "`" + number + "` is no staff number");
    identifiers.push_back(*identifier);
  }
  for (const std::string& mail : options.mails) {
    const auto identifier = format::Identifier::OfMail(mail);
    if (!identifier.ok()) return Refuse(Refusal::kInputInvalid, "`" + mail + "` is no e-mail address");
    identifiers.push_back(*identifier);
  }
  return identifiers;
}

// The server evaluates blinded identifiers, as it does for any stranger: it learns neither number nor address.
absl::StatusOr<std::vector<client::EnrolledIdentifier>> WithTags(client::Connection& connection,
                                                                 const std::vector<format::Identifier>& identifiers,
                                                                 crypto::Random& random) {
  std::vector<client::NamedPerson> named(identifiers.size());
  std::vector<client::NamedPerson*> people;
  for (size_t i = 0; i < identifiers.size(); ++i) {
    named[i].identifier = identifiers[i];
    people.push_back(&named[i]);
  }
  ALCOVE_CLIENT_TRY(client::ComputeTags(connection, v1::GetIntakeResponse(), people, random));
  std::vector<client::EnrolledIdentifier> enrolled;
  for (const client::NamedPerson& person : named) enrolled.push_back({*person.identifier, *person.tag});
  return enrolled;
}

absl::Status Enroll(Frame& frame, const EnrollOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const std::vector<format::Identifier> identifiers, Identifiers(options));
  ALCOVE_CLIENT_ASSIGN(const auto connection, frame.Connect());
  const format::OrganisationId organisation = connection->organisation().id;

  client::Enrolment enrolment{organisation, options.slug, options.name, {}, {}};
  if (!identifiers.empty()) {
    ALCOVE_CLIENT_ASSIGN(enrolment.identifiers, WithTags(*connection, identifiers, frame.random()));
  } else {
    frame.terminal().Say("Note: without your staff number and work address you will not be recognised when a report names you. "
                         "Give them with --number and --mail unless you stand outside the organisation.");
  }

  std::optional<crypto::SecretText> passphrase;
  if (!options.no_passphrase) {
    ALCOVE_CLIENT_ASSIGN(passphrase, ReadNewSecret(frame.terminal(), options.passphrase_fd,
                                                   "Passphrase for your key file: ", kLeastPassphrase));
  }
  const format::PrivateKeys keys{crypto::DecryptionKey::Draw(frame.random()), crypto::SigningKey::Draw(frame.random())};
  enrolment.device = {keys.decryption->encryption_key(), keys.signing.verify_key()};
  const auto text = format::WriteKeyFile(format::KeyFileKind::kStaff, organisation, options.slug, keys,
                                         passphrase ? &*passphrase : nullptr, frame.random());
  if (!text.ok()) return Refuse(Refusal::kInputInvalid, text.status());
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.key_file, text->expose()));

  const std::string request = client::EnrolmentText(enrolment, keys.signing);
  if (options.request_file.empty()) {
    frame.terminal().Print(request);
  } else {
    ALCOVE_CLIENT_TRY(client::WriteNewFile(options.request_file, request));
  }
  frame.terminal().Say("Your keys are in " + options.key_file + " and nowhere else: no one can restore them. Hand the request to whoever "
                       "drafts the directory, and compare the fingerprint " +
                       crypto::HexEncode(crypto::KeyIdOf(enrolment.device.signing).view().substr(0, 8)) + " with them in person.");
  return absl::OkStatus();
}

absl::Status WhoAmI(Frame& frame, const StaffOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options));
  const format::Directory& directory = member->directory().directory();
  const format::Person* person = directory.FindPerson(member->keys().slug);
  if (person == nullptr) return Refuse(Refusal::kReaderNotInDirectory, "the directory does not list you");
  std::string roles, desks;
  for (const format::Role role : person->roles) roles += (roles.empty() ? "" : ", ") + std::string(format::Name(role));
  for (const std::string& desk : person->desks) desks += (desks.empty() ? "" : ", ") + desk;
  frame.terminal().Print("person        " + person->slug + " (" + person->name + ")\n" + "roles         " + (roles.empty() ? "-" : roles) + "\n" +
                         "desks         " + (desks.empty() ? "-" : desks) + "\n" + "machines      " +
                         std::to_string(person->devices.size()) + "\n" + "directory     version " + std::to_string(directory.version) +
                         ", valid until " + directory.valid_until.Text() + "\n");
  return absl::OkStatus();
}

}  // namespace

void AddStaffCommands(CLI::App& app, Frame& frame) {
  CLI::App* noun = app.add_subcommand("staff", "Get your keys and see who you are to the service");
  noun->require_subcommand(1);

  const auto enroll_options = std::make_shared<EnrollOptions>();
  CLI::App* enroll = noun->add_subcommand("enroll", "Make your keys on this machine and print a request for the directory");
  enroll->add_option("--name", enroll_options->slug, "Your short name in the directory: letters a-z, digits, -")->required();
  enroll->add_option("--display-name", enroll_options->name, "Your name as reporters will read it")->required();
  enroll->add_option("--number", enroll_options->numbers, "Your staff number, so that you are recognised when you are named");
  enroll->add_option("--mail", enroll_options->mails, "Your work address, for the same reason");
  enroll->add_option("--key", enroll_options->key_file, "Where to put your key file (default: alcove.key here)")->type_name("FILE");
  enroll->add_option("--request", enroll_options->request_file, "Write the request to this file instead of printing it")->type_name("FILE");
  enroll->add_option("--passphrase-fd", enroll_options->passphrase_fd, "Read the passphrase from this file descriptor")->type_name("N");
  enroll->add_flag("--no-passphrase", enroll_options->no_passphrase, "Leave the key file unsealed: for automation and tests only");
  enroll->callback([&frame, enroll_options] { frame.End(Enroll(frame, *enroll_options)); });

  const auto staff_options = std::make_shared<StaffOptions>();
  CLI::App* whoami = noun->add_subcommand("whoami", "Sign in and show your line of the directory");
  AddStaffOptions(*whoami, *staff_options);
  whoami->callback([&frame, staff_options] { frame.End(WhoAmI(frame, *staff_options)); });
}

}  // namespace alcove::cli
