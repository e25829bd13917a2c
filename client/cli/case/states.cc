#include "client/cli/case/states.h"

#include <nlohmann/json.hpp>
#include <span>

#include "client/cli/frame/table.h"
#include "crypto/format/case_states.h"

namespace alcove::cli {
namespace {

constexpr const char* kWhereItWas = "(where it was)";

struct Line {
  std::string_view from, to, by, reason_list, assessed;
};

// Moves in the table's order; a state that resumes brings its line after its own moves.
std::vector<Line> Lines() {
  std::vector<Line> lines;
  const std::span<const format::Move> moves = format::AllMoves();
  for (std::size_t i = 0; i < moves.size(); ++i) {
    const format::Move& move = moves[i];
    lines.push_back({format::NameOf(move.from), format::NameOf(move.to), format::NameOf(move.mover), move.reason_list,
                     move.assessed ? format::NameOf(*move.assessed) : std::string_view()});
    const bool last_of_state = i + 1 == moves.size() || moves[i + 1].from != move.from;
    if (last_of_state && format::Resumes(move.from))
      lines.push_back({format::NameOf(move.from), kWhereItWas, format::NameOf(format::Mover::kTeam), "", ""});
  }
  return lines;
}

}  // namespace

std::string StatesText() {
  Table table({"from", "to", "by", "reason", "assessment"});
  for (const Line& line : Lines())
    table.Row({std::string(line.from), std::string(line.to), std::string(line.by), std::string(line.reason_list),
               std::string(line.assessed)});
  return table.Text();
}

void AddStates(CLI::App& noun, Frame& frame) {
  CLI::App* command = noun.add_subcommand("states", "Print the table of states: every move, who may make it, and its reasons");
  command->callback([&frame] {
    if (frame.json()) {
      nlohmann::json moves = nlohmann::json::array();
      for (const Line& line : Lines())
        moves.push_back({{"from", line.from},
                         {"to", line.to},
                         {"by", line.by},
                         {"reason", line.reason_list},
                         {"assessment", line.assessed}});
      frame.terminal().Print(nlohmann::json{{"moves", moves}}.dump(2) + "\n");
    } else {
      frame.terminal().Print(StatesText() + "by: team = whoever has the case, alone; reporter = by withdrawing; approval = a second "
                             "person approves\nassessment: the point at which `alcove case assess` must have been done\n");
    }
    frame.End(absl::OkStatus());
  });
}

}  // namespace alcove::cli
