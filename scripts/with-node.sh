#!/bin/sh
# with-node.sh FILE [ARGUMENT...]: runs a script of the project under the pinned Node.
. "$(dirname -- "$0")/setup.sh"
exec node "$@"
