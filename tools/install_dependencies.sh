#!/usr/bin/env bash
# Installs what is missing for building Sermo (and, with `--tests`, for testing it) on Debian 12. Quick when nothing is.
#
#   tools/install_dependencies.sh [--tests]
set -euo pipefail
cd "$(dirname "$0")/.."

build_packages=(
  g++ cmake ninja-build pkg-config protobuf-compiler
  libsndfile1-dev libmpg123-dev libogg-dev libsoxr-dev libavformat-dev libavcodec-dev libavutil-dev libswresample-dev
  libhwy-dev libdnnl-dev libxgboost-dev libsvm-dev libeigen3-dev libtbb-dev
  libonnx-dev libprotobuf-dev nlohmann-json3-dev libcli11-dev libspdlog-dev libfmt-dev
  libexpected-dev libboost1.81-dev libssl-dev libxxhash-dev libminizip-dev zlib1g-dev
)
test_packages=(libgtest-dev libgmock-dev python3 python3-venv)
# A browser for the tests of the page, and a font for it.
command -v chromium >/dev/null || test_packages+=(chromium fonts-dejavu-core)

packages=("${build_packages[@]}")
if [[ "${1:-}" == --tests ]]; then packages+=("${test_packages[@]}"); fi

say() { printf '== %s\n' "$*"; }

# The page is built with Node.js and npm, from Debian or from elsewhere.
command -v npm >/dev/null && { command -v node || command -v nodejs; } >/dev/null || packages+=(nodejs npm)

missing=()
for package in "${packages[@]}"; do
  [[ "$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null)" == "install ok installed" ]] || missing+=("$package")
done
if (( ${#missing[@]} )); then
  say "installing ${#missing[@]} missing packages: ${missing[*]}"
  as_root=()
  if [[ "$(id -u)" != 0 ]]; then
    command -v sudo >/dev/null || { echo "not root and no sudo: ask an administrator for: apt-get install ${missing[*]}" >&2; exit 1; }
    as_root=(sudo)
  fi
  log=$(mktemp)
  trap 'rm -f "$log"' EXIT
  if ! { "${as_root[@]}" apt-get update -qq &&
         "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
    tail -n 20 "$log" >&2
    echo "apt-get failed (above): Sermo is built on Debian 12; see README.md, Troubleshooting" >&2
    exit 1
  fi
fi

# Python is for tests only: other runtimes that must agree with Sermo, and what tries the service.
if [[ "${1:-}" == --tests ]]; then
  venv=build/venv
  if ! cmp -s tests/requirements.txt "$venv/installed.txt"; then
    say "installing Python packages into $venv (for tests only)"
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-input -r tests/requirements.txt
    cp tests/requirements.txt "$venv/installed.txt"
  fi
fi
