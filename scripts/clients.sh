#!/bin/sh
# scripts/clients.sh FOLDER: makes a virtual environment FOLDER/clients/NAME for each scripts/clients/NAME.txt, beside
# the development one in FOLDER whose pip it uses. The official clients that the tests drive need packages that exclude
# each other, and none of them has anything to do in Reelgate's own environment. `make test`, `make once` and `make chaos` call it.
# Go and Java, whose own HTTP clients the tests drive too, and two proxies come with the system's packages.
set -eu
cd "$(dirname "$0")/.."
folder=$1
. scripts/debian.sh

for pins in scripts/clients/*.txt; do
  client=$folder/clients/$(basename "$pins" .txt)
  if cmp -s "$pins" "$client/pins.txt"; then
    continue
  fi
  echo "reelgate: installing clients for the tests into $client" >&2
  "$folder/bin/python" -m venv --clear --without-pip "$client"
  # Every package is pinned, so nothing needs to be resolved.
  "$folder/bin/python" -m pip --disable-pip-version-check --quiet --python "$client/bin/python" \
    install --no-deps --no-compile --only-binary :all: --requirement "$pins"
  cp "$pins" "$client/pins.txt"
done

node=$folder/clients/node
if ! command -v npm >/dev/null; then
  say "without npm the test of Node's client is left out"
elif ! cmp -s scripts/clients/node/package.json "$node/pins.json"; then
  say "installing Node's clients for the tests into $node"
  mkdir -p "$node"
  cp scripts/clients/node/package.json "$node/package.json"
  npm install --prefix "$node" --no-package-lock --no-audit --no-fund --ignore-scripts --silent
  cp "$node/package.json" "$node/pins.json"
fi

missing=
for needed in go:golang-go javac:openjdk-17-jdk-headless nginx:nginx-light caddy:caddy; do
  command -v "${needed%%:*}" >/dev/null || missing="$missing ${needed#*:}"
done
if [ -n "$missing" ]; then
  # shellcheck disable=SC2086 # a list of packages
  debian "the tests of kept connections need$missing" $missing || say "without them these tests are left out"
fi
