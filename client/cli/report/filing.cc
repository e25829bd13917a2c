#include "client/cli/report/filing.h"

#include <algorithm>
#include <optional>
#include <set>

#include "client/cli/frame/table.h"
#include "client/cli/report/answers.h"
#include "client/cli/report/interview.h"
#include "client/cli/report/receipt.h"
#include "client/cli/report/token.h"
#include "client/cli/report/words.h"
#include "client/lib/attachments.h"
#include "client/lib/directory.h"
#include "client/lib/documents.h"
#include "client/lib/files.h"
#include "client/lib/filing.h"
#include "client/lib/session.h"
#include "crypto/format/ids.h"

namespace alcove::cli {
namespace {

using client::Refusal;
using client::Refuse;

constexpr uint32_t kFewestOthers = 2;
constexpr uint32_t kMostOthers = 5;

// One filing from the first question to the last part of the last attachment.
class Filing {
 public:
  Filing(Frame& frame, const NewReportOptions& options, const LinkedReport* linked)
      : frame_(frame), options_(options), linked_(linked), terminal_(frame.terminal()) {}

  absl::Status Run() {
    ALCOVE_CLIENT_TRY(CheckOptions());
    ALCOVE_CLIENT_TRY(AskDevice());
    ALCOVE_CLIENT_TRY(Connect());
    if (!options_.wallet.empty()) ALCOVE_CLIENT_TRY(OpenTheWallet(options_.wallet));
    ALCOVE_CLIENT_TRY(Ask());
    ALCOVE_CLIENT_TRY(ChooseFiles());
    ALCOVE_CLIENT_TRY(AskEscrow());
    ALCOVE_CLIENT_TRY(MakePlan());
    ALCOVE_CLIENT_TRY(HandOverReceipt());
    ALCOVE_CLIENT_TRY(Send());
    const absl::Status uploaded = UploadFiles();
    ALCOVE_CLIENT_TRY(Tell());
    return uploaded;
  }

 private:
  bool asking() const { return terminal_.interactive(); }

  absl::Status CheckOptions() {
    if (options_.escrow != 0) {
      if (options_.escrow < kFewestOthers || options_.escrow > kMostOthers)
        return Refuse(Refusal::kInputInvalid, "--escrow takes 2 to 5: how many others have to name the same person");
      ALCOVE_CLIENT_ASSIGN(last_day_, LastDay(options_.until));
      others_ = options_.escrow;
    }
    if (asking()) return absl::OkStatus();
    if (options_.from.empty()) return Refuse(Refusal::kNoTerminal, "the questions need a terminal, or --from FILE");
    if (!options_.yes) {
      return Refuse(Refusal::kNoTerminal, "the readers cannot be shown; --yes takes them as they are");
    }
    return CheckReceiptOptions(terminal_, options_.receipt);
  }

  absl::Status AskDevice() {
    if (!asking() || linked_ != nullptr) return absl::OkStatus();
    terminal_.Say("First, for your safety: does this computer or phone, or the network it is on, belong to your employer?");
    ALCOVE_CLIENT_ASSIGN(const bool theirs, AskYesNo(terminal_, "Your employer's device or network?", false));
    if (!theirs) return absl::OkStatus();
    terminal_.Say("");
    terminal_.Say("A device or network of your employer can be watched: what you type, which programs you use, when. Nothing "
                  "has been sent or stored so far. If you can, stop here and use a device of your own, on your own network.");
    ALCOVE_CLIENT_ASSIGN(const bool go_on, AskYesNo(terminal_, "Go on all the same?", false));
    return go_on ? absl::OkStatus() : Refuse(Refusal::kCancelled, "nothing was sent");
  }

