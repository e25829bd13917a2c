// What a reporter answered, by the questions of the form: from the interview or from a file, into what is sealed.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "client/lib/documents.h"
#include "client/lib/plan.h"
#include "crypto/format/day.h"

namespace alcove::cli {

struct Answer {
  std::string text;                           // kText; and what was typed for kDate
  std::vector<std::string> codes;             // kChoice, kChoices; kYesNo: `yes` or `no`
  std::vector<client::NamedPerson> people;    // kPeople
  std::optional<format::Day> day;             // kDate
  sealed::v1::Identity identity;              // kIdentity
};

// Answers by question id.
using Answers = std::map<std::string, Answer>;

// Takes one answer as a person typed it: numbers or codes for choices, `yes`, a date, people parted by `;`.
// INPUT_INVALID says in a sentence what would fit.
absl::StatusOr<Answer> ParseAnswer(const client::Question& question, std::string_view text);

// Reads a file for `--from`. JSON when it begins with `{`: one member for each question, by the form's ids; a string,
// a list of codes, or for people a list of {"identifier", "name", "relation"}; `identity` is {"name", "safe_contact"}.
// Otherwise simple text: lines `question: answer`, continued by lines that begin with a blank; choices are parted
// by `,`, people by `;`. Unknown questions and codes are INPUT_INVALID, so that a slip of the pen loses nothing silently.
// Answers of `before` stand where the file gives none.
absl::StatusOr<Answers> ReadAnswers(const client::Form& form, std::string_view text, const Answers& before = {});

// The first question that is required and not answered; null when there is none.
const client::Question* FirstMissing(const client::Form& form, const Answers& answers);

// The question is asked, given the disclosure answered so far.
bool Applies(const client::Question& question, const Answers& answers);

std::string CodeOf(const Answers& answers, std::string_view question);
std::vector<client::NamedPerson> PeopleOf(const Answers& answers, std::string_view question);

// What the server routes by.
v1::RoutingFacts FactsOf(const Answers& answers);

// What is sealed. `people` of subjects and keep_out carry their tags.
sealed::v1::Report ReportOf(const client::Form& form, const std::string& language, const Answers& answers,
                            const client::PlanInput& plan);

// What goes to the custodians: the name where the reporter is confidential, a safe contact; nothing otherwise.
std::optional<sealed::v1::Identity> SealedIdentityOf(const Answers& answers);

}  // namespace alcove::cli
