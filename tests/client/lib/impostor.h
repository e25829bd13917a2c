// A service in the test's own process that answers as it should, until a test makes it lie.
//
// One organisation, one case, no rules of its own: what is tested is the client, so this server checks nothing. Every
// answer passes through a hook of its name just before it is given; a hostile test changes it there.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "alcove/v1/blob_service.grpc.pb.h"
#include "alcove/v1/case_service.grpc.pb.h"
#include "alcove/v1/intake_service.grpc.pb.h"
#include "alcove/v1/ledger_service.grpc.pb.h"
#include "alcove/v1/mailbox_service.grpc.pb.h"
#include "alcove/v1/session_service.grpc.pb.h"
#include "client/lib/connection.h"
#include "client/lib/key_file.h"
#include "crypto/format/directory.h"
#include "crypto/format/leaf.h"
#include "crypto/format/organisation.h"
#include "crypto/oprf.h"

namespace alcove::client::test {

// Somebody in the directory, with the private half.
struct Member {
  crypto::DecryptionKey decryption;
  crypto::SigningKey signing;
};

class Impostor {
 public:
  // The directory is valid from today - 1 for 60 days. People: ana, bruno, carla (investigators at `intake`), dora
  // (escalation), emil, fay (outside fallbacks), cleo, carl, cora (custodians).
  explicit Impostor(format::Day today);
  ~Impostor();

  // A new line to this server.
  std::unique_ptr<Connection> Connect();

  const format::OrganisationFile& organisation() const { return organisation_; }
  format::Directory& directory() { return directory_; }
  // Signs what directory() holds now with the first `signers` roots, and serves it.
  void SignDirectory(int signers = 2);
  // The same as the version after the one that is served, which is still there to be asked for.
  void NextDirectory();
  std::string SignedByRoots(const std::string& text, int signers = 2) const;
  StaffKeys KeysOf(const std::string& slug) const;
  const crypto::SigningKey& log_key() const { return log_key_; }
  const crypto::OprfKey& tag_key() const { return tag_key_; }

  // Puts every leaf so far into a tree and publishes it.
  void Publish();
  // A leaf of the case's chain, as the server would write it for something staff did.
  void AddLeaf(format::LeafKind kind, const std::string& actor, const std::string& details);

  std::string directory_note;
  std::map<uint32_t, std::string> older_notes;
  std::map<std::string, std::string> policy_notes;
  bool has_case() const { return !thread.empty(); }
  std::string case_name;
  std::vector<v1::Entry> thread, team;
  std::vector<v1::Epoch> epochs;
  std::vector<std::string> grants;  // ALG1
  std::vector<v1::Reader> readers;
  std::vector<v1::LeafOpening> leaves;
  std::string checkpoint;
  std::map<std::string, std::string> blobs;
  std::map<std::string, uint32_t> blob_sizes;
  v1::SubmitReportRequest submitted;
  int submissions = 0;
  std::vector<uint32_t> bad_grants;  // epochs that a reader reported
  v1::ExcludeReadersRequest excluded;
  v1::CorrectSubjectsRequest corrected;
  std::vector<std::string> former_keys;  // of the mailbox, oldest first
  v1::AnswerCheckInRequest checked_in;

  struct Hooks {
    std::function<void(v1::GetIntakeResponse&)> intake;
    std::function<void(v1::EvaluateTagsResponse&)> tags;
    std::function<void(const v1::PlanReportRequest&, v1::PlanReportResponse&)> plan;
    std::function<grpc::Status(v1::SubmitReportResponse&)> submit;
    std::function<void(v1::GetMailboxResponse&)> mailbox;
    std::function<void(v1::ListMessagesResponse&)> messages;
    std::function<void(v1::ListLeavesResponse&)> leaves;
    std::function<void(v1::Case&)> one_case;
    std::function<void(v1::AnswerCheckInResponse&)> check_in;
    std::function<grpc::Status()> rotated;  // after it was carried out
    std::function<void(v1::ListEntriesResponse&)> entries;
    std::function<void(v1::ExportCaseResponse&)> exported;
    std::function<grpc::Status(const v1::WriteBlobPartRequest&)> write_part;
    std::function<void(v1::ReadBlobPartResponse&)> read_part;
    // Signing in fails as the real server refuses.
    bool refuse_sign_in = false;
  } hooks;

  // A refusal as the real server words it.
  static grpc::Status Refusing(grpc::StatusCode code, const std::string& reason, const std::string& field = "");

 private:
  struct Services;
  void AddPerson(const std::string& slug, const std::string& name, bool outside, std::vector<format::Role> roles);
  v1::Reader ReaderOf(const std::string& slug, const std::string& purpose, v1::ReleaseCondition condition) const;

  format::Day today_;
  std::map<std::string, crypto::SigningKey> roots_;
  crypto::SigningKey log_key_;
  crypto::OprfKey tag_key_;
  std::map<std::string, Member> members_;
  format::OrganisationFile organisation_;
  format::Directory directory_;
  crypto::Digest chain_head_;
  std::unique_ptr<Services> services_;
  std::string address_;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace alcove::client::test
