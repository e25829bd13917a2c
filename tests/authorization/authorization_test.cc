// Every method of the contract by every role in every relation to the case that is named, against what matrix.csv says.
// Rows come from the contract's descriptors, values were written by hand. See DESIGN.md.
#include <google/protobuf/descriptor.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <chrono>
#include <cstdio>
#include <fstream>
#include <future>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "crypto/encoding.h"
#include "tests/authorization/cast.h"
#include "tests/authorization/matrix.h"
#include "tests/authorization/requests.h"
#include "tests/house/house.h"
#include "tests/house/stream.h"
#include "tests/server/rpc/wire.h"
#include "tests/tree/source_dir.h"

namespace alcove::authorization {
namespace {

// All that a caller can hear of an answer.
struct Heard {
  grpc::StatusCode code = grpc::StatusCode::OK;
  std::string message;
  std::string details;
  std::multimap<std::string, std::string> headers;
  std::multimap<std::string, std::string> trailers;
  std::string body;
  std::string ended;  // OK, or the reason

  friend bool operator==(const Heard&, const Heard&) = default;
};

std::ostream& operator<<(std::ostream& out, const Heard& heard) {
  return out << heard.ended << " (" << heard.message << ", details of " << heard.details.size() << " bytes, "
             << heard.headers.size() << " headers, " << heard.trailers.size() << " trailers, body of "
             << heard.body.size() << " bytes)";
}

std::multimap<std::string, std::string> Copy(const std::multimap<grpc::string_ref, grpc::string_ref>& metadata) {
  std::multimap<std::string, std::string> copy;
  for (const auto& [name, value] : metadata)
    copy.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
  return copy;
}

std::vector<std::string> MethodsOfContract() {
  std::vector<std::string> methods;
  for (const google::protobuf::ServiceDescriptor* service : rpc::AccessTable::Contract())
    for (int i = 0; i < service->method_count(); ++i)
      methods.push_back(std::string(service->name()) + "/" + std::string(service->method(i)->name()));
  return methods;
}

bool Streams(const std::string& method) {
  for (const google::protobuf::ServiceDescriptor* service : rpc::AccessTable::Contract())
    for (int i = 0; i < service->method_count(); ++i)
      if (method == std::string(service->name()) + "/" + std::string(service->method(i)->name()))
        return service->method(i)->server_streaming();
  return false;
}

Matrix Written() {
  std::ifstream file(std::string(alcove::tests::kSourceDir) + "/tests/authorization/matrix.csv");
  EXPECT_TRUE(file) << "no matrix.csv";
  std::vector<std::string> faults;
  Matrix matrix = Matrix::Read(file, &faults);
  for (const std::string& fault : faults) ADD_FAILURE() << fault;
  return matrix;
}

// What is wrong between contract, requests and matrix before anything is run.
std::vector<std::string> Gaps(const Matrix& matrix) {
  std::vector<std::string> gaps;
  const std::vector<std::string> listed = MethodsOfContract();
  const std::set<std::string> methods(listed.begin(), listed.end());
  for (const std::string& method : methods) {
    if (!AllRequests().contains(method)) gaps.push_back(method + " has no request in requests.cc");
    if (!matrix.methods().contains(method)) gaps.push_back(method + " has no row in matrix.csv");
  }
  for (const std::string& method : matrix.methods())
    if (!methods.contains(method)) gaps.push_back(method + " is in matrix.csv and not in the contract");
  if (matrix.roles() != Cast::Roles()) gaps.push_back("the columns of matrix.csv are not the roles");
  const std::vector<std::string>& known = Cast::Relations();
  for (const std::string& relation : matrix.relations())
    if (std::find(known.begin(), known.end(), relation) == known.end()) gaps.push_back("no such relation: " + relation);
  for (const std::string& method : methods) {
    for (const std::string& relation : known) {
      for (const std::string& role : Cast::Roles()) {
        const std::string value = matrix.Expected(method, relation, role);
        const std::string cell = method + ", " + relation + ", " + role;
        if (Cast::Possible(role, relation) && (value.empty() || value == "-")) gaps.push_back(cell + ": no value");
        const bool own_line = matrix.RelationsOf(method).contains(relation);
        if (!Cast::Possible(role, relation) && own_line && value != "-") gaps.push_back(cell + ": cannot be");
      }
    }
  }
  return gaps;
}

class Door {
 public:
  Heard Call(const std::string& method, const Scene& scene, const Target& target, bool never_filed = false) {
    const std::string request = AllRequests().at(method)({cast_, house_, scene, target});
    if (never_filed) {
      cast_.ReturnToNeverFiled(scene);
    } else {
      cast_.Return(scene);
    }
    house_.organisation().Set(cast_.world.organisation);
    grpc::ClientContext context;
    std::string token;
    if (scene.principal) token = *house_.sessions().Open(*scene.principal, scene.key);
    rpc::Prepare(context, token);
    if (Streams(method)) {
      // The first answer says that it is one; what a stream says is told in tests/promises.
      const house::Streamed streamed = house::ReadStream(house_.channel(), context, "/alcove.v1." + method, request, 1);
      const grpc::Status& ended = streamed.status;
      const bool answered = !streamed.answers.empty();
      return {answered ? grpc::StatusCode::OK : ended.error_code(), answered ? "" : ended.error_message(),
              ended.error_details(), Copy(context.GetServerInitialMetadata()), Copy(context.GetServerTrailingMetadata()),
              answered ? streamed.answers.front() : "", answered ? "OK" : rpc::Ended(ended)};
    }
    grpc::Slice slice(request);
    const grpc::ByteBuffer sent(&slice, 1);
    grpc::ByteBuffer received;
    std::promise<grpc::Status> done;
    stub_.UnaryCall(&context, "/alcove.v1." + method, grpc::StubOptions(), &sent, &received,
                    [&](grpc::Status status) { done.set_value(std::move(status)); });
    const grpc::Status status = done.get_future().get();
    Heard heard{status.error_code(),  status.error_message(),
                status.error_details(), Copy(context.GetServerInitialMetadata()),
                Copy(context.GetServerTrailingMetadata()), {}, rpc::Ended(status)};
    std::vector<grpc::Slice> slices;
    if (status.ok() && received.Dump(&slices).ok())
      for (const grpc::Slice& part : slices) heard.body.append(reinterpret_cast<const char*>(part.begin()), part.size());
    return heard;
  }

