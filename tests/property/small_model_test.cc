// rooms: core_world approvals guard
// Races, all of them: four people and two cases, eleven things that can happen to them, and for every choice of so many of
// those every order in which their decisions and commits can fall between each other. Every decision and every commit is
// the product's own; a decision sees the rows and the organisation of its moment, a commit what has become of them.
//
//   amira   has both cases           carl    may approve
//   bjorn   holds dormant grants     zoe     is to be added to case A; perhaps she is whom both cases are about
//
// ALCOVE_MODEL_DEPTH says how many of the eleven run against each other: 3 is 165 choices, 90 orders and more of each, because
// whoever finds that somebody was faster decides again. Without it, every two, and every three with both steps of an approval.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "crypto/format/approval.h"
#include "crypto/format/grant.h"
#include "server/core/access/wall.h"
#include "server/core/approvals/approvals.h"
#include "server/core/cases/requests.h"
#include "server/core/grants/readers.h"
#include "server/core/guard/reporter.h"
#include "server/core/guard/review.h"
#include "server/core/guard/team.h"
#include "tests/server/core/world/world.h"

namespace alcove::property {
namespace {

using format::Keyring;
using world::Slug;

// What was committed, for good. A fact never becomes untrue.
enum Fact { kAmiraLeftA, kBjornOutOfA, kZoeInA, kBjornInB, kLinked, kZoeIsX, kFacts };
using Facts = std::array<bool, kFacts>;

enum class Fault { kNone, kCareless, kNoReview };

class SmallModel {
 public:
  explicit SmallModel(Fault fault) : fault_(fault) {
    world_.PublishDirectory([&](format::Directory& directory) {
      for (format::Person& person : directory.people) {
        if (person.slug == "chiara" || person.slug == "dilip") person.desks = {"pay"};
        if (person.slug == "carl") person.roles.push_back(format::Role::kApprover);
      }
      world_.AddPerson(directory, "zoe", {}, {}, true);
    });
    for (const char* number : {"emp:ZOE", "emp:BJORN", "emp:X1"}) tags_[number] = world_.TagOf(number);
    world_.rows.Count(base::Counter::kOpenCases, "bjorn", 9);
    intake::PlanRequest about = world_.Facts();
    about.subjects = {tags_.at("emp:X1")};
    reporters_.push_back(world_.File(about));
    reporters_.push_back(world_.File(about));
    for (const world::Reporter& reporter : reporters_) EXPECT_EQ(world_.AssigneeOf(reporter), Slug("amira"));
    AskForZoe();
    for (const auto& [slug, machines] : world_.machines)
      for (const world::Machine& machine : machines)
        owners_[crypto::KeyIdOf(machine.decryption.encryption_key())] = slug;
    ListActs();
    world_.rows.BeCareless(fault == Fault::kCareless);
  }

  std::size_t acts() const { return acts_.size(); }
  std::size_t Find(const std::string& name) const {
    return static_cast<std::size_t>(
        std::find_if(acts_.begin(), acts_.end(), [&](const Act& act) { return act.name == name; }) - acts_.begin());
  }
  std::uint64_t schedules() const { return schedules_; }
  std::uint64_t steps() const { return steps_; }
  // How often each act was carried out to its end.
  const std::map<std::string, std::uint64_t>& done() const { return done_; }
  const std::vector<std::string>& violations() const { return violations_; }

  // Every order of these acts.
  void Run(const std::vector<std::size_t>& chosen) {
    State state;
    state.rows = world_.rows.Keep();
    state.organisation = world_.organisation;
    for (std::size_t act : chosen) state.running.push_back({act, {}, {}, {}, 0});
    Explore(state);
    Go(state);
  }

