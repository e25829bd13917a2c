// From rows to views.
#pragma once

#include <absl/status/statusor.h>

#include "server/core/cases/ports.h"
#include "server/core/cases/views.h"

namespace alcove::cases {

CaseSummary Summarise(const Ports& ports, const Case& record);
std::vector<clocks::Deadline> DeadlinesOf(const Ports& ports, const Case& record);
// Of a line; whether it is lost is for the caller to say.
ReaderView ViewOf(const people::Organisation& organisation, const grants::Holder& holder);
// Every line of THREAD, and the machines of who reads on that have no grant yet: the lines that are not lost are those of the
// next epoch.
std::vector<ReaderView> ReadersOf(const Ports& ports, const Case& record);

// The next entry of this keyring of the case has to bring a new epoch: somebody left, a grant of the current one was
// reported, or there is none yet.
bool IsEpochDue(const Ports& ports, const Case& record, const KeyringState& state);

// Says of those who were added later by which approval; one row read for each approval.
absl::Status AddAdmissions(const Ports& ports, const Case& record, std::vector<ReaderView>& readers);

// Every epoch of a keyring, oldest first.
absl::StatusOr<std::vector<Epoch>> EpochsOf(const Ports& ports, const Case& record, format::Keyring keyring);
void AddEpochViews(const Ports& ports, const Case& record, format::Keyring keyring, std::vector<Epoch> epochs,
                   std::vector<EpochView>& views);

// The grants of these epochs that are wrapped to one of the keys; deleted ones left out.
std::vector<ReleasedGrant> GrantsTo(const std::vector<Epoch>& epochs, const std::vector<crypto::KeyId>& keys);

// A page of a keyring: at most `page.size` entries and about 200 KiB, one entry at least. Entries that are to go are redacted.
absl::StatusOr<EntryPage> PageOf(const Ports& ports, const base::CaseId& id, format::Keyring keyring,
                                 const PageRequest& page);

// Page tokens hold one number each. FIELD_INVALID("page_token").
absl::StatusOr<std::uint32_t> PositionOf(const std::string& token);
std::string TokenOf(std::uint32_t position);
std::uint32_t SizeOf(const PageRequest& page, std::uint32_t otherwise, std::uint32_t most);

// Fills in where the leaf stands in the ledger.
absl::StatusOr<OpenedLeaf> Opened(const Ports& ports, std::uint32_t number, crypto::Bytes content, crypto::Bytes salt);

}  // namespace alcove::cases
