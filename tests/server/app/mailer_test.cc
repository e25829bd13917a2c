// The daily mail, against a real SMTP server (aiosmtpd in a process of its own): down and up again, refusing one person,
// hanging while we end.
#include "server/app/mailer.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <map>
#include <random>
#include <sstream>

#include "server/core/base/errors.h"
#include "tests/tree/source_dir.h"

namespace alcove::app {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::Not;

class FakeClock final : public base::Clock {
 public:
  base::Day Today() const override { return base::DayOf(Now()); }
  base::Instant Now() const override { return base::Instant(std::chrono::seconds(now.load())); }
  milliseconds Elapsed() const override {
    return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now().time_since_epoch());
  }
  void Pass(hours by) { now += std::chrono::seconds(by).count(); }
  std::atomic<std::int64_t> now{
      (base::StartOf(*base::Day::FromText("2026-11-23")) + hours(5)).time_since_epoch().count()};
};

// The one row of the queue, kept as the Journal would.
class QueueRow final : public base::Reader {
 public:
  absl::StatusOr<std::optional<Row>> GetRow(base::Table, std::string_view) const override {
    const std::lock_guard lock(mutex_);
    if (!queue_) return std::optional<Row>();
    return std::optional<Row>(Row{std::make_unique<mail::Queue>(*queue_), base::RowVersion()});
  }
  absl::Status ScanRows(base::Table, std::string_view, std::string_view, std::size_t,
                        const std::function<bool(Row)>&) const override {
    return absl::OkStatus();
  }
  std::int64_t CountOf(base::Counter, std::string_view) const override { return 0; }
  absl::Status Commit(const base::Transaction& transaction) {
    const std::lock_guard lock(mutex_);
    if (full) return base::StoreFull();
    queue_ = static_cast<const mail::Queue&>(*transaction.changes.writes().front().record);
    return absl::OkStatus();
  }
  std::optional<mail::Queue> queue() const {
    const std::lock_guard lock(mutex_);
    return queue_;
  }
  void Put(const mail::Queue& queue) { queue_ = queue; }
  std::atomic<bool> full{false};

 private:
  mutable std::mutex mutex_;
  std::optional<mail::Queue> queue_;
};

class Counting final : public base::EventSink {
 public:
  void Record(base::Event event) override { ++counts[static_cast<std::size_t>(event)]; }
  int Of(base::Event event) const { return counts[static_cast<std::size_t>(event)]; }
  std::array<std::atomic<int>, base::kEventCount> counts{};
};

class MailerTest : public testing::Test {
 protected:
  MailerTest() {
    std::string name = (std::filesystem::temp_directory_path() / "alcove-mail-XXXXXX").string();
    folder = mkdtemp(name.data());
    port = 20000 + static_cast<int>(std::random_device()() % 12000);
    List("amira@example.org\nbjorn@example.org\nchiara@example.org\n");
  }
  ~MailerTest() override {
    mailer.reset();
    StopServer();
    std::filesystem::remove_all(folder);
  }

  void List(const std::string& text) { std::ofstream(folder / "recipients") << text; }

  // `mode`: what the server does beside taking mail (smtp_server.py).
  void StartServer(const std::string& mode = "") {
    const std::string script = std::string(tests::kSourceDir) + "/tests/server/app/smtp_server.py";
    server = fork();
    if (server == 0) {
      execlp("/usr/bin/python3", "python3", script.c_str(), std::to_string(port).c_str(), (folder / "mails").c_str(), mode.c_str(),
             nullptr);
      _exit(127);
    }
    ASSERT_TRUE(Until([&] { return std::filesystem::exists(folder / "mails" / "ready"); })) << "aiosmtpd does not start";
  }
  void StopServer() {
    if (server <= 0) return;
    kill(server, SIGKILL);
    waitpid(server, nullptr, 0);
    server = 0;
    std::filesystem::remove(folder / "mails" / "ready");
  }

  void StartMailer(bool require_tls = false) {
    MailSettings settings;
    settings.server = "smtp://127.0.0.1:" + std::to_string(port);
    settings.from = "alcove@example.org";
    settings.hour = 6;
    settings.recipients = folder / "recipients";
    settings.loopback = !require_tls;
    auto started = Mailer::Start({settings, rows, clock, *crypto::SymmetricKey::FromBytes(std::string(32, 'k')),
                                  [this](base::Transaction transaction) { return rows.Commit(transaction); },
                                  [this] { return frozen.load(); }, events, milliseconds(20), milliseconds(200)});
    ASSERT_TRUE(started.ok()) << started.status();
    mailer = *std::move(started);
  }

