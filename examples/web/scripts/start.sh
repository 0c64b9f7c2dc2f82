#!/bin/sh
# ApplicationStart: a service that outlives the hook needs a session of its own, and none of the hook's outputs: an agent waits
# for them to close.
. "$(dirname -- "$0")/service.sh"
export PORT="$port"
setsid node "$directory/server.mjs" </dev/null >"$log_file" 2>&1 &
echo $! >"$pid_file"
echo "started as process $(cat "$pid_file") on port $port"
