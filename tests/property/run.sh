#!/usr/bin/env bash
# Runs every property with N seeds, and the small model; or measures whether time tells what exists.
#
#   bash tests/property/run.sh [--runs N]
#   bash tests/property/run.sh --timing [--calls N]
#
# Properties are built with optimisation (preset `property`), in a tree of their own. From 10,000 runs on the small model
# goes one act deeper. The last line is `N runs, 0 violations; seeded bugs found: 5 of 5`; exits 1 on a violation, if
# nothing ran, or if a seeded bug was not found. With --timing the last line names the largest |t| of the pairs and the
# smallest of the controls; exits 1 unless the one is under 4.5 and the other above 10 (at 100000 calls).
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=2000
calls=100000
timing=
while [ $# -gt 0 ]; do
  case $1 in
    --runs) runs=${2:?--runs needs a number}; shift 2 ;;
    --timing) timing=1; shift ;;
    --calls) calls=${2:?--calls needs a number}; shift 2 ;;
    *) echo "usage: bash tests/property/run.sh [--runs N | --timing [--calls N]]" >&2; exit 2 ;;
  esac
done

# build PRESET TARGET...
build() {
  local preset=$1
  shift
  mkdir -p build
  cmake --preset "$preset" >"build/configure-$preset.log" 2>&1 || { cat "build/configure-$preset.log" >&2; exit 1; }
  cmake --build "build/$preset" -j"$(nproc)" --target "$@" -- --quiet
}

if [ -n "$timing" ]; then
  build dev property_timing
  exec build/dev/bin/property_timing --calls "$calls"
fi

programs=()
for source in tests/property/*_test.cc; do
  programs+=("property_$(basename "${source%.cc}")")
done
build property "${programs[@]}"

output=$(mktemp -d)
trap 'rm -rf "$output"' EXIT
if [ "$runs" -ge 10000 ]; then export ALCOVE_MODEL_DEPTH=3; fi
# Seeds are shared out over the cores; what takes no seeds runs with the first share.
shares=$(nproc)
[ "$runs" -ge "$shares" ] || shares=1
first=$(date +%s%N)
share() {
  local number=$1 count=$((runs / shares)) failed=0
  [ "$number" != 0 ] || count=$((runs - count * (shares - 1)))
  for program in "${programs[@]}"; do
    local select='*'
    [ "$number" = 0 ] || select='Walls.P2_*'
    [ "$number" = 0 ] || [ "$program" = property_walls_test ] || continue
    ALCOVE_PROPERTY_RUNS=$count ALCOVE_PROPERTY_FIRST=$((first + number * runs)) \
      "build/property/bin/$program" --gtest_filter="$select" >"$output/$number-$program" 2>&1 </dev/null || failed=$((failed + 1))
  done
  echo "$failed" >"$output/$number.failed"
}
for ((number = 0; number < shares; ++number)); do share "$number" & done
wait
for log in "$output"/*-*; do
  grep -vE '^\[ +OK|^\[ RUN|^\[-|^\[=|^$|^Running|^Note|^PROPERTY Runs' "$log" | grep -v '^\[  PASSED' || true
done
failed=$(cat "$output"/*.failed | awk '{ sum += $1 } END { print sum + 0 }')
# The frame tries itself too (Runs); what counts are the properties of the product.
cat "$output"/*-* | awk -v failed="$failed" '
  /^PROPERTY Runs\./ { next }
  /^PROPERTY / { runs += $4; violations += $6 }
  /^SEEDED BUG found/ { found += 1 }
  END { if (failed > violations) violations = failed
        printf "%d runs, %d violations; seeded bugs found: %d of 5\n", runs, violations, found
        exit violations > 0 || runs == 0 || found != 5 }'
