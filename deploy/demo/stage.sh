# What the commands of a transcript may call besides the programs themselves. Read by bash before each command (BASH_ENV)
# and by deploy/demo.sh. STAGE is the folder of this run, PORT the server's port.

# A port nobody listens on, below 32768 where the kernel does not hand out its own.
free_port() {
  python3 - <<'PYTHON'
import random, socket
while True:
    port = random.randrange(20000, 32000)
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            continue
    print(port)
    break
PYTHON
}

# A certificate authority and a server certificate for this run only.
make_certificate() {
  local tls=$STAGE/tls
  mkdir -p -m 0700 "$tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 400 -subj "/CN=Demo authority" \
    -keyout "$tls/ca.key" -out "$tls/ca.pem" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=127.0.0.1" \
    -keyout "$tls/server.key" -out "$tls/server.csr" 2>/dev/null
  openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.pem" -CAkey "$tls/ca.key" -CAcreateserial -days 400 \
    -extfile <(printf 'subjectAltName=IP:127.0.0.1,DNS:localhost') -out "$tls/server.pem" 2>/dev/null
  chmod 0600 "$tls"/*.key
}
