#include "tests/property/town.h"

#include <algorithm>
#include <numeric>

#include "crypto/format/approval.h"
#include "crypto/format/grant.h"
#include "server/core/access/wall.h"
#include "server/core/cases/requests.h"
#include "server/core/grants/readers.h"
#include "server/core/guard/reporter.h"
#include "server/core/guard/review.h"
#include "server/core/guard/team.h"
#include "server/core/hr/sync.h"

namespace alcove::property {

using format::Keyring;
using reference::Number;
using world::Slug;

namespace {

std::string Upper(std::string slug) {
  std::transform(slug.begin(), slug.end(), slug.begin(), ::toupper);
  return slug;
}

void SortAliases(format::Person& person) {
  std::sort(person.aliases.begin(), person.aliases.end(),
            [](const auto& a, const auto& b) { return a.identifier.view() < b.identifier.view(); });
}

}  // namespace

Town::Town() {
  world_.PublishSafeguards({{"sync_most_removed_percent", "100"}});
  world_.PublishDirectory([&](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "carl" || person.slug == "cleo" || person.slug == "cora")
        person.roles.push_back(format::Role::kApprover);
    world_.AddPerson(directory, "zoe", {}, {}, true);
    world_.AddPerson(directory, "yann", {format::Role::kInvestigator}, {"pay"});
    std::sort(directory.people.begin(), directory.people.end(),
              [](const format::Person& a, const format::Person& b) { return a.slug < b.slug; });
  });
  for (const format::Person& person : world_.organisation->directory()->people) {
    first_lines_[person.slug] = person;
    first_directory_[person.slug] = {{Upper(person.slug)}, person.HasRole(format::Role::kAdministrator)};
  }
  players_ = {"amira", "bjorn", "chiara", "dilip", "erik", "carl", "cleo", "cora", "zoe", "yann", "otto"};
  // Fallbacks stand outside the chart, but may be named.
  for (const std::string& player : players_)
    if (player != "zoe") numbers_.push_back(Upper(player));
  for (const char* other : {"E1", "E2", "E3", "E4", "E5", "E6", "X1", "X2", "ADA"}) numbers_.emplace_back(other);
  std::vector<Number> all = numbers_;
  for (const char* other : {"FAY", "FINN", "ZOE"}) all.emplace_back(other);
  for (const Number& number : all) {
    tags_[number] = world_.TagOf("emp:" + number);
    hashes_[number] = world_.organisation->HashTag(*crypto::SubjectTag::FromBytes(tags_[number]));
  }
  first_ = world_.rows.Keep();
  first_organisation_ = world_.organisation;
  first_now_ = world_.clock.now;
  for (const auto& [slug, machines] : world_.machines) first_machines_[slug] = machines.size();
}

std::vector<Number> Town::SomeNumbers(std::size_t most) {
  std::vector<Number> some;
  for (std::size_t count = Below(most + 1); count > 0; --count) {
    const Number& number = Any(numbers_);
    if (std::find(some.begin(), some.end(), number) == some.end()) some.push_back(number);
  }
  return some;
}

void Town::Begin() {
  world_.rows.Return(*first_);
  world_.organisation = first_organisation_;
  world_.clock.now = first_now_;
  for (auto& [slug, machines] : world_.machines) {
    const std::size_t count = first_machines_.at(slug);
    while (machines.size() > count) machines.pop_back();
  }
  owners_.clear();
  for (const auto& [slug, machines] : world_.machines)
    for (const world::Machine& machine : machines) owners_[crypto::KeyIdOf(machine.decryption.encryption_key())] = slug;
  reference_ = {};
  reference_.directory = first_directory_;
  cases_.clear();
  pending_.clear();
  violations_.clear();
}

