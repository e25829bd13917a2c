// Before a report is sealed: tags for the people named, and the plan of who would read, checked.
//
// The server proposes readers; the client decides to whom it wraps a key. It refuses a reader
//   * whose key no person of the checked directory holds, or another person than the server says,
//   * whose key is all-zero or of low order,
//   * whose role does not fit the condition (a fallback that is not from outside, a desk member who is no investigator), or
//     who would read at once what is to wait for others,
//   * whom the reporter named or struck out, whatever the server says.
// Named people are recognised by the directory's salted hashes of identifier and of tag. Where the reporter knows only a
// name, nobody can recognise it: the program shows every reader and asks.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/intake_service.pb.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"
#include "crypto/format/tag.h"
#include "crypto/random.h"

namespace alcove::client {

// Somebody the reporter speaks of.
struct NamedPerson {
  // Nothing when only a name is known.
  std::optional<format::Identifier> identifier;
  std::string name;
  std::string relation;
  // Filled by ComputeTags.
  std::optional<format::SubjectTag> tag;
};

// `emp:12345`, `mail:a@b.example`, a bare address, a single word with a digit in it (a staff number), or a name.
NamedPerson ParsePerson(std::string_view text);

// Work for one anonymous call: asks for a puzzle and solves it. Empty while the price is 0.
absl::StatusOr<std::optional<v1::Work>> PayWork(Connection& connection, uint32_t price);

// Calls an anonymous method, paying when it asks. `request` is given the work of the newest challenge.
// At `price` 0 the first attempt is free; WORK_REQUIRED is answered with work at most three times.
template <class Stub, class Request, class Response>
absl::StatusOr<Response> CallPaid(Connection& connection, grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                                  Request& request, uint32_t price) {
  for (int attempt = 0;; ++attempt) {
    if (price > 0 || attempt > 0) {
      auto work = PayWork(connection, price);
      if (!work.ok()) return work.status();
      if (*work) *request.mutable_work() = **work;
    }
    auto answer = connection.CallAgain(method, request);
    if (answer.ok() || attempt >= 3 || ReasonOf(answer.status()) != "WORK_REQUIRED") return answer;
  }
}

// Fills the tags of everybody who has an identifier, up to 16 a call. `tag_key_id` is that of GetIntake; another one in the
// answer is kTagKeyChanged. Whoever enrols before intake is open has no GetIntake to go by and passes an empty one.
absl::Status ComputeTags(Connection& connection, const v1::GetIntakeResponse& limits,
                         const std::vector<NamedPerson*>& people, crypto::Random& random);

// The same for people each of whom has to be recognised: asks for the limits itself. kInputInvalid naming one of whom only
// a name is known.
absl::Status TagEverybody(Connection& connection, std::vector<NamedPerson>& people, crypto::Random& random);

// Slugs of everybody in the directory whom these people are, by identifier and by tag.
std::set<std::string> NamedSlugs(const format::Directory& directory, const std::vector<NamedPerson>& people);

// What a plan is asked for.
struct PlanInput {
  v1::RoutingFacts facts;
  std::vector<NamedPerson> subjects;
  std::vector<NamedPerson> keep_out;
  std::vector<std::string> struck_out;  // slugs
  bool escrow = false;  // to be sent only together with others: the desk is to be on condition MATCHED
};

// One reader, as far as a key is concerned.
struct PlannedReader {
  std::string slug;
  std::string name;
  std::string purpose;
  v1::ReleaseCondition condition = v1::RELEASE_CONDITION_UNSPECIFIED;
  crypto::EncryptionKey key;
};

struct CheckedPlan {
  std::string plan;  // opaque, goes back
  std::string case_name;
  uint32_t directory_version = 0;
  std::vector<PlannedReader> readers;
  std::vector<PlannedReader> custodians;
  uint32_t custodian_threshold = 0;
  // Named people whose identifier nobody known has, as the reporter gave them.
  std::vector<std::string> unknown;
  // What the planned desk asks of who files. The service's word; it refuses what does not fit.
  v1::EmploymentProofPolicy employment_proof = v1::EMPLOYMENT_PROOF_POLICY_OFF;
  // There is a person of whom only a name is known: every reader must be shown and asked about.
  bool name_only = false;
};

// Checks the server's answer against the directory and what the reporter said. Errors: kReader*, kPlanWithoutFallback,
// kAnswerMalformed.
absl::StatusOr<CheckedPlan> CheckPlan(const CheckedDirectory& directory, const PlanInput& input,
                                      const v1::PlanReportResponse& response);

// Asks and checks. Where the server's directory is newer than the one checked, PLAN_STALE: fetch it and ask again.
absl::StatusOr<CheckedPlan> RequestPlan(Connection& connection, const CheckedDirectory& directory, uint32_t price,
                                        const PlanInput& input);

// The key of a reader, as the checked directory has it: kReaderNotInDirectory, kReaderKeySwapped, kReaderKeyWeak.
absl::StatusOr<crypto::EncryptionKey> ReaderKey(const format::Directory& directory, const v1::Reader& reader);

// `staff/amira` to `amira`; kAnswerMalformed for anything else.
absl::StatusOr<std::string> SlugOf(std::string_view name);

}  // namespace alcove::client
