#!/usr/bin/env bash
# A frightened person at a real terminal: the interview from the first question to the receipt, two words asked back, wrong
# ones first, then the way back with the twelve words. Usage: interview.sh SOURCE_DIR BIN_DIR
#
# Typed by expect: no transcript can hold a conversation. Ends within two minutes whatever the program does; that the
# script notices when the program says something else is tried first, by a sentence that no program says.
set -euo pipefail
source=$1
export PATH=$2:$PATH LC_ALL=C.UTF-8 ALCOVE_DEMO=$source/deploy/demo ALCOVE_POLICY=$source/deploy/policy
STAGE=$(mktemp -d "${TMPDIR:-/tmp}/alcove-interview-XXXXXX")
export STAGE BASH_ENV=$source/deploy/demo/stage.sh
# shellcheck source=deploy/demo/stage.sh
. "$BASH_ENV"
PORT=$(free_port)
HR_PORT=$(free_port)
export PORT HR_PORT
trap 'stop_server >/dev/null || true; rm -rf "$STAGE"' EXIT
make_certificate
timeout -k 5 120 python3 "$ALCOVE_DEMO/play.py" "$ALCOVE_DEMO/founding.txt" --stage "$STAGE" --quiet --stop
mkdir -p -m 0700 "$STAGE/people/reporter"
cd "$STAGE/people/reporter"
cp ../root1/alcove.org .
interview() { timeout -k 5 "$1" expect "$source/tests/e2e/interview.exp" </dev/null; }

for step in device receipt proof; do
  if INTERVIEW_STOP=$step interview 60 >../control.log; then
    echo "the script does not notice when the program says something else ($step)"
    exit 1
  fi
  grep -q '^FAILED: waited in vain for' ../control.log || { echo "the control failed otherwise ($step):"; cat ../control.log; exit 1; }
  [ ! -e words ] || { echo "an unfinished interview left words behind"; exit 1; }
done
interview 120
[ "$(wc -w <words)" = 12 ]
alcove report status --receipt-fd 3 3<words | grep -q '^Case cases/'
[ "$(find . -type f | sort | tr '\n' ' ')" = "./alcove.org ./words " ] || { echo "the client left files behind:"; find . -type f; exit 1; }
echo "filed by hand, found again with the words, nothing left on the disk"
