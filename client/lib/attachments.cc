#include "client/lib/attachments.h"

#include <algorithm>
#include <cctype>
#include <fstream>

#include "crypto/format/attachment.h"
#include "crypto/format/ids.h"
#include "crypto/hash.h"

namespace alcove::client {
namespace {

constexpr size_t kReadAtOnce = 1u << 16;

std::string BareName(const std::string& path) {
  const size_t slash = path.find_last_of("/\\");
  return slash == std::string::npos ? path : path.substr(slash + 1);
}

std::string ExtensionOf(std::string_view file_name) {
  const size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return "";
  std::string extension(file_name.substr(dot + 1));
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](unsigned char letter) { return static_cast<char>(std::tolower(letter)); });
  return extension;
}

struct Measured {
  uint64_t size = 0;
  crypto::Digest hash;
  std::string beginning;
};

absl::StatusOr<Measured> Measure(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refuse(Refusal::kInputInvalid, "the file `" + path + "` cannot be read");
  Measured measured;
  crypto::Sha256Stream hash;
  std::string buffer(kReadAtOnce, '\0');
  while (file) {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    const auto got = static_cast<size_t>(file.gcount());
    if (got == 0) break;
    hash.Update(std::string_view(buffer).substr(0, got));
    if (measured.beginning.empty()) measured.beginning = buffer.substr(0, got);
    measured.size += got;
    if (measured.size > format::kMaxAttachment) {
      return Refuse(Refusal::kInputInvalid, "the file `" + BareName(path) + "` is larger than 100 MiB");
    }
  }
  if (file.bad()) return Refuse(Refusal::kInputInvalid, "the file `" + path + "` cannot be read");
  if (measured.size == 0) return Refuse(Refusal::kInputInvalid, "the file `" + BareName(path) + "` is empty");
  measured.hash = hash.Finish();
  return measured;
}

absl::StatusOr<uint32_t> Received(Connection& connection, const Session& session, const v1::BlobName& blob) {
  v1::GetBlobRequest request;
  request.set_name(blob.blob());
  ALCOVE_CLIENT_ASSIGN(const v1::GetBlobResponse about,
                       connection.CallAgain(&v1::BlobService::Stub::GetBlob, request, &session));
  if (about.size() != blob.size() || about.received() > about.size()) {
    return Refuse(Refusal::kAnswerMalformed, "the attachment's size is another");
  }
  return about.received();
}

}  // namespace

std::vector<std::string> MetadataWarnings(std::string_view file_name, std::string_view beginning) {
  const std::string extension = ExtensionOf(file_name);
  const auto is = [&](std::initializer_list<const char*> names) {
    return std::find(names.begin(), names.end(), extension) != names.end();
  };
  std::vector<std::string> warnings;
  if (is({"jpg", "jpeg", "heic", "heif", "tif", "tiff", "webp"}) || beginning.starts_with("\xFF\xD8\xFF")) {
    warnings.push_back(beginning.find("Exif") != std::string_view::npos
                           ? "This picture carries EXIF data: often the place, the time and the camera or phone."
                           : "Pictures like this can carry the place, the time and the camera or phone (EXIF).");
  } else if (is({"png"}) || beginning.starts_with("\x89PNG")) {
    if (beginning.find("tEXt") != std::string_view::npos || beginning.find("iTXt") != std::string_view::npos ||
        beginning.find("eXIf") != std::string_view::npos) {
      warnings.push_back("This picture carries text about how and where it was made.");
    }
  } else if (is({"docx", "xlsx", "pptx", "odt", "ods", "odp", "doc", "xls", "ppt", "rtf"})) {
    warnings.push_back("Office documents carry the names of whoever wrote and changed them, and often the company's licence.");
  } else if (is({"pdf"}) || beginning.starts_with("%PDF")) {
    warnings.push_back("PDF files carry the author's name, the program and the time they were made.");
  } else if (is({"mp4", "mov", "m4a", "mp3", "avi", "mkv", "wav", "3gp"})) {
    warnings.push_back("Recordings can carry the place, the time and the phone. Secret recordings are forbidden in some countries.");
  } else if (is({"eml", "msg", "mbox"})) {
    warnings.push_back("Saved e-mails carry who sent them, to whom, when and through which machines.");
  } else if (is({"zip", "tar", "gz", "7z", "rar"})) {
    warnings.push_back("Archives carry the names and times of the files inside, sometimes the user's name.");
  }
  return warnings;
}

