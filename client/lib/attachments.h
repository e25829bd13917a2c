// Attachments: sealed as they are read, uploaded in parts, resumed after a broken line, fetched and checked.
//
// Nothing is written to disk on the way up: the sealed stream of a file under one key is made again from the file when
// an upload goes on, from a header nonce kept in memory, so that it has the same bytes. Across runs of the program a
// resumed upload needs the same key and nonce; both follow from the file key in the sealed entry.
//
// Formats that carry their author's name, machine, place or time inside are named before anything is sent.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "alcove/sealed/v1/sealed.pb.h"
#include "alcove/v1/resources.pb.h"
#include "client/lib/connection.h"
#include "crypto/random.h"

namespace alcove::client {

// A file that will be attached: what goes into the sealed body, what the server is told, where the bytes are.
struct PreparedFile {
  sealed::v1::Attachment attachment;  // blob id, key, size, hash, name without folders
  v1::BlobName blob;                  // id and padded size
  std::string path;
  // Sentences about what the format may tell of its author; empty when nothing is known.
  std::vector<std::string> warnings;
};

// Reads the file once for hash and size. kInputInvalid when it cannot be read, is empty, or is larger than `most`.
absl::StatusOr<PreparedFile> PrepareFile(const std::string& path, uint64_t most, crypto::Random& random);

using Progress = std::function<void(uint64_t done, uint64_t total)>;

// Uploads what the server has not received yet, in parts of `part` bytes. A broken line is tried again, five times in
// a row without progress; then the error is returned and a later call goes on where this one stopped.
absl::Status Upload(Connection& connection, const Session& session, const PreparedFile& file, uint32_t part,
                    const Progress& progress);

// Goes on with an upload of an entry written earlier: `path` must be the same file (its hash is checked first).
absl::StatusOr<PreparedFile> PrepareAgain(const std::string& path, const sealed::v1::Attachment& attachment,
                                          const v1::BlobName& blob);

// Fetches, opens and checks size and hash. `sink` gets plain pieces in order; when the result is not OK, whatever it
// was given must be thrown away. kAttachmentMissing while it has not arrived whole.
absl::Status Fetch(Connection& connection, const Session& session, const sealed::v1::Attachment& attachment,
                   const v1::BlobName& blob, const std::function<absl::Status(std::string_view piece)>& sink,
                   const Progress& progress);

// What a format carries, from its name and first bytes: "photographs carry the place and the camera (EXIF)".
std::vector<std::string> MetadataWarnings(std::string_view file_name, std::string_view beginning);

}  // namespace alcove::client
