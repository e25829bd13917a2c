#include "client/cli/frame/table.h"

#include <algorithm>

namespace alcove::cli {

size_t Columns(std::string_view text) {
  return static_cast<size_t>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;  // Every byte but a UTF-8 continuation starts a column.
  }));
}

std::string Harmless(std::string_view text) {
  std::string safe;
  for (size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    // U+0080..U+009F are control characters too: 0xC2 0x80..0x9F in UTF-8.
    if (byte == 0xC2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xA0) {
      safe += '?';
      ++i;
    } else if ((byte < 0x20 && byte != '\n' && byte != '\t') || byte == 0x7F) {
      safe += '?';
    } else {
      safe += text[i];
    }
  }
  return safe;
}

std::string Wrapped(std::string_view text, size_t width, size_t indent) {
  std::string out;
  const std::string margin(indent, ' ');
  size_t begin = 0;
  while (begin <= text.size()) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    std::string_view line = text.substr(begin, end - begin);
    // A line that starts with blanks is laid out already (a list, a table): its continuation keeps the margin.
    const size_t lead = std::min(line.find_first_not_of(' '), line.size());
    const std::string hang = margin + std::string(lead, ' ');
    std::string current = hang;
    size_t column = hang.size();
    bool first = true;
    size_t at = lead;
    while (at < line.size()) {
      const size_t stop = std::min(line.find(' ', at), line.size());
      size_t next = stop;
      while (next < line.size() && line[next] == ' ') ++next;
      const std::string_view word = line.substr(at, stop - at);
      if (!first && column + Columns(word) > width) {
        current.erase(current.find_last_not_of(' ') + 1);
        out += current + "\n";
        current = hang;
        column = hang.size();
      }
      current += word;
      current.append(next - stop, ' ');
      column += Columns(word) + (next - stop);
      first = false;
      at = next;
    }
    current.erase(current.find_last_not_of(' ') == std::string::npos ? 0 : current.find_last_not_of(' ') + 1);
    out += current;
    if (end == text.size()) break;
    out += "\n";
    begin = end + 1;
  }
  return out;
}

Table::Table(std::vector<std::string> header) : header_(std::move(header)) {}

void Table::Row(std::vector<std::string> cells) {
  cells.resize(header_.size());
  for (std::string& cell : cells) {
    cell = Harmless(cell);
    std::replace(cell.begin(), cell.end(), '\n', ' ');
    std::replace(cell.begin(), cell.end(), '\t', ' ');
  }
  rows_.push_back(std::move(cells));
}

std::string Table::Text() const {
  std::vector<size_t> widths;
  for (const std::string& title : header_) widths.push_back(Columns(title));
  for (const auto& row : rows_) {
    for (size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], Columns(row[i]));
  }
  std::string out;
  const auto line = [&](const std::vector<std::string>& cells) {
    std::string text;
    for (size_t i = 0; i < cells.size(); ++i) {
      text += cells[i];
      if (i + 1 < cells.size()) text.append(widths[i] - Columns(cells[i]) + 2, ' ');
    }
    text.erase(text.find_last_not_of(' ') == std::string::npos ? 0 : text.find_last_not_of(' ') + 1);
    out += text + "\n";
  };
  line(header_);
  for (const auto& row : rows_) line(row);
  return out;
}

}  // namespace alcove::cli
