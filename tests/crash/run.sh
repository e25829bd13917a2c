#!/usr/bin/env bash
# Four people file at once while a real alcoved is killed, and while its disk loses power.
#
#   bash tests/crash/run.sh [--kills N] [--power N] [--bin BUILD-FOLDER]
#   bash tests/crash/run.sh --shred N [--bin BUILD-FOLDER]
#
# kill -9 at random moments, N times; then every acknowledged report is read back through its mailbox, sent again with
# the same request_id, and the store is checked. N/10 more kills hit people who answer a check-in and report retaliation in the
# same step: both cases' halves are there, or neither. --power N does the same on an ext4 image whose power is cut (root only,
# said loudly elsewhere). The controls do the same on a disk that lies (bad_disk.cc),
# so that the server answers before its commit is anywhere, or never syncs; they must lose some.
# --shred N kills a shredding instead, N times, every other time at a named boundary of the batch and else at a random moment, and
# starts again: shred_loop.cc says what is counted. Its last line is `shred: N kills, 0 lost, 0 revived`, else it exits 1.
#
# The last line is `acknowledged N, lost 0, partial 0, duplicates 0, controls lost M`. Exits 1 if it is another.
set -euo pipefail
cd "$(dirname "$0")/../.."
kills=200
power=0
shred=0
bin=
while [ $# -gt 0 ]; do
  case $1 in
    --kills) kills=${2:?--kills needs a number}; shift 2 ;;
    --power) power=${2:?--power needs a number}; shift 2 ;;
    --shred) shred=${2:?--shred needs a number}; shift 2 ;;
    --bin) bin=${2:?--bin needs a folder}; shift 2 ;;
    *) echo "usage: bash tests/crash/run.sh [--kills N] [--power N] [--shred N] [--bin BUILD-FOLDER]" >&2; exit 2 ;;
  esac
done

if [ -z "$bin" ]; then
  bin=build/dev
  mkdir -p build
  cmake --preset dev >build/configure.log 2>&1 || { cat build/configure.log >&2; exit 1; }
  cmake --build "$bin" -j"$(nproc)" --target alcoved alcove_crash alcove_shred_crash alcove_bad_disk -- --quiet
fi
bin=$(cd "$bin" && pwd)

# On the disk of the build, not in memory: what is measured is durability.
folder=$(mktemp -d "$bin/crash-XXXXXX")
# shellcheck disable=SC2317  # run by the trap
cleanup() {
  for disk in "$folder"/*/disk; do if mountpoint -q "$disk" 2>/dev/null; then umount "$disk" || true; fi; done
  rm -rf "$folder"
}
trap cleanup EXIT
status=0
if [ "$shred" -gt 0 ]; then
  "$bin/bin/alcove_shred_crash" --alcoved "$bin/bin/alcoved" --folder "$folder" --kills "$shred" </dev/null || status=$?
  if [ "$status" -ne 0 ]; then tail -n 20 "$folder/log" >&2 || true; fi
  exit "$status"
fi
"$bin/bin/alcove_crash" --alcoved "$bin/bin/alcoved" --folder "$folder" \
  --bad-disk "$bin/tests/crash/libalcove_bad_disk.so" --kills "$kills" --power "$power" </dev/null || status=$?
if [ "$status" -gt 1 ]; then tail -n 20 "$folder"/*/*.log >&2 || true; fi
exit "$status"
