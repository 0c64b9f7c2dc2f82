#!/bin/sh
# Everything that has to hold: build, checks, the whole test suite. Last line: `N passed, N failed, N skipped`, and before it
# what failed. A failing build or check counts as a failure. With CI=true a skip that tests/allowed-skips.txt does not name counts as a failure too.
# Arguments go to Vitest, to run a part: npm test -- tests/e2e
usage='npm test -- [FILE or OPTION of Vitest...]

Build, checks and tests. Without arguments all of them, as CI runs them; with the path of a test file, that one.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"

sh scripts/debian-packages.sh iproute2 curl postgresql pgbouncer awscli haproxy prometheus libarchive-tools zip unzip python3 docker.io busybox-static chromium fonts-liberation fonts-dejavu-core || true

failures=$(mktemp)
failed=0
# Counts failures and keeps their names for the end: fail COUNT NAME
fail() {
  failed=$((failed + $1))
  [ "$1" -eq 0 ] || echo "  $2" >>"$failures"
}

sh scripts/build.sh || fail 1 "the build: npm run build"
status=0
sh scripts/check.sh --without-tests || status=$?
# The status is the number of failed checks; above that range the script itself broke off.
[ "$status" -le 20 ] || status=1
fail "$status" "checks: npm run check"

# The tests start our programs a thousand times: Node compiles each once, and then reads what it kept.
NODE_COMPILE_CACHE=$(mktemp -d)
export NODE_COMPILE_CACHE
trap 'rm -rf "$NODE_COMPILE_CACHE" "$failures"' EXIT

passed=0 skipped=0
# Adds what a run of Vitest left in its totals file: count EXIT_STATUS FILE
count() {
  tests_passed=0 tests_failed=0 tests_skipped=0
  if ! read -r tests_passed tests_failed tests_skipped <"$2"; then
    fail 1 "a test run ended without its totals (exit status $1)"
    tests_passed=0 tests_failed=0 tests_skipped=0
  elif [ "$1" -ne 0 ] && [ "$tests_failed" -eq 0 ]; then
    fail 1 "a test run exited with status $1 although no test failed"
  fi
  sed 1d "$2" >>"$failures"
  rm -f "$2"
  passed=$((passed + tests_passed)) failed=$((failed + tests_failed)) skipped=$((skipped + tests_skipped))
}

totals=$(mktemp)
if [ $# -gt 0 ]; then
  status=0
  SLUICE_TEST_TOTALS=$totals vitest run "$@" || status=$?
  count "$status" "$totals"
else
  # The simulation only reckons, for as long as half of the others take, and its threads let everything else go first. What it prints comes last.
  simulation_totals=$(mktemp) simulation_log=$(mktemp)
  SLUICE_TEST_TOTALS=$simulation_totals vitest run --project simulation >"$simulation_log" 2>&1 &
  simulation=$!
  trap 'kill "$simulation" 2>/dev/null; exit 130' INT TERM
  status=0
  SLUICE_TEST_TOTALS=$totals vitest run --project '!simulation' || status=$?
  count "$status" "$totals"
  status=0
  wait "$simulation" || status=$?
  cat "$simulation_log"
  rm -f "$simulation_log"
  count "$status" "$simulation_totals"
fi

if [ -s "$failures" ]; then
  echo "Failed:"
  cat "$failures"
fi
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ]