  // Runs every cell; the number of wrong ones. `tell` says what is wrong with each.
  struct Tally {
    int cells = 0;
    int wrong = 0;
  };
  Tally All(const Matrix& matrix, const std::vector<std::string>& relations, const std::set<std::string>& methods,
            const std::function<void(const std::string&)>& tell) {
    Tally tally;
    for (const std::string& role : Cast::Roles()) {
      for (const std::string& relation : relations) {
        if (!Cast::Possible(role, relation)) continue;
        const Scene scene = cast_.Bring(role, relation);
        for (const std::string& method : methods) {
          ++tally.cells;
          const std::string fault = Cell(method, scene, matrix.Expected(method, relation, role));
          if (fault.empty()) continue;
          ++tally.wrong;
          tell(method + ", " + relation + ", " + role + ": " + fault);
        }
      }
    }
    return tally;
  }

 private:
  // Empty when the cell is as written.
  std::string Cell(const std::string& method, const Scene& scene, const std::string& expected) {
    const bool exists = scene.target.case_id != scene.absent.case_id;
    cast_.Return(scene);
    const Heard heard = Call(method, scene, scene.target);
    const std::size_t rows = cast_.world.rows.size();
    const std::uint64_t leaves = cast_.world.rows.leaves();

    static const std::map<std::string, std::string> kWords = {
        {"ok", "OK"},          {"listed", "OK"}, {"empty", "OK"}, {"session", "SESSION_REQUIRED"},
        {"caller", "CALLER_NOT_ALLOWED"}, {"nothing", "NOTHING_HERE"}, {"refused", "APPROVAL_REFUSED"}};
    const auto word = kWords.find(expected);
    const std::string ended = word == kWords.end() ? expected : word->second;
    if (heard.ended != ended) return "expected " + expected + ", ended " + heard.ended;

    const bool tells = Mentions(heard, scene.target);
    if (expected == "listed" && !tells) return "the case is not in the list";
    // Refusals that only somebody hears who reached the case and may know of it.
    static const std::set<std::string> kKnowing = {"ok", "listed", "refused", "LINK_REFUSED", "TRANSITION_REFUSED", "APPROVALS_STAND"};
    const bool knows = kKnowing.contains(expected);
    if (!knows && tells) return "the answer names what it must not";
    if (knows || !exists) return {};

    // Refused, or answered without the case: to the last byte as for an id that never was, and nothing else is left behind.
    const auto compare = [&](const Heard& other, std::size_t other_rows, std::uint64_t other_leaves) -> std::string {
      if (!(heard == other)) {
        std::ostringstream text;
        text << "sounds otherwise than where there is no such case: " << heard << " and " << other;
        return text.str();
      }
      if (leaves - LeavesOf(*scene.rows) != other_leaves) return "leaves another trace in the ledger";
      if (rows - scene.rows->rows.size() != other_rows) return "leaves other rows behind";
      return {};
    };
    cast_.Return(scene);
    const Heard absent = Call(method, scene, scene.absent);
    if (std::string fault = compare(absent, cast_.world.rows.size() - scene.rows->rows.size(),
                                    cast_.world.rows.leaves() - LeavesOf(*scene.rows));
        !fault.empty())
      return fault;
    if (expected == "empty") {
      cast_.Return(scene);
      const Heard before = Call(method, scene, scene.absent, true);
      if (!(heard == before)) return "differs from the answer had the case never been filed";
    }
    return {};
  }

