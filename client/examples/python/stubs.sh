#!/usr/bin/env bash
# Makes Python's side of the contract in the folder that is named. Needs protobuf-compiler, protobuf-compiler-grpc and
# golang-github-gogo-googleapis-dev, as the build does.
set -euo pipefail
out=${1:?where to}
root=$(cd "$(dirname "$0")/../../.." && pwd)
googleapis=/usr/share/gocode/src/github.com/gogo/googleapis
mkdir -p "$out"
out=$(cd "$out" && pwd)
cd "$root/proto"
protoc -I . -I "$googleapis" --python_out="$out" --grpc_python_out="$out" \
  --plugin=protoc-gen-grpc_python="$(command -v grpc_python_plugin)" alcove/v1/*.proto alcove/sealed/v1/*.proto
cd "$googleapis"
protoc -I . --python_out="$out" google/type/date.proto google/rpc/status.proto google/rpc/error_details.proto
