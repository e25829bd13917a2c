// The page: for everybody who has to read it, and for nobody's scripts.
#include "client/lib/exports/page.h"

#include <gtest/gtest.h>

#include <set>

namespace alcove::client::exports {
namespace {

const std::string kHostile = "<script>alert(1)</script>\"><img src='http://evil.example/x' onerror=alert(2)>&\x1b[2J\xE2\x80\xAE";

nlohmann::json Document() {
  const nlohmann::json out = nlohmann::json::array({{{"what", "report.identity"}, {"why", "nobody's"}}});
  return {{"format", "alcove.case.v1"}, {"organisation", "org"}, {"case", "cases/" + kHostile}, {"purpose", "COURT"},
          {"day", "2026-11-29"}, {"exporter", "ana"}, {"leftOut", out},
          {"facts", {{"state", kHostile}, {"allegations", {{{"allegation", kHostile}, {"category", "bullying"}, {"finding", ""}}}},
                     {"measures", nlohmann::json::array()}}},
          {"entries",
           {{{"keyring", "THREAD"}, {"sequence", 0}, {"hash", "ab"}, {"kind", "REPORT"}, {"day", "2026-11-20"}, {"author", ""},
             {"proven", false}, {"leftOut", out},
             {"words", {{"narrative", "One line\n" + kHostile}, {"language", "de\" onload=\"x"}, {kHostile, kHostile},
                        {"lastIncident", {{"year", 2026}, {"month", 3}, {"day", 9}}}, {"ongoing", true},
                        {"subjects", {{{"name", kHostile}, {"tag", "AAAA"}}}},
                        {"attachments", {{{"fileName", kHostile}, {"key", "c2VjcmV0"}, {"sha256", "q80="}}}}}}},
            {{"keyring", "THREAD"}, {"sequence", 1}, {"hash", "cd"}, {"leftOut", out}}}},
          {"record", {{{"number", 1}, {"day", "2026-11-20"}, {"actor", kHostile}, {"kind", "case.filed"}, {"details", {{kHostile, kHostile}}}}}}};
}

size_t Count(const std::string& text, std::string_view what) {
  size_t count = 0;
  for (size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + 1)) ++count;
  return count;
}

TEST(Page, NothingThatWasTypedBecomesMarkup) {
  const std::string page = PageOf(Document());
  EXPECT_EQ(page.find("<script"), std::string::npos);
  EXPECT_EQ(page.find("<img"), std::string::npos);
  EXPECT_EQ(page.find("onload=\""), std::string::npos);
  EXPECT_EQ(page.find('\x1b'), std::string::npos);
  EXPECT_EQ(page.find("\xE2\x80\xAE"), std::string::npos) << "an override of the reading direction";
  EXPECT_NE(page.find("&lt;script&gt;alert(1)&lt;/script&gt;"), std::string::npos) << "control: it is shown";
  // Only these elements, however the words look.
  const std::set<std::string> known = {"!doctype", "html", "head", "meta", "title", "style", "body", "a", "header", "h1", "p", "time",
                                       "code", "nav", "ul", "li", "main", "section", "h2", "h3", "table", "caption", "thead", "tr",
                                       "th", "tbody", "td", "article", "div", "dl", "dt", "dd", "strong"};
  for (size_t at = page.find('<'); at != std::string::npos; at = page.find('<', at + 1)) {
    const size_t begin = page[at + 1] == '/' ? at + 2 : at + 1;
    const std::string name = page.substr(begin, page.find_first_of(" >\n", begin) - begin);
    EXPECT_TRUE(known.contains(name)) << name;
  }
}

TEST(Page, FetchesNothingAndRunsNothing) {
  const std::string page = PageOf(Document());
  EXPECT_NE(page.find("content=\"default-src 'none'; style-src 'unsafe-inline'\""), std::string::npos);
  for (const char* attribute : {" src=", " srcset=", " action=", "@import", "url(", "<link", "<iframe", "<form"}) {
    // In what was typed it is text: no quote of the page stands before it.
    EXPECT_EQ(page.find(std::string("<") + attribute), std::string::npos) << attribute;
  }
  EXPECT_EQ(Count(page, "href=\""), Count(page, "href=\"#")) << "every link stays on the page";
}

TEST(Page, IsReadableByEverybody) {
  const std::string page = PageOf(Document());
  EXPECT_NE(page.find("<html lang=\"en\">"), std::string::npos);
  EXPECT_EQ(Count(page, "<h1>"), 1u);
  EXPECT_EQ(Count(page, "<main>"), 1u);
  EXPECT_EQ(Count(page, "<title>"), 1u);
  EXPECT_EQ(Count(page, "<table>"), Count(page, "<table><caption>")) << "every table has a caption";
  EXPECT_EQ(Count(page, "<th>"), 0u) << "every heading of a table says of what";
  EXPECT_GT(Count(page, "<th scope=\"row\">"), 0u);
  EXPECT_LT(page.find("href=\"#entries\""), page.find("<nav")) << "a way past the contents";
  EXPECT_EQ(page.find("id=\"entries\"") == std::string::npos, false);
  // Headings go down one level at a time.
  int before = 0;
  for (size_t at = page.find("<h"); at != std::string::npos; at = page.find("<h", at + 1)) {
    const char level = page[at + 2];
    if (level < '1' || level > '6') continue;
    EXPECT_LE(level - '0', before + 1);
    before = level - '0';
  }
  EXPECT_NE(page.find("<strong>Not proven:</strong>"), std::string::npos) << "in words, not by colour";
}

TEST(Page, ShowsDatesAndHashesAsPeopleWriteThemAndNoKeys) {
  const std::string page = PageOf(Document());
  EXPECT_NE(page.find("<time>2026-03-09</time>"), std::string::npos);
  EXPECT_NE(page.find("<code>abcd</code>"), std::string::npos);
  EXPECT_EQ(page.find("c2VjcmV0"), std::string::npos);
  EXPECT_EQ(page.find("AAAA"), std::string::npos);
}

TEST(Page, SaysOfWhatIsLeftOutWhy) {
  const std::string page = PageOf(Document());
  EXPECT_NE(page.find("THREAD 1: left out"), std::string::npos);
  EXPECT_NE(page.find("<th scope=\"row\">report.identity</th><td>nobody&#39;s</td>"), std::string::npos);
}

}  // namespace
}  // namespace alcove::client::exports