  absl::Status Connect() {
    ALCOVE_CLIENT_ASSIGN(connection_, frame_.Connect());
    ALCOVE_CLIENT_ASSIGN(directory_, client::FetchDirectory(*connection_, nullptr, frame_.today()));
    for (const std::string& warning : directory_.warnings) terminal_.Say("Note: " + warning);
    ALCOVE_CLIENT_ASSIGN(intake_, client::FetchIntake(*connection_, directory_, options_.language));
    if (asking()) {
      terminal_.Say("");
      terminal_.Say("You are writing to: " + Harmless(connection_->organisation().name));
      terminal_.Say("Its fingerprint:    " + format::Fingerprint(connection_->organisation()));
      terminal_.Say("If a poster or a person you trust gave you a fingerprint, it must be the same.");
    }
    needs_.language = options_.language.empty() ? intake_.form.languages.front() : options_.language;
    const auto custodians =
        std::count_if(directory_.directory().people.begin(), directory_.directory().people.end(),
                      [](const format::Person& person) { return person.HasRole(format::Role::kCustodian); });
    needs_.custody = static_cast<uint64_t>(custodians) >= intake_.custodian_threshold;
    return absl::OkStatus();
  }

  absl::Status Ask() {
    if (!options_.from.empty()) {
      ALCOVE_CLIENT_ASSIGN(const std::string text, client::ReadFile(options_.from));
      ALCOVE_CLIENT_ASSIGN(answers_, ReadAnswers(intake_.form, text, linked_ == nullptr ? Answers() : linked_->answers));
      for (const char* list : {"subjects", "keep_out"}) AddNamedBefore(list);
      return absl::OkStatus();
    }
    if (linked_ != nullptr) ALCOVE_CLIENT_TRY(AskWhoElse());
    terminal_.Say("");
    terminal_.Say("Nothing leaves this device until you say so at the end, and nothing is written to its disk. At any question "
                  "you can type `back`, `skip`, `help` or `quit`. Three answers are enough.");
    ALCOVE_CLIENT_ASSIGN(answers_, Interview(terminal_, intake_.form, needs_, std::move(answers_)));
    return absl::OkStatus();
  }

  // Whoever the old report named is named by the new one, whatever a file says of others.
  void AddNamedBefore(const std::string& list) {
    if (linked_ == nullptr) return;
    const std::vector<client::NamedPerson> before = PeopleOf(linked_->answers, list);
    if (before.empty()) return;
    std::vector<client::NamedPerson>& people = answers_[list].people;
    for (const client::NamedPerson& person : before) {
      const bool there = std::any_of(people.begin(), people.end(), [&](const client::NamedPerson& other) {
        return person.identifier ? other.identifier && other.identifier->text() == person.identifier->text()
                                 : !other.identifier && other.name == person.name;
      });
      if (!there) people.push_back(person);
    }
  }

  // The old report's answers stand, and its people can only become more.
  absl::Status AskWhoElse() {
    answers_ = linked_->answers;
    terminal_.Say("");
    terminal_.Say("This becomes a case of its own, with twelve words of its own. Whoever your first report keeps out is kept out of "
                  "this one too, and the other way round.");
    for (const auto& [list, title] : {std::pair{"subjects", "It is about the same people: "},
                                      std::pair{"keep_out", "They are kept out as before: "}}) {
      std::string names;
      for (const client::NamedPerson& person : PeopleOf(answers_, list)) {
        names += (names.empty() ? "" : ", ") + (person.name.empty() && person.identifier ? person.identifier->text() : person.name);
      }
      if (!names.empty()) terminal_.Say(title + Harmless(names));
    }
    terminal_.Say("Is somebody else behind what happened since? emp:NUMBER, an e-mail address or a name, with `;` between them; or "
                  "press Enter.");
    ALCOVE_CLIENT_ASSIGN(const std::string line, terminal_.Ask("Who else> "));
    const client::Question* question = intake_.form.Find("subjects");
    if (line.empty() || line == "skip" || question == nullptr) return absl::OkStatus();
    ALCOVE_CLIENT_ASSIGN(const Answer others, ParseAnswer(*question, line));
    std::vector<client::NamedPerson>& people = answers_["subjects"].people;
    people.insert(people.end(), others.people.begin(), others.people.end());
    return absl::OkStatus();
  }

