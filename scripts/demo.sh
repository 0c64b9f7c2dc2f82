#!/bin/sh
# A server and three hosts on this machine, a real deployment to them, and one that fails and is reported. Goes on until Ctrl-C;
# with --once it ends after both, and exits with 0 only if everything was as expected.
. "$(dirname -- "$0")/setup.sh"
sh scripts/debian-packages.sh iproute2 curl || true
sh scripts/build.sh
exec node scripts/demo.ts "$@"
