#!/usr/bin/env bash
# A frightened person at a real terminal: the interview from the first question to the receipt, the two words asked back,
# a wrong one first, then the way back with the twelve words. Usage: interview.sh SOURCE_DIR BIN_DIR
set -euo pipefail
source=$1
export PATH=$2:$PATH LC_ALL=C.UTF-8 ALCOVE_DEMO=$source/deploy/demo ALCOVE_POLICY=$source/deploy/policy
STAGE=$(mktemp -d "${TMPDIR:-/tmp}/alcove-interview-XXXXXX")
export STAGE BASH_ENV=$source/deploy/demo/stage.sh
# shellcheck source=deploy/demo/stage.sh
. "$BASH_ENV"
PORT=$(free_port)
export PORT
trap 'stop_server >/dev/null || true; rm -rf "$STAGE"' EXIT
make_certificate
python3 "$ALCOVE_DEMO/play.py" "$ALCOVE_DEMO/founding.txt" --stage "$STAGE" --quiet --stop
mkdir -p -m 0700 "$STAGE/people/reporter"
cd "$STAGE/people/reporter"
cp ../root1/alcove.org .
expect "$source/tests/e2e/interview.exp"
[ "$(wc -w <words)" = 12 ]
alcove report status --receipt-fd 3 3<words | grep -q '^Case cases/'
[ "$(find . -type f | sort | tr '\n' ' ')" = "./alcove.org ./words " ] || { echo "the client left files behind:"; find . -type f; exit 1; }
echo "filed by hand, found again with the words, nothing left on the disk"
