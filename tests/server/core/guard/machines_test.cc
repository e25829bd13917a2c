// Staff life as a case sees it: people read, machines hold keys. A machine that joins, leaves, or takes the place of a lost
// one; somebody who changes desk or leaves.
#include "crypto/format/identity.h"
#include "server/core/grants/readers.h"
#include "server/core/guard/own_keys.h"
#include "tests/server/core/guard/scene.h"

namespace alcove::world {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

class Machines : public GuardedCase {
 protected:
  // Everybody begins with one machine.
  Machines() {
    List("dilip", {0});
    reporter = world.File();
  }
  static format::Device DeviceOf(const Machine& machine) {
    return {machine.decryption.encryption_key(), machine.signing.verify_key()};
  }
  // A machine that the directory does not list yet; the last of `machines`.
  Machine& Draw(const std::string& slug) {
    world.machines[slug].push_back({crypto::DecryptionKey::Draw(world.random), crypto::SigningKey::Draw(world.random)});
    return world.machines[slug].back();
  }
  // The person has exactly these of their machines from the next directory on; none: they leave.
  void List(const std::string& slug, const std::vector<std::size_t>& which) {
    world.PublishDirectory([&](format::Directory& directory) {
      if (which.empty()) {
        std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == slug; });
        return;
      }
      for (format::Person& person : directory.people) {
        if (person.slug != slug) continue;
        person.devices.clear();
        for (const std::size_t i : which) person.devices.push_back(DeviceOf(world.machines.at(slug)[i]));
      }
    });
  }
  crypto::KeyId KeyOf(const std::string& slug, std::size_t machine) {
    return crypto::KeyIdOf(world.machines.at(slug)[machine].decryption.encryption_key());
  }
  // Grants to this machine that are stored, in whichever epoch of THREAD.
  std::size_t GrantsTo(const crypto::KeyId& key) {
    std::size_t found = 0;
    EXPECT_TRUE(world.rows.Scan<cases::Epoch>(base::RowKey(reporter.case_id), "", SIZE_MAX,
                                              [&](base::Versioned<cases::Epoch> row) {
                                                const format::ParsedEpoch record = *format::ParseEpoch(row.record.record);
                                                for (std::size_t i = 0; i < record.reader_count; ++i)
                                                  found += record.ReaderAt(i).key == key && !row.record.grants[i].empty();
                                                return true;
                                              }).ok());
    return found;
  }
  std::size_t HandedOut(const std::string& slug) {
    const auto grants = world.Carry(cases::OpenCase(world.ports(), Slug(slug), reporter.case_id, Keyring::kThread));
    return grants.ok() ? grants->size() : 0;
  }
  bool Reaches(const std::string& slug) {
    return world.Carry(cases::GetCase(world.ports(), Slug(slug), reporter.case_id)).ok();
  }
  void Write() { ASSERT_EQ(Send(true), std::nullopt); }
};

TEST_F(Machines, AMachineThatJoinsReadsOnceSomebodyHasWritten) {
  const std::string who = Assignee().text();
  const std::size_t second = world.machines.at(who).size();
  Draw(who);
  List(who, {0, second});
  EXPECT_EQ(Send(false), Reason::kEpochStale) << "the next writer makes the key";
  EXPECT_TRUE(Reaches(who)) << "the first machine reads on meanwhile";
  EXPECT_EQ(GrantsTo(KeyOf(who, second)), 0u);
  const std::size_t seen = Record().leaf_count;
  Write();
  EXPECT_EQ(GrantsTo(KeyOf(who, second)), 1u);
  EXPECT_EQ(GrantsTo(KeyOf(who, 0)), 2u) << "both read";
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kReaderMachines, LeafKind::kEntryAppended));
  EXPECT_EQ(VisibleLeaves(reporter)[seen].details, format::details::ReaderMachines(who, 2));
  EXPECT_EQ(Send(false), std::nullopt) << "control: nothing changed since";
}

