#!/usr/bin/env bash
# Alcove against the least that a durable submit can be, in turn, on this machine: 4 KiB body, five readers and the
# mailbox, durable, TLS, event-driven clients, 1, 16 and 64 of them.
#
#   bash tests/bench/run.sh [--json] [--seconds S] [--rounds N] [--clients 1,16,64] [--only-ideal]
#   bash tests/bench/run.sh --wall [--json] [--employees N] [--entries N] [--filings N] [--rekeyings N]
#   bash tests/bench/run.sh --hr [--json] [--employees N] [--rounds N] [--filings N]
#
# Prints throughput, p50, p99, CPU and written bytes a report, and memory; with --json the last line holds the ratios.
# Exits 1 below 0.45 of the ideal's throughput or above 2.0 of its p99 at 16 or 64 clients, or above 40 MB idle.
# With --wall: what the wall costs, between an alcoved that knows 100 employees and one that knows 100,000 (clause 2.9).
# Exits 1 when a filing or re-keying 10,000 entries costs more than 1.2 of 100 or of 10, a decision more than 20 us, or
# the people more than 60 MiB. With --hr: a sync of 100,000 employees, and filing beside 1,000 HR calls a second (clauses 5.1, 5.8).
# Exits 1 when the sync takes more than 60 s or the p99 of filing is more than 2.0 of its idle one. `other CPUs` above 0.3 on two cores means that something else ran: measure again.
set -euo pipefail
cd "$(dirname "$0")/../.."
usage() {
  sed -n '5,7p' "$0" | sed 's/^# *//' >&2
  exit 2
}
kind=main
case ${1:-} in
  --wall | --hr)
    kind=${1#--}
    shift
    ;;
esac
for word in "$@"; do
  case $word in
    --json | [0-9]*) ;;
    --seconds | --clients | --only-ideal) [ $kind = main ] || usage ;;
    --rounds) [ $kind != wall ] || usage ;;
    --employees | --filings) [ $kind != main ] || usage ;;
    --entries | --rekeyings) [ $kind = wall ] || usage ;;
    *) usage ;;
  esac
done

mkdir -p build
cmake --preset bench >build/configure-bench.log 2>&1 || { cat build/configure-bench.log >&2; exit 1; }
bench=alcove_bench
[ $kind = main ] || bench=alcove_${kind}_bench
cmake --build build/bench -j"$(nproc)" --target alcoved "$bench" -- --quiet
folder=$(mktemp -d "$PWD/build/bench/run-XXXXXX")
trap 'rm -rf "$folder"' EXIT
status=0
command=("build/bench/bin/$bench")
[ $kind != main ] || command+=(run)
"${command[@]}" --folder "$folder" --alcoved "$PWD/build/bench/bin/alcoved" "$@" 2>"$folder.log" </dev/null || status=$?
if [ "$status" -gt 1 ]; then cat "$folder.log" "$folder"/*/*.log >&2 || true; fi
rm -f "$folder.log"
exit "$status"
