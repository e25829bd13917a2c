// P1 and P2 of the chart against a real server: what HR tells is on no disk in clear, half a sync and a kill change nothing,
// and what was committed keeps people out, before and after a restart.
#include <algorithm>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/format/grant.h"
#include "server/core/people/newest.h"
#include "server/storage/codec.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

constexpr std::string_view kNumber = "STAFF-NUMBER-4711";
constexpr std::string_view kMail = "mona.lastname@meridian.example";

class WireChart : public Scene {
 protected:
  struct Person {
    std::vector<std::string> identifiers;
    std::string manager = {};
    std::vector<std::string> relations = {};
  };

  std::unique_ptr<v1::HrService::Stub> Hr() const { return v1::HrService::NewStub(channel_); }

  std::string Begin(const std::string& authorization) const {
    v1::CreateSyncRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_mode(v1::SYNC_MODE_FULL);
    v1::CreateSyncResponse response;
    EXPECT_EQ(Ask(*Hr(), &v1::HrService::Stub::CreateSync, request, authorization, &response).reason, "OK");
    return response.name();
  }
  Heard Upload(const std::string& authorization, const std::string& sync, std::uint32_t page,
               const std::vector<Person>& people) const {
    v1::UploadSyncPageRequest request;
    request.set_name(sync);
    request.set_page(page);
    for (const Person& person : people) {
      v1::ChartRow* row = request.add_rows();
      for (const std::string& identifier : person.identifiers) row->add_identifiers(identifier);
      row->set_manager(person.manager);
      for (const std::string& relation : person.relations) row->add_relations(relation);
    }
    return Ask(*Hr(), &v1::HrService::Stub::UploadSyncPage, request, authorization);
  }
  Heard Commit(const std::string& authorization, const std::string& sync, std::uint32_t pages,
               v1::CommitSyncResponse* response = nullptr) const {
    v1::CommitSyncRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_name(sync);
    request.set_pages(pages);
    return Ask(*Hr(), &v1::HrService::Stub::CommitSync, request, authorization, response);
  }
  void Sync(const std::vector<Person>& people) {
    const std::string hr = SignedIn("hr");
    const std::string sync = Begin(hr);
    ASSERT_EQ(Upload(hr, sync, 0, people).reason, "OK");
    ASSERT_EQ(Commit(hr, sync, 1).reason, "OK");
  }
  // Slugs of those who hold a grant of a report about the number.
  std::vector<std::string> Readers() {
    const auto filed = File({.narrative = "About somebody in no directory.", .subjects = {world().TagOf(std::string(kNumber))}});
    EXPECT_TRUE(filed);
    std::vector<std::string> readers;
    if (!filed) return readers;
    for (const std::string& bytes : filed->filing.request.entry().epoch().grants()) {
      const auto grant = format::ParseGrant(bytes);
      for (const format::Person& person : world().directory().people)
        if (grant.ok() && crypto::KeyIdOf(person.devices[0].encryption) == grant->recipient) readers.push_back(person.slug);
    }
    return readers;
  }
  static bool Holds(const std::vector<std::string>& all, const char* one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }

  const std::vector<Person> people_ = {{{"emp:" + std::string(kNumber), "mail:" + std::string(kMail)}, "emp:INVESTIGATOR-A", {"emp:ESCALATION"}},
                                       {{"emp:INVESTIGATOR-A"}},
                                       {{"emp:INVESTIGATOR-B"}},
                                       {{"emp:ESCALATION"}}};
};

TEST_F(WireChart, P2_ConflictWall_TheChainAndTheRelationsGetNoGrantAlsoAfterARestart) {
  ASSERT_NO_FATAL_FAILURE(Start());
  EXPECT_TRUE(Holds(Readers(), "investigator-a")) << "control: nobody has told who the manager is";
  ASSERT_NO_FATAL_FAILURE(Sync(people_));
  for (const bool restarted : {false, true}) {
    const std::vector<std::string> readers = Readers();
    EXPECT_FALSE(Holds(readers, "investigator-a")) << restarted;
    EXPECT_FALSE(Holds(readers, "escalation")) << restarted;
    EXPECT_TRUE(Holds(readers, "investigator-b")) << restarted;
    EXPECT_TRUE(Holds(readers, "fallback-a")) << restarted;
    if (restarted) break;
    Kill();
    ASSERT_NO_FATAL_FAILURE(Start());
  }
}

