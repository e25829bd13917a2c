#include "client/lib/exports/archive.h"

#include <archive.h>
#include <archive_entry.h>

#include <array>
#include <cstdint>
#include <memory>

#include "client/lib/errors.h"

namespace alcove::client::exports {
namespace {

// ---- the reader ----
//
// A member, as libarchive 3.6 writes a stored one of known size without a time (all numbers little-endian):
//
//   local header    "PK" 3 4, version 10, flags 8 (checksum follows), stored, time 0, day 1980-01-01, checksum 0, size twice, length of
//                   the name, length of the extra fields 20, name, extra fields
//   data
//   descriptor      "PK" 7 8, checksum, size twice
//   central entry   "PK" 1 2, made by Unix 10, the same again with the checksum, comment and disk 0, attributes of a file 0600, offset
//   end             "PK" 5 6, disks 0, count twice, size and offset of the central entries, no comment
//
// Extra fields: a time stamp without a time, and owner and group 0.
constexpr std::string_view kExtra("UT\1\0\0ux\x0b\0\1\4\0\0\0\0\4\0\0\0\0", 20);

constexpr std::array<uint32_t, 256> MakeCrcTable() {
  std::array<uint32_t, 256> table{};
  for (uint32_t i = 0; i < 256; ++i) {
    uint32_t value = i;
    for (int bit = 0; bit < 8; ++bit) value = (value & 1) != 0 ? 0xEDB88320u ^ (value >> 1) : value >> 1;
    table[i] = value;
  }
  return table;
}
constexpr std::array<uint32_t, 256> kCrcTable = MakeCrcTable();

uint32_t Crc32(std::string_view bytes) {
  uint32_t value = 0xFFFFFFFFu;
  for (const char c : bytes) value = kCrcTable[(value ^ static_cast<uint8_t>(c)) & 0xFF] ^ (value >> 8);
  return value ^ 0xFFFFFFFFu;
}

// Reads in order; a step that does not fit fails all that follow.
class Steps {
 public:
  explicit Steps(std::string_view bytes) : bytes_(bytes) {}

  bool ok() const { return ok_; }
  size_t at() const { return at_; }
  bool done() const { return ok_ && at_ == bytes_.size(); }
  bool Next(std::string_view expected) const { return ok_ && bytes_.substr(at_).starts_with(expected); }

  std::string_view Raw(size_t count) {
    if (!ok_ || bytes_.size() - at_ < count) {
      ok_ = false;
      return {};
    }
    at_ += count;
    return bytes_.substr(at_ - count, count);
  }
  uint32_t Number(size_t size) {
    uint32_t value = 0;
    const std::string_view raw = Raw(size);
    for (size_t i = raw.size(); i-- > 0;) value = value << 8 | static_cast<uint8_t>(raw[i]);
    return value;
  }
  void Expect(std::string_view expected) { ok_ = Raw(expected.size()) == expected && ok_; }
  void Expect(uint32_t number, size_t size) { ok_ = Number(size) == number && ok_; }
  void Require(bool holds) { ok_ = ok_ && holds; }