  absl::Status ChooseFiles() {
    std::vector<std::string> paths = options_.attachments;
    if (asking() && options_.from.empty() && paths.empty()) {
      terminal_.Say("");
      terminal_.Say("Do you want to attach files: pictures, messages, documents? Type a file's path, or press Enter for none.");
      while (true) {
        ALCOVE_CLIENT_ASSIGN(const std::string path, terminal_.Ask("File> "));
        if (path.empty() || path == "skip") break;
        paths.push_back(path);
      }
    }
    for (const std::string& path : paths) {
      auto file = client::PrepareFile(path, intake_.limits.max_blob_bytes(), frame_.random());
      if (!file.ok()) {
        if (!asking()) return file.status();
        terminal_.Say(Explain(file.status()));
        continue;
      }
      for (const std::string& warning : file->warnings) {
        terminal_.Say("Caution, " + Harmless(file->attachment.file_name()) + ": " + warning);
      }
      if (asking() && !file->warnings.empty()) {
        terminal_.Say("Those who read your report would see this. A picture of the screen, or a plain text file, carries less.");
        ALCOVE_CLIENT_ASSIGN(const bool keep, AskYesNo(terminal_, "Attach it all the same?", false));
        if (!keep) continue;
      }
      files_.push_back(*std::move(file));
    }
    return absl::OkStatus();
  }

  // The last day on which an escrow is sent.
  absl::StatusOr<format::Day> LastDay(const std::string& text) const {
    const auto day = format::Day::FromText(text);
    if (!day.ok() || *day <= frame_.today() || *day > frame_.today().PlusMonths(24))
      return Refuse(Refusal::kInputInvalid, "the last day is written like 2027-03-31, and lies between tomorrow and 24 months ahead");
    return *day;
  }

  // Whether to wait for others. Asked only where the organisation issues tokens for it: without one nobody could.
  absl::Status AskEscrow() {
    if (others_ == 0 && asking() && linked_ == nullptr && options_.from.empty() && !PeopleOf(answers_, "subjects").empty() &&
        OffersEscrow()) {
      terminal_.Say("");
      terminal_.Say("You can send this now, or let it wait until others have named the same person.");
      terminal_.Say(kEscrowPlainly);
      ALCOVE_CLIENT_ASSIGN(const bool wait, AskYesNo(terminal_, "Let it wait for others?", false));
      if (wait) ALCOVE_CLIENT_TRY(AskTerms());
    }
    input_.escrow = others_ != 0;
    if (others_ != 0 && !asking()) terminal_.Say(kEscrowPlainly);
    return absl::OkStatus();
  }

  absl::Status AskTerms() {
    while (others_ == 0) {
      ALCOVE_CLIENT_ASSIGN(const std::string line, terminal_.Ask("How many others, not counting you: 2, 3, 4 or 5> "));
      if (line == "quit") return Refuse(Refusal::kCancelled, "nothing was sent");
      if (line.size() == 1 && line[0] >= '2' && line[0] <= '5') others_ = static_cast<uint32_t>(line[0] - '0');
    }
    while (true) {
      ALCOVE_CLIENT_ASSIGN(const std::string line, terminal_.Ask("Until which day is it to wait, such as 2027-03-31> "));
      if (line == "quit") return Refuse(Refusal::kCancelled, "nothing was sent");
      const auto day = LastDay(line);
      if (day.ok()) {
        last_day_ = *day;
        return absl::OkStatus();
      }
      terminal_.Say(Explain(day.status()));
    }
  }

  bool OffersEscrow() const {
    const auto& keys = directory_.directory().token_keys;
    return std::any_of(keys.begin(), keys.end(),
                       [](const format::TokenKey& key) { return key.kind == format::TokenKind::kEscrow; });
  }

  format::TokenKind WantedToken() const { return others_ == 0 ? format::TokenKind::kEmployment : format::TokenKind::kEscrow; }

  absl::Status MakePlan() {
    input_.facts = FactsOf(answers_);
    if (input_.facts.language().empty() && !options_.language.empty()) input_.facts.set_language(options_.language);
    input_.subjects = PeopleOf(answers_, "subjects");
    input_.keep_out = PeopleOf(answers_, "keep_out");
    input_.struck_out = options_.strike;
    // People whom the reporter struck out before, as far as they are still there to be struck out.
    if (linked_ != nullptr) {
      for (const std::string& slug : linked_->struck_out) {
        if (directory_.Find(slug) != nullptr && input_.struck_out.size() < 16) input_.struck_out.push_back(slug);
      }
    }
    for (std::string& slug : input_.struck_out) {
      if (slug.starts_with("staff/")) slug.erase(0, 6);
    }
    std::vector<client::NamedPerson*> people;
    for (client::NamedPerson& person : input_.subjects) people.push_back(&person);
    for (client::NamedPerson& person : input_.keep_out) people.push_back(&person);
    if (people.size() > 16) return Refuse(Refusal::kInputInvalid, "at most 16 people can be named");
    ALCOVE_CLIENT_TRY(client::ComputeTags(*connection_, intake_.limits, people, frame_.random()));
    ALCOVE_CLIENT_TRY(ShowPlan());
    ALCOVE_CLIENT_TRY(CheckCustody());
    return CheckProof();
  }