TEST_F(WireChart, P1_Sealed_NumbersAreKeptNowhereNotEvenUnderTheServersKeys) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(Sync(people_));
  const std::string hr = SignedIn("hr");
  const std::string staged = Begin(hr);
  ASSERT_EQ(Upload(hr, staged, 0, people_).reason, "OK");
  Kill();
  const auto files = FilesUnder({folder(), data()});
  EXPECT_FALSE(Holding(files, "kek").empty()) << "control: the search finds what is there";
  const auto decoded = Decode();
  ASSERT_NE(decoded, nullptr);
  EXPECT_EQ(decoded->Contents(base::Table::kSyncPage).size(), 1u) << "control: a page is staged";
  EXPECT_EQ(decoded->Contents(base::Table::kChartPage).size(), 1u);
  for (const std::string_view secret : {kNumber, kMail, std::string_view("lastname")}) {
    EXPECT_TRUE(Holding(files, secret).empty()) << secret;
    for (const base::TableTraits& traits : base::kTables) {
      if (storage::CodecOf(traits.table) == nullptr) continue;
      for (const std::string& content : decoded->Contents(traits.table))
        EXPECT_EQ(content.find(secret), std::string::npos) << traits.name;
    }
  }
}

TEST_F(WireChart, P9_Durable_HalfASyncAndAKillChangeNothing) {
  ASSERT_NO_FATAL_FAILURE(Start());
  ASSERT_NO_FATAL_FAILURE(Sync(people_));
  const std::string before = SignedIn("hr");
  const std::string sync = Begin(before);
  ASSERT_EQ(Upload(before, sync, 0, {{{"emp:1"}}}).reason, "OK");
  ASSERT_EQ(Upload(before, sync, 2, {{{"emp:2"}}}).reason, "OK");
  EXPECT_EQ(Commit(before, sync, 3).reason, "SYNC_INCOMPLETE");
  Kill();
  {
    const auto decoded = Decode();
    const auto chart = people::LoadChart(decoded->rows());
    ASSERT_TRUE(chart.ok()) << chart.status();
    EXPECT_EQ((*chart)->version(), 1u);
    EXPECT_EQ((*chart)->listed_count(), 4u);
  }
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string after = SignedIn("hr");
  EXPECT_EQ(Commit(after, sync, 1).reason, "SYNC_INCOMPLETE") << "the pages are still staged, and still not all";
  ASSERT_EQ(Upload(after, sync, 1, people_).reason, "OK");
  v1::CommitSyncResponse response;
  EXPECT_EQ(Commit(after, sync, 3, &response).reason, "OK") << "it goes on where it was";
  EXPECT_EQ(response.version(), 2u);
  EXPECT_EQ(response.counts().added(), 2u);
}

TEST_F(WireChart, NobodyElseTellsAndNothingWrongIsTold) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::string hr = SignedIn("hr");
  const std::string sync = Begin(hr);
  for (const char* slug : {"admin", "investigator-a", "auditor"}) {
    EXPECT_EQ(Upload(SignedIn(slug), sync, 0, people_).reason, "CALLER_NOT_ALLOWED") << slug;
    EXPECT_EQ(Commit(SignedIn(slug), sync, 0).reason, "CALLER_NOT_ALLOWED") << slug;
  }
  EXPECT_EQ(Upload("", sync, 0, people_).reason, "SESSION_REQUIRED");
  EXPECT_EQ(Upload(hr, "syncs/aaaaaaaaaaaaaaaaaaaaaaaaaa", 0, people_).reason, "NOTHING_HERE");
  EXPECT_EQ(Upload(hr, "cases/aaaaaaaaaaaaaaaaaaaaaaaaaa", 0, people_).reason, "FIELD_INVALID");
  EXPECT_EQ(Upload(hr, sync, 0, {{{"4711"}}}).reason, "FIELD_INVALID") << "no prefix";
  EXPECT_EQ(Upload(hr, sync, 0, {{{}}}).reason, "FIELD_INVALID") << "nobody";
  EXPECT_EQ(Upload(hr, sync, 0, {{{"emp:1"}, "mail:nonsense"}}).reason, "FIELD_INVALID");
  v1::ListCasesRequest list;
  EXPECT_EQ(Ask(*cases_, &v1::CaseService::Stub::ListCases, list, hr).reason, "CALLER_NOT_ALLOWED")
      << "a service account is no staff";
}

}  // namespace
}  // namespace alcove::promises
