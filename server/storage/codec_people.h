// Rows of server/core/people; see codec.h.
#pragma once

#include "alcove/storage/v1/people.pb.h"
#include "server/core/people/records.h"

namespace alcove::storage {

void ToRow(const people::InForce& record, v1::InForceRow* row);
bool FromRow(const v1::InForceRow& row, people::InForce* record);
void ToRow(const people::DirectoryNote& record, v1::DirectoryRow* row);
bool FromRow(const v1::DirectoryRow& row, people::DirectoryNote* record);
void ToRow(const people::PolicyNote& record, v1::PolicyRow* row);
bool FromRow(const v1::PolicyRow& row, people::PolicyNote* record);
void ToRow(const people::ChartHead& record, v1::ChartHeadRow* row);
bool FromRow(const v1::ChartHeadRow& row, people::ChartHead* record);
void ToRow(const people::ChartPage& record, v1::ChartPageRow* row);
bool FromRow(const v1::ChartPageRow& row, people::ChartPage* record);

}  // namespace alcove::storage
