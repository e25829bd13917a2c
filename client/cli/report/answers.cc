#include "client/cli/report/answers.h"

#include <algorithm>
#include <cctype>
#include <charconv>

#include "client/lib/errors.h"
#include "crypto/format/ids.h"
#include "nlohmann/json.hpp"

namespace alcove::cli {
namespace {

using client::Question;
using client::QuestionKind;
using Json = nlohmann::json;

std::string Trimmed(std::string_view text) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

std::string Lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return text;
}

std::vector<std::string> Split(std::string_view text, char at) {
  std::vector<std::string> parts;
  while (true) {
    const size_t end = std::min(text.find(at), text.size());
    if (std::string part = Trimmed(text.substr(0, end)); !part.empty()) parts.push_back(std::move(part));
    if (end == text.size()) return parts;
    text.remove_prefix(end + 1);
  }
}

absl::Status Wrong(std::string what) { return client::Refuse(client::Refusal::kInputInvalid, what); }

// A code as typed: its number in the list, or the code itself.
absl::StatusOr<std::string> CodeAt(const Question& question, const std::string& typed) {
  size_t number = 0;
  const auto [end, error] = std::from_chars(typed.data(), typed.data() + typed.size(), number);
  if (error == std::errc() && end == typed.data() + typed.size()) {
    if (number < 1 || number > question.choices.size()) {
      return Wrong("there is no number " + typed + " in the list");
    }
    return question.choices[number - 1].code;
  }
  for (const client::Choice& choice : question.choices) {
    if (choice.code == typed) return choice.code;
  }
  return Wrong("`" + typed + "` is not in the list of `" + question.id + "`");
}

absl::Status TakeCodes(const Question& question, const std::vector<std::string>& typed, Answer& answer) {
  for (const std::string& one : typed) {
    ALCOVE_CLIENT_ASSIGN(const std::string code, CodeAt(question, one));
    if (std::find(answer.codes.begin(), answer.codes.end(), code) == answer.codes.end()) answer.codes.push_back(code);
  }
  const size_t most = question.kind == QuestionKind::kChoice ? 1 : question.most;
  if (answer.codes.size() > most) {
    return Wrong("please choose at most " + std::to_string(most) + " for `" + question.id + "`");
  }
  return absl::OkStatus();
}

absl::StatusOr<Answer> FromJson(const Question& question, const Json& value) {
  if (value.is_string() && question.kind != QuestionKind::kPeople && question.kind != QuestionKind::kIdentity) {
    if (question.kind == QuestionKind::kText) {
      Answer answer;
      answer.text = value.get<std::string>();
      return answer;
    }
    return ParseAnswer(question, value.get<std::string>());
  }
  if (value.is_boolean() && question.kind == QuestionKind::kYesNo) {
    return ParseAnswer(question, value.get<bool>() ? "yes" : "no");
  }
  const auto member = [](const Json& object, const char* name) -> std::string {
    return object.contains(name) && object[name].is_string() ? object[name].get<std::string>() : "";
  };
  Answer answer;
  if (value.is_array() && (question.kind == QuestionKind::kChoices || question.kind == QuestionKind::kChoice)) {
    std::vector<std::string> codes;
    for (const Json& code : value) {
      if (!code.is_string()) return Wrong("`" + question.id + "` is a list of codes");
      codes.push_back(code.get<std::string>());
    }
    ALCOVE_CLIENT_TRY(TakeCodes(question, codes, answer));
    return answer;
  }
  if (value.is_array() && question.kind == QuestionKind::kPeople) {
    for (const Json& one : value) {
      if (one.is_string()) {
        answer.people.push_back(client::ParsePerson(one.get<std::string>()));
        continue;
      }
      if (!one.is_object()) return Wrong("`" + question.id + "` is a list of people");
      client::NamedPerson person;
      if (const std::string identifier = member(one, "identifier"); !identifier.empty()) {
        auto parsed = format::Identifier::Parse(identifier);
        if (!parsed.ok()) return Wrong("`" + identifier + "` is neither emp:NUMBER nor mail:ADDRESS");
        person.identifier = *std::move(parsed);
      }
      person.name = member(one, "name");
      person.relation = member(one, "relation");
      if (!person.identifier && person.name.empty()) return Wrong("a person in `" + question.id + "` has no name");
      answer.people.push_back(std::move(person));
    }
    if (answer.people.size() > question.most) return Wrong("too many people in `" + question.id + "`");
    return answer;
  }
  if (value.is_object() && question.kind == QuestionKind::kIdentity) {
    answer.identity.set_name(member(value, "name"));
    answer.identity.set_safe_contact(member(value, "safe_contact"));
    answer.identity.set_identifier(member(value, "identifier"));
    if (answer.identity.name().empty()) return Wrong("`identity` has no name");
    return answer;
  }
  return Wrong("the answer to `" + question.id + "` has the wrong shape");
}

absl::StatusOr<Answers> FromJsonText(const client::Form& form, std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return Wrong("the file is not JSON");
  Answers answers;
  for (const auto& [id, value] : json.items()) {
    const Question* question = form.Find(id);
    if (question == nullptr) return Wrong("the form has no question `" + id + "`");
    ALCOVE_CLIENT_ASSIGN(answers[id], FromJson(*question, value));
  }
  return answers;
}

absl::StatusOr<Answers> FromLines(const client::Form& form, std::string_view text) {
  std::vector<std::pair<std::string, std::string>> fields;
  for (size_t begin = 0; begin < text.size();) {
    const size_t end = std::min(text.find('\n', begin), text.size());
    const std::string_view line = text.substr(begin, end - begin);
    begin = end + 1;
    if (!line.empty() && line[0] == '#') continue;
    if (line.empty() || line[0] == ' ' || line[0] == '\t') {
      if (!fields.empty()) fields.back().second += "\n" + Trimmed(line);
      continue;
    }
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) return Wrong("a line of the file has no `question:` in front");
    fields.emplace_back(Trimmed(line.substr(0, colon)), Trimmed(line.substr(colon + 1)));
  }
  Answers answers;
  for (const auto& [id, value] : fields) {
    const Question* question = form.Find(id);
    if (question == nullptr) return Wrong("the form has no question `" + id + "`");
    ALCOVE_CLIENT_ASSIGN(answers[id], ParseAnswer(*question, Trimmed(value)));
  }
  return answers;
}

