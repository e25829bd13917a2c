#include "tests/bench/house.h"

#include <algorithm>
#include <thread>

#include "alcove/v1/hr_service.grpc.pb.h"
#include "tests/bench/loadgen/cpu.h"
#include "tests/support/sign_in.h"

namespace bench {
namespace {

namespace support = alcove::support;
namespace v1 = alcove::v1;

constexpr std::uint32_t kTeam = 8;  // reports of one manager

support::World::Options WorldOf(const House::Options& options) {
  support::World::Options world;
  world.folder = options.folder;
  world.alcoved = options.alcoved;
  world.port = support::FreePort();
  return world;
}

}  // namespace

std::string Number(std::uint32_t index) { return "EMPLOYEE-" + std::to_string(index); }
std::string Mail(std::uint32_t index) { return "mail:employee-" + std::to_string(index) + "@meridian.example"; }

House::House(const Options& options)
    : employees_(options.employees),
      world_(support::World::Make(WorldOf(options))),
      server_(world_.serve_command(), {}, world_.options().folder + "/alcoved.log") {
  Start();
  world_.Publish();
  const auto begun = std::chrono::steady_clock::now();
  Sync();
  sync_seconds_ = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  after_sync_mib_ = loadgen::resident_mib(server_.pid());
  if (server_.Terminate() != 0) support::Fail("alcoved does not drain", options.folder);
  Start();
  std::this_thread::sleep_for(std::chrono::seconds(3));
  resident_mib_ = loadgen::resident_mib(server_.pid());
  reporter_ = std::make_unique<support::Reporter>(world_, channel_);
}

std::string House::SignIn(const std::string& slug) const { return SignIn(slug, world_.SigningKeyOf(slug)); }

std::string House::SignIn(const std::string& slug, const alcove::crypto::SigningKey& key) const {
  return support::Must("sign in", support::SignIn(channel_, world_.organisation().id, world_.directory().log_key,
                                                  alcove::format::StaffName(slug), key));
}

support::Filing House::Prepare() {
  support::Draft draft;
  draft.narrative = std::string(3'900, 'x');
  draft.subjects = {world_.TagOf(Number(employees_ - 1))};
  draft.struck_out = {"staff/investigator-b"};
  return support::Must("plan", reporter_->Prepare(draft));
}

void House::Submit(const support::Filing& filing) { support::Must("file", reporter_->Submit(filing.request)); }

support::Filing House::File() {
  support::Filing filing = Prepare();
  Submit(filing);
  return filing;
}

void House::Start() {
  if (!server_.Start(world_.options().port)) support::Fail("alcoved does not start", world_.options().folder);
  channel_ = world_.Connect();
}

void House::Sync() {
  constexpr std::uint32_t kRows = 256;
  const auto stub = v1::HrService::NewStub(channel_);
  const std::string hr = SignIn("hr");
  v1::CreateSyncRequest create;
  create.set_request_id(support::DrawRequestId());
  create.set_mode(v1::SYNC_MODE_FULL);
  const std::string sync = Call(*stub, &v1::HrService::Stub::CreateSync, create, hr).name();
  std::uint32_t pages = 0;
  for (std::uint32_t first = 0; first < employees_; first += kRows) {
    v1::UploadSyncPageRequest page;
    page.set_name(sync);
    page.set_page(pages++);
    for (std::uint32_t i = first; i < std::min(first + kRows, employees_); ++i) {
      v1::ChartRow& row = *page.add_rows();
      row.add_identifiers("emp:" + Number(i));
      row.add_identifiers(Mail(i));
      if (i > 0) row.set_manager(Mail((i - 1) / kTeam));
      if (i % 4 == 0) row.add_relations(Mail(static_cast<std::uint32_t>(std::uint64_t{i} * 7919 % employees_)));
    }
    Call(*stub, &v1::HrService::Stub::UploadSyncPage, page, hr);
  }
  v1::CommitSyncRequest commit;
  commit.set_request_id(support::DrawRequestId());
  commit.set_name(sync);
  commit.set_pages(pages);
  Call(*stub, &v1::HrService::Stub::CommitSync, commit, hr);
}

}  // namespace bench
