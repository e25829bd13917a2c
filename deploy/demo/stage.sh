# What the commands of a transcript may call besides the programs themselves. Read by bash before each command (BASH_ENV)
# and by deploy/demo.sh. STAGE is the folder of this run, PORT the server's port, HR_PORT that of
# its listener for HR systems.

# Days that have passed on this stage: every program sees them, as if somebody had moved the machine's clock while it was
# off. The product has no such switch. (The library, not the command: that one leaves a second process behind. Programs, not
# shells: the library counts in shared memory that a program hands to what it starts, and a shell's first subshell to end
# takes it away.)
move_clock() {
  [ -f "$STAGE/days" ] || return 0
  export FAKETIME="+$(cat "$STAGE/days")d" FAKETIME_DONT_FAKE_MONOTONIC=1 DONT_FAKE_MONOTONIC=1
  LD_PRELOAD=$(ls /usr/lib/*/faketime/libfaketimeMT.so.1)
  export LD_PRELOAD
}
move_clock

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

# Loopback only, every service on one listener and HR's on a second that asks for certificates, a published tree every two seconds so that nobody waits an hour.
write_configuration() {
  mkdir -p -m 0700 "$STAGE/server" "$STAGE/server/backups"
  cat >"$STAGE/server/alcoved.toml" <<TOML
data = "$STAGE/server/data"
keys = "$STAGE/server/keys"
checkpoint_interval = 2
work_price = 8

[[listener]]
address = "127.0.0.1:$PORT"
certificate = "$STAGE/tls/server.pem"
private_key = "$STAGE/tls/server.key"
services = ["session", "ledger", "blob", "intake", "mailbox", "case", "approval", "admin", "hr", "protection"]

[[listener]]
address = "127.0.0.1:$HR_PORT"
certificate = "$STAGE/tls/server.pem"
private_key = "$STAGE/tls/server.key"
services = ["session", "ledger", "hr"]
client_certificates = true

[shred]
backups = "$STAGE/server/backups"
TOML
}

# Starts the server and waits until it answers.
start_server() {
  local try
  alcoved --config "$STAGE/server/alcoved.toml" serve >>"$STAGE/server/log" 2>&1 </dev/null &
  echo $! >"$STAGE/alcoved.pid"
  for try in $(seq 100); do
    if ! kill -0 "$(cat "$STAGE/alcoved.pid")" 2>/dev/null; then
      cat "$STAGE/server/log"
      return 1
    fi
    if (exec 3<>"/dev/tcp/127.0.0.1/$PORT") 2>/dev/null; then
      echo "alcoved is serving"
      return 0
    fi
    sleep 0.1
  done
  echo "alcoved does not answer"
  return 1
}

# Ends the server as an operator would, and waits for it.
stop_server() {
  local pid
  [ -f "$STAGE/alcoved.pid" ] || return 0
  pid=$(cat "$STAGE/alcoved.pid")
  rm -f "$STAGE/alcoved.pid"
  kill -TERM "$pid" 2>/dev/null || return 0
  for _ in $(seq 150); do
    kill -0 "$pid" 2>/dev/null || { echo "alcoved has stopped"; return 0; }
    sleep 0.1
  done
  kill -KILL "$pid" 2>/dev/null
  echo "alcoved had to be killed"
  return 1
}

# The cast makes keys, each in their own folder, and hands in requests. Key files are left unsealed: this is a stage.
enroll_everybody() {
  local slug number name identifiers count=0
  while read -r slug number name; do
    mkdir -p -m 0700 "$STAGE/people/$slug"
    cp "$STAGE/people/root1/alcove.org" "$STAGE/people/$slug/"
    identifiers=()
    [ "$number" = - ] || identifiers=(--number "$number" --mail "$slug@meridian.example")
    (cd "$STAGE/people/$slug" &&
      alcove staff enroll --name "$slug" --display-name "$name" "${identifiers[@]}" --no-passphrase \
        --request request.txt 2>enroll.log </dev/null) || { cat "$STAGE/people/$slug/enroll.log"; return 1; }
    count=$((count + 1))
  done <"$ALCOVE_DEMO/cast.txt"
  echo "$count requests"
}

# `--request FILE` for everybody of the cast.
requests() {
  local slug rest
  while read -r slug rest; do printf -- '--request ../%s/request.txt ' "$slug"; done <"$ALCOVE_DEMO/cast.txt"
}

# Version 1, or the one that is given.
draft_policies() {
  local document
  rm -f -- *.policy
  printf drafted
  for document in form taxonomy profiles routing safeguards; do
    alcove admin policy draft "$document" --body "$ALCOVE_POLICY/$document.json" --version "${1:-1}" --out "$document.policy" >/dev/null || return 1
    printf ' %s' "$document"
  done
  echo
}

# `2026-Q4`: in which tokens are issued now.
this_quarter() { echo "$(date -u +%Y)-Q$((($(date -u +%-m) - 1) / 3 + 1))"; }

# The routing rules as another version, with what the desk asks of who files.
draft_routing() {
  rm -f routing.policy
  sed "s/^  \"rules\"/  \"desks\": [{\"desk\": \"intake\", \"employment_proof\": \"$1\"}],\n  \"rules\"/" "$ALCOVE_POLICY/routing.json" >routing.json
  alcove admin policy draft routing --body routing.json --version "$2" --out routing.policy
}

# A reporter's folder holds the organisation file and nothing else: a client of theirs writes nothing unless asked.
reporter() {
  cp -n "$STAGE/people/root1/alcove.org" . 2>/dev/null || true
}

# Takes each key file away in turn, and says of each what came of starting without it.
start_without_each_key() {
  local key before
  for key in "$STAGE"/server/keys/*; do
    mv "$key" away
    before=$(ls "$STAGE/server/keys")
    if alcoved --config "$STAGE/server/alcoved.toml" serve >said 2>&1; then echo "SERVES without ${key##*/}"
    elif ! grep -q "keys/${key##*/}" said; then echo "DOES NOT NAME ${key##*/}"
    elif [ "$before" != "$(ls "$STAGE/server/keys")" ]; then echo "MADE A KEY in place of ${key##*/}"
    else echo "refused without ${key##*/}"; fi
    mv away "$key"
  done
}

