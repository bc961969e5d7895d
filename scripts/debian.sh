# Sourced by the other scripts: what is installed with the system's own packages, where that is possible.

say() { printf 'reelgate: %s\n' "$*" >&2; }

# debian REASON PACKAGE…: installs Debian packages where that needs no password; otherwise says what to do, and fails.
debian() {
  reason=$1
  shift
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    say "installing $*"
    { apt-get -qq update || true; } >/dev/null 2>&1
    if DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends "$@" >/dev/null; then
      return
    fi
  fi
  say "$reason; on Debian or Ubuntu: apt-get install $*"
  return 1
}