 private:
  // What a decision came to: carries it out on the rows as they are then.
  using Commit = std::function<absl::Status(people::OrganisationPtr*)>;
  struct Act {
    std::string name;
    std::function<std::optional<Commit>()> decide;
    std::optional<Fact> fact;
  };
  // A decided act keeps the moment of its decision and is decided again there when it commits: outcomes cannot be copied
  // into the branches of the search, moments can.
  struct Running {
    std::size_t act = 0;
    std::shared_ptr<const world::Rows::Moment> rows;
    people::OrganisationPtr organisation;
    people::OrganisationPtr published;  // committed, and not yet in force
    int tries = 0;
  };
  struct State {
    std::shared_ptr<const world::Rows::Moment> rows;
    people::OrganisationPtr organisation;
    std::vector<Running> running;  // those not at their end
    Facts facts{};
    std::string history;
  };
  static constexpr int kMostTries = 2;

  void Go(const State& state) {
    world_.rows.Return(*state.rows);
    world_.organisation = state.organisation;
  }

  void Explore(const State& state) {
    if (!violations_.empty()) return;
    if (state.running.empty()) {
      ++schedules_;
      End(state);
      return;
    }
    for (std::size_t i = 0; i < state.running.size(); ++i) {
      ++steps_;
      State next = state;
      Running& running = next.running[i];
      const Act& act = acts_[running.act];
      if (running.published) {
        next.history += " force:" + act.name;
        next.organisation = running.published;
        next.running.erase(next.running.begin() + static_cast<std::ptrdiff_t>(i));
      } else if (!running.rows) {
        next.history += " decide:" + act.name;
        Go(next);
        if (act.decide()) {
          running.rows = next.rows;
          running.organisation = next.organisation;
        } else {
          next.running.erase(next.running.begin() + static_cast<std::ptrdiff_t>(i));
        }
      } else {
        next.history += " commit:" + act.name;
        CommitOne(next, i);
      }
      Explore(next);
    }
  }

  void CommitOne(State& next, std::size_t i) {
    Running& running = next.running[i];
    const Act& act = acts_[running.act];
    world_.rows.Return(*running.rows);
    world_.organisation = running.organisation;
    const std::optional<Commit> commit = act.decide();
    Go(next);
    if (!commit) return Violated(next, "a decision is not the same twice");
    people::OrganisationPtr published;
    const absl::Status status = (*commit)(&published);
    next.rows = world_.rows.Keep();
    if (base::ReasonOf(status) == base::Reason::kContended && ++running.tries < kMostTries) {
      running.rows = nullptr;
      return;
    }
    if (status.ok()) {
      ++done_[act.name];
      if (act.fact) next.facts[*act.fact] = true;
      Go(next);
      Hold(next);
    }
    if (status.ok() && published) {
      running.published = published;
    } else {
      next.running.erase(next.running.begin() + static_cast<std::ptrdiff_t>(i));
    }
  }

  cases::Case Record(std::size_t of) const { return world_.CaseOf(reporters_[of]); }

  // Whom the facts keep out of a case; X1 being zoe counts once the directory that says so is in force.
  std::set<std::string> KeptOut(const State& state, std::size_t of) const {
    std::set<std::string> out;
    const Facts& facts = state.facts;
    for (std::size_t one : {std::size_t{0}, std::size_t{1}}) {
      if (one != of && !facts[kLinked]) continue;
      if (one == 0 && facts[kAmiraLeftA]) out.insert("amira");
      if (one == 0 && facts[kBjornOutOfA]) out.insert("bjorn");
      if (one == 0 && facts[kZoeInA]) out.insert("zoe");
      if (one == 1 && facts[kBjornInB]) out.insert("bjorn");
    }
    if (world_.organisation->directory_version() > first_version_) out.insert("zoe");
    out.insert("ada");
    return out;
  }

  // After every commit: what was committed still stands, and who is kept out is refused.
  void Hold(const State& state) {
    for (std::size_t of : {std::size_t{0}, std::size_t{1}}) {
      const cases::Case record = Record(of);
      for (const std::string& slug : KeptOut(state, of)) {
        if (!access::InConflict(*world_.organisation, Slug(slug), record.wall))
          Violated(state, slug + " is let back in to case " + std::to_string(of));
        if (cases::GetCase(world_.ports(), Slug(slug), record.id).ok())
          Violated(state, slug + " reads case " + std::to_string(of));
      }
    }
  }

