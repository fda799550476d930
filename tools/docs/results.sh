#!/usr/bin/env bash
# Measures every model on every cut and writes docs/results.md and share/honest.json, the figures that ship.
#   tools/docs/results.sh [SERMO] [RAVDESS OTHER_TALKERS] [OTHER_CORPUS.npz]
# RAVDESS and OTHER_TALKERS are folders of recordings, for the table of degraded conditions; OTHER_CORPUS.npz holds sermo-voice features.
# What takes many fits (24 folds) or long ones (nets, cut into actors only) is calibrated on the predictions of the other folds.
set -euo pipefail
cd "$(dirname "$0")/../.."
sermo=$(realpath "${1:-build/release/bin/sermo}")
ravdess=${2:-}
babble=${3:-}
other=${4:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quick=rf,svm,gb,knn,et,logistic,rf_gb_et,rf_svm_knn,gb_svm
linear=lda,lda_lw,kernel_ridge  # on either schema
slow=mlp,cnn1d,lstm,gru,cnn_lstm

"$sermo" evaluate --models $quick --folds emobox --enrolled --out "$work/quick.json" --honest "$work/honest.json"
"$sermo" evaluate --models $quick --folds random,original --out "$work/known.json"
"$sermo" evaluate --models $quick --folds loso --calibrate others --out "$work/loso.json" --honest "$work/loso_honest.json"
"$sermo" evaluate --models $slow --folds emobox --calibrate others --out "$work/slow.json" --honest "$work/honest.json"
"$sermo" evaluate --models $slow --folds random --calibrate others --out "$work/slow_random.json"
"$sermo" evaluate --models $slow --folds original --out "$work/slow_original.json"
"$sermo" evaluate --models mlp,cnn1d --folds loso --calibrate others --out "$work/slow_loso.json" --honest "$work/loso_honest.json"
for schema in sermo-voice librosa-110; do
  models=$linear
  [[ $schema == sermo-voice ]] && models=$linear,voice
  "$sermo" evaluate --schema $schema --models $models --folds emobox --enrolled --out "$work/$schema.json" --honest "$work/honest.json"
  "$sermo" evaluate --schema $schema --models $models --folds random,original --calibrate others --out "$work/${schema}_known.json"
  "$sermo" evaluate --schema $schema --models $models --folds loso --calibrate others --out "$work/${schema}_loso.json" --honest "$work/loso_honest.json"
done
reports=()
if [[ -n $ravdess ]]; then # first, so that the figures of whole evaluations stand where both have one
  "$sermo" evaluate --data "$ravdess" --schema sermo-voice --models lda,kernel_ridge,voice --folds emobox --calibrate others --stress --babble "$babble" \
    --out "$work/stress.json" --honest "$work/stress_honest.json"
  "$sermo" evaluate --data "$ravdess" --schema librosa-110 --models svm,et,kernel_ridge,rf --folds emobox --calibrate others --stress --babble "$babble" \
    --out "$work/stress_110.json" --honest "$work/stress_honest.json"
  reports+=("$work/stress.json" "$work/stress_110.json")
fi
reports+=("$work"/{sermo-voice,librosa-110}{,_loso,_known}.json "$work/quick.json" "$work/known.json" "$work/loso.json" "$work/slow.json"
  "$work/slow_random.json" "$work/slow_original.json" "$work/slow_loso.json")
if [[ -n $other ]]; then
  "$sermo" evaluate --models $linear,voice --schema sermo-voice --test "$other" --out "$work/other.json"
  reports+=("$work/other.json")
fi
python3 tools/docs/results.py "${reports[@]}"
cp "$work/honest.json" share/honest.json
