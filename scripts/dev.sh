#!/bin/sh
# A server from the source on 127.0.0.1:4566, restarted when a file changes. Data in .sluice/dev; arguments go to `sluice server`.
usage='npm run dev -- [OPTION...]

A server from the source on 127.0.0.1:4566, started again when a file changes. Data in .sluice/dev.
Options are those of sluice server: bin/sluice server --help'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"
exec node --watch packages/cli/src/main.ts server --data .sluice/dev --listen 127.0.0.1:4566 "$@"