 private:
  std::string_view bytes_;
  size_t at_ = 0;
  bool ok_ = true;
};

// From the version on to the day: the same in both kinds of header.
constexpr std::string_view kCommon("\x0a\0\x08\0\0\0\0\0\x21\0", 10);

// ---- the writer ----

struct Freed {
  void operator()(archive* written) const { archive_write_free(written); }
  void operator()(archive_entry* entry) const { archive_entry_free(entry); }
};

la_ssize_t Append(archive*, void* to, const void* bytes, size_t count) {
  static_cast<std::string*>(to)->append(static_cast<const char*>(bytes), count);
  return static_cast<la_ssize_t>(count);
}

absl::Status Failed() { return absl::InternalError("the archive could not be written"); }

}  // namespace

absl::StatusOr<std::string> WriteArchive(const std::vector<Member>& members) {
  size_t total = 0;
  for (const Member& member : members) total += member.text.size() + 2 * member.name.size() + 256;
  if (total > kMostArchiveBytes) return Refuse(Refusal::kInputInvalid, "the case is larger than an archive may be (64 MiB)");
  std::string bytes;
  const std::unique_ptr<archive, Freed> writer(archive_write_new());
  if (writer == nullptr || archive_write_set_format_zip(writer.get()) != ARCHIVE_OK ||
      archive_write_set_format_option(writer.get(), "zip", "compression", "store") != ARCHIVE_OK ||
      archive_write_set_bytes_per_block(writer.get(), 0) != ARCHIVE_OK ||
      archive_write_open(writer.get(), &bytes, nullptr, Append, nullptr) != ARCHIVE_OK) {
    return Failed();
  }
  for (const Member& member : members) {
    const std::unique_ptr<archive_entry, Freed> entry(archive_entry_new());
    if (entry == nullptr) return Failed();
    archive_entry_set_pathname(entry.get(), member.name.c_str());
    archive_entry_set_size(entry.get(), static_cast<la_int64_t>(member.text.size()));
    archive_entry_set_filetype(entry.get(), AE_IFREG);
    archive_entry_set_perm(entry.get(), 0600);
    if (archive_write_header(writer.get(), entry.get()) != ARCHIVE_OK) return Failed();
    size_t written = 0;
    while (written < member.text.size()) {
      const la_ssize_t count =
          archive_write_data(writer.get(), member.text.data() + written, member.text.size() - written);
      if (count <= 0) return Failed();
      written += static_cast<size_t>(count);
    }
  }
  if (archive_write_close(writer.get()) != ARCHIVE_OK) return Failed();
  // Another version of libarchive may write what the reader does not know: better no file than one that nobody can check.
  const auto read = ReadArchive(bytes);
  if (!read.ok() || *read != members) return Failed();
  return bytes;
}

absl::StatusOr<std::vector<Member>> ReadArchive(std::string_view bytes) {
  struct Place {
    uint32_t offset, crc;
  };
  std::vector<Member> members;
  std::vector<Place> places;
  Steps steps(bytes);
  while (steps.Next("PK\3\4")) {
    const auto offset = static_cast<uint32_t>(steps.at());
    steps.Expect("PK\3\4");
    steps.Expect(kCommon);
    steps.Expect(0, 4);
    const uint32_t size = steps.Number(4);
    steps.Expect(size, 4);
    const uint32_t name_size = steps.Number(2);
    steps.Expect(static_cast<uint32_t>(kExtra.size()), 2);
    Member member;
    member.name = steps.Raw(name_size);
    steps.Expect(kExtra);
    member.text = steps.Raw(size);
    const uint32_t crc = Crc32(member.text);
    steps.Expect("PK\7\x8");
    steps.Expect(crc, 4);
    steps.Expect(size, 4);
    steps.Expect(size, 4);
    for (const Member& other : members) steps.Require(other.name != member.name);
    members.push_back(std::move(member));
    places.push_back({offset, crc});
  }
  const size_t central = steps.at();
  for (size_t i = 0; i < members.size(); ++i) {
    const auto size = static_cast<uint32_t>(members[i].text.size());
    steps.Expect("PK\1\2");
    steps.Expect(std::string_view("\x0a\x03", 2));
    steps.Expect(kCommon);
    steps.Expect(places[i].crc, 4);
    steps.Expect(size, 4);
    steps.Expect(size, 4);
    steps.Expect(static_cast<uint32_t>(members[i].name.size()), 2);
    steps.Expect(static_cast<uint32_t>(kExtra.size()), 2);
    steps.Expect(0, 2);           // comment
    steps.Expect(0, 2);           // disk
    steps.Expect(0, 2);           // attributes inside
    steps.Expect(0x81800000, 4);  // of a file, 0600
    steps.Expect(places[i].offset, 4);
    steps.Expect(members[i].name);
    steps.Expect(kExtra);
  }
  const size_t end = steps.at();
  steps.Expect("PK\5\6");
  steps.Expect(0, 4);
  steps.Expect(static_cast<uint32_t>(members.size()), 2);
  steps.Expect(static_cast<uint32_t>(members.size()), 2);
  steps.Expect(static_cast<uint32_t>(end - central), 4);
  steps.Expect(static_cast<uint32_t>(central), 4);
  steps.Expect(0, 2);
  if (!steps.done() || members.empty()) {
    return Refuse(Refusal::kExportInvalid, "the ZIP is not as it was written: changed, cut short, or packed anew");
  }
  return members;
}

}  // namespace alcove::client::exports
