#!/usr/bin/env bash
# Runs the benchmarks and writes docs/benchmarks.md. Wants a machine with nothing else to do, ../shared/ravdess, and two Python environments:
#   LIBROSA_PYTHON (tools/golden/requirements.txt) and KERAS_PYTHON (tools/golden/requirements-nn.txt); a few minutes.
set -euo pipefail
cd "$(dirname "$0")/../.."
cmake --preset bench >/dev/null
cmake --build --preset bench --parallel "$(nproc)" --target sermo sermo_nn_benchmark sermo_feature_pipe -- --quiet >/dev/null
program=build/bench/bin/sermo
models=$(mktemp -d)
trap 'rm -rf "$models"' EXIT

# How long a command takes, and the rest of its life in silence.
seconds() { local start=$EPOCHREALTIME; "$@" >/dev/null 2>&1; echo "$EPOCHREALTIME $start" | awk '{ printf "%.1f s", $1 - $2 }'; }

{
  echo "# How fast it is"
  echo "Written by \`tools/docs/benchmarks.sh\` on $(nproc) cores of: $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1). Compare columns with each other, not with another machine."
  echo
  echo "## From an audio file to the 110 features"
  echo "Processor time on one thread, 24 RAVDESS clips, librosa and Sermo in turn (\`tools/bench/compare_speed.py\`)."
  echo '```'
  "$LIBROSA_PYTHON" tools/bench/compare_speed.py --pipe build/bench/tools/parity/sermo_feature_pipe ../shared/ravdess/Actor_{01,07,12,18}/03-01-0[1-6]-01-01-01-*.flac
  echo '```'
  echo
  echo "## A step of training"
  "$KERAS_PYTHON" tools/bench/compare_nets.py --benchmark build/bench/bench/sermo_nn_benchmark
  echo
  echo "## A whole training run"
  echo "From the features that ship with Sermo, 50 epochs for each net, calibration, test, files and verification included."
  echo
  echo "| command | time |"
  echo "|---|---|"
  echo "| \`sermo train --models all\` | $(seconds "$program" train --models all --out "$models") |"
  echo "| the same without lstm, gru and cnn_lstm | $(seconds "$program" train --models mlp,cnn1d,rf,svm,gb,knn,et,rf_gb_et,rf_svm_knn,gb_svm --out "$models/few") |"
  echo
  echo "## Loading models"
  "$LIBROSA_PYTHON" tools/bench/load_models.py "$program" "$models" samples/hurried.wav
} >"$models/benchmarks.md"
cp "$models/benchmarks.md" docs/benchmarks.md
