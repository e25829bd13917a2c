// Keeping more people out of a case that was filed already.
#include <algorithm>
#include <set>
#include <sstream>

#include "client/cli/frame/table.h"
#include "client/cli/report/begin.h"
#include "client/cli/report/interview.h"
#include "client/lib/plan.h"
#include "crypto/format/ids.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

// Those whom the reporter wants to keep out: readers by their short names, everybody else by an identifier.
struct KeptOut {
  std::vector<std::string> slugs;
  std::vector<client::NamedPerson> people;
};
absl::StatusOr<KeptOut> ParseKeptOut(const std::vector<std::string>& texts, const v1::GetMailboxResponse& mailbox) {
  KeptOut kept_out;
  for (const std::string& text : texts) {
    const bool reader = std::any_of(mailbox.readers().begin(), mailbox.readers().end(), [&](const v1::Reader& one) {
      return one.staff() == format::StaffName(text);
    });
    if (reader) {
      kept_out.slugs.push_back(text);
      continue;
    }
    client::NamedPerson person = client::ParsePerson(text);
    if (!person.identifier) {
      return Refuse(Refusal::kInputInvalid,
                    "`" + text + "` is neither a short name from the list of readers nor a staff number or work address");
    }
    kept_out.people.push_back(std::move(person));
  }
  return kept_out;
}

absl::StatusOr<std::vector<std::string>> AskWhom(Frame& frame, const client::MailboxVisit& visit) {
  Table table({"Short name", "Who"});
  std::set<std::string> shown;
  for (const v1::Reader& reader : visit.mailbox().readers()) {
    if (!reader.lost() && shown.insert(reader.staff()).second) {
      table.Row({reader.staff().substr(reader.staff().find('/') + 1), reader.display_name()});
    }
  }
  frame.terminal().Say(table.Text());
  frame.terminal().Say(
      "Whom do you want to keep out? A short name from this list, or anybody's staff number or work address, one a line. End "
      "with a line that has only a dot.");
  ALCOVE_CLIENT_ASSIGN(const std::string text, AskText(frame.terminal(), "  "));
  std::vector<std::string> people;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (!line.empty()) people.push_back(line);
  }
  if (people.empty()) return Refuse(Refusal::kCancelled, "nobody was named");
  return people;
}

}  // namespace

absl::Status Exclude(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  std::vector<std::string> texts = options.people;
  if (texts.empty()) {
    ALCOVE_CLIENT_ASSIGN(texts, AskWhom(frame, *visit.mailbox));
  }
  ALCOVE_CLIENT_ASSIGN(KeptOut kept_out, ParseKeptOut(texts, visit.mailbox->mailbox()));
  if (!options.yes) {
    frame.terminal().Say(
        "From now on they cannot open your report or anything that is written on it; if one of them has it, it goes to the "
        "next person on the list. Nobody tells them. To them it looks as if it had been given to somebody else. What they "
        "have read already, they know. Those who stay can see that you kept somebody out. This cannot be taken back here.");
    ALCOVE_CLIENT_ASSIGN(const bool sure, AskYesNo(frame.terminal(), "Keep them out?", false));
    if (!sure) return Refuse(Refusal::kCancelled, "nothing was changed");
  }
  if (!kept_out.people.empty()) {
    ALCOVE_CLIENT_TRY(client::TagEverybody(*visit.connection, kept_out.people, frame.random()));
  }
  std::vector<format::SubjectTag> tags;
  for (const client::NamedPerson& person : kept_out.people) tags.push_back(*person.tag);
  ALCOVE_CLIENT_ASSIGN(const v1::ExcludeReadersResponse answer, visit.mailbox->Exclude(tags, kept_out.slugs));
  if (frame.json()) {
    frame.PrintJson(answer);
    return absl::OkStatus();
  }
  for (const uint32_t position : answer.unknown_tags()) {
    if (position >= kept_out.people.size()) continue;
    frame.terminal().Say("Nobody known here has `" + kept_out.people[position].identifier->text() +
                         "`. Check it. If it is right, they stay kept out all the same, should they ever turn up.");
  }
  frame.terminal().Print("They are kept out. `alcove report status` shows who may still read it.\n");
  return absl::OkStatus();
}

}  // namespace alcove::cli
