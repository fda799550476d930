#!/usr/bin/env bash
# Measures what enrolment adds and writes the tables of docs/enrolment.md.
#   tools/docs/enrolment.sh [SERMO] VOICE.npz      (sermo extract RAVDESS --schema sermo-voice --out VOICE.npz)
set -euo pipefail
cd "$(dirname "$0")/../.."
sermo=$(realpath "${1:-build/release/bin/sermo}")
voice=$(realpath "$2")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for table in "$voice" share/ravdess-librosa110.npz; do
  "$sermo" evaluate --features "$table" --models lda,kernel_ridge,svm --folds emobox --calibrate others --enrolled \
    --out "$work/$(basename "$table").json" --honest "$work/honest.json"
done
python3 tools/docs/enrolment.py "$work/$(basename "$voice").json" "$work/ravdess-librosa110.npz.json"
