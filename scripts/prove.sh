#!/bin/sh
# The long form, for by hand: the same test files as `npm test`, with larger numbers. Names of steps as arguments run only those:
# npm run prove -- rollouts
usage='npm run prove -- [STEP...]

The long form of the tests, for hours. Steps: simulation, rollouts, functions, containers, pages, console, soak, postgres, hearing, kills, archives, release; all of them without names.
scripts/prove.sh says which variables change their numbers.'
. "$(dirname -- "$0")/usage.sh"
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

# As many requests through a real HAProxy while deployments come and go; a server that is killed at each of its commits, and in mid-deployment with
# either database.
export SLUICE_LONG=1
export SLUICE_KILLS="${SLUICE_KILLS:-all}"
export SLUICE_LOAD_REQUESTS="${SLUICE_LOAD_REQUESTS:-200000}"
step rollouts --testTimeout=0 tests/rollouts tests/simulation/planted-shifts.test.ts tests/e2e/crash.test.ts tests/containers/kills-in-mid-shift.test.ts tests/functions/kills-in-mid-shift.test.ts tests/upgrade/upgrade.test.ts tests/upgrade/upgrade-attacks.test.ts

# As many requests at each weight of an alias, by Invoke and through a listener of a real HAProxy: shares within 2 points.
export SLUICE_FUNCTION_REQUESTS="${SLUICE_FUNCTION_REQUESTS:-10000}"
step functions --testTimeout=0 tests/haproxy/function-canary.test.ts tests/functions/shares-in-mid-shift.test.ts

# As many requests to containers while their traffic moves in ten steps, a minute each.
step containers --testTimeout=0 tests/containers/shift-under-load.test.ts

# Every command of the guides, also as an ordinary user where he reads what root reads.
export SLUICE_PAGES="${SLUICE_PAGES:-all}"
step pages --testTimeout=0 tests/docs/pages.test.ts

# Every page of the console, with axe in light and dark and at both widths, and with scripts in every field.
export SLUICE_CONSOLE_PAGES="${SLUICE_CONSOLE_PAGES:-all}"
step console --testTimeout=0 tests/console

# One deployment after the other, with the newest twenty kept: disk, memory and times stay what they were.
# SLUICE_SOAK_MINUTES=15 npm run prove -- soak
case " $chosen " in
  "  " | *" soak "*)
    echo "== soak"
    sh scripts/build.sh
    node tests/soak/soak.ts || failed="$failed soak"
    ;;
esac

# Connections to PostgreSQL that are ended, restarts and outages, each in the middle of a deployment to ten real agents: the server lives, every
# host succeeds, every hook runs once. SLUICE_POSTGRES_TERMINATIONS, _RESTARTS and _OUTAGES (seconds, by commas) say how many.
case " $chosen " in
  "  " | *" postgres "*)
    echo "== postgres"
    sh scripts/build.sh
    node tests/postgres/survival.ts || failed="$failed postgres"
    ;;
esac

# Outages of the database, a server that stands still beside another, and three fleets of 1,000 hosts at once: no living host is called silent.
export SLUICE_HEARING_HOSTS="${SLUICE_HEARING_HOSTS:-1000}"
export SLUICE_HEARING_OUTAGES="${SLUICE_HEARING_OUTAGES:-20,60}"
export SLUICE_HEARING_STANDSTILL="${SLUICE_HEARING_STANDSTILL:-40}"
export SLUICE_HEARING_HANGS_AFTER=7200000
step hearing tests/hearing

# An agent that is killed before each change that a deployment makes on its host; SLUICE_KILL_EVERY=3: before each third.
step kills --testTimeout=0 tests/e2e/killed-agent.test.ts

# An agent that unpacks and installs archives that are made to use up its memory: prints the peak for each.
step archives --testTimeout=0 tests/archives/hostile-memory.test.ts

# A release from two clones, compared, and its Debian package on a Debian of its own.
step release --testTimeout=0 tests/release

[ -z "$failed" ] || {
  echo "Failed:$failed" >&2
  exit 1
}