TEST_F(Machines, WithTwoMachinesOneLeavesAndNothingIsLost) {
  const std::string who = Assignee().text();
  const std::size_t second = world.machines.at(who).size();
  Draw(who);
  List(who, {0, second});
  Write();
  List(who, {second});
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(GrantsTo(KeyOf(who, 0)), 0u) << "no grant to the old key remains";
  EXPECT_EQ(GrantsTo(KeyOf(who, second)), 1u);
  EXPECT_EQ(HandedOut(who), 1u);
  EXPECT_EQ(Assignee().text(), who) << "the case stays with who has it";
  for (const cases::ReaderView& reader : cases::GetMailbox(world.ports(), reporter.mailbox)->readers)
    EXPECT_FALSE(reader.lost) << reader.staff.text() << ": a machine is nobody";
  EXPECT_EQ(Send(false), Reason::kEpochStale) << "the old machine knows the key";
  Write();
  EXPECT_EQ(GrantsTo(KeyOf(who, 0)), 0u);
  EXPECT_EQ(GrantsTo(KeyOf(who, second)), 2u);
}

TEST_F(Machines, ALostLaptopReadsNothingAtOnceAndItsPersonAgainAfterTheNextWriter) {
  const std::string who = Assignee().text();
  const std::size_t fresh = world.machines.at(who).size();
  Draw(who);
  List(who, {fresh});
  EXPECT_FALSE(Reaches(who)) << "nobody waits for a review";
  EXPECT_EQ(HandedOut(who), 0u);
  const std::size_t seen = Record().leaf_count;
  ASSERT_TRUE(Review().ok());
  EXPECT_FALSE(HasGrant(who));
  const std::string next = Assignee().text();
  EXPECT_NE(next, who) << "nothing is left unread";
  EXPECT_EQ(HandedOut(next), 1u);
  EXPECT_EQ(VisibleLeaves(reporter)[seen].details, format::details::ReaderMachines(who, 0));
  EXPECT_THAT(KindsAfter(seen), Not(Contains(LeafKind::kReaderLost))) << "who lost a laptop is no stranger";
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Record().leaf_count, seen + 4) << "once: machines, release, assignment, and the one that opened";

  EXPECT_EQ(Send(false), Reason::kEpochStale);
  Write();
  EXPECT_EQ(GrantsTo(KeyOf(who, fresh)), 1u);
  EXPECT_TRUE(Reaches(who)) << "as a colleague";
  EXPECT_EQ(HandedOut(who), 1u);
  EXPECT_EQ(Assignee().text(), next);
}

TEST_F(Machines, WhoLostTheirLaptopGetsAGrantFromAHolderWithoutWaitingForAMessage) {
  world.PublishDirectory([](format::Directory& directory) {
    for (format::Person& person : directory.people)
      if (person.slug == "carl") person.roles.push_back(format::Role::kApprover);
  });
  reporter = world.File();
  const std::string who = Assignee().text();
  approvals::Terms terms;
  terms.person = Slug(who);
  const auto asks = [&](const std::string& slug) {
    return Why(approvals::WhoDecides(world.ports(), Slug(slug), {reporter.case_id, terms, {}}));
  };
  const std::size_t fresh = world.machines.at(who).size();
  Draw(who);
  List(who, {fresh});
  ASSERT_TRUE(Review().ok());
  const std::string next = Assignee().text();
  ASSERT_NE(next, who);
  EXPECT_EQ(asks(next), std::nullopt);
  Write();
  EXPECT_EQ(asks(next), Reason::kApprovalRefused) << "control: who reads needs nobody's approval";
}

