// Rows of server/core/cases; see codec.h.
#pragma once

#include "alcove/storage/v1/cases.pb.h"
#include "server/core/cases/records.h"

namespace alcove::storage {

void ToRow(const cases::Case& record, v1::CaseRow* row);
bool FromRow(const v1::CaseRow& row, cases::Case* record);
void ToRow(const cases::EscrowRoll& record, v1::EscrowRollRow* row);
bool FromRow(const v1::EscrowRollRow& row, cases::EscrowRoll* record);
void ToRow(const cases::Allegation& record, v1::AllegationRow* row);
bool FromRow(const v1::AllegationRow& row, cases::Allegation* record);
void ToRow(const cases::Measure& record, v1::MeasureRow* row);
bool FromRow(const v1::MeasureRow& row, cases::Measure* record);
void ToRow(const cases::Entry& record, v1::EntryRow* row);
bool FromRow(const v1::EntryRow& row, cases::Entry* record);
void ToRow(const cases::Epoch& record, v1::EpochRow* row);
bool FromRow(const v1::EpochRow& row, cases::Epoch* record);
void ToRow(const cases::Identity& record, v1::IdentityRow* row);
bool FromRow(const v1::IdentityRow& row, cases::Identity* record);
void ToRow(const cases::CaseLeaf& record, v1::CaseLeafRow* row);
bool FromRow(const v1::CaseLeafRow& row, cases::CaseLeaf* record);
void ToRow(const cases::HistoryLeaf& record, v1::HistoryLeafRow* row);
bool FromRow(const v1::HistoryLeafRow& row, cases::HistoryLeaf* record);
void ToRow(const cases::Blob& record, v1::BlobRow* row);
bool FromRow(const v1::BlobRow& row, cases::Blob* record);
void ToRow(const cases::BlobPart& record, v1::BlobPartRow* row);
bool FromRow(const v1::BlobPartRow& row, cases::BlobPart* record);
void ToRow(const cases::Mailbox& record, v1::MailboxRow* row);
bool FromRow(const v1::MailboxRow& row, cases::Mailbox* record);
void ToRow(const cases::Membership& record, v1::MembershipRow* row);
bool FromRow(const v1::MembershipRow& row, cases::Membership* record);
void ToRow(const cases::Request& record, v1::RequestRow* row);
bool FromRow(const v1::RequestRow& row, cases::Request* record);

}  // namespace alcove::storage
