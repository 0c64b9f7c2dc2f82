# shellcheck shell=sh
# Sourced first by every script beside it. Goes to the repository's root, installs what the lockfile names if it is not
# installed (a fresh clone, or a lockfile that has changed), and puts node_modules/.bin first on the PATH, where `node` is the
# pinned one whatever the system has.
set -eu
root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd -P)
cd "$root"

if ! node scripts/is-installed.mjs; then
  echo "Installing the dependencies that package-lock.json names (npm ci) ..." >&2
  setup_log=$(mktemp)
  if ! npm ci --no-progress --loglevel=error >"$setup_log" 2>&1; then
    cat "$setup_log" >&2
    rm -f "$setup_log"
    echo "npm ci failed, see above. Nothing was run." >&2
    exit 1
  fi
  rm -f "$setup_log"
fi

if [ ! -x node_modules/.bin/node ]; then
  echo "node_modules/.bin/node is missing: the optional dependencies were left out, or this is not Linux on x86_64 or arm64." >&2
  echo "Run: npm ci --include=optional" >&2
  exit 1
fi
PATH=$root/node_modules/.bin:$PATH
export PATH
