#!/usr/bin/env bash
# How the voice model's learners were chosen and what its groups of features are worth: writes docs/voice-choice.md.
#   tools/docs/voice_choice.sh RAVDESS [SERMO] [SERMO_CHOOSE_VOICE] [WORK]
# Its three tables are kept in the folder WORK, where it is given, and not made again: with copies it takes half an hour on two cores, the others some minutes.
# The choice learns from the table that ships, degraded copies included; the groups are weighed on the recordings alone, which takes a seventh of the time.
set -euo pipefail
ravdess=$(realpath "$1")
cd "$(dirname "$0")/../.."
sermo=$(realpath "${2:-build/release/bin/sermo}")
tool=$(realpath "${3:-build/release/tools/learn/sermo_choose_voice}")
work=${4:-$(mktemp -d)}
mkdir -p "$work"
[[ -s $work/recordings.npz ]] || "$sermo" extract "$ravdess" --schema sermo-voice --out "$work/recordings.npz" --quiet

# table NAME OPTIONS...
table() {
  [[ -s $work/$1.md ]] || { "$tool" "${@:2}" --jobs "$(nproc)" >"$work/$1.part" && mv "$work/$1.part" "$work/$1.md"; }
  cat "$work/$1.md"
}
{
  cat <<'END'
# How the voice model was chosen
Written by `tools/docs/voice_choice.sh`. RAVDESS, EmoBox's six folds of actors, pooled UAR.

## Ridge, width, components and clipping
In each row the figure of one choice inside training parts: the mean over the six outer folds of what models that had learnt from neither the outer fold nor the answered one got right
in the other five. What was best there was fitted on all five and asked for the sixth, and for each actor of the sixth fitted on all 23 others; so the figures of the small tables owe
nothing to a speaker that they are measured on. "Both together" multiplies the calibrated probabilities of the two, as `voice` does.

Learnt from degraded copies too, as the voice model is:

END
  table copies share/ravdess-sermo-voice.npz
  cat <<'END'

Learnt from the recordings alone:

END
  table recordings "$work/recordings.npz"
  cat <<'END'

## What each group of features is worth
Everything but one group, with the learners as they ship, learnt from the recordings alone. `docs/features/sermo-voice.md` says what a group holds. No group can be spared or is needed by
itself: most say what others say too.

END
  table groups "$work/recordings.npz" --ablate
} 2>/dev/null >"$work/page.md"
cp "$work/page.md" docs/voice-choice.md