TEST_F(Machines, TheLastWhoReadsKeepsTheCaseThoughTheirLaptopIsLost) {
  std::vector<std::string> others;
  for (const grants::Holder& holder : Record().thread.holders)
    if (holder.staff != Assignee() && holder.condition != ReleaseCondition::kLapsed) others.push_back(holder.staff.text());
  const std::string who = Assignee().text();
  world.PublishDirectory([&](format::Directory& directory) {
    std::erase_if(directory.people, [&](const format::Person& person) {
      return std::find(others.begin(), others.end(), person.slug) != others.end();
    });
  });
  const std::size_t fresh = world.machines.at(who).size();
  Draw(who);
  List(who, {fresh});
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Assignee().text(), who);
  EXPECT_FALSE(Reaches(who));
  Write();
  EXPECT_TRUE(Reaches(who));
  EXPECT_EQ(Assignee().text(), who);
}

TEST_F(Machines, AConflictOutlivesEveryNewMachine) {
  const std::string who = Assignee().text();
  ASSERT_TRUE(Recuse(Assignee()).ok());
  const std::size_t fresh = world.machines.at(who).size();
  Draw(who);
  List(who, {0, fresh});
  Write();
  List(who, {fresh});
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(Send(false), std::nullopt) << "whose machines changed has no part in the key";
  EXPECT_EQ(GrantsTo(KeyOf(who, fresh)), 0u);
  ExpectLost(who);
}

TEST_F(Machines, TheNextKeyIsForEveryMachineAndForNoneThatTheDirectoryDoesNotList) {
  const std::string who = Assignee().text();
  const std::size_t second = world.machines.at(who).size();
  Draw(who);
  List(who, {0, second});
  Draw(who);  // nobody signed for this one
  const auto spoilt = [&](const std::function<void(std::vector<format::Recipient>&)>& spoil) {
    std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    spoil(readers);
    return Why(world.Send(reporter,
                          world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                                      reporter.epochs.back(), {}, &readers),
                          world.RequestId()));
  };
  EXPECT_EQ(spoilt([&](auto& readers) {
              std::erase_if(readers, [&](const format::Recipient& one) { return crypto::KeyIdOf(one.key) == KeyOf(who, second); });
            }),
            Reason::kGrantsMismatch);
  EXPECT_EQ(spoilt([&](auto& readers) {
              std::erase_if(readers, [&](const format::Recipient& one) { return crypto::KeyIdOf(one.key) == KeyOf(who, 0); });
            }),
            Reason::kGrantsMismatch);
  EXPECT_EQ(spoilt([&](auto& readers) {
              readers.push_back({world.machines.at(who).back().decryption.encryption_key(), ReleaseCondition::kAssigned});
            }),
            Reason::kGrantsMismatch);
  EXPECT_EQ(spoilt([](auto&) {}), std::nullopt) << "control";
}

TEST_F(Machines, ADormantHoldersMachinesAreGrantedToAsWellAndStayDormant) {
  const std::string who = "fay";
  const std::size_t fresh = world.machines.at(who).size();
  Draw(who);
  List(who, {0, fresh});
  Write();
  EXPECT_EQ(GrantsTo(KeyOf(who, fresh)), 1u);
  EXPECT_FALSE(Reaches(who));
  List(who, {fresh});
  ASSERT_TRUE(Review().ok());
  EXPECT_EQ(GrantsTo(KeyOf(who, 0)), 0u);
  EXPECT_FALSE(Reaches(who)) << "a new machine releases nothing";
}

TEST_F(Machines, WhoLeavesWithAnOpenCaseHandsItOnAndNothingIsLeftUnread) {
  const std::string who = Assignee().text();
  const std::size_t seen = Record().leaf_count;
  List(who, {});
  EXPECT_FALSE(Reaches(who));
  ASSERT_TRUE(Review().ok());
  ExpectLost(who);
  EXPECT_THAT(KindsAfter(seen), ElementsAre(LeafKind::kReaderLost, LeafKind::kGrantReleased, LeafKind::kCaseAssigned));
  EXPECT_EQ(HandedOut(Assignee().text()), 1u);
  EXPECT_EQ(Send(false), Reason::kEpochStale);
  Write();
  // Coming back is no way to what was lost.
  world.PublishDirectory([&](format::Directory& directory) {
    format::Person person;
    person.slug = who;
    person.name = who;
    person.roles = {format::Role::kInvestigator};
    person.desks = {"intake"};
    person.devices = {DeviceOf(world.machines.at(who)[0])};
    const auto before = std::find_if(directory.people.begin(), directory.people.end(),
                                     [&](const format::Person& other) { return other.slug > who; });
    directory.people.insert(before, person);
  });
  ASSERT_TRUE(Review().ok());
  EXPECT_FALSE(Reaches(who));
}

