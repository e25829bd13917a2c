#include "server/app/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <string_view>

namespace alcove::app {
namespace {

constexpr long kConnectSeconds = 20;
constexpr long kWholeSeconds = 60;
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

int StopWhenAsked(void* stop, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<const std::atomic<bool>*>(stop)->load() ? 1 : 0;
}

struct ListDeleter {
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

}  // namespace

struct MailCarrier::Handle {
  CURL* curl = curl_easy_init();
  ~Handle() { curl_easy_cleanup(curl); }
};

MailCarrier::MailCarrier(const MailServer& server, const std::atomic<bool>& stop) : server_(server), stop_(stop) {
  static std::once_flag once;
  std::call_once(once, [] { curl_global_init(CURL_GLOBAL_DEFAULT); });
  handle_ = std::make_unique<Handle>();
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
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, const_cast<std::atomic<bool>*>(&stop_));

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
