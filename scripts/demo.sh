#!/bin/sh
# A server and hosts on this machine, a deployment to them, and a broken one that is rolled back; the same with a function, and, where a Docker
# Engine runs and HAProxy is installed, with containers. Goes on until Ctrl-C; with --once it ends after that, and exits with 0 only if everything
# was as expected.
usage='npm run demo -- [--once]

A server and hosts on this machine; a deployment, a broken one, and its rollback; the canary of a function. Where a Docker Engine
runs and HAProxy is installed, also a canary of containers. Goes on until Ctrl-C.
  --once   ends after the last rollback; exits with 0 only if everything was as expected'
. "$(dirname -- "$0")/usage.sh"
# Before anything is installed or built.
for argument in "$@"; do
  if [ "$argument" != --once ]; then
    printf "Unknown option '%s'\nUsage: %s\n" "$argument" "$usage" >&2
    exit 2
  fi
done
. "$(dirname -- "$0")/setup.sh"
sh scripts/debian-packages.sh iproute2 curl || true
sh scripts/build.sh
exec node scripts/demo.ts "$@"