  absl::Status OpenTheWallet(const std::string& path) {
    ALCOVE_CLIENT_ASSIGN(client::WalletFile wallet, OpenWallet(frame_, path, options_.wallet_passphrase_fd));
    // Whether the report is to wait may be asked later only.
    const bool may_wait = asking() && OffersEscrow() && wallet.Spendable(format::TokenKind::kEscrow, frame_.today()) > 0;
    if (wallet.Spendable(WantedToken(), frame_.today()) == 0 && !may_wait)
      return Refuse(Refusal::kInputInvalid, others_ == 0 ? "the wallet holds no employment token of this quarter or the one before"
                                                         : "the wallet holds no escrow token of this quarter or the one before");
    wallet_.emplace(std::move(wallet));
    return absl::OkStatus();
  }

  // What the planned desk asks of who files, before anything is sealed or written.
  absl::Status CheckProof() {
    if (others_ != 0) return CheckVoice();
    const v1::EmploymentProofPolicy policy = plan_.employment_proof;
    if (policy == v1::EMPLOYMENT_PROOF_POLICY_OFF) {
      if (wallet_) terminal_.Say("The people who get this report ask for no token, so none is spent.");
      return absl::OkStatus();
    }
    if (wallet_ && wallet_->Spendable(format::TokenKind::kEmployment, frame_.today()) == 0)
      return Refuse(Refusal::kInputInvalid, "the wallet holds no employment token of this quarter or the one before");
    const bool required = policy == v1::EMPLOYMENT_PROOF_POLICY_REQUIRED;
    if (!wallet_ && asking() && linked_ == nullptr) {
      terminal_.Say(required ? "The people who get this report take only reports of which a token proves that they come from somebody who "
                               "works here."
                             : "The people who get this report prefer a token, which proves that it comes from somebody who works here. "
                               "Without one it is taken all the same, marked, and listed after the others.");
      terminal_.Say(kTokenPlainly);
      ALCOVE_CLIENT_ASSIGN(const std::string path,
                           terminal_.Ask(required ? "Your wallet file (Enter stops; nothing was sent)> " : "Your wallet file (Enter goes on without)> "));
      if (!path.empty()) return OpenTheWallet(path);
    } else if (wallet_) {
      terminal_.Say(kTokenPlainly);
    } else if (!required) {
      terminal_.Say("No wallet is given, so the report will be marked as not proved to come from somebody who works here.");
    }
    // A report that goes with a check-in may stand on the proof of the first one: the service says.
    return required && !wallet_ && linked_ == nullptr ? Refuse(Refusal::kWalletNeeded, "--wallet names one") : absl::OkStatus();
  }

  // A report that waits speaks with one voice, which a token stands for.
  absl::Status CheckVoice() {
    terminal_.Say("A report that waits needs a token of the kind `escrow`, so that nobody counts twice. There is one for each person in a "
                  "quarter. It proves that somebody who works here sends this, and not who.");
    if (!wallet_ && asking()) {
      ALCOVE_CLIENT_ASSIGN(const std::string path, terminal_.Ask("Your wallet file (Enter stops; nothing was sent)> "));
      if (!path.empty()) return OpenTheWallet(path);
    }
    if (!wallet_) return Refuse(Refusal::kWalletNeeded, "--wallet names one");
    if (wallet_->Spendable(WantedToken(), frame_.today()) == 0)
      return Refuse(Refusal::kInputInvalid, "the wallet holds no escrow token of this quarter or the one before");
    return absl::OkStatus();
  }