  // After everything: the runner has looked at both cases once more, as it does a second after a change.
  void End(const State& state) {
    Go(state);
    if (fault_ != Fault::kNoReview) {
      for (const world::Reporter& reporter : reporters_) {
        const auto reviewed = world_.Carry(guard::Review(world_.ports(), reporter.case_id));
        if (!reviewed.ok()) Violated(state, "a review fails: " + reviewed.status().ToString());
      }
    }
    Hold(state);
    for (std::size_t of : {std::size_t{0}, std::size_t{1}}) {
      const std::set<std::string> out = KeptOut(state, of);
      (void)world_.rows.Scan<cases::Epoch>(reporters_[of].case_id.str(), "", SIZE_MAX, [&](auto row) {
        for (const std::vector<crypto::Bytes>* grants : {&row.record.grants, &row.record.added})
          for (const crypto::Bytes& grant : *grants) {
            if (grant.empty()) continue;
            const auto owner = owners_.find(format::ParseGrant(grant)->recipient);
            if (owner != owners_.end() && out.contains(owner->second))
              Violated(state, "storage holds a grant of " + owner->second + " for case " + std::to_string(of));
          }
        return true;
      });
      const cases::Case record = Record(of);
      for (const grants::Holder& holder : record.thread.holders)
        if (!holder.lost && out.contains(holder.staff.text()))
          Violated(state, holder.staff.text() + " still holds case " + std::to_string(of));
      if (record.assignee.empty() || out.contains(record.assignee.text()))
        Violated(state, "case " + std::to_string(of) + " is with nobody who may have it");
    }
  }

  void Violated(const State& state, const std::string& what) { violations_.push_back(what + " after" + state.history); }

  // A decision of the product, made on the world as it stands.
  template <class Decide>
  static std::optional<Commit> Made(world::World& world, Decide&& decide) {
    auto outcome = decide();
    if (!outcome.ok()) return std::nullopt;
    using Outcome = std::remove_cvref_t<decltype(*outcome)>;
    auto kept = std::make_shared<Outcome>(*std::move(outcome));
    return Commit([&world, kept](people::OrganisationPtr* published) {
      const absl::Status status = world.rows.Commit(*kept, world.file.id, world.clock.Today());
      if constexpr (requires { kept->answer.organisation; }) *published = kept->answer.organisation;
      return status;
    });
  }
  template <class Decide>
  void Add(const std::string& name, std::optional<Fact> fact, Decide decide) {
    // The same request every time it is decided: a repetition is a repetition.
    const std::string request = world_.RequestId();
    acts_.push_back({name, [this, decide, request] { return Made(world_, [&] { return decide(request); }); }, fact});
  }

  void AskForZoe() {
    terms_ = {format::ApprovalKind::kAddReader, Slug("zoe"), format::ReleaseCondition::kApproved, {}};
    format::ApprovalTerms request;
    request.kind = terms_.kind;
    request.condition = terms_.condition;
    request.organisation = world_.file.id;
    request.case_id = reporters_[0].case_id;
    request.approval = format::DrawId<base::ApprovalId>(world_.random);
    request.day = world_.clock.Today();
    request.directory_version = world_.organisation->directory_version();
    request.person = "zoe";
    const std::vector<crypto::EncryptionKey> keys{world_.machines.at("carl")[0].decryption.encryption_key()};
    request_ = *format::SealApprovalRequest(request, keys, "because", world_.machines.at("amira")[0].signing, world_.random);
    const auto created = world_.Carry(approvals::CreateApproval(world_.ports(), Slug("amira"), world_.RequestId(),
                                                                {reporters_[0].case_id, terms_, request_}));
    EXPECT_TRUE(created.ok()) << created.status();
    if (created.ok()) approval_ = created->id;
    first_version_ = world_.organisation->directory_version();
  }

