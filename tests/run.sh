#!/usr/bin/env bash
# Installs, builds and runs every test, from a clean clone on a bare Debian 12.
#
#   bash tests/run.sh              all labels
#   bash tests/run.sh --label L    only the tests under label L
#   bash tests/run.sh --labels     lists the labels
#
# Prints the seconds of every label, then ctest's own summary. Exits 0 only if every test that ran has passed
# and at least one ran. Needs root or sudo only if a package is missing, and no network if none is.
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive

label=
list=
while [ $# -gt 0 ]; do
  case $1 in
    --label) label=${2:?--label needs a name}; shift 2 ;;
    --labels) list=1; shift ;;
    *) echo "usage: bash tests/run.sh [--label L | --labels]" >&2; exit 2 ;;
  esac
done

began=$SECONDS
step() { printf '== %s (%d s)\n' "$1" $((SECONDS - began)); }

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"
  elif command -v sudo >/dev/null; then sudo "$@"
  else echo "run as root, or install sudo: $* is needed" >&2; return 1
  fi
}

install_packages() {
  local wanted missing
  wanted=$(sed -e 's/#.*//' -e '/^ *$/d' deploy/packages.txt tests/packages.txt)
  # Any node and npm will do; only a machine without them gets Debian's.
  if ! command -v node >/dev/null || ! command -v npm >/dev/null; then wanted="$wanted nodejs npm"; fi
  missing=
  for package in $wanted; do
    if ! dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed'; then missing="$missing $package"; fi
  done
  [ -n "$missing" ] || return 0
  step "installing$missing"
  as_root apt-get update -qq
  # shellcheck disable=SC2086
  as_root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

# What a folder's package-lock.json names.
install_node_modules() {
  local folder=$1
  local lock=$folder/package-lock.json stamp=$folder/node_modules/.installed
  if [ -f "$stamp" ] && cmp -s "$lock" "$stamp"; then return 0; fi
  step "installing what $folder needs"
  (cd "$folder" && npm ci --engine-strict --ignore-scripts --no-audit --no-fund >/dev/null)
  cp "$lock" "$stamp"
}

install_packages
install_node_modules tests/style
install_node_modules client/examples/node

step "configuring"
mkdir -p build
cmake --preset dev >build/configure.log 2>&1 || { cat build/configure.log; exit 1; }

step "building"
cmake --build build/dev -j"$(nproc)" -- --quiet
if [ -z "$label" ] || [ "$label" = fuzz ]; then
  step "building the fuzz targets"
  bash tests/fuzz/run.sh --build-only
fi
if [ -n "$list" ]; then ctest --test-dir build/dev --print-labels; exit 0; fi

step "testing"
report=$(mktemp)
select=()
if [ -n "$label" ]; then select=(-L "^${label}\$"); fi
# One temporary directory for everything the tests leave, gone with them.
TMPDIR=$(mktemp -d "${TMPDIR:-/tmp}/alcove-tests-XXXXXX")
export TMPDIR
trap 'rm -f "$report"; rm -rf "$TMPDIR"' EXIT
set +e
ctest --test-dir build/dev -j"$(nproc)" --no-tests=error --output-on-failure "${select[@]}" </dev/null 2>&1 |
  tee "$report" | grep -vE '^ *[0-9]+/[0-9]+ Test +#[0-9]+: .* Passed |^ +Start +[0-9]+: ' |
  sed '/tests passed, .* tests failed/,$d'
status=${PIPESTATUS[0]}
set -e

# A skipped test says why, so that a run which proved less than it seems to shows it.
skipped=$(grep -c '\*\*\*Skipped' "$report") || true
if [ "$skipped" != 0 ]; then
  echo
  echo "SKIPPED: $skipped tests, because"
  grep -A1 -hE ': Skipped$|^SKIPPED:' build/dev/Testing/Temporary/LastTest.log | grep -vE ': Skipped$|^--$' | sort | uniq -c || true
fi
# What was checked of each file of public vectors; crypto's tests say it on lines of their own.
if [ -z "$label" ] || [ "$label" = vectors ]; then
  echo
  grep -h '^vectors ' build/dev/Testing/Temporary/LastTest.log | sort -u || echo "vectors: none checked"
fi
# How much of the authorisation matrix was run, and the property tests' own counts.
grep -hE '^[0-9]+ (cells run|runs), ' build/dev/Testing/Temporary/LastTest.log || true
echo
echo "seconds per label"
sed -n '/^Label Time Summary:/,/^$/p' "$report" | sed '1d;/^$/d' || true
step "done"
sed -n '/tests passed, .* tests failed/,$p' "$report" | sed '/^Label Time Summary:/,/^$/d'
exit "$status"
