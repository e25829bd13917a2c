#include "server/app/config.h"
#include "tests/tree/source_dir.h"

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>
#include <string>

namespace alcove::app {
namespace {

const std::string kListener =
    "[[listener]]\naddress = \"127.0.0.1:7443\"\ncertificate = \"/c.pem\"\nprivate_key = \"/k.pem\"\n"
    "services = [\"intake\", \"mailbox\"]\n";

std::string ErrorOf(const std::string& text, const Overrides& overrides = {}) {
  const auto config = ParseConfig(text, "alcoved.toml", overrides);
  return config.ok() ? std::string() : std::string(config.status().message().data(), config.status().message().size());
}

TEST(Config, TheReferenceFileParsesAndIsLoopback) {
  std::ifstream file(std::string(alcove::tests::kSourceDir) + "/deploy/alcoved.toml");
  std::ostringstream text;
  text << file.rdbuf();
  const auto config = ParseConfig(text.str(), "alcoved.toml", {});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_EQ(config->listeners.size(), 3U) << "strangers, staff, HR systems";
  for (const Listener& listener : config->listeners) {
    EXPECT_TRUE(listener.loopback());
    EXPECT_FALSE(listener.reflection);
    EXPECT_EQ(listener.client_certificates, listener.services.contains(Service::kHr));
  }
  EXPECT_EQ(config->listeners[0].services.count(Service::kAdmin), 0U);
  // What the file sets is what stands there without it.
  const auto defaults = ParseConfig(kListener, "alcoved.toml", {});
  ASSERT_TRUE(defaults.ok());
  EXPECT_EQ(config->data, defaults->data);
  EXPECT_EQ(config->keys, defaults->keys);
  EXPECT_EQ(config->checkpoint_interval, defaults->checkpoint_interval);
  EXPECT_EQ(config->work_price, defaults->work_price);
  EXPECT_EQ(config->drain, defaults->drain);
}

TEST(Config, AnUnknownKeyIsAnErrorThatNamesLineAndKey) {
  EXPECT_NE(ErrorOf("\ncheckpoint_intervall = 2\n" + kListener).find("alcoved.toml:2: checkpoint_intervall"),
            std::string::npos);
  EXPECT_NE(ErrorOf(kListener + "plaintext = true\n").find("alcoved.toml:6: listener.plaintext"), std::string::npos);
}

TEST(Config, ShreddingsNeedAPlaceForTheirBackupOutsideTheData) {
  EXPECT_FALSE(ParseConfig(kListener, "", {})->shred);
  const auto config = ParseConfig(kListener + "[shred]\nbackups = \"/b\"\nhour = 3\n", "", {});
  ASSERT_TRUE(config.ok()) << config.status();
  EXPECT_EQ(config->shred->backups, "/b");
  EXPECT_EQ(config->shred->hour, 3);
  EXPECT_FALSE(ParseConfig(kListener + "[shred]\nbackups = \"/b\"\n", "", {})->shred->hour) << "only by command";
  EXPECT_NE(ErrorOf(kListener + "[shred]\nhour = 3\n").find("backups"), std::string::npos);
  EXPECT_NE(ErrorOf(kListener + "[shred]\nbackups = \"b\"\n").find("absolute"), std::string::npos);
  EXPECT_NE(ErrorOf(kListener + "[shred]\nbackups = \"/b\"\nhour = 24\n").find("0 to 23"), std::string::npos);
  EXPECT_NE(ErrorOf("data = \"/d\"\n" + kListener + "[shred]\nbackups = \"/d/backups\"\n").find("within the data"),
            std::string::npos);
  EXPECT_NE(ErrorOf("shred = 3\n" + kListener).find("[shred]"), std::string::npos);
}

TEST(Config, EveryValueIsChecked) {
  EXPECT_EQ(ErrorOf(kListener), "");
  EXPECT_NE(ErrorOf("data = \"relative\"\n" + kListener).find("absolute"), std::string::npos);
  EXPECT_NE(ErrorOf("data = 5\n" + kListener).find("string"), std::string::npos);
  EXPECT_NE(ErrorOf("checkpoint_interval = 0\n" + kListener).find("1 to 86400"), std::string::npos);
  EXPECT_NE(ErrorOf("checkpoint_interval = 2.5\n" + kListener).find("whole number"), std::string::npos);
  EXPECT_NE(ErrorOf("work_price = 31\n" + kListener).find("0 to 30"), std::string::npos);
  EXPECT_NE(ErrorOf("drain = 0\n" + kListener).find("1 to 300"), std::string::npos);
  EXPECT_NE(ErrorOf("data = [\n").find("syntax"), std::string::npos);
}

TEST(Config, MailIsOffUntilItIsConfiguredAndEverySettingIsChecked) {
  EXPECT_FALSE(ParseConfig(kListener, "alcoved.toml", {})->mail);
  const std::string whole =
      "[mail]\nserver = \"smtps://example.org:465\"\nfrom = \"alcove@example.org\"\nhour = 5\nrecipients = \"/r\"\n";
  const auto config = ParseConfig(kListener + whole, "alcoved.toml", {});
  ASSERT_TRUE(config.ok()) << config.status();
  ASSERT_TRUE(config->mail);
  EXPECT_EQ(config->mail->server, "smtps://example.org:465");
  EXPECT_EQ(config->mail->hour, 5);
  EXPECT_FALSE(config->mail->loopback) << "TLS is required";
  const auto with = [&](const std::string& from, const std::string& to) {
    std::string text = whole;
    text.replace(text.find(from), from.size(), to);
    return kListener + text;
  };
  EXPECT_TRUE(ParseConfig(with("smtps://example.org:465", "smtp://127.0.0.1:25"), "", {})->mail->loopback);
  EXPECT_TRUE(ParseConfig(with("smtps://example.org:465", "smtp://[::1]:25"), "", {})->mail->loopback);
  EXPECT_FALSE(ParseConfig(with("smtps://example.org:465", "smtp://127.example.org"), "", {})->mail->loopback);
  for (const char* server : {"example.org", "http://example.org", "smtp://", "smtp://a/b", "smtp://user:word@host",
                             "smtp://host:", "smtp://host:1234567", "smtp://[::1"})
    EXPECT_NE(ErrorOf(with("smtps://example.org:465", server)).find("mail.server"), std::string::npos) << server;
  EXPECT_NE(ErrorOf(with("alcove@example.org", "Alcove <alcove@example.org>")).find("mail.from"), std::string::npos);
  EXPECT_NE(ErrorOf(with("hour = 5", "hour = 24")).find("0 to 23"), std::string::npos);
  EXPECT_NE(ErrorOf(with("\"/r\"", "\"r\"")).find("absolute"), std::string::npos);
  EXPECT_NE(ErrorOf(with("recipients", "recipient")).find("mail.recipient"), std::string::npos);
}

TEST(Config, AListenerNeedsAddressCertificateKeyAndServices) {
  EXPECT_NE(ErrorOf("work_price = 1\n").find("at least one [[listener]]"), std::string::npos);
  for (const std::string missing : {"address", "certificate", "private_key", "services"}) {
    std::string text;
    std::istringstream lines(kListener);
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with(missing)) text += line + "\n";
    }
    EXPECT_NE(ErrorOf(text).find(missing), std::string::npos) << missing << ": " << ErrorOf(text);
  }
  std::string unknown = kListener;
  unknown.replace(unknown.find("\"intake\""), 8, "\"intakes\"");
  EXPECT_NE(ErrorOf(unknown).find("must be of: session, ledger"), std::string::npos);
  EXPECT_NE(ErrorOf(kListener + kListener).find("two listeners"), std::string::npos);
}

