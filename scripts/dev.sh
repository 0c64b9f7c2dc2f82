#!/bin/sh
# A server from the source on 127.0.0.1:4566, restarted when a file changes. Data in .sluice/dev; arguments go to `sluice server`.
. "$(dirname -- "$0")/setup.sh"
exec node --watch packages/cli/src/main.ts server --data .sluice/dev --listen 127.0.0.1:4566 "$@"
