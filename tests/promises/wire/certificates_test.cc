// P10, P6 of service accounts that come by client certificate, against a real server: what TLS proves is held against the signed
// directory at every call, it opens nothing but the account's scopes, and the ledger names the account.
#include "alcove/v1/hr_service.grpc.pb.h"
#include "crypto/encoding.h"
#include "crypto/hash.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {
namespace {

class WireCertificates : public Scene {
 protected:
  static crypto::Digest DigestOf(const support::KeyPair& pair) {
    return crypto::Sha256(crypto::PemCertificates(pair.certificate_pem)->at(0));
  }
  // Lists the account with these certificates and no other key.
  void List(const std::vector<const support::KeyPair*>& pairs, format::Role role = format::Role::kServiceDirectory) {
    stage().PublishNext([&](format::Directory& directory) {
      std::erase_if(directory.people, [](const format::Person& person) { return person.slug == "payroll"; });
      if (pairs.empty()) return;
      format::Person account;
      account.slug = "payroll";
      account.name = "Payroll";
      account.roles = {role};
      for (const support::KeyPair* pair : pairs) account.certificates.push_back(DigestOf(*pair));
      const auto place = std::find_if(directory.people.begin(), directory.people.end(),
                                      [](const format::Person& person) { return person.slug > "payroll"; });
      directory.people.insert(place, std::move(account));
    });
  }
  static std::string CreateSync(const std::shared_ptr<grpc::Channel>& channel, const std::string& authorization = {}) {
    v1::CreateSyncRequest request;
    request.set_request_id(support::DrawRequestId());
    request.set_mode(v1::SYNC_MODE_DELTA);
    return Ask(*v1::HrService::NewStub(channel), &v1::HrService::Stub::CreateSync, request, authorization).reason;
  }

  const support::KeyPair first_ = support::make_test_pki().client;
  const support::KeyPair second_ = support::make_test_pki().client;
};

TEST_F(WireCertificates, P10_TheDirectoryAloneSaysWhoseCertificateItIs) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const auto by_first = world().ConnectHr(&first_);
  EXPECT_EQ(CreateSync(by_first), "SESSION_REQUIRED") << "nobody's";
  List({&first_});
  EXPECT_EQ(CreateSync(by_first), "OK") << "on the very connection that was nobody's a moment ago";
  EXPECT_EQ(CreateSync(world().ConnectHr(nullptr)), "SESSION_REQUIRED");
  EXPECT_EQ(CreateSync(world().ConnectHr(&second_)), "SESSION_REQUIRED");
  EXPECT_EQ(CreateSync(channel_), "SESSION_REQUIRED") << "the listener that reporters use asks for none";

  // A session says who calls, whatever certificate the connection has.
  EXPECT_EQ(CreateSync(by_first, SignedIn("hr")), "OK");
  EXPECT_EQ(CreateSync(by_first, SignedIn("investigator-a")), "CALLER_NOT_ALLOWED");
  EXPECT_EQ(CreateSync(by_first, "Bearer " + std::string(43, 'A')), "SESSION_REQUIRED");
}

TEST_F(WireCertificates, P10_ItOpensTheAccountsScopesAndNothingElse) {
  ASSERT_NO_FATAL_FAILURE(Start());
  List({&first_}, format::Role::kServiceActions);
  const auto channel = world().ConnectHr(&first_);
  EXPECT_EQ(CreateSync(channel), "CALLER_NOT_ALLOWED");
  v1::GetAdverseActionRequest request;
  request.set_name("adverseActions/aaaaaaaaaaaaaaaaaaaaaaaaaa");
  EXPECT_EQ(Ask(*v1::HrService::NewStub(channel), &v1::HrService::Stub::GetAdverseAction, request).reason, "NOTHING_HERE");
  // It is no key to sign in with.
  v1::CreateChallengeRequest challenge;
  challenge.set_principal("staff/payroll");
  v1::CreateChallengeResponse nonce;
  ASSERT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateChallenge, challenge, {}, &nonce).reason, "OK");
  v1::CreateSessionRequest sign_in;
  sign_in.set_principal("staff/payroll");
  sign_in.set_nonce(nonce.nonce());
  sign_in.set_signature(std::string(64, 's'));
  EXPECT_EQ(Ask(*sessions_, &v1::SessionService::Stub::CreateSession, sign_in).reason, "SIGN_IN_REFUSED");
}

TEST_F(WireCertificates, OneTakesOverFromTheOtherWithoutAPause) {
  ASSERT_NO_FATAL_FAILURE(Start());
  List({&first_});
  const auto old_line = world().ConnectHr(&first_);
  const auto new_line = world().ConnectHr(&second_);
  EXPECT_EQ(CreateSync(old_line), "OK");
  List({&first_, &second_});
  EXPECT_EQ(CreateSync(old_line), "OK");
  EXPECT_EQ(CreateSync(new_line), "OK");
  List({&second_});
  EXPECT_EQ(CreateSync(old_line), "SESSION_REQUIRED") << "at once, on a connection that stands";
  EXPECT_EQ(CreateSync(new_line), "OK");
  List({});
  EXPECT_EQ(CreateSync(new_line), "SESSION_REQUIRED");
}

TEST_F(WireCertificates, P6_EveryAnsweredCallIsALeafThatNamesTheAccount) {
  ASSERT_NO_FATAL_FAILURE(Start());
  List({&first_});
  ASSERT_EQ(CreateSync(world().ConnectHr(&first_)), "OK");
  ASSERT_EQ(CreateSync(world().ConnectHr(&second_)), "SESSION_REQUIRED") << "control: it leaves none";
  Kill();
  int named = 0;
  for (const format::Leaf& leaf : Decode()->Leaves())
    if (leaf.kind == format::LeafKind::kServiceCalled) named += leaf.actor == "payroll" ? 1 : 100;
  EXPECT_EQ(named, 1);
}

}  // namespace
}  // namespace alcove::promises
