#include "tests/support/world.h"

#include <sys/stat.h>

#include <algorithm>
#include <ctime>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "alcove/v1/admin_service.grpc.pb.h"
#include "crypto/encoding.h"
#include "crypto/format/day.h"
#include "crypto/format/policy.h"
#include "crypto/format/tag.h"
#include "crypto/hash.h"
#include "crypto/note.h"
#include "crypto/oprf.h"
#include "crypto/random.h"
#include "tests/support/test_pki.h"
#include "tests/support/filing.h"
#include "tests/support/must.h"
#include "tests/support/server_process.h"
#include "tests/support/sign_in.h"
#include "tests/tree/source_dir.h"

namespace alcove::support {
namespace {

using crypto::SystemRandom;

struct Casting {
  const char* slug;
  std::vector<format::Role> roles;
  bool outside = false;
};

const std::vector<Casting>& Cast() {
  using format::Role;
  static const std::vector<Casting> cast{
      {"admin", {Role::kAdministrator}},
      {"approver-a", {Role::kApprover}},
      {"approver-b", {Role::kApprover}},
      {"auditor", {Role::kAuditor}},
      {"custodian-a", {Role::kCustodian}},
      {"custodian-b", {Role::kCustodian}},
      {"custodian-c", {Role::kCustodian}},
      {"escalation", {Role::kEscalation}},
      {"fallback-a", {Role::kFallback}, true},
      {"fallback-b", {Role::kFallback}, true},
      {"hr", {Role::kServiceDirectory, Role::kServiceActions, Role::kServiceTokens}},
      {"investigator-a", {Role::kInvestigator}},
      {"investigator-b", {Role::kInvestigator}},
      {"officer", {Role::kProtectionOfficer}},
  };
  return cast;
}

void WriteFile(const std::string& path, std::string_view text) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out << text;
  out.close();
  if (!out || chmod(path.c_str(), 0600) != 0) Fail("write", path);
}

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) Fail("read", path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// The first certificate of a PEM text, as DER.
crypto::Bytes Der(const std::string& pem) {
  const std::string begin = "-----BEGIN CERTIFICATE-----";
  const std::size_t from = pem.find(begin) + begin.size();
  std::string base64 = pem.substr(from, pem.find("-----END") - from);
  std::erase_if(base64, [](char c) { return c == '\n' || c == '\r'; });
  return Must("certificate", crypto::Base64Decode(base64));
}

// The documents of deploy/policy, but a routing of its own: its desks are those of the directory.
std::string PolicyBody(format::PolicyDocument document) {
  if (document == format::PolicyDocument::kRouting) {
    return R"({"sites": [{"code": "harbour-works", "label": {"en": "Harbour"}}], "rules": [{"id": "rest", "when": {}, "desk": "intake"}]})";
  }
  return ReadFile(std::string(alcove::tests::kSourceDir) + "/deploy/policy/" + std::string(format::Name(document)) + ".json");
}

}  // namespace

World World::Make(const Options& options) {
  World world;
  world.options_ = options;
  if (world.options_.data.empty()) world.options_.data = options.folder + "/data";
  mkdir(options.folder.c_str(), 0700);
  const TestPki tls = make_test_pki();
  world.tls_root_pem_ = tls.ca_pem;
  WriteFile(options.folder + "/tls.pem", tls.server.certificate_pem);
  WriteFile(options.folder + "/tls.key", tls.server.private_key_pem);

  format::OrganisationFile& file = world.organisation_;
  file.name = "Harness";
  file.id = format::DrawId<format::OrganisationId>(SystemRandom());
  file.address = "127.0.0.1:" + std::to_string(options.port);
  file.tls_roots = {Der(tls.ca_pem)};
  file.roots.threshold = 2;
  for (const char* slug : {"root-a", "root-b", "root-c"}) {
    auto key = crypto::SigningKey::Draw(SystemRandom());
    file.roots.keys.push_back({slug, key.verify_key()});
    world.roots_.emplace(slug, std::move(key));
  }
  WriteFile(world.organisation_path(), Must("organisation file", format::OrganisationText(file)));

  WriteFile(world.configuration_path(),
            "data = \"" + world.options_.data + "\"\nkeys = \"" + options.folder + "/keys\"\nwork_price = " + std::to_string(options.work_price) + "\n" +
                "checkpoint_interval = 2\n\n[[listener]]\naddress = \"" + file.address + "\"\ncertificate = \"" +
                options.folder + "/tls.pem\"\nprivate_key = \"" + options.folder +
                "/tls.key\"\nservices = [\"session\", \"ledger\", \"blob\", \"intake\", \"mailbox\", \"case\", \"approval\", \"admin\", \"hr\", \"protection\"]\n");
  const std::string log = options.folder + "/init.log";
  if (Run({options.alcoved, "init", "--config", world.configuration_path(), "--org", world.organisation_path()}, log) != 0) {
    Fail("alcoved init", ReadFile(log));
  }

  format::Directory& directory = world.directory_;
  directory.organisation = file.id;
  directory.version = 1;
  directory.valid_from = format::Day::OfUnixSeconds(std::time(nullptr));
  directory.valid_until = directory.valid_from.PlusDays(format::kDirectoryMaxDays);
  directory.next_roots = file.roots;
  directory.log_key = world.LogKey().verify_key();
  directory.salt = Must("salt", format::AliasSalt::FromBytes(SystemRandom().Draw(16)));
  directory.desks = {{"intake", "Intake"}};
  for (const Casting& casting : Cast()) {
    auto encryption = crypto::DecryptionKey::Draw(SystemRandom());
    auto signing = crypto::SigningKey::Draw(SystemRandom());
    format::Person person;
    person.slug = casting.slug;
    person.name = casting.slug;
    person.outside = casting.outside;
    person.devices = {{encryption.encryption_key(), signing.verify_key()}};
    person.roles = casting.roles;
    if (person.HasRole(format::Role::kInvestigator)) person.desks = {"intake"};
    person.aliases = {
        {format::IdentifierAlias(directory.salt, Must("identifier", format::Identifier::OfStaffNumber(person.slug))),
         format::TagAlias(directory.salt, world.TagOf(person.slug))}};
    world.keys_.emplace(crypto::KeyIdOf(encryption.encryption_key()).str(), encryption.encryption_key());
    world.people_.emplace(casting.slug, std::move(signing));
    world.decryption_.emplace(casting.slug, std::move(encryption));
    directory.people.push_back(std::move(person));
  }
  return world;
}