# Whose inbox a case is in.
holder_of() {
  local slug
  for slug in ana bruno chen dora sven tilda; do
    if (cd "$STAGE/people/$slug" && alcove case inbox 2>/dev/null | grep -q "^${1:0:10} "); then echo "$slug"; fi
  done
}

# Switches the machine off, lets days pass, and switches it on again.
days_pass() {
  stop_server >/dev/null
  echo "$1" >"$STAGE/days"
  move_clock
  start_server
}

# The line of a person in the chart, with another manager.
moved_under() {
  awk -F, -v mail="$1@meridian.example" -v manager="$2" 'NR == 1 || $2 == mail { OFS = ","; if (NR > 1) $3 = manager; print }' \
    "$ALCOVE_DEMO/employees.csv"
}

# One token of the kind for an employee, as their machine and the portal make it: drawn, issued, taken in. Their folder is
# people/employees/NUMBER, the words of their wallet are "words of NUMBER".
token_for() {
  local home=$STAGE/people/employees/$2
  mkdir -p -m 0700 "$home"
  cp -n "$STAGE/people/root1/alcove.org" "$home/"
  (cd "$home" && rm -f batch.txt answer.txt &&
    alcove report token draw --kind "$1" --count 1 --wallet wallet.txt --passphrase-fd 3 batch.txt 3<<<"words of $2" >/dev/null 2>&1) &&
    (cd "$STAGE/people/payroll" &&
      alcove hr token issue --employee "emp:$2" "$home/batch.txt" --out "$home/answer.txt" >/dev/null 2>&1) &&
    (cd "$home" && alcove report token take --wallet wallet.txt --passphrase-fd 3 answer.txt 3<<<"words of $2" >/dev/null 2>&1)
}

# For so many of a chart, from that line on. What it prints says how many have theirs by now.
tokens_for_some() {
  export -f token_for
  tail -n +$(($2 + 1)) "$1" | head -n "$3" | cut -d, -f1 |
    LD_PRELOAD='' xargs -P 2 -I{} bash -c 'token_for employment {} && echo {}' >>have.txt
  echo "$(wc -l <have.txt) of $(tail -n +2 "$1" | wc -l) employees have theirs"
}

# The next version of the directory, signed by two root holders, published.
renew_directory() {
  (cd "$STAGE/people/petra" && rm -f directory.now directory.next && alcove admin directory show --out directory.now >/dev/null 2>&1 &&
    alcove admin directory draft --roster "$ALCOVE_DEMO/roster.json" --previous directory.now --out directory.next "$@" >/dev/null 2>&1) || return 1
  local root
  for root in root1 root2; do
    (cd "$STAGE/people/$root" && alcove org sign ../petra/directory.next --key root.key --yes >/dev/null 2>&1) || return 1
  done
  (cd "$STAGE/people/petra" && alcove admin directory publish directory.next 2>/dev/null | head -1)
}

# HR submits what it plans in a quarter (year.py), each before it is done.
submit_quarter() {
  local number code day reason action
  while IFS=$'\t' read -r number code day reason; do
    action=$(echo "$reason" | alcove hr action submit --employee "emp:$number" --kind "$code" --effective "$day" --message - 2>/dev/null)
    echo "$number ${action#adverseActions/}" >>submitted.txt
  done <"$1/quarter-$2.txt"
  echo "$(wc -l <"$1/quarter-$2.txt") plans submitted"
}

# The officer looks at what comes up and asks HR for each reason in the same words. What nobody wrote down before is not cleared.
review_quarter() {
  alcove protection review >review.txt 2>/dev/null
  grep -o 'emp:[0-9]*' review.txt | cut -d: -f2 | sort >>came-up.txt
  awk '/^[a-z2-7]+  / { id = $1 } /HR says:/ { print id, ($0 ~ /in the file|whole department|in writing|as it was made/ ? "cleared" : "not-cleared") }' review.txt |
    while read -r id verdict; do alcove protection review --decide "$id" "$verdict" >/dev/null 2>&1 || return 1; done
  alcove protection review 2>/dev/null | head -1
}

# What HR hears of everything that it submitted.
hear_everything() {
  local number action
  while read -r number action; do echo "$number $(alcove hr action show "$action" 2>/dev/null)"; done <submitted.txt >heard.txt
  cut -d' ' -f2 heard.txt | sort | uniq -c | sed 's/^ *//'
}

# Whoever planned the year knows what was planted. Of each quarter: how many, how many came up before the officer, how many HR may not do.
who_was_found() {
  local quarter number code planted found stopped
  printf '%-8s %8s %18s %16s\n' quarter planted 'officer looked at' 'may not be done'
  for quarter in 1 2 3 4; do
    planted=0 found=0 stopped=0
    while read -r _ number code; do
      planted=$((planted + 1))
      grep -q "^$number\$" "$STAGE/people/olga/came-up.txt" && found=$((found + 1))
      grep -q "^$number NOT_CLEARED\$" "$STAGE/people/payroll/heard.txt" && stopped=$((stopped + 1))
    done < <(grep "^$quarter " "$1/planted.txt")
    printf '%-8s %8s %18s %16s\n' "$quarter" "$planted" "$found" "$stopped"
  done
}
