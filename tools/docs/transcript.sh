#!/usr/bin/env bash
# Runs the commands of README.md's transcript and writes them, with what they printed, between its markers.
#   tools/docs/transcript.sh [SERMO]
set -euo pipefail
cd "$(dirname "$0")/../.."
sermo=$(realpath "${1:-build/release/bin/sermo}")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r samples "$work/"
{
  echo '```'
  cd "$work"
  for command in "sermo train" "sermo predict samples/measured.flac" "sermo predict --model svm --format jsonl --top-k 2 samples/"; do
    echo "\$ $command"
    "$sermo" ${command#sermo } 2>&1
    echo
  done | sed '$d'
  echo '```'
} >"$work/transcript"
cd - >/dev/null
awk -v transcript="$work/transcript" '
  /<!-- transcript: begin/ { print; while ((getline line < transcript) > 0) print line; skip = 1 }
  /<!-- transcript: end/ { skip = 0 }
  !skip { print }
  /<!-- transcript: begin/ { next }' README.md | awk '!(/<!-- transcript: begin/ && seen++)' >"$work/README.md"
cp "$work/README.md" README.md
