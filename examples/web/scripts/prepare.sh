#!/bin/sh
# BeforeInstall: checks what the service needs, and stops one that a failed first deployment may have left behind.
. "$(dirname -- "$0")/service.sh"
command -v node >/dev/null || { echo "node is not on the PATH of the agent: $PATH" >&2; exit 1; }
command -v curl >/dev/null || { echo "curl is not installed, and validate.sh needs it" >&2; exit 1; }
stop_service
mkdir -p "$directory"