// A key file is one line: kind, space, base64.
crypto::Bytes World::KeyFile(const std::string& name) const {
  std::string line = ReadFile(options_.folder + "/keys/" + name);
  line = line.substr(line.rfind(' ') + 1);
  std::erase(line, '\n');
  return Must(name, crypto::Base64Decode(line));
}

crypto::SigningKey World::LogKey() const { return Must("log key", crypto::SigningKey::FromSeed(KeyFile("log.key"))); }

crypto::SubjectTag World::TagOf(const std::string& slug) const {
  const auto identifier = Must("identifier", format::Identifier::OfStaffNumber(slug));
  const auto key = Must("tag key", crypto::OprfKey::FromBytes(KeyFile("tag.key")));
  return Must("tag", crypto::Evaluate(key, identifier.text()));
}

crypto::Bytes World::SignedByRoots(const std::string& text) const {
  crypto::Bytes note = text;
  for (const char* slug : {"root-a", "root-b"}) note = Must("sign", format::AddRootSignature(note, slug, roots_.at(slug)));
  return note;
}

void World::Publish() const {
  const auto channel = Connect();
  const auto admin = v1::AdminService::NewStub(channel);
  {
    v1::PublishDirectoryRequest request;
    request.set_request_id(DrawRequestId());
    request.set_note(SignedByRoots(Must("directory", format::DirectoryText(directory_))));
    v1::PublishDirectoryResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    Must("publish the directory", FromGrpc(admin->PublishDirectory(&context, request, &response)));
  }
  const std::string authorization = Must(
      "sign in", SignIn(channel, organisation_.id, directory_.log_key, format::StaffName("admin"), people_.at("admin")));
  using format::PolicyDocument;
  for (const PolicyDocument document : {PolicyDocument::kTaxonomy, PolicyDocument::kForm, PolicyDocument::kProfiles,
                                        PolicyDocument::kRouting, PolicyDocument::kSafeguards}) {
    v1::PublishPolicyRequest request;
    request.set_request_id(DrawRequestId());
    request.set_note(SignedByRoots(
        Must("policy", format::PolicyText({organisation_.id, document, 1, PolicyBody(document)}))));
    v1::PublishPolicyResponse response;
    grpc::ClientContext context;
    SetDeadline(context);
    context.AddMetadata("authorization", authorization);
    Must(std::string("publish ") + std::string(format::Name(document)),
         FromGrpc(admin->PublishPolicy(&context, request, &response)));
    if (document != PolicyDocument::kSafeguards) continue;
    for (const std::string& gap : response.gaps()) Fail("intake does not open", gap);
  }
}

void World::PublishNext(const std::function<void(format::Directory&)>& change) {
  const std::string text = Must("directory", format::DirectoryText(directory_));
  format::Directory next = directory_;
  next.version += 1;
  next.previous = crypto::Sha256(text);
  change(next);
  const auto channel = Connect();
  const auto admin = v1::AdminService::NewStub(channel);
  v1::PublishDirectoryRequest request;
  request.set_request_id(DrawRequestId());
  request.set_note(SignedByRoots(Must("directory", format::DirectoryText(next))));
  v1::PublishDirectoryResponse response;
  grpc::ClientContext context;
  SetDeadline(context);
  context.AddMetadata("authorization", Must("sign in", SignIn(channel, organisation_.id, directory_.log_key,
                                                              format::StaffName("admin"), people_.at("admin"))));
  Must("publish the next directory", FromGrpc(admin->PublishDirectory(&context, request, &response)));
  directory_ = std::move(next);
}

World::Machine World::DrawMachine() {
  Machine machine{crypto::DecryptionKey::Draw(SystemRandom()), crypto::SigningKey::Draw(SystemRandom())};
  const crypto::EncryptionKey key = machine.decryption.encryption_key();
  keys_.emplace(crypto::KeyIdOf(key).str(), key);
  return machine;
}

std::shared_ptr<grpc::Channel> World::Connect() const {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = tls_root_pem_;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  // A server that was killed is back in a moment; a harness does not wait for seconds to notice.
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 5000);  // the time one attempt may take
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  return grpc::CreateCustomChannel(organisation_.address, grpc::SslCredentials(tls), arguments);
}

const crypto::EncryptionKey* World::KeyOf(crypto::BytesView key_id) const {
  const auto found = keys_.find(std::string(key_id));
  return found == keys_.end() ? nullptr : &found->second;
}

std::vector<std::string> World::serve_command() const {
  return {options_.alcoved, "serve", "--config", configuration_path()};
}

}  // namespace alcove::support
