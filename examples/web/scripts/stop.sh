#!/bin/sh
# ApplicationStop: runs from the revision that was installed before, so it does not run on a host's first deployment.
. "$(dirname -- "$0")/service.sh"
stop_service
echo "stopped"