  static std::uint64_t LeavesOf(const world::Rows::Moment& moment) { return moment.frontier.size(); }

  static bool Mentions(const Heard& heard, const Target& target) {
    std::string all = heard.body + heard.message + heard.details;
    for (const auto& [name, value] : heard.trailers) all += value;
    for (const std::string& id : {target.case_id.str(), target.blob.str()}) {
      for (const std::string& form : {id, crypto::Base32Encode(id), crypto::HexEncode(id)})
        if (all.find(form) != std::string::npos) return true;
    }
    return false;
  }

  Cast cast_;
  house::RowsCommitter committer_{cast_.world};
  house::House house_{cast_.world, cast_.world.rows, committer_};
  grpc::GenericStub stub_{house_.channel()};
};

TEST(Authorization, TheMatrixAndTheContractNameTheSameMethods) {
  for (const std::string& gap : Gaps(Written())) ADD_FAILURE() << gap;
}

// The access options say which kinds of callers a method has; a hand that wrote otherwise slipped.
TEST(Authorization, TheMatrixContradictsNoAccessOption) {
  const Matrix matrix = Written();
  const auto access = rpc::AccessTable::Read(rpc::AccessTable::Contract());
  ASSERT_TRUE(access.ok()) << access.status();
  for (const rpc::MethodRule& rule : access->rules()) {
    const std::string method = rule.path.substr(std::string("/alcove.v1.").size());
    for (const std::string& role : Cast::Roles()) {
      bool admitted = role == "stranger" ? rule.anonymous() : false;
      if (role == "mailbox") admitted = rule.Admits(v1::CALLER_MAILBOX);
      if (role == "service") continue;  // scopes are the door's; the matrix says which
      if (role != "stranger" && role != "mailbox")
        admitted = rule.Admits(v1::CALLER_STAFF) || (role == "administrator" && rule.Admits(v1::CALLER_ADMINISTRATOR)) ||
                   (role == "auditor" && rule.Admits(v1::CALLER_AUDITOR)) ||
                   (role == "protection_officer" && rule.Admits(v1::CALLER_PROTECTION_OFFICER));
      for (const std::string& relation : Cast::Relations()) {
        if (!Cast::Possible(role, relation)) continue;
        const std::string value = matrix.Expected(method, relation, role);
        const bool refused = value == "session" || value == "caller";
        EXPECT_EQ(admitted, !refused) << method << ", " << relation << ", " << role << ": " << value;
      }
    }
  }
}

TEST(Authorization, EveryCellIsAsWritten) {
  const Matrix matrix = Written();
  Door door;
  const std::vector<std::string> listed = MethodsOfContract();
  std::set<std::string> methods;
  for (const std::string& method : listed)
    if (AllRequests().contains(method)) methods.insert(method);
  const Door::Tally tally = door.All(matrix, Cast::Relations(), methods, [](const std::string& fault) { ADD_FAILURE() << fault; });
  std::printf("%d cells run, %d wrong\n", tally.cells, tally.wrong);
  EXPECT_EQ(methods.size(), listed.size());
  EXPECT_GT(tally.cells, 1000);
}

// Controls: the checks above find what is planted.
TEST(Authorization, AWrongValueAMissingRowAndARowWithoutAMethodAreFound) {
  Matrix matrix = Written();
  ASSERT_TRUE(Gaps(matrix).empty());
  Matrix lacking = matrix;
  lacking.Drop("CaseService/GetCase");
  EXPECT_FALSE(Gaps(lacking).empty());
  Matrix stranger = matrix;
  stranger.Set("CaseService/ReadMinds", "*", "staff", "ok");
  EXPECT_FALSE(Gaps(stranger).empty());

  matrix.Set("CaseService/GetCase", "subject", "investigator", "ok");
  matrix.Set("CaseService/ListCases", "assigned", "auditor", "listed");
  Door door;
  std::vector<std::string> faults;
  const Door::Tally tally = door.All(matrix, {"subject", "assigned"}, {"CaseService/GetCase", "CaseService/ListCases"},
                                   [&](const std::string& fault) { faults.push_back(fault); });
  EXPECT_EQ(tally.wrong, 2) << ::testing::PrintToString(faults);
}

}  // namespace
}  // namespace alcove::authorization
