// Staff life against a real alcoved: who leaves and whose machine is lost reads nothing from the answer to the publication on,
// has no grant in storage a second later, and leaves no case unread; a key that was rotated goes when nothing depends on it.
#include <chrono>
#include <functional>
#include <set>
#include <thread>

#include "crypto/format/epoch.h"
#include "crypto/format/grant.h"
#include "crypto/format/leaf.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

using crypto::SystemRandom;
using Machine = support::World::Machine;

constexpr auto kSecond = std::chrono::seconds(1);

class StaffLife_OverTheWire : public Scene {
 protected:
  void Begin() {
    ASSERT_NO_FATAL_FAILURE(Start());
    filed_ = File({.narrative = "Who reads this tomorrow?"});
    ASSERT_TRUE(filed_);
    const bool first = GetCase(SignedIn("investigator-a")).reason == "OK";
    who_ = first ? "investigator-a" : "investigator-b";
    other_ = first ? "investigator-b" : "investigator-a";
  }
  Heard GetCase(const std::string& session, v1::GetCaseResponse* response = nullptr) {
    v1::GetCaseRequest request;
    request.set_name(filed_->name());
    return Ask(*cases_, &v1::CaseService::Stub::GetCase, request, session, response);
  }
  Heard OpenCase(const std::string& session, v1::OpenCaseResponse* response = nullptr) {
    v1::OpenCaseRequest request;
    request.set_name(filed_->name());
    request.set_keyring(v1::KEYRING_THREAD);
    return Ask(*cases_, &v1::CaseService::Stub::OpenCase, request, session, response);
  }
  // Signs in with this machine; empty when that is refused.
  std::string SessionOf(const std::string& slug, const Machine& machine) {
    const auto session = support::SignIn(channel_, world().organisation().id, world().directory().log_key,
                                         format::StaffName(slug), machine.signing);
    return session.value_or("");
  }
  // What is handed out to the session opens with this machine's key.
  bool Reads(const std::string& session, const crypto::DecryptionKey& key) {
    v1::GetCaseResponse facts;
    v1::OpenCaseResponse grants;
    if (GetCase(session, &facts).reason != "OK" || OpenCase(session, &grants).reason != "OK") return false;
    for (const v1::ReleasedGrant& released : grants.grants()) {
      const auto grant = format::ParseGrant(released.grant());
      for (const v1::Epoch& epoch : facts.case_().epochs()) {
        if (epoch.number() != released.epoch() || epoch.keyring() != v1::KEYRING_THREAD) continue;
        if (format::OpenGrant(*grant, *format::ParseEpoch(epoch.record()), key).ok()) return true;
      }
    }
    return false;
  }
  std::size_t StoredGrants(const crypto::EncryptionKey& to) {
    const crypto::KeyId key = crypto::KeyIdOf(to);
    std::size_t found = 0;
    EXPECT_TRUE(Decode()->rows().Scan<cases::Epoch>("", "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
      for (const crypto::Bytes& bytes : row.record.grants) {
        const auto grant = format::ParseGrant(bytes);
        found += grant.ok() && grant->recipient == key;
      }
      return true;
    }).ok());
    return found;
  }
  // The person's line of the next directory; without machines they are not listed.
  void List(const std::string& slug, const std::vector<format::Device>& devices,
            const std::function<void(format::Person&)>& change = {}) {
    stage().PublishNext([&](format::Directory& directory) {
      if (devices.empty()) {
        std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == slug; });
        return;
      }
      for (format::Person& person : directory.people) {
        if (person.slug != slug) continue;
        person.devices = devices;
        if (change) change(person);
      }
    });
  }
  format::Device FirstDevice(const std::string& slug) const {
    return {world().DecryptionKeyOf(slug).encryption_key(), world().SigningKeyOf(slug).verify_key()};
  }
  v1::GetMailboxResponse Mailbox() {
    v1::GetMailboxResponse response;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, SignedIn(filed_->filing), &response).reason, "OK");
    return response;
  }
  // The reporter writes the second entry, and makes the key for whoever the case shows.
  std::string Write() {
    const v1::GetMailboxResponse mailbox = Mailbox();
    EXPECT_TRUE(mailbox.epochs(0).stale());
    std::vector<format::Recipient> recipients{
        {filed_->filing.decryption.encryption_key(), format::ReleaseCondition::kMailbox}};
    for (const v1::Reader& reader : mailbox.readers())
      if (!reader.lost())
        recipients.push_back({*world().KeyOf(reader.key_id()), static_cast<format::ReleaseCondition>(reader.condition())});
    auto epoch = format::MakeEpoch({world().organisation().id, filed_->filing.case_id, format::Keyring::kThread, 1}, recipients,
                                   &filed_->filing.epoch_key, crypto::KeyIdOf(filed_->filing.signing.verify_key()),
                                   world().directory().version, SystemRandom());
    EXPECT_TRUE(epoch.ok()) << epoch.status();
    format::EnvelopeContext context;
    context.kind = format::EntryKind::kMessage;
    context.keyring = format::Keyring::kThread;
    context.organisation = world().organisation().id;
    context.case_id = filed_->filing.case_id;
    context.entry = format::DrawId<format::EntryId>(SystemRandom());
    context.epoch = 1;
    context.sequence = 1;
    context.previous = format::EntryHash(*format::ParseEnvelope(filed_->filing.request.entry().envelope()));
    context.day = format::Day::OfUnixSeconds(std::time(nullptr));
    context.epoch_record_hash = format::EpochRecordHash(epoch->record);
    v1::SendMessageRequest request;
    request.set_request_id(support::DrawRequestId());
    request.mutable_entry()->set_envelope(
        *format::SealEnvelope(context, epoch->key, filed_->filing.signing, "\x0a\x04more", SystemRandom()));
    request.mutable_entry()->mutable_epoch()->set_record(epoch->record);
    for (const crypto::Bytes& grant : epoch->grants) request.mutable_entry()->mutable_epoch()->add_grants(grant);
    return Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, request, SignedIn(filed_->filing)).reason;
  }
  std::vector<format::Leaf> Leaves() {
    v1::ListLeavesResponse page;
    EXPECT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::ListLeaves, {}, SignedIn(filed_->filing), &page).reason, "OK");
    std::vector<format::Leaf> leaves;
    for (const v1::LeafOpening& opening : page.leaves()) leaves.push_back(*format::ParseLeaf(opening.content()));
    return leaves;
  }
  bool Told(format::LeafKind kind, const crypto::Bytes& details) {
    const std::vector<format::Leaf> leaves = Leaves();
    return std::any_of(leaves.begin(), leaves.end(),
                       [&](const format::Leaf& leaf) { return leaf.kind == kind && leaf.details == details; });
  }
  Heard OwnKeys(const std::string& session, const std::vector<std::string>& retired, v1::GetOwnKeysResponse* response = nullptr) {
    v1::GetOwnKeysRequest request;
    for (const std::string& key : retired) request.add_retired(key);
    return Ask(*cases_, &v1::CaseService::Stub::GetOwnKeys, request, session, response);
  }
  static std::string IdOf(const Machine& machine) { return crypto::KeyIdOf(machine.decryption.encryption_key()).str(); }

  std::optional<Filed> filed_;
  std::string who_, other_;  // who has the case, and the other of the desk
};

