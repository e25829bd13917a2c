#include "client/cli/report/visit.h"

#include <sys/stat.h>

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <set>

#include <google/protobuf/util/json_util.h>

#include "client/cli/frame/table.h"
#include "client/cli/report/begin.h"
#include "client/cli/report/consent.h"
#include "client/cli/report/interview.h"
#include "client/cli/report/words.h"
#include "client/lib/attachments.h"
#include "client/lib/directory.h"
#include "client/lib/documents.h"
#include "client/lib/files.h"
#include "client/lib/mailbox.h"
#include "client/lib/session.h"
#include "crypto/format/ids.h"
#include "nlohmann/json.hpp"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

std::string WriterOf(const client::OpenedEntry& entry, const format::Directory& directory) {
  if (entry.author.empty()) return "You";
  const format::Person* person = directory.FindPerson(entry.author);
  return person == nullptr ? entry.author : Harmless(person->name);
}

std::string SizeText(uint64_t bytes) {
  char text[32];
  if (bytes >= 1000000) {
    std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  } else {
    std::snprintf(text, sizeof text, "%.1f kB", static_cast<double>(bytes) / 1e3);
  }
  return text;
}

std::string Joined(const google::protobuf::RepeatedPtrField<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : ", ") + Harmless(item);
  return text;
}

// What an entry's kind says, before its text.
std::string KindText(const sealed::v1::Message& message, v1::EntryKind kind) {
  using About = sealed::v1::Message;
  if (kind == v1::ENTRY_KIND_OUTCOME_NOTICE) return "WHAT WAS DECIDED\n";
  switch (message.about_case()) {
    case About::kReleased:
      return message.released().questions().empty()
                 ? "None of your answers may be used for the person complained about."
                 : "May be used for the person complained about: " + Joined(message.released().questions());
    case About::kSummary: return "What the person complained about is to hear. `alcove report summary` shows it against your words.";
    case About::kSummaryAnswer: return message.summary_answer().accepted() ? "You accepted the summary." : "You corrected the summary:\n";
    case About::kChange: {
      std::string text = "Changed since the report\n";
      for (const sealed::v1::Answer& answer : message.change().answers()) {
        text += Harmless(answer.question()) + ": " + Joined(answer.codes()) + Harmless(answer.text()) + "\n";
      }
      return text;
    }
    default: return "";
  }
}

// What an entry says, for a screen.
std::string ContentText(const client::OpenedEntry& entry) {
  if (entry.redacted) return "[taken away for good, as several people decided: `alcove report ledger` says when]";
  if (entry.report) return Harmless(entry.report->narrative());
  if (entry.check_in) return AnswerText(*entry.check_in);
  if (entry.rotated) return "[new words: what was written before was under the old ones]";
  return KindText(*entry.message, entry.entry.kind()) + Harmless(entry.message->text());
}

std::string EntryText(const client::OpenedEntry& entry, const format::Directory& directory, size_t width) {
  std::string text = "--- " + std::to_string(entry.entry.sequence() + 1) + "  " + DateText(entry.entry.day()) + "  " +
                     WriterOf(entry, directory) + (entry.report ? " (your report)" : "") + "\n";
  text += Wrapped(ContentText(entry), width, 2) + "\n";
  for (const sealed::v1::Attachment& file : entry.attachments()) {
    text += "  [attachment] " + Harmless(file.file_name()) + ", " + SizeText(file.size()) + "\n";
  }
  return text;
}

std::string WhenText(const v1::Reader& reader) {
  if (reader.lost()) return "cannot read it any more";
  std::string text = reader.released() ? "can read it now" : ConditionText(reader.condition());
  if (reader.has_until()) text += ", until " + DateText(reader.until());
  return text;
}

std::string ReadersText(const client::MailboxVisit& visit) {
  Table table({"Who", "Why", "When", "Opened"});
  // A person is one line, on however many machines they read.
  std::map<std::string, int64_t> opened;
  for (const v1::Reader& reader : visit.mailbox().readers()) {
    if (!reader.has_opened()) continue;
    const auto [first, fresh] = opened.emplace(reader.staff(), reader.opened().seconds());
    if (!fresh) first->second = std::min<int64_t>(first->second, reader.opened().seconds());
  }
  std::set<std::string> seen;
  for (const v1::Reader& reader : visit.mailbox().readers()) {
    if (!seen.insert(reader.staff()).second) continue;
    const auto when = opened.find(reader.staff());
    table.Row({reader.display_name().empty() ? reader.staff() : reader.display_name(), reader.purpose(), WhenText(reader),
               when == opened.end() ? "not yet" : format::Day::OfUnixSeconds(when->second).Text()});
  }
  std::string text = "Who may read this\n" + table.Text();
  const auto& readers = visit.mailbox().readers();
  if (std::all_of(readers.begin(), readers.end(), [](const v1::Reader& reader) { return reader.lost(); })) {
    text += "NOBODY is left who may read this. What you write is kept, but no person can open it. Please report again, so that "
            "it reaches people who can, or use another way that you trust.\n";
  }
  return text;
}

