#include "client/lib/exports/page.h"

#include <array>
#include <optional>
#include <vector>

#include "crypto/encoding.h"

namespace alcove::client::exports {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kUnseen = "\xEF\xBF\xBD";

// Length of a control of direction or of a mark that is not seen, at the start of the text; 0 for anything else.
size_t UnseenAt(std::string_view text) {
  // U+200E, U+200F, U+202A to U+202E, U+2066 to U+2069, U+FEFF.
  if (text.size() < 3) return 0;
  const auto at = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  if (at(0) == 0xE2 && at(1) == 0x80) return at(2) == 0x8E || at(2) == 0x8F || (at(2) >= 0xAA && at(2) <= 0xAE) ? 3 : 0;
  if (at(0) == 0xE2 && at(1) == 0x81) return at(2) >= 0xA6 && at(2) <= 0xA9 ? 3 : 0;
  return at(0) == 0xEF && at(1) == 0xBB && at(2) == 0xBF ? 3 : 0;
}

std::string Plain(const Json& value) { return value.is_string() ? value.get<std::string>() : value.dump(); }

std::string Text(const Json& object, std::string_view key) {
  const auto found = object.find(key);
  return found == object.end() ? "" : Plain(*found);
}

// `firstIncident` to `First incident`.
std::string Label(std::string_view name) {
  std::string label;
  for (const char c : name) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper && !label.empty()) label += ' ';
    label += upper ? static_cast<char>(c - 'A' + 'a') : c == '_' || c == '.' ? ' ' : c;
  }
  if (!label.empty() && label[0] >= 'a' && label[0] <= 'z') label[0] = static_cast<char>(label[0] - 'a' + 'A');
  return label;
}

// A text of several lines, as it was typed.
std::string Paragraphs(std::string_view text) {
  std::string html;
  while (true) {
    const size_t end = text.find('\n');
    html += "<p dir=\"auto\">" + Escaped(text.substr(0, end)) + "</p>";
    if (end == text.npos) return html;
    text.remove_prefix(end + 1);
  }
}

std::optional<std::string> DateOf(const Json& value) {
  if (!value.is_object() || value.size() != 3 || !value.contains("year") || !value.contains("month") || !value.contains("day")) {
    return std::nullopt;
  }
  const auto number = [&](const char* key, size_t width) {
    std::string digits = Text(value, key);
    return digits.size() < width ? std::string(width - digits.size(), '0') + digits : digits;
  };
  return number("year", 4) + "-" + number("month", 2) + "-" + number("day", 2);
}

std::string Hex(const Json& base64) {
  const auto bytes = base64.is_string() ? crypto::Base64Decode(base64.get<std::string>()) : absl::StatusOr<crypto::Bytes>("");
  return bytes.ok() ? std::string(crypto::HexEncode(*bytes)) : "";
}

std::string ValueHtml(std::string_view name, const Json& value);

std::string ListHtml(const Json& object) {
  std::string html = "<dl>";
  for (const auto& [name, value] : object.items()) {
    if (name == "key" || name == "tag") continue;  // of files and people: of use to programs alone
    html += "<dt>" + Escaped(Label(name)) + "</dt><dd>" + ValueHtml(name, value) + "</dd>";
  }
  return html + "</dl>";
}

std::string ValueHtml(std::string_view name, const Json& value) {
  if (const auto date = DateOf(value)) return "<time>" + Escaped(*date) + "</time>";
  if (value.is_object()) return ListHtml(value);
  if (value.is_array()) {
    std::string html = "<ul>";
    for (const Json& item : value) html += "<li>" + ValueHtml(name, item) + "</li>";
    return html + "</ul>";
  }
  if (name == "sha256" || name == "summary") return "<code>" + Escaped(Hex(value)) + "</code>";
  if (value.is_boolean()) return value.get<bool>() ? "yes" : "no";
  if (value.is_string()) return Paragraphs(value.get<std::string>());
  return Escaped(value.dump());
}

struct Column {
  std::string_view key;
  std::string_view heading;
};

