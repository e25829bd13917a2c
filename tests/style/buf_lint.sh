#!/usr/bin/env bash
# buf lint (STANDARD and COMMENTS) over proto/. The google types come from Debian's package, staged beside the
# contract in a temporary workspace, so that nothing is asked of a network.
# usage: buf_lint.sh [PROTO_DIR]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
proto=$(cd "${1:-$here/../../proto}" && pwd)
googleapis=/usr/share/gocode/src/github.com/gogo/googleapis
buf=$here/node_modules/.bin/buf
[ -x "$buf" ] || { echo "buf is not installed: run npm ci in tests/style (tests/run.sh does)" >&2; exit 1; }

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/contract" "$stage/google/google"
cp -r "$proto/alcove" "$stage/contract/"
cp -r "$googleapis/google/type" "$googleapis/google/rpc" "$stage/google/google/"
cp "$here/buf.yaml" "$stage/buf.yaml"
cd "$stage"
HOME=$stage XDG_CACHE_HOME=$stage "$buf" lint contract
echo "buf lint: $(find contract -name '*.proto' | wc -l) files hold STANDARD and COMMENTS"
