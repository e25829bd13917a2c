#include "client/cli/frame/date_text.h"

#include <cstdio>

namespace alcove::cli {

std::string DateText(const google::type::Date& date) {
  if (date.year() == 0) return "";
  char text[16];
  std::snprintf(text, sizeof text, "%04d-%02d-%02d", date.year() % 10000, date.month() % 100, date.day() % 100);
  return text;
}

}  // namespace alcove::cli