TEST_F(Machines, ACaseGoesToTheDeskBeforeThoseWhoMovedAndToNobodyWhoInvestigatesNoMore) {
  const std::vector<std::string> planned = PeopleUnder(ReleaseCondition::kAssigned);
  ASSERT_EQ(planned.size(), 3u);
  std::vector<std::string> dormant;
  for (const std::string& one : planned)
    if (one != Assignee().text()) dormant.push_back(one);
  const auto change = [&](const std::string& slug, const std::function<void(format::Person&)>& what) {
    world.PublishDirectory([&](format::Directory& directory) {
      for (format::Person& person : directory.people)
        if (person.slug == slug) what(person);
    });
    ASSERT_TRUE(Review().ok());
  };
  const std::string first = Assignee().text();
  change(first, [](format::Person& person) { person.desks = {"pay"}; });
  EXPECT_EQ(Assignee().text(), first) << "the reporter keeps whom they know";
  change(dormant[0], [](format::Person& person) { person.desks = {"pay"}; });
  const auto before = world.rows.Keep();
  // A draw decides among equals: it never decides for who moved.
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(Recuse(Slug(first)).ok());
    EXPECT_EQ(Assignee().text(), dormant[1]);
    world.rows.Return(*before);
  }
  ASSERT_TRUE(Recuse(Slug(first)).ok());
  ASSERT_TRUE(Recuse(Assignee()).ok());
  EXPECT_EQ(Assignee().text(), dormant[0]) << "who moved before somebody from outside";
  world.rows.Return(*before);
  change(dormant[0], [](format::Person& person) { person.roles.clear(); });
  ASSERT_TRUE(Recuse(Slug(first)).ok());
  ASSERT_TRUE(Recuse(Assignee()).ok());
  EXPECT_TRUE(Assignee() == Slug("fay") || Assignee() == Slug("finn")) << Assignee().text();
}

TEST_F(Machines, WithMorePlacesThanARecordHoldsEverybodyHasTheirFirstMachine) {
  std::vector<grants::Holder> holders;
  world.PublishDirectory([&](format::Directory& directory) {
    directory.people.clear();
    for (int i = 0; i < 40; ++i)
      world.AddPerson(directory, "p" + std::string(1, static_cast<char>('a' + i / 20)) + std::string(1, static_cast<char>('a' + i % 20)),
                      {format::Role::kInvestigator}, {"intake"}, false, 2);
  });
  for (const people::Person& person : world.organisation->people()) {
    grants::Holder holder;
    holder.staff = person.slug;
    holder.key_id = person.devices[1].encryption_key_id;
    holders.push_back(holder);
  }
  const access::Wall wall;
  const auto next = grants::NextHolders(holders, *world.organisation, wall, world.clock.Today());
  EXPECT_EQ(next.size(), 40u);
  for (std::size_t i = 0; i < next.size(); ++i)
    EXPECT_EQ(next[i].key_id, world.organisation->people()[i].devices[0].encryption_key_id);
  EXPECT_TRUE(grants::IsStale(holders, *world.organisation, wall, world.clock.Today()));
  EXPECT_FALSE(grants::IsStale(next, *world.organisation, wall, world.clock.Today())) << "and that is an end of it";
  holders.resize(31);
  EXPECT_EQ(grants::NextHolders(holders, *world.organisation, wall, world.clock.Today()).size(), 62u) << "control";
}

