// A whole service in memory and the reference beside it, told the same things one after the other. After every event
// whoever the reference keeps out is tried against the service: storage, reads, lists, the sound of a refusal.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "server/core/approvals/approvals.h"
#include "tests/property/reference.h"
#include "tests/server/core/world/world.h"

namespace alcove::property {

// What is planted in the service for controls.
enum class Bug {
  kNone,
  kShortMemory,   // walls forget which chart they were filed under, so that edges that ended no longer count
  kNoReview,      // nobody looks at the cases after a change
  kLostGrant,     // whoever loses a case keeps one grant in storage
};

class Town {
 public:
  Town();

  // One sequence of events, all choices from the seed. What the reference and the service differ in; empty when nothing.
  std::vector<std::string> Live(std::uint64_t seed, int events, Bug bug = Bug::kNone);

  // How often each kind of event was carried out (and not refused), over all lives: a property of what never happens is
  // no property.
  const std::map<std::string, std::uint64_t>& done() const { return done_; }

 private:
  struct OneCase {
    world::Reporter reporter;
    reference::Wall wall;
    std::size_t group = 0;                     // cases with the same number are linked
    std::set<std::string> lost;                // were kept out once: no grant again without an approval
    std::map<std::string, crypto::Bytes> first_grant;  // of everybody, for kLostGrant
  };
  struct Pending {
    std::size_t of = 0;
    base::StaffSlug asker;
    approvals::Terms terms;
    base::ApprovalId id;
  };

  // Chance.
  std::size_t Below(std::size_t bound) { return static_cast<std::size_t>(dice_() % bound); }
  bool Chance(int percent) { return Below(100) < static_cast<std::size_t>(percent); }
  template <class T>
  const T& Any(const std::vector<T>& all) {
    return all[Below(all.size())];
  }
  std::vector<reference::Number> SomeNumbers(std::size_t most);

  // Events.
  void Begin();
  void Sync(bool full);
  void ChangeDirectory();
  void File();
  void Recuse();
  void Exclude();
  void Correct();
  void Link();
  void Write();
  void Note();
  void Claim();
  void Pass();
  void Ask();
  void DecideOne();
  void Execute();
  void Event();

  void Count(const std::string& what, bool happened) { done_[what] += happened ? 1 : 0; }
  // The wall of a case grew: so did those of the cases linked with it.
  void Spread(std::size_t of);
  void Settle(Bug bug);
  // `settled`: grants and traces too, not only access.
  void Check(const std::string& when, bool settled);
  void Violated(const std::string& what) { violations_.push_back(what); }

  cases::Case Record(const OneCase& one) const { return world_.CaseOf(one.reporter); }
  bool Reaches(const std::string& slug, const OneCase& one) const;
  std::optional<std::string> SomeReader(const OneCase& one);
  const crypto::Bytes& Tag(const reference::Number& number) { return tags_.at(number); }
  crypto::BytesView View(const reference::Number& number) { return tags_.at(number); }

  world::World world_;
  std::map<reference::Number, crypto::Bytes> tags_;
  std::map<reference::Number, people::TagHash> hashes_;
  std::vector<reference::Number> numbers_;
  std::vector<std::string> players_;  // accounts that events happen to
  std::map<crypto::KeyId, std::string> owners_;  // of every key that ever was
  std::map<std::string, format::Person> first_lines_;

  // The point from which every life begins.
  std::shared_ptr<const world::Rows::Moment> first_;
  people::OrganisationPtr first_organisation_;
  base::Instant first_now_;
  std::map<std::string, std::size_t> first_machines_;
  std::map<reference::Slug, reference::Account> first_directory_;

  std::mt19937_64 dice_;
  reference::World reference_;
  std::vector<OneCase> cases_;
  std::vector<Pending> pending_;
  std::vector<std::string> violations_;
  std::map<std::string, std::uint64_t> done_;
};

}  // namespace alcove::property