// Pages are staged as the upload would have, tags hashed already: evaluating them is not what is tried here.
void Town::Sync(bool full) {
  const base::StaffSlug by = Slug("hr-system");
  std::vector<reference::Row> told;
  hr::SyncPage page;
  const std::size_t most = full ? numbers_.size() : 3;
  std::vector<Number> whom = numbers_;
  std::shuffle(whom.begin(), whom.end(), dice_);
  whom.resize(full ? most - Below(6) : 1 + Below(most));
  for (const Number& number : whom) {
    reference::Row row;
    row.numbers = {number};
    if (Chance(6)) row.numbers.insert(Any(numbers_));
    if (Chance(75)) row.managers = {Any(numbers_)};
    if (Chance(15)) row.dotted = {Any(numbers_)};
    if (Chance(15)) row.delegates = {Any(numbers_)};
    if (Chance(15)) row.relations = {Any(numbers_)};
    hr::Row staged;
    for (const Number& own : row.numbers) staged.tags.push_back(hashes_.at(own));
    const auto name = [&](people::EdgeKind kind, const reference::Numbers& named) {
      for (const Number& other : named) staged.names.push_back({kind, hashes_.at(other)});
    };
    name(people::EdgeKind::kManager, row.managers);
    name(people::EdgeKind::kDotted, row.dotted);
    name(people::EdgeKind::kDelegate, row.delegates);
    name(people::EdgeKind::kRelation, row.relations);
    page.rows.push_back(std::move(staged));
    told.push_back(std::move(row));
  }
  const auto id = world_.Carry(
      hr::CreateSync(world_.ports(), by, world_.RequestId(), full ? hr::Mode::kFull : hr::Mode::kDelta));
  if (!id.ok()) return Violated("a sync is refused: " + id.status().ToString());
  page.sync = *id;
  world_.rows.Put(std::move(page));
  const auto committed = world_.Carry(hr::CommitSync(world_.ports(), by, {world_.RequestId(), *id, 1, false}));
  if (!committed.ok()) return Violated("a sync is refused: " + committed.status().ToString());
  world_.organisation = committed->organisation;
  reference_.chart.Sync(told, full);
  Count(full ? "full sync" : "delta", true);
}

void Town::ChangeDirectory() {
  const std::string slug = Any(players_);
  const Number number = Any(numbers_);
  const bool present = reference_.directory.contains(slug);
  const std::size_t what = present ? Below(6) : 0;
  std::string did;
  world_.PublishDirectory([&](format::Directory& directory) {
    const auto line = std::find_if(directory.people.begin(), directory.people.end(),
                                   [&](const format::Person& person) { return person.slug == slug; });
    if (what == 0 && !present) {
      did = "returns to the directory";
      format::Person back = first_lines_.at(slug);
      back.devices = {{world_.machines.at(slug).back().decryption.encryption_key(),
                       world_.machines.at(slug).back().signing.verify_key()}};
      directory.people.push_back(std::move(back));
      std::sort(directory.people.begin(), directory.people.end(),
                [](const format::Person& a, const format::Person& b) { return a.slug < b.slug; });
      reference_.directory[slug] = first_directory_.at(slug);
    } else if (what == 0) {
      did = "leaves the directory";
      directory.people.erase(line);
      reference_.directory.erase(slug);
    } else if (what == 1 || what == 2) {
      // Another number for an account.
      if (line->aliases.size() >= 3 || reference_.directory.at(slug).numbers.contains(number)) return;
      did = "has another number";
      const format::Identifier identifier = *format::Identifier::OfStaffNumber(number);
      line->aliases.push_back({format::IdentifierAlias(directory.salt, identifier),
                               format::TagAlias(directory.salt, *crypto::SubjectTag::FromBytes(Tag(number)))});
      SortAliases(*line);
      reference_.directory.at(slug).numbers.insert(number);
    } else if (what == 3) {
      did = "has one number fewer";
      reference::Numbers& numbers = reference_.directory.at(slug).numbers;
      if (numbers.size() < 2) return;
      const Number gone = *numbers.begin();
      std::erase_if(line->aliases, [&](const auto& alias) {
        return alias.tag == format::TagAlias(directory.salt, *crypto::SubjectTag::FromBytes(Tag(gone)));
      });
      numbers.erase(gone);
    } else if (what == 4 && Chance(30)) {
      did = "administers or no more";
      if (line->HasRole(format::Role::kAdministrator)) {
        std::erase(line->roles, format::Role::kAdministrator);
      } else {
        line->roles.push_back(format::Role::kAdministrator);
        std::sort(line->roles.begin(), line->roles.end());
      }
      reference_.directory.at(slug).administrator = line->HasRole(format::Role::kAdministrator);
    } else if (what == 5) {
      did = "has a new machine";
      world_.machines.at(slug).push_back(
          {crypto::DecryptionKey::Draw(world_.random), crypto::SigningKey::Draw(world_.random)});
      const world::Machine& machine = world_.machines.at(slug).back();
      line->devices = {{machine.decryption.encryption_key(), machine.signing.verify_key()}};
      owners_[crypto::KeyIdOf(machine.decryption.encryption_key())] = slug;
    }
  });
  if (!did.empty()) Count("directory: " + did, true);
}

