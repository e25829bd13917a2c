// The little that the server has to know of the `form` policy document: the questions are the client's business.
//
//   {"languages": ["en", "de"], "questions": [{"id": "narrative", ...}, ...]}
#pragma once

#include <absl/status/statusor.h>

#include <string>
#include <string_view>
#include <vector>

namespace alcove::people {

class Form {
 public:
  // POLICY_INCOMPLETE unless languages and questions are there, with ids that occur once.
  static absl::StatusOr<Form> Parse(std::string_view json);

  const std::string& first_language() const { return languages_.front(); }
  // An empty tag is the first language.
  bool Speaks(std::string_view language) const;

 private:
  std::vector<std::string> languages_;
};

}  // namespace alcove::people
