// alcove_wall_bench: what the wall costs (clause 2.9), between a real alcoved that knows 100 employees and one that knows
// 100,000. See tests/bench/run.sh --wall.
//
// Filings and re-keyings go to the two in turn, so that whatever else the machine does meets both alike, and are compared
// by the processor time that alcoved spent on them: a filing waits for the disk most of its time, which would hide the rest.
#include <absl/synchronization/mutex.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/case_service.grpc.pb.h"
#include "crypto/format/directory.h"
#include "crypto/format/envelope.h"
#include "crypto/format/epoch.h"
#include "crypto/hash.h"
#include "crypto/random.h"
#include "server/core/access/wall.h"
#include "server/core/people/chart.h"
#include "server/core/people/organisation.h"
#include "tests/bench/house.h"
#include "tests/support/filing.h"
#include "tests/support/must.h"

namespace bench {
namespace {

namespace base = alcove::base;
namespace crypto = alcove::crypto;
namespace format = alcove::format;
namespace people = alcove::people;
namespace support = alcove::support;
namespace v1 = alcove::v1;
using Clock = std::chrono::steady_clock;

struct Options {
  std::string alcoved;
  std::string folder;
  std::uint32_t employees = 100'000;
  std::uint32_t entries = 10'000;
  int filings = 1'000;
  int rekeyings = 200;
  bool json = false;
};

constexpr std::uint32_t kFew = 100;
constexpr double kMostRatio = 1.2;
constexpr double kMostMicroseconds = 20;
constexpr double kMostMib = 60;

// Nanoseconds that the threads of a process have run; ticks of 10 ms are too coarse for a single re-keying.
double RunSeconds(pid_t pid) {
  double nanoseconds = 0;
  for (const auto& task : std::filesystem::directory_iterator("/proc/" + std::to_string(pid) + "/task")) {
    std::ifstream file(task.path() / "schedstat");
    double ran = 0;
    file >> ran;
    nanoseconds += ran;
  }
  return nanoseconds * 1e-9;
}

// A case whose investigator writes entry after entry, and makes a new key when one is due.
class Writer {
 public:
  Writer(House& house, std::uint32_t entries)
      : house_(house),
        filing_(house.File()),
        stub_(v1::CaseService::NewStub(house.channel())),
        session_(house.SignIn("investigator-a")),
        key_(filing_.epoch_key.Clone()),
        record_(filing_.request.entry().epoch().record()) {
    previous_ = format::EntryHash(*format::ParseEnvelope(filing_.request.entry().envelope()));
    while (sequence_ < entries) Append(false);
  }

  // The seconds alcoved worked on an entry that brings a new key, and that its author waited.
  struct Cost { double processor = 0, waited = 0; };
  Cost ReKey() {
    v1::CaseServiceReportBadGrantRequest bad;
    bad.set_name(format::CaseName(filing_.case_id));
    bad.set_request_id(support::DrawRequestId());
    bad.set_keyring(v1::KEYRING_THREAD);
    bad.set_epoch(epoch_);
    Call(*stub_, &v1::CaseService::Stub::ReportBadGrant, bad, session_);
    return Append(true);
  }

 private:
  Cost Append(bool rekey) {
    const crypto::SigningKey& author = house_.world().SigningKeyOf("investigator-a");
    std::optional<format::NewEpoch> made;
    if (rekey) {
      const auto before = format::ParseEpoch(record_);
      std::vector<format::Recipient> recipients{
          {filing_.decryption.encryption_key(), format::ReleaseCondition::kMailbox}};
      for (std::size_t i = 1; i < before->reader_count; ++i)
        recipients.push_back({*house_.world().KeyOf(before->ReaderAt(i).key.view()), before->ReaderAt(i).condition});
      made = support::Must("make a key", format::MakeEpoch(Scope(epoch_ + 1), recipients, &key_,
                                                           crypto::KeyIdOf(author.verify_key()),
                                                           house_.world().directory().version, crypto::SystemRandom()));
      ++epoch_;
      key_ = made->key.Clone();
      record_ = made->record;
    }
    format::EnvelopeContext context;
    context.kind = format::EntryKind::kMessage;
    context.keyring = format::Keyring::kThread;
    context.organisation = house_.world().organisation().id;
    context.case_id = filing_.case_id;
    context.entry = format::DrawId<format::EntryId>(crypto::SystemRandom());
    context.sequence = sequence_;
    context.epoch = epoch_;
    context.previous = previous_;
    context.day = format::Day::OfUnixSeconds(std::time(nullptr));
    context.epoch_record_hash = format::EpochRecordHash(record_);
    alcove::sealed::v1::Message body;
    body.set_text("One of very many.");
    v1::AppendEntryRequest request;
    request.set_parent(format::CaseName(filing_.case_id));
    request.set_request_id(support::DrawRequestId());
    request.mutable_entry()->set_envelope(support::Must(
        "seal", format::SealEnvelope(context, key_, author, body.SerializeAsString(), crypto::SystemRandom())));
    if (made) {
      request.mutable_entry()->mutable_epoch()->set_record(made->record);
      for (const crypto::Bytes& grant : made->grants) request.mutable_entry()->mutable_epoch()->add_grants(grant);
    }
    const double ran = RunSeconds(house_.pid());
    const auto asked = Clock::now();
    Call(*stub_, &v1::CaseService::Stub::AppendEntry, request, session_);
    const Cost cost{RunSeconds(house_.pid()) - ran, std::chrono::duration<double>(Clock::now() - asked).count()};
    previous_ = format::EntryHash(*format::ParseEnvelope(request.entry().envelope()));
    ++sequence_;
    return cost;
  }
  format::EpochScope Scope(std::uint32_t number) const {
    return {house_.world().organisation().id, filing_.case_id, format::Keyring::kThread, number};
  }