void Town::File() {
  // Whoever left may leave a gap that closes intake.
  if (!people::GapsOf(*world_.organisation, world_.clock.Today()).empty()) return;
  std::vector<Number> subjects = SomeNumbers(2);
  std::vector<Number> kept_out = SomeNumbers(1);
  if (Chance(5)) subjects.emplace_back(Chance(50) ? "FAY" : "FINN");
  intake::PlanRequest request = world_.Facts();
  for (const Number& number : subjects) request.subjects.push_back(View(number));
  for (const Number& number : kept_out) request.keep_out.push_back(View(number));
  const cases::Ports ports = world_.ports();
  absl::StatusOr<intake::PlanView> plan = intake::PlanReport({ports, world_.secrets}, request);
  if (!plan.ok()) return Violated("no plan: " + plan.status().ToString());
  std::set<std::string> struck;
  if (Chance(25)) {
    std::vector<std::string> desk;
    for (const cases::ReaderView& reader : plan->readers)
      if (reader.condition == format::ReleaseCondition::kAssigned) desk.push_back(reader.staff.text());
    if (!desk.empty()) struck.insert(Any(desk));
    request.struck_out.assign(struck.begin(), struck.end());
    plan = intake::PlanReport({ports, world_.secrets}, request);
    if (!plan.ok()) return Violated("no plan once somebody is struck out: " + plan.status().ToString());
  }
  OneCase one{world_.NewReporter(), {}, cases_.size(), {}, {}};
  const world::Submission submission = world_.Prepare(one.reporter, *plan);
  const auto filed = world_.Submit(submission);
  if (!filed.ok()) return Violated("a filing is refused: " + filed.status().ToString());
  for (const Number& number : subjects) one.wall.subjects.push_back(reference_.Name(number));
  for (const Number& number : kept_out) one.wall.kept_out.push_back(reference_.Name(number));
  one.wall.struck_out = struck;
  one.wall.since = reference_.chart.version();
  for (const crypto::Bytes& grant : submission.grants)
    if (const auto owner = owners_.find(format::ParseGrant(grant)->recipient); owner != owners_.end())
      one.first_grant[owner->second] = grant;
  cases_.push_back(std::move(one));
  Count("filed", true);
}

bool Town::Reaches(const std::string& slug, const OneCase& one) const {
  return cases::GetCase(world_.ports(), Slug(slug), one.reporter.case_id).ok();
}

std::optional<std::string> Town::SomeReader(const OneCase& one) {
  std::vector<std::string> readers;
  for (const auto& [slug, account] : reference_.directory)
    if (Reaches(slug, one)) readers.push_back(slug);
  if (readers.empty()) return std::nullopt;
  return Any(readers);
}

void Town::Spread(std::size_t of) {
  reference::Wall wall = cases_[of].wall;
  for (const OneCase& one : cases_)
    if (one.group == cases_[of].group) wall = reference::World::Union(wall, one.wall);
  for (OneCase& one : cases_)
    if (one.group == cases_[of].group) one.wall = wall;
}

