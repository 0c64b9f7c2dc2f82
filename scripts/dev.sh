#!/bin/sh
# A server from the source on 127.0.0.1:4566, restarted when a file changes. Data in .sluice/dev; arguments go to `sluice server`.
usage='npm run dev -- [OPTION...]

A server from the source on 127.0.0.1:4566, started again when a file changes. Data in .sluice/dev.
The console is built again when one of its files changes: load the page again to see it.
Options are those of sluice server: bin/sluice server --help'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"

node --watch-path=packages/web --watch-preserve-output scripts/build-web.ts &
web=$!
node --watch packages/cli/src/main.ts server --data .sluice/dev --listen 127.0.0.1:4566 "$@" &
server=$!
# This shell hears signals while it waits, and takes both along.
trap 'kill "$web" "$server" 2>/dev/null || true' EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
wait "$server"
