#include "server/core/base/errors.h"

#include <gtest/gtest.h>

#include <string>

namespace alcove::base {
namespace {

TEST(Errors, EveryReasonTravelsInItsStatusAndHasACodeOfItsOwn) {
  for (const Reason reason : AllReasons()) {
    const absl::Status status = Refuse(reason);
    EXPECT_EQ(ReasonOf(status), reason);
    EXPECT_EQ(status.code(), CodeOf(reason));
    EXPECT_NE(status.code(), absl::StatusCode::kInternal) << static_cast<int>(reason);
  }
}

TEST(Errors, AStatusWithoutAReasonHasNone) {
  EXPECT_EQ(ReasonOf(absl::OkStatus()), std::nullopt);
  EXPECT_EQ(ReasonOf(absl::AbortedError("x")), std::nullopt);
  EXPECT_EQ(ReasonOf(Broken("x")), std::nullopt);
}

TEST(Errors, APayloadThatIsNoReasonIsNone) {
  for (const std::string& text : {std::string(), std::string("0"), std::to_string(static_cast<int>(AllReasons().back()) + 1), std::string("65535"), std::string("-1"),
                                  std::string("1x"), std::string(" 1")}) {
    absl::Status status = absl::AbortedError("x");
    status.SetPayload("alcove/reason", absl::Cord(text));
    EXPECT_EQ(ReasonOf(status), std::nullopt) << text;
  }
}

TEST(Errors, DetailsComeBackUnderTheirKeyOnly) {
  const absl::Status status = FieldInvalid("entry.envelope");
  EXPECT_EQ(DetailOf(status, "field"), "entry.envelope");
  EXPECT_EQ(DetailOf(status, "gap"), "");
  EXPECT_EQ(ReasonOf(status), Reason::kFieldInvalid);
}

TEST(Errors, WhatIsMissingAndWhatIsDeniedAreOneStatus) {
  EXPECT_EQ(NothingHere(), Refuse(Reason::kNothingHere));
  EXPECT_EQ(NothingHere().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace alcove::base