void SetDate(google::type::Date& date, format::Day day) {
  date.set_year(day.year());
  date.set_month(day.month());
  date.set_day(day.day_of_month());
}

void AddPerson(google::protobuf::RepeatedPtrField<sealed::v1::Person>& list, const client::NamedPerson& person) {
  sealed::v1::Person& row = *list.Add();
  if (person.identifier) row.set_identifier(person.identifier->text());
  row.set_name(person.name);
  row.set_relation(person.relation);
  if (person.tag) row.set_tag(person.tag->str());
}

std::string Shown(const client::NamedPerson& person) {
  if (person.name.empty()) return person.identifier ? person.identifier->text() : "";
  return person.identifier ? person.name + " (" + person.identifier->text() + ")" : person.name;
}

}  // namespace

absl::StatusOr<Answer> ParseAnswer(const Question& question, std::string_view typed) {
  const std::string text = Trimmed(typed);
  Answer answer;
  switch (question.kind) {
    case QuestionKind::kText:
      answer.text = text;
      return answer;
    case QuestionKind::kYesNo: {
      const std::string word = Lower(text);
      if (word == "y" || word == "yes" || word == "j" || word == "ja" || word == "true") answer.codes = {"yes"};
      if (word == "n" || word == "no" || word == "nein" || word == "false") answer.codes = {"no"};
      if (answer.codes.empty()) return Wrong("please answer yes or no, or skip");
      return answer;
    }
    case QuestionKind::kChoice:
    case QuestionKind::kChoices:
      ALCOVE_CLIENT_TRY(TakeCodes(question, Split(text, ','), answer));
      if (answer.codes.empty()) return Wrong("please give a number of the list");
      return answer;
    case QuestionKind::kDate: {
      const auto day = format::Day::FromText(text);
      if (!day.ok()) return Wrong("please write the date like 2026-03-14");
      answer.day = *day;
      answer.text = text;
      return answer;
    }
    case QuestionKind::kPeople:
      for (const std::string& one : Split(text, ';')) answer.people.push_back(client::ParsePerson(one));
      if (answer.people.empty() || answer.people.size() > question.most) {
        return Wrong("please name 1 to " + std::to_string(question.most) + " people, with `;` between them");
      }
      return answer;
    case QuestionKind::kIdentity:
      answer.identity.set_name(text);
      if (text.empty()) return Wrong("please give a name");
      return answer;
  }
  return Wrong("this program is too old for the form");
}

absl::StatusOr<Answers> ReadAnswers(const client::Form& form, std::string_view text, const Answers& before) {
  const size_t first = text.find_first_not_of(" \t\r\n");
  if (first == std::string_view::npos) return Wrong("the file is empty");
  ALCOVE_CLIENT_ASSIGN(Answers answers, text[first] == '{' ? FromJsonText(form, text) : FromLines(form, text));
  answers.insert(before.begin(), before.end());
  if (const Question* missing = FirstMissing(form, answers)) {
    return Wrong("the file does not answer `" + missing->id + "`, which is needed");
  }
  const auto first_day = answers.find("first_incident"), last_day = answers.find("last_incident");
  if (first_day != answers.end() && last_day != answers.end() && *first_day->second.day > *last_day->second.day) {
    return Wrong("`first_incident` is after `last_incident`");
  }
  return answers;
}

