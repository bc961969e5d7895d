#!/bin/sh
# scripts/browser.sh: makes sure that there is a Chromium, which the tests of the console drive. `make test` calls it.
set -eu
. "$(dirname "$0")/debian.sh"

for name in chromium chromium-browser google-chrome; do
  if command -v "$name" >/dev/null; then
    exit 0
  fi
done
debian "the tests of the console need a browser" chromium || say "without it these tests are left out"
