// Answers about the organisation as messages.
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <vector>

#include "alcove/v1/admin_service.pb.h"
#include "server/core/base/time.h"
#include "server/core/intake/coverage.h"
#include "server/core/intake/intake.h"
#include "server/core/people/organisation.h"

namespace alcove::rpc {

// Slugs of the people to treat as named; FieldInvalid("kept_out") for other names and for more than a report may name.
absl::StatusOr<std::vector<std::string>> ParseKeptOut(const v1::TestRoutingRequest& request);

void Fill(const intake::RoutingTest& test, v1::TestRoutingResponse* out);
void Fill(const intake::Coverage& coverage, v1::GetCoverageResponse* out);
// Directory, policies, gaps, and whether intake is open: it is while there is no gap.
void Fill(const people::Organisation& organisation, base::Day today, v1::GetServiceStatusResponse* out);

}  // namespace alcove::rpc
