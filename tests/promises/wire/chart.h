// A chart as an HR system tells it, for tests that need people and not who stands by whom.
#pragma once

#include <string>
#include <vector>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "tests/promises/wire/scene.h"

namespace alcove::promises {

// One row for each identifier, in one page. Fails the test where a call is refused.
inline void TellWhoWorksHere(v1::HrService::Stub& stub, const std::string& hr, const std::vector<std::string>& identifiers) {
  v1::CreateSyncRequest begin;
  begin.set_request_id(support::DrawRequestId());
  begin.set_mode(v1::SYNC_MODE_FULL);
  v1::CreateSyncResponse begun;
  ASSERT_EQ(Ask(stub, &v1::HrService::Stub::CreateSync, begin, hr, &begun).reason, "OK");
  v1::UploadSyncPageRequest page;
  page.set_name(begun.name());
  for (const std::string& identifier : identifiers) page.add_rows()->add_identifiers(identifier);
  ASSERT_EQ(Ask(stub, &v1::HrService::Stub::UploadSyncPage, page, hr).reason, "OK");
  v1::CommitSyncRequest commit;
  commit.set_request_id(support::DrawRequestId());
  commit.set_name(begun.name());
  commit.set_pages(1);
  ASSERT_EQ(Ask(stub, &v1::HrService::Stub::CommitSync, commit, hr).reason, "OK");
}

}  // namespace alcove::promises
