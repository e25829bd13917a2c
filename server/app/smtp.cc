#include "server/app/smtp.h"

#include <curl/curl.h>
#include <dlfcn.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <string_view>

namespace alcove::app {
namespace {

constexpr long kConnectSeconds = 20;
constexpr long kWholeSeconds = 60;
constexpr long kAnswerSeconds = 30;
constexpr long kFirstRefusal = 400;

// What is used of libcurl, loaded when mail is sent for the first time. It brings two dozen libraries with it, 4 MB of an idle
// server's memory, and most servers send no mail. Never unloaded.
struct Curl {
  // Null where the library is not installed.
  static const Curl* Load() {
    static const Curl curl;
    return curl.complete_ ? &curl : nullptr;
  }

  decltype(&curl_easy_init) easy_init;
  decltype(&curl_easy_reset) easy_reset;
  decltype(&curl_easy_setopt) setopt;
  decltype(&curl_easy_perform) perform;
  decltype(&curl_easy_getinfo) getinfo;
  decltype(&curl_easy_cleanup) cleanup;
  decltype(&curl_slist_append) append;
  decltype(&curl_slist_free_all) free_all;

 private:
  Curl() {
    library_ = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    decltype(&curl_global_init) global_init = nullptr;
    complete_ = library_ != nullptr && Find("curl_global_init", &global_init) && Find("curl_easy_init", &easy_init) &&
                Find("curl_easy_reset", &easy_reset) && Find("curl_easy_setopt", &setopt) &&
                Find("curl_easy_perform", &perform) && Find("curl_easy_getinfo", &getinfo) &&
                Find("curl_easy_cleanup", &cleanup) && Find("curl_slist_append", &append) &&
                Find("curl_slist_free_all", &free_all) && global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
  }
  template <class Function>
  bool Find(const char* name, Function* function) {
    *function = reinterpret_cast<Function>(dlsym(library_, name));
    return *function != nullptr;
  }

  void* library_;
  bool complete_;
};

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
  const Curl& curl;
  void operator()(curl_slist* list) const { curl.free_all(list); }
};

}  // namespace

struct MailCarrier::Handle {
  explicit Handle(const std::atomic<bool>& stop)
      : line{stop}, library(Curl::Load()), curl(library == nullptr ? nullptr : library->easy_init()) {}
  ~Handle() {
    line.CutWhenAsked();
    if (curl != nullptr) library->cleanup(curl);
  }

  Line line;
  const Curl* library;
  CURL* curl;
};

bool MailCarrier::Ready() { return Curl::Load() != nullptr; }

MailCarrier::MailCarrier(const MailServer& server, const std::atomic<bool>& stop)
    : server_(server), stop_(stop), handle_(std::make_unique<Handle>(stop_)) {}

MailCarrier::~MailCarrier() = default;

MailCarrier::Result MailCarrier::Send(const std::string& to, const std::string& text) {
  CURL* curl = handle_->curl;
  if (curl == nullptr) return {};
  const Curl& library = *handle_->library;
  library.easy_reset(curl);
  const std::unique_ptr<curl_slist, ListDeleter> recipients(library.append(nullptr, ("<" + to + ">").c_str()), {library});
  std::string_view left = text;
  const std::string from = "<" + server_.from + ">";
  library.setopt(curl, CURLOPT_URL, server_.url.c_str());
  library.setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  library.setopt(curl, CURLOPT_USE_SSL, static_cast<long>(server_.require_tls ? CURLUSESSL_ALL : CURLUSESSL_TRY));
  library.setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  library.setopt(curl, CURLOPT_NOPROXY, "*");
  library.setopt(curl, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  library.setopt(curl, CURLOPT_MAIL_FROM, from.c_str());
  library.setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  library.setopt(curl, CURLOPT_UPLOAD, 1L);
  library.setopt(curl, CURLOPT_READFUNCTION, Read);
  library.setopt(curl, CURLOPT_READDATA, &left);
  library.setopt(curl, CURLOPT_WRITEFUNCTION, Forget);
  library.setopt(curl, CURLOPT_NOSIGNAL, 1L);
  library.setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  library.setopt(curl, CURLOPT_TIMEOUT, kWholeSeconds);
  library.setopt(curl, CURLOPT_NOPROGRESS, 0L);
  library.setopt(curl, CURLOPT_XFERINFOFUNCTION, StopWhenAsked);
  library.setopt(curl, CURLOPT_XFERINFODATA, &handle_->line);
  library.setopt(curl, CURLOPT_OPENSOCKETFUNCTION, Open);
  library.setopt(curl, CURLOPT_OPENSOCKETDATA, &handle_->line);
  library.setopt(curl, CURLOPT_CLOSESOCKETFUNCTION, Close);
  library.setopt(curl, CURLOPT_CLOSESOCKETDATA, &handle_->line);
  library.setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, kAnswerSeconds);

  const CURLcode code = library.perform(curl);
  long answer = 0;
  library.getinfo(curl, CURLINFO_RESPONSE_CODE, &answer);
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