  template <class Holds>
  bool Until(const Holds& holds) {
    for (int i = 0; i < 1000; ++i) {
      if (holds()) return true;
      std::this_thread::sleep_for(milliseconds(10));
    }
    return false;
  }
  // Mails by recipient, oldest first.
  std::map<std::string, std::vector<std::string>> Mails() {
    std::map<std::string, std::vector<std::string>> mails;
    if (!std::filesystem::exists(folder / "mails")) return mails;
    std::vector<std::filesystem::path> files;
    for (const auto& file : std::filesystem::directory_iterator(folder / "mails"))
      if (file.path().extension() == ".eml") files.push_back(file.path());
    std::sort(files.begin(), files.end());
    for (const auto& file : files) {
      std::ostringstream text;
      text << std::ifstream(file).rdbuf();
      const std::string name = file.stem().string();
      mails[name.substr(name.find('-') + 1)].push_back(text.str());
    }
    return mails;
  }
  std::size_t Count() {
    std::size_t count = 0;
    for (const auto& [to, list] : Mails()) count += list.size();
    return count;
  }
  static std::string WithoutDate(const std::string& mail) {
    const std::size_t at = mail.find("Date: ");
    EXPECT_NE(at, std::string::npos);
    return mail.substr(0, at) + mail.substr(mail.find('\n', at));
  }

  std::filesystem::path folder;
  int port = 0;
  pid_t server = 0;
  FakeClock clock;
  QueueRow rows;
  Counting events;
  std::atomic<bool> frozen{false};
  std::unique_ptr<Mailer> mailer;
};

TEST_F(MailerTest, EverybodyGetsOneMailADayFromItsHourOnInTheSameWords) {
  StartServer();
  StartMailer();
  ASSERT_TRUE(Until([&] { return rows.queue().has_value(); }));
  EXPECT_EQ(Count(), 0u) << "before the hour";
  for (std::size_t day = 1; day <= 3; ++day) {
    clock.Pass(hours(day == 1 ? 2 : 24));
    ASSERT_TRUE(Until([&] { return Count() == 3 * day; })) << day;
  }
  std::this_thread::sleep_for(milliseconds(300));
  const auto mails = Mails();
  ASSERT_EQ(mails.size(), 3u);
  for (const auto& [to, list] : mails) {
    ASSERT_EQ(list.size(), 3u) << to;
    EXPECT_NE(list[0], list[1]) << "control: the dates differ";
    EXPECT_EQ(WithoutDate(list[0]), WithoutDate(list[1]));
    EXPECT_EQ(WithoutDate(list[0]), WithoutDate(list[2]));
    EXPECT_THAT(list[0], HasSubstr("Date: Mon, 23 Nov 2026 07:00:00 +0000"));
  }
  EXPECT_EQ(events.Of(base::Event::kMailsSent), 3);
  EXPECT_EQ(events.Of(base::Event::kMailDelayed), 0);
  EXPECT_EQ(mailer->addresses(), 3u);
}

TEST_F(MailerTest, AServerThatIsDownGetsTheDaysMailWhenItIsUpAndNotYesterdays) {
  clock.Pass(hours(2));
  StartMailer();
  ASSERT_TRUE(Until([&] { return events.Of(base::Event::kMailDelayed) > 0; }));
  EXPECT_EQ(rows.queue()->owed.size(), 3u) << "nothing is lost";
  clock.Pass(hours(24));
  ASSERT_TRUE(Until([&] { return events.Of(base::Event::kMailDelayed) > 2; }));
  EXPECT_EQ(rows.queue()->owed.size(), 3u) << "and nothing piles up";
  StartServer();
  ASSERT_TRUE(Until([&] { return Count() == 3; }));
  std::this_thread::sleep_for(milliseconds(600));
  EXPECT_EQ(Count(), 3u);
  for (const auto& [to, list] : Mails()) EXPECT_THAT(list[0], HasSubstr("Date: Tue, 24 Nov 2026")) << to;
}

TEST_F(MailerTest, PausesGrow) {
  clock.Pass(hours(2));
  StartMailer();
  std::this_thread::sleep_for(milliseconds(1700));
  EXPECT_GE(events.Of(base::Event::kMailDelayed), 2);
  EXPECT_LE(events.Of(base::Event::kMailDelayed), 4) << "at 0, 0.2, 0.6 and 1.4 seconds";
}

TEST_F(MailerTest, OneWhoIsRefusedKeepsNobodyElseFromTheirMailAndIsOwedIt) {
  StartServer("refuse=bjorn@example.org");
  clock.Pass(hours(2));
  StartMailer();
  ASSERT_TRUE(Until([&] { return events.Of(base::Event::kMailDelayed) > 0; }));
  EXPECT_EQ(Mails().count("bjorn@example.org"), 0u);
  EXPECT_EQ(Count(), 2u);
  EXPECT_EQ(rows.queue()->owed.size(), 1u);
  StopServer();
  StartServer();
  ASSERT_TRUE(Until([&] { return Mails().count("bjorn@example.org") == 1; }));
  for (const auto& [to, list] : Mails()) EXPECT_EQ(list.size(), 1u) << to;
}

