#!/usr/bin/env bash
# Measures every model on every cut and writes docs/results.md and share/honest.json, the figures that ship.
#   tools/docs/results.sh [SERMO] [OTHER_CORPUS.npz]
# What takes many fits (24 folds) or long ones (nets, cut into actors only) is calibrated on the predictions of the other folds.
set -euo pipefail
cd "$(dirname "$0")/../.."
sermo=$(realpath "${1:-build/release/bin/sermo}")
other=${2:-}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
quick=rf,svm,gb,knn,et,logistic,lda,lda_lw,kernel_ridge,voice,rf_gb_et,rf_svm_knn,gb_svm
slow=mlp,cnn1d,lstm,gru,cnn_lstm

"$sermo" evaluate --models $quick --folds emobox --enrolled --out "$work/quick.json" --honest "$work/honest.json"
"$sermo" evaluate --models $quick --folds random,original --out "$work/known.json"
"$sermo" evaluate --models $quick --folds loso --calibrate others --out "$work/loso.json" --honest "$work/loso_honest.json"
"$sermo" evaluate --models $slow --folds emobox --calibrate others --out "$work/slow.json" --honest "$work/honest.json"
"$sermo" evaluate --models $slow --folds random --calibrate others --out "$work/slow_random.json"
"$sermo" evaluate --models $slow --folds original --out "$work/slow_original.json"
"$sermo" evaluate --models mlp,cnn1d --folds loso --calibrate others --out "$work/slow_loso.json" --honest "$work/loso_honest.json"
reports=("$work/quick.json" "$work/known.json" "$work/loso.json" "$work/slow.json"
  "$work/slow_random.json" "$work/slow_original.json" "$work/slow_loso.json")
if [[ -n $other ]]; then
  "$sermo" evaluate --models $quick --test "$other" --out "$work/other.json"
  reports+=("$work/other.json")
fi
python3 tools/docs/results.py "${reports[@]}"
cp "$work/honest.json" share/honest.json
