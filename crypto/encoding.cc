#include "crypto/encoding.h"

#include <array>

namespace alcove::crypto {
namespace {

constexpr std::string_view kBase32 = "abcdefghijklmnopqrstuvwxyz234567";
constexpr std::string_view kBase64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view kBase64Url = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::string_view kHex = "0123456789abcdef";

constexpr std::array<int8_t, 256> Reverse(std::string_view alphabet) {
  std::array<int8_t, 256> values{};
  for (auto& value : values) value = -1;
  for (size_t i = 0; i < alphabet.size(); ++i) values[static_cast<uint8_t>(alphabet[i])] = static_cast<int8_t>(i);
  return values;
}

constexpr auto kFromBase32 = Reverse(kBase32);
constexpr auto kFromBase64 = Reverse(kBase64);
constexpr auto kFromBase64Url = Reverse(kBase64Url);
constexpr auto kFromHex = Reverse(kHex);

// All four alphabets have a power of two of characters, `Bits` each, most significant bit first.
template <unsigned Bits>
Bytes Encode(BytesView bytes, std::string_view alphabet) {
  Bytes text;
  text.reserve((bytes.size() * 8 + Bits - 1) / Bits + 3);
  uint32_t held = 0;
  unsigned count = 0;
  for (const char c : bytes) {
    held = (held << 8) | static_cast<uint8_t>(c);
    count += 8;
    while (count >= Bits) {
      count -= Bits;
      text.push_back(alphabet[(held >> count) & ((1u << Bits) - 1)]);
    }
    held &= (1u << count) - 1;
  }
  if (count > 0) text.push_back(alphabet[(held << (Bits - count)) & ((1u << Bits) - 1)]);
  return text;
}

template <unsigned Bits>
absl::StatusOr<Bytes> Decode(BytesView text, const std::array<int8_t, 256>& values, std::string_view what) {
  Bytes bytes;
  bytes.reserve(text.size() * Bits / 8);
  uint32_t held = 0;
  unsigned count = 0;
  for (const char c : text) {
    const int8_t value = values[static_cast<uint8_t>(c)];
    if (value < 0) return errors::Malformed(what);
    held = (held << Bits) | static_cast<uint32_t>(value);
    count += Bits;
    if (count >= 8) {
      count -= 8;
      bytes.push_back(static_cast<char>((held >> count) & 0xff));
      held &= (1u << count) - 1;
    }
  }
  // A last character that completes no byte, or bits of it that no byte took.
  if (count >= Bits || held != 0) return errors::NotCanonical(what);
  return bytes;
}

}  // namespace

Bytes Base32Encode(BytesView bytes) { return Encode<5>(bytes, kBase32); }

absl::StatusOr<Bytes> Base32Decode(BytesView text) { return Decode<5>(text, kFromBase32, "base32"); }

Bytes Base64Encode(BytesView bytes) {
  Bytes text = Encode<6>(bytes, kBase64);
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

absl::StatusOr<Bytes> Base64Decode(BytesView text) {
  if (text.size() % 4 != 0) return errors::Malformed("base64");
  // At most two, and only at the end: elsewhere '=' is not in the alphabet.
  for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) text.remove_suffix(1);
  return Decode<6>(text, kFromBase64, "base64");
}

Bytes Base64UrlEncode(BytesView bytes) { return Encode<6>(bytes, kBase64Url); }

absl::StatusOr<Bytes> Base64UrlDecode(BytesView text) { return Decode<6>(text, kFromBase64Url, "base64url"); }

Bytes HexEncode(BytesView bytes) { return Encode<4>(bytes, kHex); }

absl::StatusOr<Bytes> HexDecode(BytesView text) { return Decode<4>(text, kFromHex, "hex"); }

absl::StatusOr<std::vector<Bytes>> PemCertificates(BytesView text) {
  constexpr BytesView kBegin = "-----BEGIN CERTIFICATE-----";
  constexpr BytesView kEnd = "-----END CERTIFICATE-----";
  std::vector<Bytes> certificates;
  for (size_t at = text.find(kBegin); at != BytesView::npos; at = text.find(kBegin, at)) {
    at += kBegin.size();
    const size_t end = text.find(kEnd, at);
    if (end == BytesView::npos) return errors::Malformed("PEM certificate");
    Bytes base64(text.substr(at, end - at));
    std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' ' || c == '\t'; });
    auto der = Base64Decode(base64);
    if (!der.ok()) return der.status();
    certificates.push_back(*std::move(der));
  }
  return certificates;
}

}  // namespace alcove::crypto