  std::string EtagOf(std::size_t of) { return cases::EtagOf(world_.ports(), Record(of)); }
  std::string ApprovalEtag(const char* who) {
    const auto view = approvals::GetApproval(world_.ports(), Slug(who), approval_);
    return view.ok() ? view->etag : "none";
  }

  void ListActs() {
    const base::CaseId a = reporters_[0].case_id;
    const base::CaseId b = reporters_[1].case_id;
    Add("approve", std::nullopt, [this](const std::string& request) {
      const auto statement = format::ParseApprovalRequest(request_)->statement;
      return approvals::DecideApproval(
          world_.ports(), Slug("carl"), approval_, ApprovalEtag("carl"), request, format::Decision::kApprove,
          format::SignDecision(statement, format::Decision::kApprove, world_.machines.at("carl")[0].signing));
    });
    Add("execute", std::nullopt, [this](const std::string& request) {
      const cases::Case record = Record(0);
      const crypto::Bytes grant = *format::WrapGrant(
          {world_.file.id, record.id, Keyring::kThread, record.thread.epochs - 1}, format::EpochKey::Draw(world_.random),
          world_.machines.at("zoe")[0].decryption.encryption_key(), terms_.condition, world_.random);
      const std::vector<crypto::BytesView> views{grant};
      return approvals::ExecuteApproval(world_.ports(), Slug("amira"), approval_, ApprovalEtag("amira"), request, views);
    });
    Add("zoe is a subject of A", kZoeInA, [this, a](const std::string& request) {
      const std::vector<crypto::BytesView> tags{tags_.at("emp:ZOE")};
      return guard::CorrectSubjects(world_.ports(), Slug("amira"), a, EtagOf(0), request, tags);
    });
    Add("bjorn is a subject of B", kBjornInB, [this, b](const std::string& request) {
      const std::vector<crypto::BytesView> tags{tags_.at("emp:BJORN")};
      return guard::CorrectSubjects(world_.ports(), Slug("amira"), b, EtagOf(1), request, tags);
    });
    Add("amira steps back from A", kAmiraLeftA, [this, a](const std::string& request) {
      return guard::RecuseFromCase(world_.ports(), Slug("amira"), a, request);
    });
    Add("reporter of A excludes bjorn", kBjornOutOfA, [this](const std::string& request) {
      return guard::ExcludeReaders(world_.ports(), reporters_[0].mailbox, request, {{}, {Slug("bjorn")}});
    });
    Add("A and B are linked", kLinked, [this, a, b](const std::string& request) {
      return guard::LinkCases(world_.ports(), Slug("amira"), a, EtagOf(0), request, b);
    });
    Add("X1 turns out to be zoe", kZoeIsX, [this](const std::string&) {
      format::Directory next = world_.NextDirectory();
      for (format::Person& person : next.people) {
        if (person.slug != "zoe") continue;
        person.aliases.push_back(
            {format::IdentifierAlias(next.salt, *format::Identifier::OfStaffNumber("X1")),
             format::TagAlias(next.salt, *crypto::SubjectTag::FromBytes(tags_.at("emp:X1")))});
        std::sort(person.aliases.begin(), person.aliases.end(),
                  [](const auto& x, const auto& y) { return x.identifier.view() < y.identifier.view(); });
      }
      const crypto::Bytes note = world_.Signed(*format::DirectoryText(next));
      return people::PublishDirectory(world_.people_ports(), *world_.organisation, Slug("ada"), note, false);
    });
    Add("A is reviewed", std::nullopt, [this, a](const std::string&) { return guard::Review(world_.ports(), a); });
    Add("reporter of A writes", std::nullopt, [this](const std::string& request) {
      const cases::Case record = Record(0);
      std::vector<format::Recipient> recipients{{record.mailbox_encryption_key, format::ReleaseCondition::kMailbox}};
      for (const grants::Holder& holder :
           grants::NextHolders(record.thread.holders, *world_.organisation, record.wall, world_.clock.Today()))
        recipients.push_back({world_.organisation->FindPerson(holder.staff)->DeviceOf(holder.key_id)->encryption_key,
                              holder.condition});
      const bool stale = recipients.size() != record.thread.holders.size() + 1;
      const world::Draft draft =
          world_.Write(Keyring::kThread, format::EntryKind::kMessage, record.id, reporters_[0].keys.signing,
                       reporters_[0].epochs.back(), {}, stale ? &recipients : nullptr);
      return cases::SendMessage(world_.ports(), reporters_[0].mailbox, request, draft.entry());
    });
    Add("amira opens A", std::nullopt, [this, a](const std::string&) {
      return cases::OpenCase(world_.ports(), Slug("amira"), a, Keyring::kThread);
    });
  }

