// What a client must know before it can ask its questions: the organisation's signed documents, checked against the root
// keys that the checked directory names, and parsed as far as a client needs them.
//
// Shapes of the documents' JSON are written down in client/lib/DESIGN.md (form) and server/core/people (the others).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "alcove/v1/intake_service.pb.h"
#include "client/lib/clocks/external.h"
#include "client/lib/connection.h"
#include "client/lib/directory.h"

namespace alcove::client {

// A text in several languages.
class Words {
 public:
  Words() = default;
  explicit Words(std::map<std::string, std::string> by_language) : by_language_(std::move(by_language)) {}
  // In this language; else in its base (`de` for `de-AT`); else English; else whichever there is.
  const std::string& In(std::string_view language) const;
  bool empty() const { return by_language_.empty(); }

 private:
  std::map<std::string, std::string> by_language_;
};

struct Choice {
  std::string code;
  Words label;
  // Of `measure.interim`: it weighs on the person who was harmed, and needs their agreement.
  bool burdens_harmed = false;
  // Of `measure.*`: what HR is told to do for it, a code of `order.kind`; empty: it is not for HR.
  std::string order = {};
};

enum class QuestionKind { kText, kChoice, kChoices, kYesNo, kDate, kPeople, kIdentity };

struct Question {
  std::string id;
  QuestionKind kind = QuestionKind::kText;
  Words ask;
  Words why;
  bool required = false;
  // A long text: several lines are taken.
  bool long_text = false;
  // The answer is a routing fact, so the service sees it.
  bool routing = false;
  // How many choices or people at most.
  size_t most = 1;
  // Offered codes, those of a taxonomy list included.
  std::vector<Choice> choices;
  // Asked only when the disclosure is one of these; empty means always.
  std::vector<std::string> when;
};

struct Form {
  uint32_t version = 0;
  std::vector<std::string> languages;
  Words device_advice;
  std::vector<Question> questions;

  const Question* Find(std::string_view id) const;
};

// Everything of GetIntake, checked.
struct Intake {
  Form form;
  // Codes of the taxonomy's lists, active ones only, by list.
  std::map<std::string, std::vector<Choice>> taxonomy;
  std::vector<Choice> sites;
  std::vector<clocks::Profile> profiles;
  // How many custodians open an identity together (`safeguards`).
  uint32_t custodian_threshold = 2;
  v1::GetIntakeResponse limits;  // without its documents

  // The profile with this id; an empty id is the first. Null when there is none.
  const clocks::Profile* ProfileOf(std::string_view id) const;
};

// Checks signatures, organisation and form. kDocumentInvalid names the document; kDirectoryInvalid when the log key is not
// the directory's. `form`, `taxonomy` and `profiles` must be there, `routing` may be missing.
absl::StatusOr<Intake> CheckIntake(const CheckedDirectory& directory, const v1::GetIntakeResponse& response);
absl::StatusOr<Intake> FetchIntake(Connection& connection, const CheckedDirectory& directory,
                                   const std::string& language);

}  // namespace alcove::client
