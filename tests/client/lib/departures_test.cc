// A server, or whoever writes next, that wants somebody out of a case without a word.
#include "client/lib/departures.h"

#include <algorithm>

#include "client/lib/staff_case.h"
#include "crypto/format/epoch.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

class Departures : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(reporter.File().ok()); }

  // The server tells its clients that this person lost the case, on one machine or on all.
  void Lose(const std::string& slug, size_t machines = SIZE_MAX) {
    for (v1::Reader& reader : impostor.readers) {
      if (reader.staff() == "staff/" + slug && machines-- > 0) reader.set_lost(true);
    }
  }
  void Record(const std::string& slug) {
    impostor.AddLeaf(format::LeafKind::kReaderLost, "", format::details::ReaderLost(slug));
  }
  // The reporter writes, under a new key for whom the server says.
  void Write() {
    impostor.epochs.back().set_stale(true);
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    sealed::v1::Message message;
    message.set_text("It happened again.");
    const auto sent = visit->Send(message, {}, kToday);
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  // Whoever lost the case stays in the list of readers until the next key; then they are gone from it.
  void Forget() {
    std::erase_if(impostor.readers, [](const v1::Reader& reader) { return reader.lost(); });
  }
  std::string Look() { return Reason(reporter.Visit().status()); }
  std::string Open() { return Reason(AnaOpens().status()); }
  absl::StatusOr<OpenedCase> AnaOpens() {
    ALCOVE_CLIENT_ASSIGN(StaffDesk desk,
                         StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom()));
    return desk.Open(impostor.case_name, false);
  }
  // Ana's note makes TEAM's key.
  void Note() {
    auto desk = StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom());
    ASSERT_TRUE(desk.ok());
    const auto opened = desk->Open(impostor.case_name, false);
    ASSERT_TRUE(opened.ok()) << opened.status();
    sealed::v1::Message note;
    note.set_text("Ask dispatch for the rota.");
    const auto kept = desk->Append(*opened, format::Keyring::kTeam, format::EntryKind::kNote, note, {}, kToday);
    ASSERT_TRUE(kept.ok()) << kept.status();
  }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
  StaffKeys ana = impostor.KeysOf("ana");
};

TEST_F(Departures, P6_WhoIsDroppedWithoutALeafIsMissedByEverybody) {
  Lose("bruno");
  Write();
  Forget();
  EXPECT_EQ(Look(), "READER_DROPPED");
  EXPECT_EQ(Open(), "READER_DROPPED");
}

TEST_F(Departures, WhoLostTheCaseByTheRecordIsMissedByNobody) {
  Lose("bruno");
  Record("bruno");
  Write();
  Forget();
  EXPECT_EQ(Look(), "OK");
  EXPECT_EQ(Open(), "OK");
  // The escalation recipient's grant is destroyed when nobody needs it.
  Lose("dora");
  impostor.AddLeaf(format::LeafKind::kGrantDestroyed, "",
                   format::details::GrantDestroyed("dora", format::ReleaseCondition::kLapsed));
  Write();
  Forget();
  EXPECT_EQ(Look(), "OK");
}

TEST_F(Departures, P6_ALeafAboutSomebodyElseExcusesNothing) {
  Lose("bruno");
  Record("dora");
  Write();
  Forget();
  EXPECT_EQ(Look(), "READER_DROPPED");
}

TEST_F(Departures, P6_ALeafThatComesAfterwardsExcusesNothing) {
  Lose("bruno");
  Write();
  Record("bruno");
  Forget();
  EXPECT_EQ(Look(), "READER_DROPPED");
  EXPECT_EQ(Open(), "READER_DROPPED");
}

TEST_F(Departures, P6_ALeafOfAnEarlierLossExcusesNothing) {
  // Bruno lost the case once, and was let in again.
  Lose("bruno");
  Record("bruno");
  Write();
  Forget();
  impostor.AddLeaf(format::LeafKind::kReaderAdded, "ana",
                   format::details::ReaderAdded("bruno", format::ReleaseCondition::kApproved, {}));
  EXPECT_EQ(Look(), "OK") << "control: no key was made since";
  Write();
  EXPECT_EQ(Look(), "READER_DROPPED") << "the next key is not granted to whom the record says was let in";
}

TEST_F(Departures, ANewcomerWhoLostTheCaseBeforeTheNextKeyIsMissedByNobody) {
  impostor.AddLeaf(format::LeafKind::kReaderAdded, "ana",
                   format::details::ReaderAdded("carla", format::ReleaseCondition::kGuest, kToday));
  Record("carla");
  Write();
  EXPECT_EQ(Look(), "OK");
}

TEST_F(Departures, P6_AReaderWhoIsNotShownAtAllIsMissedBeforeAnythingIsSent) {
  ASSERT_EQ(Look(), "OK");
  std::erase_if(impostor.readers, [](const v1::Reader& reader) { return reader.staff() == "staff/bruno"; });
  EXPECT_EQ(Look(), "READER_DROPPED");
  EXPECT_EQ(Open(), "READER_DROPPED");
}