TEST_F(Machines, AKeyIsNeededWhileSomethingOpensWithNoOtherKeyOfItsPerson) {
  guard::KeyUseBoard board;
  const auto look = [&] {
    guard::KeyUse use;
    use.Add(Record());
    board.Set(std::move(use), world.clock.Today());
  };
  const auto needed = [&](const std::string& slug, const std::vector<crypto::KeyId>& retired) {
    const auto own = guard::OwnKeysOf(world.ports(), board.Get().get(), Slug(slug), retired);
    EXPECT_TRUE(own.ok()) << own.status();
    std::vector<bool> bits;
    for (const guard::OwnKey& key : own->keys) bits.push_back(key.needed);
    return bits;
  };
  const std::string who = Dormant();
  const std::size_t fresh = world.machines.at(who).size();
  EXPECT_THAT(needed(who, {}), ElementsAre(true)) << "nobody has looked";
  Draw(who);
  List(who, {0, fresh});
  look();
  EXPECT_THAT(needed(who, {}), ElementsAre(true, false)) << "a grant that is dormant is a grant";
  EXPECT_THAT(needed("pia", {}), ElementsAre(true)) << "who holds nothing hears the same";
  Write();
  look();
  // THREAD is granted to both; there is no TEAM yet.
  EXPECT_THAT(needed(who, {}), ElementsAre(false, false));
  EXPECT_EQ(Why(guard::OwnKeysOf(world.ports(), board.Get().get(), Slug(who), std::vector{KeyOf(who, 0)})),
            Reason::kFieldInvalid)
      << "it is listed";
  List(who, {fresh});
  EXPECT_THAT(needed(who, {KeyOf(who, 0)}), ElementsAre(true, true)) << "of the look before the publication";
  ASSERT_TRUE(Review().ok());
  look();
  EXPECT_THAT(needed(who, {KeyOf(who, 0)}), ElementsAre(true, false));
  EXPECT_EQ(Why(guard::OwnKeysOf(world.ports(), board.Get().get(), Slug("pia"), std::vector{KeyOf(who, 0)})),
            Reason::kFieldInvalid)
      << "not theirs";
  EXPECT_EQ(Why(guard::OwnKeysOf(world.ports(), board.Get().get(), Slug("nobody"), {})), Reason::kNothingHere);
}

TEST_F(Machines, ACustodiansKeyIsNeededWhileAnIdentityIsSealedToIt) {
  const crypto::KeyId carl = KeyOf("carl", 0);
  std::vector<crypto::EncryptionKey> custodians;
  for (const char* slug : {"carl", "cleo", "cora"}) custodians.push_back(world.machines.at(slug)[0].decryption.encryption_key());
  cases::Identity identity;
  identity.case_id = reporter.case_id;
  identity.sealed = *format::SealIdentity(world.file.id, reporter.case_id, custodians, 2, 1, reporter.epochs.front(), "name",
                                          world.random);
  guard::KeyUse use;
  EXPECT_FALSE(use.HoldsAlone(carl)) << "control";
  EXPECT_TRUE(use.Add(identity));
  EXPECT_TRUE(use.HoldsAlone(carl));
  identity.sealed.pop_back();
  EXPECT_FALSE(use.Add(identity)) << "nobody can say what a damaged one holds";
}

TEST_F(Machines, LivingHoldersArePeopleWithAKey) {
  const auto living = [&] {
    return grants::LivingHolders(Record().thread.holders, *world.organisation, Record().wall, world.clock.Today());
  };
  const std::size_t all = living();
  const std::string who = Dormant();
  const std::size_t fresh = world.machines.at(who).size();
  Draw(who);
  List(who, {0, fresh});
  Write();
  EXPECT_EQ(living(), all) << "two machines are one person";
  Draw(who);
  List(who, {fresh + 1});
  EXPECT_EQ(living(), all - 1) << "who has no key cannot read";
  Write();
  EXPECT_EQ(living(), all);
}

}  // namespace
}  // namespace alcove::world
