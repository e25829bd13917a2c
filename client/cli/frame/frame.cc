#include "client/cli/frame/frame.h"

#include <fstream>
#include <sstream>

#include <google/protobuf/util/json_util.h>

#include "client/lib/errors.h"

namespace alcove::cli {

Frame::Frame(Terminal& terminal, crypto::Random& random, SystemClock clock)
    : terminal_(terminal), random_(random), clock_(std::move(clock)) {}

void Frame::AddCommonOptions(CLI::App& app) {
  app.add_option("--org", options_.organisation,
                 "The organisation file you were given (default: alcove.org in this directory)")
      ->type_name("FILE");
  app.add_flag("--json", options_.json, "Print results as JSON");
  app.add_option("--timeout", options_.timeout_seconds, "Seconds one call to the server may take")
      ->type_name("SECONDS")
      ->check(CLI::Range(1, 600));
}

absl::StatusOr<format::OrganisationFile> Frame::Organisation() const {
  const std::string path = options_.organisation.empty() ? "alcove.org" : options_.organisation;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return client::Refuse(client::Refusal::kOrganisationFileInvalid, "the organisation file `" + path + "` cannot be read");
  }
  std::ostringstream text;
  text << file.rdbuf();
  auto organisation = format::ParseOrganisation(text.str());
  if (!organisation.ok()) {
    return client::Refuse(client::Refusal::kOrganisationFileInvalid, organisation.status());
  }
  return organisation;
}

absl::StatusOr<std::unique_ptr<client::Connection>> Frame::Connect() const {
  if (connect_) return connect_();
  ALCOVE_CLIENT_ASSIGN(const format::OrganisationFile organisation, Organisation());
  return client::Connection::Open(organisation, std::chrono::seconds(options_.timeout_seconds));
}

void Frame::UseConnections(std::function<absl::StatusOr<std::unique_ptr<client::Connection>>()> connect) {
  connect_ = std::move(connect);
}

void Frame::PrintJson(const google::protobuf::Message& message) {
  std::string json;
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (google::protobuf::util::MessageToJsonString(message, &json, options).ok()) PrintJson(json);
}

void Frame::PrintJson(std::string_view json) { terminal_.Print(std::string(json) + "\n"); }

void Frame::End(const absl::Status& status) {
  exit_code_ = ExitCodeOf(status);
  if (!status.ok()) terminal_.Say("alcove: " + Explain(status));
}

}  // namespace alcove::cli
