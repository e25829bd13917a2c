#!/usr/bin/env bash
# Runs every property with N seeds each, or measures whether time tells what exists.
#
#   bash tests/property/run.sh [--runs N]
#   bash tests/property/run.sh --timing [--calls N]
#
# The last line of the first is `N runs, 0 violations; ...`. Exits 1 on a violation, if nothing ran, or if a seeded bug was not
# found. The last line of the second names the largest |t| of the pairs and the smallest of the controls; exits 1 unless the
# one is under 4.5 and the other above 10.
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

mkdir -p build
cmake --preset dev >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
if [ -n "$timing" ]; then
  cmake --build build/dev -j"$(nproc)" --target property_timing -- --quiet
  exec build/dev/bin/property_timing --calls "$calls"
fi
programs=()
for source in tests/property/*_test.cc; do
  programs+=("property_$(basename "${source%.cc}")")
done
cmake --build build/dev -j"$(nproc)" --target "${programs[@]}" -- --quiet

output=$(mktemp)
trap 'rm -f "$output"' EXIT
failed=0
for program in "${programs[@]}"; do
  ALCOVE_PROPERTY_RUNS=$runs "build/dev/bin/$program" >"$output.one" 2>&1 </dev/null || failed=$((failed + 1))
  grep -vE '^\[ +OK|^\[ RUN|^\[-|^\[=|^$|^Running|^Note' "$output.one" | grep -v '^\[  PASSED' || true
  cat "$output.one" >>"$output"
done
rm -f "$output.one"
awk -v failed="$failed" '/^PROPERTY / { runs += $4; violations += $6 }
  END { if (failed > violations) violations = failed
        printf "runs %d, violations %d\n", runs, violations; exit violations > 0 || runs == 0 }' "$output"
