#include "client/lib/documents.h"

#include <algorithm>
#include <set>

#include "crypto/format/policy.h"
#include "nlohmann/json.hpp"

namespace alcove::client {
namespace {

using Json = nlohmann::json;

// Where documents that every client of an organisation must read are malformed, the organisation's root holders signed
// nonsense; parse errors are told apart from bad signatures only by the detail.
struct Malformed {
  std::string what;
};

std::string String(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return "";
  if (!found->is_string()) throw Malformed{name};
  return found->get<std::string>();
}

bool Flag(const Json& object, const char* name, bool preset) {
  const auto found = object.find(name);
  if (found == object.end()) return preset;
  if (!found->is_boolean()) throw Malformed{name};
  return found->get<bool>();
}

Words WordsOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  if (found == object.end()) return Words();
  if (!found->is_object()) throw Malformed{name};
  std::map<std::string, std::string> texts;
  for (const auto& [language, text] : found->items()) {
    if (!text.is_string()) throw Malformed{name};
    texts[language] = text.get<std::string>();
  }
  return Words(std::move(texts));
}

const Json& List(const Json& object, const char* name) {
  static const Json none = Json::array();
  const auto found = object.find(name);
  if (found == object.end()) return none;
  if (!found->is_array()) throw Malformed{name};
  return *found;
}

std::vector<Choice> ChoicesOf(const Json& rows) {
  std::vector<Choice> choices;
  for (const Json& row : rows) {
    if (!row.is_object()) throw Malformed{"a choice"};
    if (!Flag(row, "active", true)) continue;
    Choice choice{String(row, "code"), WordsOf(row, "label")};
    if (choice.code.empty()) throw Malformed{"code"};
    choice.burdens_harmed = Flag(row, "burdens_harmed", false);
    choice.order = String(row, "order");
    if (choice.label.empty()) choice.label = Words({{"en", choice.code}});
    choices.push_back(std::move(choice));
  }
  return choices;
}

QuestionKind KindOf(const std::string& name) {
  static const std::map<std::string, QuestionKind> kinds = {
      {"text", QuestionKind::kText},   {"choice", QuestionKind::kChoice}, {"choices", QuestionKind::kChoices},
      {"yes_no", QuestionKind::kYesNo}, {"date", QuestionKind::kDate},     {"people", QuestionKind::kPeople},
      {"identity", QuestionKind::kIdentity}};
  const auto found = kinds.find(name);
  if (found == kinds.end()) throw Malformed{"kind"};
  return found->second;
}

clocks::Profile ProfileOf(const Json& row) {
  clocks::Profile profile;
  profile.id = String(row, "id");
  if (profile.id.empty()) throw Malformed{"id"};
  static const std::vector<std::string> days = {"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
  for (const Json& day : List(row, "weekend")) {
    const auto found = std::find(days.begin(), days.end(), day.get<std::string>());
    if (found == days.end()) throw Malformed{"weekend"};
    profile.calendar.weekend.insert(static_cast<int>((found - days.begin() + 1) % 7));
  }
  for (const Json& day : List(row, "holidays")) {
    const auto parsed = format::Day::FromText(day.get<std::string>());
    if (!parsed.ok()) throw Malformed{"holidays"};
    profile.calendar.holidays.insert(*parsed);
  }
  clocks::Terms& terms = profile.terms;
  terms.acknowledge_days = row.value("acknowledge_days", terms.acknowledge_days);
  terms.feedback_months = row.value("feedback_months", terms.feedback_months);
  terms.personal_message_working_days = row.value("personal_message_working_days", terms.personal_message_working_days);
  terms.triage_working_days = row.value("triage_working_days", terms.triage_working_days);
  terms.claim_hours = row.value("claim_hours", terms.claim_hours);
  for (const Json& clock : List(row, "external")) {
    profile.external.push_back({String(clock, "kind"), clock.value("days", 0), clock.value("years", 0),
                                Flag(clock, "rolls", false)});
  }
  return profile;
}

Form FormOf(const Json& json, uint32_t version, const std::map<std::string, std::vector<Choice>>& lists) {
  Form form;
  form.version = version;
  for (const Json& language : List(json, "languages")) form.languages.push_back(language.get<std::string>());
  if (form.languages.empty()) throw Malformed{"languages"};
  form.device_advice = WordsOf(json, "device_advice");
  std::set<std::string> seen;
  for (const Json& row : List(json, "questions")) {
    Question question;
    question.id = String(row, "id");
    if (question.id.empty() || !seen.insert(question.id).second) throw Malformed{"id"};
    question.kind = KindOf(String(row, "kind"));
    question.ask = WordsOf(row, "ask");
    question.why = WordsOf(row, "why");
    if (question.ask.empty()) throw Malformed{"ask"};
    question.required = Flag(row, "required", false);
    question.long_text = Flag(row, "long", false);
    question.routing = Flag(row, "routing", false);
    question.most = row.value("most", question.kind == QuestionKind::kChoices ? size_t{16} : size_t{8});
    question.choices = ChoicesOf(List(row, "choices"));
    if (const std::string list = String(row, "list"); !list.empty()) {
      const auto found = lists.find(list);
      if (found != lists.end()) {
        question.choices.insert(question.choices.end(), found->second.begin(), found->second.end());
      }
    }
    for (const Json& disclosure : List(row, "when")) question.when.push_back(disclosure.get<std::string>());
    form.questions.push_back(std::move(question));
  }
  for (const char* needed : {"narrative", "categories", "disclosure"}) {
    if (!seen.contains(needed)) throw Malformed{needed};
  }
  return form;
}

}  // namespace

const std::string& Words::In(std::string_view language) const {
  static const std::string none;
  for (const std::string& wanted :
       {std::string(language), std::string(language.substr(0, language.find('-'))), std::string("en")}) {
    if (const auto found = by_language_.find(wanted); found != by_language_.end()) return found->second;
  }
  return by_language_.empty() ? none : by_language_.begin()->second;
}

const Question* Form::Find(std::string_view id) const {
  const auto found = std::find_if(questions.begin(), questions.end(), [&](const Question& q) { return q.id == id; });
  return found == questions.end() ? nullptr : &*found;
}

const clocks::Profile* Intake::ProfileOf(std::string_view id) const {
  if (id.empty()) return profiles.empty() ? nullptr : &profiles.front();
  const auto found = std::find_if(profiles.begin(), profiles.end(), [&](const auto& p) { return p.id == id; });
  return found == profiles.end() ? nullptr : &*found;
}

absl::StatusOr<Intake> CheckIntake(const CheckedDirectory& directory, const v1::GetIntakeResponse& response) {
  if (response.log_key() != directory.directory().log_key.view()) {
    return Refuse(Refusal::kDirectoryInvalid, "the server signs promises with another key than the directory names");
  }
  std::map<format::PolicyDocument, format::Policy> policies;
  for (const std::string& bytes : response.documents()) {
    auto note = format::ParsePolicyNote(bytes);
    if (!note.ok()) return Refuse(Refusal::kDocumentInvalid, "policy");
    const std::string name(format::Name(note->policy.document));
    if (!format::CheckPolicy(*note, directory.directory().organisation, directory.directory().next_roots).ok() ||
        policies.contains(note->policy.document)) {
      return Refuse(Refusal::kDocumentInvalid, name);
    }
    policies.emplace(note->policy.document, std::move(note->policy));
  }
  Intake intake;
  intake.limits = response;
  intake.limits.clear_documents();
  std::string reading;
  try {
    const auto body = [&](format::PolicyDocument document, bool needed) {
      reading = std::string(format::Name(document));
      const auto found = policies.find(document);
      if (found == policies.end()) {
        if (needed) throw Malformed{"it is missing"};
        return Json(Json::value_t::object);
      }
      Json json = Json::parse(found->second.body);
      if (!json.is_object()) throw Malformed{"it is no object"};
      return json;
    };
    const Json taxonomy = body(format::PolicyDocument::kTaxonomy, true);
    for (const auto& [list, rows] : taxonomy.items()) {
      intake.taxonomy[list] = ChoicesOf(rows);
    }
    intake.sites = ChoicesOf(List(body(format::PolicyDocument::kRouting, false), "sites"));
    const Json profiles = body(format::PolicyDocument::kProfiles, true);
    for (const Json& row : List(profiles, "profiles")) {
      intake.profiles.push_back(ProfileOf(row));
    }
    intake.custodian_threshold =
        body(format::PolicyDocument::kSafeguards, false).value("custodian_threshold", intake.custodian_threshold);
    auto lists = intake.taxonomy;
    lists["site"] = intake.sites;
    for (const clocks::Profile& profile : intake.profiles) {
      lists["profile"].push_back({profile.id, Words({{"en", profile.id}})});
    }
    const Json form = body(format::PolicyDocument::kForm, true);
    for (const Json& language : List(form, "languages")) {
      const std::string code = language.get<std::string>();
      const std::string name = form.contains("language_names") ? String(form["language_names"], code.c_str()) : "";
      lists["language"].push_back({code, Words({{"en", name.empty() ? code : name}})});
    }
    intake.form = FormOf(form, policies[format::PolicyDocument::kForm].version, lists);
  } catch (const Malformed& malformed) {
    return Refuse(Refusal::kDocumentInvalid, reading + " (" + malformed.what + ")");
  } catch (const Json::exception&) {
    return Refuse(Refusal::kDocumentInvalid, reading);
  }
  return intake;
}

absl::StatusOr<Intake> FetchIntake(Connection& connection, const CheckedDirectory& directory,
                                   const std::string& language) {
  v1::GetIntakeRequest request;
  request.set_language(language);
  ALCOVE_CLIENT_ASSIGN(const v1::GetIntakeResponse response,
                       connection.CallAgain(&v1::IntakeService::Stub::GetIntake, request));
  return CheckIntake(directory, response);
}

}  // namespace alcove::client
