#!/usr/bin/env bash
# How the voice model's learners were chosen and what its groups of features are worth: writes docs/voice-choice.md.
#   tools/docs/voice_choice.sh TABLE.npz [SERMO_CHOOSE_VOICE]
# TABLE.npz holds sermo-voice features of RAVDESS with the degraded copies that the voice model learns from.
set -euo pipefail
table=$(realpath "$1")
cd "$(dirname "$0")/../.."
tool=$(realpath "${2:-build/release/tools/learn/sermo_choose_voice}")
page=$(mktemp)
trap 'rm -f "$page"' EXIT
{
  cat <<'END'
# How the voice model was chosen
Written by `tools/docs/voice_choice.sh`. RAVDESS, EmoBox's six folds of actors, pooled UAR.

## Ridge, width and clipping
In each row the figure of one choice inside training parts: the mean over the six outer folds of what models that had learnt from neither the outer fold nor the answered one got right
in the other five. What was best there was fitted on all five and asked for the sixth, so the bold figures owe nothing to a speaker that they are measured on.

END
  "$tool" "$table" --jobs "$(nproc)"
  cat <<'END'

## What each group of features is worth
Everything but one group, with the learners as they ship. `docs/features/sermo-voice.md` says what a group holds. No group can be spared or is needed by itself: most say what others say too.

END
  "$tool" "$table" --ablate --jobs "$(nproc)"
} 2>/dev/null >"$page"
cp "$page" docs/voice-choice.md
