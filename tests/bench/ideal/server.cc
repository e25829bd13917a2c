#include "tests/bench/ideal/server.h"

#include <absl/synchronization/mutex.h>
#include <grpcpp/grpcpp.h>
#include <poll.h>
#include <rocksdb/db.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/table.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include "tests/bench/ideal/group_commit.h"
#include "tests/bench/ideal/ideal.grpc.pb.h"

namespace ideal {
namespace {

constexpr std::size_t kIdBytes = 16;

// Turns a payload into the stored record: nonce || AEAD(payload) || filler.
class Sealer {
 public:
  explicit Sealer(std::size_t stored_bytes) : stored_bytes_(stored_bytes) {
    crypto_aead_xchacha20poly1305_ietf_keygen(key_.data());
  }
  ~Sealer() { sodium_memzero(key_.data(), key_.size()); }
  Sealer(const Sealer&) = delete;
  Sealer& operator=(const Sealer&) = delete;

  std::string seal(std::string_view id, std::string_view payload) const {
    constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
    constexpr std::size_t kTag = crypto_aead_xchacha20poly1305_ietf_ABYTES;
    std::string out(std::max(stored_bytes_, kNonce + payload.size() + kTag), '\x5a');
    auto* bytes = reinterpret_cast<unsigned char*>(out.data());
    randombytes_buf(bytes, kNonce);
    crypto_aead_xchacha20poly1305_ietf_encrypt(
        bytes + kNonce, nullptr, reinterpret_cast<const unsigned char*>(payload.data()), payload.size(),
        reinterpret_cast<const unsigned char*>(id.data()), id.size(), nullptr, bytes, key_.data());
    return out;
  }

 private:
  const std::size_t stored_bytes_;
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> key_{};
};

// 8 bytes of big-endian counter, 8 random bytes: unique and nearly sorted.
std::string next_id() {
  static std::atomic<std::uint64_t> counter{
      static_cast<std::uint64_t>(std::chrono::system_clock::now().time_since_epoch().count())};
  std::string id(kIdBytes, '\0');
  const std::uint64_t n = counter.fetch_add(1, std::memory_order_relaxed);
  for (int i = 0; i < 8; ++i) id[static_cast<std::size_t>(i)] = static_cast<char>(n >> (56 - 8 * i));
  randombytes_buf(id.data() + 8, 8);
  return id;
}

class Service final : public alcove::ideal::Ideal::CallbackService {
 public:
  Service(const Sealer& sealer, GroupCommit& commit) : sealer_(sealer), commit_(commit) {}

  grpc::ServerUnaryReactor* Submit(grpc::CallbackServerContext* context, const alcove::ideal::SubmitRequest* request,
                                   alcove::ideal::SubmitReply* reply) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    std::string id = next_id();
    std::string record = sealer_.seal(id, request->payload());
    reply->set_id(id);
    commit_.submit(std::move(id), std::move(record), [reactor, reply](bool ok, std::uint64_t sequence) {
      reply->set_sequence(sequence);
      reactor->Finish(ok ? grpc::Status::OK : grpc::Status(grpc::StatusCode::UNAVAILABLE, "not stored"));
    });
    return reactor;
  }

 private:
  const Sealer& sealer_;
  GroupCommit& commit_;
};

std::unique_ptr<rocksdb::DB> open_db(const std::string& path) {
  rocksdb::Options o;
  o.create_if_missing = true;
  o.info_log_level = rocksdb::WARN_LEVEL;
  o.compression = rocksdb::kNoCompression;  // ciphertext does not compress
  o.write_buffer_size = std::size_t{64} << 20;
  o.max_write_buffer_number = 4;
  o.max_background_jobs = 2;
  o.bytes_per_sync = std::size_t{1} << 20;  // write SST files back steadily, not in one burst
  rocksdb::BlockBasedTableOptions table;
  table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  o.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  rocksdb::DB* db = nullptr;
  const rocksdb::Status status = rocksdb::DB::Open(o, path, &db);
  if (!status.ok()) {
    std::fprintf(stderr, "cannot open %s: %s\n", path.c_str(), status.ToString().c_str());
    return nullptr;
  }
  return std::unique_ptr<rocksdb::DB>(db);
}

}  // namespace

int serve(const ServerOptions& options, int port_fd, int stop_fd) {
  // Debian builds Abseil without NDEBUG, which leaves the mutex deadlock
  // detector on: slow, and it aborts the process on a suspected cycle.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  if (sodium_init() < 0) return 1;

  const std::unique_ptr<rocksdb::DB> db = open_db(options.db_path);
  if (!db) return 1;
  const Sealer sealer(options.stored_bytes);
  GroupCommit commit(*db, 1, 1, options.max_group_bytes);
  Service service(sealer, commit);

  grpc::SslServerCredentialsOptions tls;
  tls.pem_key_cert_pairs.push_back({options.pki.server.private_key_pem, options.pki.server.certificate_pem});
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort(options.address, grpc::SslServerCredentials(tls), &port);
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server || port == 0) {
    std::fprintf(stderr, "cannot listen on %s\n", options.address.c_str());
    return 1;
  }
  const std::string line = std::to_string(port) + "\n";
  if (write(port_fd, line.data(), line.size()) < 0) return 1;

  pollfd stop{stop_fd, POLLIN, 0};
  while (poll(&stop, 1, -1) < 0) {
  }
  server->Shutdown(std::chrono::system_clock::now() + std::chrono::seconds(5));
  server->Wait();
  return 0;
}

}  // namespace ideal