  // Out of the wallet before it is sent. Where the list of readers changes meanwhile nothing was kept, and the same token goes with
  // the report that is sealed anew.
  absl::Status Vouch(client::SealedReport& sealed) {
    if (others_ != 0) client::SendWithOthers(sealed, others_, *last_day_);
    if (!wallet_ || (others_ == 0 && plan_.employment_proof == v1::EMPLOYMENT_PROOF_POLICY_OFF)) return absl::OkStatus();
    if (!token_) {
      ALCOVE_CLIENT_ASSIGN(token_, wallet_->TakeOut(WantedToken(), frame_.today(), frame_.random()));
    }
    return client::Vouch(*token_, sealed);
  }

  // Asks for a plan and shows it until the reporter agrees with it.
  absl::Status ShowPlan() {
    std::set<std::string> asked_about;
    while (true) {
      ALCOVE_CLIENT_ASSIGN(plan_, client::RequestPlan(*connection_, directory_, intake_.limits.work_price(), input_));
      for (const std::string& unknown : plan_.unknown) {
        terminal_.Say("Nobody the service knows has `" + Harmless(unknown) +
                      "`. Please check it for a slip of the pen. It may be right all the same: the service knows staff who "
                      "handle reports, not everybody.");
      }
      terminal_.Say("");
      terminal_.Say("These people, and nobody else, would be able to read this, each on the condition beside the name. Anyone "
                    "added later takes two people, and you will see it.");
      Table table({"", "Who", "Why", "When"});
      std::vector<std::string> slugs;
      for (const client::PlannedReader& reader : plan_.readers) {
        if (std::find(slugs.begin(), slugs.end(), reader.slug) != slugs.end()) continue;  // a second machine
        slugs.push_back(reader.slug);
        table.Row({std::to_string(slugs.size()), reader.name + " (" + reader.slug + ")", reader.purpose,
                   ConditionText(reader.condition)});
      }
      terminal_.Say(table.Text());
      if (!asking() || options_.yes) return absl::OkStatus();

      bool changed = false;
      if (plan_.name_only) {
        terminal_.Say("You named somebody whom the service cannot recognise. So please tell us about each reader: are they this "
                      "person, their boss, or close to them?");
        for (const std::string& slug : slugs) {
          if (!asked_about.insert(slug).second) continue;
          ALCOVE_CLIENT_ASSIGN(const bool close,
                               AskYesNo(terminal_, "  " + NameOf(slug) + ": this person, their boss, or close to them?", false));
          if (close) {
            input_.struck_out.push_back(slug);
            changed = true;
          }
        }
      }
      if (!changed) {
        terminal_.Say("Is there somebody on this list who must not read it? Type their numbers with commas between them, or press "
                      "Enter if the list is right. `quit` stops; nothing has been sent.");
        ALCOVE_CLIENT_ASSIGN(const std::string line, terminal_.Ask("Strike out> "));
        if (line == "quit") return Refuse(Refusal::kCancelled, "nothing was sent");
        if (line.empty() || line == "skip") return absl::OkStatus();
        changed = Strike(line, slugs);
      }
    }
  }

  bool Strike(const std::string& line, const std::vector<std::string>& slugs) {
    bool changed = false;
    std::string number;
    for (const char letter : line + ",") {
      if (letter >= '0' && letter <= '9' && number.size() < 4) {
        number += letter;
        continue;
      }
      const size_t position = number.empty() ? 0 : static_cast<size_t>(std::stoi(number));
      number.clear();
      if (position >= 1 && position <= slugs.size()) {
        input_.struck_out.push_back(slugs[position - 1]);
        changed = true;
      }
    }
    if (!changed) terminal_.Say("There is no such number in the list.");
    return changed;
  }

  std::string NameOf(const std::string& slug) const {
    const format::Person* person = directory_.Find(slug);
    return person == nullptr ? slug : Harmless(person->name);
  }

