#!/bin/sh
# Everything that has to hold: build, checks, the whole test suite. Last line: `N passed, N failed, N skipped`. A failing build
# or check counts as a failure. With CI=true a skip that tests/allowed-skips.txt does not name counts as a failure too.
# Arguments go to Vitest, to run a part: npm test -- tests/e2e
usage='npm test -- [FILE or OPTION of Vitest...]

Build, checks and tests. Without arguments all of them, as CI runs them; with the path of a test file, that one.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"

sh scripts/debian-packages.sh iproute2 curl postgresql pgbouncer awscli haproxy prometheus libarchive-tools zip unzip python3 || true

failed=0
sh scripts/build.sh || failed=$((failed + 1))
status=0
sh scripts/check.sh || status=$?
# The status is the number of failed checks; above that range the script itself broke off.
[ "$status" -le 20 ] || status=1
failed=$((failed + status))

SLUICE_TEST_TOTALS=$(mktemp)
export SLUICE_TEST_TOTALS
status=0
vitest run "$@" || status=$?
tests_passed=0 tests_failed=0 tests_skipped=0
if ! read -r tests_passed tests_failed tests_skipped <"$SLUICE_TEST_TOTALS"; then
  echo "The test run ended without its totals (exit status $status)." >&2
  tests_passed=0 tests_failed=1 tests_skipped=0
elif [ "$status" -ne 0 ] && [ "$tests_failed" -eq 0 ]; then
  echo "The test run exited with status $status although no test failed." >&2
  tests_failed=1
fi
rm -f "$SLUICE_TEST_TOTALS"
failed=$((failed + tests_failed))

echo "$tests_passed passed, $failed failed, $tests_skipped skipped"
[ "$failed" -eq 0 ]
