# Read by the other scripts: where the service lives, and how it is stopped. Hooks run in the root of the unpacked bundle.
set -eu
directory=/opt/sluice-web
port=8080
pid_file=$directory/service.pid
log_file=$directory/service.log

is_running() {
  [ -f "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null
}

# Asks the service to end, and ends it when it has not done so after ten seconds.
stop_service() {
  is_running || return 0
  kill "$(cat "$pid_file")"
  tries=0
  while is_running; do
    tries=$((tries + 1))
    if [ "$tries" -gt 100 ]; then
      kill -9 "$(cat "$pid_file")" 2>/dev/null || true
      break
    fi
    sleep 0.1
  done
  rm -f "$pid_file"
}
