#include "server/app/smtp.h"

#include <curl/curl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>

namespace alcove::app {
namespace {

constexpr long kConnectSeconds = 20;
constexpr long kWholeSeconds = 60;
constexpr long kAnswerSeconds = 30;
constexpr long kFirstRefusal = 400;

// Reads the text piece by piece.
std::size_t Read(char* out, std::size_t size, std::size_t count, void* left) {
  auto* text = static_cast<std::string_view*>(left);
  const std::size_t taken = std::min(size * count, text->size());
  std::memcpy(out, text->data(), taken);
  text->remove_prefix(taken);
  return taken;
}

// What the server says goes nowhere: replies may quote addresses.
std::size_t Forget(char*, std::size_t size, std::size_t count, void*) { return size * count; }

// The connection, so that it can be cut: libcurl says goodbye before it closes one, and would wait for a server that hangs.
struct Line {
  const std::atomic<bool>& stop;
  curl_socket_t socket = CURL_SOCKET_BAD;

  bool CutWhenAsked() const {
    if (!stop) return false;
    if (socket != CURL_SOCKET_BAD) shutdown(socket, SHUT_RDWR);
    return true;
  }
};

curl_socket_t Open(void* line, curlsocktype, curl_sockaddr* address) {
  return static_cast<Line*>(line)->socket = socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

int Close(void* line, curl_socket_t closed) {
  if (static_cast<Line*>(line)->socket == closed) static_cast<Line*>(line)->socket = CURL_SOCKET_BAD;
  return close(closed);
}

int StopWhenAsked(void* line, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const Line*>(line)->CutWhenAsked() ? 1 : 0;
}

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct MailCarrier::Handle {
  explicit Handle(const std::atomic<bool>& stop) : line{stop} {}
  ~Handle() {
    line.CutWhenAsked();
    curl_easy_cleanup(curl);
  }

  Line line;
  CURL* curl = curl_easy_init();
};

MailCarrier::MailCarrier(const MailServer& server, const std::atomic<bool>& stop) : server_(server), stop_(stop) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  handle_ = std::make_unique<Handle>(stop_);
}

MailCarrier::~MailCarrier() = default;

MailCarrier::Result MailCarrier::Send(const std::string& to, const std::string& text) {
  CURL* curl = handle_->curl;
  if (curl == nullptr) return {};
  curl_easy_reset(curl);
  const std::unique_ptr<curl_slist, ListDeleter> recipients(curl_slist_append(nullptr, ("<" + to + ">").c_str()));
  std::string_view left = text;
  const std::string from = "<" + server_.from + ">";
  curl_easy_setopt(curl, CURLOPT_URL, server_.url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_USE_SSL, static_cast<long>(server_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_NOPROXY, "*");
  curl_easy_setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, Read);
  curl_easy_setopt(curl, CURLOPT_READDATA, &left);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, Forget);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_TIMEOUT, kWholeSeconds);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, StopWhenAsked);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &handle_->line);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, Open);
  curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, &handle_->line);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, Close);
  curl_easy_setopt(curl, CURLOPT_CLOSESOCKETDATA, &handle_->line);
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, kAnswerSeconds);

  const CURLcode code = curl_easy_perform(curl);
  long answer = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
  Result result;
  result.reached = answer != 0;
  if (code == CURLE_OK) {
    result.sent = mail::Sent::kTaken;
  } else if (answer < kFirstRefusal && left.empty()) {
    // All of it went out, and no word came back.
    result.sent = mail::Sent::kUnknown;
  }
  return result;
}

}  // namespace alcove::app
