#include "client/cli/staff/staff.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "client/cli/frame/secret_input.h"
#include "client/cli/frame/staff_sign_in.h"
#include "client/lib/enrolment.h"
#include "client/lib/files.h"
#include "client/lib/identity.h"
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

// Where new keys go, and the request for them.
struct NewKeyFiles {
  std::string key_file;
  std::string request_file;  // empty: printed
  std::optional<int> passphrase_fd;
  bool no_passphrase = false;
};

// Draws keys and completes the enrolment with them.
absl::Status WriteKeysAndRequest(Frame& frame, client::Enrolment enrolment, const NewKeyFiles& files) {
  std::optional<crypto::SecretText> passphrase;
  if (!files.no_passphrase) {
    ALCOVE_CLIENT_ASSIGN(passphrase, ReadNewSecret(frame.terminal(), files.passphrase_fd,
                                                   "Passphrase for your key file: ", kLeastPassphrase));
  }
  const format::PrivateKeys keys{crypto::DecryptionKey::Draw(frame.random()), crypto::SigningKey::Draw(frame.random())};
  enrolment.device = {keys.decryption->encryption_key(), keys.signing.verify_key()};
  const auto text = format::WriteKeyFile(format::KeyFileKind::kStaff, enrolment.organisation, enrolment.slug, keys,
                                         passphrase ? &*passphrase : nullptr, frame.random());
  if (!text.ok()) return Refuse(Refusal::kInputInvalid, text.status());
  ALCOVE_CLIENT_TRY(client::WriteNewFile(files.key_file, text->expose()));

  const std::string request = client::EnrolmentText(enrolment, keys.signing);
  if (files.request_file.empty()) {
    frame.terminal().Print(request);
  } else {
    ALCOVE_CLIENT_TRY(client::WriteNewFile(files.request_file, request));
  }
  frame.terminal().Say("Your keys are in " + files.key_file + " and nowhere else: no one can restore them. Hand the request to whoever "
                       "drafts the directory, and compare the fingerprint " +
                       client::FingerprintOf(enrolment.device.signing) + " with them in person.");
  return absl::OkStatus();
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

  return WriteKeysAndRequest(frame, std::move(enrolment),
                             {options.key_file, options.request_file, options.passphrase_fd, options.no_passphrase});
}

struct RotateOptions {
  StaffOptions staff;
  std::string next;
  std::string request_file;
  std::optional<int> new_passphrase_fd;
  bool no_passphrase = false;
  std::string retire;
  bool forget = false;
  std::string hand_over;
};

// New keys beside the old ones, and a request that they be listed too.
absl::Status MakeNextKeys(Frame& frame, const RotateOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  const format::Person* person = member->directory().directory().FindPerson(member->keys().slug);
  if (person == nullptr) return Refuse(Refusal::kReaderNotInDirectory, "the directory does not list you");
  if (person->devices.size() > 1) {
    return Refuse(Refusal::kInputInvalid, "the directory lists two machines of yours already, which is the most: retire one first");
  }
  // Who they are recognised by stays with their line of the directory.
  client::Enrolment enrolment{member->connection().organisation().id, person->slug, person->name, {}, {}};
  return WriteKeysAndRequest(frame, std::move(enrolment),
                             {options.next, options.request_file, options.new_passphrase_fd, options.no_passphrase});
}

// Whether anything depends on the old key, and the end of it when nothing does and its person says so.
absl::Status RetireKeys(Frame& frame, const RotateOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_TRY(client::CheckPrivate(options.retire));
  ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(options.retire));
  const auto header = format::ReadKeyFileHeader(text);
  if (!header.ok() || header->kind != format::KeyFileKind::kStaff || !header->encryption_key ||
      header->organisation != member->connection().organisation().id || header->name != member->keys().slug) {
    return Refuse(Refusal::kKeyFileInvalid, "`" + options.retire + "` is no key file of yours");
  }
  const crypto::KeyId key = crypto::KeyIdOf(*header->encryption_key);
  if (key == crypto::KeyIdOf(member->keys().decryption.encryption_key())) {
    return Refuse(Refusal::kInputInvalid, "`" + options.retire + "` is the key you sign in with: name the new one with --key");
  }
  const format::Directory& directory = member->directory().directory();
  const bool listed = directory.PersonOfKey(key) != nullptr;
  std::vector<crypto::KeyId> retired;
  if (!listed) retired.push_back(key);
  ALCOVE_CLIENT_ASSIGN(const v1::GetOwnKeysResponse own, member->desk().OwnKeys(retired));
  if (frame.json()) frame.PrintJson(own);
  const auto line = std::find_if(own.keys().begin(), own.keys().end(),
                                 [&](const v1::OwnKey& one) { return one.key_id() == key.view(); });
  if (line == own.keys().end()) return Refuse(Refusal::kAnswerMalformed, "it does not speak of the key that was asked about");
  const auto day = format::Day::FromCivil(own.as_of().year(), own.as_of().month(), own.as_of().day());
  const std::string as_of = own.has_as_of() && day.ok() ? " (as of " + day->Text() + ")" : "";
  const std::string fingerprint = client::FingerprintOf(header->signing_key);
  if (line->needed()) {
    return Refuse(Refusal::kKeyNeeded, listed ? "something may be granted to `" + options.retire + "` and to no other key of yours" + as_of +
                                                    "; it changes when somebody writes on those cases"
                                              : "the service may still hold a grant to `" + options.retire + "`" + as_of);
  }
  if (listed) {
    frame.terminal().Print("Nothing depends on " + options.retire + " alone" + as_of +
                           ". Have it taken from the directory: alcove admin directory draft --retire " + header->name + ":" +
                           fingerprint + " ...; then run this again.\n");
    return absl::OkStatus();
  }
  if (!options.forget) {
    frame.terminal().Say("No grant to " + options.retire + " remains" + as_of + ". Deleting it cannot be taken back.");
    ALCOVE_CLIENT_ASSIGN(const bool yes, AskYesNo(frame.terminal(), "Delete it?", false));
    if (!yes) return Refuse(Refusal::kCancelled, "the key file stays");
  }
  ALCOVE_CLIENT_TRY(client::ForgetFile(options.retire));
  frame.terminal().Print("Deleted " + options.retire + "; no grant to it remained" + as_of + ".\n");
  return absl::OkStatus();
}

