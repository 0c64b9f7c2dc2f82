#!/bin/sh
# The long form of the simulation: SLUICE_SIMULATION_SEEDS seeds (a million unless set), in the same test files as `npm test`.
. "$(dirname -- "$0")/setup.sh"
SLUICE_SIMULATION_SEEDS=${SLUICE_SIMULATION_SEEDS:-1000000}
export SLUICE_SIMULATION_SEEDS
exec vitest run --testTimeout=0 tests/simulation "$@"
