#include "server/app/event_log.h"

#include <gtest/gtest.h>
#include <spdlog/sinks/ostream_sink.h>
#include <spdlog/spdlog.h>

#include <set>
#include <sstream>

namespace alcove::app {
namespace {

class Events : public testing::Test {
 protected:
  std::ostringstream text_;
  EventLog log_{std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_))};
};

TEST_F(Events, EveryEventHasAWordOfItsOwn) {
  std::set<std::string_view> words;
  for (int i = 0; i < base::kEventCount; ++i) words.insert(Word(static_cast<base::Event>(i)));
  EXPECT_EQ(words.size(), static_cast<std::size_t>(base::kEventCount));
  EXPECT_EQ(words.count("unknown"), 0U);
}

TEST_F(Events, WhatTheMachineDoesIsWrittenAtOnceAndOnce) {
  log_.Record(base::Event::kStoreFull);
  log_.Record(base::Event::kStoreFull);
  log_.Flush();
  EXPECT_NE(text_.str().find("event=store_full count=2"), std::string::npos);
  text_.str("");
  log_.Flush();
  EXPECT_EQ(text_.str(), "");
}

TEST_F(Events, P8_WhatStrangersCauseWaitsForTheHour) {
  for (int i = 0; i < base::kEventCount; ++i) log_.Record(static_cast<base::Event>(i));
  log_.Flush();
  const std::string at_once = text_.str();
  text_.str("");
  log_.WriteHour({{"/alcove.v1.IntakeService/SubmitReport", 3, 1}});
  for (int i = 0; i < base::kEventCount; ++i) {
    const auto event = static_cast<base::Event>(i);
    const std::string line = "event=" + std::string(Word(event)) + " ";
    EXPECT_EQ(at_once.find(line) != std::string::npos, !ByStrangers(event)) << Word(event);
    EXPECT_EQ(text_.str().find(line) != std::string::npos, ByStrangers(event)) << Word(event);
  }
  EXPECT_NE(text_.str().find("call=/alcove.v1.IntakeService/SubmitReport answered=3 refused=1"), std::string::npos);
}

}  // namespace
}  // namespace alcove::app
