// Readable tables: columns as wide as their widest cell, two blanks between them, no lines to draw.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace alcove::cli {

class Table {
 public:
  explicit Table(std::vector<std::string> header);

  // One cell for each column of the header; missing cells are empty, surplus cells are a mistake of the program.
  void Row(std::vector<std::string> cells);

  bool empty() const { return rows_.empty(); }

  // The whole table, each line ended. Control characters in cells become `?`, so that what others wrote
  // cannot steer the reader's terminal.
  std::string Text() const;

 private:
  std::vector<std::string> header_;
  std::vector<std::vector<std::string>> rows_;
};

// `text` without control characters other than newline and tab: escape sequences in a message from somebody else
// must not reach a terminal.
std::string Harmless(std::string_view text);

// Breaks `text` at blanks so that no line is longer than `width` columns, each line after `indent` blanks.
std::string Wrapped(std::string_view text, size_t width, size_t indent = 0);

// Columns that UTF-8 text takes, one for each code point.
size_t Columns(std::string_view text);

}  // namespace alcove::cli
