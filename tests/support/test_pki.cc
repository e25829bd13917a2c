#include "tests/support/test_pki.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdint>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace alcove::support {
namespace {

template <auto Free>
struct Deleter {
  template <class T>
  void operator()(T* p) const { Free(p); }
};
using Key = std::unique_ptr<EVP_PKEY, Deleter<EVP_PKEY_free>>;
using Cert = std::unique_ptr<X509, Deleter<X509_free>>;
using Bio = std::unique_ptr<BIO, Deleter<BIO_free_all>>;

template <class T>
T require(T value, const char* what) {
  if (!value) throw std::runtime_error(std::string("certificate generation failed: ") + what);
  return value;
}

std::string drain(BIO* bio) {
  char* data = nullptr;
  const long n = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(n)};
}

std::string pem(X509* cert) {
  Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_X509(bio.get(), cert), "write certificate");
  return drain(bio.get());
}

std::string pem(EVP_PKEY* key) {
  Bio bio(BIO_new(BIO_s_mem()));
  require(PEM_write_bio_PrivateKey(bio.get(), key, nullptr, nullptr, 0, nullptr, nullptr), "write key");
  return drain(bio.get());
}

void extend(X509* cert, X509* issuer, int nid, const char* value) {
  X509V3_CTX ctx;
  X509V3_set_ctx_nodb(&ctx);
  X509V3_set_ctx(&ctx, issuer, cert, nullptr, nullptr, 0);
  X509_EXTENSION* ext = require(X509V3_EXT_conf_nid(nullptr, &ctx, nid, value), value);
  X509_add_ext(cert, ext, -1);
  X509_EXTENSION_free(ext);
}

Cert issue(EVP_PKEY* subject_key, const char* name, X509* issuer, EVP_PKEY* issuer_key, const char* alt_names, const char* usage) {
  Cert cert(require(X509_new(), "X509_new"));
  X509_set_version(cert.get(), 2);
  std::uint64_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof serial);
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(cert.get()), serial >> 1);
  X509_gmtime_adj(X509_getm_notBefore(cert.get()), -300);
  X509_gmtime_adj(X509_getm_notAfter(cert.get()), 24 * 3600);
  X509_set_pubkey(cert.get(), subject_key);
  X509_NAME_add_entry_by_txt(X509_get_subject_name(cert.get()), "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  X509* by = issuer ? issuer : cert.get();
  X509_set_issuer_name(cert.get(), X509_get_subject_name(by));
  extend(cert.get(), by, NID_basic_constraints, issuer ? "critical,CA:FALSE" : "critical,CA:TRUE");
  extend(cert.get(), by, NID_key_usage, issuer ? "critical,digitalSignature" : "critical,keyCertSign,cRLSign");
  if (usage) extend(cert.get(), by, NID_ext_key_usage, usage);
  if (alt_names) extend(cert.get(), by, NID_subject_alt_name, alt_names);
  require(X509_sign(cert.get(), issuer_key, EVP_sha256()), "sign");
  return cert;
}

Key new_key() { return Key(require(EVP_EC_gen("P-256"), "key generation")); }

}  // namespace

TestPki make_test_pki() {
  const Key ca_key = new_key();
  const Cert ca = issue(ca_key.get(), "benchmark CA", nullptr, ca_key.get(), nullptr, nullptr);
  const Key server_key = new_key();
  const Cert server = issue(server_key.get(), "localhost", ca.get(), ca_key.get(), "DNS:localhost,IP:127.0.0.1", "serverAuth");
  const Key client_key = new_key();
  const Cert client = issue(client_key.get(), "benchmark client", ca.get(), ca_key.get(), nullptr, "clientAuth");
  return {pem(ca.get()), {pem(server.get()), pem(server_key.get())}, {pem(client.get()), pem(client_key.get())}};
}

}  // namespace alcove::support