// The first column heads its row.
template <size_t N>
std::string TableHtml(std::string_view caption, const std::array<Column, N>& columns, const Json& rows) {
  std::string html = "<table><caption>" + Escaped(caption) + "</caption><thead><tr>";
  for (const Column& column : columns) html += "<th scope=\"col\">" + Escaped(column.heading) + "</th>";
  html += "</tr></thead><tbody>";
  for (const Json& row : rows) {
    html += "<tr>";
    for (size_t i = 0; i < N; ++i) {
      std::string cell;
      if (const auto found = row.find(columns[i].key); found != row.end() && found->is_object()) {
        for (const auto& [name, value] : found->items()) {
          cell += (cell.empty() ? "" : ", ") + Escaped(name) + " " + Escaped(Plain(value));
        }
      } else {
        cell = Escaped(Text(row, columns[i].key));
      }
      html += i == 0 ? "<th scope=\"row\">" + cell + "</th>" : "<td>" + cell + "</td>";
    }
    html += "</tr>";
  }
  return html + "</tbody></table>\n";
}

constexpr std::array kLeftOutColumns = {Column{"what", "What"}, Column{"why", "Why"}};
constexpr std::array kRecordColumns = {Column{"number", "Number"}, Column{"day", "Day"},   Column{"time", "Time (UTC)"},
                                       Column{"actor", "Who"},     Column{"kind", "What"}, Column{"details", "Details"}};
constexpr std::array kAllegationColumns = {Column{"allegation", "Allegation"}, Column{"category", "Category"},
                                           Column{"finding", "Finding"}};
constexpr std::array kMeasureColumns = {Column{"measure", "Measure"}, Column{"kind", "Kind"}, Column{"state", "State"},
                                        Column{"due", "Last day"}};

std::string ForWhom(std::string_view purpose) {
  if (purpose == "COURT") return "a court";
  if (purpose == "REGULATOR") return "a regulator";
  return "the person complained about";
}

std::string EntryHtml(const Json& entry) {
  const std::string place = Text(entry, "keyring") + " " + Text(entry, "sequence");
  const bool header = entry.contains("kind");
  std::string html = "<article id=\"" + Escaped(Text(entry, "keyring")) + "-" + Escaped(Text(entry, "sequence")) + "\">\n<h3>" +
                     Escaped(place) + (header ? ": " + Escaped(Label(Text(entry, "kind"))) : ": left out") + "</h3>\n";
  if (header) {
    const std::string author = Text(entry, "author");
    html += "<p>Written on <time>" + Escaped(Text(entry, "day")) + "</time> by " +
            (author.empty() ? "the reporter" : Escaped(author)) + ".</p>\n";
  }
  if (const auto words = entry.find("words"); words != entry.end()) {
    std::string language;
    if (const auto found = words->find("language"); found != words->end() && found->is_string()) {
      language = " lang=\"" + Escaped(found->get<std::string>()) + "\"";
    }
    html += "<div class=\"words\"" + language + ">" + ListHtml(*words) + "</div>\n";
    html += Text(entry, "proven") == "true"
                ? "<p><strong>Proven:</strong> the archive opens this entry, so anybody can check that this is what was sealed.</p>\n"
                : "<p><strong>Not proven:</strong> something of this entry is left out, so these words rest on the signature of "
                  "who exported them. That there is such an entry, by whom and of which day, is proven.</p>\n";
  }
  if (const auto out = entry.find("leftOut"); out != entry.end() && !out->empty()) {
    html += TableHtml("Left out of " + place, kLeftOutColumns, *out);
  }
  html += "<p>Hash <code>" + Escaped(Text(entry, "hash")) + "</code></p>\n</article>\n";
  return html;
}

constexpr std::string_view kStyle =
    "body{font:1.05rem/1.5 serif;max-width:50rem;margin:0 auto;padding:1rem;color:#000;background:#fff}"
    "table{border-collapse:collapse;width:100%;margin:1rem 0}caption{text-align:left;font-weight:bold;padding:.3rem 0}"
    "th,td{border:1px solid #555;padding:.3rem .5rem;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "article{border-top:1px solid #555;margin-top:1.5rem}dt{font-weight:bold}dd{margin:0 0 .6rem 1.2rem}"
    "code{overflow-wrap:anywhere}a:focus{outline:3px solid #000}";

}  // namespace

