#!/usr/bin/env bash
# Shows Alcove at work: builds a release, starts a real server with TLS on a fresh data directory, plays an act from its
# transcript, and ends with a table of who could read what, and why not. Exits non-zero on any deviation.
#
#   bash deploy/demo.sh              act 1
#   bash deploy/demo.sh --act N      another act
#   bash deploy/demo.sh --serve      leaves the server running and prints commands to try; Ctrl-C ends it
#   bash deploy/demo.sh --bin DIR    uses alcove and alcoved of that directory instead of building
#   bash deploy/demo.sh --yes        does not ask before installing packages
#   bash deploy/demo.sh --quiet      prints deviations and the table only
set -euo pipefail
cd "$(dirname "$0")/.."
export LC_ALL=C.UTF-8

act=1 serve= bin= yes= quiet=
while [ $# -gt 0 ]; do
  case $1 in
    --act) act=${2:?--act needs a number}; shift 2 ;;
    --bin) bin=$(cd "${2:?--bin needs a directory}" && pwd); shift 2 ;;
    --serve) serve=1; shift ;;
    --yes) yes=1; shift ;;
    --quiet) quiet=--quiet; shift ;;
    *) sed -n '2,11s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
  esac
done
transcript=deploy/demo/act-$act.txt
[ -f "$transcript" ] || { echo "there is no act $act; these are: $(ls deploy/demo/act-*.txt | tr '\n' ' ')" >&2; exit 2; }

missing_packages() {
  local package
  for package in $(sed -e 's/#.*//' deploy/packages.txt); do
    dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || printf '%s ' "$package"
  done
}

install_packages() {
  local missing
  missing=$(missing_packages)
  [ -n "$missing" ] || return 0
  echo "To build and show Alcove, these packages of Debian are installed with apt-get:"
  echo "  $missing" | fold -s -w 100
  if [ -z "$yes" ] && [ -t 0 ]; then
    read -r -p "Install them? [y/N] " answer
    case $answer in [yY]*) ;; *) echo "nothing was installed"; exit 1 ;; esac
  fi
  local root=
  [ "$(id -u)" = 0 ] || root=sudo
  export DEBIAN_FRONTEND=noninteractive
  $root apt-get update -qq
  # shellcheck disable=SC2086
  $root apt-get install -y -qq --no-install-recommends $missing >/dev/null
}

if [ -z "$bin" ]; then
  install_packages
  echo "Building a release (some minutes the first time)."
  mkdir -p build
  cmake --preset release >build/release-configure.log 2>&1 || { cat build/release-configure.log; exit 1; }
  cmake --build build/release -j"$(nproc)" --target alcove alcoved
  bin=$PWD/build/release/bin
fi
for program in alcove alcoved; do
  [ -x "$bin/$program" ] || { echo "$bin/$program is missing" >&2; exit 2; }
done

stage=$(mktemp -d "${TMPDIR:-/tmp}/alcove-demo-XXXXXX")
export STAGE=$stage ALCOVE_DEMO=$PWD/deploy/demo ALCOVE_EXAMPLES=$PWD/client/examples ALCOVE_POLICY=$PWD/deploy/policy PATH=$bin:$PATH BASH_ENV=$PWD/deploy/demo/stage.sh
# shellcheck source=deploy/demo/stage.sh
. deploy/demo/stage.sh
PORT=$(free_port)
HR_PORT=$(free_port)
export PORT HR_PORT
leave() {
  status=$?
  stop_server || true
  rm -rf "$stage"
  exit $status
}
trap leave EXIT
trap 'exit 130' INT TERM

make_certificate
status=0
python3 deploy/demo/play.py "$transcript" --stage "$stage" $quiet || status=1

if [ -n "$serve" ] && [ $status = 0 ]; then
  start_server
  cat <<END

The server is still running. In another terminal, for instance:

  export PATH=$bin:\$PATH
  cd $stage/people/ana   && alcove case inbox
  cd $stage/people/mika  && alcove report new
  cd $stage/people/petra && alcove admin status
  cd $stage/people/payroll && alcove hr sync $ALCOVE_DEMO/employees.csv --validate-only   # an HR system's service account

Ctrl-C ends it and removes everything.
END
  while kill -0 "$(cat "$stage/alcoved.pid")" 2>/dev/null; do sleep 1; done
fi
exit $status
