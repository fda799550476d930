#!/usr/bin/env bash
# Measures every model on every cut and writes docs/results.md, docs/enrolment.md's tables, README.md's figures and, after a whole run, share/honest.json, the figures that ship.
#   tools/docs/results.sh [--work DIR] [--steps NAME,...] [--sermo SERMO] [--ravdess DIR --talkers DIR] [--emodb DIR]
# Each step is one evaluation and leaves a report of its name in DIR; one that is there already is not measured again, so a run that was stopped goes on where it
# was, and --steps does some only. A step that fails does not stop the others. The pages are written from the reports that are there. Delete a report to measure it again, after a change of the program or a table above all.
# Without --ravdess (its recordings; --talkers: a folder of other people's, for babble) the steps stress-* are left out, without --emodb those to-*.
#
# What takes many fits (24 folds) or long ones (nets) is calibrated on the predictions of the other folds. Shipped tables are learnt from as they are, degraded
# copies of the recordings included. Rough times on two idle cores, as of the last whole run; "?": not known yet.
#   emobox-110      5 min ?   loso-110    4 min     random-110    4 min     original-110    2 min
#   emobox-voice    6 min ?   loso-voice  6 min     random-voice  4 min     original-voice  3 min
#   emobox-nets    15 min     loso-nets   3 min     random-nets  15 min     original-nets   4 min     loso-recurrent  60 min ?
#   to-emodb-110    2 min     to-emodb-voice  4 min     emodb-voice     1 min     emodb-recordings  1 min
#   stress-voice   25 min ?   stress-110     20 min ?   (most of it to degrade recordings; another time these come from the feature cache)
set -euo pipefail
{ # read to the end before it begins, so that the file may change while it runs
cd "$(dirname "$0")/../.."
sermo=build/release/bin/sermo work='' steps='' ravdess='' talkers='' emodb=''
while (($#)); do
  [[ $1 =~ ^--(sermo|work|steps|ravdess|talkers|emodb)$ && $# -ge 2 ]] || { sed -n '3s/^#   //p' "$0" >&2; exit 2; }
  printf -v "${1#--}" %s "$2"
  shift 2
done
sermo=$(realpath "$sermo")
work=${work:-$(mktemp -d)}
mkdir -p "$work"
echo "reports are kept in $work" >&2
small=rf,svm,gb,knn,et,logistic,lda,lda_lw,kernel_ridge,rf_gb_et,rf_svm_knn,gb_svm
voice=lda,lda_lw,kernel_ridge,voice
nets=mlp,cnn1d,lstm,gru,cnn_lstm
failed=0
ours() { [[ -z $steps || ,$steps, == *,$1,* ]]; }

# step NAME OPTIONS...: what honest figures it finds go beside the report, where share/honest.json is made of those of the steps emobox-*.
step() {
  local name=$1
  shift
  if ! ours "$name" || [[ -s $work/$name.json ]]; then return 0; fi
  local start=$SECONDS
  echo "$name" >&2
  if "$sermo" evaluate "$@" --out "$work/$name.part" --honest "$work/${name%%-*}-honest.json" >"$work/$name.txt"; then
    mv "$work/$name.part" "$work/$name.json"
    echo "$name: $((SECONDS - start)) s" | tee -a "$work/times.txt" >&2
  else
    echo "$name: failed, the others go on" >&2
    failed=1
  fi
}

step emobox-110 --schema librosa-110 --models $small --folds emobox --enrolled
step emobox-voice --schema sermo-voice --models $voice --folds emobox --enrolled
step emobox-nets --schema librosa-110 --models $nets --folds emobox --calibrate others
step loso-110 --schema librosa-110 --models $small --folds loso --calibrate others
step loso-voice --schema sermo-voice --models $voice --folds loso --calibrate others
step loso-nets --schema librosa-110 --models mlp,cnn1d --folds loso --calibrate others
step random-110 --schema librosa-110 --models $small --folds random
step random-voice --schema sermo-voice --models $voice --folds random --calibrate others
step random-nets --schema librosa-110 --models $nets --folds random --calibrate others
step original-110 --schema librosa-110 --models $small --folds original
step original-voice --schema sermo-voice --models $voice --folds original
step original-nets --schema librosa-110 --models $nets --folds original
if [[ -n $emodb ]]; then
  for schema in librosa-110 sermo-voice; do
    [[ -s $work/emodb-$schema.npz ]] || "$sermo" extract "$emodb" --schema $schema --out "$work/emodb-$schema.npz"
  done
  step to-emodb-110 --schema librosa-110 --models $small --test "$work/emodb-librosa-110.npz"
  step to-emodb-voice --schema sermo-voice --models $voice --test "$work/emodb-sermo-voice.npz"
  # By itself, with the four emotions that others compare: the sixth letter of a file's name is the emotion, the first two digits are the speaker.
  {
    echo path,label,speaker
    for file in "$emodb"/*[WTFN]?.*; do
      file=${file##*/}
      case ${file:5:1} in W) label=angry ;; T) label=sad ;; F) label=happy ;; N) label=neutral ;; *) continue ;; esac
      echo "$file,$label,${file:0:2}"
    done
  } >"$work/emodb.csv"
  alone=(--data "$emodb" --metadata "$work/emodb.csv" --schema sermo-voice --models lda,kernel_ridge,voice --folds loso)
  step emodb-voice "${alone[@]}"
  step emodb-recordings "${alone[@]}" --augment none
fi
if [[ -n $ravdess ]]; then
  stress=(--data "$ravdess" --folds emobox --calibrate others --stress ${talkers:+--babble "$talkers"})
  step stress-voice "${stress[@]}" --schema sermo-voice --models lda,kernel_ridge,voice
  step stress-110 "${stress[@]}" --schema librosa-110 --models svm,et,kernel_ridge,rf
fi
step loso-recurrent --schema librosa-110 --models lstm,gru,cnn_lstm --folds loso --calibrate others

reports=()
for name in {emobox,loso,random,original,to-emodb,stress,emodb}-{voice,110,nets,recurrent,recordings}; do
  [[ ! -s $work/$name.json ]] || reports+=("$work/$name.json")
done
python3 tools/docs/results.py "${reports[@]}"
python3 tools/docs/enrolment.py "${reports[@]}"
((failed == 0)) || exit 1
[[ -n $steps ]] || cp "$work/emobox-honest.json" share/honest.json
exit 0
}
