#!/bin/sh
# Every performance figure that the project claims, measured side by side on this machine.
. "$(dirname -- "$0")/setup.sh"
case " $* " in *" -h "* | *" --help "*) exec node bench/bench.ts --help ;; esac
sh scripts/debian-packages.sh iproute2 curl || true
sh scripts/build.sh
exec node bench/bench.ts "$@"
