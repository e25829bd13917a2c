// What an officer reads: one form for every plan, and nothing that could move a cursor.
#include "client/cli/protection/protection_text.h"

#include <gtest/gtest.h>

namespace alcove::cli {
namespace {

client::PlannedAction Planned(const std::string& who, bool comes_up = true) {
  client::PlannedAction action;
  action.facts.set_name("adverseActions/abcdefghijklmnopqrstuvwxyz");
  action.facts.mutable_day()->set_year(2026);
  action.facts.mutable_day()->set_month(11);
  action.facts.mutable_day()->set_day(29);
  *action.facts.mutable_visible() = action.facts.day();
  action.words.emplace();
  action.words->add_identifiers(who);
  action.words->set_kind("dismissal");
  *action.words->mutable_effective() = action.facts.day();
  action.words->set_reason("restructuring");
  action.comes_up = comes_up;
  return action;
}

TEST(ProtectionText, ShowsWhatComesUpInOneFormAndCountsTheRest) {
  EXPECT_EQ(ActionText(Planned("emp:1"), 80),
            "abcdefghij  dismissal of emp:1, planned for 2026-11-29\n"
            "  submitted on 2026-11-29, to be answered by 2026-11-29\n"
            "  HR says: restructuring\n");
  const std::string text = ReviewText({Planned("emp:1"), Planned("emp:2", false), Planned("emp:3")}, 1, 80);
  EXPECT_NE(text.find("emp:1"), std::string::npos);
  EXPECT_EQ(text.find("emp:2"), std::string::npos);
  EXPECT_NE(text.find("emp:3"), std::string::npos);
  EXPECT_NE(text.find("1 other was cleared."), std::string::npos);
  EXPECT_EQ(ReviewText({}, 0, 80), "Nothing waits for you.\n");
}

TEST(ProtectionText, WhatCannotBeReadIsSaidAndWhatHrWroteMovesNoCursor) {
  client::PlannedAction dark = Planned("emp:1");
  dark.words.reset();
  dark.cautions = {"The letter does not open, or says nothing."};
  EXPECT_NE(ActionText(dark, 80).find("CAUTION: The letter does not open"), std::string::npos);
  client::PlannedAction loud = Planned("emp:1");
  loud.words->set_reason("\x1b[2Jgone");
  EXPECT_EQ(ActionText(loud, 80).find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace alcove::cli
