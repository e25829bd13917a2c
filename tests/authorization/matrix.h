// matrix.csv: what is to happen, written by hand.
//
//   rpc,relation,stranger,mailbox,service,staff,...     the header names the roles
//   CaseService/GetCase,assigned,-,-,-,ok,...           one line says one method in one or more relations (by spaces)
//   CaseService/GetCase,*,session,caller,...            `*`: every relation that no other line of the method names
//
// Values: `-` this role cannot stand in this relation; `ok`; `listed` and `empty`: answered, with the case and without a
// trace of it; `session` SESSION_REQUIRED; `caller` CALLER_NOT_ALLOWED; `nothing` NOTHING_HERE; `refused`
// APPROVAL_REFUSED to somebody who may know of the approval; or an error reason in capitals. Lines that begin with # are remarks.
#pragma once

#include <istream>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace alcove::authorization {

class Matrix {
 public:
  // Faults of the file itself (a line of another width, a line or value given twice) are put into `faults`.
  static Matrix Read(std::istream& in, std::vector<std::string>* faults);

  const std::vector<std::string>& roles() const { return roles_; }
  std::set<std::string> methods() const;

  // Empty when no line says anything.
  std::string Expected(const std::string& method, const std::string& relation, const std::string& role) const;
  // Every relation that is named, the `*` left out.
  std::set<std::string> relations() const;
  // The relations that a method's own lines name.
  std::set<std::string> RelationsOf(const std::string& method) const;

  // For controls.
  void Set(const std::string& method, const std::string& relation, const std::string& role, const std::string& value);
  void Drop(const std::string& method);

 private:
  std::vector<std::string> roles_;
  // method -> relation -> role -> value
  std::map<std::string, std::map<std::string, std::map<std::string, std::string>>> lines_;
};

}  // namespace alcove::authorization
