#!/bin/sh
# debian-packages.sh NAME...: installs the Debian packages among NAME... whose programs are missing, when this is Debian and
# we are root. Otherwise says what is missing and exits 1; what needs them then skips and says so.
set -eu

is_present() {
  case $1 in
    iproute2) command -v ip ;;
    awscli) command -v aws ;;
    docker.io) command -v dockerd || ls /usr/sbin/dockerd ;;
    postgresql) ls /usr/lib/postgresql/*/bin/postgres ;;
    *) command -v "$1" || dpkg -s "$1" ;;
  esac >/dev/null 2>&1
}

missing=
for name in "$@"; do
  is_present "$name" || missing="$missing $name"
done
[ -n "$missing" ] || exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null 2>&1; then
  echo "Not installed, and only root on Debian could install it here:$missing. What needs it is skipped." >&2
  exit 1
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
echo "Installing Debian packages:$missing ..." >&2
export DEBIAN_FRONTEND=noninteractive
# shellcheck disable=SC2086 # a list of names
if ! { apt-get update -qq && apt-get install -y -qq --no-install-recommends $missing; } >"$log" 2>&1; then
  tail -n 20 "$log" >&2
  echo "apt-get could not install:$missing. What needs it is skipped." >&2
  exit 1
fi
