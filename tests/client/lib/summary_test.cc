// The summary for the accused: drawn from released answers alone, whoever lies.
#include "client/lib/summary.h"

#include "client/lib/custody.h"
#include "client/lib/staff_case.h"
#include "tests/client/lib/reporter.h"

namespace alcove::client::test {
namespace {

using format::EntryKind;

void Answers(sealed::v1::Report& report, const std::string& question, const std::string& text) {
  sealed::v1::Answer& answer = *report.add_answers();
  answer.set_question(question);
  answer.set_text(text);
}

sealed::v1::Summary SummaryOf(const std::vector<std::pair<std::string, std::string>>& parts) {
  sealed::v1::Summary summary;
  for (const auto& [question, text] : parts) {
    sealed::v1::SummaryPart& part = *summary.add_allegations()->add_parts();
    part.set_question(question);
    part.set_text(text);
  }
  return summary;
}

std::string Shown(const std::vector<Run>& runs) {
  std::string text;
  for (const Run& run : runs) {
    text += run.fate == Fate::kQuoted ? "=" : run.fate == Fate::kLeftOut ? "-" : "+";
    text += run.text + ";";
  }
  return text;
}

TEST(Difference, SaysWhatIsQuotedLeftOutAndAdded) {
  EXPECT_EQ(Shown(Difference("He shouts at the trainees.", "He shouts at the trainees.")), "=He shouts at the trainees.;");
  EXPECT_EQ(Shown(Difference("He did not shout at Ana", "He did [...] shout at [...]")), "=He did;-not;=shout at;-Ana;")
      << "a word left out that turns the sense shows";
  EXPECT_EQ(Shown(Difference("He shouts", "He never shouts")), "=He;+never;=shouts;");
  EXPECT_EQ(Shown(Difference("one  two\nthree", "one two three")), "=one two three;") << "blanks are not words";
  EXPECT_EQ(Shown(Difference("", "words")), "+words;");
  EXPECT_EQ(Shown(Difference("words", "")), "-words;");
  EXPECT_EQ(Shown(Difference("a b", "b a")).find('+') == std::string::npos, false) << "another order is not a selection";
}

class Summaries : public ::testing::Test {
 protected:
  void SetUp() override {
    Answers(reporter.report, "narrative", "He shouts at the trainees.");
    Answers(reporter.report, "where", "In the depot, behind the lockers");
    Answers(reporter.report, "effect", "I do not sleep");
    Answers(reporter.report, "witnesses", "Somebody");
    ASSERT_TRUE(reporter.File().ok());
    auto signed_in = StaffDesk::SignIn(*reporter.connection, reporter.directory, ana, crypto::SystemRandom());
    ASSERT_TRUE(signed_in.ok()) << signed_in.status();
    desk.emplace(*std::move(signed_in));
  }
  void Release(const std::vector<std::string>& questions) {
    sealed::v1::Message message;
    message.mutable_released();
    for (const std::string& question : questions) message.mutable_released()->add_questions(question);
    Send(message, EntryKind::kFieldsReleased);
  }
  void Send(const sealed::v1::Message& message, EntryKind kind) {
    auto visit = reporter.Visit();
    ASSERT_TRUE(visit.ok()) << visit.status();
    const auto sent = visit->Send(message, {}, kToday, kind);
    ASSERT_TRUE(sent.ok()) << sent.status();
  }
  // Ana's client makes a summary of it.
  std::string Make(const sealed::v1::Summary& summary) {
    const auto opened = desk->Open(impostor.case_name);
    if (!opened.ok()) return Reason(opened.status());
    sealed::v1::Message message;
    *message.mutable_summary() = summary;
    return Reason(desk->Append(*opened, format::Keyring::kThread, EntryKind::kSummary, message, {}, kToday).status());
  }
  // A client that checks nothing makes a summary of it, and the server lets it through.
  void Smuggle(const sealed::v1::Summary& summary) {
    const auto opened = desk->Open(impostor.case_name);
    ASSERT_TRUE(opened.ok()) << opened.status();
    DirectoryHistory history(*reporter.connection, reporter.directory);
    KeyringView view;
    view.organisation = impostor.organisation().id;
    view.case_id = *format::ParseCaseName(impostor.case_name);
    view.history = &history;
    view.mailbox_verify_key = *crypto::VerifyKey::FromBytes(opened->facts.mailbox_signing_key());
    view.mailbox_encryption_key = *crypto::EncryptionKey::FromBytes(opened->facts.mailbox_encryption_key());
    NextEntry next;
    next.kind = EntryKind::kSummary;
    next.sequence = static_cast<uint32_t>(opened->thread.size());
    next.previous = opened->thread.back().hash;
    next.leaf_count = static_cast<uint32_t>(opened->leaves.leaves.size());
    next.leaf_head = opened->leaves.head;
    next.day = kToday;
    sealed::v1::Message message;
    *message.mutable_summary() = summary;
    v1::AppendEntryRequest request;
    request.set_parent(impostor.case_name);
    const auto entry = SealEntry(view, opened->thread_keys, next, message.SerializeAsString(), ana.signing, nullptr,
                                 impostor.directory().version, crypto::SystemRandom());
    ASSERT_TRUE(entry.ok()) << entry.status();
    *request.mutable_entry() = *entry;
    ASSERT_TRUE(reporter.connection->Call(&v1::CaseService::Stub::AppendEntry, request, &desk->session()).ok());
  }
  absl::StatusOr<std::optional<ShownSummary>> Look() {
    const auto visit = reporter.Visit();
    if (!visit.ok()) return visit.status();
    return NewestSummary(visit->thread());
  }

