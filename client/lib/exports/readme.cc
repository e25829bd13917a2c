#include "client/lib/exports/readme.h"

#include "client/lib/exports/redaction.h"

namespace alcove::client::exports {

std::string ReadmeOf(format::ExportPurpose purpose) {
  return "A case of Alcove, taken out of the service for this purpose: " + std::string(TextOf(purpose)) + R"(

What is here
  index.html    the case, for reading. Open it with any browser; it needs no network and runs no program.
  case.json     the same for programs.
  openings.txt  the keys of those entries of which nothing is left out, with what was sealed. Each opens one entry and no other.
  proofs.txt    the record of the case, the signatures of everybody who wrote, the proofs that the record is in the public ledger,
                the list of keys with the signatures of the organisation's root holders, and the signature of who made this archive.

How to check it, without the service, today or in many years
  alcove verify FILE.zip
  It uses no network, asks for no password and looks at no clock. It ends with 0 when everything holds and with 4 when anything was
  changed. With `--org alcove.org` it also compares the organisation. The layouts are described in crypto/DESIGN.md of Alcove's
  source (export.h), so that another program can do the same.
  Then compare the fingerprint that it prints with the organisation's poster, or ask a works council or a court's expert to:
  everything in here rests on that.

What the check shows
  - Who wrote each entry that is listed with an author, on which day, in which order, and that none is missing in between.
  - Of entries that are marked as proven: that the words are those that were sealed at the time.
  - That the record of the case is the one in the public ledger, as far as it was published when this was made.
  - Who took the case out, for which purpose, and that the record says so.
What it does not show
  - That words of which something is left out were not changed otherwise: they rest on the signature of who made the archive.
  - What the files say that were attached: they are handed over beside the archive. Compare their SHA-256.
  - That what somebody wrote is true.

Handle with care
  People trusted this service with what is written here, some of them at the risk of their work. What is left out, and why, stands on
  the first page. What a person wrote in their own words was not searched for names: whoever hands this on reads it before.
)";
}

}  // namespace alcove::client::exports