void Town::Recuse() {
  const std::size_t of = Below(cases_.size());
  const std::string who = Chance(80) ? SomeReader(cases_[of]).value_or("otto") : Any(players_);
  const auto done = world_.Carry(
      guard::RecuseFromCase(world_.ports(), Slug(who), cases_[of].reporter.case_id, world_.RequestId()));
  Count("recused", done.ok());
  if (!done.ok()) return;
  cases_[of].wall.recused.insert(who);
  Spread(of);
}

void Town::Exclude() {
  const std::size_t of = Below(cases_.size());
  guard::Exclusion exclusion;
  const std::vector<Number> numbers = SomeNumbers(2);
  for (const Number& number : numbers) exclusion.tags.push_back(View(number));
  std::vector<std::string> readers;
  const cases::Case record = Record(cases_[of]);
  if (Chance(50) && !record.thread.holders.empty()) readers.push_back(Any(record.thread.holders).staff.text());
  for (const std::string& reader : readers) exclusion.readers.push_back(Slug(reader));
  const auto done = world_.Carry(
      guard::ExcludeReaders(world_.ports(), cases_[of].reporter.mailbox, world_.RequestId(), exclusion));
  Count("excluded", done.ok());
  if (!done.ok()) return;
  for (const Number& number : numbers) cases_[of].wall.kept_out.push_back(reference_.Name(number));
  cases_[of].wall.struck_out.insert(readers.begin(), readers.end());
  Spread(of);
}

void Town::Correct() {
  const std::size_t of = Below(cases_.size());
  const std::vector<Number> numbers = SomeNumbers(2);
  const std::string who = SomeReader(cases_[of]).value_or("otto");
  std::vector<crypto::BytesView> tags;
  for (const Number& number : numbers) tags.push_back(View(number));
  const auto done = world_.Carry(guard::CorrectSubjects(world_.ports(), Slug(who), cases_[of].reporter.case_id,
                                                        cases::EtagOf(world_.ports(), Record(cases_[of])),
                                                        world_.RequestId(), tags));
  Count("corrected", done.ok());
  if (!done.ok()) return;
  for (const Number& number : numbers) cases_[of].wall.subjects.push_back(reference_.Name(number));
  Spread(of);
}

void Town::Link() {
  // Somebody who has two cases, if there is one.
  std::size_t of = Below(cases_.size());
  std::size_t other = Below(cases_.size());
  std::string who = SomeReader(cases_[of]).value_or("otto");
  for (const auto& [slug, account] : reference_.directory) {
    std::vector<std::size_t> theirs;
    for (std::size_t i = 0; i < cases_.size(); ++i)
      if (Reaches(slug, cases_[i])) theirs.push_back(i);
    if (theirs.size() < 2) continue;
    who = slug;
    std::shuffle(theirs.begin(), theirs.end(), dice_);
    of = theirs[0];
    other = theirs[1];
  }
  const auto done = world_.Carry(guard::LinkCases(world_.ports(), Slug(who), cases_[of].reporter.case_id,
                                                  cases::EtagOf(world_.ports(), Record(cases_[of])), world_.RequestId(),
                                                  cases_[other].reporter.case_id));
  Count("linked", done.ok());
  if (!done.ok()) return;
  const std::size_t joining = cases_[other].group;
  for (OneCase& one : cases_)
    if (one.group == joining) one.group = cases_[of].group;
  Spread(of);
}