TEST(Config, NobodyAsksReportersMachinesForACertificate) {
  const std::string asks = "client_certificates = true\n";
  EXPECT_NE(ErrorOf(kListener + asks).find("client_certificates"), std::string::npos);
  std::string hr = kListener;
  hr.replace(hr.find("\"intake\", \"mailbox\""), 19, "\"hr\"");
  EXPECT_EQ(ErrorOf(hr + asks), "") << "control";
  EXPECT_NE(ErrorOf(hr + "client_certificates = 1\n").find("true or false"), std::string::npos);
}

TEST(Config, PortsFromTheEphemeralRangeAreRefused) {
  for (const char* address : {"127.0.0.1:32768", "127.0.0.1:0", "127.0.0.1:65535", "127.0.0.1:", "127.0.0.1", ":7443",
                              "::1:7443", "127.0.0.1:74x"}) {
    std::string text = kListener;
    text.replace(text.find("127.0.0.1:7443"), 14, address);
    EXPECT_NE(ErrorOf(text).find("address"), std::string::npos) << address;
  }
  std::string ipv6 = kListener;
  ipv6.replace(ipv6.find("127.0.0.1:7443"), 14, "[::1]:32767");
  EXPECT_EQ(ErrorOf(ipv6), "");
}

TEST(Config, FreeWorkIsForLoopbackAlone) {
  EXPECT_EQ(ErrorOf("work_price = 0\n" + kListener), "");
  for (const char* address : {"0.0.0.0:7443", "192.0.2.1:7443", "[::]:7443", "127.0.0.1.example.com:7443"}) {
    std::string text = kListener;
    text.replace(text.find("127.0.0.1:7443"), 14, address);
    EXPECT_EQ(ErrorOf("work_price = 1\n" + text), "") << address;
    EXPECT_NE(ErrorOf("work_price = 0\n" + text).find(address), std::string::npos) << address;
    Overrides flags;
    flags.work_price = 0;
    EXPECT_NE(ErrorOf("work_price = 1\n" + text, flags).find(address), std::string::npos) << "by a flag, " << address;
  }
}

TEST(Config, KeysWithinTheDataAreRefused) {
  EXPECT_NE(ErrorOf("data = \"/srv/a\"\nkeys = \"/srv/a/keys\"\n" + kListener).find("within the data"), std::string::npos);
  EXPECT_NE(ErrorOf("data = \"/srv/a\"\nkeys = \"/srv/b/../a/keys\"\n" + kListener).find("within the data"),
            std::string::npos);
  EXPECT_EQ(ErrorOf("data = \"/srv/a\"\nkeys = \"/srv/a-keys\"\n" + kListener), "");
}

TEST(Config, FlagsStandAboveTheFile) {
  Overrides flags;
  flags.data = "/other";
  flags.checkpoint_interval = 7;
  const auto config = ParseConfig("data = \"/srv/a\"\ncheckpoint_interval = 60\n" + kListener, "alcoved.toml", flags);
  ASSERT_TRUE(config.ok());
  EXPECT_EQ(config->data, "/other");
  EXPECT_EQ(config->checkpoint_interval, std::chrono::seconds(7));
  flags.checkpoint_interval = 0;
  EXPECT_NE(ErrorOf(kListener, flags).find("--checkpoint-interval"), std::string::npos);
}

}  // namespace
}  // namespace alcove::app
