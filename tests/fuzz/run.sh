#!/usr/bin/env bash
# Builds the fuzz targets with clang and runs each of them.
#
#   bash tests/fuzz/run.sh --seconds N      N seconds in all, split over the targets, one target a core
#   bash tests/fuzz/run.sh --control        the planted bug must be found
#   bash tests/fuzz/run.sh --build-only
#
# Prints the executions of every target; the last line is the number of findings. Exits 1 if there is any.
# Inputs that found something lie in build/fuzz/findings; tests/fuzz/corpus/TARGET may hold seeds.
set -euo pipefail
cd "$(dirname "$0")/../.."

seconds=60
mode=run
while [ $# -gt 0 ]; do
  case $1 in
    --seconds) seconds=${2:?--seconds needs a number}; shift 2 ;;
    --control) mode=control; shift ;;
    --build-only) mode=build; shift ;;
    *) echo "usage: bash tests/fuzz/run.sh [--seconds N | --control | --build-only]" >&2; exit 2 ;;
  esac
done

build() {
  local log
  log=$(mktemp)
  if ! { cmake --preset fuzz && cmake --build build/fuzz --target fuzz_targets -j"$(nproc)" -- --quiet; } >"$log" 2>&1; then
    cat "$log" >&2
    rm -f "$log"
    exit 1
  fi
  rm -f "$log"
}

# fuzz TARGET SECONDS: prints "TARGET executions", exits 1 on a finding
fuzz() {
  local target=$1 budget=$2 log=build/fuzz/logs/$1 seeds=tests/fuzz/corpus/$1 status=0
  mkdir -p build/fuzz/logs "build/fuzz/findings/$target" "build/fuzz/corpus/$target"
  [ -d "$seeds" ] || seeds=
  ASAN_OPTIONS=allocator_may_return_null=1 \
    "build/fuzz/targets/$target" -max_total_time="$budget" -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
    -print_final_stats=1 -artifact_prefix="build/fuzz/findings/$target/" "build/fuzz/corpus/$target" ${seeds:+"$seeds"} \
    >"$log" 2>&1 </dev/null || status=1
  local executions
  executions=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log" | tail -n 1)
  if [ "$status" = 0 ] && [ "${executions:-0}" = 0 ]; then status=1; echo "ran nothing" >>"$log"; fi
  printf '%-40s %12s executions%s\n' "$target" "${executions:-0}" "$([ "$status" = 0 ] || echo '   FINDING')"
  if [ "$status" != 0 ]; then
    tail -n 40 "$log" >&2
    echo "again: build/fuzz/targets/$target build/fuzz/findings/$target/..." >&2
  fi
  return "$status"
}

build
case $mode in
  build) exit 0 ;;
  control)
    rm -rf build/fuzz/findings/planted_bug build/fuzz/corpus/planted_bug
    if fuzz planted_bug 60 2>/dev/null; then
      echo "the planted bug was not found"
      exit 1
    fi
    grep -q 'heap-buffer-overflow' build/fuzz/logs/planted_bug || { echo "found something else than the planted bug"; exit 1; }
    rm -rf build/fuzz/findings/planted_bug
    echo "the planted bug was found"
    exit 0 ;;
esac

targets=()
for source in tests/fuzz/*_fuzz.cc; do
  targets+=("$(basename "${source%.cc}")")
done
[ ${#targets[@]} -gt 0 ] || { echo "there is no fuzz target" >&2; exit 1; }
cores=$(nproc)
each=$((seconds * cores / ${#targets[@]}))
[ "$each" -ge 1 ] || each=1

findings=0
running=0
for target in "${targets[@]}"; do
  if [ "$running" -ge "$cores" ]; then wait -n || findings=$((findings + 1)); running=$((running - 1)); fi
  fuzz "$target" "$each" &
  running=$((running + 1))
done
while [ "$running" -gt 0 ]; do wait -n || findings=$((findings + 1)); running=$((running - 1)); done
echo "${#targets[@]} targets, $each seconds each"
echo "$findings findings"
[ "$findings" = 0 ]