TEST_F(StaffLife_OverTheWire, P2_ALostLaptopIsRevokedEverywhereWithinASecondAndItsPersonReadsAgainAfterTheNextWriter) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string stolen = SignedIn(who_);
  const std::string colleague = SignedIn(other_);
  const crypto::DecryptionKey& old_key = world().DecryptionKeyOf(who_);
  ASSERT_TRUE(Reads(stolen, old_key));
  ASSERT_FALSE(Reads(colleague, world().DecryptionKeyOf(other_))) << "control: dormant";
  ASSERT_EQ(StoredGrants(old_key.encryption_key()), 1u) << "control";
  const Machine fresh = stage().DrawMachine();
  List(who_, {fresh.device()});

  // From the answer to the publication on.
  EXPECT_EQ(GetCase(stolen).reason, "SESSION_REQUIRED") << "its sessions have ended";
  EXPECT_FALSE(support::SignIn(channel_, world().organisation().id, world().directory().log_key, format::StaffName(who_),
                               world().SigningKeyOf(who_)).ok())
      << "nobody signs in with it";
  const std::string session = SessionOf(who_, fresh);
  ASSERT_FALSE(session.empty());
  EXPECT_EQ(GetCase(session).reason, "NOTHING_HERE") << "the new machine was granted nothing yet";
  std::this_thread::sleep_for(kSecond);
  EXPECT_EQ(StoredGrants(old_key.encryption_key()), 0u) << "no grant to the lost key lies in storage";
  EXPECT_TRUE(Reads(colleague, world().DecryptionKeyOf(other_))) << "the case went on, and is not left unread";
  EXPECT_TRUE(Told(format::LeafKind::kReaderMachines, format::details::ReaderMachines(who_, 0)));

  ASSERT_EQ(Write(), "OK");
  EXPECT_TRUE(Reads(session, fresh.decryption));
  EXPECT_EQ(StoredGrants(old_key.encryption_key()), 0u);
  EXPECT_TRUE(Told(format::LeafKind::kReaderMachines, format::details::ReaderMachines(who_, 1)));
  Kill();
  EXPECT_EQ(StoredGrants(fresh.decryption.encryption_key()), 1u);
}