std::string Shares(size_t count) { return count == 1 ? "1 share" : std::to_string(count) + " shares"; }

// A custodian's shares, opened here and wrapped to whoever holds them from then on.
absl::Status HandOver(Frame& frame, const RotateOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options.staff));
  ALCOVE_CLIENT_ASSIGN(const client::HandedOver done, client::HandSharesOver(member->desk(), options.hand_over));
  const bool own = options.hand_over == member->keys().slug;
  frame.terminal().Print("Handed over " + Shares(done.handed) + " of sealed names to " + (own ? "your other key" : options.hand_over) +
                         ", each opened on this machine; their reporters see it.\n");
  if (done.elsewhere != 0) frame.terminal().Print(Shares(done.elsewhere) + " of yours do not open with this key: hand those over with your other key file.\n");
  if (done.refused == 0) return absl::OkStatus();
  return Refuse(Refusal::kShareKept, Shares(done.refused) + " stay with this key: " + options.hand_over +
                                         " holds another share of that name, or may not hold one. Hand them over to somebody else.");
}

absl::Status Rotate(Frame& frame, const RotateOptions& options) {
  const int wishes = !options.next.empty() + !options.retire.empty() + !options.hand_over.empty();
  if (wishes != 1) {
    return Refuse(Refusal::kInputInvalid, "say one of --next FILE, to make new keys, --hand-over SLUG, to hand your shares over, or --retire FILE, to end old ones");
  }
  if (!options.hand_over.empty()) return HandOver(frame, options);
  return options.retire.empty() ? MakeNextKeys(frame, options) : RetireKeys(frame, options);
}

absl::Status WhoAmI(Frame& frame, const StaffOptions& options) {
  ALCOVE_CLIENT_ASSIGN(const auto member, StaffMember::SignIn(frame, options));
  const format::Directory& directory = member->directory().directory();
  const format::Person* person = directory.FindPerson(member->keys().slug);
  if (person == nullptr) return Refuse(Refusal::kReaderNotInDirectory, "the directory does not list you");
  std::string roles, desks;
  for (const format::Role role : person->roles) roles += (roles.empty() ? "" : ", ") + std::string(format::Name(role));
  std::string machines;
  for (const format::Device& device : person->devices) {
    machines += (machines.empty() ? "machines      " : "              ") + client::FingerprintOf(device.signing) +
                (device.signing == member->keys().signing.verify_key() ? " (this one)" : "") + "\n";
  }
  for (const std::string& desk : person->desks) desks += (desks.empty() ? "" : ", ") + desk;
  frame.terminal().Print("person        " + person->slug + " (" + person->name + ")\n" + "roles         " + (roles.empty() ? "-" : roles) + "\n" +
                         "desks         " + (desks.empty() ? "-" : desks) + "\n" + machines + "directory     version " + std::to_string(directory.version) +
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

  const auto rotate_options = std::make_shared<RotateOptions>();
  CLI::App* rotate = noun->add_subcommand("rotate", "Change your keys: make new ones beside the old, and end the old when nothing depends on them");
  AddStaffOptions(*rotate, rotate_options->staff);
  rotate->add_option("--next", rotate_options->next, "Make new keys and put them into this file")->type_name("FILE");
  rotate->add_option("--request", rotate_options->request_file, "Write the request for the new keys to this file instead of printing it")->type_name("FILE");
  rotate->add_option("--new-passphrase-fd", rotate_options->new_passphrase_fd, "Read the new file's passphrase from this file descriptor")->type_name("N");
  rotate->add_flag("--no-passphrase", rotate_options->no_passphrase, "Leave the new key file unsealed: for automation and tests only");
  rotate->add_option("--retire", rotate_options->retire, "The old key file: asks whether anything depends on it, and deletes it when nothing does")->type_name("FILE");
  rotate->add_option("--hand-over", rotate_options->hand_over, "Custodians: wrap your shares of sealed names to this custodian, or to your own new key")->type_name("SLUG");
  rotate->add_flag("--forget", rotate_options->forget, "With --retire: delete without asking");
  rotate->callback([&frame, rotate_options] { frame.End(Rotate(frame, *rotate_options)); });

  const auto staff_options = std::make_shared<StaffOptions>();
  CLI::App* whoami = noun->add_subcommand("whoami", "Sign in and show your line of the directory");
  AddStaffOptions(*whoami, *staff_options);
  whoami->callback([&frame, staff_options] { frame.End(WhoAmI(frame, *staff_options)); });
}

}  // namespace alcove::cli