const Question* FirstMissing(const client::Form& form, const Answers& answers) {
  for (const Question& question : form.questions) {
    if (question.required && Applies(question, answers) && !answers.contains(question.id)) return &question;
  }
  const std::string disclosure = CodeOf(answers, "disclosure");
  if ((disclosure == "confidential" || disclosure == "named") && !answers.contains("identity")) {
    return form.Find("identity");
  }
  return nullptr;
}

bool Applies(const Question& question, const Answers& answers) {
  return question.when.empty() ||
         std::find(question.when.begin(), question.when.end(), CodeOf(answers, "disclosure")) != question.when.end();
}

std::string CodeOf(const Answers& answers, std::string_view question) {
  const auto found = answers.find(std::string(question));
  return found == answers.end() || found->second.codes.empty() ? "" : found->second.codes.front();
}

std::vector<client::NamedPerson> PeopleOf(const Answers& answers, std::string_view question) {
  const auto found = answers.find(std::string(question));
  return found == answers.end() ? std::vector<client::NamedPerson>() : found->second.people;
}

v1::RoutingFacts FactsOf(const Answers& answers) {
  v1::RoutingFacts facts;
  if (const auto found = answers.find("categories"); found != answers.end()) {
    for (const std::string& code : found->second.codes) facts.add_categories(code);
  }
  facts.set_site(CodeOf(answers, "site"));
  facts.set_immediate_danger(CodeOf(answers, "immediate_danger") == "yes");
  facts.set_language(CodeOf(answers, "language"));
  facts.set_jurisdiction(CodeOf(answers, "jurisdiction"));
  return facts;
}

sealed::v1::Report ReportOf(const client::Form& form, const std::string& language, const Answers& answers,
                            const client::PlanInput& plan) {
  sealed::v1::Report report;
  report.set_form_version(form.version);
  report.set_language(language);
  const std::string disclosure = CodeOf(answers, "disclosure");
  report.set_disclosure(disclosure == "named"          ? sealed::v1::DISCLOSURE_NAMED
                        : disclosure == "confidential" ? sealed::v1::DISCLOSURE_CONFIDENTIAL
                                                       : sealed::v1::DISCLOSURE_ANONYMOUS);
  for (const Question& question : form.questions) {
    const auto found = answers.find(question.id);
    // Who the reporter is stands in its own field, or lies with the custodians: never among the answers.
    if (found == answers.end() || question.kind == QuestionKind::kIdentity || question.id == "safe_contact") continue;
    sealed::v1::Answer& row = *report.add_answers();
    row.set_question(question.id);
    row.set_text(found->second.text);
    for (const std::string& code : found->second.codes) row.add_codes(code);
    for (const client::NamedPerson& person : found->second.people) {
      row.set_text(row.text() + (row.text().empty() ? "" : "; ") + Shown(person));
    }
  }
  if (const auto found = answers.find("narrative"); found != answers.end()) report.set_narrative(found->second.text);
  for (const client::NamedPerson& person : plan.subjects) AddPerson(*report.mutable_subjects(), person);
  for (const client::NamedPerson& person : plan.keep_out) AddPerson(*report.mutable_keep_out(), person);
  for (const client::NamedPerson& person : PeopleOf(answers, "witnesses")) AddPerson(*report.mutable_witnesses(), person);
  if (const auto found = answers.find("first_incident"); found != answers.end() && found->second.day) {
    SetDate(*report.mutable_first_incident(), *found->second.day);
  }
  if (const auto found = answers.find("last_incident"); found != answers.end() && found->second.day) {
    SetDate(*report.mutable_last_incident(), *found->second.day);
  }
  report.set_ongoing(CodeOf(answers, "ongoing") == "yes");
  if (const auto found = answers.find("identity"); found != answers.end() && disclosure == "named") {
    *report.mutable_identity() = found->second.identity;
    report.mutable_identity()->clear_safe_contact();
  }
  const v1::RoutingFacts facts = FactsOf(answers);
  *report.mutable_categories() = facts.categories();
  for (const std::string& slug : plan.struck_out) report.add_struck_out(format::StaffName(slug));
  return report;
}

std::optional<sealed::v1::Identity> SealedIdentityOf(const Answers& answers) {
  const std::string disclosure = CodeOf(answers, "disclosure");
  if (disclosure != "confidential" && disclosure != "named") return std::nullopt;
  sealed::v1::Identity identity;
  if (const auto found = answers.find("identity"); found != answers.end()) identity = found->second.identity;
  if (const auto found = answers.find("safe_contact"); found != answers.end()) {
    identity.set_safe_contact(found->second.text);
  }
  if (disclosure == "named") {
    identity.clear_name();
    identity.clear_identifier();
    if (identity.safe_contact().empty()) return std::nullopt;
  }
  return identity;
}

}  // namespace alcove::cli