// The reporter writes, with a new epoch where the old one is stale.
void Town::Write() {
  OneCase& one = cases_[Below(cases_.size())];
  const cases::Case record = Record(one);
  std::vector<format::Recipient> recipients{{record.mailbox_encryption_key, format::ReleaseCondition::kMailbox}};
  for (const grants::Holder& holder :
       grants::NextHolders(record.thread.holders, *world_.organisation, record.wall, world_.clock.Today()))
    recipients.push_back({world_.organisation->FindPerson(holder.staff)->DeviceOf(holder.key_id)->encryption_key,
                          holder.condition});
  const bool stale = grants::IsStale(record.thread.holders, *world_.organisation, record.wall, world_.clock.Today());
  const crypto::SigningKey& signer = one.reporter.keys.signing;
  if (stale) {
    // Under the old epoch it must be refused.
    const world::Draft old = world_.Write(Keyring::kThread, format::EntryKind::kMessage, one.reporter.case_id, signer,
                                          one.reporter.epochs.back());
    if (world_.Send(one.reporter, old, world_.RequestId()).ok()) Violated("an entry under a stale epoch is taken");
  }
  format::EpochKey made = format::EpochKey::Draw(world_.random);
  const world::Draft draft =
      world_.Write(Keyring::kThread, format::EntryKind::kMessage, one.reporter.case_id, signer,
                   one.reporter.epochs.back(), {}, stale ? &recipients : nullptr, &made);
  const auto sent = world_.Send(one.reporter, draft, world_.RequestId());
  Count(stale ? "written under a new epoch" : "written", sent.ok());
  if (sent.ok() && stale) one.reporter.epochs.push_back(std::move(made));
}

// The team's first note makes TEAM.
void Town::Note() {
  OneCase& one = cases_[Below(cases_.size())];
  const cases::Case record = Record(one);
  const std::optional<std::string> who = SomeReader(one);
  if (!who || record.team.epochs != 0) return;
  std::vector<format::Recipient> recipients;
  for (const grants::Holder& holder :
       grants::NextHolders(record.thread.holders, *world_.organisation, record.wall, world_.clock.Today()))
    recipients.push_back({world_.organisation->FindPerson(holder.staff)->DeviceOf(holder.key_id)->encryption_key,
                          holder.condition});
  const format::EpochKey none = format::EpochKey::Draw(world_.random);
  const world::Draft note = world_.Write(Keyring::kTeam, format::EntryKind::kNote, one.reporter.case_id,
                                         world_.machines.at(*who).back().signing, none, {}, &recipients);
  Count("noted", world_.Append(Slug(*who), one.reporter.case_id, note, world_.RequestId()).ok());
}

void Town::Claim() {
  const OneCase& one = cases_[Below(cases_.size())];
  const std::string who = SomeReader(one).value_or("otto");
  Count("claimed", world_.Carry(cases::ClaimCase(world_.ports(), Slug(who), one.reporter.case_id,
                                                 cases::EtagOf(world_.ports(), Record(one)), world_.RequestId())).ok());
}

void Town::Pass() {
  world_.clock.Advance(std::chrono::hours(24) * (1 + Below(6)));
  Count("days passed", true);
}

void Town::Ask() {
  const std::size_t of = Below(cases_.size());
  const OneCase& one = cases_[of];
  const std::optional<std::string> who = SomeReader(one);
  if (!who) return;
  Pending pending{of, Slug(*who), {}, {}};
  pending.terms.kind = Chance(70) ? format::ApprovalKind::kAddReader : format::ApprovalKind::kLiftWall;
  pending.terms.person = Slug(Any(players_));
  if (pending.terms.kind == format::ApprovalKind::kAddReader && Chance(40)) {
    pending.terms.condition = format::ReleaseCondition::kGuest;
    pending.terms.until = world_.clock.Today().PlusDays(static_cast<std::uint32_t>(Below(5)));
  }
  const auto deciders =
      approvals::WhoDecides(world_.ports(), pending.asker, {one.reporter.case_id, pending.terms, {}});
  if (!deciders.ok()) return;
  format::ApprovalTerms request;
  request.kind = pending.terms.kind;
  request.condition = pending.terms.condition;
  request.organisation = world_.file.id;
  request.case_id = one.reporter.case_id;
  request.approval = format::DrawId<base::ApprovalId>(world_.random);
  request.day = world_.clock.Today();
  if (pending.terms.until) request.until = *pending.terms.until;
  request.directory_version = world_.organisation->directory_version();
  request.person = pending.terms.person.text();
  std::vector<crypto::EncryptionKey> keys;
  for (const approvals::Decider& decider : deciders->deciders)
    for (const people::Device& device : world_.organisation->FindPerson(decider.staff)->devices)
      keys.push_back(device.encryption_key);
  const auto sealed = format::SealApprovalRequest(request, keys, "because", world_.machines.at(*who).back().signing,
                                                  world_.random);
  if (!sealed.ok()) return;
  const auto created = world_.Carry(approvals::CreateApproval(world_.ports(), pending.asker, world_.RequestId(),
                                                              {one.reporter.case_id, pending.terms, *sealed}));
  Count("approval asked for", created.ok());
  if (!created.ok()) return;
  pending.id = created->id;
  pending_.push_back(pending);
  // Often decided at once, so that carrying out is what races with everything else.
  for (std::size_t deciders_now = Below(4); deciders_now > 0; --deciders_now) DecideOne();
}

