// Whose a store is and under which KEK, readable without any key: so that a wrong key is refused by what is wrong with it.
//
// The file `label` of a data directory and of a backup, one line: "alcove.label.v1 <organisation> <epoch>", ended by a line
// feed. It proves nothing: whoever opens the store holds it against the format row. It says to a thief how often the KEK was
// changed, and whose the data is, which a backup's place says anyhow.
#pragma once

#include <absl/status/status.h>
#include <absl/status/statusor.h>

#include <cstdint>
#include <optional>
#include <string>

#include "server/core/base/ids.h"
#include "server/storage/keys.h"

namespace alcove::storage {

struct Label {
  base::OrganisationId organisation;
  std::uint32_t epoch = 1;

  friend bool operator==(const Label&, const Label&) = default;
};

std::string LabelIn(const std::string& directory);

// Makes the file (0600, durable). UNAVAILABLE.
absl::Status WriteLabel(const std::string& directory, const Label& label);
// Nothing where there is none, or none that reads as one.
std::optional<Label> ReadLabel(const std::string& directory);

// Why a KEK with these facts does not open a store with this label: KekOfAnotherOrganisation, KekOfLaterEpoch (the store is
// from before a shredding: dead), KekOfEarlierEpoch, or, where nothing speaks against it, WrongKek.
absl::Status WhyWrongKek(const std::optional<Label>& label, const KekFacts& facts);

}  // namespace alcove::storage