  House& house_;
  const support::Filing filing_;
  const std::unique_ptr<v1::CaseService::Stub> stub_;
  const std::string session_;
  format::EpochKey key_;
  std::string record_;
  crypto::Digest previous_;
  std::uint32_t sequence_ = 1;
  std::uint32_t epoch_ = 0;
};

double Median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Costs {
  std::vector<double> processor, waited;
};

Costs Files(House& house, int count) {
  Costs costs;
  for (int i = 0; i < count; ++i) {
    const double ran = RunSeconds(house.pid());
    const auto asked = Clock::now();
    house.File();
    costs.waited.push_back(std::chrono::duration<double>(Clock::now() - asked).count());
    costs.processor.push_back(RunSeconds(house.pid()) - ran);
  }
  return costs;
}

void Add(Costs& all, Costs some) {
  all.processor.insert(all.processor.end(), some.processor.begin(), some.processor.end());
  all.waited.insert(all.waited.end(), some.waited.begin(), some.waited.end());
}

// The same decision that every access asks, in this process: microseconds each.
double Decision(const support::World& world, std::uint32_t employees) {
  const auto tag = [](std::uint32_t index) { return crypto::Blake2b256("employee " + std::to_string(index)); };
  people::ChartPart part;
  const std::uint32_t first = employees / 2;  // where the people of the directory stand
  for (std::uint32_t i = 0; i < employees; ++i) {
    people::ChartPart::Employee& employee = part.employees.emplace_back();
    for (int byte = 0; byte < 4; ++byte) employee.id.data()[byte] = static_cast<std::uint8_t>(i >> 8 * byte);
    employee.id.data()[15] = 1;
    employee.listed = true;
    employee.tags = 1;
    part.tags.push_back(tag(i));
    if (i == 0) continue;
    part.edges.push_back({.other = (i - 1) / kTeam});
    ++employee.edges;
  }
  people::Organisation::Parts parts;
  parts.id = world.organisation().id;
  const std::string text = support::Must("directory", format::DirectoryText(world.directory()));
  parts.directory.emplace();
  parts.directory->directory = world.directory();
  parts.directory_bytes = text;
  // One investigator is an employee in the middle of the chart.
  const auto bare = support::Must("organisation", people::Organisation::Build(parts));
  const auto* before = bare->FindPerson(*base::StaffSlug::Parse("investigator-a"));
  std::uint32_t at = 0;
  for (std::uint32_t i = 0, seen = 0; i < employees; ++i) {
    if (i == first) at = seen;
    seen += part.employees[i].tags;
  }
  part.tags[at] = before->tags.front();
  parts.chart = support::Must("chart", people::Chart::Build(1, {part}));
  const auto organisation = support::Must("organisation", people::Organisation::Build(parts));
  const people::Person& person = *organisation->FindPerson(*base::StaffSlug::Parse("investigator-a"));
  if (person.employees.size() != 1) support::Fail("decision", "the investigator is nobody in the chart");

  std::vector<alcove::access::Wall> walls;
  for (std::uint32_t i = 0; i < 200; ++i) {
    alcove::access::Wall wall;
    wall.subjects = {alcove::access::NameOf(*organisation, tag(i * 487 % (employees - 1) + 1))};
    wall.chart_version = 1;
    walls.push_back(std::move(wall));
  }
  constexpr int kDecisions = 200'000;
  int conflicts = 0;
  const auto begun = Clock::now();
  for (std::size_t i = 0; i < kDecisions; ++i)
    conflicts += alcove::access::InConflict(*organisation, person, walls[i % walls.size()]) ? 1 : 0;
  const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
  if (conflicts == kDecisions) support::Fail("decision", "everybody is in conflict: nothing was decided");
  return seconds / kDecisions * 1e6;
}

int Run(const Options& options) {
  House few({options.alcoved, options.folder + "/few", kFew});
  House many({options.alcoved, options.folder + "/many", options.employees});
  std::printf("%-44s %10s %10s %8s %8s\n", "", "few", "many", "measured", "bound");
  bool good = true;
  std::string json = "{";
  const auto say = [&](const char* name, double small, double large, double measured, double bound, const char* key) {
    std::printf("%-44s %10.2f %10.2f %8.2f %8.2f%s\n", name, small, large, measured, bound,
                measured <= bound ? "" : "  BEYOND");
    good = good && measured <= bound;
    char text[96];
    std::snprintf(text, sizeof text, "%s\"%s\": %.3f", json.size() > 1 ? ", " : "", key, measured);
    json += text;
  };

  Costs at_few, at_many;
  Files(few, 20);
  Files(many, 20);
  for (int done = 0; done < options.filings; done += 20) {
    Add(at_few, Files(few, 20));
    Add(at_many, Files(many, 20));
  }
  const double small = Median(at_few.processor) * 1e6, large = Median(at_many.processor) * 1e6;
  say("filing, CPU of alcoved (us): 100 | many", small, large, large / small, kMostRatio, "filing_cpu_ratio");
  const double small_wait = Median(at_few.waited) * 1e6, large_wait = Median(at_many.waited) * 1e6;
  say("filing, as its reporter waits (us)", small_wait, large_wait, large_wait / small_wait, kMostRatio, "filing_wait_ratio");

  const double decision = Decision(few.world(), options.employees);
  say("a decision (us)", 0, decision, decision, kMostMicroseconds, "decision_microseconds");

  Writer young(few, 10), old(few, options.entries);
  Costs at_young, at_old;
  for (int i = 0; i < options.rekeyings; ++i) {
    for (auto [writer, costs] : {std::pair{&young, &at_young}, std::pair{&old, &at_old}}) {
      const Writer::Cost cost = writer->ReKey();
      if (i < 5) continue;
      costs->processor.push_back(cost.processor);
      costs->waited.push_back(cost.waited);
    }
  }
  const double ten = Median(at_young.processor) * 1e6, thousands = Median(at_old.processor) * 1e6;
  say("re-keying, CPU of alcoved (us): 10 | entries", ten, thousands, thousands / ten, kMostRatio, "rekeying_cpu_ratio");
  const double ten_wait = Median(at_young.waited) * 1e6, thousands_wait = Median(at_old.waited) * 1e6;
  say("re-keying, as its author waits (us)", ten_wait, thousands_wait, thousands_wait / ten_wait, kMostRatio, "rekeying_wait_ratio");

  say("resident memory of alcoved (MiB): 100 | many", few.resident_mib(), many.resident_mib(),
      many.resident_mib() - few.resident_mib(), kMostMib, "resident_mib");
  std::printf("right after the sync: %.1f | %.1f MiB\n", few.after_sync_mib(), many.after_sync_mib());
  std::printf("%u employees, %d filings, %u entries, %d re-keyings\n", options.employees, options.filings, options.entries,
              options.rekeyings);
  if (options.json) std::printf("%s, \"within_bounds\": %s}\n", json.c_str(), good ? "true" : "false");
  return good ? 0 : 1;
}

}  // namespace
}  // namespace bench

int main(int argc, char** argv) {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  bench::Options options;
  CLI::App app{"What the wall costs"};
  app.add_option("--alcoved", options.alcoved, "the program to measure")->required();
  app.add_option("--folder", options.folder, "for the stores; on a real disk")->required();
  app.add_option("--employees", options.employees)->check(CLI::Range(1'000, 1'000'000));
  app.add_option("--entries", options.entries)->check(CLI::Range(10, 100'000));
  app.add_option("--filings", options.filings)->check(CLI::PositiveNumber);
  app.add_option("--rekeyings", options.rekeyings)->check(CLI::Range(20, 10'000));
  app.add_flag("--json", options.json);
  CLI11_PARSE(app, argc, argv);
  return bench::Run(options);
}