TEST_F(Departures, P6_TheTeamsKeyLeavesNobodyOutInSilence) {
  Lose("bruno");
  Note();
  EXPECT_EQ(Open(), "READER_DROPPED");
  EXPECT_EQ(Look(), "OK") << "the reporter has no part in TEAM";
  Record("bruno");
  EXPECT_EQ(Open(), "OK") << "control";
  // And the next of them.
  Lose("fay");
  for (v1::Epoch& epoch : impostor.epochs) epoch.set_stale(epoch.keyring() == v1::KEYRING_TEAM);
  Note();
  EXPECT_EQ(Open(), "READER_DROPPED");
  Record("fay");
  EXPECT_EQ(Open(), "OK") << "control";
}

class MachinesOfAReader : public Departures {
 protected:
  // The root holders list another machine for a person; the old one too where `beside`.
  crypto::KeyId List(const std::string& slug, bool beside) {
    const format::Device device{crypto::DecryptionKey::Draw(crypto::SystemRandom()).encryption_key(),
                                crypto::SigningKey::Draw(crypto::SystemRandom()).verify_key()};
    for (format::Person& person : impostor.directory().people) {
      if (person.slug != slug) continue;
      if (!beside) person.devices.clear();
      person.devices.push_back(device);
    }
    impostor.NextDirectory();
    EXPECT_TRUE(reporter.Start().ok());
    return crypto::KeyIdOf(device.encryption);
  }
  v1::Reader& LineOf(const std::string& slug) {
    return *std::find_if(impostor.readers.begin(), impostor.readers.end(),
                         [&](const v1::Reader& reader) { return reader.staff() == "staff/" + slug; });
  }
  bool Granted(const crypto::KeyId& key) {
    const auto epoch = format::ParseEpoch(impostor.epochs.back().record());
    for (size_t i = 0; i < epoch->reader_count; ++i) {
      if (epoch->ReaderAt(i).key == key) return true;
    }
    return false;
  }
};

TEST_F(MachinesOfAReader, OneThatTheRootHoldersListedIsNoNewReader) {
  const crypto::KeyId second = List("bruno", true);
  v1::Reader line = LineOf("bruno");
  line.set_key_id(second.str());
  impostor.readers.push_back(line);
  Write();
  EXPECT_TRUE(Granted(second));
  EXPECT_EQ(Look(), "OK");
  EXPECT_EQ(Open(), "OK");
}

TEST_F(MachinesOfAReader, OneInThePlaceOfALostOneTakesNobodyAway) {
  const crypto::KeyId fresh = List("bruno", false);
  LineOf("bruno").set_key_id(fresh.str());
  Write();
  EXPECT_TRUE(Granted(fresh));
  EXPECT_EQ(Look(), "OK") << "he read the key before on a machine that the older directory lists";
  EXPECT_EQ(Open(), "OK");
}

TEST_F(MachinesOfAReader, P2_AMachineOfSomebodyWhoNeverReadIsRefusedWhoeverShowsIt) {
  v1::Reader line = LineOf("bruno");
  line.set_staff("staff/cleo");
  line.set_key_id(crypto::KeyIdOf(impostor.directory().FindPerson("cleo")->devices.front().encryption).str());
  impostor.readers.push_back(line);
  impostor.epochs.back().set_stale(true);
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::Message message;
  message.set_text("Who is that?");
  EXPECT_EQ(Reason(visit->Send(message, {}, kToday).status()), "READER_SURPLUS");
  // The same key under the name of somebody who reads.
  impostor.readers.back().set_staff("staff/bruno");
  auto again = reporter.Visit();
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(Reason(again->Send(message, {}, kToday).status()), "READER_KEY_SWAPPED");
}

TEST_F(MachinesOfAReader, P6_WhoLostTheirMachineIsNotForgottenInSilence) {
  List("bruno", false);
  std::erase_if(impostor.readers, [](const v1::Reader& reader) { return reader.staff() == "staff/bruno"; });
  EXPECT_EQ(Look(), "READER_DROPPED");
}

TEST(DeparturesOfAMachine, OneOfTwoMachinesIsNobody) {
  Impostor impostor{kToday};
  for (format::Person& person : impostor.directory().people) {
    if (person.slug != "bruno") continue;
    person.devices.push_back({crypto::DecryptionKey::Draw(crypto::SystemRandom()).encryption_key(),
                              crypto::SigningKey::Draw(crypto::SystemRandom()).verify_key()});
  }
  impostor.SignDirectory();
  const crypto::KeyId second = crypto::KeyIdOf(impostor.directory().FindPerson("bruno")->devices[1].encryption);
  impostor.hooks.plan = [&](const v1::PlanReportRequest&, v1::PlanReportResponse& plan) {
    v1::Reader reader = plan.readers(1);
    ASSERT_EQ(reader.staff(), "staff/bruno");
    reader.set_key_id(second.str());
    *plan.add_readers() = reader;
  };
  Reporter reporter(impostor);
  ASSERT_TRUE(reporter.File().ok());
  impostor.epochs.back().set_stale(true);
  impostor.readers.back().set_lost(true);
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok()) << visit.status();
  sealed::v1::Message message;
  message.set_text("He has a new telephone.");
  ASSERT_TRUE(visit->Send(message, {}, kToday).ok());
  impostor.readers.pop_back();
  EXPECT_EQ(Reason(reporter.Visit().status()), "OK");
}

}  // namespace
}  // namespace alcove::client::test
