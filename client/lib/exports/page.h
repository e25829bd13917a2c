// `index.html`: an exported case for people, made of `case.json` and of nothing else.
//
// For everybody who has to read it: one language stated, headings in order, a way past the contents, tables with captions and headed
// rows and columns, no meaning that lies in colour, readable without styles, at any size and on paper. No script, and nothing is
// fetched from anywhere: its content policy forbids both, whatever a text tries. Every character that a person typed is escaped.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

namespace alcove::client::exports {

// Text as it may stand in HTML, between tags and in quoted attributes. What no person can see or what turns the reading around
// (controls, overrides of direction) is shown as U+FFFD.
std::string Escaped(std::string_view text);

std::string PageOf(const nlohmann::json& document);

}  // namespace alcove::client::exports
