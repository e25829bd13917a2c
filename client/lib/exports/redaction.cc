#include "client/lib/exports/redaction.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

#include "alcove/sealed/v1/sealed.pb.h"
#include "client/lib/summary.h"

namespace alcove::client::exports {
namespace {

using format::EntryKind;
using format::ExportPurpose;

constexpr std::string_view kShown = "";
constexpr std::string_view kNotReleased =
    "the person complained about is given what the reporter released, as it was handed over to them, and nothing else";
constexpr std::string_view kKeys = "it holds keys and no words";
constexpr std::string_view kWorking = "these are the team's working notes; a court can ask for them";
constexpr std::string_view kConfidence = "it was said in confidence to the team; a court can ask for it";

// Why entries of a kind are left out; empty where they are shown.
struct KindRow {
  EntryKind kind;
  std::string_view for_regulator;
  std::string_view for_court;
  std::string_view for_accused;
};

constexpr std::array kKinds = {
    KindRow{EntryKind::kReport, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kMessage, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kNote, kWorking, kShown, kNotReleased},
    KindRow{EntryKind::kEvidence, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kCustody, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kInterview, kConfidence, kShown, kNotReleased},
    KindRow{EntryKind::kAssessmentAtIntake, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kAssessmentBeforeInvestigation, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kAssessmentDuringInvestigation, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kAssessmentAtOutcome, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kAssessmentAfterClosing, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kOutcomeNotice, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kFieldsReleased, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kSummary, kShown, kShown, kShown},  // to the accused only where it was handed over
    KindRow{EntryKind::kSummaryAnswer, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kSummaryServed, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kCheckIn, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kChange, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kReceiptRotated, kKeys, kKeys, kNotReleased},
    KindRow{EntryKind::kAllegation, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kFinding, kShown, kShown, kNotReleased},
    KindRow{EntryKind::kMeasure, kShown, kShown, kNotReleased},
};
constexpr bool EveryKindHasARow() {
  for (size_t i = 0; i < kKinds.size(); ++i)
    if (static_cast<size_t>(kKinds[i].kind) != i + 1) return false;
  return kKinds.size() == format::kLastEntryKind;
}
static_assert(EveryKindHasARow(), "what is not decided here would be handed out");

constexpr uint8_t kRegulator = 1, kCourt = 2, kAccused = 4, kEverybody = 7;
constexpr uint8_t Bit(ExportPurpose purpose) {
  switch (purpose) {
    case ExportPurpose::kRegulator: return kRegulator;
    case ExportPurpose::kCourt: return kCourt;
    case ExportPurpose::kAccused: return kAccused;
  }
  return 0;
}

// Why a field of an entry that is shown is left out.
struct FieldRow {
  std::string_view field;
  uint8_t from;  // whom it is kept from
  std::string_view why;
};
constexpr FieldRow kFields[] = {
    {"report.identity", kEverybody, "who the reporter is and how to reach them leaves with nobody: that takes a decision of its own"},
    {"report.keepOut", kEverybody, "whom the reporter wants kept out is for their protection alone"},
    {"report.struckOut", kEverybody, "whom the reporter wants kept out is for their protection alone"},
    {"report.witnesses", kRegulator | kAccused, "who saw it is told to those who hear them; a court can ask for it"},
    {"answers.identity", kEverybody, "who the reporter is and how to reach them leaves with nobody: that takes a decision of its own"},
    {"answers.keepOut", kEverybody, "whom the reporter wants kept out is for their protection alone"},
    {"answers.witnesses", kRegulator | kAccused, "who saw it is told to those who hear them; a court can ask for it"},
    {"measure.people", kEverybody, "for whom a measure is may tell who the reporter is"},
    {"measure.told", kEverybody, "what HR was told names people, and HR's order would lead back to the case"},
    {"summary.text", kAccused, "only the allegations themselves were for the person complained about"},
    {"summary.attachments", kAccused, "only the allegations themselves were for the person complained about"},
};

constexpr const FieldRow& RowOf(std::string_view field) {
  for (const FieldRow& row : kFields)
    if (row.field == field) return row;
  // No caller names a field without a row; were there one, nothing of it would be shown to anybody.
  return kFields[0];
}

// Which answers to the form's questions are kept back under which row; empty: shown.
std::string_view RowOfQuestion(std::string_view question) {
  if (CanBeReleased(question)) return {};
  if (question == "keep_out") return "answers.keepOut";
  if (question == "witnesses") return "answers.witnesses";
  return "answers.identity";
}

// Takes fields away as the table says, and notes it.
class Shears {
 public:
  Shears(ExportPurpose purpose, std::vector<LeftOut>& left_out) : purpose_(purpose), left_out_(left_out) {}

  // True when the field has to go; it is noted only where there is something to leave out.
  bool Cut(std::string_view field, bool there) {
    const FieldRow& row = RowOf(field);
    if ((row.from & Bit(purpose_)) == 0 || !there) return false;
    const LeftOut out{std::string(field), std::string(row.why)};
    if (std::find(left_out_.begin(), left_out_.end(), out) == left_out_.end()) left_out_.push_back(out);
    return true;
  }

  void CutAnswers(google::protobuf::RepeatedPtrField<sealed::v1::Answer>& answers) {
    for (int i = answers.size(); i-- > 0;) {
      const std::string_view row = RowOfQuestion(answers[i].question());
      if (!row.empty() && Cut(row, true)) answers.DeleteSubrange(i, 1);
    }
  }