TEST_F(MailerTest, ARestartSendsNothingTwiceAndLosesNothing) {
  StartServer("refuse=chiara@example.org");
  clock.Pass(hours(2));
  StartMailer();
  ASSERT_TRUE(Until([&] { return events.Of(base::Event::kMailDelayed) > 0; }));
  mailer.reset();
  StopServer();
  StartServer();
  StartMailer();
  ASSERT_TRUE(Until([&] { return Mails().count("chiara@example.org") == 1; }));
  for (const auto& [to, list] : Mails()) EXPECT_EQ(list.size(), 1u) << to;
}

TEST_F(MailerTest, WhatWasBeingSentWhenTheProcessDiedIsNotSentAgain) {
  StartServer();
  clock.Pass(hours(2));
  mail::Queue queue;
  queue.day = clock.Today();
  const auto key = *crypto::SymmetricKey::FromBytes(std::string(32, 'k'));
  queue.trying = mail::HashOf("amira@example.org", key);
  queue.owed = {mail::HashOf("bjorn@example.org", key)};
  rows.Put(queue);
  StartMailer();
  ASSERT_TRUE(Until([&] { return Count() == 1; }));
  std::this_thread::sleep_for(milliseconds(300));
  EXPECT_EQ(Mails().count("amira@example.org"), 0u);
  EXPECT_EQ(Mails().count("bjorn@example.org"), 1u);
}

TEST_F(MailerTest, NothingIsSentThatCouldNotBeWrittenDown) {
  StartServer();
  clock.Pass(hours(2));
  rows.full = true;
  StartMailer();
  std::this_thread::sleep_for(milliseconds(400));
  EXPECT_EQ(Count(), 0u);
  rows.full = false;
  EXPECT_TRUE(Until([&] { return Count() == 3; })) << "control";
}

TEST_F(MailerTest, AFrozenClockBeginsNoDay) {
  StartServer();
  frozen = true;
  clock.Pass(hours(2));
  StartMailer();
  std::this_thread::sleep_for(milliseconds(400));
  EXPECT_EQ(Count(), 0u);
  frozen = false;
  EXPECT_TRUE(Until([&] { return Count() == 3; })) << "control";
}

TEST_F(MailerTest, AServerElsewhereThatOffersNoTlsHearsNothing) {
  StartServer();
  clock.Pass(hours(2));
  StartMailer(/*require_tls=*/true);
  ASSERT_TRUE(Until([&] { return events.Of(base::Event::kMailDelayed) > 0; }));
  EXPECT_EQ(Count(), 0u);
  EXPECT_EQ(rows.queue()->owed.size(), 3u);
}

TEST_F(MailerTest, AServerThatHangsDoesNotKeepUsFromEnding) {
  StartServer("hang");
  clock.Pass(hours(2));
  StartMailer();
  ASSERT_TRUE(Until([&] { return rows.queue() && rows.queue()->trying; }));
  const auto before = std::chrono::steady_clock::now();
  mailer.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(4));
}

TEST_F(MailerTest, AListThatIsWrongIsRefusedWithoutNamingAnybody) {
  EXPECT_EQ(ReadRecipients(folder / "recipients")->size(), 3u);
  List("# staff\n\namira@example.org\r\namira@example.org\nbjorn@example.org");
  EXPECT_EQ(ReadRecipients(folder / "recipients")->size(), 2u);
  for (const char* bad : {"amira", "a b@example.org", "a@b@c", "<amira@example.org>", "@example.org", "amira@",
                          "amira@example.org,bjorn@example.org", "amira@ex\x01mple.org"}) {
    List("bjorn@example.org\n" + std::string(bad) + "\n");
    const auto read = ReadRecipients(folder / "recipients");
    ASSERT_FALSE(read.ok()) << bad;
    EXPECT_THAT(std::string(read.status().message()), HasSubstr("line 2"));
    EXPECT_THAT(std::string(read.status().message()), Not(HasSubstr("amira")));
  }
  List("amira@example.org\n");
  std::filesystem::permissions(folder / "recipients", std::filesystem::perms(0666));
  EXPECT_FALSE(ReadRecipients(folder / "recipients").ok()) << "others may write it";
  EXPECT_FALSE(ReadRecipients(folder / "nowhere").ok());
}

TEST_F(MailerTest, TheMailNamesNothingButItsReader) {
  const std::string mail = MailText("alcove@example.org", "amira@example.org", clock.Now());
  EXPECT_THAT(mail, HasSubstr("To: <amira@example.org>\r\n"));
  EXPECT_EQ(mail.find('\n'), mail.find("\r\n") + 1);
  for (const unsigned char letter : mail) EXPECT_LT(letter, 0x80);
}

}  // namespace
}  // namespace alcove::app
