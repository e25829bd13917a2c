#include "server/core/people/form.h"

#include <algorithm>
#include <set>

#include "server/core/people/document_fields.h"
#include "server/core/people/errors.h"

namespace alcove::people {

absl::StatusOr<Form> Form::Parse(std::string_view json) {
  absl::StatusOr<nlohmann::json> document = ParseDocument("form", json);
  if (!document.ok()) return document.status();
  DocumentFields fields("form", *document);
  Form form;
  form.languages_ = fields.Texts("languages", true);
  std::set<std::string> ids;
  for (const nlohmann::json& item : fields.Objects("questions", true)) {
    DocumentFields question("form: questions", item);
    const std::string id = question.Text("id", true);
    question.SkipOthers();
    if (!ids.insert(id).second) question.Refuse("an id that stands twice");
    if (absl::Status status = question.status(); !status.ok()) return status;
  }
  fields.SkipOthers();
  if (absl::Status status = fields.status(); !status.ok()) return status;
  if (form.languages_.empty() || ids.empty()) return DocumentIncomplete("form: languages and questions");
  for (const std::string& language : form.languages_)
    if (language.size() > 16) return DocumentIncomplete("form: languages: longer than 16 characters");
  return form;
}

bool Form::Speaks(std::string_view language) const {
  return language.empty() || std::find(languages_.begin(), languages_.end(), language) != languages_.end();
}

}  // namespace alcove::people
