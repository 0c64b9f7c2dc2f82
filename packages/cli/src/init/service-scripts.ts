import type { ServiceProject } from "./project.ts";

/** What is read by the scripts of a service: where it is, and how it is started and stopped with and without systemd. */
export function serviceScript({ name, port }: ServiceProject, destination: string): string {
  return `# Read by the other scripts: where the service is, and how it is started and stopped.
set -eu
name=${name}
directory=${destination}
# On which the service answers HTTP. Empty: validate.sh only looks whether it runs.
port=${port ?? ""}
state=$directory/.service
pid_file=$state/pid
log_file=$state/log
unit=/etc/systemd/system/$name.service

has_systemd() {
  [ -d /run/systemd/system ] && [ "$(id -u)" = 0 ]
}

is_running() {
  if has_systemd; then systemctl is-active --quiet "$name"; return; fi
  [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null
}

# Asks the service to end, and ends it when it has not done so after ten seconds.
stop_service() {
  if has_systemd; then
    [ ! -f "$unit" ] || systemctl stop "$name"
    return
  fi
  is_running || return 0
  pid=$(cat "$pid_file")
  kill "$pid"
  tries=0
  while kill -0 "$pid" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then kill -9 "$pid" 2>/dev/null || true; break; fi
    sleep 0.1
  done
  rm -f "$pid_file"
}

start_service() {
  if has_systemd; then
    cat >"$unit" <<END
[Unit]
Description=$name
After=network.target

[Service]
WorkingDirectory=$directory
Environment=PORT=$port
ExecStart=/bin/sh $directory/deploy/run.sh
Restart=on-failure

[Install]
WantedBy=multi-user.target
END
    systemctl daemon-reload
    systemctl enable --quiet "$name"
    systemctl restart "$name"
    return
  fi
  # A service that outlives the hook needs a session of its own, and none of the hook's outputs: an agent waits for them to close.
  mkdir -p "$state"
  export PORT="$port"
  setsid sh "$directory/deploy/run.sh" </dev/null >"$log_file" 2>&1 &
  echo $! >"$pid_file"
}

last_lines() {
  if has_systemd; then journalctl --unit "$name" --lines 20 --no-pager; return; fi
  tail -n 20 "$log_file" 2>/dev/null || true
}
`;
}

const READ = '. "$(dirname -- "$0")/service.sh"';

export function runScript({ run }: ServiceProject, destination: string): string {
  return `#!/bin/sh
# The service itself. It goes on as long as the service runs.
set -eu
cd ${destination}
[ -n "\${PORT:-}" ] || unset PORT
${run}
`;
}

export function prepareScript({ prepare }: ServiceProject): string {
  return `#!/bin/sh
# AfterInstall: gets the installed files ready.
${READ}
cd "$directory"
${prepare.join("\n")}
`;
}

export const START_SCRIPT = `#!/bin/sh
# ApplicationStart
${READ}
stop_service
start_service
echo "$name was started"
`;

export const STOP_SCRIPT = `#!/bin/sh
# ApplicationStop: runs from the revision that was installed before, so it does not run in a host's first deployment.
${READ}
stop_service
echo "$name was stopped"
`;

export const VALIDATE_SCRIPT = `#!/bin/sh
# ValidateService: the deployment succeeds on this host only if the service runs, and answers where its port is known.
${READ}

fail() {
  echo "$1. Its output ends with:" >&2
  last_lines >&2
  exit 1
}

tries=0
while [ "$tries" -lt 20 ]; do
  tries=$((tries + 1))
  is_running || fail "$name has ended"
  if [ -n "$port" ] && command -v curl >/dev/null; then
    if curl --silent --output /dev/null --max-time 5 "http://127.0.0.1:$port/"; then
      echo "$name answers on port $port"
      exit 0
    fi
  elif [ "$tries" -gt 4 ]; then
    echo "$name runs"
    exit 0
  fi
  sleep 0.5
done
fail "$name does not answer on port $port"
`;