  const Fault fault_;
  world::World world_;
  std::map<std::string, crypto::Bytes> tags_;
  std::vector<world::Reporter> reporters_;  // of case A and of case B
  std::map<crypto::KeyId, std::string> owners_;
  approvals::Terms terms_;
  crypto::Bytes request_;
  base::ApprovalId approval_;
  std::uint32_t first_version_ = 0;
  std::vector<Act> acts_;

  std::uint64_t schedules_ = 0;
  std::uint64_t steps_ = 0;
  std::map<std::string, std::uint64_t> done_;
  std::vector<std::string> violations_;
};

std::size_t Depth() {
  const char* depth = std::getenv("ALCOVE_MODEL_DEPTH");
  return depth == nullptr ? 0 : static_cast<std::size_t>(std::strtoull(depth, nullptr, 10));
}

// Every choice of `depth` acts, until one goes wrong.
void RunAll(SmallModel& model, std::size_t depth) {
  std::vector<std::size_t> chosen;
  const std::function<void(std::size_t)> choose = [&](std::size_t from) {
    if (chosen.size() == depth) return model.Run(chosen);
    for (std::size_t act = from; act < model.acts() && model.violations().empty(); ++act) {
      chosen.push_back(act);
      choose(act + 1);
      chosen.pop_back();
    }
  };
  choose(0);
}

TEST(SmallModel, P2_NoOrderOfDecisionsAndCommitsLetsAnybodyBackIn) {
  SmallModel model(Fault::kNone);
  if (Depth() > 0) {
    RunAll(model, Depth());
  } else {
    RunAll(model, 2);
    for (std::size_t act = 2; act < model.acts(); ++act) model.Run({model.Find("approve"), model.Find("execute"), act});
  }
  for (const std::string& violation : model.violations()) ADD_FAILURE() << violation;
  std::printf("small model: %zu acts, %zu at a time, %llu schedules, %llu steps, %zu violations\n", model.acts(),
              Depth() > 0 ? Depth() : 2,
              static_cast<unsigned long long>(model.schedules()), static_cast<unsigned long long>(model.steps()),
              model.violations().size());
  for (const auto& [what, count] : model.done())
    std::printf("%8llu %s\n", static_cast<unsigned long long>(count), what.c_str());
  EXPECT_EQ(model.done().size(), model.acts()) << "an act that is never carried out proves nothing";
}

TEST(SmallModel, SeededBugsAreFound) {
  for (const auto& [fault, name] : {std::pair{Fault::kCareless, "commits look at no expectation"},
                                    std::pair{Fault::kNoReview, "nobody reviews after a change"}}) {
    SmallModel model(fault);
    if (fault == Fault::kCareless) RunAll(model, 2);
    if (fault == Fault::kNoReview) model.Run({model.Find("approve"), model.Find("execute"), model.Find("X1 turns out to be zoe")});
    EXPECT_FALSE(model.violations().empty()) << name;
    if (!model.violations().empty())
      std::printf("SEEDED BUG found: %s: %s\n", name, model.violations().front().c_str());
  }
}

}  // namespace
}  // namespace alcove::property
