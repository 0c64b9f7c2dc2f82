#!/bin/sh
# Types, lint and format, allowed imports, generated files, lockfile, documents. Runs every check even after one has failed; the
# exit status is the number of checks that failed.
usage='npm run check [-- --without-tests]

Types, lint and format, allowed imports, generated files, lockfile, and the quick tests of the documents, which `npm test` runs
with all others. Exits with the number of checks that failed.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"

with_tests=true
for argument in "$@"; do
  if [ "$argument" = --without-tests ]; then
    with_tests=false
  else
    echo "$argument is not an option of npm run check; --help lists them." >&2
    exit 1
  fi
done

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

# All but those that run programs, as a page says or for what they say of themselves.
quick_document_tests() {
  set --
  for file in tests/docs/*.test.ts; do
    case ${file##*/} in
      cli.test.ts | named-commands.test.ts | pages.test.ts | walks.test.ts) ;;
      *) set -- "$@" "$file" ;;
    esac
  done
  NO_COLOR=1 vitest run --reporter=default "$@"
}

# More threads than processors would check much of it twice.
check "types (tsc)" tsc -p . --checkers 2
check "types of the console (tsc)" tsc -p packages/web --checkers 2
check "lint and format (biome)" biome ci --colors=off .
check "allowed imports" node scripts/check-imports.ts
check "generated files" sh scripts/generate.sh --check
check "lockfile names no registry" lockfile_names_no_registry
if $with_tests; then check "documents (vitest)" quick_document_tests; fi
exit "$failures"
