// The file of `alcove hr sync`.
#include "client/cli/hr/chart_csv.h"

#include <gtest/gtest.h>

#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

std::string Fault(std::string_view text) {
  const auto file = ParseChartCsv(text);
  EXPECT_FALSE(file.ok()) << text;
  return client::DetailOf(file.status());
}

TEST(ChartCsv, ReadsEveryColumnInAnyOrder) {
  const auto file = ParseChartCsv(
      "mail,number,left,relation,delegate,dotted,manager\r\n"
      "Mona@Works.example, 20417 ,,30007;30008,20418,a@b.example,10001\r\n"
      "\"x@y.example;z@y.example\",,yes,,,,\r\n");
  ASSERT_TRUE(file.ok()) << file.status();
  ASSERT_EQ(file->rows.size(), 2u);
  const v1::ChartRow& mona = file->rows[0];
  ASSERT_EQ(mona.identifiers_size(), 2);
  EXPECT_EQ(mona.identifiers(0), "mail:mona@works.example");
  EXPECT_EQ(mona.identifiers(1), "emp:20417");
  EXPECT_EQ(mona.manager(), "emp:10001");
  EXPECT_EQ(mona.dotted(0), "mail:a@b.example");
  EXPECT_EQ(mona.delegates(0), "emp:20418");
  EXPECT_EQ(mona.relations_size(), 2);
  EXPECT_FALSE(mona.left());
  EXPECT_EQ(file->rows[1].identifiers_size(), 2);
  EXPECT_TRUE(file->rows[1].left());
}

TEST(ChartCsv, KnowsInWhichLineARowBegins) {
  const auto file = ParseChartCsv("\xEF\xBB\xBFnumber,manager\n1,2\n\n\"3\n\",\n4,\"\"\"5\"\"\"");
  ASSERT_TRUE(file.ok()) << file.status();
  EXPECT_EQ(file->lines, (std::vector<std::size_t>{2, 4, 6}));
  EXPECT_EQ(file->rows[1].identifiers(0), "emp:3") << "blanks around a number go";
  EXPECT_EQ(file->rows[2].manager(), "emp:\"5\"");
}

TEST(ChartCsv, AFaultIsNamedByLineAndColumn) {
  EXPECT_NE(Fault("number,salary\n1,2\n").find("line 1: the column `salary`"), std::string::npos);
  EXPECT_NE(Fault("number,number\n1,2\n").find("stands twice"), std::string::npos);
  EXPECT_NE(Fault("manager\n1\n").find("line 1"), std::string::npos);
  EXPECT_NE(Fault("number,manager\n1\n").find("line 2: has another number of fields"), std::string::npos);
  EXPECT_NE(Fault("number,manager\n1,2;3\n").find("line 2: manager names two managers"), std::string::npos);
  EXPECT_NE(Fault("number,mail\n1,\n,\n").find("line 3: has neither"), std::string::npos);
  EXPECT_NE(Fault("number,mail\n1,a@b@c\n").find("line 2: mail holds something"), std::string::npos);
  EXPECT_NE(Fault("number,left\n1,maybe\n").find("line 2: left is neither"), std::string::npos);
  EXPECT_NE(Fault("number\n\"1\n").find("line 2: a quote that is not closed"), std::string::npos);
  EXPECT_NE(Fault("number\n1\"2\n").find("line 2: a quote within"), std::string::npos);
  EXPECT_NE(Fault("number\n\"1\"2\n").find("line 2: something after"), std::string::npos);
  EXPECT_NE(Fault("number\n\n").find("nobody"), std::string::npos);
  EXPECT_NE(Fault("").find("line 1"), std::string::npos);
}

TEST(ChartCsv, NoBytesMakeItFail) {
  const std::string good = "number,mail,manager\n1,a@b.example,\"2\"\n3,,\"\"\"\"\n";
  ASSERT_TRUE(ParseChartCsv(good).ok());
  for (std::size_t at = 0; at < good.size(); ++at) {
    (void)ParseChartCsv(std::string_view(good).substr(0, at));
    for (const char c : {'"', ',', '\n', '\0', ';', '\xff'}) {
      std::string bad = good;
      bad[at] = c;
      (void)ParseChartCsv(bad);
    }
  }
}

}  // namespace
}  // namespace alcove::cli