std::string MediaTypeOf(std::string_view file_name) {
  static const std::pair<const char*, const char*> types[] = {
      {"txt", "text/plain"},       {"pdf", "application/pdf"}, {"jpg", "image/jpeg"}, {"jpeg", "image/jpeg"},
      {"png", "image/png"},        {"gif", "image/gif"},       {"heic", "image/heic"}, {"mp3", "audio/mpeg"},
      {"m4a", "audio/mp4"},        {"wav", "audio/wav"},       {"mp4", "video/mp4"},  {"mov", "video/quicktime"},
      {"eml", "message/rfc822"},   {"zip", "application/zip"},
      {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
      {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
      {"odt", "application/vnd.oasis.opendocument.text"}};
  const std::string extension = ExtensionOf(file_name);
  for (const auto& [name, type] : types) {
    if (extension == name) return type;
  }
  return "application/octet-stream";
}

absl::StatusOr<PreparedFile> PrepareFile(const std::string& path, uint64_t most_blob_bytes, crypto::Random& random) {
  ALCOVE_CLIENT_ASSIGN(const Measured measured, Measure(path));
  const auto sealed = format::SealedAttachmentSize(measured.size);
  if (!sealed.ok() || (most_blob_bytes > 0 && *sealed > most_blob_bytes)) {
    return Refuse(Refusal::kInputInvalid, "the file `" + BareName(path) + "` is larger than this organisation takes");
  }
  PreparedFile file;
  file.path = path;
  file.warnings = MetadataWarnings(path, measured.beginning);
  file.blob.set_blob(format::BlobName(format::DrawId<format::BlobId>(random)));
  file.blob.set_size(*sealed);
  file.attachment.set_blob(file.blob.blob());
  file.attachment.set_file_name(BareName(path));
  file.attachment.set_media_type(MediaTypeOf(path));
  file.attachment.set_size(static_cast<uint32_t>(measured.size));
  file.attachment.set_key(std::string(crypto::FileKey::Draw(random).expose()));
  file.attachment.set_sha256(measured.hash.str());
  return file;
}

absl::StatusOr<PreparedFile> PrepareAgain(const std::string& path, const sealed::v1::Attachment& attachment,
                                          const v1::BlobName& blob) {
  ALCOVE_CLIENT_ASSIGN(const Measured measured, Measure(path));
  if (measured.size != attachment.size() || measured.hash.view() != attachment.sha256()) {
    return Refuse(Refusal::kAttachmentInvalid, "`" + BareName(path) + "` is not the file that was begun");
  }
  return PreparedFile{attachment, blob, path, {}};
}

absl::Status Upload(Connection& connection, const Session& session, const PreparedFile& file, uint32_t part,
                    const UploadProgress& progress) {
  if (part == 0) part = kBlobPartBytes;
  const auto key = crypto::FileKey::FromBytes(file.attachment.key());
  const auto hash = crypto::Digest::FromBytes(file.attachment.sha256());
  if (!key.ok() || !hash.ok()) return Refuse(Refusal::kAttachmentInvalid, "its key is malformed");
  ALCOVE_CLIENT_ASSIGN(const uint32_t received, Received(connection, session, file.blob));
  progress(received, file.blob.size());
  if (received == file.blob.size()) return absl::OkStatus();

  std::ifstream source(file.path, std::ios::binary);
  if (!source) return Refuse(Refusal::kInputInvalid, "the file `" + file.path + "` cannot be read");
  auto sealer = format::AttachmentSealer::Start(*key, file.attachment.size(), *hash);
  if (!sealer.ok()) return sealer.status();
  std::string buffer(kReadAtOnce, '\0');
  crypto::Bytes ready;     // ciphertext from `offset` on
  uint64_t offset = 0;
  bool ended = false;
  while (offset < file.blob.size()) {
    while (ready.size() < part && !ended) {
      source.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
      const auto got = static_cast<size_t>(source.gcount());
      const absl::Status sealed =
          got > 0 ? sealer->Write(std::string_view(buffer).substr(0, got), &ready) : sealer->Finish(&ready);
      if (!sealed.ok()) return Refuse(Refusal::kAttachmentInvalid, "the file changed while it was read");
      ended = got == 0;
    }
    const size_t size = std::min<size_t>(part, ready.size());
    if (size == 0) return Refuse(Refusal::kAttachmentInvalid, "the file is shorter than it was");
    if (offset + size > received) {
      v1::WriteBlobPartRequest request;
      request.set_name(file.blob.blob());
      request.set_offset(static_cast<uint32_t>(offset));
      request.set_data(ready.substr(0, size));
      ALCOVE_CLIENT_ASSIGN(const v1::WriteBlobPartResponse answer,
                           connection.CallAgain(&v1::BlobService::Stub::WriteBlobPart, request, &session, 8));
      progress(std::max<uint64_t>(answer.received(), offset + size), file.blob.size());
    }
    ready.erase(0, size);
    offset += size;
  }
  ALCOVE_CLIENT_ASSIGN(const uint32_t whole, Received(connection, session, file.blob));
  if (whole != file.blob.size()) return Refuse(Refusal::kAttachmentMissing, "not all of it arrived");
  return absl::OkStatus();
}

absl::Status FetchAttachment(Connection& connection, const Session& session, const sealed::v1::Attachment& attachment,
                             const v1::BlobName& blob, const std::function<absl::Status(std::string_view piece)>& sink,
                             const UploadProgress& progress) {
  const auto key = crypto::FileKey::FromBytes(attachment.key());
  const auto hash = crypto::Digest::FromBytes(attachment.sha256());
  if (!key.ok() || !hash.ok() || attachment.blob() != blob.blob()) {
    return Refuse(Refusal::kAttachmentInvalid, "its key is malformed");
  }
  auto opener = format::AttachmentOpener::Start(*key, attachment.size(), *hash);
  if (!opener.ok()) return Refuse(Refusal::kAttachmentInvalid, opener.status());
  ALCOVE_CLIENT_ASSIGN(const uint32_t received, Received(connection, session, blob));
  if (received != blob.size()) {
    return Refuse(Refusal::kAttachmentMissing, "`" + attachment.file_name() + "`, " + std::to_string(received) + " of " +
                                                   std::to_string(blob.size()) + " bytes are there");
  }
  uint32_t offset = 0;
  while (offset < blob.size()) {
    v1::ReadBlobPartRequest request;
    request.set_name(blob.blob());
    request.set_offset(offset);
    ALCOVE_CLIENT_ASSIGN(const v1::ReadBlobPartResponse answer,
                         connection.CallAgain(&v1::BlobService::Stub::ReadBlobPart, request, &session));
    if (answer.data().empty()) return Refuse(Refusal::kAttachmentMissing, "`" + attachment.file_name() + "` ends early");
    crypto::Bytes plain;
    if (!opener->Write(answer.data(), &plain).ok()) return Refuse(Refusal::kAttachmentInvalid, "it does not open");
    const absl::Status taken = sink(plain);
    crypto::Wipe(plain);
    ALCOVE_CLIENT_TRY(taken);
    offset += static_cast<uint32_t>(answer.data().size());
    progress(offset, blob.size());
  }
  if (!opener->Finish().ok()) return Refuse(Refusal::kAttachmentInvalid, "it is not the file that was sealed");
  return absl::OkStatus();
}

}  // namespace alcove::client