 private:
  ExportPurpose purpose_;
  std::vector<LeftOut>& left_out_;
};

template <class M>
std::shared_ptr<const google::protobuf::Message> Kept(M message) {
  return std::make_shared<const M>(std::move(message));
}

std::shared_ptr<const google::protobuf::Message> Words(const OpenedEntry& entry, Shears shears) {
  if (entry.report) {
    sealed::v1::Report report = *entry.report;
    if (shears.Cut("report.identity", report.has_identity())) report.clear_identity();
    if (shears.Cut("report.keepOut", report.keep_out_size() > 0)) report.clear_keep_out();
    if (shears.Cut("report.struckOut", report.struck_out_size() > 0)) report.clear_struck_out();
    if (shears.Cut("report.witnesses", report.witnesses_size() > 0)) report.clear_witnesses();
    shears.CutAnswers(*report.mutable_answers());
    return Kept(std::move(report));
  }
  if (entry.allegation) return Kept(*entry.allegation);
  if (entry.finding) return Kept(*entry.finding);
  if (entry.measure) {
    sealed::v1::Measure measure = *entry.measure;
    if (shears.Cut("measure.people", measure.people_size() > 0)) measure.clear_people();
    if (shears.Cut("measure.told", measure.has_told() || !measure.order().empty())) {
      measure.clear_told();
      measure.clear_order();
    }
    return Kept(std::move(measure));
  }
  if (entry.check_in) return Kept(*entry.check_in);
  if (!entry.message) return nullptr;
  sealed::v1::Message message = *entry.message;
  if (message.has_change()) shears.CutAnswers(*message.mutable_change()->mutable_answers());
  if (message.has_summary()) {
    if (shears.Cut("summary.text", !message.text().empty())) message.clear_text();
    if (shears.Cut("summary.attachments", message.attachments_size() > 0)) message.clear_attachments();
  }
  return Kept(std::move(message));
}

std::string_view WhyNot(ExportPurpose purpose, EntryKind kind, bool served) {
  const KindRow& row = kKinds[static_cast<size_t>(kind) - 1];
  switch (purpose) {
    case ExportPurpose::kRegulator: return row.for_regulator;
    case ExportPurpose::kCourt: return row.for_court;
    case ExportPurpose::kAccused: break;
  }
  return row.for_accused.empty() && !served ? kNotReleased : row.for_accused;
}

}  // namespace

absl::StatusOr<ExportPurpose> PurposeFromText(std::string_view text) {
  for (const ExportPurpose purpose : {ExportPurpose::kRegulator, ExportPurpose::kCourt, ExportPurpose::kAccused})
    if (TextOf(purpose) == text) return purpose;
  return Refuse(Refusal::kInputInvalid, "say for whom: regulator, court or accused");
}

std::string_view TextOf(ExportPurpose purpose) {
  switch (purpose) {
    case ExportPurpose::kRegulator: return "regulator";
    case ExportPurpose::kCourt: return "court";
    case ExportPurpose::kAccused: return "accused";
  }
  return "unknown";
}

RedactedEntry Redact(ExportPurpose purpose, const OpenedEntry& entry, bool served) {
  RedactedEntry redacted;
  const auto kind = static_cast<EntryKind>(entry.entry.kind());
  const std::string_view why = format::IsEntryKind(static_cast<uint8_t>(kind)) ? WhyNot(purpose, kind, served) : kNotReleased;
  if (!why.empty()) {
    redacted.left_out.push_back({"entry", std::string(why)});
    redacted.header = purpose != ExportPurpose::kAccused;
    return redacted;
  }
  if (entry.redacted) {
    redacted.left_out.push_back({"entry", "its content was taken away for good, by decision of several people; the record says so"});
    return redacted;
  }
  redacted.words = Words(entry, Shears(purpose, redacted.left_out));
  return redacted;
}

bool ShowsKeyring(ExportPurpose purpose, format::Keyring keyring) {
  return keyring == format::Keyring::kThread || purpose == ExportPurpose::kRegulator || purpose == ExportPurpose::kCourt;
}

bool ShowsRecord(ExportPurpose purpose) {
  return purpose == ExportPurpose::kRegulator || purpose == ExportPurpose::kCourt;
}

std::vector<LeftOut> RulesOf(ExportPurpose purpose) {
  std::vector<LeftOut> rules;
  if (!ShowsRecord(purpose)) {
    rules.push_back({"everything but the allegations as they were handed over", std::string(kNotReleased)});
    rules.push_back({"when and how often anybody wrote, and what the team noted",
                     "it could help to find out who the reporter is, and who spoke with the team"});
    return rules;
  }
  rules.push_back({"files that were attached", "they are handed over beside the archive; their names, sizes and SHA-256 are in it"});
  rules.push_back({"what the team did among itself",
                   "the record is the one that the reporter sees; the team's own reading of its notes is not in it"});
  for (const KindRow& row : kKinds) {
    const std::string_view why = WhyNot(purpose, row.kind, true);
    if (!why.empty()) rules.push_back({"entries of kind " + std::string(format::Name(row.kind)), std::string(why)});
  }
  for (const FieldRow& row : kFields)
    if ((row.from & Bit(purpose)) != 0) rules.push_back({std::string(row.field), std::string(row.why)});
  return rules;
}

}  // namespace alcove::client::exports
