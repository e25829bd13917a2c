// Handing one mail to a mail server, by libcurl. The only place with libcurl, which is loaded only where mail is sent.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "server/core/mail/queue.h"

namespace alcove::app {

// The operator's mail server.
struct MailServer {
  std::string url;   // "smtp://host:port" or "smtps://host:port"
  std::string from;  // the bare address
  // Refuses to say a word before TLS stands and the certificate is the server's. False for a server on this machine only.
  bool require_tls = true;
};

// One connection for several mails. One thread.
class MailCarrier {
 public:
  // False where libcurl is not installed: nothing can be sent then.
  static bool Ready();

  // Both outlive the carrier. What is under way ends within about a second when `stop` is set.
  MailCarrier(const MailServer& server, const std::atomic<bool>& stop);
  ~MailCarrier();

  struct Result {
    mail::Sent sent = mail::Sent::kNotTaken;
    bool reached = false;  // the server answered: another address may fare better
  };
  // Says `text` (lines end in CRLF) to `to`. Never logs anything.
  Result Send(const std::string& to, const std::string& text);

 private:
  struct Handle;
  const MailServer& server_;
  const std::atomic<bool>& stop_;
  std::unique_ptr<Handle> handle_;
};

}  // namespace alcove::app
