#!/bin/sh
# The long form, for by hand: the same test files as `npm test`, with larger numbers. Names of steps as arguments run only those:
# npm run prove -- rollouts
. "$(dirname -- "$0")/setup.sh"

failed=""
step() {
  name=$1
  shift
  case " $chosen " in
    "  " | *" $name "*) ;;
    *) return ;;
  esac
  echo "== $name"
  vitest run "$@" || failed="$failed $name"
}
chosen=$*

# As many deployments in simulated worlds, on all processors. Its progress lines say from which seed to go on after a break:
# SLUICE_SEED=N SLUICE_SIMULATION_DEPLOYMENTS=M npm run prove -- simulation
case " $chosen " in
  "  " | *" simulation "*)
    echo "== simulation"
    node tests/simulation/simulate.ts --progress --seed "${SLUICE_SEED:-1000000}" --count 1000000000 \
      --deployments "${SLUICE_SIMULATION_DEPLOYMENTS:-1000000}" || failed="$failed simulation"
    ;;
esac

# As many requests through a real HAProxy while deployments come and go; a server that is killed at each of its commits.
export SLUICE_KILLS="${SLUICE_KILLS:-all}"
export SLUICE_LOAD_REQUESTS="${SLUICE_LOAD_REQUESTS:-200000}"
step rollouts --testTimeout=0 tests/rollouts

[ -z "$failed" ] || {
  echo "Failed:$failed" >&2
  exit 1
}
