#include "client/lib/casework.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "client/lib/errors.h"
#include "client/lib/mailbox.h"
#include "client/lib/orders.h"
#include "crypto/format/envelope.h"
#include "crypto/format/ids.h"

namespace alcove::client {
namespace {

// The one name that continues `<parent>/<collection>/<prefix>`.
template <class Names>
absl::StatusOr<std::string> OneOf(const Names& names, const std::string& parent, std::string_view collection,
                                  std::string_view prefix) {
  const std::string full = prefix.starts_with("cases/") ? std::string(prefix)
                                                        : parent + "/" + std::string(collection) + "/" + std::string(prefix);
  std::vector<std::string> found;
  for (const std::string& name : names) {
    if (name.starts_with(full)) found.push_back(name);
  }
  if (found.empty()) return absl::NotFoundError("nothing of this case begins like this");
  if (found.size() > 1) {
    return Refuse(Refusal::kInputInvalid, "several " + std::string(collection) + " begin with `" + std::string(prefix) + "`");
  }
  return found.front();
}

template <class Item>
absl::StatusOr<Item> ItemOf(const google::protobuf::RepeatedPtrField<Item>& items, const v1::Case& facts,
                            std::string_view collection, std::string_view prefix) {
  std::vector<std::string> names;
  for (const Item& item : items) names.push_back(item.name());
  ALCOVE_CLIENT_ASSIGN(const std::string name, OneOf(names, facts.name(), collection, prefix));
  return *std::find_if(items.begin(), items.end(), [&](const Item& item) { return item.name() == name; });
}

bool SameDay(const google::type::Date& one, const google::type::Date& other) {
  return one.year() == other.year() && one.month() == other.month() && one.day() == other.day();
}

// What the team sealed, by name, as far as the server had announced entries when it showed its codes.
struct Sealed {
  std::map<std::string, const sealed::v1::Allegation*> allegations;
  std::map<std::string, std::string> findings;
  std::map<std::string, const sealed::v1::Measure*> measures;
};
Sealed SealedIn(const OpenedCase& opened) {
  Sealed sealed;
  for (const OpenedEntry& entry : opened.team) {
    if (entry.entry.sequence() >= opened.facts.team_length()) break;
    if (entry.allegation) sealed.allegations.emplace(entry.allegation->allegation(), &*entry.allegation);
    if (entry.finding) sealed.findings[entry.finding->allegation()] = entry.finding->finding();
    // What comes later under the same name tells of a step.
    if (entry.measure) sealed.measures.emplace(entry.measure->measure(), &*entry.measure);
  }
  return sealed;
}

}  // namespace

absl::StatusOr<v1::Allegation> AllegationOf(const v1::Case& facts, std::string_view prefix) {
  return ItemOf(facts.allegations(), facts, "allegations", prefix);
}

absl::StatusOr<v1::Measure> MeasureOf(const v1::Case& facts, std::string_view prefix) {
  return ItemOf(facts.measures(), facts, "measures", prefix);
}

absl::StatusOr<std::string> EntryOf(const OpenedCase& opened, std::string_view prefix) {
  std::vector<std::string> names;
  for (const auto* entries : {&opened.thread, &opened.team}) {
    for (const OpenedEntry& entry : *entries) names.push_back(entry.entry.name());
  }
  return OneOf(names, opened.facts.name(), "entries", prefix);
}

absl::Status CheckKept(const v1::NewEntry& entry, const std::string& head) {
  const auto envelope = format::ParseEnvelope(entry.envelope());
  if (!envelope.ok()) return envelope.status();
  if (head == format::EntryHash(*envelope).view()) return absl::OkStatus();
  return Refuse(Refusal::kEntryInvalid, "the server did not keep what was sent");
}

std::vector<std::string> CompareCodes(const OpenedCase& opened) {
  const v1::Case& facts = opened.facts;
  if (facts.team_length() > 0 && opened.team.empty()) return {};
  const Sealed sealed = SealedIn(opened);
  std::vector<std::string> lines;
  const auto caution = [&](std::string_view what) {
    lines.push_back("CAUTION: " + std::string(what) + " Tell the auditor.");
  };
  for (const v1::Allegation& allegation : facts.allegations()) {
    const auto words = sealed.allegations.find(allegation.name());
    const auto finding = sealed.findings.find(allegation.name());
    if (words == sealed.allegations.end()) {
      caution("the server shows an allegation that nobody wrote down.");
    } else if (words->second->category() != allegation.category()) {
      caution("the server shows an allegation under another category than its author gave it.");
    }
    if (allegation.finding() != (finding == sealed.findings.end() ? "" : finding->second)) {
      caution("the server shows another finding than was made.");
    }
  }
  for (const v1::Measure& measure : facts.measures()) {
    const auto words = sealed.measures.find(measure.name());
    if (words == sealed.measures.end()) {
      caution("the server shows a measure that nobody ordered.");
    } else if (words->second->kind() != measure.kind() || !SameDay(words->second->due(), measure.due()) ||
               words->second->allegation() != measure.allegation() ||
               words->second->order() != measure.order().name()) {
      caution("the server shows a measure otherwise than it was ordered.");
    }
  }
  const auto shown = [](const auto& items, const std::string& name) {
    return std::any_of(items.begin(), items.end(), [&](const auto& item) { return item.name() == name; });
  };
  for (const auto& [name, words] : sealed.allegations) {
    if (!shown(facts.allegations(), name)) caution("the server leaves out an allegation.");
  }
  for (const auto& [name, words] : sealed.measures) {
    if (!shown(facts.measures(), name)) caution("the server leaves out a measure.");
  }
  if (lines.empty() && (!facts.allegations().empty() || !facts.measures().empty())) {
    lines.push_back("The codes of allegations, findings and measures are those that the team sealed.");
  }
  return lines;
}

absl::StatusOr<v1::CreateAllegationResponse> StaffDesk::CreateAllegation(const OpenedCase& opened,
                                                                         sealed::v1::Allegation words,
                                                                         format::Day today) {
  ALCOVE_CLIENT_ASSIGN(const format::CaseId id, format::ParseCaseName(opened.facts.name()));
  words.set_allegation(format::AllegationName(id, format::DrawId<format::AllegationId>(*random_)));
  v1::CreateAllegationRequest request;
  request.set_parent(opened.facts.name());
  request.set_request_id(DrawRequestId(*random_));
  request.set_name(words.allegation());
  request.set_category(words.category());
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(),
                       Seal(opened, format::Keyring::kTeam, format::EntryKind::kAllegation, words, {}, today));
  ALCOVE_CLIENT_ASSIGN(v1::CreateAllegationResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::CreateAllegation, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer.head()));
  return answer;
}

