// One filed case and questions about who holds it, for the tests of this room.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "crypto/format/epoch.h"
#include "crypto/format/leaf.h"
#include "server/core/cases/requests.h"
#include "server/core/cases/show.h"
#include "server/core/cases/team.h"
#include "server/core/cases/mailbox.h"
#include "server/core/guard/reporter.h"
#include "server/core/guard/review.h"
#include "server/core/guard/team.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {

using base::Reason;
using format::EntryKind;
using format::Keyring;
using format::LeafKind;
using format::ReleaseCondition;

class GuardedCase : public testing::Test {
 protected:
  base::StaffSlug Assignee() { return world.AssigneeOf(reporter); }
  cases::Case Record() { return world.CaseOf(reporter); }

  absl::StatusOr<guard::Reviewed> Review() { return world.Carry(guard::Review(world.ports(), reporter.case_id)); }
  void PassDays(int days) { world.clock.Advance(std::chrono::hours(24 * days)); }

  std::vector<std::string> PeopleUnder(ReleaseCondition condition) {
    std::vector<std::string> people;
    for (const grants::Holder& holder : Record().thread.holders)
      if (holder.condition == condition && (people.empty() || people.back() != holder.staff.text()))
        people.push_back(holder.staff.text());
    return people;
  }
  std::string Dormant() {
    for (const std::string& one : PeopleUnder(ReleaseCondition::kAssigned))
      if (one != Assignee().text()) return one;
    return "";
  }

  // The tag of a person of the directory.
  crypto::Bytes TagOf(std::string slug) {
    for (char& letter : slug) letter = static_cast<char>(letter - 'a' + 'A');
    return world.TagOf("emp:" + slug);
  }

  // Some epoch in storage holds a grant to one of this person's keys.
  bool HasGrant(const std::string& slug, const Reporter& whose) {
    std::set<std::string> keys;
    for (const Machine& machine : world.machines.at(slug))
      keys.insert(crypto::KeyIdOf(machine.decryption.encryption_key()).str());
    bool found = false;
    const absl::Status status = world.rows.Scan<cases::Epoch>(
        base::RowKey(whose.case_id), "", SIZE_MAX, [&](base::Versioned<cases::Epoch> row) {
          const format::ParsedEpoch record = *format::ParseEpoch(row.record.record);
          for (std::size_t i = 0; i < record.reader_count; ++i)
            found = found || (keys.contains(record.ReaderAt(i).key.str()) && !row.record.grants[i].empty());
          return true;
        });
    EXPECT_TRUE(status.ok()) << status;
    return found;
  }
  bool HasGrant(const std::string& slug) { return HasGrant(slug, reporter); }

  std::vector<format::Leaf> VisibleLeaves(const Reporter& whose) {
    std::vector<format::Leaf> leaves;
    const auto page = cases::ListLeaves(world.ports(), whose.mailbox, {.size = 100, .token = ""});
    for (const cases::OpenedLeaf& leaf : page->leaves)
      leaves.push_back(*format::ParseLeaf(leaf.content));
    return leaves;
  }
  // Kinds of the leaves that the reporter sees, after the first `skip`.
  std::vector<LeafKind> KindsAfter(std::size_t skip) {
    std::vector<LeafKind> kinds;
    const std::vector<format::Leaf> leaves = VisibleLeaves(reporter);
    for (std::size_t i = skip; i < leaves.size(); ++i) kinds.push_back(leaves[i].kind);
    return kinds;
  }

  void ExpectLost(const std::string& slug, const Reporter& whose) {
    EXPECT_FALSE(HasGrant(slug, whose)) << slug;
    EXPECT_EQ(Why(world.Carry(cases::GetCase(world.ports(), Slug(slug), whose.case_id))), Reason::kNothingHere);
    EXPECT_EQ(Why(world.Carry(cases::OpenCase(world.ports(), Slug(slug), whose.case_id, Keyring::kThread))),
              Reason::kNothingHere);
    EXPECT_FALSE(*world.rows.Get<cases::Membership>(base::RowKey(Slug(slug), whose.case_id)));
    for (const grants::Holder& holder : world.CaseOf(whose).thread.holders)
      EXPECT_TRUE(holder.lost || holder.staff.text() != slug);
  }
  void ExpectLost(const std::string& slug) { ExpectLost(slug, reporter); }

  absl::StatusOr<std::monostate> Recuse(const base::StaffSlug& caller) {
    return world.Carry(guard::RecuseFromCase(world.ports(), caller, reporter.case_id, world.RequestId()));
  }
  absl::StatusOr<std::vector<std::uint32_t>> Exclude(const std::vector<crypto::Bytes>& tags,
                                                     const std::vector<std::string>& readers) {
    guard::Exclusion exclusion{{tags.begin(), tags.end()}, {}};
    for (const std::string& reader : readers) exclusion.readers.push_back(Slug(reader));
    return world.Carry(guard::ExcludeReaders(world.ports(), reporter.mailbox, world.RequestId(), exclusion));
  }
  std::string Etag(const Reporter& whose) { return cases::EtagOf(world.ports(), world.CaseOf(whose)); }
  absl::StatusOr<guard::Corrected> Correct(const base::StaffSlug& caller, const std::vector<crypto::Bytes>& tags) {
    const std::vector<crypto::BytesView> views(tags.begin(), tags.end());
    return world.Carry(guard::CorrectSubjects(world.ports(), caller, reporter.case_id, Etag(reporter),
                                              world.RequestId(), views));
  }

  // The reporter's next message; with the new epoch where `epoch` says so.
  Draft Message(bool epoch) {
    const std::vector<format::Recipient> readers = world.RecipientsOf(reporter.case_id, Keyring::kThread);
    return world.Write(Keyring::kThread, EntryKind::kMessage, reporter.case_id, reporter.keys.signing,
                       reporter.epochs.back(), {}, epoch ? &readers : nullptr);
  }
  std::optional<Reason> Send(bool epoch) { return Why(world.Send(reporter, Message(epoch), world.RequestId())); }

  // A new chart in which every person of the directory is an employee, with these pairs of manager and report.
  void SyncChart(const std::vector<std::pair<std::string, std::string>>& manages) {
    people::ChartPart part;
    std::vector<std::string> order;
    for (const people::Person& person : world.organisation->people())
      if (!person.outside) order.push_back(person.slug.text());
    const auto index = [&](const std::string& slug) {
      return static_cast<people::EmployeeIndex>(std::find(order.begin(), order.end(), slug) - order.begin());
    };
    for (const std::string& slug : order) {
      people::ChartPart::Employee& employee = part.employees.emplace_back();
      employee.id.data()[0] = static_cast<std::uint8_t>(index(slug) + 1);
      employee.listed = true;
      const people::Person& person = *world.organisation->FindPerson(Slug(slug));
      employee.tags = static_cast<std::uint32_t>(person.tags.size());
      part.tags.insert(part.tags.end(), person.tags.begin(), person.tags.end());
      for (const auto& [manager, report] : manages) {
        if (report != slug) continue;
        part.edges.push_back({.other = index(manager)});
        ++employee.edges;
      }
    }
    people::Organisation::Parts parts = world.organisation->parts();
    auto chart = people::Chart::Build(world.organisation->chart().version() + 1, {std::move(part)});
    ASSERT_TRUE(chart.ok()) << chart.status();
    parts.chart = *std::move(chart);
    auto organisation = people::Organisation::Build(std::move(parts));
    ASSERT_TRUE(organisation.ok()) << organisation.status();
    world.organisation = *std::move(organisation);
  }

  World world;
  Reporter reporter = world.File();
};

}  // namespace alcove::world