TEST_F(StaffLife_OverTheWire, P2_WhoLeavesWithAnOpenCaseHandsItOnWithinASecond) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string leaver = SignedIn(who_), colleague = SignedIn(other_);
  const crypto::EncryptionKey key = world().DecryptionKeyOf(who_).encryption_key();
  ASSERT_EQ(StoredGrants(key), 1u);
  List(who_, {});
  EXPECT_EQ(GetCase(leaver).reason, "SESSION_REQUIRED");
  EXPECT_FALSE(support::SignIn(channel_, world().organisation().id, world().directory().log_key, format::StaffName(who_),
                               world().SigningKeyOf(who_)).ok());
  std::this_thread::sleep_for(kSecond);
  EXPECT_EQ(StoredGrants(key), 0u);
  EXPECT_TRUE(Reads(colleague, world().DecryptionKeyOf(other_)));
  EXPECT_TRUE(Told(format::LeafKind::kReaderLost, format::details::ReaderLost(who_)));
  EXPECT_TRUE(Told(format::LeafKind::kCaseAssigned, format::details::Assigned(other_)));
  EXPECT_TRUE(Mailbox().epochs(0).stale()) << "what is written next needs a key that the leaver does not get";
  EXPECT_EQ(Write(), "OK");
}

TEST_F(StaffLife_OverTheWire, WhoeverJoinsIsInTheNextPlanAndInNoCaseOfBefore) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const Machine machine = stage().DrawMachine();
  stage().PublishNext([&](format::Directory& directory) {
    format::Person person;
    person.slug = "investigator-c";
    person.name = "investigator-c";
    person.devices = {machine.device()};
    person.roles = {format::Role::kInvestigator};
    person.desks = {"intake"};
    const auto before = std::find_if(directory.people.begin(), directory.people.end(),
                                     [](const format::Person& other) { return other.slug == "officer"; });
    directory.people.insert(before, person);
  });
  const std::string session = SessionOf("investigator-c", machine);
  ASSERT_FALSE(session.empty());
  EXPECT_EQ(GetCase(session).reason, "NOTHING_HERE");
  EXPECT_FALSE(Mailbox().epochs(0).stale()) << "a newcomer makes nobody's key old";
  const auto next = File({.narrative = "After they joined."});
  ASSERT_TRUE(next);
  std::set<std::string> granted;
  const auto epoch = format::ParseEpoch(next->filing.request.entry().epoch().record());
  for (std::size_t i = 0; i < epoch->reader_count; ++i) granted.insert(epoch->ReaderAt(i).key.str());
  EXPECT_TRUE(granted.contains(IdOf(machine)));
}

TEST_F(StaffLife_OverTheWire, WhoChangesDeskKeepsTheirOpenCaseAndTakesNoNewOneOfTheOldDesk) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  stage().PublishNext([&](format::Directory& directory) {
    directory.desks.push_back({"pay", "Pay"});
    for (format::Person& person : directory.people)
      if (person.slug == who_) person.desks = {"pay"};
  });
  std::this_thread::sleep_for(kSecond);
  EXPECT_EQ(GetCase(SignedIn(who_)).reason, "OK") << "the reporter keeps whom they know";
  for (int i = 0; i < 4; ++i) {
    const auto next = File({.narrative = "After they moved."});
    ASSERT_TRUE(next);
    const auto epoch = format::ParseEpoch(next->filing.request.entry().epoch().record());
    const crypto::KeyId key = crypto::KeyIdOf(world().DecryptionKeyOf(who_).encryption_key());
    for (std::size_t line = 0; line < epoch->reader_count; ++line) EXPECT_NE(epoch->ReaderAt(line).key, key);
  }
}