  // A confidential name needs custodians who are not themselves named.
  absl::Status CheckCustody() {
    if (!SealedIdentityOf(answers_) || !plan_.custodians.empty()) return absl::OkStatus();
    const bool confidential = CodeOf(answers_, "disclosure") == "confidential";
    if (!asking()) return Refuse(Refusal::kCustodyNotOffered, "too few custodians are left for this report");
    if (others_ != 0) {
      terminal_.Say("A report that waits for others keeps no sealed name and no safe contact: those who hold a share of one would see that "
                    "it is there. You can tell the team later, once they have written to you.");
    } else {
      terminal_.Say(confidential
                        ? "Your name cannot be kept sealed for this report: too few of the trusted people who would keep it are "
                          "left. You can send it anonymously instead, or stop."
                        : "A safe contact cannot be kept sealed for this report: too few trusted people are left. It will be left out.");
    }
    if (confidential) {
      ALCOVE_CLIENT_ASSIGN(const bool anonymous, AskYesNo(terminal_, "Send it anonymously?", false));
      if (!anonymous) return Refuse(Refusal::kCancelled, "nothing was sent");
      answers_["disclosure"].codes = {"anonymous"};
      answers_.erase("identity");
    }
    answers_.erase("safe_contact");
    if (const auto named = answers_.find("identity"); named != answers_.end()) named->second.identity.clear_safe_contact();
    return absl::OkStatus();
  }

  // The words come before the sending: a report whose words were lost could never be reached again.
  absl::Status HandOverReceipt() {
    receipt_.emplace(crypto::Receipt::Draw(frame_.random()));
    return HandOver(frame_, *receipt_, options_.receipt);
  }

  absl::Status Send() {
    for (int attempt = 0;; ++attempt) {
      sealed::v1::Report report = ReportOf(intake_.form, needs_.language, answers_, input_);
      std::vector<v1::BlobName> blobs;
      for (const client::PreparedFile& file : files_) {
        *report.add_attachments() = file.attachment;
        blobs.push_back(file.blob);
      }
      const auto identity = SealedIdentityOf(answers_);
      ALCOVE_CLIENT_ASSIGN(client::SealedReport sealed,
                           client::SealReport(*connection_, plan_, std::move(report), identity ? &*identity : nullptr, blobs,
                                              *receipt_, frame_.today(), frame_.random()));
      ALCOVE_CLIENT_TRY(Vouch(sealed));
      auto filed = SubmitUntilAnswered(sealed);
      if (filed.ok()) {
        filed_ = *std::move(filed);
        keys_.emplace(std::move(sealed.keys));
        return absl::OkStatus();
      }
      if (client::ReasonOf(filed.status()) != "PLAN_STALE" || attempt >= 3) return filed.status();
      // Directory, policy or the hour have moved on. What was agreed to is not what would be sent: show it again.
      terminal_.Say("");
      terminal_.Say("The list of readers changed in the meantime, so nothing was sent. This is the new list.");
      ALCOVE_CLIENT_ASSIGN(directory_, client::FetchDirectory(*connection_, nullptr, frame_.today()));
      const std::string tag_key = intake_.limits.tag_key_id();
      ALCOVE_CLIENT_ASSIGN(client::Intake intake, client::FetchIntake(*connection_, directory_, options_.language));
      if (intake.limits.tag_key_id() != tag_key) return Refuse(Refusal::kTagKeyChanged, "another tag key");
      intake_.limits = intake.limits;
      ALCOVE_CLIENT_TRY(ShowPlan());
      ALCOVE_CLIENT_TRY(CheckCustody());
      if (!token_) ALCOVE_CLIENT_TRY(CheckProof());
    }
  }

  // The same sealed bytes under the same request_id, as often as the person wants: never two reports.
  absl::StatusOr<client::Filed> SubmitUntilAnswered(client::SealedReport& sealed) {
    while (true) {
      auto filed = linked_ != nullptr
                       ? linked_->send(sealed)
                       : client::Submit(*connection_, directory_, intake_.limits.work_price(), sealed, frame_.today());
      if (filed.ok() || !client::Is(filed.status(), Refusal::kServerUnreachable) || !asking()) return filed;
      terminal_.Say("The server does not answer, so it is not certain whether the report arrived. Trying again sends the same one; "
                    "it can never arrive twice.");
      ALCOVE_CLIENT_ASSIGN(const bool again, AskYesNo(terminal_, "Try again?", true));
      if (!again) return filed;
    }
  }