// Who joined after the filing: two people stand for each of them, and their signatures were checked.
std::string AddedText(const client::MailboxVisit& visit, const format::Directory& directory) {
  const auto name = [&](const std::string& slug) {
    const format::Person* person = directory.FindPerson(slug);
    return person == nullptr ? slug : person->name;
  };
  if (visit.admitted().empty()) return "";
  Table table({"Added later", "Asked by", "Approved by", "Until"});
  for (const auto& [slug, added] : visit.admitted()) {
    std::string approvers;
    for (const std::string& approver : added.approvers) approvers += (approvers.empty() ? "" : ", ") + name(approver);
    table.Row({name(slug), name(added.requester), approvers, added.until.number() == 0 ? "no end" : added.until.Text()});
  }
  return table.Text();
}

absl::StatusOr<std::string> StatusText(Frame& frame, Visit& visit) {
  const v1::GetMailboxResponse& mailbox = visit.mailbox->mailbox();
  const sealed::v1::Report& report = visit.mailbox->report();
  ALCOVE_CLIENT_ASSIGN(const client::Intake intake, client::FetchIntake(*visit.connection, visit.directory, ""));
  std::string profile;
  for (const sealed::v1::Answer& answer : report.answers()) {
    if (answer.question() == "jurisdiction" && answer.codes_size() > 0) profile = answer.codes(0);
  }
  std::optional<format::Day> last;
  if (report.has_last_incident()) {
    const auto day = format::Day::FromCivil(report.last_incident().year(), report.last_incident().month(),
                                            report.last_incident().day());
    if (day.ok()) last = *day;
  }
  // The day that the record of the filing carries, which every entry since quotes.
  const format::Day filed = visit.mailbox->leaves().leaves.front().day;
  std::string text = "Case " + mailbox.case_() + ", filed " + DateText(mailbox.filed()) + "\n" + EscrowText(mailbox);
  // Where a case stands that may be with nobody is not known.
  const bool waiting = mailbox.has_escrow() && !mailbox.escrow().has_released();
  if (!waiting) text += "It is " + StateText(mailbox.state()) + ".\n";
  if (mailbox.withdrawn() && !waiting) text += "You have withdrawn it. What you wrote stays, and the team decides what follows.\n";
  if (mailbox.has_clock_freeze()) {
    text += "The service's clock leapt from " + DateText(mailbox.clock_freeze().from()) + " to " +
            DateText(mailbox.clock_freeze().to()) + ", or it was switched off for that time. Until two people there have " +
            "confirmed the time, or three days of service have passed, no further reader is let in because a deadline " +
            "went by. Messages, and whom you keep out, do not wait.\n";
  }
  for (const client::AskedIdentity& asked : visit.mailbox->asked_identities())
    text += "\n" + AskedIdentityText(asked, visit.directory.directory()) + "\n";
  const std::vector<Due> dues = DeadlinesOf(mailbox.deadlines(), intake.ProfileOf(profile), filed, last);
  text += PendingText(visit.mailbox->leaves().leaves, visit.directory.directory(), frame.today()) +
          KeptText(mailbox, frame.today());
  text += NextText(mailbox, dues, visit.directory.directory()) + std::to_string(visit.mailbox->thread().size()) +
          " messages, the report included.\n\n" + ReadersText(*visit.mailbox) +
          AddedText(*visit.mailbox, visit.directory.directory()) + "\n" + DeadlinesText(dues, frame.today()) + "\n" +
          CheckInsText(mailbox) + "\n" +
          "Checked: the signed list of staff, the keys, every message's author and order, and the record of what was done.\n";
  return text;
}

