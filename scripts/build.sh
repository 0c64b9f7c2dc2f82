#!/bin/sh
# Bundles the command line, the server and the agent into dist/.
. "$(dirname -- "$0")/setup.sh"
exec node scripts/build.ts "$@"