  absl::Status UploadFiles() {
    if (files_.empty()) return absl::OkStatus();
    ALCOVE_CLIENT_ASSIGN(const client::Session session,
                         client::SignIn(*connection_, directory_,
                                        format::MailboxName(*format::MailboxId::FromBytes(keys_->id.view())), keys_->signing));
    absl::Status first = absl::OkStatus();
    for (const client::PreparedFile& file : files_) {
      const absl::Status status = client::Upload(
          *connection_, session, file, intake_.limits.blob_part_bytes(), [&](uint64_t done, uint64_t total) {
            terminal_.Progress(Harmless(file.attachment.file_name()), done, total);
          });
      if (!status.ok()) {
        terminal_.Say("The report is filed, but " + Harmless(file.attachment.file_name()) +
                      " did not arrive whole. `alcove report attach` with the same file goes on where it stopped.");
        if (first.ok()) first = status;
      }
    }
    client::SignOut(*connection_, session);
    return first;
  }

  absl::Status Tell() {
    if (!options_.proof.empty()) {
      const auto text = format::ProofText(filed_.proof);
      if (!text.ok()) return text.status();
      ALCOVE_CLIENT_TRY(client::WriteNewFile(options_.proof, *text));
    }
    if (frame_.json()) {
      frame_.PrintJson(filed_.response);
      return absl::OkStatus();
    }
    const auto promised = format::ParsePromise(filed_.proof.promise);
    std::optional<format::Day> last;
    if (const auto found = answers_.find("last_incident"); found != answers_.end()) last = found->second.day;
    terminal_.Print("Your report is filed, and the service has signed for it.\nCase: " + filed_.case_name + "\n\n");
    terminal_.Print(Wrapped(DeadlinesText(DeadlinesOf(filed_.response.deadlines(),
                                                      intake_.ProfileOf(CodeOf(answers_, "jurisdiction")), promised.ok() ? promised->day : frame_.today(), last),
                                          frame_.today()),
                            terminal_.width()) +
                    "\n");
    if (others_ != 0) {
      terminal_.Print(Wrapped("What happens now: nothing, until " + std::to_string(others_) + " others have named the same person, or until " +
                                  last_day_->Text() + " is over. " + kEscrowPlainly + "\n",
                              terminal_.width()));
    } else {
      terminal_.Print(Wrapped("What happens now: one of the people on the list gets the case. Come back with `alcove report resume` and your "
                            "twelve words, in a few days and then every week or two, to see answers and questions. After 30, 90, 180 and 365 days "
                            "you are asked there whether anybody has treated you worse since. If you fear that now, `alcove report protect` asks the "
                            "protection officer to look at what HR plans against you: they learn your name, not why.\n",
                            terminal_.width()));
    }
    if (!options_.proof.empty()) {
      terminal_.Print(Wrapped("The proof of filing is in " + options_.proof +
                                  ". It names nobody. `alcove verify` checks it without a network.\n",
                              terminal_.width()));
    }
    if (asking() && options_.proof.empty()) {
      terminal_.Say("\nA signed proof of filing can be kept in a file; it names nobody, but shows that somebody filed a report. Type "
                    "a file name, or press Enter to keep none.");
      ALCOVE_CLIENT_ASSIGN(const std::string path, terminal_.Ask("File> "));
      if (!path.empty()) {
        const auto text = format::ProofText(filed_.proof);
        if (!text.ok()) return text.status();
        ALCOVE_CLIENT_TRY(client::WriteNewFile(path, *text));
      }
    }
    return absl::OkStatus();
  }

  Frame& frame_;
  const NewReportOptions& options_;
  const LinkedReport* linked_;
  Terminal& terminal_;
  std::unique_ptr<client::Connection> connection_;
  client::CheckedDirectory directory_;
  client::Intake intake_;
  InterviewNeeds needs_;
  Answers answers_;
  std::vector<client::PreparedFile> files_;
  client::PlanInput input_;
  client::CheckedPlan plan_;
  uint32_t others_ = 0;  // 0: it is sent at once
  std::optional<format::Day> last_day_;
  std::optional<client::WalletFile> wallet_;
  std::optional<format::UnspentToken> token_;
  std::optional<crypto::Receipt> receipt_;
  std::optional<crypto::MailboxKeys> keys_;
  client::Filed filed_;
};

}  // namespace

absl::Status NewReport(Frame& frame, const NewReportOptions& options) { return Filing(frame, options, nullptr).Run(); }

absl::Status NewLinkedReport(Frame& frame, const NewReportOptions& options, const LinkedReport& linked) {
  return Filing(frame, options, &linked).Run();
}

}  // namespace alcove::cli
