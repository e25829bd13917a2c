// Codes of the service as sentences for the person who reported.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/mailbox_service.pb.h"
#include "alcove/v1/resources.pb.h"
#include "client/cli/frame/date_text.h"
#include "client/lib/documents.h"
#include "crypto/format/day.h"
#include "crypto/format/directory.h"
#include "crypto/format/leaf.h"

namespace alcove::cli {

// "only if the case is given to them".
std::string ConditionText(v1::ReleaseCondition condition);
// "received: nobody has answered yet".
std::string StateText(v1::CaseState state);
// "Somebody confirms that the report arrived"; the code itself for a kind that this program does not know.
std::string DeadlineText(const std::string& kind);
// "that the whole case is deleted for good": what somebody asked for, by the kind's name.
std::string WishText(std::string_view kind);
// "Ana Ruiz opened the report"; slugs become names of the directory where it still has them.
std::string LeafText(const format::Leaf& leaf, const format::Directory& directory);

// Every deadline that matters to the reporter, soonest first: those of the service, and those of authorities outside,
// computed here from the last day it happened. `last` empty: they are listed with what they count from. `filed`: what the
// service promises is held against the signed profile.
struct Due {
  std::string text;
  std::string date;
  bool met = false;
  bool outside = false;
  std::string latest;  // set when `date` is later than the profile allows: the day that it allows
};
std::vector<Due> DeadlinesOf(const google::protobuf::RepeatedPtrField<v1::Deadline>& deadlines,
                             const client::clocks::Profile* profile, format::Day filed,
                             std::optional<format::Day> last);
// The list as a table with its heading.
std::string DeadlinesText(const std::vector<Due>& dues, format::Day today);

// "30 days after your report".
std::string CheckInText(uint32_t since, uint32_t days);
// "isolation, pay cut; you do not feel safe", with the words in a line of their own; for the thread.
std::string AnswerText(const sealed::v1::CheckIn& answer);
// Who has the case, and what comes next by when.
std::string NextText(const v1::GetMailboxResponse& mailbox, const std::vector<Due>& dues,
                     const format::Directory& directory);
// What others ask for and has neither been carried out nor come to nothing, one paragraph each: who asked, who approved, from when on
// it can be done. Read from the record of the case, which was checked.
std::string PendingText(const std::vector<format::Leaf>& leaves, const format::Directory& directory, format::Day today);
// What a report that waits for others does and does not do, for somebody who is afraid.
inline constexpr const char* kEscrowPlainly =
    "While it waits nobody can read it, and nobody who handles reports can tell that it exists. You can add to it or withdraw it at any "
    "time with your twelve words. Once enough others, each a different person, have named the same person, all of these reports go to the "
    "people on your list together. If that has not happened by the last day that you choose, it is destroyed unread. You are not told "
    "that it was sent until somebody writes to you: otherwise the person could find out by a report about themselves whether others "
    "have named them. The days that courts and authorities set run on meanwhile. If you or somebody else is in danger now, do not wait.";
// Of a report that waits, or waited, for others: on what it waits, and what can be known. Empty for any other.
std::string EscrowText(const v1::GetMailboxResponse& mailbox);
// Legal holds, whether something is unread, and until when a closed case is kept.
std::string KeptText(const v1::GetMailboxResponse& mailbox, format::Day today);
// The times at which the reporter is asked how it has been, one a line; empty where there are none.
std::string CheckInsText(const v1::GetMailboxResponse& mailbox);

}  // namespace alcove::cli
