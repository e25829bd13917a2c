#!/usr/bin/env bash
# buf breaking (FILE) over proto/, against proto/baseline.json: what was promised when stage 5 closed. Whoever breaks it on purpose writes
# a new one, in a commit that says why.
# usage: buf_breaking.sh [PROTO_DIR] | buf_breaking.sh --write
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
write=
if [ "${1:-}" = --write ]; then write=1; shift; fi
proto=$(cd "${1:-$here/../../proto}" && pwd)
baseline=$here/../../proto/baseline.json
googleapis=/usr/share/gocode/src/github.com/gogo/googleapis
buf=$here/node_modules/.bin/buf
[ -x "$buf" ] || { echo "buf is not installed: run npm ci in tests/style (tests/run.sh does)" >&2; exit 1; }

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/contract" "$stage/google/google"
cp -r "$proto/alcove" "$stage/contract/"
cp -r "$googleapis/google/type" "$googleapis/google/rpc" "$stage/google/google/"
cp "$here/buf.yaml" "$stage/buf.yaml"
[ -n "$write" ] || cp "$baseline" "$stage/baseline.json"
cd "$stage"
export HOME=$stage XDG_CACHE_HOME=$stage
if [ -n "$write" ]; then
  "$buf" build contract --exclude-source-info -o now.json
  cp now.json "$baseline"
  echo "proto/baseline.json is written"
else
  "$buf" breaking contract --against baseline.json --exclude-imports
  echo "buf breaking: nothing that stood in proto/baseline.json is gone or means something else"
fi
