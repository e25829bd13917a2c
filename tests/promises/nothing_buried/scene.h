// A case, three approvers without a part in it, and everything that could bury it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "crypto/format/approval.h"
#include "crypto/format/leaf.h"
#include "server/core/approvals/approvals.h"
#include "server/core/cases/doomed.h"
#include "server/core/cases/holds.h"
#include "server/core/cases/kept.h"
#include "server/core/cases/mailbox.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/team.h"
#include "server/core/casework/allegations.h"
#include "server/core/casework/tasks.h"
#include "server/core/clocks/retention.h"
#include "server/core/clocks/seen.h"
#include "server/core/guard/review.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {

using approvals::State;
using base::Reason;
using format::ApprovalKind;
using format::Decision;
using format::Keyring;
using format::LeafKind;

class Buried : public testing::Test {
 protected:
  Reporter FileWithApprovers() {
    world.PublishDirectory([](format::Directory& directory) {
      for (format::Person& person : directory.people)
        for (const char* slug : {"carl", "cleo", "cora"})
          if (person.slug == slug) person.roles.push_back(format::Role::kApprover);
    });
    return world.File();
  }
  void SetUp() override { Read(); }

  cases::Case Record() const { return world.CaseOf(reporter); }
  void Put(const std::function<void(cases::Case&)>& change) {
    cases::Case record = Record();
    change(record);
    world.rows.Put(std::move(record));
  }
  void Close(const std::string& reason = "finding_made") {
    Put([&](cases::Case& record) {
      record.state = cases::State::kClosed;
      record.closing_reason = reason;
      record.marks.closed = world.clock.Today();
    });
  }
  void PassDays(int days) { world.clock.Advance(std::chrono::hours(24 * days)); }

  // Somebody of the team fetches the thread.
  void Read() {
    ASSERT_TRUE(world.Carry(cases::ListEntries(world.ports(), asker, reporter.case_id, Keyring::kThread, {})).ok());
  }
  void ReporterWrites() {
    const Draft draft = world.Write(Keyring::kThread, format::EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                                    reporter.epochs.back());
    ASSERT_TRUE(world.Send(reporter, draft, world.RequestId()).ok());
  }
  base::EntryId TeamWrites() {
    const Draft draft = world.Write(Keyring::kThread, format::EntryKind::kMessage, reporter.case_id,
                                    world.machines.at(asker.text())[0].signing, reporter.epochs.back());
    const auto appended = world.Append(asker, reporter.case_id, draft, world.RequestId());
    EXPECT_TRUE(appended.ok()) << appended.status();
    return appended.ok() ? appended->entry : base::EntryId();
  }
  base::AllegationId Alleged() {
    cases::Allegation row;
    row.case_id = reporter.case_id;
    row.id = format::DrawId<base::AllegationId>(world.random);
    row.category = "bullying";
    const base::AllegationId id = row.id;
    world.rows.Put(std::move(row));
    return id;
  }

  static approvals::Terms Of(ApprovalKind kind, std::string code = {}) {
    approvals::Terms terms;
    terms.kind = kind;
    terms.code = std::move(code);
    return terms;
  }
  approvals::Terms Deletes() const { return Of(ApprovalKind::kDelete, "filed_by_mistake"); }
  approvals::Terms Shortens(int days) const {
    approvals::Terms terms = Of(ApprovalKind::kShorten);
    terms.until = world.clock.Today().PlusDays(days);
    return terms;
  }
  base::ApprovalId Asked(const approvals::Terms& terms, const std::vector<std::string>& approvers = {}) {
    return world.Ask(asker, reporter.case_id, terms, approvers);
  }
  absl::StatusOr<approvals::Created> WhoDecides(const approvals::Terms& terms) {
    return approvals::WhoDecides(world.ports(), asker, {reporter.case_id, terms, {}});
  }
  approvals::ApprovalView View(const base::ApprovalId& id) {
    const auto view = approvals::GetApproval(world.ports(), asker, id);
    EXPECT_TRUE(view.ok()) << view.status();
    return view.ok() ? *view : approvals::ApprovalView();
  }
  State StateOf(const base::ApprovalId& id) { return View(id).state; }
  absl::StatusOr<base::Outcome<approvals::Decided>> Deciding(const std::string& who, const base::ApprovalId& id,
                                                             Decision decision = Decision::kApprove) {
    const approvals::ApprovalView view = View(id);
    return approvals::DecideApproval(
        world.ports(), Slug(who), id, view.etag, world.RequestId(), decision,
        format::SignDecision(format::ParseApprovalRequest(view.approval.request)->statement, decision,
                             world.machines.at(who)[0].signing));
  }
  std::optional<Reason> Decide(const std::string& who, const base::ApprovalId& id, Decision decision = Decision::kApprove) {
    return Why(world.Carry(Deciding(who, id, decision)));
  }
  absl::StatusOr<base::Outcome<approvals::Executed>> Executing(const base::ApprovalId& id) {
    return approvals::ExecuteApproval(world.ports(), asker, id, View(id).etag, world.RequestId(), {});
  }
  std::optional<Reason> Execute(const base::ApprovalId& id) { return Why(world.Carry(Executing(id))); }
  std::optional<Reason> Cancel(const std::string& who, const base::ApprovalId& id) {
    return Why(world.Carry(approvals::CancelApproval(world.ports(), Slug(who), id, View(id).etag, world.RequestId())));
  }
  absl::StatusOr<base::Outcome<cases::Held>> Holding(const base::StaffSlug& who, const std::string& reason = "litigation") {
    return cases::PlaceHold(world.ports(), who, reporter.case_id, world.RequestId(), reason);
  }
  std::optional<Reason> Hold(const std::string& reason = "litigation") { return Why(world.Carry(Holding(asker, reason))); }
  std::optional<Reason> Review() { return Why(world.Carry(guard::Review(world.ports(), reporter.case_id))); }

  bool IsDoomed() const { return *cases::IsDoomed(world.rows, reporter.case_id); }
  bool TeamReads() {
    return world.Carry(cases::GetCase(world.ports(), asker, reporter.case_id)).ok();
  }
  cases::MailboxView Mailbox() {
    const auto view = cases::GetMailbox(world.ports(), reporter.mailbox);
    EXPECT_TRUE(view.ok()) << view.status();
    return view.ok() ? *view : cases::MailboxView();
  }
  // Kinds of the newest leaves that the reporter sees.
  std::vector<LeafKind> LastLeaves(std::size_t count) {
    std::vector<LeafKind> kinds;
    cases::PageRequest page{100, ""};
    do {
      const auto leaves = cases::ListLeaves(world.ports(), reporter.mailbox, page);
      EXPECT_TRUE(leaves.ok()) << leaves.status();
      if (!leaves.ok()) break;
      for (const cases::OpenedLeaf& leaf : leaves->leaves) kinds.push_back(format::ParseLeaf(leaf.content)->kind);
      page.token = leaves->next_token;
    } while (!page.token.empty());
    return {kinds.end() - static_cast<std::ptrdiff_t>(std::min(count, kinds.size())), kinds.end()};
  }

  World world;
  Reporter reporter = FileWithApprovers();
  base::StaffSlug asker = world.AssigneeOf(reporter);
};

}  // namespace alcove::world