void Town::DecideOne() {
  if (pending_.empty()) return;
  const Pending& pending = Any(pending_);
  const std::string who = Chance(85) ? Any(std::vector<std::string>{"carl", "cleo", "cora"}) : Any(players_);
  const auto view = approvals::GetApproval(world_.ports(), Slug(who), pending.id);
  if (!view.ok()) return;
  const auto parsed = format::ParseApprovalRequest(view->approval.request);
  if (!parsed.ok()) return;
  const auto decision = Chance(90) ? format::Decision::kApprove : format::Decision::kRefuse;
  const crypto::Signature signature =
      format::SignDecision(parsed->statement, decision, world_.machines.at(who).back().signing);
  const OneCase& one = cases_[pending.of];
  const bool kept_out = reference_.KeptOut(one.wall).contains(who);
  const auto decided = world_.Carry(
      approvals::DecideApproval(world_.ports(), Slug(who), pending.id, view->etag, world_.RequestId(), decision, signature));
  Count("approval decided", decided.ok());
  if (decided.ok() && kept_out) Violated(who + " decides about a case that they are kept out of");
  if (decided.ok() && who == pending.asker.text()) Violated(who + " decides about their own request");
}

void Town::Execute() {
  if (pending_.empty()) return;
  const std::size_t at = Below(pending_.size());
  const Pending pending = pending_[at];
  OneCase& one = cases_[pending.of];
  const auto view = approvals::GetApproval(world_.ports(), pending.asker, pending.id);
  if (!view.ok()) return;
  std::vector<crypto::Bytes> grants;
  const cases::Case record = Record(one);
  const people::Person* person = world_.organisation->FindPerson(pending.terms.person);
  if (pending.terms.kind == format::ApprovalKind::kAddReader && person != nullptr) {
    for (const Keyring keyring : {Keyring::kThread, Keyring::kTeam}) {
      const cases::KeyringState& state = keyring == Keyring::kThread ? record.thread : record.team;
      if (state.epochs == 0) continue;
      for (const people::Device& device : person->devices)
        grants.push_back(*format::WrapGrant({world_.file.id, record.id, keyring, state.epochs - 1},
                                            format::EpochKey::Draw(world_.random), device.encryption_key,
                                            pending.terms.condition, world_.random));
    }
  }
  const std::vector<crypto::BytesView> views(grants.begin(), grants.end());
  const bool kept_out = reference_.KeptOut(one.wall).contains(pending.terms.person.text());
  const auto done = world_.Carry(approvals::ExecuteApproval(world_.ports(), pending.asker, pending.id, view->etag,
                                                            world_.RequestId(), views));
  const bool lift = pending.terms.kind == format::ApprovalKind::kLiftWall;
  Count(lift ? "wall lifted" : "reader added", done.ok());
  if (!done.ok()) return;
  pending_.erase(pending_.begin() + static_cast<std::ptrdiff_t>(at));
  if (lift) {
    one.wall.lifted.insert(pending.terms.person.text());
  } else {
    if (kept_out) Violated(pending.terms.person.text() + " is added to a case that they are kept out of");
    one.lost.erase(pending.terms.person.text());
  }
}

