#include "tests/deploy/nginx/front.h"

#include <sys/stat.h>

#include <fstream>
#include <iterator>
#include <utility>
#include <vector>

#include "tests/support/must.h"
#include "tests/tree/source_dir.h"

namespace alcove::front {
namespace {

void Write(const std::string& path, const std::string& text) {
  std::ofstream out(path, std::ios::trunc);
  out << text;
  if (!out.flush()) support::Fail("write", path);
}

std::string Read(const std::string& path) {
  std::ifstream in(path);
  return std::string(std::istreambuf_iterator<char>(in), {});
}

// Exactly that often, or the shipped file is no longer the one this test knows.
void Replace(std::string& text, const std::string& from, const std::string& to, int times) {
  int done = 0;
  for (std::size_t at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size())) {
    text.replace(at, from.size(), to);
    ++done;
  }
  if (done != times) support::Fail("deploy/nginx/alcove.conf changed", from);
}

}  // namespace

Front::Front(std::string folder, int upstream_port, const std::string& upstream_ca_pem)
    : folder_(std::move(folder)),
      port_(support::FreePort()),
      pki_(support::make_test_pki()),
      nginx_({"nginx", "-p", folder_, "-c", folder_ + "/nginx.conf"}, {}, folder_ + "/nginx.out") {
  mkdir(folder_.c_str(), 0700);
  mkdir((folder_ + "/log").c_str(), 0700);
  Write(folder_ + "/certificate.pem", pki_.server.certificate_pem);
  Write(folder_ + "/private.key", pki_.server.private_key_pem);
  Write(folder_ + "/alcoved.pem", upstream_ca_pem);
  std::string shipped = Read(std::string(alcove::tests::kSourceDir) + "/deploy/nginx/alcove.conf");
  Replace(shipped, "/etc/alcove/front/", folder_ + "/", 3);
  Replace(shipped, "/var/log/nginx/", folder_ + "/log/", 1);
  Replace(shipped, "  listen 443 ssl", "  listen " + std::to_string(port_) + " ssl", 1);
  Replace(shipped, "  listen [::]:443 ssl", "  listen [::]:" + std::to_string(port_) + " ssl", 1);
  Replace(shipped, "127.0.0.1:7443", "127.0.0.1:" + std::to_string(upstream_port), 1);
  std::string temporary;
  for (const char* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"}) {
    temporary += std::string(kind) + "_temp_path " + folder_ + "/temp;\n";
  }
  Write(folder_ + "/nginx.conf", "daemon off;\nworker_processes 1;\npid " + folder_ + "/pid;\nerror_log " + folder_ +
                                     "/log/main.log emerg;\nevents { worker_connections 512; }\nhttp {\n" + temporary +
                                     shipped + "}\n");
}

Front::~Front() {
  if (nginx_.running()) nginx_.Terminate();
}

bool Front::Start() { return nginx_.Start(port_); }

std::string Front::error_text() const { return Read(folder_ + "/nginx.out") + Read(folder_ + "/log/main.log"); }

std::shared_ptr<grpc::Channel> Front::Connect(const std::string& host) const {
  grpc::SslCredentialsOptions tls;
  tls.pem_root_certs = pki_.ca_pem;
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetSslTargetNameOverride("localhost");
  return grpc::CreateCustomChannel(host + ":" + std::to_string(port_), grpc::SslCredentials(tls), arguments);
}

}  // namespace alcove::front
