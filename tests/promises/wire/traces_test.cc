// P8 against a real server: what clients show of themselves on the wire reaches neither disk nor log, and nothing that is
// kept of a reporter's act is finer than the day.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <ctime>
#include <sstream>

#include "crypto/encoding.h"
#include "crypto/format/wire.h"
#include "crypto/random.h"
#include "server/core/cases/records.h"
#include "tests/promises/wire/scene.h"
#include "tests/support/must.h"

namespace alcove::promises {
namespace {

class P8_NoTraces_OnTheDisk : public Scene {
 protected:
  static constexpr const char* kAgent = "OddAgent-Cormorant/7";

  std::shared_ptr<grpc::Channel> OddChannel() const {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = world().tls_root_pem();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    arguments.SetUserAgentPrefix(kAgent);
    return grpc::CreateCustomChannel(world().organisation().address, grpc::SslCredentials(tls), arguments);
  }

  // Says nonsense to the port, as scanners do. Returns our own port.
  int Garble(std::string_view bytes) const {
    const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(world().options().port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    sockaddr_in own{};
    socklen_t size = sizeof own;
    EXPECT_EQ(getsockname(fd, reinterpret_cast<sockaddr*>(&own), &size), 0);
    (void)!write(fd, bytes.data(), bytes.size());
    shutdown(fd, SHUT_WR);
    char dropped[256];
    while (read(fd, dropped, sizeof dropped) > 0) {}
    close(fd);
    return ntohs(own.sin_port);
  }
};

TEST_F(P8_NoTraces_OnTheDisk, NeitherDiskNorLogKnowsWhoCalledOrWhen) {
  ASSERT_NO_FATAL_FAILURE(Start());
  const std::int64_t begun = std::time(nullptr);
  channel_ = OddChannel();
  sessions_ = v1::SessionService::NewStub(channel_);
  mailbox_ = v1::MailboxService::NewStub(channel_);
  blobs_ = v1::BlobService::NewStub(channel_);
  intake_ = v1::IntakeService::NewStub(channel_);

  const format::NamedBlob blob{format::DrawId<format::BlobId>(crypto::SystemRandom()), 100};
  const auto filed = File({.narrative = "Leaves no trace.", .blobs = {blob}});
  ASSERT_TRUE(filed);
  const std::string authorization = SignedIn(filed->filing);
  const std::string token = *crypto::Base64UrlDecode(authorization.substr(authorization.find(' ') + 1));
  const auto envelope = format::ParseEnvelope(filed->filing.request.entry().envelope());
  ASSERT_TRUE(envelope.ok());
  v1::SendMessageRequest send;
  send.set_request_id(support::DrawRequestId());
  send.mutable_entry()->set_envelope(Message(filed->filing, filed->filing.signing, "And later.", 1, format::EntryHash(*envelope)));
  ASSERT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::SendMessage, send, authorization).reason, "OK");
  v1::WriteBlobPartRequest part;
  part.set_name(format::BlobName(blob.blob));
  part.set_data(std::string(100, 'b'));
  ASSERT_EQ(Ask(*blobs_, &v1::BlobService::Stub::WriteBlobPart, part, authorization).reason, "OK");
  v1::GetMailboxResponse mailbox;
  for (int visit = 0; visit < 5; ++visit) {
    ASSERT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, authorization, &mailbox).reason, "OK");
    (void)Ask(*mailbox_, &v1::MailboxService::Stub::GetMailbox, {}, "Bearer c2VjcmV0LU1hcmtlci1Ub2tlbi1vZi1zb21lYm9keS0x");
    (void)Ask(*intake_, &v1::IntakeService::Stub::GetIntake, {});
    (void)Ask(*intake_, &v1::IntakeService::Stub::PlanReport, {});
  }
  v1::WithdrawReportRequest withdraw;
  withdraw.set_etag(mailbox.etag());
  withdraw.set_request_id(support::DrawRequestId());
  ASSERT_EQ(Ask(*mailbox_, &v1::MailboxService::Stub::WithdrawReport, withdraw, authorization).reason, "OK");
  std::vector<std::string> ports;
  for (const char* nonsense : {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", "\x16\x03\x01\x02\x00\x01\x00", "", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"})
    ports.push_back(":" + std::to_string(Garble(nonsense)));

  const auto running = FilesUnder({data(), folder() + "/log"});
  ASSERT_EQ(server_->Terminate(), 0) << Log();
  const std::int64_t ended = std::time(nullptr);
  const auto files = FilesUnder({data(), folder() + "/log"});
  std::vector<std::string> traces{kAgent, "ipv4:", "Bearer ", token, "c2VjcmV0LU1hcmtlci1Ub2tlbi1vZi1zb21lYm9keS0x",
                                  std::string(filed->filing.signing.expose()), std::string(filed->filing.decryption.expose()),
                                  filed->filing.request.request_id(), filed->filing.request.mailbox()};
  traces.insert(traces.end(), ports.begin(), ports.end());
  for (const std::string& trace : traces) {
    EXPECT_THAT(Holding(running, trace), testing::IsEmpty()) << trace << "\n" << Log();
    EXPECT_THAT(Holding(files, trace), testing::IsEmpty());
  }
  // The log says once on which address it listens, and that is ours.
  EXPECT_THAT(Holding(FilesUnder({data()}), "127.0.0.1"), testing::IsEmpty());
  const std::map<std::string, std::string> control{{"control", "peer ipv4:127.0.0.1 agent OddAgent-Cormorant/7"}};
  EXPECT_EQ(Holding(control, kAgent).size(), 1U);

  // The log: no line that strangers' or reporters' calls brought about, for those are the hour's.
  std::istringstream log(Log());
  for (std::string line; std::getline(log, line);) {
    EXPECT_EQ(line.find("alcove.v1"), std::string::npos) << line;
    EXPECT_EQ(line.find("gRPC error"), std::string::npos) << "a stranger's connection is told at the second: " << line;
  }

  // The rows, decoded with the server's keys: no second of ours in what is kept of the reporter.
  const auto decoded = Decode();
  ASSERT_NE(decoded, nullptr);
  std::size_t rows = 0;
  for (const base::Table table : {base::Table::kCase, base::Table::kMailbox, base::Table::kRequest, base::Table::kBlob}) {
    for (const std::string& content : decoded->Contents(table)) {
      ++rows;
      for (std::int64_t second = begun; second <= ended; ++second) {
        const auto number = static_cast<std::uint32_t>(second);
        const crypto::Bytes big = format::ByteWriter(4).U32(number).Take();
        const crypto::Bytes little(big.rbegin(), big.rend());
        std::string varint;
        for (std::uint32_t left = number; left > 0; left >>= 7)
          varint.push_back(static_cast<char>((left & 0x7f) | (left > 0x7f ? 0x80 : 0)));
        for (const std::string& form : {big, little, varint, std::to_string(number)})
          EXPECT_EQ(content.find(form), std::string::npos) << "a second in table " << static_cast<int>(table);
      }
    }
  }
  EXPECT_GE(rows, 6U);
  std::size_t entries = 0;
  EXPECT_TRUE(decoded->rows().Scan<cases::Entry>("", "", SIZE_MAX, [&](auto row) {
    ++entries;
    EXPECT_FALSE(row.record.time.has_value());
    return true;
  }).ok());
  EXPECT_EQ(entries, 2U);
  std::size_t of_reporters = 0;
  std::size_t timed = 0;
  for (const format::Leaf& leaf : decoded->Leaves()) {
    timed += leaf.time != 0 ? 1U : 0U;
    if (!leaf.actor.empty()) continue;
    ++of_reporters;
    EXPECT_EQ(leaf.time, 0U) << format::Name(leaf.kind);
  }
  EXPECT_GE(of_reporters, 4U) << "filed, message, withdrawn, moved";
  EXPECT_GE(timed, 1U) << "control: acts of staff carry their time";
}

}  // namespace
}  // namespace alcove::promises
