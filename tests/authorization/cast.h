// Who calls, and what they have to do with the case that the call names.
//
// Every role is one person of the directory (or a reporter, or nobody). A relation is brought about by what people do: for
// `assigned` the person sits at the desk alone, a report is filed, and only then the directory gives them the role of the
// cell. So every role can stand in every relation that staff can stand in, however they came to it.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "crypto/format/officer_letter.h"
#include "server/core/hr/actions.h"
#include "server/rpc/door/principals.h"
#include "tests/server/core/world/world.h"

namespace alcove::authorization {

// What a call names. For `absent` everything is drawn and nothing of it exists.
struct Target {
  base::CaseId case_id;
  base::BlobId blob;
  base::ApprovalId approval;  // asked for by whoever the case is assigned to; nobody has decided
  base::ApprovalId granted;   // the same, approved
  base::AllegationId allegation;  // of the case, which is being investigated
  base::MeasureId measure;        // of the case, planned
  base::CaseId twin;  // another case of the same people: the other end of a link
};

// One point in time, to which every cell of one role and relation goes back.
struct Scene {
  std::shared_ptr<const world::Rows::Moment> rows;
  people::OrganisationPtr organisation;
  base::Instant now;
  Target target;
  Target absent;
  // The case was filed here and not there; all else is the same.
  std::shared_ptr<const world::Rows::Moment> never_filed;

  std::optional<rpc::Principal> principal;  // nothing: a stranger
  crypto::VerifyKey key;                    // with which the session was opened
  base::StaffSlug staff;                    // empty: not of the directory
};

class Cast {
 public:
  Cast();

  static const std::vector<std::string>& Roles();
  static const std::vector<std::string>& Relations();
  // A reporter cannot be assigned, staff has no mailbox: what cannot be is no cell.
  static bool Possible(const std::string& role, const std::string& relation);

  Scene Bring(const std::string& role, const std::string& relation);
  // The world as the scene has it: call before every cell.
  void Return(const Scene& scene);
  void ReturnToNeverFiled(const Scene& scene);

  world::World world;
  world::Reporter reporter = world.NewReporter();  // of the case that calls name, since the last Bring
  world::Reporter other = world.NewReporter();     // of another case
  hr::SyncId sync;                                 // that the service account began
  base::AdverseActionId action;                    // that it submitted; it has come up
  base::MeasureOrderId order;                      // that it sees; of no case of these tests

  // A letter to the officers of the directory in force, under an id of its own.
  template <class Id>
  crypto::Bytes Letter() {
    std::vector<crypto::EncryptionKey> officers;
    for (const people::Person* officer : world.organisation->With(people::Role::kProtectionOfficer))
      for (const people::Device& device : officer->devices) officers.push_back(device.encryption_key);
    return *format::SealOfficerLetter(world.file.id, format::DrawId<Id>(world.random), officers, "who", world.random);
  }

 private:
  // The directory with one person changed.
  void Publish(const std::string& slug, std::vector<format::Role> roles, std::vector<std::string> desks,
               const std::vector<std::string>& aliases = {});
  // A second case of the same people; its id.
  base::CaseId Twin(const cases::Case& filed);
  // The case as it is while it is investigated: assessed, with an allegation and a measure.
  void Investigate(base::AllegationId& allegation, base::MeasureId& measure);
  // What brings relations about once a report is filed.
  void StepBack(const std::string& slug);
  void PassOn();
  void LetIn(const std::string& slug, const base::StaffSlug& asker);
  // Files a report with an attachment.
  void File(const intake::PlanRequest& request);

  std::shared_ptr<const world::Rows::Moment> first_;
  people::OrganisationPtr first_organisation_;
  base::Instant first_now_;
  base::BlobId blob_;
};

}  // namespace alcove::authorization
