#include "tests/authorization/cast.h"

#include <algorithm>
#include <map>

#include "crypto/format/grant.h"
#include "server/core/approvals/approvals.h"
#include "server/core/cases/blobs.h"
#include "server/core/guard/review.h"
#include "server/core/guard/team.h"
#include "server/core/ledger/cut.h"

namespace alcove::authorization {
namespace {

using format::Role;
using world::Slug;

struct Part {
  std::string role;
  std::string slug;  // empty: nobody of the directory
  std::vector<Role> roles;
};

const std::vector<Part>& Parts() {
  static const std::vector<Part> parts = {
      {"stranger", "", {}},
      {"mailbox", "", {}},
      {"service", "payroll", {Role::kServiceDirectory, Role::kServiceActions, Role::kServiceTokens}},
      {"staff", "nora", {}},
      {"investigator", "ivan", {Role::kInvestigator}},
      {"administrator", "adam", {Role::kAdministrator}},
      {"auditor", "otis", {Role::kAuditor}},
      {"custodian", "cyra", {Role::kCustodian}},
      {"protection_officer", "petra", {Role::kProtectionOfficer}},
      {"approver", "anna", {Role::kApprover}},
      {"escalation", "elsa", {Role::kEscalation}},
      {"fallback", "felix", {Role::kFallback}},
  };
  return parts;
}

const Part& PartOf(const std::string& role) {
  return *std::find_if(Parts().begin(), Parts().end(), [&](const Part& part) { return part.role == role; });
}

std::string Upper(std::string slug) {
  std::transform(slug.begin(), slug.end(), slug.begin(), ::toupper);
  return slug;
}
std::string Number(const std::string& slug) { return "emp:" + Upper(slug); }

}  // namespace

const std::vector<std::string>& Cast::Roles() {
  static const std::vector<std::string> roles = [] {
    std::vector<std::string> names;
    for (const Part& part : Parts()) names.push_back(part.role);
    return names;
  }();
  return roles;
}

const std::vector<std::string>& Cast::Relations() {
  static const std::vector<std::string> relations = {
      "absent",      // no such id ever was
      "foreign",     // it exists, and they have nothing to do with it
      "own",         // the reporter's own
      "desk",        // they sit at the case's desk and hold nothing
      "dormant",     // they hold a grant that was never released
      "assigned",    // the case was given to them
      "subject",     // the report is about them
      "kept_out",    // the reporter keeps them out
      "struck_out",  // the reporter struck them out of the plan
      "conflicted",  // assigned; then they turned out to be the subject
      "decider",     // an approval of the case was sealed to them as an approver
      "boss",        // the report is about somebody whose boss's boss they are
      "recused",     // assigned; then they stepped back
      "reassigned",  // assigned; then they did not claim it in time, and it went to the next
      "guest",       // let in by an approval until a day that has not come
      "expired",     // the same, and the day has passed
      "gone",        // assigned; then their keys were replaced, so none of the grants is theirs
  };
  return relations;
}

bool Cast::Possible(const std::string& role, const std::string& relation) {
  if (relation == "absent" || relation == "foreign") return true;
  if (role == "mailbox") return relation == "own";
  if (role == "service") return false;
  return !PartOf(role).slug.empty() && relation != "own";
}

Cast::Cast() {
  world.PublishDirectory([&](format::Directory& directory) {
    for (const Part& part : Parts())
      if (!part.slug.empty()) world.AddPerson(directory, part.slug, {}, {});
    // A desk of two, besides the one who plays; and two approvers, so that something can be asked for.
    for (format::Person& person : directory.people) {
      if (person.slug == "chiara" || person.slug == "dilip") person.desks = {"pay"};
      if (person.slug == "carl" || person.slug == "cora") person.roles.push_back(Role::kApprover);
    }
    std::sort(directory.people.begin(), directory.people.end(),
              [](const format::Person& a, const format::Person& b) { return a.slug < b.slug; });
  });
  world.AnnounceTokenKey();
  const intake::PlanRequest facts = world.Facts();
  File(facts);
  other = std::move(reporter);
  const ledger::LogKeys log_keys(world.log_key.Clone());
  base::Transaction cut = ledger::DecideCut(world.file.id, log_keys, world.clock.now, world.random);
  EXPECT_TRUE(world.rows.Commit(cut, world.file.id, world.clock.Today()).ok());
  const auto begun =
      world.Carry(hr::CreateSync(world.ports(), Slug("payroll"), world.RequestId(), hr::Mode::kFull));
  EXPECT_TRUE(begun.ok()) << begun.status();
  sync = *begun;
  // Something is planned against somebody whom the chart knows, and has come up.
  (void)world.Sync({{.number = "EVE"}});
  const auto planned = world.Carry(hr::SubmitAdverseAction(
      world.ports(), world.secrets.tag, Slug("payroll"),
      {world.RequestId(), *format::Identifier::Parse("emp:EVE"), Letter<base::AdverseActionId>()}));
  EXPECT_TRUE(planned.ok()) << planned.status();
  action = *planned;
  hr::AdverseAction row = (*world.rows.Get<hr::AdverseAction>(base::RowKey(action)))->record;
  row.comes_up = world.clock.Today();
  world.rows.Put(std::move(row));
  first_ = world.rows.Keep();
  first_organisation_ = world.organisation;
  first_now_ = world.clock.now;
}

void Cast::Publish(const std::string& slug, std::vector<Role> roles, std::vector<std::string> desks,
                   const std::vector<std::string>& aliases) {
  world.PublishDirectory([&](format::Directory& directory) {
    for (format::Person& person : directory.people) {
      if (person.slug != slug) continue;
      person.roles = roles;
      person.desks = desks;
      person.outside = std::find(roles.begin(), roles.end(), Role::kFallback) != roles.end();
      for (const std::string& text : aliases) {
        const format::Identifier identifier = *format::Identifier::Parse(text);
        const crypto::SubjectTag tag = *crypto::SubjectTag::FromBytes(world.TagOf(text));
        person.aliases.push_back(
            {format::IdentifierAlias(directory.salt, identifier), format::TagAlias(directory.salt, tag)});
      }
      std::sort(person.aliases.begin(), person.aliases.end(),
                [](const auto& a, const auto& b) { return a.identifier.view() < b.identifier.view(); });
    }
  });
}

void Cast::File(const intake::PlanRequest& request) {
  reporter = world.NewReporter();
  blob_ = format::DrawId<base::BlobId>(world.random);
  const std::vector<format::NamedBlob> named = {{blob_, 1000}};
  world::Mischief attached;
  attached.context = [&](format::EnvelopeContext& context) { context.blobs_hash = format::BlobsHash(named); };
  world::Submission submission = world.Prepare(reporter, world.Plan(request), attached);
  submission.blobs = {{blob_, 1000}};
  const auto filed = world.Submit(submission);
  EXPECT_TRUE(filed.ok()) << filed.status();
}

base::CaseId Cast::Twin(const cases::Case& filed) {
  cases::Case twin = filed;
  twin.id = format::DrawId<base::CaseId>(world.random);
  cases::Membership membership;
  membership.staff = twin.assignee;
  membership.case_id = twin.id;
  world.rows.Put(membership);
  const base::CaseId id = twin.id;
  world.rows.Put(std::move(twin));
  return id;
}

void Cast::Investigate(base::AllegationId& allegation, base::MeasureId& measure) {
  cases::Case record = world.CaseOf(reporter);
  record.state = cases::State::kInvestigating;
  record.assessed = 0b11111;
  cases::Allegation alleged;
  alleged.case_id = record.id;
  alleged.id = allegation = format::DrawId<base::AllegationId>(world.random);
  alleged.category = "bullying";
  cases::Measure ordered;
  ordered.case_id = record.id;
  ordered.id = measure = format::DrawId<base::MeasureId>(world.random);
  ordered.kind = "interim.no_contact";
  ordered.owner = record.assignee;
  ordered.due = world.clock.Today().PlusDays(30);
  world.rows.Put(std::move(record));
  world.rows.Put(std::move(alleged));
  world.rows.Put(std::move(ordered));
}

void Cast::StepBack(const std::string& slug) {
  const auto done =
      world.Carry(guard::RecuseFromCase(world.ports(), Slug(slug), reporter.case_id, world.RequestId()));
  EXPECT_TRUE(done.ok()) << done.status();
}

void Cast::PassOn() {
  const base::StaffSlug before = world.AssigneeOf(reporter);
  world.clock.Advance(std::chrono::hours(24 * 4));
  const auto reviewed = world.Carry(guard::Review(world.ports(), reporter.case_id));
  EXPECT_TRUE(reviewed.ok()) << reviewed.status();
  EXPECT_NE(world.AssigneeOf(reporter), before);
}

void Cast::LetIn(const std::string& slug, const base::StaffSlug& asker) {
  const approvals::Terms terms{format::ApprovalKind::kAddReader, Slug(slug), format::ReleaseCondition::kGuest,
                               world.clock.Today().PlusDays(2)};
  const base::ApprovalId id = world.Ask(asker, reporter.case_id, terms, {"carl"});
  const auto view = approvals::GetApproval(world.ports(), asker, id);
  ASSERT_TRUE(view.ok()) << view.status();
  const crypto::Bytes grant = *format::WrapGrant({world.file.id, reporter.case_id, format::Keyring::kThread, 0},
                                                 reporter.epochs.back(),
                                                 world.machines.at(slug)[0].decryption.encryption_key(),
                                                 format::ReleaseCondition::kGuest, world.random);
  const std::vector<crypto::BytesView> grants{grant};
  const auto done = world.Carry(
      approvals::ExecuteApproval(world.ports(), asker, id, view->etag, world.RequestId(), grants));
  EXPECT_TRUE(done.ok()) << done.status();
}

Scene Cast::Bring(const std::string& role, const std::string& relation) {
  const Part& part = PartOf(role);
  const bool once_assigned = relation == "assigned" || relation == "conflicted" || relation == "gone" ||
                             relation == "recused" || relation == "reassigned";
  const bool let_in = relation == "guest" || relation == "expired";
  const bool at_filing_on_desk = relation == "dormant" || relation == "struck_out" || once_assigned;
  // Escalation and fallback hold a sleeping grant of every case by what they are.
  const bool sleeps_by_role = relation == "dormant" && (role == "escalation" || role == "fallback");

  const auto prepare = [&] {
    world.rows.Return(*first_);
    world.organisation = first_organisation_;
    world.clock.now = first_now_;
    if (part.slug.empty()) return;
    if (sleeps_by_role) {
      Publish(part.slug, part.roles, {});
    } else if (let_in) {
      Publish(part.slug, {}, {});
    } else if (relation == "boss") {
      Publish(part.slug, part.roles, {});
      (void)world.Sync({{.number = Upper(part.slug)},
                        {.number = "E2", .manager = Upper(part.slug)},
                        {.number = "E1", .manager = "E2"}},
                       hr::Mode::kDelta);
    } else if (relation == "decider") {
      Publish(part.slug, {Role::kApprover}, {});
    } else if (at_filing_on_desk) {
      Publish(part.slug, {Role::kInvestigator}, {"intake"});
    }
  };
  const auto end = [&] {
    if (relation == "expired") world.clock.Advance(std::chrono::hours(24 * 3));
    if (part.slug.empty()) return;
    const bool desk = relation == "desk" || (at_filing_on_desk && !sleeps_by_role);
    if (relation == "gone") {
      world.PublishDirectory([&](format::Directory& directory) {
        for (format::Person& person : directory.people) {
          if (person.slug != part.slug) continue;
          person.devices = {{crypto::DecryptionKey::Draw(world.random).encryption_key(),
                             world.machines.at(part.slug)[0].signing.verify_key()}};
        }
      });
    }
    Publish(part.slug, part.roles, desk ? std::vector<std::string>{"intake"} : std::vector<std::string>{},
            relation == "conflicted" ? std::vector<std::string>{"emp:4711"} : std::vector<std::string>{});
  };

  Scene scene;
  prepare();
  end();
  scene.never_filed = world.rows.Keep();

  prepare();
  std::vector<crypto::Bytes> tags;
  intake::PlanRequest request = world.Facts();
  if (relation == "subject" || relation == "kept_out") tags.push_back(world.TagOf(Number(part.slug)));
  if (relation == "conflicted") tags.push_back(world.TagOf("emp:4711"));
  if (relation == "subject" || relation == "conflicted") request.subjects.assign(tags.begin(), tags.end());
  if (relation == "kept_out") request.keep_out.assign(tags.begin(), tags.end());
  if (relation == "struck_out") request.struck_out = {part.slug};
  if (relation == "boss") tags.push_back(world.TagOf("emp:E1"));
  if (relation == "boss") request.subjects.assign(tags.begin(), tags.end());
  if (once_assigned) {
    // Somebody is left to whom the case can go on.
    request.struck_out = {"bjorn"};
    world.rows.Count(base::Counter::kOpenCases, "amira", 2);
  }
  if (relation == "dormant" && !sleeps_by_role) {
    // Whoever has no case comes first: these two have had none, the player has had two.
    world.rows.Count(base::Counter::kOpenCases, part.slug, 2);
  }
  File(request);
  const cases::Case filed = world.CaseOf(reporter);
  if (once_assigned) {
    EXPECT_EQ(filed.assignee.text(), part.slug) << relation;
  } else {
    EXPECT_NE(filed.assignee.text(), part.slug) << relation;
  }
  if (!part.slug.empty()) {
    const bool holds = std::any_of(filed.thread.holders.begin(), filed.thread.holders.end(),
                                   [&](const grants::Holder& holder) { return holder.staff.text() == part.slug; });
    const bool should = at_filing_on_desk && relation != "struck_out";
    EXPECT_EQ(holds, should) << role << " " << relation;
  }
  const auto lift = [&](std::string_view person, const std::vector<std::string>& approvers) {
    return world.Ask(filed.assignee, reporter.case_id,
                     {format::ApprovalKind::kLiftWall, Slug(person), format::ReleaseCondition::kApproved, {}}, approvers);
  };
  // Who left the case has not left another, so there is none: their list is to be empty.
  const bool left = relation == "recused" || relation == "reassigned";
  const base::CaseId twin = left ? format::DrawId<base::CaseId>(world.random) : Twin(filed);
  scene.target.case_id = reporter.case_id;
  scene.target.blob = blob_;
  scene.target.approval = lift("erik", {});
  scene.target.granted = lift("otto", {"carl", "cora"});
  Investigate(scene.target.allegation, scene.target.measure);
  scene.target.twin = twin;
  if (relation == "recused") StepBack(part.slug);
  if (relation == "reassigned") PassOn();
  if (let_in) LetIn(part.slug, filed.assignee);
  end();
  scene.rows = world.rows.Keep();
  scene.organisation = world.organisation;
  scene.now = world.clock.now;
  scene.absent = {format::DrawId<base::CaseId>(world.random), format::DrawId<base::BlobId>(world.random),
                  format::DrawId<base::ApprovalId>(world.random), format::DrawId<base::ApprovalId>(world.random),
                  format::DrawId<base::AllegationId>(world.random), format::DrawId<base::MeasureId>(world.random),
                  format::DrawId<base::CaseId>(world.random)};
  if (relation == "absent") scene.target = scene.absent;

  if (role == "mailbox") {
    const world::Reporter& who = relation == "own" ? reporter : other;
    scene.principal.emplace();
    scene.principal->mailbox = who.mailbox;
    scene.key = who.keys.signing.verify_key();
  } else if (!part.slug.empty()) {
    scene.principal.emplace();
    scene.principal->kind = rpc::Principal::Kind::kStaff;
    scene.principal->slug = Slug(part.slug);
    scene.staff = Slug(part.slug);
    scene.key = world.machines.at(part.slug)[0].signing.verify_key();
  }
  return scene;
}

void Cast::Return(const Scene& scene) {
  world.rows.Return(*scene.rows);
  world.organisation = scene.organisation;
  world.clock.now = scene.now;
}

void Cast::ReturnToNeverFiled(const Scene& scene) {
  Return(scene);
  world.rows.Return(*scene.never_filed);
}

}  // namespace alcove::authorization