  Impostor impostor{kToday};
  Reporter reporter{impostor};
  StaffKeys ana = impostor.KeysOf("ana");
  std::optional<StaffDesk> desk;
};

TEST_F(Summaries, WhatWasReleasedIsShownAgainstTheReportersOwnWords) {
  Release({"narrative", "where"});
  ASSERT_EQ(Make(SummaryOf({{"narrative", "He shouts at the trainees."}, {"where", "In the depot, [...]"}})), "OK");
  const auto shown = Look();
  ASSERT_TRUE(shown.ok()) << shown.status();
  ASSERT_TRUE(shown->has_value());
  EXPECT_TRUE((*shown)->faithful);
  ASSERT_EQ((*shown)->allegations.size(), 2u);
  EXPECT_EQ(Shown((*shown)->allegations[1][0].difference), "=In the depot,;-behind the lockers;");
  EXPECT_EQ((*shown)->author, "ana");
}

TEST_F(Summaries, WhoWritesOneCannotUseWhatWasNotReleasedNorAddAWord) {
  EXPECT_EQ(Make(SummaryOf({{"narrative", "He shouts at the trainees."}})), "SUMMARY_INVALID") << "nothing was released";
  Release({"narrative", "witnesses"});
  EXPECT_EQ(Make(SummaryOf({{"effect", "I do not sleep"}})), "SUMMARY_INVALID");
  EXPECT_EQ(Make(SummaryOf({{"witnesses", "Somebody"}})), "SUMMARY_INVALID") << "never released, whatever was asked for";
  EXPECT_EQ(Make(SummaryOf({{"narrative", "He shouts at the trainees all day."}})), "SUMMARY_INVALID") << "an added word";
  EXPECT_EQ(Make(SummaryOf({{"narrative", "[...]"}})), "SUMMARY_INVALID") << "nothing is left";
  EXPECT_EQ(Make({}), "SUMMARY_INVALID");
  EXPECT_EQ(Make(SummaryOf({{"narrative", "He shouts [...]"}})), "OK") << "control";
}

TEST_F(Summaries, TheReportersClientRefusesOneThatUsesAnAnswerThatWasNotReleased) {
  Release({"narrative"});
  ASSERT_EQ(Make(SummaryOf({{"narrative", "He shouts [...]"}})), "OK");
  ASSERT_TRUE(Look().ok()) << "control";
  Smuggle(SummaryOf({{"narrative", "He shouts [...]"}, {"effect", "I do not sleep"}}));
  const auto shown = Look();
  EXPECT_EQ(Reason(shown.status()), "SUMMARY_INVALID");
  EXPECT_NE(DetailOf(shown.status()).find("`effect`"), std::string::npos) << "it says which";
  EXPECT_EQ(DetailOf(shown.status()).find("sleep"), std::string::npos) << "and not what";
}

TEST_F(Summaries, WordsThatAreNotTheReportersShowAndCannotBeAccepted) {
  Release({"narrative"});
  Smuggle(SummaryOf({{"narrative", "He never shouts at the trainees."}}));
  const auto shown = Look();
  ASSERT_TRUE(shown.ok()) << shown.status();
  EXPECT_FALSE((*shown)->faithful);
  EXPECT_EQ(Reason(AnswerTo(*shown, "").status()), "SUMMARY_INVALID");
  EXPECT_EQ(Reason(AnswerTo(*shown, "I said that he shouts.").status()), "OK") << "control: it can be corrected";
}

TEST_F(Summaries, AReleaseCoversWhatWasWrittenBeforeItAndReplacesTheOneBefore) {
  Release({"narrative", "where"});
  Release({"where"});
  EXPECT_EQ(Make(SummaryOf({{"narrative", "He shouts [...]"}})), "SUMMARY_INVALID") << "taken back";
  sealed::v1::Message change;
  sealed::v1::Answer& answer = *change.mutable_change()->add_answers();
  answer.set_question("where");
  answer.set_text("In the yard");
  Send(change, EntryKind::kChange);
  EXPECT_EQ(Make(SummaryOf({{"where", "In the yard"}})), "SUMMARY_INVALID") << "changed after the release";
  EXPECT_EQ(Make(SummaryOf({{"where", "In the depot, [...]"}})), "OK");
  Release({"where"});
  EXPECT_EQ(Make(SummaryOf({{"where", "In the yard"}})), "OK") << "released again";
}

TEST_F(Summaries, AnAnswerBelongsToTheSummaryThatItNames) {
  Release({"narrative"});
  ASSERT_EQ(Make(SummaryOf({{"narrative", "He shouts [...]"}})), "OK");
  const auto message = AnswerTo(*Look(), "");
  ASSERT_TRUE(message.ok());
  Send(*message, EntryKind::kSummaryAnswer);
  EXPECT_TRUE((*Look())->answer.has_value());
  EXPECT_TRUE((*Look())->answer->accepted());
  ASSERT_EQ(Make(SummaryOf({{"narrative", "He [...] at the trainees."}})), "OK");
  EXPECT_FALSE((*Look())->answer.has_value()) << "a new one starts over";
  EXPECT_EQ(Reason(AnswerTo(std::nullopt, "").status()), "INPUT_INVALID");
}

TEST_F(Summaries, AnEntryWhoseContentIsOfAnotherKindIsRefused) {
  sealed::v1::Message message;
  message.set_text("A release that is none.");
  auto visit = reporter.Visit();
  ASSERT_TRUE(visit.ok());
  ASSERT_TRUE(visit->Send(message, {}, kToday, EntryKind::kFieldsReleased).ok());
  EXPECT_EQ(Reason(reporter.Visit().status()), "ENTRY_INVALID");
}

TEST_F(Summaries, ServingOneThatWasNeverShownIsFound) {
  Release({"narrative"});
  ASSERT_EQ(Make(SummaryOf({{"narrative", "He shouts [...]"}})), "OK");
  const auto shown = Look();
  ASSERT_TRUE(shown.ok());
  const auto name = format::ParseEntryName((*shown)->name);
  impostor.AddLeaf(format::LeafKind::kSummaryServed, "ana", format::details::SummaryServed(name->second, (*shown)->hash));
  EXPECT_TRUE(Look().ok()) << "control";
  impostor.AddLeaf(format::LeafKind::kSummaryServed, "ana", format::details::SummaryServed(name->second, crypto::Digest()));
  EXPECT_EQ(Reason(Look().status()), "ENTRY_OMITTED");
}

TEST(ParseSummary, TakesAllegationsAndPartsAndFillsInWholeAnswers) {
  const std::map<std::string, std::string> released = {{"narrative", "He shouts."}, {"where", "In the depot"}};
  const auto summary = ParseSummary("# first\nnarrative: He [...]\n\n# second\nwhere:\nnarrative:\n  He\n  shouts.\n", released);
  ASSERT_TRUE(summary.ok()) << summary.status();
  ASSERT_EQ(summary->allegations_size(), 2);
  EXPECT_EQ(summary->allegations(0).parts(0).text(), "He [...]");
  EXPECT_EQ(summary->allegations(1).parts(0).text(), "In the depot");
  EXPECT_EQ(summary->allegations(1).parts(1).text(), "He\nshouts.");
  EXPECT_EQ(Reason(ParseSummary("He shouts", released).status()), "INPUT_INVALID");
  EXPECT_EQ(Reason(ParseSummary("  first line", released).status()), "INPUT_INVALID");
}

// The chain of custody.
class Custody : public Summaries {
 protected:
  std::string Keep(const sealed::v1::Message& message, EntryKind kind) {
    const auto opened = desk->Open(impostor.case_name);
    if (!opened.ok()) return Reason(opened.status());
    return Reason(desk->Append(*opened, format::Keyring::kTeam, kind, message, {}, kToday).status());
  }
  sealed::v1::Message Step(const std::string& holder, const std::string& from) {
    const auto opened = desk->Open(impostor.case_name);
    const Trails trails = TrailsOf(opened->thread, opened->team);
    google::type::Date day;
    day.set_year(2026), day.set_month(11), day.set_day(21);
    return NextStep(trails.trails.back(), holder, from, "the safe", "sealed bag", day);
  }
  std::vector<std::string> Faults() {
    const auto opened = desk->Open(impostor.case_name);
    EXPECT_TRUE(opened.ok()) << opened.status();
    return TrailsOf(opened->thread, opened->team).trails.back().faults;
  }
};

TEST_F(Custody, EachStepQuotesTheHashesAndComesFromTheOneBefore) {
  sealed::v1::Message evidence;
  evidence.set_text("The rota");
  sealed::v1::Attachment& file = *evidence.add_attachments();
  file.set_file_name("rota.pdf");
  file.set_sha256(std::string(32, 'a'));
  ASSERT_EQ(Keep(evidence, EntryKind::kEvidence), "OK");
  EXPECT_TRUE(Faults().empty());
  ASSERT_EQ(Keep(Step("Ana", "the depot"), EntryKind::kCustody), "OK");
  const sealed::v1::Message second = Step("the lab", "");
  EXPECT_EQ(second.custody().from(), "Ana") << "whoever had it last";
  ASSERT_EQ(Keep(second, EntryKind::kCustody), "OK");
  EXPECT_TRUE(Faults().empty());
  ASSERT_EQ(Keep(Step("Bruno", "somebody else"), EntryKind::kCustody), "OK");
  EXPECT_EQ(Faults().size(), 1u) << "a gap in the chain";
  sealed::v1::Message other = Step("Ana", "");
  other.mutable_custody()->set_sha256(0, std::string(32, 'b'));
  ASSERT_EQ(Keep(other, EntryKind::kCustody), "OK");
  EXPECT_EQ(Faults().size(), 2u) << "another file";
  other.mutable_custody()->set_from("Ana");
  other.mutable_custody()->mutable_since()->set_year(2025);
  other.mutable_custody()->set_sha256(0, std::string(32, 'a'));
  ASSERT_EQ(Keep(other, EntryKind::kCustody), "OK");
  EXPECT_EQ(Faults().size(), 3u) << "before the step that it follows";
  other.mutable_custody()->set_evidence("cases/x/entries/y");
  ASSERT_EQ(Keep(other, EntryKind::kCustody), "OK");
  const auto opened = desk->Open(impostor.case_name);
  EXPECT_EQ(TrailsOf(opened->thread, opened->team).strays.size(), 1u);
}

}  // namespace
}  // namespace alcove::client::test
