// The organisation as of one directory version, one set of policy documents and one chart: an immutable snapshot.
//
// `Organisation::Build` takes what was published and verified; from then on nothing changes. Publishing makes a new
// snapshot, and whoever decides holds one by shared_ptr for as long as the decision takes, so that no decision mixes
// two versions. All const, so any thread may read.
//
// Every rule asks the snapshot again on every call: a role or a desk is a line of the newest directory, never a copy
// kept in a case.
#pragma once

#include <absl/status/statusor.h>

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "crypto/bytes.h"
#include "crypto/format/directory.h"
#include "crypto/format/policy.h"
#include "server/core/base/ids.h"
#include "server/core/base/time.h"
#include "server/core/people/chart.h"
#include "server/core/people/form.h"
#include "server/core/people/profiles.h"
#include "server/core/people/routing.h"
#include "server/core/people/safeguards.h"
#include "server/core/people/taxonomy.h"

namespace alcove::people {

using format::Name;
using format::Role;

// One machine of a person: a key to wrap to and a key to sign with.
struct Device {
  crypto::EncryptionKey encryption_key;
  crypto::VerifyKey verify_key;
  crypto::KeyId encryption_key_id;
  crypto::KeyId verify_key_id;
};

struct Person {
  base::StaffSlug slug;
  std::string display_name;
  bool outside = false;  // stands outside the organisation's chart
  std::vector<Device> devices;  // 1 or 2; a service account with a certificate may have none
  std::vector<crypto::Digest> certificates;  // SHA-256 of DER, only of service accounts
  std::vector<Role> roles;
  std::vector<std::string> desks;
  std::vector<TagHash> tags;  // one for each identifier this person is known by
  // Who in the chart this is, found by the tags; usually one, none for people from outside or before the first sync.
  std::vector<EmployeeIndex> employees;
  bool administers = false;  // an administrator, by this or another account of the same person
  bool watches = false;      // an auditor or protection officer, likewise: watches over cases and reads none

  bool Has(Role role) const;
  bool SitsAt(std::string_view desk) const;
  bool IsNamedBy(const TagHash& tag) const;
  // The device whose encryption key this is; null when it is none of theirs any more.
  const Device* DeviceOf(const crypto::KeyId& encryption_key_id) const;
};

// Two accounts of one human being, or one account: the same slug, or the same employee.
bool SamePerson(const Person& one, const Person& other);

using Document = format::PolicyDocument;
inline constexpr Document kDocuments[] = {Document::kForm, Document::kTaxonomy, Document::kProfiles, Document::kRouting,
                                          Document::kSafeguards};

// What was published of one policy document.
struct PublishedPolicy {
  std::uint32_t version = 0;
  crypto::Bytes note;  // byte for byte as signed
  std::string body;    // the JSON
  // Signed by enough of the roots that the directory in force names. False after the roots changed: the document still
  // guides open cases, and intake stays closed until it is signed again.
  bool vouched = false;
};

class Organisation {
 public:
  // Everything an organisation consists of, already verified.
  struct Parts {
    base::OrganisationId id;
    std::optional<format::DirectoryNote> directory;  // nothing before the first is published
    crypto::Bytes directory_bytes;                   // byte for byte as signed
    std::map<Document, PublishedPolicy> policies;
    ChartPtr chart;  // null: nobody has told anything, an empty chart
  };

  // POLICY_INCOMPLETE when a document does not parse. Documents may be missing: that is a gap, not an error.
  static absl::StatusOr<std::shared_ptr<const Organisation>> Build(Parts parts);

  const base::OrganisationId& id() const { return parts_.id; }

  // Directory. Version 0 and no people before the first is published.
  std::uint32_t directory_version() const { return parts_.directory ? parts_.directory->directory.version : 0; }
  const format::Directory* directory() const { return parts_.directory ? &parts_.directory->directory : nullptr; }
  bool DirectoryValidOn(base::Day day) const;
  const std::vector<Person>& people() const { return people_; }
  const Person* FindPerson(const base::StaffSlug& slug) const;
  // The person whose device has this encryption key.
  const Person* FindByEncryptionKey(const crypto::KeyId& id) const;
  // The person and device that sign with this key.
  struct Signer {
    const Person* person;
    const Device* device;
  };
  std::optional<Signer> FindByVerifyKey(const crypto::KeyId& id) const;
  // The service account that TLS knows by this certificate; null when it is nobody's.
  const Person* FindByCertificate(const crypto::Digest& certificate) const;
  bool HasDesk(std::string_view slug) const;
  // Members of a desk who are investigators, in the directory's order.
  std::vector<const Person*> MembersOf(std::string_view desk) const;
  std::vector<const Person*> With(Role role) const;

  // Tags.
  // Zero before a directory is published.
  TagHash HashTag(const crypto::SubjectTag& tag) const;
  // Whom of the directory a tag names; more than one if the directory lists one alias for several.
  std::vector<const Person*> Recognise(const TagHash& tag) const;
  // The directory or the chart knows whose tag this is.
  bool Knows(const TagHash& tag) const;

  // The chart as of the newest sync.
  const Chart& chart() const { return *parts_.chart; }

  // Policy. Null while the document was never published.
  const PublishedPolicy* policy(Document document) const;
  std::uint32_t policy_version(Document document) const;
  const Form* form() const { return form_ ? &*form_ : nullptr; }
  const Taxonomy* taxonomy() const { return taxonomy_ ? &*taxonomy_ : nullptr; }
  const Profiles* profiles() const { return profiles_ ? &*profiles_ : nullptr; }
  const Routing* routing() const { return routing_ ? &*routing_ : nullptr; }
  // The defaults while never published.
  const Safeguards& safeguards() const { return safeguards_; }

  const Parts& parts() const { return parts_; }

 private:
  Organisation() = default;
  absl::Status IndexPeople();
  void FindPeopleInChart();

  Parts parts_;
  std::vector<Person> people_;
  std::unordered_map<std::string, std::size_t> by_slug_;
  std::unordered_map<crypto::KeyId, std::size_t> by_encryption_key_;
  std::unordered_map<crypto::KeyId, std::pair<std::size_t, std::size_t>> by_verify_key_;
  std::map<crypto::Digest, std::size_t> by_certificate_;
  std::unordered_map<TagHash, std::vector<std::size_t>> by_tag_;
  std::optional<Form> form_;
  std::optional<Taxonomy> taxonomy_;
  std::optional<Profiles> profiles_;
  std::optional<Routing> routing_;
  Safeguards safeguards_;
};

using OrganisationPtr = std::shared_ptr<const Organisation>;

// What is missing before intake can open, in plain words for an administrator; empty when nothing is. Words are fixed
// apart from desk and document names: nothing here counts or names a case.
std::vector<std::string> GapsOf(const Organisation& organisation, base::Day today);

}  // namespace alcove::people
