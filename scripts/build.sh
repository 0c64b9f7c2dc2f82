#!/bin/sh
# Bundles the command line, the server and the agent into dist/.
usage='npm run build -- [DIRECTORY]

Bundles the command line, the server and the agent into dist/, or another directory.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"
exec node scripts/build.ts "$@"