nlohmann::json EntryJson(const client::OpenedEntry& entry) {
  std::string content;
  google::protobuf::util::JsonPrintOptions print;
  // Keys of attachments are secrets: they are not for a pipe.
  const auto json = [&](auto message) {
    if constexpr (requires { message.mutable_attachments(); }) {
      for (sealed::v1::Attachment& file : *message.mutable_attachments()) file.clear_key();
    }
    google::protobuf::util::MessageToJsonString(message, &content, print).ok();
  };
  if (entry.redacted) return {{"name", entry.entry.name()},
                              {"sequence", entry.entry.sequence()},
                              {"author", entry.author},
                              {"day", DateText(entry.entry.day())},
                              {"redacted", true}};
  if (entry.report) json(*entry.report);
  if (entry.message) json(*entry.message);
  if (entry.check_in) json(*entry.check_in);
  if (entry.rotated) json(*entry.rotated);
  return {{"name", entry.entry.name()},
          {"sequence", entry.entry.sequence()},
          {"author", entry.author},
          {"day", DateText(entry.entry.day())},
          {"content", nlohmann::json::parse(content, nullptr, false)}};
}

absl::Status PrintMessages(Frame& frame, const client::MailboxVisit& visit, const format::Directory& directory) {
  if (frame.json()) {
    nlohmann::json list = nlohmann::json::array();
    for (const client::OpenedEntry& entry : visit.thread()) list.push_back(EntryJson(entry));
    frame.PrintJson(nlohmann::json{{"case", visit.mailbox().case_()}, {"entries", list}}.dump());
    return absl::OkStatus();
  }
  for (const client::OpenedEntry& entry : visit.thread()) {
    frame.terminal().Print(EntryText(entry, directory, frame.terminal().width()) + "\n");
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> MessageText(Frame& frame, const VisitOptions& options) {
  if (!options.text_file.empty()) return client::ReadFile(options.text_file);
  if (!frame.terminal().interactive()) return Refuse(Refusal::kNoTerminal, "the message needs a terminal, or --text FILE");
  frame.terminal().Say("Write your message. End with a line that has only a dot.");
  ALCOVE_CLIENT_ASSIGN(std::string text, AskText(frame.terminal(), "  "));
  if (text.empty()) return Refuse(Refusal::kCancelled, "the message is empty");
  return text;
}

absl::Status UploadAll(Frame& frame, Visit& visit, const std::vector<client::PreparedFile>& files, uint32_t part) {
  for (const client::PreparedFile& file : files) {
    ALCOVE_CLIENT_TRY(client::Upload(*visit.connection, visit.mailbox->session(), file, part,
                                     [&](uint64_t done, uint64_t total) {
                                       frame.terminal().Progress(Harmless(file.attachment.file_name()), done, total);
                                     }));
  }
  return absl::OkStatus();
}

absl::Status Warn(Frame& frame, const client::PreparedFile& file) {
  for (const std::string& warning : file.warnings) {
    frame.terminal().Say("Caution, " + Harmless(file.attachment.file_name()) + ": " + warning);
  }
  if (file.warnings.empty() || !frame.terminal().interactive()) return absl::OkStatus();
  ALCOVE_CLIENT_ASSIGN(const bool keep, AskYesNo(frame.terminal(), "Attach it all the same?", false));
  return keep ? absl::OkStatus() : Refuse(Refusal::kCancelled, "the file was not attached");
}

absl::Status Sent(Frame& frame, const v1::SendMessageResponse& answer) {
  if (frame.json()) {
    frame.PrintJson(answer);
  } else {
    frame.terminal().Print("Sent. The service keeps it sealed; those on the list of readers can open it.\n");
  }
  return absl::OkStatus();
}

void ShowGone(Frame& frame, const client::Tombstone& gone) {
  const std::string name = format::CaseName(gone.case_id);
  if (frame.json()) {
    nlohmann::json json = {{"case", name}, {"decided", gone.decided.Text()}, {"shredded", gone.proof.has_value()}};
    if (gone.escrow_over) json["escrow_over"] = true;
    if (gone.cause) json["cause"] = format::Name(*gone.cause);
    if (gone.cause) json["approval"] = format::ApprovalName(gone.approval);
    if (gone.proof) json["published"] = gone.published;
    frame.PrintJson(nlohmann::json{{"gone", json}}.dump());
    return;
  }
  frame.terminal().Print(Wrapped("Case " + name + (gone.escrow_over ? "\n" : " is gone.\n") + client::TombstoneText(gone) + "\n", frame.terminal().width()));
  if (gone.proof) frame.terminal().Print("`alcove report save FILE` keeps the proof; `alcove verify FILE` checks it anywhere.\n");
}

absl::Status SaveTombstone(Frame& frame, const VisitOptions& options, const format::ProofOfFiling& proof) {
  const auto text = format::ProofText(proof);
  if (!text.ok()) return text.status();
  ALCOVE_CLIENT_TRY(client::WriteNewFile(options.save_to, *text));
  if (frame.json()) {
    frame.PrintJson(nlohmann::json{{"files", {options.save_to}}}.dump());
  } else {
    frame.terminal().Print("Saved " + options.save_to + ". `alcove verify` checks it without a network: that the case was deleted, "
                           "when and why.\n");
  }
  return absl::OkStatus();
}

// Attachments that an entry names but that never arrived whole.
absl::StatusOr<std::vector<std::string>> Unfinished(Visit& visit) {
  std::vector<std::string> names;
  for (const client::OpenedEntry& entry : visit.mailbox->thread()) {
    if (!entry.author.empty()) continue;
    for (int i = 0; i < entry.attachments().size() && i < entry.entry.blobs_size(); ++i) {
      v1::GetBlobRequest request;
      request.set_name(entry.entry.blobs(i).blob());
      ALCOVE_CLIENT_ASSIGN(const v1::GetBlobResponse about,
                           visit.connection->CallAgain(&v1::BlobService::Stub::GetBlob, request, &visit.mailbox->session()));
      if (about.received() < about.size()) names.push_back(entry.attachments()[i].file_name());
    }
  }
  return names;
}

}  // namespace

absl::Status ResumeReport(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  if (frame.json()) {
    frame.PrintJson(visit.mailbox->mailbox());
    return absl::OkStatus();
  }
  ALCOVE_CLIENT_ASSIGN(const std::string status, StatusText(frame, visit));
  frame.terminal().Print(Wrapped(status, frame.terminal().width()) + "\n");
  ALCOVE_CLIENT_TRY(PrintMessages(frame, *visit.mailbox, visit.directory.directory()));
  ALCOVE_CLIENT_ASSIGN(const std::vector<std::string> unfinished, Unfinished(visit));
  for (const std::string& name : unfinished) {
    frame.terminal().Say("The attachment " + Harmless(name) +
                         " did not arrive whole. `alcove report attach` with the same file goes on where it stopped.");
  }
  if (!frame.terminal().interactive()) return absl::OkStatus();
  ALCOVE_CLIENT_ASSIGN(const bool write, AskYesNo(frame.terminal(), "Do you want to write something?", false));
  if (write) {
    ALCOVE_CLIENT_ASSIGN(const std::string text, MessageText(frame, options));
    sealed::v1::Message message;
    message.set_text(text);
    ALCOVE_CLIENT_ASSIGN(const v1::SendMessageResponse answer, visit.mailbox->Send(message, {}, frame.today()));
    ALCOVE_CLIENT_TRY(Sent(frame, answer));
  }
  ALCOVE_CLIENT_ASSIGN(const bool clear, AskYesNo(frame.terminal(), "Clear the screen before you go?", true));
  if (clear) frame.terminal().ClearScreen();
  return absl::OkStatus();
}

absl::Status ShowStatus(Frame& frame, const VisitOptions& options) {
  Visit visit;
  const absl::Status begun = Begin(frame, options, visit);
  if (client::Is(begun, Refusal::kCaseGone) && visit.gone) {
    ShowGone(frame, *visit.gone);
    return absl::OkStatus();
  }
  if (!begun.ok()) return begun;
  if (frame.json()) {
    frame.PrintJson(visit.mailbox->mailbox());
    return absl::OkStatus();
  }
  ALCOVE_CLIENT_ASSIGN(const std::string status, StatusText(frame, visit));
  frame.terminal().Print(Wrapped(status, frame.terminal().width()));
  return absl::OkStatus();
}

absl::Status ShowMessages(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  ALCOVE_CLIENT_TRY(PrintMessages(frame, *visit.mailbox, visit.directory.directory()));
  if (options.fetch_into.empty()) return absl::OkStatus();
  for (const client::OpenedEntry& entry : visit.mailbox->thread()) {
    for (int i = 0; i < entry.attachments().size() && i < entry.entry.blobs_size(); ++i) {
      const sealed::v1::Attachment& file = entry.attachments()[i];
      // The name comes from another person: no folders, no hidden files, nothing a shell would mind.
      std::string safe = std::to_string(entry.entry.sequence() + 1) + "-";
      for (const char letter : file.file_name()) {
        const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                           (letter >= '0' && letter <= '9') || letter == '.' || letter == '-' || letter == '_';
        safe += plain ? letter : '_';
      }
      std::string content;
      ALCOVE_CLIENT_TRY(client::FetchAttachment(
          *visit.connection, visit.mailbox->session(), file, entry.entry.blobs(i),
          [&](std::string_view piece) {
            content += piece;
            return absl::OkStatus();
          },
          [&](uint64_t done, uint64_t total) { frame.terminal().Progress(Harmless(file.file_name()), done, total); }));
      const absl::Status written = client::WriteNewFile(options.fetch_into + "/" + safe, content);
      crypto::Wipe(content);
      ALCOVE_CLIENT_TRY(written);
      frame.terminal().Say("Saved " + options.fetch_into + "/" + safe);
    }
  }
  return absl::OkStatus();
}

absl::Status Reply(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  ALCOVE_CLIENT_ASSIGN(const std::string text, MessageText(frame, options));
  sealed::v1::Message message;
  message.set_text(text);
  ALCOVE_CLIENT_ASSIGN(const v1::SendMessageResponse answer, visit.mailbox->Send(message, {}, frame.today()));
  return Sent(frame, answer);
}

absl::Status Attach(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  ALCOVE_CLIENT_ASSIGN(const client::Intake intake, client::FetchIntake(*visit.connection, visit.directory, ""));
  std::vector<client::PreparedFile> files, fresh;
  for (const std::string& path : options.files) {
    ALCOVE_CLIENT_ASSIGN(client::PreparedFile file,
                         client::PrepareFile(path, intake.limits.max_blob_bytes(), frame.random()));
    // A file that an entry names already and that did not arrive whole goes on where it stopped.
    bool begun = false;
    for (const client::OpenedEntry& entry : visit.mailbox->thread()) {
      if (!entry.author.empty()) continue;
      for (int i = 0; i < entry.attachments().size() && i < entry.entry.blobs_size() && !begun; ++i) {
        if (entry.attachments()[i].sha256() != file.attachment.sha256()) continue;
        ALCOVE_CLIENT_ASSIGN(client::PreparedFile again,
                             client::PrepareAgain(path, entry.attachments()[i], entry.entry.blobs(i)));
        files.push_back(std::move(again));
        begun = true;
      }
    }
    if (begun) continue;
    ALCOVE_CLIENT_TRY(Warn(frame, file));
    fresh.push_back(std::move(file));
  }
  if (!fresh.empty()) {
    sealed::v1::Message message;
    if (!options.text_file.empty()) {
      ALCOVE_CLIENT_ASSIGN(*message.mutable_text(), MessageText(frame, options));
    }
    std::vector<v1::BlobName> blobs;
    for (client::PreparedFile& file : fresh) {
      *message.add_attachments() = file.attachment;
      blobs.push_back(file.blob);
      files.push_back(std::move(file));
    }
    ALCOVE_CLIENT_ASSIGN(const v1::SendMessageResponse answer, visit.mailbox->Send(message, blobs, frame.today()));
    if (frame.json()) frame.PrintJson(answer);
  }
  ALCOVE_CLIENT_TRY(UploadAll(frame, visit, files, intake.limits.blob_part_bytes()));
  if (!frame.json()) frame.terminal().Print("Attached: " + std::to_string(files.size()) + ".\n");
  return absl::OkStatus();
}

absl::Status Withdraw(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  if (!options.yes) {
    if (visit.mailbox->mailbox().has_escrow() && !visit.mailbox->mailbox().escrow().has_released())
      frame.terminal().Say("If it still waits for others it is then never sent, and nobody learns of it. If the team has it already, they "
                           "are told that you do not want it to go on.");
    else
      frame.terminal().Say("Withdrawing marks the report and tells the team that you do not want it to go on. What you wrote stays, and "
                         "where somebody is in danger they may have to act all the same. You can still write to them.");
    ALCOVE_CLIENT_ASSIGN(const bool sure, AskYesNo(frame.terminal(), "Withdraw it?", false));
    if (!sure) return Refuse(Refusal::kCancelled, "nothing was changed");
  }
  ALCOVE_CLIENT_ASSIGN(const v1::WithdrawReportResponse answer, visit.mailbox->Withdraw());
  if (frame.json()) {
    frame.PrintJson(answer);
  } else {
    frame.terminal().Print(visit.mailbox->mailbox().has_escrow() && !visit.mailbox->mailbox().escrow().has_released()
                               ? "Withdrawn. Your words still open the mailbox until the day that you chose.\n"
                               : "Withdrawn. The team is told; your words still open the mailbox.\n");
  }
  return absl::OkStatus();
}

absl::Status ShowLedger(Frame& frame, const VisitOptions& options) {
  Visit visit;
  ALCOVE_CLIENT_TRY(Begin(frame, options, visit));
  const client::CheckedLeaves& leaves = visit.mailbox->leaves();
  if (frame.json()) {
    nlohmann::json list = nlohmann::json::array();
    for (size_t i = 0; i < leaves.leaves.size(); ++i) {
      const format::Leaf& leaf = leaves.leaves[i];
      list.push_back({{"number", leaf.number},
                      {"kind", std::string(format::Name(leaf.kind))},
                      {"day", leaf.day.Text()},
                      {"actor", leaf.actor},
                      {"published", leaves.saved.leaves[i].index.has_value()}});
    }
    frame.PrintJson(nlohmann::json{{"case", visit.mailbox->mailbox().case_()}, {"leaves", list}}.dump());
    return absl::OkStatus();
  }
  Table table({"No", "Day", "Time", "What was done", "Published"});
  for (size_t i = 0; i < leaves.leaves.size(); ++i) {
    const format::Leaf& leaf = leaves.leaves[i];
    char time[16] = "";
    if (leaf.time > 0) std::snprintf(time, sizeof time, "%02u:%02u", (leaf.time - 1) / 3600, (leaf.time - 1) / 60 % 60);
    table.Row({std::to_string(leaf.number), leaf.day.Text(), time, LeafText(leaf, visit.directory.directory()),
               leaves.saved.leaves[i].index ? "yes" : "within the hour"});
  }
  frame.terminal().Print(table.Text() + "\n" +
                         Wrapped("Checked: every number is there, the chain is whole and fits what each message's author signed, and " +
                                     std::to_string(leaves.published) + " of " + std::to_string(leaves.leaves.size()) +
                                     " are proven to stand in the published record.\n",
                                 frame.terminal().width()));
  return absl::OkStatus();
}

absl::Status SaveLedger(Frame& frame, const VisitOptions& options) {
  Visit visit;
  const absl::Status begun = Begin(frame, options, visit);
  if (client::Is(begun, Refusal::kCaseGone) && visit.gone && visit.gone->proof && !options.save_to.empty()) {
    return SaveTombstone(frame, options, *visit.gone->proof);
  }
  if (!begun.ok()) return begun;
  const client::CheckedLeaves& leaves = visit.mailbox->leaves();
  nlohmann::json written = nlohmann::json::array();
  if (!options.save_to.empty()) {
    format::SavedLedger saved = leaves.saved;
    if (auto file = format::OrganisationText(visit.connection->organisation()); file.ok()) {
      saved.anchor = format::Anchor{*std::move(file), visit.directory.bytes};
      // Where the roots were replaced since the organisation file was written, the file does not reach this directory.
      if (!format::VerifyLedger(saved).ok()) saved.anchor.reset();
    }
    const auto text = format::LedgerText(saved);
    if (!text.ok()) return text.status();
    ALCOVE_CLIENT_TRY(client::WriteNewFile(options.save_to, *text));
    written.push_back(options.save_to);
  }
  if (!options.proof.empty()) {
    ALCOVE_CLIENT_ASSIGN(const std::string old, client::ReadFile(options.proof));
    auto proof = format::ParseProof(old);
    if (!proof.ok()) return Refuse(Refusal::kInputInvalid, "`" + options.proof + "` is no proof of filing");
    const format::SavedLeaf& filing = leaves.saved.leaves.front();
    if (proof->leaf != filing.content || proof->salt != filing.salt) {
      return Refuse(Refusal::kPromiseInvalid, "the record holds another filing than the one that was promised");
    }
    if (filing.index && !proof->inclusion) {
      proof->inclusion = format::Inclusion{*filing.index, filing.path, leaves.saved.checkpoint};
    }
    const auto text = format::ProofText(*proof);
    if (!text.ok()) return text.status();
    ALCOVE_CLIENT_TRY(client::ReplaceFile(options.proof, *text));
    written.push_back(options.proof);
  }
  if (frame.json()) {
    frame.PrintJson(nlohmann::json{{"files", written}, {"published", leaves.published}}.dump());
    return absl::OkStatus();
  }
  for (const auto& path : written) {
    frame.terminal().Print("Saved " + path.get<std::string>() +
                           ". `alcove verify` checks it without a network. It holds no words and no text of yours, but shows that a "
                           "report was filed: keep it where you keep the receipt.\n");
  }
  return absl::OkStatus();
}

}  // namespace alcove::cli
