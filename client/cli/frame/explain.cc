#include <map>

#include "alcove/v1/error_reason.pb.h"
#include "client/cli/frame/frame.h"
#include "client/lib/errors.h"

namespace alcove::cli {
namespace {

// Reason to one or two sentences: what happened, what to do next. `{}` is the field, gap or detail.
const std::map<std::string, std::string, std::less<>>& Sentences() {
  static const auto& sentences = *new std::map<std::string, std::string, std::less<>>{
      // From the server.
      {"NOTHING_HERE", "There is nothing here for you. Check the name or the words; nobody can tell you more than that."},
      {"SESSION_REQUIRED", "The session has ended. Run the command again to sign in."},
      {"SIGN_IN_REFUSED",
       "Signing in was refused. Check the twelve words, or that your keys stand in the current directory."},
      {"CALLER_NOT_ALLOWED", "This is not for your role. Ask an administrator which roles your directory line has."},
      {"FIELD_INVALID", "The server cannot take the field `{}`. Correct it and try again."},
      {"REQUEST_ID_REUSED", "This request was already used for something else. Run the command again to make a new one."},
      {"ETAG_STALE", "Something changed meanwhile. Look again, then repeat if you still want to."},
      {"CONTENDED", "Too many people are writing at once. Wait a moment and run the command again."},
      {"ENVELOPE_INVALID", "The server found the sealed message damaged. Nothing was stored; run the command again."},
      {"EPOCH_INVALID", "The server refused the new key of this conversation. Nothing was stored; run the command again."},
      {"EPOCH_STALE", "The readers changed meanwhile. Nothing was sent; run the command again to seal to the new readers."},
      {"GRANTS_MISMATCH",
       "The readers this was sealed to are not those that the plan names. Nothing was stored; run the command again."},
      {"PLAN_INVALID", "The server does not know the plan it was shown. Nothing was sent; ask for a new plan."},
      {"PLAN_STALE", "The list of readers is out of date. Nothing was sent; look at the new list before you go on."},
      {"WORK_REQUIRED", "The puzzle that protects the service from floods ran out of time. Run the command again."},
      {"BUDGET_EXHAUSTED", "The service is busier than it allows. Wait a minute and run the command again."},
      {"STORE_FULL", "The service has no room to keep this safely, so it kept nothing. Try again later; the operator sees it."},
      {"STORE_FAILED", "The service cannot store anything and is stopping. Nothing was kept; try again later."},
      {"TRANSITION_REFUSED", "The case cannot go from where it stands to there. `alcove case states` shows what can follow."},
      {"CODE_UNKNOWN", "The code `{}` is not in this organisation's list. Fetch the current form and choose again."},
      {"NOTE_INVALID", "The document is not signed by enough root holders, or is not for this organisation."},
      {"VERSION_NOT_NEXT", "Another version was published meanwhile. Start from the newest and sign again."},
      {"POLICY_INCOMPLETE", "The document cannot take effect: {}."},
      {"INTAKE_CLOSED",
       "This organisation's service cannot take reports yet. Nothing was sent. Use another way you trust, or try later."},
      {"BLOB_NOT_NAMED", "No message names this attachment. Attach it with a new message."},
      {"BLOB_PART_REFUSED", "The attachment is not the file that was begun. Attach it anew."},
      {"QUOTA_EXCEEDED", "There is no more room for attachments in this case. Describe the rest in a message."},
      {"KIND_REFUSED", "This cannot be added to the case where it stands."},
      {"NOT_PUBLISHED", "This is not in the published record yet. It is published every hour; ask again later."},
      {"CUSTODY_NOT_OFFERED",
       "Your name cannot be kept sealed here, because too few custodians are left. Report anonymously, or give your name."},
      {"STOPPING", "The service is restarting. Wait a minute and run the command again."},
      {"SYNC_REFUSED",
       "This would remove more people than the organisation's safeguards allow. Check the file; nothing was changed."},
      {"SYNC_INCOMPLETE", "Parts of the file did not arrive. Nothing was changed; run the command again."},
      {"LINK_REFUSED", "These two cases cannot be linked. Nothing was changed."},
      {"APPROVAL_REFUSED",
       "A rule does not allow this, for this person or at this time. Nothing was changed; `alcove approval show` says where "
       "the request stands."},
      {"APPROVAL_NOT_GRANTED",
       "Too few people have approved yet. Nothing was changed; wait for their decision. For `knowingly_false`, ask with `alcove approval "
       "request --false-report`."},
      {"ASSESSMENT_MISSING",
       "Nobody has written down yet what may happen to the people who spoke up. Do that first: `alcove case "
       "assess`; `alcove case states` says at which points."},
      {"FINDING_MISSING",
       "An allegation has no finding yet, or there is no allegation. `alcove case allegation CASE` lists them."},
      {"NOTICE_MISSING",
       "The reporter has not been told yet what was decided and where else they can turn. Do that first: `alcove "
       "case notice`."},
      {"SUMMARY_NOT_SHOWN",
       "The reporter has not answered this summary yet, and still has time to. Nothing was served."},
      {"CHECK_IN_REFUSED",
       "This check-in is not due yet, or you have answered it already. You can write a message at any time."},
      {"CLOCK_FROZEN",
       "The server's clock leapt ahead, and what cannot be undone waits until an administrator and an auditor "
       "have confirmed it. Nothing was changed."},
      {"MEASURES_OPEN",
       "Measures of this case are not carried out yet, or there is none to run. `alcove case measure CASE` lists "
       "them."},
      {"MEASURE_REFUSED",
       "This measure cannot take that step, or it would burden the person who was harmed: ask them first, and "
       "consider what the other side can change."},
      {"SHARE_REFUSED",
       "The share does not belong to this request, or is not yours to give. Nothing was changed; look at the request again with "
       "`alcove approval show` and approve it once more."},
      {"CONSENT_MISSING", "The reporter is asked and has not agreed. Nothing can be opened before; look again later."},
      {"CONSENT_REFUSED", "Nobody asks for your consent, or you have answered already. `alcove report status` shows it."},
      {"NOTICE_RUNNING",
       "The reporter was told and still has time before anything is opened. `alcove approval show` says until when."},
      {"IDENTITY_NOT_HELD", "No name is sealed in this case: the reporter is anonymous, or is named in the report itself."},
      {"LEGAL_HOLD",
       "A legal hold stands on this case: nothing of it may go. Nothing was changed; `alcove approval request --lift-hold` asks two "
       "others to lift it."},
      {"COOLING_OFF",
       "It is approved, and the days in which it can be taken back are not over. Nothing was changed; `alcove approval show` says from "
       "when on it can be carried out."},
      {"UNREAD",
       "The reporter wrote something that nobody has read yet. Nothing was changed; `alcove case show` reads it. To end the case unread, "
       "`alcove approval request --close-unread` asks two others."},
      {"RETENTION_REFUSED",
       "The case is not closed, or the day is not at least 30 days ahead and before the one until which it is kept. Nothing was changed; "
       "`alcove case show` says that day."},
      {"APPROVALS_STAND",
       "Others still have to decide something about this case, so it is not handed over yet. Nothing was written. `alcove approval "
       "list` shows what you are party to; wait, or whoever asked takes it back with `alcove approval cancel`."},
      {"EXPORT_ON_HOLD",
       "This case is on hold, or a legal hold stands on it. A regulator or a court can have it, the person complained about cannot. Nothing was written."},
      {"TOKEN_REQUIRED",
       "This desk takes reports of people who prove that they work here, and no employment token came. Nothing was sent. `alcove report token "
       "draw` begins fetching some, `alcove report new --wallet FILE` spends one; --help says what that tells about you: that you work "
       "here, and not who you are."},
      {"TOKEN_REFUSED",
       "The service does not take this token: it is of another organisation or of a quarter that is over, or the service has lost the key that "
       "it was issued under. Nothing was kept. Try another token, or report without one where the desk allows it."},
      {"TOKEN_SPENT", "This token was spent on another report already. Nothing was kept. Try another token from your wallet."},
      {"TOKENS_USED_UP",
       "This employee has fetched all tokens that there are for one person in a quarter. Nothing was issued; the next quarter brings new ones."},
      {"TOKEN_KEY_MISSING",
       "No tokens of this kind can be issued this quarter: the directory announces no key for them, or the service does not hold it. Tell the "
       "administrator: `alcoved keys token` makes one, and the next directory has to announce it."},
      {"EMPLOYEE_UNKNOWN", "No sync ever told of this employee. Check the number, or run `alcove hr sync` first."},
      {"ACTION_ENDED", "This action was decided or taken back already, and that is final."},
      {"ESCROW_SUBJECT_UNKNOWN",
       "To wait for others, the service has to know the person: none of those you named is known by that staff number or e-mail. "
       "Check the spelling, or send the report without waiting. Nothing was sent."},
      {"REPORTER_UNANSWERED",
       "The reporter of this case asked that it be sent only together with others, and does not know that you have it. Write to them "
       "first: `alcove case reply`. Nothing was written."},
      {"OFFICER_MISSING", "The directory lists no protection officer, so nobody could open this. Nothing was sent; tell the administrator."},
      {"ORDERS_NOT_OFFERED", "The directory lists no HR system that carries out orders. Order the measure without --order, and see to it yourselves."},
      {"ORDER_REFUSED", "HR has nothing to do for a measure of this kind: `alcove case measure CASE --kinds` shows for which it has. Nothing was written."},
      {"ORDER_ANSWERED", "This order was answered before, or taken back, and that is final."},
      {"EVENT_TOKEN_UNKNOWN", "The resume token is not one of this account. Move the file away: then everything is told from the beginning."},
      // From this program.
      {"ORGANISATION_FILE_INVALID",
       "{}. Get the organisation file from a poster, the intranet or a person you trust, and name it with --org."},
      {"KEY_FILE_INVALID", "{}."},
      {"MESSAGE_TOO_LARGE",
       "This is more than the service takes at once ({}). Nothing was stored. Shorten it, or put what is long into a file and "
       "attach that; split a list into several."},
      {"INPUT_INVALID", "{}."},
      {"NO_TERMINAL", "{}. Run this in a terminal, or give what is asked by an option; --help lists them."},
      {"CANCELLED", "Stopped before anything was sent ({})."},
      {"PASSPHRASE_WRONG", "The passphrase does not open this key file."},
      {"COVERAGE_INCOMPLETE",
       "Somebody could be reported to nobody but a fallback, or too few approvers or custodians would be left: {}. Add people "
       "to the desk, or change the routing."},
      {"NO_KEY_HERE",
       "This machine has no key to the case yet: {}. Open it with your other key file. Whoever writes next makes a key for this "
       "one too."},
      {"KEY_NEEDED", "The key file stays where it is: {}. A key that is gone is never made again, so nothing was deleted."},
      {"SHARE_KEPT", "Not every share could be handed over: {}. Nothing was lost; the others are with their new holder."},
      {"WALLET_NEEDED",
       "This desk takes reports of people who prove that they work here, and there is no wallet to spend a token from ({}). Nothing was sent or "
       "written. `alcove report token draw` begins fetching tokens through the HR portal; then `alcove report new --wallet FILE`. If you cannot wait, "
       "or have left, use another way of reporting."},
      {"SERVER_UNREACHABLE", "The server cannot be reached ({}). Nothing was lost; try again, perhaps from another network."},
      {"DIRECTORY_INVALID",
       "The list of staff keys is not properly signed: {}. Nothing was sent. Tell a person you trust; this can be an attack."},
      {"DIRECTORY_EXPIRED",
       "The list of staff keys has run out: {}. Nothing was sent. The organisation has to renew it first."},
      {"DIRECTORY_OLDER",
       "The server showed an older list of staff keys than before: {}. Nothing was sent. This can be an attack: tell a root holder."},
      {"DIRECTORY_FORKED",
       "The server showed two different lists of staff keys under one number: {}. This can be an attack: tell a root holder."},
      {"TOKENS_INVALID",
       "The tokens that came back are not to be used: {}. With them you could be known again when you report. Nothing was taken in; tell a root "
       "holder."},
      {"CHECKPOINT_INVALID", "The public record does not check: {}. Tell the auditor."},
      {"DOCUMENT_INVALID", "The organisation's {} is not properly signed. Nothing was sent. Tell a person you trust."},
      {"TAG_KEY_CHANGED", "The server changed its key for recognising people. Nothing was sent; run the command again."},
      {"ANSWER_MALFORMED", "The server's answer makes no sense: {}. Nothing was sent after it."},
      {"READER_NOT_IN_DIRECTORY",
       "The server offered a reader who is not in the signed list of staff: {}. Nothing was sent. This can be an attack."},
      {"READER_KEY_SWAPPED",
       "The server offered a key that is not the one in the signed list of staff: {}. Nothing was sent. The list may have changed this "
       "very moment: run it again. When it says the same then, this can be an attack."},
      {"READER_KEY_WEAK", "The server offered a key that protects nothing: {}. Nothing was sent. This can be an attack."},
      {"READER_NAMED",
       "The server wanted to let a person read whom you named: {}. Nothing was sent. Please use another way of reporting."},
      {"READER_STRUCK_OUT", "The server wanted to let a person read whom you struck out: {}. Nothing was sent."},
      {"PLAN_WITHOUT_FALLBACK",
       "No reader from outside the organisation is on the list, so nobody would stand in. Nothing was sent."},
      {"PROMISE_INVALID",
       "The proof of filing does not check: {}. Keep your twelve words, and do not rely on this report having been kept."},
      {"EPOCH_INVALID_HERE", "The keys of this conversation do not check: {}. Nothing was opened or sent."},
      {"GRANT_INVALID", "A key that was handed out does not open or does not fit: {}."},
      {"GRANT_UNOPENED",
       "The newest key of this case does not open for you: {}. Whoever made it made it wrong. Once somebody else writes, a new "
       "key is made: try again then."},
      {"ENTRY_INVALID", "A message was altered or is not from whom it claims: {}. Do not rely on it; tell the auditor."},
      {"ENTRY_OMITTED", "Messages are missing: {}. Tell the auditor."},
      {"ROLLED_BACK", "The server shows less than it showed before: {}. Tell the auditor."},
      {"LEAF_INVALID", "The record of what was done on this case does not check: {}. Tell the auditor."},
      {"LEAF_OMITTED", "Something is left out of the record of this case: {}. Tell the auditor."},
      {"ATTACHMENT_INVALID", "The attachment is not what was sealed: {}."},
      {"ATTACHMENT_MISSING", "This attachment never arrived: {}."},
      {"CASE_GONE", "There is no case any more. {} `alcove report status` shows this, `alcove report save` keeps the proof."},
      {"TOMBSTONE_INVALID",
       "The server says that this case is gone, and what should prove it does not check: {}. This can be an attack: keep your "
       "twelve words and tell the auditor."},
      {"APPROVAL_INVALID",
       "An approval does not check: {}. Nobody was let in and nothing was sent. This can be an attack: tell the auditor."},
      {"SUMMARY_INVALID",
       "The summary for the accused does not hold to what was released for it: {}. Nobody may serve it like this."},
      {"EXPORT_INVALID",
       "This archive is not what was handed out: {}. Do not rely on anything in it; ask whoever gave it to you for another copy."},
      {"READER_SURPLUS", "Somebody was added to the readers who was not there before: {}. Nothing was sent."},
      {"READER_DROPPED",
       "Somebody who could read this case cannot any more, and its record does not say that they lost it: {}. Nothing was "
       "shown or sent. Whoever is kept out like that may be the one who would have helped: tell the auditor."},
      {"MAILBOX_KEY_SWAPPED",
       "The reporter's key is not the one the report was filed with. Nothing was sent. This can be an attack."},
  };
  return sentences;
}

}  // namespace

std::string Explain(const absl::Status& status) {
  std::string reason = client::ReasonOf(status);
  if (reason == "EPOCH_INVALID" && !client::FromServer(status)) reason = "EPOCH_INVALID_HERE";
  const auto found = Sentences().find(reason);
  std::string text = found != Sentences().end() ? found->second : "";
  if (text.empty()) {
    text = client::FromServer(status) ? "The server answered with something this program is too old to understand ({})."
                                      : "{}.";
  }
  const std::string detail = client::DetailOf(status);
  if (const size_t at = text.find("{}"); at != std::string::npos) {
    text.replace(at, 2, detail.empty() ? std::string(status.message()) : detail);
  }
  if (!text.empty() && text[0] >= 'a' && text[0] <= 'z') text[0] = static_cast<char>(text[0] - 'a' + 'A');
  return reason.empty() ? text : text + " (" + client::ReasonOf(status) + ")";
}

ExitCode ExitCodeOf(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kOk:
      return ExitCode::kDone;
    case absl::StatusCode::kNotFound:
      return ExitCode::kNothingHere;
    case absl::StatusCode::kDataLoss:
      return ExitCode::kUnverified;
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:
    case absl::StatusCode::kResourceExhausted:
      // Used up for good, or for a quarter: trying again soon helps nobody.
      return client::ReasonOf(status) == "QUOTA_EXCEEDED" || client::ReasonOf(status) == "TOKENS_USED_UP" ? ExitCode::kRefused
                                                                                                         : ExitCode::kUnreachable;
    case absl::StatusCode::kInvalidArgument:
      return client::FromServer(status) ? ExitCode::kRefused : ExitCode::kUsage;
    case absl::StatusCode::kUnauthenticated:
      // Wrong words are like a mailbox that never was.
      return ExitCode::kNothingHere;
    default:
      return client::ReasonOf(status) == "NO_TERMINAL" ? ExitCode::kUsage : ExitCode::kRefused;
  }
}

}  // namespace alcove::cli
