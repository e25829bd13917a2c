#include "client/lib/protection.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "client/lib/leaves.h"
#include "client/lib/plan.h"
#include "crypto/format/ids.h"
#include "crypto/format/officer_letter.h"
#include "crypto/format/tag.h"
#include "crypto/format/wire.h"
#include "crypto/hash.h"
#include "crypto/hkdf.h"

namespace alcove::client {
namespace {

constexpr int kMostIdentifiers = 8;
constexpr std::string_view kSampleLabel = "alcove protection sample v1";

template <class Words>
absl::Status Normalise(Words& words) {
  if (words.identifiers_size() < 1 || words.identifiers_size() > kMostIdentifiers)
    return Refuse(Refusal::kInputInvalid, "1 to 8 identifiers are needed: emp: and a staff number, mail: and an address");
  for (std::string& text : *words.mutable_identifiers()) {
    const auto identifier = format::Identifier::Parse(text);
    if (!identifier.ok())
      return Refuse(Refusal::kInputInvalid, "an identifier is `emp:` and a staff number, or `mail:` and an address");
    text = identifier->text();
  }
  return absl::OkStatus();
}

template <class Id>
absl::StatusOr<crypto::Bytes> SealLetter(const Connection& connection, const CheckedDirectory& directory, const Id& id,
                                         const google::protobuf::MessageLite& words, crypto::Random& random) {
  const std::vector<crypto::EncryptionKey> officers = OfficerKeys(directory.directory());
  if (officers.empty()) return Refuse(Refusal::kInputInvalid, "the directory lists no protection officer");
  std::string text = words.SerializeAsString();
  auto letter = format::SealOfficerLetter(connection.organisation().id, id, officers, text, random);
  const bool long_text = text.size() > format::kMaxLetterText;
  crypto::Wipe(text);
  if (letter.ok()) return letter;
  return Refuse(long_text ? Refusal::kInputInvalid : Refusal::kReaderKeyWeak,
                long_text ? "that is too long: 4,000 characters at most" : "a protection officer's key cannot be used");
}

// A letter's words, if it is one of ours about `subject` and opens with this key.
template <class Words>
std::optional<Words> OpenLetter(const StaffDesk& desk, format::LetterSubject subject, std::string_view id,
                                const std::string& bytes) {
  const auto letter = format::ParseOfficerLetter(bytes);
  if (!letter.ok() || letter->subject != subject || letter->id != id ||
      letter->organisation != desk.directory().directory().organisation)
    return std::nullopt;
  auto text = format::OpenOfficerLetter(*letter, desk.keys().decryption);
  Words words;
  if (!text.ok() || !words.ParseFromString(text->bytes) || !Normalise(words).ok()) return std::nullopt;
  return words;
}

// Salted hashes of the tags of these identifiers, in their order.
absl::StatusOr<std::vector<crypto::Digest>> AliasesOf(StaffDesk& desk, const std::vector<std::string>& identifiers) {
  std::vector<NamedPerson> people;
  for (const std::string& text : identifiers) {
    const auto identifier = format::Identifier::Parse(text);
    if (!identifier.ok()) return identifier.status();
    people.emplace_back().identifier = *identifier;
  }
  if (!people.empty()) ALCOVE_CLIENT_TRY(TagEverybody(desk.connection(), people, desk.random()));
  std::vector<crypto::Digest> aliases;
  for (const NamedPerson& person : people)
    aliases.push_back(format::TagAlias(desk.directory().directory().salt, *person.tag));
  return aliases;
}

// Every page of a list; what `take` refuses ends it.
template <class Request, class Response, class Take>
absl::Status ReadPages(StaffDesk& desk,
                       grpc::Status (v1::ProtectionService::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                       Request request, Take&& take) {
  request.set_page_size(32);
  do {
    ALCOVE_CLIENT_ASSIGN(const Response page, desk.connection().CallAgain(method, request, &desk.session()));
    ALCOVE_CLIENT_TRY(take(page));
    request.set_page_token(page.next_page_token());
  } while (!request.page_token().empty());
  return absl::OkStatus();
}

// Proofs of two checkpoints do not go into one file, so the lists are read again when the tree grew meanwhile.
absl::Status KeepCheckpoint(const std::string& of_page, std::string* checkpoint) {
  if (of_page.empty()) return absl::OkStatus();
  if (!checkpoint->empty() && *checkpoint != of_page) return Refuse(Refusal::kAnswerMalformed, "the tree grew");
  *checkpoint = of_page;
  return absl::OkStatus();
}

template <class Row, class Words>
std::vector<std::string> IdentifiersOf(const std::vector<Row>& rows, const Words& words_of) {
  std::set<std::string> all;
  for (const Row& row : rows)
    if (const auto* words = words_of(row)) all.insert(words->identifiers().begin(), words->identifiers().end());
  return {all.begin(), all.end()};
}

}  // namespace

std::vector<crypto::EncryptionKey> OfficerKeys(const format::Directory& directory) {
  std::vector<crypto::EncryptionKey> keys;
  for (const format::Person& person : directory.people)
    if (person.HasRole(format::Role::kProtectionOfficer))
      for (const format::Device& device : person.devices) keys.push_back(device.encryption);
  return keys;
}

absl::Status AskForProtection(Connection& connection, const CheckedDirectory& directory,
                              const sealed::v1::ProtectionRequest& words, crypto::Random& random) {
  sealed::v1::ProtectionRequest sealed = words;
  ALCOVE_CLIENT_TRY(Normalise(sealed));
  if (sealed.name().empty()) return Refuse(Refusal::kInputInvalid, "the protection officer has to know your name");
  v1::RequestProtectionRequest request;
  request.set_request_id(DrawRequestId(random));
  ALCOVE_CLIENT_ASSIGN(
      *request.mutable_letter(),
      SealLetter(connection, directory, format::DrawId<format::ProtectionRequestId>(random), sealed, random));
  return CallPaid(connection, &v1::IntakeService::Stub::RequestProtection, request, 0).status();
}

absl::StatusOr<SubmittedAction> SubmitAction(Connection& connection, const Session& session,
                                             const CheckedDirectory& directory, const ActionPlan& plan, crypto::Random& random) {
  sealed::v1::AdverseAction words;
  for (const std::string& identifier : plan.identifiers) words.add_identifiers(identifier);
  ALCOVE_CLIENT_TRY(Normalise(words));
  if (plan.kind.empty()) return Refuse(Refusal::kInputInvalid, "say what is planned: a code of `adverse_action`");
  words.set_kind(plan.kind);
  words.mutable_effective()->set_year(plan.effective.year());
  words.mutable_effective()->set_month(plan.effective.month());
  words.mutable_effective()->set_day(plan.effective.day_of_month());
  words.set_reason(plan.reason);
  const auto id = format::DrawId<format::AdverseActionId>(random);
  v1::SubmitAdverseActionRequest request;
  request.set_request_id(DrawRequestId(random));
  request.set_employee(words.identifiers(0));
  ALCOVE_CLIENT_ASSIGN(*request.mutable_letter(), SealLetter(connection, directory, id, words, random));
  ALCOVE_CLIENT_ASSIGN(const v1::SubmitAdverseActionResponse response,
                       connection.CallAgain(&v1::HrService::Stub::SubmitAdverseAction, request, &session));
  return SubmittedAction{response.name(), response.name() == format::AdverseActionName(id)};
}

crypto::SymmetricKey SampleKey(const StaffKeys& officer) {
  return crypto::DeriveKey(*crypto::SymmetricKey::FromBytes(officer.signing.expose()), kSampleLabel);
}

bool IsDrawn(const crypto::SymmetricKey& key, std::string_view employee, format::Day submitted, std::uint32_t share) {
  const auto quarter = static_cast<std::uint32_t>(submitted.year() * 4 + (submitted.month() - 1) / 3);
  const crypto::Digest drawn =
      crypto::HmacSha256(key, format::ByteWriter(64).Short(kSampleLabel).U32(quarter).Raw(employee).bytes());
  const std::uint64_t number = format::ByteReader(drawn.view()).U32();
  return number * 100 < (std::uint64_t{share} << 32);
}

absl::StatusOr<format::Timeline> OfficerDesk::TimelineOf(const std::vector<std::string>& identifiers) {
  sealed::v1::AdverseAction asked;
  asked.mutable_identifiers()->Assign(identifiers.begin(), identifiers.end());
  ALCOVE_CLIENT_TRY(Normalise(asked));
  std::vector<v1::ProtectionRequest> requests;
  std::vector<v1::AdverseAction> actions;
  format::Timeline timeline;
  for (int attempt = 1;; ++attempt) {
    timeline.checkpoint.clear();
    requests.clear();
    actions.clear();
    v1::ListAdverseActionsRequest ended;
    ended.set_ended(true);
    absl::Status status = ReadPages(desk_, &v1::ProtectionService::Stub::ListProtectionRequests, v1::ListProtectionRequestsRequest(),
                                    [&](const v1::ListProtectionRequestsResponse& page) {
                                      requests.insert(requests.end(), page.requests().begin(), page.requests().end());
                                      return KeepCheckpoint(page.checkpoint(), &timeline.checkpoint);
                                    });
    if (status.ok())
      status = ReadPages(desk_, &v1::ProtectionService::Stub::ListAdverseActions, ended,
                         [&](const v1::ListAdverseActionsResponse& page) {
                           actions.insert(actions.end(), page.actions().begin(), page.actions().end());
                           return KeepCheckpoint(page.checkpoint(), &timeline.checkpoint);
                         });
    if (status.ok()) break;
    if (attempt == 5 || !Is(status, Refusal::kAnswerMalformed)) return status;
  }

  ALCOVE_CLIENT_ASSIGN(const std::vector<crypto::Digest> aliases,
                       AliasesOf(desk_, {asked.identifiers().begin(), asked.identifiers().end()}));
  const std::set<std::string> theirs(asked.identifiers().begin(), asked.identifiers().end());
  const auto names = [&](const auto& words) {
    return words && std::any_of(words->identifiers().begin(), words->identifiers().end(),
                                [&](const std::string& one) { return theirs.contains(one); });
  };
  const auto add = [&](const std::string& letter, const auto& leaves) -> absl::Status {
    const auto parsed = format::ParseOfficerLetter(letter);
    if (!parsed.ok()) return Refuse(Refusal::kAnswerMalformed, "a letter is not one");
    auto key = format::LetterKeyOf(*parsed, desk_.keys().decryption);
    if (!key.ok()) return absl::OkStatus();  // written before this machine could read
    format::ShownLetter shown{letter, *std::move(key), {}};
    for (const v1::LeafOpening& leaf : leaves) {
      auto saved = SavedLeafOf(leaf);
      if (!saved) return Refuse(Refusal::kLeafInvalid, "a proof is malformed");
      shown.leaves.push_back(*std::move(saved));
    }
    timeline.letters.push_back(std::move(shown));
    return absl::OkStatus();
  };
  for (const v1::ProtectionRequest& one : requests) {
    const auto id = format::ParseProtectionRequestName(one.name());
    if (!id.ok()) return Refuse(Refusal::kAnswerMalformed, "a request's name is not one");
    if (names(OpenLetter<sealed::v1::ProtectionRequest>(desk_, format::LetterSubject::kProtectionRequest, id->view(), one.letter())))
      ALCOVE_CLIENT_TRY(add(one.letter(), std::vector<v1::LeafOpening>{one.leaf()}));
  }
  for (const v1::AdverseAction& one : actions) {
    const bool tagged = std::any_of(aliases.begin(), aliases.end(), [&](const crypto::Digest& alias) {
      return std::find(one.tags().begin(), one.tags().end(), alias.str()) != one.tags().end();
    });
    if (tagged || names(WordsOf(one))) ALCOVE_CLIENT_TRY(add(one.letter(), one.leaves()));
  }

  const CheckedDirectory& directory = desk_.directory();
  timeline.organisation = directory.directory().organisation;
  timeline.log_key = directory.directory().log_key;
  auto file = format::OrganisationText(desk_.connection().organisation());
  if (file.ok()) timeline.anchor = format::Anchor{*std::move(file), directory.bytes};
  if (const auto verified = format::VerifyTimeline(timeline); !verified.ok()) return Refuse(Refusal::kLeafInvalid, verified.status());
  return timeline;
}

std::optional<sealed::v1::AdverseAction> OfficerDesk::WordsOf(const v1::AdverseAction& action) const {
  const auto id = format::ParseAdverseActionName(action.name());
  if (!id.ok()) return std::nullopt;
  return OpenLetter<sealed::v1::AdverseAction>(desk_, format::LetterSubject::kAdverseAction, id->view(), action.letter());
}

absl::StatusOr<std::vector<ProtectedPerson>> OfficerDesk::People() {
  std::vector<ProtectedPerson> people;
  ALCOVE_CLIENT_TRY(ReadPages(
      desk_, &v1::ProtectionService::Stub::ListProtectionRequests, v1::ListProtectionRequestsRequest(),
      [&](const v1::ListProtectionRequestsResponse& page) -> absl::Status {
        for (const v1::ProtectionRequest& one : page.requests()) {
          const auto id = format::ParseProtectionRequestName(one.name());
          if (!id.ok()) return Refuse(Refusal::kAnswerMalformed, "a request's name is not one");
          auto words = OpenLetter<sealed::v1::ProtectionRequest>(desk_, format::LetterSubject::kProtectionRequest, id->view(),
                                                                 one.letter());
          const auto day = format::Day::FromCivil(one.day().year(), one.day().month(), one.day().day());
          if (words && day.ok()) people.push_back({*day, *std::move(words)});
        }
        return absl::OkStatus();
      }));
  return people;
}

absl::StatusOr<std::vector<PlannedAction>> OfficerDesk::Review(std::uint32_t share) {
  ALCOVE_CLIENT_ASSIGN(const std::vector<ProtectedPerson> people, People());
  std::vector<PlannedAction> actions;
  ALCOVE_CLIENT_TRY(ReadPages(desk_, &v1::ProtectionService::Stub::ListAdverseActions, v1::ListAdverseActionsRequest(),
                              [&](const v1::ListAdverseActionsResponse& page) {
                                for (const v1::AdverseAction& one : page.actions()) {
                                  PlannedAction& action = actions.emplace_back();
                                  action.facts = one;
                                  action.words = WordsOf(one);
                                }
                                return absl::OkStatus();
                              }));

  // One set for everybody who asked: by the tags that the chart may know them by under other numbers, and by the numbers as given.
  const std::vector<std::string> asked =
      IdentifiersOf(people, [](const ProtectedPerson& person) { return &person.words; });
  ALCOVE_CLIENT_ASSIGN(const std::vector<crypto::Digest> asked_aliases, AliasesOf(desk_, asked));
  const std::set<crypto::Digest> asked_for(asked_aliases.begin(), asked_aliases.end());
  const std::vector<std::string> named =
      IdentifiersOf(actions, [](const PlannedAction& action) { return action.words ? &*action.words : nullptr; });
  ALCOVE_CLIENT_ASSIGN(const std::vector<crypto::Digest> named_aliases, AliasesOf(desk_, named));
  std::map<std::string, crypto::Digest> alias_of;
  for (size_t i = 0; i < named.size(); ++i) alias_of[named[i]] = named_aliases[i];

  const crypto::SymmetricKey key = SampleKey(desk_.keys());
  for (PlannedAction& action : actions) {
    std::set<crypto::Digest> known;
    for (const std::string& tag : action.facts.tags()) {
      const auto alias = crypto::Digest::FromBytes(tag);
      if (!alias.ok()) return Refuse(Refusal::kAnswerMalformed, "a tag is not one");
      known.insert(*alias);
    }
    std::set<crypto::Digest> meant = known;
    if (action.words) {
      bool others = false;
      for (const std::string& identifier : action.words->identifiers()) {
        others = others || !known.contains(alias_of[identifier]);
        meant.insert(alias_of[identifier]);
      }
      if (others) action.cautions.push_back("The letter names somebody whom HR's own list does not know as this employee.");
    } else {
      action.cautions.push_back("The letter does not open, or says nothing.");
    }
    const auto day = format::Day::FromCivil(action.facts.day().year(), action.facts.day().month(), action.facts.day().day());
    if (!day.ok()) return Refuse(Refusal::kAnswerMalformed, "a day is not one");
    bool looks = !action.cautions.empty() || IsDrawn(key, action.facts.employee(), *day, share);
    for (const crypto::Digest& alias : meant) looks = looks || asked_for.contains(alias);
    action.comes_up = looks;
  }
  return actions;
}

absl::StatusOr<v1::DecideAdverseActionResponse> OfficerDesk::Decide(const std::string& name,
                                                                    v1::AdverseActionVerdict verdict) {
  v1::DecideAdverseActionRequest request;
  request.set_request_id(DrawRequestId(desk_.random()));
  request.set_name(name);
  request.set_verdict(verdict);
  return desk_.connection().CallAgain(&v1::ProtectionService::Stub::DecideAdverseAction, request, &desk_.session());
}

absl::StatusOr<std::vector<v1::ProtectionAlert>> OfficerDesk::Alerts() {
  std::vector<v1::ProtectionAlert> alerts;
  ALCOVE_CLIENT_TRY(ReadPages(desk_, &v1::ProtectionService::Stub::ListAlerts, v1::ListAlertsRequest(),
                              [&](const v1::ListAlertsResponse& page) {
                                alerts.insert(alerts.end(), page.alerts().begin(), page.alerts().end());
                                return absl::OkStatus();
                              }));
  return alerts;
}

}  // namespace alcove::client
