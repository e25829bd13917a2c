#!/usr/bin/env bash
# The contract's checks must be able to fail: a message without a comment, a request type of the wrong name, a field that moved, a method
# that is gone.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT

# refused NAME SED-EXPRESSION EXPECTED [CHECK]: the contract with one seeded fault is refused for that fault
refused() {
  rm -rf "$copy/alcove"
  cp -r "$here/../../proto/alcove" "$copy/"
  sed -i -e "$2" "$copy/alcove/v1/session_service.proto"
  if cmp -s "$copy/alcove/v1/session_service.proto" "$here/../../proto/alcove/v1/session_service.proto"; then
    echo "$1: the control changed nothing" >&2
    exit 1
  fi
  if output=$(bash "$here/${4:-buf_lint.sh}" "$copy" 2>&1); then
    echo "$1: a seeded fault passed" >&2
    exit 1
  fi
  grep -q "$3" <<<"$output" || { echo "$1: refused for another reason: $output" >&2; exit 1; }
}

refused "message without a comment" '/^\/\/.*/d' 'should have a non-empty comment'
refused "request of the wrong name" 's/CreateChallengeRequest/ChallengeQuestion/g' 'should be named'
refused "field with another number" 's/string principal = 1;/string principal = 9;/' 'principal' buf_breaking.sh
refused "method that is gone" '/rpc DeleteSession/,/^  }/d' 'DeleteSession' buf_breaking.sh
echo "buf controls: 4 seeded faults refused"