void Town::Event() {
  const std::size_t what = Below(100);
  if (cases_.empty() || what < 8) return File();
  if (what < 16) return Sync(Chance(40));
  if (what < 28) return ChangeDirectory();
  if (what < 36) return Recuse();
  if (what < 43) return Exclude();
  if (what < 50) return Correct();
  if (what < 56) return Link();
  if (what < 62) return Write();
  if (what < 66) return Note();
  if (what < 70) return Claim();
  if (what < 75) return Pass();
  if (what < 84) return Ask();
  if (what < 93) return DecideOne();
  Execute();
}

// What the runner does once somebody changed something: looks at every case until nothing is due.
void Town::Settle(Bug bug) {
  if (bug == Bug::kShortMemory) {
    for (const OneCase& one : cases_) {
      cases::Case record = Record(one);
      record.wall.chart_version = world_.organisation->chart().version();
      world_.rows.Put(std::move(record));
    }
  }
  if (bug != Bug::kNoReview) {
    for (const OneCase& one : cases_) {
      int rounds = 0;
      for (bool due = true; due; ++rounds) {
        absl::StatusOr<base::Outcome<guard::Reviewed>> outcome = guard::Review(world_.ports(), one.reporter.case_id);
        if (!outcome.ok()) return Violated("a review fails: " + outcome.status().ToString());
        due = !outcome->changes.empty();
        if (due && !world_.Carry(std::move(outcome)).ok()) return Violated("a review is not carried out");
        if (rounds > 4) return Violated("a review finds something for ever");
      }
    }
  }
  if (bug == Bug::kLostGrant) {
    for (const OneCase& one : cases_) {
      const reference::Slugs out = reference_.KeptOut(one.wall);
      for (const auto& [slug, grant] : one.first_grant) {
        if (!out.contains(slug)) continue;
        auto row = *world_.rows.Get<cases::Epoch>(base::RowKey(
            one.reporter.case_id, static_cast<std::uint8_t>(Keyring::kThread), std::uint32_t{0}));
        for (crypto::Bytes& stored : row->record.grants)
          if (stored.empty()) stored = grant;
        world_.rows.Put(std::move(row->record));
        break;
      }
    }
  }
}