std::string Escaped(std::string_view text) {
  std::string html;
  html.reserve(text.size());
  for (size_t i = 0; i < text.size();) {
    if (const size_t length = UnseenAt(text.substr(i)); length != 0) {
      html += kUnseen;
      i += length;
      continue;
    }
    const char c = text[i++];
    switch (c) {
      case '&': html += "&amp;"; break;
      case '<': html += "&lt;"; break;
      case '>': html += "&gt;"; break;
      case '"': html += "&quot;"; break;
      case '\'': html += "&#39;"; break;
      case '\t': html += ' '; break;
      default:
        if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) html += kUnseen;
        else html += c;
    }
  }
  return html;
}

std::string PageOf(const Json& document) {
  const std::string title = "Case " + Text(document, "case") + ", for " + ForWhom(Text(document, "purpose"));
  std::string html =
      "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>" +
      Escaped(title) + "</title>\n<style>" + std::string(kStyle) + "</style>\n</head>\n<body>\n";
  html += "<a href=\"#entries\">To what was written</a>\n<header>\n<h1>" + Escaped(title) + "</h1>\n<p>Taken out of the service on <time>" +
          Escaped(Text(document, "day")) + "</time> by " + Escaped(Text(document, "exporter")) + ", organisation " +
          Escaped(Text(document, "organisation")) +
          ".</p>\n<p>This page is for reading. <code>README.txt</code> says how anybody checks the archive without the service; what is "
          "checked there are the words in <code>case.json</code>, which are those of this page.</p>\n</header>\n";
  html += "<nav aria-label=\"Contents\"><ul><li><a href=\"#left-out\">What is left out, and why</a></li>";
  if (document.contains("facts")) html += "<li><a href=\"#facts\">Where the case stands</a></li>";
  html += "<li><a href=\"#entries\">What was written</a></li><li><a href=\"#record\">What was done</a></li></ul></nav>\n<main>\n";

  html += "<section id=\"left-out\" aria-labelledby=\"left-out-h\"><h2 id=\"left-out-h\">What is left out, and why</h2>\n" +
          TableHtml("Left out for " + ForWhom(Text(document, "purpose")), kLeftOutColumns, document.value("leftOut", Json::array())) +
          "</section>\n";
  if (const auto facts = document.find("facts"); facts != document.end()) {
    Json plain = *facts;
    const Json allegations = plain.value("allegations", Json::array());
    const Json measures = plain.value("measures", Json::array());
    plain.erase("allegations");
    plain.erase("measures");
    html += "<section id=\"facts\" aria-labelledby=\"facts-h\"><h2 id=\"facts-h\">Where the case stands</h2>\n"
            "<p>This is what the service says; nothing in the archive proves it.</p>\n" + ListHtml(plain) + "\n";
    if (!allegations.empty()) html += TableHtml("Allegations and findings", kAllegationColumns, allegations);
    if (!measures.empty()) html += TableHtml("Measures", kMeasureColumns, measures);
    html += "</section>\n";
  }
  html += "<section id=\"entries\" aria-labelledby=\"entries-h\"><h2 id=\"entries-h\">What was written</h2>\n"
          "<p>THREAD is what the reporter and the team wrote to each other.</p>\n";
  bool thread = true;
  for (const Json& entry : document.value("entries", Json::array())) {
    if (thread && Text(entry, "keyring") != "THREAD") {
      thread = false;
      html += "<p>TEAM is what the team wrote for itself.</p>\n";
    }
    html += EntryHtml(entry);
  }
  html += "</section>\n<section id=\"record\" aria-labelledby=\"record-h\"><h2 id=\"record-h\">What was done</h2>\n" +
          TableHtml("The record of the case as its reporter sees it, as far as it is shown", kRecordColumns, document.value("record", Json::array())) +
          "</section>\n</main>\n</body>\n</html>\n";
  return html;
}

}  // namespace alcove::client::exports
