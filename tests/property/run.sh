#!/usr/bin/env bash
# Runs every property with N seeds each.
#
#   bash tests/property/run.sh [--runs N]
#
# The last line is `runs N, violations M`. Exits 1 on a violation, or if nothing ran.
set -euo pipefail
cd "$(dirname "$0")/../.."
runs=2000
case ${1:-} in
  --runs) runs=${2:?--runs needs a number} ;;
  "") ;;
  *) echo "usage: bash tests/property/run.sh [--runs N]" >&2; exit 2 ;;
esac

mkdir -p build
cmake --preset dev >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
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