absl::StatusOr<v1::SetFindingResponse> StaffDesk::SetFinding(const OpenedCase& opened, const v1::Allegation& allegation,
                                                             sealed::v1::Finding words, format::Day today) {
  words.set_allegation(allegation.name());
  v1::SetFindingRequest request;
  request.set_name(allegation.name());
  request.set_etag(allegation.etag());
  request.set_request_id(DrawRequestId(*random_));
  request.set_finding(words.finding());
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(),
                       Seal(opened, format::Keyring::kTeam, format::EntryKind::kFinding, words, {}, today));
  ALCOVE_CLIENT_ASSIGN(v1::SetFindingResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::SetFinding, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer.head()));
  return answer;
}

absl::StatusOr<v1::CreateMeasureResponse> StaffDesk::CreateMeasure(const OpenedCase& opened, sealed::v1::Measure words,
                                                                   const std::string& owner, format::Day today) {
  ALCOVE_CLIENT_ASSIGN(const format::CaseId id, format::ParseCaseName(opened.facts.name()));
  words.set_measure(format::MeasureName(id, format::DrawId<format::MeasureId>(*random_)));
  v1::CreateMeasureRequest request;
  if (words.has_told()) {
    ALCOVE_CLIENT_ASSIGN(SealedOrder order, SealOrder(*directory_, *words.mutable_told(), *random_));
    words.set_order(order.name);
    request.set_order_letter(std::move(order.letter));
  }
  request.set_parent(opened.facts.name());
  request.set_request_id(DrawRequestId(*random_));
  request.set_name(words.measure());
  request.set_kind(words.kind());
  request.set_owner(format::StaffName(owner));
  *request.mutable_due() = words.due();
  request.set_allegation(words.allegation());
  request.set_harmed_person_agreed(words.harmed_person_agreed());
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(),
                       Seal(opened, format::Keyring::kTeam, format::EntryKind::kMeasure, words, {}, today));
  ALCOVE_CLIENT_ASSIGN(v1::CreateMeasureResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::CreateMeasure, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer.head()));
  return answer;
}

absl::StatusOr<v1::ChangeMeasureStateResponse> StaffDesk::ChangeMeasureState(const v1::Measure& measure,
                                                                             v1::MeasureState state) {
  v1::ChangeMeasureStateRequest request;
  request.set_name(measure.name());
  request.set_etag(measure.etag());
  request.set_request_id(DrawRequestId(*random_));
  request.set_state(state);
  return connection_->CallAgain(&v1::CaseService::Stub::ChangeMeasureState, request, &session_);
}

absl::StatusOr<v1::ChangeMeasureStateResponse> StaffDesk::ChangeMeasureState(const OpenedCase& opened,
                                                                             const v1::Measure& measure,
                                                                             v1::MeasureState state,
                                                                             sealed::v1::Measure words,
                                                                             format::Day today) {
  words.set_measure(measure.name());
  words.set_kind(measure.kind());
  v1::ChangeMeasureStateRequest request;
  request.set_name(measure.name());
  request.set_etag(measure.etag());
  request.set_request_id(DrawRequestId(*random_));
  request.set_state(state);
  ALCOVE_CLIENT_ASSIGN(*request.mutable_entry(),
                       Seal(opened, format::Keyring::kTeam, format::EntryKind::kMeasure, words, {}, today));
  ALCOVE_CLIENT_ASSIGN(v1::ChangeMeasureStateResponse answer,
                       connection_->CallAgain(&v1::CaseService::Stub::ChangeMeasureState, request, &session_));
  ALCOVE_CLIENT_TRY(CheckKept(request.entry(), answer.head()));
  return answer;
}

absl::StatusOr<std::vector<v1::Task>> StaffDesk::ListTasks() {
  std::vector<v1::Task> tasks;
  v1::ListTasksRequest page;
  page.set_page_size(100);
  do {
    ALCOVE_CLIENT_ASSIGN(v1::ListTasksResponse answer,
                         connection_->CallAgain(&v1::CaseService::Stub::ListTasks, page, &session_));
    std::move(answer.mutable_tasks()->begin(), answer.mutable_tasks()->end(), std::back_inserter(tasks));
    page.set_page_token(answer.next_page_token());
  } while (!page.page_token().empty());
  return tasks;
}

}  // namespace alcove::client