TEST_F(StaffLife_OverTheWire, ARotatedKeyIsNeededUntilNothingDependsOnItAndThenNoGrantToItRemains) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const format::Device old_device = FirstDevice(who_);
  const std::string old_key = crypto::KeyIdOf(old_device.encryption).str();
  const Machine fresh = stage().DrawMachine();
  const auto needed = [&](const std::string& session, const std::vector<std::string>& retired = {}) {
    v1::GetOwnKeysResponse own;
    EXPECT_EQ(OwnKeys(session, retired, &own).reason, "OK");
    std::map<std::string, bool> keys;
    for (const v1::OwnKey& key : own.keys()) keys[key.key_id()] = key.needed();
    return keys;
  };
  const auto wait_for = [&](const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!holds() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(std::chrono::milliseconds(100));
    return holds();
  };
  EXPECT_EQ(needed(SignedIn(who_)), (std::map<std::string, bool>{{old_key, true}})) << "one machine is needed whatever it holds";
  List(who_, {old_device, fresh.device()});
  const std::string session = SessionOf(who_, fresh);
  ASSERT_FALSE(session.empty());
  std::this_thread::sleep_for(2 * kSecond);
  EXPECT_TRUE(needed(session)[old_key]) << "only the old one opens the case";
  EXPECT_FALSE(Reads(session, fresh.decryption));
  EXPECT_TRUE(Reads(SignedIn(who_), world().DecryptionKeyOf(who_))) << "the overlap";
  ASSERT_EQ(Write(), "OK");
  EXPECT_TRUE(Reads(session, fresh.decryption));
  EXPECT_TRUE(Reads(SignedIn(who_), world().DecryptionKeyOf(who_)));
  EXPECT_TRUE(needed(session)[old_key]) << "nobody has looked since: not before the next look";
  Kill();
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string again = SessionOf(who_, fresh);
  EXPECT_TRUE(wait_for([&] { return !needed(again)[old_key]; }));

  List(who_, {fresh.device()});
  EXPECT_TRUE(wait_for([&] { return !needed(again, {old_key})[old_key]; }));
  EXPECT_EQ(StoredGrants(old_device.encryption), 0u) << "what it said is so";
  EXPECT_TRUE(Reads(again, fresh.decryption)) << "and nothing was lost";
}

TEST_F(StaffLife_OverTheWire, BadInputAboutKeysIsRefusedAlikeForOthersAndForNone) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const std::string session = SignedIn(who_);
  const std::string own = crypto::KeyIdOf(FirstDevice(who_).encryption).str();
  const Heard none = OwnKeys(session, {std::string(16, 'x')});
  EXPECT_EQ(none.reason, "FIELD_INVALID");
  EXPECT_EQ(OwnKeys(session, {crypto::KeyIdOf(FirstDevice(other_).encryption).str()}), none) << "somebody else's";
  EXPECT_EQ(OwnKeys(session, {own}), none) << "a key that is listed";
  EXPECT_EQ(OwnKeys(session, {std::string(15, 'x')}), none);
  EXPECT_EQ(OwnKeys(session, {""}), none);
  EXPECT_EQ(OwnKeys(session, std::vector<std::string>(5, std::string(16, 'x'))), none);
  EXPECT_EQ(OwnKeys(session, {}).reason, "OK") << "control";
  EXPECT_EQ(OwnKeys("", {}).reason, "SESSION_REQUIRED");
}

TEST_F(StaffLife_OverTheWire, P3_WhatIsSaidOfKeysCountsNoCases) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  // A dormant holder of one case, and of many.
  const auto said = [&] {
    Kill();
    EXPECT_NO_FATAL_FAILURE(Start());
    std::this_thread::sleep_for(2 * kSecond);
    v1::GetOwnKeysResponse own;
    EXPECT_EQ(OwnKeys(SignedIn(other_), {}, &own).reason, "OK");
    own.clear_as_of();
    return own.SerializeAsString();
  };
  const std::string before = said();
  for (int i = 0; i < 6; ++i) ASSERT_TRUE(File({.narrative = "Another."}));
  EXPECT_EQ(said(), before);
}

TEST_F(StaffLife_OverTheWire, AWorklistWarnsWhenFewerThanTwoPeopleHoldAKey) {
  ASSERT_NO_FATAL_FAILURE(Begin());
  const auto warned = [&] {
    v1::ListTasksResponse tasks;
    EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListTasks, {}, SignedIn(who_), &tasks).reason, "OK");
    return std::any_of(tasks.tasks().begin(), tasks.tasks().end(),
                       [](const v1::Task& task) { return task.kind() == "few_holders"; });
  };
  EXPECT_FALSE(warned());
  stage().PublishNext([&](format::Directory& directory) {
    std::erase_if(directory.people, [&](const format::Person& person) {
      return person.slug == other_ || person.slug == "escalation" || person.slug == "fallback-a";
    });
  });
  EXPECT_FALSE(warned()) << "two are enough";
  stage().PublishNext([&](format::Directory& directory) {
    std::erase_if(directory.people, [&](const format::Person& person) { return person.slug == "fallback-b"; });
  });
  EXPECT_TRUE(warned()) << "at once: nobody waits for a review";
}

}  // namespace
}  // namespace alcove::promises
