#!/usr/bin/env bash
# Alcove against the least that a durable submit can be, in turn, on this machine: 4 KiB body, five readers and the
# mailbox, durable, TLS, event-driven clients, 1, 16 and 64 of them.
#
#   bash tests/bench/run.sh [--json] [--seconds S] [--rounds N] [--clients 1,16,64] [--only-ideal]
#
# Prints throughput, p50, p99, CPU and written bytes a report, and memory; with --json the last line holds the ratios.
# Exits 1 below 0.45 of the ideal's throughput or above 2.0 of its p99 at 16 or 64 clients, or above 40 MB idle.
# `other CPUs` above 0.3 on two cores means that something else ran: measure again.
set -euo pipefail
cd "$(dirname "$0")/../.."
for word in "$@"; do
  case $word in
    --json | --seconds | --rounds | --clients | --only-ideal | [0-9]*) ;;
    *) sed -n '5p' "$0" | sed 's/^# *//' >&2; exit 2 ;;
  esac
done

mkdir -p build
cmake --preset bench >build/configure-bench.log 2>&1 || { cat build/configure-bench.log >&2; exit 1; }
cmake --build build/bench -j"$(nproc)" --target alcoved alcove_bench -- --quiet
folder=$(mktemp -d "$PWD/build/bench/run-XXXXXX")
trap 'rm -rf "$folder"' EXIT
status=0
build/bench/bin/alcove_bench run --folder "$folder" --alcoved "$PWD/build/bench/bin/alcoved" "$@" \
  2>"$folder.log" </dev/null || status=$?
if [ "$status" -gt 1 ]; then cat "$folder.log" "$folder"/alcove/*.log >&2 || true; fi
rm -f "$folder.log"
exit "$status"
