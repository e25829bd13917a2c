#!/usr/bin/env bash
# The tests of everything that includes no gRPC, under AddressSanitizer and UndefinedBehaviorSanitizer.
#
#   bash tests/sanitize/run.sh [--label L]
#
# gRPC and Abseil are not instrumented in Debian, so the rooms that use them are left out. The last line is
# `N tests under ASan and UBSan, F failed`; exits 1 when one failed or none ran.
set -euo pipefail
cd "$(dirname "$0")/../.."
select=()
case ${1:-} in
  --label) select=(-L "^${2:?--label needs a name}\$") ;;
  "") ;;
  *) echo "usage: bash tests/sanitize/run.sh [--label L]" >&2; exit 2 ;;
esac

mkdir -p build
cmake --preset sanitize >build/configure-sanitize.log 2>&1 || { cat build/configure-sanitize.log >&2; exit 1; }
cmake --build build/sanitize -j"$(nproc)" -- --quiet
export ASAN_OPTIONS=detect_leaks=1:strict_string_checks=1:detect_stack_use_after_return=1
export UBSAN_OPTIONS=print_stacktrace=1
# What checks the tree itself has no code to sanitise.
output=$(mktemp)
trap 'rm -f "$output"' EXIT
status=0
ctest --test-dir build/sanitize -j"$(nproc)" --no-tests=error --output-on-failure -LE '^(style|layering|fuzz)$' "${select[@]}" \
  </dev/null >"$output" 2>&1 || status=$?
grep -vE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed |^ +Start +[0-9]+: ' "$output" || true
awk -v status="$status" '
  / tests failed out of / { failed = $4; ran = $NF }
  END { printf "%d tests under ASan and UBSan, %d failed\n", ran, failed
        exit status != 0 || failed > 0 || ran == 0 }' "$output"
