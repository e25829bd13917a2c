// A small organisation for the harnesses that drive a real server: 2-of-3 root keys, a desk, escalation, two outside
// fallbacks, custodians, an administrator, and the policy of deploy/policy. Everything is drawn here, in this process;
// the demo shows the same with the commands that people use.
//
// Readers of a plan: the desk's members (two, so that a report has five readers and the mailbox), the escalation
// recipient and two fallbacks.
#pragma once

#include <grpcpp/grpcpp.h>

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "crypto/format/directory.h"
#include "crypto/format/organisation.h"
#include "crypto/secret.h"
#include "tests/support/test_pki.h"

namespace alcove::support {

class World {
 public:
  struct Options {
    // Made; holds keys, TLS files, configuration and, unless given otherwise, the data.
    std::string folder;
    // Where data and ledger mark lie; empty means inside `folder`.
    std::string data;
    // The program `alcoved`.
    std::string alcoved;
    int port = 0;
    // Of a second listener, which asks HR systems for certificates; 0: there is none.
    int hr_port = 0;
    // Bits of the puzzle; 0 switches puzzle and budgets off.
    int work_price = 0;
  };

  // Draws keys, writes organisation file, TLS files and configuration, and runs `alcoved init`.
  static World Make(const Options& options);

  // To a server that runs: the directory, then every policy document. Afterwards intake is open.
  void Publish() const;

  // The next version of the directory as `change` makes it, published by `admin`; directory() is it from then on.
  void PublishNext(const std::function<void(format::Directory&)>& change);
  // Keys of another machine, which no directory lists yet.
  struct Machine {
    crypto::DecryptionKey decryption;
    crypto::SigningKey signing;
    format::Device device() const { return {decryption.encryption_key(), signing.verify_key()}; }
  };
  Machine DrawMachine();

  // A line of its own to the server.
  std::shared_ptr<grpc::Channel> Connect() const;
  // The same to the HR listener, with that certificate; without one where `pair` is null.
  std::shared_ptr<grpc::Channel> ConnectHr(const KeyPair* pair) const;

  const format::OrganisationFile& organisation() const { return organisation_; }
  const format::Directory& directory() const { return directory_; }
  // Who signed the server's certificate.
  const std::string& tls_root_pem() const { return tls_root_pem_; }
  // The X25519 key that a plan names; null when no person of the directory has it.
  const crypto::EncryptionKey* KeyOf(crypto::BytesView key_id) const;
  // What a person of the directory signs and opens with, on their one machine.
  const crypto::SigningKey& SigningKeyOf(const std::string& slug) const { return people_.at(slug); }
  const crypto::DecryptionKey& DecryptionKeyOf(const std::string& slug) const { return decryption_.at(slug); }
  // The tag of that person's staff number, `emp:` and the slug in capitals; the directory knows everybody by it.
  crypto::SubjectTag TagOf(const std::string& slug) const;
  const Options& options() const { return options_; }
  std::string organisation_path() const { return options_.folder + "/organisation"; }
  std::string configuration_path() const { return options_.folder + "/alcoved.toml"; }
  // `alcoved serve` with its arguments.
  std::vector<std::string> serve_command() const;


 private:
  std::shared_ptr<grpc::Channel> ConnectTo(const std::string& address, const KeyPair* pair) const;
  crypto::SigningKey LogKey() const;
  crypto::Bytes KeyFile(const std::string& name) const;
  crypto::Bytes SignedByRoots(const std::string& text) const;

  Options options_;
  std::map<std::string, crypto::SigningKey> roots_;
  std::map<std::string, crypto::SigningKey> people_;
  std::map<std::string, crypto::DecryptionKey> decryption_;
  format::OrganisationFile organisation_;
  format::Directory directory_;
  std::string tls_root_pem_;
  std::map<std::string, crypto::EncryptionKey> keys_;
};

}  // namespace alcove::support