void Town::Check(const std::string& when, bool settled) {
  const cases::Ports ports = world_.ports();
  const base::CaseId never = format::DrawId<base::CaseId>(world_.random);
  std::vector<std::set<std::string>> kept_out(cases_.size());
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    OneCase& one = cases_[i];
    const access::Wall wall = Record(one).wall;
    kept_out[i] = reference_.KeptOut(one.wall);
    for (const auto& [slug, account] : reference_.directory) {
      const bool out = kept_out[i].contains(slug);
      if (access::InConflict(*world_.organisation, Slug(slug), wall) != out)
        Violated(when + ": " + slug + (out ? " is to be kept out and is not" : " is kept out for nothing"));
    }
    if (settled) one.lost.insert(kept_out[i].begin(), kept_out[i].end());
  }

  // Nobody kept out gets a byte, or can tell the case from one that never was.
  for (std::size_t i = 0; i < cases_.size(); ++i) {
    const base::CaseId id = cases_[i].reporter.case_id;
    // Three of them a time: the seeds see to it that everybody has their turn.
    std::vector<std::string> tried(kept_out[i].begin(), kept_out[i].end());
    std::shuffle(tried.begin(), tried.end(), dice_);
    tried.resize(std::min<std::size_t>(tried.size(), 3));
    for (const std::string& slug : tried) {
      const base::StaffSlug who = Slug(slug);
      const auto sounds = [&](const base::CaseId& named, std::uint64_t* reads) {
        std::vector<absl::Status> heard;
        const std::uint64_t before = world_.rows.reads();
        heard.push_back(cases::GetCase(ports, who, named).status());
        heard.push_back(cases::OpenCase(ports, who, named, Keyring::kThread).status());
        heard.push_back(cases::OpenCase(ports, who, named, Keyring::kTeam).status());
        heard.push_back(cases::ListEntries(ports, who, named, Keyring::kThread, {}).status());
        heard.push_back(cases::ListHistory(ports, who, named, {}).status());
        heard.push_back(cases::ClaimCase(ports, who, named, "", "").status());
        *reads = world_.rows.reads() - before;
        return heard;
      };
      std::uint64_t reads = 0;
      std::uint64_t reads_of_none = 0;
      const std::vector<absl::Status> heard = sounds(id, &reads);
      if (heard != sounds(never, &reads_of_none)) Violated(when + ": " + slug + " can tell that a case exists");
      if (settled && reads != reads_of_none) Violated(when + ": " + slug + " makes the service look for a case");
      for (const absl::Status& status : heard)
        if (status.ok()) Violated(when + ": " + slug + " reads a case that they are kept out of");
    }
  }
  for (const auto& [slug, account] : reference_.directory) {
    if (!Chance(30)) continue;
    const auto page = cases::ListCases(ports, Slug(slug), {100, ""});
    if (!page.ok()) {
      Violated(when + ": a list is refused");
      continue;
    }
    for (const cases::CaseSummary& summary : page->answer.cases)
      for (std::size_t i = 0; i < cases_.size(); ++i)
        if (summary.id == cases_[i].reporter.case_id && kept_out[i].contains(slug))
          Violated(when + ": " + slug + " sees a case in their list");
    const auto approvals = approvals::ListApprovals(ports, Slug(slug), {50, ""});
    if (!approvals.ok()) continue;
    for (const approvals::ApprovalView& view : approvals->answer.approvals)
      for (std::size_t i = 0; i < cases_.size(); ++i)
        if (view.approval.case_id == cases_[i].reporter.case_id && kept_out[i].contains(slug))
          Violated(when + ": " + slug + " sees an approval of a case in their list");
  }
  if (!settled) return;

  // Nobody kept out has a grant in storage, nor whoever once was, unless they were added since.
  for (const OneCase& one : cases_) {
    const auto scanned = world_.rows.Scan<cases::Epoch>(one.reporter.case_id.str(), "", SIZE_MAX, [&](auto row) {
      for (const std::vector<crypto::Bytes>* grants : {&row.record.grants, &row.record.added}) {
        for (const crypto::Bytes& grant : *grants) {
          if (grant.empty()) continue;
          const auto owner = owners_.find(format::ParseGrant(grant)->recipient);
          if (owner == owners_.end()) continue;  // the mailbox
          if (one.lost.contains(owner->second)) Violated(when + ": storage holds a grant of " + owner->second);
          const crypto::KeyId machine = format::ParseGrant(grant)->recipient;
          const people::Person* person = world_.organisation->FindPerson(Slug(owner->second));
          if (!reference_.directory.contains(owner->second)) {
            Violated(when + ": storage holds a grant of " + owner->second + ", who left");
          } else if (person == nullptr || person->DeviceOf(machine) == nullptr) {
            Violated(when + ": storage holds a grant to a machine of " + owner->second + " that is lost");
          }
        }
      }
      return true;
    });
    if (!scanned.ok()) Violated("a scan fails");
  }
}

std::vector<std::string> Town::Live(std::uint64_t seed, int events, Bug bug) {
  dice_.seed(seed);
  world_.random = world::SeededRandom(seed);
  Begin();
  if (Chance(85)) Sync(true);
  for (int i = 0; i < events && violations_.empty(); ++i) {
    Event();
    const std::string when = "after event " + std::to_string(i + 1);
    // Access ends at once; what follows from it may take until the review.
    if (bug != Bug::kLostGrant) Check(when + ", at once", false);
    Settle(bug);
    Check(when, true);
  }
  return violations_;
}

}  // namespace alcove::property
