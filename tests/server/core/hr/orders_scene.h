// A case whose team orders measures, and an HR system that carries them out.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "crypto/format/officer_letter.h"
#include "server/core/cases/orders.h"
#include "server/core/hr/orders.h"
#include "tests/server/core/casework/scene.h"

namespace alcove::world {

class OrdersUnderWay : public CaseUnderWay {
 protected:
  void SetUp() override {
    CaseUnderWay::SetUp();
    ListAccounts();
  }
  void ListAccounts() {
    world.PublishDirectory([this](format::Directory& next) {
      world.AddPerson(next, "payroll", {format::Role::kServiceMeasures}, {});
      world.AddPerson(next, "shifts", {format::Role::kServiceActions, format::Role::kServiceMeasures}, {}, false, 2);
      std::sort(next.people.begin(), next.people.end(),
                [](const format::Person& a, const format::Person& b) { return a.slug < b.slug; });
    });
  }

  std::vector<crypto::EncryptionKey> HrKeys() const {
    std::vector<crypto::EncryptionKey> keys;
    for (const people::Person* one : world.organisation->With(format::Role::kServiceMeasures))
      for (const people::Device& device : one->devices) keys.push_back(device.encryption_key);
    return keys;
  }
  template <class Id = base::MeasureOrderId>
  crypto::Bytes Letter(const Id& id, const std::vector<crypto::EncryptionKey>& keys) {
    return *format::SealOfficerLetter(world.file.id, id, keys, "who, what, when and why", world.random);
  }
  crypto::Bytes Letter() { return Letter(format::DrawId<base::MeasureOrderId>(world.random), HrKeys()); }
  casework::NewMeasure ForHr(const crypto::Bytes& letter, int days = 14) {
    return {format::DrawId<base::MeasureId>(world.random), "interim.subject_schedule_change", assignee,
            world.clock.Today().PlusDays(days), std::nullopt, false, letter};
  }
  casework::NewMeasure ForHr() { return ForHr(Letter()); }
  static base::MeasureOrderId IdIn(const crypto::Bytes& letter) {
    return *base::MeasureOrderId::FromBytes(format::ParseOfficerLetter(letter)->id);
  }
  cases::MeasureOrder RowOf(const base::MeasureOrderId& id) {
    return (*world.rows.Get<cases::MeasureOrder>(base::RowKey(id)))->record;
  }
  std::vector<hr::HrOrder> Listed(std::optional<hr::OrderState> state = {}, cases::PageRequest page = {}) {
    const auto answer = world.Carry(hr::ListMeasureOrders(world.ports(), account, state, page));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->orders : std::vector<hr::HrOrder>();
  }
  absl::Status Report(hr::OrderAnswer answer) {
    if (answer.request_id.empty()) answer.request_id = world.RequestId();
    return world.Carry(hr::ReportMeasureOrder(world.ports(), account, answer)).status();
  }
  absl::Status Executed(const base::MeasureOrderId& id, std::string request_id = {}) {
    return Report({std::move(request_id), id, hr::OrderState::kExecuted, {}, world.clock.Today()});
  }
  absl::Status RefusedByHr(const base::MeasureOrderId& id, const std::string& code) {
    return Report({{}, id, hr::OrderState::kRefused, code, {}});
  }
  cases::OrderView SeenByTeam(const base::MeasureId& measure) {
    const auto detail = world.Carry(cases::GetCase(world.ports(), assignee, reporter.case_id));
    EXPECT_TRUE(detail.ok()) << detail.status();
    for (const cases::MeasureView& view : detail->measures)
      if (view.id == measure) return view.order;
    ADD_FAILURE() << "no such measure";
    return {};
  }
  std::vector<std::string> TasksAbout(const base::MeasureId& measure) {
    const auto page = world.Carry(casework::ListTasks(world.ports(), assignee, {}));
    EXPECT_TRUE(page.ok()) << page.status();
    std::vector<std::string> kinds;
    for (const casework::Task& task : page->tasks)
      if (task.measure == measure) kinds.push_back(task.deadline.empty() ? task.measure_kind : task.deadline);
    return kinds;
  }

  const base::StaffSlug account = Slug("payroll");
};

}  // namespace alcove::world
