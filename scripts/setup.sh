#!/bin/sh
# scripts/setup.sh FOLDER [GROUP|[EXTRA]…]: makes the virtual environment FOLDER and installs Reelgate into it, with the
# dependency groups of pyproject.toml that are named, and the optional extras that are named in brackets ([server] where
# none is), at the versions of constraints.txt. `make` calls it.
set -eu
cd "$(dirname "$0")/.."
folder=$1
shift

. scripts/debian.sh

refuse() {
  say "$*"
  exit 2
}

new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; }
makes_venvs() { "$1" -c 'import ensurepip, venv' 2>/dev/null; }

# Prints the first Python that is new enough and passes the given test.
python_that() {
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 /usr/bin/python3 /usr/local/bin/python3}; do
    if new_enough "$name" && "$1" "$name"; then
      echo "$name"
      return
    fi
  done
  return 1
}

find_python() {
  python_that makes_venvs && return
  if found=$(python_that true); then
    why="$found can make no virtual environment, because its ensurepip module is missing"
    debian "$why" "$("$found" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')" || exit 2
  elif [ -n "${PYTHON:-}" ]; then
    refuse "PYTHON=$PYTHON is no Python 3.11 or newer"
  else
    why="Python 3.11 or newer is needed and none was found (PYTHON=/path/to/python3 names one)"
    debian "$why" python3 python3-venv || exit 2
  fi
  python_that makes_venvs || refuse "$why; the Debian packages did not help"
}

if ! "$folder/bin/python" -m pip --version >/dev/null 2>&1; then
  python=$(find_python)
  say "making $folder with $("$python" --version) ($python)"
  "$python" -m venv --clear "$folder"
fi

say "installing packages into $folder (the first time takes a minute)"
groups=
extra=[server]
for name in "$@"; do
  case $name in
    \[*) extra=$name ;;
    *) groups="$groups --group $name" ;;
  esac
done
pip="$folder/bin/python -m pip --disable-pip-version-check --quiet"
{
  # A distribution's pip may be too old to know dependency groups.
  $pip install --constraint constraints.txt --upgrade pip &&
    # shellcheck disable=SC2086 # a list of options
    $pip install --constraint constraints.txt --build-constraint constraints.txt --editable ".$extra" $groups
} || refuse "pip could not install the packages; its message above says why (is a package index within reach?)"
