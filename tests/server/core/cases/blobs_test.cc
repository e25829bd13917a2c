// Attachments: named first, in parts, by their author, resumed after a break, read by whoever reads the entry.
#include <gtest/gtest.h>

#include "crypto/format/leaf.h"
#include "server/core/cases/blobs.h"
#include "tests/server/core/world/world.h"

namespace alcove::world {
namespace {

using base::Reason;
constexpr std::uint32_t kPart = cases::kBlobPartBytes;

class Blobs : public testing::Test {
 protected:
  Blobs() {
    const intake::PlanView plan = world.Plan(world.Facts());
    const std::vector<format::NamedBlob> named = {{id, size}};
    Mischief mischief;
    mischief.context = [&](auto& context) { context.blobs_hash = format::BlobsHash(named); };
    Submission submission = world.Prepare(reporter, plan, mischief);
    submission.blobs = {{id, size}};
    EXPECT_TRUE(world.Submit(submission).ok());
    assignee = world.AssigneeOf(reporter);
  }
  absl::StatusOr<std::uint32_t> Write(const cases::BlobCaller& caller, std::uint32_t offset, std::uint32_t length,
                                      char fill = 'x') {
    const crypto::Bytes data(length, fill);
    return world.Carry(cases::WriteBlobPart(world.ports(), caller, id, offset, data));
  }
  absl::StatusOr<crypto::Bytes> Read(const cases::BlobCaller& caller, std::uint32_t offset) {
    return world.Carry(cases::ReadBlobPart(world.ports(), caller, id, offset));
  }

  World world;
  Reporter reporter = world.NewReporter();
  const base::BlobId id = format::DrawId<base::BlobId>(world.random);
  const std::uint32_t size = 2 * kPart + 1000;
  base::StaffSlug assignee;
};

TEST_F(Blobs, PartsArriveInOrderAndAreReadBack) {
  EXPECT_EQ(*Write(reporter.mailbox, 0, kPart, 'a'), kPart);
  EXPECT_EQ(*Write(reporter.mailbox, kPart, kPart, 'b'), 2 * kPart);
  EXPECT_EQ(*Write(reporter.mailbox, 2 * kPart, 1000, 'c'), size);
  EXPECT_EQ(*Read(reporter.mailbox, kPart), crypto::Bytes(kPart, 'b'));
  EXPECT_EQ(*Read(assignee, 2 * kPart), crypto::Bytes(1000, 'c'));
  EXPECT_EQ(*Read(assignee, 3 * kPart), "");
  const auto status = cases::GetBlob(world.ports(), assignee, id);
  EXPECT_EQ(status->size, size);
  EXPECT_EQ(status->received, size);
}

TEST_F(Blobs, AnUploadResumesAndARepeatedPartMustBeTheSame) {
  ASSERT_TRUE(Write(reporter.mailbox, 0, kPart, 'a').ok());
  EXPECT_EQ(cases::GetBlob(world.ports(), reporter.mailbox, id)->received, kPart);
  EXPECT_EQ(*Write(reporter.mailbox, 0, kPart, 'a'), kPart);
  EXPECT_EQ(Why(Write(reporter.mailbox, 0, kPart, 'z')), Reason::kBlobPartRefused);
}

TEST_F(Blobs, PartsThatDoNotFitAreRefused) {
  EXPECT_EQ(Why(Write(reporter.mailbox, kPart, kPart)), Reason::kBlobPartRefused) << "ahead";
  EXPECT_EQ(Why(Write(reporter.mailbox, 1, kPart)), Reason::kBlobPartRefused) << "between";
  EXPECT_EQ(Why(Write(reporter.mailbox, 0, kPart - 1)), Reason::kBlobPartRefused) << "short";
  EXPECT_EQ(Why(Write(reporter.mailbox, 0, kPart + 1)), Reason::kBlobPartRefused) << "long";
  EXPECT_EQ(Why(Write(reporter.mailbox, 0, 0)), Reason::kBlobPartRefused) << "empty";
  ASSERT_TRUE(Write(reporter.mailbox, 0, kPart).ok());
  ASSERT_TRUE(Write(reporter.mailbox, kPart, kPart).ok());
  EXPECT_EQ(Why(Write(reporter.mailbox, 2 * kPart, 1001)), Reason::kBlobPartRefused) << "beyond the named size";
  ASSERT_TRUE(Write(reporter.mailbox, 2 * kPart, 1000).ok());
  EXPECT_EQ(Why(Write(reporter.mailbox, 3 * kPart, 1)), Reason::kBlobPartRefused) << "after the end";
}

TEST_F(Blobs, OnlyTheAuthorWrites) {
  EXPECT_EQ(Why(Write(assignee, 0, kPart)), Reason::kBlobNotNamed);
  const Reporter other = world.File();
  EXPECT_EQ(Why(Write(other.mailbox, 0, kPart)), Reason::kBlobNotNamed);
  const crypto::Bytes data(kPart, 'x');
  EXPECT_EQ(Why(cases::WriteBlobPart(world.ports(), reporter.mailbox, format::DrawId<base::BlobId>(world.random), 0,
                                     data)),
            Reason::kBlobNotNamed);
}

TEST_F(Blobs, WhoMayNotReadTheEntryFindsNoBlob) {
  ASSERT_TRUE(Write(reporter.mailbox, 0, kPart).ok());
  const Reporter other = world.File();
  EXPECT_EQ(Why(Read(other.mailbox, 0)), Reason::kNothingHere);
  EXPECT_EQ(Why(Read(Slug("ada"), 0)), Reason::kNothingHere);
  EXPECT_EQ(Why(cases::GetBlob(world.ports(), Slug("erik"), id)), Reason::kNothingHere);
}

TEST_F(Blobs, StaffsReadOfTheFirstPartIsALeafAndTheReportersIsNone) {
  ASSERT_TRUE(Write(reporter.mailbox, 0, kPart).ok());
  const std::uint64_t leaves = world.rows.leaves();
  ASSERT_TRUE(Read(reporter.mailbox, 0).ok());
  EXPECT_EQ(world.rows.leaves(), leaves);
  ASSERT_TRUE(Read(assignee, 0).ok());
  EXPECT_EQ(world.rows.leaves(), leaves + 1);
  const auto page = cases::ListLeaves(world.ports(), reporter.mailbox, {});
  EXPECT_EQ(format::ParseLeaf(page->leaves.back().content)->kind, format::LeafKind::kBlobRead);
}

}  // namespace
}  // namespace alcove::world
