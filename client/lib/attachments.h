// Attachments: sealed as they are read, uploaded in parts, taken up again after a broken line, fetched and checked.
//
// Nothing is written to disk on the way up. The same file under the same key gives the same ciphertext
// (crypto/format/attachment.h), so an upload can go on in another run of the program from where the server says it stopped.
//
// Formats that carry their author's name, machine, place or time inside are named before anything is sent.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/resources.pb.h"
#include "client/lib/connection.h"
#include "crypto/random.h"

namespace alcove::client {

// What the contract lets a blob be, for callers who have no GetIntake to go by: the largest, and one part of it.
inline constexpr uint64_t kMostFileBytes = uint64_t{100} << 20;
inline constexpr uint32_t kBlobPartBytes = 128 << 10;

// A file that will be attached: what goes into the sealed body, what the server is told, where the bytes are.
struct PreparedFile {
  sealed::v1::Attachment attachment;  // blob id, key, size, hash, name without folders
  v1::BlobName blob;                  // id and padded size
  std::string path;
  // Sentences about what the format may tell of its author; empty when nothing is known.
  std::vector<std::string> warnings;
};

// Reads the file once for hash and size. kInputInvalid when it cannot be read, is empty, or its ciphertext would be larger
// than `most_blob_bytes`.
absl::StatusOr<PreparedFile> PrepareFile(const std::string& path, uint64_t most_blob_bytes, crypto::Random& random);

// The file of an attachment that an entry already names, to go on with its upload. kAttachmentInvalid when `path` is not
// the file that was begun.
absl::StatusOr<PreparedFile> PrepareAgain(const std::string& path, const sealed::v1::Attachment& attachment,
                                          const v1::BlobName& blob);

using UploadProgress = std::function<void(uint64_t done, uint64_t total)>;

// Uploads what the server has not received yet, in parts of `part` bytes. A broken line is tried again, with growing
// pauses; when it stays broken the error is returned, and a later call goes on from what arrived.
absl::Status Upload(Connection& connection, const Session& session, const PreparedFile& file, uint32_t part,
                    const UploadProgress& progress);

// Fetches, opens and checks size and hash. `sink` gets plain pieces in order; when the result is not OK, whatever it
// was given must be thrown away. kAttachmentMissing while it has not arrived whole.
absl::Status FetchAttachment(Connection& connection, const Session& session, const sealed::v1::Attachment& attachment,
                             const v1::BlobName& blob, const std::function<absl::Status(std::string_view piece)>& sink,
                             const UploadProgress& progress);

// What a format carries, from its name and first bytes: "Photographs carry the place and the camera (EXIF)."
std::vector<std::string> MetadataWarnings(std::string_view file_name, std::string_view beginning);

// The media type that a name suggests; `application/octet-stream` for a name that suggests none.
std::string MediaTypeOf(std::string_view file_name);

}  // namespace alcove::client
