#!/bin/sh
# Types, lint and format, allowed imports, generated files, lockfile. Runs every check even after one has failed; the exit
# status is the number of checks that failed.
usage='npm run check

Types, lint and format, allowed imports, generated files, lockfile. Exits with the number of checks that failed.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"

failures=0
check() {
  name=$1
  shift
  check_log=$(mktemp)
  if "$@" >"$check_log" 2>&1; then
    echo "ok      $name"
  else
    failures=$((failures + 1))
    echo "FAILED  $name"
    sed 's/^/        /' "$check_log"
  fi
  rm -f "$check_log"
}

lockfile_names_no_registry() {
  if grep -n '"resolved": "[a-z+]*:' package-lock.json; then
    echo "package-lock.json names addresses of a registry. Write it again: rm package-lock.json && npm install"
    return 1
  fi
}

check "types (tsc)" tsc -p .
check "lint and format (biome)" biome ci --colors=off .
check "allowed imports" node scripts/check-imports.ts
check "generated files" node scripts/generate-shapes.ts --check
check "lockfile names no registry" lockfile_names_no_registry
exit "$failures"
