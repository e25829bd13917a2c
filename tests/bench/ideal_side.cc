#include "tests/bench/ideal_side.h"

#include <grpcpp/grpcpp.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/bench/ideal/ideal.pb.h"
#include "tests/bench/ideal/server.h"
#include "tests/bench/prepared_calls.h"
#include "tests/support/test_pki.h"

namespace bench {
namespace {

constexpr std::size_t kPayload = 4096;
// More bytes than the processors' cache: each is read from memory, as on the other side.
constexpr std::size_t kRequests = 8192;
constexpr char kMethod[] = "/alcove.ideal.Ideal/Submit";

bool HoldsId(const std::string& answer) {
  alcove::ideal::SubmitReply reply;
  return reply.ParseFromString(answer) && !reply.id().empty();
}

class Ideal final : public Side {
 public:
  Ideal(pid_t server, int stop, std::string address, std::string ca)
      : server_(server), stop_(stop), address_(std::move(address)), ca_(std::move(ca)) {
    std::ifstream random("/dev/urandom", std::ios::binary);
    std::string payload(kPayload, '\0');
    for (std::size_t i = 0; i < kRequests; ++i) {
      random.read(payload.data(), static_cast<std::streamsize>(payload.size()));
      alcove::ideal::SubmitRequest request;
      request.set_payload(payload);
      calls_.Add(request.SerializeAsString());
    }
  }
  ~Ideal() override {
    (void)calls_.Connect({});
    close(stop_);
    int status = 0;
    waitpid(server_, &status, 0);
  }

  std::string name() const override { return "ideal"; }
  pid_t server() const override { return server_; }
  bool prepare(std::size_t) override { return true; }

  bool connect(int connections) override {
    grpc::SslCredentialsOptions tls;
    tls.pem_root_certs = ca_;
    std::vector<std::shared_ptr<grpc::Channel>> channels;
    for (int i = 0; i < connections; ++i) {
      grpc::ChannelArguments arguments;
      arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection of its own
      channels.push_back(grpc::CreateCustomChannel(address_, grpc::SslCredentials(tls), arguments));
    }
    return calls_.Connect(std::move(channels));
  }

  void submit(int client, std::function<void(bool)> done) override { calls_.Submit(client, std::move(done)); }
  std::size_t no_answers() override { return calls_.NoAnswers(); }

 private:
  const pid_t server_;
  const int stop_;
  const std::string address_;
  const std::string ca_;
  PreparedCalls calls_{kMethod, PreparedCalls::Use::kInTurn, HoldsId};
};

}  // namespace

std::unique_ptr<Side> start_ideal(const std::string& program, const std::string& folder) {
  int port_pipe[2];
  int stop_pipe[2];
  if (pipe(port_pipe) != 0 || pipe(stop_pipe) != 0) return nullptr;
  const pid_t child = fork();
  if (child == 0) {
    dup2(stop_pipe[0], STDIN_FILENO);
    dup2(port_pipe[1], STDOUT_FILENO);
    for (const int fd : {port_pipe[0], port_pipe[1], stop_pipe[0], stop_pipe[1]}) close(fd);
    execl(program.c_str(), program.c_str(), "ideal-server", "--folder", folder.c_str(), static_cast<char*>(nullptr));
    _exit(127);
  }
  close(port_pipe[1]);
  close(stop_pipe[0]);
  std::string port;
  for (char c = 0; read(port_pipe[0], &c, 1) == 1 && c != '\n';) port += c;
  close(port_pipe[0]);
  if (port.empty()) {
    close(stop_pipe[1]);
    waitpid(child, nullptr, 0);
    return nullptr;
  }
  std::ifstream ca(folder + "/ideal-ca.pem");
  return std::make_unique<Ideal>(child, stop_pipe[1], "127.0.0.1:" + port,
                                 std::string(std::istreambuf_iterator<char>(ca), {}));
}

int serve_ideal(const std::string& folder) {
  ideal::ServerOptions options;
  options.db_path = folder + "/ideal.db";
  options.pki = alcove::support::make_test_pki();
  std::ofstream(folder + "/ideal-ca.pem") << options.pki.ca_pem;
  return ideal::serve(options, STDOUT_FILENO, STDIN_FILENO);
}

}  // namespace bench
