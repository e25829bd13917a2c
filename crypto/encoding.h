// Text forms of bytes. Every decoder is strict: one text for one value, so that a decoded id can be compared as text,
// and a second spelling cannot pass a check on the first. Wrong alphabet, wrong padding, white space and set unused
// bits are INVALID_ARGUMENT. Not constant in time: do not feed secrets (receipt words have their own door).
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "crypto/bytes.h"

namespace alcove::crypto {

// RFC 4648 base32, lower case, no padding: 16 bytes become 26 characters.
Bytes Base32Encode(BytesView bytes);
absl::StatusOr<Bytes> Base32Decode(BytesView text);

// RFC 4648 base64 with padding, as signed notes use it.
Bytes Base64Encode(BytesView bytes);
absl::StatusOr<Bytes> Base64Decode(BytesView text);

// RFC 4648 base64url without padding.
Bytes Base64UrlEncode(BytesView bytes);
absl::StatusOr<Bytes> Base64UrlDecode(BytesView text);

// Lower case. HexDecode refuses upper case.
Bytes HexEncode(BytesView bytes);
absl::StatusOr<Bytes> HexDecode(BytesView text);

// RFC 7468: what lies between the lines of every certificate of the text, as DER; none when there is none. What stands around
// them is not looked at, and nor is what is in them.
absl::StatusOr<std::vector<Bytes>> PemCertificates(BytesView text);

}  // namespace alcove::crypto
